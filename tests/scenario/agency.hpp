#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "scenario/reference_case.hpp"

/// \file
/// A small reference case with everything that one can state, to be spoilt by tests.

namespace myelin::scenario {

using Lines = std::vector<std::string>;

/// What an agency might ask of the toy of scenario_folder.hpp, which fulfils it.
inline const std::string agency = R"(format = 1
name = "agency"
title = "An agency"
probabilistic = true

[sources.GUIDE]
citation = "A guide"
table_or_page = "table 1"
url_or_where = "web"
how_verified = "read"

[analysis.discount_cost]
value = 0.035
unit = "per year"
source = "GUIDE"
grade = "recalled"
note = "as the treasury does"
low = 0.01

[analysis.discount_qaly]
value = 0.035
unit = "per year"
source = "GUIDE"
grade = "read"
note = "as costs"

[analysis.perspective]
one_of = ["payer", "health service"]
source = "GUIDE"
grade = "read"
note = "who pays"

[analysis.currency]
one_of = ["GBP"]
source = "GUIDE"
grade = "read"
note = "pounds"

[analysis.prices]
one_of = ["list"]
source = "GUIDE"
grade = "read"
note = "public prices"

[analysis.discount_compounding]
one_of = ["annual"]
source = "GUIDE"
grade = "read"
note = "annual rates"

[thresholds.usual]
label = "Usual"
per_qaly = [20000, 30000]
source = "GUIDE"
grade = "read"
note = "the usual range"

[thresholds.new]
label = "New"
per_qaly = [25000, 35000]
source = "GUIDE"
grade = "recalled"
note = "the new range"

[horizon]
at_least = { value = 40, unit = "years", source = "GUIDE", grade = "assumption", note = "most of a life" }
alive_at_most = { value = 0.05, unit = "proportion", source = "GUIDE", grade = "assumption", note = "few" }

[outcomes.health]
names = ["qaly", "evlyg"]
source = "GUIDE"
grade = "read"
note = "two measures"

[severity.mild]
absolute_from = { value = 10, unit = "QALY", source = "GUIDE", grade = "read", note = "a" }
proportional_from = { value = 0.8, unit = "proportion", source = "GUIDE", grade = "read", note = "b" }
weight = { value = 1.5, unit = "weight", source = "GUIDE", grade = "read", note = "c" }

[severity.grave]
absolute_from = { value = 20, unit = "QALY", source = "GUIDE", grade = "read", note = "a" }
proportional_from = { value = 0.9, unit = "proportion", source = "GUIDE", grade = "read", note = "b" }
weight = { value = 2, unit = "weight", source = "GUIDE", grade = "read", note = "c" }

[alternatives.undiscounted]
label = "Without discounting"
set = ["analysis.discount_cost=0", "analysis.discount_qaly=0"]
source = "GUIDE"
grade = "read"
note = "for information"
)";

inline Lines lines_of(const Diagnostics& diagnostics, const std::string& prefix = "") {
  Lines lines;
  for (const Diagnostic& diagnostic : diagnostics) {
    std::string line = to_string(diagnostic);
    if (!prefix.empty() && line.starts_with(prefix)) line.erase(0, prefix.size());
    lines.push_back(line);
  }
  return lines;
}

inline ReferenceCase read_valid(const std::string& text) {
  const auto reference_case = read_reference_case(text, "agency.toml");
  if (!reference_case) {
    for (const std::string& line : lines_of(reference_case.error())) UNSCOPED_INFO(line);
  }
  REQUIRE(reference_case);
  return *reference_case;
}

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace myelin::scenario
