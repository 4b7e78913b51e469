#include <catch2/catch.hpp>

#include "ms/problems.hpp"

namespace myelin::ms::test {

namespace {

/// One year at EDSS 2 in RRMS with so many relapses a year, drawn.
ParameterSet one_year_drawn(double relapses_per_year) {
  ParameterSet parameters = base_case();
  change_table(parameters, "population.start_edss", [](auto& p) { p = {0, 0, 1, 0, 0, 0, 0, 0, 0, 0}; });
  change_table(parameters, "relapses.rate_rrms", [&](auto& rates) { rates[2] = relapses_per_year; });
  set_text(parameters, "analysis.accrual", "drawn");
  set_number(parameters, "analysis.horizon_years", 1);
  return parameters;
}

}  // namespace

TEST_CASE("drawn relapses have the mean of their rate, and its cost and loss") {
  const double rate = GENERATE(0.0, 0.1, 0.89, 1.5);
  const Expected result(one_year_drawn(rate), "best_supportive_care");
  CHECK(result.undiscounted("relapses") == Approx(rate).epsilon(1e-5).margin(1e-9));
  CHECK(result.undiscounted("cost.relapse") == Approx(390 * rate).epsilon(1e-5).margin(1e-6));
  ParameterSet without_loss = one_year_drawn(rate);
  set_number(without_loss, "relapses.qaly_change", 0);
  const Expected unharmed(without_loss, "best_supportive_care");
  CHECK(unharmed.undiscounted("qaly.patient") - result.undiscounted("qaly.patient") ==
        Approx(0.038 * rate).epsilon(1e-5).margin(1e-9));
}

TEST_CASE("a rate of relapses too high to be drawn is refused") {
  const ParameterSet parameters = one_year_drawn(30);
  if (problems_of(parameters).empty()) {
    CHECK(Expected(parameters, "best_supportive_care").undiscounted("relapses") == Approx(30).epsilon(1e-4));
  }
}

TEST_CASE("expected relapses follow EDSS and therapy, with their cost and loss") {
  ParameterSet parameters = start_of_cycle(1);
  change_table(parameters, "population.start_edss", [](auto& p) { p = {0, 0, 0.5, 0.5, 0, 0, 0, 0, 0, 0}; });
  const double untreated = 0.5 * 0.642 + 0.5 * 0.596;
  const Expected result(parameters, "best_supportive_care");
  CHECK(result.undiscounted("relapses") == Approx(untreated).margin(1e-9));
  CHECK(result.undiscounted("cost.relapse") == Approx(390 * untreated).margin(1e-6));
  CHECK(result.undiscounted("qaly.patient") == Approx(0.5 * 0.705 + 0.5 * 0.574 - 0.038 * untreated).margin(1e-9));
  CHECK(Expected(parameters, "ocrelizumab").undiscounted("relapses") == Approx(untreated * 0.34).margin(1e-9));
  CHECK(Expected(parameters, "ahsct").undiscounted("relapses") ==
        Approx(untreated * 0.153 * (1 - 0.0021)).margin(1e-8));
}

TEST_CASE("relapses in SPMS have its rate, and a therapy's ratio only if therapies go on there") {
  ParameterSet parameters = start_of_cycle(2);
  set_number(parameters, "treatment.discontinuation", 0);
  // All but one in ten thousand convert in the first cycle, to SPMS at EDSS 3.
  change_table(parameters, "natural_history.conversion", [](auto& p) { p[2] = 0.9999; });
  set(parameters, "natural_history.effect_on_conversion", KeyValue(false));
  const double second_year = 0.9999 * 0.88;
  CHECK(Expected(parameters, "best_supportive_care").undiscounted("relapses") ==
        Approx(0.642 + second_year + 0.0001 * 0.642).margin(1e-8));
  const double on_drug = 0.42 * (0.642 + 0.0001 * 0.642);
  CHECK(Expected(parameters, "fingolimod").undiscounted("relapses") == Approx(on_drug + second_year).margin(1e-8));
  set(parameters, "treatment.stop_at_spms", KeyValue(false));
  CHECK(Expected(parameters, "fingolimod").undiscounted("relapses") ==
        Approx(on_drug + 0.42 * second_year).margin(1e-8));
}

}  // namespace myelin::ms::test
