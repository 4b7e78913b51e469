#include "results/consistency.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "core/diagnostic.hpp"

namespace myelin::results {

namespace {

template <class Items>
bool same_names(const Items& a, const Items& b) {
  const auto name = [](const auto& item) { return item.name; };
  return std::ranges::equal(a, b, {}, name, name);
}

/// Totals of totals are added up by following them: in few outcomes there can be more ways than can be gone.
void expect_few_ways(const std::vector<OutcomeInfo>& outcomes, const std::string& path) {
  constexpr std::size_t most_ways = 100'000;
  std::vector<std::size_t> ways;
  for (const OutcomeInfo& outcome : outcomes) {
    std::size_t sum = outcome.parts.empty() ? 1 : 0;
    for (const std::size_t part : outcome.parts) sum = std::min(sum + ways[part], most_ways + 1);
    if (sum > most_ways) throw IoError(path + "totals has totals of totals without end");
    ways.push_back(sum);
  }
}

/// Every pair once, so that whoever asks for one finds it.
void expect_all_pairs(const AnalysisResult& analysis, const std::string& path) {
  std::set<std::pair<std::size_t, std::size_t>> pairs;
  for (const IncrementResult& increment : analysis.increments) {
    const auto [first, second] = std::minmax(increment.pair.strategy, increment.pair.versus);
    if (first == second || !pairs.emplace(first, second).second)
      throw IoError(path + "increments/pair has a pair of strategies twice, or a strategy with itself");
  }
  const std::size_t strategies = analysis.strategies.size();
  if (pairs.size() != strategies * (strategies - 1) / 2)
    throw IoError(path + "increments/pair lacks a pair of strategies");
}

void expect_distinct(const std::vector<StrategyResult>& strategies, const std::string& path) {
  std::set<std::string> names;
  for (const StrategyResult& strategy : strategies) {
    if (!names.insert(strategy.name).second) throw IoError(path + "strategy holds '" + strategy.name + "' twice");
  }
}

void expect_consistent(const AnalysisResult& analysis, const AnalysisResult& base) {
  const std::string path = "/analyses/" + analysis.name + "/";
  if (analysis.strategies.empty()) throw IoError(path + "strategy is empty");
  if (analysis.draws == 0) throw IoError(path + "draw is empty");
  if (!same_names(analysis.strategies, base.strategies))
    throw IoError(path + "strategy has not the strategies of the base analysis");
  expect_distinct(analysis.strategies, path);
  expect_few_ways(analysis.outcomes, path);
  expect_all_pairs(analysis, path);
}

}  // namespace

void expect_consistent(const RunResults& run) {
  if (run.analyses.empty() || run.analyses.front().name != "base")
    throw IoError("/analyses has not the analysis 'base' first");
  const AnalysisResult& base = run.analyses.front();
  std::set<std::string> names;
  for (const AnalysisResult& analysis : run.analyses) {
    if (!names.insert(analysis.name).second)
      throw IoError("/analyses has two analyses of the name '" + analysis.name + "'");
    expect_consistent(analysis, base);
  }
  if (!run.probabilistic) return;
  expect_consistent(*run.probabilistic, base);
  if (!same_names(run.probabilistic->outcomes, base.outcomes))
    throw IoError("/analyses/probabilistic/outcome has not the outcomes of the base analysis");
}

}  // namespace myelin::results
