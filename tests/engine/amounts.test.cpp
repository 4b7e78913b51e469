#include "engine/amounts.hpp"

#include <catch2/catch.hpp>

#include "engine/cohort.hpp"
#include "engine/random_program.hpp"
#include "engine/sampled_tallies.hpp"

using namespace myelin;
using namespace myelin::engine;
using namespace myelin::engine::test;
using myelin::test::make_random_program;

namespace {

void check_equal(const AmountsByTime& got, const AmountsByTime& expected) {
  const auto near = [](double value) { return Approx(value).epsilon(1e-12).margin(1e-11); };
  CHECK(got.start == near(expected.start));
  REQUIRE(got.point.size() == expected.point.size());
  REQUIRE(got.event.size() == expected.event.size());
  for (std::size_t time = 0; time < expected.point.size(); ++time) CHECK(got.point[time] == near(expected.point[time]));
  for (std::size_t cycle = 0; cycle < expected.event.size(); ++cycle)
    CHECK(got.event[cycle] == near(expected.event[cycle]));
}

/// A random program with a tally beside every accrual that counts by what it reads, so that all are covered.
Program with_tallies(Program program) {
  for (std::vector<Step>* steps : {&program.start, &program.point, &program.cycle}) {
    std::vector<Step> with;
    for (const Step& step : *steps) {
      with.push_back(step);
      const auto* accrual = std::get_if<Accrual>(&step.action);
      if (accrual != nullptr)
        with.push_back({"beside " + step.name, step.guard, Tally{"", accrual->reads, accrual->rows}});
    }
    *steps = with;
  }
  return program;
}

}  // namespace

TEST_CASE("the cohort engine's means are its amounts times the weights") {
  for (std::uint32_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    const Program program = make_random_program(seed);
    const CohortResult result = CohortEngine::make(program, {}, {}).value().forward(program);
    for (std::size_t outcome = 0; outcome < program.outcomes.size(); ++outcome) {
      const Outcome& declared = program.outcomes[outcome];
      REQUIRE(result.amounts[outcome].has_value() == declared.parts.empty());
      if (!result.amounts[outcome]) continue;
      for (const auto& [weights, column] : {std::pair(&declared.weights, 0u), std::pair(&declared.undiscounted, 1u)}) {
        CHECK(result.means[outcome * columns + column] ==
              Approx(weigh(*weights, *result.amounts[outcome])).epsilon(1e-13).margin(1e-11));
      }
    }
  }
}

TEST_CASE("the cohort engine's tallies give its amounts wherever they cover them") {
  std::size_t known = 0, absent = 0;
  for (std::uint32_t seed = 1; seed <= 400; ++seed) {
    CAPTURE(seed);
    const Program program = make_random_program(seed);
    const CohortResult result = CohortEngine::make(program, {}, {}).value().forward(program);
    const OutcomeAmounts amounts = amounts_from_tallies(program, {}, result.tallies);
    for (std::size_t outcome = 0; outcome < 3; ++outcome) {
      ++(amounts[outcome] ? known : absent);
      if (amounts[outcome]) check_equal(*amounts[outcome], *result.amounts[outcome]);
    }
  }
  CHECK(known > 100);
  CHECK(absent > 100);
}

TEST_CASE("with a tally beside every accrual all amounts are known, and they give the means of the same patients") {
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    const Program program = with_tallies(make_random_program(seed));
    // Profiles that differ in the clock and in what the accruals read.
    const Population population = seed % 2 == 0 ? Population{} : Population{{"age", "state0"}, {20, 0, 25, 1, 22, 0}};
    const CohortResult exact = CohortEngine::make(program, population, {}).value().forward(program);
    const OutcomeAmounts expected = amounts_from_tallies(program, population, exact.tallies);
    const SampledTallies sample = sample_tallies(program, population, 1500);
    const OutcomeAmounts sampled = amounts_from_tallies(program, population, sample.tallies);
    for (std::size_t outcome = 0; outcome < 3; ++outcome) {
      REQUIRE(expected[outcome].has_value());
      check_equal(*expected[outcome], *exact.amounts[outcome]);
      REQUIRE(sampled[outcome].has_value());
      CHECK(weigh(program.outcomes[outcome].weights, *sampled[outcome]) ==
            Approx(sample.outcomes[outcome * columns].mean).epsilon(1e-11).margin(1e-10));
    }
    CHECK_FALSE(expected[3].has_value());
  }
}

namespace {

/// A program of three cycles, of whose steps each test takes some, in an order of its own. Everybody enters ill and at
/// home at 40.
struct Case {
  ProgramBuilder builder{"case", 3};
  AttributeIndex health = builder.state("health", {"well", "ill", "dead"}, 1);
  AttributeIndex place = builder.state("place", {"home", "ward"}, 0);
  AttributeIndex age = builder.clock("age", 60, 40, {0, 1, 2, 3});
  OutcomeIndex cost = builder.outcome("cost", "GBP", "", {1, {1, 1, 1, 1}, {1, 1, 1}}, {1, {1, 1, 1, 1}, {1, 1, 1}},
                                      DiscountedAs::nothing);

  void die() {
    builder.draw(Phase::cycle, "death", {health}, {health}, [&](const Levels& levels, Branches& branches) {
      branches.add(0.5, {levels[health]});
      branches.add(0.5, {2});
    });
  }
  void move() {
    builder.draw(Phase::cycle, "move", {}, {place}, [](const Levels&, Branches& branches) {
      branches.add(0.25, {0});
      branches.add(0.75, {1});
    });
  }
  void pay(Phase phase = Phase::cycle) {
    builder.accrue(phase, "bed", cost, {place, age},
                   [this](const Levels& levels) { return levels[place] == 1 ? 10.0 * levels[age] : 1; });
  }
  void count(const ProgramBuilder::Attributes& attributes, Phase phase = Phase::cycle) {
    builder.tally(phase, "count", "", attributes);
  }

  std::optional<AmountsByTime> amounts(const Population& population = {}) {
    builder.dead(health, 2);
    const Program program = builder.build().value();
    const CohortResult result = CohortEngine::make(program, population, {}).value().forward(program);
    const std::optional<AmountsByTime> amounts = amounts_from_tallies(program, population, result.tallies)[0];
    if (amounts) check_equal(*amounts, *result.amounts[0]);
    return amounts;
  }
};

}  // namespace

TEST_CASE("a tally covers what it counts by, whichever stands first, with clocks known from the time") {
  Case tally_last, tally_first;
  tally_last.move();
  tally_last.pay();
  tally_last.die();
  tally_last.count({tally_last.health, tally_last.place});
  tally_first.move();
  tally_first.count({tally_first.place});
  tally_first.pay();
  tally_first.die();
  const auto last = tally_last.amounts(), first = tally_first.amounts();
  REQUIRE(last);
  REQUIRE(first);
  CHECK(last->event[0] == Approx(0.25 + 0.75 * 400).epsilon(1e-8));
  CHECK(first->event[2] == Approx(0.25 * (0.25 + 0.75 * 420)).epsilon(1e-8));
}

TEST_CASE("a clock at which patients enter at different levels must be counted by") {
  Case lacks, counts;
  const Population ages{{"age"}, {40, 45}};
  for (Case* each : {&lacks, &counts}) {
    each->pay();
    each->die();
  }
  lacks.count({lacks.place});
  counts.count({counts.age, counts.place});
  CHECK_FALSE(lacks.amounts(ages));
  CHECK(counts.amounts(ages));
}

TEST_CASE("a tally does not cover what it does not count by, nor what changes between the two") {
  Case lacks, changes, other_phase;
  lacks.move();
  lacks.pay();
  lacks.count({lacks.health});
  changes.count({changes.place});
  changes.move();
  changes.pay();
  other_phase.count({other_phase.place}, Phase::point);
  other_phase.pay();
  for (Case* each : {&lacks, &changes, &other_phase}) {
    each->die();
    CHECK_FALSE(each->amounts());
  }
}

TEST_CASE("a tally of a group covers that group alone") {
  Case same, outside, inside, again;
  same.builder.group(same.health, 1, [&] {
    same.pay();
    same.count({same.place});
  });
  outside.builder.group(outside.health, 1, [&] { outside.pay(); });
  outside.count({outside.place, outside.health});
  inside.pay();
  inside.builder.group(inside.health, 1, [&] { inside.count({inside.place}); });
  again.builder.group(again.health, 1, [&] { again.pay(); });
  again.die();
  again.builder.group(again.health, 1, [&] { again.count({again.place}); });
  for (Case* each : {&same, &outside, &inside}) each->die();
  CHECK(same.amounts());
  for (Case* each : {&outside, &inside, &again}) CHECK_FALSE(each->amounts());
}

TEST_CASE("what everybody accrues before time point 0 needs no tally") {
  Case everybody, some, guarded;
  const auto procedure = [](Case& each) {
    each.builder.accrue(Phase::start, "procedure", each.cost, {each.age},
                        [&](const Levels& levels) { return 100.0 + levels[each.age]; });
  };
  procedure(everybody);
  some.pay(Phase::start);
  guarded.builder.group(guarded.health, 1, [&] { procedure(guarded); });
  for (Case* each : {&everybody, &some, &guarded}) each->die();
  const auto amounts = everybody.amounts();
  REQUIRE(amounts);
  CHECK(amounts->start == 140);
  CHECK_FALSE(some.amounts());
  CHECK_FALSE(guarded.amounts());
}
