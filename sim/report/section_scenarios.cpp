#include <fmt/format.h>

#include <algorithm>

#include "economics/analysis.hpp"
#include "report/section.hpp"
#include "report/text_table.hpp"
#include "report/wording.hpp"

namespace myelin::report {

namespace {

using economics::DecisionAnalysis;
using economics::Estimate;
using economics::PairwiseRow;
using economics::ThresholdRow;
using results::AnalysisResult;
using Json = nlohmann::ordered_json;
using Rows = std::vector<std::vector<std::string>>;
constexpr auto text = TableColumn::Kind::text;

constexpr std::size_t thresholds_side_by_side = 3;

/// The base analysis and the alternatives of one kind, the base first.
struct Compared {
  struct Row {
    const AnalysisResult* analysis;
    std::string label;
    DecisionAnalysis decision;
  };
  std::string kind;  ///< as the scenario names it
  std::vector<Row> rows;

  const Row& base() const { return rows.front(); }
};

Result<Compared> compare(const Material& material, const std::string& kind) {
  Compared compared{kind, {}};
  Diagnostics problems;
  for (const AnalysisResult& analysis : material.run.analyses) {
    const bool is_base = &analysis == &material.run.analyses.front();
    const std::string key = "alternatives." + analysis.name;
    const ParameterSet& parameters = material.scenario.parameters;
    if (!is_base && parameters.text(key + ".kind") != kind) continue;
    Result<DecisionAnalysis> decision = economics::analyse(analysis, material.run.thresholds, material.reference);
    if (!decision) {
      problems.insert(problems.end(), decision.error().begin(), decision.error().end());
      continue;
    }
    compared.rows.push_back({&analysis, is_base ? "Base case" : parameters.text(key + ".label"), std::move(*decision)});
  }
  if (!problems.empty()) return tl::unexpected(problems);
  return compared;
}

std::string first_heading(const Compared& compared) { return compared.kind == "subgroup" ? "Patients" : "Scenario"; }

std::string cell(const Estimate& estimate, int decimals) {
  const std::string error = format_error(estimate.standard_error, decimals);
  return format_number(estimate.mean, decimals) + (error.empty() ? "" : "\n" + error);
}

Estimate discounted(const AnalysisResult& analysis, std::size_t strategy, const char* outcome) {
  return economics::outcome_estimate(analysis, strategy, *economics::find_outcome(analysis, outcome),
                                     results::discounted_column);
}

std::string ratio_in_words(const PairwiseRow& row) {
  const std::string meaning(economics::icer_meaning(row.quadrant));
  return row.icer ? format_number(row.icer->mean, money_decimals) + " " + meaning : meaning;
}

/// How far a strategy's net monetary benefit above that of the reference lies from its value in the base.
double change_of(const Compared& compared, const Compared::Row& row, std::size_t pair, std::size_t threshold) {
  return row.decision.pairwise[pair].incremental_net_benefit[threshold].mean -
         compared.base().decision.pairwise[pair].incremental_net_benefit[threshold].mean;
}

Table increments_table(const Compared& compared, std::size_t pair) {
  Rows rows;
  for (const Compared::Row& row : compared.rows) {
    const PairwiseRow& pairwise = row.decision.pairwise[pair];
    const std::size_t strategy = pairwise.increment.pair.strategy;
    rows.push_back({row.label, cell(discounted(*row.analysis, strategy, "cost"), money_decimals),
                    cell(discounted(*row.analysis, strategy, "qaly"), qaly_decimals),
                    cell(pairwise.increment.cost, money_decimals), cell(pairwise.increment.qaly, qaly_decimals),
                    ratio_in_words(pairwise)});
  }
  return {{{first_heading(compared), text}, {"Cost"}, {"QALYs"}, {"Inc. cost"}, {"Inc. QALYs"}, {"ICER", text}}, rows};
}

Table net_benefit_table(const Material& material, const Compared& compared, std::size_t pair) {
  const std::vector<double>& thresholds = material.run.thresholds;
  Table table{{{first_heading(compared), text}}, {}, 2 * thresholds_side_by_side, 2};
  for (const double threshold : thresholds) {
    const std::string at = "\nat " + format_number(threshold, money_decimals);
    table.columns.insert(table.columns.end(), {{"Inc. net benefit" + at}, {"Change" + at}});
  }
  for (const Compared::Row& row : compared.rows) {
    std::vector<std::string>& cells = table.rows.emplace_back();
    cells.push_back(row.label);
    for (std::size_t i = 0; i < thresholds.size(); ++i) {
      cells.push_back(cell(row.decision.pairwise[pair].incremental_net_benefit[i], money_decimals));
      cells.push_back(&row == &compared.base() ? "" : format_number(change_of(compared, row, pair, i), 0));
    }
  }
  return table;
}

Document pair_tables(const Material& material, const Compared& compared, std::size_t pair) {
  const AnalysisResult& base = *compared.base().analysis;
  const results::StrategyPair strategies = compared.base().decision.pairwise[pair].increment.pair;
  Document tables =
      heading(material.run, base,
              fmt::format("{}: {} against {}", compared.kind == "subgroup" ? "Subgroups" : "Scenario analyses",
                          label(base, strategies.strategy), label(base, strategies.versus))) +
      increments_table(compared, pair);
  if (!material.run.thresholds.empty()) tables += net_benefit_table(material, compared, pair);
  return tables;
}

/// The best strategy of each analysis, with * where it is another than in the base.
Document decision_table(const Material& material, const Compared& compared) {
  if (material.run.thresholds.empty()) return {};
  std::vector<TableColumn> columns{{first_heading(compared), text}};
  for (const double threshold : material.run.thresholds)
    columns.push_back({"Best at " + format_number(threshold, money_decimals), text});
  Rows rows;
  for (const Compared::Row& row : compared.rows) {
    rows.push_back({row.label});
    for (std::size_t i = 0; i < row.decision.thresholds.size(); ++i) {
      const ThresholdRow& at = row.decision.thresholds[i];
      std::string words =
          (at.best == compared.base().decision.thresholds[i].best ? "" : "*") + label(*row.analysis, at.best);
      if (at.runner_up) {
        const std::string error = format_error(at.lead.standard_error, money_decimals);
        words += "\nby " + format_number(at.lead.mean, money_decimals) + (error.empty() ? "" : " " + error);
      }
      rows.back().push_back(std::move(words));
    }
  }
  return Table{columns, rows};
}

std::string note_of(const Material& material, const Compared& compared) {
  const std::string reference = label(*compared.base().analysis, material.reference);
  std::string note =
      compared.kind == "subgroup"
          ? "Each row is an analysis of other patients; the base case is of the scenario's own. "
          : "Each row is an analysis under another assumption, all others as in the base case; how likely it is, no "
            "table can say. ";
  note += "Inc. columns are differences from " + reference +
          " in the same row. Net benefit is QALYs times the threshold minus cost, in " + material.run.currency +
          " a patient; Change is by how much it differs from the base case. Best is the strategy with the highest "
          "net benefit of all, `by` its lead over the runner-up, and * another decision than in the base case.";
  if (material.run.patients > 0) {
    note +=
        " ± is the Monte Carlo standard error. Change has none: rows share their random numbers, so that errors "
        "cancel in part, by how much is not known.";
  }
  if (material.run.probabilistic)
    note += " All rows, the base case too, are at the inputs' own values: only the base case is run over draws.";
  return note;
}

Json estimate_json(const Estimate& estimate) { return {{"mean", estimate.mean}, {"mcse", estimate.standard_error}}; }

Json pair_json(const Material& material, const Compared& compared, const Compared::Row& row, std::size_t pair) {
  const AnalysisResult& analysis = *row.analysis;
  const PairwiseRow& pairwise = row.decision.pairwise[pair];
  const auto& [strategy, versus] = pairwise.increment.pair;
  Json json = {{"strategy", analysis.strategies[strategy].name},
               {"versus", analysis.strategies[versus].name},
               {"cost", estimate_json(discounted(analysis, strategy, "cost"))},
               {"qaly", estimate_json(discounted(analysis, strategy, "qaly"))},
               {"incremental_cost", estimate_json(pairwise.increment.cost)},
               {"incremental_qaly", estimate_json(pairwise.increment.qaly)},
               {"quadrant", economics::short_name(pairwise.quadrant)},
               {"icer", pairwise.icer ? Json(pairwise.icer->mean) : Json()},
               {"thresholds", Json::array()}};
  for (std::size_t i = 0; i < material.run.thresholds.size(); ++i) {
    json["thresholds"].push_back({{"threshold", material.run.thresholds[i]},
                                  {"nmb", row.decision.thresholds[i].net_benefit[strategy]},
                                  {"incremental_nmb", estimate_json(pairwise.incremental_net_benefit[i])},
                                  {"change", change_of(compared, row, pair, i)}});
  }
  return json;
}

Json json_of(const Material& material, const Compared& compared) {
  Json json = Json::array();
  for (const Compared::Row& row : compared.rows) {
    Json one = {{"name", row.analysis->name}, {"label", row.label}, {"set", row.analysis->overrides}};
    one["pairwise"] = Json::array();
    for (std::size_t pair = 0; pair < row.decision.pairwise.size(); ++pair)
      one["pairwise"].push_back(pair_json(material, compared, row, pair));
    one["thresholds"] = Json::array();
    for (const ThresholdRow& at : row.decision.thresholds) {
      one["thresholds"].push_back({{"threshold", at.threshold},
                                   {"best", row.analysis->strategies[at.best].name},
                                   {"lead", at.runner_up ? estimate_json(at.lead) : Json()}});
    }
    json.push_back(one);
  }
  return json;
}

Result<std::optional<Section>> section_of(const Material& material, const std::string& kind, const std::string& key) {
  const Result<Compared> compared = compare(material, kind);
  if (!compared) return tl::unexpected(compared.error());
  if (compared->rows.size() < 2) return std::nullopt;
  Document document;
  for (std::size_t pair = 0; pair < compared->base().decision.pairwise.size(); ++pair)
    document += pair_tables(material, *compared, pair);
  document += decision_table(material, *compared) + Paragraph{note_of(material, *compared)};
  return Section{key, document, json_of(material, *compared)};
}

}  // namespace

Result<std::optional<Section>> scenarios_section(const Material& material) {
  return section_of(material, "scenario", "scenarios");
}

Result<std::optional<Section>> subgroups_section(const Material& material) {
  return section_of(material, "subgroup", "subgroups");
}

}  // namespace myelin::report
