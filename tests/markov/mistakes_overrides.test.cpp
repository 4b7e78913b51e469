#include <catch2/catch.hpp>

#include "markov/scenario_of.hpp"

/// \file
/// What --set can change of a declared model, and what it refuses.

namespace myelin::markov::test {

namespace {

/// A table with one row a number from `first` to `last` - 1.
std::string rows(const std::string& column, int first, int last) {
  std::string text = column + ",value,unit,source,grade\n";
  for (int number = first; number < last; ++number) text += std::to_string(number) + ",0.1,probability,TRIAL,read\n";
  return text;
}

Edits with_table() { return {{"treated = 0", "treated = \"0 * risk(cycle)\"\n\n[tables]\nrisk = \"risk.csv\""}}; }

}  // namespace

TEST_CASE("parameters, expressions, strategy values and cells can be set") {
  const ScenarioOf scenario(edited(toy(), with_table()));
  scenario.write("risk.csv", rows("cycle", 0, 11));
  const auto plan = scenario.plan({"parameters.p_ill=0.3", "expressions.treated=risk(cycle)",
                                   "strategies.drug.values={ treated = 2 }", "tables.risk[3]=0.2"});
  REQUIRE(plan);
  const ParameterSet& parameters = plan->analyses[0].scenario.parameters;
  CHECK(parameters.number("parameters.p_ill") == 0.3);
  CHECK(parameters.parameter("parameters.p_ill").unit == "probability per year");
  CHECK(parameters.parameter("parameters.p_ill").provenance.note == "was 0.2 from TRIAL");
  CHECK(parameters.formula("expressions.treated").text == "risk(cycle)");
  CHECK(parameters.formulas("strategies.drug.values").at(0).text == "2");
  CHECK(parameters.table("tables.risk").values.at(3) == 0.2);
}

TEST_CASE("a parameter that is set stays in the range of its unit") {
  CHECK(mistakes({}, {}, {"parameters.p_ill=1.3"}) ==
        Lines{"--set parameters.p_ill: parameters.p_ill: 1.3 is out of range (must be from 0 to 1) -- write a number "
              "in the range; the unit is probability per year"});
}

TEST_CASE("an expression that is set is checked") {
  CHECK(mistakes({}, {}, {"expressions.treated=p_il"}) ==
        Lines{R"(--set expressions.treated: formula "p_il": unknown name 'p_il' -- did you mean 'p_ill'?)"});
  CHECK(
      mistakes({}, {}, {"expressions.treated=1 +"}) ==
      Lines{
          R"(--set expressions.treated: formula "1 +": it ends too early -- correct it; myelin describe scenario lists the functions)"});
}

TEST_CASE("strategy values are set all at once") {
  CHECK(mistakes({}, {}, {"strategies.drug.values={ treatd = 2 }"}) ==
        Lines{"--set strategies.drug.values: strategy 'drug' gives a value to 'treatd', which is neither a parameter "
              "nor an expression -- did you mean 'treated'?"});
  CHECK(mistakes({}, {}, {"strategies.drg.values={ treated = 2 }"}) ==
        Lines{"--set strategies.drg.values: required key strategies.drg.label is missing -- add it: name of a strategy "
              "in tables and figures; or did you mean drug?"});
}

TEST_CASE("a start that is set is a level") {
  CHECK(
      mistakes({}, {}, {"attributes.state.start=Sick"}) ==
      Lines{"--set attributes.state.start: unknown level 'Sick' of attribute 'state' -- write one of Well, Ill, Dead"});
}

TEST_CASE("a cell that is set is one of a table") {
  CHECK(mistakes({}, {}, {"tables.risk[3]=0.2"}) ==
        Lines{"--set tables.risk[3]: tables.risk is not in the scenario, so it has no cells -- name a CSV file first"});
  CHECK(mistakes({}, {}, {"parameters.p_ill[3]=0.2"}) ==
        Lines{"--set parameters.p_ill[3]: parameters.p_ill is no table, so it has no cells -- write --set "
              "parameters.p_ill=value"});
  CHECK(mistakes(with_table(), {{"risk.csv", rows("cycle", 0, 11)}}, {"tables.risk[3]=x"}) ==
        Lines{"--set tables.risk[3]: a cell must be a number -- write --set tables.risk[3]=number"});
  CHECK(mistakes(with_table(), {{"risk.csv", rows("cycle", 0, 11)}}, {"tables.risk[3=0.2"}) ==
        Lines{"--set tables.risk[3: the index of the cell is not closed -- write --set table[index,...]=number"});
}

TEST_CASE("an override of the horizon is checked") {
  CHECK(mistakes({}, {}, {"analysis.horizon_years=10.5"}) ==
        Lines{"--set analysis.horizon_years: the horizon is 10.5 cycles, not a whole number -- choose a multiple of "
              "the cycle length"});
}

TEST_CASE("one value of a strategy can be set") {
  const ScenarioOf scenario(edited(toy(), {{"treated = 1", "p_ill = 0.1, treated = 1"}}));
  const auto plan = scenario.plan({"strategies.drug.values.treated=2", "strategies.drug.values.c_drug=100",
                                   "strategies.drug.values.c_drug=c_ill / 2"});
  REQUIRE(plan);
  const Formulas& values = plan->analyses[0].scenario.parameters.formulas("strategies.drug.values");
  std::map<std::string, std::string> text;
  for (const Formula& value : values) text[value.name] = value.text;
  CHECK(text == std::map<std::string, std::string>{{"p_ill", "0.1"}, {"treated", "2"}, {"c_drug", "c_ill / 2"}});
}

TEST_CASE("a value of a strategy that is set is checked") {
  CHECK(mistakes({}, {}, {"strategies.drug.values.treatd=2"}) ==
        Lines{"--set strategies.drug.values.treatd: strategy 'drug' gives a value to 'treatd', which is neither a "
              "parameter nor an expression -- did you mean 'treated'?"});
  CHECK(
      mistakes({}, {}, {"strategies.drug.values.treated=1 +"}) ==
      Lines{
          R"(--set strategies.drug.values.treated: formula "1 +": it ends too early -- correct it; myelin describe scenario lists the functions)"});
  CHECK(mistakes({}, {}, {"strategies.drug.values.treated=p_il"}) ==
        Lines{R"(--set strategies.drug.values.treated: formula "p_il": unknown name 'p_il' -- did you mean 'p_ill'?)"});
  CHECK(mistakes({}, {}, {"strategies.drug.values.treated=[1]"}) ==
        Lines{"--set strategies.drug.values.treated: a formula must be a number or text -- write --set "
              "strategies.drug.values.treated=number"});
  CHECK(mistakes({}, {}, {"strategies.none.values.treated=2"}) ==
        Lines{"--set strategies.none.values.treated: strategies.none.values is no table of formulae in the scenario -- "
              "write --set strategies.none.values={ treated = ... }"});
  CHECK(mistakes({}, {}, {"attributes.state.start.Well=1"}) ==
        Lines{"--set attributes.state.start.Well: attributes.state.start is no table of formulae in the scenario -- "
              "write --set attributes.state.start={ Well = ... }"});
}

TEST_CASE("one move can be set by its name") {
  const auto plan = ScenarioOf().plan({"transitions.disease.probabilities.Well->Ill=0.3"});
  REQUIRE(plan);
  const Formulas& moves = plan->analyses[0].scenario.parameters.formulas("transitions.disease.probabilities");
  std::map<std::string, std::string> text;
  for (const Formula& move : moves) text[move.name] = move.text;
  CHECK(text == std::map<std::string, std::string>{
                    {"Well->Ill", "0.3"}, {"Well->Dead", "p_die"}, {"Ill->Dead", "apply_hr(p_die, hr_die)"}});
  CHECK(mistakes({}, {}, {"transitions.disease.probabilities.Well->Sick=0.3"}) ==
        Lines{"--set transitions.disease.probabilities.Well->Sick: unknown level 'Sick' of attribute 'state' -- write "
              "one of Well, Ill, Dead"});
}

TEST_CASE("a cell that is set stays in the range of its unit") {
  CHECK(mistakes(with_table(), {{"risk.csv", rows("cycle", 0, 11)}}, {"tables.risk[3]=2"}) ==
        Lines{"--set tables.risk[3]: tables.risk: 2 is out of range (must be from 0 to 1) -- write a number in the "
              "range; the unit is probability"});
  CHECK(mistakes(with_table(), {{"risk.csv", rows("cycle", 0, 11)}}, {"tables.risk[3]=-0.1"}) ==
        Lines{"--set tables.risk[3]: tables.risk: -0.1 is out of range (must be from 0 to 1) -- write a number in the "
              "range; the unit is probability"});
}

TEST_CASE("a parameter that the scenario does not have cannot be set") {
  CHECK(
      mistakes({{"\"p_ill\"", "\"new\""}}, {}, {"parameters.new=0.2"}) ==
      Lines{
          "--set parameters.new: parameters.new is not in the scenario, so its unit is not known -- add it to the "
          "scenario with its unit and source",
          R"(scenario.toml:40:16: formula "new": unknown name 'new' -- add it to parameters (with its evidence) or expressions)"});
  CHECK(
      mistakes({}, {}, {"parameters.p_il=0.3"}) ==
      Lines{
          R"(--set parameters.p_il: parameters.p_il is not in the scenario, so its unit is not known -- did you mean "parameters.p_ill"?)"});
}

TEST_CASE("a parameter is set to a number") {
  CHECK(mistakes({}, {}, {"parameters.p_ill=0,3"}) ==
        Lines{"--set parameters.p_ill: parameters.p_ill must be a number with its evidence, not text -- write --set "
              "parameters.p_ill=number, with a decimal point"});
  CHECK(mistakes({}, {}, {"parameters.p_ill=p_die"}) ==
        Lines{"--set parameters.p_ill: parameters.p_ill must be a number with its evidence, not text -- write --set "
              "parameters.p_ill=number, with a decimal point"});
}

}  // namespace myelin::markov::test
