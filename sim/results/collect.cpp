#include "results/collect.hpp"

#include <algorithm>

#include "program/timing_settings.hpp"

namespace myelin::results {

namespace {

constexpr const char* axis_of(Phase phase) {
  return phase == Phase::start ? "start" : phase == Phase::point ? "time point" : "cycle";
}

std::vector<TallyResult> collect_tallies(const Program& program, const study::StrategyOutput& output) {
  std::vector<TallyResult> tallies;
  for (const Phase phase : {Phase::start, Phase::point, Phase::cycle}) {
    for (const Step& step : program.steps(phase)) {
      const auto* tally = std::get_if<Tally>(&step.action);
      if (tally == nullptr) continue;
      TallyResult result;
      result.name = step.name;
      result.description = tally->description;
      result.time_axis = axis_of(phase);
      for (const Read& read : tally->reads) {
        result.attributes.push_back(program.attributes[read.attribute.value].name);
        result.levels.push_back(program.attributes[read.attribute.value].levels);
      }
      result.cells = tally->cells;
      result.per_patient = output.tallies[tallies.size()];
      result.times = result.per_patient.size() / result.cells;
      tallies.push_back(std::move(result));
    }
  }
  return tallies;
}

std::vector<OutcomeInfo> collect_outcomes(const Program& program) {
  std::vector<OutcomeInfo> outcomes;
  for (const Outcome& outcome : program.outcomes) {
    OutcomeInfo info{.name = outcome.name,
                     .unit = outcome.unit,
                     .description = outcome.description,
                     .discounted_as = outcome.discounted_as,
                     .event_weight = outcome.event_weight,
                     .state_weight = outcome.state_weight};
    for (const OutcomeIndex part : outcome.parts) info.parts.push_back(part.value);
    outcomes.push_back(std::move(info));
  }
  return outcomes;
}

std::vector<std::optional<AmountsResult>> collect_amounts(const engine::OutcomeAmounts& output) {
  std::vector<std::optional<AmountsResult>> amounts;
  for (const std::optional<engine::AmountsByTime>& of_outcome : output) {
    amounts.emplace_back();
    if (of_outcome) amounts.back() = AmountsResult{{of_outcome->start}, of_outcome->point, of_outcome->event};
  }
  return amounts;
}

AnalysisResult collect_analysis(const study::PlannedAnalysis& planned, const study::AnalysisOutput& output) {
  AnalysisResult analysis;
  analysis.name = planned.name;
  analysis.overrides = planned.overrides;
  const ParameterSet& parameters = planned.scenario.parameters;
  analysis.timing = read_timing(parameters);
  analysis.discount_cost = read_discount_cost(parameters);
  analysis.discount_qaly = read_discount_qaly(parameters);
  analysis.outcomes = collect_outcomes(planned.programs.front());
  for (std::size_t i = 0; i < planned.strategies.size(); ++i) {
    StrategyResult strategy;
    strategy.name = planned.strategies[i];
    strategy.label = parameters.text("strategies." + strategy.name + ".label");
    strategy.table_digest = table_digest(planned.programs[i]);
    strategy.mean = output.strategies[i].outcomes.mean;
    strategy.standard_error = output.strategies[i].outcomes.standard_error;
    strategy.tallies = collect_tallies(planned.programs[i], output.strategies[i]);
    strategy.amounts = collect_amounts(output.strategies[i].amounts);
    strategy.cohort_states = output.strategies[i].cohort_states;
    analysis.strategies.push_back(std::move(strategy));
  }
  for (const study::IncrementOutput& increment : output.increments) {
    analysis.increments.push_back({{increment.strategy, increment.versus},
                                   increment.outcomes.mean,
                                   increment.outcomes.standard_error,
                                   {increment.cost_qaly_covariance}});
  }
  return analysis;
}

/// The name of a table's row: `edss=3`, `sex=female, age=40`.
std::string row_name(const std::vector<KeyColumn>& columns, std::size_t row) {
  std::string name;
  for (std::size_t i = columns.size(); i-- > 0;) {
    const KeyColumn& column = columns[i];
    const std::size_t count =
        column.levels.empty() ? static_cast<std::size_t>(column.last - column.first + 1) : column.levels.size();
    const std::size_t level = row % count;
    row /= count;
    const std::string text =
        column.levels.empty() ? std::to_string(column.first + static_cast<int>(level)) : column.levels[level];
    name = column.name + "=" + text + (name.empty() ? "" : ", ") + name;
  }
  return name;
}

std::vector<InputRecord> collect_inputs(const ParameterSet& parameters) {
  std::vector<InputRecord> inputs;
  for (const ParameterSet::Entry& entry : parameters.entries()) {
    if (const auto* parameter = std::get_if<Parameter>(&entry.value)) {
      inputs.push_back({entry.path, parameter->value, parameter->unit, parameter->provenance});
    } else if (const auto* table = std::get_if<ParameterTable>(&entry.value)) {
      for (std::size_t row = 0; row < table->values.size(); ++row) {
        inputs.push_back({entry.path + "[" + row_name(table->columns, row) + "]", table->values[row], table->unit,
                          table->provenance[row]});
      }
    }
  }
  return inputs;
}

}  // namespace

RunResults collect(const study::Plan& plan, const std::vector<study::AnalysisOutput>& outputs) {
  const scenario::Scenario& scenario = plan.analyses.front().scenario;
  const ParameterSet& parameters = scenario.parameters;
  RunResults run;
  run.scenario_path = scenario.path;
  run.scenario_text = scenario.text;
  run.scenario_sha256 = scenario.sha256;
  run.title = scenario.title;
  run.model = scenario.model;
  run.engine = plan.engine == study::Engine::cohort ? "cohort" : "microsimulation";
  run.patients = plan.patients;
  run.seed = plan.seed;
  run.cycle_length_years = parameters.number("analysis.cycle_length_years");
  run.currency = parameters.text("analysis.currency");
  run.price_year = parameters.text("analysis.price_year");
  run.thresholds = parameters.number_list("analysis.thresholds");
  for (const char* key : {"perspective", "discount_timing", "within_cycle_correction", "accrual", "prices"}) {
    run.settings.push_back({key, parameters.text(std::string("analysis.") + key)});
  }
  for (const auto& [key, value] : plan.model->stated_settings(parameters)) run.settings.push_back({key, value});
  run.inputs = collect_inputs(parameters);
  for (std::size_t i = 0; i < outputs.size(); ++i)
    run.analyses.push_back(collect_analysis(plan.analyses[i], outputs[i]));
  return run;
}

}  // namespace myelin::results
