#include <sys/mount.h>

#include <catch2/catch.hpp>

#include "cli/command.hpp"
#include "cli/ms_folder.hpp"
#include "support/small_disk.hpp"

using namespace myelin::cli::test;
using Catch::Matchers::Contains;
using myelin::test::SmallDisk;
using Arguments = std::vector<std::string>;

/// \file
/// The outside world fails: exit code 3, a message with the file and a remedy, and nothing left behind.

namespace {

void check_refused(const Finished& finished, const std::string& file, const std::string& told) {
  CHECK(finished.code == 3);
  CHECK(finished.out.empty());
  CHECK_THAT(finished.err, Contains(file) && Contains(told) && Contains(" -- "));
  CHECK(lines_of(finished.err).size() == 1);
}

Arguments short_run(const std::string& output) {
  return {"run", base_case, "--patients", "10", "-o", output, "--quiet"};
}

std::size_t files_in(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

/// A folder with a good results file in it.
struct FolderWithResults {
  TemporaryFolder folder;
  std::string file = folder / "run.h5";
  std::string content;
  FolderWithResults() {
    REQUIRE(run_myelin(short_run(file)).code == 0);
    content = file_bytes(file);
  }
};

}  // namespace

TEST_CASE_METHOD(FolderWithResults, "a results file that cannot be read is refused by every command that reads one") {
  const std::string command = GENERATE("analyse", "digest");
  SECTION("missing") { check_refused(run_myelin({command, folder / "none.h5"}), "none.h5", "no such file"); }
  SECTION("empty") {
    put_file(file, "");
    check_refused(run_myelin({command, file}), file, "empty");
  }
  SECTION("truncated") {
    const std::size_t size = GENERATE_COPY(std::size_t{100}, content.size() / 2, content.size() - 1);
    put_file(file, content.substr(0, size));
    check_refused(run_myelin({command, file}), file, "truncated");
  }
  SECTION("not HDF5") { check_refused(run_myelin({command, base_case}), base_case, "not an HDF5 file"); }
  SECTION("a folder") { check_refused(run_myelin({command, folder.path()}), folder.path(), "is a folder"); }
  SECTION("one changed byte") {
    std::string damaged = content;
    damaged[damaged.size() / 3] ^= 1;
    put_file(file, damaged);
    check_refused(run_myelin({command, file}), file, "damaged");
  }
}

TEST_CASE("an output folder that cannot be written is reported") {
  const TemporaryFolder folder;
  put_file(folder / "notes.txt", "mine");
  check_refused(run_myelin(short_run(folder / "notes.txt/run.h5")), folder / "notes.txt", "folder");
  check_refused(run_myelin(short_run(folder / "absent/run.h5")), folder / "absent", "does not exist");
  CHECK(file_bytes(folder / "notes.txt") == "mine");
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("an output on a read-only disk is reported") {
  const TemporaryFolder folder;
  const SmallDisk disk(folder.path(), MS_RDONLY, 65536);
  if (!disk.is_mounted()) return;
  check_refused(run_myelin(short_run(folder / "run.h5")), folder.path(), "written");
  CHECK(folder.is_empty());
}

TEST_CASE("an output on a full disk is reported and nothing is left behind") {
  const TemporaryFolder folder;
  const SmallDisk disk(folder.path(), 0, 65536);
  if (!disk.is_mounted()) return;
  check_refused(run_myelin(short_run(folder / "run.h5")), "run.h5", "the disk is full");
  CHECK(folder.is_empty());
}

TEST_CASE_METHOD(FolderWithResults, "a results file survives a rewrite for which the disk is too small") {
  const TemporaryFolder mount_point;
  const SmallDisk disk(mount_point.path(), 0, content.size() * 3 / 2);
  if (!disk.is_mounted()) return;
  const std::string earlier = mount_point / "run.h5";
  put_file(earlier, content);
  REQUIRE(file_bytes(earlier) == content);
  Arguments rewrite = short_run(earlier);
  rewrite.insert(rewrite.end(), {"--seed", "2"});
  check_refused(run_myelin(rewrite), earlier, "the disk is full");
  CHECK(file_bytes(earlier) == content);
  CHECK(files_in(mount_point.path()) == 1);
}

TEST_CASE_METHOD(FolderWithResults, "a results file survives a rewrite above the limit of a file's size") {
  Arguments rewrite = short_run(file);
  rewrite.insert(rewrite.end(), {"--seed", "2"});
  check_refused(run_in_shell("ulimit -f 64 && exec \"$@\"", rewrite), file, "ulimit -f");
  CHECK(file_bytes(file) == content);
  CHECK(files_in(folder.path()) == 1);
}

TEST_CASE_METHOD(FolderWithResults, "a result that cannot be printed is reported") {
  const std::vector<Arguments> commands = {{"digest", file},
                                           {"analyse", file, "--json"},
                                           {"run", base_case, "--patients", "10", "--json", "--progress", "none"}};
  for (const Arguments& arguments : commands) {
    CAPTURE(arguments);
    const Finished finished = run_in_shell("exec \"$@\" >/dev/full", arguments);
    CHECK(finished.code == 3);
    CHECK_THAT(finished.err, Contains("standard output") && !Contains("internal error"));
  }
}
