#include "economics/conventions.hpp"

#include <algorithm>

#include "core/contract.hpp"
#include "economics/accruals.hpp"
#include "program/timing.hpp"

namespace myelin::economics {

namespace {

using results::AnalysisResult;

/// Weights of each outcome under one convention.
struct ConventionWeights {
  const AnalysisResult& analysis;
  Timing timing;

  Weights of(const results::OutcomeInfo& outcome) const {
    static const DiscountRate no_discount = DiscountRate::constant(0);
    const DiscountRate& rate = outcome.discounted_as == DiscountedAs::cost     ? analysis.discount_cost
                               : outcome.discounted_as == DiscountedAs::health ? analysis.discount_qaly
                                                                               : no_discount;
    return make_weights(timing, rate, outcome.event_weight, outcome.state_weight);
  }
};

/// Some outcomes' sum, per patient under one strategy.
double expected(const ConventionWeights& convention, const results::StrategyResult& strategy,
                std::span<const std::size_t> outcomes) {
  double sum = 0;
  for (const std::size_t outcome : outcomes)
    sum += engine::weighted_sum(convention.of(convention.analysis.outcomes[outcome]), *strategy.amounts[outcome]);
  return sum;
}

ConventionIncrement increment_of(const std::vector<Point>& points, results::StrategyPair pair,
                                 std::span<const double> thresholds) {
  const Increment increment{pair,
                            {points[pair.strategy].cost - points[pair.versus].cost, 0},
                            {points[pair.strategy].qaly - points[pair.versus].qaly, 0},
                            0};
  ConventionIncrement row;
  row.strategy = pair.strategy;
  row.cost = increment.cost.mean;
  row.qaly = increment.qaly.mean;
  row.quadrant = quadrant_of(row.cost, row.qaly);
  if (const std::optional<Estimate> ratio = icer(increment)) row.icer = ratio->mean;
  for (const double threshold : thresholds)
    row.incremental_net_benefit.push_back(incremental_net_benefit(increment, threshold).mean);
  return row;
}

std::size_t best_at(const std::vector<Point>& points, double threshold) {
  const auto net_benefit = [&](const Point& point) { return threshold * point.qaly - point.cost; };
  return static_cast<std::size_t>(std::ranges::max_element(points, {}, net_benefit) - points.begin());
}

/// The outcomes that cost and QALYs are made of.
struct DecisionOutcomes {
  std::vector<std::size_t> cost, qaly;
};

Result<DecisionOutcomes> decision_outcomes(const AnalysisResult& analysis) {
  const std::optional<std::size_t> cost = find_outcome(analysis, "cost"), qaly = find_outcome(analysis, "qaly");
  if (!cost || !qaly) {
    return tl::unexpected(Diagnostics{{{},
                                       "the run lacks `cost` or `qaly`, which a decision analysis needs",
                                       "let the model accrue `cost` and `qaly`"}});
  }
  const DecisionOutcomes outcomes{accruing_outcomes(analysis, *cost), accruing_outcomes(analysis, *qaly)};
  std::string absent;
  for (std::size_t outcome = 0; outcome < analysis.outcomes.size(); ++outcome) {
    const auto needed = [&](const std::vector<std::size_t>& list) {
      return std::ranges::find(list, outcome) != list.end();
    };
    if (!needed(outcomes.cost) && !needed(outcomes.qaly)) continue;
    const bool known = std::ranges::all_of(analysis.strategies, [&](const results::StrategyResult& strategy) {
      return outcome < strategy.amounts.size() && strategy.amounts[outcome].has_value();
    });
    if (!known) absent += (absent.empty() ? "`" : ", `") + analysis.outcomes[outcome].name + "`";
  }
  if (absent.empty()) return outcomes;
  return tl::unexpected(
      Diagnostics{{{},
                   "the run did not tally when " + absent + " accrued, so no other timing convention can be put on it",
                   "run the scenario with --engine cohort"}});
}

ConventionRow convention_row(const ConventionWeights& convention, const DecisionOutcomes& outcomes,
                             std::span<const double> thresholds, std::size_t reference) {
  ConventionRow row;
  for (const results::StrategyResult& strategy : convention.analysis.strategies) {
    row.strategies.push_back(
        {strategy.name, expected(convention, strategy, outcomes.cost), expected(convention, strategy, outcomes.qaly)});
  }
  for (std::size_t strategy = 0; strategy < row.strategies.size(); ++strategy) {
    if (strategy != reference)
      row.increments.push_back(increment_of(row.strategies, {strategy, reference}, thresholds));
  }
  for (const double threshold : thresholds) row.best.push_back(best_at(row.strategies, threshold));
  return row;
}

}  // namespace

Result<ConventionAnalysis> analyse_conventions(const AnalysisResult& analysis, std::span<const double> thresholds,
                                               std::size_t reference) {
  MYELIN_EXPECT(reference < analysis.strategies.size());
  const Result<DecisionOutcomes> outcomes = decision_outcomes(analysis);
  if (!outcomes) return tl::unexpected(outcomes.error());
  ConventionAnalysis conventions;
  for (const auto& [correction_name, correction] : within_cycle_corrections()) {
    if (correction == WithinCycleCorrection::custom && analysis.timing.correction != correction) continue;
    if (correction == WithinCycleCorrection::simpson && analysis.timing.cycles % 2 == 1) {
      conventions.left_out.push_back(
          {correction_name,
           "Simpson's rule needs an even number of cycles, and the run has " + std::to_string(analysis.timing.cycles)});
      continue;
    }
    for (const auto& [timing_name, discounting] : discount_timings()) {
      ConventionWeights convention{analysis, analysis.timing};
      convention.timing.correction = correction;
      convention.timing.discounting = discounting;
      ConventionRow row = convention_row(convention, *outcomes, thresholds, reference);
      row.name = {correction_name, timing_name};
      row.is_of_run = correction == analysis.timing.correction && discounting == analysis.timing.discounting;
      conventions.rows.push_back(std::move(row));
    }
  }
  return conventions;
}

NetBenefitRange range_of_net_benefit(const ConventionAnalysis& conventions, std::size_t increment,
                                     std::size_t threshold) {
  const auto net_benefit = [&](const ConventionRow& row) {
    return row.increments[increment].incremental_net_benefit[threshold];
  };
  const auto lowest = std::ranges::min_element(conventions.rows, {}, net_benefit),
             highest = std::ranges::max_element(conventions.rows, {}, net_benefit);
  return {&*lowest, &*highest, net_benefit(*lowest), net_benefit(*highest)};
}

}  // namespace myelin::economics
