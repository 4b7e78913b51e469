#include <algorithm>
#include <set>

#include "economics/estimates.hpp"
#include "report/csv.hpp"
#include "report/export_table.hpp"
#include "report/section_support.hpp"

/// \file
/// The exported files that follow hesim: costs and QALYs by draw, and who is where at each time.

namespace myelin::report {

namespace {

using economics::find_outcome;
using results::AnalysisResult;
using results::TallyResult;

double mean_of(const AnalysisResult& analysis, std::size_t strategy, std::size_t draw, std::size_t outcome,
               results::Column column) {
  return analysis.strategies[strategy]
      .mean[(draw * analysis.outcomes.size() + outcome) * results::column_count + column];
}

/// The costs that the total sums, or the total alone where nothing is known of its parts.
std::vector<std::size_t> cost_categories(const AnalysisResult& analysis) {
  const std::size_t total = *find_outcome(analysis, "cost");
  const std::vector<std::size_t>& parts = analysis.outcomes[total].parts;
  return parts.empty() ? std::vector<std::size_t>{total} : parts;
}

/// `acquisition` of `cost.acquisition`.
std::string category_name(const std::string& outcome) {
  constexpr std::string_view lead = "cost.";
  return outcome.starts_with(lead) ? outcome.substr(lead.size()) : outcome;
}

/// [time][level] the probability of each level of one attribute of a tally, over all others.
std::vector<std::vector<double>> occupancy(const TallyResult& tally, std::size_t attribute) {
  std::size_t stride = 1;
  for (std::size_t a = attribute + 1; a < tally.levels.size(); ++a) stride *= tally.levels[a].size();
  const std::size_t levels = tally.levels[attribute].size();
  std::vector<std::vector<double>> probabilities(tally.times, std::vector<double>(levels, 0.0));
  for (std::size_t t = 0; t < tally.times; ++t) {
    for (std::size_t cell = 0; cell < tally.cells; ++cell)
      probabilities[t][cell / stride % levels] += tally.per_patient[t * tally.cells + cell];
  }
  return probabilities;
}

/// Tallies of who is where at each time point. Those that only say what an accrual depends on are called `by ...`.
bool tells_states(const TallyResult& tally) {
  return tally.time_axis == "time point" && !tally.name.starts_with("by ");
}

/// The levels of an attribute that anybody is ever in; the others mean death, or are out of reach.
std::vector<std::size_t> occupied_levels(const std::vector<std::vector<double>>& probabilities) {
  std::vector<std::size_t> levels;
  for (std::size_t level = 0; level < probabilities.front().size(); ++level) {
    if (std::ranges::any_of(probabilities, [&](const std::vector<double>& row) { return row[level] > 0; }))
      levels.push_back(level);
  }
  return levels;
}

class StateTable {
 public:
  StateTable(double cycle_length_years)
      : cycle_length_years_(cycle_length_years),
        table_("stateprobs.csv", "probability of each state at each time, t in years",
               {"strategy_id", "strategy", "attribute", "state_id", "state", "t", "prob"}) {}

  void add(std::size_t strategy, const std::string& name, const TallyResult& tally, std::size_t attribute) {
    const auto probabilities = occupancy(tally, attribute);
    if (probabilities.empty()) return;
    const std::vector<std::size_t> levels = occupied_levels(probabilities);
    const std::vector<std::string>& names = tally.levels[attribute];
    const auto add_state = [&](std::size_t id, const std::string& state, const auto& probability_at) {
      for (std::size_t t = 0; t < tally.times; ++t)
        table_.add({id_of(strategy), name, tally.attributes[attribute], id_of(id), state,
                    csv_number(static_cast<double>(t) * cycle_length_years_), csv_number(probability_at(t))});
    };
    for (const std::size_t level : levels)
      add_state(level, names[level], [&](std::size_t t) { return probabilities[t][level]; });
    // Tallies count the living. Sums of many of them can pass 1 by a rounding.
    add_state(names.size(), "dead", [&](std::size_t t) {
      double alive = 0;
      for (const double probability : probabilities[t]) alive += probability;
      return std::max(0.0, 1 - alive);
    });
  }

  ExportFile take() { return table_.take(); }

 private:
  double cycle_length_years_;
  ExportTable table_;
};

}  // namespace

ExportFile state_probabilities_file(const results::RunResults& run) {
  const AnalysisResult& analysis = decisive_analysis(run);
  StateTable table(run.cycle_length_years);
  for (std::size_t s = 0; s < analysis.strategies.size(); ++s) {
    std::set<std::string> told;  // several tallies can count by one attribute
    for (const TallyResult& tally : analysis.strategies[s].tallies) {
      if (!tells_states(tally)) continue;
      for (std::size_t a = 0; a < tally.attributes.size(); ++a) {
        if (told.insert(tally.attributes[a]).second) table.add(s, analysis.strategies[s].name, tally, a);
      }
    }
  }
  return table.take();
}

ExportFile costs_file(const results::RunResults& run) {
  const AnalysisResult& analysis = decisive_analysis(run);
  ExportTable table("costs.csv", "costs by category, a sample a draw",
                    {"sample", "strategy_id", "strategy", "discounting", "dr", "category", "costs"});
  for (std::size_t draw = 0; draw < analysis.draws; ++draw) {
    for (std::size_t s = 0; s < analysis.strategies.size(); ++s) {
      for (const Discounting& discounting : discountings(analysis, DiscountedAs::cost)) {
        for (const std::size_t category : cost_categories(analysis))
          table.add({id_of(draw), id_of(s), analysis.strategies[s].name, discounting.name, csv_number(discounting.dr),
                     category_name(analysis.outcomes[category].name),
                     csv_number(mean_of(analysis, s, draw, category, discounting.column))});
      }
    }
  }
  return table.take();
}

ExportFile qalys_file(const results::RunResults& run) {
  const AnalysisResult& analysis = decisive_analysis(run);
  const std::size_t qaly = *find_outcome(analysis, "qaly");
  const std::optional<std::size_t> life_years = find_outcome(analysis, "life_years");
  ExportTable table("qalys.csv", "QALYs and life years, a sample a draw",
                    {"sample", "strategy_id", "strategy", "discounting", "dr", "qalys", "lys"});
  for (std::size_t draw = 0; draw < analysis.draws; ++draw) {
    for (std::size_t s = 0; s < analysis.strategies.size(); ++s) {
      for (const Discounting& discounting : discountings(analysis, DiscountedAs::health))
        table.add({id_of(draw), id_of(s), analysis.strategies[s].name, discounting.name, csv_number(discounting.dr),
                   csv_number(mean_of(analysis, s, draw, qaly, discounting.column)),
                   life_years ? csv_number(mean_of(analysis, s, draw, *life_years, discounting.column)) : ""});
    }
  }
  return table.take();
}

}  // namespace myelin::report
