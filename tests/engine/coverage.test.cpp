#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "engine/amounts.hpp"
#include "engine/cohort.hpp"
#include "engine/random_program.hpp"
#include "engine/sampled_tallies.hpp"

using namespace myelin;
using namespace myelin::engine;
using namespace myelin::engine::test;
using myelin::test::make_random_program;

namespace {

constexpr std::uint32_t programs = 100;

/// Of every second program, profiles that differ in the clock and in what accruals read.
Population population_of(std::uint32_t seed) {
  return seed % 2 == 0 ? Population{} : Population{{"age", "state0"}, {20, 0, 25, 1, 22, 0}};
}

std::vector<Step*> steps_of(Program& program) {
  std::vector<Step*> all;
  for (std::vector<Step>* steps : {&program.start, &program.point, &program.cycle}) {
    for (Step& step : *steps) all.push_back(&step);
  }
  return all;
}

template <class Action>
std::vector<Action*> actions_of(Program& program) {
  std::vector<Action*> all;
  for (Step* step : steps_of(program)) {
    if (auto* action = std::get_if<Action>(&step->action)) all.push_back(action);
  }
  return all;
}

/// The same lives at other prices: some amounts become 0, some that were 0 do not stay so, and every weight changes.
Program priced_otherwise(Program program, std::uint32_t seed) {
  std::mt19937 rng(seed);
  const auto uniform = [&] { return static_cast<double>(rng()) / 4294967296.0; };
  for (Accrual* accrual : actions_of<Accrual>(program)) {
    const bool free = rng() % 4 == 0;
    for (double& amount : accrual->amounts) amount = free || rng() % 4 == 0 ? 0 : 100 * uniform() - 20;
  }
  for (Outcome& outcome : program.outcomes) {
    for (Weights* weights : {&outcome.weights, &outcome.undiscounted}) {
      weights->start = uniform();
      for (std::vector<double>* each : {&weights->point, &weights->event}) {
        for (double& weight : *each) weight = uniform();
      }
    }
    if (!outcome.discounted()) outcome.undiscounted = outcome.weights;
  }
  return program;
}

/// Without the accruals whose number, counted from 0, leaves `rest` when divided by 3: as a model leaves out what costs
/// nothing.
Program without_every_third_accrual(Program program, std::size_t rest) {
  std::size_t number = 0;
  for (std::vector<Step>* steps : {&program.start, &program.point, &program.cycle}) {
    std::erase_if(
        *steps, [&](const Step& step) { return std::holds_alternative<Accrual>(step.action) && number++ % 3 == rest; });
  }
  return program;
}

/// Every outcome's amounts are known and, weighed, give the means [outcome x 2 + column].
void check_amounts(const Program& program, const OutcomeAmounts& amounts, const std::vector<double>& means,
                   double relative) {
  for (std::size_t outcome = 0; outcome < program.outcomes.size(); ++outcome) {
    CAPTURE(outcome);
    const Outcome& declared = program.outcomes[outcome];
    REQUIRE(amounts[outcome].has_value() == declared.parts.empty());
    if (!amounts[outcome]) continue;
    for (const auto& [weights, column] : {std::pair(&declared.weights, 0u), std::pair(&declared.undiscounted, 1u)}) {
      CHECK(weigh(*weights, *amounts[outcome]) ==
            Approx(means[outcome * columns + column]).epsilon(relative).margin(10 * relative));
    }
  }
}

std::vector<double> means_of(const std::vector<Moments>& outcomes) {
  std::vector<double> means;
  for (const Moments& moments : outcomes) means.push_back(moments.mean);
  return means;
}

CohortResult expectations(const Program& program, const Population& population) {
  return CohortEngine::make(program, population, {}).value().forward(program);
}

}  // namespace

TEST_CASE("covering tallies tell what every outcome accrues, and their weighted sums are the engines' means") {
  std::size_t added = 0;
  for (std::uint32_t seed = 1; seed <= programs; ++seed) {
    CAPTURE(seed);
    Program program = make_random_program(seed);
    const Population population = population_of(seed);
    Program covered = with_covering_tallies(program, population);
    added += actions_of<Tally>(covered).size() - actions_of<Tally>(program).size();
    const CohortResult exact = expectations(covered, population);
    check_amounts(covered, amounts_from_tallies(covered, population, exact.tallies),
                  expectations(program, population).means, 1e-12);
    const SampledTallies sample = sample_tallies(covered, population, 1500);
    check_amounts(covered, amounts_from_tallies(covered, population, sample.tallies), means_of(sample.outcomes), 1e-11);
  }
  CHECK(added > programs);
}

TEST_CASE("covering a program adds tallies alone, and to a covered program nothing") {
  for (std::uint32_t seed = 1; seed <= programs; ++seed) {
    CAPTURE(seed);
    const Program program = make_random_program(seed);
    const Program covered = with_covering_tallies(program, population_of(seed));
    CHECK(same_lives(program, covered));
    CHECK(table_digest(with_covering_tallies(covered, population_of(seed))) == table_digest(covered));
    Program without = covered;
    for (const auto& [steps, original] : {std::pair(&without.start, &program.start),
                                          {&without.point, &program.point},
                                          {&without.cycle, &program.cycle}})
      std::erase_if(*steps, [&, names = original](const Step& step) {
        return std::holds_alternative<Tally>(step.action) &&
               std::ranges::find(*names, step.name, &Step::name) == names->end();
      });
    CHECK(table_digest(without) == table_digest(program));
  }
}

TEST_CASE("covering changes no patient, to the bit") {
  for (std::uint32_t seed = 1; seed <= programs; ++seed) {
    CAPTURE(seed);
    const Program program = make_random_program(seed);
    const Population population = population_of(seed);
    const SampledTallies plain = sample_tallies(program, population, 1100),
                         covered = sample_tallies(with_covering_tallies(program, population), population, 1100);
    for (std::size_t value = 0; value < plain.outcomes.size(); ++value) {
      CHECK(covered.outcomes[value].mean == plain.outcomes[value].mean);
      CHECK(covered.outcomes[value].squares == plain.outcomes[value].squares);
    }
  }
}

TEST_CASE("what a covered run counted gives the means of the same lives at other prices") {
  for (std::uint32_t seed = 1; seed <= programs; ++seed) {
    CAPTURE(seed);
    const Population population = population_of(seed);
    const Program run = with_covering_tallies(make_random_program(seed), population);
    const Program full = priced_otherwise(make_random_program(seed), seed);
    for (const Program& prices : {full, without_every_third_accrual(full, seed % 3)}) {
      const Program merged = with_amounts_of(run, prices);
      CHECK(same_lives(merged, prices));
      check_amounts(merged, amounts_from_tallies(merged, population, expectations(run, population).tallies),
                    expectations(prices, population).means, 1e-12);
      const SampledTallies counted = sample_tallies(run, population, 1100);
      check_amounts(merged, amounts_from_tallies(merged, population, counted.tallies),
                    means_of(sample_tallies(prices, population, 1100).outcomes), 1e-11);
    }
  }
}

TEST_CASE("an accrual that the run did not have is priced where its tallies cover it, and is else not known") {
  std::size_t known = 0, absent = 0;
  for (std::uint32_t seed = 1; seed <= programs; ++seed) {
    CAPTURE(seed);
    const Population population = population_of(seed);
    const Program prices = make_random_program(seed);
    const Program run = with_covering_tallies(without_every_third_accrual(prices, seed % 3), population);
    const Program merged = with_amounts_of(run, prices);
    const OutcomeAmounts amounts = amounts_from_tallies(merged, population, expectations(run, population).tallies);
    const std::vector<double> means = expectations(prices, population).means;
    for (std::size_t outcome = 0; outcome < 3; ++outcome) {
      ++(amounts[outcome] ? known : absent);
      if (!amounts[outcome]) continue;
      CHECK(weigh(prices.outcomes[outcome].weights, *amounts[outcome]) ==
            Approx(means[outcome * columns]).epsilon(1e-12).margin(1e-11));
    }
  }
  CHECK(known > programs);
  CHECK(absent > 10);
}

TEST_CASE("lives are the same where only amounts, weights, names and tallies differ") {
  for (std::uint32_t seed = 1; seed <= programs; ++seed) {
    CAPTURE(seed);
    const Program program = make_random_program(seed);
    Program other = without_every_third_accrual(priced_otherwise(program, seed), 1);
    other.name = "another";
    for (Step* step : steps_of(other)) step->name += " of another";
    std::erase_if(other.point, [](const Step& step) { return std::holds_alternative<Tally>(step.action); });
    CHECK(same_lives(program, other));
    CHECK(same_lives(other, program));
  }
}

TEST_CASE("lives differ as soon as one probability, level, stream or attribute does") {
  std::mt19937 rng(7);
  const auto one_of = [&](auto&& all) -> auto& { return all[rng() % all.size()]; };
  for (std::uint32_t seed = 1; seed <= programs; ++seed) {
    CAPTURE(seed);
    const Program program = make_random_program(seed);
    const auto check_differs = [&](const char* what, auto change) {
      CAPTURE(what);
      Program other = program;
      change(other);
      CHECK_FALSE(same_lives(program, other));
      CHECK_FALSE(same_lives(other, program));
    };
    check_differs("probability", [&](Program& other) {
      std::vector<Draw*> draws = actions_of<Draw>(other);
      std::erase_if(draws, [](const Draw* draw) { return draw->outcomes < 2; });
      std::vector<std::uint32_t>& cumulative = one_of(draws)->cumulative;
      std::uint32_t& first = cumulative.front();  // below 1: every draw with two outcomes can end in its second
      first = first == 0 ? 1 : first - 1;
    });
    check_differs("level", [&](Program& other) { one_of(one_of(actions_of<Draw>(other))->levels) ^= 1; });
    check_differs("stream", [&](Program& other) { one_of(actions_of<Draw>(other))->stream.value ^= 1; });
    check_differs("draw left out", [](Program& other) {
      const auto draw =
          std::ranges::find_if(other.cycle, [](const Step& step) { return std::holds_alternative<Draw>(step.action); });
      other.cycle.erase(draw);
    });
    check_differs("initial level", [](Program& other) { other.attributes.back().initial += 1; });
    check_differs("clock", [](Program& other) { other.attributes.front().clock_offset.back() += 1; });
    check_differs("name of a level", [](Program& other) { other.attributes.back().levels.back() += "?"; });
    check_differs("cycles", [](Program& other) { other.cycles += 1; });
    check_differs("death", [](Program& other) { other.first_dead_level += 1; });
  }
}

TEST_CASE("lives differ where an accrual that ends a group is left out, and the group then goes on") {
  const auto make = [](bool pays) {
    ProgramBuilder builder("groups", 1);
    const AttributeIndex ill = builder.state("ill", {"no", "yes"}, 1), seen = builder.state("seen", {"no", "yes"}, 0);
    const Weights weights{1, {1, 1}, {1}};
    const OutcomeIndex cost = builder.outcome("cost", "GBP", "", weights, weights, DiscountedAs::nothing);
    builder.group(ill, 1, [&] {
      builder.draw(Phase::cycle, "recovery", {}, {ill}, [](const Levels&, Branches& branches) {
        branches.add(0.5, {0});
        branches.add(0.5, {1});
      });
    });
    if (pays) builder.accrue(Phase::cycle, "visit", cost, {}, [](const Levels&) { return 1.0; });
    builder.group(ill, 1, [&] {
      builder.draw(Phase::cycle, "check-up", {}, {seen},
                   [](const Levels&, Branches& branches) { branches.add(1, {1}); });
    });
    builder.accrue(Phase::cycle, "letter", cost, {seen}, [=](const Levels& levels) { return 10.0 * levels[seen]; });
    return builder.build().value();
  };
  const Program pays = make(true), free = make(false);
  REQUIRE(expectations(pays, {}).means[0] == Approx(1 + 5));
  REQUIRE(expectations(free, {}).means[0] == Approx(10));
  CHECK_FALSE(same_lives(pays, free));
}
