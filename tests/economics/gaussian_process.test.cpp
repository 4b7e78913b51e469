#include "economics/gaussian_process.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

#include "random_decision.hpp"

namespace myelin::economics {
namespace {

Eigen::MatrixXd normals(Eigen::Index rows, Eigen::Index columns, PhiloxEngine& generator) {
  return test::standard_normals(rows * columns, generator).reshaped(rows, columns);
}

/// How far the fit is from the function that the responses follow but for noise.
struct Fit {
  double root_mean_square_error, degrees_of_freedom;
};

Fit fit_function(const std::function<double(const Eigen::RowVectorXd&)>& function, Eigen::Index draws,
                 Eigen::Index parameters, double noise_sd) {
  PhiloxEngine generator = test::engine(1);
  const Eigen::MatrixXd values = normals(draws, parameters, generator);
  Eigen::VectorXd truth(draws);
  for (Eigen::Index i = 0; i < draws; ++i) truth(i) = function(values.row(i));
  const Eigen::MatrixXd response = truth + noise_sd * normals(draws, 1, generator);
  const SmoothBasis basis = gaussian_process_basis(values, normal_scores(values), response, generator);
  const Regression regression = fit(basis, response);
  return {std::sqrt((fitted(basis, regression) - truth).squaredNorm() / static_cast<double>(draws)),
          regression.degrees_of_freedom(0)};
}

}  // namespace

TEST_CASE("a Gaussian process spends little more on a linear function than a linear regression") {
  const Fit linear = fit_function([](const auto& x) { return 5 + x.sum(); }, 3000, 20, 2);
  CAPTURE(linear.root_mean_square_error, linear.degrees_of_freedom);
  CHECK(linear.degrees_of_freedom >= 21 - 1e-6);
  CHECK(linear.degrees_of_freedom < 40);
  CHECK(linear.root_mean_square_error < 1.5 * 2 * std::sqrt(21.0 / 3000));

  // On the scale of the values, however skew.
  const Fit skew = fit_function([](const auto& x) { return x(0); }, 500, 2, 0);
  CHECK(skew.root_mean_square_error < 1e-6);
}

TEST_CASE("a Gaussian process leaves noise alone") {
  const Fit noise = fit_function([](const auto&) { return 0; }, 1000, 5, 1);
  CAPTURE(noise.root_mean_square_error, noise.degrees_of_freedom);
  CHECK(noise.degrees_of_freedom < 10);
  CHECK(noise.root_mean_square_error < 0.13);
}

TEST_CASE("a Gaussian process finds interactions of many parameters") {
  const Fit products =
      fit_function([](const auto& x) { return x(0) * x(1) + x(2) * x(3) + x(4) * x(4) + x(5); }, 4000, 8, 1);
  CAPTURE(products.root_mean_square_error, products.degrees_of_freedom);
  CHECK(products.root_mean_square_error < 0.3);  // of a function whose own spread is 2.2
}

TEST_CASE("lengths follow the parameters: short for a curved one, long for those that do not matter") {
  // A process whose length is the same for all five would need as fine a mesh in each.
  const Fit curved = fit_function([](const auto& x) { return std::sin(2.5 * x(0)) + x(1); }, 1000, 5, 0.3);
  CAPTURE(curved.root_mean_square_error, curved.degrees_of_freedom);
  CHECK(curved.root_mean_square_error < 0.09);
  CHECK(curved.degrees_of_freedom < 60);
}

TEST_CASE("a Gaussian process finds as much as the noise leaves, whether it is slight or nearly all there is") {
  const auto wave = [](const auto& x) { return std::sin(2 * x(0)) * x(1); };  // its own spread is 0.7
  const Fit slight = fit_function(wave, 3000, 2, 0.3), heavy = fit_function(wave, 3000, 2, 3);
  CAPTURE(slight.root_mean_square_error, slight.degrees_of_freedom, heavy.root_mean_square_error,
          heavy.degrees_of_freedom);
  CHECK(slight.degrees_of_freedom < 40);
  CHECK(slight.root_mean_square_error < 1.5 * 0.3 * std::sqrt(40.0 / 3000));
  CHECK(heavy.degrees_of_freedom < 40);
  CHECK(heavy.root_mean_square_error < 3 * std::sqrt(40.0 / 3000));
}

TEST_CASE("the basis of a Gaussian process is orthonormal, repeats by its seed, and keeps to its draws") {
  PhiloxEngine generator = test::engine(2);
  const Eigen::MatrixXd values = normals(900, 3, generator), scores = normal_scores(values);
  const Eigen::MatrixXd response = values.rowwise().prod() + 0.1 * normals(900, 1, generator);
  PhiloxEngine one = test::engine(3), again = test::engine(3), other = test::engine(4);
  const SmoothBasis basis = gaussian_process_basis(values, scores, response, one);
  const Eigen::MatrixXd squares = basis.columns.transpose() * basis.columns;
  CHECK((squares - Eigen::MatrixXd::Identity(squares.rows(), squares.cols())).cwiseAbs().maxCoeff() < 1e-6);
  CHECK((basis.penalty.array() == 0).count() == 4);
  CHECK(basis.columns.cols() <= 404);
  CHECK(gaussian_process_basis(values, scores, response, again).columns == basis.columns);

  // Other draws span the process about as well.
  const SmoothBasis different = gaussian_process_basis(values, scores, response, other);
  const Eigen::MatrixXd change = fitted(basis, fit(basis, response)) - fitted(different, fit(different, response));
  CHECK(change.norm() > 0);
  CHECK(change.norm() / std::sqrt(900.0) < 0.05);
}

}  // namespace myelin::economics
