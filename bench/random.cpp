#include <fmt/format.h>

#include <numeric>

#include "bench/benchmarks.hpp"
#include "engine/kernels/instruction_set.hpp"
#include "engine/lanes.hpp"
#include "random/stream.hpp"

namespace myelin::bench {

namespace {

constexpr Seed seed{20261122};
constexpr StreamId stream = stream_id("progression");

struct Numbers {
  std::array<std::int32_t, engine::block_patients> slot{};
  std::array<std::uint32_t, cycles_per_block * engine::block_patients> number{};

  Numbers() { std::iota(slot.begin(), slot.end(), 0); }

  void fill(const engine::Kernels& kernels, std::uint64_t first_patient) {
    const PhiloxCounter counter = counter_of(stream, 0, PatientId{first_patient}, NoiseIndex{0});
    const engine::RandomSource source{counter[0], counter[1], counter[2], counter[3], {seed.key()[0], seed.key()[1]}};
    kernels.fill_random(engine::block_patients, source, slot.data(), number.data(), engine::block_patients);
  }

  /// What differs from the generator written for one counter at a time. Empty if nothing does.
  std::string problem() const {
    for (std::uint32_t cycle = 0; cycle < cycles_per_block; ++cycle) {
      for (std::size_t i = 0; i < engine::block_patients; ++i) {
        if (number[cycle * engine::block_patients + i] != random_31_bits(seed, stream, cycle, {i}, {0})) {
          return fmt::format("another number for patient {} in cycle {}", i, cycle);
        }
      }
    }
    return {};
  }
};

void fill(benchmark::State& state, AnswerChecks& checks, engine::InstructionSet set) {
  const engine::Kernels& kernels = engine::kernels_of(set);
  Numbers numbers;
  numbers.fill(kernels, 0);
  if (!checks.pass(state, numbers.problem())) return;
  std::uint64_t first_patient = 0;
  for (auto _ : state) {
    numbers.fill(kernels, first_patient += engine::block_patients);
    benchmark::DoNotOptimize(numbers.number.data());
    benchmark::ClobberMemory();
  }
  const auto drawn = static_cast<double>(state.iterations()) * static_cast<double>(numbers.number.size());
  state.counters["numbers_per_second"] = benchmark::Counter(drawn, benchmark::Counter::kIsRate);
}

}  // namespace

void register_random(AnswerChecks& checks) {
  const auto add = [&checks](const std::string& suffix, engine::InstructionSet set) {
    benchmark::RegisterBenchmark(("random/philox_fill" + suffix).c_str(),
                                 [&checks, set](benchmark::State& state) { fill(state, checks, set); });
  };
  add("", engine::best_instruction_set());
  for (const engine::InstructionSet set : engine::available_instruction_sets()) {
    add("/" + std::string(engine::name(set)), set);
  }
}

}  // namespace myelin::bench
