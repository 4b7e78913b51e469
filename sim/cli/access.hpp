#pragma once

#include "core/diagnostic.hpp"
#include "report/access.hpp"
#include "study/plan.hpp"

namespace myelin::cli {

/// Whether the plan's scenario, of the model `ms`, names regions.
bool asks_for_access(const study::Plan& plan);

/// Waits and losses by region in every analysis of such a plan.
Result<report::AccessReport> access_report(const study::Plan& plan);

}  // namespace myelin::cli
