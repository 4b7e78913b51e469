#include "economics/accruals.hpp"

#include <catch2/catch.hpp>
#include <numeric>

using namespace myelin;
using namespace myelin::economics;
using engine::AmountsByTime;
using results::AnalysisResult;

namespace {

/// A total of two outcomes over four half-years: amounts at time points, and of what happens in a cycle.
AnalysisResult two_years(WithinCycleCorrection correction) {
  AnalysisResult analysis;
  analysis.timing = {.cycle_length = Years{0.5}, .cycles = 4, .correction = correction};
  analysis.discount_cost = DiscountRate::constant(0.1);
  analysis.outcomes = {{.name = "cost.care", .unit = "", .description = "", .discounted_as = DiscountedAs::cost},
                       {.name = "cost.visits", .unit = "", .description = "", .discounted_as = DiscountedAs::cost},
                       {.name = "cost",
                        .unit = "",
                        .description = "",
                        .discounted_as = DiscountedAs::cost,
                        .event_weight = EventWeight::cycle,
                        .parts = {0, 1}}};
  results::StrategyResult strategy;
  strategy.amounts = {AmountsByTime{100, {10, 8, 6, 4, 2}, {0, 0, 0, 0}},
                      AmountsByTime{7, {0, 0, 0, 0, 0}, {1, 2, 3, 4}}, std::nullopt};
  analysis.strategies = {strategy};
  return analysis;
}

constexpr StrategyOutcome total{0, 2};

}  // namespace

TEST_CASE("a total accrues what its parts do, however deep they lie") {
  AnalysisResult analysis = two_years(WithinCycleCorrection::start);
  CHECK(accruing_outcomes(analysis, 0) == std::vector<std::size_t>{0});
  CHECK(accruing_outcomes(analysis, 2) == std::vector<std::size_t>{0, 1});
  analysis.outcomes.push_back(analysis.outcomes[2]);
  analysis.outcomes[3].parts = {2, 1};
  CHECK(accruing_outcomes(analysis, 3) == std::vector<std::size_t>{0, 1, 1});
  CHECK(amount_at_start(analysis, total) == 107);
  CHECK(knows_amounts(analysis, total));
  analysis.strategies[0].amounts[1].reset();
  CHECK_FALSE(knows_amounts(analysis, total));
  CHECK(knows_amounts(analysis, {0, 0}));
}

TEST_CASE("amounts by year follow the within-cycle correction and are not discounted") {
  using Values = std::vector<double>;
  CHECK(amounts_by_year(two_years(WithinCycleCorrection::start), total, 2) == Values{10 + 8 + 1 + 2, 6 + 4 + 3 + 4});
  CHECK(amounts_by_year(two_years(WithinCycleCorrection::end), total, 2) == Values{8 + 6 + 1 + 2, 4 + 2 + 3 + 4});
  const Values means = {9 + 7 + 1 + 2, 5 + 3 + 3 + 4};
  for (const auto correction : {WithinCycleCorrection::life_table, WithinCycleCorrection::trapezoid,
                                WithinCycleCorrection::simpson, WithinCycleCorrection::none})
    CHECK(amounts_by_year(two_years(correction), total, 2) == means);
  CHECK(amounts_by_year(two_years(WithinCycleCorrection::start), total, 1).size() == 1);
  CHECK(amounts_by_year(two_years(WithinCycleCorrection::start), total, 9).size() == 2);
}

TEST_CASE("what is counted at a cycle's end belongs to its year") {
  AnalysisResult analysis = two_years(WithinCycleCorrection::end);
  analysis.outcomes[1].event_weight = EventWeight::next_point;
  CHECK(amounts_by_year(analysis, {0, 1}, 2) == std::vector<double>{1 + 2, 3 + 4});
  analysis.outcomes[0].state_weight = StateWeight::at_start;
  CHECK(amounts_by_year(analysis, {0, 0}, 2) == std::vector<double>{0, 0});
  analysis.outcomes[0].state_weight = StateWeight::at_end;
  CHECK(amounts_by_year(analysis, {0, 0}, 2) == std::vector<double>{8 + 6, 4 + 2});
}

TEST_CASE("a cycle that the end of a year divides counts in proportion") {
  AnalysisResult analysis = two_years(WithinCycleCorrection::start);
  analysis.timing.cycle_length = Years{0.75};
  const std::vector<double> years = amounts_by_year(analysis, {0, 0}, 9);
  REQUIRE(years.size() == 3);
  CHECK(years[0] == Approx(10 + 8 / 3.0).epsilon(1e-14));
  CHECK(years[1] == Approx(8 * 2 / 3.0 + 6 * 2 / 3.0).epsilon(1e-14));
  CHECK(years[2] == Approx(6 / 3.0 + 4).epsilon(1e-14));
  // Twelfths are rounded when written: twelve of them are a year.
  analysis.timing.cycle_length = Years{0.0833333};
  analysis.timing.cycles = 12;
  analysis.strategies[0].amounts[0] = AmountsByTime{0, std::vector<double>(13, 1.0), std::vector<double>(12)};
  CHECK(amounts_by_year(analysis, {0, 0}, 9) == std::vector<double>{12});
}

TEST_CASE("discounted weights are those of the outcome's rate") {
  const AnalysisResult analysis = two_years(WithinCycleCorrection::start);
  const Weights expected = make_weights(analysis.timing, DiscountRate::constant(0.1));
  CHECK(discounted_weights(analysis, 0).point == expected.point);
  CHECK(expected.point[3] < 0.9);
}
