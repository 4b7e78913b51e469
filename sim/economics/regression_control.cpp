#include "economics/regression_control.hpp"

#include <cmath>

#include "core/contract.hpp"
#include "economics/regression.hpp"

namespace myelin::economics {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Most results are nearly linear in most inputs; with an equal penalty squares would make few draws explain little.
constexpr double penalty_of_squares = 10;

/// Functions of the inputs with expectation 0 [draw][function]: deviations in units of the standard deviation, and
/// their squares less 1.
MatrixXd functions_of(const InputsWithMoments& inputs) {
  std::vector<Index> varying;
  for (Index input = 0; input < inputs.values.cols(); ++input) {
    if (inputs.variance[input] > 0) varying.push_back(input);
  }
  const auto count = static_cast<Index>(varying.size());
  MatrixXd functions(inputs.values.rows(), 2 * count);
  for (Index i = 0; i < count; ++i) {
    const Index input = varying[static_cast<std::size_t>(i)];
    const Eigen::ArrayXd deviations =
        (inputs.values.col(input).array() - inputs.mean[input]) / std::sqrt(inputs.variance[input]);
    functions.col(i) = deviations;
    functions.col(count + i) = deviations.square() - 1;
  }
  return functions;
}

Estimate mean_of(const VectorXd& values) {
  const double n = static_cast<double>(values.size()), mean = values.mean();
  return {mean, std::sqrt((values.array() - mean).square().sum() / (n - 1) / n)};
}

/// Each draw's response less what the regression on the other draws explains of it [draw].
VectorXd without_explained(const SmoothBasis& basis, const VectorXd& at_expectation, const Regression& regression,
                           const VectorXd& response, Index column) {
  const double n = static_cast<double>(response.size());
  const VectorXd shrinkage = regression.shrinkage.col(column), coefficients = regression.coefficients.col(column);
  const VectorXd residuals = (response - basis.columns * coefficients).array() - regression.mean[column];
  // How far a draw's own response pulls the regression towards itself, and towards it at the inputs' expectations.
  const Eigen::ArrayXd own = (basis.columns.array().square().matrix() * shrinkage).array() + 1 / n,
                       there = (basis.columns * shrinkage.cwiseProduct(at_expectation)).array() + 1 / n;
  const double predicted = regression.mean[column] + at_expectation.dot(coefficients);
  constexpr double rounding = 1e-10;
  return predicted + residuals.array() * (1 - there) / (1 - own).max(rounding);
}

}  // namespace

double ControlledMean::gain() const {
  if (controlled.standard_error == 0) return 1;
  return std::pow(plain.standard_error / controlled.standard_error, 2);
}

std::vector<ControlledMean> control_by_regression(const InputsWithMoments& inputs, const MatrixXd& responses) {
  MYELIN_EXPECT(responses.rows() >= 2 && inputs.values.rows() == responses.rows());
  MYELIN_EXPECT((inputs.variance.array() > 0).any());
  MatrixXd functions = functions_of(inputs);
  const Eigen::RowVectorXd centre = functions.colwise().mean();
  functions.rowwise() -= centre;
  VectorXd penalty = VectorXd::Ones(functions.cols());
  penalty.tail(functions.cols() / 2).setConstant(penalty_of_squares);
  const SmoothBasis basis = orthonormal_basis(functions, penalty);
  const VectorXd at_expectation = -(centre * basis.of_design).transpose();
  const Regression regression = fit(basis, responses);
  std::vector<ControlledMean> means;
  for (Index column = 0; column < responses.cols(); ++column) {
    const VectorXd response = responses.col(column);
    ControlledMean& mean = means.emplace_back(ControlledMean{mean_of(response), {}});
    mean.controlled = varies(response) ? mean_of(without_explained(basis, at_expectation, regression, response, column))
                                       : Estimate{response.mean(), 0};
  }
  return means;
}

}  // namespace myelin::economics
