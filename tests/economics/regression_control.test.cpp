#include "economics/regression_control.hpp"

#include <boost/math/distributions/binomial.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "support/statistics.hpp"

using namespace myelin::economics;

namespace {

constexpr Eigen::Index inputs = 6;

/// Inputs of very different units, the last of them without influence, and a result that is curved and has an
/// interaction: its expectation is `expectation`.
struct Example {
  InputsWithMoments x;
  Eigen::MatrixXd response;
  static constexpr double expectation = 100 + 3 * 2.0 + 5;

  Example(std::uint64_t seed, Eigen::Index draws, double noise) {
    std::mt19937_64 generator(seed);
    std::normal_distribution<double> normal;
    const Eigen::MatrixXd z = Eigen::MatrixXd::NullaryExpr(draws, inputs, [&] { return normal(generator); });
    x.mean = Eigen::RowVectorXd::Constant(inputs, 2);
    x.variance = Eigen::RowVectorXd::LinSpaced(inputs, 1, 1e4);
    x.values = (z * x.variance.cwiseSqrt().asDiagonal()).rowwise() + x.mean;
    response.resize(draws, 1);
    for (Eigen::Index d = 0; d < draws; ++d)
      response(d, 0) = 100 + 3 * x.values(d, 0) + 20 * z(d, 1) + 5 * z(d, 2) * z(d, 2) + 2 * z(d, 3) * z(d, 4) +
                       noise * normal(generator);
  }
};

}  // namespace

TEST_CASE("a result that is linear and squared in the inputs has the mean that its expectations give") {
  Example example(3, 200, 0);
  for (Eigen::Index d = 0; d < 200; ++d) {
    const auto z = [&](Eigen::Index i) { return (example.x.values(d, i) - 2) / std::sqrt(example.x.variance[i]); };
    example.response(d, 0) = 7 + 3 * z(0) - z(3) + 2 * z(1) * z(1);
  }
  const ControlledMean mean = control_by_regression(example.x, example.response).front();
  CHECK(mean.controlled.mean == Approx(9).epsilon(1e-6));
  CHECK(mean.controlled.standard_error < 1e-4);
  CHECK(std::abs(mean.plain.mean - 9) > 0.02);
}

TEST_CASE("the controlled mean is that of the distributions, with an error that covers it and is smaller") {
  constexpr int repetitions = 1000;
  int covered = 0;
  double sum = 0, squares = 0, claimed = 0, plain = 0;
  for (int repetition = 0; repetition < repetitions; ++repetition) {
    const Example example(static_cast<std::uint64_t>(repetition), 100, 4);
    const ControlledMean mean = control_by_regression(example.x, example.response).front();
    covered += std::abs(mean.controlled.mean - Example::expectation) < 1.96 * mean.controlled.standard_error;
    sum += mean.controlled.mean;
    squares += std::pow(mean.controlled.mean - Example::expectation, 2);
    claimed += std::pow(mean.controlled.standard_error, 2) / repetitions;
    plain += std::pow(mean.plain.standard_error, 2) / repetitions;
  }
  const double variance = squares / repetitions;
  CHECK(myelin::test::stat_check(sum / repetitions, Example::expectation, std::sqrt(variance / repetitions), 2));
  // Whether the interval covers: of normal errors 95 %, of those of a hundred draws somewhat fewer.
  const boost::math::binomial binomial(repetitions, 0.94);
  CHECK(covered >= quantile(binomial, 1e-8));
  CHECK(covered <= quantile(complement(boost::math::binomial(repetitions, 0.95), 1e-8)));
  CHECK(claimed == Approx(variance).epsilon(0.25));
  CHECK(plain > 10 * variance);
}

TEST_CASE("where the inputs explain nothing, the mean over draws stays as it is") {
  std::mt19937_64 generator(1);
  std::normal_distribution<double> normal;
  Example example(4, 300, 0);
  for (double& value : example.response.reshaped()) value = 10 + normal(generator);
  const ControlledMean mean = control_by_regression(example.x, example.response).front();
  CHECK(mean.controlled.mean == Approx(mean.plain.mean).margin(mean.plain.standard_error / 4));
  CHECK(mean.controlled.standard_error == Approx(mean.plain.standard_error).epsilon(0.05));

  example.response.setConstant(3);
  const ControlledMean constant = control_by_regression(example.x, example.response).front();
  CHECK(constant.controlled.mean == 3);
  CHECK(constant.controlled.standard_error == 0);
  CHECK(constant.gain() == 1);
}

TEST_CASE("an input that does not vary is left out, and more functions than draws do no harm") {
  std::mt19937_64 generator(1);
  std::normal_distribution<double> normal;
  constexpr Eigen::Index draws = 80, many = 200;
  InputsWithMoments x{Eigen::MatrixXd::NullaryExpr(draws, many, [&] { return normal(generator); }),
                      Eigen::RowVectorXd::Zero(many), Eigen::RowVectorXd::Ones(many)};
  x.values.col(7).setConstant(5);
  x.mean[7] = 5;
  x.variance[7] = 0;
  const Eigen::MatrixXd response = 10 * x.values.col(3) + x.values.col(11);
  const ControlledMean mean = control_by_regression(x, response).front();
  CHECK(std::isfinite(mean.controlled.mean));
  CHECK(std::abs(mean.controlled.mean) < 4 * mean.controlled.standard_error);
  CHECK(mean.gain() > 1);
}
