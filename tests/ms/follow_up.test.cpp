#include <catch2/catch.hpp>
#include <cmath>

#include "ms/small_case.hpp"

// What a trial records of each patient since entry.

namespace myelin::ms::test {

namespace {

ParameterSet followed(double horizon_years, double cycle_length_years = 1) {
  ParameterSet parameters = still_life(horizon_years, cycle_length_years);
  put_flag(parameters, "analysis.follow_up", true);
  return parameters;
}

double reached(const Expected& result, const std::string& what, std::size_t cycles) {
  double sum = 0;
  for (std::size_t cycle = 0; cycle < cycles; ++cycle) sum += result.by_cycle("reached." + what)[cycle];
  return sum;
}

}  // namespace

TEST_CASE("the first relapse since entry comes with the rate of relapses, in any accrual") {
  const double length = GENERATE(1.0, 0.25);
  ParameterSet parameters = followed(4, length);
  set_text(parameters, "analysis.accrual", GENERATE("expected", "drawn"));
  fill_table(parameters, "relapses.rate_rrms", 0.6);
  const Expected result(parameters, "no_treatment");
  double years = 0;
  for (std::size_t cycle = 0; cycle < result.program().cycles; ++cycle) {
    const double without = std::exp(-0.6 * length * static_cast<double>(cycle));
    years += without * length;
    CHECK(reached(result, "relapse", cycle) == near(1 - without));
  }
  CHECK(result.undiscounted("reached.relapse") == near(1 - std::exp(-2.4)));
  CHECK(result.undiscounted("years.before_relapse") == near(years));
}

TEST_CASE("worsening since entry is confirmed at the next time point") {
  ParameterSet parameters = followed(5);
  put_intensity(parameters, 2, 3, 0.5);
  put_intensity(parameters, 3, 2, 0.25);
  const double moved = 1 - std::exp(-0.75), up = moved * 2 / 3, down = moved / 3;
  const Expected result(parameters, "no_treatment");
  double low = 1, high = 0, before = 0, confirmed = 0;
  for (std::size_t cycle = 0; cycle < 5; ++cycle) {
    const double now = high * (1 - down);
    CHECK(result.by_cycle("reached.worsening")[cycle] == near(now));
    before += low + high;
    confirmed += now;
    const double low_before = low;
    low = low * (1 - up) + high * down;
    high = low_before * up;
  }
  CHECK(result.undiscounted("years.before_worsening") == near(before));
  CHECK(result.undiscounted("reached.worsening") == near(confirmed));
  CHECK(result.undiscounted("reached.improvement") == 0);
  CHECK(result.undiscounted("years.before_improvement") == 5);
}

TEST_CASE("improvement since entry is confirmed at the next time point") {
  ParameterSet parameters = followed(4);
  put_intensity(parameters, 2, 1, 0.5);
  const Expected result(parameters, "no_treatment");
  CHECK(result.by_cycle("reached.improvement")[0] == 0);
  for (std::size_t cycle = 1; cycle < 4; ++cycle)
    CHECK(reached(result, "improvement", cycle + 1) == near(1 - std::exp(-0.5 * static_cast<double>(cycle))));
  CHECK(result.undiscounted("reached.worsening") == 0);
}

TEST_CASE("activity is the first of relapse and confirmed worsening") {
  ParameterSet parameters = followed(5);
  fill_table(parameters, "relapses.rate_rrms", 0.2);
  put_intensity(parameters, 2, 3, 0.5);
  const Expected result(parameters, "no_treatment");
  for (std::size_t cycle = 0; cycle < 5; ++cycle) {
    const double relapse_free = std::exp(-0.2 * static_cast<double>(cycle + 1)),
                 worsening_free = std::exp(-0.5 * static_cast<double>(cycle));
    CHECK(reached(result, "activity", cycle + 1) == near(1 - relapse_free * worsening_free));
  }
}

TEST_CASE("EDSS at entry and now are counted together") {
  ParameterSet parameters = followed(2);
  change_table(parameters, "population.start_edss", [](auto& p) { p = {0, 0, 0.75, 0.25, 0, 0, 0, 0, 0, 0}; });
  put_intensity(parameters, 2, 4, 1000);
  const Expected result(parameters, "no_treatment");
  CHECK(result.tally("edss_since_entry", 0, 2 * edss_count + 2) == near(0.75));
  CHECK(result.tally("edss_since_entry", 1, 2 * edss_count + 4) == near(0.75));
  CHECK(result.tally("edss_since_entry", 1, 3 * edss_count + 3) == near(0.25));
}

TEST_CASE("follow-up records and changes nothing else") {
  ParameterSet parameters = base_case();
  set_number(parameters, "analysis.horizon_years", 5);
  const Expected without(parameters, "ahsct");
  set(parameters, "analysis.follow_up", KeyValue(true));
  const Expected with(parameters, "ahsct");
  for (const Outcome& outcome : without.program().outcomes) {
    CAPTURE(outcome.name);
    CHECK(with.discounted(outcome.name) == Approx(without.discounted(outcome.name)).epsilon(1e-12));
  }
}

}  // namespace myelin::ms::test
