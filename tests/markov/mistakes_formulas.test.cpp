#include <catch2/catch.hpp>

#include "markov/scenario_of.hpp"

/// \file
/// The grammar of formulae.

namespace myelin::markov::test {

TEST_CASE("grammar: unbalanced brackets") {
  CHECK(
      mistakes({{"treated = 0", R"(treated = "apply_hr(0.1, 2")"}}) ==
      Lines{
          R"(scenario.toml:34:27: formula "apply_hr(0.1, 2": a bracket is not closed -- correct it; myelin describe scenario lists the functions)"});
  CHECK(mistakes({{"treated = 0", R"-(treated = "apply_hr(0.1, 2))")-"}}) ==
        Lines{R"-(scenario.toml:34:28: formula "apply_hr(0.1, 2))": unexpected bracket ')' -- correct it)-"});
  CHECK(
      mistakes({{"treated = 0", R"(treated = "(1 + 2")"}}) ==
      Lines{
          R"(scenario.toml:34:18: formula "(1 + 2": a bracket is not closed -- correct it; myelin describe scenario lists the functions)"});
  CHECK(mistakes({{"treated = 0", R"-(treated = "1 + 2)")-"}}) ==
        Lines{R"-(scenario.toml:34:17: formula "1 + 2)": unexpected bracket ')' -- correct it)-"});
  CHECK(mistakes({{"treated = 0", R"-(treated = "()")-"}}) ==
        Lines{R"-(scenario.toml:34:13: formula "()": unexpected bracket ')' -- correct it)-"});
}

TEST_CASE("grammar: arguments") {
  CHECK(
      mistakes({{"treated = 0", R"-(treated = "apply_hr(0.1)")-"}}) ==
      Lines{
          R"-(scenario.toml:34:24: formula "apply_hr(0.1)": too few arguments for 'apply_hr' -- correct it; myelin describe scenario lists the functions)-"});
  CHECK(
      mistakes({{"treated = 0", R"-(treated = "apply_hr(0.1, 2, 3)")-"}}) ==
      Lines{
          R"-(scenario.toml:34:30: formula "apply_hr(0.1, 2, 3)": too many arguments for 'apply_hr' -- correct it; myelin describe scenario lists the functions)-"});
  CHECK(
      mistakes({{"treated = 0", R"-(treated = "min()")-"}}) ==
      Lines{
          R"-(scenario.toml:34:17: formula "min()": too few arguments for 'min' -- correct it; myelin describe scenario lists the functions)-"});
}

TEST_CASE("grammar: operators") {
  CHECK(
      mistakes({{"treated = 0", R"(treated = "1 +")"}}) ==
      Lines{
          R"(scenario.toml:34:15: formula "1 +": it ends too early -- correct it; myelin describe scenario lists the functions)"});
  CHECK(
      mistakes({{"treated = 0", R"(treated = "2 -")"}}) ==
      Lines{
          R"(scenario.toml:34:15: formula "2 -": it ends too early -- correct it; myelin describe scenario lists the functions)"});
}

TEST_CASE("grammar: words beside each other") {
  CHECK(
      mistakes({{"treated = 0", R"(treated = "2 p_ill")"}}) ==
      Lines{
          R"(scenario.toml:34:14: formula "2 p_ill": unexpected 'p_ill' -- correct it; myelin describe scenario lists the functions)"});
  CHECK(
      mistakes({{"treated = 0", R"(treated = "p_ill and p_die")"}}) ==
      Lines{
          R"(scenario.toml:34:18: formula "p_ill and p_die": unexpected 'and' -- correct it; myelin describe scenario lists the functions)"});
  CHECK(
      mistakes({{"treated = 0", R"(treated = "p_ill * 2 hr_die")"}}) ==
      Lines{
          R"(scenario.toml:34:22: formula "p_ill * 2 hr_die": unexpected 'hr_die' -- correct it; myelin describe scenario lists the functions)"});
}

TEST_CASE("grammar: in every kind of formula") {
  CHECK(
      mistakes({{R"("p_ill")", R"("p_ill +")"}}) ==
      Lines{
          R"(scenario.toml:40:23: formula "p_ill +": it ends too early -- correct it; myelin describe scenario lists the functions)"});
  CHECK(
      mistakes({{R"({ Ill = "c_ill" })", R"({ Ill = "c_ill +" })"}}) ==
      Lines{
          R"(scenario.toml:47:28: formula "c_ill +": it ends too early -- correct it; myelin describe scenario lists the functions)"});
  CHECK(
      mistakes({{R"("treated * c_drug")", R"("treated *")"}}) ==
      Lines{
          R"(scenario.toml:51:22: formula "treated *": it ends too early -- correct it; myelin describe scenario lists the functions)"});
  CHECK(
      mistakes({{"treated = 1", R"(treated = "1 +")"}}) ==
      Lines{
          R"(scenario.toml:63:26: formula "1 +": it ends too early -- correct it; myelin describe scenario lists the functions)"});
  CHECK(
      mistakes({{"[parameters]", R"([attributes.visits]
highest = 3
start = { 0 = "1 +" }
each_cycle = "visits +"

[parameters])"}}) ==
      Lines{
          R"(scenario.toml:26:19: formula "1 +": it ends too early -- correct it; myelin describe scenario lists the functions)",
          R"(scenario.toml:27:23: formula "visits +": it ends too early -- correct it; myelin describe scenario lists the functions)"});
  CHECK(
      mistakes({{"[parameters]", R"([groups.all]
share = "1 +"
values = { risk = "2 +" }

[parameters])"}}) ==
      Lines{
          R"(scenario.toml:25:13: formula "1 +": it ends too early -- correct it; myelin describe scenario lists the functions)",
          R"(scenario.toml:26:23: formula "2 +": it ends too early -- correct it; myelin describe scenario lists the functions)"});
  CHECK(
      mistakes({{R"(attribute = "state"
)",
                 R"(attribute = "state"

[matrices.m]
attribute = "state"
rows = [["1 +", 0, 0], [0, 1, 0], [0, 0, 1]]
)"}}) ==
      Lines{
          R"(scenario.toml:41:14: formula "1 +": it ends too early -- correct it; myelin describe scenario lists the functions)"});
}

TEST_CASE("long and deeply nested formulae are read") {
  const auto repeated = [](const std::string& text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
  };
  CHECK(mistakes({{"treated = 0", "treated = \"0" + repeated(" + 0 * p_ill", 1000) + "\""}}).empty());
  CHECK(mistakes({{"treated = 0", "treated = \"" + repeated("(", 1000) + "0" + repeated(")", 1000) + "\""}}).empty());
  CHECK(mistakes({{"treated = 0", "treated = \"" + repeated("-(", 500) + "0" + repeated(")", 500) + "\""}}).empty());
  CHECK(mistakes({{"treated = 0", "treated = \"min(0" + repeated(", 1", 1000) + ")\""}}).empty());
}

TEST_CASE("a formula longer than the parser reads is told") {
  const std::string long_text(200000, '(');
  const Lines lines = mistakes({{"treated = 0", "treated = \"" + long_text + "\""}});
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].substr(0, 30) == "scenario.toml:34:12: formula \"");
}

}  // namespace myelin::markov::test
