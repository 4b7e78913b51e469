#include "report/outlook.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "report/document.hpp"
#include "report/text_table.hpp"
#include "report/wording.hpp"

namespace myelin::report {

namespace {

using Json = nlohmann::ordered_json;
using Kind = TableColumn::Kind;

/// People out of a fixed number, so that frequencies beside one another have one denominator: `23`, `<1`, `>99`.
std::string people(double share, double of) {
  const double count = share * of;
  if (count > 0 && count < 0.5) return "<1";
  if (share < 1 && count > of - 0.5) return fmt::format(">{:g}", of - 1);
  return format_number(count, 0);
}

std::string hundred(double share) { return people(share, 100); }

std::string range_in_words(const OutlookSpan& span) {
  return fmt::format("{} to {}", format_number(span.low, 1), format_number(span.high, 1));
}

std::string who(const Outlook& outlook) {
  std::string text =
      fmt::format("A {} person of {} years with EDSS {:g}", outlook.sex, outlook.age_years, outlook.edss);
  if (outlook.disease_duration_years) text += fmt::format(", {:g} years of disease", *outlook.disease_duration_years);
  if (outlook.jcv_positive)
    text += fmt::format(", antibodies against JC virus {}", *outlook.jcv_positive ? "positive" : "negative");
  text += ".";
  if (outlook.edss != static_cast<double>(outlook.edss_level))
    text +=
        fmt::format(" The model's EDSS has whole levels, so that {:g} counts as {}.", outlook.edss, outlook.edss_level);
  return text;
}

/// What is reached by the middle and by the last of the years.
std::string milestones_in_words(const Outlook& outlook, const StrategyOutlook& strategy) {
  const std::size_t last = outlook.years.size() - 1, middle = last / 2;
  std::vector<std::string> parts;
  for (const OutlookProbability& each : strategy.probabilities) {
    if (each.reached_at_entry) continue;
    parts.push_back(middle == last
                        ? fmt::format("{} {}", hundred(each.by_year[last]), each.label)
                        : fmt::format("{} {} within {} years ({} within {})", hundred(each.by_year[middle]), each.label,
                                      outlook.years[middle], hundred(each.by_year[last]), outlook.years[last]));
    if (parts.size() == 2) break;
  }
  return fmt::format("Of 100 people like this, {}. ", fmt::join(parts, " and "));
}

std::string events_in_words(const std::string& begin, const std::vector<OutlookEvent>& events, OutlookKind kind) {
  std::vector<std::string> parts;
  for (const OutlookEvent& event : events) {
    if (event.kind == kind && event.value > 0)
      parts.push_back(fmt::format("{} {}", event.label, people(event.value, 1000)));
  }
  return parts.empty() ? "" : fmt::format("{}: {}. ", begin, fmt::join(parts, ", "));
}

std::string strategy_paragraph(const Outlook& outlook, const StrategyOutlook& strategy) {
  std::string text = outlook.years.empty() ? "" : milestones_in_words(outlook, strategy);
  text += fmt::format(
      "On average {} more years of life, {} of them before a walking aid, and {} QALYs; in the middle 80 % of lives {} "
      "years and {} QALYs. ",
      format_number(strategy.life_years.mean, 1), format_number(strategy.years_before_walking_aid, 1),
      format_number(strategy.qalys.mean, 1), range_in_words(strategy.life_years), range_in_words(strategy.qalys));
  text += events_in_words("Transplantation, of 1,000 people", strategy.procedure, OutlookKind::probability);
  text += events_in_words("Over a lifetime, of 1,000 people", strategy.lifetime, OutlookKind::probability);
  text += events_in_words("Over a lifetime, events in 1,000 people", strategy.lifetime, OutlookKind::expected_number);
  return text;
}

Table strategy_table(const Outlook& outlook, const StrategyOutlook& strategy) {
  std::vector<TableColumn> columns = {{"of 100 people like this", Kind::text}};
  for (const int year : outlook.years) columns.push_back({fmt::format("year {}", year)});
  std::vector<std::vector<std::string>> cells;
  for (const OutlookProbability& each : strategy.probabilities) {
    cells.push_back({each.label});
    for (const double p : each.by_year) cells.back().push_back(each.reached_at_entry ? "already" : hundred(p));
  }
  return {columns, cells};
}

/// Which strategy gives the longer healthy life, in how many of the simulated lives.
Document comparison_table(const OutlookAnalysis& analysis) {
  if (analysis.strategies.size() < 2) return {};
  std::vector<TableColumn> columns = {{"more QALYs than", Kind::text}};
  std::vector<std::vector<std::string>> cells;
  for (std::size_t a = 0; a < analysis.strategies.size(); ++a) {
    columns.push_back({fmt::format("({})", a + 1)});
    cells.push_back({fmt::format("({}) {}", a + 1, analysis.strategies[a].label)});
    for (std::size_t b = 0; b < analysis.strategies.size(); ++b)
      cells.back().push_back(a == b ? "-" : hundred(analysis.more_qalys[a][b]));
  }
  return Heading{"In how many of 100 lives the strategy of the row gives more QALYs, with the same luck under both"} +
         Table{columns, cells};
}

std::string evidence_in_words(const OutlookEvidence& evidence) {
  const std::string range =
      evidence.low && evidence.high ? fmt::format(" ({:g} to {:g})", *evidence.low, *evidence.high) : "";
  return fmt::format("{} against {}, {}: ratio {:g}{}{}{}; source {}, grade {}.", evidence.therapy, evidence.versus,
                     evidence.effect, evidence.ratio, range.empty() ? ", no interval" : range,
                     evidence.endpoint.empty() ? "" : "; " + evidence.endpoint,
                     evidence.population.empty() ? "" : "; " + evidence.population, evidence.source, evidence.grade);
}

std::string natural_history_in_words(const Outlook& outlook) {
  std::vector<std::string> variants;
  for (const OutlookAnalysis& analysis : outlook.analyses) {
    if (std::ranges::find(variants, analysis.natural_history) == variants.end())
      variants.push_back(analysis.natural_history);
  }
  std::string text =
      fmt::format("Natural history: the variant{} {}.", variants.size() == 1 ? "" : "s", fmt::join(variants, " and "));
  if (std::ranges::find(variants, "hta") != variants.end())
    text +=
        " Under `hta`, the published matrices of health-technology assessments, people worsen about twice as fast "
        "as in observed cohorts.";
  if (variants.size() == 1) text += " Look at another variant too: --set natural_history.variant=NAME.";
  return text;
}

Document caveats(const Outlook& outlook) {
  const Paragraph how_to_read{fmt::format(
      "How to read this. Sustained means still there {:g} year{} later, from when it counts; a relapse, a complication "
      "or death counts from the year in which it happens. Means and frequencies are exact; ranges and the comparison "
      "of lives come from {} simulated lives of this one person (seed {}), in which relapses happen or do not; adverse "
      "events that neither kill nor end a drug count at their expectation. That a life has the same luck under two "
      "strategies is a convention of the model, which no trial can show.",
      outlook.cycle_length_years, outlook.cycle_length_years == 1 ? "" : "s",
      format_number(static_cast<double>(outlook.patients), 0), outlook.seed)};
  List ground{{}, "What it rests on"};
  for (const OutlookEvidence& evidence : outlook.evidence) ground.items.push_back(evidence_in_words(evidence));
  ground.items.push_back(natural_history_in_words(outlook));
  return how_to_read + ground +
         Paragraph{
             "These are averages of a model over people like this one, from uncertain evidence. They are "
             "not a prognosis for an individual, and not medical advice."};
}

Json event_json(const OutlookEvent& event) {
  const bool probability = event.kind == OutlookKind::probability;
  return {{"outcome", event.outcome},
          {"label", event.label},
          {probability ? "probability" : "expected_number", event.value}};
}

Json events_json(const std::vector<OutlookEvent>& events) {
  Json json = Json::array();
  for (const OutlookEvent& event : events) json.push_back(event_json(event));
  return json;
}

Json span_json(const OutlookSpan& span) {
  return {{"mean", span.mean}, {"percentile_10", span.low}, {"percentile_90", span.high}};
}

Json strategy_json(const Outlook& outlook, const StrategyOutlook& strategy) {
  Json json = {{"name", strategy.name}, {"label", strategy.label}, {"probabilities", Json::array()}};
  for (const OutlookProbability& each : strategy.probabilities) {
    Json by_year = Json::object();
    for (std::size_t i = 0; i < each.by_year.size(); ++i) by_year[std::to_string(outlook.years[i])] = each.by_year[i];
    json["probabilities"].push_back({{"outcome", each.outcome},
                                     {"label", each.label},
                                     {"reached_at_entry", each.reached_at_entry},
                                     {"by_year", by_year}});
  }
  json["procedure"] = events_json(strategy.procedure);
  json["lifetime"] = events_json(strategy.lifetime);
  json["life_years"] = span_json(strategy.life_years);
  json["qalys"] = span_json(strategy.qalys);
  json["years_before_walking_aid"] = strategy.years_before_walking_aid;
  return json;
}

Json analysis_json(const Outlook& outlook, const OutlookAnalysis& analysis) {
  Json json = {{"name", analysis.name},
               {"label", analysis.label},
               {"natural_history", analysis.natural_history},
               {"strategies", Json::array()},
               {"more_qalys", Json::array()}};
  for (const StrategyOutlook& strategy : analysis.strategies)
    json["strategies"].push_back(strategy_json(outlook, strategy));
  for (std::size_t a = 0; a < analysis.strategies.size(); ++a) {
    for (std::size_t b = 0; b < analysis.strategies.size(); ++b) {
      if (a == b) continue;
      json["more_qalys"].push_back({{"strategy", analysis.strategies[a].name},
                                    {"versus", analysis.strategies[b].name},
                                    {"share_of_lives", analysis.more_qalys[a][b]}});
    }
  }
  return json;
}

Json evidence_json(const OutlookEvidence& evidence) {
  const auto or_null = [](const std::optional<double>& value) { return value ? Json(*value) : Json(); };
  return {{"therapy", evidence.therapy},   {"versus", evidence.versus},         {"effect", evidence.effect},
          {"ratio", evidence.ratio},       {"low", or_null(evidence.low)},      {"high", or_null(evidence.high)},
          {"endpoint", evidence.endpoint}, {"population", evidence.population}, {"source", evidence.source},
          {"grade", evidence.grade}};
}

Json person_json(const Outlook& outlook) {
  Json person = {{"age_years", outlook.age_years},
                 {"sex", outlook.sex},
                 {"edss", outlook.edss},
                 {"edss_level", outlook.edss_level}};
  if (outlook.disease_duration_years) person["disease_duration_years"] = *outlook.disease_duration_years;
  if (outlook.jcv_positive) person["jcv"] = *outlook.jcv_positive ? "positive" : "negative";
  return person;
}

}  // namespace

std::string outlook_text(const Outlook& outlook) {
  Document document = Heading{outlook.title} + Paragraph{who(outlook)};
  for (const std::string& warning : outlook.warnings) document += Paragraph{warning};
  std::string text = to_text(document);
  for (const OutlookAnalysis& analysis : outlook.analyses) {
    text += fmt::format("\n=== {} ===\n", analysis.label);
    for (const StrategyOutlook& strategy : analysis.strategies) {
      Document expected = Paragraph{strategy_paragraph(outlook, strategy)};
      if (!outlook.years.empty()) expected += strategy_table(outlook, strategy);
      text += fmt::format("\n--- {} ---\n\n{}", strategy.label, to_text(expected));
    }
    if (const Document comparison = comparison_table(analysis); !comparison.empty()) text += "\n" + to_text(comparison);
  }
  return text + "\n" + to_text(caveats(outlook));
}

std::string outlook_json(const Outlook& outlook) {
  Json json = {{"title", outlook.title},       {"person", person_json(outlook)},
               {"years", outlook.years},       {"cycle_length_years", outlook.cycle_length_years},
               {"patients", outlook.patients}, {"seed", outlook.seed},
               {"warnings", outlook.warnings}, {"evidence", Json::array()},
               {"analyses", Json::array()}};
  for (const OutlookEvidence& evidence : outlook.evidence) json["evidence"].push_back(evidence_json(evidence));
  for (const OutlookAnalysis& analysis : outlook.analyses) json["analyses"].push_back(analysis_json(outlook, analysis));
  json["caveat"] =
      "averages of a model over people like this one; not a prognosis for an individual, not medical advice";
  return json.dump(2);
}

}  // namespace myelin::report
