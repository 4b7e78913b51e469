#include "models/markov/survival.hpp"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>
#include <numbers>

namespace myelin::markov {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

bool is_finite(double x) { return std::isfinite(x); }
bool is_positive(double x) { return x > 0 && x < infinity; }
bool is_not_negative(double x) { return x >= 0 && x < infinity; }

/// A product in which 0 wins over infinity.
double times(double a, double b) { return a == 0 || b == 0 ? 0 : a * b; }

/// ln(a / b), exact also where a and b are nearly the same.
double log_ratio(double a, double b) {
  const double ratio = a / b;
  return ratio > 0.5 && ratio < 2 ? std::log1p((a - b) / b) : std::log(ratio);
}

// Normal and gamma tails. Below this probability a tail is computed as a logarithm, by a continued fraction or series
// that needs few terms there, because the probability itself would soon be too small for a number.
constexpr double far_tail = 1e-200;

/// ln of the standard normal density.
double log_normal_density(double z) { return -0.5 * z * z - 0.5 * std::log(2 * std::numbers::pi); }

/// ln of the upper normal tail.
double log_upper_normal(double z) {
  const double root_half = 1 / std::numbers::sqrt2;
  if (z <= 0) return std::log1p(-0.5 * std::erfc(-z * root_half));
  const double tail = 0.5 * std::erfc(z * root_half);
  if (tail > far_tail) return std::log(tail);
  double fraction = z;  // Laplace's continued fraction of density over tail (Abramowitz and Stegun 26.2.14)
  for (int k = 20; k > 0; --k) fraction = z + k / fraction;
  return log_normal_density(z) - std::log(fraction);
}

using Silent =
    boost::math::policies::policy<boost::math::policies::domain_error<boost::math::policies::ignore_error>,
                                  boost::math::policies::pole_error<boost::math::policies::ignore_error>,
                                  boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
                                  boost::math::policies::underflow_error<boost::math::policies::ignore_error>,
                                  boost::math::policies::evaluation_error<boost::math::policies::ignore_error>>;

/// A point of the gamma distribution with rate 1, with ln(x / shape), which is still a number where x is too small or
/// too large for one.
struct GammaPoint {
  double shape, x, log_ratio;
};

/// ln of the density of ln x: relative to its value at x = shape, where Boost loses no digits.
double log_density_of_log(const GammaPoint& at) {
  const double at_shape = at.shape * boost::math::gamma_p_derivative(at.shape, at.shape, Silent());
  return std::log(at_shape) + at.shape * (at.log_ratio - std::expm1(at.log_ratio));
}

/// Gamma(shape, x) / (x^shape exp(-x)) for x far above the shape (Abramowitz and Stegun 6.5.31, by Lentz's method).
double upper_gamma_fraction(const GammaPoint& at) {
  constexpr int most_terms = 1'000'000;
  double b = at.x + 1 - at.shape, c = infinity, d = 1 / b, fraction = d;
  for (int k = 1; k < most_terms; ++k) {
    const double a = k * (at.shape - k);
    b += 2;
    d = 1 / (a * d + b);
    c = b + a / c;
    fraction *= c * d;
    if (std::abs(c * d - 1) < 1e-16) break;
  }
  return fraction;
}

/// gamma(shape, x) / (x^shape exp(-x)) for x far below the shape (Abramowitz and Stegun 6.5.29).
double lower_gamma_series(const GammaPoint& at) {
  double sum = 1, term = 1;
  for (int k = 1; term > 1e-17 * sum; ++k) sum += term *= at.x / (at.shape + k);
  return sum / at.shape;
}

/// ln of the lower tail.
double log_lower_gamma(const GammaPoint& at) {
  if (at.x == infinity) return 0;
  const double tail = boost::math::gamma_p(at.shape, at.x, Silent());
  if (tail > 0.5) return std::log1p(-boost::math::gamma_q(at.shape, at.x, Silent()));
  if (tail > far_tail) return std::log(tail);
  return log_density_of_log(at) + std::log(lower_gamma_series(at));
}

/// ln of the upper tail.
double log_upper_gamma(const GammaPoint& at) {
  if (at.x == infinity) return -infinity;
  const double tail = boost::math::gamma_q(at.shape, at.x, Silent());
  if (tail > 0.5) return std::log1p(-std::exp(log_lower_gamma(at)));
  if (tail > far_tail) return std::log(tail);
  return log_density_of_log(at) + std::log(upper_gamma_fraction(at));
}

// Each distribution gives the hazard at a time and the cumulative hazard between two times, from < to, where `to` may
// be infinite.

struct Exponential {
  static bool is_valid(double rate) { return is_not_negative(rate); }
  static double hazard(double, double rate) { return rate; }
  static double cumulative_hazard(double from, double to, double rate) { return times(rate, to - from); }
};

struct Weibull {
  static bool is_valid(double shape, double scale) { return is_positive(shape) && is_positive(scale); }
  static double hazard(double t, double shape, double scale) { return shape / scale * std::pow(t / scale, shape - 1); }
  static double cumulative_hazard(double from, double to, double shape, double scale) {
    return std::pow(to / scale, shape) * -std::expm1(shape * log_ratio(from, to));
  }
};

struct Gompertz {
  static bool is_valid(double shape, double rate) { return is_finite(shape) && is_not_negative(rate); }
  static double hazard(double t, double shape, double rate) { return times(rate, std::exp(shape * t)); }
  static double cumulative_hazard(double from, double to, double shape, double rate) {
    const double years = to - from;
    const double growth = shape == 0 ? years : std::exp(shape * from) * std::expm1(shape * years) / shape;
    return times(rate, growth);
  }
};

struct Loglogistic {
  static bool is_valid(double shape, double scale) { return is_positive(shape) && is_positive(scale); }
  static double hazard(double t, double shape, double scale) {
    return shape / scale * std::pow(t / scale, shape - 1) / (1 + std::pow(t / scale, shape));
  }
  static double cumulative_hazard(double from, double to, double shape, double scale) {
    const double odds_at_from = std::pow(from / scale, shape), odds_at_to = std::pow(to / scale, shape);
    if (odds_at_from <= 1)
      return std::log1p(odds_at_to * -std::expm1(shape * log_ratio(from, to)) / (1 + odds_at_from));
    return std::log1p(std::expm1(shape * log_ratio(to, from)) / (1 + 1 / odds_at_from));
  }
};

struct Lognormal {
  static bool is_valid(double meanlog, double sdlog) { return is_finite(meanlog) && is_positive(sdlog); }
  static double hazard(double t, double meanlog, double sdlog) {
    if (t == 0) return 0;
    const double z = (std::log(t) - meanlog) / sdlog;
    return std::exp(log_normal_density(z) - log_upper_normal(z)) / (sdlog * t);
  }
  static double cumulative_hazard(double from, double to, double meanlog, double sdlog) {
    return log_upper_normal((std::log(from) - meanlog) / sdlog) - log_upper_normal((std::log(to) - meanlog) / sdlog);
  }
};

struct Gamma {
  static bool is_valid(double shape, double rate) { return is_positive(shape) && is_positive(rate); }
  static GammaPoint point(double t, double shape, double rate) { return {shape, rate * t, log_ratio(rate * t, shape)}; }
  static double hazard(double t, double shape, double rate) {
    if (t == 0) return shape < 1 ? infinity : shape > 1 ? 0 : rate;
    const GammaPoint at = point(t, shape, rate);
    return std::exp(log_density_of_log(at) - log_upper_gamma(at)) / t;
  }
  static double cumulative_hazard(double from, double to, double shape, double rate) {
    return log_upper_gamma(point(from, shape, rate)) - log_upper_gamma(point(to, shape, rate));
  }
};

/// Prentice (Biometrika 1974; 61: 539-544): with w = (ln t - mu) / sigma, x = exp(q w) / q^2 has a gamma distribution
/// of shape 1 / q^2. As q goes to 0 that becomes the lognormal distribution, and x loses its digits. Near 0 the tail is
/// therefore that of the normal distribution at a z which agrees with Temme's uniform expansion of the gamma tail
/// (SIAM J Math Anal 1979; 10: 757-766) to the first order in q, and exactly at q = 0.
struct GeneralisedGamma {
  static constexpr double near_lognormal = 3e-5;

  static bool is_valid(double mu, double sigma, double q) {
    return is_finite(mu) && is_positive(sigma) && is_finite(q);
  }

  static double near_normal_z(double w, double q) { return w * (1 + q * w / 6 + q * w * q * w / 36) + q / 3; }

  static GammaPoint point(double w, double q) {
    const double shape = 1 / (q * q);
    return {shape, shape * std::exp(q * w), q * w};
  }

  static double log_survival(double t, double mu, double sigma, double q) {
    if (t == 0) return 0;
    if (t == infinity) return -infinity;
    const double w = (std::log(t) - mu) / sigma;
    if (std::abs(q) < near_lognormal) return log_upper_normal(near_normal_z(w, q));
    return q > 0 ? log_upper_gamma(point(w, q)) : log_lower_gamma(point(w, q));
  }

  /// The density near time 0 is that of a Weibull distribution of shape 1 / (q sigma).
  static double hazard_at_zero(double mu, double sigma, double q) {
    if (q < near_lognormal || q * sigma < 1) return 0;
    if (q * sigma > 1) return infinity;
    const GammaPoint at_shape = point(0, q);
    return std::exp(log_density_of_log(at_shape) + at_shape.shape - mu) * q / sigma;
  }

  static double hazard(double t, double mu, double sigma, double q) {
    if (t == 0) return hazard_at_zero(mu, sigma, q);
    const double w = (std::log(t) - mu) / sigma, log_s = log_survival(t, mu, sigma, q);
    if (std::abs(q) < near_lognormal) {
      const double slope = 1 + q * w / 3 + q * w * q * w / 12;
      return std::exp(log_normal_density(near_normal_z(w, q)) - log_s) * slope / (sigma * t);
    }
    return std::exp(log_density_of_log(point(w, q)) - log_s) * std::abs(q) / (sigma * t);
  }

  static double cumulative_hazard(double from, double to, double mu, double sigma, double q) {
    return log_survival(from, mu, sigma, q) - log_survival(to, mu, sigma, q);
  }
};

template <class Distribution, class... Parameter>
double survival(double time, Parameter... parameters) {
  if (!(time >= 0) || !Distribution::is_valid(parameters...)) return nan;
  return time == 0 ? 1 : std::exp(-Distribution::cumulative_hazard(0, time, parameters...));
}

template <class Distribution, class... Parameter>
double hazard(double time, Parameter... parameters) {
  return is_not_negative(time) && Distribution::is_valid(parameters...) ? Distribution::hazard(time, parameters...)
                                                                        : nan;
}

template <class Distribution, class... Parameter>
double event(double from, double to, Parameter... parameters) {
  if (!is_not_negative(from) || !(to >= from) || !Distribution::is_valid(parameters...)) return nan;
  if (from == to) return 0;
  const double p = -std::expm1(-Distribution::cumulative_hazard(from, to, parameters...));
  return std::max(p, 0.0);  // in this order NaN stays
}

template <class Distribution, class... Parameter>
void add(std::vector<ExpressionFunction>& functions, const std::string& name, const std::string& parameters,
         const std::string& about) {
  functions.push_back({"survival_" + name, "time, " + parameters, "probability of no event until time; " + about,
                       survival<Distribution, Parameter...>});
  functions.push_back(
      {"hazard_" + name, "time, " + parameters, "hazard a year at time; " + about, hazard<Distribution, Parameter...>});
  functions.push_back({"event_" + name, "from, to, " + parameters,
                       "probability of the event in (from, to] given none until from; " + about,
                       event<Distribution, Parameter...>});
}

}  // namespace

std::vector<ExpressionFunction> survival_functions() {
  std::vector<ExpressionFunction> functions;
  add<Exponential, double>(functions, "exponential", "rate", "S(t) = exp(-rate t)");
  add<Weibull, double, double>(functions, "weibull", "shape, scale", "S(t) = exp(-(t / scale)^shape)");
  add<Gompertz, double, double>(functions, "gompertz", "shape, rate",
                                "hazard rate exp(shape t); a negative shape leaves some without the event for ever");
  add<Loglogistic, double, double>(functions, "loglogistic", "shape, scale", "S(t) = 1 / (1 + (t / scale)^shape)");
  add<Lognormal, double, double>(functions, "lognormal", "meanlog, sdlog", "ln t is normal");
  add<Gamma, double, double>(functions, "gamma", "shape, rate", "mean shape / rate");
  add<GeneralisedGamma, double, double, double>(
      functions, "gengamma", "mu, sigma, q",
      "generalised gamma of Prentice; lognormal at q = 0, Weibull at q = 1, gamma at q = sigma");
  return functions;
}

}  // namespace myelin::markov
