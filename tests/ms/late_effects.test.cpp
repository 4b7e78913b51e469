#include <catch2/catch.hpp>
#include <cmath>

#include "ms/problems.hpp"
#include "ms/small_case.hpp"

// Excess risks of the years after transplantation.

namespace myelin::ms::test {

namespace {

using Lines = std::vector<std::string>;

const std::string path = "therapies.transplant.procedure.late_effects.late.";

/// Transplantation, then a drug; women only, transplanted at 39.
ParameterSet with_late_effect(double horizon_years, double cycle_length_years = 1) {
  ParameterSet parameters = still_life(horizon_years, cycle_length_years);
  set_number(parameters, "population.female_share", 1);
  put_procedure(parameters, "transplant");
  put_drug(parameters, "drug");
  put_strategy(parameters, "treated", {"transplant", "drug"});
  put_text(parameters, path + "label", "Late effect");
  return parameters;
}

/// Events that recur, at 100 and 0.01 QALY each.
ParameterSet recurrent(double horizon_years, std::vector<double> rates, double cycle_length_years = 1) {
  ParameterSet parameters = with_late_effect(horizon_years, cycle_length_years);
  put_by_year(parameters, path + "rate", std::move(rates), "per year");
  put_flag(parameters, path + "recurs", true);
  put_number(parameters, path + "cost", 100);
  put_number(parameters, path + "qaly_change", -0.01);
  return parameters;
}

}  // namespace

TEST_CASE("the rate is that of the year since transplantation, and the last goes on") {
  const double length = GENERATE(1.0, 0.25);
  const ParameterSet parameters = recurrent(5, {0.1, 0.05, 0.02}, length);
  CHECK(problems_of(parameters) == Lines{});
  const Expected result(parameters, "treated");
  const double events = 0.1 + 0.05 + 3 * 0.02;
  CHECK(result.undiscounted("late_effect.late") == Approx(events).epsilon(1e-12));
  CHECK(result.undiscounted("cost.late_effects") == Approx(100 * events).epsilon(1e-12));
  CHECK(result.undiscounted("cost") == Approx(100 * events).epsilon(1e-12));
  CHECK(result.undiscounted("qaly.patient") == Approx(5 - 0.01 * events).epsilon(1e-12));
  CHECK(Expected(parameters, "no_treatment").undiscounted("late_effect.late") == 0);
}

TEST_CASE("a constant rate acts in every year since transplantation") {
  CHECK(Expected(recurrent(5, {0.1}), "treated").undiscounted("late_effect.late") == Approx(0.5).epsilon(1e-12));
}

TEST_CASE("the rate may differ between women and men") {
  ParameterSet parameters = recurrent(1, {0});
  set_number(parameters, "population.female_share", 0.7);
  put_table(parameters, path + "rate", {counted("year", 1, 1), named("sex", {"male", "female"})}, {0.1, 0.4},
            "per year");
  CHECK(Expected(parameters, "treated").undiscounted("late_effect.late") == near(0.7 * 0.4 + 0.3 * 0.1));
}

TEST_CASE("years are counted from the transplantation, whenever it comes") {
  ParameterSet parameters = recurrent(5, {0.1, 0.05, 0.02});
  put_strategy(parameters, "treated", {"drug", "transplant"});
  put_whole(parameters, "therapies.drug.stop_after_years", 2);
  const std::vector<double> events = Expected(parameters, "treated").by_cycle("late_effect.late");
  CHECK_THAT(events, Catch::Approx(std::vector<double>{0, 0, 0.1, 0.05, 0.02}).epsilon(1e-12).margin(1e-15));
}

TEST_CASE("late effects go on when activity has returned and a drug is taken") {
  ParameterSet parameters = recurrent(4, {0.1, 0.05, 0.02});
  put_number(parameters, "therapies.transplant.procedure.restart_scale", 1000);
  const Expected result(parameters, "treated");
  CHECK(result.on_line("drug", 1) == 1);
  CHECK(result.undiscounted("late_effect.late") == Approx(0.1 + 0.05 + 2 * 0.02).epsilon(1e-12));
}

TEST_CASE("those who are not transplanted, or not yet, have no late effects") {
  ParameterSet parameters = recurrent(3, {0.1});
  put_number(parameters, "therapies.transplant.procedure.eligibility.share", 0.25);
  CHECK(Expected(parameters, "treated").undiscounted("late_effect.late") == near(0.25 * 0.3));
  parameters = recurrent(3, {0.1});
  put_number(parameters, "therapies.transplant.procedure.waiting", 1);  // half at each time point
  CHECK(Expected(parameters, "treated").undiscounted("late_effect.late") == near(0.1 * (0.5 + 0.75 + 0.875)));
}

TEST_CASE("what does not recur happens once and lasts, with its cost and loss of utility") {
  const double length = GENERATE(1.0, 0.25);
  ParameterSet parameters = with_late_effect(4, length);
  put_by_year(parameters, path + "rate", {0.2}, "per year");
  put_number(parameters, path + "cost", 100);
  put_number(parameters, path + "qaly_change", -0.02);
  put_number(parameters, path + "cost_per_year", 10);
  put_number(parameters, path + "utility_change", -0.05);
  CHECK(problems_of(parameters) == Lines{});
  const Expected result(parameters, "treated");
  const double ever = 1 - std::exp(-0.2 * 4);
  double lasting_years = 0;
  for (std::size_t cycle = 0; cycle < result.program().cycles; ++cycle)
    lasting_years += length * (1 - std::exp(-0.2 * length * static_cast<double>(cycle)));
  CHECK(result.undiscounted("late_effect.late") == near(ever));
  CHECK(result.undiscounted("cost.late_effects") == near(100 * ever + 10 * lasting_years).epsilon(1e-7));
  CHECK(result.undiscounted("qaly.patient") == near(4 - 0.02 * ever - 0.05 * lasting_years));
}

TEST_CASE("a first occurrence follows the rate of its year, and none comes after the rate has ended") {
  ParameterSet parameters = with_late_effect(4);
  put_by_year(parameters, path + "rate", {0.3, 0.1, 0}, "per year");
  put_number(parameters, path + "cost_per_year", 10);
  const Expected result(parameters, "treated");
  const double first = 1 - std::exp(-0.3), second = 1 - std::exp(-0.4);
  CHECK(result.undiscounted("late_effect.late") == near(second));
  CHECK(result.undiscounted("cost.late_effects") == near(10 * (first + second + second)).epsilon(1e-7));
}

TEST_CASE("the procedure itself may leave a late effect, by age and sex, which ends at an age") {
  ParameterSet parameters = with_late_effect(6);
  set_number(parameters, "population.female_share", 0.7);
  put_table(parameters, path + "probability", {counted("age", 38, 40), named("sex", {"female", "male"})},
            {0.1, 0, 0.4, 0.05, 0.9, 0}, "probability");
  put_number(parameters, path + "cost", 1000);
  put_number(parameters, path + "qaly_change", -0.02);
  put_number(parameters, path + "cost_per_year", 10);
  put_number(parameters, path + "utility_change", -0.05);
  put_whole(parameters, path + "until_age", 42);
  CHECK(problems_of(parameters) == Lines{});
  const Expected result(parameters, "treated");
  const double left = 0.7 * 0.4 + 0.3 * 0.05, years = 3;  // at ages 39, 40 and 41
  CHECK(result.undiscounted("late_effect.late") == near(left));
  CHECK(result.at_start("late_effect.late") == near(left));
  CHECK(result.undiscounted("cost.late_effects") == near(left * (1000 + 10 * years)).epsilon(1e-7));
  CHECK(result.undiscounted("qaly.patient") == near(6 - left * (0.02 + 0.05 * years)));
}

TEST_CASE("what the procedure leaves is that of the age when the cycle began; beyond the table its ends go on") {
  ParameterSet parameters = with_late_effect(6);
  put_table(parameters, path + "probability", {counted("age", 38, 40)}, {0.1, 0.4, 0.9}, "probability");
  put_strategy(parameters, "treated", {"drug", "transplant"});
  const auto [years, expected] = GENERATE(table<int, double>({{1, 0.4}, {2, 0.9}, {4, 0.9}}));
  put_whole(parameters, "therapies.drug.stop_after_years", years);
  CHECK(Expected(parameters, "treated").undiscounted("late_effect.late") == near(expected));
  set_number(parameters, "population.start_age", 20);
  CHECK(Expected(parameters, "treated").undiscounted("late_effect.late") == near(0.1));
}

TEST_CASE("a fatal late effect is a cause of death, by the year since transplantation") {
  ParameterSet parameters = recurrent(4, {0.2, 0.1});
  put_number(parameters, path + "fatality", 0.5);
  CHECK(problems_of(parameters) == Lines{});
  const Expected result(parameters, "treated");
  const double alive[] = {1, std::exp(-0.1), std::exp(-0.15), std::exp(-0.2), std::exp(-0.25)};
  CHECK(result.undiscounted("deaths.late") == near(1 - alive[4]));
  CHECK(result.undiscounted("deaths") == near(1 - alive[4]));
  CHECK(result.undiscounted("life_years") == near(alive[0] + alive[1] + alive[2] + alive[3]));
  CHECK(result.undiscounted("late_effect.late") == near(0.2 + 0.1 * (alive[1] + alive[2] + alive[3])));
}

TEST_CASE("two late effects beside each other do not mix") {
  ParameterSet parameters = recurrent(2, {0.1});
  const std::string other = "therapies.transplant.procedure.late_effects.other.";
  put_text(parameters, other + "label", "Other");
  put_by_year(parameters, other + "rate", {0.3}, "per year");
  put_number(parameters, other + "cost", 7);
  const Expected result(parameters, "treated");
  const double ever = 1 - std::exp(-0.6);
  CHECK(result.undiscounted("late_effect.late") == Approx(0.2).epsilon(1e-12));
  CHECK(result.undiscounted("late_effect.other") == near(ever));
  CHECK(result.undiscounted("cost.late_effects") == near(100 * 0.2 + 7 * ever).epsilon(1e-7));
}

TEST_CASE("late effects that cannot be are refused") {
  ParameterSet parameters = recurrent(1, {0.1});
  SECTION("without a risk") {
    parameters = without(parameters, path + "rate");
    CHECK(problems_of(parameters) == Lines{"'" + path +
                                           "' is a late effect without a risk -- give its `rate` after, or "
                                           "its `probability` at the procedure"});
  }
  SECTION("left by the procedure and recurrent") {
    put_table(parameters, path + "probability", {counted("age", 18, 60)}, std::vector<double>(43, 0.1), "probability");
    CHECK(problems_of(parameters) ==
          Lines{"what a procedure leaves cannot recur -- remove `recurs`, or give a `rate`"});
  }
  SECTION("recurrent and lasting") {
    put_whole(parameters, path + "until_age", 50);
    CHECK(problems_of(parameters) == Lines{"'" + path + "until_age' does nothing where events recur -- remove it"});
  }
  SECTION("fatal once") {
    put_flag(parameters, path + "recurs", false);
    put_number(parameters, path + "fatality", 0.1);
    CHECK(problems_of(parameters) ==
          Lines{"only the events of a `rate` that recurs can be fatal -- set recurs = true, or remove it"});
  }
  SECTION("a rate by an unknown column") {
    put_table(parameters, path + "rate", {counted("edss", 0, 9)}, std::vector<double>(10, 0.1), "per year");
    CHECK(problems_of(parameters) ==
          Lines{"'" + path + "rate' has a column 'edss' -- its key columns can be year, sex"});
  }
}

}  // namespace myelin::ms::test
