#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "engine/conventions.hpp"
#include "engine/kernels/instruction_set.hpp"
#include "engine/lanes.hpp"
#include "engine/moments.hpp"
#include "engine/prepared.hpp"
#include "program/population.hpp"
#include "program/program.hpp"
#include "random/stream.hpp"

namespace myelin::engine {

struct MicrosimulationOptions {
  Seed seed;
  NoiseIndex noise;
  std::uint64_t patients = 0;
  InstructionSet instruction_set = InstructionSet::baseline;
  std::vector<const Control*> controls = {};  ///< [strategy], whose programs are simulated; empty without
};

/// Two outcomes whose increments are observed together (cost and QALYs, for the error of a net monetary benefit).
struct JointOutcomes {
  OutcomeIndex a, b;
};

/// Nanoseconds spent in each step of a phase's prepared steps: [strategy][phase][step].
using StepTimes = std::vector<std::array<std::vector<double>, 3>>;

/// Samples the lives of patients under several programs (the strategies of one parameter draw) with the same random
/// numbers. All programs must have the same outcomes and cycles. One object serves all threads; each thread has a
/// `Workspace` of its own.
class Microsimulation {
 public:
  class Workspace;

  /// The programs and the population are referred to, not copied. `joint` must name outcomes of the programs.
  Microsimulation(std::vector<const Program*> programs, const Population& population, JointOutcomes joint,
                  MicrosimulationOptions options);

  std::uint64_t blocks() const { return (options_.patients + block_patients - 1) / block_patients; }
  Workspace make_workspace() const;
  /// Sums of the right shape for `simulate`.
  PatientSums make_sums() const;
  StepTimes make_step_times() const;

  /// Lives the patients of one block, [block x 1024, ...), under every program; `sums` gets what they sum to and the
  /// workspace's counts grow by their tallies. Independent of which other blocks, threads or programs there are.
  void simulate(std::uint64_t block, Workspace& workspace, PatientSums& sums) const noexcept;

  /// Of every program; without those that a control adds.
  std::size_t outcomes() const { return programs_.front().program->outcomes.size() - controlled_sums(); }
  std::size_t controlled_sums() const {
    return programs_.front().control == nullptr ? 0 : programs_.front().control->sums();
  }
  const std::vector<PreparedProgram>& programs() const { return programs_; }
  const MicrosimulationOptions& options() const { return options_; }

 private:
  struct Block;

  std::vector<PreparedProgram> programs_;
  JointOutcomes joint_;
  MicrosimulationOptions options_;
  const Kernels* kernels_;
};

/// What one thread needs: lanes, random numbers, scratch, and the counts of the patients that it has lived.
class Microsimulation::Workspace {
 public:
  explicit Workspace(const Microsimulation& simulation);

  /// Tallies so far: [strategy][cell of the prepared program's counts].
  std::vector<std::vector<std::uint64_t>> counts;
  /// Cycles lived so far, summed over strategies: the unit of the engine's speed.
  std::uint64_t patient_cycles = 0;

  /// Where not null, of the shape that `make_step_times` gives: grows by the time that each step takes. For benchmarks.
  StepTimes* step_times = nullptr;

  /// Outcomes of the last block's patients: [strategy][outcome x 2 + column][patient in block]; controlled ones where
  /// there is a control.
  std::vector<std::vector<Column<double>>> lives;

 private:
  friend class Microsimulation;
  friend struct Microsimulation::Block;
  Lanes lanes_;                                          ///< under the strategy whose turn it is
  std::vector<std::vector<Column<double>>> controlled_;  ///< [strategy][controlled sum][patient in block]
  std::vector<std::uint32_t> numbers_;                   ///< [stream][cycle of four][lane]
  std::array<std::uint32_t, 4 * block_patients>
      start_numbers_;  ///< of four cycles, for a draw at the start or of a group
  std::vector<std::size_t> values_;
  Column<std::int32_t> rows_;
  Column<std::int32_t> selected_;
  Column<std::uint32_t> outcome_;
  Column<std::uint8_t> level_drawn_;
  Column<std::uint32_t> packed_;
};

}  // namespace myelin::engine
