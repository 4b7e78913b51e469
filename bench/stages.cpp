#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <random>

#include "bench/benchmarks.hpp"
#include "economics/evppi.hpp"
#include "engine/conventions.hpp"
#include "results/collect.hpp"
#include "results/results.hpp"
#include "study/probabilistic.hpp"
#include "study/simulate.hpp"

/// \file
/// What a user waits for beside the engines: a whole run, its file, and an analysis of its draws.

namespace myelin::bench {

namespace {

constexpr std::uint64_t patients = 10 * 1024;
constexpr std::size_t draws = 200;

study::Plan make_plan(const ms::MsModel& model, const std::vector<std::string>& overrides) {
  return study::make_plan(
             {.scenario = std::filesystem::path(MYELIN_BASE_CASE), .overrides = overrides, .strategies = {}}, {&model})
      .value();
}

study::Execution one_thread() {
  study::Execution execution;
  execution.instruction_set = engine::best_instruction_set();
  execution.count_for_pricing = true;
  return execution;
}

/// From the scenario's text to the numbers of the base analysis.
void run(benchmark::State& state, AnswerChecks& checks, BaseCase& base_case) {
  const std::vector<std::string> overrides = {"analysis.engine=microsimulation",
                                              "analysis.patients=" + std::to_string(patients)};
  const auto simulate = [&] {
    const study::Plan plan = make_plan(base_case.model(), overrides);
    return study::simulate(plan, plan.analyses.front(), one_thread()).value().value();
  };
  const study::AnalysisOutput checked = simulate();
  std::string problem;
  for (std::size_t s = 0; s < checked.strategies.size(); ++s) {
    const study::Estimates& estimates = checked.strategies[s].outcomes;
    const std::size_t qaly = base_case.outcome("qaly").value * engine::columns;
    if (std::abs(estimates.mean[qaly] - base_case.means()[s][qaly]) > 5 * estimates.standard_error[qaly])
      problem = "QALYs are more than five standard errors from the cohort engine's";
  }
  if (!checks.pass(state, problem)) return;
  for (auto _ : state) benchmark::DoNotOptimize(simulate());
  state.counters["patients_per_second"] =
      benchmark::Counter(static_cast<double>(state.iterations() * patients), benchmark::Counter::kIsRate);
}

/// A run with draws, of few patients.
results::RunResults drawn_run(const ms::MsModel& model) {
  study::Plan plan = make_plan(
      model, {"analysis.engine=microsimulation", "analysis.patients=64", "analysis.draws=" + std::to_string(draws)});
  std::vector<study::AnalysisOutput> outputs;
  for (const study::PlannedAnalysis& analysis : plan.analyses)
    outputs.push_back(study::simulate(plan, analysis, one_thread()).value().value());
  auto drawn = study::simulate_draws(plan, plan.analyses.front(), *plan.draws, one_thread()).value();
  return results::collect(std::move(plan), std::move(outputs), std::move(drawn), std::nullopt);
}

enum class Direction { write, read };

void store(benchmark::State& state, AnswerChecks& checks, BaseCase& base_case, Direction direction) {
  const results::RunResults whole = drawn_run(base_case.model());
  const std::string path =
      (std::filesystem::temp_directory_path() / ("myelin_bench_" + std::to_string(::getpid()) + ".h5")).string();
  results::write(whole, path);
  const bool same = results::digest(results::read(path)) == results::digest(whole);
  if (checks.pass(state, same ? "" : "what is read is not what was written")) {
    for (auto _ : state) {
      if (direction == Direction::write) {
        results::write(whole, path);
      } else {
        benchmark::DoNotOptimize(results::read(path));
      }
    }
    state.counters["bytes_per_second"] = benchmark::Counter(
        static_cast<double>(state.iterations()) * static_cast<double>(std::filesystem::file_size(path)),
        benchmark::Counter::kIsRate);
  }
  std::filesystem::remove(path);
}

/// Net benefit b x + e of standard normal x and e: to know x is worth b / sqrt(2 pi).
void value_of_information(benchmark::State& state, AnswerChecks& checks) {
  constexpr Eigen::Index count = 10'000;
  constexpr double slope = 1000, threshold = 20'000;
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  economics::ParameterSample inputs{{"x"}, Eigen::MatrixXd(count, 1)};
  economics::DecisionSample sample{{"none", "drug"}, Eigen::MatrixXd::Zero(count, 2), Eigen::MatrixXd::Zero(count, 2)};
  for (Eigen::Index d = 0; d < count; ++d) {
    const double x = inputs.values(d, 0) = normal(random);
    sample.cost(d, 1) = -(slope * x + 500 * normal(random));
  }
  const std::array<double, 1> thresholds = {threshold};
  const std::array<std::size_t, 1> group = {0};
  const auto evppi = [&] {
    return economics::evppi(sample, thresholds, inputs, group,
                            {.method = economics::RegressionMethod::automatic, .seed = {1}})
        .value()
        .by_threshold.front();
  };
  const economics::Evppi checked = evppi();
  const double expected = slope / std::sqrt(2 * M_PI);
  const bool right = std::abs(checked.value - expected) < 5 * checked.standard_error;
  if (!checks.pass(state, right ? "" : "the value of information is not that of the normal model")) return;
  for (auto _ : state) benchmark::DoNotOptimize(evppi());
}

}  // namespace

void register_stages(AnswerChecks& checks, BaseCase& base_case) {
  benchmark::RegisterBenchmark("run/ms_base_case", [&](benchmark::State& state) {
    run(state, checks, base_case);
  })->Unit(benchmark::kMillisecond);
  for (const auto& [name, direction] :
       {std::pair("results/write", Direction::write), std::pair("results/read", Direction::read)}) {
    benchmark::RegisterBenchmark(name, [&checks, &base_case, way = direction](benchmark::State& state) {
      store(state, checks, base_case, way);
    })->Unit(benchmark::kMillisecond);
  }
  benchmark::RegisterBenchmark("analysis/evppi_10000_draws", [&](benchmark::State& state) {
    value_of_information(state, checks);
  })->Unit(benchmark::kMillisecond);
}

}  // namespace myelin::bench
