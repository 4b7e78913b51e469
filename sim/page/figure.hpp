#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "page/decision.hpp"
#include "report/section.hpp"
#include "results/types.hpp"

/// \file
/// The pictures of a report: rows of numbers, a Vega-Lite specification that draws them, and what they show in words.

namespace myelin::page {

/// A column of a figure's rows.
struct Field {
  std::string name;                  ///< in the specification
  std::string title;                 ///< with its unit, in the table of the figure's data
  std::optional<int> decimals = {};  ///< of numbers in that table; none for text
};

struct Figure {
  std::string id;         ///< of its element: letters, digits and hyphens
  std::string title;      ///< what it shows
  std::string alt;        ///< the same as sentences, for those who do not see it
  std::string note = {};  ///< how to read it, below it; may be empty
  std::vector<Field> fields = {};
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();  ///< [row][field]
  nlohmann::ordered_json spec = {};  ///< without data, whose rows are objects by the fields' names
  std::size_t panels = 0;  ///< of a facetted figure, so that it can break them into lines; 0 for a single view
  bool threshold = false;  ///< the specification has a parameter `threshold` that the page's slider sets

  template <class... Cells>
  void add(Cells&&... cells) {
    rows.push_back(nlohmann::ordered_json::array({nlohmann::ordered_json(std::forward<Cells>(cells))...}));
  }
};

/// What figures and words are made from: what `analyse` says, and the run itself.
struct PageMaterial {
  const report::Material& material;
  const nlohmann::ordered_json& answers;   ///< the JSON of `analyse`, with its sections by their keys
  const std::vector<Decision>& decisions;  ///< at the slider's thresholds

  const results::RunResults& run() const { return material.run; }
  /// A section's JSON; null if the run does not answer that question.
  const nlohmann::ordered_json* section(const std::string& key) const;
};

/// A specification, read from its text.
nlohmann::ordered_json specification(const char* text);

/// The encodings by which strategies differ: colour and, for those who do not see colours apart, dash or shape too.
nlohmann::ordered_json strategy_colour(const results::RunResults& run);
nlohmann::ordered_json strategy_dash(const results::RunResults& run);
nlohmann::ordered_json strategy_shape(const results::RunResults& run);

/// What becomes of patients: states, survival, milestones, relapses, events.
std::vector<Figure> course_figures(const PageMaterial& page);
/// Where costs and QALYs come from.
std::vector<Figure> composition_figures(const PageMaterial& page);
/// Plane, acceptability, expected loss, value of information.
std::vector<Figure> uncertainty_figures(const PageMaterial& page);
/// Tornado and two inputs at once.
std::vector<Figure> sensitivity_figures(const PageMaterial& page);
/// Net benefit under other assumptions, and of other patients.
std::vector<Figure> scenario_figures(const PageMaterial& page);
/// A payer's spending by year.
std::vector<Figure> budget_figures(const PageMaterial& page);
/// The mean net benefit as draws were added.
std::vector<Figure> convergence_figures(const PageMaterial& page);
/// Predictions beside observations.
std::vector<Figure> validation_figures(const PageMaterial& page);

}  // namespace myelin::page
