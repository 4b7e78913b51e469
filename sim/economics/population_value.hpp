#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/diagnostic.hpp"
#include "core/units.hpp"
#include "economics/estimates.hpp"

/// \file
/// From the value of information per patient to that for all patients whom the decision concerns, and the research that
/// is worth its cost.

namespace myelin::economics {

/// Patients whom the decision will concern. Year t, from 0, counts with the discount factor (1 + rate)^-t.
struct Population {
  std::vector<double> patients_per_year;  ///< [year]: newly facing the decision
  double discount_rate_per_year = 0;
  Years delay;              ///< until the information is at hand; who comes before then does not benefit
  double share_served = 1;  ///< of patients treated as the decision says, in [0, 1]
};

/// Patients in each of so many years, if the first year has `first_year` and each further one a share of `growth` more
/// (below 0: fewer).
std::vector<double> growing_incidence(double first_year, double growth, std::size_t years);

/// The discounted number of patients served from the delay on: of a year that it cuts, the part after it. An empty
/// list, patients below 0, a discount rate or delay below 0 and a share outside [0, 1] are errors.
Result<double> discounted_patients(const Population& population);

/// The value, currency, for so many discounted patients of an EVPI, EVPPI or EVSI per patient.
Estimate population_value(const Estimate& per_patient, double patients);

/// A trial of one size.
struct Trial {
  double sample_size = 0;          ///< patients recruited
  Estimate evsi;                   ///< expected value of its information, currency per patient whom it serves
  double discounted_patients = 0;  ///< whom it serves: those after it has reported
};

/// What a trial costs, currency.
struct TrialCost {
  double fixed = 0;
  double per_patient = 0;
};

/// What trials of several sizes are worth.
struct TrialValue {
  std::vector<Estimate> net_benefit;  ///< [trial]: expected net benefit of sampling (ENBS), currency
  std::optional<std::size_t> best;    ///< highest ENBS, the first of equals; none if no trial is worth its cost
};

/// The expected net benefit of sampling of each trial: EVSI x patients served - (fixed + per patient x sample size).
/// Costs and sample sizes that are not finite or below 0 are errors.
Result<TrialValue> value_trials(std::span<const Trial> trials, const TrialCost& cost);

}  // namespace myelin::economics
