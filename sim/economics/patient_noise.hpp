#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "core/diagnostic.hpp"
#include "economics/acceptability.hpp"
#include "economics/decision_sample.hpp"
#include "economics/estimates.hpp"

/// \file
/// Taking the noise of simulated patients out of the spread over parameter draws.
///
/// The mean of finitely many patients differs from a draw's expectation by chance. That noise widens the spread over
/// draws: it pulls acceptability towards even odds and biases the EVPI upwards, by as much as many times its value with
/// few patients a draw. Means over draws stay unbiased. Analysis of variance tells noise from parameter uncertainty
/// (O'Hagan, Stevenson and Madan 2007, Health Econ 16, 1009) and the draws are then pulled together until their spread
/// is that of the expectations. Two moments are restored, not the shape: a distribution far from normal stays
/// approximate. The patients of different draws must be independent.

namespace myelin::economics {

/// The variance over draws of a mean of simulated patients, split by its cause.
struct VarianceSplit {
  double mean = 0;
  double standard_error = 0;    ///< of the mean over draws, from both causes
  double between_variance = 0;  ///< of the expectations, by the parameters; 0 where the noise explains all the spread
  double noise_variance = 0;    ///< of a draw's mean about its expectation, by its patients

  /// The share of the variance that is the parameters', in [0, 1]; draws pulled towards the mean by it are the best
  /// estimates of each expectation, yet spread too little. 0 if there is no variance at all.
  double shrinkage() const;
  /// The root of `shrinkage`: draws pulled towards the mean by it have the variance of the expectations.
  double moment_matching() const;
};

/// The split from the means of two or more draws and their Monte Carlo standard errors, in one unit, [draw].
VarianceSplit split_variance(const Eigen::VectorXd& draw_means, const Eigen::VectorXd& standard_errors);

/// One-way analysis of variance with parameter draws as groups and patients as members.
struct PatientAnova {
  double mean_square_between = 0;
  double mean_square_within = 0;  ///< the variance of patients within a draw
  VarianceSplit split;
};

/// The analysis of variance of values [draw][patient]: two or more draws of two or more patients each.
PatientAnova analyse_variance(const Eigen::MatrixXd& values);

/// Draw means pulled towards their mean by a factor in [0, 1], [draw].
Eigen::VectorXd pull_together(const Eigen::VectorXd& draw_means, double factor);

/// A sample without its noise.
struct NoiseCorrection {
  /// Costs and QALYs of the first strategy are as they were; those of the others are such that all increments have the
  /// mean that they had and the covariance of the expectations. What depends on increments alone is corrected:
  /// acceptability, expected loss, EVPI and the plane, at every threshold and against every comparator.
  DecisionSample sample;
  Eigen::VectorXd noise_share;  ///< of the variance of each increment, in the order of `IncrementNoise`
  /// Of the variance of the combination of increments that has the largest, which bounds that of every net benefit.
  double largest_noise_share = 0;
  /// In how many independent combinations of increments the noise is larger than the whole spread, so that it was set
  /// to 0 there. Above 0 the answer is not to be trusted: simulate more patients a draw.
  Eigen::Index lost_directions = 0;
};

/// The sample with the deviation y of each draw's increments from their mean replaced by A y, so that their covariance
/// T becomes T - N, where N is the noise. A shrinks each combination of increments whose spread and noise are
/// uncorrelated with the others' by the root of its share that is no noise: the moment matching of one outcome, in each
/// direction. It depends neither on the currency nor on which strategy is the first. N need be right for the increments
/// and net benefits of pairs of strategies alone: where the noise that one strategy's cost shares with another's QALYs
/// is known only as the mean of both ways round, N may have negative eigenvalues, and decisions come out the same. At
/// least twice as many draws as strategies are needed.
Result<NoiseCorrection> correct_for_noise(const DecisionSample& sample, const IncrementNoise& noise);

/// The EVPI per patient, currency, of the corrected sample [threshold], for thresholds as in `decide`. Its standard
/// error is the jackknife's over groups of draws, each corrected anew: it grows with the share that is noise, which the
/// standard error of a corrected sample in `decide` leaves out. The noise covariance itself counts as known.
Result<std::vector<Estimate>> corrected_evpi(const DecisionSample& sample, const IncrementNoise& noise,
                                             std::span<const double> thresholds);

/// The decision over parameter draws, without the noise of simulated patients where there is any that can be told
/// apart.
struct DecisionOverDraws {
  bool noisy = false;                         ///< patients were simulated
  std::optional<NoiseCorrection> correction;  ///< none without noise, and where the draws are too few for it
  DecisionSample sample;                      ///< corrected where `correction` is there
  std::vector<ThresholdDecision> decisions;   ///< [threshold], of `sample`
  std::vector<Estimate> uncorrected_evpi;     ///< [threshold], currency per patient
};

/// The decision at each threshold, in currency per QALY, of an analysis with the outcomes `cost` and `qaly`; what
/// `decide` finds wrong is an error.
Result<DecisionOverDraws> decide_over_draws(const results::AnalysisResult& drawn, std::span<const double> thresholds);

}  // namespace myelin::economics
