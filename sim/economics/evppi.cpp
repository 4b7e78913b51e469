#include "economics/evppi.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "core/contract.hpp"
#include "economics/spline_regression.hpp"

namespace myelin::economics {

namespace {

constexpr Eigen::Index fewest_draws = 50;
constexpr Eigen::Index draws_per_function = 10;

using Positions = std::vector<Eigen::Index>;

/// Those of the group that vary, but for parameters in the same (or the opposite) order as one before.
Positions informative(const Eigen::MatrixXd& values, std::span<const std::size_t> group) {
  Positions positions;
  for (const std::size_t position : group) {
    const auto column = static_cast<Eigen::Index>(position);
    if (varies(values.col(column))) positions.push_back(column);
  }
  const Eigen::MatrixXd scores = normal_scores(values(Eigen::all, positions));
  Positions kept, columns;
  for (Eigen::Index i = 0; i < scores.cols(); ++i) {
    const auto as_known = [&](Eigen::Index other) {
      constexpr double rounding = 1e-9;
      return std::min((scores.col(i) - scores.col(other)).cwiseAbs().maxCoeff(),
                      (scores.col(i) + scores.col(other)).cwiseAbs().maxCoeff()) < rounding;
    };
    if (std::any_of(columns.begin(), columns.end(), as_known)) continue;
    columns.push_back(i);
    kept.push_back(positions[static_cast<std::size_t>(i)]);
  }
  return kept;
}

Diagnostics check_shapes(const DecisionSample& sample, std::span<const double> thresholds,
                         const ParameterSample& parameters, std::span<const std::size_t> group) {
  Diagnostics problems;
  const auto refuse = [&](std::string problem, std::string remedy) {
    problems.push_back({{}, std::move(problem), std::move(remedy)});
  };
  if (sample.strategies.size() < 2) {
    refuse("there is no decision to inform with fewer than two strategies", "compare at least two strategies");
  }
  if (sample.draws() < fewest_draws) {
    refuse(fmt::format("{} parameter draws are too few for a regression", sample.draws()),
           fmt::format("simulate at least {}, better thousands", fewest_draws));
  }
  if (parameters.values.rows() != sample.draws()) {
    refuse(fmt::format("there are parameter values of {} draws for costs and QALYs of {}", parameters.values.rows(),
                       sample.draws()),
           "give the values that these costs and QALYs were simulated with");
  }
  if (!sample.cost.allFinite() || !sample.qaly.allFinite()) {
    refuse("some costs or QALYs are not finite numbers", "check the draws");
  }
  for (const double threshold : thresholds) {
    if (std::isfinite(threshold) && threshold >= 0) continue;
    refuse(fmt::format("the threshold {} is not 0 or more", threshold), "give it in currency per QALY");
  }
  for (const std::size_t position : group) {
    if (position >= parameters.names.size()) {
      refuse(fmt::format("there is no parameter {} among {}", position, parameters.names.size()),
             "choose among the parameters that vary");
    } else if (!parameters.values.col(static_cast<Eigen::Index>(position)).allFinite()) {
      refuse(fmt::format("some values of `{}` are not finite numbers", parameters.names[position]), "check the draws");
    }
  }
  return problems;
}

/// Why the group cannot be fitted by the method; none if it can.
std::optional<Diagnostic> check_group(const ParameterSample& parameters, std::span<const std::size_t> group,
                                      Eigen::Index varying, RegressionMethod method) {
  const Eigen::Index draws = parameters.values.rows();
  if (group.empty()) return Diagnostic{{}, "the group has no parameter", "name at least one"};
  if (varying == 0) {
    std::string names;
    for (const std::size_t position : group) {
      names += fmt::format("{}`{}`", names.empty() ? "" : ", ", parameters.names[position]);
    }
    return Diagnostic{{},
                      fmt::format("{} {} not vary over the draws, so that there is nothing to learn", names,
                                  group.size() == 1 ? "does" : "do"),
                      "give a distribution, or leave it out"};
  }
  if (method == RegressionMethod::splines && varying > most_spline_parameters) {
    return Diagnostic{{},
                      fmt::format("splines of {} parameters are too many functions", varying),
                      fmt::format("use a Gaussian process for more than {} parameters", most_spline_parameters)};
  }
  const bool too_few = method == RegressionMethod::splines ? !splines_per_parameter(varying, draws)
                                                           : draws < draws_per_function * (varying + 1);
  if (!too_few) return std::nullopt;
  return Diagnostic{
      {},
      fmt::format("{} parameter draws are too few for a regression on {} parameters", draws, varying),
      fmt::format("simulate more draws (at least {} for each function of the parameters), or ask for fewer "
                  "parameters at once",
                  draws_per_function)};
}

/// What the errors of the coefficients do to the value of the fitted regression.
struct CoefficientErrors {
  double variance = 0;
  double bias_free = 0;    ///< by the coefficients that are not shrunk
  double bias_shrunk = 0;  ///< by the others
};

/// By simulation in pairs of opposite signs, which leaves the bias without the noise of what is linear in the errors.
/// The mean of the best is taken over `rows`, some of the draws.
///
/// A coefficient that is not shrunk varies more than the true one, by the variance of its error, and the best of
/// varying fits is too good. One that is shrunk varies less than the true one, if smoothing is right: its prior
/// variance is v / (smoothing penalty), with v the residual variance, and the estimate's is that less the variance of
/// its error. So the two kinds bias the value by what adding their errors does, in opposite directions.
CoefficientErrors simulate_errors(const SmoothBasis& basis, const Regression& regression, const Eigen::MatrixXd& fit,
                                  const Positions& rows, PhiloxEngine& generator) {
  constexpr int pairs = 100;
  const Eigen::Index shrunk = (basis.penalty.array() > 0).count(), free = basis.columns.cols() - shrunk;
  const Eigen::MatrixXd columns = basis.columns(rows, Eigen::all), few = fit(rows, Eigen::all);
  const Eigen::RowVectorXd column_means = basis.columns.colwise().mean(), means = regression.mean;
  const auto value_with = [&](const Eigen::MatrixXd& change, const Eigen::RowVectorXd& change_of_means) {
    return best_of(few + change).mean() - best_of(means + change_of_means)(0);
  };
  const double plain = best_of(few).mean() - best_of(means)(0);
  double sum = 0, squares = 0, sum_shrunk = 0;
  for (int pair = 0; pair < pairs; ++pair) {
    const Eigen::MatrixXd errors = draw_coefficient_errors(regression, generator);
    const Eigen::MatrixXd from_shrunk = columns.rightCols(shrunk) * errors.bottomRows(shrunk),
                          from_all = from_shrunk + columns.leftCols(free) * errors.topRows(free);
    const Eigen::RowVectorXd means_shrunk = column_means.tail(shrunk) * errors.bottomRows(shrunk),
                             means_all = column_means * errors;
    for (const double sign : {1.0, -1.0}) {
      const double change = value_with(sign * from_all, sign * means_all) - plain;
      sum += change;
      squares += change * change;
      sum_shrunk += value_with(sign * from_shrunk, sign * means_shrunk) - plain;
    }
  }
  const double mean = sum / (2 * pairs), mean_shrunk = sum_shrunk / (2 * pairs);
  return {squares / (2 * pairs) - mean * mean, mean - mean_shrunk, -mean_shrunk};
}

Evppi evppi_at(double threshold, RegressionMethod method, const SmoothBasis& basis, const Eigen::MatrixXd& benefits,
               const Positions& rows, PhiloxEngine& generator) {
  const Regression regression = fit(basis, benefits);
  const Eigen::MatrixXd fit = fitted(basis, regression);
  Eigen::Index best = 0;
  const bool first_is_best = regression.mean.maxCoeff(&best) <= 0;
  // What knowing the parameters gains in each draw over the strategy that is best on average.
  Eigen::ArrayXd gains = best_of(fit);
  if (!first_is_best) gains -= fit.col(best).array();
  const double draws = static_cast<double>(gains.size());
  const double sampling_variance = (gains - gains.mean()).square().sum() / (draws * (draws - 1));

  const CoefficientErrors errors = simulate_errors(basis, regression, fit, rows, generator);
  Evppi result;
  result.threshold = threshold;
  // A Gaussian process, whose covariance is a guess from few draws, is not smoothed rightly enough for the second.
  result.bias = errors.bias_free + (method == RegressionMethod::splines ? errors.bias_shrunk : 0);
  result.untruncated = gains.mean() - result.bias;
  result.value = std::max(0.0, result.untruncated);
  result.standard_error = std::sqrt(sampling_variance + errors.variance);
  result.r_squared = regression.r_squared;
  result.degrees_of_freedom = regression.degrees_of_freedom;
  return result;
}

/// Of strategies that differ by constants.
Evppi nothing_to_learn(double threshold, Eigen::Index comparisons) {
  Evppi result;
  result.threshold = threshold;
  result.r_squared = result.degrees_of_freedom = Eigen::VectorXd::Zero(comparisons);
  return result;
}

}  // namespace

Result<EvppiResult> evppi(const DecisionSample& sample, std::span<const double> thresholds,
                          const ParameterSample& parameters, std::span<const std::size_t> group,
                          const EvppiOptions& options) {
  const auto strategies = static_cast<Eigen::Index>(sample.strategies.size());
  MYELIN_EXPECT(sample.cost.cols() == strategies && sample.qaly.cols() == strategies);
  MYELIN_EXPECT(sample.cost.rows() == sample.qaly.rows());
  MYELIN_EXPECT(parameters.values.cols() == static_cast<Eigen::Index>(parameters.names.size()));
  Diagnostics problems = check_shapes(sample, thresholds, parameters, group);
  if (!problems.empty()) return tl::unexpected(std::move(problems));
  const Positions varying = informative(parameters.values, group);
  const auto count = static_cast<Eigen::Index>(varying.size());
  const RegressionMethod method = choose_method(options.method, count, sample.draws());
  if (const std::optional<Diagnostic> problem = check_group(parameters, group, count, method)) {
    return tl::unexpected(Diagnostics{*problem});
  }

  constexpr Eigen::Index most_simulation_draws = 1000;
  PhiloxEngine generator(options.seed, stream_id("economics.evppi"), 0);
  const Eigen::MatrixXd cost = increments(sample.cost), qaly = increments(sample.qaly);
  const Eigen::MatrixXd responses = varying_columns(side_by_side(cost, qaly));
  EvppiResult result{method == RegressionMethod::splines ? "splines" : "Gaussian process", {}};
  if (responses.cols() == 0) {
    for (const double threshold : thresholds) result.by_threshold.push_back(nothing_to_learn(threshold, cost.cols()));
    return result;
  }

  const SmoothBasis basis = smooth_basis(method, parameters.values(Eigen::all, varying), responses, generator);
  const Positions rows = choose_rows(sample.draws(), most_simulation_draws, generator);
  for (const double threshold : thresholds) {
    result.by_threshold.push_back(evppi_at(threshold, method, basis, threshold * qaly - cost, rows, generator));
  }
  return result;
}

}  // namespace myelin::economics
