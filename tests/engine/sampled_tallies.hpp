#pragma once

#include <cstdint>
#include <vector>

#include "engine/amounts.hpp"
#include "engine/conventions.hpp"
#include "engine/microsimulation.hpp"

/// \file
/// What the microsimulation's tallies count, in the form in which amounts are read from them.

namespace myelin::engine::test {

inline double weigh(const Weights& weights, const AmountsByTime& amounts) {
  double sum = weights.start * amounts.start;
  for (std::size_t time = 0; time < amounts.point.size(); ++time) sum += weights.point[time] * amounts.point[time];
  for (std::size_t cycle = 0; cycle < amounts.event.size(); ++cycle) sum += weights.event[cycle] * amounts.event[cycle];
  return sum;
}

/// What some patients came to, [outcome x 2 + column], and what was counted of them, [tally][time x cells + cell]
/// patients per patient.
struct SampledTallies {
  std::vector<Moments> outcomes;
  std::vector<std::vector<double>> tallies;
};

/// Lives patients under one program, on one thread.
inline SampledTallies sample_tallies(const Program& program, const Population& population, std::uint64_t patients) {
  const Microsimulation simulation(
      {&program}, population, {{0}, {1}},
      {.seed = {3}, .noise = {0}, .patients = patients, .instruction_set = best_instruction_set()});
  auto workspace = simulation.make_workspace();
  TreeFold<PatientSums> fold;
  for (std::uint64_t block = 0; block < simulation.blocks(); ++block) {
    PatientSums sums = simulation.make_sums();
    simulation.simulate(block, workspace, sums);
    fold.push(std::move(sums));
  }
  SampledTallies sampled{fold.result().outcomes, {}};
  auto next = workspace.counts[0].begin();
  for (const Phase phase : {Phase::start, Phase::point, Phase::cycle}) {
    for (const Step& step : program.steps(phase)) {
      const auto* tally = std::get_if<Tally>(&step.action);
      if (tally == nullptr) continue;
      sampled.tallies.emplace_back();
      for (std::size_t i = 0; i < tally->cells * tally_times(phase, program.cycles); ++i)
        sampled.tallies.back().push_back(static_cast<double>(*next++) / static_cast<double>(patients));
    }
  }
  return sampled;
}

}  // namespace myelin::engine::test
