#include "results/sensitivity_file.hpp"

#include "core/contract.hpp"
#include "core/diagnostic.hpp"
#include "results/names.hpp"

namespace myelin::results {

namespace {

using hdf5::GroupReader;
using hdf5::GroupWriter;

constexpr auto both = {std::pair("cost", &CostAndQalys::cost), std::pair("qaly", &CostAndQalys::qaly)};

std::vector<std::string> strategy_names(const RunResults& run) {
  std::vector<std::string> names;
  if (run.analyses.empty()) return names;
  for (const StrategyResult& strategy : run.analyses.front().strategies) names.push_back(strategy.name);
  return names;
}

/// Costs and QALYs of shape [leading axes][strategy], one item for each index of the leading axes.
void write_outcomes(const GroupWriter& group, const std::string& suffix, hdf5::Shape shape, std::size_t strategies,
                    const std::vector<const CostAndQalys*>& items) {
  const std::size_t slices = shape.front();
  shape.push_back(strategies);
  for (const auto& [name, member] : both) {
    std::vector<std::vector<double>> values(slices);
    for (std::size_t i = 0; i < items.size(); ++i) {
      const std::vector<double>& of_item = items[i]->*member;
      if (of_item.size() != strategies) fail_contract("every strategy was evaluated", __FILE__, __LINE__);
      std::vector<double>& slice = values[i * slices / items.size()];
      slice.insert(slice.end(), of_item.begin(), of_item.end());
    }
    std::vector<const std::vector<double>*> pointers;
    for (const std::vector<double>& slice : values) pointers.push_back(&slice);
    group.slices(name + suffix, shape, pointers);
  }
}

void write_one_way(const GroupWriter& group, const std::vector<OneWayResult>& bars,
                   const std::vector<std::string>& strategies) {
  std::vector<std::string> names, ranges, inputs, units;
  std::vector<std::uint64_t> bar_indices;
  std::vector<double> bases, lows, highs;
  std::vector<const CostAndQalys*> at_low, at_high;
  for (const OneWayResult& bar : bars) {
    for (const OneWayResult::Range& range : bar.ranges) {
      ranges.push_back(bar.name + ": " + range.input.name);
      bar_indices.push_back(names.size());
      inputs.push_back(range.input.name);
      units.push_back(range.input.unit);
      bases.push_back(range.input.base);
      lows.push_back(range.low);
      highs.push_back(range.high);
    }
    names.push_back(bar.name);
    at_low.push_back(&bar.at_low);
    at_high.push_back(&bar.at_high);
  }
  group.dataset("bar", names);
  group.dataset("strategy", strategies);
  write_outcomes(group, "_at_low", {bars.size()}, strategies.size(), at_low);
  write_outcomes(group, "_at_high", {bars.size()}, strategies.size(), at_high);
  const GroupWriter of_ranges = group.group("ranges");
  of_ranges.dataset("range", ranges);
  of_ranges.dataset("bar_index", bar_indices);
  of_ranges.dataset("input", inputs);
  of_ranges.dataset("unit", units);
  of_ranges.dataset("base", bases);
  of_ranges.dataset("low", lows);
  of_ranges.dataset("high", highs);
}

void write_left_out(const GroupWriter& group, const std::vector<LeftOutInput>& left_out) {
  std::vector<std::string> names, reasons;
  for (const LeftOutInput& input : left_out) {
    names.push_back(input.name);
    reasons.push_back(input.reason);
  }
  group.dataset("input", names);
  group.dataset("reason", reasons);
}

void write_grid(const GroupWriter& group, const TwoWayResult& grid, const std::vector<std::string>& strategies) {
  group.attribute("name", grid.name);
  for (const auto& [name, axis] : {std::pair(std::string("x"), &grid.x), {"y", &grid.y}}) {
    group.attribute(name + "_input", axis->input.name);
    group.attribute(name + "_unit", axis->input.unit);
    group.attribute(name + "_base", axis->input.base);
    group.dataset(name, axis->values);
  }
  group.dataset("strategy", strategies);
  if (grid.outcomes.size() != grid.x.values.size() * grid.y.values.size())
    fail_contract("every pair of values was evaluated", __FILE__, __LINE__);
  std::vector<const CostAndQalys*> items;
  for (const CostAndQalys& outcomes : grid.outcomes) items.push_back(&outcomes);
  write_outcomes(group, "", {grid.x.values.size(), grid.y.values.size()}, strategies.size(), items);
}

void write_intervals(const GroupWriter& group, const ThresholdResult& search) {
  std::vector<std::uint64_t> threshold_indices;
  std::vector<std::string> better;
  std::vector<double> ends, tolerances;
  for (std::size_t i = 0; i < search.thresholds.size(); ++i) {
    const ThresholdResult::Crossings& at = search.thresholds[i];
    if (at.better.size() != at.value.size() + 1 || at.tolerance.size() != at.value.size())
      fail_contract("intervals lie between crossings", __FILE__, __LINE__);
    for (const Better each : at.better) {
      threshold_indices.push_back(i);
      better.push_back(name_of(better_strategies(), each));
    }
    ends.insert(ends.end(), at.value.begin(), at.value.end());
    ends.push_back(search.high);
    tolerances.insert(tolerances.end(), at.tolerance.begin(), at.tolerance.end());
    tolerances.push_back(0);
  }
  group.counting_scale("interval", better.size());
  group.dataset("threshold_index", threshold_indices);
  group.dataset("better", better);
  group.dataset("end", ends);
  group.dataset("tolerance", tolerances);
}

void write_search(const GroupWriter& group, const ThresholdResult& search) {
  group.attribute("name", search.name);
  group.attribute("input", search.input.name);
  group.attribute("unit", search.input.unit);
  group.attribute("base", search.input.base);
  group.attribute("low", search.low);
  group.attribute("high", search.high);
  group.attribute("strategy_index", std::uint64_t{search.strategy});
  group.attribute("versus_index",
                  search.versus ? std::vector<std::uint64_t>{*search.versus} : std::vector<std::uint64_t>{});
  group.attribute("evaluations", search.evaluations);
  std::vector<double> thresholds;
  for (const ThresholdResult::Crossings& at : search.thresholds) thresholds.push_back(at.threshold);
  group.dataset("threshold", thresholds);
  write_intervals(group.group("intervals"), search);
}

/// [index of the leading axes] what `write_outcomes` wrote.
std::vector<CostAndQalys> read_outcomes(const GroupReader& group, const std::string& suffix, hdf5::Shape shape,
                                        std::size_t strategies) {
  std::size_t count = 1;
  for (const auto extent : shape) count *= extent;
  const std::size_t items_a_slice = shape.front() == 0 ? 0 : count / shape.front();
  shape.push_back(strategies);
  std::vector<CostAndQalys> items(count);
  for (const auto& [name, member] : both) {
    const std::vector<std::vector<double>> slices = group.slices(name + suffix, shape);
    for (std::size_t i = 0; i < count; ++i) {
      const auto begin =
          slices[i / items_a_slice].begin() + static_cast<std::ptrdiff_t>(i % items_a_slice * strategies);
      (items[i].*member).assign(begin, begin + static_cast<std::ptrdiff_t>(strategies));
    }
  }
  return items;
}

void expect_index(std::uint64_t index, std::size_t count, const std::string& path) {
  if (index >= count) throw IoError(path + " holds " + std::to_string(index) + ", beyond the last");
}

void expect_strategies(const GroupReader& group, std::size_t strategies) {
  if (group.length("strategy") != strategies)
    throw IoError(group.path() + "strategy has not the strategies of the base analysis");
}

std::vector<OneWayResult> read_one_way(const GroupReader& group, std::size_t strategies) {
  expect_strategies(group, strategies);
  const std::size_t count = group.length("bar");
  const std::vector<std::string> names = group.texts("bar", count);
  const auto at_low = read_outcomes(group, "_at_low", {count}, strategies),
             at_high = read_outcomes(group, "_at_high", {count}, strategies);
  std::vector<OneWayResult> bars;
  for (std::size_t i = 0; i < count; ++i) bars.push_back({names[i], {}, at_low[i], at_high[i]});
  const GroupReader ranges = group.group("ranges");
  const std::size_t range_count = ranges.length("range");
  const auto bar_indices = ranges.integers("bar_index", range_count);
  const auto inputs = ranges.texts("input", range_count), units = ranges.texts("unit", range_count);
  const auto bases = ranges.reals("base", range_count), lows = ranges.reals("low", range_count),
             highs = ranges.reals("high", range_count);
  for (std::size_t i = 0; i < range_count; ++i) {
    expect_index(bar_indices[i], count, ranges.path() + "bar_index");
    bars[bar_indices[i]].ranges.push_back({{inputs[i], units[i], bases[i]}, lows[i], highs[i]});
  }
  return bars;
}

std::vector<LeftOutInput> read_left_out(const GroupReader& group) {
  const std::size_t count = group.length("input");
  const auto names = group.texts("input", count), reasons = group.texts("reason", count);
  std::vector<LeftOutInput> left_out;
  for (std::size_t i = 0; i < count; ++i) left_out.push_back({names[i], reasons[i]});
  return left_out;
}

TwoWayResult::Axis read_axis(const GroupReader& group, const std::string& name) {
  return {{group.text_attribute(name + "_input"), group.text_attribute(name + "_unit"),
           group.real_attribute(name + "_base")},
          group.reals(name, group.length(name))};
}

TwoWayResult read_grid(const GroupReader& group, std::size_t strategies) {
  expect_strategies(group, strategies);
  TwoWayResult grid{group.text_attribute("name"), read_axis(group, "x"), read_axis(group, "y"), {}};
  grid.outcomes = read_outcomes(group, "", {grid.x.values.size(), grid.y.values.size()}, strategies);
  return grid;
}

/// An end is a crossing unless the next interval belongs to another threshold.
void read_intervals(const GroupReader& group, ThresholdResult& search) {
  const std::size_t count = group.length("interval");
  const auto thresholds = group.integers("threshold_index", count);
  const auto better = group.texts("better", count);
  const auto ends = group.reals("end", count), tolerances = group.reals("tolerance", count);
  for (std::size_t i = 0; i < count; ++i) {
    expect_index(thresholds[i], search.thresholds.size(), group.path() + "threshold_index");
    ThresholdResult::Crossings& at = search.thresholds[thresholds[i]];
    const std::optional<Better> known = convention_of(better_strategies(), better[i]);
    if (!known) throw IoError(group.path() + "better holds '" + better[i] + "', which this program does not know");
    at.better.push_back(*known);
    if (i + 1 == count || thresholds[i + 1] != thresholds[i]) continue;
    at.value.push_back(ends[i]);
    at.tolerance.push_back(tolerances[i]);
  }
  for (const ThresholdResult::Crossings& at : search.thresholds) {
    if (at.better.size() != at.value.size() + 1)
      throw IoError(group.path() + "threshold_index has not the intervals of each threshold one after the other");
  }
}

ThresholdResult read_search(const GroupReader& group, std::size_t strategies) {
  ThresholdResult search;
  search.name = group.text_attribute("name");
  search.input = {group.text_attribute("input"), group.text_attribute("unit"), group.real_attribute("base")};
  search.low = group.real_attribute("low");
  search.high = group.real_attribute("high");
  search.strategy = group.integer_attribute("strategy_index");
  expect_index(search.strategy, strategies, group.path() + "@strategy_index");
  const std::vector<std::uint64_t> versus = group.integer_list_attribute("versus_index");
  if (versus.size() > 1) throw IoError(group.path() + "@versus_index names more than one strategy");
  if (!versus.empty()) {
    expect_index(versus.front(), strategies, group.path() + "@versus_index");
    search.versus = versus.front();
  }
  search.evaluations = group.integer_attribute("evaluations");
  for (const double threshold : group.reals("threshold", group.length("threshold")))
    search.thresholds.push_back({threshold, {}, {}, {}});
  read_intervals(group.group("intervals"), search);
  return search;
}

}  // namespace

void write_sensitivity(const GroupWriter& group, const RunResults& run) {
  const SensitivityResult result = run.sensitivity.value_or(SensitivityResult{});
  const std::vector<std::string> strategies = run.sensitivity ? strategy_names(run) : std::vector<std::string>{};
  group.attribute("engine", result.engine);
  group.dataset("strategy", strategies);
  group.dataset("base_cost", result.base.cost);
  group.dataset("base_qaly", result.base.qaly);
  write_one_way(group.group("one_way"), result.one_way, strategies);
  write_left_out(group.group("left_out"), result.left_out);
  const GroupWriter two_way = group.group("two_way"), threshold = group.group("threshold");
  for (const TwoWayResult& grid : result.two_way) write_grid(two_way.named_group(grid.name), grid, strategies);
  for (const ThresholdResult& search : result.threshold) write_search(threshold.named_group(search.name), search);
}

std::optional<SensitivityResult> read_sensitivity(const GroupReader& group, std::size_t strategies) {
  SensitivityResult result;
  result.engine = group.text_attribute("engine");
  if (result.engine.empty()) return std::nullopt;
  expect_strategies(group, strategies);
  result.base = {group.reals("base_cost", strategies), group.reals("base_qaly", strategies)};
  result.one_way = read_one_way(group.group("one_way"), strategies);
  result.left_out = read_left_out(group.group("left_out"));
  for (const GroupReader& grid : group.group("two_way").named_groups())
    result.two_way.push_back(read_grid(grid, strategies));
  for (const GroupReader& search : group.group("threshold").named_groups())
    result.threshold.push_back(read_search(search, strategies));
  return result;
}

}  // namespace myelin::results
