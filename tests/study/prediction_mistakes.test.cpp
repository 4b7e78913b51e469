#include <catch2/catch.hpp>

#include "study/study_folder.hpp"

using namespace myelin::study;
using namespace myelin::study::test;
using Catch::Matchers::Contains;

namespace {

/// The one mistake of a measure.
void check_measure(const std::string& measure, const std::string& expected, const TargetRow& like = {}) {
  TargetRow row = like;
  row.measure = measure;
  CHECK(StudyFolder().mistakes({row}) == Lines{row.place(&TargetRow::measure) + expected});
}

}  // namespace

TEST_CASE("What a measure names and the model lacks is told with the nearest name", "[study]") {
  check_measure("total csot", "the model has no outcome \"csot\" -- did you mean \"cost\"?");
  check_measure("discounted qalys", "the model has no outcome \"qalys\" -- did you mean \"qaly\"?");
  check_measure("increment utility_x versus drug",
                "the model has no outcome \"utility_x\" -- name one of cost.care, cost.drug, cost, qaly.life, qaly, "
                "life_years, years_ill, reached_ill, diagnoses, years_before_ill");
  check_measure("share scores 1 at 2", "the model has no tally \"scores\" at time points -- did you mean \"score\"?");
  check_measure("mean score.state at 2",
                "the model has no tally \"score.state\" at time points -- name one of state, ill, score");
  check_measure("share state Il at 2", "state has no level \"Il\" -- did you mean \"Ill\"?");
  check_measure("share state Dead at 2",
                "the level \"Dead\" means dead, and a share is of the living -- predict `survival at YEAR`");
  check_measure("share score >2 at 2", "no level of score is >2 -- choose another bound");
  check_measure("share score >=x at 2",
                "the levels \">=x\" cannot be read -- write `>=6`, `<4` or the names of levels");
  check_measure("mean state at 2",
                "the level \"Well\" of state is no number -- choose an attribute whose levels are numbers");
  check_measure("share state >=1 at 2",
                "the level \"Well\" of state is no number -- choose an attribute whose levels are numbers");
  check_measure("free score at 2",
                "the model has no event \"score\" (outcomes reached.score and years.before_score) -- name one of ill");
  check_measure("median il",
                "the model has no event \"il\" (outcomes reached.il and years.before_il) -- did you mean \"ill\"?");
}

TEST_CASE("A year must be a time point within the horizon", "[study]") {
  check_measure("survival at 7",
                "year 7 is beyond the horizon of 6 years -- name an earlier year, or set a longer horizon");
  check_measure("free ill at 2.5",
                "year 2.5 is no time point: a cycle is 1 years -- name a year at the end of a cycle, or set another "
                "cycle length");
  check_measure("total cost until 0", "nothing is accrued until year 0 -- name a later year");
  check_measure("total cost until 3",
                "Simpson's rule needs an even number of cycles until the year -- name another year",
                {.set = "analysis.within_cycle_correction=simpson"});
}

TEST_CASE("Unknown strategies are told each at its place", "[study]") {
  const std::vector<TargetRow> rows = {{.id = "a", .strategy = "drugg"},
                                       {.id = "b", .measure = "increment cost versus nobody"},
                                       {.id = "c", .measure = "icer versus none"},
                                       {.id = "d", .strategy = "drug"}};
  CHECK(
      StudyFolder().mistakes(rows) ==
      Lines{rows[0].place(&TargetRow::strategy) + "the scenario has no strategy \"drugg\" -- did you mean \"drug\"?",
            rows[1].place(&TargetRow::measure, 3) + "the scenario has no strategy \"nobody\" -- name one of none, drug",
            rows[2].place(&TargetRow::measure, 4) +
                "the strategy is compared with itself -- name another strategy behind `versus`"});
}

TEST_CASE("A scenario that cannot be read is told at the target", "[study]") {
  const Lines lines = StudyFolder().mistakes({{.scenario = "scenery.toml"}});
  REQUIRE(lines.size() == 1);
  CHECK_THAT(lines.front(), Contains("targets.csv:2:8: cannot read the scenario: there is no such file"));
}

TEST_CASE("A mistake of a scenario is told once, with the target that needs it", "[study]") {
  std::string text = illness();
  text.replace(text.find("value = 0.2"), 11, "value = 1.2");
  CHECK(StudyFolder(text).mistakes({{.id = "a"}, {.id = "b", .set = "analysis.horizon_years=4"}}).size() == 1);
  CHECK_THAT(StudyFolder(text).mistakes({{.id = "a"}}).front(),
             Contains("scenario.toml:33:") && Contains("in the scenario of target 'a': "));
}

TEST_CASE("A mistake of an override is told where the target has it", "[study]") {
  const TargetRow row{.set = "parameters.p_il=0.1"};
  CHECK(StudyFolder().mistakes({row}) ==
        Lines{row.place(&TargetRow::set) +
              "parameters.p_il: parameters.p_il is not in the scenario, so its unit is not known -- did you mean "
              "\"parameters.p_ill\"?"});
}

TEST_CASE("A varied parameter needs a range", "[study]") {
  const auto check = [](const std::string& path, const std::string& expected) {
    const TargetRow row{.vary = path};
    CHECK(StudyFolder().mistakes({row}) == Lines{row.place(&TargetRow::vary) + expected});
  };
  check("parameters.p_die_ill",
        "the parameter parameters.p_die_ill has no low and high -- state its range in the scenario, or leave it out");
  check("parameters.p_dye", "the scenario has no parameter parameters.p_dye -- did you mean \"parameters.p_die\"?");
  check("somewhere.else",
        "the scenario has no parameter somewhere.else -- name parameters with a range, separated by ;");
}

TEST_CASE("The mistakes of all targets are told at once", "[study]") {
  CHECK(StudyFolder()
            .mistakes({{.id = "a", .measure = "total csot", .vary = "parameters.p_dye"},
                       {.id = "b", .scenario = "scenery.toml"},
                       {.id = "c", .measure = "survival at 9"},
                       {.id = "d", .set = "analysis.horizon_years=2", .measure = "survival at 3"}})
            .size() == 5);
}

TEST_CASE("Without mistakes a check finds none", "[study]") {
  const StudyFolder folder;
  folder.write_targets({{.id = "a", .vary = "parameters.p_ill"}, {.id = "b", .strategy = "drug"}});
  CHECK(check_targets(folder.targets(), StudyFolder::models()).empty());
}
