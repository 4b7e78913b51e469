#include "models/ms/patient.hpp"

namespace myelin::ms {

namespace {

using Amount = std::function<double(const Levels&)>;

/// Amounts per year of those alive at a time point.
class PerYear {
 public:
  explicit PerYear(const Patient& patient) : patient_(patient) {}

  void add(const std::string& name, OutcomeIndex outcome, const ProgramBuilder::Attributes& reads,
           const Amount& per_year) const {
    patient_.builder.accrue(Phase::point, name, outcome, reads,
                            [&](const Levels& levels) { return per_year(levels) * patient_.cycle_length_years(); });
  }

 private:
  const Patient& patient_;
};

void add_utility(const Patient& patient, const PerYear& per_year) {
  const PatientAttributes& is = patient.is;
  const Living& living = patient.inputs.living;
  const auto edss = [&](const Levels& levels) { return static_cast<std::size_t>(levels[is.edss]); };
  const bool by_age = !living.utility_factor[female].empty();
  ProgramBuilder::Attributes reads = {is.phenotype, is.edss};
  if (by_age) reads.insert(reads.end(), {is.age, is.sex});
  per_year.add("utility", patient.outcomes.qaly_disability, reads, [&](const Levels& levels) {
    const bool progressive = patient.phenotype(levels) != Phenotype::relapsing_remitting;
    const double utility = living.utility[edss(levels)] + (progressive ? living.spms_utility_change : 0);
    return by_age ? utility * living.utility_factor[levels[is.sex]][static_cast<std::size_t>(levels[is.age])] : utility;
  });
}

/// What EDSS and phenotype determine, in an order in which sums lie side by side.
void add_disability(const Patient& patient, const PerYear& per_year) {
  const PatientAttributes& is = patient.is;
  const Living& living = patient.inputs.living;
  const ProgramBuilder::Attributes disability = {is.phenotype, is.edss};
  const auto edss = [&](const Levels& levels) { return static_cast<std::size_t>(levels[is.edss]); };
  const auto relapsing = [&](const Levels& levels) {
    return patient.phenotype(levels) == Phenotype::relapsing_remitting;
  };
  per_year.add("care", patient.outcomes.cost_state, disability, [&](const Levels& levels) {
    return living.state_cost_per_year_rrms[edss(levels)] + (relapsing(levels) ? 0 : living.spms_cost_addition_per_year);
  });
  per_year.add("carer", patient.outcomes.qaly_carer, {is.edss},
               [&](const Levels& levels) { return living.carer_qaly_per_year[edss(levels)]; });
  per_year.add("life years", patient.outcomes.life_years, {}, [](const Levels&) { return 1; });
  per_year.add("below EDSS 4", patient.outcomes.years_below_4, {is.edss},
               [&](const Levels& levels) { return levels[is.edss] < 4 ? 1 : 0; });
  per_year.add("below EDSS 6", patient.outcomes.years_below_6, {is.edss},
               [&](const Levels& levels) { return levels[is.edss] < 6 ? 1 : 0; });
  per_year.add("before SPMS", patient.outcomes.years_before_spms, disability,
               [&](const Levels& levels) { return relapsing(levels) ? 1 : 0; });
  for (std::size_t i = 0; i < living.symptoms.size(); ++i) {
    per_year.add(living.symptoms[i].name, patient.outcomes.symptoms[i], {is.edss},
                 [&](const Levels& levels) { return living.symptoms[i].share[edss(levels)]; });
  }
}

/// Work until an age; what disability takes of it is lost earnings, against those without disability.
void add_work(const Patient& patient, const PerYear& per_year) {
  const PatientAttributes& is = patient.is;
  const Work& work = patient.inputs.living.work;
  const auto at_work = [&](const Levels& levels) {
    return levels[is.age] < work.until_age_years ? work.employment[static_cast<std::size_t>(levels[is.edss])] : 0;
  };
  per_year.add("work", patient.outcomes.years_working, {is.edss, is.age}, at_work);
  per_year.add("lost earnings", patient.outcomes.cost_productivity, {is.edss, is.age}, [&](const Levels& levels) {
    const double possible = levels[is.age] < work.until_age_years ? work.employment[0] : 0;
    return (possible - at_work(levels)) * work.earnings_per_year;
  });
}

void add_years_on_therapies(const Patient& patient, const PerYear& per_year) {
  const std::vector<Named>& reported = patient.inputs.reported.therapies;
  const AttributeIndex line = patient.is.line;
  const auto place = [&](const Levels& levels) {
    const TherapyLines::Line& on = patient.lines.line(static_cast<std::size_t>(levels[line]));
    if (on.role == TherapyLines::Role::waiting) return reported.size();
    return on.role == TherapyLines::Role::untreated ? reported.size() + 1 : place_of(on.therapy.name, reported);
  };
  for (std::size_t i = 0; i < patient.outcomes.years_on.size(); ++i) {
    per_year.add("years on therapy", patient.outcomes.years_on[i], {line},
                 [&](const Levels& levels) { return place(levels) == i ? 1 : 0; });
  }
}

}  // namespace

void add_living(const Patient& patient) {
  const PatientAttributes& is = patient.is;
  const PerYear per_year(patient);
  add_disability(patient, per_year);
  add_utility(patient, per_year);
  if (patient.inputs.living.has_work) add_work(patient, per_year);
  add_years_on_therapies(patient, per_year);

  ProgramBuilder& builder = patient.builder;
  builder.tally(Phase::point, "disability", "patients alive by phenotype and EDSS", {is.phenotype, is.edss});
  builder.tally(Phase::point, "therapy", "patients alive by line of therapy", {is.line});
  builder.tally(Phase::cycle, "deaths", "patients alive at the start of the cycle, by what became of them in it",
                {is.vital});
}

}  // namespace myelin::ms
