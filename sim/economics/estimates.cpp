#include "economics/estimates.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/contract.hpp"

namespace myelin::economics {

namespace {

using results::AnalysisResult;
using results::column_count;

const results::IncrementResult& stored_increment(const AnalysisResult& analysis, results::StrategyPair pair) {
  const auto joins = [&](const results::IncrementResult& increment) {
    const results::StrategyPair& stored = increment.pair;
    return (stored.strategy == pair.strategy && stored.versus == pair.versus) ||
           (stored.strategy == pair.versus && stored.versus == pair.strategy);
  };
  const auto found = std::find_if(analysis.increments.begin(), analysis.increments.end(), joins);
  if (found == analysis.increments.end())
    fail_contract("every pair of strategies has its increments", __FILE__, __LINE__);
  return *found;
}

std::size_t require_outcome(const AnalysisResult& analysis, std::string_view name) {
  const std::optional<std::size_t> outcome = find_outcome(analysis, name);
  if (!outcome) fail_contract("the analysis has the outcomes `cost` and `qaly`", __FILE__, __LINE__);
  return *outcome;
}

/// Rounding can take a variance that is 0 just below it.
double root_of_variance(double variance) { return std::sqrt(std::max(variance, 0.0)); }

double variance_of(const Estimate& estimate) { return estimate.standard_error * estimate.standard_error; }

}  // namespace

std::optional<std::size_t> find_outcome(const AnalysisResult& analysis, std::string_view name) {
  const auto found = std::find_if(analysis.outcomes.begin(), analysis.outcomes.end(),
                                  [&](const results::OutcomeInfo& outcome) { return outcome.name == name; });
  if (found == analysis.outcomes.end()) return std::nullopt;
  return static_cast<std::size_t>(found - analysis.outcomes.begin());
}

Estimate outcome_estimate(const AnalysisResult& analysis, std::size_t strategy, std::size_t outcome,
                          results::Column column) {
  MYELIN_EXPECT(strategy < analysis.strategies.size() && outcome < analysis.outcomes.size() && analysis.draws > 0);
  const results::StrategyResult& result = analysis.strategies[strategy];
  const std::size_t stride = analysis.outcomes.size() * column_count;
  double sum = 0, variance = 0;
  for (std::size_t at = outcome * column_count + column; at < result.mean.size(); at += stride) {
    sum += result.mean[at];
    variance += result.standard_error[at] * result.standard_error[at];
  }
  const auto draws = static_cast<double>(analysis.draws);
  return {sum / draws, std::sqrt(variance) / draws};
}

Increment increment_between(const AnalysisResult& analysis, results::StrategyPair pair) {
  const results::IncrementResult& stored = stored_increment(analysis, pair);
  const double sign = stored.pair.strategy == pair.strategy ? 1 : -1;
  const auto of = [&](std::string_view name) {
    const std::size_t at = require_outcome(analysis, name) * column_count + results::discounted_column;
    return Estimate{sign * stored.mean[at], stored.standard_error[at]};
  };
  return {pair, of("cost"), of("qaly"), stored.cost_qaly_covariance};
}

Estimate incremental_net_benefit(const Increment& increment, double threshold) {
  const double variance = threshold * threshold * variance_of(increment.qaly) + variance_of(increment.cost) -
                          2 * threshold * increment.cost_qaly_covariance;
  return {threshold * increment.qaly.mean - increment.cost.mean, root_of_variance(variance)};
}

std::optional<Estimate> icer(const Increment& increment) {
  const double cost = increment.cost.mean, qaly = increment.qaly.mean;
  if (!(cost > 0 && qaly > 0) && !(cost < 0 && qaly < 0)) return std::nullopt;
  const double ratio = cost / qaly;
  const double variance = variance_of(increment.cost) + ratio * ratio * variance_of(increment.qaly) -
                          2 * ratio * increment.cost_qaly_covariance;
  return Estimate{ratio, root_of_variance(variance) / std::abs(qaly)};
}

}  // namespace myelin::economics
