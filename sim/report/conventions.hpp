#pragma once

#include <cstddef>

#include "core/diagnostic.hpp"
#include "report/document.hpp"
#include "results/types.hpp"

namespace myelin::report {

/// The tables of one analysis under every timing convention: costs, QALYs, what each strategy's ratio against the one
/// with index `reference` is, the best strategy at each of the run's thresholds, and in words what the rows mean and
/// how far the answer moves. A run without `cost` and `qaly`, or without their amounts by time, is an
/// error.
Result<Document> convention_tables(const results::RunResults& run, std::size_t analysis, std::size_t reference);

}  // namespace myelin::report
