#include "economics/regression.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/tools/minima.hpp>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

namespace myelin::economics {

namespace {

/// A response in the coordinates of the basis.
struct Projection {
  Eigen::ArrayXd coordinates;  ///< [column]
  double unexplained;          ///< squared length of what no column explains
  double draws;
};

Eigen::ArrayXd shrinkage_at(const SmoothBasis& basis, double smoothing) {
  return (1 + smoothing * basis.penalty.array()).inverse();
}

/// Minus twice the restricted log-likelihood, the variance of the error profiled out, up to a constant.
double restricted_deviance(const SmoothBasis& basis, const Projection& response, double smoothing) {
  const Eigen::ArrayXd shrinkage = shrinkage_at(basis, smoothing);
  const double never_shrunk = static_cast<double>((basis.penalty.array() == 0).count());
  const double penalised = response.unexplained + ((1 - shrinkage) * response.coordinates.square()).sum();
  // A penalised column has variance 1 + 1 / (smoothing penalty) = 1 / (1 - shrinkage) in units of the error's.
  const double log_variances = -(basis.penalty.array() > 0).select((1 - shrinkage).log(), 0.0).sum();
  return log_variances + (response.draws - never_shrunk) * std::log(penalised);
}

/// The amount of smoothing of the greatest restricted likelihood: of a coarse grid, then by Brent's search about that.
double choose_smoothing(const SmoothBasis& basis, const Projection& response) {
  constexpr int grid_points = 25, bits = 20;
  constexpr double beyond = 1e5;  // the factor at which a column counts as not shrunk, or as left out
  double gentlest = INFINITY, harshest = 0;
  for (const double penalty : basis.penalty) {
    if (penalty > 0) gentlest = std::min(gentlest, penalty);
    harshest = std::max(harshest, penalty);
  }
  if (harshest == 0) return 0;

  const auto deviance = [&](double log) { return restricted_deviance(basis, response, std::exp(log)); };
  const double from = -std::log(harshest * beyond), step = (std::log(beyond / gentlest) - from) / (grid_points - 1);
  int best = 0;
  for (int i = 1; i < grid_points; ++i) {
    if (deviance(from + i * step) < deviance(from + best * step)) best = i;
  }
  return std::exp(
      boost::math::tools::brent_find_minima(deviance, from + (best - 1) * step, from + (best + 1) * step, bits).first);
}

}  // namespace

bool varies(const Eigen::VectorXd& values) {
  constexpr double rounding = 1e-12;
  return values.maxCoeff() - values.minCoeff() > rounding * values.cwiseAbs().maxCoeff();
}

Eigen::MatrixXd normal_scores(const Eigen::MatrixXd& values) {
  const boost::math::normal normal;
  Eigen::MatrixXd scores(values.rows(), values.cols());
  std::vector<Eigen::Index> order(static_cast<std::size_t>(values.rows()));
  for (Eigen::Index column = 0; column < values.cols(); ++column) {
    std::iota(order.begin(), order.end(), Eigen::Index{0});
    std::sort(order.begin(), order.end(),
              [&](Eigen::Index a, Eigen::Index b) { return values(a, column) < values(b, column); });
    for (std::size_t first = 0, last; first < order.size(); first = last) {
      for (last = first + 1; last < order.size() && values(order[last], column) == values(order[first], column);)
        ++last;
      const double mean_rank = static_cast<double>(first + last) / 2;  // counted from 0 at the lower end of a rank
      const double score = boost::math::quantile(normal, mean_rank / static_cast<double>(order.size()));
      for (std::size_t i = first; i < last; ++i) scores(order[i], column) = score;
    }
  }
  return scores;
}

SmoothBasis orthonormal_basis(const Eigen::MatrixXd& design, const Eigen::VectorXd& penalty) {
  constexpr double ridge = 1e-11;         // as a share of a column's squared sum
  constexpr double hardly_seen = 1e-6;    // below, rounding would spoil the column
  constexpr double hardly_shrunk = 1e-6;  // above the ridge and its rounding
  const Eigen::Index columns = design.cols();
  Eigen::MatrixXd squares = Eigen::MatrixXd::Zero(columns, columns);  // the lower triangle, all that the solver reads
  squares.selfadjointView<Eigen::Lower>().rankUpdate(design.transpose());
  const Eigen::ArrayXd lengths_squared = squares.diagonal().array().max(std::numeric_limits<double>::min());
  const Eigen::VectorXd scale = lengths_squared.rsqrt();
  squares = (scale.asDiagonal() * squares * scale.asDiagonal()).eval();

  // The roughness of each combination, as a share of roughness and squared sum together: 0 is never shrunk, 1 unseen.
  const Eigen::MatrixXd roughness = Eigen::VectorXd(penalty.array() / lengths_squared + ridge).asDiagonal();
  const Eigen::GeneralizedSelfAdjointEigenSolver<Eigen::MatrixXd> solver(roughness, squares + roughness);
  const Eigen::ArrayXd share = solver.eigenvalues().array().max(0.0);
  const Eigen::Index kept = (share < 1 - hardly_seen).count();  // in rising order
  const Eigen::ArrayXd seen = 1 - share.head(kept);

  SmoothBasis basis{{}, (share.head(kept) / seen).matrix(), {}};
  basis.of_design = scale.asDiagonal() * solver.eigenvectors().leftCols(kept) * seen.rsqrt().matrix().asDiagonal();
  basis.columns = design * basis.of_design;
  for (double& value : basis.penalty) {
    if (value < hardly_shrunk) value = 0;
  }
  return basis;
}

Regression fit(const SmoothBasis& basis, const Eigen::MatrixXd& responses) {
  const Eigen::Index count = responses.cols();
  const double draws = static_cast<double>(responses.rows());
  Regression regression;
  regression.mean = responses.colwise().mean();
  const Eigen::MatrixXd deviations = responses.rowwise() - regression.mean;
  const Eigen::MatrixXd coordinates = basis.columns.transpose() * deviations;
  regression.shrinkage = Eigen::MatrixXd::Zero(coordinates.rows(), count);
  regression.r_squared = regression.deviance = Eigen::VectorXd::Zero(count);
  for (Eigen::Index r = 0; r < count; ++r) {
    if (!varies(responses.col(r))) continue;
    const double total = deviations.col(r).squaredNorm();
    const double smallest = 1e-14 * total;  // rounding
    const Projection response{coordinates.col(r), std::max(total - coordinates.col(r).squaredNorm(), smallest), draws};
    const double smoothing = choose_smoothing(basis, response);
    regression.shrinkage.col(r) = shrinkage_at(basis, smoothing).matrix();
    regression.deviance(r) = restricted_deviance(basis, response, smoothing);
  }
  regression.degrees_of_freedom = regression.shrinkage.colwise().sum().transpose();
  regression.coefficients = regression.shrinkage.cwiseProduct(coordinates);

  Eigen::MatrixXd residuals = deviations - basis.columns * regression.coefficients;
  for (Eigen::Index r = 0; r < count; ++r) {
    if (varies(responses.col(r))) {
      regression.r_squared(r) = 1 - residuals.col(r).squaredNorm() / deviations.col(r).squaredNorm();
    }
    residuals.col(r) /= std::sqrt(draws - regression.degrees_of_freedom(r));
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> covariance(residuals.transpose() * residuals);
  regression.error_root = covariance.eigenvectors() * covariance.eigenvalues().cwiseMax(0.0).cwiseSqrt().asDiagonal();
  return regression;
}

Eigen::MatrixXd fitted(const SmoothBasis& basis, const Regression& regression) {
  return (basis.columns * regression.coefficients).rowwise() + regression.mean;
}

Eigen::MatrixXd draw_coefficient_errors(const Regression& regression, PhiloxEngine& generator) {
  boost::random::normal_distribution<double> normal;
  const Eigen::MatrixXd independent = Eigen::MatrixXd::NullaryExpr(
      regression.shrinkage.rows(), regression.shrinkage.cols(), [&] { return normal(generator); });
  return regression.shrinkage.cwiseSqrt().cwiseProduct(independent * regression.error_root.transpose());
}

std::vector<Eigen::Index> choose_rows(Eigen::Index limit, Eigen::Index count, PhiloxEngine& generator) {
  std::vector<Eigen::Index> rows(static_cast<std::size_t>(limit));
  std::iota(rows.begin(), rows.end(), Eigen::Index{0});
  const Eigen::Index chosen = std::min(limit, count);
  for (Eigen::Index i = 0; i < chosen; ++i) {
    const Eigen::Index other = boost::random::uniform_int_distribution<Eigen::Index>(i, limit - 1)(generator);
    std::swap(rows[static_cast<std::size_t>(i)], rows[static_cast<std::size_t>(other)]);
  }
  rows.resize(static_cast<std::size_t>(chosen));
  return rows;
}

}  // namespace myelin::economics
