#include <catch2/catch.hpp>
#include <cmath>

#include "ms/problems.hpp"
#include "ms/small_case.hpp"

// How drugs are given up, taken again, and what follows when they are stopped.

namespace myelin::ms::test {

namespace {

using Lines = std::vector<std::string>;

void put_cause(ParameterSet& parameters, const std::string& name, double share) {
  const std::string path = "treatment.discontinuation_causes." + name + ".";
  put_text(parameters, path + "label", name);
  put_number(parameters, path + "share", share);
}

/// `first` then `second`, each given up at 10 % a year for one of two causes.
ParameterSet two_causes(double horizon_years, double cycle_length_years = 1) {
  ParameterSet parameters = still_life(horizon_years, cycle_length_years);
  put_drug(parameters, "first");
  put_drug(parameters, "second");
  put_strategy(parameters, "treated", {"first", "second"});
  set_number(parameters, "treatment.discontinuation", 0.1);
  put_cause(parameters, "harm", 0.3);
  put_cause(parameters, "choice", 0.7);
  return parameters;
}

/// A drug of two yearly courses that cost 100 and 60, with a probability of retreatment a year.
ParameterSet two_courses(double horizon_years, double cycle_length_years, double retreatment) {
  ParameterSet parameters = still_life(horizon_years, cycle_length_years);
  put_therapy(parameters, "pulses", "courses");
  put_number(parameters, "therapies.pulses.monitoring", 0);
  put_table(parameters, "therapies.pulses.course_price", {counted("course", 1, 2)}, {100, 60}, "money per course");
  put_number(parameters, "therapies.pulses.retreatment", retreatment);
  put_strategy(parameters, "treated", {"pulses"});
  return parameters;
}

}  // namespace

TEST_CASE("discontinuations are counted by cause, in all of the drugs") {
  ParameterSet parameters = two_causes(3);
  CHECK(problems_of(parameters) == Lines{});
  const Expected result(parameters, "treated");
  // 10 % of those on a drug: 1 in the first year; 1 in the second; 0.81 + 0.18 in the third.
  const double given_up = 0.1 * (1 + 1 + 0.99);
  CHECK(result.undiscounted("discontinuations.harm") == near(0.3 * given_up));
  CHECK(result.undiscounted("discontinuations.choice") == near(0.7 * given_up));
  CHECK(Expected(parameters, "no_treatment").undiscounted("discontinuations.harm") == 0);
}

TEST_CASE("discontinuations of a year are those of its quarters") {
  const Expected result(two_causes(1, 0.25), "treated");
  const double stays = std::pow(0.9, 0.25), q = 1 - stays;
  double first = 1, second = 0, given_up = 0;
  for (int quarter = 0; quarter < 4; ++quarter) {
    given_up += q * (first + second);
    second = second * stays + first * q;
    first *= stays;
  }
  CHECK(result.undiscounted("discontinuations.harm") + result.undiscounted("discontinuations.choice") ==
        near(given_up));
}

TEST_CASE("who dies in a cycle, or is stopped or switched by a rule, has not given up a drug") {
  ParameterSet parameters = two_causes(1);
  const auto counted = [&] {
    const Expected result(parameters, "treated");
    return result.undiscounted("discontinuations.harm") + result.undiscounted("discontinuations.choice");
  };
  REQUIRE(counted() == near(0.1));
  SECTION("dies") {
    fill_table(parameters, "mortality.life_table", 0.25);
    fill_table(parameters, "mortality.multiplier", 1);
    CHECK(counted() == near(0.75 * 0.1));
  }
  SECTION("stopped at an EDSS") {
    put_whole(parameters, "treatment.stop_at_edss", 2);
    CHECK(counted() == 0);
  }
  SECTION("stopped after a year") {
    put_whole(parameters, "treatment.stop_after_years", 1);
    CHECK(counted() == 0);
  }
  SECTION("switched after a relapse") {
    put_whole(parameters, "treatment.switch_relapses", 1);
    CHECK(counted() == near(0.1 * std::exp(-1)));
  }
}

TEST_CASE("shares of causes that do not sum to 1 are refused") {
  ParameterSet parameters = two_causes(1);
  put_cause(parameters, "choice", 0.6);
  CHECK(problems_of(parameters) == Lines{"the shares of the causes of discontinuation sum to 0.9, not to 1 -- add a "
                                         "cause for the rest: nothing is normalised silently"});
}

TEST_CASE("after the scheduled courses each year may bring one more, like the last") {
  const Expected result(two_courses(5, 1, 0.2), "treated");
  CHECK(result.undiscounted("cost.acquisition") == Approx(100 + 60 + 3 * 0.2 * 60).epsilon(1e-8));
  CHECK(Expected(two_courses(5, 1, 0), "treated").undiscounted("cost.acquisition") == 160);
  CHECK(Expected(two_courses(5, 1, 1), "treated").undiscounted("cost.acquisition") == Approx(100 + 4 * 60));
}

TEST_CASE("in shorter cycles a further course begins at any of them, at most one a year") {
  const Expected result(two_courses(4, 0.25, 0.2), "treated");
  const std::vector<double>& paid = result.by_cycle("cost.acquisition");
  const double q = 1 - std::pow(0.8, 0.25);
  CHECK(paid[0] == 100);
  CHECK(paid[4] == 60);
  double without = 1;
  for (std::size_t cycle = 8; cycle < 12; ++cycle) {
    CAPTURE(cycle);
    CHECK(paid[cycle] == near(60 * without * q).epsilon(1e-6));
    without *= 1 - q;
  }
  // A year after the first retreatment those who had it can have the next.
  CHECK(paid[12] == near(60 * q * (without + q)).epsilon(1e-6));
}

TEST_CASE("relapses rebound in the first year after a drug, under what follows") {
  const double length = GENERATE(1.0, 0.25);
  const auto per_year = static_cast<std::size_t>(std::lround(1 / length));
  ParameterSet parameters = still_life(4, length);
  put_drug(parameters, "first");
  put_drug(parameters, "second");
  put_effect(parameters, "therapies.first.relapse", 0.5, "none");
  put_effect(parameters, "therapies.second.relapse", 0.4, "none");
  put_number(parameters, "therapies.first.rebound", 3);
  put_whole(parameters, "therapies.first.stop_after_years", 1);
  put_flag(parameters, "treatment.rebound", true);
  CHECK(problems_of(parameters) == Lines{});
  SECTION("of the next drug") {
    put_strategy(parameters, "treated", {"first", "second"});
    CHECK(Expected(parameters, "treated").undiscounted("relapses") == near(0.5 + 3 * 0.4 + 0.4 + 0.4));
  }
  SECTION("of no treatment") {
    put_strategy(parameters, "treated", {"first"});
    const Expected result(parameters, "treated");
    CHECK(result.undiscounted("relapses") == near(0.5 + 3 + 1 + 1));
    CHECK(result.on_line("No treatment, first year after first", per_year) == 1);
    CHECK(result.undiscounted("years.untreated") == Approx(3));
  }
  SECTION("not after a drug without rebound") {
    put_whole(parameters, "therapies.second.stop_after_years", 1);
    put_strategy(parameters, "treated", {"second", "first"});
    CHECK(Expected(parameters, "treated").undiscounted("relapses") == near(0.4 + 0.5 + 3 + 1));
  }
  SECTION("also where a rule stops the drug for good") {
    put_whole(parameters, "therapies.first.stop_at_edss", 2);
    put_strategy(parameters, "treated", {"first", "second"});
    CHECK(Expected(parameters, "treated").undiscounted("relapses") == near(0.5 * length + 3 + (3 - length)));
  }
  SECTION("while a transplantation is waited for, and not after it") {
    put_procedure(parameters, "transplant");
    put_strategy(parameters, "treated", {"first", "transplant"});
    put_effect(parameters, "therapies.transplant.relapse", 0.1, "none");
    CHECK(Expected(parameters, "treated").undiscounted("relapses") == near(0.5 + 3 * 0.1));
    put_number(parameters, "therapies.transplant.procedure.waiting", 1e9);
    CHECK(Expected(parameters, "treated").undiscounted("relapses") == near(0.5 + 3 + 1 + 1));
  }
  SECTION("never where rebound does not act") {
    put_flag(parameters, "treatment.rebound", false);
    put_strategy(parameters, "treated", {"first"});
    CHECK(Expected(parameters, "treated").undiscounted("relapses") == near(0.5 + 3));
    put_strategy(parameters, "treated", {"first", "second"});
    CHECK(Expected(parameters, "treated").undiscounted("relapses") == near(0.5 + 3 * 0.4));
  }
}

TEST_CASE("price and monitoring may differ in the first year on a drug") {
  const double length = GENERATE(1.0, 0.25);
  ParameterSet parameters = still_life(3, length);
  put_drug(parameters, "drug");
  put_strategy(parameters, "treated", {"drug"});
  put_number(parameters, "therapies.drug.price", 100);
  put_number(parameters, "therapies.drug.monitoring", 10);
  CHECK(Expected(parameters, "treated").undiscounted("cost.acquisition") == Approx(300));
  put_number(parameters, "therapies.drug.price_first_year", 250);
  put_number(parameters, "therapies.drug.monitoring_first_year", 40);
  const Expected result(parameters, "treated");
  CHECK(result.undiscounted("cost.acquisition") == Approx(250 + 2 * 100).epsilon(1e-12));
  CHECK(result.undiscounted("cost.monitoring") == Approx(40 + 2 * 10).epsilon(1e-12));
}

}  // namespace myelin::ms::test
