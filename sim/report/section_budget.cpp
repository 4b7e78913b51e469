#include <fmt/format.h>

#include <algorithm>

#include "economics/accruals.hpp"
#include "economics/budget_impact.hpp"
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

constexpr const char* strategies_key = "budget.strategies";
constexpr int patient_decimals = 1;

/// The question as asked, with what each strategy of the run costs.
struct Question {
  BudgetInput input;
  std::vector<std::size_t> strategies;  ///< [strategy of the input] its index in the run
  std::int64_t first_year = 0;

  std::size_t years() const { return input.incident_patients.size(); }
};

/// The years for which market shares are given; 0 without strategies.
std::size_t years_of_shares(const ParameterSet& parameters) {
  const std::vector<std::string> names = parameters.names_under(strategies_key);
  return names.empty() ? 0
                       : parameters.number_list(fmt::format("{}.{}.share_with", strategies_key, names.front())).size();
}

/// A strategy's market shares and costs.
Result<BudgetStrategy> read_strategy(const Material& material, const std::string& name, std::size_t years) {
  const AnalysisResult& analysis = decisive_analysis(material.run);
  const ParameterSet& parameters = material.scenario.parameters;
  const std::string key = fmt::format("{}.{}", strategies_key, name), limit = key + ".most_starts_per_year";
  const SourcePlace& place = parameters.entry(key + ".share_with").place;
  const Result<std::size_t> strategy = strategy_called(analysis, name, place);
  if (!strategy) return tl::unexpected(strategy.error());
  const std::optional<std::size_t> cost = find_outcome(analysis, "cost");
  if (!cost || !knows_amounts(analysis, {*strategy, *cost})) {
    return tl::unexpected(Diagnostics{{place, fmt::format("the run does not know when the costs of '{}' accrue", name),
                                       "run the scenario again with this version of the program"}});
  }
  BudgetStrategy read{.name = name,
                      .cost_at_start = amount_at_start(analysis, {*strategy, *cost}),
                      .cost_by_year_since_start = amounts_by_year(analysis, {*strategy, *cost}, years),
                      .share_before = parameters.number(key + ".share_before"),
                      .share_without = parameters.number_list(key + ".share_without"),
                      .share_with = parameters.number_list(key + ".share_with"),
                      .most_starts_per_year = {}};
  if (parameters.has(limit)) read.most_starts_per_year = parameters.number(limit);
  return read;
}

Result<Question> read_question(const Material& material, const SourcePlace& place) {
  const ParameterSet& parameters = material.scenario.parameters;
  Diagnostics problems =
      absent_keys(parameters, {"budget.prevalent_patients", "budget.incident_patients", "budget.first_year"}, place);
  Question question;
  const std::size_t years = years_of_shares(parameters);
  for (const std::string& name : parameters.names_under(strategies_key)) {
    Result<BudgetStrategy> strategy = read_strategy(material, name, years);
    if (strategy) {
      question.strategies.push_back(*strategy_called(decisive_analysis(material.run), name, {}));
      question.input.strategies.push_back(std::move(*strategy));
    } else {
      problems.insert(problems.end(), strategy.error().begin(), strategy.error().end());
    }
  }
  if (!problems.empty()) return tl::unexpected(problems);
  question.input.prevalent_patients = parameters.number("budget.prevalent_patients");
  question.input.incident_patients.assign(years, parameters.number("budget.incident_patients"));
  question.input.entry = parameters.text("budget.entry") == "mid_year" ? Entry::mid_year : Entry::start_of_year;
  question.first_year = parameters.integer("budget.first_year");
  return question;
}

std::string name_of_year(const Question& question, std::size_t year) {
  return fmt::format("{}", question.first_year + static_cast<std::int64_t>(year));
}

std::string total_table(const Question& question, const std::vector<BudgetYear>& years) {
  Cells cells;
  for (std::size_t year = 0; year < years.size(); ++year) {
    const BudgetDifference& total = years[year].total;
    cells.push_back({name_of_year(question, year), format_number(years[year].eligible, patient_decimals)});
    for (const double money : {total.without, total.with, total.difference, total.cumulative})
      cells.back().push_back(format_number(money, money_decimals));
  }
  return render_table({{"Year", TableColumn::Kind::text},
                       {"Eligible\npatients"},
                       {"Cost without"},
                       {"Cost with"},
                       {"Difference"},
                       {"Cumulative"}},
                      cells);
}

/// A table of strategies by years.
template <class Value>
std::string strategies_by_year(const Material& material, const Question& question, const std::vector<BudgetYear>& years,
                               int decimals, const Value& value) {
  std::vector<TableColumn> columns{{"Strategy", TableColumn::Kind::text}};
  for (std::size_t year = 0; year < years.size(); ++year) columns.push_back({name_of_year(question, year)});
  Cells cells;
  for (std::size_t s = 0; s < question.strategies.size(); ++s) {
    cells.push_back({label(decisive_analysis(material.run), question.strategies[s])});
    for (const BudgetYear& year : years) cells.back().push_back(format_number(value(year, s), decimals));
  }
  return render_table(columns, cells);
}

std::string uptake_tables(const Material& material, const Question& question, const std::vector<BudgetYear>& years) {
  const auto table = [&](const std::string& title, const auto& value) {
    return title + "\n\n" + strategies_by_year(material, question, years, patient_decimals, value) + "\n";
  };
  std::string text = table("Patients at the end of the year, with the new therapy",
                           [](const BudgetYear& year, std::size_t s) { return year.with[s].patients; }) +
                     table("Patients who start in the year, with the new therapy",
                           [](const BudgetYear& year, std::size_t s) { return year.with[s].starters; });
  const bool anybody_waits = std::ranges::any_of(years, [](const BudgetYear& year) {
    return std::ranges::any_of(year.with, [](const Uptake& uptake) { return uptake.not_admitted > 0; });
  });
  if (anybody_waits)
    text += table("Patients not admitted for lack of capacity, with the new therapy",
                  [](const BudgetYear& year, std::size_t s) { return year.with[s].not_admitted; });
  return text;
}

std::string explanation(const Material& material, const Question& question) {
  return fmt::format(
      "Costs are undiscounted {} of each calendar year, for all eligible patients of the payer, by what a strategy "
      "costs in each year since its start, deaths and changes of therapy included. Patients start {}. Those on a "
      "strategy before {} cost what its patients cost in year {} after their start. Eligible patients do not leave the "
      "population. Costs that the analysis leaves out are left out here too. The numbers have no standard error: how "
      "many patients there are and what share each strategy takes is far less certain than the costs.",
      material.run.currency,
      question.input.entry == Entry::mid_year ? "in the middle of a year on average" : "at the start of a year",
      question.first_year, question.input.strategies.front().cost_by_year_since_start.size());
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

Json to_json(const Question& question, const std::vector<BudgetYear>& years) {
  Json json = {{"years", Json::array()}};
  for (std::size_t year = 0; year < years.size(); ++year) {
    Json row = {{"year", question.first_year + static_cast<std::int64_t>(year)}, {"eligible", years[year].eligible}};
    row.update(difference_json(years[year].total));
    row["strategies"] = Json::object();
    for (std::size_t s = 0; s < question.input.strategies.size(); ++s) {
      Json strategy = {{"without", uptake_json(years[year].without[s])}, {"with", uptake_json(years[year].with[s])}};
      strategy.update(difference_json(years[year].strategies[s]));
      row["strategies"][question.input.strategies[s].name] = std::move(strategy);
    }
    json["years"].push_back(std::move(row));
  }
  for (const BudgetStrategy& strategy : question.input.strategies) {
    json["cost_at_start"][strategy.name] = strategy.cost_at_start;
    json["cost_by_year_since_start"][strategy.name] = strategy.cost_by_year_since_start;
  }
  return json;
}

}  // namespace

Result<std::optional<Section>> budget_section(const Material& material) {
  const ParameterSet& parameters = material.scenario.parameters;
  const std::optional<SourcePlace> place = first_key_below(parameters, "budget");
  if (!place) return std::nullopt;
  const Result<Question> question = read_question(material, *place);
  if (!question) return tl::unexpected(question.error());
  const Result<std::vector<BudgetYear>> years = analyse_budget_impact(question->input);
  if (!years) return tl::unexpected(placed_at(*place, years.error()));
  std::string text =
      heading(material.run, decisive_analysis(material.run), "Budget impact") + total_table(*question, *years) +
      "\nDifference by strategy\n\n" +
      strategies_by_year(material, *question, *years, money_decimals,
                         [](const BudgetYear& year, std::size_t s) { return year.strategies[s].difference; }) +
      "\n" + uptake_tables(material, *question, *years) + wrap(explanation(material, *question)) + "\n";
  return Section{"budget_impact", std::move(text), to_json(*question, *years)};
}

}  // namespace myelin::report
