#pragma once

#include <cstdint>
#include <vector>

#include "program/population.hpp"
#include "program/program.hpp"
#include "random/stream.hpp"

namespace myelin::engine {

/// One patient's life under one program.
struct Life {
  std::vector<double> outcomes;  ///< [outcome x 2 + column], as in the microsimulation, to the bit
  std::vector<std::vector<int>>
      trajectory;  ///< [time point until death or the horizon][attribute]: levels before the cycle's steps
  std::vector<int> levels_at_end;  ///< [attribute]: at death or at the horizon
};

/// Lives one patient step by step. This is the obvious interpreter of a program: it gives the trajectory of a chosen
/// patient of a run, and the fast engine is tested against it.
Life live_one(const Program& program, const Population& population, Seed seed, NoiseIndex noise, PatientId patient);

}  // namespace myelin::engine
