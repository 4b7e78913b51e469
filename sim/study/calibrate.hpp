#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "study/calibrate_spec.hpp"
#include "study/plan.hpp"
#include "study/simulate.hpp"

namespace myelin::study {

/// Where one local search began and ended, in the parameters' own units.
struct LocalSearch {
  std::vector<double> start, end;  ///< [parameter]
  double objective = 0;            ///< at the end; infinite if the start already could not be predicted
  bool converged = false;          ///< within the tolerance, before the limit on evaluations
};

/// What the shape of the objective at the optimum says of the parameters.
struct Uncertainty {
  std::vector<std::optional<double>> standard_errors;  ///< [parameter] on its scale; none of one that is held
  std::vector<std::optional<Interval>> intervals;      ///< [parameter] of level 0.95, in its own unit; likewise
  std::vector<std::vector<double>> correlation;  ///< [parameter][parameter] on their scales; 0 with one that is held
  std::vector<std::vector<double>> draws;        ///< [draw][parameter], in their own units
  std::size_t rejected = 0;                      ///< draws made anew because they lay outside the bounds
  std::vector<std::string> warnings;             ///< what stands against it, each in a sentence
};

struct Calibration {
  std::vector<double> estimate;               ///< [parameter], in its own unit
  double objective = 0;                       ///< the least found: twice the negative log likelihood but for a constant
  std::vector<std::optional<double>> fitted;  ///< [target]
  std::vector<double> parts;                  ///< [target] of the objective
  std::vector<LocalSearch> searches;          ///< [start]
  std::size_t reached = 0;                    ///< searches that ended within `same_optimum` of the least
  Uncertainty uncertainty;
  std::vector<std::string> warnings;
};

/// Objectives this near to each other are the same optimum: little against the 3.84 that bounds a 95 % interval.
inline constexpr double same_optimum = 0.01;

/// Finds the parameters under which the cohort engine's predictions come nearest to the targets: local searches (BOBYQA
/// of Powell 2009; Nelder-Mead where parts of the space cannot be predicted) from the given start and from points of a
/// Sobol sequence. The same for the same specification, to the bit. Diagnostics if no start can be predicted.
Result<Calibration> calibrate(const CalibrationSpec& spec, std::span<const Target> targets, const Models& models,
                              const Execution& execution);

}  // namespace myelin::study
