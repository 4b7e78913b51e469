#include "economics/acceptability.hpp"

#include <Eigen/LU>
#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "support/statistics.hpp"

namespace myelin::economics {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

DecisionSample random_sample(std::mt19937_64& generator, Index draws, Index strategies) {
  std::normal_distribution<double> normal;
  DecisionSample sample{{}, MatrixXd(draws, strategies), MatrixXd(draws, strategies)};
  for (Index s = 0; s < strategies; ++s) {
    sample.strategies.push_back("s" + std::to_string(s));
    const double cost = 30000 + 15000 * normal(generator), qaly = 9 + 0.6 * normal(generator);
    for (Index draw = 0; draw < draws; ++draw) {
      sample.cost(draw, s) = cost + 8000 * normal(generator);
      sample.qaly(draw, s) = qaly + 0.4 * normal(generator);
    }
  }
  return sample;
}

/// Two strategies, of which the second has no cost and QALYs of a normal distribution with standard deviation 1.
DecisionSample normal_increment(std::mt19937_64& generator, Index draws, double mean) {
  std::normal_distribution<double> normal(mean, 1);
  DecisionSample sample{{"none", "new"}, MatrixXd::Zero(draws, 2), MatrixXd::Zero(draws, 2)};
  for (double& qaly : sample.qaly.col(1)) qaly = normal(generator);
  return sample;
}

/// E max(0, X) - max(0, mean) of a normal X.
double normal_evpi(double mean, double sd) {
  const boost::math::normal standard;
  const double z = std::abs(mean) / sd;
  return sd * boost::math::pdf(standard, z) - std::abs(mean) * boost::math::cdf(standard, -z);
}

ThresholdDecision decide_at(const DecisionSample& sample, double threshold) {
  return decide(sample, std::vector<double>{threshold})->front();
}

struct Spread {
  double mean = 0, sd = 0;
};

Spread spread_of(const std::vector<double>& values) {
  const double n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, std::sqrt(squares / (n - 1))};
}

}  // namespace

TEST_CASE("two strategies in four draws are decided as by hand") {
  // Net benefits at 100 per QALY: old 90 90 90 90; new 110 60 130 80.
  DecisionSample sample{{"old", "new"}, MatrixXd(4, 2), MatrixXd(4, 2)};
  sample.cost << 10, 90, 10, 140, 10, 70, 10, 120;
  sample.qaly << 1, 2, 1, 2, 1, 2, 1, 2;
  const ThresholdDecision decision = decide_at(sample, 100);
  CHECK(decision.threshold == 100);
  CHECK(decision.net_monetary_benefit[0].mean == 90);
  CHECK(decision.net_monetary_benefit[0].standard_error == 0);
  CHECK(decision.net_monetary_benefit[1].mean == 95);
  // Deviations 15, -35, 35, -15: sum of squares 2900, over 3, over 4.
  CHECK(decision.net_monetary_benefit[1].standard_error == Approx(std::sqrt(2900.0 / 12)).epsilon(1e-14));
  CHECK(decision.net_health_benefit[1].mean == Approx(0.95).epsilon(1e-15));
  CHECK(decision.net_health_benefit[1].standard_error == Approx(std::sqrt(2900.0 / 12) / 100).epsilon(1e-14));
  CHECK(decision.probability_best[1].mean == 0.5);
  CHECK(decision.probability_best[1].standard_error == 0.25);
  CHECK(decision.optimal == 1);
  CHECK(decision.probability_optimal_is_best().mean == 0.5);
  CHECK(decision.expected_loss[0].mean == 15);  // 20, 0, 40, 0
  CHECK(decision.evpi().mean == 10);            // 0, 30, 0, 10
  CHECK(decision.evpi().standard_error == Approx(std::sqrt(600.0 / 12)).epsilon(1e-14));
  CHECK(evpi(sample, 100) == 10);
}

TEST_CASE("at threshold 0 the cheapest is best and there is no net health benefit") {
  std::mt19937_64 generator(3);
  const DecisionSample sample = random_sample(generator, 50, 3);
  const ThresholdDecision decision = decide_at(sample, 0);
  CHECK(decision.net_health_benefit.empty());
  Index cheapest = 0;
  sample.cost.colwise().mean().minCoeff(&cheapest);
  CHECK(decision.optimal == static_cast<std::size_t>(cheapest));
}

TEST_CASE("equal strategies are equal to the bit, and the first of them counts as best") {
  std::mt19937_64 generator(11);
  for (const Index draws : {2, 3, 101, 998, 1001}) {
    const DecisionSample three = random_sample(generator, draws, 3);
    DecisionSample sample{{"s0", "s1", "s1 again", "s2"}, MatrixXd(draws, 4), MatrixXd(draws, 4)};
    // Side by side: of an odd number of draws, neighbouring columns are aligned differently in memory.
    sample.cost << three.cost.leftCols(2), three.cost.rightCols(2);
    sample.qaly << three.qaly.leftCols(2), three.qaly.rightCols(2);
    for (const double bonus : {1e5, -1e5}) {
      sample.cost.middleCols(1, 2).array() -= bonus;
      const ThresholdDecision decision = decide_at(sample, 31234.5);
      if (bonus > 0) CHECK(decision.optimal == 1);
      CHECK(decision.optimal != 2);
      CHECK(decision.expected_loss[1].mean == decision.expected_loss[2].mean);
      CHECK(decision.expected_loss[1].standard_error == decision.expected_loss[2].standard_error);
      CHECK(decision.net_monetary_benefit[1].mean == decision.net_monetary_benefit[2].mean);
      CHECK(decision.probability_best[2].mean == 0);
    }
  }
}

TEST_CASE("the identities of decision analysis hold on random samples") {
  std::mt19937_64 generator(20240611);
  const std::vector<double> thresholds{0, 5000, 20000, 30000, 100000};
  for (int repetition = 0; repetition < 60; ++repetition) {
    const DecisionSample sample = random_sample(generator, 40 + repetition, 1 + repetition % 6);
    const auto decisions = *decide(sample, thresholds);
    REQUIRE(decisions.size() == thresholds.size());
    for (const ThresholdDecision& decision : decisions) {
      double probabilities = 0, least_loss = std::numeric_limits<double>::infinity(), highest_benefit = -least_loss;
      for (std::size_t s = 0; s < sample.strategies.size(); ++s) {
        probabilities += decision.probability_best[s].mean;
        least_loss = std::min(least_loss, decision.expected_loss[s].mean);
        highest_benefit = std::max(highest_benefit, decision.net_monetary_benefit[s].mean);
        const VectorXd benefit = net_benefit(sample, decision.threshold).col(static_cast<Index>(s));
        CHECK(decision.net_monetary_benefit[s].mean == Approx(benefit.mean()).epsilon(1e-13));
        // Loss and benefit differ by what perfect information would give, the same for every strategy.
        CHECK(decision.expected_loss[s].mean + decision.net_monetary_benefit[s].mean ==
              Approx(decision.evpi().mean + decision.net_monetary_benefit[decision.optimal].mean).epsilon(1e-12));
      }
      CHECK(probabilities == Approx(1).epsilon(1e-14));
      CHECK(decision.evpi().mean == least_loss);
      CHECK(decision.evpi().mean == evpi(sample, decision.threshold));
      CHECK(decision.evpi().mean >= 0);
      CHECK(decision.evpi_bias <= 0);
      CHECK(decision.net_monetary_benefit[decision.optimal].mean == Approx(highest_benefit).epsilon(1e-13));
      if (sample.strategies.size() == 1) CHECK(decision.evpi().mean == 0);
    }
  }
}

TEST_CASE("what is added to every strategy in a draw changes no decision, and the currency only its unit") {
  std::mt19937_64 generator(5);
  const DecisionSample sample = random_sample(generator, 64, 4);
  DecisionSample shifted = sample, pence = sample;
  for (Index draw = 0; draw < sample.draws(); ++draw) shifted.cost.row(draw).array() += 4096.0 * draw;
  pence.cost *= 128;  // a power of two, so that the comparison can be exact
  const ThresholdDecision decision = decide_at(sample, 20000), same = decide_at(shifted, 20000),
                          in_pence = decide_at(pence, 128 * 20000);
  for (std::size_t s = 0; s < 4; ++s) {
    CHECK(same.expected_loss[s].mean == Approx(decision.expected_loss[s].mean).epsilon(1e-10));
    CHECK(same.probability_best[s].mean == decision.probability_best[s].mean);
    CHECK(in_pence.expected_loss[s].mean == 128 * decision.expected_loss[s].mean);
    CHECK(in_pence.net_health_benefit[s].mean == decision.net_health_benefit[s].mean);
  }
}

TEST_CASE("the EVPI of a normal increment is the closed form, with a standard error that covers it") {
  // 400 samples of 1,000 draws; the gap to the rival is 9 standard errors, so that finite draws bias nothing.
  std::mt19937_64 generator(99);
  const double truth = normal_evpi(0.3, 1), probability = boost::math::cdf(boost::math::normal(), 0.3);
  std::vector<double> values, errors, best;
  double covered = 0;
  for (int repetition = 0; repetition < 400; ++repetition) {
    const ThresholdDecision decision = decide_at(normal_increment(generator, 1000, 0.3), 1);
    values.push_back(decision.evpi().mean);
    errors.push_back(decision.evpi().standard_error);
    best.push_back(decision.probability_best[1].mean);
    covered += std::abs(decision.evpi().mean - truth) < 1.96 * decision.evpi().standard_error;
  }
  const Spread evpis = spread_of(values);
  CHECK(test::stat_check(evpis.mean, truth, evpis.sd / 20, 4));
  CHECK(test::stat_check(covered / 400, 0.95, std::sqrt(0.95 * 0.05 / 400), 4));
  CHECK(test::stat_check(spread_of(errors).mean / evpis.sd, 1, std::sqrt(1 / (2 * 399.0)), 4));
  CHECK(test::stat_check(spread_of(best).mean, probability, std::sqrt(probability * (1 - probability) / 400000), 4));
}

TEST_CASE("finite draws bias the EVPI downwards by what theory says, and the estimate of the bias follows") {
  // The mean of 100 draws with standard deviation 1 has a standard error of 0.1: the maximum of two such means is too
  // high by the EVPI of that mean. At a tie the estimate finds 0.1652 / 0.3989 of it, as integrated by hand.
  std::mt19937_64 generator(1234);
  const double error = 0.1;
  for (const double gap : {0.0, 1.0, 5.0}) {
    const double truth = normal_evpi(gap * error, 1), bias = -normal_evpi(gap * error, error);
    std::vector<double> values, biases;
    for (int repetition = 0; repetition < 4000; ++repetition) {
      const ThresholdDecision decision = decide_at(normal_increment(generator, 100, gap * error), 1);
      values.push_back(decision.evpi().mean);
      biases.push_back(decision.evpi_bias);
    }
    CAPTURE(gap, spread_of(values).mean - truth, bias, spread_of(biases).mean);
    const double root = std::sqrt(4000.0);
    CHECK(test::stat_check(spread_of(values).mean, truth + bias, spread_of(values).sd / root, 4));
    if (gap == 0) {
      CHECK(spread_of(values).mean < truth - 10 * spread_of(values).sd / root);
      const double found = -error * (std::numbers::inv_sqrtpi - boost::math::pdf(boost::math::normal(), 0));
      CHECK(found == Approx(-0.01652).epsilon(1e-3));
      // The standard error of the gap is itself estimated, without a bias that a sample of 100 would show.
      CHECK(spread_of(biases).mean == Approx(found).epsilon(0.03));
    }
    if (gap == 5) CHECK(std::abs(spread_of(biases).mean) < 1e-4 * error);
  }
}

TEST_CASE("each strategy of the frontier is optimal from its threshold to the next") {
  std::mt19937_64 generator(77);
  std::size_t switches = 0;
  for (int repetition = 0; repetition < 100; ++repetition) {
    const DecisionSample sample = random_sample(generator, 30, 2 + repetition % 6);
    const auto ranges = *optimal_strategies(sample);
    REQUIRE(ranges.front().threshold == 0);
    CHECK(decide_at(sample, 0).optimal == ranges.front().strategy);
    CHECK(decide_at(sample, 1e9).optimal == ranges.back().strategy);
    for (std::size_t i = 1; i < ranges.size(); ++i) {
      CHECK(ranges[i].threshold > ranges[i - 1].threshold);
      CHECK(decide_at(sample, ranges[i].threshold * (1 - 1e-9)).optimal == ranges[i - 1].strategy);
      CHECK(decide_at(sample, ranges[i].threshold * (1 + 1e-9)).optimal == ranges[i].strategy);
      ++switches;
    }
  }
  CHECK(switches > 50);
}

TEST_CASE("of equal strategies the first has the frontier's place") {
  DecisionSample sample{{"a", "b", "c"}, MatrixXd(2, 3), MatrixXd(2, 3)};
  sample.cost << 10, 10, 30, 10, 10, 50;
  sample.qaly << 1, 1, 2, 1, 1, 2;
  const auto ranges = *optimal_strategies(sample);
  REQUIRE(ranges.size() == 2);
  CHECK(ranges[0].strategy == 0);
  CHECK(ranges[1].strategy == 2);
  CHECK(ranges[1].threshold == 30);
}

TEST_CASE("intervals interpolate between order statistics, whatever the order of the draws") {
  DecisionSample sample{{"a", "b"}, MatrixXd(41, 2), MatrixXd(41, 2)};
  for (Index draw = 0; draw < 41; ++draw) {
    const double rank = static_cast<double>((draw * 17) % 41);  // 17 and 41 share no factor: every rank once
    sample.cost.row(draw) << 100 * rank, 1000;
    sample.qaly.row(draw) << 3, rank;
  }
  const auto intervals = *strategy_intervals(sample);
  CHECK(intervals[0].cost.low == Approx(100).epsilon(1e-14));
  CHECK(intervals[0].cost.high == Approx(3900).epsilon(1e-14));
  CHECK(intervals[0].qaly.low == 3);
  CHECK(intervals[0].qaly.high == 3);
  const IncrementSpread spread = *increment_spread(sample, {1, 0});
  CHECK(spread.cost.low == Approx(-2900).epsilon(1e-14));
  CHECK(spread.cost.high == Approx(900).epsilon(1e-14));
  const DecisionSample two{{"a"}, sample.cost.topLeftCorner(2, 1), sample.qaly.topLeftCorner(2, 1)};  // costs 0, 1700
  CHECK(strategy_intervals(two)->front().cost.low == Approx(42.5).epsilon(1e-14));
  CHECK(strategy_intervals(two)->front().cost.high == Approx(1657.5).epsilon(1e-14));
}

TEST_CASE("quadrants are counted by increments, and turned round they are exchanged") {
  DecisionSample sample{{"a", "b"}, MatrixXd::Zero(10, 2), MatrixXd::Zero(10, 2)};
  sample.cost.col(1) << 1, 1, 1, 1, -1, -1, -1, -1, 1, 0;
  sample.qaly.col(1) << 1, 2, 3, 4, 1, 2, 0, -1, 0, 0;
  const auto of = [](const IncrementSpread& spread, Quadrant quadrant) {
    return spread.quadrants[static_cast<std::size_t>(quadrant)];
  };
  const IncrementSpread spread = *increment_spread(sample, {1, 0}), turned = *increment_spread(sample, {0, 1});
  CHECK(of(spread, Quadrant::north_east).mean == 0.4);
  CHECK(of(spread, Quadrant::north_east).standard_error == Approx(std::sqrt(0.024)).epsilon(1e-14));
  CHECK(of(spread, Quadrant::south_east).mean == 0.3);
  CHECK(of(spread, Quadrant::south_west).mean == 0.1);
  CHECK(of(spread, Quadrant::north_west).mean == 0.1);
  CHECK(of(spread, Quadrant::origin).mean == 0.1);
  CHECK(of(turned, Quadrant::south_west).mean == 0.4);
  CHECK(of(turned, Quadrant::north_west).mean == 0.3);
}

TEST_CASE("the ellipse is the 95 % contour of the normal distribution with the sample's moments") {
  std::mt19937_64 generator(31);
  std::normal_distribution<double> normal;
  const Index draws = 200000;
  DecisionSample sample{{"a", "b"}, MatrixXd::Zero(draws, 2), MatrixXd::Zero(draws, 2)};
  for (Index draw = 0; draw < draws; ++draw) {
    const double z = normal(generator);
    sample.qaly(draw, 1) = 0.3 + 0.1 * z;
    sample.cost(draw, 1) = 1e6 * (0.02 - 0.03 * z + 0.01 * normal(generator));
  }
  const Ellipse95 ellipse = increment_spread(sample, {1, 0})->ellipse;
  MatrixXd plane(draws, 2);
  plane << sample.qaly.col(1), sample.cost.col(1);
  const Eigen::RowVector2d mean = plane.colwise().mean();
  const MatrixXd deviations = plane.rowwise() - mean;
  const Eigen::Matrix2d covariance = deviations.transpose() * deviations / static_cast<double>(draws - 1);
  const auto square_distance = [&](const Eigen::Vector2d& from) {
    return from.dot(Eigen::Vector2d(covariance.fullPivLu().solve(from)));
  };
  CHECK(ellipse.centre.qaly == Approx(mean[0]).epsilon(1e-12));
  CHECK(ellipse.centre.cost == Approx(mean[1]).epsilon(1e-12));
  const double square_radius = -2 * std::log(0.05);  // the 95 % quantile of chi-squared with 2 degrees of freedom
  for (const double t : {0.0, 0.7, 1.9, 3.0, 4.4, 6.0}) {
    const Eigen::Vector2d from(std::cos(t) * ellipse.first_axis.qaly + std::sin(t) * ellipse.second_axis.qaly,
                               std::cos(t) * ellipse.first_axis.cost + std::sin(t) * ellipse.second_axis.cost);
    CHECK(square_distance(from) == Approx(square_radius).epsilon(1e-8));
  }
  double inside = 0;
  for (Index draw = 0; draw < draws; ++draw) inside += square_distance(deviations.row(draw)) < square_radius;
  CHECK(test::stat_check(inside / draws, 0.95, std::sqrt(0.95 * 0.05 / draws), 1));
}

TEST_CASE("without spread in cost the ellipse is a line") {
  DecisionSample sample{{"a", "b"}, MatrixXd::Zero(4, 2), MatrixXd::Zero(4, 2)};
  sample.cost.col(1).setConstant(7);
  sample.qaly.col(1) << 1, 2, 3, 4;
  const Ellipse95 ellipse = increment_spread(sample, {1, 0})->ellipse;
  CHECK(ellipse.centre.cost == 7);
  CHECK(ellipse.first_axis.cost == 0);
  CHECK(ellipse.second_axis.cost == 0);
  CHECK(std::hypot(ellipse.first_axis.qaly, ellipse.second_axis.qaly) ==
        Approx(std::sqrt(-2 * std::log(0.05) * 5.0 / 3)).epsilon(1e-12));
}

TEST_CASE("what cannot be analysed is refused, every mistake at once") {
  const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
  DecisionSample sample{{"old", "new"}, MatrixXd::Zero(5, 2), MatrixXd::Zero(5, 2)};
  sample.cost(2, 1) = nan;
  sample.cost(4, 1) = infinity;
  sample.qaly(0, 0) = -infinity;
  const auto refused = decide(sample, std::vector<double>{20000, -1, nan});
  REQUIRE_FALSE(refused);
  REQUIRE(refused.error().size() == 4);
  CHECK(refused.error()[0].problem ==
        "the QALY total of strategy `old` is not a finite number in 1 of 5 draws, first in draw 1");
  CHECK(refused.error()[1].problem ==
        "the cost of strategy `new` is not a finite number in 2 of 5 draws, first in draw 3");
  CHECK_FALSE(optimal_strategies(sample));
  CHECK_FALSE(strategy_intervals(sample));
  CHECK_FALSE(increment_spread(sample, {1, 0}));
  CHECK(check(DecisionSample{{"one"}, MatrixXd::Zero(1, 1), MatrixXd::Zero(1, 1)}).size() == 1);
  CHECK(check(DecisionSample{{}, MatrixXd::Zero(5, 0), MatrixXd::Zero(5, 0)}).size() == 1);
  CHECK(check(DecisionSample{{"one"}, MatrixXd::Zero(2, 1), MatrixXd::Zero(2, 1)}).empty());
}

}  // namespace myelin::economics
