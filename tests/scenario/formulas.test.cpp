#include <catch2/catch.hpp>

#include "scenario_folder.hpp"

/// \file
/// The kinds of key that a declared model has: formulae, records, and evidence that names its own unit.

using namespace myelin;
using namespace myelin::scenario;

namespace {

const Schema& declared_schema() {
  using enum KeyKind;
  static const Schema schema = [] {
    Schema rows = toy_schema();
    rows.push_back({.path = "declared.one", .kind = formula, .description = "a formula", .required = false});
    rows.push_back({.path = "declared.some", .kind = formulas, .description = "formulae", .required = false});
    rows.push_back({.path = "declared.cells", .kind = formula_matrix, .description = "cells", .required = false});
    rows.push_back({.path = "declared.people", .kind = records, .description = "people", .required = false});
    rows.push_back({.path = "declared.number",
                    .kind = parameter,
                    .description = "a number",
                    .unit = unit_as_given,
                    .required = false});
    rows.push_back(
        {.path = "declared.risks", .kind = table, .description = "numbers", .unit = unit_as_given, .required = false});
    return rows;
  }();
  return schema;
}

/// The toy with a section [declared] below, whose first key is in line 29.
Result<Scenario> read_with(const ScenarioFolder& folder, const std::string& section,
                           const std::vector<std::string>& overrides = {}) {
  folder.write("toy.toml", toy_files().at("toy.toml") + "\n[declared]\n" + section + "\n");
  const SchemaOfModel schema = [](const std::string&) { return &declared_schema(); };
  return read(folder.path("toy.toml"), overrides, schema, {"toy"});
}

ParameterSet values(const std::string& section, const std::map<std::string, std::string>& files = {},
                    const std::vector<std::string>& overrides = {}) {
  const ScenarioFolder folder;
  for (const auto& [file, text] : files) folder.write(file, text);
  const auto scenario = read_with(folder, section, overrides);
  if (!scenario) {
    for (const Diagnostic& diagnostic : scenario.error()) UNSCOPED_INFO(to_string(diagnostic));
  }
  REQUIRE(scenario);
  return scenario->parameters;
}

std::vector<std::string> problems(const std::string& section, const std::map<std::string, std::string>& files = {},
                                  const std::vector<std::string>& overrides = {}) {
  const ScenarioFolder folder;
  for (const auto& [file, text] : files) folder.write(file, text);
  const auto scenario = read_with(folder, section, overrides);
  std::vector<std::string> lines;
  if (scenario) return lines;
  const std::string prefix = folder.path("").string();
  for (const Diagnostic& diagnostic : scenario.error()) {
    std::string line = to_string(diagnostic);
    for (std::size_t at; (at = line.find(prefix)) != std::string::npos;) line.erase(at, prefix.size());
    lines.push_back(line);
  }
  return lines;
}

using Lines = std::vector<std::string>;

void check_formula(const Formula& formula, const std::string& name, const std::string& text, std::uint32_t line,
                   std::uint32_t column) {
  INFO(name << " = " << text);
  CHECK(formula.name == name);
  CHECK(formula.text == text);
  CHECK(formula.place.line == line);
  CHECK(formula.place.column == column);
}

void check_field(const Records::Field& field, const std::string& text, std::uint32_t line, std::uint32_t column) {
  INFO(text);
  CHECK(field.text == text);
  CHECK(field.place.line == line);
  CHECK(field.place.column == column);
}

}  // namespace

TEST_CASE("a formula is a text, or a number as it is written shortest") {
  check_formula(values("one = \"1 - p\"").formula("declared.one"), "", "1 - p", 29, 8);
  check_formula(values("one = 3").formula("declared.one"), "", "3", 29, 7);
  check_formula(values("one = 0.1").formula("declared.one"), "", "0.1", 29, 7);
  check_formula(values("one = 1e-20").formula("declared.one"), "", "1e-20", 29, 7);
  check_formula(values("one = -2.50").formula("declared.one"), "", "-2.5", 29, 7);
}

TEST_CASE("formulae are one without a name, or several by name in order of appearance") {
  const ParameterSet one = values("some = \"p\"");
  REQUIRE(one.formulas("declared.some").size() == 1);
  check_formula(one.formulas("declared.some")[0], "", "p", 29, 9);
  const ParameterSet table = values("some = { z = \"p\", a = 2, \"A -> B\" = \"q\" }");
  REQUIRE(table.formulas("declared.some").size() == 3);
  check_formula(table.formulas("declared.some")[0], "z", "p", 29, 15);
  check_formula(table.formulas("declared.some")[1], "a", "2", 29, 23);
  check_formula(table.formulas("declared.some")[2], "A -> B", "q", 29, 38);
  const ParameterSet section = values("\n[declared.some]\nz = 1\na = \"q\"");
  REQUIRE(section.formulas("declared.some").size() == 2);
  check_formula(section.formulas("declared.some")[0], "z", "1", 31, 5);
  check_formula(section.formulas("declared.some")[1], "a", "q", 32, 6);
}

TEST_CASE("a matrix of formulae has rows of cells") {
  const ParameterSet set = values("cells = [[\"1 - p\", \"p\"], [0, 1]]");
  const FormulaMatrix& cells = set.formula_matrix("declared.cells");
  REQUIRE(cells.size() == 2);
  REQUIRE(cells[0].size() == 2);
  check_formula(cells[0][0], "", "1 - p", 29, 12);
  check_formula(cells[0][1], "", "p", 29, 21);
  check_formula(cells[1][1], "", "1", 29, 30);
}

TEST_CASE("records are fields of text with their places") {
  const ParameterSet set =
      values("people = \"data/people.csv\"", {{"data/people.csv", "# who\nname,age\nAnn,40\n\n\"Bob, Jr\",51\n"}});
  const Records& people = set.records("declared.people");
  CHECK(people.file.ends_with("/toy/data/people.csv"));
  REQUIRE(people.columns.size() == 2);
  check_field(people.columns[0], "name", 2, 1);
  check_field(people.columns[1], "age", 2, 6);
  REQUIRE(people.rows.size() == 2);
  REQUIRE(people.rows[0].size() == 2);
  check_field(people.rows[0][0], "Ann", 3, 1);
  check_field(people.rows[0][1], "40", 3, 5);
  REQUIRE(people.rows[1].size() == 2);
  check_field(people.rows[1][0], "Bob, Jr", 5, 1);
  check_field(people.rows[1][1], "51", 5, 11);
}

TEST_CASE("a parameter that names its unit keeps it") {
  const ParameterSet set =
      values("number = { value = 1.2, unit = \"per month\", source = \"TRIAL\", grade = \"read\", high = 3 }");
  CHECK(set.parameter("declared.number").value == 1.2);
  CHECK(set.parameter("declared.number").unit == "per month");
  CHECK(set.parameter("declared.number").provenance.high == 3);
}

TEST_CASE("a table as given has the key columns, levels and unit of its file") {
  const std::string text =
      "sex,age,value,unit,source,grade,note\n"
      "male,41,0.3,per year,TRIAL,read,\nfemale,41,0.1,per year,TRIAL,read,\n"
      "male,40,0.4,per year,TRIAL,read,\nfemale,40,0.2,per year,TRIAL,read,x\n";
  const ParameterSet set = values("risks = \"r.csv\"", {{"r.csv", text}});
  const ParameterTable& risks = set.table("declared.risks");
  CHECK(risks.unit == "per year");
  REQUIRE(risks.columns.size() == 2);
  CHECK(risks.columns[0].name == "sex");
  CHECK(risks.columns[0].levels == Lines{"male", "female"});
  CHECK(risks.columns[1].name == "age");
  CHECK(risks.columns[1].levels.empty());
  CHECK(risks.columns[1].first == 40);
  CHECK(risks.columns[1].last == 41);
  CHECK(risks.values == std::vector<double>{0.4, 0.3, 0.2, 0.1});
  CHECK(risks.provenance[2].note == "x");
}

TEST_CASE("what is no formula is refused with how to write one") {
  CHECK(problems("one = true") == Lines{"toy.toml:29:7: declared.one must be a number or a formula between quotes, not "
                                        "true or false -- write declared.one = \"1 - p\""});
  CHECK(problems("one = [1]") ==
        Lines{"toy.toml:29:7: declared.one must be a number or a formula between quotes, not a "
              "list -- write declared.one = \"1 - p\""});
  CHECK(problems("some = [1]") == Lines{"toy.toml:29:8: declared.some must be a formula, or a table of formulae, not a "
                                        "list -- write declared.some = { name = \"1 - p\" }"});
  CHECK(problems("some = { a = { b = 1 } }") ==
        Lines{"toy.toml:29:14: declared.some must be a formula, or a table of formulae, but holds a table -- write "
              "declared.some = { name = \"1 - p\" }"});
  CHECK(problems("cells = [1, 2]") ==
        Lines{"toy.toml:29:10: declared.cells must be a list of rows of formulae, but "
              "holds a whole number -- write declared.cells = [[\"1 - p\", \"p\"], [0, 1]]"});
  CHECK(problems("cells = [[1, true]]") ==
        Lines{"toy.toml:29:14: declared.cells must be a list of rows of formulae, but holds true or false -- write "
              "declared.cells = [[\"1 - p\", \"p\"], [0, 1]]"});
  CHECK(problems("people = 3") == Lines{"toy.toml:29:10: declared.people must be the path of a CSV file, not a whole "
                                        "number -- write declared.people = \"data/file.csv\""});
}

TEST_CASE("a unit as given is there, is spelt right and is in the scenario's money") {
  const auto number = [](const std::string& value, const std::string& unit) {
    return "number = { value = " + value + ", unit = \"" + unit + "\", source = \"TRIAL\", grade = \"read\" }";
  };
  CHECK(problems(number("1.2", "probability")) ==
        Lines{"toy.toml:29:20: declared.number: 1.2 is out of range (must be from 0 to 1) -- write a number in the "
              "range; the unit is probability"});
  CHECK(problems(number("1", "utilty")) ==
        Lines{"toy.toml:29:30: declared.number: unknown unit \"utilty\" -- did you mean \"utility\"?"});
  CHECK(problems(number("1", "")) ==
        Lines{"toy.toml:29:30: declared.number: unit is missing -- add unit = \"...\": probability, per year, hazard "
              "ratio, utility, ... (myelin describe scenario)"});
  CHECK(problems(number("1", "GBP 2024/25")).empty());
  CHECK(problems(number("1", "GBP 2024/25 per year")).empty());
  CHECK(problems(number("1", "lesions")).empty());
}

TEST_CASE("records are whole") {
  CHECK(
      problems("people = \"p.csv\"", {{"p.csv", "a,b\n1,2\n3\n"}}) ==
      Lines{"p.csv:3:1: the row has 1 fields but the header has 2 -- write one field a column; put a field that holds "
            "a comma between quotes"});
  CHECK(problems("people = \"p.csv\"", {{"p.csv", "a,a\n1,2\n"}}) ==
        Lines{"p.csv:1:3: duplicate column \"a\" -- keep one of the two"});
  CHECK(problems("people = \"p.csv\"") ==
        Lines{"toy.toml:29:10: cannot use the file \"p.csv\": there is no such file -- correct the path, which counts "
              "from the folder of the file that names it"});
}

TEST_CASE("an override replaces a formula, formulae or a matrix whole") {
  const std::string section = "one = \"p\"\nsome = { a = \"p\" }\ncells = [[1]]";
  const ParameterSet set =
      values(section, {}, {"declared.one=1 - q", "declared.some={ b = 2 }", "declared.cells=[[\"q\", 0], [0, 1]]"});
  CHECK(set.formula("declared.one").text == "1 - q");
  REQUIRE(set.formulas("declared.some").size() == 1);
  CHECK(set.formulas("declared.some")[0].name == "b");
  CHECK(set.formula_matrix("declared.cells").size() == 2);
  CHECK(problems(section, {}, {"declared.one=[1]"}) ==
        Lines{"--set declared.one: declared.one must be a number or a formula between quotes, not a list -- write "
              "declared.one = \"1 - p\""});
}
