#include <algorithm>

#include "models/ms/patient.hpp"

namespace myelin::ms {

void add_transplantation(const Patient& patient) {
  if (!patient.lines.is_procedure(0)) return;
  const Procedure& procedure = patient.lines.therapy(0).procedure;
  const PatientAttributes& is = patient.is;
  ProgramBuilder& builder = patient.builder;

  builder.accrue(Phase::start, "procedure", patient.outcomes.transplants, {}, [](const Levels&) { return 1.0; });
  builder.accrue(Phase::start, "procedure cost", patient.outcomes.cost_procedure, {},
                 [&](const Levels&) { return procedure.cost; });
  builder.accrue(Phase::start, "procedure QALY loss", patient.outcomes.qaly_patient, {},
                 [&](const Levels&) { return procedure.qaly_change; });
  for (const Complication& complication : procedure.complications) {
    const auto known = std::ranges::find(patient.inputs.all_complications, complication.name, &Complication::name);
    const OutcomeIndex outcome =
        patient.outcomes.complications[static_cast<std::size_t>(known - patient.inputs.all_complications.begin())];
    const AttributeIndex happened = builder.transient("complication." + complication.name, {"no", "yes"}, 0);
    builder.draw(Phase::start, "complication." + complication.name, {}, {happened},
                 [&](const Levels&, Branches& branches) {
                   branches.add(1 - complication.probability.value(), {0});
                   branches.add(complication.probability.value(), {1});
                 });
    builder.accrue(Phase::start, "count " + complication.name, outcome, {happened},
                   [=](const Levels& levels) { return levels[happened]; });
  }
  builder.draw(Phase::start, "procedure_death", {is.edss}, {is.vital}, [&](const Levels& levels, Branches& branches) {
    const double p = procedure.death_probability[static_cast<std::size_t>(levels[is.edss])];
    branches.add(1 - p, {alive});
    branches.add(p, {died_of_procedure});
  });
  builder.accrue(Phase::start, "procedure deaths", patient.outcomes.procedure_deaths, {is.vital},
                 [&](const Levels& levels) { return levels[is.vital] == died_of_procedure ? 1.0 : 0.0; });
}

}  // namespace myelin::ms
