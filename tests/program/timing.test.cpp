#include "program/timing.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

using namespace myelin;
using Discount = DiscountTiming;

namespace {

Timing timing(Discount discounting, double years = 1, std::uint32_t cycles = 5) {
  return {.cycle_length = {years},
          .cycles = cycles,
          .discounting = discounting,
          .correction = WithinCycleCorrection::start};
}

/// A rate in the first years and others from given years on.
DiscountRate schedule(double first, std::vector<DiscountRate::Step> later, bool compounded = true) {
  DiscountRate rate = DiscountRate::constant(first);
  rate.steps.insert(rate.steps.end(), later.begin(), later.end());
  rate.compounded = compounded;
  return rate;
}

/// The mean of (1 + rate)^-t for t from `from` to `to` years, by Simpson's rule.
double integral_mean(double rate_per_year, double from, double to) {
  constexpr int intervals = 1000;
  const double width = (to - from) / intervals;
  double total = 0;
  for (int i = 0; i <= intervals; ++i) {
    const int weight = i == 0 || i == intervals ? 1 : i % 2 == 1 ? 4 : 2;
    total += weight * std::pow(1 + rate_per_year, -(from + i * width));
  }
  return total / (3 * intervals);
}

/// The discount factor as a textbook has it.
double textbook(Discount discounting, double rate_per_year, double years, double cycle) {
  switch (discounting) {
    case Discount::start:
      return std::pow(1 + rate_per_year, -cycle * years);
    case Discount::mid:
      return std::pow(1 + rate_per_year, -(cycle + 0.5) * years);
    case Discount::end:
      return std::pow(1 + rate_per_year, -(cycle + 1) * years);
    case Discount::continuous:
      return integral_mean(rate_per_year, cycle * years, (cycle + 1) * years);
    case Discount::yearly:
      return std::pow(1 + rate_per_year, -std::floor(cycle * years + 1e-9));
  }
  return 0;
}

auto is(double value, double epsilon = 1e-12) { return Approx(value).epsilon(epsilon).margin(0); }

}  // namespace

TEST_CASE("discount factors are those of the textbook for every timing, rate and cycle length") {
  for (const auto& [name, discounting] : discount_timings()) {
    for (const double rate : {-0.01, 0.0, 0.015, 0.035, 0.06, 1.0}) {
      for (const double years : {1.0 / 12, 0.25, 1.0, 2.0}) {
        for (const std::uint32_t cycle : {0u, 1u, 7u, 60u}) {
          CAPTURE(name, rate, years, cycle);
          const double factor = discount_factor(timing(discounting, years), DiscountRate::constant(rate), cycle);
          CHECK(factor == is(textbook(discounting, rate, years, cycle), 1e-11));
        }
      }
    }
  }
}

TEST_CASE("a constant stream of 100 a year over five years at 3.5 % is worth what the closed forms say") {
  const auto worth = [](const Timing& chosen, const DiscountRate& rate) {
    const Weights weights = make_weights(chosen, rate);
    return 100 * chosen.cycle_length.value * std::accumulate(weights.event.begin(), weights.event.end(), 0.0);
  };
  const DiscountRate rate = DiscountRate::constant(0.035);
  CHECK(worth(timing(Discount::start), rate) == is(467.30792086122244));
  CHECK(worth(timing(Discount::mid), rate) == is(459.3386265230434));
  CHECK(worth(timing(Discount::end), rate) == is(451.50523754707496));
  CHECK(worth(timing(Discount::continuous), rate) == is(459.3612771933609));  // 100 (1 - 1.035^-5) / ln 1.035
  // A force of interest of 0.035: 100 (1 - exp(-5 x 0.035)) / 0.035.
  CHECK(worth(timing(Discount::continuous), schedule(0.035, {}, false)) == is(458.69422637369325));
  CHECK(worth(timing(Discount::yearly, 1.0 / 12, 60), rate) == is(467.3079208612222));
  CHECK(worth(timing(Discount::start, 1.0 / 12, 60), rate) == is(460.0200369349096));
  // The integral does not depend on how finely it is cut.
  CHECK(worth(timing(Discount::continuous, 1.0 / 12, 60), rate) == is(459.3612771933609));
}

TEST_CASE("one payment of 100 after two years is worth what the closed forms say at 3.5 %, 3 % and 1.5 %") {
  CHECK(100 * discount_factor(timing(Discount::start), DiscountRate::constant(0.035), 2) == is(93.35107003664031));
  CHECK(100 * discount_factor(timing(Discount::end), DiscountRate::constant(0.03), 1) == is(94.25959091337543));
  CHECK(100 * discount_factor(timing(Discount::start, 0.5), DiscountRate::constant(0.015), 4) == is(97.06617486471404));
}

TEST_CASE("at a rate of 0 every discount factor is exactly one") {
  for (const auto& [name, discounting] : discount_timings()) {
    for (const bool compounded : {false, true}) {
      for (std::uint32_t cycle = 0; cycle < 100; ++cycle) {
        CHECK(discount_factor(timing(discounting), schedule(0, {}, compounded), cycle) == 1);
        CHECK(discount_factor(timing(discounting, 1.0 / 12), schedule(0, {{Years{5}, 0}}, compounded), cycle) == 1);
      }
    }
  }
}

TEST_CASE("continuous discounting keeps its digits at rates next to 0") {
  // (1 - exp(-x)) / x = 1 - x / 2 + ...; at these rates the rest is below the last digit.
  for (const double rate : {1e-9, 1e-12, 1e-15}) {
    CHECK(discount_factor(timing(Discount::continuous), DiscountRate::constant(rate), 0) == is(1 - rate / 2, 1e-15));
  }
}

TEST_CASE("without compounding the factor is exp(-r t)") {
  const DiscountRate rate = schedule(0.035, {}, false);
  for (const std::uint32_t cycle : {0u, 1u, 23u, 119u}) {
    CHECK(discount_factor(timing(Discount::start, 0.25), rate, cycle) == is(std::exp(-0.035 * 0.25 * cycle)));
    CHECK(discount_factor(timing(Discount::mid, 0.25), rate, cycle) == is(std::exp(-0.035 * 0.25 * (cycle + 0.5))));
    CHECK(discount_factor(timing(Discount::yearly, 0.25), rate, cycle) == is(std::exp(-0.035 * (cycle / 4))));
  }
}

TEST_CASE("yearly discounting changes at whole years, however the cycle length is rounded") {
  const auto [cycles, years] =
      GENERATE(table<std::uint32_t, double>({{12, 1.0 / 12}, {12, 0.0833333333}, {52, 1.0 / 52}, {365, 1.0 / 365}}));
  const Timing chosen = timing(Discount::yearly, years);
  const DiscountRate rate = DiscountRate::constant(0.035);
  CHECK(discount_factor(chosen, rate, 0) == 1);
  for (std::uint32_t year = 1; year <= 100; ++year) {
    CAPTURE(cycles, year);
    CHECK(discount_factor(chosen, rate, year * cycles - 1) == is(std::pow(1.035, 1.0 - year)));
    CHECK(discount_factor(chosen, rate, year * cycles) == is(std::pow(1.035, -1.0 * year)));
  }
}

TEST_CASE("a cycle that begins before a whole year by more than rounding is discounted to the year before") {
  const Timing chosen = timing(Discount::yearly, 0.3333);
  CHECK(discount_factor(chosen, DiscountRate::constant(0.035), 3) == 1);
  CHECK(discount_factor(chosen, DiscountRate::constant(0.035), 4) == is(1 / 1.035));
}

TEST_CASE("cycles of two years are discounted to whole years too") {
  CHECK(discount_factor(timing(Discount::yearly, 2), DiscountRate::constant(0.035), 3) == is(std::pow(1.035, -6)));
  // A cycle of 0.7 years: the third begins at 1.4 years.
  CHECK(discount_factor(timing(Discount::yearly, 0.7), DiscountRate::constant(0.035), 2) == is(std::pow(1.035, -1)));
}

TEST_CASE("a schedule of equal steps is a constant rate") {
  for (const auto& [name, discounting] : discount_timings()) {
    for (const bool compounded : {false, true}) {
      for (const double years : {1.0 / 12, 0.7, 1.0, 10.0}) {
        for (const std::uint32_t cycle : {0u, 1u, 2u, 30u, 100u}) {
          CAPTURE(name, compounded, years, cycle);
          const DiscountRate steps =
              schedule(0.035, {{Years{0.4}, 0.035}, {Years{1.5}, 0.035}, {Years{30}, 0.035}}, compounded);
          CHECK(discount_factor(timing(discounting, years), steps, cycle) ==
                is(discount_factor(timing(discounting, years), schedule(0.035, {}, compounded), cycle), 1e-13));
        }
      }
    }
  }
}

TEST_CASE("under a schedule the factor is the product of its years' factors") {
  const DiscountRate rate = schedule(0.035, {{Years{30}, 0.03}, {Years{75}, 0.025}});
  const auto at = [&](Discount discounting, std::uint32_t year) {
    return discount_factor(timing(discounting), rate, year);
  };
  double product = 1;
  for (std::uint32_t year = 0; year < 120; ++year) {
    const double of_year = year < 30 ? 1.035 : year < 75 ? 1.03 : 1.025;
    CAPTURE(year);
    CHECK(at(Discount::start, year) == is(product));
    CHECK(at(Discount::yearly, year) == is(product));
    CHECK(at(Discount::mid, year) == is(product / std::sqrt(of_year)));
    CHECK(at(Discount::continuous, year) == is(product * integral_mean(of_year - 1, 0, 1)));
    product /= of_year;
    CHECK(at(Discount::end, year) == is(product));
  }
}

TEST_CASE("a rate can change within a cycle, more than once") {
  const DiscountRate rate = schedule(0.06, {{Years{2.25}, 0.01}, {Years{2.75}, 0}});
  const double first = std::pow(1.06, -2.25), second = first * std::pow(1.01, -0.5);
  CHECK(discount_factor(timing(Discount::mid), rate, 2) == is(first * std::pow(1.01, -0.25)));
  CHECK(discount_factor(timing(Discount::end), rate, 2) == is(second));
  CHECK(discount_factor(timing(Discount::end), rate, 50) == is(second));
  const double mean = 0.25 * integral_mean(0.06, 2, 2.25) + 0.5 * first * integral_mean(0.01, 0, 0.5) + 0.25 * second;
  CHECK(discount_factor(timing(Discount::continuous), rate, 2) == is(mean));
  // The same within one cycle of ten years, whose first 2.25 and last 7.25 years are those of above.
  const double of_ten = 2.25 * integral_mean(0.06, 0, 2.25) + 0.5 * first * integral_mean(0.01, 0, 0.5) + 7.25 * second;
  CHECK(discount_factor(timing(Discount::continuous, 10), rate, 0) == is(of_ten / 10));
}

TEST_CASE("amounts before time point 0 are not discounted") {
  for (const auto& [name, discounting] : discount_timings()) {
    CHECK(make_weights(timing(discounting), DiscountRate::constant(0.035)).start == 1);
  }
}
