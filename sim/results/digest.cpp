#include <algorithm>
#include <cstdint>
#include <span>

#include "core/sha256.hpp"
#include "results/results.hpp"

namespace myelin::results {

namespace {

void add_count(Sha256& sha256, std::uint64_t count) { sha256.add_values(std::span<const std::uint64_t>(&count, 1)); }

/// With the length before the values, so that neighbouring arrays cannot run into each other.
void add_numbers(Sha256& sha256, const std::vector<double>& values) {
  add_count(sha256, values.size());
  sha256.add_values(std::span<const double>(values));
}

void add_texts(Sha256& sha256, const std::vector<std::string>& texts) {
  add_count(sha256, texts.size());
  for (const std::string& text : texts) sha256.add(text);
}

void add_frame(Sha256& sha256, const AnalysisResult& analysis) {
  sha256.add(analysis.name);
  add_count(sha256, analysis.draws);
  add_count(sha256, analysis.outcomes.size());
  for (const OutcomeInfo& outcome : analysis.outcomes) sha256.add(outcome.name).add(outcome.unit);
}

void add_amounts(Sha256& sha256, const std::optional<AmountsResult>& amounts) {
  add_count(sha256, amounts ? 1 : 0);
  if (!amounts) return;
  for (const auto* values : {&amounts->start, &amounts->point, &amounts->event}) add_numbers(sha256, *values);
}

void add_strategy(Sha256& sha256, const StrategyResult& strategy) {
  sha256.add(strategy.name);
  add_numbers(sha256, strategy.mean);
  add_numbers(sha256, strategy.standard_error);
  add_count(sha256, strategy.cohort_states);
  add_count(sha256, strategy.amounts.size());
  for (const auto& amounts : strategy.amounts) add_amounts(sha256, amounts);
  add_count(sha256, strategy.tallies.size());
  for (const TallyResult& tally : strategy.tallies) {
    sha256.add(tally.name).add(tally.time_axis);
    add_texts(sha256, tally.attributes);
    add_count(sha256, tally.levels.size());
    for (const auto& levels : tally.levels) add_texts(sha256, levels);
    add_count(sha256, tally.times);
    add_count(sha256, tally.cells);
    add_numbers(sha256, tally.per_patient);
  }
}

void add_increment(Sha256& sha256, const IncrementResult& increment) {
  add_count(sha256, increment.pair.strategy);
  add_count(sha256, increment.pair.versus);
  add_numbers(sha256, increment.mean);
  add_numbers(sha256, increment.standard_error);
  add_numbers(sha256, increment.cost_qaly_covariance);
}

}  // namespace

std::string digest(const RunResults& results) {
  Sha256 sha256;
  add_count(sha256, results.analyses.size());
  for (const AnalysisResult& analysis : results.analyses) {
    add_frame(sha256, analysis);
    add_count(sha256, analysis.strategies.size());
    for (const StrategyResult& strategy : analysis.strategies) add_strategy(sha256, strategy);
    add_count(sha256, analysis.increments.size());
    for (const IncrementResult& increment : analysis.increments) add_increment(sha256, increment);
  }
  return sha256.hex();
}

std::vector<std::pair<std::string, std::string>> digest_by_strategy(const RunResults& results) {
  std::vector<std::pair<std::string, Sha256>> digests;
  for (const AnalysisResult& analysis : results.analyses) {
    for (const StrategyResult& strategy : analysis.strategies) {
      auto found =
          std::find_if(digests.begin(), digests.end(), [&](const auto& d) { return d.first == strategy.name; });
      if (found == digests.end()) found = digests.insert(digests.end(), {strategy.name, Sha256()});
      add_frame(found->second, analysis);
      add_strategy(found->second, strategy);
    }
  }
  std::vector<std::pair<std::string, std::string>> named;
  for (auto& [name, sha256] : digests) named.emplace_back(name, sha256.hex());
  return named;
}

}  // namespace myelin::results
