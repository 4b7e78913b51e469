#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/diagnostic.hpp"
#include "program/timing.hpp"
#include "study/plan.hpp"
#include "study/target.hpp"

namespace myelin::study {

/// A measure whose names were found in an analysis: positions instead of names.
struct ResolvedMeasure {
  MeasureKind kind = MeasureKind::total;
  std::size_t strategy = 0, versus = 0;
  OutcomeIndex outcome;         ///< of an ICER the cost, of an event its count
  OutcomeIndex before;          ///< of an event: the years before it
  std::size_t tally = 0;        ///< among those of StrategyOutput
  std::vector<double> weights;  ///< [cell of the tally]: 1 for those counted, or the number of the level
  std::uint32_t time = 0;       ///< time point
  std::optional<Timing> until;  ///< of a total until a year: the timing as if the horizon ended there
  double cycle_length_years = 1;
};

/// Finds what a usable target's measure names in the programs of an analysis; or every mistake, at the target's places.
Result<ResolvedMeasure> resolve(const Target& target, const PlannedAnalysis& analysis);

}  // namespace myelin::study
