#include <catch2/catch.hpp>
#include <cmath>

#include "ms/problems.hpp"
#include "ms/small_case.hpp"

// What is counted: identities that hold in every scenario, and amounts by hand in small ones.

namespace myelin::ms::test {

namespace {

/// Sum of the undiscounted outcomes whose names begin so.
double sum_of(const Expected& result, const std::string& beginning) {
  double sum = 0;
  for (const Outcome& outcome : result.program().outcomes) {
    if (outcome.name.starts_with(beginning)) sum += result.undiscounted(outcome.name);
  }
  return sum;
}

double alive_at_the_end(const Expected& result) {
  double alive = 0;
  const std::size_t last = result.program().cycles;
  for (std::size_t cell = 0; cell < 2 * edss_count; ++cell) alive += result.tally("disability", last, cell);
  return alive;
}

/// Ratios of the chain between two EDSS, at so many steps up and down a year: probabilities of a cycle.
struct Chain {
  double up, down;
  Chain(double up_per_year, double down_per_year, double cycle_length_years) {
    const double total = up_per_year + down_per_year, moved = 1 - std::exp(-total * cycle_length_years);
    up = up_per_year / total * moved;
    down = down_per_year / total * moved;
  }
};

}  // namespace

TEST_CASE("deaths are the sum of their causes, and all who are not alive at the horizon") {
  ParameterSet parameters = scenario_parameters(GENERATE("base_case_uk.toml", "base_case_us.toml"));
  set_number(parameters, "analysis.horizon_years", 30);
  for (const std::string strategy : {"best_supportive_care", "natalizumab", "ahsct"}) {
    const Expected result(parameters, strategy);
    CAPTURE(strategy);
    CHECK(sum_of(result, "deaths.") == Approx(result.undiscounted("deaths")).epsilon(1e-12));
    CHECK(result.undiscounted("deaths") == Approx(1 - alive_at_the_end(result)).epsilon(1e-9));
    CHECK((result.undiscounted("deaths.procedure") > 0) == (strategy == "ahsct"));
    CHECK((result.undiscounted("deaths.pml") > 0) == (strategy != "best_supportive_care"));
  }
}

TEST_CASE("years on each therapy, waiting and without treatment are the years of life") {
  const auto [file, horizon_years] =
      GENERATE(table<const char*, double>({{"base_case_uk.toml", 30}, {"waiting.toml", 3}}));
  ParameterSet parameters = scenario_parameters(file);
  set_number(parameters, "analysis.horizon_years", horizon_years);
  for (const char* strategy : {"best_supportive_care", "ocrelizumab", "alemtuzumab", "ahsct"}) {
    const Expected result(parameters, strategy);
    const double years =
        sum_of(result, "years.on.") + result.undiscounted("years.waiting") + result.undiscounted("years.untreated");
    CAPTURE(strategy);
    CHECK(years == Approx(result.undiscounted("life_years")).epsilon(1e-9));
  }
}

TEST_CASE("costs and QALYs are the sums of their parts") {
  ParameterSet parameters = scenario_parameters(GENERATE("base_case_uk.toml", "societal.toml"));
  const bool productivity = parameters.boolean("costs.productivity_counted");
  const Expected result(parameters, "ahsct");
  double cost = 0, qaly = 0;
  for (const Outcome& outcome : result.program().outcomes) {
    if (outcome.name.starts_with("cost.") && (productivity || outcome.name != "cost.productivity"))
      cost += result.discounted(outcome.name);
    if (outcome.name.starts_with("qaly.") && outcome.name != "qaly.patient" && outcome.name != "qaly.carer")
      qaly += result.discounted(outcome.name);
  }
  CHECK(result.discounted("cost") == Approx(cost).epsilon(1e-12));
  CHECK(result.discounted("qaly.patient") == Approx(qaly).epsilon(1e-12));
  CHECK(result.discounted("qaly") == Approx(qaly + result.discounted("qaly.carer")).epsilon(1e-12));
  CHECK(result.discounted("cost.productivity") > 1000);
}

TEST_CASE("a milestone is reached when EDSS is there at two time points, and years before it end then") {
  const double length = GENERATE(1.0, 0.5);
  ParameterSet parameters = still_life(6, length);
  start_at(parameters, 5);
  put_intensity(parameters, 5, 6, 0.3);
  put_intensity(parameters, 6, 5, 0.2);
  const Expected result(parameters, "no_treatment");
  const Chain chain(0.3, 0.2, length);
  double low = 1, high = 0, before = 0, reached = 0;  // not yet reached, at EDSS 5 and at 6
  for (std::size_t cycle = 0; cycle < result.program().cycles; ++cycle) {
    const double now = high * (1 - chain.down);
    CAPTURE(cycle, length);
    CHECK(result.by_cycle("reached.edss_6")[cycle] == near(now));
    before += (low + high) * length;
    reached += now;
    const double low_before = low;
    low = low * (1 - chain.up) + high * chain.down;
    high = low_before * chain.up;
  }
  CHECK(result.undiscounted("reached.edss_6") == near(reached));
  CHECK(result.undiscounted("years.before_edss_6") == near(before));
  // Those who begin beyond a milestone have no years before it and never reach it; EDSS 7 is not reached.
  CHECK(result.undiscounted("reached.edss_4") == 0);
  CHECK(result.undiscounted("years.before_edss_4") == 0);
  CHECK(result.undiscounted("reached.edss_7") == 0);
  CHECK(result.undiscounted("years.before_edss_7") == Approx(6));
}

TEST_CASE("a step over two milestones reaches both") {
  ParameterSet parameters = still_life(3);
  put_intensity(parameters, 2, 8, 1000);
  const Expected result(parameters, "no_treatment");
  for (const char* milestone : {"edss_4", "edss_6", "edss_7"}) {
    CHECK(result.by_cycle("reached." + std::string(milestone)) == std::vector<double>{0, 1, 0});
    CHECK(result.undiscounted("years.before_" + std::string(milestone)) == 2);
  }
}

TEST_CASE("of those who do not die, who has not reached a milestone is before it") {
  ParameterSet parameters = base_case();
  make_immortal(parameters);
  set_number(parameters, "analysis.horizon_years", 40);
  set_text(parameters, "analysis.within_cycle_correction", "start");
  const Expected result(parameters, "best_supportive_care");
  const auto share_beyond_at_entry = [&](std::size_t milestone) {
    double share = 0;
    for (std::size_t edss = milestone; edss < edss_count; ++edss) share += result.tally("disability", 0, edss);
    return share;
  };
  for (const std::size_t milestone : {4, 6, 7}) {
    const std::string name = fmt::format("edss_{}", milestone);
    double not_reached = 1 - share_beyond_at_entry(milestone), years_before = 0;
    for (const double now : result.by_cycle("reached." + name)) {
      years_before += not_reached;
      not_reached -= now;
    }
    CAPTURE(milestone);
    CHECK(result.undiscounted("years.before_" + name) == Approx(years_before).epsilon(1e-9));
  }
  double rrms = 1, years_before = 0;
  for (const double now : result.by_cycle("reached.spms")) {
    years_before += rrms;
    rrms -= now;
  }
  CHECK(result.undiscounted("years.before_spms") == Approx(years_before).epsilon(1e-9));
}

TEST_CASE("years without relapse and without activity, by hand") {
  ParameterSet parameters = still_life(3);
  put_intensity(parameters, 2, 3, 0.4);
  fill_table(parameters, "natural_history.conversion", 0.1);
  fill_table(parameters, "natural_history.spms_probabilities", 0);
  change_table(parameters, "natural_history.spms_probabilities", [](auto& p) {
    for (std::size_t edss = 1; edss < edss_count; ++edss) p[(edss - 1) * edss_count + edss] = 1;
  });
  set_number(parameters, "analysis.horizon_years", 2);
  const Expected result(parameters, "no_treatment");
  const double free = std::exp(-1), stays = std::exp(-0.4), rrms = 0.9;
  CHECK(result.undiscounted("years.relapse_free") == near(2 * free));
  const double second_year = rrms * stays * (stays * rrms) + rrms * (1 - stays) * rrms + 0.1;
  CHECK(result.undiscounted("years.activity_free") == near(free * (stays * rrms + second_year)));
}

TEST_CASE("years without activity are years without relapse") {
  ParameterSet parameters = base_case();
  const std::string correction = GENERATE("start", "trapezoid", "life_table");
  const std::string accrual = GENERATE("expected", "drawn");
  set_text(parameters, "analysis.within_cycle_correction", correction.c_str());
  set_text(parameters, "analysis.accrual", accrual.c_str());
  SECTION("where EDSS changes") {}
  SECTION("where nobody worsens") { freeze_disability(parameters); }
  for (const char* strategy : {"best_supportive_care", "ahsct"}) {
    const Expected result(parameters, strategy);
    CAPTURE(strategy, correction, accrual);
    CHECK(result.undiscounted("years.activity_free") <= result.undiscounted("years.relapse_free") * (1 + 1e-6));
    CHECK(result.undiscounted("years.activity_free") > 1);
  }
}

TEST_CASE("utilities may follow the general population's from a reference age on, by sex") {
  ParameterSet parameters = still_life(3);
  fill_table(parameters, "utilities.state", 0.8);
  set_number(parameters, "population.female_share", 0.75);
  std::vector<double> population;
  for (const double slope : {0.005, 0.004}) {
    for (int age = 0; age <= 110; ++age) population.push_back(1 - slope * age);
  }
  put_table(parameters, "utilities.general_population", {named("sex", {"female", "male"}), counted("age", 0, 110)},
            population, "utility");
  put_whole(parameters, "utilities.reference_age", 50);
  CHECK(Expected(parameters, "no_treatment").undiscounted("qaly.patient") == Approx(2.4).epsilon(1e-12));
  set_text(parameters, "utilities.age_adjustment", "multiplicative");
  CHECK(problems_of(parameters).empty());
  double qalys = 0;
  for (const int age : {39, 40, 41})
    qalys += 0.8 * (0.75 * (1 - 0.005 * age) / (1 - 0.25) + 0.25 * (1 - 0.004 * age) / (1 - 0.2));
  CHECK(Expected(parameters, "no_treatment").undiscounted("qaly.patient") == near(qalys));
}

TEST_CASE("an age adjustment needs its table and its reference age") {
  for (const char* key : {"utilities.general_population", "utilities.reference_age"}) {
    ParameterSet parameters = without(scenario_parameters("nice.toml"), key);
    CHECK(problems_of(parameters) == std::vector<std::string>{fmt::format(
                                         "'utilities.age_adjustment' needs '{}' -- add it with its source", key)});
  }
}

TEST_CASE("work is lost to disability until an age, and counted in the total or not") {
  ParameterSet parameters = still_life(4);
  put_table(parameters, "work.employment", {counted("edss", 0, 9)}, {0.8, 0.7, 0.5, 0, 0, 0, 0, 0, 0, 0}, "proportion");
  put_number(parameters, "work.earnings", 1000);
  put_whole(parameters, "work.until_age", 41);
  const bool counted_in_total = GENERATE(false, true);
  put_flag(parameters, "costs.productivity_counted", counted_in_total);
  CHECK(problems_of(parameters).empty());
  const Expected result(parameters, "no_treatment");
  CHECK(result.undiscounted("years.working") == Approx(2 * 0.5).epsilon(1e-12));
  CHECK(result.undiscounted("cost.productivity") == Approx(2 * 0.3 * 1000).epsilon(1e-12));
  CHECK(result.undiscounted("cost") == Approx(counted_in_total ? 600 : 0).epsilon(1e-12));
}

TEST_CASE("work that is counted must be given, with earnings and an age") {
  ParameterSet parameters = still_life(1);
  put_flag(parameters, "costs.productivity_counted", true);
  CHECK(problems_of(parameters) == std::vector<std::string>{"'costs.productivity_counted' needs 'work.employment' -- "
                                                            "add it with its source"});
  for (const char* key : {"work.earnings", "work.until_age"}) {
    CHECK(problems_of(without(base_case(), key)) ==
          std::vector<std::string>{fmt::format("'work.employment' needs '{}' -- add it with its source", key)});
  }
}

TEST_CASE("years with a symptom are counted by its prevalence") {
  ParameterSet parameters = still_life(4);
  put_text(parameters, "symptoms.fatigue.label", "fatigue");
  put_table(parameters, "symptoms.fatigue.prevalence", {counted("edss", 0, 9)}, {0, 0, 0.25, 1, 1, 1, 1, 1, 1, 1},
            "proportion");
  CHECK(Expected(parameters, "no_treatment").undiscounted("years.fatigue") == Approx(1).epsilon(1e-12));
}

}  // namespace myelin::ms::test
