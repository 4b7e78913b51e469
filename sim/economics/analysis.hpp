#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostic.hpp"
#include "economics/estimates.hpp"
#include "economics/incremental.hpp"
#include "results/types.hpp"

/// \file
/// The decision analysis of a finished run: discounted costs against discounted QALYs, per patient.

namespace myelin::economics {

/// Where an increment lies, QALYs to the east and costs to the north. On the axes dominance decides: no worse in both
/// and better in one is south-east, no better in both and worse in one is north-west; `origin` is no difference at all.
enum class Quadrant { north_east, south_east, south_west, north_west, origin };

/// The quadrant of an increment of cost and QALYs.
Quadrant quadrant_of(double incremental_cost, double incremental_qaly);

/// The short name used in files: `NE`, `SE`, `SW`, `NW` or `origin`.
std::string_view short_name(Quadrant quadrant);

/// What a ratio of cost to QALYs means there: `cost per QALY gained` (NE), `saving per QALY forgone` (SW); where it
/// means nothing, the verdict instead: `dominant` (SE), `dominated` (NW), `no difference` (origin).
std::string_view icer_meaning(Quadrant quadrant);

/// One strategy in the fully incremental analysis, with paired standard errors.
struct FullRow {
  IncrementalRow place;
  std::optional<Increment> increment;  ///< against `place.versus`
  std::optional<Estimate> icer;        ///< currency per QALY gained; only if non-dominated
};

/// One strategy against the reference.
struct PairwiseRow {
  Increment increment;
  Quadrant quadrant = Quadrant::origin;
  std::optional<Estimate> icer;                   ///< currency per QALY; only in NE and SW, see `icer_meaning`
  std::vector<Estimate> incremental_net_benefit;  ///< [threshold], currency
};

/// The net monetary benefit of every strategy at one threshold and which is best. Of equal strategies the first counts
/// as best. Only the lead has a standard error: a run keeps the covariance of costs and QALYs for increments, not for
/// single strategies.
struct ThresholdRow {
  double threshold = 0;             ///< currency per QALY
  std::vector<double> net_benefit;  ///< [strategy], currency
  std::size_t best = 0;
  std::optional<std::size_t> runner_up;  ///< none if there is one strategy only
  Estimate lead;                         ///< net benefit of the best minus that of the runner-up
  bool separated = true;  ///< the lead is above 0 and at least 2 standard errors; true without a runner-up
};

struct DecisionAnalysis {
  std::vector<FullRow> full;             ///< by cost
  std::vector<PairwiseRow> pairwise;     ///< every strategy but the reference, as in the run
  std::vector<ThresholdRow> thresholds;  ///< as given
};

/// The decision analysis of the mean over all draws, against the strategy with index `reference`. Thresholds are in
/// currency per QALY and not negative. Without the outcomes `cost` and `qaly`, or where one of them is not finite, the
/// result is an error.
Result<DecisionAnalysis> analyse(const results::AnalysisResult& analysis, std::span<const double> thresholds,
                                 std::size_t reference = 0);

}  // namespace myelin::economics
