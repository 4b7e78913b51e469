#pragma once

#include <cstdint>

#include "core/units.hpp"
#include "program/program.hpp"

namespace myelin {

/// At which moment of a cycle its amounts are discounted.
enum class DiscountTiming { start, mid, end, continuous };

/// Which occupancy a cycle's state amounts are valued at: at its start, at its end, or the mean of both (half-cycle
/// correction).
enum class WithinCycleCorrection { start, end, trapezoid };

/// The timing conventions of an analysis.
struct Timing {
  Years cycle_length;
  std::uint32_t cycles = 0;
  DiscountTiming discounting = DiscountTiming::mid;
  WithinCycleCorrection correction = WithinCycleCorrection::trapezoid;
};

/// Present value of one unit paid over cycle `cycle`, at an annual rate of `rate_per_year` (0.035 for 3.5 %).
double discount_factor(const Timing& timing, double rate_per_year, std::uint32_t cycle);

/// Weights of an outcome: event amounts count once with the discount of their cycle; a state amount at a time point
/// counts for the cycles that it values. An amount before time point 0 is not discounted.
Weights make_weights(const Timing& timing, double rate_per_year);

}  // namespace myelin
