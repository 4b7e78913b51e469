#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command_line.hpp"
#include "core/diagnostic.hpp"
#include "report/section.hpp"
#include "results/counted_lives.hpp"
#include "results/types.hpp"
#include "study/plan.hpp"

/// \file
/// Runs as they are shown on a terminal, as JSON and on a page.

namespace myelin::cli {

/// A run with the thresholds that are asked for, and the strategy that the others are compared with.
struct Shown {
  results::RunResults run;
  std::size_t reference = 0;
};

Result<Shown> choose_shown(results::RunResults run, const Options& options);

/// The tables of `run` on standard output, or their JSON.
int print_results(const results::RunResults& run, const Options& options);

/// A run read from its file, and priced again with the overrides of the command line.
struct FinishedRun {
  Shown shown;
  study::Plan plan;
  std::optional<results::CountedLives> lives;  ///< of `shown` where they are known
  std::vector<std::string> remarks;            ///< on what could not be priced again

  /// What its answers are made from; refers to this run.
  report::Material material() const {
    return {shown.run, plan.analyses.front().scenario, shown.reference, lives ? &*lives : nullptr};
  }
};

/// The results file that the command names, as the options ask for it; or every mistake in these.
Result<FinishedRun> open_run(const Options& options);

}  // namespace myelin::cli
