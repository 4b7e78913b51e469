#include "report/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "core/contract.hpp"
#include "economics/analysis.hpp"
#include "report/text_table.hpp"
#include "report/wording.hpp"

namespace myelin::report {

namespace {

using namespace economics;
using results::AnalysisResult;
using results::RunResults;
using Rows = std::vector<std::vector<std::string>>;

constexpr int count_decimals = 2;
constexpr int fine_decimals = 4;
constexpr std::size_t thresholds_side_by_side = 5;
constexpr std::size_t strategies_side_by_side = 4;

const AnalysisResult& chosen(const RunResults& run, std::size_t analysis) {
  MYELIN_EXPECT(analysis < run.analyses.size());
  return run.analyses[analysis];
}

/// An estimate with its error on the line below.
std::string cell(const Estimate& estimate, int decimals) {
  const std::string error = format_error(estimate.standard_error, decimals);
  return format_number(estimate.mean, decimals) + (error.empty() ? "" : "\n" + error);
}

/// Whether chance was taken out of some outcomes: see analysis.control.
bool is_controlled(const RunResults& run) {
  return std::ranges::any_of(run.settings, [](const auto& setting) { return setting.key == "control"; });
}

constexpr const char* meaning_of_error = " ± is the Monte Carlo standard error, which more patients make smaller.";

bool is_sampled(const RunResults& run) { return run.patients > 0; }

struct SummaryColumn {
  const char* outcome;
  const char* heading;
  results::Column column;
  int decimals;
};

constexpr SummaryColumn summary_columns[] = {
    {"cost", "Cost", results::discounted_column, money_decimals},
    {"qaly", "QALYs", results::discounted_column, qaly_decimals},
    {"qaly.patient", "of patient", results::discounted_column, qaly_decimals},
    {"qaly.carer", "of carer", results::discounted_column, qaly_decimals},
    {"life_years", "Life years", results::undiscounted_column, count_decimals},
    {"relapses", "Relapses", results::undiscounted_column, count_decimals},
};

std::string status_in_words(const AnalysisResult& analysis, const IncrementalRow& place) {
  std::string words;
  switch (place.status) {
    case Status::cheapest:
      words = "cheapest";
      break;
    case Status::non_dominated:
      words = "against " + label(analysis, *place.versus);
      break;
    case Status::extendedly_dominated:
      words = "extendedly dominated";
      break;
    case Status::dominated:
      words = "dominated by " + label(analysis, *place.versus);
      break;
  }
  if (place.same_as) words += ", same as " + label(analysis, *place.same_as);
  return words;
}

/// Cells of the columns strategy, cost, QALYs, incremental cost, incremental QALYs, ICER and status.
std::vector<std::string> incremental_cells(const AnalysisResult& analysis, const FullRow& row) {
  const std::size_t strategy = row.place.strategy;
  const auto mean = [&](const char* outcome, int decimals) {
    return format_number(
        outcome_estimate(analysis, strategy, *find_outcome(analysis, outcome), results::discounted_column).mean,
        decimals);
  };
  std::vector<std::string> cells{label(analysis, strategy), mean("cost", money_decimals), mean("qaly", qaly_decimals)};
  const bool has_price = row.place.status == Status::non_dominated;
  cells.push_back(has_price ? cell(row.increment->cost, money_decimals) : "");
  cells.push_back(has_price ? cell(row.increment->qaly, qaly_decimals) : "");
  cells.push_back(row.icer ? cell(*row.icer, money_decimals) : "");
  cells.push_back(status_in_words(analysis, row.place));
  return cells;
}

std::string incremental_explanation(const RunResults& run, bool has_icer) {
  if (!has_icer) {
    return "No strategy yields more QALYs than the cheapest, so there is no price per QALY to report. A dominated "
           "strategy costs no less than another and yields no more QALYs.";
  }
  std::string text =
      "Strategies stand in order of cost. Inc. cost and Inc. QALYs are differences from the strategy named in the last "
      "column; the ICER is their ratio, what each QALY gained costs in " +
      run.currency +
      ". A dominated strategy costs no less than another and yields no more QALYs; an extendedly dominated one is "
      "left out because a dearer strategy gives more QALYs at no higher a price each.";
  if (is_sampled(run)) text += meaning_of_error;
  return text;
}

/// A ratio whose denominator may be noise misleads, however many digits it has.
Document warn_of_noise(const AnalysisResult& analysis, const std::vector<FullRow>& rows) {
  Document warnings;
  for (const FullRow& row : rows) {
    if (!row.icer || row.increment->qaly.mean >= 2 * row.increment->qaly.standard_error) continue;
    warnings += Paragraph{"The QALYs gained by " + label(analysis, row.place.strategy) + " over " +
                          label(analysis, *row.place.versus) +
                          " are within 2 standard errors of 0: simulate more patients before using this ICER."};
  }
  return warnings;
}

/// What the increments mean in money per QALY: a price, a saving, or which of the two is better at both.
std::string price_in_words(const PairwiseRow& row) {
  const std::string error = row.icer ? format_error(row.icer->standard_error, money_decimals) : "";
  const std::string ratio =
      row.icer ? format_number(row.icer->mean, money_decimals) + (error.empty() ? "" : " " + error) + " " : "";
  return ratio + std::string(icer_meaning(row.quadrant));
}

Table net_benefits(const AnalysisResult& analysis, const std::vector<ThresholdRow>& thresholds) {
  Table table{{{"Strategy", TableColumn::Kind::text}}, {}, thresholds_side_by_side};
  for (const ThresholdRow& row : thresholds) table.columns.push_back({format_number(row.threshold, money_decimals)});
  for (std::size_t s = 0; s < analysis.strategies.size(); ++s) {
    table.rows.push_back({label(analysis, s)});
    for (const ThresholdRow& row : thresholds) {
      table.rows.back().push_back((s == row.best ? "*" : "") + format_number(row.net_benefit[s], money_decimals));
    }
  }
  return table;
}

std::string verdict(const RunResults& run, const AnalysisResult& analysis, const ThresholdRow& row) {
  std::string sentence = "At " + format_number(row.threshold, money_decimals) + " " + run.currency + " per QALY: ";
  const std::string best = label(analysis, row.best);
  if (!row.runner_up) return sentence + best + " is the only strategy.";
  const std::string runner_up = label(analysis, *row.runner_up);
  if (row.lead.mean == 0 && row.lead.standard_error == 0)
    return sentence + best + " and " + runner_up + " are equally good.";
  const std::string error = format_error(row.lead.standard_error, money_decimals);
  sentence += best + " is best, ahead of " + runner_up + " by " + format_number(row.lead.mean, money_decimals) +
              (error.empty() ? "" : " " + error) + " " + run.currency;
  if (!row.separated) sentence += "; less than 2 standard errors, so more patients are needed to tell them apart";
  return sentence + ".";
}

}  // namespace

Document summary_table(const RunResults& run, std::size_t analysis_index) {
  const AnalysisResult& analysis = chosen(run, analysis_index);
  std::vector<TableColumn> columns{{"Strategy", TableColumn::Kind::text}};
  Rows rows;
  for (std::size_t s = 0; s < analysis.strategies.size(); ++s) rows.push_back({label(analysis, s)});
  for (const SummaryColumn& column : summary_columns) {
    const std::optional<std::size_t> outcome = find_outcome(analysis, column.outcome);
    if (!outcome) continue;
    columns.push_back({column.heading});
    for (std::size_t s = 0; s < rows.size(); ++s) {
      rows[s].push_back(cell(outcome_estimate(analysis, s, *outcome, column.column), column.decimals));
    }
  }
  std::string note = fmt::format(
      "All numbers are means per patient. Costs are discounted at {} and QALYs at {}; nothing else is discounted. "
      "QALYs are the total that the analysis counts.",
      discount_in_words(analysis.discount_cost), discount_in_words(analysis.discount_qaly));
  if (is_sampled(run)) note += meaning_of_error;
  if (is_controlled(run))
    note +=
        " Totals of cost and QALYs, and life years, have most of their chance taken out (control); their parts have "
        "not, and so need not add up to them.";
  return heading(run, analysis, "Costs and outcomes") + Table{columns, rows} + Paragraph{note};
}

Document counts_table(const RunResults& run, std::size_t analysis_index) {
  const AnalysisResult& analysis = chosen(run, analysis_index);
  const auto in_summary = [](const std::string& name) {
    return std::ranges::any_of(summary_columns, [&](const SummaryColumn& column) { return name == column.outcome; });
  };
  const auto is_part = [&](std::size_t index) {
    return std::ranges::any_of(analysis.outcomes, [&](const results::OutcomeInfo& total) {
      return std::ranges::find(total.parts, index) != total.parts.end();
    });
  };
  const auto never_happens = [&](std::size_t outcome) {
    for (std::size_t s = 0; s < analysis.strategies.size(); ++s) {
      if (outcome_estimate(analysis, s, outcome, results::undiscounted_column).mean != 0) return false;
    }
    return true;
  };
  std::vector<std::size_t> counts;
  std::size_t left_out = 0;
  for (std::size_t outcome = 0; outcome < analysis.outcomes.size(); ++outcome) {
    const results::OutcomeInfo& info = analysis.outcomes[outcome];
    if (info.discounted() || in_summary(info.name) || is_part(outcome)) continue;
    never_happens(outcome) ? void(++left_out) : counts.push_back(outcome);
  }
  if (counts.empty()) return {};
  Table table{{{"Outcome", TableColumn::Kind::text}}, {}, strategies_side_by_side};
  for (std::size_t s = 0; s < analysis.strategies.size(); ++s) table.columns.push_back({label(analysis, s)});
  for (const std::size_t outcome : counts) {
    table.rows.push_back({analysis.outcomes[outcome].description});
    for (std::size_t s = 0; s < analysis.strategies.size(); ++s)
      table.rows.back().push_back(
          cell(outcome_estimate(analysis, s, outcome, results::undiscounted_column), fine_decimals));
  }
  const std::string alternative = analysis.name == "base" ? "" : ", alternative `" + analysis.name + "`";
  Document document = Heading{"Counts per patient, not discounted" + alternative} + table;
  if (left_out > 0)
    document += Paragraph{
        fmt::format("Left out: {} outcome{} of which no strategy has any.", left_out, left_out == 1 ? "" : "s")};
  return document;
}

Result<Document> incremental_table(const RunResults& run, std::size_t analysis_index) {
  const AnalysisResult& analysis = chosen(run, analysis_index);
  const Result<DecisionAnalysis> decision = analyse(analysis, {});
  if (!decision) return tl::unexpected(decision.error());

  std::vector<TableColumn> columns{
      {"Strategy", TableColumn::Kind::text}, {"Cost"}, {"QALYs"}, {"Inc. cost"}, {"Inc. QALYs"}, {"ICER"},
      {"Status", TableColumn::Kind::text}};
  Rows rows;
  for (const FullRow& row : decision->full) rows.push_back(incremental_cells(analysis, row));
  const bool has_icer = std::any_of(decision->full.begin(), decision->full.end(),
                                    [](const FullRow& row) { return row.icer.has_value(); });
  if (!has_icer) {
    columns.erase(columns.begin() + 3, columns.begin() + 6);
    for (auto& row : rows) row.erase(row.begin() + 3, row.begin() + 6);
  }
  return heading(run, analysis, "Fully incremental analysis") + Table{columns, rows} +
         Paragraph{incremental_explanation(run, has_icer)} + warn_of_noise(analysis, decision->full);
}

Result<Document> net_benefit_table(const RunResults& run, std::size_t analysis_index) {
  const AnalysisResult& analysis = chosen(run, analysis_index);
  const Result<DecisionAnalysis> decision = analyse(analysis, run.thresholds);
  if (!decision) return tl::unexpected(decision.error());
  if (run.thresholds.empty()) return Document();

  List verdicts;
  for (const ThresholdRow& row : decision->thresholds) verdicts.items.push_back(verdict(run, analysis, row));
  std::string note = "Net monetary benefit is QALYs times the threshold minus cost, in " + run.currency +
                     " per patient. The strategy with the most (*) makes the best use of the money.";
  if (is_sampled(run)) note += meaning_of_error;
  return heading(run, analysis, "Net monetary benefit by threshold per QALY") +
         net_benefits(analysis, decision->thresholds) + verdicts + Paragraph{note};
}

Result<Document> pairwise_table(const RunResults& run, std::size_t analysis_index, std::size_t reference) {
  const AnalysisResult& analysis = chosen(run, analysis_index);
  const Result<DecisionAnalysis> decision = analyse(analysis, run.thresholds, reference);
  if (!decision) return tl::unexpected(decision.error());
  std::vector<TableColumn> columns{
      {"Strategy", TableColumn::Kind::text}, {"Inc. cost"}, {"Inc. QALYs"}, {"Meaning", TableColumn::Kind::text}};
  for (const double threshold : run.thresholds)
    columns.push_back({"Net benefit\nat " + format_number(threshold, money_decimals)});
  Rows rows;
  for (const PairwiseRow& row : decision->pairwise) {
    rows.push_back({label(analysis, row.increment.pair.strategy), cell(row.increment.cost, money_decimals),
                    cell(row.increment.qaly, qaly_decimals), price_in_words(row)});
    for (const Estimate& benefit : row.incremental_net_benefit) rows.back().push_back(cell(benefit, money_decimals));
  }
  std::string explanation = "Differences from " + label(analysis, reference) +
                            ", per patient. Dominant: cheaper and more QALYs; dominated: dearer and fewer. "
                            "Net benefit is the difference in QALYs times the threshold minus the difference in cost: "
                            "above 0, the strategy is the better buy.";
  if (is_sampled(run)) explanation += meaning_of_error;
  return heading(run, analysis, "Each strategy against " + label(analysis, reference)) + Table{columns, rows} +
         Paragraph{explanation};
}

}  // namespace myelin::report
