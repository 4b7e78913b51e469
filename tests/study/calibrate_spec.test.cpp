#include "study/calibrate_spec.hpp"

#include <catch2/catch.hpp>

#include "study/study_folder.hpp"

using namespace myelin;
using namespace myelin::study;
using namespace myelin::study::test;

namespace {

const std::string head = "format = 1\ntitle = \"T\"\ntargets = \"targets.csv\"\n";
const std::string parameter = "[[parameters]]\npath = \"parameters.p_ill\"\nlow = 0.1\nhigh = 0.4\n";

Lines mistakes(const std::string& text) {
  const StudyFolder folder;
  folder.write("spec.toml", text);
  const auto spec = read_calibration_spec(folder.path("spec.toml"));
  return spec ? Lines{} : folder.lines_of(spec.error());
}

Lines mistakes_of_choice(const std::string& more, const std::vector<TargetRow>& rows) {
  const StudyFolder folder;
  folder.write("spec.toml", head + more + parameter);
  folder.write_targets(rows);
  const auto spec = read_calibration_spec(folder.path("spec.toml"));
  REQUIRE(spec);
  Diagnostics found;
  chosen_targets(*spec, folder.targets(), found);
  return folder.lines_of(found);
}

}  // namespace

TEST_CASE("A specification is read with its fallbacks", "[study]") {
  const StudyFolder folder;
  folder.write("spec.toml", head + parameter);
  const auto spec = read_calibration_spec(folder.path("spec.toml"));
  REQUIRE(spec);
  CHECK(spec->title == "T");
  CHECK(spec->targets == folder.path("targets.csv"));
  CHECK(spec->use.empty());
  CHECK(spec->objective == Objective::least_squares);
  CHECK(spec->starts == 20);
  CHECK(spec->draws == 1000);
  REQUIRE(spec->parameters.size() == 1);
  CHECK(spec->parameters[0].path == "parameters.p_ill");
  CHECK(spec->parameters[0].scale == Scale::linear);
  CHECK_FALSE(spec->parameters[0].start);
  CHECK(spec->parameters[0].place.line == 5);
}

TEST_CASE("A specification can say everything", "[study]") {
  const StudyFolder folder;
  folder.write("spec.toml", head +
                                "use = [\"a\", \"b\"]\nobjective = \"likelihood\"\nstarts = 3\nseed = 7\n"
                                "tolerance = 1e-4\ndraws = 10\n" +
                                parameter + "start = 0.3\nscale = \"logit\"\n");
  const auto spec = read_calibration_spec(folder.path("spec.toml"));
  REQUIRE(spec);
  REQUIRE(spec->use.size() == 2);
  CHECK(spec->use[1].id == "b");
  CHECK(spec->objective == Objective::likelihood);
  CHECK(spec->starts == 3);
  CHECK(spec->seed == 7);
  CHECK(spec->tolerance == 1e-4);
  CHECK(spec->draws == 10);
  CHECK(spec->parameters[0].start == 0.3);
  CHECK(spec->parameters[0].scale == Scale::logit);
}

TEST_CASE("Mistakes of a specification are told with their places", "[study]") {
  CHECK(mistakes("format = 1\ntitle = ") ==
        Lines{"spec.toml:2:9: TOML syntax: Error while parsing key-value pair: encountered end-of-file -- correct the "
              "line (https://toml.io describes the format)"});
  CHECK(mistakes(head) ==
        Lines{"spec.toml:1:1: there are no parameters to find -- write [[parameters]] with path, low and high for "
              "each"});
  CHECK(mistakes(head + "start = 3\n" + parameter) ==
        Lines{"spec.toml:4:1: unknown key \"start\" -- did you mean \"starts\"?"});
  CHECK(mistakes("format = 2\ntargets = 3\n" + parameter) ==
        Lines{"spec.toml:1:10: format must be a whole number from 1 to 1 -- write format = 1 for example",
              "spec.toml:1:1: title is missing -- say what is calibrated",
              "spec.toml:2:11: targets must be text -- give the path of the CSV file of targets"});
  CHECK(mistakes(head + "objective = \"likelyhood\"\nuse = \"a\"\nstarts = 0\ntolerance = 1\ndraws = 0.5\n" +
                 parameter) ==
        Lines{"spec.toml:5:7: use must be a list of ids of targets -- write use = [\"id\", ...], or leave it out for "
              "all whose use is fit",
              "spec.toml:4:13: unknown objective \"likelyhood\" -- did you mean \"likelihood\"?",
              "spec.toml:6:10: starts must be a whole number from 1 to 100000 -- write starts = 20 for example",
              "spec.toml:8:9: draws must be a whole number from 0 to 10000000 -- write draws = 1000 for example",
              "spec.toml:7:13: tolerance 1 is not above 0 and at most 0.1 -- write tolerance = 1e-6 for example"});
}

TEST_CASE("Mistakes of a parameter are told with their places", "[study]") {
  const auto check = [](const std::string& lines, const std::string& expected) {
    CHECK(mistakes(head + "[[parameters]]\npath = \"a\"\n" + lines) == Lines{"spec.toml:" + expected});
  };
  check("low = 0.1", "4:1: high is missing -- say where to search");
  check("low = 0.4\nhigh = 0.1", "6:7: low 0.4 is not below high 0.1 -- exchange them");
  check("low = \"x\"\nhigh = 0.1", "6:7: low must be a number -- write low = 0.5 for example");
  check("low = 0\nhigh = 1\nscale = \"log\"", "6:7: low 0 has no log -- give a low above 0, or scale = \"linear\"");
  check("low = 0.1\nhigh = 1\nscale = \"logit\"",
        "7:8: high 1 has no logit -- give a high below 1, or scale = \"linear\"");
  check("low = 0.1\nhigh = 1\nstart = 2", "8:9: start 2 is not from low 0.1 to high 1 -- start within the range");
  check("low = 0.1\nhigh = 1\nscale = \"logg\"", "8:9: unknown scale \"logg\" -- did you mean \"log\"?");
  check("low = 0.1\nhigh = 1\nlows = 2", "8:1: unknown key \"lows\" -- did you mean \"low\"?");
  CHECK(mistakes(head + parameter + parameter) ==
        Lines{"spec.toml:9:8: a second parameter \"parameters.p_ill\" -- keep one of the two"});
}

TEST_CASE("A specification that is not there is told", "[study]") {
  const StudyFolder folder;
  CHECK(folder.lines_of(read_calibration_spec(folder.path("spec.toml")).error()) ==
        Lines{"spec.toml: cannot use the file \"spec.toml\": there is no such file -- give the path of a calibration's "
              "TOML file"});
}

TEST_CASE("Targets are chosen by their ids, or by their use", "[study]") {
  const StudyFolder folder;
  folder.write_targets({{.id = "a", .n = "9"}, {.id = "b", .use = "held_out", .n = "9"}, {.id = "c", .n = "9"}});
  CalibrationSpec spec;
  Diagnostics found;
  CHECK(chosen_targets(spec, folder.targets(), found).size() == 2);
  spec.use = {{"b", {}}};
  const std::vector<Target> chosen = chosen_targets(spec, folder.targets(), found);
  REQUIRE(chosen.size() == 1);
  CHECK(chosen.front().id == "b");
  CHECK(found.empty());
}

TEST_CASE("Targets that cannot be fitted are told", "[study]") {
  const TargetRow unusable{.id = "lost", .use = "unusable", .reason = "a graph"};
  CHECK(mistakes_of_choice("use = [\"aa\", \"lost\"]\n", {{.id = "aaa", .n = "9"}, unusable}) ==
        Lines{"spec.toml:4:8: there is no target \"aa\" -- did you mean \"aaa\"?",
              "spec.toml:4:14: the target \"lost\" is unusable: a graph -- leave it out"});
  CHECK(mistakes_of_choice("", {{.use = "held_out", .n = "9"}}) ==
        Lines{"spec.toml: no target is chosen -- give targets the use `fit`, or name them with use"});
  CHECK(mistakes_of_choice("", {{}}) ==
        Lines{TargetRow{}.place(&TargetRow::measure) +
              "target \"a\" has no standard error: no interval, or one without width -- give low and high, or the n of "
              "a proportion"});
  CHECK(mistakes_of_choice("objective = \"likelihood\"\n", {{.n = "9"}}).empty());
  CHECK(mistakes_of_choice("objective = \"likelihood\"\n", {{.low = "0.5", .high = "0.5"}}).size() == 1);
}

TEST_CASE("Scales have their inverse", "[study]") {
  CHECK(to_scale(Scale::log, 2) == Approx(0.693147));
  CHECK(to_scale(Scale::logit, 0.8) == Approx(1.386294));
  for (const Scale scale : {Scale::linear, Scale::log, Scale::logit})
    CHECK(from_scale(scale, to_scale(scale, 0.3)) == Approx(0.3));
}
