#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "engine/amounts.hpp"
#include "engine/kernels/instruction_set.hpp"
#include "study/plan.hpp"
#include "study/work.hpp"

namespace myelin::study {

/// How far an analysis has come.
struct Progress {
  std::string analysis;
  std::uint64_t patients_done = 0, patients = 0;
  std::uint64_t patient_cycles = 0;  ///< lived so far, over all strategies
  double elapsed_seconds = 0;
  /// Of the target that is farthest from what a run with a precision asks for; none before it is first looked at.
  struct Precision {
    double standard_error = 0, asked = 0;
  };
  std::optional<Precision> precision = {};
};

/// How to run a plan; nothing of it changes an estimate.
struct Execution {
  int threads = 1;
  engine::InstructionSet instruction_set = engine::InstructionSet::baseline;
  std::uint64_t cohort_state_limit = 2'000'000;
  bool count_for_pricing = false;  ///< also tally what decides every accrual, so that the run can be priced again
  std::function<void(const Progress&)> report;     ///< called between batches, by one thread; may be empty
  const std::atomic<bool>* interrupted = nullptr;  ///< polled between batches; may be null
  /// Where units of work are kept, and found if they were done before; may be null. An interrupted run then ends with
  /// the unit in hand.
  UnitStore* store = nullptr;
  /// Do these units alone, into the store: the outputs are then empty, to be had from the stores of all tasks.
  std::optional<Share> share = {};
};

/// Means with their Monte Carlo standard errors: [outcome x 2 + column], column 0 discounted and 1 undiscounted.
struct Estimates {
  std::vector<double> mean, standard_error;
};

struct StrategyOutput {
  Estimates outcomes;
  std::vector<std::vector<double>>
      tallies;  ///< [tally, in the order start, point, cycle][time x cells + cell]: patients per patient
  engine::OutcomeAmounts amounts;   ///< none where the microsimulation's tallies do not determine them
  std::uint64_t cohort_states = 0;  ///< 0 under the microsimulation
};

struct IncrementOutput {
  std::size_t strategy = 0, versus = 0;
  Estimates outcomes;
  double cost_qaly_covariance = 0;  ///< of the discounted mean increments
};

struct AnalysisOutput {
  std::vector<Program> programs;  ///< [strategy]: as they were run; with more tallies where they count for pricing
  std::vector<StrategyOutput> strategies;
  std::vector<IncrementOutput> increments;  ///< every pair strategy > versus
  std::uint64_t patients = 0;               ///< a strategy, lived by the microsimulation
  std::uint64_t patient_cycles = 0;         ///< likewise, over all strategies
  /// [strategy x controlled sums]: how many standard errors the mean of each martingale is from 0; empty without.
  std::vector<double> martingale_z;
  std::vector<double> errors_reached;  ///< [target of the plan's precision]
  double elapsed_seconds = 0;
};

/// Threads that OpenMP would use here: OMP_NUM_THREADS if set, else the processors that this process may run on.
int available_threads();

/// Turns a plan whose engine is left open to the microsimulation if the cohort engine refuses the size of a program of
/// its base analysis and patients are given for that.
void settle_engine(Plan& plan, const Execution& execution);

/// All units of work of a plan, in order: those of the microsimulation's analyses, and of parameter draws. What the
/// cohort engine expects of an analysis and what sensitivity analyses ask is no unit.
std::vector<UnitName> units_of(const Plan& plan);

/// Runs one analysis of a plan. Nothing if it was interrupted; a diagnostic if the cohort engine refuses a program's
/// size. The result does not depend on the execution, to the bit.
Result<std::optional<AnalysisOutput>> simulate(const Plan& plan, const PlannedAnalysis& analysis,
                                               const Execution& execution);

}  // namespace myelin::study
