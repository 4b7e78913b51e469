#pragma once

#include <optional>
#include <vector>

#include "study/parameter_draws.hpp"
#include "study/simulate.hpp"

namespace myelin::study {

/// What one analysis yields over parameter draws.
struct ProbabilisticOutput {
  /// The mean over draws, each of which lived `mean.patients`; its errors are Monte Carlo errors of the patients, who
  /// differ from draw to draw.
  AnalysisOutput mean;
  /// [strategy] the estimates of every draw, [draw][outcome x 2 + column].
  std::vector<Estimates> draws;
  InputMoments inputs;  ///< of what the draws are from
};

/// Compiles and runs the strategies of an analysis in every draw, draws side by side on the threads. Nothing if it was
/// interrupted. A draw that the model refuses is a diagnostic that names it. The result does not depend on the
/// execution, to the bit.
Result<std::optional<ProbabilisticOutput>> simulate_draws(const Plan& plan, const PlannedAnalysis& analysis,
                                                          const ParameterDraws& draws, const Execution& execution);

}  // namespace myelin::study
