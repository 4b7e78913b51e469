#include <algorithm>

#include "models/ms/patient.hpp"

/// \file
/// The way to transplantation. Who comes to a line of waiting is referred; at each time point those who wait are
/// transplanted, go on waiting, leave the list or are no longer eligible. The number of cycles waited is geometric with
/// the given mean, so that a mean of zero means at once.

namespace myelin::ms {

namespace {

using Position = TherapyLines::Position;

/// The line of waiting, if the strategy has a procedure; it has one at most.
std::optional<std::size_t> line_of_waiting(const Patient& patient) {
  const auto found = std::ranges::find(patient.lines.lines(), TherapyLines::Role::waiting, &TherapyLines::Line::role);
  if (found == patient.lines.lines().end()) return std::nullopt;
  return static_cast<std::size_t>(found - patient.lines.lines().begin());
}

bool just_referred(int arrival) { return arrival == at_waiting || arrival == discontinued_to_waiting; }

bool within_limits(const Eligibility& limits, int edss, int age_years) {
  return edss <= limits.highest_edss.value_or(edss) && age_years >= limits.lowest_age.value_or(age_years) &&
         age_years <= limits.highest_age.value_or(age_years);
}

/// What becomes of one who waits, at a time point.
class Decision {
 public:
  Decision(const Patient& patient, std::size_t waiting)
      : patient_(patient), waiting_(waiting), therapy_(patient.lines.line(waiting + 1).therapy) {}

  /// Decides, then moves those who leave the line of waiting.
  void add(Phase phase) const {
    const PatientAttributes& is = patient_.is;
    ProgramBuilder::Attributes reads = {is.edss, is.phenotype, is.age};
    if (phase == Phase::cycle) reads.push_back(is.arrived);
    const auto decide = [&] {
      patient_.builder.draw(phase, stream(phase, "referral"), reads, {*is.pathway},
                            [&](const Levels& levels, Branches& branches) {
                              decide_for(levels, phase == Phase::start || just_referred(levels[is.arrived]), branches);
                            });
    };
    phase == Phase::start ? decide() : patient_.builder.group(is.line, static_cast<int>(waiting_), decide);
    const Position given_up = patient_.lines.give_up(waiting_);
    move(phase, not_eligible, given_up);
    move(phase, progressed, patient_.lines.stop({waiting_, 0}));
    move(phase, withdrawn, given_up);
    move(phase, not_mobilised, given_up);
    move(phase, transplanted, {TherapyLines::procedure_after(waiting_), 0});
  }

 private:
  static std::string stream(Phase phase, const std::string& name) {
    return phase == Phase::start ? name : "later." + name;
  }

  void decide_for(const Levels& levels, bool first, Branches& branches) const {
    const Procedure& procedure = therapy_.procedure;
    if (patient_.phenotype(levels) != Phenotype::relapsing_remitting && therapy_.stop_at_progression)
      return branches.add(1, {progressed});
    if (!within_limits(procedure.eligibility, levels[patient_.is.edss], levels[patient_.is.age]))
      return branches.add(1, {not_eligible});
    const double length = patient_.cycle_length_years();
    const double eligible = first ? procedure.eligibility.share : 1;
    const double leaves = first ? 0 : probability_in_cycle(patient_.inputs, procedure.withdrawal_per_year);
    const double reached = eligible * (1 - leaves) * length / (procedure.waiting_years + length);
    const double failed = procedure.mobilisation_failure.value();
    branches.add(reached * (1 - failed), {transplanted});
    branches.add(eligible * (1 - leaves) - reached, {goes_on_waiting});
    branches.add(eligible * leaves, {withdrawn});
    branches.add(reached * failed, {not_mobilised});
    branches.add(1 - eligible, {not_eligible});
  }

  void move(Phase phase, Pathway way, Position to) const {
    const PatientAttributes& is = patient_.is;
    patient_.builder.group(*is.pathway, way, [&] {
      patient_.builder.draw(phase, stream(phase, "leaves_waiting"), {}, {is.line, is.cycles_on, is.effect},
                            [&](const Levels&, Branches& branches) {
                              branches.add(1, {static_cast<int>(to.line), to.cycles, patient_.lines.effect_of(to)});
                            });
    });
  }

  const Patient& patient_;
  std::size_t waiting_;
  const Therapy& therapy_;  ///< the procedure
};

void add_counts(const Patient& patient, Phase phase, const Procedure& procedure) {
  const AttributeIndex pathway = *patient.is.pathway;
  const auto count = [&](OutcomeIndex outcome, double each, std::initializer_list<int> of) {
    patient.builder.accrue(phase, "pathway", outcome, {pathway}, [&](const Levels& levels) {
      return std::ranges::find(of, levels[pathway]) == of.end() ? 0.0 : each;
    });
  };
  count(patient.outcomes.not_eligible, 1, {not_eligible, progressed});
  count(patient.outcomes.withdrawals, 1, {withdrawn});
  count(patient.outcomes.mobilisation_failures, 1, {not_mobilised});
  count(patient.outcomes.cost_procedure, procedure.mobilisation_failure_cost, {not_mobilised});
}

void add_decision(const Patient& patient, Phase phase, std::size_t waiting) {
  const std::size_t procedure_line = TherapyLines::procedure_after(waiting);
  Decision(patient, waiting).add(phase);
  add_counts(patient, phase, patient.lines.line(procedure_line).therapy.procedure);
  patient.builder.group(*patient.is.pathway, transplanted,
                        [&] { add_transplantation(patient, phase, procedure_line); });
}

}  // namespace

void add_referral_at_start(const Patient& patient) {
  if (line_of_waiting(patient) != 0) return;
  patient.builder.accrue(Phase::start, "referral", patient.outcomes.referrals, {}, [](const Levels&) { return 1.0; });
  add_decision(patient, Phase::start, 0);
}

bool decides_in_cycles(const Patient& patient) {
  const auto waiting = line_of_waiting(patient);
  if (!waiting) return false;
  const Procedure& procedure = patient.lines.line(TherapyLines::procedure_after(*waiting)).therapy.procedure;
  return *waiting > 0 || procedure.waiting_years > 0;
}

void add_referral(const Patient& patient) {
  if (!decides_in_cycles(patient)) return;
  const AttributeIndex arrived = patient.is.arrived;
  patient.builder.accrue(Phase::cycle, "referral", patient.outcomes.referrals, {arrived},
                         [&](const Levels& levels) { return just_referred(levels[arrived]) ? 1.0 : 0.0; });
  add_decision(patient, Phase::cycle, *line_of_waiting(patient));
}

}  // namespace myelin::ms
