#pragma once

#include <Eigen/Core>
#include <vector>

#include "random/stream.hpp"

/// \file
/// Penalised regression: the expectation of responses given parameters, as a linear combination of smooth functions of
/// the parameters. Splines and Gaussian processes differ only in these functions; once they are made orthonormal over
/// the draws, with a penalty for each (Demmler and Reinsch 1975), every response is fitted in no time.

namespace myelin::economics {

/// The smooth functions of a set of parameters, made once and used for every response.
struct SmoothBasis {
  Eigen::MatrixXd columns;    ///< [draw][column], orthonormal
  Eigen::VectorXd penalty;    ///< [column]: relative roughness, not negative; 0 for functions that are never shrunk
  Eigen::MatrixXd of_design;  ///< [column of the design][column]: columns = design x of_design
};

/// The responses' expectations given the parameters, and how far the draws determine them.
struct Regression {
  Eigen::RowVectorXd mean;             ///< [response]
  Eigen::MatrixXd coefficients;        ///< [column][response], of the deviation from the mean
  Eigen::MatrixXd shrinkage;           ///< [column][response]: from 0, the column is left out, to 1, it is not shrunk
  Eigen::MatrixXd error_root;          ///< [response][response]: a square root of the covariance of the residuals
  Eigen::VectorXd degrees_of_freedom;  ///< [response], effective: the sum of the shrinkage
  Eigen::VectorXd r_squared;           ///< [response]: share of the variance explained; 0 where there is none
  /// [response]: minus twice the restricted log-likelihood, up to what is common to bases that never shrink the same.
  Eigen::VectorXd deviance;
};

/// Whether numbers differ by more than rounding.
bool varies(const Eigen::VectorXd& values);

/// Normal scores by column: the standard normal quantiles of the ranks (rank - 1/2) / draws, of equal values the mean
/// rank. Most distributions of parameters are smooth functions of a normal one, so that smoothness on this scale suits
/// all of them and no value lies far out.
Eigen::MatrixXd normal_scores(const Eigen::MatrixXd& values);

/// The basis that spans the columns of `design` [draw][column], whose coefficients have the squared penalties `penalty`
/// [column] (not negative, in the unit of the design's squared sums). Combinations that no draw determines are left
/// out.
SmoothBasis orthonormal_basis(const Eigen::MatrixXd& design, const Eigen::VectorXd& penalty);

/// Fits each response [draw][response] with its own amount of smoothing, chosen by restricted maximum likelihood
/// (Wahba 1985; Wood 2011). A response that does not vary is its mean.
Regression fit(const SmoothBasis& basis, const Eigen::MatrixXd& responses);

/// The fitted responses [draw][response].
Eigen::MatrixXd fitted(const SmoothBasis& basis, const Regression& regression);

/// A draw of the errors of the coefficients [column][response], normal about 0, correlated between responses as the
/// residuals are.
Eigen::MatrixXd draw_coefficient_errors(const Regression& regression, PhiloxEngine& generator);

/// `count` different numbers below `limit` in random order, or all of them if there are no more.
std::vector<Eigen::Index> choose_rows(Eigen::Index limit, Eigen::Index count, PhiloxEngine& generator);

}  // namespace myelin::economics
