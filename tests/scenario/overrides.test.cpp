#include <catch2/catch.hpp>

#include "scenario_folder.hpp"

using namespace myelin;
using namespace myelin::scenario;
using Lines = std::vector<std::string>;

TEST_CASE("an override of a parameter replaces its number and says what it was") {
  const ScenarioFolder folder;
  const auto scenario = folder.read({"population.start_age=60", "population.start_age = 50"});
  REQUIRE(scenario);
  const Parameter& age = scenario->parameters.parameter("population.start_age");
  CHECK(age.value == 50);
  CHECK(age.unit == "years");
  CHECK(age.provenance.source == "--set");
  CHECK(age.provenance.grade == "assumption");
  CHECK(age.provenance.note == "was 30 from TRIAL");
  CHECK_FALSE(age.provenance.low);
}

TEST_CASE("an override keeps the labels of an effect and the order of the entries") {
  const ScenarioFolder folder;
  const auto scenario = folder.read({"therapies.b_drug.effect=0.4", "therapies.b_drug.label=Other"});
  REQUIRE(scenario);
  CHECK(scenario->parameters.parameter("therapies.b_drug.effect").labels.at("versus") == "none");
  CHECK(scenario->parameters.text("therapies.b_drug.label") == "Other");
  CHECK(scenario->parameters.entries()[6].path == "therapies.b_drug.label");
  CHECK(scenario->parameters.entries()[6].place.file == "--set therapies.b_drug.label");
}

TEST_CASE("an override gives an absent optional parameter the unit of the schema") {
  const ScenarioFolder folder;
  const auto scenario = folder.read({"therapies.a_drug.effect=0.75"});
  REQUIRE(scenario);
  const Parameter& effect = scenario->parameters.parameter("therapies.a_drug.effect");
  CHECK(effect.value == 0.75);
  CHECK(effect.unit == "hazard ratio");
  CHECK(effect.provenance.note.empty());
}

TEST_CASE("values are TOML, or else text") {
  const ScenarioFolder folder;
  const auto scenario =
      folder.read({"title=2 = 2, they say", "analysis.thresholds=[1, 2.5]", "treatment.stop=false",
                   "strategies.on_drug.lines=[\"a_drug\"]",
                   "costs.visit={value=3, unit=\"GBP 2024/25 per visit\", source=\"NICE\", grade=\"read\"}"});
  REQUIRE(scenario);
  const ParameterSet& set = scenario->parameters;
  CHECK(scenario->title == "2 = 2, they say");
  CHECK(set.number_list("analysis.thresholds") == std::vector<double>{1, 2.5});
  CHECK_FALSE(set.boolean("treatment.stop"));
  CHECK(set.text_list("strategies.on_drug.lines") == Lines{"a_drug"});
  CHECK(set.parameter("costs.visit").provenance.grade == "read");
}

TEST_CASE("an override replaces a whole table or a cell of it") {
  const ScenarioFolder folder;
  folder.write("other.csv",
               "edss,value,unit,source,grade\n0,1,utility,NICE,read\n1,1,utility,NICE,read\n2,1,utility,NICE,read\n");
  const auto scenario = folder.read({"utilities.state[0]=0.1", "utilities.state=other.csv", "utilities.state[1]=-0.5",
                                     "mortality.life_table[male, 0]=0.33"});
  REQUIRE(scenario);
  const ParameterTable& utility = scenario->parameters.table("utilities.state");
  CHECK(utility.values == std::vector<double>{1, -0.5, 1});
  CHECK(utility.provenance[1].source == "--set");
  CHECK(utility.provenance[1].note == "was 1 from NICE");
  CHECK(utility.provenance[0].source == "NICE");
  CHECK(scenario->parameters.table("mortality.life_table").values[3] == 0.33);
}

TEST_CASE("an override may name a new strategy") {
  const ScenarioFolder folder;
  const auto scenario = folder.read({"strategies.new.label=New", "strategies.new.lines=[]"});
  REQUIRE(scenario);
  CHECK(scenario->parameters.names_under("strategies") == Lines{"on_drug", "none", "new"});
}

TEST_CASE("a mistaken override has its own place, and all are told at once") {
  const ScenarioFolder folder;
  const auto told = [&](const std::string& override_text) {
    const Lines lines = folder.problems({override_text});
    return lines.empty() ? "" : lines.front();
  };
  CHECK(told("analysis.discount_cost=2") ==
        "--set analysis.discount_cost: analysis.discount_cost: 2 is out of range (must be from 0 to 1) -- "
        "write a number in the range; the unit is per year");
  CHECK(told("analysis.discount_cost=inf") ==
        "--set analysis.discount_cost: analysis.discount_cost: inf is no finite number -- write a finite number");
  CHECK(told("analysis.seed") ==
        "--set analysis.seed: there is no key and value around an equals sign -- write --set key=value");
  CHECK(told("analysis.discont_cost=2") ==
        "--set analysis.discont_cost: unknown key analysis.discont_cost -- did you mean analysis.discount_cost?");
  CHECK(told("costs.visit.value=3") ==
        "--set costs.visit.value: costs.visit has no keys below it -- write --set costs.visit=value");
  CHECK(told("analysis=3") ==
        "--set analysis: analysis must be a table of keys, not a value -- set one of the keys below it");
  CHECK(told("model=toy") ==
        "--set model: model cannot be set (it says how the files are read) -- change it in the scenario");
  CHECK(told("title=2024") == "--set title: title must be text, not a whole number -- write title = \"...\"");
  CHECK(
      told("utilities.state[3]=0.5") ==
      "--set utilities.state[3]: utilities.state: there is no row for edss \"3\" -- write a whole number from 0 to 2");
  CHECK(told("mortality.life_table[female,0]=1.5") ==
        "--set mortality.life_table[female,0]: mortality.life_table: 1.5 is out of range (must be from 0 to 1) -- "
        "write a number in the range; the unit is probability per year");
  CHECK(told("utilities.state[1,2]=0.5") ==
        "--set utilities.state[1,2]: utilities.state has 1 key columns, not 2 -- write --set "
        "utilities.state[edss]=number");
  CHECK(told("utilities.state[1]=x") ==
        "--set utilities.state[1]: a cell must be a number -- write --set utilities.state[1]=number");
  CHECK(told("utilities.state[1=0.5") ==
        "--set utilities.state[1: the index of the cell is not closed -- write --set table[index,...]=number");
  CHECK(told("analysis.patients[1]=3") ==
        "--set analysis.patients[1]: analysis.patients is no table, so it has no cells -- write --set "
        "analysis.patients=value");
  CHECK(told("therapies.a_drg.effect=0.5") ==
        "--set therapies.a_drg.effect: required key therapies.a_drg.kind is missing -- "
        "add it: how it is given; or did you mean a_drug?");
  CHECK(folder.problems({"analysis.seed=-1", "a b=1", "x=1", "utilities.state=none.csv"}).size() == 4);
}
