#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "economics/acceptability.hpp"
#include "economics/analysis.hpp"
#include "report/section.hpp"
#include "report/section_support.hpp"
#include "report/text_table.hpp"
#include "report/wording.hpp"
#include "study/parameter_draws.hpp"

namespace myelin::report {

namespace {

using namespace economics;
using results::AnalysisResult;
using Json = nlohmann::ordered_json;
using Cells = std::vector<std::vector<std::string>>;

constexpr double not_known = std::numeric_limits<double>::quiet_NaN();

/// An expectation at the inputs' own values and over draws.
struct Comparison {
  Estimate deterministic;  ///< with its Monte Carlo error
  Estimate over_draws;     ///< with its error as a mean over draws; NaN where it was priced again
  std::optional<Interval95> interval;

  double difference() const { return over_draws.mean - deterministic.mean; }
  /// Whether the two means differ by more than chance; never where an error is not known.
  bool differs() const {
    return std::abs(difference()) > 2 * std::hypot(deterministic.standard_error, over_draws.standard_error);
  }
};

/// Of a strategy, or of its increments against the reference.
struct Row {
  std::size_t strategy = 0;
  Comparison cost, qaly;
  std::optional<Estimate> deterministic_icer, icer;  ///< of increments only
};

struct Compared {
  std::vector<Row> strategies;
  std::vector<Row> increments;  ///< every strategy but the reference
};

Estimate mean_over_draws(const Eigen::VectorXd& values) {
  const double n = static_cast<double>(values.size()), mean = values.mean();
  return {mean, std::sqrt((values.array() - mean).square().sum() / (n - 1) / n)};
}

double covariance_of_means(const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
  const double n = static_cast<double>(a.size());
  return ((a.array() - a.mean()) * (b.array() - b.mean())).sum() / (n - 1) / n;
}

/// Both analyses without the spread over draws, whose errors are not known.
Compared compare_means(const AnalysisResult& base, const AnalysisResult& drawn, std::size_t reference) {
  Compared compared;
  for (std::size_t s = 0; s < base.strategies.size(); ++s) {
    const auto comparison = [&](const char* outcome) {
      const auto in = [&](const AnalysisResult& analysis) {
        return outcome_estimate(analysis, s, *find_outcome(analysis, outcome), results::discounted_column);
      };
      return Comparison{in(base), {in(drawn).mean, not_known}, {}};
    };
    compared.strategies.push_back({s, comparison("cost"), comparison("qaly"), {}, {}});
    if (s == reference) continue;
    const Increment at_values = increment_between(base, {s, reference});
    Increment mean = increment_between(drawn, {s, reference});
    mean.cost.standard_error = mean.qaly.standard_error = mean.cost_qaly_covariance = not_known;
    compared.increments.push_back({s,
                                   {at_values.cost, {mean.cost.mean, not_known}, {}},
                                   {at_values.qaly, {mean.qaly.mean, not_known}, {}},
                                   icer(at_values),
                                   icer(mean)});
  }
  return compared;
}

Result<Compared> compare(const AnalysisResult& base, const AnalysisResult& drawn, std::size_t reference) {
  Compared compared = compare_means(base, drawn, reference);
  if (drawn.draws == 1) return compared;
  const DecisionSample sample = decision_sample(drawn);
  const Result<std::vector<StrategyIntervals>> intervals = strategy_intervals(sample);
  if (!intervals) return tl::unexpected(intervals.error());
  const auto column = [](const Eigen::MatrixXd& values, std::size_t s) -> Eigen::VectorXd {
    return values.col(static_cast<Eigen::Index>(s));
  };
  for (Row& row : compared.strategies) {
    row.cost.over_draws = mean_over_draws(column(sample.cost, row.strategy));
    row.qaly.over_draws = mean_over_draws(column(sample.qaly, row.strategy));
    row.cost.interval = (*intervals)[row.strategy].cost;
    row.qaly.interval = (*intervals)[row.strategy].qaly;
  }
  for (Row& row : compared.increments) {
    const Eigen::VectorXd cost = column(sample.cost, row.strategy) - column(sample.cost, reference),
                          qaly = column(sample.qaly, row.strategy) - column(sample.qaly, reference);
    row.cost.over_draws = mean_over_draws(cost);
    row.qaly.over_draws = mean_over_draws(qaly);
    row.icer =
        icer({{row.strategy, reference}, row.cost.over_draws, row.qaly.over_draws, covariance_of_means(cost, qaly)});
    const Result<IncrementSpread> spread = increment_spread(sample, {row.strategy, reference});
    if (!spread) return tl::unexpected(spread.error());
    row.cost.interval = spread->cost;
    row.qaly.interval = spread->qaly;
  }
  return compared;
}

std::string interval_cell(const std::optional<Interval95>& interval, int decimals) {
  if (!interval) return "";
  return format_number(interval->low, decimals) + " to\n" + format_number(interval->high, decimals);
}

std::string icer_cell(const std::optional<Estimate>& icer) { return icer ? estimate_cell(*icer, money_decimals) : ""; }

/// Columns of a comparison of costs and QALYs; the intervals only where the draws are there.
Table comparison_table(const AnalysisResult& base, const std::vector<Row>& rows, bool increments, bool spread) {
  const std::string cost = increments ? "Inc. cost" : "Cost", qaly = increments ? "Inc. QALYs" : "QALYs";
  std::vector<TableColumn> columns{{"Strategy", TableColumn::Kind::text}};
  for (const std::string& name : {cost, qaly}) {
    columns.push_back({name + "\nat values"});
    columns.push_back({name + "\nmean"});
    if (spread) columns.push_back({"95 %\ninterval"});
  }
  if (increments) {
    columns.push_back({"ICER\nat values"});
    columns.push_back({"ICER\nof means"});
  }
  Cells cells;
  for (const Row& row : rows) {
    cells.push_back({label(base, row.strategy)});
    for (const auto& [comparison, decimals] :
         {std::pair(&row.cost, money_decimals), std::pair(&row.qaly, qaly_decimals)}) {
      cells.back().push_back(estimate_cell(comparison->deterministic, decimals));
      cells.back().push_back(estimate_cell(comparison->over_draws, decimals));
      if (spread) cells.back().push_back(interval_cell(comparison->interval, decimals));
    }
    if (!increments) continue;
    cells.back().push_back(icer_cell(row.deterministic_icer));
    cells.back().push_back(icer_cell(row.icer));
  }
  return {columns, cells};
}

std::string names_of(const std::vector<std::string>& names) {
  constexpr std::size_t most = 10;
  const std::size_t shown = std::min(most, names.size());
  const std::string text = fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<long>(shown), ", "));
  return names.size() > shown ? fmt::format("{} and {} more", text, names.size() - shown) : text;
}

std::string inputs_in_words(const study::UncertainInputs& uncertain, std::size_t varied) {
  std::string text = fmt::format("{} input{} varied from draw to draw.", varied, varied == 1 ? "" : "s");
  if (!uncertain.left_out.empty()) {
    const bool one = uncertain.left_out.size() == 1;
    text += fmt::format(
        " {} more {} a published range but no distribution, so that {} stayed at {} value{} and the uncertainty shown "
        "leaves {} out: {}.",
        uncertain.left_out.size(), one ? "has" : "have", one ? "it" : "they", one ? "its" : "their", one ? "" : "s",
        one ? "it" : "them", names_of(uncertain.left_out));
  }
  return text;
}

/// Where the two means differ by more than chance.
std::string differences_in_words(const AnalysisResult& base, const Compared& compared) {
  const bool increments = !compared.increments.empty();
  std::vector<std::string> parts;
  for (const Row& row : increments ? compared.increments : compared.strategies) {
    for (const auto& [comparison, name, decimals] :
         {std::tuple(&row.cost, "cost", money_decimals), std::tuple(&row.qaly, "QALYs", qaly_decimals)}) {
      if (!comparison->differs()) continue;
      std::string part =
          fmt::format("{}{} of {} {}{}", increments ? "incremental " : "", name, label(base, row.strategy),
                      comparison->difference() > 0 ? "+" : "", format_number(comparison->difference(), decimals));
      if (comparison->deterministic.mean != 0)
        part += fmt::format(" ({:+.1f} %)", 100 * comparison->difference() / std::abs(comparison->deterministic.mean));
      parts.push_back(std::move(part));
    }
  }
  const std::string why =
      " The means can differ where the mean of an input's distribution is not its value, and where costs or QALYs do "
      "not rise in proportion to an input; a decision on expected costs and QALYs rests on the means over draws.";
  if (parts.empty())
    return "No mean over draws differs from the result at the inputs' own values by more than two standard errors." +
           why;
  return fmt::format(
      "Means over draws that differ from the result at the inputs' own values by more than two standard "
      "errors: {}.{}",
      fmt::join(parts, "; "), why);
}

std::string how_to_read(const AnalysisResult& drawn) {
  if (drawn.draws == 1) {
    return "`At values`: every input at its own value. `Mean`: over the parameter draws of the run, priced again. Its "
           "standard error, the 95 % intervals, acceptability and the value of information need a new run.";
  }
  std::string text = fmt::format(
      "`At values`: every input at its own value. `Mean`: over {} draws of the uncertain inputs, with its standard "
      "error, which more draws make smaller. 95 % of draws lie in the interval",
      format_number(static_cast<double>(drawn.draws), 0));
  text += drawn.patients > 0
              ? fmt::format(
                    ", which also holds the chance of {} simulated patients a draw: it is wider than the "
                    "uncertainty of the inputs alone.",
                    format_number(static_cast<double>(drawn.patients), 0))
              : std::string(".");
  return text +
         " The ICER is the ratio of the two differences: what each QALY gained costs or, where both are below 0, what "
         "is "
         "saved for each QALY forgone. It is left out where a strategy is better at both or worse at both.";
}

Json json_of(const Comparison& comparison) {
  Json json = {{"deterministic", estimate_json(comparison.deterministic)},
               {"mean", comparison.over_draws.mean},
               {"standard_error", comparison.over_draws.standard_error},
               {"low", Json()},
               {"high", Json()}};
  if (comparison.interval) {
    json["low"] = comparison.interval->low;
    json["high"] = comparison.interval->high;
  }
  return json;
}

Json json_of(const AnalysisResult& base, const Compared& compared, std::size_t reference) {
  Json json = {{"strategies", Json::array()}, {"increments", Json::array()}};
  for (const Row& row : compared.strategies)
    json["strategies"].push_back(
        {{"name", base.strategies[row.strategy].name}, {"cost", json_of(row.cost)}, {"qaly", json_of(row.qaly)}});
  for (const Row& row : compared.increments) {
    json["increments"].push_back(
        {{"strategy", base.strategies[row.strategy].name},
         {"versus", base.strategies[reference].name},
         {"cost", json_of(row.cost)},
         {"qaly", json_of(row.qaly)},
         {"icer_deterministic", row.deterministic_icer ? Json(row.deterministic_icer->mean) : Json()},
         {"icer_deterministic_mcse", row.deterministic_icer ? Json(row.deterministic_icer->standard_error) : Json()},
         {"icer", row.icer ? Json(row.icer->mean) : Json()},
         {"icer_standard_error", row.icer ? Json(row.icer->standard_error) : Json()}});
  }
  return json;
}

}  // namespace

Result<std::optional<Section>> probabilistic_section(const Material& material) {
  if (!material.run.probabilistic) return std::nullopt;
  const AnalysisResult &base = material.run.analyses.front(), &drawn = *material.run.probabilistic;
  const Result<Compared> compared = compare(base, drawn, material.reference);
  if (!compared) return tl::unexpected(compared.error());
  const study::UncertainInputs uncertain = study::uncertain_inputs(material.scenario);
  const bool spread = drawn.draws > 1;
  const std::size_t varied = spread ? drawn.drawn.names.size() : uncertain.varied.size();

  Document document = heading(material.run, base, "Probabilistic analysis beside the deterministic one") +
                      comparison_table(base, compared->strategies, false, spread);
  if (!compared->increments.empty()) {
    document += Heading{"Differences from " + label(base, material.reference), true} +
                comparison_table(base, compared->increments, true, spread);
  }
  document += Paragraph{how_to_read(drawn)};
  if (spread) document += Paragraph{differences_in_words(base, *compared)};
  document += Paragraph{inputs_in_words(uncertain, varied)};

  Json json = {{"draws", drawn.draws}, {"inputs_varied", varied}, {"inputs_left_out", uncertain.left_out}};
  json.update(json_of(base, *compared, material.reference));
  return Section{"probabilistic", std::move(document), std::move(json)};
}

}  // namespace myelin::report
