#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"

/// \file
/// Budget impact: what a payer spends in each calendar year with and without a new therapy, never discounted.
///
/// Patients are followed by the year in which they started a strategy, because costs depend on the years since start.
/// Principles: Sullivan et al., ISPOR Budget Impact Analysis Good Practice II, Value in Health 2014.
///
/// Rules. A strategy's patients are its market share of the year's eligible patients. Where this is more than it had,
/// the difference starts; where it is less, the difference leaves, in equal proportion from all years of start. A
/// patient without a strategy, new to the eligible population, starts in the year of entry. Those who were eligible
/// before the first year are on the strategies by the market shares before it and cost what the last year since start
/// costs. Starts beyond a strategy's limit are spread, in proportion to the shares of the year before, over the
/// strategies that have room, so that patients stay where they were; the year after counts them among those who want to
/// start.

namespace myelin::economics {

/// When in a calendar year patients start and leave strategies, on average.
enum class Entry {
  start_of_year,  ///< a year since start is a calendar year
  mid_year  ///< the second half of a year since start falls into the next calendar year; leavers cost half a year more
};

/// A strategy's costs and uptake. Market shares are of the eligible patients and sum to 1 over the strategies.
struct BudgetStrategy {
  std::string name;
  double cost_at_start = 0;                      ///< currency, once for each patient who starts
  std::vector<double> cost_by_year_since_start;  ///< currency for each patient who started; the last holds afterwards
  double share_before = 0;                       ///< before the first year, with and without the new therapy
  std::vector<double> share_without;             ///< [year], without the new therapy
  std::vector<double> share_with;                ///< [year], with it
  std::optional<double> most_starts_per_year;    ///< patients; none: no limit
};

struct BudgetInput {
  double prevalent_patients = 0;          ///< eligible before the first year
  std::vector<double> incident_patients;  ///< [year]: newly eligible, 1 to 10 calendar years
  std::vector<BudgetStrategy> strategies;
  Entry entry = Entry::start_of_year;
};

/// A strategy in a calendar year, with or without the new therapy.
struct Uptake {
  double patients = 0;      ///< at the end of the year
  double starters = 0;      ///< patients who start in the year
  double not_admitted = 0;  ///< patients whom the market share would have let start, beyond the limit
  double cost = 0;          ///< currency, undiscounted
};

/// Costs in currency of a calendar year, undiscounted.
struct BudgetDifference {
  double without = 0;
  double with = 0;
  double difference = 0;  ///< with - without
  double cumulative = 0;  ///< sum of the differences up to this year
};

struct BudgetYear {
  double eligible = 0;                       ///< patients
  std::vector<Uptake> without;               ///< [strategy]
  std::vector<Uptake> with;                  ///< [strategy]
  std::vector<BudgetDifference> strategies;  ///< [strategy]
  BudgetDifference total;
};

/// The undiscounted budget impact by calendar year. Everything wrong with the input is an error, and so are patients
/// for whom the limits leave no strategy.
Result<std::vector<BudgetYear>> analyse_budget_impact(const BudgetInput& input);

}  // namespace myelin::economics
