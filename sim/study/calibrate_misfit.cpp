#include "study/calibrate_misfit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "study/prediction.hpp"

namespace myelin::study {

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

/// k ln(k / expected), 0 without any.
double deviance_term(double count, double expected) {
  if (count == 0) return 0;
  return expected > 0 ? count * std::log(count / expected) : infinite;
}

/// Twice the log of the likelihood ratio between the observed proportion and the predicted one.
double binomial_deviance(double count, double size, double probability) {
  return 2 * (deviance_term(count, size * probability) + deviance_term(size - count, size * (1 - probability)));
}

}  // namespace

Misfit::Misfit(const CalibrationSpec& spec, std::span<const Target> targets, const Models& models,
               const Execution& execution)
    : spec_(spec), targets_(targets), models_(models), execution_(execution) {}

double Misfit::range(std::size_t parameter) const {
  const CalibratedParameter& each = spec_.parameters[parameter];
  return to_scale(each.scale, each.high) - to_scale(each.scale, each.low);
}

std::vector<double> Misfit::values_at(const Point& point) const {
  std::vector<double> values;
  for (std::size_t i = 0; i < point.size(); ++i) {
    const CalibratedParameter& each = spec_.parameters[i];
    const double value = from_scale(each.scale, to_scale(each.scale, each.low) + point[i] * range(i));
    // Rounding must not carry a probability above 1.
    values.push_back(std::clamp(value, each.low, each.high));
  }
  return values;
}

Misfit::Point Misfit::point_of(std::span<const double> values) const {
  Point point;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const CalibratedParameter& each = spec_.parameters[i];
    const double share = (to_scale(each.scale, values[i]) - to_scale(each.scale, each.low)) / range(i);
    point.push_back(std::clamp(share, 0.0, 1.0));
  }
  return point;
}

Result<std::vector<std::optional<double>>> Misfit::predict(const Point& point) const {
  const std::vector<double> values = values_at(point);
  std::vector<PlacedOverride> overrides;
  for (std::size_t i = 0; i < values.size(); ++i)
    overrides.push_back({fmt::format("{}={}", spec_.parameters[i].path, values[i]), spec_.parameters[i].place});
  return predict_values(targets_, overrides, models_, execution_);
}

double Misfit::part(const Target& target, std::optional<double> predicted) const {
  if (!predicted) return infinite;
  if (spec_.objective == Objective::likelihood && target.is_proportion() && target.n) {
    // Sums of many cells can leave a share a rounding error outside its range.
    return binomial_deviance(static_cast<double>(target.count()), static_cast<double>(*target.n),
                             std::clamp(*predicted, 0.0, 1.0));
  }
  const double error = (*predicted - target.observed) / standard_error_of(*target.interval, target.level);
  return error * error;
}

double Misfit::operator()(const Point& point) const {
  const Result<std::vector<std::optional<double>>> predicted = predict(point);
  if (!predicted) return infinite;
  double sum = 0;
  for (std::size_t i = 0; i < targets_.size(); ++i) sum += part(targets_[i], (*predicted)[i]);
  return sum;
}

}  // namespace myelin::study
