#include <algorithm>
#include <cmath>

#include "models/ms/patient.hpp"

namespace myelin::ms {

namespace {

/// Events that recur, all effects together where they cost or lose.
void add_recurrent(const Patient& patient, const std::vector<LateEffect>& effects) {
  const ProgramBuilder::Attributes reads = {*patient.is.since, patient.is.sex};
  const auto accrue = [&](OutcomeIndex outcome, auto each) {
    patient.builder.accrue(Phase::cycle, "late effects", outcome, reads, [&, each](const Levels& levels) {
      double amount = 0;
      for (const LateEffect& effect : effects) {
        if (effect.recurs)
          amount += late_rate_per_year(patient, effect, levels) * patient.cycle_length_years() * each(effect);
      }
      return amount;
    });
  };
  for (const LateEffect& counted : effects) {
    if (!counted.recurs) continue;
    accrue(patient.outcomes.late_effects[place_of(counted.name, patient.inputs.reported.late_effects)],
           [&](const LateEffect& effect) { return effect.name == counted.name ? 1.0 : 0.0; });
  }
  accrue(patient.outcomes.cost_late_effects, [](const LateEffect& effect) { return effect.burden.cost; });
  accrue(patient.outcomes.qaly_late_effects, [](const LateEffect& effect) { return effect.burden.qaly_change; });
}

/// The first occurrence in the cycle, with what it costs and loses; then the state that lasts.
void add_first_occurrence(const Patient& patient, const LateEffect& effect) {
  const PatientAttributes& is = patient.is;
  const AttributeIndex lasting = is.lasting.at(effect.name);
  const ProgramBuilder::Attributes reads = {*is.since, is.sex, lasting};
  const auto probability = [&](const Levels& levels) {
    if (levels[lasting] == yes) return 0.0;
    return -std::expm1(-late_rate_per_year(patient, effect, levels) * patient.cycle_length_years());
  };
  const auto accrue = [&](OutcomeIndex outcome, double each) {
    patient.builder.accrue(Phase::cycle, "first " + effect.name, outcome, reads,
                           [&, each](const Levels& levels) { return probability(levels) * each; });
  };
  accrue(patient.outcomes.late_effects[place_of(effect.name, patient.inputs.reported.late_effects)], 1);
  accrue(patient.outcomes.cost_late_effects, effect.burden.cost);
  accrue(patient.outcomes.qaly_late_effects, effect.burden.qaly_change);
  patient.builder.draw(Phase::cycle, "late." + effect.name, reads, {lasting},
                       [&](const Levels& levels, Branches& branches) {
                         branches.add(1 - probability(levels), {levels[lasting]});
                         branches.add(probability(levels), {yes});
                       });
}

void add_lasting_burden(const Patient& patient, const LateEffect& effect) {
  const AttributeIndex lasting = patient.is.lasting.at(effect.name);
  ProgramBuilder::Attributes reads = {lasting};
  if (effect.until_age_years) reads.push_back(patient.is.age);
  const auto accrue = [&](OutcomeIndex outcome, double per_year) {
    if (per_year == 0) return;
    patient.builder.accrue(Phase::point, "lasting " + effect.name, outcome, reads, [&, per_year](const Levels& levels) {
      const bool over = effect.until_age_years && levels[patient.is.age] >= *effect.until_age_years;
      return levels[lasting] == yes && !over ? per_year * patient.cycle_length_years() : 0.0;
    });
  };
  accrue(patient.outcomes.cost_late_effects, effect.cost_per_year);
  accrue(patient.outcomes.qaly_late_effects, effect.utility_change);
}

}  // namespace

std::vector<LateEffect> late_effects_of(const Inputs& inputs) {
  std::vector<LateEffect> effects;
  for (const Therapy& line : inputs.lines) {
    for (const LateEffect& effect : line.procedure.late_effects) {
      if (std::ranges::find(effects, effect.name, &LateEffect::name) == effects.end()) effects.push_back(effect);
    }
  }
  return effects;
}

int cycles_since_that_matter(const Inputs& inputs) {
  int years = 0;
  for (const LateEffect& effect : late_effects_of(inputs))
    years = std::max(years, effect.rate_per_year.last("year") - 1);
  return std::min(years * inputs.cycles_per_year, static_cast<int>(inputs.timing.cycles));
}

double late_rate_per_year(const Patient& patient, const LateEffect& effect, const Levels& levels) {
  const int since = levels[*patient.is.since];
  if (since == 0) return 0;
  const int year = (since - 1) / patient.inputs.cycles_per_year + 1;
  return effect.rate_per_year.at({{"year", year}, {"sex", levels[patient.is.sex]}});
}

void add_time_since_transplantation(const Patient& patient) {
  if (!patient.is.since) return;
  const AttributeIndex since = *patient.is.since;
  const int last = cycles_since_that_matter(patient.inputs) + 1;
  patient.builder.draw(Phase::cycle, "since_transplantation", {since}, {since},
                       [=](const Levels& levels, Branches& branches) {
                         branches.add(1, {levels[since] == 0 ? 0 : std::min(levels[since] + 1, last)});
                       });
}

void add_late_effects(const Patient& patient) {
  const std::vector<LateEffect> effects = late_effects_of(patient.inputs);
  if (effects.empty()) return;
  add_recurrent(patient, effects);
  for (const LateEffect& effect : effects) {
    if (effect.recurs) continue;
    if (!effect.rate_per_year.empty()) add_first_occurrence(patient, effect);
    add_lasting_burden(patient, effect);
  }
}

}  // namespace myelin::ms
