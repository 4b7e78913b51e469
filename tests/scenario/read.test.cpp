#include <catch2/catch.hpp>

#include "scenario_folder.hpp"

using namespace myelin;
using namespace myelin::scenario;

namespace {

Scenario valid(const ScenarioFolder& folder, const std::vector<std::string>& overrides = {}) {
  for (const std::string& problem : folder.problems(overrides)) UNSCOPED_INFO(problem);
  const auto scenario = folder.read(overrides);
  REQUIRE(scenario);
  return *scenario;
}

std::vector<std::string> paths(const Scenario& scenario) {
  std::vector<std::string> list;
  for (const auto& entry : scenario.parameters.entries()) list.push_back(entry.path);
  return list;
}

}  // namespace

TEST_CASE("a valid scenario gives every kind of value") {
  const ScenarioFolder folder;
  const Scenario scenario = valid(folder);
  const ParameterSet& set = scenario.parameters;
  CHECK(scenario.path == folder.path("toy.toml").string());
  CHECK(scenario.title == "A toy");
  CHECK(scenario.model == "toy");
  CHECK(set.integer("analysis.patients") == 1000);
  CHECK(set.number("analysis.horizon_years") == 40);
  CHECK(set.number_list("analysis.thresholds") == std::vector<double>{20000, 30000});
  CHECK(set.text_list("strategies.on_drug.lines") == std::vector<std::string>{"b_drug"});
  CHECK(set.text_list("strategies.none.lines").empty());
  CHECK(set.text("therapies.b_drug.kind") == "procedure");
}

TEST_CASE("a parameter keeps its unit, provenance and labels") {
  const Scenario scenario = valid(ScenarioFolder());
  const Parameter& age = scenario.parameters.parameter("population.start_age");
  CHECK(age.value == 30);
  CHECK(age.unit == "years");
  CHECK(age.provenance.source == "TRIAL");
  CHECK(age.provenance.grade == "recalled");
  CHECK(age.provenance.low == 25);
  CHECK(age.provenance.high == 35);
  const Parameter& visit = scenario.parameters.parameter("costs.visit");
  CHECK(visit.unit == "GBP 2024/25 per visit");
  CHECK(visit.provenance.source == "NICE x TRIAL");
  CHECK(visit.provenance.note == "rounded");
  const Parameter& effect = scenario.parameters.parameter("therapies.b_drug.effect");
  CHECK(effect.provenance.distribution == "lognormal(SE 10 %) between 0.1 and 2");
  CHECK(effect.provenance.spread.value().mean() == Approx(0.5));
  CHECK(effect.labels == std::map<std::string, std::string>{{"versus", "none"}});
}

TEST_CASE("a table is read in row-major order whatever the order of its rows, open columns as far as they go") {
  const Scenario scenario = valid(ScenarioFolder());
  const ParameterTable& life = scenario.parameters.table("mortality.life_table");
  CHECK(life.values == std::vector<double>{0.1, 0.2, 0.25, 0.3, 0.4, 0.5});
  CHECK(life.columns[1].last == 2);
  CHECK(life.unit == "probability per year");
  const ParameterTable& utility = scenario.parameters.table("utilities.state");
  CHECK(utility.values == std::vector<double>{0.9, 0.7, 0.4});
  CHECK(utility.provenance[0].low == 0.8);
  CHECK_FALSE(utility.provenance[1].low);
  CHECK(utility.provenance[1].note == "a \"quoted\" note");
  CHECK(utility.provenance[2].source == "TRIAL;NICE");
}

TEST_CASE("entries stand in the order of the files and of the keys in them, fallbacks last") {
  const ScenarioFolder folder;
  folder.spoil("toy.toml", "[strategies.on_drug]\nlabel = \"Drug\"",
               "[strategies.zeta]\nlines = []\nlabel = \"Z\"\n\n[treatment]\nstop = "
               "false\n\n[strategies.on_drug]\nlabel = \"Drug\"");
  const Scenario scenario = valid(folder);
  CHECK(paths(scenario) == std::vector<std::string>{"population.start_age",
                                                    "costs.visit",
                                                    "utilities.state",
                                                    "mortality.life_table",
                                                    "therapies.a_drug.label",
                                                    "therapies.a_drug.kind",
                                                    "therapies.b_drug.label",
                                                    "therapies.b_drug.kind",
                                                    "therapies.b_drug.effect",
                                                    "format",
                                                    "model",
                                                    "title",
                                                    "sources",
                                                    "analysis.perspective",
                                                    "analysis.currency",
                                                    "analysis.price_year",
                                                    "analysis.prices",
                                                    "analysis.thresholds",
                                                    "analysis.horizon_years",
                                                    "analysis.discount_cost",
                                                    "analysis.discount_qaly",
                                                    "analysis.discount_timing",
                                                    "analysis.within_cycle_correction",
                                                    "analysis.patients",
                                                    "strategies.zeta.lines",
                                                    "strategies.zeta.label",
                                                    "treatment.stop",
                                                    "strategies.on_drug.label",
                                                    "strategies.on_drug.lines",
                                                    "strategies.none.label",
                                                    "strategies.none.lines",
                                                    "analysis.cycle_length_years",
                                                    "analysis.discount_compounding",
                                                    "analysis.accrual",
                                                    "analysis.control",
                                                    "analysis.seed",
                                                    "analysis.engine",
                                                    "analysis.draws",
                                                    "analysis.draw_points",
                                                    "budget.entry",
                                                    "treatment.remission"});
  CHECK(scenario.parameters.names_under("strategies") == std::vector<std::string>{"zeta", "on_drug", "none"});
}

TEST_CASE("absent optional keys take their fallback or stay absent") {
  const Scenario scenario = valid(ScenarioFolder());
  const ParameterSet& set = scenario.parameters;
  CHECK(set.number("analysis.cycle_length_years") == 1);
  CHECK(set.text("analysis.engine") == "auto");
  CHECK(set.boolean("treatment.stop"));
  CHECK(set.number("treatment.remission") == 0.25);
  CHECK(set.parameter("treatment.remission").provenance.source == "default");
  CHECK_FALSE(set.has("therapies.a_drug.effect"));
}

TEST_CASE("an including file overrides what it includes, whole leaf by whole leaf") {
  const ScenarioFolder folder;
  folder.spoil("toy.toml", "[strategies.on_drug]",
               "[population]\nstart_age = { value = 50, unit = \"years\", source = \"NICE\", grade = \"read\" "
               "}\n\n[strategies.on_drug]");
  const Scenario scenario = valid(folder);
  const auto& entry = scenario.parameters.entry("population.start_age");
  CHECK(std::get<Parameter>(entry.value).value == 50);
  CHECK_FALSE(std::get<Parameter>(entry.value).provenance.low);
  CHECK(entry.place.file == folder.path("toy.toml").string());
  CHECK(entry.place.line == 21);
}

TEST_CASE("a table counts its path from the file that names it") {
  const ScenarioFolder folder;
  folder.spoil("inputs.toml", "state = \"data/utility.csv\"", "");
  folder.spoil("therapies/b_drug.toml", "[therapies.b_drug]",
               "[utilities]\nstate = \"../data/utility.csv\"\n[therapies.b_drug]");
  CHECK(valid(folder).parameters.table("utilities.state").values.size() == 3);
}

TEST_CASE("the text holds every file below its path, in the order of reading") {
  const Scenario scenario = valid(ScenarioFolder());
  const auto& files = toy_files();
  CHECK(scenario.text == "# inputs.toml\n" + files.at("inputs.toml") + "# therapies/b_drug.toml\n" +
                             files.at("therapies/b_drug.toml") + "# toy.toml\n" + files.at("toy.toml"));
}

TEST_CASE("the digest depends on every input and not on the folder") {
  const ScenarioFolder one, other;
  const std::string digest = valid(one).sha256;
  CHECK(digest.size() == 64);
  CHECK(valid(other).sha256 == digest);
  CHECK(valid(other, {"analysis.seed=2"}).sha256 != digest);
  other.spoil("data/utility.csv", "0.9", "0.91");
  CHECK(valid(other).sha256 != digest);
  other.spoil("data/utility.csv", "0.9", "0.9");
  other.spoil("inputs.toml", "value = 100", "value = 101");
  CHECK(valid(other).sha256 != digest);
}

TEST_CASE("sources are listed in their order") {
  const Scenario scenario = valid(ScenarioFolder());
  REQUIRE(scenario.sources.size() == 2);
  CHECK(scenario.sources[0].key == "NICE");
  CHECK(scenario.sources[0].citation == "A guide, 2022");
  CHECK(scenario.sources[1].how_verified == "read");
}

TEST_CASE("a scenario is found by its name alone") {
  const ScenarioFolder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path(""));
  const SchemaOfModel schema = [](const std::string&) { return &toy_schema(); };
  const auto scenario = scenario::read(std::filesystem::path("toy.toml"), {}, schema, {"toy"});
  std::filesystem::current_path(before);
  REQUIRE(scenario);
  CHECK(scenario->parameters.entry("costs.visit").place.file == "inputs.toml");
}

TEST_CASE("a schema is described as an aligned table") {
  const Schema schema = {
      {.path = "a.b",
       .kind = KeyKind::number,
       .description = "a length",
       .unit = "years",
       .low = 0,
       .high = 2,
       .fallback = "1"},
      {.path = "key.*.text", .kind = KeyKind::text, .description = "a choice", .choices = {"x", "y"}}};
  CHECK(describe(schema) ==
        "key         type    unit   range        default   description\n"
        "a.b         number  years  from 0 to 2  1         a length\n"
        "key.*.text  text    -      x|y          required  a choice\n");
  CHECK(describe(toy_schema()).find("table (sex female|male, age 0..1+)") != std::string::npos);
}
