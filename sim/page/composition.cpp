#include <algorithm>
#include <cmath>

#include "page/figure.hpp"
#include "report/wording.hpp"
#include "scenario/evidence.hpp"

namespace myelin::page {

namespace {

using Json = nlohmann::ordered_json;

Figure breakdown(const PageMaterial& page, const Json& categories, const std::string& total, const std::string& title,
                 const std::string& unit, int decimals) {
  Figure figure{total + "-breakdown",
                title,
                "A bar a strategy, made of a part for each category.",
                "Discounted, per patient. Parts below zero stand to the left of it.",
                {{"strategy", "Strategy"}, {"category", "Category"}, {"mean", unit, decimals}}};
  const results::AnalysisResult& analysis = page.run().analyses.front();
  Json names = Json::array();
  for (const Json& category : categories) {
    names.push_back(category["description"]);
    for (std::size_t s = 0; s < analysis.strategies.size(); ++s)
      figure.add(report::label(analysis, s), category["description"],
                 category["strategies"][analysis.strategies[s].name]["mean"]);
  }
  figure.spec = specification(R"json({"mark": {"type": "bar", "stroke": "var(--paper)"}, "encoding": {
    "y": {"field": "strategy", "type": "nominal", "title": null, "sort": null},
    "x": {"field": "mean", "type": "quantitative", "stack": "zero"},
    "color": {"field": "category", "type": "nominal", "title": null, "sort": null}}})json");
  figure.spec["height"] = 34 * analysis.strategies.size();
  figure.spec["encoding"]["x"]["title"] = unit;
  figure.spec["encoding"]["color"]["scale"] = {{"domain", names}};
  return figure;
}

}  // namespace

std::vector<Figure> composition_figures(const PageMaterial& page) {
  const Json* composition = page.section("composition");
  if (composition == nullptr || !composition->contains("categories")) return {};
  const Json& categories = (*composition)["categories"];
  std::vector<Figure> figures;
  if (categories.contains("cost") && !categories["cost"].empty())
    figures.push_back(breakdown(page, categories["cost"], "cost", "Where costs come from", page.run().currency, 0));
  if (categories.contains("qaly") && !categories["qaly"].empty())
    figures.push_back(breakdown(page, categories["qaly"], "qaly", "Where QALYs come from", "QALYs", 3));
  return figures;
}

std::vector<Figure> budget_figures(const PageMaterial& page) {
  const Json* budget = page.section("budget_impact");
  if (budget == nullptr || !budget->contains("years")) return {};
  Figure figure{"budget",
                "A payer's spending by year",
                "Two bars a year: spending without and with the new therapy.",
                "Not discounted.",
                {{"year", "Year"}, {"world", "World"}, {"cost", page.run().currency, 0}}};
  for (const Json& year : (*budget)["years"]) {
    const std::string name = std::to_string(year["year"].get<int>());
    figure.add(name, "without the new therapy", year["cost_without"]);
    figure.add(name, "with the new therapy", year["cost_with"]);
  }
  figure.spec = specification(R"json({"height": 240, "mark": "bar", "encoding": {
    "x": {"field": "year", "type": "ordinal", "title": null, "axis": {"labelAngle": 0}},
    "xOffset": {"field": "world", "sort": null},
    "y": {"field": "cost", "type": "quantitative"},
    "color": {"field": "world", "type": "nominal", "title": null, "sort": null}}})json");
  figure.spec["encoding"]["y"]["title"] = page.run().currency + " a year";
  return {std::move(figure)};
}

std::vector<Figure> validation_figures(const PageMaterial& page) {
  const Json* validation = page.section("validation");
  if (validation == nullptr) return {};
  Figure figure{
      "validation",
      "Predictions beside observations",
      "For each target the prediction as a point and the observed interval as a line, as a ratio to the observed "
      "value.",
      "Ratio to what was observed, on a scale of powers of two; a target whose observation is not above zero is in "
      "the table below alone. Held-out targets were not used to make the model.",
      {{"target", "Target"}, {"use", "Use"}, {"ratio", "Predicted", 3}, {"low", "Low", 3}, {"high", "High", 3}}};
  for (const Json& target : (*validation)["targets"]) {
    const auto number = [&](const char* key) {
      return scenario::parse_number(target[key].get<std::string>()).value_or(NAN);
    };
    const double observed = number("observed"), predicted = number("predicted");
    if (!(observed > 0) || !(predicted > 0)) continue;
    const auto ratio = [&](double value) { return value > 0 ? Json(value / observed) : Json(); };
    figure.add(target["id"], target["use"], predicted / observed, ratio(number("low")), ratio(number("high")));
  }
  if (figure.rows.empty()) return {};
  figure.spec = specification(R"json({"layer": [
    {"mark": {"type": "rule", "strokeWidth": 4, "opacity": 0.5}, "transform": [{"filter": "isValid(datum.low) && isValid(datum.high)"}], "encoding": {
      "x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}}},
    {"mark": {"type": "rule", "strokeDash": [4, 3]}, "encoding": {"x": {"datum": 1}}},
    {"mark": {"type": "point", "filled": true}, "encoding": {
      "x": {"field": "ratio", "type": "quantitative", "scale": {"type": "log", "base": 2}, "title": "ratio to the observed value"},
      "color": {"field": "use", "type": "nominal", "title": null}, "shape": {"field": "use", "type": "nominal", "title": null}}}],
    "encoding": {"y": {"field": "target", "type": "nominal", "title": null, "sort": null}}})json");
  figure.spec["height"] = 15 * figure.rows.size();
  return {std::move(figure)};
}

}  // namespace myelin::page
