#include "study/sensitivity.hpp"

#include <fmt/format.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cmath>

#include "study/pencil.hpp"

using namespace myelin;
using namespace myelin::study;
using namespace myelin::study::test;

namespace {

/// The dyadic illness with keys `sensitivity` (or others) at its end.
StudyFolder folder_with(const std::string& keys, const std::string& scenario = dyadic_illness()) {
  return StudyFolder(scenario + "\n" + keys);
}

SensitivityOutput analysed(const Plan& plan, const Execution& execution = {}) {
  const auto output = analyse_sensitivity(plan, execution);
  if (!output) {
    for (const Diagnostic& problem : output.error()) UNSCOPED_INFO(to_string(problem));
  }
  REQUIRE(output);
  REQUIRE(*output);
  return **output;
}

SensitivityOutput analysed(const StudyFolder& folder, const std::vector<std::string>& overrides = {}) {
  return analysed(plan_of(folder, overrides));
}

Lines mistakes(const StudyFolder& folder, const std::vector<std::string>& strategies = {}) {
  const auto output = analyse_sensitivity(plan_of(folder, {}, strategies), {});
  REQUIRE_FALSE(output);
  return folder.lines_of(output.error());
}

void check_near(const Outcomes& outcomes, const Illness& none, const Illness& drug) {
  const Expected expected[] = {expected_of(none), expected_of(drug)};
  for (std::size_t s = 0; s < 2; ++s) {
    CHECK(outcomes.cost[s] == Approx(expected[s].cost).epsilon(1e-12));
    CHECK(outcomes.qaly[s] == Approx(expected[s].qaly).epsilon(1e-12));
  }
}

/// What the drug may cost a year: what it is worth, less the care that it does not save.
double price_limit(double threshold, double effect = 0.5) {
  const Illness with{.effect = effect, .c_drug = 0};
  const Expected none = expected_of(with), drug = expected_of(treated(with));
  return (drug.net_benefit(threshold) - none.net_benefit(threshold)) / drug.life_years;
}

const std::string joint = R"(
source = "TRIAL"
grade = "assumption"
)";

}  // namespace

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
  const std::string groups = "[psa.joint.prices]\nkind = \"together\"\nparameters = [\"parameters.c_*\"]" + joint +
                             "[psa.joint.utilities]\nkind = \"multivariate_normal\"\n"
                             "parameters = [\"parameters.u_ill\", \"parameters.u_well\"]\n"
                             "covariance = [0.0004, 0, 0, 0.0001]" +
                             joint;
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
      "[psa.joint.all]\nkind = \"together\"\nparameters = [\"parameters.u_well\", \"parameters.c_*\"]" + joint;
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
      joint + "[psa.joint.fit]\nkind = \"rows\"\nparameters = [\"parameters.u_*\"]\n" + "file = \"fit.csv\"" + joint;
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

TEST_CASE("The price at which net monetary benefits are equal is that of the closed form", "[study]") {
  const StudyFolder folder = folder_with(R"([sensitivity.threshold.price]
input = "parameters.c_drug"
strategy = "drug"
low = 0
high = 20000
)");
  const SensitivityOutput output = analysed(folder, {"analysis.thresholds=[0, 20000, 50000]"});
  REQUIRE(output.threshold.size() == 1);
  const ThresholdSolution& price = output.threshold[0];
  CHECK(price.search.input.name == "parameters.c_drug");
  CHECK(price.search.low == 0);
  CHECK(price.search.high == 20000);
  REQUIRE(price.thresholds.size() == 3);
  for (const CrossingsAtThreshold& at : price.thresholds) {
    CAPTURE(at.threshold);
    CHECK(at.better == std::vector{Better::strategy, Better::versus});
    REQUIRE(at.crossings.size() == 1);
    CHECK(at.crossings[0].value == Approx(price_limit(at.threshold)).epsilon(1e-9));
    CHECK(std::abs(at.crossings[0].value - price_limit(at.threshold)) <= at.crossings[0].tolerance + 1e-9);
    CHECK(at.crossings[0].tolerance <= 2e-6);
  }
  CHECK(price_limit(50000) > price_limit(20000));
  // A straight line is solved by its first secant; the rest closes the bracket.
  CHECK(price.evaluations > 11);
  CHECK(price.evaluations <= 11 + 3 * 6);
}

TEST_CASE("A strategy is compared with the best of the others unless one is named", "[study]") {
  const std::string half = "[strategies.half]\nlabel = \"Half the dose\"\nvalues = { treated = 0.5 }\n";
  const std::string search = "input = \"parameters.c_drug\"\nstrategy = \"none\"\nlow = 1\nhigh = 20000\n";
  const SensitivityOutput output =
      analysed(folder_with(half + "[sensitivity.threshold.best]\n" + search + "[sensitivity.threshold.named]\n" +
                           search + "versus = \"drug\"\n"));
  REQUIRE(output.threshold.size() == 2);
  // Half the dose has all of the effect here, so that only its price counts.
  CHECK(output.threshold[0].thresholds[0].crossings.at(0).value == Approx(2 * price_limit(20000)).epsilon(1e-9));
  CHECK(output.threshold[1].thresholds[0].crossings.at(0).value == Approx(price_limit(20000)).epsilon(1e-9));
}

TEST_CASE("A curved threshold is solved, and its value gives equal net monetary benefits", "[study]") {
  const StudyFolder folder = folder_with(R"([sensitivity.threshold.effect]
input = "parameters.effect"
strategy = "drug"
versus = "none"
low = 0.05
high = 0.95
)");
  // At so low a threshold the step from one 31-bit probability to the next changes the net monetary benefit by less
  // than a millionth.
  const double threshold = 50, price = price_limit(threshold, 0.6);
  const std::vector<std::string> set = {"analysis.thresholds=[50]", fmt::format("parameters.c_drug={}", price)};
  const SensitivityOutput output = analysed(folder, set);
  const CrossingsAtThreshold& at = output.threshold.at(0).thresholds.at(0);
  REQUIRE(at.crossings.size() == 1);
  CHECK(at.crossings[0].value == Approx(0.6).epsilon(0).margin(4e-9));
  CHECK(at.crossings[0].tolerance <= 1e-10);

  const StudyFolder again(dyadic_illness());
  const auto difference = [&](double effect) {
    const Outcomes outcomes = analysed(again, {set[0], set[1], fmt::format("parameters.effect={}", effect)}).base;
    return threshold * (outcomes.qaly[1] - outcomes.qaly[0]) - (outcomes.cost[1] - outcomes.cost[0]);
  };
  CHECK(difference(at.crossings[0].value) == Approx(0).margin(1e-6));
  CHECK(difference(at.crossings[0].value - 1e-6) > 1e-6);
  CHECK(difference(at.crossings[0].value + 1e-6) < -1e-6);
}

TEST_CASE("All crossings are found", "[study]") {
  // A drug without any effect, whose price is a parabola of the input: equal where that is 0.
  std::string text = replaced(dyadic_illness(), "per_year = \"treated * c_drug\"",
                              "per_year = \"treated * 1000 * (u_ill - 0.2) * (u_ill - 0.7)\"");
  text = replaced(
      text, "c_drug = { value = 500, unit = \"GBP 2024/25 per year\", source = \"TRIAL\", grade = \"read\" }", "");
  text = replaced(text, "p_ill * effect", "p_ill");
  text = replaced(text,
                  "effect = { value = 0.5, unit = \"relative risk\", source = \"TRIAL\", grade = \"read\", low = "
                  "0.4, high = 0.6 }",
                  "");
  const SensitivityOutput output = analysed(folder_with(R"([sensitivity.threshold.twice]
input = "parameters.u_ill"
strategy = "drug"
low = 0
high = 0.95

[sensitivity.threshold.at_a_scanned_value]
input = "parameters.u_ill"
strategy = "drug"
low = 0.2
high = 0.6
)",
                                                        text));
  const CrossingsAtThreshold& at = output.threshold.at(0).thresholds.at(0);
  REQUIRE(at.crossings.size() == 2);
  CHECK(at.crossings[0].value == Approx(0.2).epsilon(1e-9));
  CHECK(at.crossings[1].value == Approx(0.7).epsilon(1e-9));
  // The drug costs less than nothing between the two.
  CHECK(at.better == std::vector{Better::versus, Better::strategy, Better::versus});
  const CrossingsAtThreshold& end = output.threshold.at(1).thresholds.at(0);
  REQUIRE(end.crossings.size() == 1);
  CHECK(end.crossings[0].value == 0.2);
  CHECK(end.crossings[0].tolerance == 0);
  CHECK(end.better == std::vector{Better::neither, Better::strategy});
}

TEST_CASE("Without a crossing it is told which strategy is better throughout", "[study]") {
  const StudyFolder folder = folder_with(R"([sensitivity.threshold.cheap]
input = "parameters.c_drug"
strategy = "drug"
low = 0
high = 1

[sensitivity.threshold.dear]
input = "parameters.c_drug"
strategy = "drug"
low = 100000
high = 200000

[sensitivity.threshold.range]
input = "parameters.p_ill"
strategy = "drug"
)");
  const SensitivityOutput output = analysed(folder);
  REQUIRE(output.threshold.size() == 3);
  for (const ThresholdSolution& solution : output.threshold) {
    CHECK(solution.thresholds.at(0).crossings.empty());
    CHECK(solution.evaluations == 11);
  }
  CHECK(output.threshold[0].thresholds[0].better == std::vector{Better::strategy});
  CHECK(output.threshold[1].thresholds[0].better == std::vector{Better::versus});
  CHECK(output.threshold[2].search.low == 0.1);
  CHECK(output.threshold[2].search.high == 0.25);

  const SensitivityOutput same = analysed(folder_with(R"([sensitivity.threshold.null_therapy]
input = "parameters.p_ill"
strategy = "drug"
)"),
                                          {"parameters.effect=1", "parameters.c_drug=0"});
  CHECK(same.threshold.at(0).thresholds.at(0).crossings.empty());
  CHECK(same.threshold.at(0).thresholds.at(0).better == std::vector{Better::neither});
}

TEST_CASE("A search without ends looks through the published range, else the distribution", "[study]") {
  std::string text = replaced(dyadic_illness(), "u_ill = { value = 0.5,",
                              "u_ill = { value = 0.5, distribution = \"uniform(0.4, 0.6)\",");
  text =
      replaced(text, "p_die_ill = { value = 0.25,", "p_die_ill = { value = 0.25, distribution = \"normal(SE 0.3)\",");
  const auto plan = plan_sensitivity(plan_of(folder_with(R"([sensitivity.threshold.a]
input = "parameters.u_ill"
strategy = "drug"

[sensitivity.threshold.b]
input = "parameters.effect"
strategy = "drug"
high = 0.9

[sensitivity.threshold.c]
input = "parameters.p_die_ill"
strategy = "drug"
)",
                                                         text))
                                         .analyses.front());
  REQUIRE(plan);
  CHECK(plan->threshold[0].low == Approx(0.4002).epsilon(1e-12));
  CHECK(plan->threshold[0].high == Approx(0.5998).epsilon(1e-12));
  CHECK(plan->threshold[1].low == 0.4);
  CHECK(plan->threshold[1].high == 0.9);
  CHECK(plan->threshold[2].low == 0);  // of a probability
  CHECK(plan->threshold[2].high == 1);
}

TEST_CASE("All mistakes in the keys are told at once", "[study]") {
  CHECK(
      mistakes(folder_with(R"([sensitivity]
one_way = ["parameters.p_il", "parameters.u_*"]

[sensitivity.two_way.one]
x = "parameters.p_die"
x_values = [0.1, 1.1]
y = "parameters.p_dia"
y_values = []

[sensitivity.two_way.other]
x = "parameters.p_die"
x_values = [0.1]
y = "parameters.p_die"
y_values = [0.1]

[sensitivity.threshold.one]
input = "parameters.u_ill"
strategy = "drugs"
versus = "none"

[sensitivity.threshold.other]
input = "parameters.c_il"
strategy = "drug"
versus = "drug"

[sensitivity.threshold.third]
input = "parameters.p_ill"
strategy = "drug"
low = 0.5
)",
                           illness())) ==
      Lines{"scenario.toml:106:1: sensitivity.one_way: there is no input 'parameters.p_il' -- did you mean "
            "'parameters.p_ill'?",
            "scenario.toml:106:1: sensitivity.one_way: no input called 'parameters.u_*' has a distribution, or both "
            "low and high -- add low and high, or take it out",
            "scenario.toml:110:1: parameters.p_die cannot be 1.1: its valid range is 0 to 1 -- choose values inside it",
            "scenario.toml:111:1: sensitivity.two_way.one.y: there is no input 'parameters.p_dia' -- did you mean "
            "'parameters.p_die'?",
            "scenario.toml:112:1: sensitivity.two_way.one.y_values: there are no values -- write one or more, such as "
            "[0.1, 0.2]",
            "scenario.toml:117:1: sensitivity.two_way.other.y: parameters.p_die is on both axes -- name another input",
            "scenario.toml:121:1: sensitivity.threshold.one.input: parameters.u_ill has neither a range nor a "
            "distribution that says where to look -- give sensitivity.threshold.one.low and "
            "sensitivity.threshold.one.high",
            "scenario.toml:122:1: sensitivity.threshold.one.strategy: there is no strategy 'drugs' -- did you mean "
            "'drug'?",
            "scenario.toml:126:1: sensitivity.threshold.other.input: there is no input 'parameters.c_il' -- did you "
            "mean 'parameters.c_ill'?",
            "scenario.toml:128:1: sensitivity.threshold.other.versus: a strategy is compared with itself -- name "
            "another strategy",
            "scenario.toml:133:1: sensitivity.threshold.third.low: the search cannot go from 0.5 to 0.25 -- let low be "
            "below high"});
}

TEST_CASE("A strategy that is not run cannot be compared", "[study]") {
  const StudyFolder folder = folder_with(R"([sensitivity.threshold.price]
input = "parameters.p_ill"
strategy = "none"
)");
  CHECK(mistakes(folder, {"drug"}) ==
        Lines{"scenario.toml:107:1: sensitivity.threshold.price.strategy: the strategy 'none' is not among those asked "
              "for -- add it to --strategies"});
  CHECK(mistakes(folder, {"none"}) ==
        Lines{"scenario.toml:107:1: sensitivity.threshold.price.strategy: there is no other strategy to compare it "
              "with -- run two strategies or more"});
}

TEST_CASE("A range that leaves the valid range is told, and so are mistakes of joint groups", "[study]") {
  const std::string text =
      replaced(illness(), "u_ill = { value = 0.5,", "u_ill = { value = 0.5, distribution = \"normal(SE 1)\",");
  CHECK(
      mistakes(folder_with("[sensitivity]\none_way = [\"*.u_ill\"]", text)) ==
      Lines{"scenario.toml:40:1: sensitivity.one_way: parameters.u_ill cannot be 2.45996: its valid range is -infinity "
            "to 1 -- give it low and high, or a distribution that stays in the valid range, such as beta or gamma"});
  CHECK(mistakes(folder_with("[sensitivity]\none_way = [\"*.u_ill\"]\n[psa.joint.a]\nkind = \"together\"\nparameters "
                             "= [\"parameters.x\"]" +
                             joint)) == Lines{"scenario.toml:109:1: psa.joint.a: no input is called 'parameters.x' -- "
                                              "name inputs as `myelin check --inputs` "
                                              "lists them"});
}

TEST_CASE("What the model refuses is told for every evaluation", "[study]") {
  const Lines refused = mistakes(folder_with(R"([sensitivity.two_way.both]
x = "parameters.p_die"
x_values = [0.5, 0.9]
y = "parameters.p_ill"
y_values = [0.6, 0.7]
)"));
  REQUIRE(refused.size() == 4);
  CHECK_THAT(refused[0], Catch::Contains("with parameters.p_die at 0.5, parameters.p_ill at 0.6: "));
  CHECK_THAT(refused[3], Catch::Contains("with parameters.p_die at 0.9, parameters.p_ill at 0.7: "));
}

TEST_CASE("What the model refuses between the values scanned is told too", "[study]") {
  const double limit = price_limit(20000);
  const std::string text = replaced(
      dyadic_illness(), "\"Well->Dead\" = \"p_die\"",
      fmt::format("\"Well->Dead\" = \"c_drug > {0} ? (c_drug < {1} ? 1 : p_die) : p_die\"", limit - 20, limit + 20));
  const Lines refused = mistakes(folder_with(R"([sensitivity.threshold.price]
input = "parameters.c_drug"
strategy = "drug"
low = 0
high = 20000
)",
                                             text));
  REQUIRE(refused.size() == 1);
  CHECK_THAT(refused[0], Catch::Contains("with parameters.c_drug at "));
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
