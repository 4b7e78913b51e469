#include <catch2/catch.hpp>
#include <filesystem>
#include <set>

#include "cli/command.hpp"
#include "cli/ms_folder.hpp"

using namespace myelin::cli::test;
using Catch::Matchers::Contains;

namespace {

/// Signals a run after its first batch of about three hundred, and lets it end.
Finished interrupted_run(int signal, const std::string& output) {
  std::vector<std::string> arguments = {"run",      base_case,    "--strategies", "ahsct", "--patients",
                                        "20000000", "--progress", "json",         "--json"};
  if (!output.empty()) arguments.insert(arguments.end(), {"-o", output});
  Command command(with_program(arguments));
  command.wait_for_error_text();
  command.send(signal);
  return command.finish();
}

std::set<std::string> names_in(const TemporaryFolder& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
    names.insert(entry.path().filename().string());
  return names;
}

void check_interrupted(const Finished& finished) {
  CHECK(finished.code == 130);
  CHECK(finished.out.empty());
  CHECK_THAT(finished.err, Contains("interrupted") && Contains("no results were written"));
}

}  // namespace

TEST_CASE("an interrupted run exits with 130, says so and leaves no results, but the work that was finished") {
  const int signal = GENERATE(SIGINT, SIGTERM);
  const TemporaryFolder folder;
  check_interrupted(interrupted_run(signal, folder / "run.h5"));
  CHECK(names_in(folder) == std::set<std::string>{"run.h5.unfinished"});
}

TEST_CASE("an interrupted run without an output leaves nothing") {
  const TemporaryFolder folder;
  check_interrupted(interrupted_run(SIGTERM, ""));
  CHECK(folder.is_empty());
}

TEST_CASE("an interrupted run leaves the results that were there") {
  const TemporaryFolder folder;
  const std::string file = folder / "run.h5";
  REQUIRE(run_myelin({"run", base_case, "--patients", "10", "-o", file, "--quiet"}).code == 0);
  const std::string before = file_bytes(file);
  check_interrupted(interrupted_run(SIGTERM, file));
  CHECK(file_bytes(file) == before);
  CHECK(names_in(folder) == std::set<std::string>{"run.h5", "run.h5.unfinished"});
}
