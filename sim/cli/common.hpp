#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/command_line.hpp"
#include "core/diagnostic.hpp"
#include "study/sensitivity_plan.hpp"

namespace myelin::cli {

/// Every model that a scenario can name. A new model is added here.
const study::Models& models();

/// Prints diagnostics on standard error, one a line, and their number; returns the exit code of a user's mistake.
int report_problems(const Diagnostics& problems, const char* closing = "; nothing was run");

study::PlanRequest request_of(const Options& options);

/// Index among `strategies` of the one that --reference names, 0 without it; or why there is none.
Result<std::size_t> find_reference(const std::vector<std::string>& strategies, const std::string& name);

/// The sensitivity analyses that the plan's scenario asks for; or every mistake in its questions, those that `analyse`
/// answers included, so that nothing is simulated in vain.
Result<study::SensitivityPlan> plan_questions(const study::Plan& plan);

}  // namespace myelin::cli
