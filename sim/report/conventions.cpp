#include "report/conventions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "core/contract.hpp"
#include "economics/conventions.hpp"
#include "report/text_table.hpp"
#include "report/wording.hpp"

namespace myelin::report {

namespace {

using namespace economics;
using results::AnalysisResult;
using results::RunResults;

constexpr std::size_t columns_side_by_side = 5;

std::string name_of(const ConventionRow& row) {
  return row.name.within_cycle_correction + ", " + row.name.discount_timing;
}

/// A column of a table that has a convention in each row.
struct ConventionColumn {
  TableColumn column;
  std::function<std::string(const ConventionRow&)> cell;
};

Table table_of(const ConventionAnalysis& conventions, const std::vector<ConventionColumn>& columns) {
  Table table{{{"Convention", TableColumn::Kind::text}}, {}, columns_side_by_side};
  for (const ConventionColumn& column : columns) table.columns.push_back(column.column);
  for (const ConventionRow& convention : conventions.rows) {
    table.rows.push_back({name_of(convention) + (convention.is_of_run ? " *" : "")});
    for (const ConventionColumn& column : columns) table.rows.back().push_back(column.cell(convention));
  }
  return table;
}

TableColumn strategy_column(const AnalysisResult& analysis, std::size_t strategy) {
  return {label(analysis, strategy), TableColumn::Kind::number, label_width};
}

Table cost_table(const AnalysisResult& analysis, const ConventionAnalysis& conventions) {
  std::vector<ConventionColumn> columns;
  for (std::size_t s = 0; s < analysis.strategies.size(); ++s) {
    columns.push_back({strategy_column(analysis, s), [s](const ConventionRow& row) {
                         return format_number(row.strategies[s].cost, money_decimals);
                       }});
  }
  return table_of(conventions, columns);
}

Table qaly_table(const AnalysisResult& analysis, const ConventionAnalysis& conventions) {
  std::vector<ConventionColumn> columns;
  for (std::size_t s = 0; s < analysis.strategies.size(); ++s) {
    columns.push_back({strategy_column(analysis, s),
                       [s](const ConventionRow& row) { return format_number(row.strategies[s].qaly, qaly_decimals); }});
  }
  return table_of(conventions, columns);
}

/// A price of a QALY, a saving for one forgone, or which of the two is better at both.
std::string ratio_in_short(const ConventionIncrement& increment) {
  if (!increment.icer) return std::string(icer_meaning(increment.quadrant));
  return (increment.quadrant == Quadrant::south_west ? "saves " : "") + format_number(*increment.icer, money_decimals);
}

Table ratio_table(const AnalysisResult& analysis, const ConventionAnalysis& conventions) {
  std::vector<ConventionColumn> columns;
  for (std::size_t i = 0; i + 1 < analysis.strategies.size(); ++i) {
    columns.push_back({strategy_column(analysis, conventions.rows.front().increments[i].strategy),
                       [i](const ConventionRow& row) { return ratio_in_short(row.increments[i]); }});
  }
  return table_of(conventions, columns);
}

Table best_table(const RunResults& run, const AnalysisResult& analysis, const ConventionAnalysis& conventions) {
  std::vector<ConventionColumn> columns;
  for (std::size_t t = 0; t < run.thresholds.size(); ++t) {
    columns.push_back({{format_number(run.thresholds[t], money_decimals), TableColumn::Kind::text},
                       [&analysis, t](const ConventionRow& row) { return label(analysis, row.best[t]); }});
  }
  return table_of(conventions, columns);
}

std::string meaning_of_rows(const RunResults& run, const ConventionAnalysis& conventions) {
  std::string text =
      "Each row is the same run under other timing conventions; nothing was simulated again. The first word says at "
      "which moments a cycle's patients are counted for costs and QALYs: none, at every time point from the start to "
      "the horizon, one more than there are cycles; start or end, when each cycle begins or ends; trapezoid, at every "
      "time point, the first and the last by half; life_table, the mean of each cycle's start and end; simpson, at "
      "every time point by Simpson's rule; custom, by the weights of the scenario. The second word says to which "
      "moment they are discounted: the start, middle or end of the cycle, evenly over it (continuous), or the start "
      "of its year (yearly); under none, trapezoid, simpson and custom a time point counts as the cycle that begins "
      "there. What happens once before the first time point is the same in all rows.";
  const bool has_own = std::ranges::any_of(conventions.rows, &ConventionRow::is_of_run);
  if (has_own) text += " The run itself used the row with *.";
  for (const LeftOut& left_out : conventions.left_out)
    text += " " + left_out.within_cycle_correction + " is left out: " + left_out.reason + ".";
  if (run.patients > 0) text += " Monte Carlo standard errors are known for the run's own convention alone.";
  return text;
}

/// Who is best at a threshold, and under how many conventions.
std::string best_in_words(const AnalysisResult& analysis, const ConventionAnalysis& conventions,
                          std::size_t threshold) {
  const auto times_best = [&](std::size_t strategy) {
    return std::ranges::count_if(conventions.rows,
                                 [&](const ConventionRow& row) { return row.best[threshold] == strategy; });
  };
  std::vector<std::string> winners;
  for (std::size_t strategy = 0; strategy < analysis.strategies.size(); ++strategy) {
    const auto times = times_best(strategy);
    if (times == static_cast<std::ptrdiff_t>(conventions.rows.size()))
      return label(analysis, strategy) + " is best under every convention.";
    if (times > 0) winners.push_back(fmt::format("{} under {}", label(analysis, strategy), times));
  }
  return fmt::format("the best strategy depends on the convention: {} of {}.", fmt::join(winners, ", "),
                     conventions.rows.size());
}

List movement(const RunResults& run, const AnalysisResult& analysis, const ConventionAnalysis& conventions,
              std::size_t reference) {
  List sentences;
  const auto at = [&](std::size_t threshold) {
    return "At " + format_number(run.thresholds[threshold], money_decimals) + " " + run.currency + " per QALY";
  };
  for (std::size_t i = 0; i + 1 < analysis.strategies.size(); ++i) {
    const NetBenefitRange range = range_of_net_benefit(conventions, i, 0);
    sentences.items.push_back(
        fmt::format("{}, the net benefit of {} over {} lies between {} ({}) and {} ({}) {} a patient.", at(0),
                    label(analysis, conventions.rows.front().increments[i].strategy), label(analysis, reference),
                    format_number(range.lowest_net_benefit, money_decimals), name_of(*range.lowest),
                    format_number(range.highest_net_benefit, money_decimals), name_of(*range.highest), run.currency));
  }
  for (std::size_t t = 0; t < run.thresholds.size(); ++t)
    sentences.items.push_back(at(t) + ", " + best_in_words(analysis, conventions, t));
  return sentences;
}

}  // namespace

Result<Document> convention_tables(const RunResults& run, std::size_t analysis_index, std::size_t reference) {
  MYELIN_EXPECT(analysis_index < run.analyses.size());
  const AnalysisResult& analysis = run.analyses[analysis_index];
  const Result<ConventionAnalysis> conventions = analyse_conventions(analysis, run.thresholds, reference);
  if (!conventions) return tl::unexpected(conventions.error());
  const auto titled = [&](const std::string& title) { return heading(run, analysis, title); };

  Document document = titled("Cost by timing convention") + cost_table(analysis, *conventions) +
                      Heading{"QALYs by timing convention"} + qaly_table(analysis, *conventions);
  if (analysis.strategies.size() > 1) {
    document += titled("ICER against " + label(analysis, reference) + " by timing convention") +
                ratio_table(analysis, *conventions) +
                Paragraph{
                    "A number is the cost per QALY gained; `saves`, the saving per QALY forgone. Dominant: cheaper and "
                    "more QALYs; dominated: dearer and fewer."};
  }
  if (!run.thresholds.empty()) {
    document += titled("Best strategy by timing convention and threshold per QALY") +
                best_table(run, analysis, *conventions) + movement(run, analysis, *conventions, reference);
  }
  return document + Paragraph{meaning_of_rows(run, *conventions)};
}

}  // namespace myelin::report
