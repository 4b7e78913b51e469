#include "report/voi_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "program/timing.hpp"
#include "report/section_support.hpp"
#include "study/parameter_draws.hpp"

namespace myelin::report {

namespace {

using namespace economics;
using Inputs = std::vector<std::size_t>;

/// The inputs that draws vary, and all others of the scenario, by name.
struct Names {
  const std::vector<std::string>& drawn;
  std::vector<std::string> all;

  bool any_input_fits(const std::string& pattern) const {
    return std::ranges::any_of(all, [&](const std::string& name) { return study::fits_pattern(name, pattern); });
  }
};

Names names_of(const Questions& questions) {
  Names names{questions.drawn, {}};
  for (const ParameterSet::Number& number : questions.scenario.parameters.numbers()) names.all.push_back(number.name);
  return names;
}

Diagnostic nothing_fits(const std::string& pattern, const Names& names, const std::string& key,
                        const SourcePlace& place) {
  if (names.any_input_fits(pattern)) {
    return {place, fmt::format("{}: '{}' is fixed in this run, so that there is nothing to learn of it", key, pattern),
            "give it a distribution and run again, or leave it out"};
  }
  const auto nearest = nearest_name(pattern, names.drawn);
  return {
      place, fmt::format("{}: no input is called '{}'", key, pattern),
      nearest ? fmt::format("did you mean '{}'?", *nearest) : "name inputs that the draws vary; * stands for any text"};
}

/// The drawn inputs that fit any of the patterns, each once, in the order of the draws.
Inputs find_inputs(const std::vector<std::string>& patterns, const Names& names, const std::string& key,
                   const SourcePlace& place, Diagnostics& problems) {
  std::vector<bool> chosen(names.drawn.size());
  for (const std::string& pattern : patterns) {
    bool any = false;
    for (std::size_t i = 0; i < names.drawn.size(); ++i) {
      if (!study::fits_pattern(names.drawn[i], pattern)) continue;
      chosen[i] = any = true;
    }
    if (!any) problems.push_back(nothing_fits(pattern, names, key, place));
  }
  Inputs inputs;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (chosen[i]) inputs.push_back(i);
  }
  return inputs;
}

std::vector<InputGroup> read_groups(const ParameterSet& parameters, const Names& names, Diagnostics& problems) {
  std::vector<InputGroup> groups;
  for (const std::string& name : parameters.names_under("voi.groups")) {
    const std::string key = fmt::format("voi.groups.{}.inputs", name);
    groups.push_back({name, parameters.text(fmt::format("voi.groups.{}.label", name)),
                      find_inputs(parameters.text_list(key), names, key, parameters.entry(key).place, problems)});
  }
  return groups;
}

/// Patients of each year, the last in proportion where the years are not whole.
std::vector<double> patients_by_year(double first_year, double growth, double years) {
  std::vector<double> patients = growing_incidence(first_year, growth, static_cast<std::size_t>(std::ceil(years)));
  if (!patients.empty()) patients.back() *= years - std::floor(years) > 0 ? years - std::floor(years) : 1;
  return patients;
}

std::optional<economics::Population> read_population(const ParameterSet& parameters, const DiscountRate& discount_cost,
                                                     Diagnostics& problems) {
  const std::optional<SourcePlace> place = first_key_below(parameters, "voi.population");
  if (!place) return std::nullopt;
  const Diagnostics absent =
      absent_keys(parameters, {"voi.population.patients_per_year", "voi.population.years"}, *place);
  problems.insert(problems.end(), absent.begin(), absent.end());
  if (!absent.empty()) return std::nullopt;
  const auto number_or = [&](const char* key, double absent_value) {
    return parameters.has(key) ? parameters.number(key) : absent_value;
  };
  economics::Population population;
  population.patients_per_year =
      patients_by_year(parameters.number("voi.population.patients_per_year"), number_or("voi.population.growth", 0),
                       parameters.number("voi.population.years"));
  if (population.patients_per_year.empty()) {
    problems.push_back({parameters.entry("voi.population.years").place, "the decision stands for no time",
                        "give the years for which it stands"});
    return std::nullopt;
  }
  population.share_served = number_or("voi.population.share_served", 1);
  const Timing by_year{.cycle_length = Years{1},
                       .cycles = static_cast<std::uint32_t>(population.patients_per_year.size()),
                       .discounting = DiscountTiming::start};
  for (std::uint32_t year = 0; year < by_year.cycles; ++year)
    population.patients_per_year[year] *= discount_factor(by_year, discount_cost, year);
  return population;
}

ObservationKind kind_of(const std::string& name) {
  if (name == "log_ratio") return ObservationKind::log_ratio;
  if (name == "probability") return ObservationKind::probability;
  return name == "rate" ? ObservationKind::rate : ObservationKind::mean;
}

std::vector<Observation> read_observations(const ParameterSet& parameters, const std::string& trial, const Names& names,
                                           Diagnostics& problems) {
  std::vector<Observation> observations;
  const std::string below = trial + ".observes";
  for (const std::string& name : parameters.names_under(below)) {
    const std::string key = fmt::format("{}.{}", below, name), input_key = key + ".input";
    const std::string& input = parameters.text(input_key);
    const auto found = std::ranges::find(names.drawn, input);
    if (found == names.drawn.end()) {
      problems.push_back(nothing_fits(input, names, input_key, parameters.entry(input_key).place));
      continue;
    }
    observations.push_back({static_cast<std::size_t>(found - names.drawn.begin()),
                            kind_of(parameters.text(key + ".kind")), parameters.number(key + ".per_patient")});
  }
  return observations;
}

std::vector<TrialRequest> read_trials(const ParameterSet& parameters, const Names& names, Diagnostics& problems) {
  std::vector<TrialRequest> trials;
  for (const std::string& name : parameters.names_under("voi.trials")) {
    const std::string key = "voi.trials." + name;
    trials.push_back(
        {.label = parameters.text(key + ".label"),
         .place = parameters.entry(key + ".label").place,
         .design = {name, read_observations(parameters, key, names, problems), parameters.number_list(key + ".sizes")},
         .cost = {parameters.number(key + ".fixed_cost"), parameters.number(key + ".cost_per_patient")},
         .until_known = Years{parameters.number(key + ".years")}});
  }
  return trials;
}

}  // namespace

Result<VoiRequest> read_voi_request(const Questions& questions, const DiscountRate& discount_cost) {
  const ParameterSet& parameters = questions.scenario.parameters;
  const Names names = names_of(questions);
  Diagnostics problems;
  VoiRequest request;
  if (parameters.has("voi.inputs")) {
    request.inputs = find_inputs(parameters.text_list("voi.inputs"), names, "voi.inputs",
                                 parameters.entry("voi.inputs").place, problems);
  }
  request.groups = read_groups(parameters, names, problems);
  request.population = read_population(parameters, discount_cost, problems);
  request.trials = read_trials(parameters, names, problems);
  if (!problems.empty()) return tl::unexpected(std::move(problems));
  return request;
}

}  // namespace myelin::report
