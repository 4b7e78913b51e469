#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "study/sensitivity_of.hpp"

using namespace myelin;
using namespace myelin::study;
using namespace myelin::study::test;

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
