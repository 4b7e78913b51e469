#include "economics/spline_regression.hpp"

#include <boost/math/distributions/normal.hpp>
#include <catch2/catch.hpp>
#include <cmath>

#include "random_decision.hpp"
#include "support/statistics.hpp"

namespace myelin::economics {
namespace {

/// Standard normal values [row][column].
Eigen::MatrixXd normals(Eigen::Index rows, Eigen::Index columns, PhiloxEngine& generator) {
  return test::standard_normals(rows * columns, generator).reshaped(rows, columns);
}

double root_mean_square(const Eigen::ArrayXXd& values) { return std::sqrt(values.square().mean()); }

}  // namespace

TEST_CASE("normal scores are the quantiles of the ranks, the mean rank for equal values") {
  const Eigen::MatrixXd values = (Eigen::MatrixXd(5, 2) << 3, 7, 1, 7, 2, 7, 50, -1, 2.5, 9).finished();
  const boost::math::normal normal;
  const auto score = [&](double rank) { return boost::math::quantile(normal, (rank - 0.5) / 5); };
  const Eigen::MatrixXd expected = (Eigen::MatrixXd(5, 2) << score(4), score(3), score(1), score(3), score(2), score(3),
                                    score(5), score(1), score(3), score(5))
                                       .finished();
  CHECK((normal_scores(values) - expected).cwiseAbs().maxCoeff() < 1e-14);
  CHECK(normal_scores(values.array().exp()) == normal_scores(values));
}

TEST_CASE("rows are chosen once each, all alike") {
  PhiloxEngine generator = test::engine(1);
  std::vector<int> chosen(10);
  constexpr int samples = 20'000;
  for (int i = 0; i < samples; ++i) {
    std::vector<Eigen::Index> rows = choose_rows(10, 3, generator);
    REQUIRE(rows.size() == 3);
    std::sort(rows.begin(), rows.end());
    CHECK(std::adjacent_find(rows.begin(), rows.end()) == rows.end());
    for (const Eigen::Index row : rows) ++chosen[static_cast<std::size_t>(row)];
  }
  for (const int count : chosen) CHECK(test::stat_check(count / double(samples), 0.3, std::sqrt(0.21 / samples), 10));
  CHECK(choose_rows(4, 9, generator).size() == 4);
}

TEST_CASE("there are a tenth as many products of splines as draws, at most") {
  CHECK_FALSE(splines_per_parameter(1, 39));
  CHECK(*splines_per_parameter(1, 40) == 4);
  CHECK(*splines_per_parameter(1, 1'000'000) == 20);
  CHECK_FALSE(splines_per_parameter(2, 159));
  CHECK(*splines_per_parameter(2, 360) == 6);
  CHECK(*splines_per_parameter(2, 10'000) == 8);
  CHECK(*splines_per_parameter(3, 10'000) == 5);
  CHECK_FALSE(splines_per_parameter(4, 2559));
  CHECK(*splines_per_parameter(4, 2560) == 4);
}

TEST_CASE("the basis is orthonormal, and products of straight lines are never shrunk") {
  PhiloxEngine generator = test::engine(2);
  for (const Eigen::Index parameters : {1, 2, 3}) {
    const Eigen::MatrixXd scores = normal_scores(normals(2000, parameters, generator));
    const Eigen::VectorXd product = 3 * (scores.array() + 1).rowwise().prod();
    const SmoothBasis basis = spline_basis(scores, product + normals(2000, 1, generator));
    const Eigen::MatrixXd squares = basis.columns.transpose() * basis.columns;
    CHECK((squares - Eigen::MatrixXd::Identity(squares.rows(), squares.cols())).cwiseAbs().maxCoeff() < 1e-8);
    CHECK((basis.penalty.array() == 0).count() == 1 << parameters);
    CHECK(std::is_sorted(basis.penalty.begin(), basis.penalty.end()));

    const Regression exact = fit(basis, product);
    CHECK((fitted(basis, exact) - product).cwiseAbs().maxCoeff() < 1e-6 * product.cwiseAbs().maxCoeff());
    CHECK(exact.r_squared(0) == Approx(1).epsilon(1e-12));
  }
}

TEST_CASE("values that few draws have, or that follow from others, leave a basis of what the draws determine") {
  PhiloxEngine generator = test::engine(3);
  Eigen::MatrixXd values = normals(400, 2, generator);
  values.col(0) = (values.col(0).array() > 0).cast<double>();
  const Eigen::MatrixXd binary = normal_scores(values.leftCols(1));
  const SmoothBasis two_values = spline_basis(binary, values.col(1));
  CHECK(two_values.columns.cols() == 2);
  const Regression groups = fit(two_values, values.col(1));
  const double share = values.col(0).mean(), high = values.col(0).dot(values.col(1)) / values.col(0).sum();
  const Eigen::MatrixXd at = fitted(two_values, groups);
  CHECK(values.col(0).dot(at.col(0)) / values.col(0).sum() == Approx(high).epsilon(1e-6));
  CHECK(share > 0.4);

  // A circle: the second parameter is known from the first but for its sign.
  const Eigen::ArrayXd angle = Eigen::ArrayXd::LinSpaced(1000, 0, 6.28);
  const Eigen::MatrixXd circle = (Eigen::MatrixXd(1000, 2) << angle.cos(), angle.sin()).finished();
  const Eigen::MatrixXd response = (3 * angle).sin().matrix() + 0.1 * normals(1000, 1, generator);
  const SmoothBasis basis = spline_basis(normal_scores(circle), response);
  CHECK(basis.columns.allFinite());
  CHECK(root_mean_square(fitted(basis, fit(basis, response)).array() - (3 * angle).sin()) < 0.04);
}

TEST_CASE("a curve in noise is found with the error that its degrees of freedom have") {
  PhiloxEngine generator = test::engine(4);
  const Eigen::MatrixXd values = normals(5000, 1, generator), scores = normal_scores(values);
  const Eigen::ArrayXd curve = (2 * values.col(0).array()).sin();
  const Eigen::MatrixXd response = curve.matrix() + 0.5 * normals(5000, 1, generator);
  const SmoothBasis basis = spline_basis(scores, response);
  const Regression regression = fit(basis, response);
  const double expected = 0.5 * std::sqrt(regression.degrees_of_freedom(0) / 5000);
  const double error = root_mean_square(fitted(basis, regression).array() - curve);
  CAPTURE(regression.degrees_of_freedom(0), error, expected);
  CHECK(regression.degrees_of_freedom(0) > 6);
  CHECK(regression.degrees_of_freedom(0) < 18);
  CHECK(error < 1.6 * expected);
  CHECK(error > 0.4 * expected);
  CHECK(regression.r_squared(0) == Approx(1 - 0.25 / (0.25 + (curve - curve.mean()).square().mean())).margin(0.03));
}

TEST_CASE("noise is smoothed to a straight line") {
  PhiloxEngine generator = test::engine(5);
  const Eigen::MatrixXd scores = normal_scores(normals(1000, 1, generator)), noise = normals(1000, 100, generator);
  const SmoothBasis basis = spline_basis(scores, noise.leftCols(1));
  const Regression regression = fit(basis, noise);
  CHECK(regression.degrees_of_freedom.minCoeff() >= 2 - 1e-9);
  CHECK(regression.degrees_of_freedom.mean() < 3);
  CHECK(regression.r_squared.mean() < 0.01);
}

TEST_CASE("each direction has its own roughness") {
  PhiloxEngine generator = test::engine(6);
  const Eigen::MatrixXd scores = normal_scores(normals(4000, 2, generator));
  const Eigen::ArrayXd curve = (1.5 * scores.col(0).array()).sin() + scores.col(1).array();
  const Eigen::MatrixXd response = curve.matrix() + normals(4000, 1, generator);
  const SmoothBasis basis = spline_basis(scores, response);
  const Regression regression = fit(basis, response);
  const double error = root_mean_square(fitted(basis, regression).array() - curve);
  CAPTURE(regression.degrees_of_freedom(0), error);
  // At most the eight functions of the first times a constant and a straight line of the second, of all 64.
  CHECK(regression.degrees_of_freedom(0) < 17);
  CHECK(error < 1.3 * std::sqrt(17 / 4000.0));
}

TEST_CASE("restricted likelihood finds the smoothing that responses were drawn with") {
  PhiloxEngine generator = test::engine(7);
  const Eigen::MatrixXd scores = normal_scores(normals(2000, 1, generator));
  const SmoothBasis basis = spline_basis(scores, scores);
  const Eigen::Index last = basis.penalty.size() - 1;
  constexpr int responses = 200;
  const double smoothing = 0.02 / basis.penalty(last);
  const Eigen::ArrayXd prior_sd = (basis.penalty.array() > 0).select((smoothing * basis.penalty.array()).rsqrt(), 0.0);
  const Eigen::MatrixXd drawn =
      basis.columns * (prior_sd.matrix().asDiagonal() * normals(last + 1, responses, generator)) +
      normals(2000, responses, generator);
  const Regression regression = fit(basis, drawn);
  // The shrinkage of the roughest column tells the smoothing chosen.
  const Eigen::ArrayXd shrinkage = regression.shrinkage.row(last).transpose().array();
  const Eigen::ArrayXd logs = ((1 / shrinkage - 1) / basis.penalty(last) / smoothing).log();
  const double sd = std::sqrt((logs - logs.mean()).square().mean());
  CAPTURE(logs.mean(), sd);
  CHECK(sd < 0.7);
  CHECK(std::abs(logs.mean()) < 0.2);
}

TEST_CASE("errors of the coefficients have the posterior covariance, between responses that of the residuals") {
  PhiloxEngine generator = test::engine(8);
  const Eigen::MatrixXd values = normals(500, 1, generator), noise = normals(500, 2, generator);
  Eigen::MatrixXd responses(500, 2);
  responses << values.array().square().matrix() + 2 * noise.col(0), values + noise.col(0) + noise.col(1);
  const SmoothBasis basis = spline_basis(normal_scores(values), responses);
  const Regression regression = fit(basis, responses);
  const Eigen::MatrixXd residuals = responses - fitted(basis, regression);
  const auto covariance = [&](int a, int b) {
    return residuals.col(a).dot(residuals.col(b)) /
           std::sqrt((500 - regression.degrees_of_freedom(a)) * (500 - regression.degrees_of_freedom(b)));
  };
  constexpr int draws = 4000, column = 4;
  Eigen::Matrix2d squares = Eigen::Matrix2d::Zero();
  for (int i = 0; i < draws; ++i) {
    const Eigen::RowVector2d error = draw_coefficient_errors(regression, generator).row(column);
    squares += error.transpose() * error / draws;
  }
  for (const auto& [a, b] : {std::pair{0, 0}, std::pair{0, 1}, std::pair{1, 1}}) {
    const double scale = std::sqrt(regression.shrinkage(column, a) * regression.shrinkage(column, b));
    const double expected = scale * covariance(a, b);
    const double one = std::sqrt(covariance(a, a) * covariance(b, b)) * scale;
    CHECK(test::stat_check(squares(a, b), expected, std::sqrt((expected * expected + one * one) / draws), 3));
  }
  CHECK(covariance(0, 0) == Approx(4).epsilon(0.2));
  CHECK(covariance(0, 1) == Approx(2).epsilon(0.25));
}

}  // namespace myelin::economics
