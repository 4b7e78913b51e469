#include "economics/severity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string_view>

namespace myelin::economics {

namespace {

constexpr double share_tolerance = 1e-9;
/// A shortfall computed as 0.85 may end a rounding below it.
constexpr double cutoff_slack = 1e-9;

/// Survival and utility by time point against the weights of the run; `whose` names them in messages.
void check_course(std::span<const double> alive, std::span<const double> utility, std::size_t points,
                  std::string_view whose, Diagnostics& problems) {
  const auto refuse = [&](std::string_view problem, const char* remedy) {
    problems.push_back({{}, fmt::format("{}: {}", whose, problem), remedy});
  };
  if (alive.size() != points || utility.size() != points) {
    refuse(fmt::format("{} values of survival and {} of utility stand against {} time points", alive.size(),
                       utility.size(), points),
           "give one value of each a time point");
  }
  if (!std::all_of(alive.begin(), alive.end(), [](double p) { return p >= 0 && p <= 1; })) {
    refuse("a probability of being alive is not between 0 and 1", "give the proportion of those alive at the start");
  } else if (!std::is_sorted(alive.begin(), alive.end(), std::greater<>())) {
    refuse("more are alive than at the time before", "give survival from the start, in order of time");
  }
  if (!std::all_of(utility.begin(), utility.end(), [](double value) { return std::isfinite(value) && value <= 1; })) {
    refuse("a utility is not a number of 1 or less", "correct it");
  }
}

void check_weights(std::span<const double> weights, Diagnostics& problems) {
  if (!weights.empty() &&
      std::all_of(weights.begin(), weights.end(), [](double weight) { return std::isfinite(weight) && weight >= 0; })) {
    return;
  }
  problems.push_back({{},
                      "the weights of the time points are none, or not all 0 or more",
                      "give the discounted years that each time point stands for"});
}

Diagnostics check_population(std::span<const PopulationPart> parts, std::span<const double> weights) {
  Diagnostics problems;
  check_weights(weights, problems);
  double sum = 0;
  for (const PopulationPart& part : parts) {
    check_course(part.alive, part.utility, weights.size(), fmt::format("general population, `{}`", part.name),
                 problems);
    if (!(part.share >= 0)) {
      problems.push_back({{}, fmt::format("the share of `{}` is not 0 or more", part.name), "correct it"});
    }
    sum += part.share;
  }
  if (!(std::abs(sum - 1) <= share_tolerance)) {
    problems.push_back({{},
                        fmt::format("the shares of the general population sum to {:.6g}, not to 1", sum),
                        "give the mix of the sexes as among the patients"});
  }
  return problems;
}

}  // namespace

Result<double> remaining_qalys(std::span<const PopulationPart> parts, std::span<const double> weights) {
  if (Diagnostics problems = check_population(parts, weights); !problems.empty()) {
    return tl::unexpected(std::move(problems));
  }
  double qalys = 0;
  for (const PopulationPart& part : parts) {
    for (std::size_t t = 0; t < weights.size(); ++t) qalys += part.share * weights[t] * part.alive[t] * part.utility[t];
  }
  return qalys;
}

Result<Severity> assess_severity(double general_population_qalys, double standard_care_qalys,
                                 std::span<const SeverityCutoff> cutoffs) {
  Diagnostics problems;
  if (!std::isfinite(general_population_qalys) || general_population_qalys <= 0) {
    problems.push_back({{},
                        "the QALYs of the general population are not above 0",
                        "give those of the patients' age and sex, discounted"});
  }
  if (!std::isfinite(standard_care_qalys)) {
    problems.push_back({{}, "the QALYs under standard care are not a finite number", "check its inputs"});
  }
  for (const SeverityCutoff& cutoff : cutoffs) {
    if (std::isfinite(cutoff.absolute_qalys) && std::isfinite(cutoff.proportional) && cutoff.absolute_qalys > 0 &&
        cutoff.proportional > 0 && std::isfinite(cutoff.weight) && cutoff.weight >= 1) {
      continue;
    }
    problems.push_back(
        {{},
         fmt::format("the severity cut-off of {} QALYs or a proportion of {} with weight {} is not usable",
                     cutoff.absolute_qalys, cutoff.proportional, cutoff.weight),
         "give shortfalls above 0 and a weight of 1 or more"});
  }
  if (!problems.empty()) return tl::unexpected(std::move(problems));

  Severity severity;
  severity.absolute_shortfall = general_population_qalys - standard_care_qalys;
  severity.proportional_shortfall = severity.absolute_shortfall / general_population_qalys;
  for (const SeverityCutoff& cutoff : cutoffs) {
    if (severity.absolute_shortfall >= cutoff.absolute_qalys - cutoff_slack ||
        severity.proportional_shortfall >= cutoff.proportional - cutoff_slack) {
      severity.weight = std::max(severity.weight, cutoff.weight);
    }
  }
  return severity;
}

std::optional<double> weighted_icer(double incremental_cost, double incremental_qaly, double weight) {
  const bool is_trade_off =
      (incremental_cost > 0 && incremental_qaly > 0) || (incremental_cost < 0 && incremental_qaly < 0);
  if (!is_trade_off || !(weight > 0)) return std::nullopt;
  return incremental_cost / (incremental_qaly * weight);
}

Result<LifeYearsGained> equal_value_of_life_years(const LifeCourse& intervention, const LifeCourse& comparator,
                                                  std::span<const double> weights, double equal_utility) {
  Diagnostics problems;
  check_weights(weights, problems);
  check_course(intervention.alive, intervention.utility, weights.size(), "intervention", problems);
  check_course(comparator.alive, comparator.utility, weights.size(), "comparator", problems);
  if (!(equal_utility > 0 && equal_utility <= 1)) {
    problems.push_back({{}, "the utility of life years gained is not above 0 and at most 1", "correct it"});
  }
  if (!problems.empty()) return tl::unexpected(std::move(problems));

  LifeYearsGained gained;
  for (std::size_t t = 0; t < weights.size(); ++t) {
    const double more_alive = intervention.alive[t] - comparator.alive[t];
    const double qalys =
        weights[t] * (intervention.alive[t] * intervention.utility[t] - comparator.alive[t] * comparator.utility[t]);
    gained.life_years += weights[t] * more_alive;
    gained.qalys += qalys;
    gained.equal_value += qalys + weights[t] * std::max(0.0, more_alive) * (equal_utility - intervention.utility[t]);
  }
  return gained;
}

}  // namespace myelin::economics
