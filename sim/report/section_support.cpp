#include "report/section_support.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/text_table.hpp"
#include "report/wording.hpp"

namespace myelin::report {

namespace {

constexpr std::size_t strategies_side_by_side = 5;

}  // namespace

Table strategy_table(const results::AnalysisResult& analysis, const std::string& first_heading,
                     const std::vector<StrategyRow>& rows) {
  Table table{{{first_heading, TableColumn::Kind::text}}, {}, strategies_side_by_side};
  for (std::size_t s = 0; s < analysis.strategies.size(); ++s)
    table.columns.push_back({label(analysis, s), TableColumn::Kind::number, label_width});
  for (const StrategyRow& row : rows) {
    table.rows.push_back({row.label});
    table.rows.back().insert(table.rows.back().end(), row.cells.begin(), row.cells.end());
  }
  return table;
}

Heading plain_heading(const results::AnalysisResult& analysis, const std::string& title) {
  if (analysis.draws == 1) return {title};
  return {fmt::format("{}, mean of {} parameter draws", title, format_number(static_cast<double>(analysis.draws), 0))};
}

std::string estimate_cell(const economics::Estimate& estimate, int decimals) {
  const std::string error = format_error(estimate.standard_error, decimals);
  return format_number(estimate.mean, decimals) + (error.empty() ? "" : "\n" + error);
}

nlohmann::ordered_json estimate_json(const economics::Estimate& estimate) {
  return {{"mean", estimate.mean}, {"mcse", estimate.standard_error}};
}

std::string percent(double proportion) { return format_number(100 * proportion, 1) + " %"; }

const results::AnalysisResult& decisive_analysis(const results::RunResults& run) {
  return run.probabilistic ? *run.probabilistic : run.analyses.front();
}

std::string meaning_of_error(const results::RunResults& run) {
  if (run.patients == 0) return "";
  return " ± is the Monte Carlo standard error; how far parameters are uncertain is not in it.";
}

std::optional<SourcePlace> first_key_below(const ParameterSet& parameters, const std::string& table) {
  for (const ParameterSet::Entry& entry : parameters.entries()) {
    if (entry.path.starts_with(table + ".") && entry.place.file != "default") return entry.place;
  }
  return std::nullopt;
}

Diagnostics absent_keys(const ParameterSet& parameters, std::initializer_list<const char*> keys,
                        const SourcePlace& place) {
  Diagnostics problems;
  for (const std::string key : keys) {
    if (parameters.has(key)) continue;
    problems.push_back({place, fmt::format("{} is asked for without {}", key.substr(0, key.find('.')), key),
                        fmt::format("add {} to the scenario", key)});
  }
  return problems;
}

Result<std::size_t> strategy_called(const Questions& questions, const std::string& name, const SourcePlace& place) {
  const std::vector<std::string>& names = questions.strategies;
  const auto found = std::ranges::find(names, name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  const std::vector<std::string> declared = questions.scenario.parameters.names_under("strategies");
  if (std::ranges::find(declared, name) != declared.end()) {
    return tl::unexpected(Diagnostics{{place, fmt::format("the strategy '{}' is not among those asked for", name),
                                       "add it to --strategies, or leave out the question"}});
  }
  const auto nearest = nearest_name(name, names);
  return tl::unexpected(Diagnostics{
      {place, fmt::format("the run has no strategy '{}'", name),
       nearest ? fmt::format("did you mean '{}'?", *nearest) : fmt::format("name one of {}", fmt::join(names, ", "))}});
}

Result<std::size_t> strategy_at(const Questions& questions, const std::string& key) {
  const ParameterSet& parameters = questions.scenario.parameters;
  return strategy_called(questions, parameters.text(key), parameters.entry(key).place);
}

Diagnostics placed_at(const SourcePlace& place, Diagnostics problems) {
  for (Diagnostic& problem : problems) problem.place = place;
  return problems;
}

}  // namespace myelin::report
