#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/diagnostic.hpp"
#include "study/calibrate_spec.hpp"
#include "study/plan.hpp"
#include "study/simulate.hpp"

namespace myelin::study {

/// How far predictions are from the targets of a calibration. A point holds each parameter's place between its bounds
/// on its scale, from 0 (low) to 1 (high): what optimisers and derivatives want.
class Misfit {
 public:
  using Point = std::vector<double>;  ///< [parameter]

  /// All are referred to. The targets have what the objective needs (see `chosen_targets`).
  Misfit(const CalibrationSpec& spec, std::span<const Target> targets, const Models& models,
         const Execution& execution);

  /// The parameters' values at a point, and the point of given values.
  std::vector<double> values_at(const Point& point) const;
  Point point_of(std::span<const double> values) const;

  /// A parameter's range on its scale.
  double range(std::size_t parameter) const;

  /// What the targets' measures are at a point, [target]; or why the scenarios cannot be solved there.
  Result<std::vector<std::optional<double>>> predict(const Point& point) const;

  /// A target's part of the objective; infinite where there is no prediction or it excludes the observation.
  double part(const Target& target, std::optional<double> predicted) const;

  /// The objective: twice the negative log likelihood but for a constant; infinite where anything cannot be predicted.
  double operator()(const Point& point) const;

 private:
  const CalibrationSpec& spec_;
  std::span<const Target> targets_;
  const Models& models_;
  const Execution& execution_;
};

}  // namespace myelin::study
