#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "economics/decision_sample.hpp"
#include "page/figure.hpp"
#include "report/text_table.hpp"
#include "report/wording.hpp"

/// \file
/// What uncertain inputs leave open.

namespace myelin::page {

namespace {

using Json = nlohmann::ordered_json;

/// Points of one cloud at most: more only make the page heavier.
constexpr std::size_t most_points = 500;

const results::AnalysisResult& base(const PageMaterial& page) { return page.run().analyses.front(); }

std::string strategy_label(const PageMaterial& page, const std::string& name) {
  const auto& strategies = base(page).strategies;
  const auto found = std::ranges::find(strategies, name, &results::StrategyResult::name);
  return found == strategies.end() ? name
                                   : report::label(base(page), static_cast<std::size_t>(found - strategies.begin()));
}

/// A line at the threshold that the slider stands at.
Json threshold_rule() {
  return specification(R"json({"mark": {"type": "rule", "strokeDash": [4, 3]}, "data": {"values": [{}]},
    "encoding": {"x": {"datum": {"expr": "threshold"}, "type": "quantitative"}}})json");
}

Json threshold_parameter(const PageMaterial& page) {
  const double value = page.run().thresholds.empty() ? 0 : page.run().thresholds.front();
  return Json::array({{{"name", "threshold"}, {"value", value}}});
}

void add_ellipse(Figure& figure, const std::string& label, const Json& ellipse) {
  constexpr int steps = 60;
  const auto at = [&](const char* part, const char* axis) { return ellipse[part][axis].get<double>(); };
  for (int step = 0; step <= steps; ++step) {
    const double angle = 2 * std::numbers::pi * step / steps, c = std::cos(angle), s = std::sin(angle);
    const auto point = [&](const char* axis) {
      return at("centre", axis) + c * at("first_axis", axis) + s * at("second_axis", axis);
    };
    figure.add(label, point("qaly"), point("cost"), "ellipse", step);
  }
}

/// Clouds, ellipses, axes and the line of the threshold, on scales that hold all `rows` and the origin.
Json plane_spec(const PageMaterial& page, const Json& rows) {
  Json spec = specification(R"json({"height": 380, "layer": [
    {"mark": {"type": "point", "filled": true, "size": 14, "opacity": 0.45}, "transform": [{"filter": "datum.kind == 'draw'"}]},
    {"mark": {"type": "line", "strokeWidth": 2}, "transform": [{"filter": "datum.kind == 'ellipse'"}], "encoding": {"order": {"field": "order"}}},
    {"mark": {"type": "rule"}, "data": {"values": [{}]}, "encoding": {"x": {"datum": 0}}},
    {"mark": {"type": "rule"}, "data": {"values": [{}]}, "encoding": {"y": {"datum": 0}}},
    {"mark": {"type": "line", "strokeDash": [4, 3], "color": "var(--soft)", "clip": true}, "encoding": {
      "x": {"field": "at", "type": "quantitative"}, "y": {"field": "worth", "type": "quantitative"}}}]})json");
  double least = 0, most = 0, low = 0, high = 0;
  for (const Json& row : rows) {
    least = std::min(least, row[1].get<double>());
    most = std::max(most, row[1].get<double>());
    low = std::min(low, row[2].get<double>());
    high = std::max(high, row[2].get<double>());
  }
  Json& line = spec["layer"].back();
  line["data"] = {{"values", {{{"at", least}}, {{"at", most}}}}};
  line["transform"] = {{{"calculate", "datum.at * threshold"}, {"as", "worth"}}};
  for (std::size_t layer : {0, 1}) {
    Json& encoding = spec["layer"][layer]["encoding"];
    encoding["x"] = {
        {"field", "qaly"}, {"type", "quantitative"}, {"title", "QALYs gained"}, {"scale", {{"domain", {least, most}}}}};
    encoding["y"] = {{"field", "cost"},
                     {"type", "quantitative"},
                     {"title", "additional cost, " + page.run().currency},
                     {"scale", {{"domain", {low, high}}}}};
    encoding["color"] = strategy_colour(page.run());
    encoding[layer == 0 ? "shape" : "strokeDash"] = layer == 0 ? strategy_shape(page.run()) : strategy_dash(page.run());
  }
  spec["params"] = threshold_parameter(page);
  return spec;
}

std::optional<Figure> plane(const PageMaterial& page, const Json& uncertainty) {
  const results::RunResults& run = page.run();
  const std::size_t reference = page.material.reference;
  const economics::DecisionSample sample = economics::decision_sample(*run.probabilistic);
  Figure figure{
      "plane",
      "Cost-effectiveness plane, against " + report::label(base(page), reference),
      "A cloud of points a strategy, each a draw of the uncertain inputs: QALYs gained to the right, additional "
      "cost upwards; an ellipse holds about 95 % of each cloud.",
      sample.draws() > static_cast<Eigen::Index>(most_points)
          ? fmt::format("The first {} of {} draws are shown; ellipses are of all. The dashed line is the "
                        "threshold: below it a strategy is the better buy.",
                        most_points, sample.draws())
          : "The dashed line is the threshold: below it a strategy is the better buy.",
      {{"strategy", "Strategy"},
       {"qaly", "QALYs gained", 4},
       {"cost", "Additional cost, " + run.currency, 0},
       {"kind", "Kind"},
       {"order", "Draw or step", 0}}};
  const auto against = static_cast<Eigen::Index>(reference);
  const auto points = std::min<Eigen::Index>(sample.draws(), most_points);
  for (Eigen::Index s = 0; s < sample.cost.cols(); ++s) {
    if (s == against) continue;
    for (Eigen::Index draw = 0; draw < points; ++draw)
      figure.add(report::label(base(page), static_cast<std::size_t>(s)),
                 std::round(1e4 * (sample.qaly(draw, s) - sample.qaly(draw, against))) / 1e4,
                 std::round(sample.cost(draw, s) - sample.cost(draw, against)), "draw", draw);
  }
  for (const Json& spread : uncertainty["plane"])
    add_ellipse(figure, strategy_label(page, spread["strategy"].get<std::string>()), spread["ellipse"]);
  figure.spec = plane_spec(page, figure.rows);
  figure.threshold = true;
  return figure;
}

/// Lines over thresholds; `value` of a decision and one of its strategies.
template <class Value>
void add_by_threshold(const PageMaterial& page, Figure& figure, Value value) {
  for (const Decision& decision : page.decisions) {
    for (std::size_t s = 0; s < decision.net_benefit.size(); ++s)
      figure.add(decision.threshold, report::label(base(page), s), value(decision, s));
  }
}

Json threshold_lines(const PageMaterial& page, const char* field, const std::string& title, const char* format) {
  Json spec = specification(R"json({"height": 280, "layer": [{"mark": "line", "encoding": {
    "x": {"field": "threshold", "type": "quantitative"}}}]})json");
  Json& encoding = spec["layer"][0]["encoding"];
  encoding["x"]["title"] = "threshold, " + page.run().currency + " per QALY";
  encoding["y"] = {{"field", field}, {"type", "quantitative"}, {"title", title}, {"axis", {{"format", format}}}};
  encoding["color"] = strategy_colour(page.run());
  encoding["strokeDash"] = strategy_dash(page.run());
  spec["layer"].push_back(threshold_rule());
  spec["params"] = threshold_parameter(page);
  return spec;
}

Figure acceptability(const PageMaterial& page) {
  Figure figure{
      "acceptability",
      "Acceptability curves and frontier",
      "A line a strategy: the probability over the uncertain inputs that it is the best buy, by threshold. Marks "
      "follow the strategy with the highest mean net benefit.",
      "The marks are the frontier (CEAF): the probability of the strategy that is best on average, which need not "
      "be the one most often best.",
      {{"threshold", "Threshold", 0}, {"strategy", "Strategy"}, {"probability", "Probability best", 4}}};
  add_by_threshold(page, figure, [](const Decision& decision, std::size_t s) { return decision.probability[s]; });
  figure.spec = threshold_lines(page, "probability", "probability of being the best buy", "%");
  Json frontier = Json::array();
  for (const Decision& decision : page.decisions)
    frontier.push_back({{"threshold", decision.threshold},
                        {"strategy", report::label(base(page), decision.best)},
                        {"probability", decision.probability[decision.best]}});
  Json marks = {{"mark", {{"type", "point"}, {"filled", true}, {"size", 30}}},
                {"data", {{"values", std::move(frontier)}}},
                {"encoding", figure.spec["layer"][0]["encoding"]}};
  // Marks have a channel of their own, so that the legend stays that of the lines.
  marks["encoding"]["fill"] = marks["encoding"]["color"];
  marks["encoding"]["fill"]["legend"] = nullptr;
  marks["encoding"].erase("color");
  marks["encoding"].erase("strokeDash");
  figure.spec["layer"].push_back(std::move(marks));
  figure.threshold = true;
  return figure;
}

Figure expected_loss(const PageMaterial& page) {
  const std::string& currency = page.run().currency;
  Figure figure{
      "expected-loss",
      "Expected loss, and value of perfect information",
      "A line a strategy: what choosing it loses in expectation against knowing the inputs, by threshold.",
      "The lowest line at a threshold is the expected value of perfect information (EVPI); its strategy has the "
      "highest mean net benefit. Powers of ten.",
      {{"threshold", "Threshold", 0}, {"strategy", "Strategy"}, {"loss", "Expected loss, " + currency, 0}}};
  add_by_threshold(page, figure, [](const Decision& decision, std::size_t s) {
    return decision.loss[s] >= 1 ? Json(decision.loss[s]) : Json();
  });
  figure.spec = threshold_lines(page, "loss", "expected loss a patient, " + currency, "~s");
  figure.spec["layer"][0]["encoding"]["y"]["scale"] = {{"type", "log"}};
  figure.threshold = true;
  return figure;
}

std::optional<Figure> evppi(const PageMaterial& page) {
  const Json* voi = page.section("voi");
  if (voi == nullptr || (*voi)["evpi"].empty()) return std::nullopt;
  const double evpi = (*voi)["evpi"][0]["mean"].get<double>();
  const std::string& currency = page.run().currency;
  Figure figure{
      "evppi",
      "What it is worth to know inputs exactly",
      fmt::format("Bars: the value of knowing groups of inputs and single inputs, at {} {} per QALY, beside that of "
                  "knowing all, {} {} a patient.",
                  report::format_number((*voi)["evpi"][0]["threshold"].get<double>(), 0), currency,
                  report::format_number(evpi, 0), currency),
      "EVPPI a patient at the first threshold; lines are standard errors, the dashed line is the EVPI.",
      {{"input", "Inputs"},
       {"kind", "Kind"},
       {"value", "EVPPI, " + currency, 0},
       {"low", "- SE", 0},
       {"high", "+ SE", 0}}};
  for (const char* kind : {"groups", "inputs"}) {
    for (const Json& line : (*voi)[kind]) {
      if (!line.contains("thresholds") || line["thresholds"].empty()) continue;
      const Json& at = line["thresholds"][0];
      const double value = at["evppi"].get<double>(), error = at["standard_error"].get<double>();
      figure.add(line["label"], std::string_view(kind) == "groups" ? "group" : "single input", value,
                 std::max(0.0, value - error), value + error);
    }
  }
  if (figure.rows.empty()) return std::nullopt;
  figure.spec = specification(R"json({"layer": [
    {"mark": "bar", "encoding": {"x": {"field": "value", "type": "quantitative"}, "color": {"field": "kind", "type": "nominal", "title": null, "sort": null}}},
    {"mark": "rule", "encoding": {"x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}}},
    {"mark": {"type": "rule", "strokeDash": [4, 3]}}],
    "encoding": {"y": {"field": "input", "type": "nominal", "title": null, "sort": null}}})json");
  figure.spec["layer"][0]["encoding"]["x"]["title"] = "EVPPI a patient, " + currency;
  figure.spec["layer"][2]["encoding"] = {{"x", {{"datum", evpi}}}, {"y", nullptr}};
  figure.spec["height"] = 22 * figure.rows.size();
  return figure;
}

}  // namespace

std::vector<Figure> uncertainty_figures(const PageMaterial& page) {
  std::vector<Figure> figures;
  const Json* uncertainty = page.section("decision_uncertainty");
  if (uncertainty == nullptr) return figures;
  if (std::optional<Figure> figure = plane(page, *uncertainty)) figures.push_back(std::move(*figure));
  if (!page.decisions.empty()) {
    figures.push_back(acceptability(page));
    figures.push_back(expected_loss(page));
  }
  if (std::optional<Figure> figure = evppi(page)) figures.push_back(std::move(*figure));
  return figures;
}

std::vector<Figure> convergence_figures(const PageMaterial& page) {
  const results::RunResults& run = page.run();
  if (!run.probabilistic || run.probabilistic->draws < 2 || run.thresholds.empty()) return {};
  const economics::DecisionSample sample = economics::decision_sample(*run.probabilistic);
  const Eigen::MatrixXd benefit = economics::net_benefit(sample, run.thresholds.front());
  const auto reference = static_cast<Eigen::Index>(page.material.reference);
  Figure figure{"convergence",
                "Incremental net benefit as draws are added",
                "A line a strategy that settles: the mean over the draws so far of net benefit against " +
                    report::label(base(page), page.material.reference) + ", with bands of two standard errors.",
                fmt::format("At {} {} per QALY.", report::format_number(run.thresholds.front(), 0), run.currency),
                {{"strategy", "Strategy"},
                 {"draws", "Draws", 0},
                 {"mean", "Mean, " + run.currency, 0},
                 {"low", "- 2 SE", 0},
                 {"high", "+ 2 SE", 0}}};
  const Eigen::Index step = std::max<Eigen::Index>(1, sample.draws() / 100);
  for (Eigen::Index s = 0; s < benefit.cols(); ++s) {
    if (s == reference) continue;
    const Eigen::ArrayXd difference = benefit.col(s) - benefit.col(reference);
    for (Eigen::Index draws = step; draws <= sample.draws(); draws += step) {
      if (draws < 2) continue;
      const double mean = difference.head(draws).mean(), n = static_cast<double>(draws);
      const double error = std::sqrt((difference.head(draws) - mean).square().sum() / (n - 1) / n);
      figure.add(report::label(base(page), static_cast<std::size_t>(s)), draws, mean, mean - 2 * error,
                 mean + 2 * error);
    }
  }
  if (figure.rows.empty()) return {};
  figure.spec = specification(R"json({"height": 280, "layer": [
    {"mark": {"type": "area", "opacity": 0.2}, "encoding": {"y": {"field": "low", "type": "quantitative"}, "y2": {"field": "high"}}},
    {"mark": "line", "encoding": {"y": {"field": "mean", "type": "quantitative"}}}],
    "encoding": {"x": {"field": "draws", "type": "quantitative", "title": "draws"}}})json");
  figure.spec["layer"][0]["encoding"]["y"]["title"] = "incremental net benefit, " + run.currency;
  figure.spec["encoding"]["color"] = strategy_colour(run);
  figure.spec["layer"][1]["encoding"]["strokeDash"] = strategy_dash(run);
  return {std::move(figure)};
}

}  // namespace myelin::page
