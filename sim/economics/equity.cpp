#include "economics/equity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string_view>

namespace myelin::economics {

namespace {

/// How far shares written with few digits may be off 1 in sum.
constexpr double share_tolerance = 1e-9;

void check_shares(std::span<const double> shares, std::string_view what, Diagnostics& problems) {
  if (!std::all_of(shares.begin(), shares.end(), [](double share) { return share >= 0 && share <= 1; })) {
    problems.push_back({{}, fmt::format("a share of {} is not between 0 and 1", what), "correct the shares"});
  }
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  if (!(std::abs(sum - 1) <= share_tolerance)) {
    problems.push_back(
        {{}, fmt::format("the shares of {} sum to {:.6g}, not to 1", what, sum), "correct them, over all groups"});
  }
}

void check_population_shares(std::span<const double> shares, Diagnostics& problems) {
  check_shares(shares, "the population", problems);
  if (std::find(shares.begin(), shares.end(), 0.0) != shares.end()) {
    problems.push_back({{}, "a group has no people: its population share is 0", "leave it out"});
  }
}

void check_aversion(const InequalityAversion& aversion, Diagnostics& problems) {
  const bool atkinson = aversion.function == WelfareFunction::atkinson;
  if (std::isfinite(aversion.parameter) && (atkinson ? aversion.parameter >= 0 : aversion.parameter > 0)) return;
  problems.push_back({{},
                      fmt::format("the inequality aversion {} is no parameter of {} function", aversion.parameter,
                                  atkinson ? "Atkinson's" : "Kolm's"),
                      atkinson ? "give an epsilon of 0 or more" : "give an alpha per QALY above 0"});
}

bool needs_positive_health(const InequalityAversion& aversion) {
  return aversion.function == WelfareFunction::atkinson && aversion.parameter > 0;
}

void check_health(std::span<const double> health, const InequalityAversion& aversion, Diagnostics& problems) {
  for (std::size_t group = 0; group < health.size(); ++group) {
    if (!std::isfinite(health[group])) {
      problems.push_back({{}, fmt::format("the health of group {} is not a finite number", group + 1), "correct it"});
    } else if (needs_positive_health(aversion) && health[group] <= 0) {
      problems.push_back({{},
                          fmt::format("the health of group {} is {} QALYs, and Atkinson's function needs health above "
                                      "0 in every group",
                                      group + 1, health[group]),
                          "count the quality-adjusted life expectancy at birth, or use Kolm's function"});
    }
  }
}

double weighted_mean(std::span<const double> shares, std::span<const double> values) {
  return std::inner_product(shares.begin(), shares.end(), values.begin(), 0.0);
}

/// log(sum of shares x exp(exponents)), for exponents that are 0 at most and shares that sum to 1: exact also where
/// all exponents are tiny, as in the limit of an epsilon of 1.
template <class Exponent>
double log_mean_exp(std::span<const double> shares, std::span<const double> health, Exponent exponent) {
  double sum = 0;
  for (std::size_t group = 0; group < shares.size(); ++group)
    sum += shares[group] * std::expm1(exponent(health[group]));
  return std::log1p(sum);
}

/// (sum of shares x health^(1 - epsilon))^(1 / (1 - epsilon)), in units of the health that counts most, so that no
/// power overflows.
double atkinson_equivalent(std::span<const double> shares, std::span<const double> health, double epsilon) {
  if (epsilon == 0) return weighted_mean(shares, health);
  if (epsilon == 1) {
    double mean_log = 0;
    for (std::size_t group = 0; group < shares.size(); ++group) mean_log += shares[group] * std::log(health[group]);
    return std::exp(mean_log);
  }
  const auto [least, most] = std::minmax_element(health.begin(), health.end());
  const double unit = epsilon > 1 ? *least : *most, power = 1 - epsilon;
  return unit *
         std::exp(log_mean_exp(shares, health, [&](double each) { return power * std::log(each / unit); }) / power);
}

/// -log(sum of shares x exp(-alpha x health)) / alpha, from the least health upwards.
double kolm_equivalent(std::span<const double> shares, std::span<const double> health, double alpha) {
  const double least = *std::min_element(health.begin(), health.end());
  return least - log_mean_exp(shares, health, [&](double each) { return -alpha * (each - least); }) / alpha;
}

std::vector<double> each(std::span<const EquityGroup> groups, double EquityGroup::*member) {
  std::vector<double> values;
  for (const EquityGroup& group : groups) values.push_back(group.*member);
  return values;
}

void check_opportunity_cost(double incremental_cost, double cost_per_qaly_forgone, std::span<const double> shares,
                            Diagnostics& problems) {
  if (!std::isfinite(incremental_cost)) {
    problems.push_back({{}, "the incremental cost is not a finite number", "check the costs of both strategies"});
  }
  if (!std::isfinite(cost_per_qaly_forgone) || cost_per_qaly_forgone <= 0) {
    problems.push_back(
        {{}, "the cost per QALY forgone is not above 0", "give what a QALY costs at the margin of the health system"});
  }
  check_shares(shares, "the opportunity cost", problems);
}

Diagnostics check(const EquityInput& input) {
  Diagnostics problems;
  const auto require = [&](bool holds, const char* problem, const char* remedy) {
    if (!holds) problems.push_back({{}, problem, remedy});
  };
  require(std::isfinite(input.people) && input.people > 0, "the number of people is not above 0",
          "give the size of the population that bears the cost");
  require(input.patients >= 0 && input.patients <= input.people,
          "the number of patients is not between 0 and the number of people", "give how many receive the therapy");
  check_population_shares(each(input.groups, &EquityGroup::population_share), problems);
  check_shares(each(input.groups, &EquityGroup::patient_share), "the patients", problems);
  check_opportunity_cost(input.incremental_cost_per_patient, input.cost_per_qaly_forgone,
                         each(input.groups, &EquityGroup::opportunity_cost_share), problems);
  for (const EquityGroup& group : input.groups) {
    require(std::isfinite(group.gain_per_patient),
            fmt::format("the gain per patient of group `{}` is not a finite number", group.name).c_str(), "correct it");
  }
  return problems;
}

std::vector<double> forgone(double incremental_cost, double cost_per_qaly_forgone, std::span<const double> shares) {
  std::vector<double> qalys;
  for (const double share : shares) qalys.push_back(incremental_cost / cost_per_qaly_forgone * share);
  return qalys;
}

std::vector<GroupHealth> distribute(const EquityInput& input) {
  const std::vector<double> qalys_forgone =
      forgone(input.patients * input.incremental_cost_per_patient, input.cost_per_qaly_forgone,
              each(input.groups, &EquityGroup::opportunity_cost_share));
  std::vector<GroupHealth> groups;
  for (const EquityGroup& group : input.groups) {
    const double people = input.people * group.population_share;
    GroupHealth health;
    health.gain = input.patients * group.patient_share * group.gain_per_patient / people;
    health.opportunity_cost = qalys_forgone[groups.size()] / people;
    health.net_gain = health.gain - health.opportunity_cost;
    health.before = group.baseline_health;
    health.after = health.before + health.net_gain;
    groups.push_back(health);
  }
  return groups;
}

Welfare welfare_of(std::span<const double> shares, std::span<const double> health, const InequalityAversion& aversion) {
  Welfare welfare;
  welfare.mean_health = weighted_mean(shares, health);
  const double mean = welfare.mean_health;
  if (aversion.function == WelfareFunction::kolm) {
    welfare.equally_distributed_equivalent = kolm_equivalent(shares, health, aversion.parameter);
    welfare.inequality = mean - welfare.equally_distributed_equivalent;
  } else {
    welfare.equally_distributed_equivalent = atkinson_equivalent(shares, health, aversion.parameter);
    welfare.inequality = aversion.parameter == 0 ? 0 : 1 - welfare.equally_distributed_equivalent / mean;
  }
  return welfare;
}

}  // namespace

Result<std::vector<double>> opportunity_cost(double incremental_cost, double cost_per_qaly_forgone,
                                             std::span<const double> shares) {
  Diagnostics problems;
  check_opportunity_cost(incremental_cost, cost_per_qaly_forgone, shares, problems);
  if (!problems.empty()) return tl::unexpected(std::move(problems));
  return forgone(incremental_cost, cost_per_qaly_forgone, shares);
}

Result<Welfare> assess_welfare(std::span<const double> shares, std::span<const double> health,
                               const InequalityAversion& aversion) {
  Diagnostics problems;
  if (shares.size() != health.size()) {
    problems.push_back(
        {{},
         fmt::format("there are {} population shares for the health of {} groups", shares.size(), health.size()),
         "give one share a group"});
  }
  check_population_shares(shares, problems);
  check_aversion(aversion, problems);
  check_health(health, aversion, problems);
  if (!problems.empty()) return tl::unexpected(std::move(problems));
  return welfare_of(shares, health, aversion);
}

Result<EquityAnalysis> analyse_equity(const EquityInput& input, const InequalityAversion& aversion) {
  Diagnostics problems = check(input);
  check_aversion(aversion, problems);
  const std::vector<double> shares = each(input.groups, &EquityGroup::population_share);
  const std::vector<double> before = each(input.groups, &EquityGroup::baseline_health);
  check_health(before, aversion, problems);
  if (!problems.empty()) return tl::unexpected(std::move(problems));

  EquityAnalysis analysis;
  analysis.groups = distribute(input);
  std::vector<double> after, net_gain;
  for (const GroupHealth& group : analysis.groups) {
    after.push_back(group.after);
    net_gain.push_back(group.net_gain);
  }
  check_health(after, aversion, problems);
  if (!problems.empty()) return tl::unexpected(std::move(problems));

  analysis.before = welfare_of(shares, before, aversion);
  analysis.after = welfare_of(shares, after, aversion);
  analysis.mean_gain = weighted_mean(shares, net_gain);
  analysis.equivalent_gain =
      analysis.after.equally_distributed_equivalent - analysis.before.equally_distributed_equivalent;
  analysis.equity_part = analysis.equivalent_gain - analysis.mean_gain;
  analysis.impact = {input.people * analysis.mean_gain, analysis.after.inequality - analysis.before.inequality};
  return analysis;
}

}  // namespace myelin::economics
