#include "report/export_psa.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "economics/estimates.hpp"
#include "report/csv.hpp"
#include "report/export_table.hpp"
#include "scenario/csv.hpp"

namespace myelin::report {

namespace {

using results::AnalysisResult;
using scenario::CsvTable;

std::vector<std::string> strategy_names(const AnalysisResult& analysis) {
  std::vector<std::string> names;
  for (const results::StrategyResult& strategy : analysis.strategies) names.push_back(strategy.name);
  return names;
}

/// The discounted mean of an outcome, named, in one draw.
double mean_of_draw(const AnalysisResult& analysis, const char* outcome, std::size_t strategy, std::size_t draw) {
  const std::size_t at = draw * analysis.outcomes.size() + *economics::find_outcome(analysis, outcome);
  return analysis.strategies[strategy].mean[at * results::column_count + results::discounted_column];
}

/// One column a strategy, one row a draw.
ExportFile by_strategy(const AnalysisResult& analysis, const char* name, const char* content, const char* outcome) {
  ExportTable table(name, content, strategy_names(analysis));
  for (std::size_t draw = 0; draw < analysis.draws; ++draw) {
    std::vector<std::string> cells;
    for (std::size_t s = 0; s < analysis.strategies.size(); ++s)
      cells.push_back(csv_number(mean_of_draw(analysis, outcome, s, draw)));
    table.add(cells);
  }
  return table.take();
}

// --- Reading back ----------------------------------------------------------------------------------------------------

/// A table with exactly `names` as its columns and a row a draw; else why not, in `found`.
std::optional<CsvTable> read_back(const char* name, const std::string& text, const std::vector<std::string>& names,
                                  std::size_t draws, std::vector<std::string>& found) {
  Diagnostics problems;
  std::optional<CsvTable> table = scenario::parse_csv({name, name, text}, names, {}, problems);
  for (const Diagnostic& problem : problems) found.push_back(to_string(problem));
  if (!table || !problems.empty()) return std::nullopt;
  if (table->header != names) found.push_back(fmt::format("{}: its columns are in another order than the run", name));
  if (table->rows.size() == draws) return table;
  found.push_back(fmt::format("{}: {} rows, but the run has {} draws", name, table->rows.size(), draws));
  return std::nullopt;
}

/// The column called `name`, which the table has; NaN where a cell is no number.
std::vector<double> column_called(const CsvTable& table, const std::string& name) {
  const std::size_t column = *table.column(name);
  std::vector<double> values;
  for (const auto& row : table.rows) {
    const std::string& cell = row[column].text;
    double value = 0;
    const std::from_chars_result parsed = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    const bool whole = parsed.ec == std::errc() && parsed.ptr == cell.data() + cell.size();
    values.push_back(whole ? value : std::numeric_limits<double>::quiet_NaN());
  }
  return values;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

void compare_parameters(const AnalysisResult& drawn, const CsvTable& parameters, std::vector<std::string>& found) {
  const std::vector<std::string>& names = drawn.drawn.names;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::vector<double> values = column_called(parameters, names[i]);
    for (std::size_t draw = 0; draw < drawn.draws; ++draw) {
      if (values[draw] == drawn.drawn.values[draw * names.size() + i]) continue;
      found.push_back(fmt::format("{}: '{}' differs in draw {}", psa_parameters_name, names[i], draw));
      break;
    }
  }
}

void compare_strategy(const AnalysisResult& drawn, std::size_t s, double threshold, const std::vector<double>& cost,
                      const std::vector<double>& qaly, std::vector<std::string>& found) {
  const std::string& name = drawn.strategies[s].name;
  for (std::size_t draw = 0; draw < drawn.draws; ++draw) {
    if (cost[draw] == mean_of_draw(drawn, "cost", s, draw) && qaly[draw] == mean_of_draw(drawn, "qaly", s, draw))
      continue;
    found.push_back(fmt::format("{} and {}: '{}' differs in draw {}", psa_costs_name, psa_effects_name, name, draw));
    break;
  }
  constexpr double rounding = 1e-9;  // sums in another order
  const auto in_run = [&](const char* outcome) {
    const std::size_t o = *economics::find_outcome(drawn, outcome);
    return economics::outcome_estimate(drawn, s, o, results::discounted_column).mean;
  };
  const double told = threshold * mean(qaly) - mean(cost), known = threshold * in_run("qaly") - in_run("cost"),
               scale = std::abs(threshold * in_run("qaly")) + std::abs(in_run("cost"));
  if (std::abs(told - known) <= rounding * scale) return;
  found.push_back(fmt::format("the mean net monetary benefit of '{}' at {} is {} by the files and {} by the run", name,
                              threshold, told, known));
}

}  // namespace

bool has_draws(const results::RunResults& run) { return run.probabilistic && run.probabilistic->draws > 1; }

std::vector<ExportFile> psa_files(const results::RunResults& run) {
  const AnalysisResult& drawn = *run.probabilistic;
  const std::vector<std::string>& names = drawn.drawn.names;
  ExportTable parameters(psa_parameters_name, "the inputs drawn, a row a draw", names);
  for (std::size_t draw = 0; draw < drawn.draws; ++draw) {
    std::vector<std::string> cells;
    for (std::size_t i = 0; i < names.size(); ++i)
      cells.push_back(csv_number(drawn.drawn.values[draw * names.size() + i]));
    parameters.add(cells);
  }
  return {parameters.take(),
          by_strategy(drawn, psa_costs_name, "discounted cost of each strategy, a row a draw", "cost"),
          by_strategy(drawn, psa_effects_name, "discounted QALYs of each strategy, a row a draw", "qaly")};
}

std::vector<std::string> psa_disagreements(const results::RunResults& run, const PsaTexts& texts) {
  const AnalysisResult& drawn = *run.probabilistic;
  std::vector<std::string> found;
  const std::vector<std::string> strategies = strategy_names(drawn);
  const auto parameters = read_back(psa_parameters_name, texts.parameters, drawn.drawn.names, drawn.draws, found);
  const auto costs = read_back(psa_costs_name, texts.costs, strategies, drawn.draws, found);
  const auto effects = read_back(psa_effects_name, texts.effects, strategies, drawn.draws, found);
  if (parameters) compare_parameters(drawn, *parameters, found);
  if (!costs || !effects) return found;
  const double threshold = run.thresholds.empty() ? 0 : run.thresholds.front();
  for (std::size_t s = 0; s < strategies.size(); ++s)
    compare_strategy(drawn, s, threshold, column_called(*costs, strategies[s]), column_called(*effects, strategies[s]),
                     found);
  return found;
}

}  // namespace myelin::report
