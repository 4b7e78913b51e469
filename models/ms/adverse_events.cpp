#include <algorithm>

#include "models/ms/patient.hpp"

namespace myelin::ms {

namespace {

/// A course is given when a year on the therapy begins, to all who begin it: an event, without within-cycle correction.
void add_courses(const Patient& patient) {
  const auto per_course = [&](const char* name, OutcomeIndex outcome, auto amounts_of, double each) {
    const auto amount = [&, amounts_of, each](const Levels& levels) {
      const TherapyLines::Position position = patient.position(levels);
      const Therapy& therapy = patient.lines.line(position.line).therapy;
      if (therapy.kind != TherapyKind::courses) return 0.0;
      const std::vector<double>& amounts = amounts_of(therapy);
      const auto year = static_cast<std::size_t>(patient.lines.year(position));
      return patient.lines.begins_year(position) && year < amounts.size() ? amounts[year] * each : 0.0;
    };
    patient.builder.accrue(Phase::cycle, name, outcome, {patient.is.line, patient.is.cycles_on}, amount);
  };
  per_course(
      "courses", patient.outcomes.cost_acquisition,
      [](const Therapy& t) -> const std::vector<double>& { return t.course_price; }, 1);
  per_course(
      "course infusions", patient.outcomes.cost_administration,
      [](const Therapy& t) -> const std::vector<double>& { return t.course_infusions; },
      patient.inputs.living.cost_per_infusion);
}

/// Events that change nothing else are counted at their expectation.
void add_mild_events(const Patient& patient) {
  ProgramBuilder::Attributes reads = {patient.is.line, patient.is.cycles_on};
  if (patient.is.jcv) reads.push_back(*patient.is.jcv);
  const auto sum = [&](const Levels& levels, const std::string& name, auto each) {
    const TherapyLines::Position position = patient.position(levels);
    double amount = 0;
    for (const AdverseEvent& event : patient.lines.line(position.line).therapy.adverse_events) {
      if (event.is_serious() || (!name.empty() && event.name != name)) continue;
      const int jcv = patient.is.jcv ? levels[*patient.is.jcv] : 0;
      const double per_year = event.risk_per_year.at({{"year", patient.lines.year(position) + 1}, {"jcv", jcv}});
      amount += probability_in_cycle(patient.inputs, Probability(per_year)) * each(event);
    }
    return amount;
  };
  const std::vector<Named>& all = patient.inputs.reported.adverse_events;
  for (std::size_t i = 0; i < all.size(); ++i) {
    patient.builder.accrue(
        Phase::cycle, "count " + all[i].name, patient.outcomes.adverse_events[i], reads,
        [&](const Levels& levels) { return sum(levels, all[i].name, [](const AdverseEvent&) { return 1.0; }); });
  }
  patient.builder.accrue(
      Phase::cycle, "adverse event cost", patient.outcomes.cost_adverse_events, reads,
      [&](const Levels& levels) { return sum(levels, "", [](const AdverseEvent& e) { return e.burden.cost; }); });
  patient.builder.accrue(Phase::cycle, "adverse event QALY loss", patient.outcomes.qaly_adverse_events, reads,
                         [&](const Levels& levels) {
                           return sum(levels, "", [](const AdverseEvent& e) { return e.burden.qaly_change; });
                         });
}

/// Serious events, of those who die of them too; what they cost and lose is that of the drug taken.
void add_serious_events(const Patient& patient) {
  const AttributeIndex adverse = *patient.is.adverse, line = patient.is.line;
  const std::vector<Named>& all = patient.inputs.reported.adverse_events;
  const auto happened = [&](const Levels& levels) -> const AdverseEvent* {
    if (levels[adverse] == 0) return nullptr;
    const Therapy& drug = patient.lines.line(static_cast<std::size_t>(levels[line])).therapy;
    const std::string& name = all[static_cast<std::size_t>(levels[adverse]) - 1].name;
    const auto stated = std::ranges::find(drug.adverse_events, name, &AdverseEvent::name);
    return stated == drug.adverse_events.end() || !stated->is_serious() ? nullptr : &*stated;
  };
  const auto accrue = [&](const std::string& name, OutcomeIndex outcome, auto amount) {
    patient.builder.accrue(Phase::cycle, name, outcome, {adverse, line}, [&](const Levels& levels) {
      const AdverseEvent* event = happened(levels);
      return event == nullptr ? 0.0 : amount(*event);
    });
  };
  for (std::size_t i = 0; i < all.size(); ++i) {
    accrue("count serious " + all[i].name, patient.outcomes.adverse_events[i],
           [&](const AdverseEvent& event) { return event.name == all[i].name ? 1.0 : 0.0; });
  }
  accrue("serious event cost", patient.outcomes.cost_adverse_events,
         [](const AdverseEvent& event) { return event.burden.cost; });
  accrue("serious event QALY loss", patient.outcomes.qaly_adverse_events,
         [](const AdverseEvent& event) { return event.burden.qaly_change; });
}

}  // namespace

void add_drug_events(const Patient& patient) {
  bool courses = false, mild = false;
  for (const TherapyLines::Line& line : patient.lines.lines()) {
    courses = courses || line.therapy.kind == TherapyKind::courses;
    for (const AdverseEvent& event : line.therapy.adverse_events) mild = mild || !event.is_serious();
  }
  if (courses) add_courses(patient);
  if (mild) add_mild_events(patient);
}

void count_serious_events(const Patient& patient) {
  if (patient.is.adverse) add_serious_events(patient);
}

}  // namespace myelin::ms
