#include "economics/patient_noise.hpp"

#include <Eigen/LU>
#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include "economics/acceptability.hpp"
#include "support/statistics.hpp"

namespace myelin::economics {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::Vector4d;
using Eigen::VectorXd;

/// Normally distributed increments of two strategies against a third, in the order of `IncrementNoise`, with normally
/// distributed noise of about their size.
struct LinearGaussian {
  Vector4d mean{20000, 60000, 0.8, 1.9};
  Eigen::Matrix4d spread_root, noise_root;

  LinearGaussian() {
    spread_root << 4000, 0, 0, 0, 3000, 8000, 0, 0, -0.05, 0.02, 0.22, 0, 0.03, -0.1, 0.15, 0.35;
    noise_root << 6000, 0, 0, 0, 4000, 5000, 0, 0, 0.04, -0.03, 0.18, 0, -0.02, 0.05, 0.1, 0.3;
  }
  IncrementNoise noise() const { return {noise_root * noise_root.transpose()}; }
  Eigen::Matrix4d spread() const { return spread_root * spread_root.transpose(); }

  DecisionSample sample(std::mt19937_64& generator, Index draws) const {
    std::normal_distribution<double> normal;
    DecisionSample sample{{"a", "b", "c"}, MatrixXd(draws, 3), MatrixXd(draws, 3)};
    for (Index draw = 0; draw < draws; ++draw) {
      Vector4d parameters, patients;
      for (double& z : parameters) z = normal(generator);
      for (double& z : patients) z = normal(generator);
      const Vector4d y = mean + spread_root * parameters + noise_root * patients;
      const double cost = 50000 + 9000 * normal(generator), qaly = 8 + normal(generator);
      sample.cost.row(draw) << cost, cost + y[0], cost + y[1];
      sample.qaly.row(draw) << qaly, qaly + y[2], qaly + y[3];
    }
    return sample;
  }

  /// E max(0, X, Y) - max(0, E X, E Y) of the net benefits: the normal Y given X in closed form, X by quadrature.
  double evpi(double threshold) const {
    Eigen::Matrix<double, 2, 4> weights;
    weights << -1, 0, threshold, 0, 0, -1, 0, threshold;
    const Eigen::Vector2d centre = weights * mean;
    const Eigen::Matrix2d covariance = weights * spread() * weights.transpose();
    const double sd_x = std::sqrt(covariance(0, 0)), slope = covariance(0, 1) / covariance(0, 0);
    const double sd_y = std::sqrt(covariance(1, 1) - slope * covariance(0, 1));
    const boost::math::normal standard;
    const auto integrand = [&](double z) {
      const double other = std::max(0.0, centre[0] + sd_x * z), y = centre[1] + slope * sd_x * z;
      const double d = (y - other) / sd_y;
      return boost::math::pdf(standard, z) *
             (other + (y - other) * boost::math::cdf(standard, d) + sd_y * boost::math::pdf(standard, d));
    };
    using Quadrature = boost::math::quadrature::gauss_kronrod<double, 61>;
    const double kink = -centre[0] / sd_x;
    return Quadrature::integrate(integrand, -9, kink, 10, 1e-10) +
           Quadrature::integrate(integrand, kink, 9, 10, 1e-10) - std::max({0.0, centre[0], centre[1]});
  }
};

MatrixXd increments_of(const DecisionSample& sample) {
  const Index others = sample.cost.cols() - 1;
  MatrixXd increments(sample.draws(), 2 * others);
  for (Index s = 1; s <= others; ++s) {
    increments.col(s - 1) = sample.cost.col(s) - sample.cost.col(0);
    increments.col(others + s - 1) = sample.qaly.col(s) - sample.qaly.col(0);
  }
  return increments;
}

MatrixXd covariance_of(const MatrixXd& values) {
  const MatrixXd deviations = values.rowwise() - values.colwise().mean();
  return deviations.transpose() * deviations / static_cast<double>(values.rows() - 1);
}

/// The largest difference of two covariances, as correlations of the first.
double difference(const MatrixXd& a, const MatrixXd& b) {
  const VectorXd inverse = a.diagonal().array().rsqrt();
  return (inverse.asDiagonal() * (a - b) * inverse.asDiagonal()).cwiseAbs().maxCoeff();
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

TEST_CASE("two draws of two patients are split as by hand") {
  MatrixXd values(2, 2);
  values << 1, 3, 5, 9;  // means 2 and 7; variances within 2 and 8
  const PatientAnova anova = analyse_variance(values);
  CHECK(anova.mean_square_between == Approx(25).epsilon(1e-14));
  CHECK(anova.mean_square_within == Approx(5).epsilon(1e-14));
  CHECK(anova.split.mean == 4.5);
  CHECK(anova.split.noise_variance == Approx(2.5).epsilon(1e-14));
  CHECK(anova.split.between_variance == Approx(10).epsilon(1e-14));
  CHECK(anova.split.standard_error == Approx(2.5).epsilon(1e-14));
  CHECK(anova.split.shrinkage() == Approx(0.8).epsilon(1e-14));
  CHECK(anova.split.moment_matching() == Approx(std::sqrt(0.8)).epsilon(1e-14));

  // The same from the means and their standard errors: sqrt(2 / 2) and sqrt(8 / 2).
  const VarianceSplit split = split_variance(Eigen::Vector2d(2, 7), Eigen::Vector2d(1, 2));
  CHECK(split.between_variance == Approx(anova.split.between_variance).epsilon(1e-14));
  CHECK(split.noise_variance == Approx(anova.split.noise_variance).epsilon(1e-14));
  CHECK(split.standard_error == Approx(anova.split.standard_error).epsilon(1e-14));

  CHECK(pull_together(Eigen::Vector2d(2, 7), 0.8).isApprox(Eigen::Vector2d(2.5, 6.5), 1e-14));
}

TEST_CASE("where patients alone explain the spread, the parameters' variance is 0 and not less") {
  const VarianceSplit split = split_variance(Eigen::Vector3d(1, 2, 3), Eigen::Vector3d(2, 2, 2));
  CHECK(split.between_variance == 0);
  CHECK(split.shrinkage() == 0);
  CHECK(split_variance(Eigen::Vector2d(1, 1), Eigen::Vector2d(0, 0)).shrinkage() == 0);
  CHECK(split_variance(Eigen::Vector2d(1, 2), Eigen::Vector2d(0, 0)).shrinkage() == 1);
}

TEST_CASE("the split finds the variances that made the patients") {
  std::mt19937_64 generator(8);
  std::normal_distribution<double> normal;
  std::vector<double> between, within;
  for (int repetition = 0; repetition < 400; ++repetition) {
    MatrixXd values(30, 4);
    for (Index draw = 0; draw < values.rows(); ++draw) {
      const double expectation = 3 * normal(generator);
      for (Index patient = 0; patient < values.cols(); ++patient)
        values(draw, patient) = expectation + 5 * normal(generator);
    }
    const PatientAnova anova = analyse_variance(values);
    between.push_back((anova.mean_square_between - anova.mean_square_within) / 4);
    within.push_back(anova.mean_square_within);
  }
  CHECK(test::stat_check(spread_of(between).mean, 9, spread_of(between).sd / 20, 2));
  CHECK(test::stat_check(spread_of(within).mean, 25, spread_of(within).sd / 20, 2));
}

TEST_CASE("the corrected increments have the mean of the sample and its covariance less the noise") {
  std::mt19937_64 generator(17);
  const LinearGaussian model;
  const DecisionSample sample = model.sample(generator, 500);
  const NoiseCorrection correction = *correct_for_noise(sample, model.noise());
  const MatrixXd before = increments_of(sample), after = increments_of(correction.sample);
  const MatrixXd total = covariance_of(before);
  CHECK(difference(total - model.noise().covariance, covariance_of(after)) < 1e-10);
  CHECK(((after - before).colwise().mean().array() / before.colwise().mean().array()).abs().maxCoeff() < 1e-12);
  CHECK(correction.sample.cost.col(0) == sample.cost.col(0));
  CHECK(correction.sample.qaly.col(0) == sample.qaly.col(0));
  CHECK(correction.lost_directions == 0);
  for (Index i = 0; i < 4; ++i)
    CHECK(correction.noise_share[i] == Approx(model.noise().covariance(i, i) / total(i, i)).epsilon(1e-12));
  CHECK(correction.largest_noise_share < 1);
  // No combination of increments has a larger share; here those of net benefits.
  for (const double threshold : {0.0, 1e4, 3e4, 1e5, 1e9}) {
    for (const Vector4d& weights :
         {Vector4d(-1, 0, threshold, 0), Vector4d(0, -1, 0, threshold), Vector4d(1, -1, -threshold, threshold)}) {
      CHECK(weights.dot(model.noise().covariance * weights) <
            correction.largest_noise_share * weights.dot(total * weights));
    }
  }
}

TEST_CASE("at every threshold the variance of the net benefit is what the analysis of variance of its patients finds") {
  std::mt19937_64 generator(23);
  std::normal_distribution<double> normal;
  const Index draws = 60, patients = 25;
  const LinearGaussian model;
  DecisionSample sample{{"a", "b", "c"}, MatrixXd::Zero(draws, 3), MatrixXd::Zero(draws, 3)};
  std::vector<MatrixXd> lives;  // [draw]: [patient][increment]
  IncrementNoise noise{MatrixXd::Zero(4, 4)};
  for (Index draw = 0; draw < draws; ++draw) {
    Vector4d parameters;
    for (double& z : parameters) z = normal(generator);
    const Vector4d expectation = model.mean + model.spread_root * parameters;
    MatrixXd luck(patients, 4);
    for (Index i = 0; i < luck.size(); ++i) luck(i) = normal(generator);
    lives.push_back((5 * luck * model.noise_root.transpose()).rowwise() + expectation.transpose());
    const Eigen::RowVector4d means = lives.back().colwise().mean();
    sample.cost.row(draw).tail(2) = means.head(2);
    sample.qaly.row(draw).tail(2) = means.tail(2);
    noise.covariance += covariance_of(lives.back()) / static_cast<double>(patients * draws);
  }
  const NoiseCorrection correction = *correct_for_noise(sample, noise);
  REQUIRE(correction.lost_directions == 0);
  for (const double threshold : {0.0, 20000.0, 50000.0, 100000.0}) {
    for (const Index strategy : {0, 1}) {
      MatrixXd benefits(draws, patients);
      for (Index draw = 0; draw < draws; ++draw) {
        const MatrixXd& life = lives[static_cast<std::size_t>(draw)];
        benefits.row(draw) = (threshold * life.col(2 + strategy) - life.col(strategy)).transpose();
      }
      const VectorXd corrected = net_benefit(correction.sample, threshold).col(1 + strategy);
      CHECK(covariance_of(corrected)(0, 0) == Approx(analyse_variance(benefits).split.between_variance).epsilon(1e-9));
    }
  }
}

TEST_CASE("the correction depends neither on the first strategy nor on the currency") {
  std::mt19937_64 generator(29);
  const LinearGaussian model;
  const DecisionSample sample = model.sample(generator, 300);
  const NoiseCorrection correction = *correct_for_noise(sample, model.noise());

  // Against b: a - b = -(b - a) and c - b = (c - a) - (b - a).
  Eigen::Matrix2d turn;
  turn << -1, 0, -1, 1;
  MatrixXd change = MatrixXd::Zero(4, 4);
  change.topLeftCorner(2, 2) = change.bottomRightCorner(2, 2) = turn;
  DecisionSample turned{{"b", "a", "c"}, sample.cost, sample.qaly};
  turned.cost.col(0).swap(turned.cost.col(1));
  turned.qaly.col(0).swap(turned.qaly.col(1));
  const auto same = *correct_for_noise(turned, {change * model.noise().covariance * change.transpose()});
  const MatrixXd expected = increments_of(correction.sample) * change.transpose();
  CHECK(increments_of(same.sample).isApprox(expected, 1e-9));
  CHECK(same.largest_noise_share == Approx(correction.largest_noise_share).epsilon(1e-9));

  DecisionSample pence = sample;
  pence.cost *= 1e4;
  const Vector4d unit(1e4, 1e4, 1, 1);
  const auto in_pence = *correct_for_noise(pence, {unit.asDiagonal() * model.noise().covariance * unit.asDiagonal()});
  CHECK((in_pence.sample.cost / 1e4).isApprox(correction.sample.cost, 1e-10));
  CHECK(in_pence.sample.qaly.isApprox(correction.sample.qaly, 1e-10));
}

TEST_CASE("noise that is right for net benefits alone, and no covariance, corrects them all the same") {
  std::mt19937_64 generator(53);
  LinearGaussian model;
  // The luck that makes b dear makes c good; averaged both ways round, it ties the QALYs of b to the cost of c too.
  model.noise_root.setZero();
  model.noise_root.diagonal() << 4000, 10, 1e-4, 0.05;
  model.noise_root(3, 0) = 0.25;
  const MatrixXd noise = model.noise().covariance;
  MatrixXd averaged = noise;
  averaged(0, 3) = averaged(3, 0) = averaged(1, 2) = averaged(2, 1) = noise(0, 3) / 2;
  CHECK(averaged.block(1, 1, 2, 2).determinant() < 0);
  const DecisionSample sample = model.sample(generator, 300);
  const NoiseCorrection correction = *correct_for_noise(sample, {averaged});
  CHECK(correction.lost_directions == 0);
  for (const double threshold : {0.0, 20000.0, 50000.0}) {
    Eigen::Matrix<double, 2, 4> weights;
    weights << -1, 0, threshold, 0, 0, -1, 0, threshold;
    const auto covariance = [&](const DecisionSample& of) {
      return covariance_of(increments_of(of) * weights.transpose());
    };
    CHECK(difference(covariance(sample) - weights * noise * weights.transpose(), covariance(correction.sample)) <
          1e-10);
  }
}

TEST_CASE("without noise, and with one strategy, the sample stays as it is") {
  std::mt19937_64 generator(37);
  const DecisionSample sample = LinearGaussian().sample(generator, 50);
  const NoiseCorrection same = *correct_for_noise(sample, {MatrixXd::Zero(4, 4)});
  CHECK(same.sample.cost.isApprox(sample.cost, 1e-12));
  CHECK(same.sample.qaly.isApprox(sample.qaly, 1e-12));
  CHECK(std::abs(same.largest_noise_share) < 1e-12);
  const DecisionSample alone{{"a"}, sample.cost.leftCols(1), sample.qaly.leftCols(1)};
  const NoiseCorrection nothing = *correct_for_noise(alone, {MatrixXd(0, 0)});
  CHECK(nothing.sample.cost == alone.cost);
  CHECK(nothing.noise_share.size() == 0);
  CHECK(corrected_evpi(alone, {MatrixXd(0, 0)}, std::vector<double>{20000})->front().mean == 0);
}

TEST_CASE("strategies that are copies or mixtures of others keep their places") {
  std::mt19937_64 generator(41);
  const LinearGaussian model;
  // Further strategies: one like the first, whose increments are always 0, and a mixture of the other two.
  const Eigen::RowVector2d none(0, 0), mixture(0.3, 0.7);
  MatrixXd one_outcome(4, 2);
  one_outcome << Eigen::Matrix2d::Identity(), none, mixture;
  MatrixXd mix = MatrixXd::Zero(8, 4);
  mix.topLeftCorner(4, 2) = mix.bottomRightCorner(4, 2) = one_outcome;
  const IncrementNoise noise{mix * model.noise().covariance * mix.transpose()};
  for (int repetition = 0; repetition < 20; ++repetition) {
    const DecisionSample sample = model.sample(generator, 200);
    DecisionSample more{{"a", "b", "c", "a again", "b and c"}, MatrixXd(200, 5), MatrixXd(200, 5)};
    more.cost << sample.cost, sample.cost.col(0), sample.cost.rightCols(2) * mixture.transpose();
    more.qaly << sample.qaly, sample.qaly.col(0), sample.qaly.rightCols(2) * mixture.transpose();
    const NoiseCorrection plain = *correct_for_noise(sample, model.noise()), same = *correct_for_noise(more, noise);
    CHECK(same.sample.cost.leftCols(3).isApprox(plain.sample.cost, 1e-9));
    CHECK(same.sample.qaly.leftCols(3).isApprox(plain.sample.qaly, 1e-9));
    CHECK(same.sample.cost.col(3) == sample.cost.col(0));
    CHECK(same.sample.cost.col(4).isApprox(plain.sample.cost.rightCols(2) * mixture.transpose(), 1e-9));
    CHECK(same.noise_share[2] == 0);
    CHECK(same.lost_directions == 0);
    CHECK(same.largest_noise_share == Approx(plain.largest_noise_share).epsilon(1e-9));
  }
}

TEST_CASE("where noise exceeds the whole spread the result says so and has no spread there") {
  std::mt19937_64 generator(43);
  const LinearGaussian model;
  const DecisionSample sample = model.sample(generator, 400);
  const MatrixXd total = covariance_of(increments_of(sample));
  // Noise of a single combination of increments, whose whole spread is half of it.
  const Vector4d direction(1, -2, 3e4, 1e4);
  const Vector4d carrier = total * direction;
  const IncrementNoise noise{2 / direction.dot(carrier) * carrier * carrier.transpose()};
  const NoiseCorrection correction = *correct_for_noise(sample, noise);
  CHECK(correction.lost_directions == 1);
  CHECK(correction.largest_noise_share == Approx(2).epsilon(1e-9));
  const MatrixXd after = covariance_of(increments_of(correction.sample));
  CHECK(std::abs(direction.dot(after * direction)) < 1e-10 * direction.dot(carrier));
  CHECK(difference(total, after + noise.covariance / 2) < 1e-10);
}

TEST_CASE("the corrected EVPI of a linear and Gaussian model is the exact one, where the uncorrected is far off") {
  const LinearGaussian model;
  const std::vector<double> thresholds{20000, 30000, 40000};
  std::mt19937_64 generator(20240612);
  std::vector<std::vector<double>> plain(3), corrected(3);
  for (int seed = 0; seed < 200; ++seed) {
    const DecisionSample sample = model.sample(generator, 2000);
    const NoiseCorrection correction = *correct_for_noise(sample, model.noise());
    CHECK(correction.lost_directions == 0);
    for (std::size_t t = 0; t < thresholds.size(); ++t) {
      plain[t].push_back(evpi(sample, thresholds[t]));
      corrected[t].push_back(evpi(correction.sample, thresholds[t]));
    }
  }
  for (std::size_t t = 0; t < thresholds.size(); ++t) {
    const double truth = model.evpi(thresholds[t]), root = std::sqrt(200.0);
    CAPTURE(thresholds[t], truth, spread_of(plain[t]).mean, spread_of(corrected[t]).mean, spread_of(corrected[t]).sd);
    CHECK(test::stat_check(spread_of(corrected[t]).mean, truth, spread_of(corrected[t]).sd / root, 3));
    CHECK(spread_of(plain[t]).mean > truth + 50 * spread_of(plain[t]).sd / root);
  }
}

TEST_CASE("the stated error of the corrected EVPI is its error") {
  const LinearGaussian model;
  const std::vector<double> thresholds{30000};
  const double truth = model.evpi(30000);
  std::mt19937_64 generator(20240613);
  std::vector<double> values, errors, naive;
  double covered = 0;
  for (int seed = 0; seed < 300; ++seed) {
    const DecisionSample sample = model.sample(generator, 500);
    const Estimate estimate = corrected_evpi(sample, model.noise(), thresholds)->front();
    const DecisionSample without_noise = correct_for_noise(sample, model.noise())->sample;
    CHECK(estimate.mean == evpi(without_noise, 30000));
    naive.push_back(decide(without_noise, thresholds)->front().evpi().standard_error);
    values.push_back(estimate.mean);
    errors.push_back(estimate.standard_error);
    covered += std::abs(estimate.mean - truth) < 1.96 * estimate.standard_error;
  }
  CAPTURE(truth, spread_of(values).mean, spread_of(values).sd, spread_of(errors).mean, spread_of(naive).mean, covered);
  CHECK(test::stat_check(covered / 300, 0.95, std::sqrt(0.95 * 0.05 / 300), 2));
  CHECK(test::stat_check(spread_of(errors).mean / spread_of(values).sd, 1, std::sqrt(1 / (2 * 299.0)), 2));
  CHECK(spread_of(naive).mean < 0.85 * spread_of(errors).mean);
}

TEST_CASE("too few draws, and a sample that cannot be analysed, are refused") {
  std::mt19937_64 generator(47);
  const LinearGaussian model;
  const auto refused = correct_for_noise(model.sample(generator, 5), model.noise());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().front().remedy == "raise the number of parameter draws to 6 at least");
  CHECK(correct_for_noise(model.sample(generator, 6), model.noise()));
  CHECK_FALSE(corrected_evpi(model.sample(generator, 5), model.noise(), std::vector<double>{20000}));
  DecisionSample broken = model.sample(generator, 50);
  broken.cost(3, 1) = std::nan("");
  CHECK_FALSE(correct_for_noise(broken, model.noise()));
  CHECK_FALSE(corrected_evpi(model.sample(generator, 50), model.noise(), std::vector<double>{-1}));
}

}  // namespace myelin::economics
