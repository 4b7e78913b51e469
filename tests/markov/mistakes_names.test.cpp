#include <catch2/catch.hpp>

#include "markov/scenario_of.hpp"

/// \file
/// Names in formulae: unknown, taken, or standing for themselves.

namespace myelin::markov::test {

TEST_CASE("an unknown name has the nearest known one") {
  CHECK(mistakes({{R"("p_ill")", R"("p_il")"}}) ==
        Lines{R"(scenario.toml:40:16: formula "p_il": unknown name 'p_il' -- did you mean 'p_ill'?)"});
  CHECK(
      mistakes({{R"("p_ill")", R"("incidence * 2")"}}) ==
      Lines{
          R"(scenario.toml:40:16: formula "incidence * 2": unknown name 'incidence' -- add it to parameters (with its evidence) or expressions)"});
  CHECK(mistakes({{R"(p_ill = { value = 0.2, unit = "probability per year", source = "TRIAL", grade = "read" }
)",
                   ""}}) ==
        Lines{R"(scenario.toml:39:16: formula "p_ill": unknown name 'p_ill' -- did you mean 'c_ill'?)"});
  CHECK(mistakes({{R"("p_ill")", R"("p_ill * Wel")"}}) ==
        Lines{R"(scenario.toml:40:24: formula "p_ill * Wel": unknown name 'Wel' -- did you mean 'Well'?)"});
  CHECK(
      mistakes({{R"("p_ill")", R"("p_ill * previous_stat")"}}) ==
      Lines{
          R"(scenario.toml:40:24: formula "p_ill * previous_stat": unknown name 'previous_stat' -- did you mean 'previous_state'?)"});
}

TEST_CASE("the place of an unknown name is its own") {
  CHECK(
      mistakes({{R"("p_ill")", R"("0 * p_illness + p_il + p_il")"}}) ==
      Lines{
          R"(scenario.toml:40:20: formula "0 * p_illness + p_il + p_il": unknown name 'p_illness' -- add it to parameters (with its evidence) or expressions)",
          R"(scenario.toml:40:32: formula "0 * p_illness + p_il + p_il": unknown name 'p_il' -- did you mean 'p_ill'?)"});
}

TEST_CASE("a name that stands for itself is told with its circle") {
  CHECK(
      mistakes({{"treated = 0", R"(treated = 0
a = "b + 1"
b = "c * 2"
c = "a")"},
                {R"("p_ill")", R"("p_ill + 0 * a")"}}) ==
      Lines{
          R"(scenario.toml:35:6: formula "b + 1": 'b' stands for itself (b -> c -> a -> b) -- give one of them a value that does not need the others; to change a number in a strategy, multiply it by a name of its own)"});
  CHECK(
      mistakes({{"treated = 0", R"(treated = "treated + 1")"}}) ==
      Lines{
          R"(scenario.toml:34:12: formula "treated + 1": 'treated' stands for itself (treated -> treated) -- give one of them a value that does not need the others; to change a number in a strategy, multiply it by a name of its own)"});
}

TEST_CASE("a name is declared once") {
  CHECK(mistakes({{"[parameters]", R"([parameters]
treated = { value = 0.2, unit = "probability", source = "TRIAL", grade = "read" })"}}) ==
        Lines{"scenario.toml:35:1: the name 'treated' is also declared at scenario.toml:25 -- rename one of the two"});
  CHECK(mistakes({{"[parameters]", R"([parameters]
state = { value = 0.2, unit = "probability", source = "TRIAL", grade = "read" })"}}) ==
        Lines{"scenario.toml:20:1: the name 'state' is also declared at scenario.toml:25 -- rename one of the two"});
  CHECK(mistakes({{"treated = 0", "treated = 0\nstate = 3"}}) ==
        Lines{"scenario.toml:20:1: the name 'state' is also declared at scenario.toml:35 -- rename one of the two"});
  CHECK(mistakes({{"treated = 0", R"(treated = 0

[tables]
p_ill = "risks.csv")"}},
                 {{"risks.csv", "cycle,value,unit,source,grade\n0,0.1,probability,TRIAL,read\n"}}) ==
        Lines{"scenario.toml:37:1: the name 'p_ill' is also declared at scenario.toml:25 -- rename one of the two"});
}

TEST_CASE("a name of the language is not declared") {
  CHECK(mistakes({{"[parameters]", R"([parameters]
exp = { value = 0.2, unit = "probability", source = "TRIAL", grade = "read" })"},
                  {"treated = 0", R"(treated = "0 * exp")"}}) ==
        Lines{"scenario.toml:25:1: 'exp' is a function of formulae -- rename it"});
  CHECK(mistakes({{"[parameters]", R"([parameters]
cycle = { value = 0.2, unit = "probability", source = "TRIAL", grade = "read" })"},
                  {"treated = 0", R"(treated = "0 * cycle")"}}) ==
        Lines{"scenario.toml:25:1: 'cycle' has a meaning of its own in formulae -- rename it"});
  CHECK(mistakes({{"[parameters]", R"([parameters]
time = { value = 0.2, unit = "probability", source = "TRIAL", grade = "read" })"},
                  {"treated = 0", R"(treated = "0 * time")"}}) ==
        Lines{"scenario.toml:25:1: 'time' has a meaning of its own in formulae -- rename it"});
  CHECK(mistakes({{"[parameters]", R"([parameters]
cycle_length = { value = 0.2, unit = "probability", source = "TRIAL", grade = "read" })"},
                  {"treated = 0", R"(treated = "0 * cycle_length")"}}) ==
        Lines{"scenario.toml:25:1: 'cycle_length' has a meaning of its own in formulae -- rename it"});
  CHECK(mistakes({{"[parameters]", R"([parameters]
group = { value = 0.2, unit = "probability", source = "TRIAL", grade = "read" })"},
                  {"treated = 0", R"(treated = "0 * group")"}}) ==
        Lines{"scenario.toml:25:1: 'group' has a meaning of its own in formulae -- rename it"});
  CHECK(mistakes({{"[parameters]", R"([parameters]
rest = { value = 0.2, unit = "probability", source = "TRIAL", grade = "read" })"},
                  {"treated = 0", R"(treated = "0 * rest")"}}) ==
        Lines{"scenario.toml:25:1: 'rest' has a meaning of its own in formulae -- rename it"});
  CHECK(mistakes({{"[parameters]", R"([parameters]
previous_state = { value = 0.2, unit = "probability", source = "TRIAL", grade = "read" })"},
                  {"treated = 0", R"(treated = "0 * previous_state")"}}) ==
        Lines{"scenario.toml:25:1: 'previous_state' has a meaning of its own in formulae -- rename it"});
  CHECK(mistakes({{"[parameters]", R"([attributes.time]
levels = ["a", "b"]
start = "a"

[parameters])"}}) == Lines{"scenario.toml:25:1: 'time' has a meaning of its own in formulae -- rename it"});
}

TEST_CASE("a name is one that formulae can hold") {
  CHECK(
      mistakes({{"[parameters]", R"([parameters]
2nd_year = { value = 0.2, unit = "probability", source = "TRIAL", grade = "read" })"}}) ==
      Lines{
          "scenario.toml:25:1: '2nd_year' cannot be a name in formulae -- use letters, digits and _, a letter first"});
  CHECK(mistakes({{"[parameters]", R"([parameters]
p-ill = { value = 0.2, unit = "probability", source = "TRIAL", grade = "read" })"}}) ==
        Lines{"scenario.toml:25:1: 'p-ill' cannot be a name in formulae -- use letters, digits and _, a letter first"});
}

TEST_CASE("a level that stands for several numbers is told") {
  CHECK(
      mistakes({{"[parameters]", R"([attributes.knee]
levels = ["Ill", "Sound"]
start = "Ill"

[parameters])"},
                {"treated = 0", R"(treated = "state == Ill ? 0 : 0")"}}) ==
      Lines{
          R"(scenario.toml:38:21: formula "state == Ill ? 0 : 0": level 'Ill' has different values in several attributes -- compare with the number of the level, or rename one)"});
}

TEST_CASE("the age is known only where it is given") {
  CHECK(
      mistakes({{R"("p_ill")", R"("p_ill + 0 * age")"}}) ==
      Lines{
          R"(scenario.toml:40:28: formula "p_ill + 0 * age": the age at the start is not known -- add population.start_age, or age among the values of every group)"});
}

TEST_CASE("a strategy gives values to what there is") {
  CHECK(mistakes({{"treated = 1", "treatd = 1"}}) ==
        Lines{"scenario.toml:63:21: strategy 'drug' gives a value to 'treatd', which is neither a parameter nor an "
              "expression -- did you mean 'treated'?"});
  CHECK(mistakes({{"treated = 1", "treated = 1, dose = 2"}}) ==
        Lines{"scenario.toml:63:32: strategy 'drug' gives a value to 'dose', which is neither a parameter nor an "
              "expression -- add it to the expressions with its usual value"});
  CHECK(mistakes({{"treated = 1", R"(treated = "p_illl")"}}) ==
        Lines{R"(scenario.toml:63:23: formula "p_illl": unknown name 'p_illl' -- did you mean 'p_ill'?)"});
}

TEST_CASE("an unused number is a remark, not a mistake") {
  const ScenarioOf scenario(edited(toy(), {{"[expressions]", "[expressions]\nx = 1\ny = \"2 * x\""}}));
  const auto plan = scenario.plan();
  REQUIRE(plan);
  CHECK(ScenarioOf::model().remarks(plan->analyses[0].scenario.parameters) ==
        Lines{"expressions.y is used in no formula"});
  const auto whole = ScenarioOf().plan();
  REQUIRE(whole);
  CHECK(ScenarioOf::model().remarks(whole->analyses[0].scenario.parameters).empty());
}

}  // namespace myelin::markov::test
