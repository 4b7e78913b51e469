#include "economics/sensitivity.hpp"

#include <algorithm>

#include "core/contract.hpp"

namespace myelin::economics {

namespace {

double net_benefit(const results::CostAndQalys& outcomes, std::size_t strategy, double threshold) {
  return threshold * outcomes.qaly[strategy] - outcomes.cost[strategy];
}

}  // namespace

Ranking rank(const results::CostAndQalys& outcomes, double threshold) {
  MYELIN_EXPECT(!outcomes.cost.empty());
  Ranking ranking;
  const auto benefit = [&](std::size_t strategy) { return net_benefit(outcomes, strategy, threshold); };
  for (std::size_t s = 1; s < outcomes.cost.size(); ++s) {
    if (benefit(s) > benefit(ranking.best)) {
      ranking.runner_up = ranking.best;
      ranking.best = s;
    } else if (!ranking.runner_up || benefit(s) > benefit(*ranking.runner_up)) {
      ranking.runner_up = s;
    }
  }
  if (ranking.runner_up) ranking.lead = benefit(ranking.best) - benefit(*ranking.runner_up);
  return ranking;
}

double incremental_net_benefit(const results::CostAndQalys& outcomes, results::StrategyPair pair, double threshold) {
  return net_benefit(outcomes, pair.strategy, threshold) - net_benefit(outcomes, pair.versus, threshold);
}

Tornado tornado(const results::SensitivityResult& sensitivity, results::StrategyPair pair, double threshold) {
  Tornado tornado{pair,
                  threshold,
                  incremental_net_benefit(sensitivity.base, pair, threshold),
                  rank(sensitivity.base, threshold).best,
                  {}};
  for (std::size_t i = 0; i < sensitivity.one_way.size(); ++i) {
    const results::OneWayResult& result = sensitivity.one_way[i];
    TornadoBar bar{i,
                   incremental_net_benefit(result.at_low, pair, threshold),
                   incremental_net_benefit(result.at_high, pair, threshold),
                   0,
                   rank(result.at_low, threshold).best,
                   rank(result.at_high, threshold).best};
    const auto [least, greatest] = std::minmax({bar.at_low, bar.at_high, tornado.base});
    bar.width = greatest - least;
    tornado.bars.push_back(bar);
  }
  std::ranges::stable_sort(tornado.bars, std::ranges::greater{}, &TornadoBar::width);
  return tornado;
}

std::vector<results::StrategyPair> pairs_of_interest(const results::SensitivityResult& sensitivity,
                                                     std::size_t reference, double threshold) {
  const Ranking ranking = rank(sensitivity.base, threshold);
  if (!ranking.runner_up) return {};
  const bool best_is_reference = ranking.best == reference,
             turns_on_reference = best_is_reference || *ranking.runner_up == reference;
  std::vector<results::StrategyPair> pairs = {{ranking.best, *ranking.runner_up}};
  if (best_is_reference) std::swap(pairs.front().strategy, pairs.front().versus);
  for (std::size_t s = 0; s < sensitivity.base.cost.size(); ++s) {
    const bool is_first = turns_on_reference && s == pairs.front().strategy;
    if (s != reference && !is_first) pairs.push_back({s, reference});
  }
  return pairs;
}

}  // namespace myelin::economics
