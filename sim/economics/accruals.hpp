#pragma once

#include <cstddef>
#include <vector>

#include "program/timing.hpp"
#include "results/types.hpp"

/// \file
/// What the amounts by time of a finished run come to.

namespace myelin::economics {

/// The outcomes that accrue what `outcome` sums: itself unless it is a total. One that two parts share is twice in it.
std::vector<std::size_t> accruing_outcomes(const results::AnalysisResult& analysis, std::size_t outcome);

/// The discounted weights of an outcome in the analysis.
Weights discounted_weights(const results::AnalysisResult& analysis, std::size_t outcome);

/// An outcome of an analysis under one strategy, whose amounts the run must know.
struct StrategyOutcome {
  std::size_t strategy = 0;
  std::size_t outcome = 0;  ///< may be a total
};

/// Whether the run knows when the outcome, or every part of a total, accrues.
bool knows_amounts(const results::AnalysisResult& analysis, StrategyOutcome of);

/// What accrues once, before time point 0, undiscounted.
double amount_at_start(const results::AnalysisResult& analysis, StrategyOutcome of);

/// [year since start] what accrues in each whole year of the horizon, `years` at most, undiscounted and a patient who
/// started; what accrues before time point 0 is left out. A cycle that a year's end divides counts in proportion.
/// Corrections that weigh time points, and so belong to a horizon, give way to the mean of a cycle's start and end.
std::vector<double> amounts_by_year(const results::AnalysisResult& analysis, StrategyOutcome of, std::size_t years);

}  // namespace myelin::economics
