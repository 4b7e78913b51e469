#include "bench/benchmarks.hpp"
#include "engine/lanes.hpp"

namespace myelin::bench {

namespace {

constexpr std::uint64_t patients = 100 * engine::block_patients;  // as the microsimulation's iterations

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

}  // namespace

void register_reference(AnswerChecks& checks) {
  const auto add = [&checks](const char* name, auto live_patients) {
    benchmark::RegisterBenchmark(name, [&checks, live_patients](benchmark::State& state) {
      live(state, checks, live_patients);
    })->Unit(benchmark::kMillisecond);
  };
  add("reference/edss11_discrete_distribution", reference::live_by_discrete_distribution);
  add("reference/edss11_thresholds", reference::live_by_thresholds);
}

}  // namespace myelin::bench
