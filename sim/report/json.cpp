#include "report/json.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "economics/acceptability.hpp"
#include "economics/analysis.hpp"
#include "economics/conventions.hpp"

namespace myelin::report {

namespace {

using Json = nlohmann::ordered_json;
using economics::Estimate;
using results::AnalysisResult;
using results::RunResults;

Json to_json(const Estimate& estimate) { return {{"mean", estimate.mean}, {"mcse", estimate.standard_error}}; }

/// An outcome with its discounted mean and standard error, its interval over draws where there are several, and the
/// undiscounted mean where it differs in meaning.
Json outcome_json(const AnalysisResult& analysis, std::size_t strategy, std::size_t outcome) {
  Json json = to_json(economics::outcome_estimate(analysis, strategy, outcome, results::discounted_column));
  if (analysis.draws > 1) {
    const economics::Interval95 interval = economics::outcome_interval(analysis, strategy, outcome);
    json["psa_low"] = interval.low;
    json["psa_high"] = interval.high;
  }
  if (analysis.outcomes[outcome].discounted()) {
    json["undiscounted"] = economics::outcome_estimate(analysis, strategy, outcome, results::undiscounted_column).mean;
  }
  return json;
}

Json strategy_json(const AnalysisResult& analysis, std::size_t strategy) {
  Json json = {{"name", analysis.strategies[strategy].name}, {"label", analysis.strategies[strategy].label}};
  Json others = Json::object();
  for (const char* total : {"cost", "qaly", "life_years"}) {
    const auto index = economics::find_outcome(analysis, total);
    if (index) json[total == std::string_view("life_years") ? "ly" : total] = outcome_json(analysis, strategy, *index);
  }
  for (std::size_t outcome = 0; outcome < analysis.outcomes.size(); ++outcome) {
    const std::string& name = analysis.outcomes[outcome].name;
    if (name == "cost" || name == "qaly" || name == "life_years") continue;
    const Json value = outcome_json(analysis, strategy, outcome);
    if (name.starts_with("qaly.")) {
      json["qaly"][name.substr(5)] = value;
    } else if (name.starts_with("cost.")) {
      json["cost"]["by_category"][name.substr(5)] = value;
    } else {
      others[name] = value;
    }
  }
  json["outcomes"] = others;
  if (analysis.strategies[strategy].cohort_states > 0)
    json["cohort_states"] = analysis.strategies[strategy].cohort_states;
  json["table_digest"] = analysis.strategies[strategy].table_digest;
  return json;
}

Json full_json(const AnalysisResult& analysis, const economics::FullRow& row) {
  const auto name = [&](std::size_t strategy) { return analysis.strategies[strategy].name; };
  Json json = {{"strategy", name(row.place.strategy)}};
  json["versus"] = row.place.versus ? Json(name(*row.place.versus)) : Json();
  json["cost"] = row.increment ? to_json(row.increment->cost) : Json();
  json["qaly"] = row.increment ? to_json(row.increment->qaly) : Json();
  json["icer"] = row.icer ? Json(row.icer->mean) : Json();
  if (row.icer) json["icer_mcse"] = row.icer->standard_error;
  json["status"] = economics::short_name(row.place.status);
  if (row.place.same_as) json["same_as"] = name(*row.place.same_as);
  return json;
}

Json pairwise_json(const AnalysisResult& analysis, const economics::PairwiseRow& row,
                   std::span<const double> thresholds) {
  Json json = {{"strategy", analysis.strategies[row.increment.pair.strategy].name},
               {"versus", analysis.strategies[row.increment.pair.versus].name},
               {"cost", to_json(row.increment.cost)},
               {"qaly", to_json(row.increment.qaly)},
               {"quadrant", economics::short_name(row.quadrant)},
               {"icer", row.icer ? Json(row.icer->mean) : Json()}};
  if (row.icer) json["icer_mcse"] = row.icer->standard_error;
  json["icer_meaning"] = economics::icer_meaning(row.quadrant);
  json["nmb"] = Json::object();
  for (std::size_t i = 0; i < thresholds.size(); ++i)
    json["nmb"][fmt::format("{}", thresholds[i])] = to_json(row.incremental_net_benefit[i]);
  return json;
}

Json thresholds_json(const AnalysisResult& analysis, const std::vector<economics::ThresholdRow>& rows) {
  Json json = Json::array();
  for (const economics::ThresholdRow& row : rows) {
    Json net_benefit = Json::object();
    for (std::size_t i = 0; i < row.net_benefit.size(); ++i)
      net_benefit[analysis.strategies[i].name] = row.net_benefit[i];
    json.push_back({{"threshold", row.threshold},
                    {"best", analysis.strategies[row.best].name},
                    {"lead", to_json(row.lead)},
                    {"separated", row.separated},
                    {"nmb", net_benefit}});
  }
  return json;
}

Json convention_json(const AnalysisResult& analysis, const economics::ConventionRow& row,
                     std::span<const double> thresholds, std::size_t reference) {
  const auto name = [&](std::size_t strategy) { return analysis.strategies[strategy].name; };
  Json json = {{"within_cycle_correction", row.name.within_cycle_correction},
               {"discount_timing", row.name.discount_timing},
               {"of_run", row.is_of_run},
               {"strategies", Json::array()},
               {"pairwise", Json::array()},
               {"thresholds", Json::array()}};
  for (const economics::Point& point : row.strategies)
    json["strategies"].push_back({{"name", point.name}, {"cost", point.cost}, {"qaly", point.qaly}});
  for (const economics::ConventionIncrement& increment : row.increments) {
    Json nmb = Json::object();
    for (std::size_t i = 0; i < thresholds.size(); ++i)
      nmb[fmt::format("{}", thresholds[i])] = increment.incremental_net_benefit[i];
    json["pairwise"].push_back({{"strategy", name(increment.strategy)},
                                {"versus", name(reference)},
                                {"cost", increment.cost},
                                {"qaly", increment.qaly},
                                {"quadrant", economics::short_name(increment.quadrant)},
                                {"icer", increment.icer ? Json(*increment.icer) : Json()},
                                {"icer_meaning", economics::icer_meaning(increment.quadrant)},
                                {"nmb", nmb}});
  }
  for (std::size_t i = 0; i < thresholds.size(); ++i)
    json["thresholds"].push_back({{"threshold", thresholds[i]}, {"best", name(row.best[i])}});
  return json;
}

/// Adds the conventions to the JSON of an analysis.
Result<Json> with_conventions(Json json, const AnalysisResult& analysis, std::span<const double> thresholds,
                              std::size_t reference) {
  const auto conventions = economics::analyse_conventions(analysis, thresholds, reference);
  if (!conventions) return tl::unexpected(conventions.error());
  json["conventions"] = Json::array();
  for (const economics::ConventionRow& row : conventions->rows)
    json["conventions"].push_back(convention_json(analysis, row, thresholds, reference));
  json["conventions_left_out"] = Json::array();
  for (const economics::LeftOut& left_out : conventions->left_out) {
    json["conventions_left_out"].push_back(
        {{"within_cycle_correction", left_out.within_cycle_correction}, {"reason", left_out.reason}});
  }
  return json;
}

Result<Json> analysis_json(const AnalysisResult& analysis, std::span<const double> thresholds, std::size_t reference,
                           ShownConventions shown) {
  const Result<economics::DecisionAnalysis> decision = economics::analyse(analysis, thresholds, reference);
  if (!decision) return tl::unexpected(decision.error());
  Json json = {{"strategies", Json::array()}, {"incremental_full", Json::array()}, {"pairwise", Json::array()}};
  for (std::size_t i = 0; i < analysis.strategies.size(); ++i) json["strategies"].push_back(strategy_json(analysis, i));
  for (const economics::FullRow& row : decision->full) json["incremental_full"].push_back(full_json(analysis, row));
  for (const economics::PairwiseRow& row : decision->pairwise)
    json["pairwise"].push_back(pairwise_json(analysis, row, thresholds));
  json["thresholds"] = thresholds_json(analysis, decision->thresholds);
  if (shown == ShownConventions::all) return with_conventions(std::move(json), analysis, thresholds, reference);
  return json;
}

Json settings_json(const RunResults& run) {
  const results::AnalysisResult& base = run.analyses.front();
  Json json = {{"engine", run.engine},
               {"patients", run.patients},
               {"draws", run.probabilistic ? run.probabilistic->draws : 1},
               {"seed", run.seed},
               {"cycle_length_years", run.cycle_length_years},
               {"discount",
                {{"cost", base.discount_cost.steps.front().rate_per_year},
                 {"qaly", base.discount_qaly.steps.front().rate_per_year}}},
               {"currency", run.currency},
               {"price_year", run.price_year}};
  json["discount_compounding"] = base.discount_cost.compounded ? "annual" : "continuous";
  for (std::size_t step = 1; step < base.discount_cost.steps.size(); ++step) {
    json["discount_later"].push_back({{"from_year", base.discount_cost.steps[step].from.value},
                                      {"cost", base.discount_cost.steps[step].rate_per_year},
                                      {"qaly", base.discount_qaly.steps[step].rate_per_year}});
  }
  for (const results::Setting& setting : run.settings) {
    switch (setting.kind) {
      case results::Setting::Kind::text:
        json[setting.key] = setting.value;
        break;
      case results::Setting::Kind::number:
        json[setting.key] = std::stod(setting.value);
        break;
      case results::Setting::Kind::integer:
        json[setting.key] = std::stoll(setting.value);
        break;
    }
  }
  json["table_digest"] = run.analyses.front().strategies.front().table_digest;
  json["scenario_sha256"] = run.scenario_sha256;
  return json;
}

}  // namespace

Result<Json> to_json(const RunResults& run, std::span<const double> thresholds, std::size_t reference,
                     ShownConventions shown) {
  Result<Json> json = analysis_json(run.analyses.front(), thresholds, reference, shown);
  if (!json) return json;
  if (run.probabilistic) {
    Result<Json> probabilistic = analysis_json(*run.probabilistic, thresholds, reference, shown);
    if (!probabilistic) return probabilistic;
    (*probabilistic)["deterministic"] = std::move(*json);
    json = std::move(probabilistic);
  }
  (*json)["settings"] = settings_json(run);
  (*json)["alternatives"] = Json::array();
  for (std::size_t i = 1; i < run.analyses.size(); ++i) {
    Result<Json> alternative = analysis_json(run.analyses[i], thresholds, reference, shown);
    if (!alternative) return tl::unexpected(alternative.error());
    Json named = {{"name", run.analyses[i].name}, {"set", run.analyses[i].overrides}};
    named.update(*alternative);
    (*json)["alternatives"].push_back(named);
  }
  return json;
}

}  // namespace myelin::report
