#include "results/counted_lives.hpp"

#include <algorithm>

#include "engine/conventions.hpp"

namespace myelin::results {

bool counts_fit(const Program& program, const AnalysisResult& analysis, const StrategyResult& strategy) {
  std::vector<std::size_t> sizes;
  for (const Phase phase : {Phase::start, Phase::point, Phase::cycle}) {
    for (const Step& step : program.steps(phase)) {
      if (const auto* tally = std::get_if<Tally>(&step.action))
        sizes.push_back(tally->cells * engine::tally_times(phase, program.cycles));
    }
  }
  const auto size_of = [](const TallyResult& tally) { return tally.per_patient.size(); };
  return program.cycles == analysis.timing.cycles &&
         std::ranges::equal(program.outcomes, analysis.outcomes, {}, &Outcome::name, &OutcomeInfo::name) &&
         strategy.amounts.size() == analysis.outcomes.size() &&
         std::ranges::equal(strategy.tallies, sizes, {}, size_of);
}

std::optional<CountedLives> counted_lives(const RunResults& run, const study::Plan& ran, const study::Plan& now) {
  const study::PlannedAnalysis& before = ran.analyses.front();
  const std::vector<StrategyResult>& strategies = run.analyses.front().strategies;
  if (before.programs.size() != strategies.size()) return std::nullopt;
  CountedLives lives{ran.model, before.population, {}};
  for (std::size_t s = 0; s < strategies.size(); ++s) {
    if (table_digest(before.programs[s]) != strategies[s].table_digest) return std::nullopt;
    lives.programs.push_back(engine::with_covering_tallies(before.programs[s], before.population));
    if (!counts_fit(lives.programs.back(), run.analyses.front(), strategies[s])) return std::nullopt;
  }
  return with_amounts_of(std::move(lives), now);
}

std::optional<CountedLives> with_amounts_of(CountedLives lives, const study::Plan& now) {
  const std::vector<Program>& programs = now.analyses.front().programs;
  if (programs.size() != lives.programs.size()) return std::nullopt;
  for (std::size_t s = 0; s < programs.size(); ++s) {
    if (!engine::same_lives(lives.programs[s], programs[s])) return std::nullopt;
    lives.programs[s] = engine::with_amounts_of(lives.programs[s], programs[s]);
  }
  return lives;
}

std::vector<std::vector<double>> tallies_of(const StrategyResult& strategy) {
  std::vector<std::vector<double>> tallies;
  for (const TallyResult& tally : strategy.tallies) tallies.push_back(tally.per_patient);
  return tallies;
}

std::vector<std::optional<double>> discounted_means(const Program& program, const Population& population,
                                                    const StrategyResult& strategy) {
  const engine::OutcomeAmounts amounts = engine::amounts_from_tallies(program, population, tallies_of(strategy));
  std::vector<std::optional<double>> means;
  for (std::size_t outcome = 0; outcome < amounts.size(); ++outcome) {
    std::optional<double> mean;
    if (const std::vector<OutcomeIndex>& parts = program.outcomes[outcome].parts; !parts.empty()) {
      mean = 0;
      for (const OutcomeIndex part : parts)
        mean = mean && means[part.value] ? std::optional(*mean + *means[part.value]) : std::nullopt;
    } else if (amounts[outcome]) {
      mean = engine::weighted_sum(program.outcomes[outcome].weights, *amounts[outcome]);
    }
    means.push_back(mean);
  }
  return means;
}

}  // namespace myelin::results
