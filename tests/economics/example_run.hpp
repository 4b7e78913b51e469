#pragma once

#include <cstddef>
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

/// Monte Carlo errors that all increments of an example share.
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
  for (std::size_t a = 0; a < strategies.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      results::IncrementResult increment;
      increment.pair = {a, b};
      for (std::size_t d = 0; d < analysis.draws; ++d) {
        const double cost = strategies[a].cost[d] - strategies[b].cost[d],
                     qaly = strategies[a].qaly[d] - strategies[b].qaly[d];
        for (const double mean : {cost, 2 * cost, qaly, 2 * qaly}) increment.mean.push_back(mean);
        for (const double error : {errors.cost, 2 * errors.cost, errors.qaly, 2 * errors.qaly}) {
          increment.standard_error.push_back(error);
        }
        increment.cost_qaly_covariance.push_back(errors.correlation * errors.cost * errors.qaly);
      }
      analysis.increments.push_back(increment);
    }
  }
  return analysis;
}

}  // namespace myelin::economics
