#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "program/dropped.hpp"
#include "program/population.hpp"
#include "program/program.hpp"

/// \file
/// The martingale control variate: a patient's outcome with far less chance in it, and the same expectation.
///
/// V is what a smaller program, without some attributes, expects a patient of the whole program still to have. As a
/// patient lives on, V changes at each draw by an amount whose expectation under the row that the draw is taken from is
/// known; what it changes beyond that is a martingale M, of expectation 0 whatever V is, and the more alike the two
/// programs are, the more of the chance in the outcome Y is in M. (Henderson and Glynn 2002, Math Oper Res 27:253; with
/// coefficient 1.)
///
/// Y - M is computed at once: V at the start, plus, at each step where the whole program reads an attribute that the
/// smaller one lacks, what the step is expected to change V by under its own row (the Bellman residual). All other
/// steps add nothing, since V was computed from their rows. Without dropped attributes Y - M is the expectation itself.

namespace myelin::engine {

class CohortSlice;
struct EntryGroup;
struct OutcomeSum;

/// Most sums that are controlled at once.
inline constexpr std::size_t most_controlled_sums = 4;

/// What is controlled: an outcome, a total or one that accrues, discounted or not.
struct ControlledSum {
  OutcomeIndex outcome;
  bool discounted = true;
};

/// A draw that reads a dropped attribute, with the values of the states around it. A state is found by its cell, the
/// sum of level x stride.
struct ControlledDraw {
  std::vector<Read> before;             ///< the cell before the draw
  std::vector<Read> after, after_dead;  ///< the cell after it, of the living and of the dead, but for what it writes
  std::vector<std::int32_t> change;     ///< [row x outcomes]: what the levels written add to the cell after
  std::vector<std::uint8_t> kills;      ///< [row x outcomes]
  std::vector<std::uint8_t> differs;    ///< [row]: from the row at the reference levels; others leave no residual
  std::vector<std::int32_t> state_before, state_after, state_after_dead;  ///< [cell]
  std::size_t states_before = 0, states_after = 0;  ///< one more than there are: no cell of a life leads to the last
  std::vector<double> value_before, value_after;    ///< [time][state][sum]
};

/// What the microsimulation needs of a strategy to give controlled sums.
class Control {
 public:
  struct Options {
    std::uint64_t state_limit = 2'000'000;    ///< reachable states of the smaller program
    std::uint64_t value_limit = 100'000'000;  ///< cells, and values, held for one draw
  };

  /// Refuses dropped attributes that guard steps, are clocks or mean death; populations whose patients enter with
  /// different clocks; and programs too large for the limits.
  static Result<Control> make(const Program& program, const Population& population,
                              const std::vector<ControlledSum>& sums, const std::vector<DroppedAttribute>& dropped,
                              const Options& options);

  /// The program with an outcome more for each controlled sum, at the end of the list: these the microsimulation fills.
  const Program& program() const { return program_; }
  std::size_t sums() const { return sums_.size(); }
  const ControlledSum& sum(std::size_t index) const { return sums_[index]; }
  /// [sum] V of a patient who enters, by the profile of the population, 0 where it has none.
  const std::vector<double>& value_at_start(std::size_t profile) const { return value_at_start_[profile]; }
  /// Null for a draw that needs no control.
  const ControlledDraw* draw(Phase phase, std::size_t step) const;
  /// [row] what an accrual has beyond that at the reference levels, for a sum; null where nothing.
  const std::vector<double>* residuals(Phase phase, std::size_t step, std::size_t sum) const;

 private:
  struct Steps {
    std::vector<std::optional<ControlledDraw>> draws;         ///< [step]
    std::vector<std::vector<std::vector<double>>> residuals;  ///< [step][sum][row]; empty where there are none
  };

  /// Fills in the values around the draws, of a program at the reference levels; gives those at entry, [level of the
  /// entry][sum].
  std::vector<std::vector<double>> take_values(const Program& at_reference, const CohortSlice& slice,
                                               const EntryGroup& entry, const std::vector<OutcomeSum>& accrued);

  Program program_;
  std::vector<ControlledSum> sums_;
  std::vector<std::vector<double>> value_at_start_;
  std::array<Steps, 3> steps_;  ///< [phase]
};

}  // namespace myelin::engine
