#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/units.hpp"
#include "models/ms/therapy.hpp"
#include "program/parameters.hpp"
#include "program/timing.hpp"

/// \file
/// What the MS model needs to know, typed; read from a checked parameter set. All money is in the scenario's currency
/// and price year, QALYs are changes (negative for a loss), utilities are QALYs per year.

namespace myelin::ms {

using EdssMatrix = std::array<ByEdss, edss_count>;  ///< [from][to]

enum class Phenotype { relapsing_remitting, secondary_progressive, primary_progressive };

/// How patients' worsening in RRMS differs beyond EDSS and therapy: multipliers of its hazard.
struct Heterogeneity {
  double frailty_log_sd = 0;          ///< of a patient's own multiplier, log-normal with mean 1
  double ratio_per_relapse = 1;       ///< for each relapse so far, ten at most
  double ratio_per_year_at_edss = 1;  ///< for each year at the same EDSS, ten at most
  bool any() const { return frailty_log_sd != 0 || ratio_per_relapse != 1 || ratio_per_year_at_edss != 1; }
};

struct NaturalHistory {
  EdssMatrix rrms_intensities_per_year{};
  EdssMatrix spms_probabilities_per_year{};  ///< row 0 is not used: conversion adds a step
  EdssMatrix ppms_probabilities_per_year{};  ///< rows of zeros where nobody has PPMS
  ByEdss conversion_probability_per_year{};  ///< zero in the structure without SPMS
  int edss_step_at_conversion = 1;
  bool effect_on_conversion = true;
  bool effect_on_progressive = false;  ///< some therapy has a ratio there: its matrices are regularised in every arm
  double speed = 1;                    ///< multiplies worsening hazards
  double conversion_speed = 1;         ///< multiplies conversion hazards
  Heterogeneity heterogeneity;
};

struct StartingPopulation {
  int start_age_years = 0;
  double female_share = 0;
  double jcv_positive_share = 0;
  ByEdss start_edss{};
  Phenotype start_phenotype = Phenotype::relapsing_remitting;
};

struct Relapses {
  ByEdss per_year_rrms{}, per_year_spms{};
  double qaly_change = 0;
  double cost = 0;
  double admitted_share = 0;
  double dispersion = 0;  ///< variance of the number in a cycle is mean x (1 + dispersion x mean)
  bool drawn = false;     ///< cost and QALY loss of the drawn number instead of its expectation
};

/// What EDSS makes of a life beside utility: a symptom's prevalence, or employment.
struct ShareByEdss {
  std::string name;
  std::string label;
  ByEdss share{};
};

struct Work {
  ByEdss employment{};
  double earnings_per_year = 0;
  int until_age_years = 0;
  bool counted = false;  ///< lost earnings are part of the total cost
};

struct Living {
  ByEdss utility{}, carer_qaly_per_year{};
  double spms_utility_change = 0;
  bool carer_counted = true;
  /// [sex][age]: factor of the utility, population's at the age over that at the reference age; empty for none.
  std::vector<double> utility_factor[2];
  ByEdss state_cost_per_year_rrms{};
  double spms_cost_addition_per_year = 0;
  double cost_per_infusion = 0;
  std::vector<ShareByEdss> symptoms;
  bool has_work = false;
  Work work;
};

/// Why drugs are given up, as shares of all-cause discontinuation.
struct DiscontinuationCause {
  std::string name;
  std::string label;
  double share = 0;
};

/// A name with its label: an outcome that every strategy of a scenario reports.
struct Named {
  std::string name;
  std::string label;
  bool operator==(const Named&) const = default;
};

/// What any strategy of the scenario can meet, so that every strategy reports the same outcomes.
struct Reported {
  std::vector<Named> therapies;
  std::vector<Named> complications, adverse_events, late_effects;
  std::vector<Named> causes_of_death;  ///< besides the life table and the procedure
};

struct Inputs {
  Timing timing;
  int cycles_per_year = 1;
  DiscountRate discount_cost, discount_qaly;
  std::string currency_and_price_year;
  bool follow_up = false;  ///< first relapse, confirmed worsening and improvement since entry are recorded

  StartingPopulation population;
  NaturalHistory natural_history;
  std::vector<double> death_probability_per_year[2];  ///< [female, male][age]
  ByEdss mortality_multiplier{};
  Relapses relapses;
  Living living;

  std::vector<double> effect_remaining;  ///< [year on therapy]: share of the effect; the last goes on. Empty: no waning
  bool wane_log_ratio = false;           ///< the share multiplies log ratio instead of 1 - ratio
  std::vector<DiscontinuationCause> discontinuation_causes;

  std::vector<Therapy> lines;     ///< of the strategy, in order
  std::vector<Therapy> bridging;  ///< [line]: the therapy while its procedure is waited for; none elsewhere
  Reported reported;
};

/// A matrix [from][to] of a table whose first row is `first_row`; rows before it stay zero.
EdssMatrix read_edss_matrix(const ParameterSet& parameters, const std::string& path, std::size_t first_row);

/// Whether a therapy of the scenario acts on EDSS in progressive MS.
bool effect_on_progressive(const ParameterSet& parameters);

/// The inputs of one strategy, from parameters that the model's `check` found in order.
Inputs read_inputs(const ParameterSet& parameters, const std::string& strategy);

/// The probability within a cycle of an event that has a probability per year.
double probability_in_cycle(const Inputs& inputs, Probability per_year);

/// Number of years whose effects differ from those before, for the waning schedule.
int waning_years(const Inputs& inputs);

/// Effects in a year (0, 1, ...) on a therapy, with waning and the years of improvement applied.
Effects effects_in_year(const Inputs& inputs, const Therapy& therapy, int year);

}  // namespace myelin::ms
