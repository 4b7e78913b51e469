#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "ms/base_case.hpp"
#include "study/simulate.hpp"
#include "support/statistics.hpp"

/// \file
/// The microsimulation of a set of parameters beside the cohort engine's expectations.

namespace myelin::ms::test {

inline study::Plan plan_of(const ParameterSet& parameters, const std::vector<std::string>& strategies,
                           std::uint64_t patients) {
  study::Plan plan;
  plan.patients = patients;
  plan.seed = 20261122;
  plan.model = &model();
  study::PlannedAnalysis& analysis = plan.analyses.emplace_back();
  analysis.name = "base";
  analysis.strategies = strategies;
  for (const std::string& strategy : strategies) analysis.programs.push_back(compile(parameters, strategy));
  return plan;
}

inline study::AnalysisOutput simulate(study::Plan& plan, study::Engine engine) {
  plan.engine = engine;
  study::Execution execution;
  execution.instruction_set = engine::best_instruction_set();
  return *value_of(study::simulate(plan, plan.analyses.front(), execution));
}

/// One estimate of the microsimulation and its expectation.
struct Comparison {
  std::string name;
  double estimate, expected, standard_error;
};

/// Cells of a tally are compared where so many patients are expected in them, and outside them; counts of events where
/// there are so many, and rarer ones, that a patient has once at most, by their exact binomial probability. At this
/// number the normal tail that `stat_check` assumes is within a factor of three of the binomial one at seven standard
/// errors.
inline constexpr double fewest_in_cell = 2000;

/// Whether an outcome counts what is done to patients and not what becomes of them.
inline bool counts_treatment(const std::string& outcome) {
  static const std::vector<std::string> names = {"transplants", "referrals", "years.waiting", "years.untreated",
                                                 "hospital_days"};
  static const std::vector<std::string> groups = {"complication.", "discontinuations.", "years.on."};
  return std::ranges::find(names, outcome) != names.end() ||
         std::ranges::any_of(groups, [&](const std::string& group) { return outcome.starts_with(group); });
}

namespace details {

/// Rare events that are counted at their expectation vary little from patient to patient.
inline bool varies_little(const Comparison& each) {
  return std::pow(each.estimate, 2) >= fewest_in_cell * std::pow(each.standard_error, 2);
}

/// Whether enough happened for an estimate of an outcome to be normal. What rare events cost and lose is compared
/// within a strategy only: an increment does not show how many they were.
inline bool is_normal(const Outcome& outcome, const Comparison& each, bool is_increment, double patients) {
  const bool rare_amount = outcome.name.ends_with(".adverse_events") || outcome.name.ends_with(".late_effects");
  if (rare_amount) {
    if (is_increment) return false;
    return varies_little(each);
  }
  if (outcome.unit != "per patient") return true;
  const double expected = std::abs(each.expected);
  const double events_expected = is_increment ? expected : expected * (1 - expected);
  return std::max(std::pow(each.standard_error * patients, 2), events_expected * patients) >= fewest_in_cell;
}

/// Whether the estimate is that of an event that each patient has once or never: the variance says so.
inline bool is_share_of_patients(const Comparison& each, double patients) {
  const double variance = std::pow(each.standard_error, 2) * (patients - 1);
  return std::abs(variance - each.estimate * (1 - each.estimate)) <= 1e-9 * (variance + 1 / patients);
}

/// A rare event by its exact binomial probability, as so many standard errors of a normal estimate.
inline Comparison exact(Comparison each, double patients) {
  const boost::math::binomial_distribution<> count(patients, std::clamp(each.expected, 0.0, 1.0));
  const double observed = std::round(each.estimate * patients);
  const double below = boost::math::cdf(count, observed);
  const double above = observed > 0 ? boost::math::cdf(boost::math::complement(count, observed - 1)) : 1;
  const double tail = std::max(std::min(below, above), 1e-300);
  if (tail >= 0.5) return {each.name, each.expected, each.expected, 0};
  const double errors = boost::math::quantile(boost::math::complement(boost::math::normal(), tail));
  each.standard_error = std::abs(each.estimate - each.expected) / errors;
  return each;
}

inline void add_outcomes(std::vector<Comparison>& comparisons, const std::string& prefix, const Program& program,
                         const study::Estimates& sampled, const study::Estimates& expected, bool is_increment,
                         double patients) {
  for (std::size_t i = 0; i < sampled.mean.size(); ++i) {
    const Outcome& outcome = program.outcomes[i / 2];
    const Comparison comparison{prefix + outcome.name + (i % 2 == 0 ? "" : ", undiscounted"), sampled.mean[i],
                                expected.mean[i], sampled.standard_error[i]};
    const bool own_count = !is_increment && outcome.unit == "per patient";
    if (is_normal(outcome, comparison, is_increment, patients)) {
      comparisons.push_back(comparison);
    } else if (own_count && is_share_of_patients(comparison, patients)) {
      comparisons.push_back(exact(comparison, patients));
    } else if (own_count && varies_little(comparison)) {
      comparisons.push_back(comparison);
    }
  }
}

inline void add_tallies(std::vector<Comparison>& comparisons, const std::string& prefix, const Program& program,
                        const study::StrategyOutput& sampled, const study::StrategyOutput& expected, double patients) {
  const auto tallies = tallies_of(program);
  for (std::size_t tally = 0; tally < tallies.size(); ++tally) {
    const auto& [name, cells] = tallies[tally];
    for (std::size_t i = 0; i < expected.tallies[tally].size(); ++i) {
      const double p = expected.tallies[tally][i];
      if (std::min(p, 1 - p) * patients < fewest_in_cell) continue;
      comparisons.push_back({fmt::format("{}{}, time {}, cell {}", prefix, name, i / cells, i % cells),
                             sampled.tallies[tally][i], p, std::sqrt(p * (1 - p) / patients)});
    }
  }
}

}  // namespace details

/// Every outcome in both columns, every paired increment and every well-filled cell of a tally.
inline std::vector<Comparison> compare(const study::Plan& plan, const study::AnalysisOutput& sampled,
                                       const study::AnalysisOutput& expected) {
  const study::PlannedAnalysis& analysis = plan.analyses.front();
  const auto patients = static_cast<double>(plan.patients);
  std::vector<Comparison> comparisons;
  for (std::size_t i = 0; i < analysis.programs.size(); ++i) {
    const std::string prefix = analysis.strategies[i] + ": ";
    const Program& program = analysis.programs[i];
    details::add_outcomes(comparisons, prefix, program, sampled.strategies[i].outcomes, expected.strategies[i].outcomes,
                          false, patients);
    details::add_tallies(comparisons, prefix, program, sampled.strategies[i], expected.strategies[i], patients);
  }
  for (std::size_t i = 0; i < sampled.increments.size(); ++i) {
    const study::IncrementOutput &increment = sampled.increments[i], &exact = expected.increments[i];
    const std::string prefix = analysis.strategies[increment.strategy] + " v " + analysis.strategies[increment.versus];
    details::add_outcomes(comparisons, prefix + ": ", analysis.programs[increment.strategy], increment.outcomes,
                          exact.outcomes, true, patients);
  }
  return comparisons;
}

/// Those that differ by more than chance, in words.
inline std::vector<std::string> disagreements(const std::vector<Comparison>& comparisons) {
  std::vector<std::string> found;
  for (const Comparison& each : comparisons) {
    if (myelin::test::stat_check(each.estimate, each.expected, each.standard_error, comparisons.size())) continue;
    found.push_back(fmt::format("{}: {} against {} (standard error {})", each.name, each.estimate, each.expected,
                                each.standard_error));
  }
  return found;
}

}  // namespace myelin::ms::test
