#pragma once

#include <optional>

#include "study/plan.hpp"
#include "study/resolve.hpp"
#include "study/simulate.hpp"

namespace myelin::study {

/// The measure in the exact output of its analysis, in the outcome's unit, a proportion, a level or years; none where
/// it has no number, as an ICER where one strategy dominates, a share of nobody, a median that is not reached.
std::optional<double> value_of(const ResolvedMeasure& measure, const PlannedAnalysis& analysis,
                               const AnalysisOutput& output);

}  // namespace myelin::study
