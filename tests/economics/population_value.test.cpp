#include "economics/population_value.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

namespace myelin::economics {
namespace {

Population ten_years() { return {growing_incidence(1000, 0.02, 10), 0.035, Years{0}, 1}; }

}  // namespace

TEST_CASE("growing incidence multiplies from year to year") {
  CHECK(growing_incidence(1000, 0.5, 3) == std::vector<double>{1000, 1500, 2250});
  CHECK(growing_incidence(1000, -0.5, 3) == std::vector<double>{1000, 500, 250});
  CHECK(growing_incidence(1000, 0.5, 0).empty());
}

TEST_CASE("patients are discounted from the start of the first year") {
  CHECK(*discounted_patients({{100, 110, 121}, 0.1, Years{0}, 1}) == Approx(300).epsilon(1e-15));
  CHECK(*discounted_patients({{100, 110, 121}, 0, Years{0}, 1}) == 331);
  // The sum of a geometric series.
  const double ratio = 1.02 / 1.035;
  CHECK(*discounted_patients(ten_years()) == Approx(1000 * (1 - std::pow(ratio, 10)) / (1 - ratio)).epsilon(1e-13));
}

TEST_CASE("who comes before the delay is over or is not served does not count") {
  const auto after = [](double delay_years) {
    Population population = ten_years();
    population.delay.value = delay_years;
    return *discounted_patients(population);
  };
  const double third_year = 1000 * std::pow(1.02 / 1.035, 2);
  CHECK(after(2) - after(3) == Approx(third_year).epsilon(1e-12));
  CHECK(after(2) - after(2.25) == Approx(third_year / 4).epsilon(1e-12));
  CHECK(after(10) == 0);
  CHECK(after(12.5) == 0);
  Population half = ten_years();
  half.share_served = 0.5;
  CHECK(*discounted_patients(half) == Approx(after(0) / 2).epsilon(1e-15));
}

TEST_CASE("every mistake in a population is reported") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto refused = discounted_patients({{1, -1, nan}, -0.01, Years{nan}, 1.5});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().size() == 5);
  CHECK(refused.error()[0].problem == "the incidence of year 1 is no number of 0 or more: -1.000000");
  CHECK(discounted_patients({{}, 0, Years{0}, 1}).error().size() == 1);
  CHECK_FALSE(discounted_patients({growing_incidence(1, -3, 2), 0, Years{0}, 1}));
}

TEST_CASE("the value for the population is that of a patient times the patients, error included") {
  const Estimate value = population_value({250, 2}, 1000);
  CHECK(value.mean == 250000);
  CHECK(value.standard_error == 2000);
}

TEST_CASE("the best trial trades its information against its cost") {
  // EVSI 30 n / (n + 100): ENBS at 10,000 patients 300,000 n / (n + 100) - 10,000 - 400 n.
  std::vector<Trial> trials;
  for (const double n : {50.0, 100.0, 174.0, 400.0, 1000.0}) trials.push_back({n, {30 * n / (n + 100), 0.5}, 10000});
  const TrialValue value = *value_trials(trials, {10000, 400});
  CHECK(value.net_benefit[0].mean == Approx(70000).epsilon(1e-13));
  CHECK(value.net_benefit[1].mean == Approx(100000).epsilon(1e-13));
  CHECK(value.net_benefit[3].mean == Approx(70000).epsilon(1e-13));
  CHECK(value.net_benefit[0].standard_error == 5000);
  // The optimum is at sqrt(300,000 x 100 / 400) - 100 = 174.
  CHECK(value.best == 2u);
}

TEST_CASE("of equal trials the first is best, and none if none is worth its cost") {
  const Trial trial{100, {1, 0}, 1000}, free_trial{0, {0, 0}, 1000};
  CHECK(value_trials(std::vector<Trial>{free_trial, trial, trial}, {0, 5})->best == 1u);
  CHECK_FALSE(value_trials(std::vector<Trial>{trial}, {0, 10})->best);
  CHECK_FALSE(value_trials(std::vector<Trial>{trial}, {1, 10})->best);
  CHECK_FALSE(value_trials({}, {1, 10})->best);
}

TEST_CASE("every mistake in trials and their cost is reported") {
  const auto refused = value_trials(std::vector<Trial>{{-5, {1, 0}, 10}, {10, {1, 0}, 10}}, {-1, -2});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().size() == 3);
}

}  // namespace myelin::economics
