#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "results/counted_lives.hpp"
#include "results/types.hpp"
#include "scenario/scenario.hpp"

/// \file
/// The answers of `analyse`, one a question that a reviewer asks: what is printed, and the same as JSON.

namespace myelin::report {

/// An answer.
struct Section {
  std::string key;   ///< in the JSON of `analyse`
  std::string text;  ///< with its heading, tables and how to read them, as printed
  nlohmann::ordered_json json;
};

/// What answers are made from.
struct Material {
  const results::RunResults& run;      ///< with the thresholds that are asked for
  const scenario::Scenario& scenario;  ///< that was run, with the overrides of now
  std::size_t reference = 0;           ///< strategy that the others are compared with
  /// The run under other prices, by `key=value`; see results::reprice.
  std::function<Result<results::RunResults>(const std::vector<std::string>&)> reprice;
  /// Of the base case; null if the run is from a version of the program that makes other programs of the scenario.
  const results::CountedLives* lives = nullptr;
};

/// Makes an answer; none where the run or the scenario does not ask the question. Mistakes in what the scenario asks
/// are diagnostics at their place.
using SectionMaker = Result<std::optional<Section>> (*)(const Material&);

/// Every answer, in the order of the dossier; or all mistakes. A new question is added to the list in sections.cpp.
Result<std::vector<Section>> make_sections(const Material& material);

// One file each: section_<name>.cpp.
Result<std::optional<Section>> probabilistic_section(const Material& material);
Result<std::optional<Section>> composition_section(const Material& material);
Result<std::optional<Section>> uncertainty_section(const Material& material);
Result<std::optional<Section>> sensitivity_section(const Material& material);
Result<std::optional<Section>> value_of_information_section(const Material& material);
Result<std::optional<Section>> scenarios_section(const Material& material);
Result<std::optional<Section>> subgroups_section(const Material& material);  // in section_scenarios.cpp
Result<std::optional<Section>> severity_section(const Material& material);
Result<std::optional<Section>> prices_section(const Material& material);
Result<std::optional<Section>> budget_section(const Material& material);
Result<std::optional<Section>> equity_section(const Material& material);
Result<std::optional<Section>> validation_section(const Material& material);

}  // namespace myelin::report
