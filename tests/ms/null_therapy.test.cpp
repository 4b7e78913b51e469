#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "ms/engines.hpp"

// A therapy that does nothing is no treatment: any increment would be an effect of the structure and not of the
// therapy.

namespace myelin::ms::test {

namespace {

/// All therapies null, in every strategy of the base case; relapses drawn or expected, any cycle length and natural
/// history.
ParameterSet null_case(const char* accrual, double cycle_length_years, const char* variant) {
  ParameterSet parameters = base_case();
  for (const char* therapy : {"ocrelizumab", "natalizumab", "alemtuzumab", "fingolimod", "ahsct"}) {
    make_null(parameters, therapy);
  }
  set_text(parameters, "analysis.accrual", accrual);
  set_number(parameters, "analysis.cycle_length_years", cycle_length_years);
  set_text(parameters, "natural_history.variant", variant);
  return parameters;
}

}  // namespace

TEST_CASE("null therapies give increments of exactly 0 in the microsimulation") {
  const auto [accrual, cycle_length_years, variant] = GENERATE(table<const char*, double, const char*>(
      {{"expected", 1.0, "hta"}, {"drawn", 1.0, "calibrated"}, {"expected", 0.25, "calibrated"}}));
  CAPTURE(accrual, cycle_length_years, variant);
  study::Plan plan = plan_of(null_case(accrual, cycle_length_years, variant), all_strategies, 3000);
  const study::AnalysisOutput output = simulate(plan, study::Engine::microsimulation);
  const std::vector<Outcome>& outcomes = plan.analyses.front().programs.front().outcomes;
  REQUIRE(output.increments.size() == 15);
  for (const study::IncrementOutput& increment : output.increments) {
    for (std::size_t i = 0; i < increment.outcomes.mean.size(); ++i) {
      if (counts_treatment(outcomes[i / 2].name)) continue;
      CAPTURE(increment.strategy, increment.versus, outcomes[i / 2].name);
      CHECK(increment.outcomes.mean[i] == 0);
      CHECK(increment.outcomes.standard_error[i] == 0);
    }
  }
  CHECK(output.strategies.front().outcomes.mean != std::vector<double>(outcomes.size() * 2, 0.0));
}

TEST_CASE("null therapies give the totals of best supportive care in the cohort engine") {
  const auto [cycle_length_years, variant] = GENERATE(table<double, const char*>({{1.0, "hta"}, {0.5, "calibrated"}}));
  const ParameterSet parameters = null_case("expected", cycle_length_years, variant);
  const Expected without(parameters, "best_supportive_care");
  for (const std::string& strategy : all_strategies) {
    const Expected with(parameters, strategy);
    for (const char* outcome : {"life_years", "qaly", "qaly.patient", "qaly.carer", "relapses", "cost"}) {
      CAPTURE(strategy, outcome, cycle_length_years);
      // The same patients are summed in another order, so that the last bits may differ.
      CHECK(with.discounted(outcome) == Approx(without.discounted(outcome)).epsilon(1e-13));
      CHECK(with.undiscounted(outcome) == Approx(without.undiscounted(outcome)).epsilon(1e-13));
    }
  }
}

TEST_CASE("transplantation is a drug of the same effects, harms, persistence and restart, to the bit") {
  // Both are left at 10 % a year for ocrelizumab, neither harms or costs, and both end with SPMS and at no EDSS.
  ParameterSet parameters = base_case();
  const auto [accrual, cycle_length_years] =
      GENERATE(table<const char*, double>({{"expected", 1.0}, {"drawn", 1.0}, {"expected", 0.25}}));
  set_text(parameters, "analysis.accrual", accrual);
  set_number(parameters, "analysis.cycle_length_years", cycle_length_years);
  set(parameters, "treatment.stop_at_edss", KeyValue(std::int64_t{10}));
  for (const char* therapy : {"fingolimod", "ahsct"}) {
    const std::string path = "therapies." + std::string(therapy) + ".";
    make_null(parameters, therapy);
    put_effect(parameters, path + "worsening", 0.4, "none");
    put_effect(parameters, path + "relapse", 0.2, "none");
    put_effect(parameters, path + "improvement", 1.3, "none");
    parameters = without_under(parameters, path + "improvement_years");
  }
  set_number(parameters, "therapies.ahsct.procedure.restart_scale", -std::log(0.9));
  set_number(parameters, "therapies.ahsct.procedure.restart_shape", 1);
  set_lines(parameters, "fingolimod", {"fingolimod", "ocrelizumab"});
  set_lines(parameters, "ahsct", {"ahsct", "ocrelizumab"});
  const std::vector<std::string> strategies = {"best_supportive_care", "fingolimod", "ahsct"};
  study::Plan plan = plan_of(parameters, strategies, 3000);
  const study::AnalysisOutput output = simulate(plan, study::Engine::microsimulation);
  const std::vector<Outcome>& outcomes = plan.analyses.front().programs.front().outcomes;
  const auto increment = [&](std::size_t strategy, std::size_t versus) {
    return *std::ranges::find_if(output.increments, [&](const study::IncrementOutput& each) {
      return each.strategy == strategy && each.versus == versus;
    });
  };
  const study::Estimates same = increment(2, 1).outcomes, different = increment(2, 0).outcomes;
  for (std::size_t i = 0; i < same.mean.size(); ++i) {
    if (counts_treatment(outcomes[i / 2].name)) continue;
    CAPTURE(outcomes[i / 2].name, accrual, cycle_length_years);
    CHECK(same.mean[i] == 0);
    CHECK(same.standard_error[i] == 0);
  }
  CHECK(different.standard_error.front() > 0);
}

TEST_CASE("a therapy whose effect has waned to nothing is null") {
  ParameterSet parameters = base_case();
  for (const char* drug : {"ocrelizumab", "natalizumab"}) make_harmless(parameters, drug);
  const Expected base(parameters, "ocrelizumab");
  set_text(parameters, "treatment.waning", "nice");
  const auto on = GENERATE("one_minus_ratio", "log_ratio");
  set_text(parameters, "treatment.waning_on", on);
  fill_table(parameters, "treatment.waning_schedules.nice.effect_remaining", 0);
  const Expected with(parameters, "ocrelizumab"), without(parameters, "best_supportive_care");
  CHECK(with.undiscounted("life_years") == Approx(without.undiscounted("life_years")).epsilon(1e-13));
  CHECK(with.undiscounted("qaly") == Approx(without.undiscounted("qaly")).epsilon(1e-13));
  CHECK(with.undiscounted("cost.acquisition") > 1000);

  fill_table(parameters, "treatment.waning_schedules.nice.effect_remaining", 1);
  const Expected unwaned(parameters, "ocrelizumab");
  CHECK(unwaned.undiscounted("qaly") == Approx(base.undiscounted("qaly")).epsilon(1e-13));
}

}  // namespace myelin::ms::test
