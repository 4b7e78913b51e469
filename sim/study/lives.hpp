#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/amounts.hpp"
#include "study/plan.hpp"

/// \file
/// What single lives come to: the spread over patients, where `simulate` gives means.

namespace myelin::study {

/// Undiscounted totals over the horizon of each simulated patient under each strategy of an analysis:
/// [strategy][outcome of `outcomes`][patient]. Patient i has the same luck under all strategies, whatever other
/// patients there are. The outcomes must be among the programs'.
std::vector<std::vector<std::vector<double>>> totals_of_lives(const PlannedAnalysis& analysis,
                                                              std::span<const std::string> outcomes,
                                                              std::uint64_t patients, std::uint64_t seed);

/// The value below which a share `p` in [0, 1] of a non-empty sample lies, linear between its ordered values
/// (definition 7 of Hyndman and Fan, The American Statistician 1996; 50: 361-365).
double quantile(std::vector<double> values, double p);

/// The share of the pairs a[i], b[i] in which a[i] is greater. Both have the same length, above 0.
double share_greater(std::span<const double> a, std::span<const double> b);

/// What an outcome accrued as events from before time point 0 to time point `cycles`, expected a patient; what accrues
/// at time points is left out.
double events_until(const engine::AmountsByTime& amounts, std::uint32_t cycles);

}  // namespace myelin::study
