#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "core/units.hpp"
#include "program/model.hpp"
#include "program/parameters.hpp"

/// \file
/// Access to transplantation: regions that refer R patients a year and can transplant C. With a mean wait w a share
/// T(w) of the referred is ever transplanted; the others die, convert, are no longer eligible, withdraw or cannot be
/// mobilised. In the steady state R T(w) = C where the shortest wait w_min would give more transplants than C;
/// elsewhere w = w_min. Every region refers the patients of the scenario's population.

namespace myelin::ms {

/// Expectations of a program's outcomes with their weights, [outcome]; or why they cannot be had.
using Evaluate = std::function<Result<std::vector<double>>(const Program&)>;

/// A year of referrals, in a region or in several. Costs and QALYs are discounted to the referral, in the scenario's
/// currency and price year; what is lost, and extra, is against the shortest wait for all.
struct YearOfReferrals {
  double referrals = 0;                ///< patients
  double capacity = 0;                 ///< transplants that could be done
  double transplants = 0;              ///< of these patients, ever
  double transplants_at_minimum = 0;   ///< the same if all had the shortest wait
  double qalys = 0;                    ///< of all these patients, over the horizon
  double qalys_lost_to_waiting = 0;    ///< where somebody is transplanted
  double qalys_lost_to_no_access = 0;  ///< where nobody is
  double extra_cost = 0;               ///< negative: saved

  double qalys_lost() const { return qalys_lost_to_waiting + qalys_lost_to_no_access; }
  /// Net monetary benefit lost at a threshold in currency per QALY.
  double net_benefit_lost(double threshold) const { return threshold * qalys_lost() + extra_cost; }
};

/// What a year of referrals gains by one more transplant a year.
struct OneMore {
  double qalys = 0;
  double extra_cost = 0;  ///< negative: saved

  double net_benefit(double threshold) const { return threshold * qalys - extra_cost; }
};

struct RegionAccess {
  std::string name, label;
  Years minimum_wait;
  std::optional<Years> mean_wait;  ///< if nobody left the list; none where nobody is transplanted
  YearOfReferrals year;
  OneMore one_more;
};

/// The strategy that the referred follow, from parameters that `check_access` found in order.
std::string access_strategy(const ParameterSet& parameters);

/// The steady state of every region below `access.regions`, from parameters that the model's `check` found in order.
/// Without regions, or where no wait up to a million years is long enough for the capacity, the reasons.
Result<std::vector<RegionAccess>> solve_access(const Model& model, const ParameterSet& parameters,
                                               const Evaluate& evaluate);

/// The sum over regions.
YearOfReferrals total_of(const std::vector<RegionAccess>& regions);

}  // namespace myelin::ms
