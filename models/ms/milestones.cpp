#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "models/ms/patient.hpp"

/// \file
/// Milestones of disability that are sustained: reached at a time point, and not below at the next. What is sustained
/// between two time points is the lower of their EDSS.

namespace myelin::ms {

namespace {

constexpr std::array milestones = {4, 6, 7};
constexpr int levels_of_sustained = static_cast<int>(milestones.size()) + 1;

/// How many milestones an EDSS has reached.
int reached_by(int edss) {
  return static_cast<int>(std::ranges::count_if(milestones, [&](int milestone) { return edss >= milestone; }));
}

}  // namespace

void add_milestones(const Patient& patient) {
  ProgramBuilder& builder = patient.builder;
  const AttributeIndex edss = patient.is.edss, before = patient.is.edss_before;
  const AttributeIndex sustained =
      builder.state("sustained", {"below EDSS 4", "EDSS 4", "EDSS 6", "EDSS 7"}, ProgramBuilder::unset);
  const AttributeIndex step =
      builder.transient("sustained_step", numbered_levels(levels_of_sustained * levels_of_sustained - 1), 0);
  builder.draw(Phase::start, "entry.sustained", {edss}, {sustained},
               [&](const Levels& levels, Branches& branches) { branches.add(1, {reached_by(levels[edss])}); });
  builder.draw(Phase::cycle, "sustained", {sustained, before, edss}, {sustained, step},
               [&](const Levels& levels, Branches& branches) {
                 const int now = reached_by(std::min(levels[before], levels[edss]));
                 const int highest = std::max(levels[sustained], now);
                 branches.add(1, {highest, levels[sustained] * levels_of_sustained + highest});
               });
  for (int i = 0; i < levels_of_sustained - 1; ++i) {
    builder.accrue(Phase::cycle, "milestone", patient.outcomes.milestones[static_cast<std::size_t>(i)], {step},
                   [&](const Levels& levels) {
                     const int from = levels[step] / levels_of_sustained, to = levels[step] % levels_of_sustained;
                     return from <= i && to > i ? 1.0 : 0.0;
                   });
  }
  for (int i = 0; i < levels_of_sustained - 1; ++i) {
    builder.accrue(Phase::point, "before milestone", patient.outcomes.years_before[static_cast<std::size_t>(i)],
                   {sustained},
                   [&](const Levels& levels) { return levels[sustained] > i ? 0.0 : patient.cycle_length_years(); });
  }
  builder.tally(Phase::point, "sustained", "patients alive by sustained EDSS", {sustained});
}

}  // namespace myelin::ms
