#include <algorithm>
#include <cmath>

#include "models/ms/patient.hpp"

namespace myelin::ms {

namespace {

double relapses_per_cycle(const Patient& patient, const Levels& levels) {
  const Inputs& inputs = patient.inputs;
  const auto edss = static_cast<std::size_t>(levels[patient.is.edss]);
  const bool progressive = levels[patient.is.phenotype] == secondary_progressive;
  const double untreated = progressive ? inputs.relapses_per_year_spms[edss] : inputs.relapses_per_year_rrms[edss];
  const double ratio = patient.lines.effects()[static_cast<std::size_t>(levels[patient.is.effect])].relapse;
  return untreated * ratio * patient.cycle_length_years();
}

void add_expected_relapses(const Patient& patient) {
  const ProgramBuilder::Attributes reads = {patient.is.phenotype, patient.is.edss, patient.is.effect};
  ProgramBuilder& builder = patient.builder;
  builder.accrue(Phase::point, "relapses", patient.outcomes.relapses, reads,
                 [&](const Levels& levels) { return relapses_per_cycle(patient, levels); });
  builder.accrue(Phase::point, "relapse cost", patient.outcomes.cost_relapse, reads, [&](const Levels& levels) {
    return relapses_per_cycle(patient, levels) * patient.inputs.relapse_cost;
  });
  builder.accrue(Phase::point, "relapse QALY loss", patient.outcomes.qaly_patient, reads, [&](const Levels& levels) {
    return relapses_per_cycle(patient, levels) * patient.inputs.relapse_qaly_change;
  });
}

/// So many relapses in a cycle that more have a probability below 1e-12 at a mean of at least 1.
int most_relapses(double mean) { return static_cast<int>(std::ceil(mean + 8 * std::sqrt(mean) + 16)); }

/// The highest mean number in a cycle over all states and effects.
double highest_mean(const Patient& patient) {
  double highest = 0;
  for (const Effects& effects : patient.lines.effects()) {
    for (std::size_t edss = 0; edss < edss_count; ++edss) {
      const double rate =
          std::max(patient.inputs.relapses_per_year_rrms[edss], patient.inputs.relapses_per_year_spms[edss]);
      highest = std::max(highest, rate * effects.relapse * patient.cycle_length_years());
    }
  }
  return highest;
}

/// A number of relapses in the cycle, Poisson with the rate at its start, in those who die in it too.
void add_drawn_relapses(const Patient& patient) {
  ProgramBuilder& builder = patient.builder;
  const int most = most_relapses(highest_mean(patient));
  const AttributeIndex relapses = builder.transient("relapses", numbered_levels(most), 0);
  builder.draw(Phase::cycle, "relapses", {patient.is.phenotype, patient.is.edss, patient.is.effect}, {relapses},
               [&, most](const Levels& levels, Branches& branches) {
                 const double mean = relapses_per_cycle(patient, levels);
                 double p = std::exp(-mean), rest = 1;
                 for (int count = 0; count < most; ++count) {
                   branches.add(p, {count});
                   rest -= p;
                   p *= mean / (count + 1);
                 }
                 branches.add(std::max(0.0, rest), {most});
               });
  const auto accrue = [&](const char* name, OutcomeIndex outcome, double each) {
    builder.accrue(Phase::cycle, name, outcome, {relapses},
                   [=](const Levels& levels) { return levels[relapses] * each; });
  };
  accrue("relapses", patient.outcomes.relapses, 1);
  accrue("relapse cost", patient.outcomes.cost_relapse, patient.inputs.relapse_cost);
  accrue("relapse QALY loss", patient.outcomes.qaly_patient, patient.inputs.relapse_qaly_change);
}

}  // namespace

void add_relapses(const Patient& patient) {
  patient.inputs.draw_relapses ? add_drawn_relapses(patient) : add_expected_relapses(patient);
}

}  // namespace myelin::ms
