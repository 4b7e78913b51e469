#include "economics/conventions.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "example_conventions.hpp"

namespace myelin::economics {
namespace {

using results::AnalysisResult;

const ConventionRow& row_of(const ConventionAnalysis& conventions, const std::string& correction,
                            const std::string& timing) {
  for (const ConventionRow& row : conventions.rows) {
    if (row.name.within_cycle_correction == correction && row.name.discount_timing == timing) return row;
  }
  FAIL("no row " << correction << ", " << timing);
  throw;
}

/// What one unit a year is worth at time `years` under the example's rate of costs.
double factor(double years) { return std::pow(1.1, -years); }

}  // namespace

TEST_CASE("every convention puts the weights on the amounts that its name says") {
  // The first strategy pays 1 before time point 0, 100, 80 and 60 at the time points and 10 and 20 in the two cycles.
  const auto conventions = *analyse_conventions(example_by_time(), {}, 0);
  const auto cost = [&](const char* correction, const char* timing) {
    return row_of(conventions, correction, timing).strategies[0].cost;
  };
  // Undiscounted sums of state amounts would be 240, 180, 140, 160, 160 and 160; here each time point and event has its
  // factor.
  const double events_start = 10 * factor(0) + 20 * factor(1);
  CHECK(cost("none", "start") == Approx(1 + 100 * factor(0) + 80 * factor(1) + 60 * factor(2) + events_start));
  CHECK(cost("start", "start") == Approx(1 + 100 * factor(0) + 80 * factor(1) + events_start));
  CHECK(cost("end", "start") == Approx(1 + 80 * factor(0) + 60 * factor(1) + events_start));
  CHECK(cost("trapezoid", "start") == Approx(1 + 50 * factor(0) + 80 * factor(1) + 30 * factor(2) + events_start));
  CHECK(cost("life_table", "start") == Approx(1 + 90 * factor(0) + 70 * factor(1) + events_start));
  CHECK(cost("simpson", "start") ==
        Approx(1 + (100 * factor(0) + 4 * 80 * factor(1) + 60 * factor(2)) / 3 + events_start));
  const double events_mid = 10 * factor(0.5) + 20 * factor(1.5);
  CHECK(cost("life_table", "mid") == Approx(1 + 90 * factor(0.5) + 70 * factor(1.5) + events_mid));
  CHECK(cost("end", "end") == Approx(1 + 80 * factor(1) + 60 * factor(2) + 10 * factor(1) + 20 * factor(2)));
  const double log_rate = std::log(1.1), mean_of_year = (1 - factor(1)) / log_rate;
  CHECK(cost("start", "continuous") == Approx(1 + mean_of_year * (100 + 10 + (80 + 20) * factor(1))));
  CHECK(cost("start", "yearly") == Approx(cost("start", "start")));
  CHECK(conventions.rows.size() == 30);
  CHECK(conventions.left_out.empty());
}

TEST_CASE("QALYs sum their parts, each with its own event weight and its own rate") {
  // qaly = patient (0.9, 0.8, 0.7 at the time points) + loss (-0.1 and -0.2 in the cycles, weighed as the next time
  // point); health is discounted at nothing in the first year and at 5 % from then on.
  const auto conventions = *analyse_conventions(example_by_time(), {}, 0);
  const auto qaly = [&](const char* correction, const char* timing) {
    return row_of(conventions, correction, timing).strategies[0].qaly;
  };
  CHECK(qaly("trapezoid", "start") == Approx(0.45 + 0.8 + 0.35 / 1.05 - 0.1 - 0.2 / 2 / 1.05));
  CHECK(qaly("start", "end") == Approx(0.9 + 0.8 / 1.05 - 0.1 / 1.05));
  CHECK(qaly("end", "start") == Approx(0.8 + 0.7 - 0.1 - 0.2));
}

TEST_CASE("increments, ratios and the best strategy follow from the row's own costs and QALYs") {
  const std::vector<double> thresholds{0, 100, 1000};
  const auto conventions = *analyse_conventions(example_by_time(), thresholds, 1);
  REQUIRE(conventions.rows.size() == 30);
  std::size_t dominant = 0, priced = 0;
  for (const ConventionRow& row : conventions.rows) {
    CAPTURE(row.name.within_cycle_correction, row.name.discount_timing);
    REQUIRE(row.strategies.size() == 3);
    REQUIRE(row.increments.size() == 2);
    CHECK(row.increments[0].strategy == 0);
    CHECK(row.increments[1].strategy == 2);
    for (const ConventionIncrement& increment : row.increments) {
      const Point &a = row.strategies[increment.strategy], &b = row.strategies[1];
      CHECK(increment.cost == a.cost - b.cost);
      CHECK(increment.qaly == a.qaly - b.qaly);
      CHECK(increment.quadrant == quadrant_of(increment.cost, increment.qaly));
      CHECK(increment.icer.has_value() == (increment.cost * increment.qaly > 0));
      if (increment.icer) CHECK(*increment.icer == Approx(increment.cost / increment.qaly));
      dominant += increment.quadrant == Quadrant::south_east ? 1 : 0;
      priced += increment.icer ? 1 : 0;
      for (std::size_t t = 0; t < thresholds.size(); ++t)
        CHECK(increment.incremental_net_benefit[t] == Approx(thresholds[t] * increment.qaly - increment.cost));
    }
    for (std::size_t t = 0; t < thresholds.size(); ++t) {
      for (const Point& point : row.strategies) {
        const Point& best = row.strategies[row.best[t]];
        CHECK(thresholds[t] * point.qaly - point.cost <= thresholds[t] * best.qaly - best.cost);
      }
    }
  }
  CHECK(dominant > 0);
  CHECK(priced > 0);
}

TEST_CASE("the run's own convention is marked once, and custom weights appear only if they are its own") {
  AnalysisResult analysis = example_by_time();
  const auto own = [](const ConventionAnalysis& conventions) {
    std::vector<std::string> names;
    for (const ConventionRow& row : conventions.rows) {
      if (row.is_of_run) names.push_back(row.name.within_cycle_correction + " " + row.name.discount_timing);
    }
    return names;
  };
  CHECK(own(*analyse_conventions(analysis, {}, 0)) == std::vector<std::string>{"life_table mid"});
  analysis.timing.correction = WithinCycleCorrection::custom;
  analysis.timing.custom_weights = {1, 0, 2};
  const auto conventions = *analyse_conventions(analysis, {}, 0);
  CHECK(own(conventions) == std::vector<std::string>{"custom mid"});
  CHECK(conventions.rows.size() == 35);
  CHECK(row_of(conventions, "custom", "start").strategies[0].cost ==
        Approx(1 + 100 + 120 * factor(2) + 10 + 20 * factor(1)));
  CHECK(row_of(conventions, "trapezoid", "start").strategies[0].cost ==
        row_of(*analyse_conventions(example_by_time(), {}, 0), "trapezoid", "start").strategies[0].cost);
}

TEST_CASE("Simpson's rule is left out, with the reason, where the number of cycles is odd") {
  const auto conventions = *analyse_conventions(example_by_time(3), {}, 0);
  CHECK(conventions.rows.size() == 25);
  REQUIRE(conventions.left_out.size() == 1);
  CHECK(conventions.left_out[0].within_cycle_correction == "simpson");
  CHECK(conventions.left_out[0].reason == "Simpson's rule needs an even number of cycles, and the run has 3");
}

TEST_CASE("amounts are means over parameter draws already, so that the number of draws changes nothing") {
  AnalysisResult eight_draws = example_by_time();
  eight_draws.draws = 8;
  for (results::StrategyResult& strategy : eight_draws.strategies) strategy.mean.resize(8 * strategy.mean.size());
  const auto once = *analyse_conventions(example_by_time(), {}, 0), mean = *analyse_conventions(eight_draws, {}, 0);
  for (std::size_t row = 0; row < once.rows.size(); ++row) {
    CHECK(mean.rows[row].strategies[2].cost == once.rows[row].strategies[2].cost);
    CHECK(mean.rows[row].strategies[2].qaly == once.rows[row].strategies[2].qaly);
  }
}

TEST_CASE("outcomes without amounts by time are named, once each and only if cost or QALYs need them") {
  AnalysisResult analysis = example_by_time();
  analysis.outcomes.push_back({"visits", "per patient", "", DiscountedAs::nothing, EventWeight::cycle, {}});
  for (results::StrategyResult& strategy : analysis.strategies) strategy.amounts.emplace_back();
  CHECK(analyse_conventions(analysis, {}, 0).has_value());
  analysis.strategies[1].amounts[0].reset();
  analysis.strategies[2].amounts[0].reset();
  analysis.strategies[2].amounts[2].reset();
  const auto absent = analyse_conventions(analysis, {}, 0);
  REQUIRE_FALSE(absent);
  REQUIRE(absent.error().size() == 1);
  CHECK(absent.error()[0].problem ==
        "the run did not tally when `cost`, `qaly.loss` accrued, so no other timing convention can be put on it");
  CHECK(absent.error()[0].remedy == "run the scenario with --engine cohort");
  analysis = example_by_time();
  analysis.outcomes[3].name = "symptom_free_days";
  CHECK_FALSE(analyse_conventions(analysis, {}, 0));
}

TEST_CASE("the range of the net benefit is that of all rows") {
  const std::vector<double> thresholds{100, 1000};
  const auto conventions = *analyse_conventions(example_by_time(), thresholds, 0);
  for (std::size_t increment = 0; increment < 2; ++increment) {
    const NetBenefitRange range = range_of_net_benefit(conventions, increment, 1);
    bool lowest_seen = false, highest_seen = false;
    for (const ConventionRow& row : conventions.rows) {
      const double net_benefit = row.increments[increment].incremental_net_benefit[1];
      CHECK(net_benefit >= range.lowest_net_benefit);
      CHECK(net_benefit <= range.highest_net_benefit);
      lowest_seen = lowest_seen || (&row == range.lowest && net_benefit == range.lowest_net_benefit);
      highest_seen = highest_seen || (&row == range.highest && net_benefit == range.highest_net_benefit);
    }
    CHECK(lowest_seen);
    CHECK(highest_seen);
    CHECK(range.lowest_net_benefit < range.highest_net_benefit);
  }
}

}  // namespace myelin::economics
