#include <catch2/catch.hpp>

#include "markov/scenario_of.hpp"

/// \file
/// Formulae that give no value where patients can be.

namespace myelin::markov::test {

TEST_CASE("a formula that gives no number is told with where") {
  CHECK(
      mistakes({{"\"apply_hr(p_die, hr_die)\"", "\"apply_hr(p_die, -hr_die)\""}}) ==
      Lines{
          R"-(scenario.toml:42:16: formula "apply_hr(p_die, -hr_die)": it is not a number at state = Ill -- mend the formula: a division by zero, a logarithm of a negative number, or an argument that a function does not take)-"});
  CHECK(
      mistakes({{"\"apply_hr(p_die, hr_die)\"", "\"0 * ln(-p_die)\""}}) ==
      Lines{
          R"-(scenario.toml:42:16: formula "0 * ln(-p_die)": it is not a number at state = Ill -- mend the formula: a division by zero, a logarithm of a negative number, or an argument that a function does not take)-"});
  CHECK(
      mistakes({{"\"apply_hr(p_die, hr_die)\"", "\"p_die / (5 - cycle)\""}}) ==
      Lines{
          R"-(scenario.toml:42:16: formula "p_die / (5 - cycle)": it is infinite at state = Ill, cycle = 5 -- mend the formula: a division by zero, a logarithm of a negative number, or an argument that a function does not take)-"});
}

TEST_CASE("a formula that is infinite is told with where") {
  CHECK(
      mistakes({{"\"apply_hr(p_die, hr_die)\"", "\"p_die / (hr_die - 2)\""}}) ==
      Lines{
          R"-(scenario.toml:42:16: formula "p_die / (hr_die - 2)": it is infinite at state = Ill -- mend the formula: a division by zero, a logarithm of a negative number, or an argument that a function does not take)-"});
}

TEST_CASE("a missing value is told at the formula where it arises") {
  CHECK(
      mistakes({{"treated = 0", "treated = \"y + 0 * cycle\"\ny = \"ln(5 - cycle)\""}}) ==
      Lines{
          R"-(scenario.toml:35:6: formula "ln(5 - cycle)": it is infinite at cycle = 5 -- mend the formula: a division by zero, a logarithm of a negative number, or an argument that a function does not take)-"});
}

TEST_CASE("a table without a row for a level names the level") {
  CHECK(
      mistakes({{"treated = 0", "treated = \"0 * risk(state)\"\n\n[tables]\nrisk = \"risk.csv\""}},
               {{"risk.csv", "state,value,unit,source,grade\nWell,0.1,probability,TRIAL,read\n"}}) ==
      Lines{
          R"-(scenario.toml:34:12: formula "0 * risk(state)": table 'risk' has no row for state = Ill at state = Ill -- extend the table, or shorten the horizon)-"});
}

TEST_CASE("a table is asked for what a column holds") {
  CHECK(
      mistakes({{"treated = 0", "treated = \"0 * risk(cycle / 2)\"\n\n[tables]\nrisk = \"risk.csv\""}},
               {{"risk.csv",
                 "cycle,value,unit,source,grade\n0,0.1,probability,TRIAL,read\n1,0.1,probability,TRIAL,read\n"}}) ==
      Lines{
          R"-(scenario.toml:34:12: formula "0 * risk(cycle / 2)": table 'risk' has no row for cycle = 0.5 (it has 0 to 1) at cycle = 1 -- extend the table, or shorten the horizon)-"});
}

TEST_CASE("what no patient reaches may be without a value") {
  CHECK(mistakes({{"\"apply_hr(p_die, hr_die)\"", "\"p_die / (10 - cycle)\""}}).empty());
  CHECK(mistakes({{"{ Ill = \"c_ill\" }", "{ Ill = \"c_ill / (2 - state)\" }"}}).empty());
}

}  // namespace myelin::markov::test
