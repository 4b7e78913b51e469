#pragma once

#include <vector>

#include "results/types.hpp"
#include "study/plan.hpp"
#include "study/simulate.hpp"

namespace myelin::results {

/// What a run knows, out of its plan and the output of each analysis ([analysis], as in the plan).
RunResults collect(const study::Plan& plan, const std::vector<study::AnalysisOutput>& outputs);

}  // namespace myelin::results
