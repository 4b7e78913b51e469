#include <catch2/catch.hpp>
#include <cmath>

#include "ms/problems.hpp"

// The timing conventions of all scenarios, as the MS model uses them.

namespace myelin::ms::test {

namespace {

/// From a year on, these discount rates hold.
void set_later_rates(ParameterSet& parameters, double from_year, double cost, double qaly) {
  const std::string path = "analysis.discount_later.far.";
  parameters.add({path + "from_year", from_year, {}});
  parameters.add({path + "cost", Parameter{cost, "per year", {}, {}}, {}});
  parameters.add({path + "qaly", Parameter{qaly, "per year", {}, {}}, {}});
}

}  // namespace

TEST_CASE("later discount rates act on costs and QALYs, each by its own") {
  const Expected base(base_case(), "ocrelizumab");
  ParameterSet parameters = base_case();
  set_later_rates(parameters, 10, 0.035, 0.01);
  const Expected later(parameters, "ocrelizumab");
  CHECK(later.discounted("cost") == Approx(base.discounted("cost")).epsilon(1e-12));
  CHECK(later.discounted("qaly") > base.discounted("qaly") * 1.001);
  CHECK(later.discounted("life_years") > base.discounted("life_years") * 1.001);
  set_later_rates(parameters, 10, 0.01, 0.035);
  const Expected of_costs(parameters, "ocrelizumab");
  CHECK(of_costs.discounted("cost") > base.discounted("cost") * 1.001);
  CHECK(of_costs.discounted("qaly") == Approx(base.discounted("qaly")).epsilon(1e-12));
  for (const char* outcome : {"cost", "qaly", "life_years"}) {
    CHECK(later.undiscounted(outcome) == base.undiscounted(outcome));
  }
}

TEST_CASE("rates as a force of interest discount by more than compounded ones of the same number") {
  ParameterSet parameters = base_case();
  set_text(parameters, "analysis.discount_compounding", "continuous");
  const Expected of_force(parameters, "ocrelizumab");
  // exp(-0.035) < 1 / 1.035: a force of r is a yearly rate of exp(r) - 1.
  CHECK(of_force.discounted("cost") < Expected(base_case(), "ocrelizumab").discounted("cost"));
  set_text(parameters, "analysis.discount_compounding", "annual");
  for (const char* rate : {"analysis.discount_cost", "analysis.discount_qaly"}) {
    set_number(parameters, rate, std::expm1(0.035));
  }
  const Expected of_yearly(parameters, "ocrelizumab");
  CHECK(of_force.discounted("cost") == Approx(of_yearly.discounted("cost")).epsilon(1e-12));
  CHECK(of_force.discounted("qaly") == Approx(of_yearly.discounted("qaly")).epsilon(1e-12));
}

TEST_CASE("half-cycle correction and life table differ only in what is discounted") {
  ParameterSet parameters = base_case();
  REQUIRE(parameters.text("analysis.within_cycle_correction") == "life_table");
  const Expected life_table(parameters, "ahsct");
  set_text(parameters, "analysis.within_cycle_correction", "trapezoid");
  const Expected trapezoid(parameters, "ahsct");
  for (const char* outcome : {"cost.state", "qaly", "life_years"}) {
    CHECK(trapezoid.undiscounted(outcome) == life_table.undiscounted(outcome));
  }
  CHECK(trapezoid.discounted("life_years") < life_table.discounted("life_years"));
}

TEST_CASE("a mistake in the timing of any model is told once") {
  ParameterSet parameters = base_case();
  set_text(parameters, "analysis.within_cycle_correction", "simpson");
  CHECK(problems_of(parameters) ==
        std::vector<std::string>{"Simpson's rule needs an even number of cycles, but the horizon is 61 cycles -- "
                                 "choose an even number of cycles, or within_cycle_correction = \"trapezoid\""});
}

}  // namespace myelin::ms::test
