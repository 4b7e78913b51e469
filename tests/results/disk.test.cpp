#include <sys/mount.h>
#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "core/diagnostic.hpp"
#include "results/example.hpp"
#include "results/results.hpp"
#include "support/small_disk.hpp"

using namespace myelin::results;
using namespace myelin::results::test;
using Catch::Matchers::Contains;
using myelin::test::SmallDisk;

namespace {

std::string problem_of_writing(const RunResults& run, const std::filesystem::path& path) {
  try {
    write(run, path);
  } catch (const myelin::IoError& error) {
    const std::string text = error.what();
    CHECK_THAT(text, Contains(path.string()) && Contains(" -- "));
    return text;
  }
  FAIL("writing '" + path.string() + "' succeeded");
  return {};
}

/// Limits the size of any file that this process writes.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    handler_before_ = std::signal(SIGXFSZ, SIG_IGN);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_before_);
  }

 private:
  rlimit before_{};
  void (*handler_before_)(int) = SIG_DFL;
};

}  // namespace

TEST_CASE("a full disk is reported and nothing is left behind") {
  const TemporaryFolder folder;
  const SmallDisk disk(folder.path(), 0, 65536);
  if (!disk.is_mounted()) {
    WARN("a small disk cannot be mounted here: not checked");
    return;
  }
  put_file(folder / "run.h5", "the earlier file");
  const RunResults run = RandomRun(31).make(3, 400, 5);
  CHECK_THAT(problem_of_writing(run, folder / "run.h5"), Contains("disk is full") && Contains("free some space"));
  CHECK(file_bytes(folder / "run.h5") == "the earlier file");
  std::filesystem::remove(folder / "run.h5");
  CHECK(folder.is_empty());
}

TEST_CASE("a read-only disk is reported") {
  const TemporaryFolder folder;
  const SmallDisk disk(folder.path(), MS_RDONLY, 65536);
  if (!disk.is_mounted()) {
    WARN("a small disk cannot be mounted here: not checked");
    return;
  }
  CHECK_THAT(problem_of_writing(RunResults{}, folder / "run.h5"), Contains("read-only"));
}

TEST_CASE("a file above the limit of its size is reported and nothing is left behind") {
  const TemporaryFolder folder;
  const RunResults run = RandomRun(31).make(3, 400, 5);
  std::string problem;
  {
    const FileSizeLimit limit(65536);
    problem = problem_of_writing(run, folder / "run.h5");
  }
  CHECK_THAT(problem, Contains("ulimit -f"));
  CHECK(folder.is_empty());
}

TEST_CASE("a folder that cannot be written is reported") {
  const TemporaryFolder folder;
  put_file(folder / "file", "");
  CHECK_THAT(problem_of_writing(RunResults{}, folder / "file/run.h5"), Contains("is not a folder"));
  CHECK_THAT(problem_of_writing(RunResults{}, folder / "absent/run.h5"), Contains("does not exist"));
  CHECK_THAT(problem_of_writing(RunResults{}, "/proc/run.h5"), Contains("does not take files"));
  CHECK_THAT(problem_of_writing(RunResults{}, folder.path()), Contains("is a folder"));
  CHECK_FALSE(std::filesystem::exists(folder.path().string() + ".tmp." + std::to_string(::getpid())));
}

TEST_CASE("a text that HDF5 would cut short is refused") {
  const TemporaryFolder folder;
  RunResults run;
  run.title = std::string("cut\0short", 9);
  CHECK_THROWS_WITH(write(run, folder / "run.h5"), Contains("NUL") && Contains("'cut...'"));
  CHECK(folder.is_empty());
}
