#pragma once

#include <cmath>

#include "core/contract.hpp"

/// \file
/// Types that keep a probability from being taken for a rate, the field's commonest mistake.

namespace myelin {

/// A duration in years.
struct Years {
  double value = 0;
};

/// A probability, in [0, 1].
class Probability {
 public:
  explicit Probability(double value) : value_(value) { MYELIN_EXPECT(value >= 0 && value <= 1); }
  double value() const { return value_; }

 private:
  double value_;
};

/// A rate (hazard) per year, not negative; infinite where the probability is 1.
class RatePerYear {
 public:
  explicit RatePerYear(double value) : value_(value) { MYELIN_EXPECT(value >= 0); }
  double value() const { return value_; }

 private:
  double value_;
};

/// A ratio of hazards or of rates, not negative.
class HazardRatio {
 public:
  explicit HazardRatio(double value) : value_(value) { MYELIN_EXPECT(value >= 0); }
  double value() const { return value_; }

 private:
  double value_;
};

/// The constant rate under which an event has `probability` within `period`: -ln(1 - p) / period.
inline RatePerYear to_rate(Probability probability, Years period) {
  return RatePerYear(-std::log1p(-probability.value()) / period.value);
}

/// The probability of an event within `period` at a constant rate: 1 - exp(-rate x period).
inline Probability to_probability(RatePerYear rate, Years period) {
  return Probability(-std::expm1(-rate.value() * period.value));
}

inline RatePerYear operator*(RatePerYear rate, HazardRatio ratio) { return RatePerYear(rate.value() * ratio.value()); }
inline HazardRatio operator*(HazardRatio a, HazardRatio b) { return HazardRatio(a.value() * b.value()); }

}  // namespace myelin
