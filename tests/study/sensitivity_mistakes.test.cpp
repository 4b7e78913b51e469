#include <catch2/catch.hpp>

#include "study/sensitivity_of.hpp"

using namespace myelin;
using namespace myelin::study;
using namespace myelin::study::test;

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
                             joint_evidence)) ==
        Lines{"scenario.toml:109:1: psa.joint.a: no input is called 'parameters.x' -- "
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
