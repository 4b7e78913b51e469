#pragma once

#include "economics/evppi.hpp"
#include "report/section.hpp"
#include "report/voi_request.hpp"

namespace myelin::report {

/// A proposed trial by size: the expected value of its information, by two methods, against its cost. A trial that does
/// not fit the inputs it observes is a diagnostic at its place; where the draws are too few for it, it says so.
Result<Section> value_trial(const results::RunResults& run, const economics::DecisionSample& sample,
                            const economics::ParameterSample& parameters, const TrialRequest& request,
                            const std::optional<economics::Population>& population);

}  // namespace myelin::report
