#include "study/calibrate_uncertainty.hpp"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <boost/random/normal_distribution.hpp>
#include <cmath>

#include "random/stream.hpp"

namespace myelin::study {

namespace {

using Point = Misfit::Point;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// A parameter this near to a bound, as a share of its range, is taken to be at it.
constexpr double at_bound = 1e-4;

/// Second derivatives of half the objective by central differences, over the parameters that are free.
class Curvature {
 public:
  Curvature(const Misfit& misfit, const Point& optimum, const std::vector<std::size_t>& free)
      : misfit_(misfit), optimum_(optimum), free_(free), least_(misfit(optimum)) {
    for (std::size_t i = 0; i < free.size(); ++i) steps_.push_back(step(i));
  }

  MatrixXd matrix() const {
    const auto size = static_cast<Eigen::Index>(free_.size());
    MatrixXd second(size, size);
    for (Eigen::Index i = 0; i < size; ++i) {
      const auto a = static_cast<std::size_t>(i);
      second(i, i) = (rise(a, steps_[a]) + rise(a, -steps_[a])) / (2 * steps_[a] * steps_[a]);
      for (Eigen::Index j = 0; j < i; ++j) {
        const auto b = static_cast<std::size_t>(j);
        const double mixed = at(a, 1, b, 1) - at(a, 1, b, -1) - at(a, -1, b, 1) + at(a, -1, b, -1);
        second(i, j) = second(j, i) = mixed / (8 * steps_[a] * steps_[b]);
      }
    }
    return second;
  }

 private:
  double rise(std::size_t parameter, double step) const {
    Point point = optimum_;
    point[free_[parameter]] += step;
    return misfit_(point) - least_;
  }

  double at(std::size_t a, int sign_a, std::size_t b, int sign_b) const {
    Point point = optimum_;
    point[free_[a]] += sign_a * steps_[a];
    point[free_[b]] += sign_b * steps_[b];
    return misfit_(point);
  }

  /// A step over which the objective rises by about a quarter, half a standard error: small against its curvature's
  /// changes, large against its rounding. It stays within the bounds.
  double step(std::size_t parameter) const {
    constexpr double first = 1e-3, least = 1e-4, most = 0.02, wanted_rise = 0.25;
    const double place = optimum_[free_[parameter]], room = std::min(place, 1 - place);
    const double begin = std::min(first, room), risen = (rise(parameter, begin) + rise(parameter, -begin)) / 2;
    const double step = risen > 0 && std::isfinite(risen) ? begin * std::sqrt(wanted_rise / risen) : most;
    return std::min(room, std::clamp(step, least, most));
  }

  const Misfit& misfit_;
  const Point& optimum_;
  const std::vector<std::size_t>& free_;
  double least_;
  std::vector<double> steps_;
};

/// The parameters that have most to do with a direction.
std::string names_of(const CalibrationSpec& spec, const std::vector<std::size_t>& free, const VectorXd& direction) {
  constexpr double noticeable = 0.3;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < free.size(); ++i) {
    if (std::abs(direction(static_cast<Eigen::Index>(i))) > noticeable) names.push_back(spec.parameters[free[i]].path);
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

/// Whether the curvature determines every direction, with a warning for each that it does not.
bool is_identified(const CalibrationSpec& spec, const std::vector<std::size_t>& free, const MatrixXd& curvature,
                   std::vector<std::string>& warnings) {
  if (!curvature.allFinite()) {
    warnings.emplace_back("no standard errors: close to the optimum something cannot be predicted");
    return false;
  }
  constexpr double range_is_standard_error = 1;  // curvature along a direction whose standard error is the whole range
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(curvature);
  bool identified = true;
  for (Eigen::Index i = 0; i < curvature.rows(); ++i) {
    if (solver.eigenvalues()(i) >= range_is_standard_error) continue;
    identified = false;
    warnings.push_back(fmt::format(
        "not identified: the targets say less than the bounds do about {} (alone, or together as a combination)",
        names_of(spec, free, solver.eigenvectors().col(i))));
  }
  if (!identified)
    warnings.emplace_back("no standard errors and no draws: the second derivatives are not positive definite enough");
  return identified;
}

void draw(const CalibrationSpec& spec, const Misfit& misfit, const Point& optimum, const std::vector<std::size_t>& free,
          const MatrixXd& covariance, Uncertainty& uncertainty) {
  const std::size_t most_attempts = 1000 * spec.draws;
  const MatrixXd root = covariance.llt().matrixL();
  PhiloxEngine engine({spec.seed}, stream_id("calibration"), 0);
  boost::random::normal_distribution<double> normal;
  VectorXd deviates(static_cast<Eigen::Index>(free.size()));
  for (std::size_t attempt = 0; attempt < most_attempts && uncertainty.draws.size() < spec.draws; ++attempt) {
    for (double& deviate : deviates) deviate = normal(engine);
    const VectorXd moved = root * deviates;
    Point point = optimum;
    for (std::size_t i = 0; i < free.size(); ++i) point[free[i]] += moved(static_cast<Eigen::Index>(i));
    if (std::ranges::all_of(point, [](double place) { return place >= 0 && place <= 1; })) {
      uncertainty.draws.push_back(misfit.values_at(point));
    } else {
      ++uncertainty.rejected;
    }
  }
  if (uncertainty.draws.size() < spec.draws) {
    uncertainty.draws.clear();
    uncertainty.warnings.emplace_back("no draws: nearly all lie outside the bounds");
  }
}

/// The interval of level 0.95 of a parameter at a place with a standard error, both as shares of its range.
Interval interval_of(const CalibratedParameter& parameter, double range, double place, double error) {
  constexpr double z = 1.959964;
  const auto value = [&](double at) {
    return from_scale(parameter.scale, to_scale(parameter.scale, parameter.low) + at * range);
  };
  return {value(place - z * error), value(place + z * error)};
}

}  // namespace

Uncertainty uncertainty_at(const CalibrationSpec& spec, const Misfit& misfit, const Point& optimum) {
  const std::size_t parameters = spec.parameters.size();
  Uncertainty uncertainty;
  uncertainty.standard_errors.resize(parameters);
  uncertainty.intervals.resize(parameters);
  std::vector<std::size_t> free;
  for (std::size_t i = 0; i < parameters; ++i) {
    const bool low = optimum[i]<at_bound, high = optimum[i]> 1 - at_bound;
    if (!low && !high) {
      free.push_back(i);
      continue;
    }
    uncertainty.warnings.push_back(fmt::format(
        "{} ends at its {} bound {} and is held there: it has no standard error, and the others' are given "
        "its value",
        spec.parameters[i].path, low ? "low" : "high", low ? spec.parameters[i].low : spec.parameters[i].high));
  }
  if (free.empty()) return uncertainty;
  const MatrixXd curvature = Curvature(misfit, optimum, free).matrix();
  if (!is_identified(spec, free, curvature, uncertainty.warnings)) return uncertainty;
  const MatrixXd covariance = curvature.inverse();
  uncertainty.correlation.assign(parameters, std::vector<double>(parameters, 0.0));
  for (std::size_t i = 0; i < parameters; ++i) uncertainty.correlation[i][i] = 1;
  for (std::size_t a = 0; a < free.size(); ++a) {
    const auto i = static_cast<Eigen::Index>(a);
    const double error = std::sqrt(covariance(i, i));
    uncertainty.standard_errors[free[a]] = error * misfit.range(free[a]);
    uncertainty.intervals[free[a]] =
        interval_of(spec.parameters[free[a]], misfit.range(free[a]), optimum[free[a]], error);
    for (std::size_t b = 0; b < a; ++b) {
      const auto j = static_cast<Eigen::Index>(b);
      uncertainty.correlation[free[a]][free[b]] = uncertainty.correlation[free[b]][free[a]] =
          covariance(i, j) / std::sqrt(covariance(i, i) * covariance(j, j));
    }
  }
  draw(spec, misfit, optimum, free, covariance, uncertainty);
  return uncertainty;
}

}  // namespace myelin::study
