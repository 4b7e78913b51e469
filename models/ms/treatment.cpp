#include "models/ms/treatment.hpp"

#include <algorithm>
#include <cmath>

namespace myelin::ms {

namespace {

int years_of_risk(const Therapy& therapy) {
  int years = 0;
  for (const AdverseEvent& event : therapy.adverse_events)
    years = std::max(years, event.risk_per_year.last("year") - 1);
  return years;
}

bool first_year_differs(const Therapy& therapy) {
  return therapy.infusions_first_year != therapy.infusions_per_year ||
         therapy.price_first_year != therapy.price_per_year ||
         therapy.monitoring_first_year != therapy.monitoring_per_year;
}

}  // namespace

TherapyLines::TherapyLines(const Inputs& inputs) : inputs_(inputs) {
  lay_out();
  for (Line& line : lines_) line.cycles_that_matter = cycles_that_matter(line);
  number_effects();
}

/// Lines in the order of the scenario, then no treatment: first after each drug that rebounds, then for good.
void TherapyLines::lay_out() {
  for (std::size_t i = 0; i < inputs_.lines.size(); ++i) {
    const Therapy& therapy = inputs_.lines[i];
    const double rebound = i == 0 ? 1 : inputs_.lines[i - 1].rebound;
    const bool procedure = therapy.kind == TherapyKind::procedure;
    if (procedure) {
      Line waiting{.label = "Waiting for " + therapy.label, .role = Role::waiting, .therapy = inputs_.bridging[i]};
      waiting.scenario_line = i;
      waiting.rebound = rebound;
      lines_.push_back(waiting);
    }
    Line line{.label = therapy.label, .role = Role::therapy, .therapy = therapy};
    line.scenario_line = i;
    line.rebound = procedure ? 1 : rebound;
    lines_.push_back(line);
    if (procedure && therapy.procedure.restart_share < 1) {
      line.label = therapy.label + ", activity returned";
      line.role = Role::observation;
      lines_.push_back(line);
    }
  }
  const std::size_t treated = lines_.size(), no_line = inputs_.lines.size();
  std::vector<std::size_t> first_of, untreated_after;
  for (std::size_t i = 0; i < no_line; ++i) {
    const auto first = std::ranges::find(lines_, i, &Line::scenario_line);
    first_of.push_back(static_cast<std::size_t>(first - lines_.begin()));
    untreated_after.push_back(lines_.size());
    const Therapy& therapy = inputs_.lines[i];
    if (therapy.rebound == 1) continue;
    Line after{.label = "No treatment, first year after " + therapy.label, .role = Role::untreated, .therapy = {}};
    after.rebound = therapy.rebound;
    lines_.push_back(after);
  }
  const std::size_t for_good = lines_.size();
  lines_.push_back({.label = "No treatment", .role = Role::untreated, .therapy = {}});
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    Line& line = lines_[i];
    const bool untreated = i >= treated, rebounds = !untreated && inputs_.lines[line.scenario_line].rebound != 1;
    if (untreated) line.scenario_line = no_line;
    line.untreated = rebounds ? untreated_after[line.scenario_line] : for_good;
    const bool last = untreated || line.scenario_line + 1 == no_line;
    line.next = last ? line.untreated : first_of[line.scenario_line + 1];
    if (line.role == Role::waiting) line.next = procedure_after(i);
  }
}

void TherapyLines::number_effects() {
  for (const Line& line : lines_) {
    std::vector<int>& of_year = effect_of_year_.emplace_back();
    for (int year = 0; year <= line.cycles_that_matter / inputs_.cycles_per_year; ++year) {
      const bool acts = line.therapy.kind != TherapyKind::none;
      const int year_of_therapy = line.role == Role::observation ? static_cast<int>(inputs_.timing.cycles) : year;
      Effects effects = acts ? effects_in_year(inputs_, line.therapy, year_of_therapy) : Effects{};
      if (year == 0) effects.relapse *= line.rebound;
      const auto known = std::ranges::find(effects_, effects);
      of_year.push_back(static_cast<int>(known - effects_.begin()));
      if (known == effects_.end()) effects_.push_back(effects);
    }
  }
}

std::vector<std::string> TherapyLines::labels() const {
  std::vector<std::string> labels;
  for (const Line& line : lines_) labels.push_back(line.label);
  return labels;
}

int TherapyLines::most_cycles() const {
  return std::ranges::max(lines_, {}, &Line::cycles_that_matter).cycles_that_matter;
}

int TherapyLines::cycles_that_matter(const Line& line) const {
  const Therapy& on = line.therapy;
  const int rebound_years = line.rebound == 1 ? 0 : 1, all = static_cast<int>(inputs_.timing.cycles);
  if (line.role == Role::observation) return 0;
  if (on.kind == TherapyKind::none) return std::min(rebound_years * inputs_.cycles_per_year, all);
  // The hazard of a return of activity never settles.
  if (line.role == Role::therapy && on.kind == TherapyKind::procedure) return all;
  const int years = std::max({on.courses(), first_year_differs(on) ? 1 : 0, waning_years(inputs_), on.improvement_years,
                              years_of_risk(on), on.stop_after_years, rebound_years});
  return std::min(years * inputs_.cycles_per_year, all);
}

int TherapyLines::effect_of(Position position) const {
  const std::vector<int>& of_year = effect_of_year_[position.line];
  return of_year[std::min(static_cast<std::size_t>(year(position)), of_year.size() - 1)];
}

std::vector<TherapyLines::Change> TherapyLines::changes(Position position) const {
  const Line& line = lines_[position.line];
  const Therapy& on = line.therapy;
  if (line.role == Role::therapy && on.kind == TherapyKind::procedure) return changes_after_procedure(position);
  if (line.role != Role::therapy) return {{1, stay(position)}};
  if (on.stop_after_years > 0 && position.cycles + 1 >= on.stop_after_years * inputs_.cycles_per_year)
    return {{1, leave(position)}};
  const double leaves = probability_in_cycle(inputs_, on.discontinuation_per_year);
  const int completed = on.courses() * inputs_.cycles_per_year;
  const bool courses_done = on.kind == TherapyKind::courses && position.cycles + 1 >= completed;
  const double again = courses_done ? (1 - leaves) * probability_in_cycle(inputs_, on.retreatment_per_year) : 0;
  std::vector<Change> changes = {{1 - leaves - again, stay(position)}};
  if (again > 0) changes.push_back({again, {position.line, completed - inputs_.cycles_per_year}});
  changes.push_back({leaves, leave(position), true});
  return changes;
}

/// Return of activity with a Weibull hazard since the procedure; some of those restart a drug.
std::vector<TherapyLines::Change> TherapyLines::changes_after_procedure(Position position) const {
  const Procedure& procedure = lines_[position.line].therapy.procedure;
  const double length = inputs_.timing.cycle_length.value;
  const auto cumulative_hazard = [&](double years) {
    return procedure.return_scale * std::pow(years, procedure.return_shape);
  };
  const double begin = position.cycles * length, end = begin + length;
  const double returns = -std::expm1(cumulative_hazard(begin) - cumulative_hazard(end));
  std::vector<Change> changes = {{1 - returns, stay(position)}};
  if (procedure.restart_share < 1) changes.push_back({returns * (1 - procedure.restart_share), {position.line + 1, 0}});
  changes.push_back({returns * procedure.restart_share, leave(position)});
  return changes;
}

TherapyLines::Position TherapyLines::stay(Position position) const {
  return {position.line, std::min(position.cycles + 1, lines_[position.line].cycles_that_matter)};
}

}  // namespace myelin::ms
