#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostic.hpp"

/// \file
/// Fully incremental analysis: which strategies lie on the efficiency frontier, and at what price per QALY each is
/// reached.
///
/// Rules for ties. Costs and QALYs are compared exactly. Of two strategies with equal QALYs the dearer is dominated; of
/// two with equal costs the one with fewer QALYs is. Strategies equal in both share one place: each gets the status and
/// increments of the first, and names it in `same_as`. A strategy on the straight line between two others is extendedly
/// dominated.

namespace myelin::economics {

/// A strategy's expected cost (in the currency of the run) and QALYs per patient.
struct Point {
  std::string name;
  double cost = 0;
  double qaly = 0;
};

enum class Status {
  cheapest,              ///< the start of the frontier
  non_dominated,         ///< on the frontier beyond its start
  extendedly_dominated,  ///< a mixture of two others costs no more and yields as many QALYs
  dominated              ///< another strategy costs no more and yields as many QALYs
};

/// The short name used in files: `cheapest`, `ND`, `ED` or `D`.
std::string_view short_name(Status status);

/// A strategy's place in the fully incremental analysis. Strategies are numbered as in the input.
struct IncrementalRow {
  std::size_t strategy = 0;
  Status status = Status::cheapest;
  /// What it is compared with: the next cheaper strategy of the frontier or, if dominated, the one with the most QALYs
  /// among those that dominate it; none for the cheapest.
  std::optional<std::size_t> versus;
  std::optional<std::size_t>
      same_as;  ///< the first strategy in the input with the very same cost and QALYs, unless this is it
  double incremental_cost = 0;  ///< against `versus`; 0 without it
  double incremental_qaly = 0;  ///< against `versus`; 0 without it
  std::optional<double> icer;   ///< currency per QALY gained; only if non-dominated
};

/// Fully incremental analysis of one or more strategies: one row each, by cost, then by QALYs from high to low, then as
/// in the input. A cost or QALY value that is not finite, or an empty input, is an error.
Result<std::vector<IncrementalRow>> analyse_incrementally(std::span<const Point> points);

}  // namespace myelin::economics
