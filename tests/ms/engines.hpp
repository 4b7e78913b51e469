#pragma once

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <vector>

#include "ms/base_case.hpp"
#include "study/simulate.hpp"
#include "support/statistics.hpp"

/// \file
/// The microsimulation of a set of parameters beside the cohort engine's expectations.

namespace myelin::ms::test {

inline study::Plan plan_of(const ParameterSet& parameters, const std::vector<std::string>& strategies,
                           std::uint64_t patients) {
  study::Plan plan;
  plan.patients = patients;
  plan.seed = 20261122;
  plan.model = &model();
  study::PlannedAnalysis& analysis = plan.analyses.emplace_back();
  analysis.name = "base";
  analysis.strategies = strategies;
  for (const std::string& strategy : strategies) analysis.programs.push_back(compile(parameters, strategy));
  return plan;
}

inline study::AnalysisOutput simulate(study::Plan& plan, study::Engine engine) {
  plan.engine = engine;
  study::Execution execution;
  execution.instruction_set = engine::best_instruction_set();
  return *value_of(study::simulate(plan, plan.analyses.front(), execution));
}

/// One estimate of the microsimulation and its expectation.
struct Comparison {
  std::string name;
  double estimate, expected, standard_error;
};

/// Cells of a tally are compared where so many patients are expected in them, and outside them. At this number the
/// normal tail that `stat_check` assumes is within a factor of three of the binomial one at seven standard errors.
inline constexpr double fewest_in_cell = 2000;

namespace details {

inline void add_outcomes(std::vector<Comparison>& comparisons, const std::string& prefix, const Program& program,
                         const study::Estimates& sampled, const study::Estimates& expected) {
  for (std::size_t i = 0; i < sampled.mean.size(); ++i) {
    const std::string name = program.outcomes[i / 2].name + (i % 2 == 0 ? "" : ", undiscounted");
    comparisons.push_back({prefix + name, sampled.mean[i], expected.mean[i], sampled.standard_error[i]});
  }
}

inline void add_tallies(std::vector<Comparison>& comparisons, const std::string& prefix, const Program& program,
                        const study::StrategyOutput& sampled, const study::StrategyOutput& expected, double patients) {
  const auto tallies = tallies_of(program);
  for (std::size_t tally = 0; tally < tallies.size(); ++tally) {
    const auto& [name, cells] = tallies[tally];
    for (std::size_t i = 0; i < expected.tallies[tally].size(); ++i) {
      const double p = expected.tallies[tally][i];
      if (std::min(p, 1 - p) * patients < fewest_in_cell) continue;
      comparisons.push_back({fmt::format("{}{}, time {}, cell {}", prefix, name, i / cells, i % cells),
                             sampled.tallies[tally][i], p, std::sqrt(p * (1 - p) / patients)});
    }
  }
}

}  // namespace details

/// Every outcome in both columns, every paired increment and every well-filled cell of a tally.
inline std::vector<Comparison> compare(const study::Plan& plan, const study::AnalysisOutput& sampled,
                                       const study::AnalysisOutput& expected) {
  const study::PlannedAnalysis& analysis = plan.analyses.front();
  std::vector<Comparison> comparisons;
  for (std::size_t i = 0; i < analysis.programs.size(); ++i) {
    const std::string prefix = analysis.strategies[i] + ": ";
    const Program& program = analysis.programs[i];
    details::add_outcomes(comparisons, prefix, program, sampled.strategies[i].outcomes,
                          expected.strategies[i].outcomes);
    details::add_tallies(comparisons, prefix, program, sampled.strategies[i], expected.strategies[i],
                         static_cast<double>(plan.patients));
  }
  for (std::size_t i = 0; i < sampled.increments.size(); ++i) {
    const study::IncrementOutput &increment = sampled.increments[i], &exact = expected.increments[i];
    const std::string prefix = analysis.strategies[increment.strategy] + " v " + analysis.strategies[increment.versus];
    details::add_outcomes(comparisons, prefix + ": ", analysis.programs[increment.strategy], increment.outcomes,
                          exact.outcomes);
  }
  return comparisons;
}

/// Those that differ by more than chance, in words.
inline std::vector<std::string> disagreements(const std::vector<Comparison>& comparisons) {
  std::vector<std::string> found;
  for (const Comparison& each : comparisons) {
    if (myelin::test::stat_check(each.estimate, each.expected, each.standard_error, comparisons.size())) continue;
    found.push_back(fmt::format("{}: {} against {} (standard error {})", each.name, each.estimate, each.expected,
                                each.standard_error));
  }
  return found;
}

}  // namespace myelin::ms::test
