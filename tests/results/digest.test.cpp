#include <catch2/catch.hpp>
#include <map>

#include "results/example.hpp"
#include "results/results.hpp"

using namespace myelin::results;
using namespace myelin::results::test;

namespace {

void alter(std::string& text) { text += "x"; }
void alter(double& number) { number = number == 0 ? 5e-324 : -number; }
void alter(std::uint64_t& number) { number ^= 1; }

/// A run whose field of that number is altered; `counts` tells whether the digest should notice.
RunResults with_altered_field(RunResults run, std::size_t altered, Counts& counts) {
  std::size_t index = 0;
  for_each_field(run, [&](auto& field, Counts c) {
    if (index++ != altered) return;
    alter(field);
    counts = c;
  });
  return run;
}

std::map<std::string, std::string> by_name(const RunResults& run) {
  const auto digests = digest_by_strategy(run);
  return {digests.begin(), digests.end()};
}

}  // namespace

TEST_CASE("the digest changes with every result and with nothing else") {
  const RunResults run = RandomRun(11).make(3, 2, 3);
  const std::string original = digest(run);
  REQUIRE(original.size() == 64);
  std::size_t fields = 0;
  for_each_field(run, [&](const auto&, Counts) { ++fields; });
  REQUIRE(fields > 300);
  for (std::size_t i = 0; i < fields; ++i) {
    CAPTURE(i);
    Counts counts = Counts::no;
    const RunResults altered = with_altered_field(run, i, counts);
    REQUIRE((digest(altered) != original) == (counts == Counts::yes));
  }
}

TEST_CASE("a number that moves from one array to its neighbour changes the digest") {
  RunResults run = RandomRun(13).make(1, 2, 3);
  auto& strategy = run.analyses[0].strategies[0];
  strategy.mean = {1, 2, 3};
  strategy.standard_error = {4};
  const std::string original = digest(run);
  strategy.mean = {1, 2};
  strategy.standard_error = {3, 4};
  CHECK(digest(run) != original);
}

TEST_CASE("the analysis over parameter draws belongs to the digest, to that of the run and of each strategy") {
  RunResults run = RandomRun(15).make(2, 4, 3);
  REQUIRE(run.probabilistic);
  const std::string with = digest(run);
  const auto with_by_name = by_name(run);
  RunResults drawn_otherwise = run;
  drawn_otherwise.probabilistic->drawn.values.back() += 1;
  CHECK(by_name(drawn_otherwise).at("strategy/0") != with_by_name.at("strategy/0"));
  run.probabilistic.reset();
  CHECK(digest(run) != with);
  for (const auto& [name, sha256] : by_name(run)) CHECK(with_by_name.at(name) != sha256);
}

TEST_CASE("the sensitivity analyses belong to the digest of the run, with what no single field of them shows") {
  RunResults run = RandomRun(19).make(3, 2, 3);
  const auto by_strategy = by_name(run);
  const std::string with = digest(run);
  REQUIRE(run.sensitivity);
  ThresholdResult& search = run.sensitivity->threshold.front();
  const auto changed = [&](auto change) {
    const ThresholdResult before = search;
    change();
    const bool noticed = digest(run) != with;
    search = before;
    return noticed;
  };
  Better& better = search.thresholds.front().better.front();
  CHECK(changed([&] { better = better == Better::versus ? Better::strategy : Better::versus; }));
  CHECK(changed([&] { search.versus = search.versus ? std::nullopt : std::optional<std::size_t>(0); }));
  REQUIRE(digest(run) == with);
  run.sensitivity->one_way.pop_back();
  CHECK(digest(run) != with);
  run.sensitivity.reset();
  CHECK(digest(run) != with);
  CHECK(by_name(run) == by_strategy);
}

TEST_CASE("a strategy's digest does not depend on the others of the run") {
  RunResults run = RandomRun(17).make(3, 2, 3);
  const auto together = by_name(run);
  REQUIRE(together.size() == 3);
  std::vector<AnalysisResult*> analyses = {&run.analyses[0], &run.analyses[1], &run.probabilistic.value()};
  for (AnalysisResult* analysis : analyses) {
    analysis->strategies.erase(analysis->strategies.begin());
    analysis->increments.clear();
  }
  const auto without_first = by_name(run);
  REQUIRE(without_first.size() == 2);
  for (const auto& [name, sha256] : without_first) CHECK(together.at(name) == sha256);

  for (AnalysisResult* analysis : analyses) {
    analysis->strategies.back().standard_error.push_back(1);
    const auto altered = by_name(run);
    analysis->strategies.back().standard_error.pop_back();
    CHECK(altered.at("strategy/1") == together.at("strategy/1"));
    CHECK(altered.at("strategy/2") != together.at("strategy/2"));
  }
}
