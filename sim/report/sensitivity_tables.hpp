#pragma once

#include <cstddef>
#include <string>

#include "economics/sensitivity.hpp"
#include "report/document.hpp"
#include "results/types.hpp"

/// \file
/// Deterministic sensitivity analyses: tornados, grids and solved thresholds.

namespace myelin::report {

/// A bar as text of a fixed width: `░` from the base to the result at the low end, `█` to that at the high end, `│` the
/// base; `least` and `greatest` are the ends of the chart, all in currency.
std::string bar_chart(const economics::TornadoBar& bar, double base, double least, double greatest);

/// What a search found at one threshold per QALY, as a sentence: `At 20,000 GBP per QALY Drug is the better buy than
/// No drug up to 1,234 GBP.`
std::string solution_in_words(const results::RunResults& run, const results::ThresholdResult& search,
                              const results::ThresholdResult::Crossings& at);

/// All sensitivity analyses of a run, which must have some, with how to read them; comparisons are between the best
/// strategies and against the one with index `reference`.
Document sensitivity_tables(const results::RunResults& run, std::size_t reference);

}  // namespace myelin::report
