#pragma once

#include "engine/microsimulation.hpp"

namespace myelin::engine {

/// Random numbers of a stream and cycle lie so far from the next that those of a lane do not compete for one place in
/// the cache.
inline constexpr std::size_t number_room = block_patients + 16;

/// One block of patients on its way through the cycles: the interpreter of programs.
struct Microsimulation::Block {
  const Microsimulation& simulation;
  Workspace& work;
  std::uint64_t first_patient;
  int patients;

  /// All lives under one strategy. The sums of its patients stay in the cache, which those of all strategies would not.
  void live(std::size_t strategy);

  void enter(std::size_t strategy);
  /// The steps of a phase at a time.
  void live(std::size_t strategy, const std::vector<PreparedStep>& steps, Phase phase, std::uint32_t time);
  void live_cycle(std::size_t strategy, std::uint32_t cycle);
  void leave();
  /// What each patient accrued, put in the order of the patients, once all have left.
  void collect_lives(std::size_t strategy);

  /// Those of the living in the next four cycles, in the order of their lanes, with which they move.
  void make_numbers(const PreparedProgram& program, const Lanes& lanes, std::uint32_t cycle_block);
  void move_numbers(const PreparedProgram& program, std::size_t from, std::size_t to);
  RandomSource source(StreamId stream, std::uint32_t cycle_block) const;
  const std::uint32_t* numbers_of(const PreparedDraw& draw, Phase phase, std::uint32_t time, const Lanes& lanes);

  void take(const PreparedProgram& program, const PreparedDraw& draw, Lanes& lanes, Phase phase, std::uint32_t time);
  void take(const PreparedProgram& program, const PreparedAccrual& accrual, Lanes& lanes, Phase phase,
            std::uint32_t time);
  bool take_rare(const PreparedProgram& program, const PreparedAccrual& accrual,
                 const std::array<double, sums_together>& weights, Lanes& lanes, std::uint32_t time);
  void take(const PreparedProgram& program, const PreparedTally& tally, Lanes& lanes, std::uint32_t time,
            std::vector<std::uint64_t>& counts);
  void settle_deaths(const PreparedProgram& program, Lanes& lanes);
  void find_rows(const PreparedProgram& program, const RowPlan& rows, const Lanes& lanes, int n, std::uint32_t time);
  void find_outcomes(const PreparedProgram& program, const PreparedDraw& draw, Lanes& lanes, Phase phase,
                     std::uint32_t time);
  void write_levels(const PreparedDraw& draw, Lanes& lanes);
  void draw_level(const PreparedProgram& program, const PreparedDraw& draw, Lanes& lanes, Phase phase,
                  std::uint32_t time);
  /// The outcome of a number, at `first` or later.
  std::uint32_t search(const PreparedProgram& program, const PreparedDraw& draw, const Lanes& lanes, int lane,
                       std::uint32_t time, std::uint32_t number, std::uint32_t first) const;

  const std::uint32_t* numbers_of_group(const PreparedDraw& draw, Phase phase, std::uint32_t time, const Lanes& lanes);
  void enter_group(const PreparedProgram& program, const Guard& guard, Lanes& lanes);
  void take_in_group(const PreparedProgram& program, const PreparedStep& step, Lanes& lanes, Phase phase,
                     std::uint32_t time, std::vector<std::uint64_t>& counts);
  std::int32_t row_of(const PreparedProgram& program, const RowPlan& rows, const Lanes& lanes, int lane,
                      std::uint32_t time) const;

  /// What steps under control add to the controlled sums, before they are taken; of a group, for its lanes alone.
  void enter_control(const PreparedProgram& program, Lanes& lanes) const;
  void control(const PreparedProgram& program, const PreparedDraw& draw, Lanes& lanes, std::uint32_t time,
               bool in_group);
  void control(const PreparedProgram& program, const PreparedAccrual& accrual, Lanes& lanes, Phase phase,
               std::uint32_t time, bool in_group);

  void sum_up(PatientSums& sums) const;
  /// Moments of a strategy's values, and of what it has above another's [outcome x 2 + column].
  void take_outcomes(std::size_t strategy, Moments* moments) const;
  void take_increments(std::size_t strategy, std::size_t versus, const PatientSums& sums, Moments* moments) const;
  void take_moments(const std::vector<std::size_t>& values, std::size_t strategy, std::optional<std::size_t> versus,
                    Moments* moments) const;
  /// Without discounting the second column of an outcome is the first once more.
  bool repeats(std::size_t value) const {
    return value % columns == 1 && !simulation.programs_.front().program->outcomes[value / columns].discounted();
  }
};

}  // namespace myelin::engine
