#include "report/export.hpp"

#include <sys/mount.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "cli/command.hpp"
#include "cli/ms_folder.hpp"
#include "support/small_disk.hpp"

using namespace myelin::cli::test;
using Catch::Matchers::Contains;
using myelin::report::export_file_names;
using myelin::test::SmallDisk;
using Arguments = std::vector<std::string>;

namespace {

constexpr std::size_t files_without_draws = 6;

std::size_t files_in(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

/// A folder with a finished run.
struct FinishedRun {
  TemporaryFolder folder;
  std::string file = folder / "run.h5";

  explicit FinishedRun(const Arguments& more = {}) {
    Arguments arguments = {"run", base_case, "--strategies", "ocrelizumab,ahsct", "--patients", "50",
                           "-o",  file,      "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    REQUIRE(run_myelin(arguments).code == 0);
  }

  Finished export_to(const std::string& to) const { return run_myelin({"export", file, "--to", to}); }
};

}  // namespace

TEST_CASE("export writes every file that the run fills and says which it does not") {
  const FinishedRun run;
  const std::string to = run.folder / "out";
  const Finished finished = run.export_to(to + "/");
  CHECK(finished.code == 0);
  CHECK(lines_of(finished.out).size() == files_without_draws);
  CHECK_THAT(finished.err, Contains("no parameter draws") && Contains("psa_costs.csv") && Contains("--draws"));
  CHECK(files_in(to) == files_without_draws);
  for (std::size_t i = 0; i < files_without_draws; ++i) {
    CHECK_THAT(finished.out, Contains(export_file_names()[i]));
    CHECK(file_bytes(to + "/" + export_file_names()[i]).size() > 40);
  }
  CHECK(files_in(run.folder.path()) == 2);
}

TEST_CASE("export of a run with draws writes them all, and says which texts look like formulae") {
  const FinishedRun run({"--draws", "6"});
  const Finished finished = run.export_to(run.folder / "out");
  CHECK(finished.code == 0);
  REQUIRE(lines_of(finished.err).size() == 1);
  CHECK_THAT(finished.err, Contains("parameters_used.csv") && Contains("formula") && Contains("'-0.0"));
  CHECK(files_in(run.folder / "out") == export_file_names().size());
  CHECK(lines_of(file_bytes(run.folder / "out/psa_costs.csv")).size() == 7);
}

TEST_CASE("export overwrites nothing: every file in the way is named and none is written") {
  const FinishedRun run;
  const std::filesystem::path to = run.folder / "out";
  std::filesystem::create_directory(to);
  put_file(to / "icers.csv", "mine");
  put_file(to / "psa_costs.csv", "of another run");  // though this run would not fill it
  const Finished finished = run.export_to(to);
  CHECK(finished.code == 2);
  CHECK(finished.out.empty());
  CHECK_THAT(finished.err, Contains((to / "icers.csv").string()) && Contains((to / "psa_costs.csv").string()) &&
                               Contains("2 problems; nothing was written"));
  CHECK(lines_of(finished.err).size() == 3);
  CHECK(files_in(to) == 2);
  CHECK(file_bytes(to / "icers.csv") == "mine");
}

TEST_CASE("export adds to a folder that is there and leaves its other files alone") {
  const FinishedRun run;
  const std::filesystem::path to = run.folder / "out";
  std::filesystem::create_directory(to);
  put_file(to / "notes.txt", "mine");
  CHECK(run.export_to(to).code == 0);
  CHECK(files_in(to) == files_without_draws + 1);
  CHECK(file_bytes(to / "notes.txt") == "mine");
}

TEST_CASE("an export that cannot be written leaves nothing behind") {
  const FinishedRun run;
  const auto check_refused = [&](const std::string& to) {
    const Finished finished = run.export_to(to);
    CHECK(finished.code == 3);
    CHECK(finished.out.empty());
    CHECK_THAT(finished.err, Contains(to) && Contains(" -- "));
  };
  SECTION("no folder around it") { check_refused(run.folder / "absent/out"); }
  SECTION("a file in its place") {
    put_file(run.folder / "notes.txt", "mine");
    check_refused(run.folder / "notes.txt");
    CHECK(file_bytes(run.folder / "notes.txt") == "mine");
    CHECK(files_in(run.folder.path()) == 2);
  }
  SECTION("the disk is full") {
    const TemporaryFolder mount_point;
    const SmallDisk disk(mount_point.path(), 0, 65536);
    if (!disk.is_mounted()) return;
    check_refused(mount_point.path());
    CHECK(mount_point.is_empty());
    check_refused(mount_point / "out");
    CHECK(mount_point.is_empty());
  }
}

TEST_CASE("export needs a folder and a results file") {
  const FinishedRun run;
  CHECK(run_myelin({"export", run.file}).code == 2);
  CHECK(run_myelin({"export", run.folder / "none.h5", "--to", run.folder / "out"}).code == 3);
  CHECK(files_in(run.folder.path()) == 1);
}
