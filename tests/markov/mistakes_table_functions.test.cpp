#include <catch2/catch.hpp>

#include "markov/scenario_of.hpp"

/// \file
/// Tables that cannot be looked up, and tables with mistakes of their own, as formulae use them.

namespace myelin::markov::test {

namespace {

/// The toy with a formula for `treated`, which can use the table `risk` of the file risk.csv.
Edits using_risk(const std::string& formula) {
  return {{"treated = 0", "treated = \"0 * " + formula + "\"\n\n[tables]\nrisk = \"risk.csv\""}};
}

/// A table with one row a key.
std::string rows(const std::string& column, const std::vector<std::string>& keys) {
  std::string text = column + ",value,unit,source,grade\n";
  for (const std::string& key : keys) text += key + ",0.1,probability,TRIAL,read\n";
  return text;
}

}  // namespace

TEST_CASE("a table with a mistake is told once, not at each use") {
  CHECK(mistakes(using_risk("risk(cycle)"),
                 {{"risk.csv", "cycle,val,unit,source,grade\n0,0.1,probability,TRIAL,read\n"}}) ==
        Lines{R"(risk.csv:1:1: missing column "value" -- add it to the header and each row)"});
  CHECK(
      mistakes(using_risk("risk(cycle)")) ==
      Lines{
          R"(scenario.toml:37:8: cannot use the file "risk.csv": there is no such file -- correct the path, which counts from the folder of the file that names it)"});
  CHECK(mistakes(using_risk("risk(cycle)"), {{"risk.csv", rows("cycle", {"0", "1"})}}, {"tables.risk[0]=x"}) ==
        Lines{"--set tables.risk[0]: a cell must be a number -- write --set tables.risk[0]=number"});
  CHECK(mistakes(using_risk("risk(cycle)"),
                 {{"risk.csv", "cycle,value,unit,source,grade\n0,2,probability,TRIAL,read\n"}}) ==
        Lines{"risk.csv:2:3: tables.risk: 2 is out of range (must be from 0 to 1) -- write a number in the range; the "
              "unit is probability"});
}

TEST_CASE("a column of names is an attribute with these levels") {
  CHECK(
      mistakes(using_risk("risk(sex)"), {{"risk.csv", rows("sex", {"male", "female"})}}) ==
      Lines{
          R"-(scenario.toml:34:16: formula "0 * risk(sex)": table 'risk' cannot be looked up: its column 'sex' holds names and is no attribute -- name its columns after attributes, and its rows after their levels)-"});
  CHECK(
      mistakes(using_risk("risk(1)"), {{"risk.csv", rows("sex", {"male", "female"})}}) ==
      Lines{
          R"-(scenario.toml:34:16: formula "0 * risk(1)": table 'risk' cannot be looked up: its column 'sex' holds names and is no attribute -- name its columns after attributes, and its rows after their levels)-"});
  CHECK(
      mistakes(using_risk("risk(state)"), {{"risk.csv", rows("state", {"Well", "Sick"})}}) ==
      Lines{
          R"-(scenario.toml:34:16: formula "0 * risk(state)": table 'risk' cannot be looked up: 'Sick' in its column 'state' is no level of the attribute -- name its columns after attributes, and its rows after their levels)-"});
}

TEST_CASE("a table has from one to five key columns") {
  CHECK(
      mistakes(using_risk("risk(1)"), {{"risk.csv", "value,unit,source,grade\n0.1,probability,TRIAL,read\n"}}) ==
      Lines{
          R"-(scenario.toml:34:16: formula "0 * risk(1)": table 'risk' cannot be looked up: it has no key column -- name its columns after attributes, and its rows after their levels)-"});
  CHECK(
      mistakes(using_risk("risk(1, 1, 1, 1, 1, 1)"),
               {{"risk.csv", "a,b,c,d,e,f,value,unit,source,grade\n1,1,1,1,1,1,0.1,probability,TRIAL,read\n"}}) ==
      Lines{
          R"-(scenario.toml:34:16: formula "0 * risk(1, 1, 1, 1, 1, 1)": table 'risk' cannot be looked up: it has more than 5 key columns -- name its columns after attributes, and its rows after their levels)-"});
}

TEST_CASE("a missing unit in a table is told once") {
  CHECK(
      mistakes(using_risk("0"),
               {{"risk.csv", "cycle,value,unit,source,grade\n0,0.1,,TRIAL,read\n1,0.1,,TRIAL,read\n"}}) ==
      Lines{
          R"(risk.csv:2:7: tables.risk: unit is missing -- add unit = "...": probability, per year, hazard ratio, utility, ... (myelin describe scenario))"});
}

}  // namespace myelin::markov::test
