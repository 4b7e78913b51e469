#include "models/ms/patient.hpp"

#include <cmath>

namespace myelin::ms {

PatientAttributes add_attributes(ProgramBuilder& builder, const Inputs& inputs, const TherapyLines& lines) {
  PatientAttributes is;
  is.sex = builder.constant("sex", {"female", "male"}, ProgramBuilder::unset);
  std::vector<int> years_passed;
  for (std::uint32_t time = 0; time <= inputs.timing.cycles; ++time)
    years_passed.push_back(static_cast<int>(time) / inputs.cycles_per_year);
  const int highest_age = static_cast<int>(inputs.death_probability_per_year[0].size()) - 1;
  is.age = builder.clock("age", highest_age, inputs.start_age_years, years_passed);
  is.edss = builder.state("edss", numbered_levels(edss_count - 1), ProgramBuilder::unset);
  is.phenotype = builder.state("phenotype", {"RRMS", "SPMS"}, relapsing_remitting);
  is.vital = builder.state("vital", {"alive", "died", "died of procedure"}, alive);
  is.line = builder.state("line", lines.labels(), 0);
  is.cycles_on = builder.state("cycles_on_line", numbered_levels(lines.most_cycles()), 0);
  is.effect =
      builder.state("effect", numbered_levels(static_cast<int>(lines.effects().size()) - 1), lines.effect_of({0, 0}));
  is.candidate = builder.transient("candidate", {"treatable", "EDSS limit", "SPMS"}, 0);
  builder.dead(is.vital, died);
  return is;
}

OutcomeIndices add_outcomes(ProgramBuilder& builder, const Inputs& inputs) {
  const Weights undiscounted = make_weights(inputs.timing, DiscountRate::constant(0));
  const Weights cost_weights = make_weights(inputs.timing, inputs.discount_cost);
  const Weights qaly_weights = make_weights(inputs.timing, inputs.discount_qaly);
  const auto money = [&](const char* name, const char* description) {
    return builder.outcome(name, inputs.currency_and_price_year, description, cost_weights, undiscounted,
                           DiscountedAs::cost);
  };
  const auto health = [&](const char* name, const char* unit, const char* description) {
    return builder.outcome(name, unit, description, qaly_weights, undiscounted, DiscountedAs::health);
  };
  const auto count = [&](const std::string& name, const std::string& description) {
    return builder.outcome(name, "per patient", description, undiscounted, undiscounted, DiscountedAs::nothing);
  };
  OutcomeIndices to;
  to.cost_state = money("cost.state", "health and social care by EDSS and phenotype");
  to.cost_relapse = money("cost.relapse", "relapses");
  to.cost_acquisition = money("cost.acquisition", "drugs");
  to.cost_administration = money("cost.administration", "infusions");
  to.cost_monitoring = money("cost.monitoring", "monitoring of drugs and after transplantation");
  to.cost_procedure = money("cost.procedure", "transplantation");
  to.cost = builder.total("cost", inputs.currency_and_price_year, "all costs",
                          {to.cost_state, to.cost_relapse, to.cost_acquisition, to.cost_administration,
                           to.cost_monitoring, to.cost_procedure});
  to.qaly_patient = health("qaly.patient", "QALY", "QALYs of the patient");
  to.qaly_carer = health("qaly.carer", "QALY", "QALYs of one carer, while the patient lives");
  to.qaly = inputs.carer_counted
                ? builder.total("qaly", "QALY", "QALYs of patient and carer", {to.qaly_patient, to.qaly_carer})
                : builder.total("qaly", "QALY", "QALYs of the patient; the carer's are not counted", {to.qaly_patient});
  to.life_years = health("life_years", "years", "life years");
  to.relapses = count("relapses", "relapses");
  to.transplants = count("transplants", "transplantations");
  for (const Complication& complication : inputs.all_complications) {
    to.complications.push_back(
        count("complication." + complication.name, complication.label + " with a transplantation"));
  }
  to.procedure_deaths = count("deaths.procedure", "deaths from a transplantation");
  return to;
}

}  // namespace myelin::ms
