#include "economics/sensitivity.hpp"

#include <catch2/catch.hpp>

namespace myelin::economics {
using results::CostAndQalys;
namespace {

/// Three strategies at 20,000 per QALY: 20,000, 25,000 and 24,000 in the base.
results::SensitivityResult example() {
  results::SensitivityResult sensitivity;
  sensitivity.base = {{0, 5000, 16000}, {1, 1.5, 2}};
  const auto bar = [&](const std::string& name, const CostAndQalys& at_low, const CostAndQalys& at_high) {
    sensitivity.one_way.push_back({name, {}, at_low, at_high});
  };
  bar("narrow", {{0, 4900, 16000}, {1, 1.5, 2}}, {{0, 5100, 16000}, {1, 1.5, 2}});
  bar("wide", {{0, 15000, 16000}, {1, 1.5, 2}}, {{0, 5000, 16000}, {1, 1.75, 2}});
  bar("both ends alike", {{0, 8000, 16000}, {1, 1.5, 2}}, {{0, 8000, 16000}, {1, 1.5, 2}});
  return sensitivity;
}

}  // namespace

TEST_CASE("strategies are ranked by net monetary benefit, and of equal ones the first is best") {
  const CostAndQalys outcomes{{0, 5000, 16000}, {1, 1.5, 2}};
  const Ranking at_20000 = rank(outcomes, 20000), at_0 = rank(outcomes, 0);
  CHECK(at_20000.best == 1);
  CHECK(at_20000.runner_up == 2);
  CHECK(at_20000.lead == 1000);
  CHECK(at_0.best == 0);
  CHECK(at_0.runner_up == 1);
  CHECK(at_0.lead == 5000);
  const Ranking equal = rank({{3, 1, 1, 1}, {0, 0, 0, 0}}, 20000);
  CHECK(equal.best == 1);
  CHECK(equal.runner_up == 2);
  CHECK(equal.lead == 0);
  const Ranking alone = rank({{3}, {1}}, 20000);
  CHECK(alone.best == 0);
  CHECK_FALSE(alone.runner_up);
}

TEST_CASE("the bars of a tornado are increments at both ends, the widest first, with the decision at each") {
  const Tornado tornado = economics::tornado(example(), {1, 2}, 20000);
  CHECK(tornado.base == 1000);
  CHECK(tornado.best == 1);
  REQUIRE(tornado.bars.size() == 3);
  CHECK(tornado.bars[0].bar == 1);
  CHECK(tornado.bars[0].at_low == -9000);
  CHECK(tornado.bars[0].at_high == 6000);
  CHECK(tornado.bars[0].width == 15000);
  CHECK(tornado.bars[0].best_at_low == 2);
  CHECK(tornado.bars[0].best_at_high == 1);
  // Both ends are off the base by as much, on the same side.
  CHECK(tornado.bars[1].bar == 2);
  CHECK(tornado.bars[1].at_low == -2000);
  CHECK(tornado.bars[1].at_high == -2000);
  CHECK(tornado.bars[1].width == 3000);
  CHECK(tornado.bars[2].bar == 0);
  CHECK(tornado.bars[2].width == 200);
  CHECK(tornado.bars[2].best_at_low == 1);

  const Tornado turned = economics::tornado(example(), {2, 1}, 20000);
  CHECK(turned.base == -1000);
  CHECK(turned.bars[0].at_low == 9000);
}

TEST_CASE("the best strategy and the runner-up are the first pair, and no two strategies stand twice") {
  const auto pairs = [&](std::size_t reference, double threshold) {
    std::vector<std::pair<std::size_t, std::size_t>> found;
    for (const results::StrategyPair& pair : pairs_of_interest(example(), reference, threshold))
      found.emplace_back(pair.strategy, pair.versus);
    return found;
  };
  using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;
  CHECK(pairs(0, 20000) == Pairs{{1, 2}, {1, 0}, {2, 0}});
  CHECK(pairs(2, 20000) == Pairs{{1, 2}, {0, 2}});
  // The reference is best at 0: increments are still against it.
  CHECK(pairs(0, 0) == Pairs{{1, 0}, {2, 0}});
  results::SensitivityResult alone;
  alone.base = {{3}, {1}};
  CHECK(pairs_of_interest(alone, 0, 20000).empty());
}

}  // namespace myelin::economics
