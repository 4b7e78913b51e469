#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/common.hpp"
#include "engine/cohort.hpp"
#include "report/text_table.hpp"
#include "results/results.hpp"
#include "study/joint_groups.hpp"

/// \file
/// The commands that look without simulating: check, digest, describe.

namespace myelin::cli {

namespace {

void print_implications(const study::Plan& plan) {
  for (const DescriptiveTable& table : plan.model->implications(plan.analyses.front().scenario.parameters)) {
    std::vector<report::TableColumn> columns;
    for (const std::string& heading : table.columns) columns.push_back({heading, report::TableColumn::Kind::text});
    fmt::print("\n{}\n\n{}", table.title, report::render_table(columns, table.rows));
  }
}

std::string first_of(const std::vector<std::string>& names, std::size_t most) {
  const std::size_t shown = std::min(most, names.size());
  const std::string text = fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<long>(shown), ", "));
  return text + (names.size() > shown ? fmt::format(" and {} more", names.size() - shown) : "");
}

/// What a probabilistic run would vary and what it would not, though its range says that it is uncertain; and where the
/// mean of draws is not the value, so that the probabilistic result differs from the deterministic one.
void print_uncertainty(const scenario::Scenario& scenario) {
  constexpr std::size_t most_names = 8;
  constexpr double notable_difference = 0.05;
  const study::UncertainInputs uncertain = study::uncertain_inputs(scenario);
  if (uncertain.varied.empty()) return;
  std::vector<std::string> shifted;
  for (const ParameterSet::Number& number : scenario.parameters.numbers()) {
    const std::optional<Distribution>& spread = number.provenance->spread;
    if (!spread || spread->is_fixed()) continue;
    const double mean = spread->mean();
    if (std::abs(mean - number.value) > notable_difference * std::abs(number.value))
      shifted.push_back(fmt::format("{} ({:.3g}, mean {:.3g})", number.name, number.value, mean));
  }
  fmt::print("{} inputs vary in a probabilistic run (--draws)\n", uncertain.varied.size());
  if (!uncertain.left_out.empty()) {
    fmt::print("note: {} with a range but without a distribution do not vary: {}\n", uncertain.left_out.size(),
               first_of(uncertain.left_out, most_names));
  }
  if (!shifted.empty()) {
    fmt::print("note: of {} the mean over draws is more than 5 % off the value: {}\n", shifted.size(),
               first_of(shifted, most_names));
  }
}

void print_inputs(const ParameterSet& parameters) {
  std::vector<std::vector<std::string>> rows;
  for (const ParameterSet::Number& number : parameters.numbers()) {
    rows.push_back({number.name, fmt::format("{:.6g}", number.value), *number.unit, number.provenance->distribution,
                    number.provenance->grade});
  }
  constexpr auto text = report::TableColumn::Kind::text;
  fmt::print("\n{}", report::render_table(
                         {{"Input", text}, {"Value"}, {"Unit", text}, {"Distribution", text}, {"Grade", text}}, rows));
}

}  // namespace

int check(const Options& options) {
  const Result<study::Plan> plan = study::make_plan(request_of(options), models());
  if (!plan) return report_problems(plan.error());
  const study::PlannedAnalysis& base = plan->analyses.front();
  Diagnostics problems;
  study::draw_rules(base.scenario, problems);  // whether or not draws are asked for this time
  if (const auto questions = plan_questions(*plan); !questions)
    problems.insert(problems.end(), questions.error().begin(), questions.error().end());
  if (!problems.empty()) return report_problems(problems);
  fmt::print("{}: no problems; {} strategies, {} inputs from {} sources, {} alternative{}\n", options.scenario,
             base.strategies.size(), base.scenario.parameters.numbers().size(), base.scenario.sources.size(),
             plan->analyses.size() - 1, plan->analyses.size() == 2 ? "" : "s");
  for (const std::string& remark : plan->model->remarks(base.scenario.parameters)) fmt::print("note: {}\n", remark);
  print_uncertainty(base.scenario);
  if (options.inputs) print_inputs(base.scenario.parameters);
  print_implications(*plan);
  return exit_good;
}

int digest(const Options& options) {
  const results::RunResults run = results::read(options.results);
  if (!options.by_strategy) {
    fmt::print("{}\n", results::digest(run));
    return exit_good;
  }
  for (const auto& [strategy, value] : results::digest_by_strategy(run)) fmt::print("{}  {}\n", value, strategy);
  return exit_good;
}

namespace {

std::string names_of(const Program& program, const std::vector<Read>& reads) {
  std::vector<std::string> names;
  for (const Read& read : reads) names.push_back(program.attributes[read.attribute.value].name);
  return names.empty() ? "nothing" : fmt::format("{}", fmt::join(names, ", "));
}

void describe_step(const Program& program, const Step& step) {
  const std::string guard =
      step.guard
          ? fmt::format(
                " (only {} = {})", program.attributes[step.guard->attribute.value].name,
                program.attributes[step.guard->attribute.value].levels[static_cast<std::size_t>(step.guard->level)])
          : "";
  if (const auto* draw = std::get_if<Draw>(&step.action)) {
    std::vector<std::string> writes;
    for (const AttributeIndex write : draw->writes) writes.push_back(program.attributes[write.value].name);
    fmt::print("    draw   {}{}: {} from {}; {} rows, up to {} outcomes\n", step.name, guard, fmt::join(writes, ", "),
               names_of(program, draw->reads), draw->rows, draw->outcomes);
  } else if (const auto* accrual = std::get_if<Accrual>(&step.action)) {
    fmt::print("    accrue {}{}: {} by {}; {} rows\n", step.name, guard, program.outcomes[accrual->outcome.value].name,
               names_of(program, accrual->reads), accrual->rows);
  } else {
    const auto& tally = std::get<Tally>(step.action);
    fmt::print("    tally  {}{}: by {}; {} cells\n", step.name, guard, names_of(program, tally.reads), tally.cells);
  }
}

void describe_program(const Program& program) {
  static constexpr const char* kinds[] = {"constant", "clock", "transient", "state"};
  fmt::print("\nProgram of strategy {}, {} cycles\n  attributes\n", program.name, program.cycles);
  for (const Attribute& attribute : program.attributes) {
    fmt::print("    {:<9} {}: {} levels, {} to {}\n", kinds[static_cast<std::size_t>(attribute.kind)], attribute.name,
               attribute.levels.size(), attribute.levels.front(), attribute.levels.back());
  }
  const std::pair<Phase, const char*> phases[] = {{Phase::start, "once, before time point 0"},
                                                  {Phase::point, "at each time point"},
                                                  {Phase::cycle, "in each cycle"}};
  for (const auto& [phase, title] : phases) {
    fmt::print("  {}\n", title);
    for (const Step& step : program.steps(phase)) describe_step(program, step);
  }
  const auto cohort = engine::CohortEngine::make(program, {}, {});
  if (cohort) {
    fmt::print("  cohort engine: {} states in {} slice{}\n", cohort->states(), cohort->slices(),
               cohort->slices() == 1 ? "" : "s");
  } else {
    fmt::print("  cohort engine: {}\n", cohort.error().front().problem);
  }
}

int describe_model(const Options& options) {
  std::vector<std::string> names;
  for (const Model* model : models()) names.push_back(model->name());
  const auto found = std::ranges::find(names, options.model);
  if (found == names.end()) {
    return report_problems({{{"describe model", 0, 0},
                             fmt::format("there is no model '{}'", options.model),
                             fmt::format("choose one of {}", fmt::join(names, ", "))}});
  }
  const Model& model = *models()[static_cast<std::size_t>(found - names.begin())];
  if (options.scenario.empty()) {
    fmt::print("{}", scenario::describe(model.schema()));
    if (const std::string formulas = model.describe_formulas(); !formulas.empty()) fmt::print("\n{}", formulas);
    return exit_good;
  }
  const Result<study::Plan> plan = study::make_plan(request_of(options), models());
  if (!plan) return report_problems(plan.error());
  print_implications(*plan);
  for (const Program& program : plan->analyses.front().programs) describe_program(program);
  return exit_good;
}

}  // namespace

int describe(const Options& options) {
  if (options.topic == "model") return describe_model(options);
  if (options.topic == "results") {
    fmt::print("{}", results::describe_schema());
    return exit_good;
  }
  fmt::print("{}", scenario::describe(scenario::common_schema()));
  fmt::print("\nDecision analysis of a finished run\n\n{}", scenario::describe(scenario::decision_schema()));
  for (const Model* model : models()) {
    fmt::print("\nModel {}\n\n{}", model->name(), scenario::describe(model->schema()));
    if (const std::string formulas = model->describe_formulas(); !formulas.empty()) fmt::print("\n{}", formulas);
  }
  return exit_good;
}

}  // namespace myelin::cli
