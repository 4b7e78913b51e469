#pragma once

#include <optional>
#include <vector>

#include "program/population.hpp"
#include "program/program.hpp"

/// \file
/// What an outcome accrues, by time: the one thing that any weights can be put on afterwards, so that another timing
/// convention or discount rate needs no new simulation.

namespace myelin::engine {

/// The expected amounts a patient of one outcome, neither weighted nor discounted, in the outcome's unit.
struct AmountsByTime {
  double start = 0;           ///< before time point 0
  std::vector<double> point;  ///< [0..cycles]: state accruals
  std::vector<double> event;  ///< [0..cycles-1]: event accruals

  double& at(Phase phase, std::uint32_t time) {
    return phase == Phase::start ? start : phase == Phase::point ? point[time] : event[time];
  }
};

/// [outcome]; none for a total, whose parts have them, and where amounts cannot be known.
using OutcomeAmounts = std::vector<std::optional<AmountsByTime>>;

/// The amounts of a program before anybody has lived: 0 at every time, none for a total.
OutcomeAmounts no_amounts(const Program& program);

/// The amounts that follow from what the tallies of a program counted, [tally, in the order start, point, cycle][time x
/// cells + cell] patients per patient; none for an outcome with an accrual that no tally covers. A tally covers an
/// accrual of the same phase and group if it counts by all attributes that the accrual reads, none of which a draw
/// between the two writes. Clocks need not be counted by, unless the profiles of the population set them; and what
/// everybody accrues before time point 0 needs no tally.
OutcomeAmounts amounts_from_tallies(const Program& program, const Population& population,
                                    const std::vector<std::vector<double>>& tallies);

}  // namespace myelin::engine
