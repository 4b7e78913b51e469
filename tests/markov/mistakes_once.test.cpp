#include <catch2/catch.hpp>

#include "markov/scenario_of.hpp"

/// \file
/// A mistake is told once, without others that only follow from it.

namespace myelin::markov::test {

TEST_CASE("an attribute that counts time has no start to give") {
  CHECK(
      mistakes({{"[parameters]", R"([attributes.years_ill]
highest = 5
time_in = ["Ill"]

[parameters])"}}) ==
      Lines{
          R"(scenario.toml:25:1: time_in of attribute 'years_ill' does not say of which attribute -- add of = "state")"});
  CHECK(mistakes({{"[parameters]", R"([attributes.years_ill]
highest = 5
time_in = ["Ill"]
of = "stat"

[parameters])"}}) == Lines{"scenario.toml:27:1: unknown attribute 'stat' -- did you mean 'state'?"});
}

TEST_CASE("a reward with a mistake in its amounts gives something") {
  CHECK(mistakes({{"per_year = { Ill = \"c_ill\" }", "per_year = { Sick = \"c_ill\" }"}}) ==
        Lines{"scenario.toml:47:22: unknown level 'Sick' of attribute 'state' -- write one of Well, Ill, Dead"});
  CHECK(mistakes({{"per_year = { Ill = \"c_ill\" }", "on = { \"Well->Sick\" = 3 }"}}) ==
        Lines{"scenario.toml:47:23: unknown level 'Sick' of attribute 'state' -- write one of Well, Ill, Dead"});
  CHECK(
      mistakes({{"per_year = { Ill = \"c_ill\" }", "per_year = [1]"}}) ==
      Lines{
          R"(scenario.toml:47:12: rewards.care.per_year must be a formula, or a table of formulae, not a list -- write rewards.care.per_year = { name = "1 - p" })"});
}

TEST_CASE("a bad file of patients does not leave the start unknown") {
  const Edits from_file = {{"start = \"Well\"\n", ""},
                           {"[parameters]", "[population]\npatients = \"patients.csv\"\n\n[parameters]"}};
  CHECK(
      mistakes(from_file) ==
      Lines{
          R"(scenario.toml:24:12: cannot use the file "patients.csv": there is no such file -- correct the path, which counts from the folder of the file that names it)"});
  CHECK(mistakes(from_file, {{"patients.csv", "state\nWell\nIll,3\n"}}) ==
        Lines{"patients.csv:3:1: the row has 2 fields but the header has 1 -- write one field a column; put a field "
              "that holds a comma between quotes"});
  CHECK(mistakes(from_file, {{"patients.csv", "state,state\nWell,Ill\n"}}) ==
        Lines{R"(patients.csv:1:7: duplicate column "state" -- keep one of the two)"});
}

TEST_CASE("an attribute with a mistake of its own is known in formulae") {
  CHECK(
      mistakes({{"[parameters]", "[attributes.side]\nlevels = [\"left\", \"left\"]\nstart = \"left\"\n\n[parameters]"},
                {"treated = 0", "treated = \"0 * side\""}}) ==
      Lines{"scenario.toml:25:1: attribute 'side' has two levels 'left' -- rename one"});
  CHECK(mistakes({{"[parameters]", "[attributes.visits]\nhighest = 0\nstart = \"0\"\n\n[parameters]"},
                  {"treated = 0", "treated = \"0 * visits + 0 * previous_visits\""}}) ==
        Lines{"scenario.toml:25:11: attributes.visits.highest: 0 is out of range (must be from 1 to 65535) -- write a "
              "number in the range"});
}

TEST_CASE("a parameter with a mistake of its own is known in formulae") {
  CHECK(
      mistakes({{"p_ill = { value = 0.2, unit = \"probability per year\", source = \"TRIAL\", grade = \"read\" }",
                 "p_ill = 0.2"}}) ==
      Lines{
          R"(scenario.toml:25:9: parameters.p_ill must be a number with its evidence, not a number with a decimal point -- write parameters.p_ill = { value = 1.5, unit = "...", source = "...", grade = "..." })"});
  CHECK(
      mistakes({{"treated = 0", "treated = true"}}) ==
      Lines{
          R"(scenario.toml:34:11: expressions.treated must be a number or a formula between quotes, not true or false -- write expressions.treated = "1 - p")"});
}

TEST_CASE("a model without attributes is told once") {
  CHECK(
      mistakes({{"[attributes.state]\nlevels = [\"Well\", \"Ill\", \"Dead\"]\nstart = \"Well\"\ndead = [\"Dead\"]\n",
                 ""}}) ==
      Lines{
          R"(scenario.toml:2:1: the model has no attributes -- add [attributes.state] with levels = ["Well", "Ill", "Dead"] and start = "Well")"});
}

TEST_CASE("an attribute without levels is told at its table") {
  CHECK(
      mistakes({{"[parameters]", "[attributes.side]\nstart = \"left\"\n\n[parameters]"}}) ==
      Lines{
          R"(scenario.toml:25:1: attribute 'side' has no levels -- give levels = ["..."] or, for numbers from 0, highest = n)"});
}

}  // namespace myelin::markov::test
