#include <catch2/catch.hpp>

#include "markov/scenario_of.hpp"

/// \file
/// What a scenario says without effect, or with one that nobody means.

namespace myelin::markov::test {

namespace {

/// The transition of the toy by matrix `m` over `attribute`, declared by `text`, with more sections after it.
Edits by_matrix(const std::string& text, const std::string& after = {}, const std::string& attribute = "state") {
  return {{R"-(attribute = "state"

[transitions.disease.probabilities]
"Well->Ill" = "p_ill"
"Well->Dead" = "p_die"
"Ill->Dead" = "apply_hr(p_die, hr_die)"
)-",
           "attribute = \"state\"\nmatrix = \"m\"\n\n[matrices.m]\nattribute = \"" + attribute + "\"\n" + text + "\n" +
               after}};
}

std::string intensities() {
  return "\n[matrices.n]\nattribute = \"state\"\nkind = \"intensities\"\nentries = { \"Well->Ill\" = 0.1 }\n";
}

}  // namespace

TEST_CASE("keys that do nothing for an attribute are told") {
  CHECK(mistakes({{"start = \"Well\"", "start = \"Well\"\nof = \"state\""}}) ==
        Lines{"scenario.toml:22:1: `of` does nothing for attribute 'state' -- add time_in, or leave it out"});
  CHECK(mistakes({{"[parameters]", R"([attributes.side]
levels = ["left", "right"]
memory = "transient"
start = { left = 0.5, right = 0.5 }

[parameters])"}}) == Lines{"scenario.toml:27:1: attribute 'side' is transient and has shares at the start -- give the "
                           "level that it has at the start of every cycle"});
}

TEST_CASE("time_in watches levels of another attribute") {
  CHECK(
      mistakes({{"[parameters]", R"([attributes.years_ill]
highest = 5
time_in = []
of = "state"

[parameters])"}}) ==
      Lines{
          "scenario.toml:26:1: attribute 'years_ill' counts the time in no level -- name levels of another attribute"});
  CHECK(
      mistakes({{"[parameters]", R"([attributes.years_ill]
highest = 5
time_in = ["0"]
of = "years_ill"

[parameters])"}}) ==
      Lines{"scenario.toml:26:1: attribute 'years_ill' counts the time in itself -- name levels of another attribute"});
}

TEST_CASE("an attribute follows one rule") {
  CHECK(mistakes({{"[parameters]", R"([attributes.years_ill]
highest = 5
start = "0"
time_in = ["Ill"]
of = "state"
each_cycle = "0"

[parameters])"}}) ==
        Lines{"scenario.toml:25:1: attribute 'years_ill' follows two rules -- leave out time_in or each_cycle"});
}

TEST_CASE("not all patients start dead") {
  CHECK(mistakes({{"start = \"Well\"", "start = \"Dead\""}}) ==
        Lines{"scenario.toml:21:10: all patients start dead -- start at levels of the living"});
}

TEST_CASE("keys that do nothing for a matrix are told") {
  const std::string rows = "rows = [[0.5, 0.5, 0], [0, 1, 0], [0, 0, 1]]\n";
  CHECK(mistakes(by_matrix(rows + "of = \"n\"")) ==
        Lines{"scenario.toml:43:1: of does nothing for matrix 'm' -- leave it out"});
  CHECK(mistakes(by_matrix(rows + "ratio = 2")) ==
        Lines{"scenario.toml:43:1: ratio does nothing for matrix 'm' -- leave it out"});
  CHECK(mistakes(by_matrix(rows + "on = [\"worsening\"]")) ==
        Lines{"scenario.toml:43:1: on does nothing for matrix 'm' -- leave it out"});
  CHECK(mistakes(by_matrix(rows + "scale = \"row_hazard\"")) ==
        Lines{"scenario.toml:43:1: scale does nothing for matrix 'm' -- leave it out"});
  CHECK(mistakes(by_matrix(rows + "adjustment = \"diagonal\"")) ==
        Lines{"scenario.toml:43:1: adjustment does nothing for matrix 'm' -- leave it out"});
  CHECK(mistakes(by_matrix("function = \"expm\"\nof = \"n\"\nkind = \"intensities\"", intensities())) ==
        Lines{"scenario.toml:44:1: kind does nothing for matrix 'm' -- leave it out"});
  CHECK(mistakes(by_matrix("function = \"hazard_ratio\"\nof = \"n\"\nratio = 2\non = [\"worsening\"]\nyears = 1",
                           intensities())) ==
        Lines{"scenario.toml:46:1: years does nothing for matrix 'm' -- leave it out"});
  CHECK(
      mistakes(by_matrix("function = \"hazard_ratio\"\nof = \"n\"\nratio = 2\non = []", intensities())) ==
      Lines{
          R"(scenario.toml:41:1: matrix 'm': the hazard ratio acts on nothing -- name worsening, improvement, or moves such as "A->B")"});
}

TEST_CASE("a matrix that nothing uses is remarked upon") {
  const auto with_matrix = [](const std::string& rows) {
    return Edits{{"[parameters]", "[matrices.m]\nattribute = \"state\"\nrows = " + rows + "\n\n[parameters]"}};
  };
  const ScenarioOf scenario(edited(toy(), with_matrix("[[0.5, 0.5, 0], [0, 1, 0], [0, 0, 1]]")));
  const auto plan = scenario.plan();
  REQUIRE(plan);
  CHECK(ScenarioOf::model().remarks(plan->analyses[0].scenario.parameters) ==
        Lines{"matrices.m is used in no transition"});
}

TEST_CASE("a group's value that nothing uses is remarked upon") {
  const ScenarioOf scenario(
      edited(toy(), {{"[parameters]", "[groups.all]\nshare = 1\nvalues = { risk = 2 }\n\n[parameters]"}}));
  const auto plan = scenario.plan();
  REQUIRE(plan);
  CHECK(ScenarioOf::model().remarks(plan->analyses[0].scenario.parameters) ==
        Lines{"the groups' value risk is used in no formula"});
}

TEST_CASE("an outcome that nearly is one of the totals is told") {
  const auto with_outcome = [](const std::string& outcome) {
    return Edits{{"outcome = \"cost\"", "outcome = \"" + outcome + "\""}};
  };
  CHECK(mistakes(with_outcome("costs")) ==
        Lines{"scenario.toml:45:1: reward 'care' adds to 'costs', an outcome of its own that is neither discounted nor "
              "in the totals -- did you mean 'cost'?"});
  CHECK(mistakes(with_outcome("Cost")) ==
        Lines{"scenario.toml:45:1: reward 'care' adds to 'Cost', an outcome of its own that is neither discounted nor "
              "in the totals -- did you mean 'cost'?"});
  CHECK(mistakes(with_outcome("QALY")) ==
        Lines{"scenario.toml:45:1: reward 'care' adds to 'QALY', an outcome of its own that is neither discounted nor "
              "in the totals -- did you mean 'qaly'?"});
  CHECK(mistakes(with_outcome("qalys")) ==
        Lines{"scenario.toml:45:1: reward 'care' adds to 'qalys', an outcome of its own that is neither discounted nor "
              "in the totals -- did you mean 'qaly'?"});
  CHECK(mistakes(with_outcome("cost.drug")) ==
        Lines{"scenario.toml:45:1: 'cost.drug' cannot name an outcome -- leave out the point"});
  CHECK(mistakes(with_outcome("visits")).empty());
}

TEST_CASE("a matrix and its transition are of one attribute") {
  CHECK(mistakes(by_matrix("entries = { \"a->b\" = 0.5 }", R"(
[attributes.o]
levels = ["a", "b", "c", "d"]
start = "a"
)",
                           "o")) == Lines{"scenario.toml:37:1: matrix 'm' is of attribute 'o', but transition "
                                          "'disease' of 'state' -- let both have one attribute"});
  CHECK(mistakes(by_matrix("rows = [[0.5, 0.5], [0, 1]]", R"(
[attributes.o]
levels = ["a", "b"]
start = "a"
)",
                           "o")) == Lines{"scenario.toml:37:1: matrix 'm' is of attribute 'o', but transition "
                                          "'disease' of 'state' -- let both have one attribute"});
}

TEST_CASE("the dead get nothing") {
  CHECK(
      mistakes({{"{ Ill = \"c_ill\" }", "{ Ill = \"c_ill\", Dead = 5 }"}}) ==
      Lines{
          "scenario.toml:47:36: the dead get nothing at 'Dead' -- remove it; an amount at death is `on` \"*->Dead\""});
}

}  // namespace myelin::markov::test
