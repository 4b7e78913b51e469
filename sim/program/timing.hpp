#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/units.hpp"
#include "program/program.hpp"

namespace myelin {

/// At which moment of a cycle its amounts are discounted: at its start, middle or end, evenly over it, or by whole
/// years (amounts of a year's cycles are all discounted to the year's start).
enum class DiscountTiming { start, mid, end, continuous, yearly };

/// Which occupancy a cycle's state amounts are valued at.
enum class WithinCycleCorrection {
  none,        ///< every time point counts whole, the first and the last too
  start,       ///< the start of each cycle
  end,         ///< the end of each cycle
  trapezoid,   ///< half-cycle correction: every time point, the first and the last by half
  life_table,  ///< the mean of a cycle's start and end, discounted as the cycle
  simpson,     ///< Simpson's 1/3 rule over the time points; needs an even number of cycles
  custom,      ///< every time point by a weight of its own
};

/// The timing conventions of an analysis. Under the corrections that weigh time points (none, trapezoid, simpson,
/// custom) the amount at a time point is discounted as the cycle that begins there.
struct Timing {
  Years cycle_length;
  std::uint32_t cycles = 0;
  DiscountTiming discounting = DiscountTiming::mid;
  WithinCycleCorrection correction = WithinCycleCorrection::life_table;
  std::vector<double> custom_weights = {};  ///< [0..cycles], of the correction `custom` only
};

/// A discount rate that can change over time.
struct DiscountRate {
  struct Step {
    Years from;
    double rate_per_year = 0;  ///< 0.035 for 3.5 %
  };
  std::vector<Step> steps;  ///< the first from year 0, then in order of time
  bool compounded = true;   ///< factor (1 + r)^-t; false: r is a force of interest, factor exp(-r t)

  static DiscountRate constant(double rate_per_year) { return {{{Years{0}, rate_per_year}}, true}; }
};

/// How far a number of cycles may be off a whole one: cycle lengths such as a twelfth are rounded when written.
inline constexpr double whole_cycles_tolerance = 1e-6;

/// The conventions by the names that scenarios and reports give them.
template <class Convention>
using Choices = std::vector<std::pair<std::string, Convention>>;
const Choices<DiscountTiming>& discount_timings();
const Choices<WithinCycleCorrection>& within_cycle_corrections();

/// Present value of one unit paid over cycle `cycle`.
double discount_factor(const Timing& timing, const DiscountRate& rate, std::uint32_t cycle);

/// Weights of an outcome: event amounts count once, with the discount of their cycle or the weight of the time point
/// that ends it; a state amount at a time point counts for the cycles that it values. An amount before time point 0 is
/// not discounted.
Weights make_weights(const Timing& timing, const DiscountRate& rate, EventWeight event_weight = EventWeight::cycle,
                     StateWeight state_weight = StateWeight::whole);

}  // namespace myelin
