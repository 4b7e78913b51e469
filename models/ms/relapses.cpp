#include "models/ms/relapses.hpp"

#include <algorithm>
#include <boost/math/distributions/negative_binomial.hpp>
#include <boost/math/distributions/poisson.hpp>
#include <cmath>
#include <functional>

#include "models/ms/patient.hpp"

namespace myelin::ms {

namespace {

constexpr double negligible = 1e-9;

/// Probability of more than `count` relapses at a mean, Poisson or (where dispersed) negative binomial.
double probability_of_more(double mean, double dispersion, int count) {
  using namespace boost::math;
  if (mean == 0) return 0;
  if (dispersion == 0) return cdf(complement(poisson(mean), count));
  return cdf(complement(negative_binomial(1 / dispersion, 1 / (1 + dispersion * mean)), count));
}

double relapses_per_cycle(const Patient& patient, const Levels& levels) {
  const auto edss = static_cast<std::size_t>(levels[patient.is.edss]);
  const Phenotype phenotype = patient.phenotype(levels);
  if (phenotype == Phenotype::primary_progressive) return 0;
  const Relapses& relapses = patient.inputs.relapses;
  const double untreated =
      phenotype == Phenotype::secondary_progressive ? relapses.per_year_spms[edss] : relapses.per_year_rrms[edss];
  return untreated * patient.effects(levels).relapse * patient.cycle_length_years();
}

/// Expected numbers at the time points, valued at the occupancy there.
void add_expected_relapses(const Patient& patient, const ProgramBuilder::Attributes& reads) {
  const Relapses& relapses = patient.inputs.relapses;
  const auto accrue = [&](const char* name, OutcomeIndex outcome, const std::function<double(double)>& amount) {
    patient.builder.accrue(Phase::point, name, outcome, reads,
                           [&](const Levels& levels) { return amount(relapses_per_cycle(patient, levels)); });
  };
  accrue("relapses", patient.outcomes.relapses, [](double mean) { return mean; });
  accrue("relapses admitted", patient.outcomes.admissions, [&](double mean) { return mean * relapses.admitted_share; });
  patient.builder.accrue(
      Phase::point, "years without relapse", patient.outcomes.relapse_free_years, reads,
      [&](const Levels& levels) { return relapse_free_in_cycle(patient, levels) * patient.cycle_length_years(); });
  accrue("relapse cost", patient.outcomes.cost_relapse, [&](double mean) { return mean * relapses.cost; });
  accrue("relapse QALY loss", patient.outcomes.qaly_relapses, [&](double mean) { return mean * relapses.qaly_change; });
}

/// A number of relapses in the cycle with the rate at its start, in those who die in it too.
void draw_relapses(const Patient& patient, const ProgramBuilder::Attributes& reads) {
  const AttributeIndex relapses = *patient.is.relapses;
  const int most = most_relapses(patient.inputs);
  patient.builder.draw(
      Phase::cycle, "relapses", reads, {relapses}, [&, most](const Levels& levels, Branches& branches) {
        const double mean = relapses_per_cycle(patient, levels);
        double more = 1;
        for (int count = 0; count < most; ++count) {
          const double still_more = probability_of_more(mean, patient.inputs.relapses.dispersion, count);
          branches.add(more - still_more, {count});
          more = still_more;
        }
        branches.add(more, {most});
      });
}

void add_drawn_relapses(const Patient& patient) {
  const AttributeIndex number = *patient.is.relapses;
  const Relapses& relapses = patient.inputs.relapses;
  const auto accrue = [&](const char* name, OutcomeIndex outcome, const std::function<double(int)>& amount) {
    patient.builder.accrue(Phase::cycle, name, outcome, {number},
                           [&](const Levels& levels) { return amount(levels[number]); });
  };
  accrue("relapses", patient.outcomes.relapses, [](int count) { return count; });
  accrue("relapses admitted", patient.outcomes.admissions, [&](int count) { return count * relapses.admitted_share; });
  accrue("years without relapse", patient.outcomes.relapse_free_years,
         [&](int count) { return count == 0 ? patient.cycle_length_years() : 0; });
  accrue("relapse cost", patient.outcomes.cost_relapse, [&](int count) { return count * relapses.cost; });
  accrue("relapse QALY loss", patient.outcomes.qaly_relapses, [&](int count) { return count * relapses.qaly_change; });
}

}  // namespace

double relapse_free_in_cycle(const Patient& patient, const Levels& levels) {
  return 1 - probability_of_more(relapses_per_cycle(patient, levels), patient.inputs.relapses.dispersion, 0);
}

int most_relapses(const Inputs& inputs) {
  double highest =
      std::max(std::ranges::max(inputs.relapses.per_year_rrms), std::ranges::max(inputs.relapses.per_year_spms));
  double ratio = 1;
  for (const std::vector<Therapy>& therapies : {inputs.lines, inputs.bridging}) {
    for (const Therapy& therapy : therapies) ratio = std::max({ratio, therapy.effects.relapse, therapy.rebound});
  }
  highest *= ratio * ratio * inputs.timing.cycle_length.value;
  // In steps, so that the draws of a probabilistic analysis agree in what a patient can be.
  int most = 24;
  while (most < 200 && probability_of_more(highest, inputs.relapses.dispersion, most - 1) > negligible) most *= 2;
  return most;
}

void add_relapses(const Patient& patient) {
  const ProgramBuilder::Attributes reads = {patient.is.phenotype, patient.is.edss, patient.is.effect};
  if (patient.is.relapses) draw_relapses(patient, reads);
  trigger_on_relapses(patient);
  patient.inputs.relapses.drawn ? add_drawn_relapses(patient) : add_expected_relapses(patient, reads);
}

}  // namespace myelin::ms
