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

/// What amounts come to under an outcome's weights.
double weighted_sum(const Weights& weights, const AmountsByTime& amounts);

/// [outcome]; none for a total, whose parts have them, and where amounts cannot be known.
using OutcomeAmounts = std::vector<std::optional<AmountsByTime>>;

/// The amounts of a program before anybody has lived: 0 at every time, none for a total.
OutcomeAmounts no_amounts(const Program& program);

/// The program with more tallies, so that together they cover every accrual: then what its tallies count tells what any
/// amounts in the place of its own would sum to.
Program with_covering_tallies(Program program, const Population& population);

/// Whether patients live alike under two programs: attributes and draws are equal, so that only amounts, their weights
/// and tallies may differ.
bool same_lives(const Program& a, const Program& b);

/// The program `run`, whose tallies were counted, with the outcomes and accruals of `prices`, under which patients live
/// alike.
Program with_amounts_of(const Program& run, const Program& prices);

/// The amounts that follow from what the tallies of a program counted, [tally, in the order start, point, cycle][time x
/// cells + cell] patients per patient; none for an outcome with an accrual that no tally covers. A tally covers an
/// accrual of the same phase and group if it counts by all attributes that the accrual reads, none of which a draw
/// between the two writes. Clocks need not be counted by, unless the profiles of the population set them; and what
/// everybody accrues before time point 0 needs no tally.
OutcomeAmounts amounts_from_tallies(const Program& program, const Population& population,
                                    const std::vector<std::vector<double>>& tallies);

/// The amounts of one outcome, split by the level of an attribute that patients have when they accrue.
struct AmountsByLevel {
  std::vector<AmountsByTime> levels;  ///< [level]
  AmountsByTime not_told;             ///< of accruals that no tally covers that counts by the attribute too
};

/// [outcome] the same amounts as `amounts_from_tallies`, by the level of `attribute`, which is no clock.
std::vector<std::optional<AmountsByLevel>> amounts_by_level(const Program& program, const Population& population,
                                                            const std::vector<std::vector<double>>& tallies,
                                                            AttributeIndex attribute);

}  // namespace myelin::engine
