#pragma once

#include "bench/reference/edss11_numbers.hpp"
#include "program/builder.hpp"
#include "program/timing.hpp"

namespace myelin::reference {

/// The program that scenarios/examples/edss11.toml declares, built by hand: the same attributes, outcomes and steps, so
/// that the two have the same table digest.
inline Program make_edss11_twin() {
  constexpr std::uint32_t cycles = edss11::cycles - 1;  // fifty time points
  const Timing timing{Years{1}, cycles, DiscountTiming::start, WithinCycleCorrection::none};
  const DiscountRate none = DiscountRate::constant(0);
  const Weights weights = make_weights(timing, DiscountRate::constant(edss11::discount_rate_per_year));
  const Weights undiscounted = make_weights(timing, none);
  ProgramBuilder builder("none", cycles);
  std::vector<std::string> levels;
  for (std::size_t s = 0; s < edss11::dead; ++s) levels.push_back("EDSS" + std::to_string(s));
  levels.emplace_back("DEAD");
  const AttributeIndex edss = builder.state("edss", std::move(levels), edss11::start);
  builder.dead(edss, edss11::dead);
  std::vector<int> passed;
  for (std::uint32_t cycle = 0; cycle <= cycles; ++cycle) passed.push_back(static_cast<int>(cycle));
  builder.clock("cycle", static_cast<int>(cycles), 0, passed);
  const OutcomeIndex care =
      builder.outcome("cost.care", "XTS unspecified", "care", weights, undiscounted, DiscountedAs::cost);
  builder.total("cost", "XTS unspecified", "all costs", {care});
  const OutcomeIndex life = builder.outcome("qaly.life", "QALY", "life", weights, undiscounted, DiscountedAs::health);
  builder.total("qaly", "QALY", "all QALYs", {life});
  const OutcomeIndex years =
      builder.outcome("life_years", "years", "life years", weights, undiscounted, DiscountedAs::health);
  const auto level_of = [edss](const Levels& is) { return static_cast<std::size_t>(is[edss]); };
  builder.accrue(Phase::point, "life years", years, {}, [](const Levels&) { return 1.0; });
  builder.accrue(Phase::point, "care", care, {edss},
                 [=](const Levels& is) { return edss11::cost_per_year[level_of(is)]; });
  builder.accrue(Phase::point, "life", life, {edss}, [=](const Levels& is) { return edss11::utility[level_of(is)]; });
  builder.tally(Phase::point, "edss", "patients alive by edss", {edss});
  builder.draw(Phase::cycle, "progression", {edss}, {edss}, [=](const Levels& is, Branches& to) {
    for (std::size_t s = 0; s < edss11::states; ++s) to.add(edss11::transition[level_of(is)][s], {static_cast<int>(s)});
  });
  return builder.build().value();
}

}  // namespace myelin::reference
