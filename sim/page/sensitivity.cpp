#include <fmt/format.h>

#include <algorithm>

#include "page/figure.hpp"
#include "report/text_table.hpp"
#include "report/wording.hpp"

namespace myelin::page {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_bars = 20;

std::string label_of(const PageMaterial& page, const Json& name) {
  const auto& strategies = page.run().analyses.front().strategies;
  const auto found = std::ranges::find(strategies, name.get<std::string>(), &results::StrategyResult::name);
  return report::label(page.run().analyses.front(), static_cast<std::size_t>(found - strategies.begin()));
}

/// The first tornado: of the two strategies that the decision turns on, at the first threshold.
std::optional<Figure> tornado(const PageMaterial& page, const Json& sensitivity) {
  if (!sensitivity.contains("tornado") || sensitivity["tornado"].empty()) return std::nullopt;
  const Json& first = sensitivity["tornado"][0];
  const std::string strategy = label_of(page, first["strategy"]), versus = label_of(page, first["versus"]);
  const std::string& currency = page.run().currency;
  Figure figure{
      "tornado",
      fmt::format("Tornado: {} against {}", strategy, versus),
      "Bars from the widest to the narrowest: incremental net benefit with one input at its low and at its high end.",
      fmt::format("At {} {} per QALY, of the base case without draws; the dashed line is the base case. Left of 0, {} "
                  "is the better buy.",
                  report::format_number(first["threshold"].get<double>(), 0), currency, versus),
      {{"input", "Input"}, {"low", "At low end", 0}, {"high", "At high end", 0}}};
  for (const Json& bar : first["bars"]) {
    if (figure.rows.size() == most_bars) break;
    figure.add(bar["name"], bar["at_low"], bar["at_high"]);
  }
  figure.spec = specification(R"json({"layer": [
    {"mark": {"type": "bar", "height": 11, "color": "var(--c0)", "opacity": 0.75}, "encoding": {"x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}}},
    {"mark": {"type": "point", "shape": "diamond", "filled": true, "color": "var(--c1)"}, "encoding": {"x": {"field": "high", "type": "quantitative"}}},
    {"mark": "rule", "encoding": {"x": {"datum": 0}, "y": null}},
    {"mark": {"type": "rule", "strokeDash": [4, 3]}}],
    "encoding": {"y": {"field": "input", "type": "nominal", "title": null, "sort": null, "axis": {}}}})json");
  figure.spec["layer"][0]["encoding"]["x"]["title"] = "incremental net benefit, " + currency + " (diamond: high end)";
  figure.spec["layer"][3]["encoding"] = {{"x", {{"datum", first["base"]}}}, {"y", nullptr}};
  figure.spec["height"] = 18 * figure.rows.size();
  return figure;
}

Figure two_way(const PageMaterial& page, const Json& analysis) {
  const std::string x = analysis["x"]["input"].get<std::string>(), y = analysis["y"]["input"].get<std::string>();
  Figure figure{"two-way-" + analysis["name"].get<std::string>(),
                "Best strategy by two inputs",
                fmt::format("A grid: which strategy is best at each value of {} and {}.", x, y),
                fmt::format("At {} {} per QALY, of the base case without draws.",
                            report::format_number(page.run().thresholds.front(), 0), page.run().currency),
                {{"x", x, 4}, {"y", y, 4}, {"best", "Best"}}};
  std::ranges::replace(figure.id, '_', '-');
  for (const Json& cell : analysis["cells"])
    figure.add(cell["x"], cell["y"], label_of(page, cell["thresholds"][0]["best"]));
  figure.spec = specification(R"json({"height": 220, "layer": [
    {"mark": {"type": "rect", "stroke": "var(--paper)"}, "encoding": {}},
    {"mark": {"type": "text", "color": "var(--paper)", "fontSize": 10, "limit": 70}, "encoding": {"text": {"field": "best"}}}],
    "encoding": {"x": {"field": "x", "type": "ordinal", "axis": {"labelAngle": 0}}, "y": {"field": "y", "type": "ordinal", "sort": "descending"}}})json");
  Json colour = strategy_colour(page.run());
  colour["field"] = "best";
  figure.spec["layer"][0]["encoding"]["color"] = std::move(colour);
  figure.spec["encoding"]["x"]["title"] = x;
  figure.spec["encoding"]["y"]["title"] = y;
  return figure;
}

/// Net benefit against the reference in each line of a section of alternatives.
std::optional<Figure> alternatives(const PageMaterial& page, const char* key, const char* title) {
  const Json* lines = page.section(key);
  if (lines == nullptr || lines->size() < 2 || page.run().thresholds.empty()) return std::nullopt;
  const std::string reference = report::label(page.run().analyses.front(), page.material.reference);
  Figure figure{key,
                title,
                "A mark a strategy in each line: its net benefit against " + reference + ", with two standard errors.",
                fmt::format("At {} {} per QALY, without draws; right of 0, the strategy is a better buy than {}.",
                            report::format_number(page.run().thresholds.front(), 0), page.run().currency, reference),
                {{"line", "Case"},
                 {"strategy", "Strategy"},
                 {"mean", "Net benefit", 0},
                 {"low", "- 2 SE", 0},
                 {"high", "+ 2 SE", 0}}};
  for (const Json& line : *lines) {
    for (const Json& pair : line["pairwise"]) {
      const Json& benefit = pair["thresholds"][0]["incremental_nmb"];
      const double mean = benefit["mean"].get<double>(), error = benefit["mcse"].get<double>();
      figure.add(line["label"], label_of(page, pair["strategy"]), mean, mean - 2 * error, mean + 2 * error);
    }
  }
  figure.spec = specification(R"json({"layer": [
    {"mark": "rule", "encoding": {"x": {"datum": 0}, "y": null}},
    {"mark": "rule", "encoding": {"x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}}},
    {"mark": {"type": "point", "filled": true, "size": 70}, "encoding": {"x": {"field": "mean", "type": "quantitative"}}}],
    "encoding": {"y": {"field": "line", "type": "nominal", "title": null, "sort": null, "axis": {"grid": true}}}})json");
  figure.spec["layer"][2]["encoding"]["x"]["title"] = "incremental net benefit, " + page.run().currency;
  figure.spec["layer"][2]["encoding"]["color"] = strategy_colour(page.run());
  figure.spec["layer"][2]["encoding"]["shape"] = strategy_shape(page.run());
  figure.spec["height"] = 26 * lines->size();
  return figure;
}

}  // namespace

std::vector<Figure> sensitivity_figures(const PageMaterial& page) {
  std::vector<Figure> figures;
  const Json* sensitivity = page.section("sensitivity");
  if (sensitivity == nullptr) return figures;
  if (std::optional<Figure> figure = tornado(page, *sensitivity)) figures.push_back(std::move(*figure));
  if (sensitivity->contains("two_way") && !page.run().thresholds.empty()) {
    for (const Json& analysis : (*sensitivity)["two_way"]) figures.push_back(two_way(page, analysis));
  }
  return figures;
}

std::vector<Figure> scenario_figures(const PageMaterial& page) {
  std::vector<Figure> figures;
  if (auto figure = alternatives(page, "scenarios", "Other assumptions")) figures.push_back(std::move(*figure));
  if (auto figure = alternatives(page, "subgroups", "Other patients")) figures.push_back(std::move(*figure));
  return figures;
}

}  // namespace myelin::page
