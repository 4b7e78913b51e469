#include <algorithm>
#include <cmath>
#include <limits>

#include "core/diagnostic.hpp"
#include "results/consistency.hpp"
#include "results/group_reader.hpp"
#include "results/names.hpp"
#include "results/plain_file.hpp"
#include "results/results.hpp"
#include "results/sensitivity_file.hpp"
#include "results/trial.hpp"
#include "results/whole_file.hpp"
#include "study/plan.hpp"

namespace myelin::results {

namespace {

using hdf5::GroupReader;
using hdf5::Handle;
using hdf5::Shape;

void expect_format(const GroupReader& root) {
  std::string found;
  try {
    found = root.text_attribute("filetype");
  } catch (const IoError&) {
    throw IoError("it is an HDF5 file of another program -- give a file that `myelin run` wrote");
  }
  if (found != filetype) {
    throw IoError("its filetype is '" + found + "', not '" + std::string(filetype) +
                  "' -- give a file that `myelin run` wrote");
  }
  const auto version = root.integer_list_attribute("version");
  if (version.size() != 2) throw IoError("its version is not of two numbers");
  const auto text = [](auto major, auto minor) { return std::to_string(major) + "." + std::to_string(minor); };
  const std::string it_has =
      "it has version " + text(version[0], version[1]) + " of the format, and this program reads ";
  if (std::pair(version[0], version[1]) > std::pair(format_version.major, format_version.minor)) {
    throw IoError(it_has + "up to " + text(format_version.major, format_version.minor) + " -- use a newer myelin");
  }
  if (version[0] < format_version.major) {
    throw IoError(it_has + text(format_version.major, 0) +
                  " at the earliest -- run the scenario again, or use an older myelin");
  }
}

void read_run(const GroupReader& root, RunResults& results) {
  results.title = root.text_attribute("title");
  results.model = root.text_attribute("model");
  results.engine = root.text_attribute("engine");
  results.patients = root.integer_attribute("patients");
  results.seed = root.integer_attribute("seed");
  results.scenario_sha256 = root.text_attribute("scenario_sha256");
  results.cycle_length_years = root.real_attribute("cycle_length_years");
  results.currency = root.text_attribute("currency");
  results.price_year = root.text_attribute("price_year");
  results.thresholds = root.real_list_attribute("thresholds");
}

Setting::Kind setting_kind(const std::string& text, const std::string& path) {
  if (text == "text") return Setting::Kind::text;
  if (text == "number") return Setting::Kind::number;
  if (text == "integer") return Setting::Kind::integer;
  throw IoError(path + "kind holds '" + text + "', which is no kind of setting");
}

std::vector<Setting> read_settings(const GroupReader& group) {
  const std::size_t count = group.length("setting");
  const auto keys = group.texts("setting", count);
  const auto values = group.texts("value", count);
  const auto kinds = group.texts("kind", count);
  std::vector<Setting> settings;
  for (std::size_t i = 0; i < count; ++i)
    settings.push_back({keys[i], values[i], setting_kind(kinds[i], group.path())});
  return settings;
}

std::vector<InputRecord> read_inputs(const GroupReader& group) {
  const std::size_t count = group.length("input");
  const auto paths = group.texts("input", count);
  const auto values = group.reals("value", count);
  const auto units = group.texts("unit", count);
  const auto sources = group.texts("source", count);
  const auto grades = group.texts("grade", count);
  const auto distributions = group.texts("distribution", count);
  const auto notes = group.texts("note", count);
  const auto lows = group.reals_or_nan("low", count);
  const auto highs = group.reals_or_nan("high", count);
  const auto bound = [](double value) { return std::isnan(value) ? std::nullopt : std::optional(value); };
  std::vector<InputRecord> inputs;
  for (std::size_t i = 0; i < count; ++i) {
    inputs.push_back({.path = paths[i],
                      .value = values[i],
                      .unit = units[i],
                      .provenance = {.source = sources[i],
                                     .grade = grades[i],
                                     .distribution = distributions[i],
                                     .note = notes[i],
                                     .low = bound(lows[i]),
                                     .high = bound(highs[i])}});
  }
  return inputs;
}

/// Throws IoError unless every index is below the `count` of `what`.
void expect_indices(const std::vector<std::uint64_t>& indices, std::size_t count, const std::string& path,
                    const std::string& what = "strategy") {
  for (const std::uint64_t index : indices) {
    if (index >= count) throw IoError(path + " holds " + std::to_string(index) + ", beyond the last " + what);
  }
}

template <class Convention>
Convention read_convention(const Choices<Convention>& choices, const std::string& name, const std::string& path) {
  const std::optional<Convention> convention = convention_of(choices, name);
  if (!convention) throw IoError(path + " holds '" + name + "', which this program does not know");
  return *convention;
}

/// A rate from year 0 on, then in order of time: what weights can be made of.
DiscountRate read_discount_rate(const GroupReader& group, const std::string& name) {
  const std::vector<double> from_year = group.real_list_attribute(name + "_from_year"),
                            rate_per_year = group.real_list_attribute(name + "_rate_per_year");
  DiscountRate rate;
  rate.compounded = read_convention<bool>({{"annual", true}, {"continuous", false}},
                                          group.text_attribute("compounding"), group.path() + "@compounding");
  bool in_order = from_year.size() == rate_per_year.size() && !from_year.empty() && from_year.front() == 0;
  for (std::size_t i = 0; in_order && i < from_year.size(); ++i) {
    in_order = (i == 0 || from_year[i] > from_year[i - 1]) && rate_per_year[i] >= 0 && std::isfinite(rate_per_year[i]);
    rate.steps.push_back({Years{from_year[i]}, rate_per_year[i]});
  }
  if (!in_order) throw IoError(group.path() + "@" + name + "_from_year and its rates are no discount rates over time");
  return rate;
}

void read_timing(const GroupReader& group, AnalysisResult& analysis) {
  Timing& timing = analysis.timing;
  const std::uint64_t cycles = group.integer_attribute("cycles");
  if (cycles >= std::numeric_limits<std::uint32_t>::max())
    throw IoError(group.path() + "@cycles holds " + std::to_string(cycles) + ", more than any run has");
  timing.cycles = static_cast<std::uint32_t>(cycles);
  timing.cycle_length = Years{group.real_attribute("cycle_length_years")};
  constexpr double most_years = 10'000;
  if (timing.cycle_length.value <= 0 || timing.cycle_length.value * static_cast<double>(cycles) > most_years)
    throw IoError(group.path() + "@cycle_length_years is not above 0, or comes to more years than any run has");
  timing.correction = read_convention(within_cycle_corrections(), group.text_attribute("within_cycle_correction"),
                                      group.path() + "@within_cycle_correction");
  timing.discounting =
      read_convention(discount_timings(), group.text_attribute("discount_timing"), group.path() + "@discount_timing");
  timing.custom_weights = group.real_list_attribute("custom_weights");
  const bool custom = timing.correction == WithinCycleCorrection::custom;
  if (timing.custom_weights.size() != (custom ? cycles + 1 : 0))
    throw IoError(group.path() + "@custom_weights has not one weight for each time point");
  if (timing.correction == WithinCycleCorrection::simpson && cycles % 2 == 1)
    throw IoError(group.path() + "@within_cycle_correction is simpson, which needs an even number of cycles");
  analysis.discount_cost = read_discount_rate(group, "cost");
  analysis.discount_qaly = read_discount_rate(group, "qaly");
}

void read_totals(const GroupReader& group, std::vector<OutcomeInfo>& outcomes) {
  const std::size_t count = group.length("part");
  const auto totals = group.integers("total_index", count);
  const auto parts = group.integers("part_index", count);
  expect_indices(totals, outcomes.size(), group.path() + "total_index", "outcome");
  for (std::size_t i = 0; i < count; ++i) {
    // A total stands behind its parts, so that no total can be a part of itself.
    expect_indices({parts[i]}, totals[i], group.path() + "part_index", "outcome before its total");
    outcomes[totals[i]].parts.push_back(parts[i]);
  }
}

void read_amounts(const GroupReader& group, AnalysisResult& analysis) {
  const std::size_t count = group.length("accrued"), cycles = analysis.timing.cycles;
  if (group.length("time_point") != cycles + 1 || group.length("cycle") != cycles)
    throw IoError(group.path() + "time_point and cycle are not those of the cycles in timing");
  const auto strategies = group.integers("strategy_index", count);
  const auto outcomes = group.integers("outcome_index", count);
  expect_indices(strategies, analysis.strategies.size(), group.path() + "strategy_index");
  expect_indices(outcomes, analysis.outcomes.size(), group.path() + "outcome_index", "outcome");
  const std::vector<double> start = group.reals("at_start", count);
  auto point = group.slices("at_time_points", {count, cycles + 1});
  auto event = group.slices("in_cycles", {count, cycles});
  for (StrategyResult& strategy : analysis.strategies) strategy.amounts.resize(analysis.outcomes.size());
  for (std::size_t i = 0; i < count; ++i) {
    std::optional<engine::AmountsByTime>& amounts = analysis.strategies[strategies[i]].amounts[outcomes[i]];
    if (amounts) throw IoError(group.path() + "accrued has an outcome of a strategy twice");
    amounts = engine::AmountsByTime{start[i], std::move(point[i]), std::move(event[i])};
  }
}

std::vector<IncrementResult> read_increments(const GroupReader& group, const AnalysisResult& analysis) {
  const std::size_t count = group.length("pair");
  const auto strategies = group.integers("strategy_index", count);
  const auto versus = group.integers("versus_index", count);
  expect_indices(strategies, analysis.strategies.size(), group.path() + "strategy_index");
  expect_indices(versus, analysis.strategies.size(), group.path() + "versus_index");
  const Shape shape = {count, analysis.outcomes.size(), column_count};
  auto means = group.slices("mean", shape);
  auto standard_errors = group.slices("standard_error", shape);
  const std::vector<double> covariances = group.reals("cost_qaly_covariance", count);
  std::vector<IncrementResult> increments;
  for (std::size_t i = 0; i < count; ++i) {
    increments.push_back({.pair = {.strategy = strategies[i], .versus = versus[i]},
                          .mean = std::move(means[i]),
                          .standard_error = std::move(standard_errors[i]),
                          .cost_qaly_covariance = covariances[i]});
  }
  return increments;
}

/// A tally at its place in its strategy's list.
struct PlacedTally {
  std::uint64_t position = 0;
  TallyResult tally;
};

void read_tally(const GroupReader& group, std::vector<std::vector<PlacedTally>>& by_strategy) {
  TallyResult tally{.name = group.text_attribute("name"),
                    .description = group.text_attribute("description"),
                    .time_axis = group.text_attribute("time_axis"),
                    .attributes = group.text_list_attribute("attributes"),
                    .levels = group.user_scales("per_patient", 2),
                    .times = group.length("time"),
                    .cells = 1,
                    .per_patient = {}};
  if (tally.levels.size() != tally.attributes.size()) {
    throw IoError(group.path() + "per_patient has not one axis for each name in @attributes");
  }
  const std::size_t count = group.length("strategy");
  const auto strategies = group.integers("strategy_index", count);
  const auto positions = group.integers("position", count);
  expect_indices(strategies, by_strategy.size(), group.path() + "strategy_index");
  Shape shape = {count, tally.times};
  for (const auto& levels : tally.levels) {
    shape.push_back(levels.size());
    tally.cells *= levels.size();
  }
  auto per_patient = group.slices("per_patient", shape);
  for (std::size_t i = 0; i < count; ++i) {
    tally.per_patient = std::move(per_patient[i]);
    by_strategy[strategies[i]].push_back({.position = positions[i], .tally = tally});
  }
}

void read_tallies(const GroupReader& tallies, AnalysisResult& analysis) {
  std::vector<std::vector<PlacedTally>> by_strategy(analysis.strategies.size());
  for (const GroupReader& group : tallies.named_groups()) read_tally(group, by_strategy);
  for (std::size_t s = 0; s < by_strategy.size(); ++s) {
    auto& placed = by_strategy[s];
    std::sort(placed.begin(), placed.end(), [](const auto& a, const auto& b) { return a.position < b.position; });
    for (std::size_t i = 0; i < placed.size(); ++i) {
      if (placed[i].position != i) {
        throw IoError(tallies.path() + " lacks a tally of the strategy '" + analysis.strategies[s].name +
                      "' or has it twice");
      }
      analysis.strategies[s].tallies.push_back(std::move(placed[i].tally));
    }
  }
}

std::vector<OutcomeInfo> read_outcomes(const GroupReader& group) {
  const std::size_t count = group.length("outcome");
  const auto names = group.texts("outcome", count);
  const auto units = group.texts("outcome_unit", count);
  const auto descriptions = group.texts("outcome_description", count);
  const auto discounted_as = group.texts("outcome_discounted_as", count);
  const auto event_weight = group.texts("outcome_event_weight", count);
  const auto state_weight = group.texts("outcome_state_weight", count);
  std::vector<OutcomeInfo> outcomes;
  for (std::size_t i = 0; i < count; ++i) {
    outcomes.push_back(
        {.name = names[i],
         .unit = units[i],
         .description = descriptions[i],
         .discounted_as = read_convention(discount_roles(), discounted_as[i], group.path() + "outcome_discounted_as"),
         .event_weight = read_convention(event_weights(), event_weight[i], group.path() + "outcome_event_weight"),
         .parts = {},
         .state_weight = read_convention(state_weights(), state_weight[i], group.path() + "outcome_state_weight")});
  }
  read_totals(group.group("totals"), outcomes);
  return outcomes;
}

DrawnInputs read_drawn(const GroupReader& group, std::size_t draws) {
  const std::size_t count = group.length("input");
  return {group.texts("input", count), group.table("value", {draws, count}), group.reals_or_nan("expectation", count),
          group.reals_or_nan("variance", count)};
}

AnalysisResult read_analysis(const GroupReader& group) {
  AnalysisResult analysis;
  analysis.name = group.text_attribute("name");
  analysis.overrides = group.text_list_attribute("overrides");
  analysis.draws = group.length("draw");
  analysis.patients = group.integer_attribute("patients");
  analysis.drawn = read_drawn(group.group("drawn"), analysis.draws);
  read_timing(group.group("timing"), analysis);
  analysis.outcomes = read_outcomes(group);
  const std::size_t count = group.length("strategy");
  const auto names = group.texts("strategy", count);
  const auto labels = group.texts("strategy_label", count);
  const auto table_digests = group.texts("table_digest", count);
  const auto cohort_states = group.integers("cohort_states", count);
  const Shape shape = {analysis.draws, count, analysis.outcomes.size(), column_count};
  auto means = group.slices("mean", shape);
  auto standard_errors = group.slices("standard_error", shape);
  for (std::size_t s = 0; s < count; ++s) {
    analysis.strategies.push_back({.name = names[s],
                                   .label = labels[s],
                                   .table_digest = table_digests[s],
                                   .mean = std::move(means[s]),
                                   .standard_error = std::move(standard_errors[s]),
                                   .tallies = {},
                                   .amounts = {},
                                   .cohort_states = cohort_states[s]});
  }
  read_amounts(group.group("amounts"), analysis);
  analysis.increments = read_increments(group.group("increments"), analysis);
  read_tallies(group.group("tallies"), analysis);
  return analysis;
}

RunResults read_checked(const std::filesystem::path& path, Checksum checksum) {
  const Handle file = hdf5::open_file(path);
  hdf5::Budget budget(std::filesystem::file_size(path));
  const GroupReader root(file, budget);
  expect_format(root);
  if (checksum == Checksum::absent) throw IoError("its checksum is missing: it is truncated or was altered");

  RunResults results;
  read_run(root, results);
  const GroupReader scenario = root.group("scenario");
  results.scenario_path = scenario.text_attribute("path");
  results.scenario_overrides = scenario.text_list_attribute("overrides");
  results.strategies_asked_for = scenario.text_list_attribute("strategies");
  const GroupReader files = scenario.group("files");
  const std::size_t count = files.length("file");
  const auto paths = files.texts("file", count), texts = files.texts("text", count);
  for (std::size_t i = 0; i < count; ++i) results.scenario_files.push_back({paths[i], texts[i]});
  results.scenario_text = scenario.text("text");
  results.settings = read_settings(scenario.group("settings"));
  results.inputs = read_inputs(scenario.group("inputs"));
  for (const GroupReader& group : root.group("analyses").named_groups()) {
    AnalysisResult analysis = read_analysis(group);
    if (analysis.name == study::probabilistic_name) {
      results.probabilistic = std::move(analysis);
    } else {
      results.analyses.push_back(std::move(analysis));
    }
  }
  const std::size_t strategies = results.analyses.empty() ? 0 : results.analyses.front().strategies.size();
  results.sensitivity = read_sensitivity(root.group("sensitivity"), strategies);
  expect_consistent(results);
  return results;
}

RunResults read_file(const std::filesystem::path& path) {
  hdf5::expect_hdf5(path);
  const Checksum checksum = verify_checksum(path);
  if (checksum == Checksum::bad) throw IoError("its content does not match its checksum: it is damaged or was altered");
  // The checksum tells damage from use; who made the file could make the checksum too.
  try_in_child(std::filesystem::file_size(path), [&] { read_checked(path, checksum); });
  return read_checked(path, checksum);
}

}  // namespace

RunResults read(const std::filesystem::path& path) {
  hdf5::silence();
  try {
    return read_file(path);
  } catch (const IoError& error) {
    const std::string problem = error.what();
    const std::string remedy =
        problem.find(" -- ") == std::string::npos ? " -- copy it again from its origin, or run the scenario again" : "";
    throw IoError("cannot read the results in '" + path.string() + "': " + problem + remedy);
  }
}

}  // namespace myelin::results
