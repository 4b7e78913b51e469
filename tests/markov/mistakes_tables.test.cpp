#include <catch2/catch.hpp>

#include "markov/scenario_of.hpp"

/// \file
/// Tables of numbers from CSV files: bad columns, cells and rows, and look-ups that find no row.

namespace myelin::markov::test {

namespace {

/// A table with one row a number from `first` to `last` - 1.
std::string rows(const std::string& column, int first, int last, const std::string& unit = "probability") {
  std::string text = column + ",value,unit,source,grade\n";
  for (int number = first; number < last; ++number) text += std::to_string(number) + ",0.1," + unit + ",TRIAL,read\n";
  return text;
}

/// The toy with the table `risk` of the file risk.csv, and with `formula`, which may use it, for `treated`.
Edits using_table(const std::string& formula, const std::string& after = {}) {
  return {{"treated = 0", "treated = \"" + formula + "\"\n\n[tables]\nrisk = \"risk.csv\"\n" + after}};
}

}  // namespace

TEST_CASE("a table has the columns of evidence") {
  CHECK(mistakes(using_table("0"), {{"risk.csv", "cycle,val,unit,source,grade\n0,0.1,probability,TRIAL,read\n"}}) ==
        Lines{R"(risk.csv:1:1: missing column "value" -- add it to the header and each row)"});
  CHECK(mistakes(using_table("0"),
                 {{"risk.csv", "cycle,cycle,value,unit,source,grade\n0,0,0.1,probability,TRIAL,read\n"}}) ==
        Lines{R"(risk.csv:1:7: duplicate column "cycle" -- keep one of the two)"});
}

TEST_CASE("a cell holds a number in the range of the unit") {
  CHECK(
      mistakes(using_table("0"), {{"risk.csv", rows("cycle", 0, 9) + "9,x,probability,TRIAL,read\n"}}) ==
      Lines{
          R"(risk.csv:11:3: tables.risk: value "x" is not a finite number -- write a number such as 0.035 or 3.5e-2, without spaces or units)"});
  CHECK(mistakes(using_table("0"), {{"risk.csv", rows("cycle", 0, 9) + "9,-0.1,probability,TRIAL,read\n"}}) ==
        Lines{"risk.csv:11:3: tables.risk: -0.1 is out of range (must be from 0 to 1) -- write a number in the range; "
              "the unit is probability"});
  CHECK(mistakes(using_table("0"), {{"risk.csv", rows("cycle", 0, 9) + "9,1.5,probability,TRIAL,read\n"}}) ==
        Lines{"risk.csv:11:3: tables.risk: 1.5 is out of range (must be from 0 to 1) -- write a number in the range; "
              "the unit is probability"});
}

TEST_CASE("a row has a field for each column") {
  CHECK(mistakes(using_table("0"), {{"risk.csv", rows("cycle", 0, 9) + "9,0.1,probability,TRIAL\n"}}) ==
        Lines{"risk.csv:11:1: the row has 4 fields but the header has 5 -- write one field a column; put a field that "
              "holds a comma between quotes"});
  CHECK(mistakes(using_table("0"), {{"risk.csv", rows("cycle", 0, 9) + "9,0,1,probability,TRIAL,read\n"}}) ==
        Lines{"risk.csv:11:1: the row has 6 fields but the header has 5 -- write one field a column; put a field that "
              "holds a comma between quotes"});
}

TEST_CASE("all rows have one unit, and known sources and grades") {
  CHECK(
      mistakes(using_table("0"), {{"risk.csv", rows("cycle", 0, 9) + "9,0.1,per year,TRIAL,read\n"}}) ==
      Lines{
          R"(risk.csv:11:7: tables.risk: the unit is "per year" but must be "probability" -- convert the number and write "probability")"});
  CHECK(mistakes(using_table("0"), {{"risk.csv", rows("cycle", 0, 9) + "9,0.1,probability,TRAIL,read\n"}}) ==
        Lines{R"(risk.csv:11:19: tables.risk: unknown source "TRAIL" -- did you mean "TRIAL"?)"});
  CHECK(mistakes(using_table("0"), {{"risk.csv", rows("cycle", 0, 9) + "9,0.1,probability,TRIAL,raed\n"}}) ==
        Lines{R"(risk.csv:11:25: tables.risk: unknown grade "raed" -- did you mean "read"?)"});
  CHECK(mistakes(using_table("0"), {{"risk.csv", rows("cycle", 0, 2, "probabilty")}}) ==
        Lines{R"(risk.csv:2:7: tables.risk: unknown unit "probabilty" -- did you mean "probability"?)"});
}

TEST_CASE("a table has each row once") {
  CHECK(mistakes(using_table("0"), {{"risk.csv", rows("cycle", 0, 9) + "3,0.2,probability,TRIAL,read\n"}}) ==
        Lines{"risk.csv:11:1: tables.risk: a second row for cycle 3 (first in line 5) -- keep one of the two"});
  CHECK(mistakes(using_table("0"), {{"risk.csv", rows("cycle", 0, 3) + "5,0.1,probability,TRIAL,read\n"}}) ==
        Lines{"risk.csv: tables.risk: no row for cycle 3, cycle 4 -- add the missing rows"});
  CHECK(
      mistakes(
          using_table("0"),
          {{"risk.csv",
            "cycle,value,unit,source,grade\n0,0.1,probability,TRIAL,read\n2000000000,0.1,probability,TRIAL,read\n"}}) ==
      Lines{"risk.csv: tables.risk: 2 rows where the columns span 2e+09 combinations -- give one row for each "
            "combination of the key columns; whole numbers must follow one another"});
}

TEST_CASE("a table has rows") {
  CHECK(mistakes(using_table("0"), {{"risk.csv", rows("cycle", 0, 0)}}) ==
        Lines{"risk.csv: tables.risk: the table has no rows -- write one row a value"});
  CHECK(mistakes(using_table("0"), {{"risk.csv", ""}}) ==
        Lines{"risk.csv: the file is empty -- write a header row: value, unit, source, grade"});
}

TEST_CASE("a table is a file that is there") {
  CHECK(
      mistakes({{"treated = 0", R"(treated = 0

[tables]
risk = "risk.csv")"}}) ==
      Lines{
          R"(scenario.toml:37:8: cannot use the file "risk.csv": there is no such file -- correct the path, which counts from the folder of the file that names it)"});
  CHECK(
      mistakes({{"treated = 0", "treated = 0\n\n[tables]\nrisk = 3"}}) ==
      Lines{
          R"(scenario.toml:37:8: tables.risk must be the path of a CSV file, not a whole number -- write tables.risk = "data/file.csv")"});
}

TEST_CASE("a table reaches the horizon") {
  CHECK(
      mistakes(using_table("0 * risk(cycle)"), {{"risk.csv", rows("cycle", 0, 5)}}) ==
      Lines{
          R"-(scenario.toml:34:12: formula "0 * risk(cycle)": table 'risk' has no row for cycle = 5 (it has 0 to 4) at cycle = 5 -- extend the table, or shorten the horizon)-"});
  CHECK(
      mistakes(using_table("0 * risk(time)"), {{"risk.csv", rows("cycle", 0, 5)}}) ==
      Lines{
          R"-(scenario.toml:34:12: formula "0 * risk(time)": table 'risk' has no row for cycle = 5 (it has 0 to 4) at cycle = 5 -- extend the table, or shorten the horizon)-"});
  CHECK(
      mistakes(using_table("0 * risk(cycle)"), {{"risk.csv", rows("cycle", 1, 12)}}) ==
      Lines{
          R"-(scenario.toml:34:12: formula "0 * risk(cycle)": table 'risk' has no row for cycle = 0 (it has 1 to 11) at cycle = 0 -- extend the table, or shorten the horizon)-"});
}

TEST_CASE("a life table reaches the oldest age") {
  CHECK(
      mistakes(using_table("0 * risk(age)", R"(
[population]
start_age = { value = 95, unit = "years", source = "TRIAL", grade = "read" }
)"),
               {{"risk.csv", rows("age", 0, 101)}}) ==
      Lines{
          R"-(scenario.toml:34:12: formula "0 * risk(age)": table 'risk' has no row for age = 101 (it has 0 to 100) at cycle = 6 -- extend the table, or shorten the horizon)-"});
}

TEST_CASE("a table has as many arguments as key columns") {
  CHECK(
      mistakes(using_table("0 * risk()"), {{"risk.csv", rows("cycle", 0, 11)}}) ==
      Lines{
          R"-(scenario.toml:34:21: formula "0 * risk()": too few arguments for 'risk' -- correct it; myelin describe scenario lists the functions)-"});
  CHECK(
      mistakes(using_table("0 * risk(1, 2)"), {{"risk.csv", rows("cycle", 0, 11)}}) ==
      Lines{
          R"-(scenario.toml:34:25: formula "0 * risk(1, 2)": too many arguments for 'risk' -- correct it; myelin describe scenario lists the functions)-"});
}

TEST_CASE("an age at the start is from 0 to 150 years") {
  CHECK(mistakes(using_table("0", R"(
[population]
start_age = { value = -1, unit = "years", source = "TRIAL", grade = "read" }
)"),
                 {{"risk.csv", rows("age", 0, 11)}}) ==
        Lines{"scenario.toml:40:23: population.start_age: -1 is out of range (must be from 0 to 150) -- write a number "
              "in the range; the unit is years"});
  CHECK(mistakes(using_table("0", R"(
[population]
start_age = { value = 151, unit = "years", source = "TRIAL", grade = "read" }
)"),
                 {{"risk.csv", rows("age", 0, 11)}}) ==
        Lines{"scenario.toml:40:23: population.start_age: 151 is out of range (must be from 0 to 150) -- write a "
              "number in the range; the unit is years"});
}

}  // namespace myelin::markov::test
