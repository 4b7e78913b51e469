#include <boost/random/beta_distribution.hpp>
#include <boost/random/gamma_distribution.hpp>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_01.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <set>

#include "random/stream.hpp"
#include "support/statistics.hpp"

using namespace myelin;

namespace {

constexpr int sample_size = 1000000;

struct Moments {
  double mean, variance, kurtosis;  ///< kurtosis not in excess: 3 for the normal distribution
};

struct Fit {
  bool mean, variance;
};

/// Whether the first two moments of a sample are those of the distribution, as two of `comparisons`.
template <class Engine, class Distribution>
Fit fit(Engine engine, Distribution distribution, const Moments& expected, std::size_t comparisons) {
  double sum = 0, squares = 0;
  for (int i = 0; i < sample_size; ++i) {
    const double deviation = distribution(engine) - expected.mean;
    sum += deviation;
    squares += deviation * deviation;
  }
  const double sd = std::sqrt(expected.variance), root_n = std::sqrt(sample_size);
  return {test::stat_check(expected.mean + sum / sample_size, expected.mean, sd / root_n, comparisons),
          test::stat_check(squares / sample_size, expected.variance,
                           expected.variance * std::sqrt(expected.kurtosis - 1) / root_n, comparisons)};
}

/// A generator that is wrong on purpose: two numbers in a hundred lie in the upper half whatever they were.
class BiasedEngine {
 public:
  using result_type = std::uint32_t;
  static constexpr bool has_fixed_range = true;
  static constexpr result_type min() { return PhiloxEngine::min(); }
  static constexpr result_type max() { return PhiloxEngine::max(); }
  explicit BiasedEngine(PhiloxEngine engine) : engine_(engine) {}
  result_type operator()() {
    const result_type number = engine_();
    return number % 50 == 0 ? number | 0x80000000u : number;
  }

 private:
  PhiloxEngine engine_;
};

constexpr Moments uniform_moments{0.5, 1.0 / 12, 1.8};
constexpr Moments normal_moments{2, 9, 3};
constexpr Moments gamma_moments{2.5 * 0.4, 2.5 * 0.4 * 0.4, 3 + 6 / 2.5};
// Beta(2, 6): mean a/(a+b), variance ab/((a+b)^2 (a+b+1)), excess kurtosis 6[(a-b)^2 (a+b+1) -
// ab(a+b+2)]/[ab(a+b+2)(a+b+3)].
constexpr Moments beta_moments{0.25, 12.0 / (64 * 9), 3 + 6.0 * (16 * 9 - 12 * 10) / (12 * 10 * 11)};

PhiloxEngine engine(std::uint32_t index) { return {{2026}, stream_id("distributions"), index}; }

}  // namespace

TEST_CASE("the engine is a generator in the sense of the standard and of Boost") {
  STATIC_REQUIRE(std::uniform_random_bit_generator<PhiloxEngine>);
  STATIC_REQUIRE(PhiloxEngine::min() == 0);
  STATIC_REQUIRE(PhiloxEngine::max() == 0xffffffffu);
}

TEST_CASE("the engine runs through the blocks of (seed, stream, index) in order") {
  const Seed seed{0x1122334455667788};
  PhiloxEngine numbers(seed, {0xaabbccdd}, 9);
  for (std::uint32_t block = 0; block < 5; ++block) {
    CAPTURE(block);
    for (const std::uint32_t expected : philox4x32({block, 0, 9, 0xaabbccdd}, seed.key())) CHECK(numbers() == expected);
  }
}

TEST_CASE("engines that differ in seed, stream or index give different numbers") {
  std::set<std::uint32_t> first;
  for (PhiloxEngine one : {PhiloxEngine({1}, {2}, 3), PhiloxEngine({2}, {2}, 3), PhiloxEngine({1}, {3}, 3),
                           PhiloxEngine({1}, {2}, 4), PhiloxEngine({1 + (std::uint64_t{1} << 32)}, {2}, 3)}) {
    first.insert(one());
  }
  CHECK(first.size() == 5);
}

TEST_CASE("Boost's distributions on the engine have the right means and variances") {
  // Eight comparisons of a million numbers each find, with a probability of 99.9 %, a mean that is wrong by 0.009
  // standard deviations, and a variance that is wrong by 0.8 % (uniform) to 1.9 % (gamma).
  constexpr std::size_t comparisons = 8;
  REQUIRE(test::detectable_in_standard_errors(comparisons) / std::sqrt(sample_size) < 0.0095);
  const Fit fits[] = {
      fit(engine(0), boost::random::uniform_01<double>(), uniform_moments, comparisons),
      fit(engine(1), boost::random::normal_distribution<double>(2, 3), normal_moments, comparisons),
      fit(engine(2), boost::random::gamma_distribution<double>(2.5, 0.4), gamma_moments, comparisons),
      fit(engine(3), boost::random::beta_distribution<double>(2, 6), beta_moments, comparisons),
  };
  for (const Fit& one : fits) {
    CHECK(one.mean);
    CHECK(one.variance);
  }

  // The twin that must fail: its uniform numbers have a mean of 0.505, 0.017 standard deviations too high.
  CHECK_FALSE(fit(BiasedEngine(engine(0)), boost::random::uniform_01<double>(), uniform_moments, comparisons).mean);
}
