#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "cli/command.hpp"
#include "cli/ms_folder.hpp"
#include "engine/kernels/instruction_set.hpp"

using namespace myelin::cli::test;
using nlohmann::json;
using Arguments = std::vector<std::string>;

namespace {

/// More than one batch of blocks, and a last block that is not full.
const Arguments two_batches = {"--strategies", "ocrelizumab,ahsct", "--patients", "66000"};

std::string written(const TemporaryFolder& folder, const std::string& scenario, const Arguments& a,
                    const Arguments& b) {
  const std::string file = folder / "run.h5";
  Arguments run = {"run", scenario, "-o", file, "--quiet"};
  for (const Arguments* more : {&a, &b}) run.insert(run.end(), more->begin(), more->end());
  const Finished finished = run_myelin(run);
  INFO(finished.err);
  REQUIRE(finished.code == 0);
  return file;
}

std::string digest_of(const Arguments& a, const Arguments& b = {}) {
  const TemporaryFolder folder;
  const Finished finished = run_myelin({"digest", written(folder, base_case, a, b)});
  REQUIRE(finished.code == 0);
  REQUIRE(std::regex_match(finished.out, std::regex("[0-9a-f]{64}\n")));
  return finished.out;
}

/// The line of each strategy, in the order of the lines.
std::vector<std::pair<std::string, std::string>> digests_by_strategy(const std::string& scenario, const Arguments& a,
                                                                     const Arguments& b = {}) {
  const TemporaryFolder folder;
  const Finished finished = run_myelin({"digest", written(folder, scenario, a, b), "--by-strategy"});
  REQUIRE(finished.code == 0);
  std::vector<std::pair<std::string, std::string>> digests;
  for (const std::string& line : lines_of(finished.out)) {
    std::smatch parts;
    REQUIRE(std::regex_match(line, parts, std::regex("([0-9a-f]{64})  ([a-z_]+)")));
    digests.emplace_back(parts[2], parts[1]);
  }
  return digests;
}

json result_of(const Arguments& arguments) {
  const Finished finished = run_myelin(arguments);
  INFO(finished.err);
  REQUIRE(finished.code == 0);
  return json::parse(finished.out);
}

}  // namespace

TEST_CASE("the digest does not depend on the number of threads") {
  const std::string one = digest_of(two_batches, {"--threads", "1"});
  CHECK(digest_of(two_batches, {"--threads", "2"}) == one);
  CHECK(digest_of(two_batches, {"--threads", "7"}) == one);
}

TEST_CASE("the digest does not depend on the instruction set") {
  const std::string fastest = digest_of(two_batches);
  for (const myelin::engine::InstructionSet set : myelin::engine::available_instruction_sets()) {
    CAPTURE(name(set));
    CHECK(digest_of(two_batches, {"--instruction-set", std::string(name(set))}) == fastest);
  }
}

TEST_CASE("the digest does not depend on how progress is shown") {
  const Arguments few = {"--patients", "2000"};
  const std::string quiet = digest_of(few);
  const TemporaryFolder folder;
  const std::string file = folder / "run.h5";
  for (const char* kind : {"auto", "bar", "json", "none"}) {
    CAPTURE(kind);
    REQUIRE(run_myelin({"run", base_case, "--patients", "2000", "-o", file, "--progress", kind}).code == 0);
    CHECK(run_myelin({"digest", file}).out == quiet);
  }
}

TEST_CASE("the digest depends on the seed, the patients and the inputs") {
  const std::string base = digest_of({"--patients", "1000"});
  CHECK(digest_of({"--patients", "1000"}) == base);
  CHECK(digest_of({"--patients", "1000", "--seed", "7"}) != base);
  CHECK(digest_of({"--patients", "1001"}) != base);
  CHECK(digest_of({"--patients", "1000", "--set", "costs.infusion=537"}) != base);
}

TEST_CASE("each strategy's digest depends on the seed") {
  const auto one = digests_by_strategy(base_case, {"--patients", "1000"});
  const auto other = digests_by_strategy(base_case, {"--patients", "1000", "--seed", "7"});
  REQUIRE(one.size() == 6);
  REQUIRE(other.size() == 6);
  for (std::size_t i = 0; i < one.size(); ++i) {
    CHECK(one[i].first == other[i].first);
    CHECK(one[i].second != other[i].second);
  }
}

TEST_CASE("the cohort engine's digest is stable") {
  const std::string base = digest_of({"--engine", "cohort"});
  CHECK(digest_of({"--engine", "cohort"}) == base);
  CHECK(digest_of({"--engine", "cohort", "--threads", "7"}) == base);
  CHECK(digest_of({"--engine", "cohort", "--seed", "7"}) == base);
  CHECK(digest_of({"--engine", "cohort", "--set", "costs.infusion=537"}) != base);
  CHECK(digest_of({"--patients", "1000"}) != base);
}

TEST_CASE("a strategy's digest does not depend on which others are run") {
  const Arguments engine = GENERATE(Arguments{"--patients", "3000"}, Arguments{"--engine", "cohort"});
  const auto together = digests_by_strategy(base_case, engine);
  REQUIRE(together.size() == 6);
  std::set<std::string> different;
  for (const auto& [strategy, digest] : together) {
    CAPTURE(strategy);
    const auto alone = digests_by_strategy(base_case, engine, {"--strategies", strategy});
    REQUIRE(alone.size() == 1);
    CHECK(alone.front() == std::pair(strategy, digest));
    different.insert(digest);
  }
  CHECK(different.size() == 6);
}

TEST_CASE("a strategy's digest does not depend on the order of strategies") {
  const Arguments engine = GENERATE(Arguments{"--patients", "3000"}, Arguments{"--engine", "cohort"});
  const auto as_written = digests_by_strategy(base_case, engine);
  const MsFolder folder;
  const std::string ahsct =
      "[strategies.ahsct]\nlabel = \"AHSCT\"\nlines = [\"ahsct\", \"ocrelizumab\", \"natalizumab\"]\n";
  folder.change("base_case_uk.toml", "", ahsct, "");
  folder.change("base_case_uk.toml", "", "[strategies.best_supportive_care]",
                ahsct + "\n[strategies.best_supportive_care]");
  const auto reordered = digests_by_strategy(folder.base_case(), engine);
  REQUIRE(reordered.front().first == "ahsct");
  REQUIRE(as_written.front().first == "best_supportive_care");
  CHECK(std::map(reordered.begin(), reordered.end()) == std::map(as_written.begin(), as_written.end()));

  const auto listed = digests_by_strategy(base_case, engine, {"--strategies", "ocrelizumab,alemtuzumab"});
  CHECK(digests_by_strategy(base_case, engine, {"--strategies", "alemtuzumab,ocrelizumab"}) == listed);
}

TEST_CASE("a copy of a strategy differs from it by exactly nothing") {
  const MsFolder folder;
  put_file(folder.path("copy.toml"),
           "title = \"A copy\"\ninclude = [\"base_case_uk.toml\"]\n"
           "[strategies.copy]\nlabel = \"Copy\"\n"
           "lines = [\"ahsct\", \"ocrelizumab\", \"natalizumab\"]\n");
  const Arguments engine =
      GENERATE(Arguments{"--patients", "3000"}, Arguments{"--patients", "3000", "--set", "analysis.accrual=drawn"},
               Arguments{"--engine", "cohort"});
  Arguments run = {"run", folder.path("copy.toml"), "--json", "--reference", "ahsct", "--quiet"};
  run.insert(run.end(), engine.begin(), engine.end());
  const json result = result_of(run);
  const json nothing = {{"mean", 0.0}, {"mcse", 0.0}};
  const bool sampled = result["settings"]["engine"] == "microsimulation";
  for (const json* analysis : {&result, &result["alternatives"][0]}) {
    REQUIRE(analysis->at("pairwise").size() == 6);
    for (const json& row : analysis->at("pairwise")) {
      CAPTURE(row.dump());
      if (row["strategy"] == "copy") {
        for (const json& difference : {row["cost"], row["qaly"], row["nmb"]["20000"], row["nmb"]["30000"]}) {
          CHECK(difference == nothing);
        }
        CHECK(row["icer"].is_null());
      } else {
        CHECK(row["cost"]["mean"] != 0.0);
        CHECK((row["cost"]["mcse"] > 0.0) == sampled);
        CHECK((row["qaly"]["mcse"] > 0.0) == sampled);
      }
    }
  }
}
