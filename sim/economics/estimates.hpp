#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "results/types.hpp"

/// \file
/// Estimates and paired increments read out of a finished analysis, of the mean over all its parameter draws, whose
/// standard error takes the patients of different draws as independent. Standard errors are Monte Carlo errors of the
/// patients simulated: they leave out how far the parameters themselves are uncertain.

namespace myelin::economics {

/// A mean and its Monte Carlo standard error, which is 0 under the cohort engine.
struct Estimate {
  double mean = 0;
  double standard_error = 0;
};

/// Discounted cost and QALYs of one strategy minus those of another on the same patients, per patient.
struct Increment {
  results::StrategyPair pair;
  Estimate cost;
  Estimate qaly;
  double cost_qaly_covariance = 0;  ///< of the two estimates, currency x QALY
};

/// The index of the outcome called `name`, or none if the analysis has no such outcome.
std::optional<std::size_t> find_outcome(const results::AnalysisResult& analysis, std::string_view name);

/// The estimate of one outcome per patient under one strategy, discounted or not.
Estimate outcome_estimate(const results::AnalysisResult& analysis, std::size_t strategy, std::size_t outcome,
                          results::Column column);

/// The paired increment `pair.strategy` minus `pair.versus`, two different strategies, whichever way round the run
/// stored it. The analysis must have the outcomes `cost` and `qaly`.
Increment increment_between(const results::AnalysisResult& analysis, results::StrategyPair pair);

/// Incremental net monetary benefit at a threshold in currency per QALY, with standard error
/// sqrt(threshold^2 Var(dQ) + Var(dC) - 2 threshold Cov(dC, dQ)).
Estimate incremental_net_benefit(const Increment& increment, double threshold);

/// The ratio of incremental cost to incremental QALYs, with its standard error by the delta method
/// sqrt(Var(dC) + R^2 Var(dQ) - 2 R Cov(dC, dQ)) / |dQ|; none unless both increments are above 0 or both are below 0.
std::optional<Estimate> icer(const Increment& increment);

}  // namespace myelin::economics
