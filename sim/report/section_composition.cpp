#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "economics/accruals.hpp"
#include "report/section.hpp"
#include "report/section_support.hpp"
#include "report/text_table.hpp"
#include "report/wording.hpp"

namespace myelin::report {

namespace {

using namespace economics;
using results::AnalysisResult;
using Json = nlohmann::ordered_json;

/// What the composition of a total is told of.
struct Total {
  const char* outcome;
  const char* title;
  int decimals;
  results::Column column;
};
constexpr Total totals[] = {{"cost", "Costs", money_decimals, results::discounted_column},
                            {"qaly", "QALYs", qaly_decimals, results::discounted_column},
                            {"life_years", "Life years", 2, results::undiscounted_column}};

Heading heading_of(const Material& material, const AnalysisResult& analysis, const Total& total,
                   const std::string& by) {
  const std::string title = fmt::format("{} by {}", total.title, by);
  return total.outcome == std::string_view("cost") ? heading(material.run, analysis, title)
                                                   : plain_heading(analysis, title);
}

// --- By category -----------------------------------------------------------------------------------------------------

/// The parts of a total that any strategy has.
std::vector<std::size_t> categories(const AnalysisResult& analysis, std::size_t total) {
  std::vector<std::size_t> kept;
  for (const std::size_t part : analysis.outcomes[total].parts) {
    const auto has_any_of_it = [&](const std::size_t s) {
      const Estimate estimate = outcome_estimate(analysis, s, part, results::discounted_column);
      return estimate.mean != 0 || estimate.standard_error > 0;
    };
    std::vector<std::size_t> strategies(analysis.strategies.size());
    std::iota(strategies.begin(), strategies.end(), std::size_t{0});
    if (std::ranges::any_of(strategies, has_any_of_it)) kept.push_back(part);
  }
  return kept;
}

Json category_json(const AnalysisResult& analysis, std::size_t part) {
  Json json = {{"outcome", analysis.outcomes[part].name},
               {"description", analysis.outcomes[part].description},
               {"strategies", Json::object()}};
  for (std::size_t s = 0; s < analysis.strategies.size(); ++s)
    json["strategies"][analysis.strategies[s].name] =
        estimate_json(outcome_estimate(analysis, s, part, results::discounted_column));
  return json;
}

void add_categories(const Material& material, const Total& total, Section& section) {
  const AnalysisResult& analysis = decisive_analysis(material.run);
  const std::optional<std::size_t> outcome = find_outcome(analysis, total.outcome);
  if (!outcome || analysis.outcomes[*outcome].parts.empty()) return;
  std::vector<StrategyRow> rows;
  Json& json = section.json["categories"][total.outcome] = Json::array();
  const auto add_row = [&](const std::string& name, std::size_t of) {
    rows.push_back({name, {}});
    for (std::size_t s = 0; s < analysis.strategies.size(); ++s)
      rows.back().cells.push_back(
          estimate_cell(outcome_estimate(analysis, s, of, results::discounted_column), total.decimals));
  };
  for (const std::size_t part : categories(analysis, *outcome)) {
    add_row(analysis.outcomes[part].description, part);
    json.push_back(category_json(analysis, part));
  }
  add_row("all", *outcome);
  section.document += heading_of(material, analysis, total, "category") + strategy_table(analysis, "Category", rows);
}

// --- By state of the disease -----------------------------------------------------------------------------------------

/// The names of the state attributes that accruals at time points into some outcomes read.
std::set<std::string> attributes_behind(const Program& program, const std::vector<std::size_t>& outcomes) {
  std::set<std::string> names;
  for (const Step& step : program.point) {
    const auto* accrual = std::get_if<Accrual>(&step.action);
    if (accrual == nullptr || std::ranges::find(outcomes, accrual->outcome.value) == outcomes.end()) continue;
    for (const Read& read : accrual->reads) {
      const Attribute& attribute = program.attributes[read.attribute.value];
      if (attribute.kind == AttributeKind::state) names.insert(attribute.name);
    }
  }
  return names;
}

AttributeIndex index_of(const Program& program, const std::string& attribute) {
  const auto found = std::ranges::find(program.attributes, attribute, &Attribute::name);
  return {static_cast<std::size_t>(found - program.attributes.begin())};
}

/// The attribute that says most of how ill patients are: of those that the largest part of the QALYs depends on, and
/// costs too, the one with most levels. None if there is no such attribute, the same under every strategy.
std::optional<std::string> disease_attribute(const Material& material) {
  const AnalysisResult& analysis = material.run.analyses.front();
  const auto cost = find_outcome(analysis, "cost"), qaly = find_outcome(analysis, "qaly");
  if (!cost || !qaly || material.lives == nullptr) return std::nullopt;
  const std::vector<Program>& programs = material.lives->programs;
  const std::vector<std::size_t> parts = accruing_outcomes(analysis, *qaly);
  const std::size_t largest = *std::ranges::max_element(parts, {}, [&](std::size_t part) {
    return std::abs(outcome_estimate(analysis, material.reference, part, results::discounted_column).mean);
  });
  const Program& reference = programs[material.reference];
  const std::set<std::string> of_health = attributes_behind(reference, {largest}),
                              of_cost = attributes_behind(reference, accruing_outcomes(analysis, *cost));
  std::optional<std::string> best;
  const auto levels = [&](const Program& program, const std::string& name) -> const std::vector<std::string>& {
    return program.attributes[index_of(program, name).value].levels;
  };
  for (const std::string& name : of_health) {
    const bool everywhere = std::ranges::all_of(programs, [&](const Program& program) {
      return index_of(program, name).value < program.attributes.size() &&
             levels(program, name) == levels(reference, name);
    });
    if (!everywhere || !of_cost.contains(name)) continue;
    if (!best || levels(reference, name).size() > levels(reference, *best).size()) best = name;
  }
  return best;
}

/// What one strategy accrues of a total.
struct ByState {
  std::vector<double> levels;  ///< [level]
  double not_told = 0;
};

/// [strategy]; nothing if the run did not count when some part accrues. Adds what parts are not told by state to
/// `not_told`.
std::vector<ByState> by_state(const Material& material, const std::string& attribute, const Total& total,
                              std::set<std::string>& not_told) {
  const AnalysisResult& analysis = material.run.analyses.front();
  std::vector<ByState> strategies;
  for (std::size_t s = 0; s < analysis.strategies.size(); ++s) {
    const Program& program = material.lives->programs[s];
    const AttributeIndex index = index_of(program, attribute);
    const auto amounts = engine::amounts_by_level(program, material.lives->population,
                                                  results::tallies_of(analysis.strategies[s]), index);
    ByState state{std::vector<double>(program.attributes[index.value].levels.size()), 0};
    for (const std::size_t outcome : accruing_outcomes(analysis, *find_outcome(analysis, total.outcome))) {
      if (!amounts[outcome]) return {};
      const Outcome& weighed = program.outcomes[outcome];
      const Weights& weights = total.column == results::discounted_column ? weighed.weights : weighed.undiscounted;
      for (std::size_t level = 0; level < state.levels.size(); ++level)
        state.levels[level] += engine::weighted_sum(weights, amounts[outcome]->levels[level]);
      const double rest = engine::weighted_sum(weights, amounts[outcome]->not_told);
      state.not_told += rest;
      if (rest != 0) not_told.insert(weighed.description);
    }
    strategies.push_back(std::move(state));
  }
  return strategies;
}

void add_states(const Material& material, const std::string& attribute, const Total& total, Section& section,
                std::set<std::string>& not_told) {
  const AnalysisResult& analysis = material.run.analyses.front();
  if (!find_outcome(analysis, total.outcome)) return;
  const std::vector<ByState> strategies = by_state(material, attribute, total, not_told);
  if (strategies.empty()) return;
  const Program& program = material.lives->programs[material.reference];
  const std::vector<std::string>& levels = program.attributes[index_of(program, attribute).value].levels;

  std::vector<StrategyRow> rows;
  const auto add_row = [&](const std::string& name, const auto& value) {
    if (std::ranges::all_of(strategies, [&](const ByState& state) { return value(state) == 0; })) return;
    rows.push_back({name, {}});
    for (const ByState& state : strategies) rows.back().cells.push_back(format_number(value(state), total.decimals));
  };
  for (std::size_t level = 0; level < levels.size(); ++level)
    add_row(levels[level], [&](const ByState& state) { return state.levels[level]; });
  add_row("not by " + attribute, [](const ByState& state) { return state.not_told; });
  add_row("all", [](const ByState& state) {
    return std::accumulate(state.levels.begin(), state.levels.end(), state.not_told);
  });
  Json& json = section.json["states"][total.outcome] = Json::object();
  for (std::size_t s = 0; s < strategies.size(); ++s)
    json[analysis.strategies[s].name] = {{"by_level", strategies[s].levels}, {"not_by_level", strategies[s].not_told}};
  section.document += heading_of(material, analysis, total, attribute) + strategy_table(analysis, attribute, rows);
}

std::string state_explanation(const Material& material, const std::string& attribute,
                              const std::set<std::string>& not_told) {
  std::string text = fmt::format(
      "Costs and QALYs stand at the level of {} that patients have when they accrue, per patient who started. They "
      "come from counts of patients by level and have no standard error of their own. Costs and QALYs are discounted, "
      "life years are not.",
      attribute);
  if (!not_told.empty())
    text +=
        fmt::format(" Not counted by {0}, and so in the row `not by {0}`: {1}.", attribute, fmt::join(not_told, "; "));
  if (material.run.probabilistic)
    text += " They are of the base case at the inputs' own values, not of the mean over draws.";
  return text;
}

}  // namespace

Result<std::optional<Section>> composition_section(const Material& material) {
  Section section{"composition", {}, Json::object()};
  for (const Total& total : totals) add_categories(material, total, section);
  if (!section.document.empty())
    section.document += Paragraph{
        "Each category is discounted, per patient; categories sum to the total. What no strategy has is left out." +
        meaning_of_error(material.run)};
  if (const std::optional<std::string> attribute = disease_attribute(material)) {
    const Program& program = material.lives->programs[material.reference];
    section.json["states"] = {{"attribute", *attribute},
                              {"levels", program.attributes[index_of(program, *attribute).value].levels}};
    std::set<std::string> not_told;
    for (const Total& total : totals) add_states(material, *attribute, total, section, not_told);
    section.document += Paragraph{state_explanation(material, *attribute, not_told)};
  }
  if (section.document.empty()) return std::nullopt;
  return section;
}

}  // namespace myelin::report
