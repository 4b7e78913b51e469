#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "economics/analysis.hpp"
#include "economics/incremental.hpp"
#include "results/types.hpp"

/// \file
/// A finished run under every timing convention: published models differ in how they correct within a cycle and in the
/// moment to which they discount, and a reader who compares two of them must know how much of the difference is that.

namespace myelin::economics {

/// Two timing conventions by the names that scenarios give them.
struct ConventionName {
  std::string within_cycle_correction;
  std::string discount_timing;
};

/// One strategy against the reference under a convention. There are no standard errors: a run keeps the errors of its
/// own convention alone.
struct ConventionIncrement {
  std::size_t strategy = 0;
  double cost = 0;  ///< incremental, currency
  double qaly = 0;  ///< incremental
  Quadrant quadrant = Quadrant::origin;
  std::optional<double> icer;                   ///< currency per QALY; only in NE and SW, see `icer_meaning`
  std::vector<double> incremental_net_benefit;  ///< [threshold], currency
};

/// What a run would have found under a convention.
struct ConventionRow {
  ConventionName name;
  bool is_of_run = false;                       ///< the convention that the run itself used
  std::vector<Point> strategies;                ///< [strategy]: discounted, per patient
  std::vector<ConventionIncrement> increments;  ///< every strategy but the reference, as in the run
  std::vector<std::size_t> best;  ///< [threshold]: the strategy with most net benefit, of equal ones the first
};

/// A within-cycle correction that the run cannot be shown under.
struct LeftOut {
  std::string within_cycle_correction;
  std::string reason;
};

struct ConventionAnalysis {
  std::vector<ConventionRow> rows;  ///< by within-cycle correction, then by discount timing
  std::vector<LeftOut> left_out;
};

/// The mean of all parameter draws under every pair of within-cycle correction and discount timing, at the discount
/// rates of the analysis, against the strategy with index `reference`. The correction `custom` appears only if the run
/// uses it. Thresholds are in currency per QALY and not negative. Without the outcomes `cost` and `qaly`, or without
/// the amounts by time of one that they sum, the result is an error that names them.
Result<ConventionAnalysis> analyse_conventions(const results::AnalysisResult& analysis,
                                               std::span<const double> thresholds, std::size_t reference = 0);

/// How far the choice of convention moves a strategy's incremental net benefit at one threshold.
struct NetBenefitRange {
  const ConventionRow* lowest = nullptr;
  const ConventionRow* highest = nullptr;
  double lowest_net_benefit = 0;   ///< incremental, currency
  double highest_net_benefit = 0;  ///< incremental, currency
};

/// The range over all rows for the increment and the threshold of these positions, which must exist; of equal rows the
/// first.
NetBenefitRange range_of_net_benefit(const ConventionAnalysis& conventions, std::size_t increment,
                                     std::size_t threshold);

}  // namespace myelin::economics
