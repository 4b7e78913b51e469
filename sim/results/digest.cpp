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
  if (analysis.drawn.names.empty()) return;
  add_texts(sha256, analysis.drawn.names);
  add_numbers(sha256, analysis.drawn.values);
  add_numbers(sha256, analysis.drawn.expectations);
  add_numbers(sha256, analysis.drawn.variances);
}

void add_amounts(Sha256& sha256, const std::optional<engine::AmountsByTime>& amounts) {
  add_count(sha256, amounts ? 1 : 0);
  if (!amounts) return;
  add_numbers(sha256, {amounts->start});
  for (const auto* values : {&amounts->point, &amounts->event}) add_numbers(sha256, *values);
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
  add_numbers(sha256, {increment.cost_qaly_covariance});
}

void add_outcomes(Sha256& sha256, const CostAndQalys& outcomes) {
  add_numbers(sha256, outcomes.cost);
  add_numbers(sha256, outcomes.qaly);
}

void add_input(Sha256& sha256, const MovedInput& input) {
  sha256.add(input.name).add(input.unit);
  add_numbers(sha256, {input.base});
}

void add_one_way(Sha256& sha256, const SensitivityResult& sensitivity) {
  add_count(sha256, sensitivity.one_way.size());
  for (const OneWayResult& bar : sensitivity.one_way) {
    sha256.add(bar.name);
    add_count(sha256, bar.ranges.size());
    for (const OneWayResult::Range& range : bar.ranges) {
      add_input(sha256, range.input);
      add_numbers(sha256, {range.low, range.high});
    }
    add_outcomes(sha256, bar.at_low);
    add_outcomes(sha256, bar.at_high);
  }
  add_count(sha256, sensitivity.left_out.size());
  for (const LeftOutInput& input : sensitivity.left_out) sha256.add(input.name);
}

void add_two_way(Sha256& sha256, const SensitivityResult& sensitivity) {
  add_count(sha256, sensitivity.two_way.size());
  for (const TwoWayResult& grid : sensitivity.two_way) {
    sha256.add(grid.name);
    for (const TwoWayResult::Axis* axis : {&grid.x, &grid.y}) {
      add_input(sha256, axis->input);
      add_numbers(sha256, axis->values);
    }
    for (const CostAndQalys& outcomes : grid.outcomes) add_outcomes(sha256, outcomes);
  }
}

void add_threshold(Sha256& sha256, const SensitivityResult& sensitivity) {
  add_count(sha256, sensitivity.threshold.size());
  for (const ThresholdResult& search : sensitivity.threshold) {
    sha256.add(search.name);
    add_input(sha256, search.input);
    add_count(sha256, search.strategy);
    add_count(sha256, search.versus ? 1 + *search.versus : 0);
    add_numbers(sha256, {search.low, search.high});
    add_count(sha256, search.thresholds.size());
    for (const ThresholdResult::Crossings& at : search.thresholds) {
      add_numbers(sha256, {at.threshold});
      add_numbers(sha256, at.value);
      add_numbers(sha256, at.tolerance);
      for (const Better better : at.better) add_count(sha256, static_cast<std::uint64_t>(better));
    }
  }
}

void add_sensitivity(Sha256& sha256, const SensitivityResult& sensitivity) {
  add_outcomes(sha256, sensitivity.base);
  add_one_way(sha256, sensitivity);
  add_two_way(sha256, sensitivity);
  add_threshold(sha256, sensitivity);
}

std::vector<const AnalysisResult*> all_analyses(const RunResults& results) {
  std::vector<const AnalysisResult*> analyses;
  for (const AnalysisResult& analysis : results.analyses) analyses.push_back(&analysis);
  if (results.probabilistic) analyses.push_back(&*results.probabilistic);
  return analyses;
}

}  // namespace

std::string digest(const RunResults& results) {
  Sha256 sha256;
  const std::vector<const AnalysisResult*> analyses = all_analyses(results);
  add_count(sha256, analyses.size());
  for (const AnalysisResult* analysis : analyses) {
    add_frame(sha256, *analysis);
    add_count(sha256, analysis->strategies.size());
    for (const StrategyResult& strategy : analysis->strategies) add_strategy(sha256, strategy);
    add_count(sha256, analysis->increments.size());
    for (const IncrementResult& increment : analysis->increments) add_increment(sha256, increment);
  }
  if (results.sensitivity) add_sensitivity(sha256, *results.sensitivity);
  return sha256.hex();
}

std::vector<std::pair<std::string, std::string>> digest_by_strategy(const RunResults& results) {
  std::vector<std::pair<std::string, Sha256>> digests;
  for (const AnalysisResult* analysis : all_analyses(results)) {
    for (const StrategyResult& strategy : analysis->strategies) {
      auto found =
          std::find_if(digests.begin(), digests.end(), [&](const auto& d) { return d.first == strategy.name; });
      if (found == digests.end()) found = digests.insert(digests.end(), {strategy.name, Sha256()});
      add_frame(found->second, *analysis);
      add_strategy(found->second, strategy);
    }
  }
  std::vector<std::pair<std::string, std::string>> named;
  for (auto& [name, sha256] : digests) named.emplace_back(name, sha256.hex());
  return named;
}

}  // namespace myelin::results
