#include "economics/analysis.hpp"

#include <cmath>

#include "core/contract.hpp"

namespace myelin::economics {

namespace {

using results::AnalysisResult;

constexpr double separation_in_standard_errors = 2;

Result<std::vector<Point>> strategy_points(const AnalysisResult& analysis) {
  const std::optional<std::size_t> cost = find_outcome(analysis, "cost"), qaly = find_outcome(analysis, "qaly");
  Diagnostics problems;
  for (const auto& [outcome, name] : {std::pair{cost, "cost"}, std::pair{qaly, "qaly"}}) {
    if (outcome) continue;
    problems.push_back({{},
                        "the run has no outcome `" + std::string(name) + "`, which a decision analysis needs",
                        "let the model accrue `cost` and `qaly`"});
  }
  if (!problems.empty()) return tl::unexpected(std::move(problems));

  std::vector<Point> points;
  for (std::size_t s = 0; s < analysis.strategies.size(); ++s) {
    points.push_back({analysis.strategies[s].name,
                      outcome_estimate(analysis, s, *cost, results::discounted_column).mean,
                      outcome_estimate(analysis, s, *qaly, results::discounted_column).mean});
  }
  return points;
}

FullRow full_row(const AnalysisResult& analysis, const IncrementalRow& place) {
  FullRow row{place, std::nullopt, std::nullopt};
  if (!place.versus) return row;
  row.increment = increment_between(analysis, {place.strategy, *place.versus});
  if (place.status == Status::non_dominated) row.icer = icer(*row.increment);
  return row;
}

PairwiseRow pairwise_row(const AnalysisResult& analysis, results::StrategyPair pair,
                         std::span<const double> thresholds) {
  PairwiseRow row;
  row.increment = increment_between(analysis, pair);
  row.quadrant = quadrant_of(row.increment.cost.mean, row.increment.qaly.mean);
  row.icer = icer(row.increment);
  for (const double threshold : thresholds) {
    row.incremental_net_benefit.push_back(incremental_net_benefit(row.increment, threshold));
  }
  return row;
}

ThresholdRow threshold_row(const AnalysisResult& analysis, std::span<const Point> points, double threshold) {
  ThresholdRow row;
  row.threshold = threshold;
  for (const Point& point : points) row.net_benefit.push_back(threshold * point.qaly - point.cost);
  for (std::size_t s = 1; s < points.size(); ++s) {
    if (row.net_benefit[s] > row.net_benefit[row.best]) {
      row.runner_up = row.best;
      row.best = s;
    } else if (!row.runner_up || row.net_benefit[s] > row.net_benefit[*row.runner_up]) {
      row.runner_up = s;
    }
  }
  if (row.runner_up) {
    row.lead = incremental_net_benefit(increment_between(analysis, {row.best, *row.runner_up}), threshold);
    row.separated = row.lead.mean > 0 && row.lead.mean >= separation_in_standard_errors * row.lead.standard_error;
  }
  return row;
}

}  // namespace

Quadrant quadrant_of(double incremental_cost, double incremental_qaly) {
  if (incremental_cost == 0 && incremental_qaly == 0) return Quadrant::origin;
  if (incremental_cost <= 0 && incremental_qaly >= 0) return Quadrant::south_east;
  if (incremental_cost >= 0 && incremental_qaly <= 0) return Quadrant::north_west;
  return incremental_qaly > 0 ? Quadrant::north_east : Quadrant::south_west;
}

std::string_view short_name(Quadrant quadrant) {
  switch (quadrant) {
    case Quadrant::north_east:
      return "NE";
    case Quadrant::south_east:
      return "SE";
    case Quadrant::south_west:
      return "SW";
    case Quadrant::north_west:
      return "NW";
    case Quadrant::origin:
      break;
  }
  return "origin";
}

std::string_view icer_meaning(Quadrant quadrant) {
  switch (quadrant) {
    case Quadrant::north_east:
      return "cost per QALY gained";
    case Quadrant::south_east:
      return "dominant";
    case Quadrant::south_west:
      return "saving per QALY forgone";
    case Quadrant::north_west:
      return "dominated";
    case Quadrant::origin:
      break;
  }
  return "no difference";
}

Result<DecisionAnalysis> analyse(const AnalysisResult& analysis, std::span<const double> thresholds,
                                 std::size_t reference) {
  MYELIN_EXPECT(reference < analysis.strategies.size());
  const Result<std::vector<Point>> points = strategy_points(analysis);
  if (!points) return tl::unexpected(points.error());
  const Result<std::vector<IncrementalRow>> places = analyse_incrementally(*points);
  if (!places) return tl::unexpected(places.error());

  DecisionAnalysis decision;
  for (const IncrementalRow& place : *places) decision.full.push_back(full_row(analysis, place));
  for (std::size_t s = 0; s < points->size(); ++s) {
    if (s != reference) decision.pairwise.push_back(pairwise_row(analysis, {s, reference}, thresholds));
  }
  for (const double threshold : thresholds) {
    MYELIN_EXPECT(std::isfinite(threshold) && threshold >= 0);
    decision.thresholds.push_back(threshold_row(analysis, *points, threshold));
  }
  return decision;
}

}  // namespace myelin::economics
