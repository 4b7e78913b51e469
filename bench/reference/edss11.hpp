#pragma once

#include "bench/reference/edss11_numbers.hpp"
#include "program/builder.hpp"
#include "program/timing.hpp"

namespace myelin::reference {

/// edss11 as a program: the outcomes `cost` (GBP) and `qaly`, in this order, each as one discounted sum without an
/// undiscounted twin. Cycle 49 ends with a draw whose result earns nothing, as in the other implementations.
inline Program make_edss11_program() {
  const Timing timing{Years{1}, edss11::cycles, DiscountTiming::start, WithinCycleCorrection::start};
  const Weights weights = make_weights(timing, DiscountRate::constant(edss11::discount_rate_per_year));
  ProgramBuilder builder("edss11", edss11::cycles);
  std::vector<std::string> levels;
  for (std::size_t s = 0; s < edss11::dead; ++s) levels.push_back("EDSS" + std::to_string(s));
  levels.emplace_back("dead");
  const AttributeIndex edss = builder.state("edss", std::move(levels), edss11::start);
  builder.dead(edss, edss11::dead);
  const OutcomeIndex cost = builder.outcome("cost", "GBP", "all costs", weights, weights, DiscountedAs::nothing);
  const OutcomeIndex qaly =
      builder.outcome("qaly", "QALY", "QALYs of the patient", weights, weights, DiscountedAs::nothing);
  const auto level_of = [edss](const Levels& is) { return static_cast<std::size_t>(is[edss]); };
  builder.accrue(Phase::point, "cost of state", cost, {edss},
                 [=](const Levels& is) { return edss11::cost_per_year[level_of(is)]; });
  builder.accrue(Phase::point, "utility of state", qaly, {edss},
                 [=](const Levels& is) { return edss11::utility[level_of(is)]; });
  builder.draw(Phase::cycle, "progression", {edss}, {edss}, [=](const Levels& is, Branches& to) {
    for (std::size_t s = 0; s < edss11::states; ++s) {
      to.add(edss11::transition[level_of(is)][s], {static_cast<int>(s)});
    }
  });
  return builder.build().value();
}

}  // namespace myelin::reference
