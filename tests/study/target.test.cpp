#include "study/target.hpp"

#include <boost/math/distributions/binomial.hpp>
#include <catch2/catch.hpp>
#include <cmath>

using namespace myelin::study;

TEST_CASE("The exact binomial interval has its published values", "[study]") {
  // Clopper and Pearson's limits as R's binom.test gives them for 682 of 925 (example of its manual) and 5 of 10.
  const Interval mendel = exact_binomial_interval(682, 925, 0.95);
  CHECK(mendel.low == Approx(0.7076683).epsilon(1e-6));
  CHECK(mendel.high == Approx(0.7654066).epsilon(1e-6));
  const Interval half = exact_binomial_interval(5, 10, 0.95);
  CHECK(half.low == Approx(0.1870860).epsilon(1e-6));
  CHECK(half.high == Approx(0.8129140).epsilon(1e-6));
}

TEST_CASE("The exact binomial interval of none and of all has a closed form", "[study]") {
  const Interval none = exact_binomial_interval(0, 30, 0.95), all = exact_binomial_interval(30, 30, 0.95);
  CHECK(none.low == 0);
  CHECK(none.high == Approx(1 - std::pow(0.025, 1.0 / 30)));
  CHECK(all.low == Approx(std::pow(0.025, 1.0 / 30)));
  CHECK(all.high == 1);
}

TEST_CASE("The ends of an exact binomial interval cut its tails off", "[study]") {
  using boost::math::binomial;
  for (const double level : {0.8, 0.95, 0.99}) {
    const Interval interval = exact_binomial_interval(7, 40, level);
    CHECK(cdf(complement(binomial(40, interval.low), 6)) == Approx((1 - level) / 2));
    CHECK(cdf(binomial(40, interval.high), 7) == Approx((1 - level) / 2));
  }
}

TEST_CASE("A standard error is what makes a normal interval of its level", "[study]") {
  CHECK(standard_error_of({1, 1 + 2 * 1.959964}, 0.95) == Approx(1).epsilon(1e-6));
  CHECK(standard_error_of({-1.281552, 1.281552}, 0.8) == Approx(1).epsilon(1e-6));
}

TEST_CASE("Intervals contain their ends, and meet where they touch", "[study]") {
  const Interval interval{1, 2};
  CHECK(interval.contains(1));
  CHECK(interval.contains(2));
  CHECK_FALSE(interval.contains(2.001));
  CHECK(interval.overlaps({2, 3}));
  CHECK(interval.overlaps({0, 5}));
  CHECK_FALSE(interval.overlaps({2.001, 3}));
  CHECK_FALSE(interval.overlaps({0, 0.999}));
}
