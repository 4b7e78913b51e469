#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <span>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "core/diagnostic.hpp"

/// \file
/// Numbers that vary jointly in a probabilistic sensitivity analysis. Each function turns independent numbers, uniform
/// and strictly between 0 and 1, into dependent ones; diagnostics have no place.

namespace myelin {

/// Dependence without regard to the single distributions: uniform numbers whose normal scores have a given correlation.
class GaussianCopula {
 public:
  /// Refuses a matrix that is not square and symmetric with ones on its diagonal and nothing beyond -1 and 1 off it, or
  /// that is not positive definite.
  static tl::expected<GaussianCopula, Diagnostic> make(const Eigen::MatrixXd& correlation);

  std::size_t size() const { return static_cast<std::size_t>(factor_.rows()); }

  /// Replaces `size()` independent uniform numbers by dependent ones, each uniform and strictly between 0 and 1. The
  /// first stays as it is, to rounding.
  void couple(std::span<double> uniforms) const;

 private:
  explicit GaussianCopula(Eigen::MatrixXd factor) : factor_(std::move(factor)) {}
  Eigen::MatrixXd factor_;  // lower triangular; times its transpose, the correlation
};

/// Several normal numbers with given means and covariance.
class MultivariateNormal {
 public:
  /// Refuses a covariance that is not square, of the size of the mean, symmetric and positive semi-definite. A variance
  /// of 0 is allowed: that number does not vary.
  static tl::expected<MultivariateNormal, Diagnostic> make(const Eigen::VectorXd& mean,
                                                           const Eigen::MatrixXd& covariance);

  std::size_t size() const { return static_cast<std::size_t>(mean_.size()); }

  /// A draw [number] from as many uniform numbers.
  Eigen::VectorXd draw(std::span<const double> uniforms) const;

 private:
  MultivariateNormal(Eigen::VectorXd mean, Eigen::MatrixXd root) : mean_(std::move(mean)), root_(std::move(root)) {}
  Eigen::VectorXd mean_;
  Eigen::MatrixXd root_;  // symmetric; its square is the covariance
};

/// Probabilities [outcome] drawn from the Dirichlet distribution with these means, which sum to 1, and with the weight
/// of `size` > 0 patients: the variance of a probability is mean (1 - mean) / (size + 1). A mean of 0 stays 0. Takes as
/// many uniform numbers as there are means.
std::vector<double> dirichlet_draw(std::span<const double> means, double size, std::span<const double> uniforms);

}  // namespace myelin
