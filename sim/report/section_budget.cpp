#include <fmt/format.h>

#include <algorithm>

#include "economics/budget_impact.hpp"
#include "report/budget_request.hpp"
#include "report/section.hpp"
#include "report/section_support.hpp"
#include "report/text_table.hpp"
#include "report/wording.hpp"

namespace myelin::report {

namespace {

using namespace economics;
using results::AnalysisResult;
using Json = nlohmann::ordered_json;
using Cells = std::vector<std::vector<std::string>>;

constexpr int patient_decimals = 1;

Table total_table(const BudgetRequest& request, const std::vector<BudgetYear>& years) {
  Cells cells;
  for (std::size_t year = 0; year < years.size(); ++year) {
    const BudgetDifference& total = years[year].total;
    cells.push_back({request.name_of(year), format_number(years[year].eligible, patient_decimals)});
    for (const double money : {total.without, total.with, total.difference, total.cumulative})
      cells.back().push_back(format_number(money, money_decimals));
  }
  return {{{"Year", TableColumn::Kind::text},
           {"Eligible\npatients"},
           {"Cost without"},
           {"Cost with"},
           {"Difference"},
           {"Cumulative"}},
          cells};
}

/// A table of strategies by years.
template <class Value>
Table strategies_by_year(const Material& material, const BudgetRequest& request, const std::vector<BudgetYear>& years,
                         int decimals, const Value& value) {
  std::vector<TableColumn> columns{{"Strategy", TableColumn::Kind::text}};
  for (std::size_t year = 0; year < years.size(); ++year) columns.push_back({request.name_of(year)});
  Cells cells;
  for (std::size_t s = 0; s < request.strategies.size(); ++s) {
    cells.push_back({label(decisive_analysis(material.run), request.strategies[s])});
    for (const BudgetYear& year : years) cells.back().push_back(format_number(value(year, s), decimals));
  }
  return {columns, cells};
}

Document uptake_tables(const Material& material, const BudgetRequest& request, const std::vector<BudgetYear>& years) {
  const auto table = [&](const std::string& title, const auto& value) {
    return Heading{title, true} + strategies_by_year(material, request, years, patient_decimals, value);
  };
  Document tables = table("Patients at the end of the year, with the new therapy",
                          [](const BudgetYear& year, std::size_t s) { return year.with[s].patients; }) +
                    table("Patients who start in the year, with the new therapy",
                          [](const BudgetYear& year, std::size_t s) { return year.with[s].starters; });
  const bool anybody_waits = std::ranges::any_of(years, [](const BudgetYear& year) {
    return std::ranges::any_of(year.with, [](const Uptake& uptake) { return uptake.not_admitted > 0; });
  });
  if (anybody_waits)
    tables += table("Patients not admitted for lack of capacity, with the new therapy",
                    [](const BudgetYear& year, std::size_t s) { return year.with[s].not_admitted; });
  return tables;
}

std::string explanation(const Material& material, const BudgetRequest& request) {
  return fmt::format(
      "Costs are undiscounted {} of each calendar year, for all eligible patients of the payer, by what a strategy "
      "costs in each year since its start, deaths and changes of therapy included. Patients start {}. Those on a "
      "strategy before {} cost what its patients cost in year {} after their start. Eligible patients do not leave the "
      "population. Costs that the analysis leaves out are left out here too. The numbers have no standard error: how "
      "many patients there are and what share each strategy takes is far less certain than the costs.",
      material.run.currency,
      request.input.entry == Entry::mid_year ? "in the middle of a year on average" : "at the start of a year",
      request.first_year, request.input.strategies.front().cost_by_year_since_start.size());
}

Json uptake_json(const Uptake& uptake) {
  return {{"patients", uptake.patients},
          {"starters", uptake.starters},
          {"not_admitted", uptake.not_admitted},
          {"cost", uptake.cost}};
}

Json difference_json(const BudgetDifference& difference) {
  return {{"cost_without", difference.without},
          {"cost_with", difference.with},
          {"difference", difference.difference},
          {"cumulative", difference.cumulative}};
}

Json to_json(const BudgetRequest& request, const std::vector<BudgetYear>& years) {
  Json json = {{"years", Json::array()}};
  for (std::size_t year = 0; year < years.size(); ++year) {
    Json row = {{"year", request.first_year + static_cast<std::int64_t>(year)}, {"eligible", years[year].eligible}};
    row.update(difference_json(years[year].total));
    row["strategies"] = Json::object();
    for (std::size_t s = 0; s < request.input.strategies.size(); ++s) {
      Json strategy = {{"without", uptake_json(years[year].without[s])}, {"with", uptake_json(years[year].with[s])}};
      strategy.update(difference_json(years[year].strategies[s]));
      row["strategies"][request.input.strategies[s].name] = std::move(strategy);
    }
    json["years"].push_back(std::move(row));
  }
  for (const BudgetStrategy& strategy : request.input.strategies) {
    json["cost_at_start"][strategy.name] = strategy.cost_at_start;
    json["cost_by_year_since_start"][strategy.name] = strategy.cost_by_year_since_start;
  }
  return json;
}

}  // namespace

Diagnostics check_budget(const Questions& questions) {
  const std::optional<SourcePlace> place = first_key_below(questions.scenario.parameters, "budget");
  if (!place) return {};
  const Result<BudgetRequest> request = read_budget_request(questions, *place);
  if (!request) return request.error();
  const Result<std::vector<BudgetYear>> years = analyse_budget_impact(request->input);
  return years ? Diagnostics{} : placed_at(*place, years.error());
}

Result<std::optional<Section>> budget_section(const Material& material) {
  const ParameterSet& parameters = material.scenario.parameters;
  const std::optional<SourcePlace> place = first_key_below(parameters, "budget");
  if (!place) return std::nullopt;
  Result<BudgetRequest> request = read_budget_request(Questions::of(material), *place);
  if (!request) return tl::unexpected(request.error());
  if (Diagnostics problems = add_costs(material, *request); !problems.empty()) return tl::unexpected(problems);
  const Result<std::vector<BudgetYear>> years = analyse_budget_impact(request->input);
  if (!years) return tl::unexpected(placed_at(*place, years.error()));
  Document document =
      heading(material.run, decisive_analysis(material.run), "Budget impact") + total_table(*request, *years) +
      Heading{"Difference by strategy", true} +
      strategies_by_year(material, *request, *years, money_decimals,
                         [](const BudgetYear& year, std::size_t s) { return year.strategies[s].difference; }) +
      uptake_tables(material, *request, *years) + Paragraph{explanation(material, *request)};
  return Section{"budget_impact", std::move(document), to_json(*request, *years)};
}

}  // namespace myelin::report
