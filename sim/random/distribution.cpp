#include "random/distribution.hpp"

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/lognormal.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/triangular.hpp>
#include <boost/math/distributions/uniform.hpp>
#include <boost/math/quadrature/tanh_sinh.hpp>
#include <charconv>
#include <cmath>
#include <functional>
#include <limits>

#include "core/contract.hpp"
#include "random/silent_math.hpp"

namespace myelin {

namespace {

namespace bm = boost::math;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// A truncation that keeps less is refused: the draws would be made from a corner of the distribution that its numbers
/// say nothing of.
constexpr double smallest_share = 1e-6;

/// Smaller shares are taken for this one: Boost's inverse of the beta distribution fails below 1e-90.
constexpr double smallest_p = 1e-60;

/// x = offset + scale * y, where y has one of Boost's distributions.
struct Line {
  double offset, scale;
};

/// The shortest text that reads back as the same number.
std::string text_of(double number) {
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr};
}

double integral_over_shares(const std::function<double(double)>& function) {
  return bm::quadrature::tanh_sinh<double, SilentMath>().integrate(function, 0.0, 1.0);
}

}  // namespace

Distribution Distribution::fixed(double value) {
  MYELIN_EXPECT(std::isfinite(value));
  return {Kind::fixed, value, 0, 0};
}

Distribution Distribution::normal(double mean, double sd) {
  MYELIN_EXPECT(std::isfinite(mean) && sd > 0 && sd < infinity);
  return {Kind::normal, mean, sd, 0};
}

Distribution Distribution::lognormal(double mu, double sigma) {
  MYELIN_EXPECT(std::isfinite(mu) && sigma > 0 && sigma < infinity);
  return {Kind::lognormal, mu, sigma, 0};
}

Distribution Distribution::beta(double a, double b) {
  MYELIN_EXPECT(a > 0 && a < infinity && b > 0 && b < infinity);
  return {Kind::beta, a, b, 0};
}

Distribution Distribution::gamma(double shape, double scale) {
  MYELIN_EXPECT(shape > 0 && shape < infinity && scale > 0 && scale < infinity);
  return {Kind::gamma, shape, scale, 0};
}

Distribution Distribution::uniform(double low, double high) {
  MYELIN_EXPECT(std::isfinite(low) && low < high && high < infinity);
  return {Kind::uniform, low, high, 0};
}

Distribution Distribution::triangular(double low, double mode, double high) {
  MYELIN_EXPECT(std::isfinite(low) && low < high && high < infinity && low <= mode && mode <= high);
  return {Kind::triangular, low, mode, high};
}

Distribution Distribution::pert(double low, double mode, double high) {
  MYELIN_EXPECT(std::isfinite(low) && low < high && high < infinity && low <= mode && mode <= high);
  return {Kind::pert, low, mode, high};
}

/// Calls function(distribution of y, line from y to x).
template <class Function>
double Distribution::on_boost(Function function) const {
  MYELIN_EXPECT(!is_fixed());
  const auto [first, second, third] = numbers_;
  switch (kind_) {
    case Kind::normal:
      return function(bm::normal_distribution<double, SilentMath>(first, second), Line{0, factor_});
    case Kind::lognormal:
      return function(bm::lognormal_distribution<double, SilentMath>(first, second), Line{0, factor_});
    case Kind::beta:
      return function(bm::beta_distribution<double, SilentMath>(first, second), Line{0, factor_});
    case Kind::gamma:
      return function(bm::gamma_distribution<double, SilentMath>(first, second), Line{0, factor_});
    case Kind::uniform:
      return function(bm::uniform_distribution<double, SilentMath>(first, second), Line{0, factor_});
    case Kind::triangular:
      return function(bm::triangular_distribution<double, SilentMath>(first, second, third), Line{0, factor_});
    case Kind::pert: {
      const double width = third - first;
      return function(bm::beta_distribution<double, SilentMath>(1 + 4 * ((second - first) / width),
                                                                1 + 4 * ((third - second) / width)),
                      Line{first, width});
    }
    case Kind::fixed:
      break;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

Distribution Distribution::whole() const { return {kind_, numbers_[0], numbers_[1], numbers_[2], factor_}; }

double Distribution::whole_quantile(double p) const {
  return on_boost([p](const auto& distribution, Line line) {
    return line.offset + line.scale * (line.scale > 0 ? bm::quantile(distribution, p)
                                                      : bm::quantile(bm::complement(distribution, p)));
  });
}

double Distribution::share_below(double number) const {
  if (number <= whole_low()) return 0;
  if (number >= whole_high()) return 1;
  return on_boost([number](const auto& distribution, Line line) {
    const double y = (number - line.offset) / line.scale;
    return line.scale > 0 ? bm::cdf(distribution, y) : bm::cdf(bm::complement(distribution, y));
  });
}

double Distribution::whole_low() const {
  switch (kind_) {
    case Kind::normal:
      return -infinity;
    case Kind::lognormal:
    case Kind::gamma:
      return factor_ > 0 ? 0 : -infinity;
    case Kind::beta:
      return std::min(factor_, 0.0);
    default:
      return numbers_[0];
  }
}

double Distribution::whole_high() const {
  switch (kind_) {
    case Kind::normal:
      return infinity;
    case Kind::lognormal:
    case Kind::gamma:
      return factor_ > 0 ? infinity : 0;
    case Kind::beta:
      return std::max(factor_, 0.0);
    case Kind::uniform:
      return numbers_[1];
    case Kind::fixed:
      return numbers_[0];
    default:
      return numbers_[2];
  }
}

double Distribution::low() const { return truncation_ ? truncation_->low : whole_low(); }

double Distribution::high() const { return truncation_ ? truncation_->high : whole_high(); }

Distribution Distribution::scaled(double factor) const {
  MYELIN_EXPECT(std::isfinite(factor) && factor != 0);
  Distribution result = whole();
  std::array<double, 3>& numbers = result.numbers_;
  switch (kind_) {
    case Kind::normal:
      numbers[0] *= factor;
      numbers[1] *= std::abs(factor);
      break;
    case Kind::lognormal:
      numbers[0] += std::log(std::abs(factor));
      break;
    case Kind::gamma:
      numbers[1] *= std::abs(factor);
      break;
    case Kind::beta:
      result.factor_ *= factor;
      break;
    default:
      for (double& number : numbers) number *= factor;
  }
  if (factor < 0) {
    if (kind_ == Kind::lognormal || kind_ == Kind::gamma) result.factor_ = -factor_;
    if (kind_ == Kind::uniform) std::swap(numbers[0], numbers[1]);
    if (kind_ == Kind::triangular || kind_ == Kind::pert) std::swap(numbers[0], numbers[2]);
  }
  if (!truncation_) return result;
  const auto [low, high] = std::minmax({truncation_->low * factor, truncation_->high * factor});
  return result.truncated(low, high);
}

Distribution Distribution::truncated(double low, double high) const {
  Distribution result = whole();
  const double below = share_below(low);
  result.truncation_ = {low, high, below, share_below(high) - below};
  return result;
}

std::optional<Distribution> Distribution::between(double low, double high) const {
  MYELIN_EXPECT(!is_fixed() && !std::isnan(low) && !std::isnan(high));
  if (low <= this->low() && high >= this->high()) return *this;
  const Distribution result = truncated(std::max(low, this->low()), std::min(high, this->high()));
  if (!(result.truncation_->share >= smallest_share)) return std::nullopt;
  return result;
}

double Distribution::quantile(double p) const {
  MYELIN_EXPECT(p > 0 && p < 1);
  if (is_fixed()) return numbers_[0];
  const double share = truncation_ ? truncation_->share_below + p * truncation_->share : p;
  return std::clamp(whole_quantile(std::max(share, smallest_p)), low(), high());
}

double Distribution::mean() const {
  if (is_fixed()) return numbers_[0];
  if (truncation_) return integral_over_shares([this](double p) { return quantile(p); });
  return on_boost(
      [](const auto& distribution, Line line) { return line.offset + line.scale * bm::mean(distribution); });
}

double Distribution::standard_deviation() const {
  if (is_fixed()) return 0;
  if (truncation_) {
    const double centre = mean();
    return std::sqrt(integral_over_shares([this, centre](double p) { return std::pow(quantile(p) - centre, 2); }));
  }
  return on_boost(
      [](const auto& distribution, Line line) { return std::abs(line.scale) * bm::standard_deviation(distribution); });
}

std::string Distribution::in_words() const {
  if (is_fixed()) return "fixed";
  static constexpr std::array<const char*, 8> names = {"fixed", "normal",  "lognormal",  "beta",
                                                       "gamma", "uniform", "triangular", "PERT"};
  const bool has_three = kind_ == Kind::triangular || kind_ == Kind::pert;
  std::string text = factor_ == 1 ? "" : factor_ == -1 ? "-" : text_of(factor_) + " * ";
  text +=
      std::string(names[static_cast<std::size_t>(kind_)]) + "(" + text_of(numbers_[0]) + ", " + text_of(numbers_[1]);
  if (has_three) text += ", " + text_of(numbers_[2]);
  text += ")";
  if (truncation_) text += " between " + text_of(truncation_->low) + " and " + text_of(truncation_->high);
  return text;
}

}  // namespace myelin
