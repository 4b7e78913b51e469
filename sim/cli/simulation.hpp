#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command_line.hpp"
#include "cli/progress.hpp"
#include "core/diagnostic.hpp"
#include "engine/kernels/instruction_set.hpp"
#include "study/probabilistic.hpp"
#include "study/sensitivity.hpp"
#include "study/simulate.hpp"

/// \file
/// From a plan to printed and written results: what `run` and `merge` have in common.

namespace myelin::cli {

/// Throws IoError where results could not be written: better to learn that before the run.
void require_writable_folder(const std::string& output);

/// What is wrong with an output that is there: it is replaced only if it is a results file. A slip of the fingers must
/// not cost a scenario.
Diagnostics check_output(const std::string& output);

/// The one that is named, or the best; or why there is none.
Result<engine::InstructionSet> choose_instruction_set(const std::string& name);

/// From now on SIGINT, SIGTERM and SIGUSR1 (by which a cluster tells that time is nearly up) end a run in good order;
/// a second SIGINT or SIGTERM ends it at once.
void catch_signals();
bool interrupted();

/// How the options ask for the run. The progress and the store are referred to.
study::Execution execution_of(const Options& options, engine::InstructionSet set, ProgressReporter& progress,
                              study::UnitStore* store);

/// What a plan gave.
struct Outputs {
  std::vector<study::AnalysisOutput> analyses;
  std::optional<study::ProbabilisticOutput> probabilistic;
  std::optional<study::SensitivityOutput> sensitivity;
};

/// Carries out the whole plan, or a share of its units; nothing if it was interrupted. All else is done with as many
/// patients as the base analysis took for its precision.
Result<std::optional<Outputs>> carry_out(study::Plan& plan, const study::SensitivityPlan& sensitivity,
                                         const study::Execution& execution);

/// Writes and prints the results; returns the exit code. `until` is the precision that the plan asked for. The speed is
/// told where this process did all the work.
int finish(study::Plan plan, Outputs outputs, const std::vector<study::PrecisionTarget>& until, const Options& options,
           const study::Execution& execution, bool all_done_here);

}  // namespace myelin::cli
