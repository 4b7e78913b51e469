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
