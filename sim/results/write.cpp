#include <limits>

#include "core/build_info.hpp"
#include "core/contract.hpp"
#include "core/diagnostic.hpp"
#include "results/group_writer.hpp"
#include "results/memory_file.hpp"
#include "results/names.hpp"
#include "results/results.hpp"
#include "results/sensitivity_file.hpp"
#include "results/whole_file.hpp"

namespace myelin::results {

namespace {

using hdf5::GroupWriter;
using hdf5::Handle;

const std::vector<std::string> column_names = {"discounted", "undiscounted"};

/// [item] the member of each item.
template <class Item, class Member>
std::vector<Member> column(const std::vector<Item>& items, Member Item::*member) {
  std::vector<Member> values;
  for (const Item& item : items) values.push_back(item.*member);
  return values;
}

/// [slice] where the member array of each item, which must hold `size` values, lies.
template <class Item>
std::vector<const std::vector<double>*> arrays(const std::vector<Item>& items, std::vector<double> Item::*member,
                                               std::size_t size) {
  std::vector<const std::vector<double>*> pointers;
  for (const Item& item : items) {
    if ((item.*member).size() != size) fail_contract("array has the shape of its analysis", __FILE__, __LINE__);
    pointers.push_back(&(item.*member));
  }
  return pointers;
}

void write_run(const GroupWriter& root, const RunResults& results) {
  const BuildInfo build = build_info();
  root.attribute("filetype", std::string(filetype));
  root.attribute("version", std::vector<std::uint64_t>{format_version.major, format_version.minor});
  root.attribute("program_version", std::string(build.version));
  root.attribute("commit", std::string(build.commit));
  root.attribute("compiler", std::string(build.compiler));
  root.attribute("title", results.title);
  root.attribute("model", results.model);
  root.attribute("engine", results.engine);
  root.attribute("patients", results.patients);
  root.attribute("seed", results.seed);
  root.attribute("scenario_sha256", results.scenario_sha256);
  root.attribute("cycle_length_years", results.cycle_length_years);
  root.attribute("currency", results.currency);
  root.attribute("price_year", results.price_year);
  root.attribute("thresholds", results.thresholds);
}

void write_settings(const GroupWriter& group, const std::vector<Setting>& settings) {
  std::vector<std::string> kinds;
  for (const Setting& setting : settings) {
    kinds.push_back(setting.kind == Setting::Kind::text     ? "text"
                    : setting.kind == Setting::Kind::number ? "number"
                                                            : "integer");
  }
  group.dataset("setting", column(settings, &Setting::key));
  group.dataset("value", column(settings, &Setting::value));
  group.dataset("kind", kinds);
}

void write_inputs(const GroupWriter& group, const std::vector<InputRecord>& inputs) {
  const auto provenance = column(inputs, &InputRecord::provenance);
  const auto bounds = [&](std::optional<double> Provenance::*bound) {
    std::vector<double> values;
    for (const Provenance& p : provenance)
      values.push_back((p.*bound).value_or(std::numeric_limits<double>::quiet_NaN()));
    return values;
  };
  group.dataset("input", column(inputs, &InputRecord::path));
  group.dataset("value", column(inputs, &InputRecord::value));
  group.dataset("unit", column(inputs, &InputRecord::unit));
  group.dataset("source", column(provenance, &Provenance::source));
  group.dataset("grade", column(provenance, &Provenance::grade));
  group.dataset("distribution", column(provenance, &Provenance::distribution));
  group.dataset("low", bounds(&Provenance::low));
  group.dataset("high", bounds(&Provenance::high));
  group.dataset("note", column(provenance, &Provenance::note));
}

void write_increments(const GroupWriter& group, const AnalysisResult& analysis) {
  const auto& increments = analysis.increments;
  std::vector<std::string> names;
  std::vector<std::uint64_t> strategies, versus;
  for (const IncrementResult& increment : increments) {
    const auto& [a, b] = increment.pair;
    names.push_back(analysis.strategies.at(a).name + " versus " + analysis.strategies.at(b).name);
    strategies.push_back(a);
    versus.push_back(b);
  }
  group.dataset("pair", names);
  group.dataset("outcome", column(analysis.outcomes, &OutcomeInfo::name));
  group.dataset("column", column_names);
  group.dataset("strategy_index", strategies);
  group.dataset("versus_index", versus);

  const hdf5::Shape shape = {increments.size(), analysis.outcomes.size(), column_count};
  const std::size_t size = analysis.outcomes.size() * column_count;
  group.slices("mean", shape, arrays(increments, &IncrementResult::mean, size));
  group.slices("standard_error", shape, arrays(increments, &IncrementResult::standard_error, size));
  group.dataset("cost_qaly_covariance", column(increments, &IncrementResult::cost_qaly_covariance));
}

void write_drawn(const GroupWriter& group, const AnalysisResult& analysis) {
  const DrawnInputs& drawn = analysis.drawn;
  group.counting_scale("draw", analysis.draws);
  group.dataset("input", drawn.names);
  const hdf5::Shape shape = {analysis.draws, drawn.names.size()};
  if (drawn.values.size() != shape[0] * shape[1]) fail_contract("a value for each draw and input", __FILE__, __LINE__);
  group.table("value", shape, drawn.values);
  group.dataset("expectation", drawn.expectations);
  group.dataset("variance", drawn.variances);
}

void write_timing(const GroupWriter& group, const AnalysisResult& analysis) {
  const Timing& timing = analysis.timing;
  group.attribute("cycles", std::uint64_t{timing.cycles});
  group.attribute("cycle_length_years", timing.cycle_length.value);
  group.attribute("within_cycle_correction", name_of(within_cycle_corrections(), timing.correction));
  group.attribute("discount_timing", name_of(discount_timings(), timing.discounting));
  group.attribute("custom_weights", timing.custom_weights);
  group.attribute("compounding", std::string(analysis.discount_cost.compounded ? "annual" : "continuous"));
  for (const auto& [name, rate] : {std::pair("cost", &analysis.discount_cost), {"qaly", &analysis.discount_qaly}}) {
    std::vector<double> from_year, rate_per_year;
    for (const DiscountRate::Step& step : rate->steps) {
      from_year.push_back(step.from.value);
      rate_per_year.push_back(step.rate_per_year);
    }
    group.attribute(std::string(name) + "_from_year", from_year);
    group.attribute(std::string(name) + "_rate_per_year", rate_per_year);
  }
}

void write_totals(const GroupWriter& group, const std::vector<OutcomeInfo>& outcomes) {
  std::vector<std::string> names;
  std::vector<std::uint64_t> totals, parts;
  for (std::size_t total = 0; total < outcomes.size(); ++total) {
    for (const std::size_t part : outcomes[total].parts) {
      names.push_back(outcomes[total].name + ": " + outcomes.at(part).name);
      totals.push_back(total);
      parts.push_back(part);
    }
  }
  group.dataset("part", names);
  group.dataset("total_index", totals);
  group.dataset("part_index", parts);
}

void write_amounts(const GroupWriter& group, const AnalysisResult& analysis) {
  std::vector<std::string> names;
  std::vector<std::uint64_t> strategies, outcomes;
  std::vector<engine::AmountsByTime> known;
  for (std::size_t s = 0; s < analysis.strategies.size(); ++s) {
    const StrategyResult& strategy = analysis.strategies[s];
    if (strategy.amounts.size() != analysis.outcomes.size())
      fail_contract("every outcome has amounts or none", __FILE__, __LINE__);
    for (std::size_t outcome = 0; outcome < strategy.amounts.size(); ++outcome) {
      if (!strategy.amounts[outcome]) continue;
      names.push_back(strategy.name + ": " + analysis.outcomes[outcome].name);
      strategies.push_back(s);
      outcomes.push_back(outcome);
      known.push_back(*strategy.amounts[outcome]);
    }
  }
  const std::size_t cycles = analysis.timing.cycles, points = cycles + 1;
  group.dataset("accrued", names);
  group.counting_scale("time_point", points);
  group.counting_scale("cycle", cycles);
  group.dataset("strategy_index", strategies);
  group.dataset("outcome_index", outcomes);
  group.dataset("at_start", column(known, &engine::AmountsByTime::start));
  group.slices("at_time_points", {known.size(), points}, arrays(known, &engine::AmountsByTime::point, points));
  group.slices("in_cycles", {known.size(), cycles}, arrays(known, &engine::AmountsByTime::event, cycles));
}

/// Strategies that share the datasets of a tally: those that count the same by the same axes.
struct TallyLayout {
  const TallyResult* axes = nullptr;             ///< of the first of them
  std::vector<std::uint64_t> strategies;         ///< indices within the analysis
  std::vector<std::uint64_t> positions;          ///< [strategy]: place in its list of tallies
  std::vector<const std::vector<double>*> data;  ///< [strategy]: its `per_patient`
};

bool same_axes(const TallyResult& a, const TallyResult& b) {
  return a.name == b.name && a.description == b.description && a.time_axis == b.time_axis && a.times == b.times &&
         a.attributes == b.attributes && a.levels == b.levels;
}

/// In order of first appearance; commonly one layout a tally. A strategy may count what others do not, or by attributes
/// with other levels.
std::vector<TallyLayout> tally_layouts(const AnalysisResult& analysis) {
  std::vector<TallyLayout> layouts;
  for (std::size_t s = 0; s < analysis.strategies.size(); ++s) {
    const auto& tallies = analysis.strategies[s].tallies;
    for (std::size_t i = 0; i < tallies.size(); ++i) {
      TallyLayout* layout = nullptr;
      for (TallyLayout& known : layouts) {
        if (known.strategies.back() != s && same_axes(*known.axes, tallies[i])) layout = &known;
      }
      if (layout == nullptr) layout = &layouts.emplace_back(TallyLayout{&tallies[i], {}, {}, {}});
      layout->strategies.push_back(s);
      layout->positions.push_back(i);
      layout->data.push_back(&tallies[i].per_patient);
    }
  }
  return layouts;
}

void write_tally(const GroupWriter& group, const AnalysisResult& analysis, const TallyLayout& layout) {
  const TallyResult& tally = *layout.axes;
  group.attribute("name", tally.name);
  group.attribute("description", tally.description);
  group.attribute("time_axis", tally.time_axis);
  group.attribute("attributes", tally.attributes);

  std::vector<std::string> names;
  for (const std::uint64_t s : layout.strategies) names.push_back(analysis.strategies[s].name);
  group.dataset("strategy", names);
  group.counting_scale("time", tally.times);
  group.dataset("strategy_index", layout.strategies);
  group.dataset("position", layout.positions);

  hdf5::Shape shape = {layout.strategies.size(), tally.times};
  std::vector<std::string> axes;
  std::size_t cells = 1;
  for (std::size_t a = 0; a < tally.attributes.size(); ++a) {
    axes.push_back(group.named_scale(tally.attributes[a], tally.levels.at(a)));
    shape.push_back(tally.levels[a].size());
    cells *= tally.levels[a].size();
  }
  for (const auto* data : layout.data) {
    if (data->size() != tally.times * cells) fail_contract("tally fits its axes", __FILE__, __LINE__);
  }
  group.slices("per_patient", shape, layout.data, axes);
}

void write_analysis(const GroupWriter& group, const AnalysisResult& analysis) {
  const auto& strategies = analysis.strategies;
  const auto& outcomes = analysis.outcomes;
  std::vector<std::string> discounted_as, event_weight, state_weight;
  for (const OutcomeInfo& outcome : outcomes) {
    discounted_as.push_back(name_of(discount_roles(), outcome.discounted_as));
    event_weight.push_back(name_of(event_weights(), outcome.event_weight));
    state_weight.push_back(name_of(state_weights(), outcome.state_weight));
  }
  group.attribute("name", analysis.name);
  group.attribute("overrides", analysis.overrides);
  group.attribute("patients", analysis.patients);
  group.counting_scale("draw", analysis.draws);
  group.dataset("strategy", column(strategies, &StrategyResult::name));
  group.dataset("outcome", column(outcomes, &OutcomeInfo::name));
  group.dataset("column", column_names);
  group.dataset("strategy_label", column(strategies, &StrategyResult::label));
  group.dataset("table_digest", column(strategies, &StrategyResult::table_digest));
  group.dataset("cohort_states", column(strategies, &StrategyResult::cohort_states));
  group.dataset("outcome_unit", column(outcomes, &OutcomeInfo::unit));
  group.dataset("outcome_description", column(outcomes, &OutcomeInfo::description));
  group.dataset("outcome_discounted_as", discounted_as);
  group.dataset("outcome_event_weight", event_weight);
  group.dataset("outcome_state_weight", state_weight);

  const hdf5::Shape shape = {analysis.draws, strategies.size(), outcomes.size(), column_count};
  const std::size_t size = analysis.draws * outcomes.size() * column_count;
  group.slices("mean", shape, arrays(strategies, &StrategyResult::mean, size));
  group.slices("standard_error", shape, arrays(strategies, &StrategyResult::standard_error, size));

  write_drawn(group.group("drawn"), analysis);
  write_timing(group.group("timing"), analysis);
  write_totals(group.group("totals"), outcomes);
  write_amounts(group.group("amounts"), analysis);
  write_increments(group.group("increments"), analysis);
  const GroupWriter tallies = group.group("tallies");
  for (const TallyLayout& layout : tally_layouts(analysis)) {
    write_tally(tallies.named_group(layout.axes->name), analysis, layout);
  }
}

void write_all(const GroupWriter& root, const RunResults& results) {
  write_run(root, results);
  const GroupWriter scenario = root.group("scenario");
  scenario.attribute("path", results.scenario_path);
  scenario.attribute("overrides", results.scenario_overrides);
  scenario.attribute("strategies", results.strategies_asked_for);
  scenario.dataset("text", results.scenario_text);
  const GroupWriter files = scenario.group("files");
  files.dataset("file", column(results.scenario_files, &ScenarioFile::relative_path));
  files.dataset("text", column(results.scenario_files, &ScenarioFile::text));
  write_settings(scenario.group("settings"), results.settings);
  write_inputs(scenario.group("inputs"), results.inputs);
  const GroupWriter analyses = root.group("analyses");
  for (const AnalysisResult& analysis : results.analyses) write_analysis(analyses.named_group(analysis.name), analysis);
  if (results.probabilistic) write_analysis(analyses.named_group(results.probabilistic->name), *results.probabilistic);
  write_sensitivity(root.group("sensitivity"), results);
}

}  // namespace

void write(const RunResults& results, const std::filesystem::path& path) {
  hdf5::MemoryFile file;
  write_all(GroupWriter(file.id()), results);
  write_whole_file(path, file.close());
}

}  // namespace myelin::results
