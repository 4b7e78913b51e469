#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/units.hpp"
#include "program/parameters.hpp"
#include "program/timing.hpp"

/// \file
/// What the MS model needs to know, typed; read from a checked parameter set. All money is in the scenario's currency
/// and price year, QALYs are changes (negative for a loss), utilities are QALYs per year.

namespace myelin::ms {

inline constexpr std::size_t edss_count = 10;
using ByEdss = std::array<double, edss_count>;
using EdssMatrix = std::array<ByEdss, edss_count>;  ///< [from][to]

/// Effects of a therapy against no treatment, at full strength.
struct Effects {
  double worsening = 1;    ///< hazard ratio of EDSS worsening
  double relapse = 1;      ///< ratio of relapse rates
  double improvement = 1;  ///< hazard ratio of EDSS improvement
};

struct Complication {
  std::string name;
  std::string label;
  Probability probability;
};

/// What is done once at the start: transplantation.
struct Procedure {
  ByEdss death_probability{};
  double cost = 0;
  double qaly_change = 0;
  std::vector<Complication> complications;
  double restart_scale = 0;  ///< Weibull cumulative hazard of restarting a drug: scale x years^shape
  double restart_shape = 1;
};

enum class TherapyKind { continuous, courses, procedure, none };

struct Therapy {
  std::string name;
  std::string label;
  TherapyKind kind = TherapyKind::none;
  Effects effects;
  int improvement_years = 0;  ///< the improvement ratio acts in the first so many years; 0: throughout
  Probability discontinuation_per_year{0};
  double price_per_year = 0;
  double infusions_per_year = 0;
  double infusions_first_year = 0;
  double monitoring_per_year = 0;
  std::vector<double> course_price;      ///< [course]
  std::vector<double> course_infusions;  ///< [course]
  Procedure procedure;
};

struct NaturalHistory {
  EdssMatrix rrms_intensities_per_year{};
  EdssMatrix spms_probabilities_per_year{};  ///< row 0 is not used: conversion adds a step
  ByEdss conversion_probability_per_year{};
  int edss_step_at_conversion = 1;
  bool effect_on_conversion = true;
  double speed = 1;  ///< multiplies worsening and conversion hazards
};

struct Inputs {
  Timing timing;
  int cycles_per_year = 1;
  DiscountRate discount_cost, discount_qaly;
  bool draw_relapses = false;
  std::string currency_and_price_year;

  int start_age_years = 0;
  double female_share = 0;
  ByEdss start_edss{};

  NaturalHistory natural_history;
  std::vector<double> death_probability_per_year[2];  ///< [female, male][age]
  ByEdss mortality_multiplier{};

  ByEdss relapses_per_year_rrms{}, relapses_per_year_spms{};
  double relapse_qaly_change = 0;
  double relapse_cost = 0;

  ByEdss utility{}, carer_qaly_per_year{};
  double spms_utility_change = 0;
  bool carer_counted = true;

  ByEdss state_cost_per_year_rrms{};
  double spms_cost_addition_per_year = 0;
  double cost_per_infusion = 0;

  int stop_at_edss = static_cast<int>(edss_count);
  bool stop_at_spms = true;
  std::vector<double> effect_remaining;  ///< [year on therapy]: share of the effect; the last goes on. Empty: no waning
  bool wane_log_ratio = false;           ///< the share multiplies log ratio instead of 1 - ratio

  std::vector<Complication> all_complications;  ///< of any therapy, so that every strategy reports the same outcomes
  std::vector<Therapy> lines;                   ///< of the strategy, in order
};

/// A matrix [from][to] of a table whose first row is `first_row`; rows before it stay zero.
EdssMatrix read_edss_matrix(const ParameterSet& parameters, const std::string& path, std::size_t first_row);

/// The inputs of one strategy, from parameters that the model's `check` found in order.
Inputs read_inputs(const ParameterSet& parameters, const std::string& strategy);

/// Number of years whose effects differ from those before, for the waning schedule.
int waning_years(const Inputs& inputs);

/// Effects in a year (0, 1, ...) on a therapy, with waning and the years of improvement applied.
Effects effects_in_year(const Inputs& inputs, const Therapy& therapy, int year);

}  // namespace myelin::ms
