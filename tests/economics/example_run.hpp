#pragma once

#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

#include "results/types.hpp"

namespace myelin::economics {

/// What one strategy of an example costs and yields, [draw].
struct ExampleStrategy {
  std::string name;
  std::vector<double> cost;
  std::vector<double> qaly;
};

/// Monte Carlo errors that all increments of an example share, of the means over all draws.
struct ExampleErrors {
  double cost = 0;
  double qaly = 0;
  double correlation = 0;
};

/// An analysis as a run would store it, with the outcomes `cost` and `qaly`, both undiscounted columns twice the
/// discounted ones.
inline results::AnalysisResult example_analysis(const std::vector<ExampleStrategy>& strategies,
                                                ExampleErrors errors = {}) {
  results::AnalysisResult analysis;
  analysis.name = "base";
  analysis.draws = strategies.front().cost.size();
  analysis.outcomes = {{"cost", "GBP", "", DiscountedAs::cost, EventWeight::cycle, {}},
                       {"qaly", "QALY", "", DiscountedAs::health, EventWeight::cycle, {}}};
  for (const ExampleStrategy& strategy : strategies) {
    results::StrategyResult result;
    result.name = strategy.name;
    for (std::size_t d = 0; d < analysis.draws; ++d) {
      for (const double mean : {strategy.cost[d], 2 * strategy.cost[d], strategy.qaly[d], 2 * strategy.qaly[d]}) {
        result.mean.push_back(mean);
        result.standard_error.push_back(0.25);
      }
    }
    analysis.strategies.push_back(result);
  }
  const auto mean_difference = [](const std::vector<double>& a, const std::vector<double>& b) {
    return (std::accumulate(a.begin(), a.end(), 0.0) - std::accumulate(b.begin(), b.end(), 0.0)) /
           static_cast<double>(a.size());
  };
  for (std::size_t a = 0; a < strategies.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      const double cost = mean_difference(strategies[a].cost, strategies[b].cost),
                   qaly = mean_difference(strategies[a].qaly, strategies[b].qaly);
      analysis.increments.push_back({{a, b},
                                     {cost, 2 * cost, qaly, 2 * qaly},
                                     {errors.cost, 2 * errors.cost, errors.qaly, 2 * errors.qaly},
                                     errors.correlation * errors.cost * errors.qaly});
    }
  }
  return analysis;
}

}  // namespace myelin::economics
