#include <algorithm>

#include "models/ms/patient.hpp"

/// \file
/// Rules that end a drug. Each is one draw that pulls the cycle's trigger, or keeps it as an earlier rule left it.

namespace myelin::ms {

namespace {

bool has_rule(const Patient& patient, bool (*rule)(const Therapy&)) {
  return std::ranges::any_of(patient.inputs.lines, rule);
}

bool on_relapses(const Therapy& drug) { return drug.switch_relapses > 0; }
bool on_worsening(const Therapy& drug) { return drug.switch_on_worsening; }

/// `ends` says of a drug, for the levels of `reads`, whether its rule ends it.
template <class Ends>
void pull_trigger(const Patient& patient, const char* rule, ProgramBuilder::Attributes reads, bool first, Ends ends) {
  const PatientAttributes& is = patient.is;
  reads.push_back(is.line);
  if (!first) reads.push_back(*is.trigger);
  patient.builder.draw(Phase::cycle, rule, reads, {*is.trigger}, [&](const Levels& levels, Branches& branches) {
    const TherapyLines::Line& line = patient.lines.line(static_cast<std::size_t>(levels[is.line]));
    const bool pulled = line.role == TherapyLines::Role::therapy && ends(line.therapy, levels);
    const bool before = !first && levels[*is.trigger] == yes;
    branches.add(1, {pulled || before ? yes : no});
  });
}

/// The EDSS that worsening on a line is counted from; nothing on lines without the rule, so that no state is
/// distinguished there.
int reference(const Patient& patient, std::size_t line, int edss) {
  const TherapyLines::Line& on = patient.lines.line(line);
  return on.role == TherapyLines::Role::therapy && on.therapy.switch_on_worsening ? edss : 0;
}

}  // namespace

void trigger_on_relapses(const Patient& patient) {
  if (!patient.is.trigger || !has_rule(patient, on_relapses)) return;
  pull_trigger(patient, "trigger.relapses", {*patient.is.relapses}, true,
               [&](const Therapy& drug, const Levels& levels) {
                 return on_relapses(drug) && levels[*patient.is.relapses] >= drug.switch_relapses;
               });
}

void trigger_on_event(const Patient& patient) {
  if (!patient.is.adverse) return;
  const bool first = !has_rule(patient, on_relapses);
  pull_trigger(patient, "trigger.event", {*patient.is.adverse}, first, [&](const Therapy& drug, const Levels& levels) {
    const int event = levels[*patient.is.adverse];
    if (event == 0) return false;
    const std::string& name = patient.inputs.reported.adverse_events[static_cast<std::size_t>(event) - 1].name;
    const auto stated = std::ranges::find(drug.adverse_events, name, &AdverseEvent::name);
    return stated != drug.adverse_events.end() && stated->stops;
  });
}

void trigger_on_worsening(const Patient& patient) {
  const PatientAttributes& is = patient.is;
  if (!is.edss_at_line) return;
  const bool first = !is.adverse && !has_rule(patient, on_relapses);
  pull_trigger(patient, "trigger.worsening", {*is.edss_at_line, is.edss_before, is.edss}, first,
               [&](const Therapy& drug, const Levels& levels) {
                 const int lasting = std::min(levels[is.edss_before], levels[is.edss]);
                 return on_worsening(drug) && lasting > levels[*is.edss_at_line];
               });
}

void remember_start_of_line(const Patient& patient) {
  const PatientAttributes& is = patient.is;
  if (!is.edss_at_line) return;
  ProgramBuilder::Attributes reads = {*is.edss_at_line, is.arrived, is.line, is.edss};
  const bool may_leave_waiting = decides_in_cycles(patient);
  if (may_leave_waiting) reads.push_back(*is.pathway);
  patient.builder.draw(
      Phase::cycle, "edss_at_line", reads, {*is.edss_at_line}, [&](const Levels& levels, Branches& branches) {
        const auto line = static_cast<std::size_t>(levels[is.line]);
        const bool left_waiting = may_leave_waiting && levels[*is.pathway] > goes_on_waiting;
        const bool stays = levels[is.arrived] == stayed && !left_waiting;
        branches.add(1, {stays ? levels[*is.edss_at_line] : reference(patient, line, levels[is.edss])});
      });
}

void remember_start(const Patient& patient) {
  const PatientAttributes& is = patient.is;
  if (!is.edss_at_line) return;
  patient.builder.draw(Phase::start, "entry.edss_at_line", {is.line, is.edss}, {*is.edss_at_line},
                       [&](const Levels& levels, Branches& branches) {
                         const auto line = static_cast<std::size_t>(levels[is.line]);
                         branches.add(1, {reference(patient, line, levels[is.edss])});
                       });
}

}  // namespace myelin::ms
