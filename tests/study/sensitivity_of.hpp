#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "study/pencil.hpp"
#include "study/sensitivity.hpp"

/// \file
/// Sensitivity analyses of the illness that a pencil can follow.

namespace myelin::study::test {

/// The dyadic illness with keys `sensitivity` (or others) at its end.
inline StudyFolder folder_with(const std::string& keys, const std::string& scenario = dyadic_illness()) {
  return StudyFolder(scenario + "\n" + keys);
}

inline SensitivityOutput analysed(const Plan& plan, const Execution& execution = {}) {
  const auto output = analyse_sensitivity(plan, execution);
  if (!output) {
    for (const Diagnostic& problem : output.error()) UNSCOPED_INFO(to_string(problem));
  }
  REQUIRE(output);
  REQUIRE(*output);
  return **output;
}

inline SensitivityOutput analysed(const StudyFolder& folder, const std::vector<std::string>& overrides = {}) {
  return analysed(plan_of(folder, overrides));
}

inline Lines mistakes(const StudyFolder& folder, const std::vector<std::string>& strategies = {}) {
  const auto output = analyse_sensitivity(plan_of(folder, {}, strategies), {});
  REQUIRE_FALSE(output);
  return folder.lines_of(output.error());
}

inline void check_near(const Outcomes& outcomes, const Illness& none, const Illness& drug) {
  const Expected expected[] = {expected_of(none), expected_of(drug)};
  for (std::size_t s = 0; s < 2; ++s) {
    CHECK(outcomes.cost[s] == Approx(expected[s].cost).epsilon(1e-12));
    CHECK(outcomes.qaly[s] == Approx(expected[s].qaly).epsilon(1e-12));
  }
}

/// What the drug may cost a year: what it is worth, less the care that it does not save.
inline double price_limit(double threshold, double effect = 0.5) {
  const Illness with{.effect = effect, .c_drug = 0};
  const Expected none = expected_of(with), drug = expected_of(treated(with));
  return (drug.net_benefit(threshold) - none.net_benefit(threshold)) / drug.life_years;
}

inline const std::string joint_evidence = R"(
source = "TRIAL"
grade = "assumption"
)";

}  // namespace myelin::study::test
