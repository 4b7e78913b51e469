#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/command.hpp"
#include "cli/ms_folder.hpp"

using namespace myelin::cli::test;
using Catch::Matchers::Contains;
using nlohmann::json;
using Arguments = std::vector<std::string>;

namespace {

Finished run_with(const Arguments& more, ErrorStream error_stream = ErrorStream::pipe) {
  Arguments run = {"run", base_case, "--strategies", "ahsct", "--patients", "2000"};
  run.insert(run.end(), more.begin(), more.end());
  const Finished finished = run_myelin(run, error_stream);
  REQUIRE(finished.code == 0);
  return finished;
}

}  // namespace

TEST_CASE("progress as JSON tells each analysis to its end") {
  std::map<std::string, double> done;
  for (const std::string& line : lines_of(run_with({"--progress", "json"}).err)) {
    if (!line.starts_with("{")) continue;
    const json state = json::parse(line);
    CAPTURE(line);
    for (const char* key :
         {"patients_done", "patients", "patient_cycles_per_second", "elapsed_seconds", "seconds_left"}) {
      REQUIRE(state.contains(key));
      CHECK(state[key].is_number());
    }
    CHECK(state["patients"] == 2000);
    const double before = std::exchange(done[state.at("analysis")], state["patients_done"].get<double>());
    CHECK(state["patients_done"] >= before);
  }
  CHECK(done == std::map<std::string, double>{{"base", 2000}, {"calibrated", 2000}});
}

TEST_CASE("with progress as JSON each line of standard error is JSON") {
  const TemporaryFolder folder;
  const Finished finished = run_with({"--progress", "json", "-o", folder / "run.h5"});
  for (const std::string& line : lines_of(finished.err)) {
    CAPTURE(line);
    CHECK(json::accept(line));
  }
}

TEST_CASE("a bar is drawn on a terminal only") {
  const Finished on_pipe = run_with({}), on_terminal = run_with({}, ErrorStream::terminal);
  CHECK_THAT(on_pipe.err, !Contains("\r") && !Contains("[#") && !Contains("100 %"));
  CHECK_THAT(on_terminal.err, Contains("\r") && Contains("[#") && Contains("100 %"));
  CHECK(on_terminal.out == on_pipe.out);
  CHECK_THAT(run_with({"--progress", "bar"}).err, Contains("[#") && Contains("100 %"));
  CHECK_THAT(run_with({"--progress", "none"}, ErrorStream::terminal).err, !Contains("[#") && !Contains("100 %"));
}

TEST_CASE("a quiet run prints nothing") {
  const TemporaryFolder folder;
  const std::string file = folder / "run.h5";
  const Arguments progress = GENERATE(Arguments{}, Arguments{"--progress", "bar"}, Arguments{"--progress", "json"});
  Arguments quiet = {"--quiet", "-o", file};
  quiet.insert(quiet.end(), progress.begin(), progress.end());
  const Finished finished = run_with(quiet, GENERATE(ErrorStream::pipe, ErrorStream::terminal));
  CHECK(finished.out.empty());
  CHECK(finished.err.empty());
  CHECK(std::filesystem::exists(file));
}

TEST_CASE("a quiet run still prints the JSON that was asked for, and errors") {
  CHECK(json::accept(run_with({"--quiet", "--json"}).out));
  const Finished wrong = run_myelin({"run", base_case, "--quiet", "--strategies", "none"});
  CHECK(wrong.code == 2);
  CHECK_THAT(wrong.err, Contains("none"));
}
