#include "program/timing.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

using namespace myelin;
using Discount = DiscountTiming;
using Correction = WithinCycleCorrection;

namespace {

constexpr Discount all_timings[] = {Discount::start, Discount::mid, Discount::end, Discount::continuous};
constexpr Correction all_corrections[] = {Correction::start, Correction::end, Correction::trapezoid};

Timing timing(Discount discounting, Correction correction = Correction::trapezoid, double years = 1,
              std::uint32_t cycles = 5) {
  return {.cycle_length = {years}, .cycles = cycles, .discounting = discounting, .correction = correction};
}

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

/// The present value of one unit paid evenly from `from` to `to` years, by Simpson's rule.
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
  }
  return 0;
}

}  // namespace

TEST_CASE("discount factors are those of the textbook for every timing, rate and cycle length") {
  for (const Discount discounting : all_timings) {
    for (const double rate : {-0.01, 0.0, 0.015, 0.035, 0.06, 1.0}) {
      for (const double years : {1.0 / 12, 0.25, 1.0, 2.0}) {
        for (const std::uint32_t cycle : {0u, 1u, 7u, 60u}) {
          CAPTURE(static_cast<int>(discounting), rate, years, cycle);
          const double factor = discount_factor(timing(discounting, Correction::start, years), rate, cycle);
          CHECK(factor == Approx(textbook(discounting, rate, years, cycle)).epsilon(1e-11).margin(0));
        }
      }
    }
  }
}

TEST_CASE("a constant stream of 100 a year over five years at 3.5 % is worth what the reference cases say") {
  // Closed forms of the sums and of the integral; methods/cases/discounting.json of the project's reference cases.
  const auto worth = [](const Timing& chosen, double rate) {
    return 100 * chosen.cycle_length.value * sum(make_weights(chosen, rate).event);
  };
  const auto is = [](double value) { return Approx(value).epsilon(1e-12).margin(0); };
  CHECK(worth(timing(Discount::start), 0.035) == is(467.30792086122244));
  CHECK(worth(timing(Discount::mid), 0.035) == is(459.3386265230434));
  CHECK(worth(timing(Discount::end), 0.035) == is(451.50523754707496));
  CHECK(worth(timing(Discount::continuous), 0.035) == is(459.3612771933609));
  CHECK(worth(timing(Discount::continuous), std::expm1(0.035)) == is(458.69422637369325));  // force of interest 0.035
  CHECK(worth(timing(Discount::start, Correction::start, 1.0 / 12, 60), 0.035) == is(460.0200369349096));
  // The integral does not depend on how finely it is cut.
  CHECK(worth(timing(Discount::continuous, Correction::start, 1.0 / 12, 60), 0.035) == is(459.3612771933609));
  // One payment of 100 after two years at 3.5 %, 3 % and 1.5 %.
  CHECK(100 * discount_factor(timing(Discount::start), 0.035, 2) == is(93.35107003664031));
  CHECK(100 * discount_factor(timing(Discount::end), 0.03, 1) == is(94.25959091337543));
  CHECK(100 * discount_factor(timing(Discount::start, Correction::start, 0.5), 0.015, 4) == is(97.06617486471404));
}

TEST_CASE("at a rate of 0 every discount factor is exactly one") {
  for (const Discount discounting : all_timings) {
    for (const double years : {1.0 / 12, 1.0}) {
      for (std::uint32_t cycle = 0; cycle < 100; ++cycle) {
        CHECK(discount_factor(timing(discounting, Correction::start, years), 0, cycle) == 1);
      }
    }
  }
}

TEST_CASE("continuous discounting keeps its digits at rates next to 0") {
  // (1 - exp(-x)) / x = 1 - x / 2 + ...; at these rates the rest is below the last digit.
  for (const double rate : {1e-9, 1e-12, 1e-15}) {
    CHECK(discount_factor(timing(Discount::continuous), rate, 0) == Approx(1 - rate / 2).epsilon(1e-15).margin(0));
  }
}

TEST_CASE("event weights are the discount factors, whatever the within-cycle correction") {
  for (const Discount discounting : all_timings) {
    for (const Correction correction : all_corrections) {
      const Timing chosen = timing(discounting, correction, 0.25, 40);
      const Weights weights = make_weights(chosen, 0.035);
      REQUIRE(weights.event.size() == 40);
      for (std::uint32_t cycle = 0; cycle < 40; ++cycle) {
        CHECK(weights.event[cycle] == discount_factor(chosen, 0.035, cycle));
      }
      CHECK(sum(make_weights(chosen, 0).event) == 40);
    }
  }
}

TEST_CASE("state weights give each cycle's factor to the time points that value it") {
  for (const Discount discounting : all_timings) {
    for (const Correction correction : all_corrections) {
      for (const double rate : {0.0, 0.035}) {
        CAPTURE(static_cast<int>(discounting), static_cast<int>(correction), rate);
        const Timing chosen = timing(discounting, correction, 0.5, 6);
        const Weights weights = make_weights(chosen, rate);
        REQUIRE(weights.point.size() == 7);
        const double to_start = correction == Correction::start ? 1 : correction == Correction::end ? 0 : 0.5;
        for (std::uint32_t time = 0; time <= 6; ++time) {
          const double after = time < 6 ? textbook(discounting, rate, 0.5, time) : 0;
          const double before = time > 0 ? textbook(discounting, rate, 0.5, time - 1.0) : 0;
          CHECK(weights.point[time] == Approx(to_start * after + (1 - to_start) * before).epsilon(1e-11));
        }
        CHECK(sum(weights.point) == Approx(sum(weights.event)).epsilon(1e-14));
      }
    }
  }
}

TEST_CASE("without discounting the trapezoid's ends are halves") {
  for (const Discount discounting : all_timings) {
    CHECK(make_weights(timing(discounting), 0).point == std::vector<double>{0.5, 1, 1, 1, 1, 0.5});
    CHECK(make_weights(timing(discounting, Correction::start), 0).point == std::vector<double>{1, 1, 1, 1, 1, 0});
    CHECK(make_weights(timing(discounting, Correction::end), 0).point == std::vector<double>{0, 1, 1, 1, 1, 1});
  }
  CHECK(make_weights(timing(Discount::mid, Correction::trapezoid, 1, 1), 0).point == std::vector<double>{0.5, 0.5});
}

TEST_CASE("life-years of a three-state cohort by each within-cycle correction") {
  // Alive after 0 to 4 years with yearly probabilities of death of 5 % (mild) and 25 % (severe) and of worsening of 15
  // %; methods/cases/within_cycle_correction.json of the project's reference cases.
  const double alive[] = {1, 0.95, 0.8725, 0.782375, 0.68918125};
  const auto life_years = [&](Correction correction) {
    const Weights weights = make_weights(timing(Discount::mid, correction, 1, 4), 0);
    return std::inner_product(std::begin(alive), std::end(alive), weights.point.begin(), 0.0);
  };
  CHECK(life_years(Correction::start) == Approx(3.604875).epsilon(1e-12));
  CHECK(life_years(Correction::end) == Approx(3.29405625).epsilon(1e-12));
  CHECK(life_years(Correction::trapezoid) == Approx(3.449465625).epsilon(1e-12));
}

TEST_CASE("amounts before time point 0 are not discounted") {
  for (const Discount discounting : all_timings) CHECK(make_weights(timing(discounting), 0.035).start == 1);
}
