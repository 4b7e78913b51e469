#include <fmt/format.h>

#include <exception>

#include "bench/benchmarks.hpp"

int main(int argc, char** argv) {
  using namespace myelin::bench;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  AnswerChecks checks;
  BaseCase base_case;
  register_microsimulation(checks, base_case);
  register_reference(checks, base_case);
  register_cohort(checks, base_case);
  register_compilation(checks, base_case);
  register_precision(checks, base_case);
  register_stages(checks, base_case);
  register_random(checks);
  register_kernels(checks);
  try {
    if (benchmark::RunSpecifiedBenchmarks() == 0) return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "myelin_bench: {}\n", error.what());
    return 3;
  }
  benchmark::Shutdown();
  return checks.all_passed() ? 0 : 1;
}
