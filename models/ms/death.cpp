#include <algorithm>
#include <cmath>

#include "models/ms/patient.hpp"

namespace myelin::ms {

namespace {

/// At most one serious event a cycle, each survived or fatal.
void draw_serious_events(const Patient& patient) {
  if (!patient.is.adverse) return;
  const PatientAttributes& is = patient.is;
  ProgramBuilder::Attributes reads = {is.line, is.cycles_on};
  if (is.jcv) reads.push_back(*is.jcv);
  patient.builder.draw(
      Phase::cycle, "adverse_event", reads, {is.vital, *is.adverse}, [&](const Levels& levels, Branches& branches) {
        const TherapyLines::Position position = patient.position(levels);
        double none = 1;
        struct Outcome {
          double probability;
          int vital, event;
        };
        std::vector<Outcome> outcomes;
        for (const AdverseEvent& event : patient.lines.line(position.line).therapy.adverse_events) {
          if (!event.is_serious()) continue;
          const double per_year = event.risk_per_year.at(
              {{"year", patient.lines.year(position) + 1}, {"jcv", is.jcv ? levels[*is.jcv] : 0}});
          const double p = probability_in_cycle(patient.inputs, Probability(per_year));
          const int level = 1 + static_cast<int>(place_of(event.name, patient.inputs.reported.adverse_events));
          none -= p;
          outcomes.push_back({p * (1 - event.fatality), alive, level});
          if (event.fatality > 0)
            outcomes.push_back({p * event.fatality, vital_level(patient.inputs, event.name), level});
        }
        branches.add(none, {alive, 0});
        for (const Outcome& each : outcomes) branches.add(each.probability, {each.vital, each.event});
      });
}

void add_fatal_late_effects(const Patient& patient) {
  const std::vector<LateEffect> effects = late_effects_of(patient.inputs);
  if (std::ranges::none_of(effects, [](const LateEffect& effect) { return effect.fatality > 0; })) return;
  const PatientAttributes& is = patient.is;
  patient.builder.draw(Phase::cycle, "late_death", {*is.since, is.sex}, {is.vital},
                       [&](const Levels& levels, Branches& branches) {
                         double lives = 1;
                         std::vector<std::pair<double, int>> fatal;
                         for (const LateEffect& effect : effects) {
                           if (effect.fatality == 0) continue;
                           const double rate = late_rate_per_year(patient, effect, levels) * effect.fatality;
                           const double p = -std::expm1(-rate * patient.cycle_length_years());
                           lives -= p;
                           fatal.emplace_back(p, vital_level(patient.inputs, effect.name));
                         }
                         branches.add(lives, {alive});
                         for (const auto& [p, cause] : fatal) branches.add(p, {cause});
                       });
}

}  // namespace

void add_death(const Patient& patient) {
  const PatientAttributes& is = patient.is;
  const Inputs& inputs = patient.inputs;
  patient.builder.draw(
      Phase::cycle, "death", {is.age, is.sex, is.edss}, {is.vital}, [&](const Levels& levels, Branches& branches) {
        const double q = inputs.death_probability_per_year[levels[is.sex]][static_cast<std::size_t>(levels[is.age])];
        // The multiplier acts on the hazard -ln(1 - q), so that the probability cannot pass one.
        const double multiplier = inputs.mortality_multiplier[static_cast<std::size_t>(levels[is.edss])];
        const double survival = std::pow(1 - q, multiplier * patient.cycle_length_years());
        branches.add(survival, {alive});
        branches.add(1 - survival, {died});
      });
  draw_serious_events(patient);
  count_serious_events(patient);
  trigger_on_event(patient);
  add_fatal_late_effects(patient);
}

void add_deaths(const Patient& patient) {
  const AttributeIndex vital = patient.is.vital;
  patient.builder.accrue(Phase::cycle, "deaths", patient.outcomes.all_deaths, {vital},
                         [&](const Levels& levels) { return levels[vital] >= died ? 1.0 : 0.0; });
  for (std::size_t cause = 0; cause < patient.outcomes.deaths.size(); ++cause) {
    patient.builder.accrue(Phase::cycle, "deaths", patient.outcomes.deaths[cause], {vital}, [&](const Levels& levels) {
      return levels[vital] == static_cast<int>(cause) + died ? 1.0 : 0.0;
    });
  }
}

}  // namespace myelin::ms
