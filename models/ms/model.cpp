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
  const Network network(parameters);
  for (const std::string& therapy : parameters.names_under("therapies")) {
    if (parameters.text("therapies." + therapy + ".kind") != "procedure") continue;
    const std::string effect = network.comparison(therapy, "pira").empty() ? "worsening" : "pira";
    return network.comparator(therapy, effect);
  }
  return "none";
}

}  // namespace

Result<Program> MsModel::compile(const ParameterSet& parameters, const std::string& strategy) const {
  const Inputs inputs = read_inputs(parameters, strategy);
  const TherapyLines lines(inputs);
  ProgramBuilder builder(strategy, inputs.timing.cycles);
  const PatientAttributes attributes = add_attributes(builder, inputs, lines);
  Patient patient{inputs, lines, builder, attributes, add_outcomes(builder, inputs), cycle_matrices(inputs, lines)};
  add_population(patient);
  add_frailty(patient);
  add_referral_at_start(patient);
  remember_start(patient);
  add_drug_events(patient);
  add_late_effects(patient);
  add_relapses(patient);
  follow_up_relapse(patient);
  add_own_ratio(patient);
  add_activity(patient);
  add_death(patient);
  add_time_since_transplantation(patient);
  add_progression(patient);
  remember_course(patient);
  add_milestones(patient);
  follow_up_disability(patient);
  add_treatment(patient);
  add_referral(patient);
  remember_start_of_line(patient);
  add_deaths(patient);
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
  const bool regularised = needs_logarithm(speed, Years{length}, effect_on_progressive(parameters));
  const double error = regularisation_error(read_edss_matrix(parameters, "natural_history.spms_probabilities", 1));
  settings.emplace_back("spms_matrix",
                        regularised
                            ? fmt::format("regularised generator, annual probabilities changed by up to {:.4f}", error)
                            : "as published");
  settings.emplace_back("structure", parameters.text("natural_history.structure"));
  settings.emplace_back("age_adjustment", parameters.text("utilities.age_adjustment"));
  settings.emplace_back("rebound", parameters.boolean("treatment.rebound") ? "yes" : "no");
  return settings;
}

std::vector<std::string> MsModel::remarks(const ParameterSet& parameters) const {
  return mixed_confirmation(parameters);
}

std::vector<DescriptiveTable> MsModel::implications(const ParameterSet& parameters) const {
  return {implied_effects(parameters)};
}

}  // namespace myelin::ms
