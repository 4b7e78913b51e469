#include <catch2/catch.hpp>

#include "cli/command.hpp"
#include "cli/ms_folder.hpp"

using namespace myelin::cli::test;
using Catch::Matchers::Contains;

namespace {

/// Signals a run after its first batch of about three hundred, and lets it end.
Finished interrupted_run(int signal, const std::string& output) {
  Command command(with_program({"run", base_case, "--strategies", "ahsct", "--patients", "20000000", "--progress",
                                "json", "--json", "-o", output}));
  command.wait_for_error_text();
  command.send(signal);
  return command.finish();
}

void check_interrupted(const Finished& finished) {
  CHECK(finished.code == 130);
  CHECK(finished.out.empty());
  CHECK_THAT(finished.err, Contains("interrupted") && Contains("no results were written"));
}

}  // namespace

TEST_CASE("an interrupted run exits with 130, says so and leaves no file") {
  const int signal = GENERATE(SIGINT, SIGTERM);
  const TemporaryFolder folder;
  check_interrupted(interrupted_run(signal, folder / "run.h5"));
  CHECK(folder.is_empty());
}

TEST_CASE("an interrupted run leaves the results that were there") {
  const TemporaryFolder folder;
  const std::string file = folder / "run.h5";
  REQUIRE(run_myelin({"run", base_case, "--patients", "10", "-o", file, "--quiet"}).code == 0);
  const std::string before = file_bytes(file);
  check_interrupted(interrupted_run(SIGTERM, file));
  CHECK(file_bytes(file) == before);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}
