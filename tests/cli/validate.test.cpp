#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "scenario/csv.hpp"
#include "study/study_folder.hpp"

using namespace myelin;
using namespace myelin::cli::test;
using Catch::Matchers::Contains;
using myelin::results::test::file_bytes;
using myelin::study::test::StudyFolder;
using myelin::study::test::TargetRow;
using nlohmann::json;

namespace {

const std::vector<TargetRow>& rows() {
  static const std::vector<TargetRow> all = {
      {.id = "fitted", .measure = "survival at 1", .observed = "0.9", .n = "110", .vary = "parameters.p_die"},
      {.id = "inside", .use = "held_out", .observed = "0.8", .low = "0.7", .high = "0.9", .note = "\"a, note\""},
      {.id = "outside",
       .use = "held_out",
       .measure = "free ill at 3",
       .observed = "0.7",
       .low = "0.65",
       .high = "0.75"},
      {.id = "bare", .use = "held_out", .measure = "free ill at 1", .observed = "0.9"},
      {.id = "lost",
       .use = "unusable",
       .reason = "only a graph",
       .scenario = "",
       .measure = "",
       .observed = "about half"}};
  return all;
}

}  // namespace

TEST_CASE("validate prints predictions beside observations", "[cli]") {
  const StudyFolder folder;
  folder.write_targets(rows());
  const Finished finished = run_myelin({"validate", folder.path("targets.csv").string()});
  CHECK(finished.code == 0);
  CHECK(finished.err.empty());
  for (const char* text :
       {"Targets that parameters were fitted to", "Held-out targets: nothing was fitted to them",
        "Observations that cannot be used", "only a graph", "exact binomial (Clopper-Pearson)",
        "inside the observed interval  1 of 2 (95 % interval of the share 0.013 to 0.987)",
        "mean error                    -0.106 (3 proportions, predicted minus observed)",
        "mean absolute error           0.106", "rank correlation (Spearman)   1.00", "Unusable observations: 1"}) {
    CHECK_THAT(finished.out, Contains(text));
  }
}

TEST_CASE("validate --json prints JSON and nothing else", "[cli]") {
  const StudyFolder folder;
  folder.write_targets(rows());
  const Finished finished = run_myelin({"validate", folder.path("targets.csv").string(), "--json"});
  REQUIRE(finished.code == 0);
  const json result = json::parse(finished.out);
  REQUIRE(result["rows"].size() == 5);
  const json& fitted = result["rows"][0];
  CHECK(fitted["predicted"].get<double>() == Approx(0.9));
  CHECK(fitted["interval_from"] == "exact_binomial");
  CHECK(fitted["predicted_interval"]["low"].get<double>() == Approx(0.85));
  CHECK(fitted["inside"] == true);
  CHECK(fitted["overlap"] == true);
  CHECK(result["rows"][2]["inside"] == false);
  CHECK(result["rows"][3]["inside"].is_null());
  CHECK(result["rows"][4]["reason"] == "only a graph");
  CHECK(result["held_out"]["inside"] == 1);
  CHECK(result["held_out"]["with_interval"] == 2);
  CHECK(result["unusable"] == 1);
}

TEST_CASE("validate --to writes a CSV file that other tools read", "[cli]") {
  const StudyFolder folder;
  folder.write_targets(rows());
  const std::string to = folder.path("out.csv").string();
  REQUIRE(run_myelin({"validate", folder.path("targets.csv").string(), "--to", to}).code == 0);
  Diagnostics found;
  const std::vector<std::string> columns = {
      "id",     "use",     "observed", "low", "high", "interval_from", "predicted", "predicted_low", "predicted_high",
      "inside", "overlap", "source",   "note"};
  const auto table = scenario::parse_csv({"out.csv", "out.csv", file_bytes(to)}, columns, {}, found);
  REQUIRE(table);
  CHECK(found.empty());
  CHECK(table->header == columns);
  REQUIRE(table->rows.size() == 5);
  CHECK(table->rows[1][12].text == "a, note");
  CHECK(table->rows[2][9].text == "false");
  CHECK(table->rows[4][2].text == "about half");
  CHECK(table->rows[4][6].text.empty());
  CHECK(std::stod(table->rows[0][6].text) == Approx(0.9));
}

TEST_CASE("validate tells every mistake and writes nothing", "[cli]") {
  const StudyFolder folder;
  folder.write_targets({{.id = "a", .observed = "x"}, {.id = "b", .measure = "survival at 9"}});
  const std::string to = folder.path("out.csv").string();
  const Finished finished = run_myelin({"validate", folder.path("targets.csv").string(), "--to", to});
  CHECK(finished.code == 2);
  CHECK(finished.out.empty());
  CHECK_THAT(finished.err, Contains("observed \"x\" is no number"));
  CHECK_THAT(finished.err, Contains("year 9 is beyond the horizon"));
  CHECK_THAT(finished.err, Contains("myelin: 2 problems"));
  CHECK_FALSE(std::filesystem::exists(to));
}

TEST_CASE("validate fails where its file cannot be written, and leaves nothing behind", "[cli]") {
  const StudyFolder folder;
  folder.write_targets(rows());
  const Finished finished =
      run_myelin({"validate", folder.path("targets.csv").string(), "--to", folder.path("no/out.csv").string()});
  CHECK(finished.code == 3);
  CHECK_THAT(finished.err, Contains("cannot write") && Contains("No such file or directory"));
  CHECK(run_myelin({"validate", folder.path("targets.csv").string(), "--to", folder.path("").string()}).code == 3);
  for (const auto& entry : std::filesystem::directory_iterator(folder.path("")))
    CHECK_THAT(entry.path().string(), !Contains(".tmp."));
}

TEST_CASE("validate takes the targets below the current folder without being told", "[cli]") {
  const StudyFolder folder;
  std::filesystem::create_directories(folder.path("scenarios/ms/validation"));
  folder.write("scenarios/ms/validation/targets.csv",
               study::test::target_header + TargetRow{.id = "mine", .scenario = "../../../scenario.toml"}.line());
  const Finished finished = run_in_shell("cd '" + folder.path("").string() + "' && \"$@\"", {"validate"});
  CHECK(finished.code == 0);
  CHECK_THAT(finished.out, Contains("mine"));
}

TEST_CASE("validate --help documents columns and measures", "[cli]") {
  const Finished finished = run_myelin({"validate", "--help"});
  CHECK(finished.code == 0);
  for (const char* text : {"held_out", "share TALLY LEVELS at YEAR", "icer versus STRATEGY", "reached.EVENT"})
    CHECK_THAT(finished.out, Contains(text));
}
