#include "models/ms/treatment.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "ms/base_case.hpp"

namespace myelin::ms::test {

namespace {

/// Effects in years 0 to 7 of a therapy with a ratio of 0.5 on worsening, under a schedule of shares.
std::vector<double> waned(const std::vector<double>& shares, bool log_ratio) {
  Inputs inputs;
  inputs.effect_remaining = shares;
  inputs.wane_log_ratio = log_ratio;
  Therapy therapy;
  therapy.effects.worsening = 0.5;
  std::vector<double> ratios;
  for (int year = 0; year < 8; ++year) ratios.push_back(effects_in_year(inputs, therapy, year).worsening);
  return ratios;
}

/// Nobody dies, worsens or converts, so that only therapy changes.
ParameterSet only_therapy_changes() {
  ParameterSet parameters = base_case();
  make_immortal(parameters);
  freeze_disability(parameters);
  fill_table(parameters, "therapies.ahsct.procedure.death", 0);
  for (const std::string& therapy : parameters.names_under("therapies")) make_harmless(parameters, therapy);
  change_table(parameters, "population.start_edss", [](auto& p) { p = {0, 0, 1, 0, 0, 0, 0, 0, 0, 0}; });
  return parameters;
}

double alive_with(const Expected& result, std::size_t time, bool in_rrms) {
  double sum = 0;
  for (std::size_t cell = 0; cell < edss_count * 2; ++cell) {
    if (!in_rrms || cell < edss_count) sum += result.tally("disability", time, cell);
  }
  return sum;
}

}  // namespace

TEST_CASE("waning multiplies 1 - ratio, or the logarithm of the ratio, and its last year goes on") {
  CHECK_THAT(waned({1, 1, 1, 2.0 / 3, 1.0 / 3, 0}, false),
             Catch::Approx(std::vector<double>{0.5, 0.5, 0.5, 0.6666666666666666, 0.8333333333333333, 1, 1, 1})
                 .epsilon(1e-12));
  CHECK_THAT(waned({1, 1, 0.75, 0.75, 0.75, 0.5}, false),
             Catch::Approx(std::vector<double>{0.5, 0.5, 0.625, 0.625, 0.625, 0.75, 0.75, 0.75}).epsilon(1e-12));
  CHECK_THAT(waned({1, 1, 1, 2.0 / 3, 1.0 / 3, 0}, true),
             Catch::Approx(std::vector<double>{0.5, 0.5, 0.5, 0.6299605249474366, 0.7937005259840997, 1, 1, 1})
                 .epsilon(1e-12));
  std::vector<double> decay;
  for (int year = 0; year < 8; ++year) decay.push_back(std::exp(-0.2 * year));
  CHECK_THAT(
      waned(decay, false),
      Catch::Approx(std::vector<double>{0.5, 0.5906346234610091, 0.6648399769821803, 0.7255941819529867,
                                        0.7753355179413892, 0.8160602794142788, 0.849402894043899, 0.8767015180291968})
          .epsilon(1e-12));
}

TEST_CASE("waning acts on every effect, and improvement ends with its years") {
  Inputs inputs;
  inputs.effect_remaining = {1, 0.5};
  Therapy therapy;
  therapy.effects = {0.4, 0.2, 1.4, 0.6};
  therapy.improvement_years = 2;
  const Effects first = effects_in_year(inputs, therapy, 0), second = effects_in_year(inputs, therapy, 1),
                third = effects_in_year(inputs, therapy, 2);
  CHECK(first.relapse == Approx(0.2).epsilon(1e-14));
  CHECK(second.relapse == Approx(0.6).epsilon(1e-14));
  CHECK(first.improvement == Approx(1.4).epsilon(1e-14));
  CHECK(second.improvement == Approx(1.2).epsilon(1e-14));
  CHECK(third.improvement == 1);
  CHECK(third.worsening == Approx(0.7).epsilon(1e-14));
  CHECK(first.worsening_progressive == Approx(0.6).epsilon(1e-14));
  CHECK(second.worsening_progressive == Approx(0.8).epsilon(1e-14));
}

TEST_CASE("waning takes effect in the year that the schedule says, by time on the therapy") {
  // The relapse rate at EDSS 2 shows the effect: the first year is whole, later ones half; the last line starts afresh.
  ParameterSet parameters = only_therapy_changes();
  set_text(parameters, "treatment.waning", "nice");
  change_table(parameters, "treatment.waning_schedules.nice.effect_remaining", [](auto& share) { share = {1, 0.5}; });
  set_number(parameters, "treatment.discontinuation", 0);
  set_number(parameters, "therapies.fingolimod.relapse", 0.4);
  set_text(parameters, "analysis.within_cycle_correction", "start");
  set_number(parameters, "analysis.horizon_years", 3);
  for (const double length : {1.0, 0.25}) {
    set_number(parameters, "analysis.cycle_length_years", length);
    const Expected result(parameters, "fingolimod");
    CHECK(result.undiscounted("relapses") == Approx(0.642 * (0.4 + 0.7 + 0.7)).epsilon(1e-8));
  }
}

TEST_CASE("a drug is left at its annual probability, at any cycle length") {
  ParameterSet parameters = only_therapy_changes();
  const int cycles_per_year = GENERATE(1, 2, 4);
  set_number(parameters, "analysis.cycle_length_years", 1.0 / cycles_per_year);
  const Expected result(parameters, "ocrelizumab");
  for (const int year : {1, 2, 5, 20}) {
    const auto time = static_cast<std::size_t>(year * cycles_per_year);
    CAPTURE(year, cycles_per_year);
    CHECK(result.tally("therapy", time, 0) == Approx(std::pow(0.9, year)).margin(1e-8));
    // At 10 % a year for both lines, the second holds a gamma share.
    if (cycles_per_year == 1)
      CHECK(result.tally("therapy", time, 1) == Approx(year * 0.1 * std::pow(0.9, year - 1)).margin(1e-8));
  }
}

TEST_CASE("a therapy's own rate of discontinuation goes before the common one") {
  ParameterSet parameters = only_therapy_changes();
  ParameterSet::Entry own = parameters.entry("treatment.discontinuation");
  own.path = "therapies.natalizumab.discontinuation";
  std::get<Parameter>(own.value).value = 0.25;
  parameters.add(own);
  CHECK(Expected(parameters, "natalizumab").tally("therapy", 2, 0) == Approx(0.5625).margin(1e-8));
  CHECK(Expected(parameters, "ocrelizumab").tally("therapy", 2, 0) == Approx(0.81).margin(1e-8));
}

TEST_CASE("all leave a drug at a discontinuation of 1, none at 0") {
  ParameterSet parameters = only_therapy_changes();
  set_number(parameters, "treatment.discontinuation", 1);
  const Expected all_leave(parameters, "fingolimod");
  CHECK(all_leave.tally("therapy", 0, 0) == 1);
  CHECK(all_leave.tally("therapy", 1, 0) == 0);
  CHECK(all_leave.tally("therapy", 1, 1) == 1);
  set_number(parameters, "treatment.discontinuation", 0);
  CHECK(Expected(parameters, "fingolimod").tally("therapy", 61, 0) == 1);
}

TEST_CASE("without discontinuation drugs last until the rules stop them") {
  ParameterSet parameters = base_case();
  set_number(parameters, "treatment.discontinuation", 0);
  SECTION("no rule: while alive") {
    set(parameters, "treatment.stop_at_edss", KeyValue(std::int64_t{10}));
    set(parameters, "treatment.stop_at_spms", KeyValue(false));
    const Expected result(parameters, "fingolimod");
    for (const std::size_t time : {1, 10, 40})
      CHECK(result.tally("therapy", time, 0) == Approx(alive_with(result, time, false)).epsilon(1e-12));
  }
  SECTION("SPMS only: while in RRMS") {
    set(parameters, "treatment.stop_at_edss", KeyValue(std::int64_t{10}));
    const Expected result(parameters, "fingolimod");
    for (const std::size_t time : {1, 10, 40})
      CHECK(result.tally("therapy", time, 0) == Approx(alive_with(result, time, true)).epsilon(1e-12));
  }
  SECTION("an EDSS limit of 0: for one cycle") {
    set(parameters, "treatment.stop_at_edss", KeyValue(std::int64_t{0}));
    CHECK(Expected(parameters, "fingolimod").tally("therapy", 1, 0) == 0);
  }
  SECTION("the EDSS limit is for good: fewer are on the drug than are in RRMS below it") {
    const Expected result(parameters, "fingolimod");
    double below = 0;
    for (std::size_t edss = 0; edss < 7; ++edss) below += result.tally("disability", 10, edss);
    CHECK(result.tally("therapy", 10, 0) < below);
    CHECK(result.tally("therapy", 10, 0) > 0.9 * below);
  }
}

TEST_CASE("a drug is restarted after a procedure by a Weibull hazard, at any cycle length") {
  ParameterSet parameters = only_therapy_changes();
  set_number(parameters, "analysis.cycle_length_years", GENERATE(1.0, 0.25));
  const auto per_year = static_cast<std::size_t>(std::lround(1 / parameters.number("analysis.cycle_length_years")));
  const Expected result(parameters, "ahsct");
  CHECK(1 - result.on_line("AHSCT", 5 * per_year) == Approx(0.19).margin(0.001));
  CHECK(1 - result.on_line("AHSCT", 10 * per_year) == Approx(0.245).margin(0.001));
  for (const std::size_t year : {1, 5, 10, 40}) {
    const double not_restarted = std::exp(-0.1080 * std::pow(static_cast<double>(year), 0.4153));
    CHECK(result.on_line("AHSCT", year * per_year) == Approx(not_restarted).margin(1e-8));
  }
}

TEST_CASE("after a procedure nobody restarts at the EDSS limit, and its effect ends with SPMS") {
  ParameterSet parameters = only_therapy_changes();
  change_table(parameters, "population.start_edss", [](auto& p) { p = {0, 0, 0, 0, 0, 0, 0, 1, 0, 0}; });
  CHECK(Expected(parameters, "ahsct").on_line("AHSCT", 20) == 1);
  CHECK(Expected(parameters, "ocrelizumab").on_line("No treatment", 1) == 1);
  change_table(parameters, "natural_history.conversion", [](auto& p) { p[7] = 0.3; });
  const Expected converting(parameters, "ahsct");
  CHECK(converting.on_line("AHSCT", 3) == Approx(alive_with(converting, 3, true)).margin(1e-9));
  CHECK(converting.on_line("AHSCT", 3) < 0.99);
  set(parameters, "treatment.stop_at_spms", KeyValue(false));
  CHECK(Expected(parameters, "ahsct").on_line("AHSCT", 3) == Approx(1).margin(1e-12));
}

TEST_CASE("courses are paid when their year begins, by those still on the therapy") {
  ParameterSet parameters = only_therapy_changes();
  const double length = GENERATE(1.0, 0.25);
  set_number(parameters, "analysis.cycle_length_years", length);
  const Expected result(parameters, "alemtuzumab");
  CHECK(result.undiscounted("cost.acquisition") == Approx(35225 + 0.9 * 21135).epsilon(1e-8));
  CHECK(result.undiscounted("cost.administration") == Approx(536 * (5 + 0.9 * 3)).epsilon(1e-8));
  const double first = std::pow(1.035, -length / 2), second = std::pow(1.035, -1 - length / 2);
  CHECK(result.discounted("cost.acquisition") == Approx(35225 * first + 0.9 * 21135 * second).epsilon(1e-8));
}

TEST_CASE("infusions of the first year are counted while in it") {
  ParameterSet parameters = only_therapy_changes();
  set_number(parameters, "treatment.discontinuation", 0);
  set_text(parameters, "analysis.within_cycle_correction", "start");
  set_number(parameters, "analysis.horizon_years", 3);
  for (const double length : {1.0, 0.25}) {
    set_number(parameters, "analysis.cycle_length_years", length);
    CHECK(Expected(parameters, "ocrelizumab").undiscounted("cost.administration") ==
          Approx(536 * (3 + 2 + 2)).epsilon(1e-12));
  }
}

TEST_CASE("after the last line comes no treatment, and without lines there is none from the start") {
  const ParameterSet parameters = base_case();
  const Inputs with_ahsct = read_inputs(parameters, "ahsct"), without = read_inputs(parameters, "best_supportive_care");
  CHECK(TherapyLines(with_ahsct).labels() ==
        std::vector<std::string>{"Waiting for AHSCT", "AHSCT", "Ocrelizumab", "Natalizumab", "No treatment"});
  CHECK(TherapyLines(without).labels() == std::vector<std::string>{"No treatment"});
  CHECK(Expected(parameters, "best_supportive_care").discounted("cost.monitoring") == 0);
}

}  // namespace myelin::ms::test
