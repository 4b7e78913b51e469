#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "study/study_folder.hpp"

using namespace myelin::cli::test;
using Catch::Matchers::Contains;
using myelin::results::test::file_bytes;
using myelin::study::test::StudyFolder;
using nlohmann::json;

namespace {

const std::string spec = R"(format = 1
title = "Illness and death"
targets = "targets.csv"
starts = 3
draws = 5
seed = 4

[[parameters]]
path = "parameters.p_die"
low = 0.01
high = 0.4
scale = "logit"

[[parameters]]
path = "parameters.p_ill"
low = 0.01
high = 0.5
scale = "logit"
)";

/// A folder with a specification and its targets.
class CalibrationFolder : public StudyFolder {
 public:
  explicit CalibrationFolder(const std::string& text = spec) {
    write("spec.toml", text);
    write_targets({{.id = "alive", .measure = "survival at 1", .observed = "0.85", .n = "200"},
                   {.id = "well", .measure = "free ill at 1", .observed = "0.7", .n = "150"},
                   {.id = "later", .use = "held_out", .measure = "survival at 2", .observed = "0.7"}});
  }
};

}  // namespace

TEST_CASE("calibrate prints parameters, fit and standard errors", "[cli]") {
  const CalibrationFolder folder;
  const Finished finished = run_myelin({"calibrate", folder.path("spec.toml").string()});
  CHECK(finished.code == 0);
  CHECK(finished.err.empty());
  for (const char* text :
       {"Illness and death", "parameters.p_die", "0.15", "correlation", "3 of 3 starts reached it", "alive", "well"}) {
    CHECK_THAT(finished.out, Contains(text));
  }
  CHECK_THAT(finished.out, !Contains("later"));
}

TEST_CASE("calibrate writes its report, fit and draws, the same bytes each time", "[cli]") {
  const CalibrationFolder folder;
  for (const char* to : {"first", "deep/second"})
    REQUIRE(run_myelin({"calibrate", folder.path("spec.toml").string(), "--to", folder.path(to).string()}).code == 0);
  for (const char* file : {"report.json", "fit.csv", "draws.csv"})
    CHECK(file_bytes(folder.path("first") / file) == file_bytes(folder.path("deep/second") / file));
  const json report = json::parse(file_bytes(folder.path("first") / "report.json"));
  CHECK(report["parameters"][0]["path"] == "parameters.p_die");
  CHECK(report["parameters"][0]["estimate"].get<double>() == Approx(0.15).epsilon(1e-4));
  CHECK(report["parameters"][1]["estimate"].get<double>() == Approx(0.3).epsilon(1e-4));
  CHECK(report["starts"]["reached"] == 3);
  CHECK(report["targets"].size() == 2);
  CHECK(report["warnings"].empty());
  const std::vector<std::string> fit = lines_of(file_bytes(folder.path("first") / "fit.csv"));
  CHECK(fit.front() == "id,observed,low,high,fitted,residual,part,unit,source");
  CHECK(fit.size() == 3);
  const std::vector<std::string> draws = lines_of(file_bytes(folder.path("first") / "draws.csv"));
  CHECK(draws.front() == "parameters.p_die,parameters.p_ill");
  CHECK(draws.size() == 6);
}

TEST_CASE("calibrate --json prints the report and nothing else", "[cli]") {
  const CalibrationFolder folder;
  const Finished finished = run_myelin({"calibrate", folder.path("spec.toml").string(), "--json"});
  REQUIRE(finished.code == 0);
  CHECK(json::parse(finished.out)["draws"]["count"] == 5);
}

TEST_CASE("calibrate tells mistakes of the specification, the targets and the scenarios", "[cli]") {
  const auto mistake = [](const StudyFolder& folder) {
    const Finished finished = run_myelin({"calibrate", folder.path("spec.toml").string()});
    CHECK(finished.code == 2);
    CHECK(finished.out.empty());
    return finished.err;
  };
  CHECK_THAT(mistake(CalibrationFolder("format = 1\n")),
             Contains("title is missing") && Contains("myelin: 3 problems"));
  std::string text = spec;
  CHECK_THAT(mistake(CalibrationFolder(text.replace(text.find("p_ill"), 5, "p_il_"))),
             Contains("spec.toml:15:8: parameters.p_il_"));
  const CalibrationFolder folder;
  folder.write_targets({{.id = "a", .observed = "x"}, {.id = "b", .measure = "survival at 9", .n = "9"}});
  CHECK_THAT(mistake(folder), Contains("is no number") && Contains("beyond the horizon"));
}

TEST_CASE("calibrate fails where its folder cannot be made", "[cli]") {
  const CalibrationFolder folder;
  const Finished finished =
      run_myelin({"calibrate", folder.path("spec.toml").string(), "--to", folder.path("spec.toml/below").string()});
  CHECK(finished.code == 3);
  CHECK_THAT(finished.err, Contains("cannot make the folder"));
}
