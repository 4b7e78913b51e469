#include "program/parameters.hpp"

#include <catch2/catch.hpp>

#include "core/contract.hpp"

using namespace myelin;

namespace {

ParameterSet example() {
  ParameterSet set;
  set.add(
      {"therapies.b.cost", Parameter{.value = 12.5, .unit = "GBP", .provenance = {}, .labels = {}}, {"x.toml", 3, 1}});
  set.add({"therapies.a.label", std::string("A"), {}});
  set.add({"therapies.b.label", std::string("B"), {}});
  set.add({"therapies_off", true, {}});
  set.add({"horizon_years", 40.0, {}});
  set.add({"patients", std::int64_t{1000}, {}});
  return set;
}

}  // namespace

TEST_CASE("a value is asked for as the kind that it is") {
  const ParameterSet set = example();
  CHECK(set.text("therapies.a.label") == "A");
  CHECK(set.boolean("therapies_off"));
  CHECK(set.integer("patients") == 1000);
  CHECK(set.number("horizon_years") == 40);
  CHECK(set.number("therapies.b.cost") == 12.5);
  CHECK(set.parameter("therapies.b.cost").unit == "GBP");
  CHECK(set.entry("therapies.b.cost").place.line == 3);
  CHECK_THROWS_AS(set.number("patients"), ContractViolation);
  CHECK_THROWS_AS(set.text("therapies_off"), ContractViolation);
  CHECK_THROWS_AS(set.parameter("horizon_years"), ContractViolation);
}

TEST_CASE("an absent key can be asked about, but not for") {
  const ParameterSet set = example();
  CHECK(set.has("patients"));
  CHECK_FALSE(set.has("therapies"));
  CHECK_FALSE(set.has("therapies.a"));
  CHECK_THROWS_AS(set.text("therapies.a"), ContractViolation);
}

TEST_CASE("names stand in the order of the scenario, each once") {
  const ParameterSet set = example();
  CHECK(set.names_under("therapies") == std::vector<std::string>{"b", "a"});
  CHECK(set.names_under("therapies.b") == std::vector<std::string>{"cost", "label"});
  CHECK(set.names_under("therap").empty());
  CHECK(set.names_under("patients").empty());
}

TEST_CASE("a key that is given again takes the new value at the old position") {
  ParameterSet set = example();
  set.add({"therapies.a.label", std::string("new"), {}});
  CHECK(set.text("therapies.a.label") == "new");
  CHECK(set.entries().size() == 6);
  CHECK(set.entries().at(1).path == "therapies.a.label");
}

namespace {

Provenance from(const char* source) { return {source, "read", "", "", {}, {}}; }

/// A parameter, a table by sex and age from 40 to 42, what is no evidence, and a table by sex.
ParameterSet evidence() {
  ParameterSet set;
  set.add({"costs.relapse", Parameter{1000, "GBP", from("TRIAL"), {}}, {}});
  set.add({"horizon_years", 40.0, {}});
  set.add({"mortality",
           ParameterTable{
               {{.name = "sex", .levels = {"male", "female"}}, {.name = "age", .levels = {}, .first = 40, .last = 42}},
               {1, 2, 3, 4, 5, 6},
               "ratio",
               {from("A"), from("B"), from("C"), from("D"), from("E"), from("F")}},
           {}});
  set.add({"thresholds", std::vector<double>{1, 2}, {}});
  set.add(
      {"share",
       ParameterTable{{{.name = "sex", .levels = {"male", "female"}}}, {7, 8}, "proportion", {from("G"), from("H")}},
       {}});
  return set;
}

}  // namespace

TEST_CASE("the numbers of evidence are all parameters and all cells of tables, by name and in order") {
  const ParameterSet set = evidence();
  const std::vector<ParameterSet::Number> numbers = set.numbers();
  const std::vector<std::string> names = {"costs.relapse",
                                          "mortality[sex=male, age=40]",
                                          "mortality[sex=male, age=41]",
                                          "mortality[sex=male, age=42]",
                                          "mortality[sex=female, age=40]",
                                          "mortality[sex=female, age=41]",
                                          "mortality[sex=female, age=42]",
                                          "share[sex=male]",
                                          "share[sex=female]"};
  REQUIRE(numbers.size() == names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    CHECK(numbers[i].name == names[i]);
    CHECK(numbers[i].value == (i == 0 ? 1000 : static_cast<double>(i)));
  }
  CHECK(*numbers[0].unit == "GBP");
  CHECK(*numbers[6].unit == "ratio");
  CHECK(numbers[0].provenance->source == "TRIAL");
  CHECK(numbers[5].provenance->source == "E");
  CHECK(ParameterSet().numbers().empty());
}

TEST_CASE("a number takes another value, and nothing else changes") {
  const ParameterSet before = evidence();
  for (std::size_t changed = 0; changed < before.numbers().size(); ++changed) {
    CAPTURE(changed);
    ParameterSet set = before;
    set.set(before.numbers()[changed].cell, -0.5);
    const auto numbers = set.numbers(), old = before.numbers();
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      CHECK(numbers[i].value == (i == changed ? -0.5 : old[i].value));
      CHECK(numbers[i].name == old[i].name);
      CHECK(numbers[i].provenance->source == old[i].provenance->source);
    }
  }
  ParameterSet set = before;
  set.set(before.numbers()[0].cell, 2000);
  set.set(before.numbers()[4].cell, 0.25);
  CHECK(set.number("costs.relapse") == 2000);
  CHECK(set.table("mortality").values == std::vector<double>{1, 2, 3, 0.25, 5, 6});
  CHECK(set.number("horizon_years") == 40);
}
