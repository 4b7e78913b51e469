#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "engine/moments.hpp"
#include "program/parameters.hpp"
#include "program/program.hpp"

/// \file
/// A precision that a run is to reach, in place of a number of patients.

namespace myelin::study {

/// A Monte Carlo standard error to be reached.
struct PrecisionTarget {
  /// Currency per QALY: the error of the incremental net monetary benefit of every pair of strategies. None: the error
  /// of the discounted mean of `outcome` under every strategy.
  std::optional<double> threshold;
  std::string outcome;
  double standard_error = 0;  ///< at most; above 0, in currency or the outcome's unit

  bool operator==(const PrecisionTarget&) const = default;
};

/// `se=100@20000, se.qaly=0.001` as targets; all mistakes, at `place`.
Result<std::vector<PrecisionTarget>> read_precision(const std::string& text, const std::vector<Outcome>& outcomes,
                                                    const SourcePlace& place);

/// The largest error of a target that the patients so far leave, over all pairs or strategies.
double error_reached(const PrecisionTarget& target, const std::vector<Outcome>& outcomes,
                     const engine::PatientSums& sums);

/// How many times as many patients the targets need; 1 or less once all are reached.
double patients_needed(const std::vector<PrecisionTarget>& targets, const std::vector<Outcome>& outcomes,
                       const engine::PatientSums& sums);

}  // namespace myelin::study
