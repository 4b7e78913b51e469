#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "core/diagnostic.hpp"
#include "economics/analysis.hpp"
#include "economics/decision_sample.hpp"
#include "economics/estimates.hpp"
#include "results/types.hpp"

/// \file
/// How uncertain parameters leave the decision uncertain: acceptability, expected loss, the value of perfect
/// information, and the spread on the cost-effectiveness plane.
///
/// Draws count alike and are taken as independent. Standard errors are those of a mean over draws: they fall as draws
/// are added, and hold the noise of the simulated patients too. That noise also biases the EVPI upwards, which
/// `patient_noise` mends. Of strategies that are equal, the first in the sample counts as best, within a draw and in
/// the mean.

namespace myelin::economics {

/// The decision at one threshold. Of expected losses, the least is the expected value of perfect information (EVPI),
/// and its strategy is the one with the highest mean net benefit (Fenwick, Claxton and Sculpher 2001, Health Econ 10,
/// 779).
struct ThresholdDecision {
  double threshold = 0;                        ///< currency per QALY
  std::vector<Estimate> net_monetary_benefit;  ///< [strategy], currency
  std::vector<Estimate> net_health_benefit;    ///< [strategy], QALYs; empty at threshold 0
  std::vector<Estimate> probability_best;      ///< [strategy]: the acceptability curves (CEAC), binomial standard error
  std::vector<Estimate> expected_loss;         ///< [strategy], currency: of choosing it, against knowing the parameters
  std::size_t optimal = 0;                     ///< the strategy with the least expected loss
  /// Estimate of how far finitely many draws bias the EVPI, currency, at most 0. The draws that choose the optimal
  /// strategy also judge it, so that its mean flatters it and the EVPI comes out too low. Under normally distributed
  /// means, with the gaps to its rivals as estimated, summed over rivals: right for one rival, too far from 0 for
  /// rivals that are close to each other, and too near 0 where the best two are equal in truth (two fifths of the bias
  /// then).
  double evpi_bias = 0;

  /// The acceptability frontier (CEAF).
  const Estimate& probability_optimal_is_best() const { return probability_best[optimal]; }
  /// The EVPI per patient, currency; its standard error takes the optimal strategy as known.
  const Estimate& evpi() const { return expected_loss[optimal]; }
};

/// What keeps a sample from being analysed: fewer than two draws, no strategy, or numbers that are not finite, each
/// strategy and outcome by name.
Diagnostics check(const DecisionSample& sample);

/// The thresholds, in currency per QALY, that are not finite or below 0.
Diagnostics check_thresholds(std::span<const double> thresholds);

/// The decision at each threshold, as given; what the two checks find is an error.
Result<std::vector<ThresholdDecision>> decide(const DecisionSample& sample, std::span<const double> thresholds);

/// The EVPI per patient, currency, as `decide` gives it, of a sample without mistakes.
double evpi(const DecisionSample& sample, double threshold);

/// A strategy and the threshold, currency per QALY, from which it has the highest mean net benefit.
struct OptimalFrom {
  double threshold = 0;
  std::size_t strategy = 0;
};

/// Every strategy that is optimal by mean net benefit at some threshold, from threshold 0 upwards: the efficiency
/// frontier with its ICERs, exactly.
Result<std::vector<OptimalFrom>> optimal_strategies(const DecisionSample& sample);

/// The 2.5 % and 97.5 % quantiles over draws, interpolated linearly between order statistics (type 7 of Hyndman and Fan
/// 1996, Am Stat 50, 361).
struct Interval95 {
  double low = 0;
  double high = 0;
};

/// Where the draws of one strategy lie.
struct StrategyIntervals {
  Interval95 cost;  ///< currency
  Interval95 qaly;
};

/// The intervals of every strategy, [strategy].
Result<std::vector<StrategyIntervals>> strategy_intervals(const DecisionSample& sample);

/// The interval of any outcome, discounted, of an analysis over parameter draws.
Interval95 outcome_interval(const results::AnalysisResult& analysis, std::size_t strategy, std::size_t outcome);

/// A place on the cost-effectiveness plane, or a step on it.
struct PlanePoint {
  double qaly = 0;
  double cost = 0;  ///< currency
};

/// The points centre + cos(t) first_axis + sin(t) second_axis: about 95 % of draws lie inside if the increments are
/// normally distributed. The axes are the principal axes when cost and QALYs are both in units of their standard
/// deviation: those of the raw covariance would depend on the currency.
struct Ellipse95 {
  PlanePoint centre;
  PlanePoint first_axis;
  PlanePoint second_axis;
};

/// Where the draws of the increments of one strategy against another lie.
struct IncrementSpread {
  results::StrategyPair pair;
  std::array<Estimate, 5> quadrants;  ///< [Quadrant]: proportion of draws, binomial standard error
  Interval95 cost;                    ///< currency
  Interval95 qaly;
  Ellipse95 ellipse;
};

/// The spread of the increments `pair.strategy` minus `pair.versus`, two strategies of the sample.
Result<IncrementSpread> increment_spread(const DecisionSample& sample, results::StrategyPair pair);

}  // namespace myelin::economics
