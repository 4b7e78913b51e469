#include "economics/budget_impact.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <string_view>

namespace myelin::economics {

namespace {

constexpr std::size_t most_years = 10;
constexpr double share_tolerance = 1e-9;
/// The share of patients that rounding may seem to let start beyond a limit.
constexpr double rounding = 1e-12;

using Shares = std::vector<double> BudgetStrategy::*;

/// A world: the market shares of one course of events, by the words of messages.
struct World {
  Shares shares;
  std::string_view name;
};
constexpr World without_therapy{&BudgetStrategy::share_without, "without the new therapy"};
constexpr World with_therapy{&BudgetStrategy::share_with, "with the new therapy"};

bool is_amount(double value) { return std::isfinite(value) && value >= 0; }

/// The market share before year `year`, counted from 0.
double share_before(const BudgetStrategy& strategy, const World& world, std::size_t year) {
  return year == 0 ? strategy.share_before : (strategy.*world.shares)[year - 1];
}

void check_strategy(const BudgetStrategy& strategy, std::size_t years, Diagnostics& problems) {
  const auto refuse = [&](std::string_view problem, std::string remedy) {
    problems.push_back({{}, fmt::format("strategy `{}`: {}", strategy.name, problem), std::move(remedy)});
  };
  const auto& costs = strategy.cost_by_year_since_start;
  if (costs.empty()) refuse("there is no cost by year since start", "give at least the cost of the first year");
  if (!std::isfinite(strategy.cost_at_start) ||
      !std::all_of(costs.begin(), costs.end(), [](double cost) { return std::isfinite(cost); })) {
    refuse("a cost is not a finite number", "check its inputs");
  }
  if (strategy.most_starts_per_year && !is_amount(*strategy.most_starts_per_year)) {
    refuse("the most starts a year are not 0 or more", "correct the limit or leave it out");
  }
  const auto is_share = [](double share) { return share >= 0 && share <= 1; };
  if (!is_share(strategy.share_before)) refuse("the share before is not between 0 and 1", "correct it");
  for (const World& world : {without_therapy, with_therapy}) {
    const std::vector<double>& shares = strategy.*world.shares;
    if (shares.size() != years) {
      refuse(fmt::format("there are {} shares {} for {} years", shares.size(), world.name, years),
             "give one share a year");
    }
    if (!std::all_of(shares.begin(), shares.end(), is_share)) {
      refuse(fmt::format("a share {} is not between 0 and 1", world.name), "correct it");
    }
  }
}

void check_sums(const BudgetInput& input, Diagnostics& problems) {
  const auto check_sum = [&](const std::string& when, const std::function<double(const BudgetStrategy&)>& share) {
    double sum = 0;
    for (const BudgetStrategy& strategy : input.strategies) sum += share(strategy);
    if (std::abs(sum - 1) <= share_tolerance) return;
    problems.push_back({{},
                        fmt::format("the market shares {} sum to {:.6g}, not to 1", when, sum),
                        "let every eligible patient have a strategy; one may be no treatment"});
  };
  check_sum("before the first year", [](const BudgetStrategy& strategy) { return strategy.share_before; });
  for (const World& world : {without_therapy, with_therapy}) {
    for (std::size_t year = 0; year < input.incident_patients.size(); ++year) {
      check_sum(fmt::format("of year {} {}", year + 1, world.name),
                [&](const BudgetStrategy& strategy) { return (strategy.*world.shares)[year]; });
    }
  }
}

Diagnostics check(const BudgetInput& input) {
  Diagnostics problems;
  const std::size_t years = input.incident_patients.size();
  if (years < 1 || years > most_years) {
    problems.push_back({{},
                        fmt::format("a budget impact over {} years is asked for", years),
                        fmt::format("give the newly eligible patients of 1 to {} calendar years", most_years)});
  }
  if (!is_amount(input.prevalent_patients) ||
      !std::all_of(input.incident_patients.begin(), input.incident_patients.end(), is_amount)) {
    problems.push_back({{}, "a number of eligible patients is not 0 or more", "give those newly eligible in the year"});
  }
  for (const BudgetStrategy& strategy : input.strategies) check_strategy(strategy, years, problems);
  if (problems.empty()) check_sums(input, problems);
  return problems;
}

/// What the limits on starts leave of a year's market shares.
struct Allocation {
  std::vector<double> patients;      ///< [strategy]
  std::vector<double> not_admitted;  ///< [strategy]
};

/// Patients of every strategy in `year`, given those at the end of the year before. A strategy that has reached its
/// limit stays there, so each round either ends or takes one more strategy from those with room.
Result<Allocation> allocate(const BudgetInput& input, const World& world, std::size_t year, double eligible,
                            const std::vector<double>& patients_before) {
  const std::size_t count = input.strategies.size();
  std::vector<double> wanted(count);
  for (std::size_t s = 0; s < count; ++s) wanted[s] = (input.strategies[s].*world.shares)[year] * eligible;
  const auto beyond_limit = [&](std::size_t s, double patients) {
    const std::optional<double>& limit = input.strategies[s].most_starts_per_year;
    const double beyond = limit ? patients - patients_before[s] - *limit : 0.0;
    return beyond > rounding * eligible ? beyond : 0.0;
  };

  Allocation allocation{wanted, std::vector<double>(count)};
  for (std::size_t s = 0; s < count; ++s) allocation.not_admitted[s] = beyond_limit(s, wanted[s]);
  std::vector<bool> full(count);
  while (true) {
    double excess = 0, share_with_room = 0;
    bool more_are_full = false;
    for (std::size_t s = 0; s < count; ++s) {
      const bool exceeds = beyond_limit(s, allocation.patients[s]) > 0;
      more_are_full = more_are_full || exceeds;
      full[s] = full[s] || exceeds;
      if (full[s]) {
        allocation.patients[s] = patients_before[s] + *input.strategies[s].most_starts_per_year;
        excess += wanted[s] - allocation.patients[s];
      } else {
        share_with_room += share_before(input.strategies[s], world, year);
      }
    }
    if (!more_are_full) return allocation;
    if (share_with_room == 0) {
      return tl::unexpected(Diagnostics{
          {{},
           fmt::format(
               "in year {} {}, {:.6g} patients find no strategy: all that patients were on the year before have "
               "reached their limit of starts",
               year + 1, world.name, excess),
           "raise a limit, or give a strategy without one a share in the year before"}});
    }
    for (std::size_t s = 0; s < count; ++s) {
      if (full[s]) continue;
      const double part = share_before(input.strategies[s], world, year) / share_with_room;
      allocation.patients[s] = wanted[s] + excess * part;
    }
  }
}

/// The patients of a strategy by when they started it, and what they cost.
class Cohorts {
 public:
  Cohorts(const BudgetStrategy& strategy, Entry entry, double established)
      : strategy_(strategy), delay_(entry == Entry::mid_year ? 1 : 0), established_(established) {}

  double patients() const { return established_ + std::accumulate(started_.begin(), started_.end(), 0.0); }

  /// Lets the next calendar year pass, at the end of which there are `patients`; returns what it was like.
  Uptake pass_year(double patients) {
    const double before = this->patients();
    Uptake uptake{patients, std::max(0.0, patients - before), 0, 0};
    const double leaving = patients < before ? 1 - patients / before : 0;
    const std::size_t year = started_.size();

    uptake.cost += established_ * (leaving * before_leaving(long_ago) + (1 - leaving) * calendar_year(long_ago));
    established_ *= 1 - leaving;
    for (std::size_t start = 0; start < year; ++start) {
      const std::size_t half_years = 2 * (year - start);
      uptake.cost +=
          started_[start] * (leaving * before_leaving(half_years) + (1 - leaving) * calendar_year(half_years));
      started_[start] *= 1 - leaving;
    }
    uptake.cost += uptake.starters * (strategy_.cost_at_start + calendar_year(0));
    started_.push_back(uptake.starters);
    return uptake;
  }

 private:
  /// Half-years since start after which the last cost surely holds.
  static constexpr std::size_t long_ago = 1'000'000;

  double half_year(std::size_t since_start) const {
    const std::vector<double>& costs = strategy_.cost_by_year_since_start;
    return costs[std::min(since_start / 2, costs.size() - 1)] / 2;
  }

  /// The cost of the calendar year that begins so many half-years after the one of the start.
  double calendar_year(std::size_t half_years) const {
    if (half_years < delay_) return half_year(0);
    return half_year(half_years - delay_) + half_year(half_years - delay_ + 1);
  }

  /// The part of that cost which those who leave in the course of the year still cause.
  double before_leaving(std::size_t half_years) const { return delay_ == 0 ? 0 : half_year(half_years - delay_); }

  const BudgetStrategy& strategy_;
  std::size_t delay_;  ///< half-years by which starts come after the beginning of a calendar year
  double established_;
  std::vector<double> started_;  ///< [year of start]
};

Result<std::vector<std::vector<Uptake>>> follow(const BudgetInput& input, const World& world) {
  std::vector<Cohorts> cohorts;
  for (const BudgetStrategy& strategy : input.strategies) {
    cohorts.emplace_back(strategy, input.entry, input.prevalent_patients * strategy.share_before);
  }
  std::vector<std::vector<Uptake>> years;
  double eligible = input.prevalent_patients;
  for (std::size_t year = 0; year < input.incident_patients.size(); ++year) {
    eligible += input.incident_patients[year];
    std::vector<double> before;
    for (const Cohorts& each : cohorts) before.push_back(each.patients());
    const Result<Allocation> allocation = allocate(input, world, year, eligible, before);
    if (!allocation) return tl::unexpected(allocation.error());
    years.emplace_back();
    for (std::size_t s = 0; s < cohorts.size(); ++s) {
      years.back().push_back(cohorts[s].pass_year(allocation->patients[s]));
      years.back().back().not_admitted = allocation->not_admitted[s];
    }
  }
  return years;
}

void add(BudgetDifference& sum, const BudgetDifference& part) {
  sum.without += part.without;
  sum.with += part.with;
  sum.difference += part.difference;
  sum.cumulative += part.cumulative;
}

}  // namespace

Result<std::vector<BudgetYear>> analyse_budget_impact(const BudgetInput& input) {
  if (Diagnostics problems = check(input); !problems.empty()) return tl::unexpected(std::move(problems));
  const auto without = follow(input, without_therapy);
  const auto with = follow(input, with_therapy);
  if (!without || !with) {
    Diagnostics problems;
    for (const auto* world : {&without, &with}) {
      if (!*world) problems.insert(problems.end(), world->error().begin(), world->error().end());
    }
    return tl::unexpected(std::move(problems));
  }

  std::vector<BudgetYear> years;
  double eligible = input.prevalent_patients;
  std::vector<double> cumulative(input.strategies.size());
  for (std::size_t year = 0; year < input.incident_patients.size(); ++year) {
    eligible += input.incident_patients[year];
    BudgetYear result{eligible, (*without)[year], (*with)[year], {}, {}};
    for (std::size_t s = 0; s < cumulative.size(); ++s) {
      const double cost_without = result.without[s].cost, cost_with = result.with[s].cost;
      cumulative[s] += cost_with - cost_without;
      result.strategies.push_back({cost_without, cost_with, cost_with - cost_without, cumulative[s]});
      add(result.total, result.strategies.back());
    }
    years.push_back(std::move(result));
  }
  return years;
}

}  // namespace myelin::economics
