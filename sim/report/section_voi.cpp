#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "economics/acceptability.hpp"
#include "economics/informative_inputs.hpp"
#include "economics/patient_noise.hpp"
#include "program/timing_settings.hpp"
#include "report/section_support.hpp"
#include "report/text_table.hpp"
#include "report/voi_request.hpp"
#include "report/voi_trials.hpp"
#include "report/wording.hpp"

namespace myelin::report {

namespace {

using namespace economics;
using results::AnalysisResult;
using Json = nlohmann::ordered_json;
using Cells = std::vector<std::vector<std::string>>;

/// As evppi() asks for.
constexpr std::size_t fewest_draws = 50;
constexpr std::size_t most_computed = 40, most_shown = 10;
constexpr std::size_t thresholds_side_by_side = 4, columns_of_fit = 3, widest_method = 10;

/// A line of the tables: inputs with what it is worth to know them.
struct Line {
  InputGroup group;
  Result<EvppiResult> value;  ///< or why there is none
};

/// The answer about the parameters, per patient.
struct Values {
  std::vector<Estimate> evpi;  ///< [threshold]
  std::vector<Line> groups;
  std::vector<Line> inputs;        ///< from high to low at the last threshold; only those that are shown
  std::size_t inputs_varied = 0;   ///< over draws
  bool chosen_by_screen = false;   ///< the inputs shown are the best of those that a screen found
  std::optional<double> patients;  ///< discounted, whom the decision concerns
};

ParameterSample parameter_sample(const AnalysisResult& drawn) {
  const auto draws = static_cast<Eigen::Index>(drawn.draws),
             inputs = static_cast<Eigen::Index>(drawn.drawn.names.size());
  using ByDraw = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return {drawn.drawn.names, Eigen::Map<const ByDraw>(drawn.drawn.values.data(), draws, inputs)};
}

/// Without the chance of simulated patients, which would make it too large.
Result<std::vector<Estimate>> evpi_per_patient(const AnalysisResult& drawn, const DecisionSample& sample,
                                               const std::vector<double>& thresholds) {
  const IncrementNoise noise = increment_noise(drawn);
  if ((noise.covariance.array() != 0).any()) return corrected_evpi(sample, noise, thresholds);
  const Result<std::vector<ThresholdDecision>> decisions = decide(sample, thresholds);
  if (!decisions) return tl::unexpected(decisions.error());
  std::vector<Estimate> evpi;
  for (const ThresholdDecision& decision : *decisions) evpi.push_back(decision.evpi());
  return evpi;
}

/// Inputs that always move together stand for each other: the first, with the number of the others.
InputGroup group_of(const AlikeParameters& alike, const std::vector<std::string>& names) {
  const std::string& first = names[alike.front()];
  const std::size_t others = alike.size() - 1;
  if (others == 0) return {first, first, alike};
  return {first, fmt::format("{} and {} that {} with it", first, others, others == 1 ? "moves" : "move"), alike};
}

/// Whether any strategy's program would be another with the inputs at values of theirs in a draw, all else as in the
/// base case. Comparisons that a scenario holds ready but does not use have no value of information, and what a
/// regression finds of them is noise.
bool are_used(const Material& material, const AlikeParameters& inputs) {
  const AnalysisResult& drawn = *material.run.probabilistic;
  if (material.lives == nullptr) return true;
  ParameterSet parameters = material.scenario.parameters;
  const std::vector<ParameterSet::Number> numbers = parameters.numbers();
  for (const std::size_t input : inputs) {
    const auto number = std::ranges::find(numbers, drawn.drawn.names[input], &ParameterSet::Number::name);
    if (number == numbers.end()) return true;
    double farthest = number->value;
    for (std::size_t at = input; at < drawn.drawn.values.size(); at += drawn.drawn.names.size()) {
      const double value = drawn.drawn.values[at];
      if (std::abs(value - number->value) > std::abs(farthest - number->value)) farthest = value;
    }
    parameters.set(number->cell, farthest);
  }
  return std::ranges::any_of(material.run.analyses.front().strategies, [&](const results::StrategyResult& strategy) {
    const Result<Program> program = material.lives->model->compile(parameters, strategy.name);
    return !program || table_digest(*program) != strategy.table_digest;
  });
}

double last_value(const Line& line) { return line.value ? line.value->by_threshold.back().value : 0; }

Result<Values> assess(const Material& material, const VoiRequest& request, const DecisionSample& sample,
                      const ParameterSample& parameters) {
  const results::RunResults& run = material.run;
  Values values;
  values.inputs_varied = parameters.names.size();
  Result<std::vector<Estimate>> evpi = evpi_per_patient(*run.probabilistic, sample, run.thresholds);
  if (!evpi) return tl::unexpected(evpi.error());
  values.evpi = std::move(*evpi);
  const auto line_of = [&](InputGroup group) {
    Result<EvppiResult> value = evppi(sample, run.thresholds, parameters, group.inputs, {.seed = Seed{run.seed}});
    return Line{std::move(group), std::move(value)};
  };
  for (const InputGroup& group : request.groups) values.groups.push_back(line_of(group));
  if (request.inputs) {
    for (const std::size_t input : *request.inputs)
      values.inputs.push_back(line_of(group_of({input}, parameters.names)));
  } else {
    for (const AlikeParameters& alike : most_informative(sample, run.thresholds.back(), parameters, most_computed)) {
      if (!are_used(material, alike)) continue;
      Line line = line_of(group_of({alike.front()}, parameters.names));
      line.group = group_of(alike, parameters.names);
      values.inputs.push_back(std::move(line));
    }
  }
  std::ranges::stable_sort(values.inputs, [](const Line& a, const Line& b) { return last_value(a) > last_value(b); });
  values.chosen_by_screen = !request.inputs && values.inputs.size() > most_shown;
  if (values.chosen_by_screen) values.inputs.erase(values.inputs.begin() + most_shown, values.inputs.end());
  if (request.population) {
    const Result<double> patients = discounted_patients(*request.population);
    if (!patients) return tl::unexpected(patients.error());
    values.patients = *patients;
  }
  return values;
}

/// What the lines are worth to so many patients, by threshold; with the fit of the regressions at the last.
Table values_table(const results::RunResults& run, const Values& values, double patients, bool with_fit) {
  Table table{{{"Inputs", TableColumn::Kind::text}}, {}, thresholds_side_by_side + (with_fit ? columns_of_fit : 0)};
  for (const double threshold : run.thresholds)
    table.columns.push_back({"At " + format_number(threshold, money_decimals)});
  if (with_fit) {
    table.columns.insert(table.columns.end(),
                         {{"Bias\ntaken off"}, {"R²"}, {"Regression", TableColumn::Kind::text, widest_method}});
  }
  table.rows.push_back({"all that vary (EVPI)"});
  for (const Estimate& evpi : values.evpi)
    table.rows.back().push_back(estimate_cell(population_value(evpi, patients), money_decimals));
  if (with_fit) table.rows.back().insert(table.rows.back().end(), columns_of_fit, "");
  for (const std::vector<Line>* lines : {&values.groups, &values.inputs}) {
    for (const Line& line : *lines) {
      if (!line.value) continue;
      std::vector<std::string>& cells = table.rows.emplace_back();
      cells.push_back(line.group.label);
      for (const Evppi& evppi : line.value->by_threshold)
        cells.push_back(estimate_cell(population_value({evppi.value, evppi.standard_error}, patients), money_decimals));
      if (!with_fit) continue;
      const Evppi& evppi = line.value->by_threshold.back();
      cells.push_back(format_number(evppi.bias, money_decimals));
      cells.push_back(format_number(evppi.r_squared.maxCoeff(), 2));
      cells.push_back(line.value->method);
    }
  }
  return table;
}

Document left_out_in_words(const Values& values) {
  Document reasons;
  for (const std::vector<Line>* lines : {&values.groups, &values.inputs}) {
    for (const Line& line : *lines) {
      if (line.value) continue;
      const Diagnostic& problem = line.value.error().front();
      reasons += Paragraph{fmt::format("Left out: {}: {}; {}.", line.group.label, problem.problem, problem.remedy)};
    }
  }
  return reasons;
}

std::string how_to_read(const results::RunResults& run, const Values& values) {
  std::string text = fmt::format(
      "What it would be worth, in {} a patient, to know these inputs exactly before choosing a strategy (EVPPI), by "
      "regression of net benefit on them over {} draws (Strong, Oakley and Brennan 2014). ± is its standard error; the "
      "bias is what noise in the regression adds. R²: the largest share of a strategy's net benefit, against {}, that "
      "they explain; bias and R² are those at the last threshold. 0: no decision hangs on them; values within two "
      "standard errors of 0 may be chance. Values of several rows do not add up, and an input that draws vary together "
      "with others counts with what it tells of these.",
      run.currency, format_number(static_cast<double>(run.probabilistic->draws), 0), label(run.analyses.front(), 0));
  if (run.patients > 0) text += " The chance of simulated patients is in none of the values.";
  if (values.chosen_by_screen)
    text += fmt::format(
        " Of {} inputs, those shown have the highest values at the last threshold, out of {} that a cubic polynomial "
        "in each picked, without those that no strategy's tables use; voi.inputs asks for others.",
        values.inputs_varied, most_computed);
  return text;
}

Document document_of(const results::RunResults& run, const Values& values) {
  Document document = heading(run, run.analyses.front(), "Value of information") + values_table(run, values, 1, true) +
                      Paragraph{how_to_read(run, values)} + left_out_in_words(values);
  if (values.patients) {
    document += Heading{fmt::format("For all {} discounted patients whom the decision concerns",
                                    format_number(*values.patients, 0)),
                        true} +
                values_table(run, values, *values.patients, false) +
                Paragraph{
                    "Patients of later years are discounted at the rate of costs. Research on an input that costs more "
                    "than this is not worth it, however good."};
  }
  return document;
}

Json scaled_json(const Estimate& per_patient, const std::optional<double>& patients) {
  if (!patients) return {};
  const Estimate all = population_value(per_patient, *patients);
  return {{"mean", all.mean}, {"standard_error", all.standard_error}};
}

Json line_json(const Line& line, const Values& values, const ParameterSample& parameters) {
  Json json = {{"name", line.group.name}, {"label", line.group.label}, {"inputs", Json::array()}};
  for (const std::size_t input : line.group.inputs) json["inputs"].push_back(parameters.names[input]);
  if (!line.value) {
    json["left_out"] = line.value.error().front().problem;
    return json;
  }
  json["method"] = line.value->method;
  json["thresholds"] = Json::array();
  for (const Evppi& evppi : line.value->by_threshold) {
    json["thresholds"].push_back({{"threshold", evppi.threshold},
                                  {"evppi", evppi.value},
                                  {"standard_error", evppi.standard_error},
                                  {"bias", evppi.bias},
                                  {"r_squared", std::vector<double>(evppi.r_squared.begin(), evppi.r_squared.end())},
                                  {"population", scaled_json({evppi.value, evppi.standard_error}, values.patients)}});
  }
  return json;
}

Json json_of(const results::RunResults& run, const Values& values, const ParameterSample& parameters) {
  Json json = {{"draws", run.probabilistic->draws},
               {"inputs_varied", values.inputs_varied},
               {"discounted_patients", values.patients ? Json(*values.patients) : Json()},
               {"evpi", Json::array()},
               {"groups", Json::array()},
               {"inputs", Json::array()}};
  for (std::size_t i = 0; i < values.evpi.size(); ++i) {
    json["evpi"].push_back({{"threshold", run.thresholds[i]},
                            {"mean", values.evpi[i].mean},
                            {"standard_error", values.evpi[i].standard_error},
                            {"population", scaled_json(values.evpi[i], values.patients)}});
  }
  for (const Line& line : values.groups) json["groups"].push_back(line_json(line, values, parameters));
  for (const Line& line : values.inputs) json["inputs"].push_back(line_json(line, values, parameters));
  return json;
}

Section left_out(const std::string& reason) {
  return {"voi", Heading{"Value of information"} + Paragraph{"Left out: " + reason + "."}, {{"left_out", reason}}};
}

/// Why the run cannot answer; none if it can.
std::optional<std::string> obstacle(const results::RunResults& run) {
  if (!run.probabilistic) return "it needs draws of the uncertain inputs: run with --draws 1000 or more";
  if (run.probabilistic->drawn.names.empty()) return "the draws were priced again, and it needs a new run";
  if (run.probabilistic->draws < fewest_draws)
    return fmt::format("{} draws are too few: run with --draws 1000 or more", run.probabilistic->draws);
  if (run.thresholds.empty()) return "no threshold is given";
  return std::nullopt;
}

}  // namespace

Diagnostics check_value_of_information(const Questions& questions) {
  const ParameterSet& parameters = questions.scenario.parameters;
  const std::optional<SourcePlace> place = first_key_below(parameters, "voi");
  if (!place) return {};
  if (questions.strategies.size() < 2) {
    return {{*place, "with one strategy there is no decision that information could change",
             "run two strategies or more, or leave out the keys of voi"}};
  }
  const Result<VoiRequest> request = read_voi_request(questions, read_discount_cost(parameters));
  return request ? Diagnostics{} : request.error();
}

Result<std::optional<Section>> value_of_information_section(const Material& material) {
  const results::RunResults& run = material.run;
  const std::optional<SourcePlace> asked_at = first_key_below(material.scenario.parameters, "voi");
  if (!asked_at && !run.probabilistic) return std::nullopt;
  if (run.analyses.front().strategies.size() < 2) {
    if (!asked_at) return std::nullopt;
    return tl::unexpected(check_value_of_information(Questions::of(material)));
  }
  if (const std::optional<std::string> reason = obstacle(run)) return left_out(*reason);
  const Result<VoiRequest> request = read_voi_request(Questions::of(material), run.analyses.front().discount_cost);
  if (!request) return tl::unexpected(request.error());
  const DecisionSample sample = decision_sample(*run.probabilistic);
  const ParameterSample parameters = parameter_sample(*run.probabilistic);
  const Result<Values> values = assess(material, *request, sample, parameters);
  if (!values) return tl::unexpected(values.error());

  Section section{"voi", document_of(run, *values), json_of(run, *values, parameters)};
  section.json["trials"] = Json::object();
  Diagnostics problems;
  for (const TrialRequest& asked : request->trials) {
    Result<Section> trial = value_trial(run, sample, parameters, asked, request->population);
    if (!trial) {
      problems.insert(problems.end(), trial.error().begin(), trial.error().end());
      continue;
    }
    section.document += trial->document;
    section.json["trials"][trial->key] = std::move(trial->json);
  }
  if (!problems.empty()) return tl::unexpected(std::move(problems));
  return section;
}

}  // namespace myelin::report
