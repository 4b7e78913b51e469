#include <catch2/catch.hpp>

#include "markov/scenario_of.hpp"

/// \file
/// Names that stand for themselves, and names that stand for one another too deeply.

namespace myelin::markov::test {

TEST_CASE("a group's value that needs itself is told") {
  CHECK(
      mistakes({{"[parameters]", "[groups.all]\nshare = 1\nvalues = { risk = \"risk\" }\n\n[parameters]"},
                {"treated = 0", "treated = \"0 * risk\""}}) ==
      Lines{
          R"(scenario.toml:26:20: formula "risk": 'risk' stands for itself (risk -> risk) -- give one of them a value that does not need the others; to change a number in a strategy, multiply it by a name of its own)"});
  CHECK(
      mistakes({{"[parameters]", "[groups.all]\nshare = 1\nvalues = { risk = \"y\" }\n\n[parameters]"},
                {"treated = 0", "treated = \"0 * risk\"\ny = \"risk\""}}) ==
      Lines{
          R"(scenario.toml:26:20: formula "y": 'y' stands for itself (y -> risk -> y) -- give one of them a value that does not need the others; to change a number in a strategy, multiply it by a name of its own)"});
  CHECK(
      mistakes({{"[parameters]", "[groups.all]\nshare = 1\nvalues = { risk = \"treated\" }\n\n[parameters]"},
                {"treated = 0", "treated = \"0 * risk\""}}) ==
      Lines{
          R"(scenario.toml:26:20: formula "treated": 'treated' stands for itself (treated -> risk -> treated) -- give one of them a value that does not need the others; to change a number in a strategy, multiply it by a name of its own)"});
  CHECK(
      mistakes({{"[parameters]", R"([groups.young]
share = 0.5
values = { risk = 1 }

[groups.old]
share = 0.5
values = { risk = "2 * risk" }

[parameters])"},
                {"treated = 0", "treated = \"0 * risk\""}}) ==
      Lines{
          R"(scenario.toml:30:24: formula "2 * risk": 'risk' stands for itself (risk -> risk) -- give one of them a value that does not need the others; to change a number in a strategy, multiply it by a name of its own)"});
}

TEST_CASE("a strategy's value that needs itself is told") {
  CHECK(
      mistakes({{"values = { treated = 1 }", "values = { treated = 1, p_ill = \"p_ill * 0.5\" }"}}) ==
      Lines{
          R"(scenario.toml:63:34: formula "p_ill * 0.5": 'p_ill' stands for itself (p_ill -> p_ill) -- give one of them a value that does not need the others; to change a number in a strategy, multiply it by a name of its own)"});
  CHECK(
      mistakes({{"[parameters]", "[groups.all]\nshare = 1\nvalues = { risk = \"treated\" }\n\n[parameters]"},
                {"treated = 1", "treated = \"0 * risk\""}}) ==
      Lines{
          R"(scenario.toml:26:20: formula "treated": 'treated' stands for itself (treated -> risk -> treated) -- give one of them a value that does not need the others; to change a number in a strategy, multiply it by a name of its own)"});
}

TEST_CASE("a chain of names has an end") {
  const auto chain = [](int length) {
    std::string text = "treated = \"0 * x0\"";
    for (int i = 0; i < length; ++i) text += "\nx" + std::to_string(i) + " = \"x" + std::to_string(i + 1) + "\"";
    return text + "\nx" + std::to_string(length) + " = 1";
  };
  CHECK(mistakes({{"treated = 0", chain(500)}}).empty());
  const Lines lines = mistakes({{"treated = 0", chain(20000)}});
  REQUIRE_FALSE(lines.empty());
  CHECK(
      Lines{lines[0]} ==
      Lines{
          R"(scenario.toml:1034:9: formula "x1000": names stand for one another more than 1000 deep -- shorten the chain)"});
}

}  // namespace myelin::markov::test
