#include "bench/benchmarks.hpp"
#include "models/markov/model.hpp"
#include "program/program.hpp"

namespace myelin::bench {

namespace {

std::vector<Program> compile(const Model& model, const study::PlannedAnalysis& analysis) {
  std::vector<Program> programs;
  for (const std::string& strategy : analysis.strategies)
    programs.push_back(model.compile(analysis.scenario.parameters, strategy).value());
  return programs;
}

/// Programs compiled again must be those that the study made, to the bit.
std::string problem_of(const std::vector<Program>& programs, const study::PlannedAnalysis& analysis) {
  for (std::size_t strategy = 0; strategy < programs.size(); ++strategy) {
    if (table_digest(programs[strategy]) != table_digest(analysis.programs[strategy])) {
      return "another program for " + analysis.strategies[strategy];
    }
  }
  return {};
}

void measure(benchmark::State& state, AnswerChecks& checks, const Model& model,
             const study::PlannedAnalysis& analysis) {
  if (!checks.pass(state, problem_of(compile(model, analysis), analysis))) return;
  for (auto _ : state) benchmark::DoNotOptimize(compile(model, analysis));
  state.counters["programs"] = static_cast<double>(analysis.programs.size());
  state.counters["seconds_per_program"] =
      benchmark::Counter(static_cast<double>(state.iterations() * analysis.programs.size()),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

}  // namespace

void register_compilation(AnswerChecks& checks, BaseCase& base_case) {
  benchmark::RegisterBenchmark("compile/ms_base_case", [&](benchmark::State& state) {
    measure(state, checks, base_case.model(), base_case.analysis());
  })->Unit(benchmark::kMillisecond);
  for (const char* name : {"ten_states", "ten_states_rates"}) {
    benchmark::RegisterBenchmark(("compile/markov_" + std::string(name)).c_str(), [&checks,
                                                                                   name](benchmark::State& state) {
      const markov::MarkovModel model;
      const auto plan =
          study::make_plan({.scenario = std::filesystem::path(MYELIN_BENCH_MODELS "/" + std::string(name) + ".toml"),
                            .overrides = {},
                            .strategies = {}},
                           {&model})
              .value();
      measure(state, checks, model, plan.analyses.front());
    })->Unit(benchmark::kMillisecond);
  }
}

}  // namespace myelin::bench
