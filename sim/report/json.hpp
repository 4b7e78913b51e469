#pragma once

#include <span>
#include <string>

#include "core/diagnostic.hpp"
#include "results/types.hpp"

namespace myelin::report {

/// The machine-readable result of a run: strategies, fully incremental and pairwise analysis, settings, and the same
/// for each named alternative under `alternatives`. Pairwise comparisons are against the strategy with index
/// `reference`.
Result<std::string> to_json(const results::RunResults& run, std::span<const double> thresholds, std::size_t reference);

}  // namespace myelin::report
