#include "bench/benchmarks.hpp"
#include "program/program.hpp"

namespace myelin::bench {

namespace {

std::vector<Program> compile(BaseCase& base_case) {
  const study::PlannedAnalysis& analysis = base_case.analysis();
  std::vector<Program> programs;
  for (const std::string& strategy : analysis.strategies) {
    programs.push_back(base_case.model().compile(analysis.scenario.parameters, strategy).value());
  }
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

}  // namespace

void register_compilation(AnswerChecks& checks, BaseCase& base_case) {
  benchmark::RegisterBenchmark("compile/ms_base_case", [&](benchmark::State& state) {
    if (!checks.pass(state, problem_of(compile(base_case), base_case.analysis()))) return;
    for (auto _ : state) benchmark::DoNotOptimize(compile(base_case));
    state.counters["programs"] = static_cast<double>(base_case.analysis().programs.size());
  })->Unit(benchmark::kMillisecond);
}

}  // namespace myelin::bench
