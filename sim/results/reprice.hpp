#pragma once

#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "results/types.hpp"
#include "study/plan.hpp"

namespace myelin::results {

/// The plan of a run, from the files that it kept, with more overrides. A finished run has the values of its parameter
/// draws.
Result<study::Plan> plan_of_run(const RunResults& run, const std::vector<std::string>& overrides,
                                const study::Models& models,
                                study::PlanRequest::Extent extent = study::PlanRequest::Extent::analyses);

/// A finished run under other prices, utilities, discount rates or timing conventions: from what its tallies counted,
/// so that nobody is simulated again. Means equal those of a new run but for rounding; what simulated patients would be
/// needed for, the standard errors of what changed, is NaN. Over parameter draws the mean alone can be had, and only if
/// the change is the same in every draw; else the probabilistic analysis is left out. Deterministic sensitivity
/// analyses are left out unless the change leaves every input and program of the base as it was.
struct Repriced {
  RunResults run;
  std::vector<std::string> remarks;  ///< what was left out, and why
};

/// `now` is the plan of the run with more overrides. One that changes how patients live, or whose effect was not
/// tallied, is a diagnostic.
Result<Repriced> reprice(const RunResults& run, const study::Plan& now, const study::Models& models);

}  // namespace myelin::results
