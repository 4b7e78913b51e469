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
