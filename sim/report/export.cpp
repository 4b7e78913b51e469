#include "report/export.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "economics/acceptability.hpp"
#include "economics/analysis.hpp"
#include "report/csv.hpp"
#include "report/export_psa.hpp"
#include "report/export_table.hpp"
#include "report/section_support.hpp"

namespace myelin::report {

using namespace economics;
using results::AnalysisResult;

bool is_formula_like(std::string_view cell) {
  if (cell.empty() || std::string_view("=+-@\t\r").find(cell.front()) == std::string_view::npos) return false;
  double ignored = 0;
  const std::from_chars_result number = std::from_chars(cell.data(), cell.data() + cell.size(), ignored);
  return number.ec != std::errc() || number.ptr != cell.data() + cell.size();
}

ExportTable::ExportTable(std::string name, std::string content, const std::vector<std::string>& header)
    : file_{std::move(name), std::move(content), {}, {}} {
  add(header);
}

void ExportTable::add(const std::vector<std::string>& cells) {
  std::ranges::copy_if(cells, std::back_inserter(file_.formula_like), is_formula_like);
  file_.text += csv_line(cells);
}

std::string id_of(std::size_t index) { return std::to_string(index + 1); }

std::vector<Discounting> discountings(const AnalysisResult& analysis, DiscountedAs role) {
  std::vector<Discounting> columns;
  if (role != DiscountedAs::nothing) {
    const DiscountRate& rate = role == DiscountedAs::cost ? analysis.discount_cost : analysis.discount_qaly;
    columns.push_back({results::discounted_column, "discounted", std::nullopt});
    if (rate.steps.size() == 1) columns.back().dr = rate.steps.front().rate_per_year;
  }
  columns.push_back({results::undiscounted_column, "undiscounted", 0});
  return columns;
}

namespace {

void add_summary(const AnalysisResult& analysis, ExportTable& table) {
  for (std::size_t s = 0; s < analysis.strategies.size(); ++s) {
    for (std::size_t o = 0; o < analysis.outcomes.size(); ++o) {
      const results::OutcomeInfo& outcome = analysis.outcomes[o];
      for (const Discounting& discounting : discountings(analysis, outcome.discounted_as)) {
        const Estimate estimate = outcome_estimate(analysis, s, o, discounting.column);
        // The interval is that of the discounted column, which a count equals.
        const bool has_interval = analysis.draws > 1 && (discounting.column == results::discounted_column ||
                                                         outcome.discounted_as == DiscountedAs::nothing);
        std::optional<Interval95> interval;
        if (has_interval) interval = outcome_interval(analysis, s, o);
        table.add({analysis.name, id_of(s), analysis.strategies[s].name, outcome.name, outcome.unit, discounting.name,
                   csv_number(discounting.dr), csv_number(estimate.mean), csv_number(estimate.standard_error),
                   interval ? csv_number(interval->low) : "", interval ? csv_number(interval->high) : "",
                   outcome.description});
      }
    }
  }
}

/// As dampack orders them: the frontier, then the extendedly dominated, then the dominated.
int rank_of(Status status) { return status == Status::dominated ? 2 : status == Status::extendedly_dominated ? 1 : 0; }

}  // namespace

ExportFile summary_file(const results::RunResults& run) {
  ExportTable table("summary.csv", "every outcome of each strategy and analysis",
                    {"analysis", "strategy_id", "strategy", "outcome", "unit", "discounting", "dr", "mean", "mcse",
                     "psa_low", "psa_high", "description"});
  for (const AnalysisResult& analysis : run.analyses) add_summary(analysis, table);
  if (run.probabilistic) add_summary(*run.probabilistic, table);
  return table.take();
}

Result<ExportFile> icers_file(const results::RunResults& run) {
  const AnalysisResult& analysis = decisive_analysis(run);
  Result<DecisionAnalysis> decision = analyse(analysis, run.thresholds);
  if (!decision) return tl::unexpected(decision.error());
  std::ranges::stable_sort(decision->full, {}, [](const FullRow& row) { return rank_of(row.place.status); });
  ExportTable table("icers.csv", "fully incremental analysis",
                    {"Strategy", "Cost", "Effect", "Inc_Cost", "Inc_Effect", "ICER", "Status"});
  for (const FullRow& row : decision->full) {
    const auto mean = [&](const char* outcome) {
      return csv_number(
          outcome_estimate(analysis, row.place.strategy, *find_outcome(analysis, outcome), results::discounted_column)
              .mean);
    };
    const bool has_increment = row.place.status == Status::non_dominated && row.increment;
    table.add({analysis.strategies[row.place.strategy].name, mean("cost"), mean("qaly"),
               has_increment ? csv_number(row.increment->cost.mean) : "",
               has_increment ? csv_number(row.increment->qaly.mean) : "", row.icer ? csv_number(row.icer->mean) : "",
               row.place.status == Status::cheapest ? "ND" : std::string(short_name(row.place.status))});
  }
  return table.take();
}

ExportFile parameters_file(const results::RunResults& run) {
  ExportTable table("parameters_used.csv", "every input with its source",
                    {"parameter", "value", "unit", "low", "high", "distribution", "source", "grade", "note"});
  for (const results::InputRecord& input : run.inputs) {
    const Provenance& from = input.provenance;
    table.add({input.path, csv_number(input.value), input.unit, csv_number(from.low), csv_number(from.high),
               from.distribution, from.source, from.grade, from.note});
  }
  return table.take();
}

const std::vector<std::string>& export_file_names() {
  static const std::vector<std::string> names = {
      "summary.csv", "icers.csv",    "stateprobs.csv",    "costs.csv",    "qalys.csv",     "parameters_used.csv",
      "ceac.csv",    "exp_loss.csv", psa_parameters_name, psa_costs_name, psa_effects_name};
  return names;
}

Result<std::vector<ExportFile>> export_files(const results::RunResults& run) {
  Result<ExportFile> icers = icers_file(run);
  if (!icers) return tl::unexpected(icers.error());
  std::vector<ExportFile> files = {summary_file(run), std::move(*icers), state_probabilities_file(run),
                                   costs_file(run),   qalys_file(run),   parameters_file(run)};
  if (!has_draws(run)) return files;
  Result<std::vector<ExportFile>> uncertainty = uncertainty_files(run);
  if (!uncertainty) return tl::unexpected(uncertainty.error());
  std::ranges::move(*uncertainty, std::back_inserter(files));
  std::ranges::move(psa_files(run), std::back_inserter(files));
  return files;
}

}  // namespace myelin::report
