#include "economics/moment_matching.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <boost/math/tools/minima.hpp>
#include <boost/random/normal_distribution.hpp>
#include <cmath>

#include "economics/decision_sample.hpp"

namespace myelin::economics {

namespace {

/// The share of a component's variance that a trial is expected to resolve.
struct Share {
  double patients = 0;
  double value = 0;
  double standard_error = 0;
};

/// The curve n / (n + h) through the shares found at some sizes, read at all sizes. Where the shares are further from
/// the curve than their errors explain, errors grow in proportion.
std::vector<Share> fit_curve(const std::vector<Share>& found, const std::vector<double>& sizes) {
  constexpr double beyond = 14;  // e^14, a million times a size
  constexpr int bits = 26;
  constexpr double least_error = 1e-6;
  const auto share = [](double patients, double log_h) { return 1 / (1 + std::exp(log_h) / patients); };
  const auto error = [&](const Share& at) { return std::max(at.standard_error, least_error); };
  const auto misfit = [&](double log_h) {
    double sum = 0;
    for (const Share& at : found) sum += std::pow((at.value - share(at.patients, log_h)) / error(at), 2);
    return sum;
  };
  const auto [low, high] = std::minmax_element(found.begin(), found.end(),
                                               [](const Share& a, const Share& b) { return a.patients < b.patients; });
  const auto [log_h, least] = boost::math::tools::brent_find_minima(misfit, std::log(low->patients) - beyond,
                                                                    std::log(high->patients) + beyond, bits);

  const auto slope = [&, h = log_h](double patients) { return share(patients, h) * (1 - share(patients, h)); };
  double information = 0;
  for (const Share& at : found) information += std::pow(slope(at.patients) / error(at), 2);
  const double excess = found.size() < 2 ? 1 : std::max(1.0, least / static_cast<double>(found.size() - 1));
  std::vector<Share> curve;
  for (const double patients : sizes) {
    curve.push_back({patients, share(patients, log_h), slope(patients) * std::sqrt(excess / information)});
  }
  return curve;
}

/// The share resolved along a direction of the components: their prior variance, 1, less the mean over data sets of the
/// posterior one.
Share share_resolved(const Posteriors& posteriors, const Eigen::VectorXd& direction) {
  Eigen::ArrayXd left(std::ssize(posteriors.covariances));
  for (Eigen::Index i = 0; i < left.size(); ++i) {
    left(i) = direction.dot(posteriors.covariances[static_cast<std::size_t>(i)] * direction);
  }
  const double count = static_cast<double>(left.size());
  const double variance = (left - left.mean()).square().sum() / (count * (count - 1));
  return {posteriors.patients, 1 - left.mean(), std::sqrt(variance)};
}

/// How much trials of each size resolve in which directions of the components.
struct Resolution {
  Eigen::MatrixXd directions;              ///< [component][direction], orthonormal
  std::vector<std::vector<Share>> curves;  ///< [direction][size]
};

/// The directions are those of the posterior covariance over all sizes.
Resolution resolve(const std::vector<Posteriors>& posteriors, const std::vector<double>& sizes) {
  const Eigen::Index components = posteriors.front().covariances.front().rows();
  Resolution resolution{Eigen::MatrixXd::Zero(components, components), {}};
  if (components == 0) return resolution;
  for (const Posteriors& of_size : posteriors) {
    for (const Eigen::MatrixXd& covariance : of_size.covariances) resolution.directions += covariance;
  }
  resolution.directions = Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(resolution.directions).eigenvectors().eval();
  for (Eigen::Index direction = 0; direction < components; ++direction) {
    std::vector<Share> found;
    for (const Posteriors& of_size : posteriors) {
      found.push_back(share_resolved(of_size, resolution.directions.col(direction)));
    }
    resolution.curves.push_back(fit_curve(found, sizes));
  }
  return resolution;
}

/// Standard deviations [direction] that trials of a size resolve; `errors` [direction] says how many standard errors
/// off.
Eigen::ArrayXd resolved_by(const Resolution& resolution, std::size_t size, const Eigen::ArrayXd& errors) {
  return Eigen::ArrayXd::NullaryExpr(errors.size(), [&](Eigen::Index k) {
    const Share& share = resolution.curves[static_cast<std::size_t>(k)][size];
    return std::sqrt(std::clamp(share.value + errors(k) * share.standard_error, 0.0, 1.0));
  });
}

/// The matrix that draws net benefit in around its mean to such standard deviations.
Eigen::MatrixXd contraction(const ExpectedBenefit& benefit, const Eigen::MatrixXd& directions,
                            const Eigen::ArrayXd& deviations) {
  return benefit.to_components * directions * deviations.matrix().asDiagonal() * directions.transpose() *
         benefit.from_components;
}

Eigen::MatrixXd contracted(const Eigen::MatrixXd& fit, const Eigen::RowVectorXd& mean, const Eigen::MatrixXd& by) {
  return ((fit.rowwise() - mean) * by).rowwise() + mean;
}

double value(const Eigen::MatrixXd& fit, const Eigen::RowVectorXd& mean, const Eigen::MatrixXd& contraction) {
  return best_of(contracted(fit, mean, contraction)).mean() - best_of(mean)(0);
}

/// What errors of the regression and of the curve do to the values [size].
struct FittingErrors {
  Eigen::ArrayXd bias, variance;
};

/// By simulation in pairs of opposite signs, which leaves the bias without the noise of what is linear in the errors,
/// over some of the draws. Coefficients that are shrunk vary less than the true ones, by the variance of their errors,
/// and bias the value by as much as others do, in the opposite direction.
FittingErrors simulate_errors(const SmoothBasis& basis, const ExpectedBenefit& benefit, const Resolution& resolution,
                              Eigen::Index sizes, PhiloxEngine& generator) {
  constexpr int pairs = 100;
  constexpr Eigen::Index most_draws = 1000;
  const std::vector<Eigen::Index> rows = choose_rows(benefit.fit.rows(), most_draws, generator);
  const Eigen::MatrixXd few = benefit.fit(rows, Eigen::all), columns = basis.columns(rows, Eigen::all);
  const Eigen::RowVectorXd column_means = basis.columns.colwise().mean(), mean = benefit.regression.mean;
  const auto values = [&](const Eigen::MatrixXd& coefficient_errors, const Eigen::ArrayXd& curve_errors) {
    const Eigen::MatrixXd fit = few + columns * coefficient_errors;
    const Eigen::RowVectorXd fit_mean = mean + column_means * coefficient_errors;
    const auto of_size = [&](Eigen::Index i) {
      const Eigen::ArrayXd deviations = resolved_by(resolution, static_cast<std::size_t>(i), curve_errors);
      return value(fit, fit_mean, contraction(benefit, resolution.directions, deviations));
    };
    return Eigen::ArrayXd::NullaryExpr(sizes, of_size).eval();
  };
  const Eigen::ArrayXd no_curve_errors = Eigen::ArrayXd::Zero(benefit.components.cols());
  const Eigen::ArrayXd plain = values(0 * benefit.regression.coefficients, no_curve_errors);

  boost::random::normal_distribution<double> normal;
  Eigen::ArrayXd sum = Eigen::ArrayXd::Zero(sizes), squares = sum, sum_shrunk = sum;
  for (int pair = 0; pair < pairs; ++pair) {
    const Eigen::MatrixXd all = draw_coefficient_errors(benefit.regression, generator);
    const Eigen::MatrixXd shrunk = (basis.penalty.array() > 0).cast<double>().matrix().asDiagonal() * all;
    const Eigen::ArrayXd curve = no_curve_errors.unaryExpr([&](double) { return normal(generator); });
    for (const double sign : {1.0, -1.0}) {
      const Eigen::ArrayXd change = values(sign * all, sign * curve) - plain;
      sum += change;
      squares += change.square();
      sum_shrunk += values(sign * shrunk, no_curve_errors) - plain;
    }
  }
  const Eigen::ArrayXd mean_change = sum / (2 * pairs);
  return {mean_change - sum_shrunk / pairs, squares / (2 * pairs) - mean_change.square()};
}

/// A value before the bias is taken off, and the variance that comes of the draws being some of all.
struct Averaged {
  double value, variance;
};

/// Each draw adds to the value its own gain, and shifts the means and variances of net benefit by which the gains of
/// all are found; the variance is that of these contributions together. Less prior variance leaves the trial a smaller
/// share of it: of V / (V + what the data leave open), 1 - share times the relative change.
Averaged average(const ExpectedBenefit& benefit, const Resolution& resolution, std::size_t size) {
  const Eigen::RowVectorXd& mean = benefit.regression.mean;
  const Eigen::MatrixXd scores = benefit.components * resolution.directions;  // [draw][direction]
  const Eigen::ArrayXd resolved = resolved_by(resolution, size, Eigen::ArrayXd::Zero(scores.cols()));
  const Eigen::MatrixXd by = contraction(benefit, resolution.directions, resolved);
  const Eigen::MatrixXd informed = contracted(benefit.fit, mean, by);

  const double draws = static_cast<double>(informed.rows());
  Eigen::MatrixXd chosen = Eigen::MatrixXd::Zero(informed.rows(), informed.cols());  // 1 for the best of each draw
  for (Eigen::Index draw = 0; draw < informed.rows(); ++draw) {
    Eigen::Index best = 0;
    if (informed.row(draw).maxCoeff(&best) > 0) chosen(draw, best) = 1;
  }
  Eigen::Index best = 0;
  const bool first_is_best = mean.maxCoeff(&best) <= 0;
  Eigen::VectorXd change_of_choice = chosen.colwise().mean();
  if (!first_is_best) change_of_choice(best) -= 1;

  // What the trial gains in each draw over the strategy that is best on average.
  Eigen::ArrayXd contributions = best_of(informed);
  if (!first_is_best) contributions -= informed.col(best).array();
  const double value = contributions.mean();
  const Eigen::MatrixXd deviations = benefit.fit.rowwise() - mean;
  contributions += (deviations * change_of_choice - deviations * by * change_of_choice).array();
  // Of the value, by the standard deviation resolved in each direction.
  const Eigen::ArrayXd slopes = (scores.transpose() * chosen / draws)
                                    .cwiseProduct(resolution.directions.transpose() * benefit.from_components)
                                    .rowwise()
                                    .sum();
  const Eigen::VectorXd by_variance = slopes * resolved * (1 - resolved.square()) / 2;
  contributions += ((scores.array().square() - 1).matrix() * by_variance).array();
  return {value, (contributions - contributions.mean()).square().sum() / (draws * (draws - 1))};
}

}  // namespace

ExpectedBenefit expected_benefit(const SmoothBasis& basis, const Eigen::MatrixXd& increments) {
  constexpr double negligible = 1e-10;  // share of the variance
  ExpectedBenefit benefit;
  benefit.regression = fit(basis, increments);
  benefit.fit = fitted(basis, benefit.regression);
  const Eigen::MatrixXd deviations = benefit.fit.rowwise() - benefit.regression.mean;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(deviations.transpose() * deviations /
                                                              static_cast<double>(deviations.rows() - 1));
  const Eigen::ArrayXd variances = solver.eigenvalues();
  const Eigen::Index kept = (variances > negligible * variances.maxCoeff()).count();  // the last, in rising order
  const Eigen::MatrixXd directions = solver.eigenvectors().rightCols(kept);
  benefit.to_components = directions * variances.tail(kept).rsqrt().matrix().asDiagonal();
  benefit.from_components = variances.tail(kept).sqrt().matrix().asDiagonal() * directions.transpose();
  benefit.components = deviations * benefit.to_components;
  return benefit;
}

Eigen::MatrixXd weighted_covariance(const Eigen::MatrixXd& components, const Eigen::VectorXd& weights) {
  const Eigen::RowVectorXd mean = weights.transpose() * components;
  const Eigen::MatrixXd deviations = components.rowwise() - mean;
  constexpr double rounding = 1e-12;  // where one draw has all the weight, there is no spread
  return deviations.transpose() * weights.asDiagonal() * deviations / std::max(1 - weights.squaredNorm(), rounding);
}

std::vector<Evsi> match_moments(const SmoothBasis& basis, const ExpectedBenefit& benefit,
                                const std::vector<Posteriors>& posteriors, const std::vector<double>& sizes,
                                PhiloxEngine& generator) {
  const Resolution resolution = resolve(posteriors, sizes);
  const FittingErrors errors = simulate_errors(basis, benefit, resolution, std::ssize(sizes), generator);
  std::vector<Evsi> results;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const auto at = static_cast<Eigen::Index>(i);
    const Averaged averaged = average(benefit, resolution, i);
    results.push_back({std::max(0.0, averaged.value - errors.bias(at)),
                       std::sqrt(averaged.variance + errors.variance(at)), errors.bias(at)});
  }
  return results;
}

}  // namespace myelin::economics
