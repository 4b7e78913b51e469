#pragma once

#include <cstddef>

#include "core/diagnostic.hpp"
#include "report/document.hpp"
#include "results/types.hpp"

/// \file
/// The tables of a run, each with a heading and a sentence on how to read it. All take the index of one of the run's
/// analyses; several parameter draws are shown by their mean.

namespace myelin::report {

/// Costs, QALYs, life years and relapses of each strategy with their Monte Carlo standard errors; outcomes that the run
/// lacks are left out.
Document summary_table(const results::RunResults& run, std::size_t analysis);

/// The outcomes that are counted and not discounted, but for those of the summary: events, complications, what a
/// scenario names itself; empty if there are none.
Document counts_table(const results::RunResults& run, std::size_t analysis);

/// The fully incremental analysis. A run without finite `cost` and `qaly` is an error.
Result<Document> incremental_table(const results::RunResults& run, std::size_t analysis);

/// Every other strategy against the one with index `reference`: increments, what their ratio means, and the incremental
/// net benefit at each of the run's thresholds. A run without finite `cost` and `qaly` is an error.
Result<Document> pairwise_table(const results::RunResults& run, std::size_t analysis, std::size_t reference);

/// The net monetary benefit of each strategy at each of the run's thresholds, and which is best by how much; empty
/// without thresholds. A run without finite `cost` and `qaly` is an error.
Result<Document> net_benefit_table(const results::RunResults& run, std::size_t analysis);

}  // namespace myelin::report
