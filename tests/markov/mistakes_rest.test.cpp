#include <catch2/catch.hpp>

#include "markov/scenario_of.hpp"

/// \file
/// The word `rest`, which takes what a row of transition probabilities leaves, and nothing elsewhere.

namespace myelin::markov::test {

TEST_CASE("rest is told where there is no row of probabilities") {
  CHECK(
      mistakes({{"disease.probabilities", "disease.rates"}, {"\"p_ill\"", "\"rest\""}, {"\"p_die\"", "0.1"}}) ==
      Lines{
          R"(scenario.toml:40:16: formula "rest": 'rest' stands for what a row of transition probabilities leaves, and for nothing here -- write a number or a formula)"});
  CHECK(
      mistakes({{"{ Ill = \"c_ill\" }", "{ Ill = \"rest\" }"}}) ==
      Lines{
          R"(scenario.toml:47:21: formula "rest": 'rest' stands for what a row of transition probabilities leaves, and for nothing here -- write a number or a formula)"});
  CHECK(
      mistakes({{"treated = 0", "treated = \"rest\""}}) ==
      Lines{
          R"(scenario.toml:34:12: formula "rest": 'rest' stands for what a row of transition probabilities leaves, and for nothing here -- write a number or a formula)"});
  CHECK(
      mistakes({{"treated = 1", "treated = \"rest\""}}) ==
      Lines{
          R"(scenario.toml:63:23: formula "rest": 'rest' stands for what a row of transition probabilities leaves, and for nothing here -- write a number or a formula)"});
  CHECK(
      mistakes({{"[parameters]", "[groups.all]\nshare = \"rest\"\n\n[parameters]"}}) ==
      Lines{
          R"(scenario.toml:25:10: formula "rest": 'rest' stands for what a row of transition probabilities leaves, and for nothing here -- write a number or a formula)"});
  CHECK(
      mistakes({{"start = \"Well\"", "start = { Well = 0.5, Ill = \"rest\" }"}}) ==
      Lines{
          R"(scenario.toml:21:30: formula "rest": 'rest' stands for what a row of transition probabilities leaves, and for nothing here -- write a number or a formula)"});
  CHECK(
      mistakes({{"\"p_ill\"", "\"1 - rest\""}}) ==
      Lines{
          R"(scenario.toml:40:20: formula "1 - rest": 'rest' stands for what a row of transition probabilities leaves, and for nothing here -- write a number or a formula)"});
}

TEST_CASE("rest is told in a matrix") {
  CHECK(
      mistakes({{R"-(
[transitions.disease.probabilities]
"Well->Ill" = "p_ill"
"Well->Dead" = "p_die"
"Ill->Dead" = "apply_hr(p_die, hr_die)"
)-",
                 R"(matrix = "m"

[matrices.m]
attribute = "state"
entries = { "Well->Ill" = "rest" }
)"}}) ==
      Lines{
          R"(scenario.toml:42:28: formula "rest": 'rest' stands for what a row of transition probabilities leaves, and for nothing here -- write a number or a formula)"});
}

TEST_CASE("one move of a row takes the rest") {
  CHECK(
      mistakes({{"\"Well->Ill\" = \"p_ill\"", "\"Well->Ill\" = \"rest\""},
                {"\"Well->Dead\" = \"p_die\"", "\"Well->Dead\" = \"rest\""}}) ==
      Lines{
          R"(scenario.toml:41:17: formula "rest": the row from Well has a second "rest" -- give one of the two a probability)"});
}

}  // namespace myelin::markov::test
