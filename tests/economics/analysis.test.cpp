#include "economics/analysis.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "example_run.hpp"

namespace myelin::economics {
namespace {

const std::vector<ExampleStrategy> six_options{{"A", {10000}, {8.0}}, {"B", {14000}, {8.2}},  {"C", {18000}, {8.6}},
                                               {"D", {17000}, {8.1}}, {"E", {30000}, {9.05}}, {"F", {60000}, {9.5}}};

// Three options under eight parameter draws, [strategy][draw]; all means below were worked by hand.
const std::vector<ExampleStrategy> three_options_eight_draws{
    {"first", {10000, 12000, 9000, 11000, 10000, 13000, 8000, 11000}, {5.0, 5.2, 4.9, 5.1, 5.0, 5.3, 4.8, 5.1}},
    {"second", {14000, 13000, 15000, 16000, 12000, 14000, 15000, 13000}, {5.3, 5.1, 5.4, 5.2, 5.05, 5.5, 5.2, 5.0}},
    {"third", {20000, 22000, 19000, 21000, 25000, 18000, 20000, 23000}, {5.4, 5.6, 5.3, 5.7, 5.8, 5.4, 5.3, 5.5}}};

}  // namespace

TEST_CASE("net benefit and the best option at each threshold are as worked by hand") {
  const std::vector<double> thresholds{10000, 20000, 30000, 50000, 100000, 130000};
  const auto decision = *analyse(example_analysis(six_options), thresholds);
  const std::vector<std::vector<double>> net_benefit{
      {70000, 68000, 68000, 64000, 60500, 35000},       {150000, 150000, 154000, 145000, 151000, 130000},
      {230000, 232000, 240000, 226000, 241500, 225000}, {390000, 396000, 412000, 388000, 422500, 415000},
      {790000, 806000, 842000, 793000, 875000, 890000}, {1030000, 1052000, 1100000, 1036000, 1146500, 1175000}};
  const std::vector<std::size_t> best{0, 2, 4, 4, 5, 5};
  for (std::size_t t = 0; t < thresholds.size(); ++t) {
    const ThresholdRow& row = decision.thresholds[t];
    CHECK(row.best == best[t]);
    for (std::size_t s = 0; s < six_options.size(); ++s)
      CHECK(row.net_benefit[s] == Approx(net_benefit[t][s]).epsilon(1e-9));
    CHECK(row.lead.mean == Approx(row.net_benefit[row.best] - row.net_benefit[*row.runner_up]).epsilon(1e-9));
    CHECK(row.separated);
  }
  CHECK(decision.thresholds[0].runner_up == 1u);
}

TEST_CASE("several draws are averaged") {
  const results::AnalysisResult analysis = example_analysis(three_options_eight_draws, {40, 0.004, 0.5});
  const std::vector<double> thresholds{10000, 20000, 30000, 50000};
  const auto decision = *analyse(analysis, thresholds);
  const std::vector<std::vector<double>> net_benefit{
      {40000, 38187.5, 34000}, {90500, 90375, 89000}, {141000, 142562.5, 144000}, {242000, 246937.5, 254000}};
  const std::vector<std::size_t> best{0, 0, 2, 2};
  for (std::size_t t = 0; t < thresholds.size(); ++t) {
    CHECK(decision.thresholds[t].best == best[t]);
    for (std::size_t s = 0; s < 3; ++s)
      CHECK(decision.thresholds[t].net_benefit[s] == Approx(net_benefit[t][s]).epsilon(1e-9));
  }
  // An increment is stored as the mean over all draws, with the errors of that mean.
  const Increment& increment = decision.pairwise[0].increment;
  CHECK(increment.cost.mean == 3500);
  CHECK(increment.qaly.mean == Approx(0.16875));
  CHECK(increment.cost.standard_error == 40);
  CHECK(increment.qaly.standard_error == 0.004);
  CHECK(increment.cost_qaly_covariance == Approx(0.5 * 40 * 0.004));
}

TEST_CASE("the estimate of an outcome is the mean over draws, whose independent errors shrink with their number") {
  results::AnalysisResult analysis = example_analysis(three_options_eight_draws);
  const Estimate cost = outcome_estimate(analysis, 1, 0, results::discounted_column),
                 doubled = outcome_estimate(analysis, 1, 0, results::undiscounted_column);
  CHECK(cost.mean == 14000);
  CHECK(doubled.mean == 28000);
  CHECK(cost.standard_error == Approx(0.25 / std::sqrt(8.0)));
  // 3, 4 and six errors of nothing: sqrt(9 + 16) / 8.
  std::vector<double>& errors = analysis.strategies[2].standard_error;
  std::fill(errors.begin(), errors.end(), 0);
  errors[1 * 4 + 2] = 3;
  errors[7 * 4 + 2] = 4;
  CHECK(outcome_estimate(analysis, 2, 1, results::discounted_column).standard_error == Approx(5.0 / 8));
  CHECK(outcome_estimate(analysis, 2, 0, results::discounted_column).standard_error == 0);
}

TEST_CASE("quadrants, their names and what a ratio means in each") {
  const auto check = [](double cost, double qaly, const char* name, const char* meaning) {
    CHECK(short_name(quadrant_of(cost, qaly)) == name);
    CHECK(icer_meaning(quadrant_of(cost, qaly)) == meaning);
  };
  check(1, 1, "NE", "cost per QALY gained");
  check(-1, 1, "SE", "dominant");
  check(-1, -1, "SW", "saving per QALY forgone");
  check(1, -1, "NW", "dominated");
  check(0, 1, "SE", "dominant");
  check(-1, 0, "SE", "dominant");
  check(0, -1, "NW", "dominated");
  check(1, 0, "NW", "dominated");
  check(0, 0, "origin", "no difference");
}

TEST_CASE("the pairwise table gives a ratio only where it means something") {
  const std::vector<ExampleStrategy> strategies{{"reference", {50000}, {10}},
                                                {"NE", {70000}, {10.5}},
                                                {"SE", {40000}, {11}},
                                                {"SW", {20000}, {9}},
                                                {"NW", {60000}, {9.5}}};
  const auto decision = *analyse(example_analysis(strategies), std::vector<double>{20000});
  REQUIRE(decision.pairwise.size() == 4);
  for (const PairwiseRow& row : decision.pairwise) {
    CHECK(short_name(row.quadrant) == strategies[row.increment.pair.strategy].name);
    CHECK(row.increment.pair.versus == 0);
  }
  CHECK(decision.pairwise[0].icer->mean == Approx(40000));
  CHECK_FALSE(decision.pairwise[1].icer);
  CHECK(decision.pairwise[2].icer->mean == Approx(30000));
  CHECK_FALSE(decision.pairwise[3].icer);
  CHECK(decision.pairwise[2].incremental_net_benefit[0].mean == Approx(10000));
}

TEST_CASE("standard errors of the net benefit and of the ICER follow the formulae") {
  const ExampleErrors errors{300, 0.02, 0.4};
  const auto decision =
      *analyse(example_analysis({{"old", {1000}, {5}}, {"new", {13000}, {5.5}}}, errors), std::vector<double>{20000});
  const double covariance = errors.correlation * errors.cost * errors.qaly;
  const PairwiseRow& row = decision.pairwise[0];
  CHECK(row.incremental_net_benefit[0].mean == Approx(20000 * 0.5 - 12000));
  CHECK(row.incremental_net_benefit[0].standard_error == Approx(std::sqrt(4e8 * 4e-4 + 9e4 - 4e4 * covariance)));
  CHECK(row.icer->mean == Approx(24000));
  // R SE(lnR): relative variances of numerator and denominator less twice their relative covariance.
  const double relative = std::pow(300 / 12000.0, 2) + std::pow(0.02 / 0.5, 2) - 2 * covariance / (12000 * 0.5);
  CHECK(row.icer->standard_error == Approx(24000 * std::sqrt(relative)));
  CHECK(decision.full[1].icer->standard_error == row.icer->standard_error);
  CHECK_FALSE(decision.full[0].increment);

  // Errors that cancel at the threshold leave none, even where rounding has taken the correlation just above 1.
  const auto cancelling =
      *analyse(example_analysis({{"old", {1000}, {5}}, {"new", {13000}, {5.5}}}, {0.3, 0.00003, 1 + 1e-9}),
               std::vector<double>{10000});
  CHECK(cancelling.pairwise[0].incremental_net_benefit[0].standard_error == 0);
}

TEST_CASE("swapping two strategies flips signs and keeps errors") {
  const results::AnalysisResult analysis = example_analysis(six_options, {100, 0.01, -0.3});
  for (std::size_t a = 0; a < 6; ++a) {
    for (std::size_t b = 0; b < 6; ++b) {
      if (a == b) continue;
      const Increment forward = increment_between(analysis, {a, b}), backward = increment_between(analysis, {b, a});
      CHECK(forward.cost.mean == -backward.cost.mean);
      CHECK(forward.qaly.mean == -backward.qaly.mean);
      CHECK(forward.cost.standard_error == backward.cost.standard_error);
      CHECK(forward.cost_qaly_covariance == backward.cost_qaly_covariance);
      const Estimate gain = incremental_net_benefit(forward, 25000), loss = incremental_net_benefit(backward, 25000);
      CHECK(gain.mean == -loss.mean);
      CHECK(gain.standard_error == loss.standard_error);
      CHECK(icer(forward).has_value() == icer(backward).has_value());
      if (icer(forward)) CHECK(icer(forward)->mean == icer(backward)->mean);
    }
  }
}

TEST_CASE("net benefit is linear in the threshold") {
  const auto decision = *analyse(example_analysis(six_options), std::vector<double>{0, 15000, 30000});
  for (std::size_t s = 0; s < six_options.size(); ++s) {
    const auto at = [&](std::size_t t) { return decision.thresholds[t].net_benefit[s]; };
    CHECK(at(0) == -six_options[s].cost[0]);
    CHECK(at(1) == Approx((at(0) + at(2)) / 2).epsilon(1e-12));
  }
  for (const PairwiseRow& row : decision.pairwise) {
    CHECK(row.incremental_net_benefit[1].mean ==
          Approx((row.incremental_net_benefit[0].mean + row.incremental_net_benefit[2].mean) / 2)
              .epsilon(1e-12)
              .margin(1e-6));
  }
}

TEST_CASE("the best strategy is separated from the next only by a lead of 2 standard errors") {
  const std::vector<ExampleStrategy> strategies{{"A", {1000}, {5}}, {"B", {1200}, {5}}};
  const std::vector<double> threshold{20000};
  CHECK(analyse(example_analysis(strategies, {99, 0, 0}), threshold)->thresholds[0].separated);
  CHECK_FALSE(analyse(example_analysis(strategies, {101, 0, 0}), threshold)->thresholds[0].separated);
}

TEST_CASE("two identical strategies differ by exactly nothing") {
  const auto decision =
      *analyse(example_analysis({{"A", {1000}, {5}}, {"null", {1000}, {5}}}), std::vector<double>{20000});
  CHECK(decision.pairwise[0].quadrant == Quadrant::origin);
  CHECK_FALSE(decision.pairwise[0].icer);
  CHECK(decision.thresholds[0].best == 0);
  CHECK(decision.thresholds[0].lead.mean == 0);
  CHECK_FALSE(decision.thresholds[0].separated);
}

TEST_CASE("the reference is the caller's choice and one strategy needs none") {
  const auto decision = *analyse(example_analysis(six_options), {}, 2);
  REQUIRE(decision.pairwise.size() == 5);
  CHECK(decision.pairwise[0].increment.pair.strategy == 0);
  CHECK(decision.pairwise[4].increment.pair.strategy == 5);
  for (const PairwiseRow& row : decision.pairwise) CHECK(row.increment.pair.versus == 2);

  const auto alone = *analyse(example_analysis({{"only", {1}, {1}}}), std::vector<double>{20000});
  CHECK(alone.pairwise.empty());
  CHECK_FALSE(alone.thresholds[0].runner_up);
  CHECK(alone.thresholds[0].separated);
}

TEST_CASE("a run without QALYs or with a number that is not finite is refused") {
  results::AnalysisResult analysis = example_analysis(six_options);
  analysis.outcomes[1].name = "symptom_free_days";
  const auto missing = analyse(analysis, {});
  REQUIRE_FALSE(missing);
  CHECK(missing.error()[0].problem == "the run has no outcome `qaly`, which a decision analysis needs");

  analysis = example_analysis(six_options);
  analysis.strategies[3].mean[0] = std::numeric_limits<double>::infinity();
  const auto infinite = analyse(analysis, {});
  REQUIRE_FALSE(infinite);
  CHECK(infinite.error()[0].problem == "the cost of strategy `D` is not a finite number");
}

}  // namespace myelin::economics
