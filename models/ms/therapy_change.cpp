#include "models/ms/patient.hpp"

namespace myelin::ms {

namespace {

/// Change of line after the change of disability: all-cause discontinuation, restart of a drug after a procedure, then
/// the rule that drugs stop at SPMS or at an EDSS limit. A procedure cannot be stopped: its effect goes on at the
/// limit, where no drug would be restarted, and ends with SPMS.
void add_change_of_line(const Patient& patient) {
  const PatientAttributes& is = patient.is;
  const TherapyLines& lines = patient.lines;
  patient.builder.draw(Phase::cycle, "treatment", {is.line, is.cycles_on, is.candidate},
                       {is.line, is.cycles_on, is.effect}, [&](const Levels& levels, Branches& branches) {
                         const TherapyLines::Position now = patient.position(levels);
                         const auto candidate = static_cast<Candidate>(levels[is.candidate]);
                         const auto add = [&](double p, TherapyLines::Position to) {
                           branches.add(p, {static_cast<int>(to.line), to.cycles, lines.effect_of(to)});
                         };
                         if (candidate == Candidate::secondary_progressive) return add(1, lines.stop());
                         if (candidate == Candidate::at_edss_limit) {
                           return add(1, lines.is_procedure(now.line) ? lines.stay(now) : lines.stop());
                         }
                         const double leaves = lines.leaving(now).value();
                         add(1 - leaves, lines.stay(now));
                         add(leaves, lines.leave(now));
                       });
}

}  // namespace

void add_treatment(const Patient& patient) {
  add_change_of_line(patient);
  const ProgramBuilder::Attributes reads = {patient.is.line, patient.is.cycles_on};
  const double length = patient.cycle_length_years();
  const auto per_cycle = [&](const char* name, OutcomeIndex outcome, auto per_year) {
    patient.builder.accrue(Phase::point, name, outcome, reads, [&, per_year](const Levels& levels) {
      const TherapyLines::Position position = patient.position(levels);
      return per_year(patient.lines.therapy(position.line), patient.lines.year(position)) * length;
    });
  };
  per_cycle("drugs", patient.outcomes.cost_acquisition,
            [](const Therapy& therapy, int) { return therapy.price_per_year; });
  per_cycle("infusions", patient.outcomes.cost_administration, [&](const Therapy& therapy, int year) {
    return (year == 0 ? therapy.infusions_first_year : therapy.infusions_per_year) * patient.inputs.cost_per_infusion;
  });
  per_cycle("monitoring", patient.outcomes.cost_monitoring,
            [](const Therapy& therapy, int) { return therapy.monitoring_per_year; });
}

void add_courses(const Patient& patient) {
  // A course is given when a year on the therapy begins, to all who begin it: an event, without within-cycle
  // correction.
  const auto per_course = [&](const char* name, OutcomeIndex outcome, auto amounts_of, double each) {
    const auto amount = [&, amounts_of, each](const Levels& levels) {
      const TherapyLines::Position position = patient.position(levels);
      if (patient.lines.therapy(position.line).kind != TherapyKind::courses) return 0.0;
      const std::vector<double>& amounts = amounts_of(patient.lines.therapy(position.line));
      const auto year = static_cast<std::size_t>(patient.lines.year(position));
      const bool year_begins = position.cycles % patient.inputs.cycles_per_year == 0;
      return year_begins && year < amounts.size() ? amounts[year] * each : 0.0;
    };
    patient.builder.accrue(Phase::cycle, name, outcome, {patient.is.line, patient.is.cycles_on}, amount);
  };
  bool any = false;
  for (const Therapy& line : patient.inputs.lines) any = any || line.kind == TherapyKind::courses;
  if (!any) return;
  per_course(
      "courses", patient.outcomes.cost_acquisition,
      [](const Therapy& t) -> const std::vector<double>& { return t.course_price; }, 1);
  per_course(
      "course infusions", patient.outcomes.cost_administration,
      [](const Therapy& t) -> const std::vector<double>& { return t.course_infusions; },
      patient.inputs.cost_per_infusion);
}

}  // namespace myelin::ms
