#include <catch2/catch.hpp>

#include "markov/scenario_of.hpp"

/// \file
/// Strategies: that there are some, and what they can give values to.

namespace myelin::markov::test {

TEST_CASE("a scenario has strategies") {
  CHECK(
      mistakes({{"\n[strategies.none]\nlabel = \"No drug\"\n\n[strategies.drug]\nlabel = \"Drug\"\nvalues = { "
                 "treated = 1 }\n",
                 ""}}) ==
      Lines{
          R"(scenario.toml: the scenario has no strategies -- add [strategies.usual_care] with label = "Usual care")"});
}

TEST_CASE("a strategy replaces parameters and expressions alone") {
  CHECK(mistakes({{"treated = 1", "treated = 1, state = 2"}}) ==
        Lines{"scenario.toml:63:33: strategy 'drug' gives a value to 'state', which is neither a parameter nor an "
              "expression -- let a formula use an expression, and give the strategy's value to that"});
  CHECK(mistakes({{"treated = 1", "treated = 1, risk = 2"},
                  {"treated = 0", "treated = \"0 * risk(cycle)\"\n\n[tables]\nrisk = \"risk.csv\""}},
                 {{"risk.csv", R"(cycle,value,unit,source,grade
0,0.1,probability,TRIAL,read
1,0.1,probability,TRIAL,read
2,0.1,probability,TRIAL,read
3,0.1,probability,TRIAL,read
4,0.1,probability,TRIAL,read
5,0.1,probability,TRIAL,read
6,0.1,probability,TRIAL,read
7,0.1,probability,TRIAL,read
8,0.1,probability,TRIAL,read
9,0.1,probability,TRIAL,read
10,0.1,probability,TRIAL,read
)"}}) == Lines{"scenario.toml:66:32: strategy 'drug' gives a value to 'risk', which is neither a parameter nor an "
               "expression -- let a formula use an expression, and give the strategy's value to that"});
  CHECK(mistakes({{"[parameters]", "[groups.all]\nshare = 1\nvalues = { risk = 2 }\n\n[parameters]"},
                  {"treated = 1", "treated = 1, risk = 2"}}) ==
        Lines{"scenario.toml:67:32: strategy 'drug' gives a value to 'risk', which is neither a parameter nor an "
              "expression -- let a formula use an expression, and give the strategy's value to that"});
}

TEST_CASE("values have names") {
  CHECK(mistakes({{"values = { treated = 1 }", "values = \"0.5\""}}) ==
        Lines{"scenario.toml:63:11: strategy 'drug' gives a value to '', which is neither a parameter nor an "
              "expression -- write values = { name = 0.5 }"});
}

TEST_CASE("probabilities and rates have moves") {
  CHECK(mistakes({{R"-([transitions.disease.probabilities]
"Well->Ill" = "p_ill"
"Well->Dead" = "p_die"
"Ill->Dead" = "apply_hr(p_die, hr_die)"
)-",
                   "probabilities = 0.1\n"}}) ==
        Lines{R"(scenario.toml:39:17: one formula stands where moves are needed -- write "Well->Dead" = ...)"});
}

}  // namespace myelin::markov::test
