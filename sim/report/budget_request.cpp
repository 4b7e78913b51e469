#include "report/budget_request.hpp"

#include <fmt/format.h>

#include "economics/accruals.hpp"
#include "report/section_support.hpp"

namespace myelin::report {

namespace {

using namespace economics;
using results::AnalysisResult;

constexpr const char* strategies_key = "budget.strategies";

/// The years for which market shares are given; 0 without strategies.
std::size_t years_of_shares(const ParameterSet& parameters) {
  const std::vector<std::string> names = parameters.names_under(strategies_key);
  return names.empty() ? 0
                       : parameters.number_list(fmt::format("{}.{}.share_with", strategies_key, names.front())).size();
}

}  // namespace

std::string BudgetRequest::name_of(std::size_t year) const {
  return fmt::format("{}", first_year + static_cast<std::int64_t>(year));
}

Result<BudgetRequest> read_budget_request(const Questions& questions, const SourcePlace& place) {
  const ParameterSet& parameters = questions.scenario.parameters;
  Diagnostics problems =
      absent_keys(parameters, {"budget.prevalent_patients", "budget.incident_patients", "budget.first_year"}, place);
  BudgetRequest request;
  const std::size_t years = years_of_shares(parameters);
  for (const std::string& name : parameters.names_under(strategies_key)) {
    const std::string key = fmt::format("{}.{}", strategies_key, name), limit = key + ".most_starts_per_year";
    const Result<std::size_t> strategy = strategy_called(questions, name, parameters.entry(key + ".share_with").place);
    if (!strategy) {
      problems.insert(problems.end(), strategy.error().begin(), strategy.error().end());
      continue;
    }
    request.strategies.push_back(*strategy);
    request.input.strategies.push_back({.name = name,
                                        .cost_at_start = 0,
                                        .cost_by_year_since_start = std::vector<double>(years),
                                        .share_before = parameters.number(key + ".share_before"),
                                        .share_without = parameters.number_list(key + ".share_without"),
                                        .share_with = parameters.number_list(key + ".share_with"),
                                        .most_starts_per_year = {}});
    if (parameters.has(limit)) request.input.strategies.back().most_starts_per_year = parameters.number(limit);
  }
  if (!problems.empty()) return tl::unexpected(problems);
  request.input.prevalent_patients = parameters.number("budget.prevalent_patients");
  request.input.incident_patients.assign(years, parameters.number("budget.incident_patients"));
  request.input.entry = parameters.text("budget.entry") == "mid_year" ? Entry::mid_year : Entry::start_of_year;
  request.first_year = parameters.integer("budget.first_year");
  return request;
}

Diagnostics add_costs(const Material& material, BudgetRequest& request) {
  const AnalysisResult& analysis = decisive_analysis(material.run);
  const std::optional<std::size_t> cost = find_outcome(analysis, "cost");
  Diagnostics problems;
  for (std::size_t i = 0; i < request.strategies.size(); ++i) {
    BudgetStrategy& strategy = request.input.strategies[i];
    if (!cost || !knows_amounts(analysis, {request.strategies[i], *cost})) {
      const std::string key = fmt::format("{}.{}.share_with", strategies_key, strategy.name);
      problems.push_back({material.scenario.parameters.entry(key).place,
                          fmt::format("the run does not know when the costs of '{}' accrue", strategy.name),
                          "run the scenario again with this version of the program"});
      continue;
    }
    strategy.cost_at_start = amount_at_start(analysis, {request.strategies[i], *cost});
    strategy.cost_by_year_since_start =
        amounts_by_year(analysis, {request.strategies[i], *cost}, request.input.incident_patients.size());
  }
  return problems;
}

}  // namespace myelin::report
