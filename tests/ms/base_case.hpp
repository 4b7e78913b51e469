#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/cohort.hpp"
#include "models/ms/model.hpp"
#include "models/ms/network.hpp"
#include "scenario/scenario.hpp"

/// \file
/// The scenarios as sets of parameters to be changed by a test, and their exact expectations.

namespace myelin::ms::test {

inline const MsModel& model() {
  static const MsModel ms;
  return ms;
}

inline const std::vector<std::string> all_strategies = {"best_supportive_care", "ocrelizumab", "natalizumab",
                                                        "alemtuzumab",          "fingolimod",  "ahsct"};

template <class T>
T value_of(Result<T> result) {
  if (!result) throw std::runtime_error(to_string(result.error().front()));
  return std::move(*result);
}

/// The parameters of a file of scenarios/ms, fresh for each test.
inline ParameterSet scenario_parameters(const std::string& file) {
  static std::map<std::string, ParameterSet> known;
  const auto found = known.find(file);
  if (found != known.end()) return found->second;
  const scenario::Scenario scenario = value_of(
      scenario::read(scenario::Folder(MYELIN_SOURCE_DIR "/scenarios/ms/" + file), {},
                     [](const std::string& name) { return name == "ms" ? &model().schema() : nullptr; }, {"ms"}));
  return known.emplace(file, scenario.parameters).first->second;
}

/// The UK base case.
inline ParameterSet base_case() { return scenario_parameters("base_case_uk.toml"); }

/// The parameters without a key and all that stands below it.
inline ParameterSet without_under(const ParameterSet& parameters, const std::string& path) {
  ParameterSet rest;
  for (const ParameterSet::Entry& entry : parameters.entries()) {
    if (entry.path != path && !entry.path.starts_with(path + ".")) rest.add(entry);
  }
  return rest;
}

/// Puts a value in the place of a key's; of a parameter, its number.
inline void set(ParameterSet& parameters, const std::string& path, const KeyValue& value) {
  ParameterSet::Entry entry = parameters.entry(path);
  if (auto* parameter = std::get_if<Parameter>(&entry.value)) {
    parameter->value = std::get<double>(value);
  } else {
    entry.value = value;
  }
  parameters.add(std::move(entry));
}

inline void set_number(ParameterSet& parameters, const std::string& path, double value) {
  set(parameters, path, KeyValue(value));
}
inline void set_text(ParameterSet& parameters, const std::string& path, const char* value) {
  set(parameters, path, KeyValue(std::string(value)));
}
inline void set_lines(ParameterSet& parameters, const std::string& strategy, std::vector<std::string> lines) {
  set(parameters, "strategies." + strategy + ".lines", KeyValue(std::move(lines)));
}

/// Changes the values of a table, in row-major order.
template <class Change>
void change_table(ParameterSet& parameters, const std::string& path, Change change) {
  ParameterSet::Entry entry = parameters.entry(path);
  change(std::get<ParameterTable>(entry.value).values);
  parameters.add(std::move(entry));
}

inline void fill_table(ParameterSet& parameters, const std::string& path, double value) {
  change_table(parameters, path, [&](std::vector<double>& values) { std::ranges::fill(values, value); });
}

/// States the ratio of an effect, also where the scenario has none.
inline void put_effect(ParameterSet& parameters, const std::string& path, double ratio, const std::string& versus) {
  parameters.add({path, Parameter{ratio, "ratio", {}, {{"versus", versus}}}, {}});
}

/// The key of the comparison by which a therapy enters the network for an effect.
inline std::string comparison(const ParameterSet& parameters, const std::string& therapy, const std::string& effect) {
  return Network(parameters).comparison(therapy, effect);
}

/// Takes away what a therapy may do to its user beside its effects, and the limits of who may have it.
inline void make_harmless(ParameterSet& parameters, const std::string& therapy) {
  for (const char* group : {"adverse_events", "rebound", "procedure.late_effects", "procedure.eligibility"}) {
    parameters = without_under(parameters, "therapies." + therapy + "." + group);
  }
}

/// Makes a therapy do nothing and cost nothing; a procedure also harms nobody.
inline void make_null(ParameterSet& parameters, const std::string& therapy) {
  const std::string path = "therapies." + therapy + ".";
  make_harmless(parameters, therapy);
  for (const char* other : {"anchor", "anchors", "worsening_spms"})
    parameters = without_under(parameters, path + other);
  for (const char* effect : {"worsening", "relapse", "improvement"}) put_effect(parameters, path + effect, 1, "none");
  for (const char* number : {"price", "price_first_year", "infusions", "infusions_first_year", "monitoring",
                             "monitoring_first_year", "procedure.cost", "procedure.qaly_change"}) {
    if (parameters.has(path + number)) set_number(parameters, path + number, 0);
  }
  for (const char* table : {"course_price", "course_infusions", "procedure.death"}) {
    if (parameters.has(path + table)) fill_table(parameters, path + table, 0);
  }
}

/// Nobody dies in a cycle. Deaths from a procedure stay.
inline void make_immortal(ParameterSet& parameters) { fill_table(parameters, "mortality.multiplier", 0); }

/// EDSS never changes, nor does anybody convert to SPMS.
inline void freeze_disability(ParameterSet& parameters) {
  fill_table(parameters, "natural_history.rrms_intensities", 0);
  fill_table(parameters, "natural_history.conversion", 0);
}

/// So many years from EDSS 2 without deaths or steps of EDSS, valued at the start of each cycle.
inline ParameterSet start_of_cycle(double horizon_years) {
  ParameterSet parameters = base_case();
  make_immortal(parameters);
  freeze_disability(parameters);
  change_table(parameters, "population.start_edss", [](auto& p) { p = {0, 0, 1, 0, 0, 0, 0, 0, 0, 0}; });
  set_text(parameters, "analysis.within_cycle_correction", "start");
  set_number(parameters, "analysis.horizon_years", horizon_years);
  return parameters;
}

inline Program compile(const ParameterSet& parameters, const std::string& strategy) {
  return value_of(model().compile(parameters, strategy));
}

/// The steps that tally, in the order in which engines give them.
inline std::vector<std::pair<std::string, std::size_t>> tallies_of(const Program& program) {
  std::vector<std::pair<std::string, std::size_t>> names_and_cells;
  for (const Phase phase : {Phase::start, Phase::point, Phase::cycle}) {
    for (const Step& step : program.steps(phase)) {
      if (const auto* tally = std::get_if<Tally>(&step.action)) names_and_cells.emplace_back(step.name, tally->cells);
    }
  }
  return names_and_cells;
}

/// Exact expectations of a strategy by the cohort engine.
class Expected {
 public:
  Expected(const ParameterSet& parameters, const std::string& strategy) : program_(compile(parameters, strategy)) {
    result_ = value_of(engine::CohortEngine::make(program_, {}, {})).forward(program_);
  }

  double discounted(const std::string& outcome) const { return result_.means[index(outcome) * 2]; }
  double undiscounted(const std::string& outcome) const { return result_.means[index(outcome) * 2 + 1]; }
  const std::vector<double>& means() const { return result_.means; }
  const Program& program() const { return program_; }

  /// Patients per patient on a line of therapy, by its label, at a time point.
  double on_line(const std::string& label, std::size_t time) const {
    const auto line = std::ranges::find(program_.attributes, "line", &Attribute::name);
    const auto found = std::ranges::find(line->levels, label);
    if (found == line->levels.end()) throw std::runtime_error("no line " + label);
    return tally("therapy", time, static_cast<std::size_t>(found - line->levels.begin()));
  }

  /// What an outcome accrues before time point 0, without weights.
  double at_start(const std::string& outcome) const { return amounts(outcome).start; }
  /// What an outcome's events accrue, by cycle, without weights.
  const std::vector<double>& by_cycle(const std::string& outcome) const { return amounts(outcome).event; }

  /// Patients per patient in a cell of a tally at a time.
  double tally(const std::string& name, std::size_t time, std::size_t cell) const {
    const auto tallies = tallies_of(program_);
    const auto found = std::ranges::find(tallies, name, &std::pair<std::string, std::size_t>::first);
    if (found == tallies.end()) throw std::runtime_error("no tally " + name);
    return result_.tallies[static_cast<std::size_t>(found - tallies.begin())].at(time * found->second + cell);
  }

 private:
  const engine::AmountsByTime& amounts(const std::string& outcome) const {
    return result_.amounts[index(outcome)].value();
  }
  std::size_t index(const std::string& outcome) const {
    const auto found = std::ranges::find(program_.outcomes, outcome, &Outcome::name);
    if (found == program_.outcomes.end()) throw std::runtime_error("no outcome " + outcome);
    return static_cast<std::size_t>(found - program_.outcomes.begin());
  }

  Program program_;
  engine::CohortResult result_;
};

}  // namespace myelin::ms::test
