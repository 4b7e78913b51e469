#pragma once

#include <cstddef>
#include <cstdint>

#include "program/program.hpp"

/// \file
/// What the engines agree on about programs: the columns of an estimate, the weight of an amount, the times of a tally.

namespace myelin::engine {

/// Estimates have two columns: with the weights of the outcome, and undiscounted.
inline constexpr std::size_t columns = 2;

/// The weight of an amount at a time.
inline double weight_at(const Weights& weights, Phase phase, std::uint32_t time) {
  return phase == Phase::start ? weights.start : phase == Phase::point ? weights.point[time] : weights.event[time];
}

/// Number of times at which the tallies of a phase count; a tally's cells are [time][cell].
inline std::size_t tally_times(Phase phase, std::uint32_t cycles) {
  return phase == Phase::start ? 1 : phase == Phase::point ? cycles + std::size_t{1} : cycles;
}

}  // namespace myelin::engine
