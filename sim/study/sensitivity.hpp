#pragma once

#include <optional>
#include <vector>

#include "core/diagnostic.hpp"
#include "study/evaluator.hpp"
#include "study/sensitivity_plan.hpp"

/// \file
/// Deterministic sensitivity analyses of a plan's base case: what the result would be if inputs had other values.

namespace myelin::study {

/// A bar of the tornado. Which of its ends is better depends on the pair of strategies and on the threshold.
struct OneWayBar {
  PlannedBar bar;
  Outcomes at_low, at_high;
};

struct TwoWayGrid {
  PlannedGrid grid;
  std::vector<Outcomes> outcomes;  ///< [x][y]
};

/// A value of the input at which two net monetary benefits are equal.
struct Crossing {
  double value = 0;
  double tolerance = 0;  ///< the crossing lies at most so far from `value`
};

/// Which strategy has the higher net monetary benefit.
enum class Better { strategy, versus, neither };

/// What a search found at one willingness to pay.
struct CrossingsAtThreshold {
  double threshold = 0;             ///< currency per QALY
  std::vector<Crossing> crossings;  ///< rising
  /// [crossings + 1]: below the first crossing, between one and the next, above the last; `neither` where a crossing
  /// lies at an end of the search, or where the two are equal throughout.
  std::vector<Better> better;
};

struct ThresholdSolution {
  ThresholdSearch search;
  std::vector<CrossingsAtThreshold> thresholds;  ///< as `analysis.thresholds`
  std::size_t evaluations = 0;                   ///< that the search took, over all thresholds
};

struct SensitivityOutput {
  Engine engine = Engine::cohort;
  Outcomes base;  ///< by the same engine
  std::vector<OneWayBar> one_way;
  std::vector<LeftOutInput> left_out;
  std::vector<TwoWayGrid> two_way;
  std::vector<ThresholdSolution> threshold;
};

/// Carries out what the keys `sensitivity` of the plan's base case ask for, by the cohort engine where it can, else by
/// the microsimulation on the random numbers of the base case. Nothing if it was interrupted. Mistakes in the keys and
/// values that the model refuses are diagnostics. A search looks at eleven values, evenly spaced, and solves between
/// neighbours on whose sides different strategies are better: two crossings between neighbours are not seen. The
/// result does not depend on the execution, to the bit.
Result<std::optional<SensitivityOutput>> analyse_sensitivity(const Plan& plan, const Execution& execution);

}  // namespace myelin::study
