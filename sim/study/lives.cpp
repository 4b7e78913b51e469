#include "study/lives.hpp"

#include <algorithm>
#include <cmath>

#include "core/contract.hpp"
#include "engine/kernels/instruction_set.hpp"
#include "engine/microsimulation.hpp"

namespace myelin::study {

namespace {

std::vector<OutcomeIndex> find_outcomes(const Program& program, std::span<const std::string> names) {
  std::vector<OutcomeIndex> indices;
  for (const std::string& name : names) {
    const auto found = std::ranges::find(program.outcomes, name, &Outcome::name);
    MYELIN_EXPECT(found != program.outcomes.end());
    indices.push_back({static_cast<std::size_t>(found - program.outcomes.begin())});
  }
  return indices;
}

}  // namespace

std::vector<std::vector<std::vector<double>>> totals_of_lives(const PlannedAnalysis& analysis,
                                                              std::span<const std::string> outcomes,
                                                              std::uint64_t patients, std::uint64_t seed) {
  MYELIN_EXPECT(!analysis.programs.empty() && !outcomes.empty());
  std::vector<const Program*> programs;
  for (const Program& program : analysis.programs) programs.push_back(&program);
  const std::vector<OutcomeIndex> indices = find_outcomes(*programs.front(), outcomes);
  const engine::Microsimulation simulation(
      programs, analysis.population, {indices.front(), indices.front()},
      {.seed = {seed}, .noise = {0}, .patients = patients, .instruction_set = engine::best_instruction_set()});
  engine::Microsimulation::Workspace workspace = simulation.make_workspace();
  engine::PatientSums sums = simulation.make_sums();
  std::vector<std::vector<std::vector<double>>> totals(programs.size(),
                                                       std::vector<std::vector<double>>(indices.size()));
  for (std::uint64_t block = 0; block < simulation.blocks(); ++block) {
    simulation.simulate(block, workspace, sums);
    const auto count = static_cast<std::ptrdiff_t>(
        std::min<std::uint64_t>(engine::block_patients, patients - block * engine::block_patients));
    for (std::size_t strategy = 0; strategy < programs.size(); ++strategy) {
      for (std::size_t i = 0; i < indices.size(); ++i) {
        const auto& undiscounted = workspace.lives[strategy][indices[i].value * engine::columns + 1];
        totals[strategy][i].insert(totals[strategy][i].end(), undiscounted.begin(), undiscounted.begin() + count);
      }
    }
  }
  return totals;
}

double quantile(std::vector<double> values, double p) {
  MYELIN_EXPECT(!values.empty() && p >= 0 && p <= 1);
  std::ranges::sort(values);
  const double place = p * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
}

double share_greater(std::span<const double> a, std::span<const double> b) {
  MYELIN_EXPECT(a.size() == b.size() && !a.empty());
  std::size_t greater = 0;
  for (std::size_t i = 0; i < a.size(); ++i) greater += a[i] > b[i] ? 1 : 0;
  return static_cast<double>(greater) / static_cast<double>(a.size());
}

double events_until(const engine::AmountsByTime& amounts, std::uint32_t cycles) {
  MYELIN_EXPECT(cycles <= amounts.event.size());
  double sum = amounts.start;
  for (std::uint32_t cycle = 0; cycle < cycles; ++cycle) sum += amounts.event[cycle];
  return sum;
}

}  // namespace myelin::study
