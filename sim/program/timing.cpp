#include "program/timing.hpp"

#include <cmath>

namespace myelin {

double discount_factor(const Timing& timing, double rate_per_year, std::uint32_t cycle) {
  const double length = timing.cycle_length.value;
  const double log_rate = std::log1p(rate_per_year);
  switch (timing.discounting) {
    case DiscountTiming::start:
      return std::exp(-log_rate * length * cycle);
    case DiscountTiming::mid:
      return std::exp(-log_rate * length * (cycle + 0.5));
    case DiscountTiming::end:
      return std::exp(-log_rate * length * (cycle + 1.0));
    case DiscountTiming::continuous: {
      const double share = log_rate * length;
      return std::exp(-share * cycle) * (share == 0 ? 1 : -std::expm1(-share) / share);
    }
  }
  return 1;
}

Weights make_weights(const Timing& timing, double rate_per_year) {
  Weights weights;
  weights.point.assign(timing.cycles + std::size_t{1}, 0.0);
  weights.event.resize(timing.cycles);
  for (std::uint32_t cycle = 0; cycle < timing.cycles; ++cycle) {
    const double factor = discount_factor(timing, rate_per_year, cycle);
    weights.event[cycle] = factor;
    const double at_start = timing.correction == WithinCycleCorrection::start       ? 1
                            : timing.correction == WithinCycleCorrection::trapezoid ? 0.5
                                                                                    : 0;
    weights.point[cycle] += at_start * factor;
    weights.point[cycle + std::size_t{1}] += (1 - at_start) * factor;
  }
  return weights;
}

}  // namespace myelin
