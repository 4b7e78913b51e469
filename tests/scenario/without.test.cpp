#include <catch2/catch.hpp>

#include "scenario_folder.hpp"

/// \file
/// `without`: keys and tables of included files that a file leaves out.

using namespace myelin;
using namespace myelin::scenario;
using Lines = std::vector<std::string>;

namespace {

/// Lets toy.toml leave out keys, given as TOML, of inputs.toml and therapies/b_drug.toml, and say more at its end.
void leave_out(const ScenarioFolder& folder, const std::string& keys, const std::string& more = {}) {
  folder.spoil("toy.toml", "[analysis]", "without = " + keys + "\n\n[analysis]");
  folder.append("toy.toml", more);
}

ParameterSet values_without(const std::string& keys, const std::string& more = {}) {
  const ScenarioFolder folder;
  leave_out(folder, keys, more);
  for (const std::string& problem : folder.problems()) UNSCOPED_INFO(problem);
  const auto scenario = folder.read();
  REQUIRE(scenario);
  return scenario->parameters;
}

Lines problems_without(const std::string& keys, const std::string& more = {}, const Lines& overrides = {}) {
  const ScenarioFolder folder;
  leave_out(folder, keys, more);
  return folder.problems(overrides);
}

}  // namespace

TEST_CASE("a key can be left out") {
  CHECK(values_without("[]").has("therapies.b_drug.effect"));
  const ParameterSet values = values_without("[\"therapies.b_drug.effect\"]");
  CHECK_FALSE(values.has("therapies.b_drug.effect"));
  CHECK(values.text("therapies.b_drug.label") == "B");
}

TEST_CASE("a table can be left out with its required keys") {
  const ParameterSet values = values_without("[\"therapies.a_drug\", \"therapies.b_drug.effect\"]");
  CHECK(values.names_under("therapies") == Lines{"b_drug"});
  CHECK(values_without("[\"therapies\"]").names_under("therapies").empty());
}

TEST_CASE("a table is left out by its whole name") {
  const ScenarioFolder folder;
  folder.append("inputs.toml", "\n[therapies.a_drug_2]\nlabel = \"A2\"\nkind = \"procedure\"\n");
  leave_out(folder, "[\"therapies.a_drug\"]");
  const auto scenario = folder.read();
  REQUIRE(scenario);
  CHECK(scenario->parameters.names_under("therapies") == Lines{"a_drug_2", "b_drug"});
}

TEST_CASE("a table that is left out can be opened again") {
  const ParameterSet values =
      values_without("[\"therapies.b_drug\"]", "\n[therapies.b_drug]\nlabel = \"New\"\nkind = \"continuous\"\n");
  CHECK(values.text("therapies.b_drug.label") == "New");
  CHECK_FALSE(values.has("therapies.b_drug.effect"));
  CHECK(problems_without("[\"therapies.b_drug\"]", "\n[therapies.b_drug]\nlabel = \"New\"\n") ==
        Lines{"toy.toml:30:12: required key therapies.b_drug.kind is missing -- add it: how it is given"});
}

TEST_CASE("an override can open a table that is left out") {
  CHECK(problems_without("[\"therapies.a_drug\"]", "", {"therapies.a_drug.label=A", "therapies.a_drug.kind=procedure"})
            .empty());
  CHECK(problems_without("[\"therapies.a_drug\"]", "", {"therapies.a_drug.label=A"}) ==
        Lines{"--set therapies.a_drug.label: required key therapies.a_drug.kind is missing -- add it: how it is given; "
              "or did you mean b_drug?"});
}

TEST_CASE("a required key that is left out is missing") {
  CHECK(problems_without("[\"population.start_age\"]") ==
        Lines{"inputs.toml:1:2: required key population.start_age is missing -- add it: age at entry (years)"});
  CHECK(problems_without("[\"therapies.a_drug.kind\"]") ==
        Lines{"inputs.toml:13:12: required key therapies.a_drug.kind is missing -- add it: how it is given"});
}

TEST_CASE("a key with a fallback that is left out has it") {
  const ScenarioFolder folder;
  folder.append("inputs.toml", "\n[treatment]\nstop = false\n");
  const auto whole = folder.read();
  REQUIRE(whole);
  CHECK_FALSE(whole->parameters.boolean("treatment.stop"));
  leave_out(folder, "[\"treatment.stop\"]");
  const auto scenario = folder.read();
  REQUIRE(scenario);
  CHECK(scenario->parameters.boolean("treatment.stop"));
}

TEST_CASE("what is left out is not checked") {
  const ScenarioFolder folder;
  folder.spoil("inputs.toml", "kind = \"continuous\"", "kind = \"continual\"");
  CHECK_FALSE(folder.problems().empty());
  leave_out(folder, "[\"therapies.a_drug\"]");
  CHECK(folder.problems().empty());
}

TEST_CASE("a file leaves out keys of the files that it includes itself") {
  const ScenarioFolder folder;
  folder.write("more.toml", "[therapies.c_drug]\nlabel = \"C\"\nkind = \"procedure\"\n");
  folder.write("inputs.toml",
               "include = [\"more.toml\"]\nwithout = [\"therapies.c_drug\"]\n" + toy_files().at("inputs.toml"));
  const auto scenario = folder.read();
  REQUIRE(scenario);
  CHECK(scenario->parameters.names_under("therapies") == Lines{"a_drug", "b_drug"});
}

TEST_CASE("a file leaves nothing out of files that it does not include") {
  const ScenarioFolder folder;
  folder.write("other.toml", "[therapies.a_drug]\nlabel = \"Another\"\nkind = \"procedure\"\n");
  folder.write("beside.toml", "include = [\"other.toml\"]\nwithout = [\"therapies.a_drug\"]\n");
  folder.spoil("toy.toml", "include = [", "include = [\"beside.toml\", ");
  folder.spoil("inputs.toml", "kind = \"continuous\"\n", "");
  CHECK_FALSE(folder.problems().empty());
  CHECK(folder.problems().front().find("required key therapies.a_drug.kind is missing") != std::string::npos);
}

TEST_CASE("what no included file has cannot be left out") {
  CHECK(
      problems_without("[\"therapies.c_drug\"]") ==
      Lines{
          R"(toy.toml:7:12: without names "therapies.c_drug", which no included file has -- name a key or a table of keys of an included file)"});
  CHECK(
      problems_without("[\"therapies.b_drug.efect\"]") ==
      Lines{
          R"(toy.toml:7:12: without names "therapies.b_drug.efect", which no included file has -- name a key or a table of keys of an included file)"});
  CHECK(
      problems_without("[\"strategies.none\"]") ==
      Lines{
          R"(toy.toml:7:12: without names "strategies.none", which no included file has -- name a key or a table of keys of an included file)"});
  CHECK(
      problems_without("[\"therapies.a_drug\", \"therapies.a_drug.kind\"]") ==
      Lines{
          R"(toy.toml:7:32: without names "therapies.a_drug.kind", which no included file has -- name a key or a table of keys of an included file)"});
  CHECK(
      problems_without("[\"\"]") ==
      Lines{
          R"(toy.toml:7:12: without names "", which no included file has -- name a key or a table of keys of an included file)"});
}

TEST_CASE("without is a list of keys") {
  CHECK(problems_without("\"therapies.a_drug\"") ==
        Lines{R"(toy.toml:7:11: without must be a list of keys -- write without = ["strategies.old"])"});
  CHECK(problems_without("[1]") ==
        Lines{R"(toy.toml:7:11: without must be a list of keys -- write without = ["strategies.old"])"});
  CHECK(problems_without("true") ==
        Lines{R"(toy.toml:7:11: without must be a list of keys -- write without = ["strategies.old"])"});
}

TEST_CASE("without cannot be set") {
  CHECK(problems_without("[]", "", {"without=[\"therapies.a_drug\"]"}) ==
        Lines{"--set without: without cannot be set (it says how the files are read) -- change it in the scenario"});
}
