#include "study/targets_file.hpp"

#include <catch2/catch.hpp>

#include "study/study_folder.hpp"

using namespace myelin::study;
using namespace myelin::study::test;

namespace {

/// The mistakes of a file whose only row is this one.
Lines mistakes_in(const TargetRow& row) {
  const StudyFolder folder;
  folder.write_targets({row});
  return folder.mistakes_of_file();
}

}  // namespace

TEST_CASE("A file of targets is read with its places", "[study]") {
  const StudyFolder folder;
  folder.write("targets.csv",
               "# observed\n" + target_header +
                   "a,fit,,sub/../scenario.toml,\"x.y=1; z=\"\"a\"\"\",none,survival at 2,0.5,0.4,0.6,0.9,110,"
                   "proportion,\"Doe 2020, table 2\",read,p.q ;r,hello\n"
                   "b,unusable,only a graph,,,,,about half,,,,,,Doe 2020,recalled,,\n");
  const std::vector<Target> targets = folder.targets();
  REQUIRE(targets.size() == 2);
  const Target& a = targets[0];
  CHECK(a.id == "a");
  CHECK(a.use == Use::fit);
  CHECK(a.scenario == folder.path("scenario.toml"));
  CHECK(a.set == Lines{"x.y=1", "z=\"a\""});
  CHECK(a.strategy == "none");
  CHECK(a.measure.kind == MeasureKind::survival);
  CHECK(a.observed == 0.5);
  REQUIRE(a.interval);
  CHECK(a.interval->low == 0.4);
  CHECK(a.interval->high == 0.6);
  CHECK(a.interval_from == IntervalFrom::stated);
  CHECK(a.level == 0.9);
  CHECK(a.n == 110u);
  CHECK(a.source == "Doe 2020, table 2");
  CHECK(a.vary == Lines{"p.q", "r"});
  CHECK(a.note == "hello");
  CHECK(a.places.measure.line == 3);
  CHECK(a.places.measure.column == 51);
  CHECK_FALSE(targets[1].usable());
  CHECK(targets[1].observed_text == "about half");
  CHECK(targets[1].reason == "only a graph");
}

TEST_CASE("A proportion of n patients without an interval gets the exact one", "[study]") {
  const StudyFolder folder;
  folder.write_targets({{.id = "a", .observed = "0.5", .n = "10"},
                        {.id = "b", .observed = "0.5", .level = "0.8", .n = "10"},
                        {.id = "c", .observed = "0.5", .low = "0.4", .high = "0.6", .n = "10"},
                        {.id = "d", .observed = "5", .n = "10", .unit = "years"},
                        {.id = "e", .observed = "0.5"}});
  const std::vector<Target> targets = folder.targets();
  REQUIRE(targets.size() == 5);
  CHECK(targets[0].interval_from == IntervalFrom::exact_binomial);
  REQUIRE(targets[0].interval);
  CHECK(targets[0].interval->low == Approx(0.1870860).epsilon(1e-6));
  CHECK(targets[1].interval->low == exact_binomial_interval(5, 10, 0.8).low);
  CHECK(targets[2].interval_from == IntervalFrom::stated);
  CHECK(targets[3].interval_from == IntervalFrom::none);
  CHECK_FALSE(targets[3].interval);
  CHECK_FALSE(targets[4].interval);
}

TEST_CASE("Optional columns can be left out", "[study]") {
  const StudyFolder folder;
  folder.write("targets.csv",
               "id,use,scenario,strategy,measure,observed,unit,source,grade\n"
               "a,held_out,scenario.toml,none,survival at 2,0.5,proportion,TRIAL,read\n");
  CHECK(folder.targets().front().use == Use::held_out);
}

TEST_CASE("Mistakes of the header and the file are told", "[study]") {
  const StudyFolder folder;
  folder.write("targets.csv", "id,use,scenario,strategy,mesure,observed,unit,source,grade\n");
  CHECK(folder.mistakes_of_file() ==
        Lines{"targets.csv:1:26: unknown column \"mesure\" -- did you mean \"measure\"?",
              "targets.csv:1:1: missing column \"measure\" -- add it to the header and each row"});
  folder.write("targets.csv", target_header);
  CHECK(folder.mistakes_of_file() == Lines{"targets.csv: the file has no targets -- write one a row below the header"});
  std::filesystem::remove(folder.path("targets.csv"));
  CHECK(folder.mistakes_of_file() ==
        Lines{"targets.csv: cannot use the file \"targets.csv\": there is no such file -- give the path of a CSV file "
              "of targets"});
}

TEST_CASE("Mistakes of a row are told with line and column", "[study]") {
  using Row = TargetRow;
  const auto check = [](const Row& row, Row::Field at, const std::string& expected) {
    CHECK(mistakes_in(row) == Lines{row.place(at) + expected});
  };
  check({.id = ""}, &Row::id, "the target has no id -- name the target");
  check({.use = "held_uot"}, &Row::use, "unknown use \"held_uot\" -- did you mean \"held_out\"?");
  check({.use = ""}, &Row::use, "the target has no use -- write fit, held_out or unusable");
  check({.use = "unusable"}, &Row::reason, "the target is unusable without a reason -- write why");
  check({.scenario = ""}, &Row::scenario,
        "the target has no scenario -- write its path, counted from the folder of this file");
  check({.strategy = ""}, &Row::strategy, "the target has no strategy -- name a strategy of the scenario");
  check({.measure = ""}, &Row::measure,
        "the target has no measure -- write what is predicted, `survival at 10` for example");
  check({.measure = "survived at 2"}, &Row::measure, "unknown measure \"survived\" -- did you mean \"survival\"?");
  check({.observed = ""}, &Row::observed, "the target has no observed -- write the observed number, or use = unusable");
  check({.observed = "half"}, &Row::observed, "observed \"half\" is no number -- write it as 0.25 or 3e-4");
  check({.observed = "73"}, &Row::observed, "observed 73 is no proportion -- write 0.73 for 73 %");
  check({.low = "x", .high = "0.6"}, &Row::low, "low \"x\" is no number -- write it as 0.25 or 3e-4");
  check({.low = "0.6", .high = "0.7"}, &Row::low,
        "low 0.6 is above the observed 0.5 -- correct the interval or the observed number");
  check({.low = "0.1", .high = "0.4"}, &Row::high,
        "high 0.4 is below the observed 0.5 -- correct the interval or the observed number");
  check({.low = "0.1"}, &Row::high, "the interval has one end only -- write both ends or neither");
  check({.high = "0.9"}, &Row::low, "the interval has one end only -- write both ends or neither");
  check({.level = "95"}, &Row::level, "the level 95 is not between 0 and 1 -- write 0.95 for 95 %");
  check({.n = "1.5"}, &Row::n, "n \"1.5\" is no number of patients -- write a whole number, 110 for example");
  check({.n = "0"}, &Row::n, "n \"0\" is no number of patients -- write a whole number, 110 for example");
  check({.unit = ""}, &Row::unit, "the target has no unit -- write the unit of the observed number");
  check({.source = ""}, &Row::source, "the target has no source -- say where the observed number comes from");
  check({.grade = "guess"}, &Row::grade,
        "unknown grade \"guess\" -- write one of read, secondary, recalled, derived, assumption");
}

TEST_CASE("All mistakes of a file are told at once, and only rows without any are read", "[study]") {
  const StudyFolder folder;
  const std::vector<TargetRow> rows = {
      {.id = "a", .observed = "x", .grade = ""}, {.id = "b"}, {.id = "b"}, {.id = "c", .use = "other", .source = ""}};
  folder.write_targets(rows);
  myelin::Diagnostics found;
  const std::vector<Target> targets = read_targets(folder.path("targets.csv"), found);
  CHECK(folder.lines_of(found) ==
        Lines{rows[0].place(&TargetRow::grade) +
                  "the target has no grade -- write one of read, secondary, recalled, derived, assumption",
              rows[0].place(&TargetRow::observed) + "observed \"x\" is no number -- write it as 0.25 or 3e-4",
              "targets.csv:4:1: the id \"b\" is used twice (first on line 3) -- rename one of the two",
              "targets.csv:5:3: unknown use \"other\" -- write one of fit, held_out, unusable",
              rows[3].place(&TargetRow::source, 5) +
                  "the target has no source -- say where the observed number comes from"});
  CHECK(targets.size() == 2);
}
