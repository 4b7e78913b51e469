#include "economics/incremental.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace myelin::economics {

namespace {

Diagnostics check(std::span<const Point> points) {
  Diagnostics problems;
  if (points.empty()) problems.push_back({{}, "there is no strategy to analyse", "name at least one strategy"});
  for (const Point& point : points) {
    const auto refuse = [&](const char* what) {
      problems.push_back(
          {{}, std::string(what) + " of strategy `" + point.name + "` is not a finite number", "check its inputs"});
    };
    if (!std::isfinite(point.cost)) refuse("the cost");
    if (!std::isfinite(point.qaly)) refuse("the QALY total");
  }
  return problems;
}

bool same_place(const Point& a, const Point& b) { return a.cost == b.cost && a.qaly == b.qaly; }

std::vector<std::size_t> order_by_cost(std::span<const Point> points) {
  std::vector<std::size_t> order(points.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return points[a].cost != points[b].cost ? points[a].cost < points[b].cost : points[a].qaly > points[b].qaly;
  });
  return order;
}

double icer(const Point& dearer, const Point& cheaper) {
  return (dearer.cost - cheaper.cost) / (dearer.qaly - cheaper.qaly);
}

/// Adds the dearest strategy so far to the frontier and drops those that it and an earlier one dominate by extension.
/// The quotients compared are the ones reported, so that reported ICERs increase to the last bit.
void extend_frontier(std::vector<std::size_t>& frontier, std::size_t next, std::span<const Point> points) {
  while (frontier.size() >= 2) {
    const Point& middle = points[frontier.back()];
    const Point& before = points[frontier[frontier.size() - 2]];
    if (icer(middle, before) < icer(points[next], middle)) break;
    frontier.pop_back();
  }
  frontier.push_back(next);
}

void compare(IncrementalRow& row, std::size_t versus, std::span<const Point> points) {
  const Point& self = points[row.strategy];
  row.versus = versus;
  row.incremental_cost = self.cost - points[versus].cost;
  row.incremental_qaly = self.qaly - points[versus].qaly;
  if (row.status == Status::non_dominated) row.icer = icer(self, points[versus]);
}

/// Rows in order of cost with what is known before the frontier is: who is dominated by whom and who equals whom.
std::vector<IncrementalRow> find_dominated(std::span<const std::size_t> order, std::span<const Point> points) {
  std::vector<IncrementalRow> rows;
  std::size_t most_qalys = order.front();
  for (const std::size_t strategy : order) {
    IncrementalRow row;
    row.strategy = strategy;
    if (!rows.empty() && same_place(points[strategy], points[rows.back().strategy])) {
      row = rows.back();
      row.same_as = row.same_as.value_or(row.strategy);
      row.strategy = strategy;
    } else if (!rows.empty() && points[strategy].qaly <= points[most_qalys].qaly) {
      row.status = Status::dominated;
      compare(row, most_qalys, points);
    } else {
      most_qalys = strategy;
    }
    rows.push_back(row);
  }
  return rows;
}

}  // namespace

std::string_view short_name(Status status) {
  switch (status) {
    case Status::cheapest:
      return "cheapest";
    case Status::non_dominated:
      return "ND";
    case Status::extendedly_dominated:
      return "ED";
    case Status::dominated:
      break;
  }
  return "D";
}

Result<std::vector<IncrementalRow>> analyse_incrementally(std::span<const Point> points) {
  if (Diagnostics problems = check(points); !problems.empty()) return tl::unexpected(std::move(problems));

  std::vector<IncrementalRow> rows = find_dominated(order_by_cost(points), points);
  std::vector<std::size_t> frontier;
  for (const IncrementalRow& row : rows) {
    if (row.status != Status::dominated && !row.same_as) extend_frontier(frontier, row.strategy, points);
  }

  std::size_t reached = 0;
  for (IncrementalRow& row : rows) {
    const Point& self = points[row.strategy];
    if (row.status == Status::dominated) continue;
    if (reached + 1 < frontier.size() && same_place(self, points[frontier[reached + 1]])) ++reached;
    const bool on_frontier = same_place(self, points[frontier[reached]]);
    if (on_frontier && reached == 0) continue;
    row.status = on_frontier ? Status::non_dominated : Status::extendedly_dominated;
    compare(row, frontier[on_frontier ? reached - 1 : reached], points);
  }
  return rows;
}

}  // namespace myelin::economics
