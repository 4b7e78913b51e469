#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/markov/model.hpp"
#include "study/plan.hpp"

/// \file
/// A small valid scenario of a declared model in a temporary folder, to be spoilt by tests.

namespace myelin::markov::test {

using Lines = std::vector<std::string>;

/// The toy: well, ill or dead; a drug that costs and, so far, does nothing.
inline const std::string& toy() {
  static const std::string text = R"-(format = 1
model = "markov"
title = "A toy"
sources = "sources.csv"

[analysis]
perspective = "payer"
currency = "GBP"
price_year = "2024/25"
prices = "list"
thresholds = [20000, 30000]
cycle_length_years = 1
horizon_years = 10
discount_timing = "start"
within_cycle_correction = "none"
discount_cost = { value = 0.035, unit = "per year", source = "TRIAL", grade = "read" }
discount_qaly = { value = 0.035, unit = "per year", source = "TRIAL", grade = "read" }

[attributes.state]
levels = ["Well", "Ill", "Dead"]
start = "Well"
dead = ["Dead"]

[parameters]
p_ill = { value = 0.2, unit = "probability per year", source = "TRIAL", grade = "read" }
p_die = { value = 0.1, unit = "probability per year", source = "TRIAL", grade = "read" }
hr_die = { value = 2, unit = "hazard ratio", source = "TRIAL", grade = "read" }
c_ill = { value = 1000, unit = "GBP 2024/25 per year", source = "TRIAL", grade = "read" }
c_drug = { value = 500, unit = "GBP 2024/25 per year", source = "TRIAL", grade = "read" }
u_well = { value = 0.9, unit = "utility", source = "TRIAL", grade = "read" }
u_ill = { value = 0.5, unit = "utility", source = "TRIAL", grade = "read" }

[expressions]
treated = 0

[transitions.disease]
attribute = "state"

[transitions.disease.probabilities]
"Well->Ill" = "p_ill"
"Well->Dead" = "p_die"
"Ill->Dead" = "apply_hr(p_die, hr_die)"

[rewards.care]
outcome = "cost"
of = "state"
per_year = { Ill = "c_ill" }

[rewards.drug]
outcome = "cost"
per_year = "treated * c_drug"

[rewards.life]
outcome = "qaly"
of = "state"
per_year = { Well = "u_well", Ill = "u_ill" }

[strategies.none]
label = "No drug"

[strategies.drug]
label = "Drug"
values = { treated = 1 }
)-";
  return text;
}

/// The text with the first `from` replaced.
struct Edit {
  std::string from, to;
};
using Edits = std::vector<Edit>;

inline std::string edited(std::string text, const Edits& edits) {
  for (const Edit& edit : edits) {
    const std::size_t at = text.find(edit.from);
    if (at == std::string::npos) throw std::runtime_error(edit.from + " is not in the scenario");
    text.replace(at, edit.from.size(), edit.to);
  }
  return text;
}

/// A temporary folder with a scenario and its list of sources, removed at the end of its scope.
class ScenarioOf {
 public:
  explicit ScenarioOf(const std::string& text = toy()) {
    std::string name = (std::filesystem::temp_directory_path() / "myelin-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
    write("scenario.toml", text);
    write("sources.csv", "key,citation,table_or_page,url_or_where,how_verified\nTRIAL,A trial,2,web,read\n");
  }
  ~ScenarioOf() { std::filesystem::remove_all(folder_); }
  ScenarioOf(const ScenarioOf&) = delete;
  ScenarioOf& operator=(const ScenarioOf&) = delete;

  void write(const std::string& file, const std::string& text) const {
    std::filesystem::create_directories((folder_ / file).parent_path());
    std::ofstream(folder_ / file, std::ios::binary) << text;
  }

  /// Read, checked and compiled for all strategies.
  Result<study::Plan> plan(const std::vector<std::string>& overrides = {}) const {
    return study::make_plan({folder_ / "scenario.toml", overrides, {}}, {&model()});
  }

  /// The diagnostics as lines, with paths counted from the folder.
  Lines problems(const std::vector<std::string>& overrides = {}) const {
    Lines lines;
    const auto planned = plan(overrides);
    if (planned) return lines;
    const std::string prefix = folder_.string() + "/";
    for (const Diagnostic& diagnostic : planned.error()) {
      std::string line = to_string(diagnostic);
      for (std::size_t at; (at = line.find(prefix)) != std::string::npos;) line.erase(at, prefix.size());
      lines.push_back(line);
    }
    return lines;
  }

  static const MarkovModel& model() {
    static const MarkovModel model;
    return model;
  }

 private:
  std::filesystem::path folder_;
};

using Files = std::map<std::string, std::string>;

/// What is wrong with the toy once it is edited, beside some files and under some overrides.
inline Lines mistakes(const Edits& edits, const Files& files = {}, const std::vector<std::string>& overrides = {}) {
  const ScenarioOf scenario(edited(toy(), edits));
  for (const auto& [file, text] : files) scenario.write(file, text);
  return scenario.problems(overrides);
}

}  // namespace myelin::markov::test
