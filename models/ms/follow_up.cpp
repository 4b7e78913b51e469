#include <algorithm>
#include <functional>

#include "models/ms/patient.hpp"

/// \file
/// What a trial or a register records of each patient since entry: the first relapse, and worsening and improvement by
/// a step of EDSS that are still there at the next time point. Recorded where `analysis.follow_up` asks for it.

namespace myelin::ms {

namespace {

/// Records when something first happens; gives the transient that says whether that was in this cycle.
AttributeIndex add_first(const Patient& patient, const std::string& name, const char* description,
                         ProgramBuilder::Attributes reads, const std::function<bool(const Levels&)>& happens) {
  ProgramBuilder& builder = patient.builder;
  const Weights weights = make_weights(patient.inputs.timing, DiscountRate::constant(0));
  const OutcomeIndex reached =
      builder.outcome("reached." + name, "per patient", description, weights, weights, DiscountedAs::nothing);
  const OutcomeIndex before =
      builder.outcome("years.before_" + name, "years", std::string("years before: ") + description, weights, weights,
                      DiscountedAs::nothing);
  const AttributeIndex latch = builder.state(name, {"no", "yes"}, no);
  const AttributeIndex now = builder.transient(name + "_now", {"no", "yes"}, no);
  reads.push_back(latch);
  builder.draw(Phase::cycle, name, reads, {latch, now}, [&](const Levels& levels, Branches& branches) {
    const bool first = levels[latch] == no && happens(levels);
    branches.add(1, {first ? yes : levels[latch], first ? yes : no});
  });
  builder.accrue(Phase::cycle, "reached " + name, reached, {now},
                 [=](const Levels& levels) { return levels[now] == yes ? 1.0 : 0.0; });
  builder.accrue(Phase::point, "before " + name, before, {latch},
                 [&](const Levels& levels) { return levels[latch] == yes ? 0.0 : patient.cycle_length_years(); });
  return now;
}

}  // namespace

void follow_up_relapse(Patient& patient) {
  if (!patient.inputs.follow_up) return;
  const AttributeIndex relapses = *patient.is.relapses;
  patient.is.first_relapse = add_first(patient, "relapse", "first relapse since entry", {relapses},
                                       [=](const Levels& levels) { return levels[relapses] > 0; });
}

void follow_up_disability(const Patient& patient) {
  if (!patient.inputs.follow_up) return;
  const AttributeIndex before = patient.is.edss_before, edss = patient.is.edss, relapse = *patient.is.first_relapse;
  const AttributeIndex entry =
      patient.builder.constant("entry_edss", numbered_levels(edss_count - 1), ProgramBuilder::unset);
  patient.builder.draw(Phase::start, "entry_edss", {edss}, {entry},
                       [=](const Levels& levels, Branches& branches) { branches.add(1, {levels[edss]}); });
  const AttributeIndex worsening =
      add_first(patient, "worsening", "first confirmed EDSS worsening since entry", {entry, before, edss},
                [=](const Levels& levels) { return std::min(levels[before], levels[edss]) > levels[entry]; });
  add_first(patient, "improvement", "first confirmed EDSS improvement since entry", {entry, before, edss},
            [=](const Levels& levels) { return std::max(levels[before], levels[edss]) < levels[entry]; });
  // Activity in imaging is not represented.
  add_first(patient, "activity", "first relapse or confirmed EDSS worsening since entry", {relapse, worsening},
            [=](const Levels& levels) { return levels[relapse] == yes || levels[worsening] == yes; });
  patient.builder.tally(Phase::point, "edss_since_entry", "patients alive by EDSS at entry and now", {entry, edss});
}

}  // namespace myelin::ms
