#pragma once

#include <Eigen/Core>
#include <string>
#include <vector>

#include "results/types.hpp"

/// \file
/// What a decision analysis over parameter draws needs, whoever simulated it.

namespace myelin::economics {

/// Expected discounted cost (currency) and QALYs per patient of every strategy in every parameter draw.
struct DecisionSample {
  std::vector<std::string> strategies;
  Eigen::MatrixXd cost;  ///< [draw][strategy]
  Eigen::MatrixXd qaly;  ///< [draw][strategy]

  Eigen::Index draws() const { return cost.rows(); }
};

/// How much of the spread over draws is noise of the simulated patients: the covariance, averaged over draws, of the
/// Monte Carlo errors of the increments against the first strategy, in the order cost of strategy 1, 2, ..., QALYs of
/// strategy 1, 2, ...; all 0 under the cohort engine.
struct IncrementNoise {
  Eigen::MatrixXd covariance;  ///< [2 (strategies - 1)][2 (strategies - 1)]
};

/// Net monetary benefit [draw][strategy] at a threshold in currency per QALY.
inline Eigen::MatrixXd net_benefit(const DecisionSample& sample, double threshold) {
  return threshold * sample.qaly - sample.cost;
}

/// Of each strategy but the first against the first [draw][strategy - 1].
inline Eigen::MatrixXd increments(const Eigen::MatrixXd& by_strategy) {
  return by_strategy.rightCols(by_strategy.cols() - 1).colwise() - by_strategy.col(0);
}

/// [draw][columns of both].
inline Eigen::MatrixXd side_by_side(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  Eigen::MatrixXd both(a.rows(), a.cols() + b.cols());
  both << a, b;
  return both;
}

/// The best of each row of increments, whose first strategy stands at 0.
inline Eigen::ArrayXd best_of(const Eigen::MatrixXd& increments) {
  return increments.rowwise().maxCoeff().array().max(0.0);
}

/// The sample of an analysis over parameter draws, which must have the outcomes `cost` and `qaly`.
DecisionSample decision_sample(const results::AnalysisResult& analysis);

/// The noise of its patients, from the errors of its paired increments. What a run keeps determines the covariance of
/// net benefits at every threshold; of a strategy's cost with another's QALYs it is the mean of both ways round.
IncrementNoise increment_noise(const results::AnalysisResult& analysis);

}  // namespace myelin::economics
