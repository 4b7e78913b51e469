#include "economics/patient_noise.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "core/contract.hpp"
#include "economics/acceptability.hpp"

namespace myelin::economics {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::RowVectorXd;
using Eigen::SelfAdjointEigenSolver;
using Eigen::VectorXd;

/// Correlations below this are rounding: such a direction has no spread.
constexpr double negligible_variance = 1e-12;

/// Enough for a standard error that is itself known to about 7 %.
constexpr Index most_jackknife_groups = 100;

/// Against the first strategy, in the order of `IncrementNoise`: [draw][2 (strategies - 1)].
MatrixXd increments_of(const DecisionSample& sample) {
  const Index others = sample.cost.cols() - 1;
  MatrixXd increments(sample.draws(), 2 * others);
  increments << sample.cost.rightCols(others).colwise() - sample.cost.col(0),
      sample.qaly.rightCols(others).colwise() - sample.qaly.col(0);
  return increments;
}

DecisionSample with_increments(DecisionSample sample, const MatrixXd& increments) {
  const Index others = sample.cost.cols() - 1;
  sample.cost.rightCols(others) = increments.leftCols(others).colwise() + sample.cost.col(0);
  sample.qaly.rightCols(others) = increments.rightCols(others).colwise() + sample.qaly.col(0);
  return sample;
}

/// Increments as combinations of uncorrelated coordinates with variance 1: y = back z and z = to y, for every y that
/// occurs. Fewer coordinates than increments if some of these always move together or never.
struct Whitening {
  MatrixXd to;
  MatrixXd back;
};

Whitening whiten(const MatrixXd& covariance) {
  const VectorXd scale = covariance.diagonal().array().sqrt();
  const VectorXd inverse = (scale.array() > 0).select(scale.array().inverse(), 0);
  const SelfAdjointEigenSolver<MatrixXd> solved(inverse.asDiagonal() * covariance * inverse.asDiagonal());
  const VectorXd& variances = solved.eigenvalues();  // ascending
  const Index kept = (variances.array() > negligible_variance).count();
  const VectorXd roots = variances.tail(kept).array().sqrt();
  const MatrixXd directions = solved.eigenvectors().rightCols(kept);
  return {roots.cwiseInverse().asDiagonal() * directions.transpose() * inverse.asDiagonal(),
          scale.asDiagonal() * directions * roots.asDiagonal()};
}

void expect_sound(const IncrementNoise& noise, Index increments) {
  MYELIN_EXPECT(noise.covariance.rows() == increments && noise.covariance.cols() == increments);
  MYELIN_EXPECT(noise.covariance.allFinite());
  MYELIN_EXPECT(noise.covariance.isApprox(noise.covariance.transpose(), 1e-9));
}

Diagnostics check_for_correction(const DecisionSample& sample) {
  Diagnostics problems = check(sample);
  const Index needed = 2 * static_cast<Index>(sample.strategies.size());
  if (problems.empty() && sample.draws() < needed) {
    problems.push_back({{},
                        "the covariance of the increments cannot be estimated from " + std::to_string(sample.draws()) +
                            " draws of " + std::to_string(sample.strategies.size()) + " strategies",
                        "raise the number of parameter draws to " + std::to_string(needed) + " at least"});
  }
  return problems;
}

/// Of a sample without mistakes.
NoiseCorrection corrected(const DecisionSample& sample, const MatrixXd& noise) {
  if (sample.cost.cols() == 1) return {sample, VectorXd(0), 0, 0};
  const MatrixXd increments = increments_of(sample);
  const RowVectorXd mean = increments.colwise().mean();
  const MatrixXd deviations = increments.rowwise() - mean;
  const MatrixXd covariance = deviations.transpose() * deviations / static_cast<double>(sample.draws() - 1);

  NoiseCorrection result;
  result.noise_share =
      (covariance.diagonal().array() > 0).select(noise.diagonal().array() / covariance.diagonal().array(), 0);
  const Whitening whitening = whiten(covariance);
  if (whitening.to.rows() == 0) {
    result.sample = sample;
    return result;
  }
  const SelfAdjointEigenSolver<MatrixXd> solved(whitening.to * noise * whitening.to.transpose());
  const VectorXd& shares = solved.eigenvalues();
  result.largest_noise_share = shares.maxCoeff();
  result.lost_directions = (shares.array() > 1).count();
  const VectorXd factors = (1 - shares.array()).max(0.0).sqrt();
  const MatrixXd symmetric = solved.eigenvectors() * factors.asDiagonal() * solved.eigenvectors().transpose();
  const MatrixXd shrink = whitening.back * symmetric * whitening.to;
  result.sample = with_increments(sample, (deviations * shrink.transpose()).rowwise() + mean);
  return result;
}

/// The sample without the draws of one group, of which every so-many-th draw is a member.
DecisionSample without_group(const DecisionSample& sample, Index group, Index groups) {
  std::vector<Index> kept;
  for (Index draw = 0; draw < sample.draws(); ++draw) {
    if (draw % groups != group) kept.push_back(draw);
  }
  return {sample.strategies, sample.cost(kept, Eigen::all), sample.qaly(kept, Eigen::all)};
}

VectorXd evpi_by_threshold(const DecisionSample& sample, std::span<const double> thresholds) {
  VectorXd values(static_cast<Index>(thresholds.size()));
  std::transform(thresholds.begin(), thresholds.end(), values.begin(),
                 [&](double threshold) { return evpi(sample, threshold); });
  return values;
}

}  // namespace

double VarianceSplit::shrinkage() const {
  return between_variance > 0 ? between_variance / (between_variance + noise_variance) : 0;
}

double VarianceSplit::moment_matching() const { return std::sqrt(shrinkage()); }

VarianceSplit split_variance(const VectorXd& draw_means, const VectorXd& standard_errors) {
  MYELIN_EXPECT(draw_means.size() >= 2 && draw_means.size() == standard_errors.size());
  const double draws = static_cast<double>(draw_means.size());
  VarianceSplit split;
  split.mean = draw_means.mean();
  const double variance = (draw_means.array() - split.mean).square().sum() / (draws - 1);
  split.standard_error = std::sqrt(variance / draws);
  split.noise_variance = standard_errors.array().square().mean();
  split.between_variance = std::max(variance - split.noise_variance, 0.0);
  return split;
}

PatientAnova analyse_variance(const MatrixXd& values) {
  MYELIN_EXPECT(values.rows() >= 2 && values.cols() >= 2);
  const double patients = static_cast<double>(values.cols());
  const VectorXd means = values.rowwise().mean();
  const VectorXd variances = (values.colwise() - means).rowwise().squaredNorm() / (patients - 1);
  PatientAnova anova;
  anova.split = split_variance(means, (variances / patients).cwiseSqrt());
  anova.mean_square_within = variances.mean();
  anova.mean_square_between =
      patients * (means.array() - anova.split.mean).square().sum() / static_cast<double>(values.rows() - 1);
  return anova;
}

VectorXd pull_together(const VectorXd& draw_means, double factor) {
  const double mean = draw_means.mean();
  return mean + factor * (draw_means.array() - mean);
}

Result<NoiseCorrection> correct_for_noise(const DecisionSample& sample, const IncrementNoise& noise) {
  Diagnostics problems = check_for_correction(sample);
  if (!problems.empty()) return tl::unexpected(std::move(problems));
  expect_sound(noise, 2 * (sample.cost.cols() - 1));
  return corrected(sample, noise.covariance);
}

Result<std::vector<Estimate>> corrected_evpi(const DecisionSample& sample, const IncrementNoise& noise,
                                             std::span<const double> thresholds) {
  Diagnostics problems = check_for_correction(sample);
  for (Diagnostic& problem : check_thresholds(thresholds)) problems.push_back(std::move(problem));
  if (!problems.empty()) return tl::unexpected(std::move(problems));
  expect_sound(noise, 2 * (sample.cost.cols() - 1));
  const VectorXd values = evpi_by_threshold(corrected(sample, noise.covariance).sample, thresholds);

  const Index groups = std::min(sample.draws(), most_jackknife_groups);
  MatrixXd without(groups, values.size());
  for (Index group = 0; group < groups; ++group) {
    const NoiseCorrection part = corrected(without_group(sample, group, groups), noise.covariance);
    without.row(group) = evpi_by_threshold(part.sample, thresholds).transpose();
  }
  const double k = static_cast<double>(groups);
  const RowVectorXd mean = without.colwise().mean();
  const RowVectorXd errors = ((without.rowwise() - mean).colwise().squaredNorm() * (k - 1) / k).cwiseSqrt();
  std::vector<Estimate> estimates;
  for (Index t = 0; t < values.size(); ++t) estimates.push_back({values[t], errors[t]});
  return estimates;
}

Result<DecisionOverDraws> decide_over_draws(const results::AnalysisResult& drawn, std::span<const double> thresholds) {
  DecisionOverDraws decided;
  decided.sample = decision_sample(drawn);
  const IncrementNoise noise = increment_noise(drawn);
  decided.noisy = (noise.covariance.array() != 0).any();
  Result<std::vector<ThresholdDecision>> decisions = decide(decided.sample, thresholds);
  if (!decisions) return tl::unexpected(decisions.error());
  for (const ThresholdDecision& decision : *decisions) decided.uncorrected_evpi.push_back(decision.evpi());
  if (Result<NoiseCorrection> correction; decided.noisy && (correction = correct_for_noise(decided.sample, noise))) {
    const Result<std::vector<Estimate>> evpi = corrected_evpi(decided.sample, noise, thresholds);
    if (!evpi) return tl::unexpected(evpi.error());
    decided.sample = correction->sample;
    decided.correction = std::move(*correction);
    Result<std::vector<ThresholdDecision>> corrected = decide(decided.sample, thresholds);
    if (!corrected) return tl::unexpected(corrected.error());
    // Errors of the corrected sample leave out the noise that means over draws have, and that the correction adds.
    for (std::size_t i = 0; i < thresholds.size(); ++i) {
      (*corrected)[i].net_monetary_benefit = (*decisions)[i].net_monetary_benefit;
      (*corrected)[i].net_health_benefit = (*decisions)[i].net_health_benefit;
      (*corrected)[i].expected_loss[(*corrected)[i].optimal] = (*evpi)[i];
    }
    decisions = std::move(corrected);
  }
  decided.decisions = std::move(*decisions);
  return decided;
}

}  // namespace myelin::economics
