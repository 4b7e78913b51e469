#include <catch2/catch.hpp>

#include "markov/scenario_of.hpp"

/// \file
/// Groups of patients, and patients from a file.

namespace myelin::markov::test {

namespace {

Edits with(Edits edits, const Edits& more) {
  edits.insert(edits.end(), more.begin(), more.end());
  return edits;
}

/// The toy with patients from the file patients.csv, and with a formula for `treated`.
Edits from_file(const std::string& formula = "0") {
  return {{"start = \"Well\"\n", ""},
          {"[parameters]", "[population]\npatients = \"patients.csv\"\n\n[parameters]"},
          {"treated = 0", "treated = \"" + formula + "\""}};
}

/// The toy with two groups, of the shares given as TOML, that differ in `risk`.
Edits two_groups(const std::string& young, const std::string& old) {
  return {{"[parameters]", "[groups.young]\nshare = " + young + "\nvalues = { risk = 1 }\n\n[groups.old]\nshare = " +
                               old + "\nvalues = { risk = 2 }\n\n[parameters]"},
          {"treated = 0", "treated = \"0 * risk\""}};
}

}  // namespace

TEST_CASE("the shares of the groups sum to one") {
  CHECK(
      mistakes(two_groups("0.5", "0.4")) ==
      Lines{
          R"(scenario.toml:25:9: formula "0.5": the shares of the groups sum to 0.9, not to one -- correct them; one of them can be 1 minus the others)"});
  CHECK(
      mistakes(two_groups("0.7", R"("0.5 - 0.1")")) ==
      Lines{
          R"(scenario.toml:25:9: formula "0.7": the shares of the groups sum to 1.1, not to one -- correct them; one of them can be 1 minus the others)"});
}

TEST_CASE("a share is a number from 0 to 1") {
  CHECK(
      mistakes(two_groups("1.5", "-0.5")) ==
      Lines{
          R"(scenario.toml:25:9: formula "1.5": the share of group 'young' is no number from 0 to 1 -- give the proportion of patients)"});
  CHECK(mistakes({{"[parameters]", "[groups.all]\nvalues = { risk = 1 }\n\n[parameters]"}}) ==
        Lines{"scenario.toml:24:9: required key groups.all.share is missing -- add it: share of patients in a group "
              "(proportion)"});
}

TEST_CASE("all groups have the same values") {
  CHECK(mistakes(with(two_groups("0.5", "0.5"), {{"{ risk = 2 }", "{ dose = 2 }"}})) ==
        Lines{"scenario.toml:29:1: group 'old' has no value for 'risk' -- give every group the same values",
              "scenario.toml:30:19: 'dose' is a value of group 'old' but not of 'young' -- give every group the same "
              "values"});
  CHECK(mistakes(with(two_groups("0.5", "0.5"), {{"{ risk = 2 }", "{ risk = 2, dose = 2 }"}})) ==
        Lines{"scenario.toml:30:29: 'dose' is a value of group 'old' but not of 'young' -- give every group the same "
              "values"});
}

TEST_CASE("the value of a group is one number") {
  CHECK(
      mistakes(with(two_groups("0.5", "0.5"), {{"risk = 2", R"(risk = "cycle")"}})) ==
      Lines{
          R"(scenario.toml:30:20: formula "cycle": it varies with cycle -- a group's value is one number: use the name in another formula)"});
  CHECK(
      mistakes(with(two_groups("0.5", "0.5"), {{"risk = 2", R"(risk = "state")"}})) ==
      Lines{
          R"(scenario.toml:30:20: formula "state": it varies with state -- a group's value is one number: use the name in another formula)"});
}

TEST_CASE("the value of a group has a name of its own") {
  CHECK(mistakes({{"[parameters]", R"([groups.all]
share = 1
values = { p_ill = 0.3 }

[parameters])"}}) ==
        Lines{"scenario.toml:26:20: the name 'p_ill' is also declared at scenario.toml:29 -- rename one of the two"});
}

TEST_CASE("a misspelt value of a group is told") {
  CHECK(mistakes(with(two_groups("0.5", "0.5"), {{"0 * risk", "0 * risc"}})) ==
        Lines{R"(scenario.toml:42:16: formula "0 * risc": unknown name 'risc' -- did you mean 'risk'?)"});
}

TEST_CASE("patients come from a file or from groups") {
  CHECK(mistakes({{"[parameters]", R"([groups.all]
share = 1

[population]
patients = "patients.csv"

[parameters])"}},
                 {{"patients.csv", "state\nWell\n"}}) ==
        Lines{"scenario.toml:28:1: patients come from a file and from groups -- leave out population.patients or the "
              "groups"});
}

TEST_CASE("a file of patients has patients") {
  CHECK(mistakes(from_file(), {{"patients.csv", "state\n"}}) ==
        Lines{"patients.csv: the file has no patients -- write one row a patient"});
}

TEST_CASE("a table reaches the oldest patient") {
  CHECK(
      mistakes(with(from_file("0 * risk(age)"), {{"[expressions]", "[tables]\nrisk = \"risk.csv\"\n\n[expressions]"}}),
               {{"patients.csv", "state,age\nWell,1\nIll,3\n"}, {"risk.csv", R"(age,value,unit,source,grade
0,0.1,probability,TRIAL,read
1,0.1,probability,TRIAL,read
2,0.1,probability,TRIAL,read
3,0.1,probability,TRIAL,read
4,0.1,probability,TRIAL,read
5,0.1,probability,TRIAL,read
6,0.1,probability,TRIAL,read
7,0.1,probability,TRIAL,read
8,0.1,probability,TRIAL,read
9,0.1,probability,TRIAL,read
10,0.1,probability,TRIAL,read
11,0.1,probability,TRIAL,read
)"}}) ==
      Lines{
          R"-(scenario.toml:39:12: formula "0 * risk(age)": table 'risk' has no row for age = 12 (it has 0 to 11) at age = 12, cycle = 9 -- extend the table, or shorten the horizon)-"});
}

TEST_CASE("a column of the file of patients is an attribute or the age") {
  CHECK(mistakes(from_file(), {{"patients.csv", "state,sex,age\nWell,male,40\n"}}) ==
        Lines{"patients.csv:1:7: column 'sex' is no attribute of the model -- write one of state, age"});
  CHECK(mistakes(from_file(), {{"patients.csv", "state,ages\nWell,40\n"}}) ==
        Lines{"patients.csv:1:7: column 'ages' is no attribute of the model -- did you mean 'age'?"});
  CHECK(
      mistakes(with(from_file(), {{"[parameters]", R"([attributes.years_ill]
highest = 5
time_in = ["Ill"]
of = "state"

[parameters])"}}),
               {{"patients.csv", "state,years_ill\nWell,1\n"}}) ==
      Lines{"patients.csv:1:7: column 'years_ill' is an attribute that the model itself sets -- leave out the column"});
}

TEST_CASE("a patient starts at a level of the attribute") {
  CHECK(mistakes(from_file(), {{"patients.csv", "state\nWell\nIl\n"}}) ==
        Lines{"patients.csv:3:1: column 'state': 'Il' is no level of the attribute -- did you mean 'Ill'?"});
  CHECK(mistakes(from_file(), {{"patients.csv", "state\n0\n"}}) ==
        Lines{"patients.csv:2:1: column 'state': '0' is no level of the attribute -- write one of Well, Ill, Dead"});
}

TEST_CASE("a patient's age is in whole years from 0 to 150") {
  for (const char* age : {"-1", "abc", "40.5", "", "4000000000"}) {
    CHECK(mistakes(from_file("0 * age"), {{"patients.csv", "state,age\nWell," + std::string(age) + "\n"}}) ==
          Lines{"patients.csv:2:6: column 'age': '" + std::string(age) +
                "' is no age in whole years -- write a whole number from 0 to 150"});
  }
  CHECK(mistakes(from_file("0 * age"), {{"patients.csv", "state,age\nWell,40\nWell,151\n"}}) ==
        Lines{"patients.csv:3:6: column 'age': '151' is no age in whole years -- write a whole number from 0 to 150"});
  CHECK(mistakes(from_file("0 * age"), {{"patients.csv", "state,age\nWell,0\nWell,150\n"}}).empty());
}

TEST_CASE("the age of a group is from 0 to 150 years") {
  const auto aged = [](const std::string& age) {
    return Edits{{"[parameters]", "[groups.all]\nshare = 1\nvalues = { age = " + age + " }\n\n[parameters]"},
                 {"treated = 0", "treated = \"0 * age\""}};
  };
  CHECK(mistakes(aged("-5")) ==
        Lines{R"(scenario.toml:26:18: formula "-5": the age is -5 -- give an age from 0 to 150 years)"});
  CHECK(mistakes(aged("400")) ==
        Lines{R"(scenario.toml:26:18: formula "400": the age is 400 -- give an age from 0 to 150 years)"});
  CHECK(mistakes(aged("150")).empty());
}

}  // namespace myelin::markov::test
