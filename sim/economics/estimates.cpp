#include "economics/estimates.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/contract.hpp"

namespace myelin::economics {

namespace {

using results::AnalysisResult;
using results::column_count;

/// The draws that `draw` stands for, as a range [first, last).
struct DrawRange {
  std::size_t first = 0;
  std::size_t last = 0;
  double count() const { return static_cast<double>(last - first); }
};

DrawRange chosen_draws(const AnalysisResult& analysis, std::optional<std::size_t> draw) {
  MYELIN_EXPECT(analysis.draws > 0 && draw.value_or(0) < analysis.draws);
  return draw ? DrawRange{*draw, *draw + 1} : DrawRange{0, analysis.draws};
}

Estimate average(const std::vector<double>& means, const std::vector<double>& standard_errors, std::size_t offset,
                 std::size_t stride, DrawRange draws) {
  double sum = 0, variance = 0;
  for (std::size_t d = draws.first; d < draws.last; ++d) {
    const std::size_t at = d * stride + offset;
    sum += means[at];
    variance += standard_errors[at] * standard_errors[at];
  }
  return {sum / draws.count(), std::sqrt(variance) / draws.count()};
}

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
                          results::Column column, std::optional<std::size_t> draw) {
  MYELIN_EXPECT(strategy < analysis.strategies.size() && outcome < analysis.outcomes.size());
  const results::StrategyResult& result = analysis.strategies[strategy];
  return average(result.mean, result.standard_error, outcome * column_count + column,
                 analysis.outcomes.size() * column_count, chosen_draws(analysis, draw));
}

Increment increment_between(const AnalysisResult& analysis, results::StrategyPair pair,
                            std::optional<std::size_t> draw) {
  const results::IncrementResult& stored = stored_increment(analysis, pair);
  const DrawRange draws = chosen_draws(analysis, draw);
  const double sign = stored.pair.strategy == pair.strategy ? 1 : -1;
  const auto of = [&](std::string_view name) {
    Estimate estimate = average(stored.mean, stored.standard_error, require_outcome(analysis, name) * column_count,
                                analysis.outcomes.size() * column_count, draws);
    estimate.mean *= sign;
    return estimate;
  };
  Increment increment{pair, of("cost"), of("qaly"), 0};
  for (std::size_t d = draws.first; d < draws.last; ++d)
    increment.cost_qaly_covariance += stored.cost_qaly_covariance[d];
  increment.cost_qaly_covariance /= draws.count() * draws.count();
  return increment;
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
