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

TEST_CASE("a strategy's digest does not depend on the others of the run") {
  RunResults run = RandomRun(17).make(3, 2, 3);
  const auto together = by_name(run);
  REQUIRE(together.size() == 3);
  for (AnalysisResult& analysis : run.analyses) {
    analysis.strategies.erase(analysis.strategies.begin());
    analysis.increments.clear();
  }
  const auto without_first = by_name(run);
  REQUIRE(without_first.size() == 2);
  for (const auto& [name, sha256] : without_first) CHECK(together.at(name) == sha256);

  run.analyses.back().strategies.back().standard_error.push_back(1);
  const auto altered = by_name(run);
  CHECK(altered.at("strategy/1") == together.at("strategy/1"));
  CHECK(altered.at("strategy/2") != together.at("strategy/2"));
}
