#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <random>

#include "engine/kernels/instruction_set.hpp"
#include "engine/moments.hpp"

using namespace myelin::engine;

namespace {

constexpr std::array lengths = {1, 7, 8, 15, 64, 65, 200};

}  // namespace

TEST_CASE("moments of four columns are to the bit those of each, on every instruction set") {
  std::mt19937_64 generator(1);
  std::normal_distribution<double> normal(1000, 300);
  std::array<std::vector<double>, 4> value, less;
  for (std::size_t c = 0; c < 4; ++c) {
    for (int i = 0; i < lengths.back(); ++i) {
      value[c].push_back(normal(generator));
      less[c].push_back(normal(generator));
    }
  }
  const std::array<const double*, 4> of = {value[0].data(), value[1].data(), value[2].data(), value[3].data()},
                                     without = {less[0].data(), less[1].data(), less[2].data(), less[3].data()};
  for (const InstructionSet set : available_instruction_sets()) {
    for (const int n : lengths) {
      CAPTURE(name(set), n);
      std::array<double, 4> mean{}, squares{}, mean_of_difference{}, squares_of_difference{};
      kernels_of(set).moments(n, of.data(), nullptr, mean.data(), squares.data());
      kernels_of(set).moments(n, of.data(), without.data(), mean_of_difference.data(), squares_of_difference.data());
      for (std::size_t c = 0; c < 4; ++c) {
        const auto count = static_cast<std::size_t>(n);
        const Moments one = moments_of({of[c], count}),
                      difference = moments_of_difference({of[c], count}, {without[c], count});
        CHECK(mean[c] == one.mean);
        CHECK(squares[c] == one.squares);
        CHECK(mean_of_difference[c] == difference.mean);
        CHECK(squares_of_difference[c] == difference.squares);
      }
    }
  }
}

TEST_CASE("lanes at or above a level, or with a bit, are found in order on every instruction set") {
  std::mt19937 generator(2);
  std::vector<std::uint8_t> level;
  std::vector<std::uint32_t> bits;
  for (int i = 0; i < lengths.back(); ++i) {
    level.push_back(static_cast<std::uint8_t>(generator()));
    bits.push_back(static_cast<std::uint32_t>(generator()));
  }
  constexpr std::uint32_t mask = 0x80001000;
  for (const InstructionSet set : available_instruction_sets()) {
    for (const int n : lengths) {
      for (const int first : {1, 127, 128, 250, 255}) {
        CAPTURE(name(set), n, first);
        std::vector<std::int32_t> high, marked, found(static_cast<std::size_t>(n));
        for (int i = 0; i < n; ++i) {
          if (level[static_cast<std::size_t>(i)] >= first) high.push_back(i);
          if ((bits[static_cast<std::size_t>(i)] & mask) != 0) marked.push_back(i);
        }
        found.resize(static_cast<std::size_t>(kernels_of(set).find_from_level(n, level.data(), first, found.data())));
        CHECK(found == high);
        found.assign(static_cast<std::size_t>(n), 0);
        found.resize(static_cast<std::size_t>(kernels_of(set).find_with_bits(n, bits.data(), mask, found.data())));
        CHECK(found == marked);
      }
    }
  }
}

TEST_CASE("few sums of a patient are added to lane by lane as by a plain loop, to the bit, on every instruction set") {
  std::mt19937 generator(3);
  std::uniform_real_distribution<double> amount(-1000, 1000);
  constexpr int levels = 11, base = 5;
  std::vector<std::uint8_t> level;
  std::vector<std::int32_t> row, slot;
  for (int i = 0; i < lengths.back(); ++i) {
    level.push_back(static_cast<std::uint8_t>(generator() % levels));
    row.push_back(base + 2 * level.back());
    slot.push_back(i);
  }
  std::shuffle(slot.begin(), slot.end(), generator);
  for (const std::size_t width : {1U, 2U, 4U}) {
    std::vector<double> amounts((base + 2 * levels) * width), weights(width);
    for (double& each : amounts) each = amount(generator);
    for (double& each : weights) each = amount(generator);
    for (const InstructionSet set : available_instruction_sets()) {
      for (const int n : lengths) {
        CAPTURE(name(set), n, width);
        const Kernels& kernels = kernels_of(set);
        std::vector<double> expected(static_cast<std::size_t>(n) * width, 1.5), by_rows = expected,
                                                                                by_levels = expected;
        for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
          for (std::size_t k = 0; k < width; ++k)
            expected[i * width + k] += weights[k] * amounts[static_cast<std::size_t>(row[i]) * width + k];
        }
        const int w = static_cast<int>(width);
        kernels.accrue_rows(n, w, amounts.data(), row.data(), weights.data(), by_rows.data(), nullptr);
        kernels.accrue_levels(n, w, amounts.data(), base, 2, level.data(), weights.data(), by_levels.data(), nullptr);
        CHECK(by_rows == expected);
        CHECK(by_levels == expected);
        std::vector<double> room(lengths.back()), columns(room.size() * width);
        std::vector<double*> column;
        for (std::size_t k = 0; k < width; ++k) column.push_back(&columns[k * room.size()]);
        kernels.put_in_columns(n, w, expected.data(), slot.data(), column.data());
        for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
          for (std::size_t k = 0; k < width; ++k) {
            if (column[k][slot[i]] != expected[i * width + k]) FAIL_CHECK("lane " << i << ", sum " << k);
          }
        }
      }
    }
  }
}

TEST_CASE("outcomes drawn into 8 bits are those drawn into 32, on every instruction set") {
  std::mt19937 generator(4);
  for (const int bits : {0, 4, 7, 9}) {
    // Entries of any kind: outcomes of up to seven bits, any thresholds, some buckets with more.
    constexpr int rows = 6, stride = 2, base = 1;
    const std::uint32_t shift = 31 - static_cast<std::uint32_t>(bits),
                        outcomes = std::min(100U, (1U << bits) - (bits == 0 ? 0U : 1U));
    std::vector<std::uint32_t> entries(static_cast<std::size_t>(base + stride * rows) << bits);
    for (std::uint32_t& entry : entries) {
      const bool crowded = bits > 0 && generator() % 16 == 0;
      const std::uint32_t outcome = generator() % outcomes, below = (1U << shift) - 1;
      entry = (crowded ? 0x80000000U | below : generator() & below) | outcome << shift;
      if (bits == 0) entry = generator() & 0x7FFFFFFFU;
    }
    const BucketTable table{entries.data(), bits};
    std::vector<std::uint8_t> level;
    std::vector<std::int32_t> row;
    std::vector<std::uint32_t> number;
    for (int i = 0; i < lengths.back(); ++i) {
      level.push_back(static_cast<std::uint8_t>(generator() % rows));
      row.push_back(base + stride * level.back());
      number.push_back(generator() >> 1);
    }
    for (const InstructionSet set : available_instruction_sets()) {
      for (const int n : lengths) {
        CAPTURE(name(set), n, bits);
        const Kernels& kernels = kernels_of(set);
        const auto count = static_cast<std::size_t>(n);
        std::vector<std::uint32_t> wide(count);
        std::vector<std::uint8_t> expected(count), by_rows(count), by_levels(count);
        const std::uint32_t any = kernels.sample_rows(n, table, row.data(), number.data(), wide.data());
        for (std::size_t i = 0; i < count; ++i) {
          const bool crowded = bits > 0 && (wide[i] >> bits) != 0;
          expected[i] = static_cast<std::uint8_t>(crowded ? 0x80 | (wide[i] & ((1U << bits) - 1)) : wide[i]);
        }
        CHECK(kernels.sample_rows_to_8(n, table, row.data(), number.data(), by_rows.data()) == any);
        CHECK(kernels.sample_levels_to_8(n, table, base, stride, level.data(), number.data(), by_levels.data()) == any);
        CHECK(by_rows == expected);
        CHECK(by_levels == expected);
      }
    }
  }
}
