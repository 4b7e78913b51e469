#include <algorithm>

#include "models/ms/patient.hpp"

namespace myelin::ms {

namespace {

/// What may become of a patient's treatment after the change of disability. A procedure cannot be stopped: its effect
/// goes on at an EDSS limit, where no drug would be restarted, and ends with progressive MS.
std::vector<TherapyLines::Change> changes(const Patient& patient, const Levels& levels) {
  const TherapyLines& lines = patient.lines;
  const TherapyLines::Position now = patient.position(levels);
  const TherapyLines::Line& line = lines.line(now.line);
  const int candidate = levels[patient.is.candidate];
  if (line.role == TherapyLines::Role::waiting || line.role == TherapyLines::Role::untreated)
    return {{1, lines.stay(now)}};
  if (must_stop(patient.inputs, line.therapy, candidate)) return {{1, lines.stop(now)}};
  if (line.therapy.kind == TherapyKind::procedure && at_edss_limit(patient.inputs, candidate))
    return {{1, lines.stay(now)}};
  if (patient.is.trigger && levels[*patient.is.trigger] == yes) return {{1, lines.leave(now)}};
  return lines.changes(now);
}

ProgramBuilder::Attributes change_reads(const Patient& patient) {
  ProgramBuilder::Attributes reads = {patient.is.line, patient.is.cycles_on, patient.is.candidate};
  if (patient.is.trigger) reads.push_back(*patient.is.trigger);
  return reads;
}

/// Drugs given up in the cycle, by cause.
void add_discontinuations(const Patient& patient) {
  const AttributeIndex arrived = patient.is.arrived;
  for (std::size_t i = 0; i < patient.outcomes.discontinuations.size(); ++i) {
    const double share = patient.inputs.discontinuation_causes[i].share;
    patient.builder.accrue(Phase::cycle, "discontinuation", patient.outcomes.discontinuations[i], {arrived},
                           [=](const Levels& levels) { return levels[arrived] >= discontinued ? share : 0.0; });
  }
}

/// How somebody came to a line.
int arrival(const Patient& patient, std::size_t from, const TherapyLines::Change& change) {
  if (change.to.line == from) return stayed;
  const bool waits = patient.lines.line(change.to.line).role == TherapyLines::Role::waiting;
  if (change.discontinued) return waits ? discontinued_to_waiting : discontinued;
  return waits ? at_waiting : at_therapy;
}

void add_change_of_line(const Patient& patient) {
  const PatientAttributes& is = patient.is;
  patient.builder.draw(Phase::cycle, "treatment", change_reads(patient), {is.line, is.cycles_on, is.effect, is.arrived},
                       [&](const Levels& levels, Branches& branches) {
                         const std::size_t from = patient.position(levels).line;
                         for (const TherapyLines::Change& change : changes(patient, levels)) {
                           branches.add(change.probability,
                                        {static_cast<int>(change.to.line), change.to.cycles,
                                         patient.lines.effect_of(change.to), arrival(patient, from, change)});
                         }
                       });
}

void add_continuous_costs(const Patient& patient) {
  const ProgramBuilder::Attributes reads = {patient.is.line, patient.is.cycles_on};
  const double length = patient.cycle_length_years();
  const auto per_cycle = [&](const char* name, OutcomeIndex outcome, auto per_year) {
    patient.builder.accrue(Phase::point, name, outcome, reads, [&, per_year](const Levels& levels) {
      const TherapyLines::Position position = patient.position(levels);
      const TherapyLines::Line& line = patient.lines.line(position.line);
      const bool first_year = patient.lines.year(position) == 0 && line.role != TherapyLines::Role::observation;
      return per_year(line.therapy, first_year) * length;
    });
  };
  per_cycle("drugs", patient.outcomes.cost_acquisition, [](const Therapy& therapy, bool first) {
    return first ? therapy.price_first_year : therapy.price_per_year;
  });
  per_cycle("infusions", patient.outcomes.cost_administration, [&](const Therapy& therapy, bool first) {
    return (first ? therapy.infusions_first_year : therapy.infusions_per_year) *
           patient.inputs.living.cost_per_infusion;
  });
  per_cycle("monitoring", patient.outcomes.cost_monitoring, [](const Therapy& therapy, bool first) {
    return first ? therapy.monitoring_first_year : therapy.monitoring_per_year;
  });
}

}  // namespace

void add_treatment(const Patient& patient) {
  trigger_on_worsening(patient);
  add_change_of_line(patient);
  add_discontinuations(patient);
  add_continuous_costs(patient);
}

}  // namespace myelin::ms
