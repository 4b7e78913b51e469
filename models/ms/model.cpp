#include "models/ms/model.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/ms/natural_history.hpp"
#include "models/ms/network.hpp"
#include "models/ms/patient.hpp"

namespace myelin::ms {

namespace {

/// The comparator by which the first procedure enters the network of effects.
std::string anchor_of_procedure(const ParameterSet& parameters) {
  for (const std::string& therapy : parameters.names_under("therapies")) {
    if (parameters.text("therapies." + therapy + ".kind") != "procedure") continue;
    const std::vector<std::string> path = path_to_none(parameters, therapy, "worsening");
    return path.size() > 1 ? path[1] : "none";
  }
  return "none";
}

}  // namespace

Result<Program> MsModel::compile(const ParameterSet& parameters, const std::string& strategy) const {
  const Inputs inputs = read_inputs(parameters, strategy);
  const TherapyLines lines(inputs);
  ProgramBuilder builder(strategy, inputs.timing.cycles);
  const PatientAttributes attributes = add_attributes(builder, inputs, lines);
  const Patient patient{inputs, lines, builder, attributes, add_outcomes(builder, inputs)};
  add_population(patient);
  add_transplantation(patient);
  add_courses(patient);
  add_relapses(patient);
  add_death(patient);
  add_progression(patient);
  add_treatment(patient);
  add_living(patient);
  return builder.build();
}

std::vector<std::pair<std::string, std::string>> MsModel::stated_settings(const ParameterSet& parameters) const {
  const std::string& variant = parameters.text("natural_history.variant");
  std::vector<std::pair<std::string, std::string>> settings = {
      {"natural_history", variant},
      {"waning", parameters.text("treatment.waning")},
      {"effect_on_conversion", parameters.boolean("natural_history.effect_on_conversion") ? "yes" : "no"},
  };
  settings.emplace_back("anchor", anchor_of_procedure(parameters));
  const double length = parameters.number("analysis.cycle_length_years");
  const double speed = parameters.number("natural_history.variants." + variant + ".speed");
  settings.emplace_back("spms_matrix",
                        needs_spms_logarithm(speed, Years{length}) ? "regularised generator" : "as published");
  return settings;
}

}  // namespace myelin::ms
