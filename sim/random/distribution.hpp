#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "core/diagnostic.hpp"

/// \file
/// How one uncertain number varies in a probabilistic sensitivity analysis, and the text by which a scenario says so:
///
///     normal(mean, sd)   lognormal(mu, sigma)   beta(a, b)   gamma(shape, scale)   uniform(low, high)
///     triangular(low, mode, high)   PERT(low, mode, high)   fixed
///     gamma(mean 400, SE 100)   gamma(SE 100)   gamma(SE 25 %)        the mean is the parameter's value, if not given
///     lognormal(95 % 0.5 to 0.9)   lognormal(95 %)                    an interval; the parameter's low and high
///     normal(0.5, 0.1) between 0 and 1   -gamma(4, 0.01)   1.3 * beta(2, 8)   lognormal(ln 0.65, 0.1)
///
/// Means, standard errors (SE) and intervals serve normal, lognormal, beta and gamma; mu and sigma are of the
/// logarithm.

namespace myelin {

/// The probability distribution of one number, in the unit of that number.
class Distribution {
 public:
  /// Each kind by its own parameters, finite and in range: sd, sigma, a, b, shape, scale positive; low < high and low
  /// <= mode <= high. Others break a contract.
  static Distribution fixed(double value);
  static Distribution normal(double mean, double sd);
  static Distribution lognormal(double mu, double sigma);  ///< mean and standard deviation of the logarithm
  static Distribution beta(double a, double b);
  static Distribution gamma(double shape, double scale);
  static Distribution uniform(double low, double high);
  static Distribution triangular(double low, double mode, double high);
  /// The beta distribution from low to high with mean (low + 4 mode + high) / 6 (Malcolm, Roseboom, Clark and Fazar
  /// 1959; the variance is that of the beta with shapes 1 + 4 (mode - low) / (high - low) and its counterpart).
  static Distribution pert(double low, double mode, double high);

  /// The distribution of this number times a factor, finite and not 0; a negative one mirrors the distribution.
  Distribution scaled(double factor) const;

  /// The distribution given that the number lies from low to high, as far as its own range goes; none if that keeps
  /// less than a millionth of the distribution. Not for a fixed number.
  std::optional<Distribution> between(double low, double high) const;

  /// The number below which a share p of the distribution lies, 0 < p < 1; rises with p.
  double quantile(double p) const;

  double mean() const;                ///< by quadrature where `between` applies, else in closed form
  double standard_deviation() const;  ///< likewise

  /// Ends of the range of values, infinite where there is none.
  double low() const;
  double high() const;

  bool is_fixed() const { return kind_ == Kind::fixed; }

  /// The text by which parse_distribution gives the same distribution; of a fixed number, `fixed`.
  std::string in_words() const;

  bool operator==(const Distribution&) const = default;

 private:
  enum class Kind { fixed, normal, lognormal, beta, gamma, uniform, triangular, pert };

  /// The part of a distribution that is kept.
  struct Truncation {
    double low, high;
    double share_below, share;  ///< of the whole distribution: below `low`, and from there to `high`
    bool operator==(const Truncation&) const = default;
  };

  Distribution(Kind kind, double first, double second, double third, double factor = 1)
      : kind_(kind), numbers_{first, second, third}, factor_(factor) {}

  template <class Function>
  double on_boost(Function function) const;
  Distribution whole() const;
  Distribution truncated(double low, double high) const;
  double whole_quantile(double p) const;
  double share_below(double number) const;
  double whole_low() const;
  double whole_high() const;

  Kind kind_;
  std::array<double, 3> numbers_;  ///< as the text gives them; 0 where a kind has fewer
  double factor_;                  ///< by which the variable is multiplied; 1 where the numbers can say the same
  std::optional<Truncation> truncation_ = {};
};

/// What a distribution's text may refer to: the parameter's own numbers, in the unit of the text.
struct DistributionContext {
  double value = 0;
  std::optional<double> low = {}, high = {};  ///< its published range, a 95 % interval where the text says so
};

/// The distribution, or what is wrong with the text, without a place.
using ParsedDistribution = tl::expected<Distribution, Diagnostic>;

/// Reads the text of a distribution; spaces and capitals do not matter. Refuses a text that is no distribution, numbers
/// that no such distribution has, and a distribution that cannot take the parameter's value.
ParsedDistribution parse_distribution(std::string_view text, const DistributionContext& context);

}  // namespace myelin
