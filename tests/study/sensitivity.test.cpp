#include <fmt/format.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cmath>

#include "study/sensitivity_of.hpp"

using namespace myelin;
using namespace myelin::study;
using namespace myelin::study::test;

TEST_CASE("A tornado has a bar for each input with a range or a distribution", "[study]") {
  std::string text = replaced(dyadic_illness(), "u_ill = { value = 0.5,",
                              "u_ill = { value = 0.5, distribution = \"uniform(0.4, 0.6)\",");
  text = replaced(text, "u_well = { value = 0.9,", "u_well = { value = 0.9, distribution = \"fixed\",");
  text = replaced(text, "c_drug = { value = 500,", "c_drug = { value = 500, low = 400,");
  const SensitivityOutput output = analysed(folder_with("[sensitivity]\none_way = [\"parameters.[cu]_*\"]", text),
                                            {"sensitivity.one_way=[\"parameters.*\"]"});
  CHECK(output.engine == Engine::cohort);
  check_near(output.base, {}, treated());
  std::vector<std::string> names;
  for (const OneWayBar& bar : output.one_way) names.push_back(bar.bar.name);
  CHECK(names == std::vector<std::string>{"parameters.p_ill", "parameters.p_die", "parameters.effect",
                                          "parameters.c_ill", "parameters.u_ill"});
  REQUIRE(output.left_out.size() == 1);
  CHECK(output.left_out[0].name == "parameters.c_drug");
  CHECK(output.left_out[0].reason == "only its low end is published");

  const OneWayBar& cost = output.one_way[3];
  REQUIRE(cost.bar.ranges.size() == 1);
  CHECK(cost.bar.ranges[0].input.name == "parameters.c_ill");
  CHECK(cost.bar.ranges[0].input.unit == "GBP 2024/25 per year");
  CHECK(cost.bar.ranges[0].input.base == 1000);
  CHECK(cost.bar.ranges[0].low == 800);
  CHECK(cost.bar.ranges[0].high == 1500);
  check_near(cost.at_low, {.c_ill = 800}, treated({.c_ill = 800}));
  check_near(cost.at_high, {.c_ill = 1500}, treated({.c_ill = 1500}));
  const OneWayBar& utility = output.one_way[4];
  CHECK(utility.bar.ranges[0].low == Approx(0.405).epsilon(1e-12));
  CHECK(utility.bar.ranges[0].high == Approx(0.595).epsilon(1e-12));
  check_near(utility.at_low, {.u_ill = 0.405}, treated({.u_ill = 0.405}));
  check_near(utility.at_high, {.u_ill = 0.595}, treated({.u_ill = 0.595}));
}

TEST_CASE("A bar's ends are those of runs of their own", "[study]") {
  const StudyFolder folder = folder_with("[sensitivity]\none_way = [\"parameters.effect\", \"*p_die\"]", illness());
  const SensitivityOutput output = analysed(folder);
  REQUIRE(output.one_way.size() == 2);
  for (const OneWayBar& bar : output.one_way) {
    const PlannedBar::Range& range = bar.bar.ranges.front();
    for (const bool high : {false, true}) {
      const double value = high ? range.high : range.low;
      const Outcomes own =
          analysed(folder, {range.input.name + "=" + std::to_string(value), "sensitivity.one_way=[]"}).base;
      const Outcomes& end = high ? bar.at_high : bar.at_low;
      for (std::size_t s = 0; s < 2; ++s) {
        CHECK(end.cost[s] == Approx(own.cost[s]).epsilon(1e-12));
        CHECK(end.qaly[s] == Approx(own.qaly[s]).epsilon(1e-12));
      }
    }
  }
}

TEST_CASE("A published range wins over the distribution", "[study]") {
  const std::string text =
      replaced(illness(), "c_ill = { value = 1000,", "c_ill = { value = 1000, distribution = \"normal(SE 10)\",");
  const SensitivityOutput output = analysed(folder_with("[sensitivity]\none_way = [\"*.c_ill\"]", text));
  CHECK(output.one_way.at(0).bar.ranges[0].low == 800);
  CHECK(output.one_way.at(0).bar.ranges[0].high == 1500);
}

TEST_CASE("Inputs that vary together are one bar, those of other joint groups are each their own", "[study]") {
  std::string text = replaced(dyadic_illness(), "c_drug = { value = 500,",
                              "c_drug = { value = 500, distribution = \"uniform(400, 600)\",");
  text = replaced(text, "c_ill = { value = 1000,", "c_ill = { value = 1000, distribution = \"normal(SE 10)\",");
  const std::string groups = "[psa.joint.prices]\nkind = \"together\"\nparameters = [\"parameters.c_*\"]" +
                             joint_evidence +
                             "[psa.joint.utilities]\nkind = \"multivariate_normal\"\n"
                             "parameters = [\"parameters.u_ill\", \"parameters.u_well\"]\n"
                             "covariance = [0.0004, 0, 0, 0.0001]" +
                             joint_evidence;
  const SensitivityOutput output =
      analysed(folder_with("[sensitivity]\none_way = [\"parameters.c_drug\", \"*.u_*\"]\n" + groups, text));
  REQUIRE(output.one_way.size() == 3);
  const OneWayBar& prices = output.one_way[0];
  CHECK(prices.bar.name == "prices");
  REQUIRE(prices.bar.ranges.size() == 2);
  CHECK(prices.bar.ranges[0].input.name == "parameters.c_ill");
  CHECK(prices.bar.ranges[0].high == 1500);
  CHECK(prices.bar.ranges[1].input.name == "parameters.c_drug");
  CHECK(prices.bar.ranges[1].high == Approx(595).epsilon(1e-12));
  const Illness low{.c_ill = 800, .c_drug = 405}, high{.c_ill = 1500, .c_drug = 595};
  check_near(prices.at_low, low, treated(low));
  check_near(prices.at_high, high, treated(high));

  const OneWayBar &well = output.one_way[1], &ill = output.one_way[2];
  CHECK(well.bar.name == "parameters.u_well");
  CHECK(well.bar.ranges[0].low == Approx(0.9 - 1.959963985 * 0.01).epsilon(1e-9));
  CHECK(ill.bar.name == "parameters.u_ill");
  CHECK(ill.bar.ranges[0].high == Approx(0.5 + 1.959963985 * 0.02).epsilon(1e-9));
}

TEST_CASE("A group that varies together is one bar whichever of its members are asked for", "[study]") {
  std::string text =
      replaced(illness(), "c_drug = { value = 500,", "c_drug = { value = 500, distribution = \"uniform(400, 600)\",");
  text = replaced(text, "c_ill = { value = 1000,", "c_ill = { value = 1000, distribution = \"normal(SE 10)\",");
  const std::string group =
      "[psa.joint.all]\nkind = \"together\"\nparameters = [\"parameters.u_well\", \"parameters.c_*\"]" + joint_evidence;
  for (const std::string asked : {"\"parameters.*\"", "\"*.c_drug\"", "\"*.c_ill\", \"*.c_drug\""}) {
    CAPTURE(asked);
    const SensitivityOutput output = analysed(folder_with("[sensitivity]\none_way = [" + asked + "]\n" + group, text));
    std::size_t bars = 0;
    for (const OneWayBar& bar : output.one_way) {
      if (bar.bar.name != "all") continue;
      ++bars;
      CHECK(bar.bar.ranges.size() == 2);  // the utility has nothing that says how it varies
    }
    CHECK(bars == 1);
  }
}

TEST_CASE("Inputs that cannot move alone are left out with the reason", "[study]") {
  std::string text = replaced(illness(), "probabilities = { \"0->1\" = 0.5, \"1->2\" = 0.5 }", "matrix = \"steps\"");
  text += "\n[tables]\nsteps = \"steps.csv\"\n\n[matrices.steps]\nattribute = \"score\"\ntable = \"steps\"\n";
  const std::string groups =
      "[psa.joint.steps]\nkind = \"dirichlet\"\nparameters = [\"tables.steps[*]\"]\n"
      "group_by = [\"from\"]\nsize = 50" +
      joint_evidence + "[psa.joint.fit]\nkind = \"rows\"\nparameters = [\"parameters.u_*\"]\n" + "file = \"fit.csv\"" +
      joint_evidence;
  const StudyFolder folder =
      folder_with("[sensitivity]\none_way = [\"tables.steps[from=1*\", \"*.u_well\", \"*.p_ill\"]\n" + groups, text);
  std::string steps = "from,to,value,unit,source,grade\n";
  for (const char* row : {"0,0,0.5", "0,1,0.5", "0,2,0", "1,0,0", "1,1,0.5", "1,2,0.5", "2,0,0", "2,1,0", "2,2,1"})
    steps += std::string(row) + ",probability per year,TRIAL,read\n";
  folder.write("steps.csv", steps);
  folder.write("fit.csv", "parameters.u_well,parameters.u_ill\n0.9,0.5\n0.8,0.4\n");
  const SensitivityOutput output = analysed(folder);
  REQUIRE(output.one_way.size() == 1);
  CHECK(output.one_way[0].bar.name == "parameters.p_ill");
  REQUIRE(output.left_out.size() == 4);
  CHECK(output.left_out[0].name == "parameters.u_well");
  CHECK(output.left_out[0].reason ==
        "the file of the group fit says how it varies with others, not between which values");
  CHECK(output.left_out[3].name == "tables.steps[from=1, to=2]");
  CHECK(output.left_out[3].reason ==
        "the probabilities of a row sum to 1, so that none of the Dirichlet group steps moves alone");
}

TEST_CASE("An input whose value is set for this run is left out instead of being a mistake", "[study]") {
  const SensitivityOutput output =
      analysed(folder_with("[sensitivity]\none_way = [\"parameters.p_ill\", \"parameters.effect\"]\n"),
               {"parameters.p_ill=0.25"});
  REQUIRE(output.one_way.size() == 1);
  CHECK(output.one_way[0].bar.name == "parameters.effect");
  REQUIRE(output.left_out.size() == 1);
  CHECK(output.left_out[0].name == "parameters.p_ill");
  CHECK(output.left_out[0].reason == "its value was given by --set, without a range");
}

TEST_CASE("A grid holds every pair of values", "[study]") {
  const SensitivityOutput output = analysed(folder_with(R"([sensitivity.two_way.prices]
x = "parameters.c_ill"
x_values = [0, 700]
y = "parameters.c_drug"
y_values = [10, 20, 30]
)"));
  REQUIRE(output.two_way.size() == 1);
  const TwoWayGrid& grid = output.two_way[0];
  CHECK(grid.grid.name == "prices");
  CHECK(grid.grid.x.input.name == "parameters.c_ill");
  CHECK(grid.grid.y.input.base == 500);
  REQUIRE(grid.outcomes.size() == 6);
  for (std::size_t x = 0; x < 2; ++x) {
    for (std::size_t y = 0; y < 3; ++y) {
      const Illness illness{.c_ill = grid.grid.x.values[x], .c_drug = grid.grid.y.values[y]};
      check_near(grid.outcomes[x * 3 + y], illness, treated(illness));
    }
  }
}

TEST_CASE("Progress is told to its end, and an interruption ends it with nothing", "[study]") {
  const StudyFolder folder = folder_with(R"([sensitivity]
one_way = ["parameters.p_*"]
[sensitivity.threshold.price]
input = "parameters.c_drug"
strategy = "drug"
low = 0
high = 20000
)");
  std::vector<Progress> told;
  std::atomic<bool> interrupted = false;
  Execution execution;
  execution.threads = 2;
  execution.interrupted = &interrupted;
  execution.report = [&](const Progress& progress) { told.push_back(progress); };
  const SensitivityOutput output = analysed(plan_of(folder), execution);
  REQUIRE(told.size() > 3);
  for (std::size_t i = 0; i < told.size(); ++i) {
    CHECK(told[i].analysis == "sensitivity");
    CHECK((i == 0 || told[i].patients_done >= told[i - 1].patients_done));
    CHECK(told[i].patients_done <= told[i].patients);
  }
  CHECK(told.back().patients == 1 + 4 + output.threshold[0].evaluations);
  CHECK(told.back().patients_done == told.back().patients);

  execution.report = [&](const Progress&) { interrupted = true; };
  const auto ended = analyse_sensitivity(plan_of(folder), execution);
  REQUIRE(ended);
  CHECK_FALSE(*ended);
}

TEST_CASE("The microsimulation stands in where no cohort fits", "[study]") {
  const StudyFolder folder = folder_with(R"([sensitivity]
one_way = ["parameters.c_ill"]
[sensitivity.threshold.price]
input = "parameters.c_drug"
strategy = "drug"
low = 0
high = 20000
)");
  const Plan plan = plan_of(folder, {"analysis.patients=4096"});
  Execution small;
  small.cohort_state_limit = 1;
  small.threads = 2;
  const SensitivityOutput output = analysed(plan, small);
  CHECK(output.engine == Engine::microsimulation);
  // On the same patients costs rise in proportion to their prices, to rounding, however few patients there are.
  const OneWayBar& bar = output.one_way.at(0);
  CHECK(bar.at_low.cost[0] == Approx(0.8 * output.base.cost[0]).epsilon(1e-12));
  CHECK(bar.at_high.cost[0] == Approx(1.5 * output.base.cost[0]).epsilon(1e-12));
  CHECK(bar.at_high.qaly == output.base.qaly);
  // The base is at a price of 500, and both net benefits are straight lines of the price.
  const auto benefit = [&](std::size_t s) { return 20000 * output.base.qaly[s] - output.base.cost[s]; };
  const Outcomes dear = analysed(plan_of(folder, {"analysis.patients=4096", "parameters.c_drug=1500"}), small).base;
  const double slope = (dear.cost[1] - output.base.cost[1]) / 1000;
  CHECK(output.threshold.at(0).thresholds.at(0).crossings.at(0).value ==
        Approx(500 + (benefit(1) - benefit(0)) / slope).epsilon(1e-9));
}
