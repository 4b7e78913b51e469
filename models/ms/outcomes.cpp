#include "models/ms/patient.hpp"

namespace myelin::ms {

namespace {

/// Declares outcomes with the weights of the analysis.
class Outcomes {
 public:
  Outcomes(ProgramBuilder& builder, const Inputs& inputs)
      : builder_(builder),
        currency_(inputs.currency_and_price_year),
        undiscounted_(make_weights(inputs.timing, DiscountRate::constant(0))),
        cost_(make_weights(inputs.timing, inputs.discount_cost)),
        qaly_(make_weights(inputs.timing, inputs.discount_qaly)) {}

  OutcomeIndex money(const char* name, const char* description) {
    return builder_.outcome(name, currency_, description, cost_, undiscounted_, DiscountedAs::cost);
  }
  OutcomeIndex health(const char* name, const char* unit, const char* description) {
    return builder_.outcome(name, unit, description, qaly_, undiscounted_, DiscountedAs::health);
  }
  OutcomeIndex count(const std::string& name, const std::string& description) {
    return builder_.outcome(name, "per patient", description, undiscounted_, undiscounted_, DiscountedAs::nothing);
  }
  OutcomeIndex years(const std::string& name, const std::string& description) {
    return builder_.outcome(name, "years", description, undiscounted_, undiscounted_, DiscountedAs::nothing);
  }
  std::vector<OutcomeIndex> counts(const std::string& kind, const std::vector<Named>& names, const char* what) {
    std::vector<OutcomeIndex> indices;
    for (const Named& each : names) indices.push_back(count(kind + "." + each.name, each.label + what));
    return indices;
  }
  OutcomeIndex total(const char* name, const std::string& unit, const char* description,
                     std::vector<OutcomeIndex> parts) {
    return builder_.total(name, unit, description, std::move(parts));
  }
  const std::string& currency() const { return currency_; }

 private:
  ProgramBuilder& builder_;
  std::string currency_;
  Weights undiscounted_, cost_, qaly_;
};

void add_costs(Outcomes& outcomes, const Inputs& inputs, OutcomeIndices& to) {
  to.cost_state = outcomes.money("cost.state", "health and social care by EDSS and phenotype");
  to.cost_relapse = outcomes.money("cost.relapse", "relapses");
  to.cost_acquisition = outcomes.money("cost.acquisition", "drugs");
  to.cost_administration = outcomes.money("cost.administration", "infusions");
  to.cost_monitoring = outcomes.money("cost.monitoring", "monitoring of drugs and after transplantation");
  to.cost_adverse_events = outcomes.money("cost.adverse_events", "adverse events of drugs");
  to.cost_procedure = outcomes.money("cost.procedure", "transplantation, with its complications");
  to.cost_late_effects = outcomes.money("cost.late_effects", "late effects of transplantation");
  std::vector<OutcomeIndex> parts = {to.cost_state,          to.cost_relapse,     to.cost_acquisition,
                                     to.cost_administration, to.cost_monitoring,  to.cost_adverse_events,
                                     to.cost_procedure,      to.cost_late_effects};
  if (inputs.living.has_work) {
    to.cost_productivity = outcomes.money(
        "cost.productivity", inputs.living.work.counted ? "lost earnings" : "lost earnings; not part of the total");
    if (inputs.living.work.counted) parts.push_back(to.cost_productivity);
  }
  outcomes.total("cost", outcomes.currency(), "all costs", parts);
}

void add_health(Outcomes& outcomes, const Inputs& inputs, OutcomeIndices& to) {
  to.qaly_disability = outcomes.health("qaly.disability", "QALY", "QALYs by EDSS and phenotype, before any loss");
  to.qaly_relapses = outcomes.health("qaly.relapses", "QALY", "QALYs lost in relapses");
  to.qaly_adverse_events = outcomes.health("qaly.adverse_events", "QALY", "QALYs lost to adverse events of drugs");
  to.qaly_procedure = outcomes.health("qaly.procedure", "QALY", "QALYs lost to transplantation");
  to.qaly_late_effects = outcomes.health("qaly.late_effects", "QALY", "QALYs lost to late effects of transplantation");
  to.qaly_carer = outcomes.health("qaly.carer", "QALY", "QALYs of one carer, while the patient lives");
  std::vector<OutcomeIndex> parts = {to.qaly_disability, to.qaly_relapses, to.qaly_adverse_events, to.qaly_procedure,
                                     to.qaly_late_effects};
  outcomes.total("qaly.patient", "QALY", "QALYs of the patient", parts);
  if (inputs.living.carer_counted) parts.push_back(to.qaly_carer);
  outcomes.total(
      "qaly", "QALY",
      inputs.living.carer_counted ? "QALYs of patient and carer" : "QALYs of the patient; the carer's are not counted",
      parts);
  to.life_years = outcomes.health("life_years", "years", "life years");
  to.relapses = outcomes.count("relapses", "relapses");
  to.admissions = outcomes.count("relapses.admitted", "relapses with an admission");
  to.relapse_free_years = outcomes.years("years.relapse_free", "years without a relapse");
  to.activity_free_years =
      outcomes.years("years.activity_free", "years without a relapse and without a step of worsening");
  to.years_below_4 = outcomes.years("years.edss_below_4", "years below EDSS 4");
  to.years_below_6 = outcomes.years("years.edss_below_6", "years below EDSS 6");
  to.years_before_spms = outcomes.years("years.before_spms", "years before progressive MS");
  to.spms = outcomes.count("reached.spms", "conversion to SPMS");
  for (const char* edss : {"4", "6", "7"}) {
    const std::string name = std::string("edss_") + edss, what = std::string("sustained EDSS ") + edss;
    to.milestones.push_back(outcomes.count("reached." + name, what));
    to.years_before.push_back(outcomes.years("years.before_" + name, "years before " + what));
  }
  for (const ShareByEdss& symptom : inputs.living.symptoms)
    to.symptoms.push_back(outcomes.years("years." + symptom.name, "years with " + symptom.label));
  if (inputs.living.has_work) to.years_working = outcomes.years("years.working", "years in work");
}

void add_treatments(Outcomes& outcomes, const Inputs& inputs, OutcomeIndices& to) {
  for (const Named& therapy : inputs.reported.therapies)
    to.years_on.push_back(outcomes.years("years.on." + therapy.name, "years on " + therapy.label));
  to.years_on.push_back(outcomes.years("years.waiting", "years waiting for a transplantation"));
  to.years_on.push_back(outcomes.years("years.untreated", "years on no treatment"));
  for (const DiscontinuationCause& cause : inputs.discontinuation_causes) {
    to.discontinuations.push_back(outcomes.count("discontinuations." + cause.name, "drugs given up: " + cause.label));
  }
  to.adverse_events = outcomes.counts("adverse_event", inputs.reported.adverse_events, " under a drug");
}

void add_procedures(Outcomes& outcomes, const Inputs& inputs, OutcomeIndices& to) {
  to.referrals = outcomes.count("referrals", "referrals for transplantation");
  to.not_eligible = outcomes.count("not_eligible", "referred, but not or no longer eligible");
  to.withdrawals = outcomes.count("withdrawals", "left the waiting list");
  to.mobilisation_failures = outcomes.count("mobilisation_failures", "stem cells could not be collected");
  to.transplants = outcomes.count("transplants", "transplantations");
  to.complications = outcomes.counts("complication", inputs.reported.complications, " with a transplantation");
  to.hospital_days = outcomes.count("hospital_days", "days in hospital for a transplantation, where given");
  to.late_effects = outcomes.counts("late_effect", inputs.reported.late_effects, " after a transplantation");
}

void add_deaths(Outcomes& outcomes, const Inputs& inputs, OutcomeIndices& to) {
  to.deaths = {outcomes.count("deaths.other", "deaths at the rate of the life table times the multiplier of EDSS"),
               outcomes.count("deaths.procedure", "deaths from a transplantation")};
  for (const Named& cause : inputs.reported.causes_of_death)
    to.deaths.push_back(outcomes.count("deaths." + cause.name, "deaths from " + cause.label));
  to.all_deaths = outcomes.count("deaths", "all deaths");
}

}  // namespace

OutcomeIndices add_outcomes(ProgramBuilder& builder, const Inputs& inputs) {
  Outcomes outcomes(builder, inputs);
  OutcomeIndices to;
  add_costs(outcomes, inputs, to);
  add_health(outcomes, inputs, to);
  add_treatments(outcomes, inputs, to);
  add_procedures(outcomes, inputs, to);
  add_deaths(outcomes, inputs, to);
  return to;
}

}  // namespace myelin::ms
