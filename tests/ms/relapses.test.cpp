#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "ms/problems.hpp"
#include "ms/small_case.hpp"

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

/// Mean and variance of the number of relapses that is drawn at EDSS 2 in RRMS, without treatment.
std::pair<double, double> moments_of_relapses(const Program& program) {
  const auto step = std::ranges::find(program.cycle, "relapses", &Step::name);
  const Draw& draw = std::get<Draw>(step->action);
  std::size_t row = 0;
  for (const Read& read : draw.reads) {
    const bool is_edss = program.attributes[read.attribute.value].name == "edss";
    row += static_cast<std::size_t>(read.stride) * (is_edss ? 2 : 0);
  }
  double mean = 0, square = 0;
  for (std::size_t outcome = 0; outcome < draw.outcomes; ++outcome) {
    const double count = draw.levels[row * draw.outcomes + outcome], p = draw.probability(row, outcome);
    mean += p * count;
    square += p * count * count;
  }
  return {mean, square - mean * mean};
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

TEST_CASE("a high rate of relapses is drawn with its mean") {
  CHECK(Expected(one_year_drawn(20), "best_supportive_care").undiscounted("relapses") == Approx(20).epsilon(1e-5));
}

TEST_CASE("dispersion leaves the mean of the drawn number and widens it") {
  const auto [dispersion, accrual] =
      GENERATE(table<double, const char*>({{0.0, "drawn"}, {0.5, "drawn"}, {2.0, "drawn"}, {2.0, "expected"}}));
  constexpr double mean = 0.8;
  ParameterSet parameters = one_year_drawn(mean);
  put_number(parameters, "relapses.dispersion", dispersion);
  set_text(parameters, "analysis.accrual", accrual);
  set_text(parameters, "analysis.within_cycle_correction", "start");
  make_immortal(parameters);
  const Expected result(parameters, "best_supportive_care");
  CAPTURE(dispersion, accrual);
  CHECK(result.undiscounted("relapses") == Approx(mean).epsilon(1e-6));
  const double none = dispersion == 0 ? std::exp(-mean) : std::pow(1 + dispersion * mean, -1 / dispersion);
  CHECK(result.undiscounted("years.relapse_free") == near(none));
  if (accrual == std::string("expected")) return;
  const auto [drawn_mean, variance] = moments_of_relapses(result.program());
  CHECK(drawn_mean == Approx(mean).epsilon(1e-6));
  CHECK(variance == Approx(mean * (1 + dispersion * mean)).epsilon(1e-5));
}

TEST_CASE("admissions are a share of relapses, without a cost of their own") {
  ParameterSet parameters = still_life(3);
  put_number(parameters, "relapses.admitted_share", 0.25);
  set_text(parameters, "analysis.accrual", GENERATE("expected", "drawn"));
  const Expected result(parameters, "no_treatment");
  CHECK(result.undiscounted("relapses") == Approx(3).epsilon(1e-6));
  CHECK(result.undiscounted("relapses.admitted") == Approx(0.75).epsilon(1e-6));
  CHECK(result.undiscounted("cost") == 0);
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
