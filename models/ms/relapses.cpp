#include <cmath>

#include "models/ms/patient.hpp"

namespace myelin::ms {

namespace {

/// More relapses than this in a cycle are counted as this many; at the highest published rate (0.89 a year) their
/// probability is 1e-8.
constexpr int most_relapses = 9;

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

/// A number of relapses in the cycle, Poisson with the rate at its start, in those who die in it too.
void add_drawn_relapses(const Patient& patient) {
  ProgramBuilder& builder = patient.builder;
  const AttributeIndex relapses = builder.transient("relapses", numbered_levels(most_relapses), 0);
  builder.draw(Phase::cycle, "relapses", {patient.is.phenotype, patient.is.edss, patient.is.effect}, {relapses},
               [&](const Levels& levels, Branches& branches) {
                 const double mean = relapses_per_cycle(patient, levels);
                 double p = std::exp(-mean), rest = 1;
                 for (int count = 0; count < most_relapses; ++count) {
                   branches.add(p, {count});
                   rest -= p;
                   p *= mean / (count + 1);
                 }
                 branches.add(std::max(0.0, rest), {most_relapses});
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
