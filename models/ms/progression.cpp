#include <algorithm>
#include <set>

#include "models/ms/natural_history.hpp"
#include "models/ms/patient.hpp"
#include "models/ms/relapses.hpp"

namespace myelin::ms {

namespace {

/// The EDSS at which some drug of the strategy stops, ascending.
std::vector<int> edss_limits(const Inputs& inputs) {
  std::set<int> limits;
  for (const Therapy& line : inputs.lines) {
    if (line.stop_at_edss < static_cast<int>(edss_count)) limits.insert(line.stop_at_edss);
  }
  return {limits.begin(), limits.end()};
}

/// The level of `candidate` is one, plus the limits reached, plus for progressive MS the number of relapsing levels.
int candidate_level(const std::vector<int>& limits, bool progressive, int edss) {
  const auto reached = std::ranges::count_if(limits, [&](int limit) { return edss >= limit; });
  return 1 + (progressive ? static_cast<int>(limits.size()) + 1 : 0) + static_cast<int>(reached);
}

}  // namespace

CycleMatrices cycle_matrices(const Inputs& inputs, const TherapyLines& lines) {
  const NaturalHistory& history = inputs.natural_history;
  const Years length = inputs.timing.cycle_length;
  const bool ppms = inputs.population.start_phenotype == Phenotype::primary_progressive;
  CycleMatrices by_effect{ratio_grid(inputs), {}, {}, {}};
  for (const Effects& effects : lines.effects()) {
    const double progressive = effects.worsening_progressive;
    for (int of_class = 0; of_class < static_cast<int>(by_effect.own.log_of_class.size()); ++of_class) {
      for (int level = 0; level < by_effect.own.levels; ++level) {
        const double worsening = effects.worsening * by_effect.own.ratio({of_class, level});
        by_effect.rrms.push_back(rrms_step(history, worsening, effects.improvement, length));
      }
    }
    by_effect.spms.push_back(progressive_step(history.spms_probabilities_per_year, history, progressive, length));
    if (ppms)
      by_effect.ppms.push_back(progressive_step(history.ppms_probabilities_per_year, history, progressive, length));
  }
  return by_effect;
}

std::vector<std::string> candidate_levels(const Inputs& inputs) {
  std::vector<std::string> levels = {"not assessed"};
  for (const char* phenotype : {"relapsing", "progressive"}) {
    levels.emplace_back(phenotype);
    for (const int limit : edss_limits(inputs))
      levels.push_back(std::string(phenotype) + ", EDSS " + std::to_string(limit) + " or more");
  }
  return levels;
}

bool must_stop(const Inputs& inputs, const Therapy& therapy, int candidate) {
  const int kinds = static_cast<int>(edss_limits(inputs).size()) + 1;
  if (candidate > kinds && therapy.stop_at_progression) return true;
  if (therapy.kind == TherapyKind::procedure || !at_edss_limit(inputs, candidate)) return false;
  const int highest_reached = (candidate - 1) % kinds - 1;
  return therapy.stop_at_edss <= edss_limits(inputs)[static_cast<std::size_t>(highest_reached)];
}

bool at_edss_limit(const Inputs& inputs, int candidate) {
  const int kinds = static_cast<int>(edss_limits(inputs).size()) + 1;
  return candidate > 0 && (candidate - 1) % kinds > 0;
}

void add_progression(const Patient& patient) {
  const PatientAttributes& is = patient.is;
  const NaturalHistory& history = patient.inputs.natural_history;
  const Years length = patient.inputs.timing.cycle_length;
  const std::vector<int> limits = edss_limits(patient.inputs);
  const CycleMatrices& step = patient.matrices;
  patient.builder.draw(Phase::cycle, "edss_before", {is.edss}, {is.edss_before},
                       [&](const Levels& levels, Branches& branches) { branches.add(1, {levels[is.edss]}); });
  ProgramBuilder::Attributes reads = {is.phenotype, is.edss, is.effect};
  if (is.frailty_class) reads.push_back(*is.frailty_class);
  if (is.own_ratio) reads.push_back(*is.own_ratio);
  patient.builder.draw(
      Phase::cycle, "progression", reads, {is.edss, is.phenotype, is.candidate, is.converted},
      [&](const Levels& levels, Branches& branches) {
        const auto edss = static_cast<std::size_t>(levels[is.edss]),
                   effect = static_cast<std::size_t>(levels[is.effect]);
        const Phenotype phenotype = patient.phenotype(levels);
        const auto add = [&](double p, Phenotype to, int to_edss, int converted) {
          const bool progressive = to != Phenotype::relapsing_remitting;
          branches.add(p, {to_edss, static_cast<int>(to), candidate_level(limits, progressive, to_edss), converted});
        };
        if (phenotype != Phenotype::relapsing_remitting) {
          const EdssMatrix& matrix =
              phenotype == Phenotype::secondary_progressive ? step.spms[effect] : step.ppms[effect];
          for (std::size_t to = 0; to < edss_count; ++to) add(matrix[edss][to], phenotype, static_cast<int>(to), no);
          return;
        }
        // Whoever converts takes the step that conversion brings and no other; conversion is the worst outcome.
        const OwnRatio own = patient.own(levels);
        const double ratio = patient.effects(levels).worsening * step.own.ratio(own);
        const double converts = conversion_probability(history, edss, ratio, length).value();
        for (std::size_t to = 0; to < edss_count; ++to)
          add((1 - converts) * step.relapsing(effect, own)[edss][to], phenotype, static_cast<int>(to), no);
        const int highest = static_cast<int>(edss_count) - 1;
        add(converts, Phenotype::secondary_progressive,
            std::min(highest, static_cast<int>(edss) + history.edss_step_at_conversion), yes);
      });
  patient.builder.accrue(Phase::cycle, "conversion", patient.outcomes.spms, {is.converted},
                         [&](const Levels& levels) { return levels[is.converted] == yes ? 1.0 : 0.0; });
}

/// Years without relapse and without a step of worsening, at their expectation, accrued as the years without relapse.
void add_activity(const Patient& patient) {
  const PatientAttributes& is = patient.is;
  const CycleMatrices& step = patient.matrices;
  const Years length = patient.inputs.timing.cycle_length;
  const Phase phase = patient.inputs.relapses.drawn ? Phase::cycle : Phase::point;
  ProgramBuilder::Attributes reads = {is.phenotype, is.edss, is.effect};
  if (is.frailty_class) reads.push_back(*is.frailty_class);
  if (is.own_ratio) reads.push_back(*is.own_ratio);
  patient.builder.accrue(
      phase, "free of activity", patient.outcomes.activity_free_years, reads, [&](const Levels& levels) {
        const auto edss = static_cast<std::size_t>(levels[is.edss]),
                   effect = static_cast<std::size_t>(levels[is.effect]);
        const Phenotype phenotype = patient.phenotype(levels);
        const OwnRatio own = patient.own(levels);
        const EdssMatrix& matrix = phenotype == Phenotype::relapsing_remitting     ? step.relapsing(effect, own)
                                   : phenotype == Phenotype::secondary_progressive ? step.spms[effect]
                                                                                   : step.ppms[effect];
        double stays = 0;
        for (std::size_t to = 0; to <= edss; ++to) stays += matrix[edss][to];
        if (phenotype == Phenotype::relapsing_remitting)
          stays *= 1 - conversion_probability(patient.inputs.natural_history, edss,
                                              patient.effects(levels).worsening * step.own.ratio(own), length)
                           .value();
        return stays * relapse_free_in_cycle(patient, levels) * length.value;
      });
}

}  // namespace myelin::ms
