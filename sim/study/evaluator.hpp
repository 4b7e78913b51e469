#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "engine/cohort.hpp"
#include "study/plan.hpp"
#include "study/simulate.hpp"

/// \file
/// What the strategies of an analysis cost and yield when some inputs have other values: the one question that
/// deterministic sensitivity analyses ask, again and again.

namespace myelin::study {

/// Another value for one input, in the input's unit.
struct Change {
  ParameterSet::Cell cell;
  double value = 0;
};

/// All that one evaluation changes; nothing for the base case.
using Changes = std::vector<Change>;

/// Expected discounted cost (currency) and QALYs per patient.
struct Outcomes {
  std::vector<double> cost, qaly;  ///< [strategy]
};

/// What is wrong with a change whose value is not finite or leaves the input's valid range, told at `place`; names the
/// input and the value.
std::optional<Diagnostic> out_of_range(const ParameterSet& parameters, const Change& change, const SourcePlace& place);

/// Evaluates an analysis at other values of its inputs: with the cohort engine where it can hold every program, else by
/// the microsimulation, always on the random numbers of the base case (common random numbers).
class Evaluator {
 public:
  /// The plan and its analysis are referred to. Refuses programs that the cohort engine cannot hold where the plan has
  /// no patients either.
  static Result<Evaluator> make(const Plan& plan, const PlannedAnalysis& analysis, const Execution& execution);

  Engine engine() const { return engine_; }
  /// Lived so far by the microsimulation.
  std::uint64_t patient_cycles() const { return patient_cycles_; }

  /// The outcomes of each evaluation, side by side on the threads; none at all if it was interrupted. Each value that
  /// leaves its input's valid range, and what the model refuses, are diagnostics that name inputs and values. The
  /// result does not depend on the execution, to the bit, nor on what is evaluated beside it.
  Result<std::vector<Outcomes>> evaluate(std::span<const Changes> evaluations);

 private:
  struct Part;

  Evaluator(const Plan& plan, const PlannedAnalysis& analysis, const Execution& execution);

  void run_side_by_side(std::vector<Part>& parts);
  void run(Part& part, ParameterSet& parameters, int threads) const;
  Result<std::vector<Program>> compile(const Part& part, const ParameterSet& parameters) const;
  /// For cost and QALYs alone.
  Result<engine::CohortEngine> make_engine(const Program& program) const;
  void expect(Part& part, const std::vector<Program>& programs) const;
  void sample(Part& part, std::vector<Program> programs, int threads) const;
  Diagnostics explain(const Changes& changes, const Diagnostics& problems) const;
  bool interrupted() const { return execution_.interrupted != nullptr && execution_.interrupted->load(); }

  const Plan& plan_;
  const PlannedAnalysis& analysis_;
  Execution execution_;
  Engine engine_ = Engine::cohort;
  std::vector<engine::CohortEngine> engines_;  // [strategy]; none under the microsimulation
  std::vector<ParameterSet> parameters_;       // [thread], with the values of the base case
  std::uint64_t patient_cycles_ = 0;
};

}  // namespace myelin::study
