#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/cohort.hpp"
#include "models/ms/model.hpp"
#include "scenario/scenario.hpp"

/// \file
/// The UK base case as a set of parameters to be changed by a test, and its exact expectations.

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

/// The parameters of scenarios/ms/base_case_uk.toml, fresh for each test.
inline ParameterSet base_case() {
  static const scenario::Scenario scenario = value_of(
      scenario::read(MYELIN_SOURCE_DIR "/scenarios/ms/base_case_uk.toml", {},
                     [](const std::string& name) { return name == "ms" ? &model().schema() : nullptr; }, {"ms"}));
  return scenario.parameters;
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

/// Makes a therapy do nothing and cost nothing; a procedure also harms nobody.
inline void make_null(ParameterSet& parameters, const std::string& therapy) {
  const std::string path = "therapies." + therapy + ".";
  for (const char* effect : {"worsening", "relapse", "improvement"}) {
    ParameterSet::Entry entry = parameters.entry(path + effect);
    std::get<Parameter>(entry.value).value = 1;
    std::get<Parameter>(entry.value).labels["versus"] = "none";
    parameters.add(std::move(entry));
  }
  for (const char* number :
       {"price", "infusions", "infusions_first_year", "monitoring", "procedure.cost", "procedure.qaly_change"}) {
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

  /// Patients per patient in a cell of a tally at a time.
  double tally(const std::string& name, std::size_t time, std::size_t cell) const {
    const auto tallies = tallies_of(program_);
    const auto found = std::ranges::find(tallies, name, &std::pair<std::string, std::size_t>::first);
    if (found == tallies.end()) throw std::runtime_error("no tally " + name);
    return result_.tallies[static_cast<std::size_t>(found - tallies.begin())].at(time * found->second + cell);
  }

 private:
  std::size_t index(const std::string& outcome) const {
    const auto found = std::ranges::find(program_.outcomes, outcome, &Outcome::name);
    if (found == program_.outcomes.end()) throw std::runtime_error("no outcome " + outcome);
    return static_cast<std::size_t>(found - program_.outcomes.begin());
  }

  Program program_;
  engine::CohortResult result_;
};

}  // namespace myelin::ms::test
