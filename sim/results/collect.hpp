#pragma once

#include <vector>

#include "results/types.hpp"
#include "study/plan.hpp"
#include "study/probabilistic.hpp"
#include "study/sensitivity.hpp"
#include "study/simulate.hpp"

namespace myelin::results {

/// All that a run knows before anything is simulated: its scenario, settings and inputs.
void describe_scenario(const study::Plan& plan, RunResults& run);

/// What a run knows, out of its plan, the output of each analysis ([analysis], as in the plan), that of the draws and
/// that of the sensitivity analyses.
RunResults collect(const study::Plan& plan, const std::vector<study::AnalysisOutput>& outputs,
                   const std::optional<study::ProbabilisticOutput>& probabilistic,
                   const std::optional<study::SensitivityOutput>& sensitivity);

}  // namespace myelin::results
