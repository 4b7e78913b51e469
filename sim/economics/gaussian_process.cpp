#include "economics/gaussian_process.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <nlopt.hpp>
#include <stdexcept>
#include <vector>

namespace myelin::economics {

namespace {

/// Lengths, in standard deviations, at which a process of so many parameters is neither rough nor a plane.
double moderate_length(Eigen::Index parameters) { return 1.5 * std::sqrt(static_cast<double>(parameters)); }

constexpr Eigen::Index most_search_draws = 300, search_draws_per_parameter = 150;
constexpr Eigen::Index most_inducing_draws = 400, inducing_draws_per_parameter = 100;

/// A constant and the values in standard units.
Eigen::MatrixXd linear_functions(const Eigen::MatrixXd& values) {
  const Eigen::MatrixXd deviations = values.rowwise() - values.colwise().mean();
  Eigen::MatrixXd linear(values.rows(), values.cols() + 1);
  linear << Eigen::VectorXd::Ones(values.rows()),
      deviations.colwise().normalized() * std::sqrt(static_cast<double>(values.rows()));
  return linear;
}

/// exp(-squared distance) [row of a][row of b].
Eigen::MatrixXd correlation(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  const Eigen::VectorXd a_squared = a.rowwise().squaredNorm(), b_squared = b.rowwise().squaredNorm();
  Eigen::MatrixXd exponent = 2 * a * b.transpose();
  exponent.colwise() -= a_squared;
  exponent.rowwise() -= b_squared.transpose();
  return exponent.array().min(0.0).exp();
}

Eigen::MatrixXd scaled(const Eigen::MatrixXd& scores, const Eigen::ArrayXd& lengths) {
  return scores * lengths.inverse().matrix().asDiagonal();
}

struct LengthSearch {
  Eigen::MatrixXd scores;     ///< [draw][parameter]
  Eigen::MatrixXd linear;     ///< [draw][1 + parameter]
  Eigen::MatrixXd responses;  ///< [draw][response]
};

/// Minus twice the restricted log-likelihood of the log lengths and the log of the error's variance as a multiple of
/// the process's, summed over responses that share these, and its derivatives (Rasmussen and Williams 2006,
/// section 5.4).
double restricted_deviance(const std::vector<double>& logs, std::vector<double>& gradient, void* data) {
  const auto& search = *static_cast<const LengthSearch*>(data);
  const Eigen::Index draws = search.scores.rows(), parameters = search.scores.cols();
  const Eigen::ArrayXd lengths = Eigen::Map<const Eigen::ArrayXd>(logs.data(), parameters).exp();
  const double nugget = std::exp(logs.back());
  const double free_draws = static_cast<double>(draws - search.linear.cols());
  const double count = static_cast<double>(search.responses.cols());

  const Eigen::MatrixXd at = scaled(search.scores, lengths), process = correlation(at, at);
  Eigen::MatrixXd total = process;
  total.diagonal().array() += nugget;
  const Eigen::LLT<Eigen::MatrixXd> factors(total);
  const Eigen::MatrixXd weighted = factors.solve(search.linear);
  const Eigen::LLT<Eigen::MatrixXd> mean_factors(search.linear.transpose() * weighted);
  // The precision of the responses once the linear mean is integrated out.
  Eigen::MatrixXd precision = factors.solve(Eigen::MatrixXd::Identity(draws, draws));
  precision -= weighted * mean_factors.solve(weighted.transpose());
  const Eigen::MatrixXd weights = precision * search.responses;
  const Eigen::ArrayXd lengths_squared = search.responses.cwiseProduct(weights).colwise().sum();

  const Eigen::MatrixXd factor = factors.matrixLLT(), mean_factor = mean_factors.matrixLLT();
  const double log_determinants =
      2 * (factor.diagonal().array().log().sum() + mean_factor.diagonal().array().log().sum());
  if (!gradient.empty()) {
    const Eigen::MatrixXd slopes = count * precision - free_draws * weights *
                                                           lengths_squared.inverse().matrix().asDiagonal() *
                                                           weights.transpose();
    // The derivative of the process to a log length is 2 (distance in lengths)^2 times the process.
    const Eigen::MatrixXd by_pair = slopes.cwiseProduct(process);
    const Eigen::ArrayXXd spread = (by_pair * at).array();
    const Eigen::VectorXd by_draw = by_pair.rowwise().sum();
    for (Eigen::Index j = 0; j < parameters; ++j) {
      const Eigen::ArrayXd place = at.col(j).array();
      gradient[static_cast<std::size_t>(j)] =
          4 * ((place.square() * by_draw.array()).sum() - (place * spread.col(j)).sum());
    }
    gradient.back() = nugget * slopes.trace();
  }
  return count * log_determinants + free_draws * lengths_squared.log().sum();
}

struct Covariance {
  Eigen::ArrayXd lengths;  ///< [parameter], in standard deviations
  double error_variance;   ///< as a multiple of the process's
};

Covariance choose_covariance(LengthSearch search) {
  constexpr double shortest = 0.5, longest = 50;  // standard deviations; beyond, a parameter acts linearly
  constexpr double least_error = 1e-5, most_error = 1e4, precision = 0.02;
  constexpr int most_evaluations = 60;
  const Eigen::Index parameters = search.scores.cols();
  const auto all = static_cast<std::size_t>(parameters) + 1;
  std::vector<double> logs(all, std::log(moderate_length(parameters))), low(all, std::log(shortest)),
      high(all, std::log(longest));
  logs.back() = std::log(0.1);
  low.back() = std::log(least_error);
  high.back() = std::log(most_error);
  nlopt::opt optimiser(nlopt::LD_LBFGS, static_cast<unsigned>(logs.size()));
  optimiser.set_min_objective(restricted_deviance, &search);
  optimiser.set_lower_bounds(low);
  optimiser.set_upper_bounds(high);
  optimiser.set_ftol_abs(precision);
  optimiser.set_maxeval(most_evaluations);
  double deviance = 0;
  try {
    optimiser.optimize(logs, deviance);
  } catch (const std::runtime_error&) {
    // The line search could not improve on where it stands.
  }
  return {Eigen::Map<const Eigen::ArrayXd>(logs.data(), parameters).exp(), std::exp(logs.back())};
}

/// The process over all draws, as independent functions of its values at `spread`, some of the draws.
SmoothBasis span_process(const Eigen::MatrixXd& scores, const Eigen::MatrixXd& linear, const Covariance& covariance,
                         const std::vector<Eigen::Index>& spread) {
  constexpr double negligible = 1e-9;
  const Eigen::MatrixXd at = scaled(scores, covariance.lengths), inducing = at(spread, Eigen::all);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(correlation(inducing, inducing));
  const Eigen::ArrayXd variances = solver.eigenvalues();
  const Eigen::Index kept = (variances > negligible * variances.maxCoeff()).count();  // the last, in rising order
  const Eigen::MatrixXd turn =
      solver.eigenvectors().rightCols(kept) * variances.tail(kept).rsqrt().matrix().asDiagonal();
  Eigen::MatrixXd design(scores.rows(), linear.cols() + kept);
  design << linear, correlation(at, inducing) * turn;
  Eigen::VectorXd penalty = Eigen::VectorXd::Constant(design.cols(), covariance.error_variance);
  penalty.head(linear.cols()).setZero();
  return orthonormal_basis(design, penalty);
}

}  // namespace

SmoothBasis gaussian_process_basis(const Eigen::MatrixXd& values, const Eigen::MatrixXd& scores,
                                   const Eigen::MatrixXd& responses, PhiloxEngine& generator) {
  const std::vector<Eigen::Index> few =
      choose_rows(scores.rows(), std::min(most_search_draws, search_draws_per_parameter * scores.cols()), generator);
  const std::vector<Eigen::Index> spread = choose_rows(
      scores.rows(), std::min(most_inducing_draws, inducing_draws_per_parameter * scores.cols()), generator);
  const Eigen::MatrixXd linear = linear_functions(values);
  const Eigen::MatrixXd deviations = responses.rowwise() - responses.colwise().mean();
  Covariance covariance = choose_covariance(
      {scores(few, Eigen::all), linear(few, Eigen::all), deviations(few, Eigen::all).colwise().normalized()});
  SmoothBasis chosen = span_process(scores, linear, covariance, spread);

  // Few draws may miss a weak curvature that all draws show.
  covariance.lengths = covariance.lengths.min(moderate_length(scores.cols()));
  SmoothBasis shorter = span_process(scores, linear, covariance, spread);
  const bool shorter_is_likelier = fit(shorter, responses).deviance.sum() < fit(chosen, responses).deviance.sum();
  return shorter_is_likelier ? shorter : chosen;
}

}  // namespace myelin::economics
