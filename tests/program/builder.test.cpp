#include "program/builder.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "core/contract.hpp"
#include "program/toy_builder.hpp"

using namespace myelin;
using namespace myelin::test;
using Lines = std::vector<std::string>;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

template <class Mistake>
Lines problems_of(const Mistake& mistake) {
  ToyBuilder toy;
  mistake(toy);
  return toy.problems();
}

Lines draw_problems(const std::vector<double>& probabilities) {
  return problems_of(
      [&](ToyBuilder& toy) { toy.builder.draw(Phase::cycle, "d", {}, {toy.edss}, levels_with(probabilities)); });
}

Lines writes_problems(Phase phase, AttributeIndex ToyBuilder::*attribute) {
  return problems_of([&](ToyBuilder& toy) { toy.builder.draw(phase, "d", {}, {toy.*attribute}, levels_with({1})); });
}

/// What is wrong with one step of the cycle that writes new attributes with so many levels.
Lines width_problems(const std::vector<int>& level_counts) {
  return problems_of([&](ToyBuilder& toy) {
    ProgramBuilder::Attributes writes;
    for (const int count : level_counts) {
      writes.push_back(toy.builder.state("w" + std::to_string(writes.size()), numbered_levels(count - 1), 0));
    }
    const std::vector<int> levels(writes.size(), 0);
    toy.builder.draw(Phase::cycle, "d", {}, writes,
                     [&](const Levels&, Branches& branches) { branches.add(1, levels); });
  });
}

/// What is wrong with a table over new attributes with so many levels.
Lines table_problems(const std::vector<int>& level_counts) {
  return problems_of([&](ToyBuilder& toy) {
    ProgramBuilder::Attributes reads;
    for (const int count : level_counts) {
      reads.push_back(toy.builder.state("r" + std::to_string(reads.size()), numbered_levels(count - 1), 0));
    }
    toy.builder.accrue(Phase::point, "a", toy.cost, reads, [](const Levels&) { return 0.0; });
    toy.builder.tally(Phase::point, "t", "", reads);
    toy.builder.draw(Phase::cycle, "d", reads, {toy.edss}, levels_with({1}));
  });
}

}  // namespace

TEST_CASE("a program without mistakes is built") {
  CHECK(problems_of([](ToyBuilder&) {}).empty());
}

TEST_CASE("a horizon is one cycle to as many as the counter holds") {
  const auto problems = [](std::uint32_t cycles) {
    ProgramBuilder builder("toy", cycles);
    builder.state("s", {"only"}, 0);
    const Result<Program> program = builder.build();
    return program ? std::string() : to_string(program.error().at(0));
  };
  CHECK(problems(0) == "program 'toy': 0 cycles -- choose a horizon of 1 to 262143 cycles");
  CHECK(problems(262144) == "program 'toy': 262144 cycles -- choose a horizon of 1 to 262143 cycles");
  CHECK(problems(1) == "");
  CHECK(problems(262143) == "");
}

TEST_CASE("a program needs an attribute") {
  const Result<Program> program = ProgramBuilder("toy", 1).build();
  REQUIRE_FALSE(program);
  CHECK(to_string(program.error().at(0)) == "program 'toy': there are no attributes -- declare at least one");
}

TEST_CASE("mistakes in declaring attributes") {
  CHECK(problems_of([](ToyBuilder& toy) { toy.builder.state("edss", {"x"}, 0); }) ==
        Lines{"program 'toy': two attributes are named 'edss' -- rename one"});
  CHECK(problems_of([](ToyBuilder& toy) { toy.builder.state("empty", {}, 0); }) ==
        Lines{"program 'toy': attribute 'empty' has 0 levels -- give it 1 to 65536"});
  CHECK(problems_of([](ToyBuilder& toy) { toy.builder.state("huge", numbered_levels(65536), 0); }) ==
        Lines{"program 'toy': attribute 'huge' has 65537 levels -- give it 1 to 65536"});
  CHECK(problems_of([](ToyBuilder& toy) { toy.builder.state("large", numbered_levels(65535), 65535); }).empty());
  CHECK(problems_of([](ToyBuilder& toy) {
          toy.builder.state("s", {"a", "b"}, 2);
        }) == Lines{"program 'toy': attribute 's' starts at level 2 of 2 -- start at 0 to 1"});
  CHECK(problems_of([](ToyBuilder& toy) {
          toy.builder.constant("c", {"a", "b"}, -2);
        }) == Lines{"program 'toy': attribute 'c' starts at level -2 of 2 -- start at 0 to 1"});
}

TEST_CASE("states and constants may begin unset, transients may not") {
  CHECK(problems_of([](ToyBuilder& toy) { toy.builder.state("s", {"a"}, ProgramBuilder::unset); }).empty());
  CHECK(problems_of([](ToyBuilder& toy) { toy.builder.constant("c", {"a"}, ProgramBuilder::unset); }).empty());
  CHECK(problems_of([](ToyBuilder& toy) { toy.builder.transient("t", {"a"}, ProgramBuilder::unset); }) ==
        Lines{"program 'toy': attribute 't' starts at level -1 of 1 -- start at 0 to 0"});
}

TEST_CASE("a clock must stay in its range at every time point") {
  const Lines out{
      "program 'toy': clock 'c' does not stay in 0 to 12 at the time points 0 to 3 -- shorten the horizon, or extend "
      "the "
      "tables that are read by this clock"};
  const auto problems = [](int entry, const std::vector<int>& offset) {
    return problems_of([&](ToyBuilder& toy) { toy.builder.clock("c", 12, entry, offset); });
  };
  CHECK(problems(10, {0, 1, 2, 3}) == out);
  CHECK(problems(2, {0, -1, -2, -3}) == out);
  CHECK(problems(2, {0, 1, 2}) == out);
  CHECK(problems(2, {0, 1, 2, 3, 4}) == out);
  CHECK(problems(9, {0, 1, 2, 3}).empty());
  CHECK(problems(3, {0, -1, -2, -3}).empty());
}

TEST_CASE("only the last levels of a state that begins alive can mean dead") {
  const auto problems = [](AttributeIndex ToyBuilder::*attribute, int level) {
    return problems_of([&](ToyBuilder& toy) { toy.builder.dead(toy.*attribute, level); });
  };
  const auto refusal = [](const std::string& name, int level) {
    return Lines{"program 'toy': attribute '" + name + "' cannot tell the dead from level " + std::to_string(level) +
                 " on -- use a state attribute whose last levels mean dead and whose initial level does not"};
  };
  CHECK(problems(&ToyBuilder::vital, 1).empty());
  CHECK(problems(&ToyBuilder::vital, 0) == refusal("vital", 0));
  CHECK(problems(&ToyBuilder::sex, 1) == refusal("sex", 1));
  CHECK(problems(&ToyBuilder::relapses, 1) == refusal("relapses", 1));
  CHECK(problems(&ToyBuilder::age, 11) == refusal("age", 11));
  CHECK(problems_of([](ToyBuilder& toy) {
          toy.builder.dead(toy.builder.state("frail", {"no", "yes", "dead"}, 1), 1);
        }) == refusal("frail", 1));
}

TEST_CASE("an outcome has a weight for each time point and cycle") {
  const Lines refusal{
      "program 'toy': outcome 'o' does not have a weight for each time point and cycle -- give 4 point and 3 event "
      "weights"};
  const auto problems = [](const Weights& weights, const Weights& undiscounted) {
    return problems_of(
        [&](ToyBuilder& toy) { toy.builder.outcome("o", "GBP", "", weights, undiscounted, DiscountedAs::cost); });
  };
  CHECK(problems(plain_weights(3), plain_weights(3)).empty());
  CHECK(problems(plain_weights(2), plain_weights(3)) == refusal);
  CHECK(problems(plain_weights(3), plain_weights(4)) == refusal);
  Weights short_of_one = plain_weights(3);
  short_of_one.event.pop_back();
  CHECK(problems(short_of_one, plain_weights(3)) == refusal);
}

TEST_CASE("probabilities must lie in [0, 1]") {
  CHECK(
      draw_problems({1.5, -0.5}) ==
      Lines{
          "program 'toy': draw 'd', its only row: probability 1.5 is outside [0, 1] -- mend the function that gives it",
          "program 'toy': draw 'd', its only row: probability -0.5 is outside [0, 1] -- mend the function that gives "
          "it"});
  CHECK(draw_problems({not_a_number, 1}) ==
        Lines{"program 'toy': draw 'd', its only row: probability nan is outside [0, 1] -- "
              "mend the function that gives it"});
  CHECK(draw_problems({0, 1}).empty());
}

TEST_CASE("a row must sum to one within a billionth") {
  const auto refusal = [](const std::string& sum) {
    return Lines{"program 'toy': draw 'd', its only row: the probabilities sum to " + sum +
                 ", not to one within 1e-09 -- give every outcome, the unchanged one too"};
  };
  CHECK(draw_problems({0.5, 0.4}) == refusal("0.9"));
  CHECK(draw_problems({0.5, 0.6}) == refusal("1.1"));
  CHECK(draw_problems({0.5, 0.5 + 1.1e-9}) == refusal("1.0000000011"));
  CHECK(draw_problems({0.5, 0.5 - 1.1e-9}) == refusal("0.9999999989"));
  CHECK(draw_problems({}) == refusal("0"));
  CHECK(draw_problems({0.5, 0.5 + 0.9e-9}).empty());
  CHECK(draw_problems({0.5, 0.5 - 0.9e-9}).empty());
}

TEST_CASE("a mistake in a row names the row") {
  const Lines found = problems_of([](ToyBuilder& toy) {
    toy.builder.draw(Phase::cycle, "d", {toy.sex, toy.edss}, {toy.edss}, [&](const Levels& levels, Branches& branches) {
      branches.add(levels[toy.sex] == 1 && levels[toy.edss] == 2 ? 0.5 : 1.0, {0});
    });
    toy.builder.accrue(Phase::point, "a", toy.cost, {toy.edss, toy.age}, [&](const Levels& levels) {
      return levels[toy.edss] == 1 && levels[toy.age] == 12 ? not_a_number : 1;
    });
  });
  CHECK(
      found ==
      Lines{"program 'toy': draw 'd', row sex=male, edss=severe: the probabilities sum to 0.5, not to one within 1e-09 "
            "-- "
            "give every outcome, the unchanged one too",
            "program 'toy': accrual 'a', row edss=moderate, age=12: the amount is not finite -- mend the function that "
            "gives it"});
}

TEST_CASE("an outcome of a draw gives one level in range for each attribute written") {
  const auto problems = [](const std::vector<int>& levels) {
    return problems_of([&](ToyBuilder& toy) {
      toy.builder.draw(Phase::cycle, "d", {}, {toy.edss, toy.relapses},
                       [&](const Levels&, Branches& branches) { branches.add(1, levels); });
    });
  };
  CHECK(problems({2, 1}).empty());
  CHECK(problems({3, 1}) ==
        Lines{"program 'toy': draw 'd', its only row: level 3 of 'edss' is out of range -- give 0 to 2"});
  CHECK(problems({2, -1}) ==
        Lines{"program 'toy': draw 'd', its only row: level -1 of 'relapses' is out of range -- give 0 to 1"});
  CHECK(problems({2}) == Lines{"program 'toy': draw 'd', its only row: an outcome gives 1 levels for 2 attributes -- "
                               "give one level for each"});
  CHECK(problems({2, 1, 0}) == Lines{"program 'toy': draw 'd', its only row: an outcome gives 3 levels for 2 "
                                     "attributes -- give one level for each"});
}

TEST_CASE("an impossible outcome is checked like any other") {
  const Lines found = problems_of([](ToyBuilder& toy) {
    toy.builder.draw(Phase::cycle, "d", {}, {toy.edss}, [](const Levels&, Branches& branches) {
      branches.add(1, {0});
      branches.add(0, {3});
    });
  });
  CHECK(found == Lines{"program 'toy': draw 'd', its only row: level 3 of 'edss' is out of range -- give 0 to 2"});
}

TEST_CASE("a row has at most 4096 outcomes") {
  const auto problems = [](int outcomes) {
    return problems_of([&](ToyBuilder& toy) {
      toy.builder.draw(Phase::cycle, "d", {}, {toy.edss}, [&](const Levels&, Branches& branches) {
        for (int i = 0; i < outcomes; ++i) branches.add(1.0 / outcomes, {0});
      });
    });
  };
  CHECK(problems(4096).empty());
  CHECK(problems(4097) == Lines{"program 'toy': draw 'd', its only row: 4097 outcomes -- give at most 4096"});
}

TEST_CASE("amounts must be finite") {
  for (const double amount : {not_a_number, infinity, -infinity}) {
    CHECK(
        problems_of([&](ToyBuilder& toy) {
          toy.builder.accrue(Phase::cycle, "a", toy.cost, {}, [&](const Levels&) { return amount; });
        }) ==
        Lines{"program 'toy': accrual 'a', its only row: the amount is not finite -- mend the function that gives it"});
  }
}

TEST_CASE("tables of over 65,536 rows are refused by the names that they would read") {
  CHECK(table_problems({256, 256}).empty());
  const std::string rest =
      "' would need a table of over 65536 rows: ... r0 (257) x r1 (256) -- introduce a transient "
      "attribute that condenses what the step needs to know";
  CHECK(table_problems({257, 256}) ==
        Lines{"program 'toy': step 'a" + rest, "program 'toy': step 't" + rest, "program 'toy': step 'd" + rest});
  // Only the names that it took to cross the limit, from the last.
  CHECK(table_problems({2, 300, 300}).at(0).find("... r1 (300) x r2 (300) --") != std::string::npos);
}

TEST_CASE("a draw with too many rows for its widest row is refused") {
  const auto problems = [](int outcomes) {
    return problems_of([&](ToyBuilder& toy) {
      const AttributeIndex a = toy.builder.state("a", numbered_levels(255), 0);
      const AttributeIndex b = toy.builder.state("b", numbered_levels(255), 0);
      toy.builder.draw(Phase::cycle, "d", {a, b}, {a}, [&](const Levels& levels, Branches& branches) {
        const int here = levels[a] == 255 && levels[b] == 255 ? outcomes : 1;
        for (int i = 0; i < here; ++i) branches.add(1.0 / here, {0});
      });
    });
  };
  CHECK(problems(16).empty());
  CHECK(problems(257) == Lines{"program 'toy': draw 'd' has 65536 rows of up to 257 outcomes -- keep their product at "
                               "16777216 or below: split the draw or condense what it reads"});
}

TEST_CASE("a draw writes only what may change") {
  const auto refusal = [](const std::string& name) {
    return Lines{"program 'toy': draw 'd' writes '" + name +
                 "', which does not change -- declare it a state, or write a constant in the start phase"};
  };
  CHECK(writes_problems(Phase::cycle, &ToyBuilder::age) == refusal("age"));
  CHECK(writes_problems(Phase::start, &ToyBuilder::age) == refusal("age"));
  CHECK(writes_problems(Phase::cycle, &ToyBuilder::sex) == refusal("sex"));
  CHECK(writes_problems(Phase::start, &ToyBuilder::sex).empty());
  CHECK(writes_problems(Phase::start, &ToyBuilder::relapses).empty());
  CHECK(writes_problems(Phase::cycle, &ToyBuilder::relapses).empty());
}

TEST_CASE("nothing is drawn at the time points") {
  CHECK(writes_problems(Phase::point, &ToyBuilder::edss) ==
        Lines{"program 'toy': draw 'd' stands at the time points -- draw in the cycle or start phase"});
}

TEST_CASE("a draw writes at most 32 bits: four attributes of up to 256 levels, or two larger ones") {
  const auto refusal = [](int bits) {
    return Lines{
        "program 'toy': draw 'd' writes " + std::to_string(bits) +
        " bits of attributes at once -- write at most four attributes of up to 256 levels; a larger one counts twice"};
  };
  CHECK(width_problems({256, 256, 256, 256}).empty());
  CHECK(width_problems({257, 257}).empty());
  CHECK(width_problems({2, 257, 2}).empty());
  CHECK(width_problems({2, 2, 2, 2, 2}) == refusal(40));
  CHECK(width_problems({2, 257, 257}) == refusal(40));
}

TEST_CASE("a group is guarded by one level of a stored attribute, and holds no other group") {
  const auto refusal = [](const std::string& name, int level) {
    return Lines{"program 'toy': a group cannot be guarded by level " + std::to_string(level) + " of '" + name +
                 "' -- guard by a level of a stored attribute"};
  };
  const auto problems = [](AttributeIndex ToyBuilder::*attribute, int level) {
    return problems_of([&](ToyBuilder& toy) { toy.builder.group(toy.*attribute, level, [] {}); });
  };
  CHECK(problems(&ToyBuilder::edss, 2).empty());
  CHECK(problems(&ToyBuilder::age, 2) == refusal("age", 2));
  CHECK(problems(&ToyBuilder::edss, 3) == refusal("edss", 3));
  CHECK(problems(&ToyBuilder::edss, -1) == refusal("edss", -1));
  CHECK(problems_of([](ToyBuilder& toy) {
          toy.builder.group(toy.edss, 1, [&] { toy.builder.group(toy.sex, 1, [] {}); });
        }) == Lines{"program 'toy': a group on 'sex' stands inside another group -- close the outer one first"});
}

TEST_CASE("a step's function may ask only for what the step reads") {
  ToyBuilder toy;
  const auto draw = [&] {
    toy.builder.accrue(Phase::point, "a", toy.cost, {toy.edss},
                       [&](const Levels& levels) { return static_cast<double>(levels[toy.sex]); });
  };
  CHECK_THROWS_AS(draw(), ContractViolation);
}

TEST_CASE("all mistakes are reported at once, in the order in which they were made") {
  const Lines found = problems_of([](ToyBuilder& toy) {
    toy.builder.state("edss", {"x"}, 1);
    toy.builder.draw(Phase::cycle, "d", {toy.sex}, {toy.edss}, [&](const Levels& levels, Branches& branches) {
      branches.add(levels[toy.sex] == 0 ? 0.5 : 2.0, {7});
    });
    toy.builder.draw(Phase::point, "e", {}, {toy.age}, levels_with({1}));
    toy.builder.accrue(Phase::point, "a", toy.cost, {toy.relapses}, [](const Levels&) { return infinity; });
    toy.builder.group(toy.age, 1, [] {});
    toy.builder.total("all", "QALY", "", {toy.cost});
  });
  CHECK(
      found ==
      Lines{
          "program 'toy': attribute 'edss' starts at level 1 of 1 -- start at 0 to 0",
          "program 'toy': two attributes are named 'edss' -- rename one",
          "program 'toy': draw 'd', row sex=female: the probabilities sum to 0.5, not to one within 1e-09 -- give "
          "every "
          "outcome, the unchanged one too",
          "program 'toy': draw 'd', row sex=female: level 7 of 'edss' is out of range -- give 0 to 2",
          "program 'toy': draw 'd', row sex=male: probability 2 is outside [0, 1] -- mend the function that gives it",
          "program 'toy': draw 'd', row sex=male: level 7 of 'edss' is out of range -- give 0 to 2",
          "program 'toy': draw 'e' stands at the time points -- draw in the cycle or start phase",
          "program 'toy': draw 'e' writes 'age', which does not change -- declare it a state, or write a constant in "
          "the "
          "start phase",
          "program 'toy': accrual 'a', row relapses=none: the amount is not finite -- mend the function that gives it",
          "program 'toy': accrual 'a', row relapses=one: the amount is not finite -- mend the function that gives it",
          "program 'toy': a group cannot be guarded by level 1 of 'age' -- guard by a level of a stored attribute",
          "program 'toy': step 'a' reads the transient 'relapses' at the time points, where it is reset -- read it in "
          "the "
          "cycle phase, or declare it a state",
          "program 'toy': total 'all' cannot sum 'cost' -- sum accrued outcomes of the same unit",
      });
}
