#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "agency.hpp"
#include "scenario/check.hpp"
#include "scenario/document.hpp"
#include "scenario_folder.hpp"

using namespace myelin;
using namespace myelin::scenario;
using Catch::Matchers::Contains;

namespace {

// The contradictions of the toy to the agency's reference case after a change of its file or by overrides.
Lines contradictions_of_toy(const ScenarioFolder& folder, const Lines& overrides = {}) {
  const auto scenario = folder.read(overrides);
  if (!scenario) {
    for (const std::string& line : lines_of(scenario.error())) UNSCOPED_INFO(line);
  }
  REQUIRE(scenario);
  return lines_of(contradictions(read_valid(agency), scenario->parameters), folder.path("").string());
}

Lines contradictions_of_toy(const std::string& from, const std::string& to) {
  const ScenarioFolder folder;
  folder.spoil("toy.toml", from, to);
  return contradictions_of_toy(folder);
}

// The toy's values with what the reference case fills in.
ParameterSet filled(const ScenarioFolder& scenario_folder, const ReferenceCase& reference_case) {
  Diagnostics found;
  const Folder folder(scenario_folder.path("toy.toml"));
  const Documents documents = read_documents(folder, found);
  Schema schema = common_schema();
  schema.insert(schema.end(), toy_schema().begin(), toy_schema().end());
  const KeyIndex index(schema);
  const Leaves leaves = gather(documents, index, UnknownKeys::are_mistakes, found);
  EvidenceRules rules;
  rules.source_keys = Lines{as_source(reference_case).key};
  LeafChecker checker(folder, rules, found);
  ParameterSet parameters;
  for (const Leaf& leaf : fill_in(reference_case, leaves, index)) {
    const auto value = checker.check(leaf);
    REQUIRE(value);
    parameters.add({leaf.path, *value, leaf.place});
  }
  for (const std::string& line : lines_of(found)) UNSCOPED_INFO(line);
  REQUIRE(found.empty());
  return parameters;
}

std::string text_of(const std::string& name) {
  std::ifstream stream(std::string(MYELIN_SOURCE_DIR) + "/scenarios/reference_cases/" + name);
  REQUIRE(stream);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

TEST_CASE("a reference case may ask for nothing at all") {
  const ReferenceCase read = read_valid("format = 1\nname = \"free\"\ntitle = \"Nothing is asked for\"\n");
  CHECK_FALSE(read.probabilistic);
  const ScenarioFolder folder;
  CHECK(contradictions(read, folder.read()->parameters).empty());
  CHECK(missing_outcomes(read, {}, {}).empty());
  CHECK(remarks(read, {1, 0.9}).empty());
  CHECK(filled(folder, read).entries().empty());
}

TEST_CASE("NICE's reference case has two sets of thresholds, severity weights and a case with 1.5 %") {
  const ReferenceCase nice = read_valid(text_of("nice.toml"));
  CHECK(nice.name == "nice");
  CHECK(nice.discount_cost->value == 0.035);
  CHECK(nice.discount_qaly->value == 0.035);
  CHECK(nice.probabilistic);
  REQUIRE(nice.thresholds.size() == 2);
  CHECK(nice.thresholds[0].per_qaly == std::vector<double>{20000, 30000});
  CHECK(nice.thresholds[1].per_qaly == std::vector<double>{25000, 35000});
  REQUIRE(nice.severity.size() == 2);
  CHECK(nice.severity[0].absolute_from.value == 12);
  CHECK(nice.severity[0].proportional_from.value == 0.85);
  CHECK(nice.severity[0].weight.value == 1.2);
  CHECK(nice.severity[1].absolute_from.value == 18);
  CHECK(nice.severity[1].proportional_from.value == 0.95);
  CHECK(nice.severity[1].weight.value == 1.7);
  REQUIRE(nice.alternatives.size() == 1);
  CHECK(nice.alternatives[0].set == Lines{"analysis.discount_cost=0.015", "analysis.discount_qaly=0.015"});
}

TEST_CASE("ICER's reference case asks for life years and shows four thresholds") {
  const ReferenceCase icer = read_valid(text_of("icer.toml"));
  CHECK(icer.name == "icer");
  CHECK(icer.discount_cost->value == 0.03);
  CHECK(icer.discount_qaly->value == 0.03);
  REQUIRE(icer.thresholds.size() == 1);
  CHECK(icer.thresholds[0].per_qaly == std::vector<double>{50000, 100000, 150000, 200000});
  CHECK(icer.severity.empty());
  const Lines missing = lines_of(missing_outcomes(icer, {"qaly"}, {"us.toml", 3, 1}));
  REQUIRE(missing.size() == 1);
  CHECK_THAT(missing[0], Contains("us.toml:3:1: the reference case icer requires the outcome life_years"));
}

TEST_CASE("NICE's reference case accepts list and net prices and either set of thresholds") {
  const ReferenceCase nice = read_valid(text_of("nice.toml"));
  const ScenarioFolder folder;
  folder.spoil("toy.toml", "perspective = \"payer\"", "perspective = \"NHS and PSS\"");
  CHECK(contradictions(nice, folder.read()->parameters).empty());
  CHECK(contradictions(nice, folder.read({"analysis.prices=net"})->parameters).empty());
  CHECK(contradictions(nice, folder.read({"analysis.thresholds=[25000,35000]"})->parameters).empty());
}

TEST_CASE("a scenario that does what is asked is not refused") {
  const ScenarioFolder folder;
  CHECK(contradictions_of_toy(folder).empty());
  CHECK(contradictions_of_toy(folder, {"analysis.perspective=health service"}).empty());
  CHECK(contradictions_of_toy(folder, {"analysis.thresholds=[50000, 25000, 20000, 30000]"}).empty());
  CHECK(contradictions_of_toy(folder, {"analysis.thresholds=[25000, 35000]"}).empty());
  CHECK(contradictions_of_toy(folder, {"analysis.horizon_years=41"}).empty());
}

TEST_CASE("another discount rate is refused at its key") {
  CHECK(
      contradictions_of_toy("discount_cost = { value = 0.035", "discount_cost = { value = 0.05") ==
      Lines{"toy.toml:14:1: analysis.discount_cost is 0.05, but the reference case agency requires 0.035 per year (as "
            "the treasury does; GUIDE) -- write 0.035 or leave the key out, or leave out analysis.reference_case"});
  CHECK(contradictions_of_toy("discount_qaly = { value = 0.035", "discount_qaly = { value = 0.015") ==
        Lines{"toy.toml:15:1: analysis.discount_qaly is 0.015, but the reference case agency requires 0.035 per year "
              "(as costs; GUIDE) -- write 0.035 or leave the key out, or leave out analysis.reference_case"});
}

TEST_CASE("other discount rates in later years are refused, the same ones are not") {
  const ScenarioFolder folder;
  folder.append("toy.toml", R"(
[analysis.discount_later.second]
from_year = 30
cost = { value = 0.035, unit = "per year", source = "NICE", grade = "read" }
qaly = { value = 0.01, unit = "per year", source = "NICE", grade = "read" }
)");
  CHECK(
      contradictions_of_toy(folder) ==
      Lines{"toy.toml:31:1: analysis.discount_later.second.qaly is 0.01, but the reference case agency requires 0.035 "
            "per year (as costs; GUIDE) at all times -- remove analysis.discount_later.second, or leave out "
            "analysis.reference_case"});
}

TEST_CASE("a rate compounded otherwise is another rate, even where the key was left out") {
  CHECK(contradictions_of_toy(ScenarioFolder(), {"analysis.discount_compounding=continuous"}) ==
        Lines{"--set analysis.discount_compounding: analysis.discount_compounding is \"continuous\", but the reference "
              "case agency requires \"annual\" (annual rates; GUIDE) -- write \"annual\", or leave out "
              "analysis.reference_case"});
}

TEST_CASE("perspective, prices and currency are refused at their keys, with all that is accepted") {
  CHECK(contradictions_of_toy("perspective = \"payer\"", "perspective = \"societal\"") ==
        Lines{"toy.toml:8:1: analysis.perspective is \"societal\", but the reference case agency requires \"payer\" or "
              "\"health service\" (who pays; GUIDE) -- write \"payer\" or \"health service\", or leave out "
              "analysis.reference_case"});
  CHECK(contradictions_of_toy("prices = \"list\"", "prices = \"net\"") ==
        Lines{"toy.toml:11:1: analysis.prices is \"net\", but the reference case agency requires \"list\" (public "
              "prices; GUIDE) -- write \"list\", or leave out analysis.reference_case"});
  const ScenarioFolder folder;
  folder.spoil("toy.toml", "currency = \"GBP\"", "currency = \"EUR\"");
  std::string inputs = toy_files().at("inputs.toml");
  folder.write("inputs.toml", replaced(inputs, "GBP 2024/25", "EUR 2024/25"));
  CHECK(contradictions_of_toy(folder) ==
        Lines{"toy.toml:9:1: analysis.currency is \"EUR\", but the reference case agency requires \"GBP\" (pounds; "
              "GUIDE) -- write \"GBP\", or leave out analysis.reference_case"});
}

TEST_CASE("thresholds that hold no set whole are refused, with every set") {
  CHECK(
      contradictions_of_toy("thresholds = [20000, 30000]", "thresholds = [20000, 35000]") ==
      Lines{"toy.toml:12:1: analysis.thresholds is 20000, 35000, but the reference case agency requires all of 20000, "
            "30000 (the usual range; GUIDE) or of 25000, 35000 (the new range; GUIDE) -- add the missing thresholds "
            "or leave the key out, which gives 20000, 30000, or leave out analysis.reference_case"});
}

TEST_CASE("a horizon that is too short is refused") {
  CHECK(contradictions_of_toy("horizon_years = 40", "horizon_years = 39") ==
        Lines{"toy.toml:13:1: analysis.horizon_years is 39, but the reference case agency requires at least 40 years "
              "(most of a life; GUIDE) -- write 40 or more, or leave out analysis.reference_case"});
}

TEST_CASE("all contradictions are told at once") {
  const Lines found = contradictions_of_toy(
      ScenarioFolder(), {"analysis.discount_cost=0.03", "analysis.discount_qaly=0.03", "analysis.perspective=societal",
                         "analysis.prices=net", "analysis.thresholds=[1]", "analysis.horizon_years=1"});
  CHECK(found.size() == 6);
}

TEST_CASE("a key with a mistake of its own is not contradicted too") {
  ParameterSet parameters;
  parameters.add({"analysis.discount_cost", Parameter{}, {"toy.toml", 1, 1}, false});
  parameters.add({"analysis.thresholds", std::vector<double>{1}, {"toy.toml", 2, 1}, false});
  parameters.add({"analysis.perspective", std::string("societal"), {"toy.toml", 3, 1}, false});
  parameters.add({"analysis.horizon_years", 1.0, {"toy.toml", 4, 1}, false});
  CHECK(contradictions(read_valid(agency), parameters).empty());
}

TEST_CASE("each outcome that is not counted is refused where the reference case is named") {
  const ReferenceCase reference_case = read_valid(agency);
  CHECK(missing_outcomes(reference_case, {"cost", "qaly", "evlyg"}, {"toy.toml", 7, 1}).empty());
  CHECK(lines_of(missing_outcomes(reference_case, {"cost", "qaly"}, {"toy.toml", 7, 1})) ==
        Lines{"toy.toml:7:1: the reference case agency requires the outcome evlyg (two measures; GUIDE), which is not "
              "among those of the analysis -- let the analysis count evlyg, or leave out analysis.reference_case"});
  CHECK(missing_outcomes(reference_case, {}, {"toy.toml", 7, 1}).size() == 2);
}

TEST_CASE("a single draw and a horizon too short for a lifetime are remarked on") {
  const ReferenceCase reference_case = read_valid(agency);
  CHECK(remarks(reference_case, {1000, 0.05}).empty());
  CHECK(remarks(reference_case, {1000, {}}).empty());
  CHECK(
      remarks(reference_case, {1, 0.01}) ==
      Lines{"The reference case agency takes the mean over draws of the parameters as the base case; this analysis is "
            "at the parameters' means."});
  CHECK(remarks(reference_case, {2, 0.0625}) ==
        Lines{"The reference case agency asks for a lifetime horizon, with at most 5 % of patients alive at its end "
              "(few; GUIDE); 6.25 % are."});
}

TEST_CASE("absent keys take the reference case's values, which name it as their source") {
  const ScenarioFolder folder;
  std::string toy = toy_files().at("toy.toml");
  for (const char* line :
       {"perspective = \"payer\"\n", "currency = \"GBP\"\n", "prices = \"list\"\n", "thresholds = [20000, 30000]\n",
        "discount_cost = { value = 0.035, unit = \"per year\", source = \"NICE\", grade = \"read\" }\n",
        "discount_qaly = { value = 0.035, unit = \"per year\", source = \"NICE\", grade = \"read\" }\n"})
    toy = replaced(toy, line, "");
  folder.write("toy.toml", toy);
  const ReferenceCase reference_case = read_valid(replaced(agency, "value = 0.035", "value = 0.04"));
  const ParameterSet values = filled(folder, reference_case);
  CHECK(values.entries().size() == 7);
  CHECK(values.text("analysis.perspective") == "payer");
  CHECK(values.text("analysis.currency") == "GBP");
  CHECK(values.text("analysis.prices") == "list");
  CHECK(values.text("analysis.discount_compounding") == "annual");
  CHECK(values.number_list("analysis.thresholds") == std::vector<double>{20000, 30000});
  CHECK(values.entry("analysis.thresholds").place.file == "reference case agency");
  const Parameter& rate = values.parameter("analysis.discount_cost");
  CHECK(rate.value == 0.04);
  CHECK(rate.unit == "per year");
  CHECK(rate.provenance.source == "reference case agency");
  CHECK(rate.provenance.grade == "recalled");
  CHECK(rate.provenance.note == "GUIDE: as the treasury does");
  CHECK(rate.provenance.low == 0.01);
  CHECK_FALSE(rate.provenance.high);
  CHECK(values.number("analysis.discount_qaly") == 0.035);
  CHECK(contradictions(reference_case, values).empty());
}

TEST_CASE("what the scenario says itself is never replaced") {
  const ScenarioFolder folder;
  folder.spoil("toy.toml", "discount_cost = { value = 0.035", "discount_cost = { value = 0.05");
  const ParameterSet values = filled(folder, read_valid(agency));
  REQUIRE(values.entries().size() == 1);
  CHECK(values.entries()[0].path == "analysis.discount_compounding");
}

TEST_CASE("the reference case is a source of the scenario, with its own sources") {
  const SourceRecord source =
      as_source(read_valid(replaced(agency, "[analysis.discount_cost]",
                                    "[sources.LAW]\ncitation = \"A law\"\ntable_or_page = \"section 2\"\n"
                                    "url_or_where = \"library\"\nhow_verified = \"recalled\"\n\n"
                                    "[analysis.discount_cost]")));
  CHECK(source.key == "reference case agency");
  CHECK(source.citation == "An agency (A guide; A law)");
  CHECK(source.table_or_page == "table 1; section 2");
  CHECK(source.url_or_where == "web; library");
  CHECK(source.how_verified == "read; recalled");
}
