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
/// that of the sensitivity analyses. Takes them over where they are moved in: draws by the ten thousand are large.
RunResults collect(study::Plan plan, std::vector<study::AnalysisOutput> outputs,
                   std::optional<study::ProbabilisticOutput> probabilistic,
                   const std::optional<study::SensitivityOutput>& sensitivity);

}  // namespace myelin::results
