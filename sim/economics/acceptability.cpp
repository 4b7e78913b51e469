#include "economics/acceptability.hpp"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "core/contract.hpp"
#include "economics/incremental.hpp"

namespace myelin::economics {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

std::size_t count_strategies(const DecisionSample& sample) { return sample.strategies.size(); }

/// The copy that a column becomes on the way in begins on an aligned address: summed in place, equal columns could have
/// unequal means.
Estimate mean_over_draws(const VectorXd& values) {
  const double n = static_cast<double>(values.size()), mean = values.mean();
  return {mean, std::sqrt((values.array() - mean).square().sum() / (n - 1) / n)};
}

Estimate proportion(std::size_t count, Index draws) {
  const double n = static_cast<double>(draws), p = static_cast<double>(count) / n;
  return {p, std::sqrt(p * (1 - p) / n)};
}

std::size_t argmin_mean(const std::vector<Estimate>& estimates) {
  const auto smaller = [](const Estimate& a, const Estimate& b) { return a.mean < b.mean; };
  return static_cast<std::size_t>(std::min_element(estimates.begin(), estimates.end(), smaller) - estimates.begin());
}

/// Of each strategy in each draw, against the best of the draw: [draw][strategy], currency.
MatrixXd opportunity_losses(const MatrixXd& net_benefits) {
  const VectorXd best = net_benefits.rowwise().maxCoeff();
  return best.replicate(1, net_benefits.cols()) - net_benefits;
}

std::vector<Estimate> means_by_strategy(const MatrixXd& values) {
  std::vector<Estimate> means;
  for (Index s = 0; s < values.cols(); ++s) means.push_back(mean_over_draws(values.col(s)));
  return means;
}

std::vector<Estimate> probabilities_best(const MatrixXd& net_benefits) {
  std::vector<std::size_t> counts(static_cast<std::size_t>(net_benefits.cols()), 0);
  for (Index draw = 0; draw < net_benefits.rows(); ++draw) {
    Index best = 0;
    for (Index s = 1; s < net_benefits.cols(); ++s) {
      if (net_benefits(draw, s) > net_benefits(draw, best)) best = s;
    }
    ++counts[static_cast<std::size_t>(best)];
  }
  std::vector<Estimate> probabilities;
  for (const std::size_t count : counts) probabilities.push_back(proportion(count, net_benefits.rows()));
  return probabilities;
}

/// E max(0, X) of a normal X with a mean of -gap, gap not negative.
double expected_excess(double gap, double standard_deviation) {
  if (standard_deviation == 0) return 0;
  const boost::math::normal standard;
  const double z = gap / standard_deviation;
  return standard_deviation * boost::math::pdf(standard, z) -
         gap * boost::math::cdf(boost::math::complement(standard, z));
}

double bias_of_evpi(const MatrixXd& losses, std::size_t optimal) {
  double bias = 0;
  const auto best = static_cast<Index>(optimal);
  for (Index s = 0; s < losses.cols(); ++s) {
    if (s == best) continue;
    const Estimate gap = mean_over_draws(losses.col(s) - losses.col(best));
    bias -= expected_excess(std::max(gap.mean, 0.0), gap.standard_error);
  }
  return bias;
}

ThresholdDecision decide_at(const DecisionSample& sample, double threshold) {
  const MatrixXd net_benefits = net_benefit(sample, threshold), losses = opportunity_losses(net_benefits);
  ThresholdDecision decision;
  decision.threshold = threshold;
  decision.net_monetary_benefit = means_by_strategy(net_benefits);
  if (threshold > 0) {
    for (const Estimate& benefit : decision.net_monetary_benefit)
      decision.net_health_benefit.push_back({benefit.mean / threshold, benefit.standard_error / threshold});
  }
  decision.probability_best = probabilities_best(net_benefits);
  decision.expected_loss = means_by_strategy(losses);
  decision.optimal = argmin_mean(decision.expected_loss);
  decision.evpi_bias = bias_of_evpi(losses, decision.optimal);
  return decision;
}

double quantile_of_sorted(const std::vector<double>& sorted, double p) {
  const double position = p * static_cast<double>(sorted.size() - 1), below = std::floor(position);
  const auto i = static_cast<std::size_t>(below);
  if (i + 1 == sorted.size()) return sorted[i];
  return sorted[i] + (position - below) * (sorted[i + 1] - sorted[i]);
}

Interval95 interval_of(const VectorXd& values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return {quantile_of_sorted(sorted, 0.025), quantile_of_sorted(sorted, 0.975)};
}

std::array<Estimate, 5> quadrant_proportions(const VectorXd& cost, const VectorXd& qaly) {
  std::array<std::size_t, 5> counts{};
  for (Index draw = 0; draw < cost.size(); ++draw)
    ++counts[static_cast<std::size_t>(quadrant_of(cost[draw], qaly[draw]))];
  std::array<Estimate, 5> proportions;
  std::transform(counts.begin(), counts.end(), proportions.begin(),
                 [&](std::size_t count) { return proportion(count, cost.size()); });
  return proportions;
}

Ellipse95 ellipse_of(const VectorXd& cost, const VectorXd& qaly) {
  const double mean_cost = mean_over_draws(cost).mean, mean_qaly = mean_over_draws(qaly).mean;
  const VectorXd from_cost = cost.array() - mean_cost, from_qaly = qaly.array() - mean_qaly;
  const double degrees = static_cast<double>(cost.size() - 1);
  const double sd_cost = std::sqrt(from_cost.squaredNorm() / degrees);
  const double sd_qaly = std::sqrt(from_qaly.squaredNorm() / degrees);
  const double scale = sd_cost * sd_qaly * degrees;
  const double correlation = scale > 0 ? std::clamp(from_cost.dot(from_qaly) / scale, -1.0, 1.0) : 0;
  // In units of the standard deviations the principal axes are the diagonals, with variances 1 + r and 1 - r.
  const double square_radius = boost::math::quantile(boost::math::chi_squared(2), 0.95);
  const double along = std::sqrt(square_radius * (1 + correlation) / 2);
  const double across = std::sqrt(square_radius * (1 - correlation) / 2);
  return {{mean_qaly, mean_cost}, {along * sd_qaly, along * sd_cost}, {across * sd_qaly, -across * sd_cost}};
}

std::optional<Diagnostic> refuse_infinite(const VectorXd& values, const std::string& what) {
  const auto is_bad = [](double value) { return !std::isfinite(value); };
  const auto bad = std::count_if(values.begin(), values.end(), is_bad);
  if (bad == 0) return std::nullopt;
  const auto first = std::find_if(values.begin(), values.end(), is_bad) - values.begin() + 1;
  return Diagnostic{{},
                    what + " is not a finite number in " + std::to_string(bad) + " of " +
                        std::to_string(values.size()) + " draws, first in draw " + std::to_string(first),
                    "check the distributions of the parameters"};
}

}  // namespace

Diagnostics check(const DecisionSample& sample) {
  const auto strategies = static_cast<Index>(sample.strategies.size());
  MYELIN_EXPECT(sample.cost.cols() == strategies && sample.qaly.cols() == strategies);
  MYELIN_EXPECT(sample.cost.rows() == sample.qaly.rows());
  Diagnostics problems;
  if (strategies == 0) problems.push_back({{}, "there is no strategy to decide on", "name at least one strategy"});
  if (sample.draws() < 2) {
    problems.push_back({{},
                        "a decision under uncertain parameters needs at least 2 draws, and there are " +
                            std::to_string(sample.draws()),
                        "raise the number of parameter draws"});
  }
  for (Index s = 0; s < strategies; ++s) {
    const std::string of = " of strategy `" + sample.strategies[static_cast<std::size_t>(s)] + "`";
    if (auto problem = refuse_infinite(sample.cost.col(s), "the cost" + of)) problems.push_back(*std::move(problem));
    if (auto problem = refuse_infinite(sample.qaly.col(s), "the QALY total" + of))
      problems.push_back(*std::move(problem));
  }
  return problems;
}

Diagnostics check_thresholds(std::span<const double> thresholds) {
  Diagnostics problems;
  for (const double threshold : thresholds) {
    if (std::isfinite(threshold) && threshold >= 0) continue;
    problems.push_back({{},
                        "the threshold " + std::to_string(threshold) + " is not a price of a QALY",
                        "give finite thresholds of 0 or more, in currency per QALY"});
  }
  return problems;
}

Result<std::vector<ThresholdDecision>> decide(const DecisionSample& sample, std::span<const double> thresholds) {
  Diagnostics problems = check(sample);
  for (Diagnostic& problem : check_thresholds(thresholds)) problems.push_back(std::move(problem));
  if (!problems.empty()) return tl::unexpected(std::move(problems));
  std::vector<ThresholdDecision> decisions;
  for (const double threshold : thresholds) decisions.push_back(decide_at(sample, threshold));
  return decisions;
}

double evpi(const DecisionSample& sample, double threshold) {
  MYELIN_EXPECT(check(sample).empty() && std::isfinite(threshold) && threshold >= 0);
  const std::vector<Estimate> losses = means_by_strategy(opportunity_losses(net_benefit(sample, threshold)));
  return losses[argmin_mean(losses)].mean;
}

Result<std::vector<OptimalFrom>> optimal_strategies(const DecisionSample& sample) {
  Diagnostics problems = check(sample);
  if (!problems.empty()) return tl::unexpected(std::move(problems));
  std::vector<Point> means;
  for (std::size_t s = 0; s < count_strategies(sample); ++s) {
    const auto column = static_cast<Index>(s);
    means.push_back({sample.strategies[s], mean_over_draws(sample.cost.col(column)).mean,
                     mean_over_draws(sample.qaly.col(column)).mean});
  }
  const Result<std::vector<IncrementalRow>> rows = analyse_incrementally(means);
  if (!rows) return tl::unexpected(rows.error());
  std::vector<OptimalFrom> optimal;
  for (const IncrementalRow& row : *rows) {
    if (row.same_as) continue;
    if (row.status == Status::cheapest) optimal.push_back({0, row.strategy});
    if (row.status == Status::non_dominated) optimal.push_back({*row.icer, row.strategy});
  }
  return optimal;
}

Interval95 outcome_interval(const results::AnalysisResult& analysis, std::size_t strategy, std::size_t outcome) {
  const std::size_t stride = analysis.outcomes.size() * results::column_count,
                    at = outcome * results::column_count + results::discounted_column;
  const std::vector<double>& means = analysis.strategies[strategy].mean;
  VectorXd values(static_cast<Index>(analysis.draws));
  for (std::size_t draw = 0; draw < analysis.draws; ++draw)
    values[static_cast<Index>(draw)] = means[draw * stride + at];
  return interval_of(values);
}

Result<std::vector<StrategyIntervals>> strategy_intervals(const DecisionSample& sample) {
  Diagnostics problems = check(sample);
  if (!problems.empty()) return tl::unexpected(std::move(problems));
  std::vector<StrategyIntervals> intervals;
  for (Index s = 0; s < sample.cost.cols(); ++s)
    intervals.push_back({interval_of(sample.cost.col(s)), interval_of(sample.qaly.col(s))});
  return intervals;
}

Result<IncrementSpread> increment_spread(const DecisionSample& sample, results::StrategyPair pair) {
  MYELIN_EXPECT(pair.strategy < count_strategies(sample) && pair.versus < count_strategies(sample));
  Diagnostics problems = check(sample);
  if (!problems.empty()) return tl::unexpected(std::move(problems));
  const auto strategy = static_cast<Index>(pair.strategy), versus = static_cast<Index>(pair.versus);
  const VectorXd cost = sample.cost.col(strategy) - sample.cost.col(versus);
  const VectorXd qaly = sample.qaly.col(strategy) - sample.qaly.col(versus);
  return IncrementSpread{pair, quadrant_proportions(cost, qaly), interval_of(cost), interval_of(qaly),
                         ellipse_of(cost, qaly)};
}

}  // namespace myelin::economics
