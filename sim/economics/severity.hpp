#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"

/// \file
/// What counts beside QALYs: the severity of a disease under standard care, and life years gained by those who live in
/// poor health.
///
/// Severity: the QALYs that patients lose against the general population of their age and sex, in absolute terms and as
/// a proportion, raise the weight of QALYs gained (NICE health technology evaluations manual PMG36, section 6.2). Equal
/// value of life years gained (evLYG): life time gained counts as much for the sick as for the healthy (Institute for
/// Clinical and Economic Review, Value Assessment Framework). Cut-offs, weights and utilities are data of the analysis,
/// because agencies revise them.
///
/// Arrays by time are at the time points of a run, and so are their weights: years that a time point stands for times
/// its discount factor, as in `make_weights(timing, rate).point`.

namespace myelin::economics {

/// The people of one sex, or of another part of the general population, from the age of the patients on.
struct PopulationPart {
  std::string name;
  double share = 0;             ///< of the people at the start; shares sum to 1
  std::vector<double> alive;    ///< [time point]: probability, never rising
  std::vector<double> utility;  ///< [time point]: mean of those alive at that age, 1 at most
};

/// Remaining quality-adjusted life expectancy, QALYs per person, of a population of one or more parts.
Result<double> remaining_qalys(std::span<const PopulationPart> parts, std::span<const double> weights);

/// From which shortfall on QALYs count `weight` times: from either one, including the cut-off itself.
struct SeverityCutoff {
  double absolute_qalys = 0;
  double proportional = 0;  ///< 0.85 for 85 %
  double weight = 1;        ///< 1 or more
};

struct Severity {
  double absolute_shortfall = 0;      ///< QALYs
  double proportional_shortfall = 0;  ///< of the QALYs of the general population
  double weight = 1;
};

/// The severity of a disease from discounted QALYs per person of the general population of the same age and sex (above
/// 0) and under standard care; of all cut-offs reached the highest weight holds, and 1 if none is.
Result<Severity> assess_severity(double general_population_qalys, double standard_care_qalys,
                                 std::span<const SeverityCutoff> cutoffs);

/// The ICER, in currency per QALY, with the increment of QALYs counted `weight` times (above 0); none unless costs and
/// QALYs are both higher or both lower, as elsewhere.
std::optional<double> weighted_icer(double incremental_cost, double incremental_qaly, double weight);

/// A strategy's mean survival and utility.
struct LifeCourse {
  std::vector<double> alive;    ///< [time point]: probability
  std::vector<double> utility;  ///< [time point]: mean of those alive, 1 at most
};

/// Increments per patient, discounted.
struct LifeYearsGained {
  double life_years = 0;
  double qalys = 0;
  double equal_value = 0;  ///< evLYG in QALYs: life time gained counts `equal_utility` instead of the patient's utility
};

/// The equal value of the life years that `intervention` gains over `comparator`: at each time point where it keeps
/// more patients alive, those more count `equal_utility` (in (0, 1]).
Result<LifeYearsGained> equal_value_of_life_years(const LifeCourse& intervention, const LifeCourse& comparator,
                                                  std::span<const double> weights, double equal_utility);

}  // namespace myelin::economics
