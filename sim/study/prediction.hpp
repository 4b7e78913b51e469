#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "study/plan.hpp"
#include "study/simulate.hpp"
#include "study/target.hpp"

namespace myelin::study {

/// A value put in the place of what scenarios say, and where the user asked for it.
struct PlacedOverride {
  std::string text;  ///< `key=value`
  SourcePlace place;
};

/// What the model says of one target; of an unusable one nothing.
struct Prediction {
  std::optional<double> value;  ///< in the target's unit; none where the measure has no number
  /// One at a time, each of the target's varied parameters is put at its stated low and high; the largest deviations
  /// that each gives upwards and downwards are combined as the root of their sum of squares. None without varied
  /// parameters, or where one of the runs gives no number.
  std::optional<Interval> interval;

  /// Whether the prediction lies in an observation's interval; none where either is absent.
  std::optional<bool> inside(const Target& target) const;
  /// Whether the two intervals have a value in common; none where either is absent.
  std::optional<bool> overlaps(const Target& target) const;
};

/// Predicts every target with the cohort engine, [target]; targets that share a scenario and its overrides share one
/// solution of it. Or every mistake that the scenarios show, at the places of the targets.
Result<std::vector<Prediction>> predict(std::span<const Target> targets, const Models& models,
                                        const Execution& execution);

/// The values alone, [target], with `overrides` put in before the targets' own, so that those win.
Result<std::vector<std::optional<double>>> predict_values(std::span<const Target> targets,
                                                          std::span<const PlacedOverride> overrides,
                                                          const Models& models, const Execution& execution);

/// What `predict` would refuse, without solving anything.
Diagnostics check_targets(std::span<const Target> targets, const Models& models);

}  // namespace myelin::study
