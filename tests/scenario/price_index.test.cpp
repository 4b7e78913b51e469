#include <catch2/catch.hpp>

#include "program/unit.hpp"
#include "scenario_folder.hpp"

/// \file
/// Money of other price years, converted by the scenario's price index.

using namespace myelin;
using namespace myelin::scenario;

namespace {

using Lines = std::vector<std::string>;
using Files = std::map<std::string, std::string>;

const Schema& money_schema() {
  using enum KeyKind;
  static const Schema schema = [] {
    Schema rows = toy_schema();
    rows.push_back({.path = "costs.state",
                    .kind = table,
                    .description = "cost by state",
                    .unit = "money per year",
                    .low = 0,
                    .high = 1000,
                    .required = false,
                    .columns = {{.name = "edss", .levels = {}, .first = 0, .last = 2}}});
    rows.push_back({.path = "declared.*.number",
                    .kind = parameter,
                    .description = "a number",
                    .unit = unit_as_given,
                    .required = false});
    rows.push_back({.path = "declared.*.table",
                    .kind = table,
                    .description = "numbers",
                    .unit = unit_as_given,
                    .required = false});
    return rows;
  }();
  return schema;
}

// From 2011/12 to 2024/25 prices rise by a quarter.
const std::string index_csv =
    "year,value,unit,source,grade,note\n"
    "2011/12,80,index,NICE,read,\n2012/13,90,index,NICE,secondary,provisional\n"
    "2024/25,100,index,NICE,read,\n2017,95,index,TRIAL,read,a calendar year\n";

// The toy with the index, and with `visit` as the cost of a visit in line 5 of inputs.toml.
class MoneyFolder {
 public:
  explicit MoneyFolder(const std::string& visit = "", const Files& files = {}) {
    folder_.write("data/index.csv", index_csv);
    folder_.spoil("toy.toml", "price_year = \"2024/25\"", "price_year = \"2024/25\"\nprice_index = \"data/index.csv\"");
    if (!visit.empty()) {
      folder_.spoil("inputs.toml",
                    "visit = { value = 100, unit = \"GBP 2024/25 per visit\", source = \"NICE x TRIAL\", grade = "
                    "\"derived\", note = \"rounded\" }",
                    "visit = { " + visit + ", source = \"NICE\", grade = \"read\" }");
    }
    for (const auto& [file, text] : files) folder_.write(file, text);
  }

  void without_index() const { folder_.write("toy.toml", toy_files().at("toy.toml")); }
  void append(const std::string& text) const { folder_.append("toy.toml", text); }

  Result<Scenario> read(const std::vector<std::string>& overrides = {}) const {
    const SchemaOfModel schema = [](const std::string&) { return &money_schema(); };
    return scenario::read(folder_.path("toy.toml"), overrides, schema, {"toy"});
  }

  ParameterSet valid(const std::vector<std::string>& overrides = {}) const {
    for (const std::string& problem : problems(overrides)) UNSCOPED_INFO(problem);
    const auto scenario = read(overrides);
    REQUIRE(scenario);
    return scenario->parameters;
  }

  Lines problems(const std::vector<std::string>& overrides = {}) const {
    Lines lines;
    const auto scenario = read(overrides);
    if (scenario) return lines;
    const std::string prefix = folder_.path("").string();
    for (const Diagnostic& diagnostic : scenario.error()) {
      std::string line = to_string(diagnostic);
      for (std::size_t at; (at = line.find(prefix)) != std::string::npos;) line.erase(at, prefix.size());
      lines.push_back(line);
    }
    return lines;
  }

 private:
  ScenarioFolder folder_;
};

const std::string state_section = "\n[costs]\nstate = \"data/state.csv\"\n";

Files state_file(const std::string& rows) {
  return {{"data/state.csv", "edss,value,unit,source,grade,low,high,distribution,note\n" + rows}};
}

}  // namespace

TEST_CASE("a unit of money is taken apart") {
  const auto money = parse_money("GBP 2011/12 per month");
  REQUIRE(money);
  CHECK(money->currency == "GBP");
  CHECK(money->price_year == "2011/12");
  CHECK(money->per == " per month");
  CHECK(parse_money("USD")->price_year.empty());
  CHECK(parse_money("USD per year")->price_year.empty());
  CHECK(parse_money("USD per year")->per == " per year");
  CHECK(parse_money("USD 2017")->per.empty());
  CHECK_FALSE(parse_money("QALY per year"));
  CHECK_FALSE(parse_money("per year"));
  CHECK_FALSE(parse_money(""));
}

TEST_CASE("value, low and high of another price year are converted, and the note tells by how much") {
  const Parameter visit =
      MoneyFolder("value = 40, low = 20, high = 88, unit = \"GBP 2011/12 per visit\"").valid().parameter("costs.visit");
  CHECK(visit.value == 40 * 1.25);
  CHECK(visit.provenance.low == 20 * 1.25);
  CHECK(visit.provenance.high == 88 * 1.25);
  CHECK(visit.unit == "GBP 2024/25 per visit");
  CHECK(visit.provenance.note == "x 1.25 from 2011/12");
  CHECK(visit.provenance.source == "NICE");
  CHECK(visit.provenance.grade == "read");
}

TEST_CASE("a calendar year stands beside financial years, and the factor is told to five digits") {
  const Parameter visit =
      MoneyFolder("value = 1, unit = \"GBP 2017 per visit\", note = \"tariff\"").valid().parameter("costs.visit");
  CHECK(visit.value == 100.0 / 95);
  CHECK(visit.provenance.note == "tariff; x 1.0526 from 2017");
  CHECK_FALSE(visit.provenance.low);
}

TEST_CASE(
    "the text of a distribution stays as published, the note says in which prices, and it varies in those of now") {
  const Parameter visit =
      MoneyFolder("value = 40, unit = \"GBP 2011/12 per visit\", distribution = \"gamma(mean 40, SE 4)\"")
          .valid()
          .parameter("costs.visit");
  CHECK(visit.provenance.distribution == "gamma(mean 40, SE 4)");
  CHECK(visit.provenance.note == "x 1.25 from 2011/12; distribution as published, in prices of 2011/12");
  REQUIRE(visit.provenance.spread);
  CHECK(visit.provenance.spread->mean() == Approx(50));
  CHECK(visit.provenance.spread->standard_deviation() == Approx(5));
}

TEST_CASE("money of the scenario's price year is untouched by an index, to the bit") {
  const std::string visit =
      "value = 0.1, low = 0.07, high = 0.3, unit = \"GBP 2024/25 per visit\", distribution = \"gamma(SE 10 %)\", note "
      "= \"n\"";
  const MoneyFolder with(visit), without(visit);
  without.without_index();
  const Parameter converted = with.valid().parameter("costs.visit"), plain = without.valid().parameter("costs.visit");
  CHECK(converted.value == 0.1);
  CHECK(converted.provenance.low == 0.07);
  CHECK(converted.provenance.high == 0.3);
  CHECK(converted.unit == plain.unit);
  CHECK(converted.provenance.note == plain.provenance.note);
  CHECK(converted.provenance.distribution == plain.provenance.distribution);
}

TEST_CASE("the index keeps its provenance, and the scenario's digest depends on it") {
  const auto scenario = MoneyFolder().read();
  REQUIRE(scenario);
  const ParameterTable& index = scenario->parameters.table("analysis.price_index");
  REQUIRE(index.columns.size() == 1);
  CHECK(index.columns[0].name == "year");
  CHECK(index.columns[0].levels == Lines{"2011/12", "2012/13", "2024/25", "2017"});
  CHECK(index.values == std::vector<double>{80, 90, 100, 95});
  CHECK(index.unit == "index");
  CHECK(index.provenance[1].grade == "secondary");
  CHECK(index.provenance[1].note == "provisional");
  CHECK(index.provenance[3].source == "TRIAL");
  const auto other = MoneyFolder("", {{"data/index.csv", index_csv + "2018,96,index,NICE,read,\n"}}).read();
  REQUIRE(other);
  CHECK(other->sha256 != scenario->sha256);
}

TEST_CASE("calendar years alone may have gaps") {
  const Files files = {{"data/index.csv",
                        "year,value,unit,source,grade\n2010,50,index,NICE,read\n2024/25,75,index,NICE,read\n"
                        "2020,60,index,NICE,read\n"}};
  CHECK(MoneyFolder("value = 4, unit = \"GBP 2010 per visit\"", files).valid().number("costs.visit") == 6);
  const Files years_alone = {
      {"data/index.csv", "year,value,unit,source,grade\n2010,50,index,NICE,read\n2020,60,index,NICE,read\n"}};
  CHECK(MoneyFolder("value = 50, unit = \"GBP 2010 per visit\"", years_alone)
            .problems({"analysis.price_year=\"2020\"", "costs.visit=5"})
            .empty());
}

TEST_CASE("rows of a table may have different price years") {
  const MoneyFolder folder("", state_file("1,40,GBP 2011/12 per year,NICE,read,8,80,gamma(SE 10 %),\n"
                                          "0,0.3,GBP 2024/25 per year,TRIAL,derived,,,gamma(SE 10 %),as it is\n"
                                          "2,9,GBP 2012/13 per year,NICE,read,,,,\n"));
  folder.append(state_section);
  const ParameterTable cost = folder.valid().table("costs.state");
  CHECK(cost.values == std::vector<double>{0.3, 50, 9 * (100.0 / 90)});
  CHECK(cost.unit == "GBP 2024/25 per year");
  CHECK(cost.provenance[0].note == "as it is");
  CHECK(cost.provenance[1].low == 10);
  CHECK(cost.provenance[1].high == 100);
  CHECK(cost.provenance[1].note == "x 1.25 from 2011/12; distribution as published, in prices of 2011/12");
  CHECK(cost.provenance[2].note == "x 1.1111 from 2012/13");
  CHECK(cost.provenance[0].spread.value().mean() == Approx(0.3));
  CHECK(cost.provenance[1].spread.value().mean() == Approx(50));
  CHECK(cost.provenance[1].spread.value().standard_deviation() == Approx(5));
  CHECK_FALSE(cost.provenance[2].spread);
}

TEST_CASE("a number behind --set is in the unit of what it replaces") {
  const MoneyFolder folder("value = 40, low = 20, unit = \"GBP 2011/12 per visit\", distribution = \"gamma(SE 10 %)\"",
                           state_file("0,8,GBP 2011/12 per year,NICE,read,,,,\n1,1,GBP 2024/25 per year,NICE,read,,,,\n"
                                      "2,2,GBP 2024/25 per year,NICE,read,,,,\n"));
  folder.append(state_section);
  const ParameterSet set = folder.valid({"costs.visit=60", "costs.state[0]=4", "costs.state[1]=4"});
  const Parameter& visit = set.parameter("costs.visit");
  CHECK(visit.value == 75);
  CHECK(visit.unit == "GBP 2024/25 per visit");
  CHECK(visit.provenance.source == "--set");
  CHECK(visit.provenance.note == "was 40 from NICE; x 1.25 from 2011/12");
  CHECK_FALSE(visit.provenance.low);
  const ParameterTable& cost = set.table("costs.state");
  CHECK(cost.values == std::vector<double>{5, 4, 2});
  CHECK(cost.provenance[0].note == "was 8 from NICE; x 1.25 from 2011/12");
  CHECK(cost.provenance[1].note == "was 1 from NICE");
}

TEST_CASE("a whole entry behind --set names its own price year") {
  const MoneyFolder folder;
  CHECK(folder.valid({"costs.visit={value=4, unit=\"GBP 2011/12 per visit\", source=\"NICE\", grade=\"read\"}"})
            .number("costs.visit") == 5);
}

TEST_CASE("setting the price year or the index converts all money anew") {
  const MoneyFolder folder("value = 40, unit = \"GBP 2011/12 per visit\"");
  CHECK(folder.valid({"analysis.price_year=2012/13"}).number("costs.visit") == 40 * (90.0 / 80));
  CHECK(folder.valid({"analysis.price_year=2011/12"}).number("costs.visit") == 40);
  CHECK(folder.valid({"analysis.price_index[2011/12]=50"}).number("costs.visit") == 80);
}

TEST_CASE("money that names its own unit is converted, and other units are kept") {
  const MoneyFolder folder("", {{"data/own.csv",
                                 "phase,value,unit,source,grade\nfirst,8,GBP 2011/12 per cycle,NICE,read\n"
                                 "later,7,GBP 2024/25 per cycle,NICE,read\n"}});
  folder.append(
      "\n[declared.a]\nnumber = { value = 40, high = 44, unit = \"GBP 2011/12 per month\", source = \"NICE\", grade = "
      "\"read\" }\ntable = \"data/own.csv\"\n[declared.b]\nnumber = { value = 2, unit = \"per year\", source = "
      "\"NICE\", grade = \"read\" }\n[declared.c]\nnumber = { value = 3, unit = \"GBP 2024/25 a head\", source = "
      "\"NICE\", grade = \"read\" }\n");
  const ParameterSet set = folder.valid({"declared.a.table[later]=3"});
  CHECK(set.parameter("declared.a.number").value == 50);
  CHECK(set.parameter("declared.a.number").provenance.high == 55);
  CHECK(set.parameter("declared.a.number").unit == "GBP 2024/25 per month");
  CHECK(set.table("declared.a.table").values == std::vector<double>{10, 3});
  CHECK(set.table("declared.a.table").unit == "GBP 2024/25 per cycle");
  CHECK(set.parameter("declared.b.number").unit == "per year");
  CHECK(set.number("declared.b.number") == 2);
  CHECK(set.parameter("declared.c.number").unit == "GBP 2024/25 a head");
  CHECK(folder.valid({"declared.a.number=4"}).number("declared.a.number") == 5);
}

TEST_CASE("another price year without an index is refused, with both remedies") {
  const MoneyFolder folder("value = 40, unit = \"GBP 2011/12 per visit\"");
  folder.without_index();
  CHECK(folder.problems() ==
        Lines{"inputs.toml:5:30: costs.visit: the unit is \"GBP 2011/12 per visit\" but must be \"GBP 2024/25 per "
              "visit\" -- convert the number and write \"GBP 2024/25 per visit\", or give analysis.price_index with "
              "the years 2011/12 and 2024/25"});
}

TEST_CASE("a year that the index lacks is refused at the unit, with the years that it has") {
  CHECK(MoneyFolder("value = 40, unit = \"GBP 2013/14 per visit\"").problems() ==
        Lines{"inputs.toml:5:30: costs.visit: the unit is \"GBP 2013/14 per visit\" but must be \"GBP 2024/25 per "
              "visit\"; the price index has no year \"2013/14\" -- add the year to the price index, which has 2011/12, "
              "2012/13, 2024/25, 2017 (the nearest is 2012/13)"});
  CHECK(MoneyFolder("value = 40, unit = \"GBP 2012/13 per visit\"").problems({"analysis.price_year=2030/31"}) ==
        Lines{"inputs.toml:5:30: costs.visit: the unit is \"GBP 2012/13 per visit\" but must be \"GBP 2030/31 per "
              "visit\"; the price index has no year \"2030/31\" -- add the year to the price index, which has 2011/12, "
              "2012/13, 2024/25, 2017 (the nearest is 2024/25)"});
  CHECK(MoneyFolder("value = 40, unit = \"GBP unspecified per visit\"").problems() ==
        Lines{"inputs.toml:5:30: costs.visit: the unit is \"GBP unspecified per visit\" but must be \"GBP 2024/25 per "
              "visit\"; the price index has no year \"unspecified\" -- add the year to the price index, which has "
              "2011/12, 2012/13, 2024/25, 2017"});
}

TEST_CASE("a year that the index lacks is told once a table, at its first row") {
  const MoneyFolder folder("",
                           state_file("0,4,GBP 2011/12 per year,NICE,read,,,,\n1,4,GBP 2010 per year,NICE,read,,,,\n"
                                      "2,4,GBP 2010 per year,NICE,read,,,,\n"));
  folder.append(state_section);
  CHECK(folder.problems() ==
        Lines{"data/state.csv:3:5: costs.state: the unit is \"GBP 2010 per year\" but must be \"GBP 2024/25 per "
              "year\"; the price index has no year \"2010\" -- add the year to the price index, which has 2011/12, "
              "2012/13, 2024/25, 2017 (the nearest is 2011/12)"});
}

TEST_CASE("neither currencies nor periods are converted by an index") {
  const std::string remedy =
      " but must be \"GBP 2024/25 per visit\" -- convert the number and write \"GBP 2024/25 per "
      "visit\"";
  for (const std::string unit : {"USD 2011/12 per visit", "GBP 2011/12 per year", "GBP per visit", "years"}) {
    CHECK(MoneyFolder("value = 40, unit = \"" + unit + "\"").problems() ==
          Lines{"inputs.toml:5:30: costs.visit: the unit is \"" + unit + "\"" + remedy});
  }
  const MoneyFolder folder;
  folder.append(
      "\n[declared.a]\nnumber = { value = 40, unit = \"USD 2011/12\", source = \"NICE\", grade = \"read\" }\n");
  CHECK(folder.problems() == Lines{"toy.toml:30:31: declared.a.number: the unit is \"USD 2011/12\" but money here is "
                                   "\"GBP 2024/25\" -- convert the number and write \"GBP 2024/25\""});
}

TEST_CASE("what a number becomes must be in the range") {
  const MoneyFolder folder("", state_file("0,800,GBP 2011/12 per year,NICE,read,,900,,\n"
                                          "1,900,GBP 2024/25 per year,NICE,read,,,,\n"
                                          "2,1,GBP 2011/12 per year,NICE,read,,,,\n"));
  folder.append(state_section);
  const std::string out =
      " is out of range (must be from 0 to 1000) -- write a number in the range; the unit is money "
      "per year";
  CHECK(folder.problems({"costs.state[1]=900", "costs.state[2]=900"}) ==
        Lines{"data/state.csv:2:39: costs.state (x 1.25 from 2011/12): 1125" + out});
  const MoneyFolder sound("", state_file("0,800,GBP 2011/12 per year,NICE,read,,,,\n"
                                         "1,900,GBP 2024/25 per year,NICE,read,,,,\n"
                                         "2,1,GBP 2011/12 per year,NICE,read,,,,\n"));
  sound.append(state_section);
  CHECK(sound.problems({"costs.state[1]=900", "costs.state[2]=900"}) ==
        Lines{"--set costs.state[2]: costs.state (x 1.25 from 2011/12): 1125" + out});
  CHECK(
      MoneyFolder("value = -8, unit = \"GBP 2011/12 per visit\"").problems() ==
      Lines{"inputs.toml:5:19: costs.visit (x 1.25 from 2011/12): -10 is out of range (must be at least 0) -- write a "
            "number in the range; the unit is money per visit"});
}

TEST_CASE("mistakes of the index are told once, and what waits for it is not") {
  const auto with_index = [](const std::string& text) {
    return MoneyFolder("value = 40, unit = \"GBP 1999 per visit\"", {{"data/index.csv", text}}).problems();
  };
  const std::string header = "year,value,unit,source,grade\n", good = "2024/25,100,index,NICE,read\n";
  CHECK(with_index(header + good + "2011/12,0,index,NICE,read\n") ==
        Lines{"data/index.csv:3:9: analysis.price_index: 0 is out of range (must be at least 1e-09) -- write a number "
              "in the range; the unit is index"});
  CHECK(
      with_index(header + good + good) ==
      Lines{"data/index.csv:3:1: analysis.price_index: a second row for year 2024/25 (first in line 2) -- keep one of "
            "the two"});
  CHECK(with_index(header + good + ",90,index,NICE,read\n") ==
        Lines{"data/index.csv:3:1: analysis.price_index: year is missing -- write the price year of the row, such as "
              "2011/12"});
  CHECK(with_index(header + "2024/25,100,GBP,NICE,read\n") ==
        Lines{"data/index.csv:2:13: analysis.price_index: the unit is \"GBP\" but must be \"index\" -- convert the "
              "number and write \"index\""});
  CHECK(with_index(header + "2024/25,100,index,NICE,\n") ==
        Lines{"data/index.csv:2:24: analysis.price_index: grade is missing -- add one of read, secondary, recalled, "
              "derived, assumption"});
  CHECK(with_index("age," + header + "1," + good) ==
        Lines{"data/index.csv:1:1: unknown column \"age\" -- remove it; the columns are year, value, unit, source, "
              "grade, low, high, distribution, note"});
  CHECK(with_index("value,unit,source,grade\n1,index,NICE,read\n") ==
        Lines{"data/index.csv:1:1: missing column \"year\" -- add it to the header and each row"});
  CHECK(with_index(header) ==
        Lines{"data/index.csv: analysis.price_index: the table has no rows -- write one row a value"});
}

TEST_CASE("an index that is not there or misspelt is the only mistake told") {
  const MoneyFolder folder("value = 40, unit = \"GBP 2011/12 per visit\"");
  CHECK(folder.problems({"analysis.price_index=data/none.csv"}) ==
        Lines{"--set analysis.price_index: cannot use the file \"data/none.csv\": there is no such file -- correct the "
              "path, which counts from the folder of the file that names it"});
  const ScenarioFolder misspelt;
  misspelt.spoil("toy.toml", "price_year = \"2024/25\"", "price_year = \"2024/25\"\nprice_indx = \"index.csv\"");
  misspelt.spoil("inputs.toml", "GBP 2024/25 per visit", "GBP 2011/12 per visit");
  CHECK(misspelt.problems() ==
        Lines{"toy.toml:11:1: unknown key analysis.price_indx -- did you mean analysis.price_index?"});
}

TEST_CASE("the price index is described among the keys of all scenarios") {
  const std::string text = describe(common_schema());
  const std::size_t at = text.find("analysis.price_index");
  REQUIRE(at != std::string::npos);
  const std::string line = text.substr(at, text.find('\n', at) - at);
  for (const std::string part : {"columns year, value, unit", "GBP 2011/12 per year", "--set"})
    CHECK(line.find(part) != std::string::npos);
}
