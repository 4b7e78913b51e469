#include "models/ms/access.hpp"

#include <fmt/format.h>

#include "cli/access.hpp"
#include "cli/common.hpp"
#include "engine/cohort.hpp"
#include "engine/conventions.hpp"
#include "report/access.hpp"

namespace myelin::cli {

namespace {

/// The exact expectations of a program's outcomes with their weights.
Result<std::vector<double>> expectations_of(const Program& program, const Population& population) {
  return engine::CohortEngine::make(program, population, {}).map([&](const engine::CohortEngine& cohort) {
    const std::vector<double> means = cohort.forward(program).means;
    std::vector<double> weighted;
    for (std::size_t i = 0; i < means.size(); i += engine::columns) weighted.push_back(means[i]);
    return weighted;
  });
}

report::AccessRow row_of(const ms::YearOfReferrals& year, const std::vector<double>& thresholds) {
  report::AccessRow row;
  row.referrals = year.referrals;
  row.capacity = year.capacity;
  row.transplants = year.transplants;
  row.transplants_at_minimum = year.transplants_at_minimum;
  row.qalys = year.qalys;
  row.qalys_lost_to_waiting = year.qalys_lost_to_waiting;
  row.qalys_lost_to_no_access = year.qalys_lost_to_no_access;
  row.extra_cost = year.extra_cost;
  for (const double threshold : thresholds) row.net_benefit_lost.push_back(year.net_benefit_lost(threshold));
  return row;
}

report::AccessAnalysis analysis_of(const study::PlannedAnalysis& planned, const std::vector<ms::RegionAccess>& regions,
                                   const std::vector<double>& thresholds) {
  report::AccessAnalysis analysis;
  analysis.name = planned.name;
  analysis.label = planned.label;
  for (const ms::RegionAccess& region : regions) {
    report::AccessRow& row = analysis.regions.emplace_back(row_of(region.year, thresholds));
    row.name = region.name;
    row.label = region.label;
    row.minimum_wait_years = region.minimum_wait.value;
    if (region.mean_wait) row.mean_wait_years = region.mean_wait->value;
    report::OneMoreRow& more = analysis.one_more.emplace_back();
    more.qalys = region.one_more.qalys;
    more.extra_cost = region.one_more.extra_cost;
    for (const double threshold : thresholds) more.net_benefit.push_back(region.one_more.net_benefit(threshold));
  }
  analysis.total = row_of(ms::total_of(regions), thresholds);
  analysis.total.name = "total";
  analysis.total.label = "All regions";
  return analysis;
}

report::AccessReport report_on(const ParameterSet& parameters) {
  const auto label = [&](const std::string& strategy) { return parameters.text("strategies." + strategy + ".label"); };
  report::AccessReport report;
  report.title = parameters.text("title");
  report.currency = parameters.text("analysis.currency");
  report.price_year = parameters.text("analysis.price_year");
  const std::string strategy = ms::access_strategy(parameters);
  report.strategy = label(strategy);
  const std::string procedure =
      "therapies." + parameters.text_list("strategies." + strategy + ".lines").front() + ".procedure.";
  if (parameters.has(procedure + "bridging"))
    report.bridging = parameters.text("therapies." + parameters.text(procedure + "bridging") + ".label");
  if (parameters.has("access.without")) report.without = label(parameters.text("access.without"));
  report.cycle_length_years = parameters.number("analysis.cycle_length_years");
  report.thresholds = parameters.number_list("analysis.thresholds");
  return report;
}

}  // namespace

bool asks_for_access(const study::Plan& plan) {
  return !plan.analyses.front().scenario.parameters.names_under("access.regions").empty();
}

Result<report::AccessReport> access_report(const study::Plan& plan) {
  std::vector<std::vector<ms::RegionAccess>> solved;
  for (const study::PlannedAnalysis& analysis : plan.analyses) {
    const Result<std::vector<ms::RegionAccess>> regions =
        ms::solve_access(*plan.model, analysis.scenario.parameters,
                         [&](const Program& program) { return expectations_of(program, analysis.population); });
    if (!regions) return tl::unexpected(regions.error());
    solved.push_back(*regions);
  }
  report::AccessReport report = report_on(plan.analyses.front().scenario.parameters);
  for (std::size_t i = 0; i < solved.size(); ++i)
    report.analyses.push_back(analysis_of(plan.analyses[i], solved[i], report.thresholds));
  return report;
}

int access(const Options& options) {
  study::PlanRequest request = request_of(options);
  request.overrides.push_back("analysis.engine=cohort");
  const Result<study::Plan> plan = study::make_plan(request, models());
  if (!plan) return report_problems(plan.error());
  if (plan->model->name() != "ms") {
    return report_problems({{{options.scenario, 0, 0},
                             fmt::format("access is known of the model 'ms' only, not of '{}'", plan->model->name()),
                             "give a scenario of the MS model"}});
  }
  const Result<report::AccessReport> report = access_report(*plan);
  if (!report) return report_problems(report.error());
  fmt::print("{}\n", options.json ? report::access_json(*report) : report::access_tables(*report));
  return exit_good;
}

}  // namespace myelin::cli
