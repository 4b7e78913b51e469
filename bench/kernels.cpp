#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <numeric>
#include <random>

#include "bench/benchmarks.hpp"
#include "engine/kernels/instruction_set.hpp"
#include "engine/lanes.hpp"

/// \file
/// The loops that lives are made of, each by itself on data that stay in the cache: the floors beneath the engine.

namespace myelin::bench {

namespace {

constexpr int n = static_cast<int>(engine::block_patients);

/// Lanes with levels as mixed as those of the MS model: 60 rows, eleven outcomes, eight amounts a row.
struct Lanes {
  static constexpr int rows = 60, outcomes = 11, bits = 7, width = 8;
  engine::Column<std::uint8_t> phenotype{}, edss{}, effect{}, written{};
  engine::Column<std::int32_t> row{}, slot{}, found{};
  engine::Column<std::uint32_t> number{}, outcome{}, packed{};
  std::vector<std::uint32_t> entries, levels;
  std::vector<double> amounts, weights = std::vector<double>(width, 0.5), sums = std::vector<double>(n * width);
  std::vector<engine::Column<double>> columns{8}, others{8};

  Lanes() {
    std::mt19937 random(1);
    std::iota(slot.begin(), slot.end(), 0);
    for (std::size_t i = 0; i < engine::block_patients; ++i) {
      phenotype[i] = static_cast<std::uint8_t>(random() % 2);
      edss[i] = static_cast<std::uint8_t>(random() % 10);
      effect[i] = static_cast<std::uint8_t>(random() % 3);
      row[i] = 30 * phenotype[i] + 3 * edss[i] + effect[i];
      number[i] = static_cast<std::uint32_t>(random() >> 1);
      outcome[i] = static_cast<std::uint32_t>(random() % outcomes);
      for (std::size_t k = 0; k < 8; ++k) columns[k][i] = static_cast<double>(random() % 1000);
      for (std::size_t k = 0; k < 8; ++k) others[k][i] = static_cast<double>(random() % 1000);
    }
    for (int i = 0; i < rows << bits; ++i)
      entries.push_back(static_cast<std::uint32_t>(random() % outcomes) << (31 - bits) | (random() & 0xFFFF));
    for (int i = 0; i < rows * outcomes; ++i) levels.push_back(static_cast<std::uint32_t>(random()));
    for (int i = 0; i < rows * width; ++i) amounts.push_back(static_cast<double>(random() % 1000));
  }
};

/// A loop and how to see that it did what it is for.
struct Loop {
  const char* name;
  std::function<void(const engine::Kernels&, Lanes&)> run;
  std::function<bool(const Lanes&)> right;
};

std::vector<Loop> loops() {
  const auto all = [](const auto& right) {
    return [right](const Lanes& lanes) {
      for (std::size_t i = 0; i < engine::block_patients; ++i) {
        if (!right(lanes, i)) return false;
      }
      return true;
    };
  };
  return {
      {"row_of_three",
       [](const engine::Kernels& kernels, Lanes& lanes) {
         kernels.set_row_8(n, 0, 30, lanes.phenotype.data(), lanes.row.data());
         kernels.add_row_8(n, 3, lanes.edss.data(), lanes.row.data());
         kernels.add_row_8(n, 1, lanes.effect.data(), lanes.row.data());
       },
       all([](const Lanes& lanes, std::size_t i) {
         return lanes.row[i] == 30 * lanes.phenotype[i] + 3 * lanes.edss[i] + lanes.effect[i];
       })},
      {"sample_rows",
       [](const engine::Kernels& kernels, Lanes& lanes) {
         kernels.sample_rows(n, {lanes.entries.data(), Lanes::bits}, lanes.row.data(), lanes.number.data(),
                             lanes.outcome.data());
       },
       all([](const Lanes& lanes, std::size_t i) {
         const int shift = 31 - Lanes::bits;
         const std::uint32_t mask = (1U << shift) - 1, u = lanes.number[i];
         const std::uint32_t entry =
             lanes.entries[(static_cast<std::size_t>(lanes.row[i]) << Lanes::bits) + (u >> shift)];
         return lanes.outcome[i] == (entry >> shift) + ((u & mask) > (entry & mask) ? 1 : 0);
       })},
      {"look_up_levels",
       [](const engine::Kernels& kernels, Lanes& lanes) {
         kernels.look_up_levels(n, lanes.levels.data(), Lanes::outcomes, lanes.row.data(), lanes.outcome.data(),
                                lanes.packed.data());
       },
       all([](const Lanes& lanes, std::size_t i) {
         return lanes.packed[i] ==
                lanes.levels[static_cast<std::size_t>(lanes.row[i]) * Lanes::outcomes + lanes.outcome[i]];
       })},
      {"unpack",
       [](const engine::Kernels& kernels, Lanes& lanes) {
         kernels.unpack_8(n, lanes.packed.data(), 8, lanes.written.data());
       },
       all([](const Lanes& lanes, std::size_t i) {
         return lanes.written[i] == static_cast<std::uint8_t>(lanes.packed[i] >> 8);
       })},
      {"accrue_eight",
       [](const engine::Kernels& kernels, Lanes& lanes) {
         kernels.accrue_rows(n, Lanes::width, lanes.amounts.data(), lanes.row.data(), lanes.weights.data(),
                             lanes.sums.data(), lanes.slot.data());
       },
       all([](const Lanes& lanes, std::size_t i) {
         const double amount = lanes.amounts[static_cast<std::size_t>(lanes.row[i]) * Lanes::width];
         return std::fmod(lanes.sums[i * Lanes::width], amount / 2) == 0 || amount == 0;
       })},
      {"put_in_columns",
       [](const engine::Kernels& kernels, Lanes& lanes) {
         std::array<double*, 8> columns{};
         for (std::size_t k = 0; k < 8; ++k) columns[k] = lanes.columns[k].data();
         kernels.put_in_columns(n, Lanes::width, lanes.sums.data(), nullptr, columns.data());
       },
       all([](const Lanes& lanes, std::size_t i) { return lanes.columns[3][i] == lanes.sums[i * Lanes::width + 3]; })},
      {"moments_of_four",
       [](const engine::Kernels& kernels, Lanes& lanes) {
         std::array<const double*, 4> of{}, less{};
         for (std::size_t k = 0; k < 4; ++k) {
           of[k] = lanes.others[k].data();
           less[k] = lanes.others[k + 4].data();
         }
         kernels.moments(n, of.data(), less.data(), &lanes.weights[0], &lanes.weights[4]);
       },
       [](const Lanes& lanes) {
         double sum = 0;
         for (std::size_t i = 0; i < engine::block_patients; ++i) sum += lanes.others[1][i] - lanes.others[5][i];
         return std::abs(lanes.weights[1] - sum / n) < 1e-9;
       }},
      {"find_from_level",
       [](const engine::Kernels& kernels, Lanes& lanes) {
         lanes.found[0] = kernels.find_from_level(n, lanes.edss.data(), 9, lanes.found.data() + 1);
       },
       [](const Lanes& lanes) {
         return lanes.found[0] > 50 && lanes.edss[static_cast<std::size_t>(lanes.found[1])] == 9;
       }},
  };
}

void time_loop(benchmark::State& state, AnswerChecks& checks, const Loop& loop, engine::InstructionSet set) {
  const engine::Kernels& kernels = engine::kernels_of(set);
  Lanes lanes;
  loop.run(kernels, lanes);
  if (!checks.pass(state, loop.right(lanes) ? "" : fmt::format("'{}' gives another result", loop.name))) return;
  for (auto _ : state) {
    loop.run(kernels, lanes);
    benchmark::ClobberMemory();
  }
  state.counters["time_per_lane"] = benchmark::Counter(static_cast<double>(state.iterations()) * n,
                                                       benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

}  // namespace

void register_kernels(AnswerChecks& checks) {
  for (const Loop& loop : loops()) {
    for (const engine::InstructionSet set : engine::available_instruction_sets()) {
      benchmark::RegisterBenchmark(
          fmt::format("kernel/{}/{}", loop.name, engine::name(set)).c_str(),
          [&checks, loop, set](benchmark::State& state) { time_loop(state, checks, loop, set); });
    }
  }
}

}  // namespace myelin::bench
