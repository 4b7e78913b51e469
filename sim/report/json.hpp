#pragma once

#include <nlohmann/json.hpp>
#include <span>

#include "core/diagnostic.hpp"
#include "results/types.hpp"

namespace myelin::report {

/// Whether a run is shown under its own timing convention alone or also under every other.
enum class ShownConventions { of_run, all };

/// The machine-readable result of a run: strategies, fully incremental and pairwise analysis, settings, and the same
/// for each named alternative under `alternatives`. Of a probabilistic run the numbers are means over draws, with their
/// 95 % intervals, and the analysis at the inputs' own values stands under `deterministic`. An error that is not known
/// is null. Pairwise comparisons are against the strategy with index
/// `reference`. With all conventions each has `conventions`, and those that cannot be shown in `conventions_left_out`.
Result<nlohmann::ordered_json> to_json(const results::RunResults& run, std::span<const double> thresholds,
                                       std::size_t reference, ShownConventions shown);

}  // namespace myelin::report
