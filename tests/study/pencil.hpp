#pragma once

#include <cmath>

#include "study/study_folder.hpp"

/// \file
/// The illness of study_folder.hpp solved with a pencil, and plans of it.

namespace myelin::study::test {

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

/// With probabilities that the engines, which round them to a 31-bit fraction, hold exactly: 0.25, 0.125 and 0.25.
inline std::string dyadic_illness() {
  std::string text = replaced(illness(), "p_ill = { value = 0.2,", "p_ill = { value = 0.25,");
  text = replaced(text, "p_die = { value = 0.1,", "p_die = { value = 0.125,");
  return replaced(text, "p_die_ill = { value = 0.3,", "p_die_ill = { value = 0.25,");
}

/// Inputs of one strategy, without the drug unless `treated`.
struct Illness {
  double p_ill = 0.25, p_die = 0.125, p_die_ill = 0.25, effect = 0.5;
  double c_ill = 1000, c_drug = 500, u_well = 0.9, u_ill = 0.5;
  double discount_cost = 0.035;
  bool drug = false;
};

inline Illness treated(Illness illness = {}) {
  illness.drug = true;
  return illness;
}

/// Discounted sums over the time points 0 to 6.
struct Expected {
  double cost = 0, qaly = 0;
  double life_years = 0;  ///< with the discount of costs: what a price per year is paid for

  double net_benefit(double threshold) const { return threshold * qaly - cost; }
};

inline Expected expected_of(const Illness& illness) {
  Expected expected;
  double well = 1, ill = 0;
  for (int t = 0; t <= 6; ++t) {
    const double cost_weight = std::pow(1 + illness.discount_cost, -t), qaly_weight = std::pow(1.035, -t);
    expected.life_years += cost_weight * (well + ill);
    expected.cost += cost_weight * (ill * illness.c_ill + (illness.drug ? illness.c_drug * (well + ill) : 0));
    expected.qaly += qaly_weight * (well * illness.u_well + ill * illness.u_ill);
    const double falls_ill = illness.p_ill * (illness.drug ? illness.effect : 1);
    ill = ill * (1 - illness.p_die_ill) + well * falls_ill;
    well *= 1 - falls_ill - illness.p_die;
  }
  return expected;
}

inline Plan plan_of(const StudyFolder& folder, const std::vector<std::string>& overrides = {},
                    const std::vector<std::string>& strategies = {}) {
  auto plan = make_plan({folder.path("scenario.toml"), overrides, strategies}, StudyFolder::models());
  if (!plan) {
    for (const std::string& line : folder.lines_of(plan.error())) UNSCOPED_INFO(line);
  }
  REQUIRE(plan);
  return std::move(*plan);
}

inline ParameterSet::Cell cell_of(const Plan& plan, const std::string& name) {
  const auto numbers = plan.analyses.front().scenario.parameters.numbers();
  const auto found = std::ranges::find(numbers, name, &ParameterSet::Number::name);
  REQUIRE(found != numbers.end());
  return found->cell;
}

}  // namespace myelin::study::test
