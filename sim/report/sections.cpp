#include <algorithm>

#include "report/section.hpp"

namespace myelin::report {

namespace {

constexpr SectionMaker makers[] = {probabilistic_section, means_section,       composition_section,
                                   uncertainty_section,   sensitivity_section, value_of_information_section,
                                   scenarios_section,     subgroups_section,   severity_section,
                                   prices_section,        doses_section,       budget_section,
                                   agreements_section,    equity_section,      validation_section};

/// Adds what is new: two answers that rest on the same keys find the same mistakes.
void add_new(Diagnostics& problems, const Diagnostics& found) {
  for (const Diagnostic& each : found) {
    const auto is_same = [&](const Diagnostic& known) { return to_string(known) == to_string(each); };
    if (std::ranges::none_of(problems, is_same)) problems.push_back(each);
  }
}

constexpr Diagnostics (*checks[])(const Questions&) = {
    check_value_of_information, check_severity, check_prices,    check_doses, check_budget,
    check_agreements,           check_equity,   check_validation};

}  // namespace

Questions Questions::of(const Material& material) {
  Questions questions{material.scenario, {}, {}};
  for (const results::StrategyResult& strategy : material.run.analyses.front().strategies)
    questions.strategies.push_back(strategy.name);
  if (material.run.probabilistic) questions.drawn = material.run.probabilistic->drawn.names;
  return questions;
}

Diagnostics check_questions(const Questions& questions) {
  Diagnostics problems;
  for (const auto check : checks) {
    const Diagnostics found = check(questions);
    problems.insert(problems.end(), found.begin(), found.end());
  }
  return problems;
}

Result<std::vector<Section>> make_sections(const Material& material) {
  std::vector<Section> sections;
  Diagnostics problems;
  for (const SectionMaker make : makers) {
    Result<std::optional<Section>> section = make(material);
    if (!section) {
      add_new(problems, section.error());
    } else if (section->has_value()) {
      sections.push_back(std::move(**section));
    }
  }
  if (!problems.empty()) return tl::unexpected(problems);
  return sections;
}

}  // namespace myelin::report
