#include "economics/population_value.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace myelin::economics {

namespace {

void refuse_below_zero(Diagnostics& problems, double value, const std::string& what) {
  if (std::isfinite(value) && value >= 0) return;
  problems.push_back({{}, what + " is no number of 0 or more: " + std::to_string(value), "give 0 or more"});
}

Diagnostics check(const Population& population) {
  Diagnostics problems;
  if (population.patients_per_year.empty())
    problems.push_back({{}, "the population has no year", "give the patients of at least one year"});
  for (std::size_t year = 0; year < population.patients_per_year.size(); ++year)
    refuse_below_zero(problems, population.patients_per_year[year], "the incidence of year " + std::to_string(year));
  refuse_below_zero(problems, population.discount_rate_per_year, "the discount rate per year of the population");
  refuse_below_zero(problems, population.delay.value, "the delay in years");
  if (!(population.share_served >= 0 && population.share_served <= 1)) {
    problems.push_back({{},
                        "the share of patients served is not in [0, 1]: " + std::to_string(population.share_served),
                        "give a share, not a percentage"});
  }
  return problems;
}

Diagnostics check(std::span<const Trial> trials, const TrialCost& cost) {
  Diagnostics problems;
  refuse_below_zero(problems, cost.fixed, "the fixed cost of a trial");
  refuse_below_zero(problems, cost.per_patient, "the cost of a trial per patient");
  for (const Trial& trial : trials) refuse_below_zero(problems, trial.sample_size, "the sample size of a trial");
  return problems;
}

}  // namespace

std::vector<double> growing_incidence(double first_year, double growth, std::size_t years) {
  std::vector<double> patients;
  for (std::size_t year = 0; year < years; ++year)
    patients.push_back(first_year * std::pow(1 + growth, static_cast<double>(year)));
  return patients;
}

Result<double> discounted_patients(const Population& population) {
  Diagnostics problems = check(population);
  if (!problems.empty()) return tl::unexpected(std::move(problems));
  double sum = 0;
  for (std::size_t year = 0; year < population.patients_per_year.size(); ++year) {
    const double t = static_cast<double>(year);
    const double part_after_delay = std::clamp(t + 1 - population.delay.value, 0.0, 1.0);
    sum += part_after_delay * population.patients_per_year[year] * std::pow(1 + population.discount_rate_per_year, -t);
  }
  return population.share_served * sum;
}

Estimate population_value(const Estimate& per_patient, double patients) {
  return {per_patient.mean * patients, per_patient.standard_error * patients};
}

Result<TrialValue> value_trials(std::span<const Trial> trials, const TrialCost& cost) {
  Diagnostics problems = check(trials, cost);
  if (!problems.empty()) return tl::unexpected(std::move(problems));
  TrialValue value;
  for (const Trial& trial : trials) {
    Estimate net = population_value(trial.evsi, trial.discounted_patients);
    net.mean -= cost.fixed + cost.per_patient * trial.sample_size;
    value.net_benefit.push_back(net);
    if (net.mean > (value.best ? value.net_benefit[*value.best].mean : 0)) value.best = value.net_benefit.size() - 1;
  }
  return value;
}

}  // namespace myelin::economics
