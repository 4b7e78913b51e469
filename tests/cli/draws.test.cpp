#include <algorithm>
#include <catch2/catch.hpp>

#include "cli/command.hpp"
#include "results/example.hpp"
#include "results/results.hpp"

using namespace myelin::cli::test;
using namespace myelin::results;
using Catch::Matchers::Contains;
using myelin::results::test::TemporaryFolder;
using Arguments = std::vector<std::string>;

namespace {

const Arguments by_sample = {"--patients", "1100", "--draws", "20"}, by_cohort = {"--engine", "cohort", "--draws", "3"};

/// The same run without draws.
Arguments without_draws(Arguments arguments) {
  arguments.resize(arguments.size() - 2);
  return arguments;
}

/// Runs two strategies of the base case and calls `use` with the file.
template <class Use>
auto with_run(const Arguments& a, const Arguments& b, Use use) {
  const TemporaryFolder folder;
  const std::string file = folder / "run.h5";
  Arguments run = {"run", base_case, "--strategies", "ocrelizumab,ahsct", "-o", file, "--quiet"};
  for (const Arguments* more : {&a, &b}) run.insert(run.end(), more->begin(), more->end());
  const Finished finished = run_myelin(run);
  INFO(finished.err);
  REQUIRE(finished.code == 0);
  return use(file);
}

std::string digest_of(const Arguments& a, const Arguments& b = {}) {
  return with_run(a, b, [](const std::string& file) { return run_myelin({"digest", file}).out; });
}

RunResults results_of(const Arguments& a, const Arguments& b = {}) {
  return with_run(a, b, [](const std::string& file) { return read(file); });
}

}  // namespace

TEST_CASE("a number of draws adds the probabilistic analysis and leaves the base case as it is") {
  const Arguments engine = GENERATE(by_sample, by_cohort);
  const RunResults run = results_of(engine), base = results_of(without_draws(engine));
  const std::size_t draws = std::stoul(engine.back());
  CHECK_FALSE(base.probabilistic);
  REQUIRE(run.probabilistic);
  CHECK(run.probabilistic->draws == draws);
  CHECK(run.probabilistic->drawn.names.size() > 100);
  CHECK(run.probabilistic->drawn.values.size() == draws * run.probabilistic->drawn.names.size());
  for (std::size_t s = 0; s < 2; ++s) {
    CHECK(run.analyses[0].strategies[s].mean == base.analyses[0].strategies[s].mean);
    CHECK(run.probabilistic->strategies[s].mean.size() == draws * base.analyses[0].strategies[s].mean.size());
  }
  // Costs differ from draw to draw.
  const std::size_t stride = run.probabilistic->outcomes.size() * column_count;
  std::vector<double> costs;
  for (std::size_t draw = 0; draw < draws; ++draw)
    costs.push_back(run.probabilistic->strategies[0].mean[draw * stride]);
  std::ranges::sort(costs);
  CHECK(std::ranges::adjacent_find(costs) == costs.end());
}

TEST_CASE("the digest of draws does not depend on the number of threads") {
  const Arguments engine = GENERATE(by_sample, by_cohort);
  const auto on = [&](const char* threads) { return digest_of(engine, {"--threads", threads}); };
  const std::string one = on("1");
  CHECK(one.size() == 65);
  CHECK(on("3") == one);
}

TEST_CASE("the digest depends on the draws and their seed") {
  const Arguments few = {"--patients", "100"};
  const std::string base = digest_of(few, {"--draws", "5"});
  CHECK(digest_of(few, {"--draws", "6"}) != base);
  CHECK(digest_of(few, {"--draws", "5", "--seed", "7"}) != base);
  CHECK(digest_of(few, {"--draws", "5", "--set", "analysis.draw_points=sobol"}) != base);
  CHECK(digest_of(few, {"--draws", "1"}) == digest_of(few));
}

TEST_CASE("a number of draws that cannot be is refused, and so are draws of what does not vary") {
  const auto refusal = [](const std::string& scenario, const char* draws) {
    const TemporaryFolder folder;
    const Finished finished = run_myelin({"run", scenario, "--draws", draws, "-o", folder / "run.h5"});
    CHECK(finished.code == 2);
    CHECK(finished.out.empty());
    CHECK(folder.is_empty());
    return finished.err;
  };
  CHECK_THAT(refusal(base_case, "0"), Contains("analysis.draws: 0 is out of range (must be from 1 to"));
  CHECK_THAT(refusal(base_case, "-3"), Contains("analysis.draws: -3 is out of range"));
  CHECK_THAT(refusal(base_case, "1.5"), Contains("analysis.draws must be a whole number"));
  CHECK_THAT(refusal(base_case, "many"), Contains("analysis.draws must be a whole number"));
  CHECK_THAT(refusal(MYELIN_SOURCE_DIR "/scenarios/examples/sick_sicker.toml", "5"),
             Contains("no input of the scenario has a distribution"));
}
