#include "results/collect.hpp"

#include <algorithm>

#include "program/timing_settings.hpp"

namespace myelin::results {

namespace {

constexpr const char* engine_name(study::Engine engine) {
  return engine == study::Engine::cohort ? "cohort" : "microsimulation";
}

constexpr const char* axis_of(Phase phase) {
  return phase == Phase::start ? "start" : phase == Phase::point ? "time point" : "cycle";
}

std::vector<TallyResult> collect_tallies(const Program& program, study::StrategyOutput& output) {
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
      result.per_patient = std::move(output.tallies[tallies.size()]);
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

AnalysisResult collect_analysis(const study::PlannedAnalysis& planned, study::AnalysisOutput&& output) {
  AnalysisResult analysis;
  analysis.name = planned.name;
  analysis.overrides = planned.overrides;
  analysis.patients = output.patients;
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
    strategy.mean = std::move(output.strategies[i].outcomes.mean);
    strategy.standard_error = std::move(output.strategies[i].outcomes.standard_error);
    strategy.tallies = collect_tallies(output.programs[i], output.strategies[i]);
    strategy.amounts = std::move(output.strategies[i].amounts);
    strategy.cohort_states = output.strategies[i].cohort_states;
    analysis.strategies.push_back(std::move(strategy));
  }
  for (const study::IncrementOutput& increment : output.increments) {
    analysis.increments.push_back({{increment.strategy, increment.versus},
                                   increment.outcomes.mean,
                                   increment.outcomes.standard_error,
                                   increment.cost_qaly_covariance});
  }
  return analysis;
}

std::vector<InputRecord> collect_inputs(const ParameterSet& parameters) {
  std::vector<InputRecord> inputs;
  for (const ParameterSet::Number& number : parameters.numbers())
    inputs.push_back({number.name, number.value, *number.unit, *number.provenance});
  return inputs;
}

AnalysisResult collect_draws(study::Plan& plan, study::ProbabilisticOutput&& output) {
  AnalysisResult analysis = collect_analysis(plan.analyses.front(), std::move(output.mean));
  analysis.name = study::probabilistic_name;
  analysis.draws = plan.draws->draws();
  for (std::size_t s = 0; s < analysis.strategies.size(); ++s) {
    analysis.strategies[s].mean = std::move(output.draws[s].mean);
    analysis.strategies[s].standard_error = std::move(output.draws[s].standard_error);
  }
  for (const study::DrawnInput& input : plan.draws->inputs()) analysis.drawn.names.push_back(input.name);
  analysis.drawn.values = plan.draws->take_values();
  analysis.drawn.expectations = std::move(output.inputs.means);
  analysis.drawn.variances = std::move(output.inputs.variances);
  return analysis;
}

MovedInput collect_moved(const study::MovedInput& input) { return {input.name, input.unit, input.base}; }

CostAndQalys cost_and_qalys(const study::Outcomes& outcomes) { return {outcomes.cost, outcomes.qaly}; }

OneWayResult collect_bar(const study::OneWayBar& bar) {
  OneWayResult result{bar.bar.name, {}, cost_and_qalys(bar.at_low), cost_and_qalys(bar.at_high)};
  for (const study::PlannedBar::Range& range : bar.bar.ranges)
    result.ranges.push_back({collect_moved(range.input), range.low, range.high});
  return result;
}

TwoWayResult collect_grid(const study::TwoWayGrid& grid) {
  const auto axis = [](const study::PlannedGrid::Axis& planned) {
    return TwoWayResult::Axis{collect_moved(planned.input), planned.values};
  };
  TwoWayResult result{grid.grid.name, axis(grid.grid.x), axis(grid.grid.y), {}};
  for (const study::Outcomes& outcomes : grid.outcomes) result.outcomes.push_back(cost_and_qalys(outcomes));
  return result;
}

ThresholdResult collect_solution(const study::ThresholdSolution& solution) {
  const study::ThresholdSearch& search = solution.search;
  ThresholdResult result{search.name,          collect_moved(search.input),
                         search.strategy,      search.versus,
                         search.low,           search.high,
                         solution.evaluations, {}};
  for (const study::CrossingsAtThreshold& at : solution.thresholds) {
    ThresholdResult::Crossings& crossings = result.thresholds.emplace_back();
    crossings.threshold = at.threshold;
    for (const study::Crossing& crossing : at.crossings) {
      crossings.value.push_back(crossing.value);
      crossings.tolerance.push_back(crossing.tolerance);
    }
    for (const study::Better better : at.better) {
      crossings.better.push_back(better == study::Better::strategy ? Better::strategy
                                 : better == study::Better::versus ? Better::versus
                                                                   : Better::neither);
    }
  }
  return result;
}

SensitivityResult collect_sensitivity(const study::SensitivityOutput& output) {
  SensitivityResult result;
  result.engine = engine_name(output.engine);
  result.base = cost_and_qalys(output.base);
  for (const study::OneWayBar& bar : output.one_way) result.one_way.push_back(collect_bar(bar));
  for (const study::LeftOutInput& input : output.left_out) result.left_out.push_back({input.name, input.reason});
  for (const study::TwoWayGrid& grid : output.two_way) result.two_way.push_back(collect_grid(grid));
  for (const study::ThresholdSolution& each : output.threshold) result.threshold.push_back(collect_solution(each));
  return result;
}

}  // namespace

void describe_scenario(const study::Plan& plan, RunResults& run) {
  const scenario::Scenario& scenario = plan.analyses.front().scenario;
  const ParameterSet& parameters = scenario.parameters;
  run.scenario_path = scenario.path;
  run.scenario_files.clear();
  for (const scenario::File& file : scenario.files) run.scenario_files.push_back({file.relative, file.text});
  run.scenario_overrides = plan.overrides;
  run.strategies_asked_for = plan.strategies_asked_for;
  run.scenario_text = scenario.text;
  run.scenario_sha256 = scenario.sha256;
  run.title = scenario.title;
  run.model = scenario.model;
  run.seed = plan.seed;
  run.cycle_length_years = parameters.number("analysis.cycle_length_years");
  run.currency = parameters.text("analysis.currency");
  run.price_year = parameters.text("analysis.price_year");
  run.thresholds = parameters.number_list("analysis.thresholds");
  run.settings.clear();
  for (const char* key : {"perspective", "discount_timing", "within_cycle_correction", "accrual", "prices"}) {
    run.settings.push_back({key, parameters.text(std::string("analysis.") + key)});
  }
  for (const auto& [key, value] : plan.model->stated_settings(parameters)) run.settings.push_back({key, value});
  if (parameters.text("analysis.control") != "none")
    run.settings.push_back({"control", parameters.text("analysis.control")});
  run.inputs = collect_inputs(parameters);
}

RunResults collect(study::Plan plan, std::vector<study::AnalysisOutput> outputs,
                   std::optional<study::ProbabilisticOutput> probabilistic,
                   const std::optional<study::SensitivityOutput>& sensitivity) {
  RunResults run;
  describe_scenario(plan, run);
  run.engine = engine_name(plan.engine);
  run.patients = outputs.front().patients;
  for (std::size_t i = 0; i < outputs.size(); ++i)
    run.analyses.push_back(collect_analysis(plan.analyses[i], std::move(outputs[i])));
  if (probabilistic) run.probabilistic = collect_draws(plan, std::move(*probabilistic));
  if (sensitivity) run.sensitivity = collect_sensitivity(*sensitivity);
  return run;
}

}  // namespace myelin::results
