#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "ms/base_case.hpp"

/// \file
/// Small settings whose results are known by hand: no therapies but those that a test adds, and nothing else happens.

namespace myelin::ms::test {

// Keys put in, whether the scenario has them or not.

inline void put_number(ParameterSet& parameters, const std::string& path, double value) {
  parameters.add({path, Parameter{value, "", {}, {}}, {}});
}
inline void put_text(ParameterSet& parameters, const std::string& path, const std::string& text) {
  parameters.add({path, text, {}});
}
inline void put_whole(ParameterSet& parameters, const std::string& path, int value) {
  parameters.add({path, std::int64_t{value}, {}});
}
inline void put_flag(ParameterSet& parameters, const std::string& path, bool value) {
  parameters.add({path, value, {}});
}
inline void put_strategy(ParameterSet& parameters, const std::string& name, std::vector<std::string> lines) {
  parameters.add({"strategies." + name + ".lines", std::move(lines), {}});
}

inline KeyColumn counted(const char* name, int first, int last) {
  return {.name = name, .levels = {}, .first = first, .last = last};
}
inline KeyColumn named(const char* name, std::vector<std::string> levels) {
  return {.name = name, .levels = std::move(levels)};
}
inline void put_table(ParameterSet& parameters, const std::string& path, std::vector<KeyColumn> columns,
                      std::vector<double> values, const std::string& unit = "probability per year") {
  parameters.add({path, ParameterTable{std::move(columns), std::move(values), unit, {}}, {}});
}
/// Values by year from the first on; the last goes on.
inline void put_by_year(ParameterSet& parameters, const std::string& path, std::vector<double> values,
                        const std::string& unit = "probability per year") {
  const int last = static_cast<int>(values.size());
  put_table(parameters, path, {counted("year", 1, last)}, std::move(values), unit);
}

/// So many years from EDSS 2 in RRMS, at utility 1 and one relapse a year, without deaths, changes of EDSS, costs,
/// losses, discounting and discontinuation, valued at the start of each cycle; no therapies and no strategies.
inline ParameterSet still_life(double horizon_years, double cycle_length_years = 1) {
  ParameterSet parameters = start_of_cycle(horizon_years);
  for (const char* group : {"therapies", "strategies", "symptoms", "work", "treatment.discontinuation_causes"})
    parameters = without_under(parameters, group);
  set_number(parameters, "analysis.cycle_length_years", cycle_length_years);
  for (const char* number :
       {"analysis.discount_cost", "analysis.discount_qaly", "relapses.cost", "relapses.qaly_change",
        "utilities.spms_change", "costs.spms_addition", "costs.infusion", "treatment.discontinuation"})
    set_number(parameters, number, 0);
  for (const char* table : {"utilities.carer_change", "costs.state_rrms"}) fill_table(parameters, table, 0);
  for (const char* table : {"relapses.rate_rrms", "relapses.rate_spms", "utilities.state"})
    fill_table(parameters, table, 1);
  put_strategy(parameters, "no_treatment", {});
  return parameters;
}

/// A therapy without effects and without costs.
inline void put_therapy(ParameterSet& parameters, const std::string& name, const char* kind) {
  const std::string path = "therapies." + name + ".";
  put_text(parameters, path + "label", name);
  put_text(parameters, path + "kind", kind);
  for (const char* effect : {"worsening", "relapse", "improvement"}) put_effect(parameters, path + effect, 1, "none");
}

inline void put_drug(ParameterSet& parameters, const std::string& name) {
  put_therapy(parameters, name, "continuous");
  for (const char* cost : {"price", "monitoring"}) put_number(parameters, "therapies." + name + "." + cost, 0);
}

/// A procedure that harms nobody, and whose effect lasts.
inline void put_procedure(ParameterSet& parameters, const std::string& name) {
  put_therapy(parameters, name, "procedure");
  const std::string path = "therapies." + name + ".";
  put_table(parameters, path + "procedure.death", {counted("edss", 0, 9)}, std::vector<double>(10, 0.0), "probability");
  for (const char* zero : {"monitoring", "procedure.cost", "procedure.qaly_change", "procedure.restart_scale"})
    put_number(parameters, path + zero, 0);
  put_number(parameters, path + "procedure.restart_shape", 1);
}

/// Everybody starts at one EDSS.
inline void start_at(ParameterSet& parameters, std::size_t edss) {
  fill_table(parameters, "population.start_edss", 0);
  change_table(parameters, "population.start_edss", [&](auto& p) { p[edss] = 1; });
}

/// Adds an intensity of EDSS change in RRMS; at 1000 a year nobody stays for a cycle.
inline void put_intensity(ParameterSet& parameters, std::size_t from, std::size_t to, double per_year) {
  change_table(parameters, "natural_history.rrms_intensities", [&](auto& q) {
    q[from * edss_count + to] += per_year;
    q[from * edss_count + from] -= per_year;
  });
}

/// Probabilities of 31 bits, in sums over some dozen cycles.
inline Approx near(double expected) { return Approx(expected).margin(2e-8).epsilon(2e-8); }

}  // namespace myelin::ms::test
