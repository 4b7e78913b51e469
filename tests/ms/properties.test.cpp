#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "ms/base_case.hpp"

// What must hold exactly for any inputs, shown with the cohort engine.

namespace myelin::ms::test {

namespace {

/// The keys of the base case's therapies that end so; of those below a group, if one is named.
std::vector<std::string> costs_of_therapies(const std::vector<std::string>& endings, const std::string& group = "") {
  std::vector<std::string> keys;
  const ParameterSet parameters = base_case();
  for (const ParameterSet::Entry& entry : parameters.entries()) {
    const bool ends =
        std::ranges::any_of(endings, [&](const std::string& ending) { return entry.path.ends_with(ending); });
    if (entry.path.starts_with("therapies.") && ends && entry.path.find(group) != std::string::npos)
      keys.push_back(entry.path);
  }
  return keys;
}

}  // namespace

TEST_CASE("a lower ratio on worsening gives more QALYs and life years") {
  const std::string therapy = GENERATE("fingolimod", "ahsct", "alemtuzumab");
  double qaly = -1e9, life_years = -1e9, carer = -1e9;
  for (const double ratio : {2.0, 1.2, 1.0, 0.8, 0.6, 0.4, 0.2, 0.1, 0.0}) {
    ParameterSet parameters = base_case();
    set_number(parameters, "analysis.horizon_years", 30);
    set_number(parameters, comparison(parameters, therapy, "worsening"), ratio);
    const Expected with(parameters, therapy);
    CAPTURE(therapy, ratio);
    CHECK(with.undiscounted("qaly.patient") > qaly);
    CHECK(with.undiscounted("life_years") > life_years);
    CHECK(with.undiscounted("qaly.carer") > carer);
    qaly = with.undiscounted("qaly.patient");
    life_years = with.undiscounted("life_years");
    carer = with.undiscounted("qaly.carer");
  }
}

TEST_CASE("each of a therapy's effects moves what it should and in its direction") {
  const Expected base(base_case(), "ahsct");
  ParameterSet parameters = base_case();
  SECTION("more relapses cost QALYs and leave disability alone") {
    set_number(parameters, comparison(parameters, "ahsct", "relapse"), 0.9);
    const Expected with(parameters, "ahsct");
    CHECK(with.undiscounted("relapses") > base.undiscounted("relapses"));
    CHECK(with.undiscounted("qaly.patient") < base.undiscounted("qaly.patient"));
    CHECK(with.undiscounted("life_years") == base.undiscounted("life_years"));
    CHECK(with.undiscounted("cost.state") == base.undiscounted("cost.state"));
  }
  SECTION("improvement acts in its years and not after") {
    set_number(parameters, comparison(parameters, "ahsct", "improvement"), 3);
    const Expected two_years(parameters, "ahsct");
    CHECK(two_years.undiscounted("qaly.patient") > base.undiscounted("qaly.patient"));
    set(parameters, "therapies.ahsct.improvement_years", KeyValue(std::int64_t{5}));
    CHECK(Expected(parameters, "ahsct").undiscounted("qaly.patient") > two_years.undiscounted("qaly.patient"));
  }
  SECTION("without an effect on conversion a therapy prolongs life less") {
    set(parameters, "natural_history.effect_on_conversion", KeyValue(false));
    CHECK(Expected(parameters, "ahsct").undiscounted("life_years") < base.undiscounted("life_years"));
    CHECK(Expected(parameters, "best_supportive_care").means() ==
          Expected(base_case(), "best_supportive_care").means());
  }
}

TEST_CASE("without discounting both columns are equal, for costs and for QALYs") {
  const auto [of_costs, of_qalys] = GENERATE(table<double, double>({{0.0, 0.0}, {0.0, 0.035}, {0.035, 0.0}}));
  for (const std::string& strategy : all_strategies) {
    ParameterSet parameters = base_case();
    set_number(parameters, "analysis.discount_cost", of_costs);
    set_number(parameters, "analysis.discount_qaly", of_qalys);
    const Expected result(parameters, strategy);
    for (const char* outcome : {"cost", "cost.state", "cost.relapse"}) {
      CAPTURE(strategy, outcome, of_costs, of_qalys);
      CHECK((result.discounted(outcome) == result.undiscounted(outcome)) == (of_costs == 0));
    }
    for (const char* outcome : {"qaly", "qaly.patient", "qaly.carer", "life_years"}) {
      CAPTURE(strategy, outcome, of_costs, of_qalys);
      CHECK((result.discounted(outcome) == result.undiscounted(outcome)) == (of_qalys == 0));
    }
    CHECK(result.discounted("relapses") == result.undiscounted("relapses"));
  }
}

TEST_CASE("with utilities of 1 and no losses QALYs are life years") {
  ParameterSet parameters = base_case();
  fill_table(parameters, "utilities.state", 1);
  fill_table(parameters, "utilities.carer_change", 0);
  for (const char* loss : {"utilities.spms_change", "relapses.qaly_change", "therapies.ahsct.procedure.qaly_change"}) {
    set_number(parameters, loss, 0);
  }
  for (const std::string& therapy : parameters.names_under("therapies")) make_harmless(parameters, therapy);
  for (const std::string& strategy : all_strategies) {
    const Expected result(parameters, strategy);
    CAPTURE(strategy);
    CHECK(result.discounted("qaly") == Approx(result.discounted("life_years")).epsilon(1e-13));
    CHECK(result.undiscounted("qaly.patient") == Approx(result.undiscounted("life_years")).epsilon(1e-13));
    CHECK(result.undiscounted("qaly.carer") == 0);
  }
}

TEST_CASE("a year is valued by EDSS and phenotype at its start") {
  ParameterSet parameters = start_of_cycle(2);
  for (const char* number : {"relapses.cost", "relapses.qaly_change"}) set_number(parameters, number, 0);
  // All but one in ten thousand convert in the first cycle, from EDSS 2 to SPMS at EDSS 3.
  change_table(parameters, "natural_history.conversion", [](auto& p) { p[2] = 0.9999; });
  const Expected result(parameters, "best_supportive_care");
  CHECK(result.undiscounted("cost.state") == Approx(959 + 0.9999 * (5249 + 432) + 0.0001 * 959).margin(1e-4));
  CHECK(result.undiscounted("qaly.patient") == Approx(0.705 + 0.9999 * (0.574 - 0.045) + 0.0001 * 0.705).margin(1e-8));
  CHECK(result.undiscounted("qaly.carer") == Approx(-0.003 - 0.9999 * 0.009 - 0.0001 * 0.003).margin(1e-8));
  CHECK(result.discounted("cost") ==
        Approx(959 / std::sqrt(1.035) + (0.9999 * (5249 + 432) + 0.0001 * 959) / std::pow(1.035, 1.5)).margin(1e-4));
}

TEST_CASE("the carer is counted or not, and reported either way") {
  ParameterSet parameters = base_case();
  const Expected counted(parameters, "ahsct");
  set(parameters, "utilities.carer_counted", KeyValue(false));
  const Expected not_counted(parameters, "ahsct");
  CHECK(counted.discounted("qaly") == counted.discounted("qaly.patient") + counted.discounted("qaly.carer"));
  CHECK(not_counted.discounted("qaly") == counted.discounted("qaly.patient"));
  CHECK(not_counted.discounted("qaly.carer") == counted.discounted("qaly.carer"));
}

TEST_CASE("each cost input feeds its own category, and without any there are none") {
  const std::vector<std::pair<const char*, std::vector<std::string>>> inputs = {
      {"cost.state", {"costs.state_rrms", "costs.spms_addition"}},
      {"cost.relapse", {"relapses.cost"}},
      {"cost.administration", {"costs.infusion"}},
      {"cost.acquisition", costs_of_therapies({".price", ".price_first_year", ".course_price"})},
      {"cost.monitoring", costs_of_therapies({".monitoring", ".monitoring_first_year"})},
      {"cost.adverse_events", costs_of_therapies({".cost"}, ".adverse_events.")},
      {"cost.procedure", {"therapies.ahsct.procedure.cost"}},
      {"cost.late_effects", costs_of_therapies({".cost", ".cost_per_year"}, ".late_effects.")}};
  const auto remove = [](ParameterSet& parameters, const std::string& path) {
    const bool is_table = std::holds_alternative<ParameterTable>(parameters.entry(path).value);
    is_table ? fill_table(parameters, path, 0) : set_number(parameters, path, 0);
  };
  ParameterSet some_years = base_case();
  set_number(some_years, "analysis.horizon_years", 12);
  for (const std::string& strategy : all_strategies) {
    const Expected base(some_years, strategy);
    ParameterSet without_any = some_years;
    for (const auto& [category, paths] : inputs) {
      REQUIRE_FALSE(paths.empty());
      ParameterSet without = some_years;
      for (const std::string& path : paths) {
        remove(without, path);
        remove(without_any, path);
      }
      const Expected result(without, strategy);
      double sum = 0;
      for (const auto& [each, unused] : inputs) {
        CAPTURE(strategy, category, each);
        CHECK(result.discounted(each) == (each == category ? 0 : base.discounted(each)));
        sum += result.discounted(each);
      }
      CHECK(result.discounted("cost") == Approx(sum).epsilon(1e-14));
      CHECK(result.discounted("qaly") == base.discounted("qaly"));
    }
    CHECK(Expected(without_any, strategy).discounted("cost") == 0);
  }
}

TEST_CASE("twice the price is twice the cost of drugs") {
  ParameterSet parameters = base_case();
  set_number(parameters, "therapies.fingolimod.price", 2 * 19169);
  change_table(parameters, "therapies.alemtuzumab.course_price", [](auto& prices) {
    for (double& price : prices) price *= 2;
  });
  for (const char* strategy : {"fingolimod", "alemtuzumab"}) {
    const Expected base(base_case(), strategy), doubled(parameters, strategy);
    CHECK(doubled.discounted("cost.acquisition") == 2 * base.discounted("cost.acquisition"));
    CHECK(doubled.undiscounted("cost.acquisition") == 2 * base.undiscounted("cost.acquisition"));
    CHECK(doubled.discounted("cost.administration") == base.discounted("cost.administration"));
    CHECK(base.discounted("cost.acquisition") > 10000);
  }
}

TEST_CASE("a longer horizon only adds") {
  double before[] = {0, 0, 0, 0};
  for (const double horizon_years : {1, 2, 10, 30, 61}) {
    ParameterSet parameters = base_case();
    set_number(parameters, "analysis.horizon_years", horizon_years);
    const Expected result(parameters, "ocrelizumab");
    const char* const outcomes[] = {"life_years", "relapses", "cost.state", "cost.acquisition"};
    for (std::size_t i = 0; i < std::size(outcomes); ++i) {
      CAPTURE(horizon_years, outcomes[i]);
      CHECK(result.undiscounted(outcomes[i]) > before[i]);
      before[i] = result.undiscounted(outcomes[i]);
    }
    CHECK(result.undiscounted("life_years") <= horizon_years);
  }
}

TEST_CASE("a procedure that kills everybody leaves its own cost and loss, and nothing else") {
  ParameterSet parameters = base_case();
  fill_table(parameters, "therapies.ahsct.procedure.death", 1);
  const Expected result(parameters, "ahsct");
  CHECK(result.undiscounted("life_years") == 0);
  CHECK(result.undiscounted("relapses") == 0);
  CHECK(result.undiscounted("deaths.procedure") == Approx(1).epsilon(1e-14));
  CHECK(result.undiscounted("transplants") == Approx(1).epsilon(1e-14));
  CHECK(result.discounted("qaly") == Approx(-0.07).epsilon(1e-14));
  CHECK(result.discounted("cost") == Approx(46809).epsilon(1e-14));
}

TEST_CASE("procedure deaths follow the EDSS at the start") {
  ParameterSet parameters = base_case();
  fill_table(parameters, "therapies.ahsct.procedure.death", 0);
  change_table(parameters, "therapies.ahsct.procedure.death", [](auto& p) { p[3] = 0.25; });
  CHECK(Expected(parameters, "ahsct").undiscounted("deaths.procedure") == Approx(0.215 * 0.25).epsilon(1e-8));
}

TEST_CASE("complications are counted at their probability, in those who are transplanted") {
  for (const double p : {0.0, 1.0, 0.25}) {
    ParameterSet parameters = base_case();
    set_number(parameters, "therapies.ahsct.procedure.complications.infection.probability", p);
    CHECK(Expected(parameters, "ahsct").undiscounted("complication.infection") == Approx(p).epsilon(1e-14));
    CHECK(Expected(parameters, "ocrelizumab").undiscounted("complication.infection") == 0);
  }
}

}  // namespace myelin::ms::test
