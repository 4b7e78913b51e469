#include <catch2/catch.hpp>
#include <cmath>

#include "ms/problems.hpp"
#include "ms/small_case.hpp"

// Rules that end a drug, after which the next line begins.

namespace myelin::ms::test {

namespace {

/// Two drugs in one strategy, `first` then `second`.
ParameterSet two_drugs(double horizon_years, double cycle_length_years = 1) {
  ParameterSet parameters = still_life(horizon_years, cycle_length_years);
  put_drug(parameters, "first");
  put_drug(parameters, "second");
  put_strategy(parameters, "treated", {"first", "second"});
  return parameters;
}

/// Everybody is at EDSS 3 after a cycle, and stays there.
void worsen_at_once(ParameterSet& parameters) { put_intensity(parameters, 2, 3, 1000); }

}  // namespace

TEST_CASE("so many relapses in a cycle end a drug") {
  ParameterSet parameters = two_drugs(6);
  put_whole(parameters, "therapies.first.switch_relapses", 2);
  put_effect(parameters, "therapies.first.relapse", 0.8, "none");
  CHECK(problems_of(parameters).empty());
  const Expected result(parameters, "treated");
  const double at_most_one = std::exp(-0.8) * (1 + 0.8);
  for (const std::size_t year : {1, 2, 5}) {
    CHECK(result.on_line("first", year) == near(std::pow(at_most_one, year)));
    CHECK(result.on_line("second", year) == near(1 - std::pow(at_most_one, year)));
  }
}

TEST_CASE("relapses are counted within a cycle, at its length") {
  ParameterSet parameters = two_drugs(2, 0.25);
  put_whole(parameters, "treatment.switch_relapses", 1);
  put_whole(parameters, "therapies.second.switch_relapses", 0);
  const Expected result(parameters, "treated");
  for (const std::size_t cycle : {1, 4, 8}) {
    const auto cycles = static_cast<double>(cycle);
    CHECK(result.on_line("first", cycle) == near(std::exp(-0.25 * cycles)));
    CHECK(result.on_line("second", cycle) == near(1 - std::exp(-0.25 * cycles)));
  }
}

TEST_CASE("a drug's own rule of relapses goes before the common one") {
  ParameterSet parameters = two_drugs(3);
  put_whole(parameters, "treatment.switch_relapses", 1);
  put_whole(parameters, "therapies.first.switch_relapses", 3);
  const Expected result(parameters, "treated");
  const double at_most_two = std::exp(-1) * (1 + 1 + 0.5), none = std::exp(-1);
  CHECK(result.on_line("first", 2) == near(at_most_two * at_most_two));
  // Those who left in the first year stay on the second drug if they have no relapse in the next.
  CHECK(result.on_line("second", 2) == near((1 - at_most_two) * none + at_most_two * (1 - at_most_two)));
}

TEST_CASE("relapses switch drugs whether their burden is drawn or expected") {
  ParameterSet parameters = two_drugs(4);
  put_whole(parameters, "treatment.switch_relapses", 1);
  const Expected expected(parameters, "treated");
  set_text(parameters, "analysis.accrual", "drawn");
  const Expected drawn(parameters, "treated");
  CHECK(drawn.on_line("first", 3) == expected.on_line("first", 3));
  CHECK(drawn.undiscounted("relapses") == Approx(expected.undiscounted("relapses")).epsilon(1e-7));
}

TEST_CASE("worsening ends a drug when it is there at two time points, and not before") {
  ParameterSet parameters = two_drugs(5);
  put_flag(parameters, "treatment.switch_confirmed_worsening", true);
  CHECK(problems_of(parameters).empty());
  SECTION("in nobody whose EDSS stays") { CHECK(Expected(parameters, "treated").on_line("first", 5) == 1); }
  SECTION("at EDSS 3 from time 1 on") {
    worsen_at_once(parameters);
    const Expected result(parameters, "treated");
    CHECK(result.on_line("first", 1) == 1);
    CHECK(result.on_line("first", 2) == 0);
    // The second drug began at EDSS 3, which is no worsening there.
    for (const std::size_t year : {2, 3, 5}) CHECK(result.on_line("second", year) == 1);
  }
  SECTION("of the drug that has the rule") {
    worsen_at_once(parameters);
    put_flag(parameters, "therapies.first.switch_confirmed_worsening", false);
    CHECK(Expected(parameters, "treated").on_line("first", 5) == 1);
  }
}

TEST_CASE("a step that is lost again ends no drug") {
  ParameterSet parameters = two_drugs(6);
  put_flag(parameters, "treatment.switch_confirmed_worsening", true);
  put_intensity(parameters, 2, 3, 0.6);
  put_intensity(parameters, 3, 2, 0.9);
  const double moved = 1 - std::exp(-1.5), up = 0.4 * moved, down = 0.6 * moved;
  const Expected result(parameters, "treated");
  double low = 1, high = 0;  // on the first drug at EDSS 2, and at EDSS 3
  for (std::size_t year = 1; year <= 6; ++year) {
    const double low_before = low;
    low = low * (1 - up) + high * down;
    high = low_before * up;  // those at EDSS 3 who stay there leave
    CAPTURE(year);
    CHECK(result.on_line("first", year) == near(low + high));
  }
  // The second drug began at EDSS 3, and nobody goes beyond.
  CHECK(result.on_line("second", 6) == near(1 - low - high));
}

TEST_CASE("improvement below the EDSS at the start of a drug is not what worsening is counted from") {
  ParameterSet parameters = two_drugs(4);
  put_flag(parameters, "treatment.switch_confirmed_worsening", true);
  start_at(parameters, 3);
  put_intensity(parameters, 3, 2, 1000);
  CHECK(Expected(parameters, "treated").on_line("first", 4) == 1);
}

TEST_CASE("worsening is counted from the start of a drug that follows a wait") {
  // All go to EDSS 3 in the first cycle while they wait, and all withdraw in it: the drug begins at EDSS 3.
  ParameterSet parameters = two_drugs(5);
  put_procedure(parameters, "transplant");
  put_number(parameters, "therapies.transplant.procedure.waiting", 1e9);
  put_number(parameters, "therapies.transplant.procedure.withdrawal", 1);
  put_strategy(parameters, "treated", {"transplant", "first", "second"});
  put_flag(parameters, "treatment.switch_confirmed_worsening", true);
  worsen_at_once(parameters);
  const Expected result(parameters, "treated");
  CHECK(result.on_line("Waiting for transplant", 0) == near(1));
  for (const std::size_t year : {1, 2, 3, 5}) {
    CAPTURE(year);
    CHECK(result.on_line("first", year) == near(1));
  }
}

TEST_CASE("worsening is counted from the start of a drug for those who are not eligible at the start") {
  ParameterSet parameters = two_drugs(5);
  put_procedure(parameters, "transplant");
  put_number(parameters, "therapies.transplant.procedure.eligibility.share", 0);
  put_strategy(parameters, "treated", {"transplant", "first", "second"});
  put_flag(parameters, "treatment.switch_confirmed_worsening", true);
  SECTION("none in those whose EDSS stays") { CHECK(Expected(parameters, "treated").on_line("first", 5) == 1); }
  SECTION("one in those who worsen") {
    worsen_at_once(parameters);
    const Expected result(parameters, "treated");
    CHECK(result.on_line("first", 1) == 1);
    CHECK(result.on_line("second", 2) == 1);
  }
}

TEST_CASE("a drug ends after so many years, at any cycle length") {
  const double length = GENERATE(1.0, 0.25);
  const auto per_year = static_cast<std::size_t>(std::lround(1 / length));
  ParameterSet parameters = two_drugs(6, length);
  put_whole(parameters, "treatment.stop_after_years", 2);
  put_whole(parameters, "therapies.second.stop_after_years", 3);
  CHECK(problems_of(parameters).empty());
  const Expected result(parameters, "treated");
  CHECK(result.on_line("first", 2 * per_year - 1) == 1);
  CHECK(result.on_line("second", 2 * per_year) == 1);
  CHECK(result.on_line("second", 5 * per_year - 1) == 1);
  CHECK(result.on_line("No treatment", 5 * per_year) == 1);
  CHECK(result.undiscounted("years.on.first") == Approx(2).epsilon(1e-14));
  CHECK(result.undiscounted("years.on.second") == Approx(3).epsilon(1e-14));
}

TEST_CASE("a drug's own EDSS limit goes before the common one, and stops it for good") {
  ParameterSet parameters = two_drugs(4);
  start_at(parameters, 4);
  const auto [first, second] = GENERATE(table<int, int>({{3, 6}, {6, 3}, {4, 6}, {5, 5}}));
  put_whole(parameters, "treatment.stop_at_edss", 10);
  put_whole(parameters, "therapies.first.stop_at_edss", first);
  put_whole(parameters, "therapies.second.stop_at_edss", second);
  put_number(parameters, "therapies.first.discontinuation", 0.5);
  const Expected result(parameters, "treated");
  CAPTURE(first, second);
  if (first <= 4) {
    CHECK(result.on_line("No treatment", 1) == 1);
  } else {
    CHECK(result.on_line("first", 2) == near(0.25));
    // Those who came to the second drug at time 1 stop it at time 2 if its limit is reached.
    CHECK(result.on_line("second", 2) == near(second <= 4 ? 0.25 : 0.75));
    CHECK(result.on_line("No treatment", 2) == near(second <= 4 ? 0.5 : 0));
  }
}

TEST_CASE("a procedure's effect goes on at the EDSS limit of the drugs after it") {
  ParameterSet parameters = two_drugs(4);
  put_procedure(parameters, "transplant");
  put_number(parameters, "therapies.transplant.procedure.restart_scale", 1);
  put_strategy(parameters, "treated", {"transplant", "first"});
  start_at(parameters, 4);
  put_whole(parameters, "therapies.first.stop_at_edss", 4);
  CHECK(Expected(parameters, "treated").on_line("transplant", 4) == 1);
  put_whole(parameters, "therapies.first.stop_at_edss", 5);
  CHECK(Expected(parameters, "treated").on_line("transplant", 4) == near(std::exp(-4)));
}

}  // namespace myelin::ms::test
