#include <catch2/catch.hpp>

#include "scenario_folder.hpp"

using namespace myelin;
using namespace myelin::scenario;
using Lines = std::vector<std::string>;

TEST_CASE("ten mistakes at once give ten diagnostics in the order of file and line") {
  const ScenarioFolder folder;
  folder.write("toy.toml", R"(format = 1
model = "toy"
title = "A toy"
sources = "data/sources.csv"
include = ["inputs.toml", "therapies/b_drug.toml"]

[analysis]
perspectve = "payer"
currency = "GBP"
price_year = "2024/25"
prices = "nett"
thresholds = [20000, 30000]
horizon_years = "40"
discount_cost = { value = 0.035, unit = "per cent", source = "NICE", grade = "read" }
discount_qaly = { value = 35, unit = "per year", source = "NICE", grade = "read" }
discount_timing = "start"

[strategies.on_drug]
lines = ["b_drug"]
)");
  folder.spoil("inputs.toml", "grade = \"recalled\", ", "");
  folder.spoil("therapies/b_drug.toml", "TRIAL", "TRAIL");
  folder.spoil("data/life_table.csv", "male,1,0.4,probability per year,NICE,read\n", "");
  const Lines problems = folder.problems();
  CHECK(
      problems ==
      Lines{"data/life_table.csv: mortality.life_table: no row for sex male age 1 -- add the missing rows",
            "inputs.toml:2:1: population.start_age: grade is missing -- add one of read, secondary, recalled, derived, "
            "assumption",
            "therapies/b_drug.toml:4:57: therapies.b_drug.effect: unknown source \"TRAIL\" -- did you mean \"TRIAL\"?",
            "toy.toml:7:2: required key analysis.within_cycle_correction is missing -- add it: occupancy that a "
            "cycle's costs and QALYs are counted for",
            "toy.toml:8:1: unknown key analysis.perspectve -- did you mean analysis.perspective?",
            "toy.toml:11:10: analysis.prices: \"nett\" is not one of list, net -- did you mean \"net\"?",
            "toy.toml:13:17: analysis.horizon_years must be a number, not text -- write analysis.horizon_years = 1.5",
            "toy.toml:14:41: analysis.discount_cost: the unit is \"per cent\" but must be \"per year\" -- "
            "convert the number and write \"per year\"",
            "toy.toml:15:27: analysis.discount_qaly: 35 is out of range (must be from 0 to 1) -- "
            "write a number in the range; the unit is per year",
            "toy.toml:18:13: required key strategies.on_drug.label is missing -- "
            "add it: name of a strategy in tables and figures"});
}

TEST_CASE("includes nested too deeply are refused") {
  const ScenarioFolder folder;
  folder.spoil("toy.toml", "inputs.toml", "deep/1.toml");
  for (int i = 1; i < 17; ++i) {
    folder.write("deep/" + std::to_string(i) + ".toml", "include = [\"" + std::to_string(i + 1) + ".toml\"]\n");
  }
  folder.write("deep/17.toml", "");
  CHECK(folder.problems() ==
        Lines{"deep/16.toml:1:12: includes are nested deeper than 16 -- include the file further up"});
  folder.write("deep/16.toml", toy_files().at("inputs.toml"));
  folder.write("deep/data/utility.csv", toy_files().at("data/utility.csv"));
  folder.write("deep/data/life_table.csv", toy_files().at("data/life_table.csv"));
  CHECK(folder.problems() == Lines{});
}

TEST_CASE("a mistake down a whole column is told once") {
  const ScenarioFolder folder;
  std::string table = "edss,value,unit,source,grade\n";
  for (const char* edss : {"0", "1", "2"}) table += std::string(edss) + ",0.5,QALY,NICE,read\n";
  folder.write("data/utility.csv", table);
  CHECK(folder.problems() ==
        Lines{"data/utility.csv:2:7: utilities.state: the unit is \"QALY\" but must be \"utility\" -- "
              "convert the number and write \"utility\""});
}

TEST_CASE("of many missing rows the first few are named") {
  const ScenarioFolder folder;
  folder.write("data/life_table.csv", "sex,age,value,unit,source,grade\nmale,4,0.5,probability per year,NICE,read\n");
  CHECK(folder.problems() ==
        Lines{"data/life_table.csv:2:6: mortality.life_table: age 4 does not follow on (2 is missing) -- "
              "let the numbers follow one another"});
  folder.write("data/life_table.csv",
               "sex,age,value,unit,source,grade\n"
               "male,2,0.5,probability per year,NICE,read\nmale,3,0.5,probability per year,NICE,read\n");
  CHECK(folder.problems() ==
        Lines{"data/life_table.csv: mortality.life_table: no row for sex female age 0, sex female age 1, "
              "sex female age 2, sex female age 3, sex male age 0, and 1 more -- add the missing rows"});
}

TEST_CASE("a link out of the scenario's folder is refused") {
  const ScenarioFolder folder;
  folder.write("../outside.csv", toy_files().at("data/utility.csv"));
  folder.spoil("inputs.toml", "data/utility.csv", "data/link.csv");
  std::filesystem::create_symlink(folder.path("../outside.csv"), folder.path("data/link.csv"));
  CHECK(folder.problems() ==
        Lines{"inputs.toml:8:9: cannot use the file \"data/link.csv\": it is outside the scenario's folder "
              "(a scenario must be complete in one folder) -- copy the file beside the scenario and name the copy"});
}

TEST_CASE("a scenario that is not there, or is a folder, is refused") {
  const ScenarioFolder folder;
  const SchemaOfModel schema = [](const std::string&) { return &toy_schema(); };
  const auto told = [&](const char* file) { return scenario::read(folder.path(file), {}, schema, {"toy"}).error(); };
  REQUIRE(told("none.toml").size() == 1);
  CHECK(told("none.toml")[0].problem == "cannot read the scenario: there is no such file");
  CHECK(told("data")[0].problem == "cannot read the scenario: it is a folder");
}
