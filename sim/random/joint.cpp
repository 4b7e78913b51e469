#include "random/joint.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "core/contract.hpp"
#include "random/silent_math.hpp"

namespace myelin {

namespace {

using StandardNormal = boost::math::normal_distribution<double, SilentMath>;

/// Relative to the largest number of a matrix, what rounding of published numbers may leave.
constexpr double rounding = 1e-9;

Diagnostic problem(std::string text, std::string remedy) { return {{}, std::move(text), std::move(remedy)}; }

std::string shown(double number) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, number, std::chars_format::general, 6).ptr};
}

std::string place(Eigen::Index row, Eigen::Index column) {
  return "row " + std::to_string(row + 1) + ", column " + std::to_string(column + 1);
}

/// What keeps a matrix from being symmetric; none if nothing does.
std::optional<Diagnostic> check_symmetric(const Eigen::MatrixXd& matrix) {
  if (matrix.rows() != matrix.cols() || matrix.rows() == 0)
    return problem(
        "the matrix has " + std::to_string(matrix.rows()) + " rows and " + std::to_string(matrix.cols()) + " columns",
        "write as many rows as columns, one a number");
  if (!matrix.allFinite()) return problem("the matrix has something that is no finite number", "write numbers alone");
  const double slack = rounding * matrix.cwiseAbs().maxCoeff();
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    for (Eigen::Index j = 0; j < i; ++j) {
      if (std::abs(matrix(i, j) - matrix(j, i)) <= slack) continue;
      return problem("the matrix is not symmetric: " + shown(matrix(i, j)) + " in " + place(i, j) + ", " +
                         shown(matrix(j, i)) + " in " + place(j, i),
                     "write the same number in both places");
    }
  }
  return std::nullopt;
}

std::optional<Diagnostic> check_correlations(const Eigen::MatrixXd& matrix) {
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    if (std::abs(matrix(i, i) - 1) > rounding)
      return problem("a number's correlation with itself is 1, not " + shown(matrix(i, i)) + " (" + place(i, i) + ")",
                     "write 1 on the diagonal, and correlations rather than covariances");
    for (Eigen::Index j = 0; j < i; ++j) {
      if (std::abs(matrix(i, j)) <= 1) continue;
      return problem("a correlation lies between -1 and 1, not at " + shown(matrix(i, j)) + " (" + place(i, j) + ")",
                     "correct it");
    }
  }
  return std::nullopt;
}

Eigen::VectorXd normal_scores(std::span<const double> uniforms) {
  Eigen::VectorXd scores(static_cast<Eigen::Index>(uniforms.size()));
  std::ranges::transform(uniforms, scores.begin(), [](double u) { return boost::math::quantile(StandardNormal(), u); });
  return scores;
}

/// ln of the quantile of the gamma distribution with scale 1. Small shapes have quantiles too small for a number; there
/// the distribution function is x^shape / Gamma(shape + 1) (Abramowitz and Stegun 6.5.29, first term).
double log_gamma_quantile(double shape, double p) {
  const double quantile = boost::math::gamma_p_inv(shape, p, SilentMath());
  if (quantile > 1e-100) return std::log(quantile);
  return (std::log(p) + boost::math::lgamma(shape + 1, SilentMath())) / shape;
}

}  // namespace

tl::expected<GaussianCopula, Diagnostic> GaussianCopula::make(const Eigen::MatrixXd& correlation) {
  if (const auto found = check_symmetric(correlation)) return tl::unexpected(*found);
  if (const auto found = check_correlations(correlation)) return tl::unexpected(*found);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(correlation, Eigen::EigenvaluesOnly);
  const double smallest = solver.eigenvalues()[0];
  if (smallest > rounding) return GaussianCopula(correlation.llt().matrixL());
  // f times the correlations has the smallest eigenvalue 1 - f (1 - smallest).
  const double largest_factor = 1 / (1 - smallest);
  return tl::unexpected(problem(
      "no numbers have these correlations: the matrix is not positive definite, its smallest eigenvalue is " +
          shown(smallest),
      "correct the correlations, or multiply all of them by a number below " +
          shown(std::floor(largest_factor * 1e4) / 1e4) + "; let numbers that are perfectly correlated vary as one"));
}

void GaussianCopula::couple(std::span<double> uniforms) const {
  MYELIN_EXPECT(uniforms.size() == size());
  const Eigen::VectorXd scores = factor_.triangularView<Eigen::Lower>() * normal_scores(uniforms);
  // The normal distribution function rounds to 1 from 8.3 on.
  constexpr double least = std::numeric_limits<double>::epsilon() / 2;
  for (std::size_t i = 0; i < uniforms.size(); ++i) {
    const double uniform = boost::math::cdf(StandardNormal(), scores[static_cast<Eigen::Index>(i)]);
    uniforms[i] = std::clamp(uniform, least, 1 - least);
  }
}

tl::expected<MultivariateNormal, Diagnostic> MultivariateNormal::make(const Eigen::VectorXd& mean,
                                                                      const Eigen::MatrixXd& covariance) {
  if (const auto found = check_symmetric(covariance)) return tl::unexpected(*found);
  if (mean.size() != covariance.rows())
    return tl::unexpected(problem("there are " + std::to_string(mean.size()) + " means, and a covariance of " +
                                      std::to_string(covariance.rows()) + " rows",
                                  "write one row a mean"));
  if (!mean.allFinite()) return tl::unexpected(problem("a mean is no finite number", "write numbers alone"));
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);
  const double smallest = solver.eigenvalues()[0], largest = solver.eigenvalues()[covariance.rows() - 1];
  if (smallest < -rounding * std::max(largest, 0.0) || largest < 0)
    return tl::unexpected(problem(
        "no numbers have this covariance: the matrix is not positive semi-definite, its smallest eigenvalue is " +
            shown(smallest),
        "correct the matrix, or write it with all the digits it was published with"));
  Eigen::MatrixXd root = solver.eigenvectors() * solver.eigenvalues().cwiseMax(0).cwiseSqrt().asDiagonal() *
                         solver.eigenvectors().transpose();
  // What does not vary keeps its mean to the last digit.
  for (Eigen::Index i = 0; i < covariance.rows(); ++i) {
    if (covariance(i, i) == 0) root.row(i).setZero();
  }
  return MultivariateNormal(mean, std::move(root));
}

Eigen::VectorXd MultivariateNormal::draw(std::span<const double> uniforms) const {
  MYELIN_EXPECT(uniforms.size() == size());
  return mean_ + root_ * normal_scores(uniforms);
}

std::vector<double> dirichlet_draw(std::span<const double> means, double size, std::span<const double> uniforms) {
  MYELIN_EXPECT(means.size() == uniforms.size() && size > 0 && std::isfinite(size));
  constexpr double infinity = std::numeric_limits<double>::infinity();
  std::vector<double> draw(means.size(), -infinity);
  for (std::size_t i = 0; i < means.size(); ++i) {
    if (means[i] > 0) draw[i] = log_gamma_quantile(means[i] * size, uniforms[i]);
  }
  const double largest = *std::ranges::max_element(draw);
  for (double& number : draw) number = std::exp(number - largest);
  const double sum = std::accumulate(draw.begin(), draw.end(), 0.0);
  for (double& number : draw) number /= sum;
  return draw;
}

}  // namespace myelin
