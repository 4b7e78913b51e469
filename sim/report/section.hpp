#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "report/document.hpp"
#include "results/counted_lives.hpp"
#include "results/types.hpp"
#include "scenario/scenario.hpp"

/// \file
/// The answers of `analyse`, one a question that a reviewer asks: what is shown, and the same as JSON.

namespace myelin::report {

/// An answer.
struct Section {
  std::string key;    ///< in the JSON of `analyse`
  Document document;  ///< its headings, tables and how to read them
  nlohmann::ordered_json json;
};

/// What answers are made from.
struct Material {
  const results::RunResults& run;      ///< with the thresholds that are asked for
  const scenario::Scenario& scenario;  ///< that was run, with the overrides of now
  std::size_t reference = 0;           ///< strategy that the others are compared with
  /// Of the base case; null if the run is from a version of the program that makes other programs of the scenario.
  const results::CountedLives* lives = nullptr;
};

/// Makes an answer; none where the run or the scenario does not ask the question. Mistakes in what the scenario asks
/// are diagnostics at their place.
using SectionMaker = Result<std::optional<Section>> (*)(const Material&);

/// Every answer, in the order of the dossier; or all mistakes. A new question is added to the list in sections.cpp.
Result<std::vector<Section>> make_sections(const Material& material);

/// What a scenario asks, and what a run of it has or would have: enough to find mistakes before anything is simulated.
struct Questions {
  const scenario::Scenario& scenario;
  std::vector<std::string> strategies;  ///< of the run, by name
  std::vector<std::string> drawn;       ///< inputs that parameter draws vary, by name

  static Questions of(const Material& material);
};

/// Every mistake in the questions that can be seen before a run.
Diagnostics check_questions(const Questions& questions);

// One file each: section_<name>.cpp.
Result<std::optional<Section>> probabilistic_section(const Material& material);
Result<std::optional<Section>> means_section(const Material& material);
Result<std::optional<Section>> composition_section(const Material& material);
Result<std::optional<Section>> uncertainty_section(const Material& material);
Result<std::optional<Section>> sensitivity_section(const Material& material);
Result<std::optional<Section>> value_of_information_section(const Material& material);
Result<std::optional<Section>> scenarios_section(const Material& material);
Result<std::optional<Section>> subgroups_section(const Material& material);  // in section_scenarios.cpp
Result<std::optional<Section>> severity_section(const Material& material);
Result<std::optional<Section>> prices_section(const Material& material);
Result<std::optional<Section>> doses_section(const Material& material);
Result<std::optional<Section>> budget_section(const Material& material);
Result<std::optional<Section>> agreements_section(const Material& material);
Result<std::optional<Section>> equity_section(const Material& material);
Result<std::optional<Section>> validation_section(const Material& material);

// What can be checked of these before a run; none of a question that is not asked.
Diagnostics check_value_of_information(const Questions& questions);
Diagnostics check_severity(const Questions& questions);
Diagnostics check_prices(const Questions& questions);
Diagnostics check_doses(const Questions& questions);
Diagnostics check_budget(const Questions& questions);
Diagnostics check_agreements(const Questions& questions);  // but for the prices and the budget that they rest on
Diagnostics check_equity(const Questions& questions);
Diagnostics check_validation(const Questions& questions);

}  // namespace myelin::report
