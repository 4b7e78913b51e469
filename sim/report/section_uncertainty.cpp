#include <fmt/format.h>

#include <algorithm>

#include "economics/acceptability.hpp"
#include "economics/analysis.hpp"
#include "economics/patient_noise.hpp"
#include "report/section.hpp"
#include "report/section_support.hpp"
#include "report/text_table.hpp"
#include "report/wording.hpp"

namespace myelin::report {

namespace {

using namespace economics;
using results::AnalysisResult;
using Json = nlohmann::ordered_json;
using Cells = std::vector<std::vector<std::string>>;

constexpr int percent_decimals = 1;

struct Uncertainty : DecisionOverDraws {
  std::vector<OptimalFrom> optimal;
  std::vector<IncrementSpread> plane;  ///< every strategy but the reference
};

Result<Uncertainty> assess(const AnalysisResult& drawn, const std::vector<double>& thresholds, std::size_t reference) {
  Result<DecisionOverDraws> decided = decide_over_draws(drawn, thresholds);
  if (!decided) return tl::unexpected(decided.error());
  Uncertainty found{std::move(*decided), {}, {}};
  Result<std::vector<OptimalFrom>> optimal = optimal_strategies(found.sample);
  if (!optimal) return tl::unexpected(optimal.error());
  found.optimal = std::move(*optimal);
  for (std::size_t s = 0; s < drawn.strategies.size(); ++s) {
    if (s == reference) continue;
    Result<IncrementSpread> spread = increment_spread(found.sample, {s, reference});
    if (!spread) return tl::unexpected(spread.error());
    found.plane.push_back(std::move(*spread));
  }
  return found;
}

std::string percent_cell(const Estimate& proportion) {
  return estimate_cell({100 * proportion.mean, 100 * proportion.standard_error}, percent_decimals);
}

std::string money_in_words(const Estimate& estimate) {
  const std::string error = format_error(estimate.standard_error, money_decimals);
  return format_number(estimate.mean, money_decimals) + (error.empty() ? "" : " " + error);
}

Table threshold_table(const AnalysisResult& base, const ThresholdDecision& decision) {
  Cells cells;
  for (std::size_t s = 0; s < base.strategies.size(); ++s) {
    cells.push_back({label(base, s) + (s == decision.optimal ? " *" : ""),
                     estimate_cell(decision.net_monetary_benefit[s], money_decimals),
                     percent_cell(decision.probability_best[s]),
                     estimate_cell(decision.expected_loss[s], money_decimals)});
  }
  return {{{"Strategy", TableColumn::Kind::text}, {"Net benefit"}, {"Best,\n% of draws"}, {"Expected\nloss"}}, cells};
}

std::string verdict(const Material& material, const Uncertainty& found, std::size_t threshold) {
  const ThresholdDecision& decision = found.decisions[threshold];
  std::string text = fmt::format(
      "{} has the highest mean net benefit (*) and is best in {} of draws. To know all uncertain inputs before "
      "choosing "
      "would be worth {} {} a patient (EVPI)",
      label(material.run.analyses.front(), decision.optimal), percent(decision.probability_optimal_is_best().mean),
      money_in_words(decision.evpi()), material.run.currency);
  if (const std::string bias = format_number(-decision.evpi_bias, money_decimals); bias != "0")
    text += fmt::format(", which finitely many draws make too low by at most about {}", bias);
  if (found.correction)
    text += fmt::format("; with the chance of simulated patients left in it would seem to be {}",
                        money_in_words(found.uncorrected_evpi[threshold]));
  return text + ".";
}

std::string optimal_in_words(const Material& material, const std::vector<OptimalFrom>& optimal) {
  const AnalysisResult& base = material.run.analyses.front();
  if (optimal.size() == 1)
    return fmt::format("{} has the highest mean net benefit at every threshold.", label(base, optimal[0].strategy));
  std::string text = "Highest mean net benefit: " + label(base, optimal.front().strategy);
  for (const OptimalFrom& from : optimal) {
    if (&from == &optimal.front()) continue;
    text += fmt::format(", from {} {} per QALY {}", format_number(from.threshold, money_decimals),
                        material.run.currency, label(base, from.strategy));
  }
  return text + ".";
}

constexpr Quadrant quadrants[] = {Quadrant::north_east, Quadrant::south_east, Quadrant::south_west,
                                  Quadrant::north_west, Quadrant::origin};

const Estimate& share_of(const IncrementSpread& spread, Quadrant quadrant) {
  return spread.quadrants[static_cast<std::size_t>(quadrant)];
}

Document plane_table(const Material& material, const Uncertainty& found) {
  const AnalysisResult& base = material.run.analyses.front();
  const bool ties = std::ranges::any_of(
      found.plane, [](const IncrementSpread& spread) { return share_of(spread, Quadrant::origin).mean > 0; });
  std::vector<TableColumn> columns{{"Strategy", TableColumn::Kind::text},
                                   {"Dearer,\nmore QALYs"},
                                   {"Cheaper,\nmore QALYs"},
                                   {"Cheaper,\nfewer QALYs"},
                                   {"Dearer,\nfewer QALYs"}};
  if (ties) columns.push_back({"No\ndifference"});
  Cells cells;
  for (const IncrementSpread& spread : found.plane) {
    cells.push_back({label(base, spread.pair.strategy)});
    for (const Quadrant quadrant : quadrants) {
      if (quadrant != Quadrant::origin || ties) cells.back().push_back(percent_cell(share_of(spread, quadrant)));
    }
  }
  return Heading{"Place on the cost-effectiveness plane against " + label(base, material.reference) + ", % of draws",
                 true} +
         Table{columns, cells};
}

/// What was done about the chance of simulated patients; empty where none were simulated.
std::string noise_in_words(const Material& material, const Uncertainty& found) {
  if (!found.noisy) return "";
  const std::string patients = format_number(static_cast<double>(material.run.probabilistic->patients), 0);
  if (!found.correction) {
    return fmt::format(
        "The chance of {} simulated patients a draw is left in: {} draws are too few to tell it from the uncertainty "
        "of "
        "the inputs. It pulls the shares of draws towards even odds and makes expected losses and the EVPI too large.",
        patients, found.sample.draws());
  }
  const NoiseCorrection& correction = *found.correction;
  std::string text = fmt::format(
      "The chance of {} simulated patients a draw, up to {} of the variance of the increments against {} over draws, "
      "is "
      "taken out of all numbers above: draws are pulled together until their spread is that of the expectations. A "
      "spread far from normal stays approximate.",
      patients, percent(correction.noise_share.size() > 0 ? correction.noise_share.maxCoeff() : 0),
      label(material.run.analyses.front(), 0));
  if (correction.lost_directions > 0)
    text += fmt::format(
        " In {} combination{} of increments chance is larger than the whole spread, so that these numbers are not to "
        "be "
        "trusted: simulate more patients a draw.",
        correction.lost_directions, correction.lost_directions == 1 ? "" : "s");
  return text;
}

std::string how_to_read(const Material& material) {
  std::string text =
      "Best: in how many draws a strategy has the highest net benefit (the acceptability curve, CEAC; for the strategy "
      "* the frontier, CEAF). Expected loss: what choosing it costs a patient on average against the best of each "
      "draw; "
      "the least is the expected value of perfect information (EVPI). ± is the standard error over draws.";
  if (material.scenario.parameters.has("analysis.draw_points") &&
      material.scenario.parameters.text("analysis.draw_points") == "sobol")
    text += " It takes draws as independent, and is too large for the evenly spread ones of this run.";
  return text +
         " Only inputs with a distribution are uncertain here; the structure of the model and what the evidence leaves "
         "out are not.";
}

Document document_of(const Material& material, const Uncertainty& found) {
  const results::RunResults& run = material.run;
  Document document = heading(run, run.analyses.front(),
                              fmt::format("Uncertainty of the decision over {} draws",
                                          format_number(static_cast<double>(run.probabilistic->draws), 0)));
  for (std::size_t i = 0; i < found.decisions.size(); ++i) {
    document += Heading{fmt::format("At {} {} per QALY", format_number(found.decisions[i].threshold, money_decimals),
                                    run.currency),
                        true} +
                threshold_table(run.analyses.front(), found.decisions[i]) + Paragraph{verdict(material, found, i)};
  }
  document += Paragraph{optimal_in_words(material, found.optimal)};
  if (!found.plane.empty()) document += plane_table(material, found);
  if (const std::string noise = noise_in_words(material, found); !noise.empty()) document += Paragraph{noise};
  return document + Paragraph{how_to_read(material)};
}

/// A mean over draws with its standard error.
Json over_draws(const Estimate& estimate) {
  return {{"mean", estimate.mean}, {"standard_error", estimate.standard_error}};
}

Json decision_json(const Uncertainty& found, std::size_t threshold) {
  const ThresholdDecision& decision = found.decisions[threshold];
  Json json = {{"threshold", decision.threshold},
               {"optimal", found.sample.strategies[decision.optimal]},
               {"probability_optimal_is_best", over_draws(decision.probability_optimal_is_best())},
               {"evpi", over_draws(decision.evpi())},
               {"evpi_bias", decision.evpi_bias},
               {"evpi_with_patient_noise", over_draws(found.uncorrected_evpi[threshold])},
               {"strategies", Json::array()}};
  for (std::size_t s = 0; s < found.sample.strategies.size(); ++s) {
    json["strategies"].push_back(
        {{"name", found.sample.strategies[s]},
         {"nmb", over_draws(decision.net_monetary_benefit[s])},
         {"nhb", decision.net_health_benefit.empty() ? Json() : over_draws(decision.net_health_benefit[s])},
         {"probability_best", over_draws(decision.probability_best[s])},
         {"expected_loss", over_draws(decision.expected_loss[s])}});
  }
  return json;
}

Json plane_json(const Uncertainty& found, const IncrementSpread& spread) {
  const auto point = [](const PlanePoint& at) { return Json{{"qaly", at.qaly}, {"cost", at.cost}}; };
  const auto interval = [](const Interval95& of) { return Json{{"low", of.low}, {"high", of.high}}; };
  Json json = {{"strategy", found.sample.strategies[spread.pair.strategy]},
               {"versus", found.sample.strategies[spread.pair.versus]},
               {"quadrants", Json::object()},
               {"cost", interval(spread.cost)},
               {"qaly", interval(spread.qaly)},
               {"ellipse",
                {{"centre", point(spread.ellipse.centre)},
                 {"first_axis", point(spread.ellipse.first_axis)},
                 {"second_axis", point(spread.ellipse.second_axis)}}}};
  for (const Quadrant quadrant : quadrants)
    json["quadrants"][std::string(short_name(quadrant))] = over_draws(share_of(spread, quadrant));
  return json;
}

/// Acceptability from threshold 0 to three times the largest asked for, for charts.
Result<Json> curve_json(const DecisionSample& sample, const std::vector<double>& asked_for) {
  constexpr int steps = 60;
  constexpr double reach = 3;
  const double largest = asked_for.empty() ? 0 : *std::ranges::max_element(asked_for);
  if (largest == 0) return Json();
  std::vector<double> thresholds;
  for (int step = 0; step <= steps; ++step) thresholds.push_back(reach * largest * step / steps);
  const Result<std::vector<ThresholdDecision>> decisions = decide(sample, thresholds);
  if (!decisions) return tl::unexpected(decisions.error());
  Json json = {{"thresholds", thresholds},
               {"probability_best", Json::object()},
               {"optimal", Json::array()},
               {"probability_optimal_is_best", Json::array()},
               {"evpi", Json::array()}};
  for (const ThresholdDecision& decision : *decisions) {
    for (std::size_t s = 0; s < sample.strategies.size(); ++s)
      json["probability_best"][sample.strategies[s]].push_back(decision.probability_best[s].mean);
    json["optimal"].push_back(sample.strategies[decision.optimal]);
    json["probability_optimal_is_best"].push_back(decision.probability_optimal_is_best().mean);
    json["evpi"].push_back(decision.evpi().mean);
  }
  return json;
}

Json noise_json(const Uncertainty& found) {
  if (!found.noisy) return {};
  if (!found.correction) return {{"corrected", false}};
  const NoiseCorrection& correction = *found.correction;
  Json shares = Json::array();
  const auto others = static_cast<Eigen::Index>(found.sample.strategies.size()) - 1;
  for (Eigen::Index i = 0; i < others; ++i) {
    shares.push_back({{"strategy", found.sample.strategies[static_cast<std::size_t>(i) + 1]},
                      {"versus", found.sample.strategies.front()},
                      {"cost", correction.noise_share[i]},
                      {"qaly", correction.noise_share[others + i]}});
  }
  return {{"corrected", true},
          {"share_of_variance", shares},
          {"largest_share_of_variance", correction.largest_noise_share},
          {"lost_directions", correction.lost_directions}};
}

}  // namespace

Result<std::optional<Section>> uncertainty_section(const Material& material) {
  if (!material.run.probabilistic || material.run.probabilistic->draws < 2) return std::nullopt;
  const AnalysisResult& drawn = *material.run.probabilistic;
  const Result<Uncertainty> found = assess(drawn, material.run.thresholds, material.reference);
  if (!found) return tl::unexpected(found.error());
  Result<Json> curve = curve_json(found->sample, material.run.thresholds);
  if (!curve) return tl::unexpected(curve.error());

  Json json = {{"draws", drawn.draws},        {"patient_noise", noise_json(*found)},
               {"thresholds", Json::array()}, {"optimal_from", Json::array()},
               {"plane", Json::array()},      {"acceptability_curve", std::move(*curve)}};
  for (std::size_t i = 0; i < found->decisions.size(); ++i) json["thresholds"].push_back(decision_json(*found, i));
  for (const OptimalFrom& from : found->optimal)
    json["optimal_from"].push_back(
        {{"threshold", from.threshold}, {"strategy", found->sample.strategies[from.strategy]}});
  for (const IncrementSpread& spread : found->plane) json["plane"].push_back(plane_json(*found, spread));
  return Section{"decision_uncertainty", document_of(material, *found), std::move(json)};
}

}  // namespace myelin::report
