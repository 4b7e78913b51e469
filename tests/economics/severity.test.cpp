#include "economics/severity.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "program/timing.hpp"

namespace myelin::economics {
namespace {

/// The cut-offs of the NICE manual PMG36, section 6.2.
const std::vector<SeverityCutoff> nice{{12, 0.85, 1.2}, {18, 0.95, 1.7}};

std::vector<double> yearly_discount(std::size_t years, double rate) {
  std::vector<double> weights;
  for (std::size_t t = 0; t < years; ++t) weights.push_back(std::pow(1 + rate, -static_cast<double>(t)));
  return weights;
}

}  // namespace

TEST_CASE("shortfalls carry the weights of the NICE manual, cut-offs included") {
  struct Case {
    double general, standard_care, absolute, proportional, weight;
  };
  const Case cases[] = {{18.5, 7.0, 11.5, 0.6216216216216216, 1.0},
                        {18.5, 2.5, 16.0, 0.8648648648648649, 1.2},
                        {18.5, 0.8, 17.7, 0.9567567567567568, 1.7},
                        {22.0, 9.9, 12.1, 0.5499999999999999, 1.2},
                        {20.0, 2.0, 18.0, 0.9, 1.7},
                        {12.0, 1.8, 10.2, 0.85, 1.2}};
  for (const Case& each : cases) {
    const Severity severity = *assess_severity(each.general, each.standard_care, nice);
    CHECK(severity.absolute_shortfall == Approx(each.absolute).epsilon(1e-12).margin(0));
    CHECK(severity.proportional_shortfall == Approx(each.proportional).epsilon(1e-12).margin(0));
    CHECK(severity.weight == each.weight);
  }
}

TEST_CASE("a shortfall just short of a cut-off does not reach it, and the order of the cut-offs is irrelevant") {
  CHECK(assess_severity(30, 18.0001, nice)->weight == 1);
  CHECK(assess_severity(30, 18 + 1e-12, nice)->weight == 1.2);
  CHECK(assess_severity(10, 0.5001, nice)->weight == 1.2);
  CHECK(assess_severity(10, 0.5, std::vector<SeverityCutoff>{nice[1], nice[0]})->weight == 1.7);
  CHECK(assess_severity(10, 12, nice)->absolute_shortfall == -2);
  CHECK(assess_severity(10, 12, nice)->weight == 1);
  CHECK(assess_severity(10, 0, {})->weight == 1);
}

TEST_CASE("a weighted ICER counts the QALYs gained by the weight, and exists only where an ICER does") {
  CHECK(*weighted_icer(40000, 1.1, 1) == Approx(36363.63636363636).epsilon(1e-12));
  CHECK(*weighted_icer(40000, 1.1, 1.2) == Approx(30303.0303030303).epsilon(1e-12));
  CHECK(*weighted_icer(-6000, -0.5, 1.2) == Approx(10000).epsilon(1e-12));
  CHECK_FALSE(weighted_icer(-40000, 1.1, 1.2));
  CHECK_FALSE(weighted_icer(40000, -1.1, 1.2));
  CHECK_FALSE(weighted_icer(40000, 0, 1.2));
}

TEST_CASE("remaining QALYs of a mix of the sexes under the half-cycle convention") {
  const std::vector<PopulationPart> people{{"women", 0.75, {1, 0.9, 0.5}, {0.8, 0.7, 0.6}},
                                           {"men", 0.25, {1, 0.8, 0.2}, {0.9, 0.7, 0.5}}};
  // Each year at the mean of its start and end, discounted to its middle.
  const Timing mid_cycle{Years{1}, 2, DiscountTiming::mid, WithinCycleCorrection::life_table};
  const double first = std::pow(1.035, -0.5), second = std::pow(1.035, -1.5);
  const double women = first * (0.8 + 0.63) / 2 + second * (0.63 + 0.3) / 2;
  const double men = first * (0.9 + 0.56) / 2 + second * (0.56 + 0.1) / 2;
  const Weights weights = make_weights(mid_cycle, DiscountRate::constant(0.035));
  CHECK(*remaining_qalys(people, weights.point) == Approx(0.75 * women + 0.25 * men).epsilon(1e-14));
}

TEST_CASE("life years gained have the equal value that an independent calculation found") {
  const LifeCourse intervention{{1, 0.95, 0.9, 0.86, 0.8}, {0.7, 0.7, 0.69, 0.68, 0.66}};
  const LifeCourse comparator{{1, 0.93, 0.86, 0.79, 0.7}, {0.68, 0.65, 0.62, 0.6, 0.58}};
  const auto weights = yearly_discount(5, 0.03);
  const LifeYearsGained gained = *equal_value_of_life_years(intervention, comparator, weights, 0.851);
  CHECK(gained.life_years == Approx(0.21002993303979553).epsilon(1e-12));
  CHECK(gained.qalys == Approx(0.3712909006016575).epsilon(1e-12));
  CHECK(gained.equal_value == Approx(0.40821760536907725).epsilon(1e-12));

  const LifeYearsGained reverse = *equal_value_of_life_years(comparator, intervention, weights, 0.851);
  CHECK(reverse.qalys == Approx(-gained.qalys));
  CHECK(reverse.equal_value == reverse.qalys);
}

TEST_CASE("life years gained in the health that they are valued at are worth their QALYs") {
  const LifeCourse longer{{1, 0.9, 0.8}, {0.851, 0.851, 0.851}}, shorter{{1, 0.7, 0.4}, {0.8, 0.6, 0.4}};
  const auto weights = yearly_discount(3, 0.03);
  const LifeYearsGained gained = *equal_value_of_life_years(longer, shorter, weights, 0.851);
  CHECK(gained.equal_value == Approx(gained.qalys).epsilon(1e-14));
}

TEST_CASE("what is no survival, utility, share or cut-off is refused, all of it at once") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> weights{1, 1};
  CHECK(remaining_qalys(std::vector<PopulationPart>{{"women", 0.5, {1, 1.1}, {0.9, 2}}, {"men", 0.4, {0.8, 0.9}, {1}}},
                        weights)
            .error()
            .size() == 5);
  CHECK_FALSE(remaining_qalys({}, weights).has_value());
  CHECK_FALSE(remaining_qalys(std::vector<PopulationPart>{{"all", 1, {}, {}}}, {}).has_value());
  CHECK_FALSE(remaining_qalys(std::vector<PopulationPart>{{"all", 1, {1, 1}, {1, nan}}}, weights).has_value());
  CHECK(assess_severity(0, nan, std::vector<SeverityCutoff>{{12, 0.85, 0.5}}).error().size() == 3);
  const LifeCourse sound{{1, 0.5}, {0.8, 0.8}};
  CHECK(equal_value_of_life_years(sound, {{1}, {0.8}}, std::vector<double>{1, -1}, 0).error().size() == 3);
}

}  // namespace myelin::economics
