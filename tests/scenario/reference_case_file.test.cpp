#include <catch2/catch.hpp>

#include "agency.hpp"

using namespace myelin;
using namespace myelin::scenario;
using Catch::Matchers::Contains;

namespace {

// The mistakes of the agency's file with one part replaced by another.
Lines mistakes(const std::string& from, const std::string& to) {
  const auto reference_case = read_reference_case(replaced(agency, from, to), "agency.toml");
  return reference_case ? Lines{} : lines_of(reference_case.error());
}

}  // namespace

TEST_CASE("a reference case is read with the provenance of each part") {
  const ReferenceCase read = read_valid(agency);
  CHECK(read.name == "agency");
  CHECK(read.title == "An agency");
  CHECK(read.probabilistic);
  REQUIRE(read.sources.size() == 1);
  CHECK(read.sources[0].key == "GUIDE");
  CHECK(read.sources[0].table_or_page == "table 1");
  REQUIRE(read.discount_cost);
  CHECK(read.discount_cost->value == 0.035);
  CHECK(read.discount_cost->provenance.grade == "recalled");
  REQUIRE(read.texts.size() == 4);
  CHECK(read.texts[0].key == "analysis.perspective");
  CHECK(read.texts[0].one_of == Lines{"payer", "health service"});
  CHECK(read.texts[0].provenance.note == "who pays");
  REQUIRE(read.thresholds.size() == 2);
  CHECK(read.thresholds[1].label == "New");
  CHECK(read.thresholds[1].per_qaly == std::vector<double>{25000, 35000});
  CHECK(read.thresholds[1].provenance.grade == "recalled");
  REQUIRE(read.horizon_at_least);
  CHECK(read.horizon_at_least->value == 40);
  REQUIRE(read.alive_at_horizon_at_most);
  CHECK(read.alive_at_horizon_at_most->value == 0.05);
  REQUIRE(read.outcomes.size() == 1);
  CHECK(read.outcomes[0].names == Lines{"qaly", "evlyg"});
  REQUIRE(read.severity.size() == 2);
  CHECK(read.severity[1].absolute_from.value == 20);
  CHECK(read.severity[1].proportional_from.value == 0.9);
  CHECK(read.severity[1].weight.value == 2);
  REQUIRE(read.alternatives.size() == 1);
  CHECK(read.alternatives[0].name == "undiscounted");
  CHECK(read.alternatives[0].set == Lines{"analysis.discount_cost=0", "analysis.discount_qaly=0"});
}

TEST_CASE("mistakes in the file are told with line and column") {
  CHECK(mistakes("format = 1", "format = 2") ==
        Lines{"agency.toml:1:10: format: 2 is out of range (must be 1) -- write a number in the range"});
  CHECK(mistakes("name = \"agency\"\n", "") ==
        Lines{"agency.toml: required key name is missing -- add it: by which messages call the reference case"});
  CHECK(mistakes("probabilistic = true", "probabilistc = true") ==
        Lines{"agency.toml:4:1: unknown key probabilistc -- did you mean probabilistic?"});
  CHECK(
      mistakes("value = 0.035", "value = 3.5") ==
      Lines{"agency.toml:13:9: analysis.discount_cost: 3.5 is out of range (must be from 0 to 1) -- write a number in "
            "the range; the unit is per year"});
  CHECK(
      mistakes("note = \"as the treasury does\"\n", "") ==
      Lines{"agency.toml:12:11: analysis.discount_cost: note is missing -- add why it is asked for: messages show it"});
  CHECK(mistakes("[analysis.perspective]", "[analysis.perspectve]") ==
        Lines{"agency.toml:28:1: scenarios have no key analysis.perspectve of text -- did you mean \"perspective\"?"});
  CHECK(mistakes("one_of = [\"list\"]", "one_of = [\"lst\"]") ==
        Lines{"agency.toml:40:1: analysis.prices.one_of: \"lst\" is not one of list, net -- did you mean \"list\"?"});
  CHECK(mistakes("one_of = [\"list\"]", "one_of = []") ==
        Lines{"agency.toml:40:1: analysis.prices.one_of is empty -- write one entry at least, or remove its table"});
  CHECK(mistakes("per_qaly = [20000, 30000]", "per_qaly = []") ==
        Lines{"agency.toml:53:1: thresholds.usual.per_qaly is empty -- write one entry at least, or remove its table"});
}

TEST_CASE("sources and grades of the file are checked") {
  CHECK_THAT(mistakes("source = \"GUIDE\"\ngrade = \"read\"\nnote = \"who pays\"",
                      "source = \"GIUDE\"\ngrade = \"red\"\nnote = \"who pays\"")
                 .at(0),
             Contains("agency.toml:29:1: analysis.perspective.source: unknown source \"GIUDE\" -- did you mean"));
  CHECK_THAT(mistakes("grade = \"read\"\nnote = \"who pays\"", "grade = \"red\"\nnote = \"who pays\"").at(0),
             Contains("agency.toml:30:1: analysis.perspective.grade: unknown grade \"red\" -- did you mean \"read\"?"));
  CHECK_THAT(mistakes("source = \"GUIDE\"\ngrade = \"recalled\"", "source = \"GUID\"\ngrade = \"recalled\"").at(0),
             Contains("agency.toml:15:10: analysis.discount_cost: unknown source \"GUID\" -- did you mean \"GUIDE\"?"));
  CHECK_THAT(mistakes("grade = \"read\"\nnote = \"two measures\"", "note = \"two measures\"").at(0),
             Contains("required key outcomes.health.grade is missing"));
}

TEST_CASE("thresholds need a currency, and severity levels rise") {
  const std::string currency =
      "[analysis.currency]\none_of = [\"GBP\"]\nsource = \"GUIDE\"\ngrade = \"read\"\n"
      "note = \"pounds\"\n";
  CHECK(
      mistakes(currency, "") ==
      Lines{"agency.toml:48:1: the thresholds have no currency -- add [analysis.currency] with one_of = [\"EUR\"], and "
            "its source, grade and note"});
  CHECK(mistakes("{ value = 20, unit = \"QALY\"", "{ value = 10, unit = \"QALY\"") ==
        Lines{"agency.toml:81:1: severity.grave.absolute_from is 10, not above the 10 of the level before it -- write "
              "the levels from mild to severe, each number above the one before"});
  CHECK(mistakes("{ value = 2, unit = \"weight\"", "{ value = 1.2, unit = \"weight\"").size() == 1);
  CHECK(mistakes("{ value = 0.9,", "{ value = 0.7,").size() == 1);
}

TEST_CASE("all mistakes of the file are told at once, in its order") {
  std::string text = replaced(agency, "format = 1", "format = 7");
  text = replaced(text, "label = \"New\"", "lable = \"New\"");
  text = replaced(text, "[\"list\"]", "[\"lst\"]");
  const auto reference_case = read_reference_case(text, "agency.toml");
  REQUIRE_FALSE(reference_case);
  const Lines found = lines_of(reference_case.error());
  REQUIRE(found.size() == 3);
  CHECK_THAT(found[0], Contains("agency.toml:1:10: format"));
  CHECK_THAT(found[1], Contains("agency.toml:40:1: analysis.prices.one_of"));
  CHECK_THAT(found[2], Contains("unknown key thresholds.new.lable"));
}

TEST_CASE("what is no TOML, or names other files, is no reference case") {
  CHECK_FALSE(read_reference_case("name = ", "agency.toml"));
  CHECK_FALSE(read_reference_case("", "agency.toml"));
  CHECK_FALSE(read_reference_case(agency + "\n[a", "agency.toml"));
  CHECK_FALSE(read_reference_case("include = [\"other.toml\"]\n" + agency, "agency.toml"));
}
