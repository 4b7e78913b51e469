#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/diagnostic.hpp"
#include "economics/decision_sample.hpp"
#include "economics/evppi.hpp"
#include "economics/proposed_trial.hpp"

/// \file
/// The expected value of sample information (EVSI): what it is worth, per patient, to see the data of a proposed trial
/// before choosing a strategy. The trial is held once for every draw of one probabilistic analysis, and its value found
/// in two ways that share little, so that each is a check of the other.

namespace myelin::economics {

/// Currency per patient whom the trial's result serves.
struct Evsi {
  double value = 0;           ///< without the estimated bias, and not negative
  double standard_error = 0;  ///< before a negative estimate became 0
  double bias = 0;            ///< already taken off: what noise in the fitted regression adds
};

/// EVSI of one size at one threshold.
struct EvsiBySize {
  /// Net benefit is regressed on what the data come to (Strong, Oakley, Brennan and Breeze 2015).
  Evsi regression;
  /// Net benefit given the parameters is drawn in as far as data leave them uncertain (Heath, Manolopoulou and Baio
  /// 2018), which over sizes n goes by n / (n + h) (Heath, Manolopoulou and Baio 2019). Rises with the size, up to the
  /// EVPPI. Takes net benefit given the data as distributed like that given the parameters, but for the spread, which
  /// holds for normal ones. Elsewhere the error of this is not in `standard_error`; it vanishes as the size grows. (In
  /// the tests' skewed model of three strategies the value is 8 % too low where the trial resolves half of what there
  /// is to know, and 2 % where it resolves four fifths.) None where the draws are too few for every size.
  std::optional<Evsi> moment_matching;
};

struct EvsiByThreshold {
  Evppi limit;                      ///< EVPPI of the parameters observed, to which EVSI rises with the size
  std::vector<EvsiBySize> by_size;  ///< [size]
};

struct EvsiResult {
  std::vector<double> sizes;  ///< patients
  /// Of the weights that make the draws a sample from the posterior distribution, by Kish (1965): the median over data
  /// sets [size]. Below `fewest_effective_draws`, moment matching leaves the size to the curve through the others.
  std::vector<double> effective_draws;
  std::vector<EvsiByThreshold> by_threshold;
};

inline constexpr double fewest_effective_draws = 50;

/// EVSI of the trial at each of its sizes and each threshold (currency per QALY, not negative). Refuses what evppi() of
/// the parameters observed refuses, and the mistakes of a trial (proposed_trial.hpp). `options` are those of all its
/// regressions.
Result<EvsiResult> evsi(const DecisionSample& sample, std::span<const double> thresholds,
                        const ParameterSample& parameters, const ProposedTrial& trial,
                        const EvppiOptions& options = {});

}  // namespace myelin::economics
