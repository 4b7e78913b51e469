#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "economics/analysis.hpp"
#include "economics/decision_sample.hpp"
#include "economics/patient_noise.hpp"
#include "economics/regression_control.hpp"
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

/// With fewer draws a regression has little to go by.
constexpr std::size_t fewest_draws = 50;

/// A variance over draws by its causes, and one within draws.
struct Spread {
  VarianceSplit over_draws;
  double between_patients = 0;  ///< variance of single patients within a draw
};

/// What is known of the increments of a strategy against the reference.
struct Row {
  std::size_t strategy = 0;
  std::optional<ControlledMean> cost, qaly;            ///< none without a regression
  std::vector<std::optional<ControlledMean>> benefit;  ///< [threshold]
  std::vector<Spread> spread;                          ///< [threshold], of net monetary benefit
};

/// The increments of a strategy against the reference in each draw [draw][cost, QALYs, net benefit by threshold].
Eigen::MatrixXd increments_of(const DecisionSample& sample, std::size_t strategy, std::size_t reference,
                              const std::vector<double>& thresholds) {
  const auto a = static_cast<Eigen::Index>(strategy), b = static_cast<Eigen::Index>(reference);
  Eigen::MatrixXd increments(sample.draws(), 2 + static_cast<Eigen::Index>(thresholds.size()));
  increments.col(0) = sample.cost.col(a) - sample.cost.col(b);
  increments.col(1) = sample.qaly.col(a) - sample.qaly.col(b);
  for (std::size_t t = 0; t < thresholds.size(); ++t)
    increments.col(2 + static_cast<Eigen::Index>(t)) = thresholds[t] * increments.col(1) - increments.col(0);
  return increments;
}

/// The inputs with their moments; none where these are not known, nothing varies, or draws are few.
std::optional<InputsWithMoments> inputs_of(const AnalysisResult& drawn) {
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto count = static_cast<Eigen::Index>(drawn.drawn.names.size());
  if (drawn.draws < fewest_draws || drawn.drawn.expectations.size() != drawn.drawn.names.size()) return std::nullopt;
  InputsWithMoments inputs;
  inputs.values = Eigen::Map<const RowMajor>(drawn.drawn.values.data(), static_cast<Eigen::Index>(drawn.draws), count);
  inputs.mean = Eigen::Map<const Eigen::RowVectorXd>(drawn.drawn.expectations.data(), count);
  inputs.variance = Eigen::Map<const Eigen::RowVectorXd>(drawn.drawn.variances.data(), count);
  if (!inputs.mean.allFinite() || !(inputs.variance.array() > 0).any()) return std::nullopt;
  return inputs;
}

Spread spread_of(const AnalysisResult& drawn, results::StrategyPair pair, double threshold,
                 const Eigen::VectorXd& benefit) {
  const auto draws = static_cast<double>(drawn.draws);
  // The error of the mean over draws, whose patients are independent, back to that of one draw.
  const double error =
      incremental_net_benefit(increment_between(drawn, pair), threshold).standard_error * std::sqrt(draws);
  const VarianceSplit split = split_variance(benefit, Eigen::VectorXd::Constant(benefit.size(), error));
  return {split, error * error * static_cast<double>(drawn.patients)};
}

std::vector<Row> rows_of(const Material& material, const AnalysisResult& drawn) {
  const std::vector<double>& thresholds = material.run.thresholds;
  const DecisionSample sample = decision_sample(drawn);
  const auto each = static_cast<Eigen::Index>(2 + thresholds.size());
  std::vector<Row> rows;
  Eigen::MatrixXd all(sample.draws(), 0);
  for (std::size_t s = 0; s < drawn.strategies.size(); ++s) {
    if (s == material.reference) continue;
    rows.push_back({s, {}, {}, std::vector<std::optional<ControlledMean>>(thresholds.size()), {}});
    all = side_by_side(all, increments_of(sample, s, material.reference, thresholds));
    for (std::size_t t = 0; t < thresholds.size(); ++t)
      rows.back().spread.push_back(spread_of(drawn, {s, material.reference}, thresholds[t],
                                             all.col(all.cols() - each + 2 + static_cast<Eigen::Index>(t))));
  }
  if (const auto inputs = inputs_of(drawn)) {
    const std::vector<ControlledMean> means = control_by_regression(*inputs, all);
    std::size_t at = 0;
    for (Row& row : rows) {
      row.cost = means[at++];
      row.qaly = means[at++];
      for (auto& benefit : row.benefit) benefit = means[at++];
    }
  }
  return rows;
}

std::string money_cell(double value) { return format_number(value, money_decimals); }

Table means_table(const Material& material, const std::vector<Row>& rows) {
  const results::RunResults& run = material.run;
  std::vector<TableColumn> columns{{"Strategy", TableColumn::Kind::text},
                                   {"Inc. cost\nmean"},
                                   {"Inc. cost\ncontrolled"},
                                   {"Inc. QALYs\nmean"},
                                   {"Inc. QALYs\ncontrolled"}};
  if (!run.thresholds.empty()) {
    const std::string at = format_number(run.thresholds.front(), money_decimals);
    columns.push_back({"Net benefit\nat " + at});
    columns.push_back({"Net benefit\ncontrolled"});
  }
  Cells cells;
  for (const Row& row : rows) {
    cells.push_back({label(run.analyses.front(), row.strategy)});
    const auto add = [&](const ControlledMean& mean, int decimals) {
      cells.back().push_back(estimate_cell(mean.plain, decimals));
      cells.back().push_back(estimate_cell(mean.controlled, decimals));
    };
    add(*row.cost, money_decimals);
    add(*row.qaly, qaly_decimals);
    if (!run.thresholds.empty()) add(*row.benefit.front(), money_decimals);
  }
  return {columns, cells};
}

Table spread_table(const Material& material, const std::vector<Row>& rows) {
  Cells cells;
  for (const Row& row : rows) {
    const Spread& spread = row.spread.front();
    cells.push_back({label(material.run.analyses.front(), row.strategy),
                     money_cell(std::sqrt(spread.over_draws.between_variance)),
                     money_cell(std::sqrt(spread.between_patients)), percent(1 - spread.over_draws.shrinkage())});
  }
  return {{{"Strategy", TableColumn::Kind::text},
           {"By the inputs\n(SD)"},
           {"Between patients\n(SD)"},
           {"Patients' share\nover draws"}},
          cells};
}

/// By how many times more draws the plain means would be as good, over all that is printed.
std::pair<double, double> gains(const std::vector<Row>& rows) {
  double least = INFINITY, most = 0;
  for (const Row& row : rows) {
    for (const auto& mean : {row.cost, row.qaly, row.benefit.empty() ? row.cost : row.benefit.front()}) {
      least = std::min(least, mean->gain());
      most = std::max(most, mean->gain());
    }
  }
  return {least, most};
}

std::string control_in_words(const std::vector<Row>& rows) {
  const auto [least, most] = gains(rows);
  return fmt::format(
      "± is the standard error. Mean: over the draws. Controlled: the same mean after a regression on the inputs and "
      "their squares, whose expectations are known, has taken out what these draws rather than others did to it. It is "
      "as exact as the mean of {} to {} times as many draws. Tables elsewhere show plain means.",
      format_number(least, 1), format_number(most, 1));
}

std::string spread_in_words(const AnalysisResult& drawn) {
  return fmt::format(
      "By the inputs: how far the expectation moves from draw to draw, the uncertainty that a decision faces "
      "(second order). Between patients: how far single lives differ within a draw (first order), which affects means "
      "by the chance of {} patients a draw alone. Patients' share: of the variance over draws, by that chance; it is "
      "taken out of acceptability and the value of information.",
      format_number(static_cast<double>(drawn.patients), 0));
}

Json json_of(const ControlledMean& mean) {
  return {{"mean", mean.plain.mean},
          {"standard_error", mean.plain.standard_error},
          {"controlled_mean", mean.controlled.mean},
          {"controlled_standard_error", mean.controlled.standard_error},
          {"gain", mean.gain()}};
}

Json json_of(const Material& material, const Row& row) {
  const AnalysisResult& base = material.run.analyses.front();
  Json json = {{"strategy", base.strategies[row.strategy].name},
               {"versus", base.strategies[material.reference].name},
               {"cost", row.cost ? json_of(*row.cost) : Json()},
               {"qaly", row.qaly ? json_of(*row.qaly) : Json()},
               {"net_benefit", Json::array()}};
  for (std::size_t t = 0; t < row.spread.size(); ++t) {
    const Spread& spread = row.spread[t];
    Json at = {{"threshold", material.run.thresholds[t]},
               {"variance_by_inputs", spread.over_draws.between_variance},
               {"variance_between_patients", spread.between_patients},
               {"patients_share_of_variance", 1 - spread.over_draws.shrinkage()}};
    if (row.benefit[t]) at.update(json_of(*row.benefit[t]));
    json["net_benefit"].push_back(std::move(at));
  }
  return json;
}

}  // namespace

Result<std::optional<Section>> means_section(const Material& material) {
  if (!material.run.probabilistic || material.run.probabilistic->draws < 2) return std::nullopt;
  const AnalysisResult &base = material.run.analyses.front(), &drawn = *material.run.probabilistic;
  const std::vector<Row> rows = rows_of(material, drawn);
  const bool controlled = !rows.empty() && rows.front().cost,
             spread = !rows.empty() && drawn.patients > 0 && !material.run.thresholds.empty();
  if (!controlled && !spread) return std::nullopt;

  Document document = heading(material.run, base,
                              "How well the means over draws are known, against " + label(base, material.reference));
  if (controlled) document += means_table(material, rows) + Paragraph{control_in_words(rows)};
  if (spread) {
    document +=
        Heading{fmt::format("Where the spread of net benefit at {} {} per QALY comes from",
                            format_number(material.run.thresholds.front(), money_decimals), material.run.currency),
                true} +
        spread_table(material, rows) + Paragraph{spread_in_words(drawn)};
  }
  Json json = {{"draws", drawn.draws}, {"patients_per_draw", drawn.patients}, {"increments", Json::array()}};
  for (const Row& row : rows) json["increments"].push_back(json_of(material, row));
  return Section{"means_over_draws", std::move(document), std::move(json)};
}

}  // namespace myelin::report
