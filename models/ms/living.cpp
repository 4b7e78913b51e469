#include "models/ms/patient.hpp"

namespace myelin::ms {

void add_living(const Patient& patient) {
  const PatientAttributes& is = patient.is;
  const Inputs& inputs = patient.inputs;
  ProgramBuilder& builder = patient.builder;
  const double length = patient.cycle_length_years();
  const ProgramBuilder::Attributes disability = {is.phenotype, is.edss};
  const auto spms = [&](const Levels& levels) { return levels[is.phenotype] == secondary_progressive; };
  const auto edss = [&](const Levels& levels) { return static_cast<std::size_t>(levels[is.edss]); };

  builder.accrue(Phase::point, "life years", patient.outcomes.life_years, {}, [&](const Levels&) { return length; });
  builder.accrue(Phase::point, "care", patient.outcomes.cost_state, disability, [&](const Levels& levels) {
    return (inputs.state_cost_per_year_rrms[edss(levels)] + (spms(levels) ? inputs.spms_cost_addition_per_year : 0)) *
           length;
  });
  builder.accrue(Phase::point, "utility", patient.outcomes.qaly_patient, disability, [&](const Levels& levels) {
    return (inputs.utility[edss(levels)] + (spms(levels) ? inputs.spms_utility_change : 0)) * length;
  });
  builder.accrue(Phase::point, "carer", patient.outcomes.qaly_carer, disability,
                 [&](const Levels& levels) { return inputs.carer_qaly_per_year[edss(levels)] * length; });

  builder.tally(Phase::point, "disability", "patients alive by phenotype and EDSS", disability);
  builder.tally(Phase::point, "therapy", "patients alive by line of therapy", {is.line});
  builder.tally(Phase::cycle, "deaths", "patients alive at the start of the cycle, by what became of them in it",
                {is.vital});
}

}  // namespace myelin::ms
