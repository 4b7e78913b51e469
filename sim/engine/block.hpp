#pragma once

#include "engine/microsimulation.hpp"

namespace myelin::engine {

/// One block of patients on its way through the cycles: the interpreter of programs.
struct Microsimulation::Block {
  const Microsimulation& simulation;
  Workspace& work;
  std::uint64_t first_patient;
  int patients;

  /// The steps of a phase at a time, for one strategy.
  void enter(std::size_t strategy);
  void live(std::size_t strategy, const std::vector<PreparedStep>& steps, Phase phase, std::uint32_t time);
  void live_cycle(std::size_t strategy, std::uint32_t cycle);
  void leave(std::size_t strategy);
  /// What each patient accrued, put in the order of the patients, once all have left.
  void collect_lives(std::size_t strategy);

  void make_numbers(std::uint32_t cycle_block);
  int number_living_slots();
  void swap_numbers(std::size_t a, std::size_t b);
  /// Whether several strategies read the same random numbers, through a map from lanes.
  bool shares_numbers() const { return work.lanes_.size() > 1; }
  RandomSource source(StreamId stream, std::uint32_t cycle_block) const;
  const std::uint32_t* numbers_of(StreamId stream, Phase phase, std::uint32_t time, const Lanes& lanes,
                                  const std::int32_t*& position);

  void take(const PreparedProgram& program, const PreparedDraw& draw, Lanes& lanes, Phase phase, std::uint32_t time);
  void take(const PreparedProgram& program, const PreparedAccrual& accrual, Lanes& lanes, Phase phase,
            std::uint32_t time);
  void take(const PreparedProgram& program, const PreparedTally& tally, Lanes& lanes, std::uint32_t time,
            std::vector<std::uint64_t>& counts);
  void settle_deaths(const PreparedProgram& program, Lanes& lanes);
  void find_rows(const PreparedProgram& program, const RowPlan& rows, const Lanes& lanes, int n, std::uint32_t time);
  void find_outcomes(const PreparedProgram& program, const PreparedDraw& draw, Lanes& lanes, Phase phase,
                     std::uint32_t time);

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
};

}  // namespace myelin::engine
