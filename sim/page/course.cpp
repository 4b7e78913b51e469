#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "economics/accruals.hpp"
#include "economics/estimates.hpp"
#include "page/figure.hpp"
#include "report/section_support.hpp"
#include "report/wording.hpp"

/// \file
/// What becomes of patients under each strategy.

namespace myelin::page {

namespace {

using Json = nlohmann::ordered_json;
using results::AnalysisResult;
using results::TallyResult;

constexpr const char* by_time_point = "time point";
constexpr const char* dead = "dead";

/// Every time point of a yearly or coarser model, one a year of a finer one.
std::vector<std::size_t> shown_times(const AnalysisResult& analysis, std::size_t times) {
  const double cycle = analysis.timing.cycle_length.value;
  const auto step = static_cast<std::size_t>(std::max(1.0, std::round(1 / cycle)));
  std::vector<std::size_t> shown;
  for (std::size_t time = 0; time < times; time += step) shown.push_back(time);
  return shown;
}

double years_at(const AnalysisResult& analysis, std::size_t time) {
  return static_cast<double>(time) * analysis.timing.cycle_length.value;
}

/// [level] of one attribute of a tally at one time, summed over its others.
std::vector<double> by_level(const TallyResult& tally, std::size_t attribute, std::size_t time) {
  std::vector<double> shares(tally.levels[attribute].size(), 0.0);
  std::size_t inner = 1;
  for (std::size_t a = attribute + 1; a < tally.levels.size(); ++a) inner *= tally.levels[a].size();
  for (std::size_t cell = 0; cell < tally.cells; ++cell)
    shares[cell / inner % shares.size()] += tally.per_patient[time * tally.cells + cell];
  return shares;
}

/// A tally that counts the living by an attribute at every time point.
struct Occupancy {
  const TallyResult* tally = nullptr;
  std::size_t attribute = 0;
};

std::optional<Occupancy> occupancy_of(const results::StrategyResult& strategy, const std::string& attribute) {
  for (const TallyResult& tally : strategy.tallies) {
    const auto found = std::ranges::find(tally.attributes, attribute);
    if (tally.time_axis == by_time_point && found != tally.attributes.end())
      return Occupancy{&tally, static_cast<std::size_t>(found - tally.attributes.begin())};
  }
  return std::nullopt;
}

std::optional<Figure> occupancy(const PageMaterial& page, const AnalysisResult& analysis) {
  const Json* composition = page.section("composition");
  if (composition == nullptr || !composition->contains("states")) return std::nullopt;
  const std::string attribute = (*composition)["states"]["attribute"].get<std::string>();
  Figure figure{"occupancy",
                "State occupancy by " + attribute,
                "Areas stacked to one: the share of patients in each state at each year, a panel a strategy.",
                "The share of all patients who started; those who died are at the top. Mean over parameter draws where "
                "there are draws.",
                {{"strategy", "Strategy"}, {"year", "Year", 1}, {"state", attribute}, {"share", "Share", 4}}};
  std::vector<std::string> levels;
  for (std::size_t s = 0; s < analysis.strategies.size(); ++s) {
    const auto found = occupancy_of(analysis.strategies[s], attribute);
    if (!found) return std::nullopt;
    levels = found->tally->levels[found->attribute];
    for (const std::size_t time : shown_times(analysis, found->tally->times)) {
      const std::vector<double> shares = by_level(*found->tally, found->attribute, time);
      double alive = 0;
      for (std::size_t level = 0; level < levels.size(); ++level) {
        figure.add(report::label(analysis, s), years_at(analysis, time), levels[level], shares[level]);
        alive += shares[level];
      }
      figure.add(report::label(analysis, s), years_at(analysis, time), dead, std::max(0.0, 1 - alive));
    }
  }
  levels.emplace_back(dead);
  Json order = Json::array();
  for (std::size_t s = 0; s < analysis.strategies.size(); ++s) order.push_back(report::label(analysis, s));
  figure.panels = analysis.strategies.size();
  figure.spec = specification(R"json({
    "facet": {"field": "strategy", "type": "nominal", "title": null},
    "spec": {"height": 150, "mark": "area", "encoding": {
      "x": {"field": "year", "type": "quantitative", "title": "years", "scale": {"nice": false}, "axis": {"grid": false}},
      "y": {"field": "share", "type": "quantitative", "stack": "zero", "title": null, "scale": {"domain": [0, 1]}, "axis": {"format": "%"}},
      "order": {"field": "rank", "type": "quantitative"},
      "color": {"field": "state", "type": "ordinal"}}}})json");
  figure.spec["facet"]["sort"] = std::move(order);
  figure.spec["transform"] = {
      {{"calculate", fmt::format("indexof({}, datum.state)", Json(levels).dump())}, {"as", "rank"}}};
  Json range = Json::array();
  // Viridis (Smith and van der Walt 2015), whose lightness rises evenly: a print without colours can be read too.
  constexpr const char* viridis[] = {"#440154", "#482878", "#3e4989", "#31688e", "#26828e",
                                     "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"};
  for (std::size_t level = 0; level + 1 < levels.size(); ++level)
    range.push_back(viridis[std::size(viridis) - 1 -
                            level * (std::size(viridis) - 1) / std::max<std::size_t>(1, levels.size() - 2)]);
  range.push_back("var(--line)");
  figure.spec["spec"]["encoding"]["color"]["scale"] = {{"domain", levels}, {"range", range}};
  figure.spec["spec"]["encoding"]["color"]["title"] = attribute;
  return figure;
}

/// What accrued of an outcome by time point `time`, a patient.
double accrued_by(const engine::AmountsByTime& amounts, std::size_t time) {
  double sum = amounts.start;
  for (std::size_t t = 0; t < time; ++t) sum += amounts.event[t] + amounts.point[t];
  return sum + amounts.point[time];
}

/// Lines by strategy; `value(amounts, time)` of an outcome that every strategy has amounts of.
template <class Value>
bool add_lines(Figure& figure, const AnalysisResult& analysis, std::size_t outcome, const Json& first, Value value) {
  for (std::size_t s = 0; s < analysis.strategies.size(); ++s) {
    if (!analysis.strategies[s].amounts[outcome]) return false;
    const engine::AmountsByTime& amounts = *analysis.strategies[s].amounts[outcome];
    for (const std::size_t time : shown_times(analysis, amounts.event.size())) {
      Json row = Json::array();
      if (!first.is_null()) row.push_back(first);
      row.insert(row.end(),
                 {Json(report::label(analysis, s)), Json(years_at(analysis, time)), Json(value(s, amounts, time))});
      figure.rows.push_back(std::move(row));
    }
  }
  return true;
}

Json line_encoding(const results::RunResults& run, const char* y, const char* title, const char* format) {
  Json encoding = specification(
      R"json({"x": {"field": "year", "type": "quantitative", "title": "years since start", "scale": {"nice": false}}})json");
  encoding["y"] = {{"field", y}, {"type", "quantitative"}, {"title", title}, {"axis", {{"format", format}}}};
  encoding["color"] = strategy_colour(run);
  encoding["strokeDash"] = strategy_dash(run);
  return encoding;
}

/// The share alive at a time point: the years lived there by those who started.
double alive_at(const AnalysisResult& analysis, const engine::AmountsByTime& years, std::size_t time) {
  return years.point[time] / analysis.timing.cycle_length.value;
}

std::optional<Figure> survival(const PageMaterial& page, const AnalysisResult& analysis) {
  const auto outcome = economics::find_outcome(analysis, "life_years");
  if (!outcome) return std::nullopt;
  Figure figure{"survival",
                "Survival",
                "A falling line a strategy: the share of patients alive at each year.",
                "",
                {{"strategy", "Strategy"}, {"year", "Year", 1}, {"share", "Alive", 4}}};
  if (!add_lines(figure, analysis, *outcome, {},
                 [&](std::size_t, const auto& amounts, std::size_t time) { return alive_at(analysis, amounts, time); }))
    return std::nullopt;
  figure.spec = {{"height", 280}, {"mark", "line"}, {"encoding", line_encoding(page.run(), "share", "alive", "%")}};
  return figure;
}

std::optional<Figure> milestones(const PageMaterial& page, const AnalysisResult& analysis) {
  constexpr std::string_view lead = "reached.";
  Figure figure{
      "milestones",
      "Milestones",
      "Rising lines: the share of all patients who have reached each milestone by each year, a panel a milestone.",
      "Of all patients who started, the dead among them; a patient reaches a milestone once.",
      {{"milestone", "Milestone"}, {"strategy", "Strategy"}, {"year", "Year", 1}, {"share", "Reached", 4}}};
  Json order = Json::array();
  for (std::size_t outcome = 0; outcome < analysis.outcomes.size(); ++outcome) {
    const results::OutcomeInfo& info = analysis.outcomes[outcome];
    if (!info.name.starts_with(lead)) continue;
    if (!add_lines(figure, analysis, outcome, info.description,
                   [](std::size_t, const auto& amounts, std::size_t time) { return accrued_by(amounts, time); }))
      return std::nullopt;
    order.push_back(info.description);
  }
  if (order.empty()) return std::nullopt;
  figure.panels = order.size();
  figure.spec = specification(R"json({"facet": {"field": "milestone", "type": "nominal", "title": null}})json");
  figure.spec["facet"]["sort"] = std::move(order);
  figure.spec["spec"] = {
      {"height", 150}, {"mark", "line"}, {"encoding", line_encoding(page.run(), "share", "reached", "%")}};
  return figure;
}

std::optional<Figure> relapses(const PageMaterial& page, const AnalysisResult& analysis) {
  const auto outcome = economics::find_outcome(analysis, "relapses"),
             years = economics::find_outcome(analysis, "life_years");
  if (!outcome || !years) return std::nullopt;
  Figure figure{"relapses",
                "Relapses by year",
                "A line a strategy: relapses in a year of each patient alive at its start, while one in a hundred is.",
                "",
                {{"strategy", "Strategy"}, {"year", "Year", 1}, {"rate", "Relapses a year", 4}}};
  const auto rate = [&](std::size_t s, const engine::AmountsByTime& amounts, std::size_t time) {
    const auto& lived = analysis.strategies[s].amounts[*years];
    const double alive = lived ? lived->point[time] : 0;
    return alive > 0.01 ? Json((amounts.event[time] + amounts.point[time]) / alive) : Json();
  };
  if (!add_lines(figure, analysis, *outcome, {}, rate)) return std::nullopt;
  figure.spec = {{"height", 240},
                 {"mark", "line"},
                 {"encoding", line_encoding(page.run(), "rate", "relapses a year, of the living", ".2f")}};
  return figure;
}

/// Adverse events, complications, late effects and deaths: whichever some strategy has.
std::optional<Figure> events(const PageMaterial& page, const AnalysisResult& analysis) {
  constexpr std::string_view leads[] = {"complication.", "late_effect.", "adverse_event.", "deaths."};
  Figure figure{
      "events",
      "Complications, late effects, adverse events and deaths",
      "A mark a strategy on a line for each event: how often a patient has it over the horizon.",
      "On a scale of powers of ten; events that no strategy has are left out, and so is a strategy that has none.",
      {{"event", "Event"}, {"strategy", "Strategy"}, {"mean", "Per patient", 5}}};
  std::size_t events = 0;
  for (std::size_t outcome = 0; outcome < analysis.outcomes.size(); ++outcome) {
    const results::OutcomeInfo& info = analysis.outcomes[outcome];
    if (std::ranges::none_of(leads, [&](std::string_view lead) { return info.name.starts_with(lead); })) continue;
    const std::size_t before = figure.rows.size();
    for (std::size_t s = 0; s < analysis.strategies.size(); ++s) {
      const double mean = economics::outcome_estimate(analysis, s, outcome, results::undiscounted_column).mean;
      if (mean > 0) figure.add(info.description, report::label(analysis, s), mean);
    }
    events += figure.rows.size() > before;
  }
  if (events == 0) return std::nullopt;
  figure.spec = specification(R"json({"mark": {"type": "point", "filled": true, "size": 70}, "encoding": {
    "x": {"field": "mean", "type": "quantitative", "scale": {"type": "log"}, "title": "per patient", "axis": {"format": "~g"}},
    "y": {"field": "event", "type": "nominal", "title": null, "sort": null, "axis": {"grid": true}}}})json");
  figure.spec["height"] = 22 * events;
  figure.spec["encoding"]["color"] = strategy_colour(page.run());
  figure.spec["encoding"]["shape"] = strategy_shape(page.run());
  return figure;
}

}  // namespace

std::vector<Figure> course_figures(const PageMaterial& page) {
  const AnalysisResult& analysis = report::decisive_analysis(page.run());
  std::vector<Figure> figures;
  for (auto* make : {occupancy, survival, milestones, relapses, events}) {
    if (std::optional<Figure> figure = make(page, analysis)) figures.push_back(std::move(*figure));
  }
  return figures;
}

}  // namespace myelin::page
