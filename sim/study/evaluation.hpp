#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/cohort.hpp"
#include "engine/control.hpp"
#include "random/stream.hpp"
#include "study/simulate.hpp"

/// \file
/// The two engines on the programs of one analysis, or of one parameter draw of it.

namespace myelin::study {

/// What an engine is asked about.
struct Evaluation {
  std::string name;               ///< for progress
  std::vector<Program> programs;  ///< [strategy]
  const Population& population;
  Seed seed;
  NoiseIndex noise;
  std::uint64_t patients = 0;                              ///< of the microsimulation; with `until`, the most
  const std::vector<engine::Control>* controls = nullptr;  ///< [strategy]; null without
  std::vector<PrecisionTarget> until = {};                 ///< stop once all are reached; empty: live all patients
};

/// Programs with tallies that cover every accrual, so that a run can be priced again.
std::vector<Program> covered(const std::vector<Program>& programs, const Population& population);

/// The controls of cost, QALYs and life years under each strategy; a diagnostic for each program without one.
Result<std::vector<engine::Control>> make_controls(const Evaluation& evaluation, const Execution& execution);

/// Lives the patients; nothing if it was interrupted.
std::optional<AnalysisOutput> sample(const Evaluation& evaluation, const Execution& execution);

/// The cohort engine of each strategy; a diagnostic for each program that is too large.
Result<std::vector<engine::CohortEngine>> make_cohort_engines(const Evaluation& evaluation, const Execution& execution);

/// The exact expectations; the engines, one a strategy, must cover the programs.
AnalysisOutput expect(const Evaluation& evaluation, const std::vector<engine::CohortEngine>& engines);

}  // namespace myelin::study
