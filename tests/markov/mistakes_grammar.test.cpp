#include <catch2/catch.hpp>

#include "markov/scenario_of.hpp"

/// \file
/// Signs and words that formulae do not have: decimal commas, assignment, percent signs, wrong functions.

namespace myelin::markov::test {

namespace {

Edits treated(const std::string& formula) { return {{"treated = 0", "treated = \"" + formula + "\""}}; }

}  // namespace

TEST_CASE("a decimal or thousands comma is told") {
  CHECK(
      mistakes(treated("0,5")) ==
      Lines{
          R"(scenario.toml:34:13: formula "0,5": unexpected ',' outside the arguments of a function -- write a decimal point, 0.5, and thousands without a separator)"});
  CHECK(
      mistakes(treated("p_die, 0.5")) ==
      Lines{
          R"(scenario.toml:34:17: formula "p_die, 0.5": unexpected ',' outside the arguments of a function -- write a decimal point, 0.5, and thousands without a separator)"});
  CHECK(
      mistakes({{"per_year = \"treated * c_drug\"", "per_year = \"1,500\""}}) ==
      Lines{
          R"(scenario.toml:51:14: formula "1,500": unexpected ',' outside the arguments of a function -- write a decimal point, 0.5, and thousands without a separator)"});
}

TEST_CASE("an unknown function has the nearest known one") {
  CHECK(
      mistakes(treated("aply_hr(0.1, 2)")) ==
      Lines{
          R"-(scenario.toml:34:12: formula "aply_hr(0.1, 2)": unknown function 'aply_hr' -- did you mean 'apply_hr'?)-"});
  CHECK(
      mistakes(treated("1 + frobnicate(0.1)")) ==
      Lines{
          R"-(scenario.toml:34:16: formula "1 + frobnicate(0.1)": unknown function 'frobnicate' -- correct it; myelin describe scenario lists the functions)-"});
}

TEST_CASE("a name that is called is told to be no function") {
  CHECK(
      mistakes(treated("p_die(2)")) ==
      Lines{
          R"-(scenario.toml:34:12: formula "p_die(2)": 'p_die' is no function -- write * between the two to multiply)-"});
  CHECK(
      mistakes(treated("2 * state (1)")) ==
      Lines{
          R"-(scenario.toml:34:16: formula "2 * state (1)": 'state' is no function -- write * between the two to multiply)-"});
}

TEST_CASE("a function or a table needs its arguments") {
  CHECK(mistakes(treated("exp * 2")) ==
        Lines{R"(scenario.toml:34:12: formula "exp * 2": 'exp' is a function -- give its arguments in brackets)"});
  CHECK(mistakes({{"treated = 0", "treated = \"0 * risk\"\n\n[tables]\nrisk = \"risk.csv\""}},
                 {{"risk.csv", "state,cycle,value,unit,source,grade\nWell,0,0.1,probability,TRIAL,read\n"}}) ==
        Lines{R"(scenario.toml:34:16: formula "0 * risk": 'risk' is a table -- write risk(state, cycle))"});
}

TEST_CASE("signs that formulae do not have are told") {
  CHECK(mistakes(treated("p_die = 0.1")) ==
        Lines{R"(scenario.toml:34:18: formula "p_die = 0.1": unexpected '=' -- compare with ==)"});
  CHECK(
      mistakes(treated("p_die; 1")) ==
      Lines{
          R"(scenario.toml:34:17: formula "p_die; 1": unexpected ';' -- correct it; myelin describe scenario lists the functions)"});
  CHECK(mistakes(treated("20%")) ==
        Lines{R"(scenario.toml:34:14: formula "20%": unexpected '%' -- write 0.2 for 20 %)"});
  CHECK(mistakes(treated("p_die ** 2")) ==
        Lines{R"(scenario.toml:34:19: formula "p_die ** 2": unexpected '*' -- the power is ^)"});
  CHECK(
      mistakes(treated("2 \xC3\x97 p_die")) ==
      Lines{
          R"(scenario.toml:34:14: formula "2 × p_die": unexpected '×' -- correct it; myelin describe scenario lists the functions)"});
  CHECK(
      mistakes(treated("[1]")) ==
      Lines{
          R"(scenario.toml:34:12: formula "[1]": unexpected '[' -- correct it; myelin describe scenario lists the functions)"});
  CHECK(
      mistakes(treated("{1}")) ==
      Lines{
          R"(scenario.toml:34:12: formula "{1}": unexpected '{' -- correct it; myelin describe scenario lists the functions)"});
  CHECK(
      mistakes(treated("!p_die")) ==
      Lines{
          R"(scenario.toml:34:12: formula "!p_die": unexpected '!' -- correct it; myelin describe scenario lists the functions)"});
  CHECK(
      mistakes(treated("* 2")) ==
      Lines{
          R"(scenario.toml:34:12: formula "* 2": unexpected '*' -- correct it; myelin describe scenario lists the functions)"});
}

TEST_CASE("a formula is not empty") {
  CHECK(mistakes(treated("")) ==
        Lines{R"(scenario.toml:34:12: formula "": it is empty -- write a number or a formula)"});
  CHECK(mistakes(treated("   ")) ==
        Lines{R"(scenario.toml:34:12: formula "   ": it is empty -- write a number or a formula)"});
  CHECK(mistakes({{"\"p_ill\"", "\"\""}}) ==
        Lines{R"(scenario.toml:40:16: formula "": it is empty -- write a number or a formula)"});
}

TEST_CASE("a condition is whole") {
  CHECK(
      mistakes(treated("p_die ? 1")) ==
      Lines{
          R"(scenario.toml:34:12: formula "p_die ? 1": a condition is not whole -- write condition ? value : other value)"});
  CHECK(
      mistakes(treated("p_die : 1")) ==
      Lines{
          R"(scenario.toml:34:12: formula "p_die : 1": a condition is not whole -- write condition ? value : other value)"});
  CHECK(
      mistakes(treated("p_die ? 1 : ")) ==
      Lines{
          R"(scenario.toml:34:24: formula "p_die ? 1 : ": it ends too early -- correct it; myelin describe scenario lists the functions)"});
}

TEST_CASE("a number is one that can be read") {
  CHECK(mistakes(treated("1e999")) ==
        Lines{R"(scenario.toml:34:12: formula "1e999": '1e999' is no number -- write one such as 0.5 or 1e-3)"});
  CHECK(
      mistakes(treated("1.2.3")) ==
      Lines{
          R"(scenario.toml:34:15: formula "1.2.3": unexpected '.3' -- correct it; myelin describe scenario lists the functions)"});
  CHECK(
      mistakes(treated("0x10")) ==
      Lines{
          R"(scenario.toml:34:13: formula "0x10": unexpected 'x10' -- correct it; myelin describe scenario lists the functions)"});
}

TEST_CASE("a long formula is cut where it is quoted") {
  std::string text = "p_die";
  for (int i = 0; i < 1000; ++i) text += " + p_die";
  CHECK(
      mistakes(treated(text + " +")) ==
      Lines{
          R"(scenario.toml:34:8019: formula "p_die + p_die + p_die + p_die + p_die + p_die + p_die + p_die + p_die + p_die + ...": it ends too early -- correct it; myelin describe scenario lists the functions)"});
}

TEST_CASE("the place in a formula of several lines is its beginning") {
  CHECK(mistakes({{"treated = 0", "treated = \"\"\"1 +\np_il\"\"\""}}) == Lines{R"(scenario.toml:34:12: formula "1 +
p_il": unknown name 'p_il' -- did you mean 'p_ill'?)"});
}

}  // namespace myelin::markov::test
