#include <fmt/format.h>

#include <cmath>

#include "bench/benchmarks.hpp"
#include "bench/reference/ms_patients.hpp"
#include "engine/lanes.hpp"
#include "engine/moments.hpp"

namespace myelin::bench {

namespace {

constexpr std::uint64_t patients = 100 * engine::block_patients;  // as the microsimulation's iterations
constexpr std::uint64_t ms_patients = 4 * engine::block_patients, checked_ms_patients = 40 * engine::block_patients;
constexpr double most_standard_errors = 5;

void live(benchmark::State& state, AnswerChecks& checks,
          reference::Edss11Totals (*live_patients)(std::uint64_t patients, std::uint64_t seed)) {
  std::uint64_t seed = 0;
  if (!checks.pass(state, problem_of(live_patients(checked_patients, seed)))) return;
  std::uint64_t cycles_lived = 0;
  for (auto _ : state) {
    const reference::Edss11Totals totals = live_patients(patients, ++seed);
    cycles_lived += totals.cycles_lived;
    benchmark::DoNotOptimize(totals.cost + totals.qalys);
  }
  report_speed(state, static_cast<double>(cycles_lived), static_cast<double>(seed * patients));
}

/// What is wrong with a strategy's discounted cost or QALYs (`each`, of a patient; `sum`, over as many other patients).
std::string problem_of(std::span<const double> each, double sum, double expected) {
  const engine::Moments moments = engine::moments_of(each);
  for (const double mean : {moments.mean, sum / static_cast<double>(each.size())}) {
    if (!(std::abs(mean - expected) <= most_standard_errors * moments.standard_error()))
      return fmt::format("mean {:.6g} (standard error {:.2g}), not {:.6g}; ", mean, moments.standard_error(), expected);
  }
  return {};
}

/// What is wrong with a strategy of the base case: both ways of living patients against the cohort engine.
std::string problem_of(const reference::MsTables& tables, BaseCase& base_case, const std::vector<double>& expected) {
  std::vector<reference::CostQaly> lives(checked_ms_patients);
  reference::live_for_cost_and_qalys(tables, 1, lives);
  const reference::MsTotals totals = reference::live_for_all_outcomes(tables, 2, checked_ms_patients);
  std::vector<double> costs, qalys;
  for (const reference::CostQaly& life : lives) {
    costs.push_back(life.cost);
    qalys.push_back(life.qaly);
  }
  const std::size_t cost = base_case.outcome("cost").value * engine::columns,
                    qaly = base_case.outcome("qaly").value * engine::columns;
  return problem_of(costs, totals.outcomes[cost], expected[cost]) +
         problem_of(qalys, totals.outcomes[qaly], expected[qaly]);
}

/// All strategies of the base case of the MS model, all outcomes.
void live_ms(benchmark::State& state, AnswerChecks& checks, BaseCase& base_case) {
  const std::vector<Program>& programs = base_case.analysis().programs;
  const std::vector<reference::MsTables> strategies(programs.begin(), programs.end());
  std::string problem;
  for (std::size_t i = 0; i < strategies.size(); ++i)
    problem += problem_of(strategies[i], base_case, base_case.means()[i]);
  if (!checks.pass(state, problem)) return;
  std::uint32_t seed = 1000;
  std::uint64_t cycles_lived = 0;
  for (auto _ : state) {
    for (const reference::MsTables& strategy : strategies) {
      const reference::MsTotals totals = reference::live_for_all_outcomes(strategy, ++seed, ms_patients);
      cycles_lived += totals.cycles_lived;
      benchmark::DoNotOptimize(totals.outcomes.data());
    }
  }
  report_speed(state, static_cast<double>(cycles_lived),
               static_cast<double>(static_cast<std::uint64_t>(state.iterations()) * ms_patients));
}

}  // namespace

void register_reference(AnswerChecks& checks, BaseCase& base_case) {
  const auto add = [&checks](const char* name, auto live_patients) {
    benchmark::RegisterBenchmark(name, [&checks, live_patients](benchmark::State& state) {
      live(state, checks, live_patients);
    })->Unit(benchmark::kMillisecond);
  };
  add("reference/edss11_discrete_distribution", reference::live_by_discrete_distribution);
  add("reference/edss11_thresholds", reference::live_by_thresholds);
  benchmark::RegisterBenchmark("reference/ms", [&checks, &base_case](benchmark::State& state) {
    live_ms(state, checks, base_case);
  })->Unit(benchmark::kMillisecond);
}

}  // namespace myelin::bench
