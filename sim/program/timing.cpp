#include "program/timing.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "core/contract.hpp"

namespace myelin {

namespace {

/// One step of a discount rate, its time counted in cycles.
struct Piece {
  double begin = 0, end = 0;
  double force_per_cycle = 0;  ///< -d ln(factor) / d time
};

std::vector<Piece> pieces_of(const DiscountRate& rate, double cycle_length_years) {
  MYELIN_EXPECT(!rate.steps.empty() && rate.steps.front().from.value == 0);
  std::vector<Piece> pieces;
  for (const DiscountRate::Step& step : rate.steps) {
    const double begin = step.from.value / cycle_length_years;
    if (!pieces.empty()) pieces.back().end = begin;
    const double force_per_year = rate.compounded ? std::log1p(step.rate_per_year) : step.rate_per_year;
    pieces.push_back({begin, std::numeric_limits<double>::infinity(), force_per_year * cycle_length_years});
  }
  return pieces;
}

/// Factor at one moment, in cycles from the start.
double factor_at(const std::vector<Piece>& pieces, double time) {
  double log_discount = 0;
  for (const Piece& piece : pieces) {
    if (piece.begin < time) log_discount += piece.force_per_cycle * (std::min(time, piece.end) - piece.begin);
  }
  return std::exp(-log_discount);
}

/// Mean of the factor over a cycle: where the force is constant and comes to x, the mean is (1 - exp(-x)) / x of the
/// first value.
double mean_factor(const std::vector<Piece>& pieces, double cycle) {
  double mean = 0;
  for (const Piece& piece : pieces) {
    const double begin = std::max(cycle, piece.begin), width = std::min(cycle + 1, piece.end) - begin;
    if (width <= 0) continue;
    const double share = piece.force_per_cycle * width;
    mean += factor_at(pieces, begin) * (share == 0 ? width : width * (-std::expm1(-share) / share));
  }
  return mean;
}

double factor_of_cycle(const Timing& timing, const std::vector<Piece>& pieces, std::uint32_t cycle) {
  const double length = timing.cycle_length.value;
  switch (timing.discounting) {
    case DiscountTiming::start:
      return factor_at(pieces, cycle);
    case DiscountTiming::mid:
      return factor_at(pieces, cycle + 0.5);
    case DiscountTiming::end:
      return factor_at(pieces, cycle + 1.0);
    case DiscountTiming::continuous:
      return mean_factor(pieces, cycle);
    case DiscountTiming::yearly:
      // Twelve cycles of a rounded twelfth make a year: a start so little before a whole year is on it.
      return factor_at(pieces, std::floor((cycle + whole_cycles_tolerance) * length) / length);
  }
  return 1;
}

/// What a time point counts under the corrections that weigh time points.
double rule_weight(const Timing& timing, std::uint32_t time) {
  const bool at_an_end = time == 0 || time == timing.cycles;
  switch (timing.correction) {
    case WithinCycleCorrection::trapezoid:
      return at_an_end ? 0.5 : 1;
    case WithinCycleCorrection::simpson:
      return at_an_end ? 1.0 / 3 : time % 2 == 1 ? 4.0 / 3 : 2.0 / 3;
    case WithinCycleCorrection::custom:
      return timing.custom_weights[time];
    default:
      return 1;
  }
}

/// Share of a cycle's amount that is valued at its start, the rest at its end; none under a rule over time points.
std::optional<double> share_at_start(WithinCycleCorrection correction) {
  switch (correction) {
    case WithinCycleCorrection::start:
      return 1;
    case WithinCycleCorrection::end:
      return 0;
    case WithinCycleCorrection::life_table:
      return 0.5;
    default:
      return std::nullopt;
  }
}

}  // namespace

const Choices<DiscountTiming>& discount_timings() {
  static const Choices<DiscountTiming> choices = {{"start", DiscountTiming::start},
                                                  {"mid", DiscountTiming::mid},
                                                  {"end", DiscountTiming::end},
                                                  {"continuous", DiscountTiming::continuous},
                                                  {"yearly", DiscountTiming::yearly}};
  return choices;
}

const Choices<WithinCycleCorrection>& within_cycle_corrections() {
  static const Choices<WithinCycleCorrection> choices = {{"none", WithinCycleCorrection::none},
                                                         {"start", WithinCycleCorrection::start},
                                                         {"end", WithinCycleCorrection::end},
                                                         {"trapezoid", WithinCycleCorrection::trapezoid},
                                                         {"life_table", WithinCycleCorrection::life_table},
                                                         {"simpson", WithinCycleCorrection::simpson},
                                                         {"custom", WithinCycleCorrection::custom}};
  return choices;
}

double discount_factor(const Timing& timing, const DiscountRate& rate, std::uint32_t cycle) {
  return factor_of_cycle(timing, pieces_of(rate, timing.cycle_length.value), cycle);
}

Weights make_weights(const Timing& timing, const DiscountRate& rate, EventWeight event_weight,
                     StateWeight state_weight) {
  const bool custom = timing.correction == WithinCycleCorrection::custom;
  MYELIN_EXPECT(!custom || timing.custom_weights.size() == timing.cycles + std::size_t{1});
  MYELIN_EXPECT(timing.correction != WithinCycleCorrection::simpson || timing.cycles % 2 == 0);
  const std::vector<Piece> pieces = pieces_of(rate, timing.cycle_length.value);
  const std::optional<double> at_start = share_at_start(timing.correction);
  Weights weights, starts;
  weights.point.assign(timing.cycles + std::size_t{1}, 0.0);
  weights.event.resize(timing.cycles);
  starts = weights;
  for (std::uint32_t cycle = 0; cycle < timing.cycles; ++cycle) {
    const double factor = factor_of_cycle(timing, pieces, cycle);
    weights.event[cycle] = factor;
    starts.point[cycle] = (at_start ? *at_start : rule_weight(timing, cycle)) * factor;
    weights.point[cycle] += starts.point[cycle];
    if (at_start) weights.point[cycle + std::size_t{1}] += (1 - *at_start) * factor;
  }
  if (!at_start) {
    starts.point.back() = rule_weight(timing, timing.cycles) * factor_of_cycle(timing, pieces, timing.cycles);
    weights.point.back() = starts.point.back();
  }
  if (event_weight == EventWeight::next_point)
    std::copy(weights.point.begin() + 1, weights.point.end(), weights.event.begin());
  for (std::size_t time = 0; time < weights.point.size() && state_weight != StateWeight::whole; ++time) {
    const double at_end = weights.point[time] - starts.point[time];
    weights.point[time] = state_weight == StateWeight::at_start ? starts.point[time] : at_end;
  }
  return weights;
}

}  // namespace myelin
