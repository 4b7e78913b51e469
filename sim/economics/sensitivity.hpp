#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "results/types.hpp"

/// \file
/// What deterministic sensitivity analyses say of the decision: net monetary benefit at other values of inputs.

namespace myelin::economics {

/// Which strategy has the highest net monetary benefit, and by how much. Of equal strategies the first counts as best.
struct Ranking {
  std::size_t best = 0;
  std::optional<std::size_t> runner_up;  ///< none if there is one strategy only
  double lead = 0;                       ///< currency; 0 without a runner-up
};

/// The ranking of one strategy or more at a threshold in currency per QALY.
Ranking rank(const results::CostAndQalys& outcomes, double threshold);

/// Net monetary benefit, in currency, of `pair.strategy` minus that of `pair.versus` at a threshold per QALY.
double incremental_net_benefit(const results::CostAndQalys& outcomes, results::StrategyPair pair, double threshold);

/// A bar of the tornado of one pair of strategies at one threshold.
struct TornadoBar {
  std::size_t bar = 0;             ///< in SensitivityResult::one_way
  double at_low = 0, at_high = 0;  ///< incremental net monetary benefit, currency
  double width = 0;                ///< from the least to the greatest of both ends and the base, currency
  std::size_t best_at_low = 0, best_at_high = 0;  ///< among all strategies
};

struct Tornado {
  results::StrategyPair pair;
  double threshold = 0;          ///< currency per QALY
  double base = 0;               ///< incremental net monetary benefit of the base, currency
  std::size_t best = 0;          ///< of all strategies in the base
  std::vector<TornadoBar> bars;  ///< the widest first
};

/// The tornado of a pair of different strategies.
Tornado tornado(const results::SensitivityResult& sensitivity, results::StrategyPair pair, double threshold);

/// The pairs that a decision at the threshold turns on: the best strategy and the runner-up first, then every strategy
/// against the one with index `reference`, no two strategies twice; none where there is one strategy only.
std::vector<results::StrategyPair> pairs_of_interest(const results::SensitivityResult& sensitivity,
                                                     std::size_t reference, double threshold);

}  // namespace myelin::economics
