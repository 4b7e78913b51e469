#include <catch2/catch.hpp>

#include "cli/command.hpp"
#include "cli/ms_folder.hpp"

using namespace myelin::cli::test;
using Catch::Matchers::Contains;
using Arguments = std::vector<std::string>;

namespace {

/// A command that the user got wrong, and what the message must say.
struct Wrong {
  Arguments arguments;
  std::string told;
};

}  // namespace

TEST_CASE("a good command exits with 0") {
  const Arguments arguments =
      GENERATE(Arguments{"--version"}, Arguments{"--help"}, Arguments{"run", "--help"}, Arguments{"check", base_case},
               Arguments{"run", base_case, "--patients", "10"}, Arguments{"run", base_case, "--engine", "cohort"});
  CAPTURE(arguments);
  const Finished finished = run_myelin(arguments);
  CHECK(finished.code == 0);
  CHECK_FALSE(finished.out.empty());
}

TEST_CASE("a wrong option or value of run exits with 2, says why and writes nothing") {
  const auto [arguments, told] = GENERATE(values<Wrong>({
      {{"--patints", "3"}, "--patints"},
      {{"--set", "analysis.horizn_years=3"}, "did you mean analysis.horizon_years?"},
      {{"--set", "therapies.ahsct.anchors.mist.worsning=0.9"}, "did you mean therapies.ahsct.anchors.mist.worsening?"},
      {{"--set", "analysis.horizon_years"}, "="},
      {{"--strategies", "ahcst"}, "did you mean 'ahsct'?"},
      {{"--strategies", "ahsct,fingolimood"}, "did you mean 'fingolimod'?"},
      {{"--patients", "10", "--engine", "cohort"}, "choose --engine microsimulation"},
      {{"--set", "analysis.patients=10", "--engine", "cohort"}, "choose --engine microsimulation"},
      {{"--engine", "magic"}, "microsimulation"},
      {{"--instruction-set", "sse9"}, "choose one of baseline"},
      {{"--patients", "many"}, "whole number"},
      {{"--patients", "0"}, "from 1"},
      {{"--patients", "1.5"}, "whole number"},
      {{"--seed", "-1"}, "at least 0"},
      {{"--threads", "0"}, "--threads"},
      {{"--progress", "loud"}, "--progress"},
      {{"--thresholds", "20000,dear"}, "--thresholds"},
      {{"--thresholds", "-1"}, "--thresholds"},
  }));
  const TemporaryFolder folder;
  Arguments run = {"run", base_case, "-o", folder / "run.h5"};
  run.insert(run.end(), arguments.begin(), arguments.end());
  CAPTURE(run);
  const Finished finished = run_myelin(run);
  CHECK(finished.code == 2);
  CHECK(finished.out.empty());
  CHECK_THAT(finished.err, Contains(told));
  CHECK(folder.is_empty());
}

TEST_CASE("an incomplete or unknown command exits with 2") {
  const auto [arguments, told] = GENERATE(values<Wrong>({
      {{}, "--help"},
      {{"run"}, "scenario is required"},
      {{"check"}, "scenario is required"},
      {{"analyse"}, "results is required"},
      {{"frobnicate", base_case}, "--help"},
      {{"run", "no_such_scenario.toml"}, "no_such_scenario.toml"},
      {{"check", "no_such_scenario.toml"}, "no_such_scenario.toml"},
      {{"describe", "weather"}, "weather"},
      {{"describe", "model", "mss"}, "choose one of ms"},
  }));
  CAPTURE(arguments);
  const Finished finished = run_myelin(arguments);
  CHECK(finished.code == 2);
  CHECK(finished.out.empty());
  CHECK_THAT(finished.err, Contains(told));
}

TEST_CASE("an unknown command is named in the message") {
  CHECK_THAT(run_myelin({"anaylse", "run.h5"}).err, Contains("anaylse"));
}

TEST_CASE("problems of the command, the scenario and the output are told together") {
  const TemporaryFolder folder;
  put_file(folder / "notes.txt", "mine");
  const Finished finished = run_myelin({"run", base_case, "--instruction-set", "sse9", "-o", folder / "notes.txt",
                                        "--set", "analysis.horizn_years=3", "--set", "costs.infusion=-1"});
  CHECK(finished.code == 2);
  CHECK_THAT(finished.err, Contains("sse9") && Contains("notes.txt") && Contains("analysis.horizn_years") &&
                               Contains("costs.infusion") && Contains("4 problems; nothing was run"));
}

TEST_CASE("an output that is not a whole results file is refused and left untouched") {
  const TemporaryFolder folder;
  const std::string good = folder / "good.h5";
  REQUIRE(run_myelin({"run", base_case, "--patients", "10", "-o", good, "--quiet"}).code == 0);
  const std::string whole = file_bytes(good);
  const std::string content =
      GENERATE_COPY(std::string("a scenario\n"), std::string(), whole.substr(0, whole.size() / 2), whole + "more");
  const std::string file = folder / "precious";
  put_file(file, content);
  const Finished finished = run_myelin({"run", base_case, "--patients", "10", "-o", file});
  CHECK(finished.code == 2);
  CHECK(finished.out.empty());
  CHECK_THAT(finished.err, Contains(file) && Contains("remove it or choose another name"));
  CHECK(file_bytes(file) == content);
}

TEST_CASE("a folder as the output is refused") {
  const TemporaryFolder folder;
  const Finished finished = run_myelin({"run", base_case, "--patients", "10", "-o", folder.path()});
  CHECK(finished.code == 2);
  CHECK_THAT(finished.err, Contains(folder.path().string()) && Contains("is a folder"));
  CHECK(folder.is_empty());
}

TEST_CASE("an output name that is too long is refused without an internal error") {
  const TemporaryFolder folder;
  const Finished finished = run_myelin({"run", base_case, "--patients", "10", "-o", folder / std::string(300, 'a')});
  CHECK((finished.code == 2 || finished.code == 3));
  CHECK_THAT(finished.err, !Contains("internal error") && Contains(" -- "));
  CHECK(folder.is_empty());
}

TEST_CASE("a threshold that is no number is refused") {
  const Finished finished = run_myelin({"run", base_case, "--engine", "cohort", "--json", "--thresholds", "nan"});
  CHECK(finished.code == 2);
  CHECK(finished.out.empty());
}

TEST_CASE("a results file is replaced by another run") {
  const TemporaryFolder folder;
  const std::string file = folder / "run.h5";
  REQUIRE(run_myelin({"run", base_case, "--patients", "10", "-o", file, "--quiet"}).code == 0);
  const std::string before = run_myelin({"digest", file}).out;
  REQUIRE(run_myelin({"run", base_case, "--patients", "10", "--seed", "2", "-o", file, "--quiet"}).code == 0);
  CHECK(run_myelin({"digest", file}).out != before);
}
