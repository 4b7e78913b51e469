#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/diagnostic.hpp"
#include "random/stream.hpp"

/// \file
/// EVPPI by nested simulation: no regression, hence no assumption on how net benefit depends on the parameters, but a
/// model evaluation for every inner draw. The referee of economics/evppi.

namespace myelin::economics {

/// Writes the net benefit of every strategy (currency per patient) [strategy] under the parameters [parameter].
using NetBenefit = std::function<void(std::span<const double> parameters, std::span<double> by_strategy)>;

/// A decision whose parameters can be drawn in two steps.
struct NestedDecision {
  std::size_t strategies = 0;  ///< at least 2
  NetBenefit net_benefit;
  /// Draws the parameters of interest.
  std::function<std::vector<double>(PhiloxEngine&)> outer;
  /// Draws all parameters, given those of interest.
  std::function<std::vector<double>(PhiloxEngine&, std::span<const double> of_interest)> inner;
};

/// EVPPI with so many inner draws for each outer draw.
struct NestedValue {
  double evppi = 0;           ///< currency per patient
  double standard_error = 0;  ///< without the bias
  /// Of a finite number of inner draws, upwards, falling as 1 / inner draws: as much as halving this number adds, which
  /// is the bias left to first order. Not taken off.
  double bias = 0;
  std::uint64_t evaluations = 0;
};

/// Nested Monte Carlo. Refuses fewer than two strategies or outer draws, and inner draws that are not an even number of
/// 2 or more.
Result<NestedValue> nested_evppi(const NestedDecision& decision, std::uint64_t outer_draws, std::uint64_t inner_draws,
                                 Seed seed);

/// One level of a multilevel estimate.
struct ValueLevel {
  std::uint64_t inner_draws = 0;
  std::uint64_t outer_draws = 0;
  double mean = 0;      ///< on level 0, EVPI; on others, what doubling the inner draws adds to EVPI - EVPPI
  double variance = 0;  ///< of one outer draw
};

struct MultilevelValue {
  double evpi = 0;            ///< currency per patient
  double evppi = 0;           ///< likewise: the mean of level 0 less those of the others
  double standard_error = 0;  ///< of `evppi`
  double bias = 0;            ///< at most about this, from levels beyond the last
  std::vector<ValueLevel> levels;
  std::uint64_t evaluations = 0;
};

/// Multilevel Monte Carlo with antithetic halves of the inner draws (Giles and Goda 2019): level l has 2^l inner draws,
/// and as many outer draws as reach the target at the least cost. Levels are added until the root mean squared error is
/// about `target_error` (currency per patient, above 0). Refuses fewer than two strategies, a target not above 0, and
/// one that is out of reach.
Result<MultilevelValue> multilevel_evppi(const NestedDecision& decision, double target_error, Seed seed);

}  // namespace myelin::economics
