#include "engine/cohort.hpp"

#include <numeric>

#include "bench/benchmarks.hpp"
#include "bench/reference/edss11.hpp"
#include "engine/microsimulation.hpp"

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
}

}  // namespace myelin::bench
