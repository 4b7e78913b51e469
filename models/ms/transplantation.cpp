#include <algorithm>

#include "models/ms/patient.hpp"

namespace myelin::ms {

namespace {

/// The start phase and the cycles must not share a stream.
std::string stream(Phase phase, const std::string& name) { return phase == Phase::start ? name : "later." + name; }

/// The steps of one procedure, done in one phase.
class Transplantation {
 public:
  Transplantation(const Patient& patient, Phase phase, const Procedure& procedure)
      : patient_(patient), phase_(phase), procedure_(procedure) {}

  void add() const {
    count(patient_.outcomes.transplants, {}, 1);
    carry(procedure_.all_in, {});
    for (const Complication& item : procedure_.items) carry(item.burden, {});
    for (const Complication& complication : procedure_.complications) add_complication(complication);
    for (const LateEffect& effect : procedure_.late_effects) {
      if (!effect.probability.empty()) add_late_effect(effect);
    }
    if (patient_.is.since) {
      patient_.builder.draw(phase_, stream(phase_, "transplanted"), {}, {*patient_.is.since},
                            [](const Levels&, Branches& branches) { branches.add(1, {1}); });
    }
    add_death();
  }

 private:
  /// Adds `each` for those of whom the attribute, if one is named, is yes.
  void count(OutcomeIndex outcome, std::optional<AttributeIndex> of, double each) const {
    if (each == 0) return;
    const ProgramBuilder::Attributes reads = of ? ProgramBuilder::Attributes{*of} : ProgramBuilder::Attributes{};
    patient_.builder.accrue(phase_, "transplantation", outcome, reads,
                            [=](const Levels& levels) { return !of || levels[*of] == yes ? each : 0.0; });
  }

  void carry(const Burden& burden, std::optional<AttributeIndex> of) const {
    count(patient_.outcomes.cost_procedure, of, burden.cost);
    count(patient_.outcomes.qaly_procedure, of, burden.qaly_change);
    count(patient_.outcomes.hospital_days, of, burden.hospital_days);
  }

  void add_complication(const Complication& complication) const {
    const std::size_t place = place_of(complication.name, patient_.inputs.reported.complications);
    const AttributeIndex happened = patient_.is.complications[place];
    patient_.builder.draw(phase_, stream(phase_, "complication." + complication.name), {}, {happened},
                          [&](const Levels&, Branches& branches) {
                            branches.add(1 - complication.probability, {no});
                            branches.add(complication.probability, {yes});
                          });
    count(patient_.outcomes.complications[place], happened, 1);
    carry(complication.burden, happened);
  }

  /// A late effect that the procedure itself may leave, by age and sex.
  void add_late_effect(const LateEffect& effect) const {
    const PatientAttributes& is = patient_.is;
    const auto probability = [&](const Levels& levels) {
      return effect.probability.at({{"age", levels[is.age]}, {"sex", levels[is.sex]}});
    };
    const std::size_t place = place_of(effect.name, patient_.inputs.reported.late_effects);
    const auto accrue = [&](OutcomeIndex outcome, double each) {
      if (each == 0) return;
      patient_.builder.accrue(phase_, effect.name, outcome, {is.age, is.sex},
                              [&, each](const Levels& levels) { return probability(levels) * each; });
    };
    accrue(patient_.outcomes.late_effects[place], 1);
    accrue(patient_.outcomes.cost_late_effects, effect.burden.cost);
    accrue(patient_.outcomes.qaly_late_effects, effect.burden.qaly_change);
    const AttributeIndex lasting = is.lasting.at(effect.name);
    patient_.builder.draw(phase_, stream(phase_, "left." + effect.name), {is.age, is.sex}, {lasting},
                          [&](const Levels& levels, Branches& branches) {
                            branches.add(1 - probability(levels), {no});
                            branches.add(probability(levels), {yes});
                          });
  }

  void add_death() const {
    const PatientAttributes& is = patient_.is;
    ProgramBuilder::Attributes reads = {is.edss};
    if (procedure_.death_probability.depends_on("age")) reads.push_back(is.age);
    patient_.builder.draw(phase_, stream(phase_, "procedure_death"), reads, {is.vital},
                          [&](const Levels& levels, Branches& branches) {
                            const int age = reads.size() > 1 ? levels[is.age] : 0;
                            const double p = procedure_.death_probability.at({{"edss", levels[is.edss]}, {"age", age}});
                            branches.add(1 - p, {alive});
                            branches.add(p, {died_of_procedure});
                          });
    if (phase_ != Phase::start) return;  // deaths in a cycle are counted at its end
    for (const OutcomeIndex deaths :
         {patient_.outcomes.deaths[died_of_procedure - died], patient_.outcomes.all_deaths}) {
      patient_.builder.accrue(phase_, "procedure deaths", deaths, {is.vital},
                              [&](const Levels& levels) { return levels[is.vital] == died_of_procedure ? 1.0 : 0.0; });
    }
  }

  const Patient& patient_;
  Phase phase_;
  const Procedure& procedure_;
};

}  // namespace

void add_transplantation(const Patient& patient, Phase phase, std::size_t procedure_line) {
  Transplantation(patient, phase, patient.lines.line(procedure_line).therapy.procedure).add();
}

}  // namespace myelin::ms
