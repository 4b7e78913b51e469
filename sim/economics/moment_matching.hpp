#pragma once

#include <Eigen/Core>
#include <vector>

#include "economics/evsi.hpp"
#include "economics/regression.hpp"

/// \file
/// Moment matching: net benefit given the parameters that a trial observes is drawn in around its mean, until its
/// variance is what the trial is expected to resolve (Heath, Manolopoulou and Baio 2018, 2019).

namespace myelin::economics {

/// Expected net benefit given the parameters observed, of each strategy against the first, and its principal
/// components: uncorrelated, of mean 0 and variance 1.
struct ExpectedBenefit {
  Regression regression;
  Eigen::MatrixXd fit;              ///< [draw][strategy - 1]
  Eigen::MatrixXd components;       ///< [draw][component]
  Eigen::MatrixXd to_components;    ///< [strategy - 1][component]
  Eigen::MatrixXd from_components;  ///< [component][strategy - 1]
};

/// From the net benefits against the first strategy [draw][strategy - 1].
ExpectedBenefit expected_benefit(const SmoothBasis& basis, const Eigen::MatrixXd& increments);

/// The covariance of the components under weights that sum to 1 [draw], without bias: of equal ones, that of the draws.
Eigen::MatrixXd weighted_covariance(const Eigen::MatrixXd& components, const Eigen::VectorXd& weights);

/// What some trials of one size would leave uncertain.
struct Posteriors {
  double patients = 0;
  std::vector<Eigen::MatrixXd> covariances;  ///< of the components, given the data of each trial; at least two
};

/// EVSI [size] from the posteriors of at least one size, not necessarily of those asked for. Errors of the regression
/// and of the curve through the sizes are simulated together; the error of averaging over the draws is added.
std::vector<Evsi> match_moments(const SmoothBasis& basis, const ExpectedBenefit& benefit,
                                const std::vector<Posteriors>& posteriors, const std::vector<double>& sizes,
                                PhiloxEngine& generator);

}  // namespace myelin::economics
