#include <fmt/format.h>

#include "economics/equity.hpp"
#include "report/section.hpp"
#include "report/section_support.hpp"
#include "report/text_table.hpp"
#include "report/wording.hpp"

namespace myelin::report {

namespace {

using namespace economics;
using Json = nlohmann::ordered_json;

constexpr const char* groups_key = "equity.groups";
constexpr int health_decimals = 3;
constexpr double people_of_a_rate = 100'000;

/// Who gains and who pays, and how society minds inequality.
struct Question {
  EquityInput input;
  Increment increment;
  std::vector<InequalityAversion> aversions;
};

/// The analysis under one social welfare function.
struct Answer {
  InequalityAversion aversion;
  EquityAnalysis analysis;
};

std::string name_of(const InequalityAversion& aversion) {
  return aversion.function == WelfareFunction::atkinson
             ? fmt::format("Atkinson, epsilon = {:g}", aversion.parameter)
             : fmt::format("Kolm, alpha = {:g} per QALY", aversion.parameter);
}

EquityGroup read_group(const ParameterSet& parameters, const std::string& name, double gain_per_patient) {
  const std::string key = fmt::format("{}.{}.", groups_key, name);
  return {.name = parameters.text(key + "label"),
          .population_share = parameters.number(key + "population_share"),
          .patient_share = parameters.number(key + "patient_share"),
          .opportunity_cost_share = parameters.number(key + "opportunity_cost_share"),
          .baseline_health = parameters.number(key + "baseline_health"),
          .gain_per_patient = gain_per_patient};
}

std::vector<InequalityAversion> read_aversions(const ParameterSet& parameters) {
  std::vector<InequalityAversion> aversions;
  if (parameters.has("equity.atkinson"))
    aversions.push_back({WelfareFunction::atkinson, parameters.number("equity.atkinson")});
  if (parameters.has("equity.kolm")) aversions.push_back({WelfareFunction::kolm, parameters.number("equity.kolm")});
  return aversions;
}

Result<Question> read_question(const Material& material, const SourcePlace& place) {
  const ParameterSet& parameters = material.scenario.parameters;
  const results::AnalysisResult& analysis = decisive_analysis(material.run);
  const Questions questions = Questions::of(material);
  Diagnostics problems = check_equity(questions);
  if (!find_outcome(analysis, "cost") || !find_outcome(analysis, "qaly"))
    problems.push_back({place, "the run lacks `cost` or `qaly`", "let the model accrue `cost` and `qaly`"});
  if (!problems.empty()) return tl::unexpected(problems);

  const results::StrategyPair pair{*strategy_at(questions, "equity.strategy"),
                                   *strategy_at(questions, "equity.versus")};
  Question question{{}, increment_between(analysis, pair), read_aversions(parameters)};
  question.input = {.people = parameters.number("equity.people"),
                    .patients = parameters.number("equity.patients"),
                    .incremental_cost_per_patient = question.increment.cost.mean,
                    .cost_per_qaly_forgone = parameters.number("equity.cost_per_qaly_forgone"),
                    .groups = {}};
  for (const std::string& name : parameters.names_under(groups_key))
    question.input.groups.push_back(read_group(parameters, name, question.increment.qaly.mean));
  return question;
}

Table group_table(const Question& question, const EquityAnalysis& analysis) {
  std::vector<std::vector<std::string>> cells;
  for (std::size_t g = 0; g < analysis.groups.size(); ++g) {
    const GroupHealth& health = analysis.groups[g];
    const double group_people = question.input.people * question.input.groups[g].population_share;
    cells.push_back({question.input.groups[g].name, format_number(health.before, 2)});
    for (const double per_person : {health.gain, health.opportunity_cost, health.net_gain})
      cells.back().push_back(format_number(per_person * group_people, 1));
    cells.back().push_back(format_number(health.net_gain * people_of_a_rate, 2));
  }
  return {{{"Group", TableColumn::Kind::text},
           {"QALE before,\nper person"},
           {"QALYs gained"},
           {"QALYs forgone"},
           {"Net QALYs"},
           {"Net, per\n100,000 people"}},
          cells};
}

Table welfare_table(const Question& question, const std::vector<Answer>& answers) {
  std::vector<std::vector<std::string>> cells;
  for (const auto& [aversion, analysis] : answers) {
    cells.push_back(
        {name_of(aversion), format_number(analysis.before.equally_distributed_equivalent, health_decimals)});
    for (const double per_person : {analysis.equivalent_gain, analysis.mean_gain, analysis.equity_part})
      cells.back().push_back(format_number(per_person * question.input.people, 1));
    const double change = analysis.impact.inequality;
    cells.back().push_back(change < 0 ? "falls" : change > 0 ? "rises" : "stays");
  }
  return {{{"Social welfare function", TableColumn::Kind::text},
           {"Equivalent before,\nper person"},
           {"Its change,\nQALYs"},
           {"of it mean\nhealth"},
           {"of it\nequity"},
           {"Inequality", TableColumn::Kind::text}},
          cells};
}

std::string explanation(const Material& material, const Question& question, const std::vector<Answer>& answers) {
  const results::AnalysisResult& analysis = decisive_analysis(material.run);
  const results::StrategyPair& pair = question.increment.pair;
  const std::string error = format_error(question.increment.qaly.standard_error, qaly_decimals);
  std::string text = fmt::format(
      "{} patients receive {} in place of {}: {} QALYs{} and {} {} each. A QALY is forgone elsewhere for every {} {} "
      "spent, or gained for every such sum saved. Every patient gains the same, whatever the group: only who falls "
      "ill, "
      "who bears the cost and how healthy people are differ between groups. The equivalent is the quality-adjusted "
      "life "
      "expectancy (QALE) that, had by everybody alike, would be as good as the true distribution; its change is what "
      "the therapy is worth to a society that minds inequality as much as the parameter says. Changes are QALYs of all "
      "people together.",
      format_number(question.input.patients, 0), label(analysis, pair.strategy), label(analysis, pair.versus),
      format_number(question.increment.qaly.mean, qaly_decimals), error.empty() ? "" : " (" + error + ")",
      format_number(question.increment.cost.mean, money_decimals), material.run.currency,
      format_number(question.input.cost_per_qaly_forgone, money_decimals), material.run.currency);
  text += fmt::format(" Net health of all people: {} QALYs.",
                      format_number(answers.front().analysis.impact.total_health, 1));
  return text;
}

Json welfare_json(const Welfare& welfare) {
  return {{"mean_health", welfare.mean_health},
          {"equally_distributed_equivalent", welfare.equally_distributed_equivalent},
          {"inequality", welfare.inequality}};
}

Json to_json(const Material& material, const Question& question, const std::vector<Answer>& answers) {
  const auto& strategies = decisive_analysis(material.run).strategies;
  Json json = {{"strategy", strategies[question.increment.pair.strategy].name},
               {"versus", strategies[question.increment.pair.versus].name},
               {"total_health", answers.front().analysis.impact.total_health},
               {"groups", Json::array()},
               {"welfare", Json::array()}};
  for (std::size_t g = 0; g < question.input.groups.size(); ++g) {
    const GroupHealth& health = answers.front().analysis.groups[g];
    json["groups"].push_back({{"label", question.input.groups[g].name},
                              {"gain", health.gain},
                              {"opportunity_cost", health.opportunity_cost},
                              {"net_gain", health.net_gain},
                              {"before", health.before},
                              {"after", health.after}});
  }
  for (const auto& [aversion, analysis] : answers) {
    json["welfare"].push_back({{"function", aversion.function == WelfareFunction::atkinson ? "atkinson" : "kolm"},
                               {"parameter", aversion.parameter},
                               {"before", welfare_json(analysis.before)},
                               {"after", welfare_json(analysis.after)},
                               {"mean_gain", analysis.mean_gain},
                               {"equivalent_gain", analysis.equivalent_gain},
                               {"equity_part", analysis.equity_part},
                               {"change_of_inequality", analysis.impact.inequality}});
  }
  return json;
}

}  // namespace

Diagnostics check_equity(const Questions& questions) {
  const ParameterSet& parameters = questions.scenario.parameters;
  const std::optional<SourcePlace> place = first_key_below(parameters, "equity");
  if (!place) return {};
  Diagnostics problems = absent_keys(
      parameters,
      {"equity.strategy", "equity.versus", "equity.people", "equity.patients", "equity.cost_per_qaly_forgone"}, *place);
  std::vector<std::string> named;
  for (const char* key : {"equity.strategy", "equity.versus"}) {
    if (!parameters.has(key)) continue;
    named.push_back(parameters.text(key));
    const Result<std::size_t> strategy = strategy_at(questions, key);
    if (!strategy) problems.insert(problems.end(), strategy.error().begin(), strategy.error().end());
  }
  if (named.size() == 2 && named[0] == named[1])
    problems.push_back({parameters.entry("equity.versus").place, "equity.strategy and equity.versus are the same",
                        "name the strategy that it replaces"});
  if (parameters.names_under(groups_key).empty())
    problems.push_back({*place, "the distributional analysis has no groups of people",
                        "add [equity.groups.NAME] for each, with its shares and health"});
  if (read_aversions(parameters).empty())
    problems.push_back({*place, "nothing says how much inequality matters", "add equity.atkinson or equity.kolm"});
  return problems;
}

Result<std::optional<Section>> equity_section(const Material& material) {
  const ParameterSet& parameters = material.scenario.parameters;
  const std::optional<SourcePlace> place = first_key_below(parameters, "equity");
  if (!place) return std::nullopt;
  const Result<Question> question = read_question(material, *place);
  if (!question) return tl::unexpected(question.error());
  std::vector<Answer> answers;
  for (const InequalityAversion& aversion : question->aversions) {
    const Result<EquityAnalysis> analysis = analyse_equity(question->input, aversion);
    if (!analysis) return tl::unexpected(placed_at(*place, analysis.error()));
    answers.push_back({aversion, *analysis});
  }
  Document document = heading(material.run, decisive_analysis(material.run), "Distribution of health") +
                      group_table(*question, answers.front().analysis) + welfare_table(*question, answers) +
                      Paragraph{explanation(material, *question, answers)};
  return Section{"equity", std::move(document), to_json(material, *question, answers)};
}

}  // namespace myelin::report
