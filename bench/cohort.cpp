#include "engine/cohort.hpp"

#include <algorithm>
#include <numeric>
#include <string>

#include "bench/benchmarks.hpp"
#include "bench/reference/edss11.hpp"
#include "engine/microsimulation.hpp"
#include "program/builder.hpp"

namespace myelin::bench {

namespace {

using Programs = std::vector<Program>;
using Means = std::vector<std::vector<double>>;  ///< [strategy][outcome x 2 + column]

std::vector<engine::CohortEngine> make_engines(const Programs& programs) {
  std::vector<engine::CohortEngine> engines;
  for (const Program& program : programs) engines.push_back(engine::CohortEngine::make(program, {}, {}).value());
  return engines;
}

Means forward(const std::vector<engine::CohortEngine>& engines, const Programs& programs) {
  Means means;
  for (std::size_t i = 0; i < programs.size(); ++i) means.push_back(engines[i].forward(programs[i]).means);
  return means;
}

Means backward(const std::vector<engine::CohortEngine>& engines, const Programs& programs) {
  Means means;
  for (std::size_t i = 0; i < programs.size(); ++i) means.push_back(engines[i].backward(programs[i]));
  return means;
}

/// The published expectations of edss11 hold the engine to the outside world.
std::string problem_of_edss11() {
  const Programs programs{reference::make_edss11_program()};
  const std::vector<double> expected{reference::edss11::mean_cost, reference::edss11::mean_cost,
                                     reference::edss11::mean_qalys, reference::edss11::mean_qalys};
  const std::vector<engine::CohortEngine> engines = make_engines(programs);
  const std::string problem = problem_of_exact(forward(engines, programs).front(), expected);
  return problem.empty() ? problem_of_exact(backward(engines, programs).front(), expected) : problem;
}

/// Forward and backward share no arithmetic beyond the tables, so each checks the other.
std::string problem_of_base_case(const std::vector<engine::CohortEngine>& engines, BaseCase& base_case) {
  const Means means = backward(engines, base_case.analysis().programs);
  for (std::size_t strategy = 0; strategy < means.size(); ++strategy) {
    const std::string problem = problem_of_exact(means[strategy], base_case.means()[strategy]);
    if (!problem.empty()) return base_case.analysis().strategies[strategy] + ", backward: " + problem;
  }
  return {};
}

/// An exact expectation is that of one patient a strategy, who lives so many cycles of a year.
double cycles_lived(BaseCase& base_case) {
  const std::size_t value = base_case.outcome("life_years").value * engine::columns + 1;
  return std::accumulate(base_case.means().begin(), base_case.means().end(), 0.0,
                         [value](double sum, const std::vector<double>& means) { return sum + means[value]; });
}

/// Times `solve(engines, programs)` on the base case, once its answers are known to be right.
template <class Solve>
void time_base_case(benchmark::State& state, AnswerChecks& checks, BaseCase& base_case, Solve solve) {
  const Programs& programs = base_case.analysis().programs;
  const std::vector<engine::CohortEngine> engines = make_engines(programs);
  if (!checks.pass(state, problem_of_edss11()) || !checks.pass(state, problem_of_base_case(engines, base_case))) return;
  for (auto _ : state) benchmark::DoNotOptimize(solve(engines, programs));
  const auto solutions = static_cast<double>(state.iterations());
  report_speed(state, solutions * cycles_lived(base_case), solutions);
  std::uint64_t states = 0;
  for (const engine::CohortEngine& engine : engines) states += engine.states();
  state.counters["states"] = static_cast<double>(states);
}

/// Times `solve(engine, program)` for cost, QALYs and life years alone of one strategy of the base case.
template <class Solve>
void time_some_outcomes(benchmark::State& state, AnswerChecks& checks, BaseCase& base_case, const std::string& strategy,
                        Solve solve) {
  const std::vector<std::string>& strategies = base_case.analysis().strategies;
  const auto s = static_cast<std::size_t>(std::ranges::find(strategies, strategy) - strategies.begin());
  const Program& program = base_case.analysis().programs.at(s);
  const std::vector<OutcomeIndex> outcomes{base_case.outcome("cost"), base_case.outcome("qaly"),
                                           base_case.outcome("life_years")};
  const engine::CohortEngine engine = engine::CohortEngine::make(program, {}, {.outcomes = outcomes}).value();
  std::vector<double> got, expected;
  const std::vector<double> means = solve(engine, program);
  for (const OutcomeIndex outcome : outcomes) {
    for (std::size_t column = 0; column < engine::columns; ++column) {
      got.push_back(means[outcome.value * engine::columns + column]);
      expected.push_back(base_case.means()[s][outcome.value * engine::columns + column]);
    }
  }
  if (!checks.pass(state, problem_of_exact(got, expected))) return;
  for (auto _ : state) benchmark::DoNotOptimize(solve(engine, program));
  state.counters["states"] = static_cast<double>(engine.states());
}

/// Patients who take up one of `states` states and move to neighbours, for some cycles; nobody dies, so that a year of
/// each cycle is lived.
Program make_walk(std::size_t states, std::uint32_t cycles) {
  ProgramBuilder builder("walk", cycles);
  const int fine = 100, coarse = static_cast<int>(states) / fine;
  const AttributeIndex x = builder.state("x", numbered_levels(fine - 1), 0);
  const AttributeIndex y = builder.state("y", numbered_levels(coarse - 1), 0);
  const Weights weights{1, std::vector<double>(cycles + 1, 1.0), std::vector<double>(cycles, 1.0)};
  const OutcomeIndex years =
      builder.outcome("years", "years", "time in the cycles", weights, weights, DiscountedAs::nothing);
  const auto walk = [](AttributeIndex attribute, int levels) {
    return [attribute, levels](const Levels& now, Branches& branches) {
      const int level = now[attribute];
      branches.add(0.25, {std::max(0, level - 1)});
      branches.add(0.5, {level});
      branches.add(0.25, {std::min(levels - 1, level + 1)});
    };
  };
  const auto anywhere = [](int levels) {
    return [levels](const Levels&, Branches& branches) {
      for (int level = 0; level < levels; ++level) branches.add(1.0 / levels, {level});
    };
  };
  builder.draw(Phase::start, "enter x", {}, {x}, anywhere(fine));
  builder.draw(Phase::start, "enter y", {}, {y}, anywhere(coarse));
  builder.accrue(Phase::cycle, "years", years, {x, y}, [](const Levels&) { return 1.0; });
  builder.draw(Phase::cycle, "walk x", {x}, {x}, walk(x, fine));
  builder.draw(Phase::cycle, "walk y", {y}, {y}, walk(y, coarse));
  return builder.build().value();
}

/// A forward solution of range(0) states over range(1) cycles; the counter is the same for all if time is linear in
/// both.
void time_walk(benchmark::State& state, AnswerChecks& checks) {
  const auto cycles = static_cast<std::uint32_t>(state.range(1));
  const Program program = make_walk(static_cast<std::size_t>(state.range(0)), cycles);
  const engine::CohortEngine engine = engine::CohortEngine::make(program, {}, {}).value();
  const std::vector<double> years(2, static_cast<double>(cycles));
  if (!checks.pass(state, problem_of_exact(engine.forward(program).means, years))) return;
  for (auto _ : state) benchmark::DoNotOptimize(engine.forward(program));
  state.counters["ns_per_state_and_cycle"] =
      benchmark::Counter(static_cast<double>(state.range(0) * state.range(1)) * 1e-9,
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

}  // namespace

void register_cohort(AnswerChecks& checks, BaseCase& base_case) {
  const auto add = [&](const char* name, auto solve) {
    benchmark::RegisterBenchmark(name, [&checks, &base_case, solve](benchmark::State& state) {
      time_base_case(state, checks, base_case, solve);
    })->Unit(benchmark::kMillisecond);
  };
  add("cohort/ms_base_case", [](const std::vector<engine::CohortEngine>&, const Programs& programs) {
    return forward(make_engines(programs), programs);
  });
  add("cohort/ms_base_case/forward", forward);
  add("cohort/ms_base_case/backward", backward);
  for (const std::string strategy : {"ocrelizumab", "ahsct"}) {
    const auto add_some = [&](const std::string& name, auto solve) {
      benchmark::RegisterBenchmark(("cohort/cost_qalys_life_years/" + strategy + "/" + name).c_str(),
                                   [&checks, &base_case, strategy, solve](benchmark::State& state) {
                                     time_some_outcomes(state, checks, base_case, strategy, solve);
                                   })
          ->Unit(benchmark::kMillisecond);
    };
    add_some("forward",
             [](const engine::CohortEngine& engine, const Program& program) { return engine.forward(program).means; });
    add_some("backward",
             [](const engine::CohortEngine& engine, const Program& program) { return engine.backward(program); });
  }
  benchmark::RegisterBenchmark("cohort/walk", [&checks](benchmark::State& state) { time_walk(state, checks); })
      ->ArgNames({"states", "cycles"})
      ->ArgsProduct({{1'000, 4'000, 16'000, 64'000}, {25, 100}})
      ->Unit(benchmark::kMillisecond);
}

}  // namespace myelin::bench
