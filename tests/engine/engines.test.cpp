#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>

#include "engine/cohort.hpp"
#include "engine/life.hpp"
#include "engine/microsimulation.hpp"
#include "engine/random_program.hpp"
#include "support/statistics.hpp"

using namespace myelin;
using namespace myelin::engine;

namespace {

/// What the microsimulation gives for one program on one thread.
struct Sample {
  PatientSums sums;
  std::vector<std::uint64_t> counts;
  std::vector<std::vector<double>> lives;  ///< [outcome x 2 + column][patient]
  std::uint64_t patient_cycles = 0;
};

Sample sample(const Program& program, const Population& population, std::uint64_t patients,
              InstructionSet set = best_instruction_set(), std::uint64_t seed = 11) {
  const Microsimulation simulation({&program}, population, {{0}, {1}},
                                   {.seed = {seed}, .noise = {5}, .patients = patients, .instruction_set = set});
  auto workspace = simulation.make_workspace();
  TreeFold<PatientSums> fold;
  Sample result;
  result.lives.resize(program.outcomes.size() * columns);
  for (std::uint64_t block = 0; block < simulation.blocks(); ++block) {
    PatientSums sums = simulation.make_sums();
    simulation.simulate(block, workspace, sums);
    const std::uint64_t n = std::min<std::uint64_t>(block_patients, patients - block * block_patients);
    for (std::size_t value = 0; value < result.lives.size(); ++value) {
      result.lives[value].insert(result.lives[value].end(), workspace.lives[0][value].begin(),
                                 workspace.lives[0][value].begin() + static_cast<std::ptrdiff_t>(n));
    }
    fold.push(std::move(sums));
  }
  result.sums = fold.result();
  result.counts = workspace.counts[0];
  result.patient_cycles = workspace.patient_cycles;
  return result;
}

/// Profiles that differ in the clock and in a state.
Population mixed_population() { return {{"age", "vital", "state1"}, {20, 0, 1, 25, 0, 0, 20, 0, 0}}; }

bool has_attribute(const Program& program, const std::string& name) {
  return std::ranges::any_of(program.attributes, [&](const Attribute& attribute) { return attribute.name == name; });
}

/// Every patient of the fast engine against the plain interpreter, to the bit, on every instruction set.
void compare_lives(std::uint32_t first_seed, std::uint32_t last_seed) {
  for (std::uint32_t seed = first_seed; seed <= last_seed; ++seed) {
    CAPTURE(seed);
    const Program program = test::make_random_program(seed);
    const Population population = seed % 2 == 0 && has_attribute(program, "state1") ? mixed_population() : Population{};
    constexpr std::uint64_t patients = 1100;  // one full block and a part of one
    for (const InstructionSet set : available_instruction_sets()) {
      CAPTURE(name(set));
      const Sample got = sample(program, population, patients, set);
      std::uint64_t cycles_lived = 0;
      for (std::uint64_t patient = 0; patient < patients; ++patient) {
        const Life life = live_one(program, population, {11}, {5}, {patient});
        cycles_lived += std::min<std::uint64_t>(program.cycles, life.trajectory.size());
        for (std::size_t value = 0; value < life.outcomes.size(); ++value) {
          const double fast = got.lives[value][patient];
          if (std::memcmp(&fast, &life.outcomes[value], sizeof fast) != 0) {
            FAIL_CHECK("patient " << patient << ", value " << value << ": " << fast << " instead of "
                                  << life.outcomes[value]);
          }
        }
      }
      CHECK(got.patient_cycles == cycles_lived);
    }
  }
}

/// Sliced, forgetful and backward against the whole program; returns how many programs had more than one slice.
std::size_t compare_cohorts(std::uint32_t first_seed, std::uint32_t last_seed) {
  std::size_t sliced = 0;
  for (std::uint32_t seed = first_seed; seed <= last_seed; ++seed) {
    CAPTURE(seed);
    const Program program = test::make_random_program(seed);
    const Population population = seed % 2 == 0 && has_attribute(program, "state1") ? mixed_population() : Population{};
    const auto whole = CohortEngine::make(program, population, {.slice = false, .drop_unread = false}).value();
    const auto optimised = CohortEngine::make(program, population, {}).value();
    const CohortResult expected = whole.forward(program), got = optimised.forward(program);
    const std::vector<double> backward = optimised.backward(program);
    REQUIRE(optimised.covers(program));
    sliced += optimised.slices() > 1 ? 1 : 0;
    for (std::size_t i = 0; i < expected.means.size(); ++i) {
      CHECK(got.means[i] == Approx(expected.means[i]).epsilon(1e-12).margin(1e-10));
      CHECK(backward[i] == Approx(expected.means[i]).epsilon(1e-12).margin(1e-10));
    }
    for (std::size_t tally = 0; tally < expected.tallies.size(); ++tally) {
      for (std::size_t cell = 0; cell < expected.tallies[tally].size(); ++cell) {
        CHECK(got.tallies[tally][cell] == Approx(expected.tallies[tally][cell]).margin(1e-13));
      }
    }
  }
  return sliced;
}

/// Expectations of some outcomes, asked for alone, against those of all.
void compare_some_outcomes(std::uint32_t first_seed, std::uint32_t last_seed) {
  for (std::uint32_t seed = first_seed; seed <= last_seed; ++seed) {
    CAPTURE(seed);
    const Program program = test::make_random_program(seed);
    std::vector<OutcomeIndex> some;
    for (std::size_t i = 0; i < program.outcomes.size(); ++i) {
      if ((seed + i) % 3 == 0) some.push_back(OutcomeIndex{i});
    }
    if (some.empty()) some.push_back(OutcomeIndex{program.outcomes.size() - 1});
    const CohortResult all = CohortEngine::make(program, {}, {}).value().forward(program);
    const auto engine = CohortEngine::make(program, {}, {.outcomes = some}).value();
    REQUIRE(engine.covers(program));
    const std::vector<double> forward = engine.forward(program).means, backward = engine.backward(program);
    std::vector<bool> asked(program.outcomes.size());
    for (const OutcomeIndex outcome : some) asked[outcome.value] = true;
    for (std::size_t i = 0; i < all.means.size(); ++i) {
      if (!asked[i / columns]) {
        CHECK(std::isnan(backward[i]));
        continue;
      }
      CHECK(forward[i] == Approx(all.means[i]).epsilon(1e-12).margin(1e-10));
      CHECK(backward[i] == Approx(all.means[i]).epsilon(1e-12).margin(1e-10));
    }
  }
}

}  // namespace

TEST_CASE("asked for some outcomes, the cohort engine gives theirs and says that the others are not known") {
  compare_some_outcomes(1, 100);
}

TEST_CASE(
    "every patient of the fast engine lives the life of the plain interpreter, to the bit, on every instruction set") {
  compare_lives(1, 20);
}

TEST_CASE("the same for many more programs", "[full]") { compare_lives(21, 200); }

TEST_CASE("slicing, forgetting unread attributes and going backward leave every expectation as it is") {
  CHECK(compare_cohorts(1, 150) > 20);
}

TEST_CASE("the same expectations for many more programs", "[full]") { CHECK(compare_cohorts(151, 2000) > 200); }

// 40 programs, each outcome and column and each well-filled tally cell. With about 20,000 comparisons the bound is 7.9
// standard errors, and an error of 11 of them is found with 99.9 %: for outcomes of 40,000 patients that is 0.055
// standard deviations of a patient.
TEST_CASE("the microsimulation agrees with the cohort engine on random programs") {
  constexpr std::uint64_t patients = 40000;
  constexpr std::size_t comparisons = 20000;
  std::size_t made = 0;
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    const Program program = test::make_random_program(seed + 1000);
    const CohortResult expected = CohortEngine::make(program, {}, {}).value().forward(program);
    const Sample got = sample(program, {}, patients);
    for (std::size_t value = 0; value < expected.means.size(); ++value, ++made) {
      CHECK(test::stat_check(got.sums.outcomes[value].mean, expected.means[value],
                             got.sums.outcomes[value].standard_error(), comparisons));
    }
    std::size_t first = 0;
    for (const std::vector<double>& tally : expected.tallies) {
      for (std::size_t cell = 0; cell < tally.size(); ++cell) {
        const double n = static_cast<double>(patients), p = tally[cell],
                     count = static_cast<double>(got.counts[first + cell]);
        if (p == 0) CHECK(count == 0);
        if (p * n < 400 || (1 - p) * n < 400) continue;  // too few for the normal approximation
        CHECK(test::stat_check(count / n, p, std::sqrt(p * (1 - p) / n), comparisons));
        ++made;
      }
      first += tally.size();
    }
  }
  CHECK(made <= comparisons);
  CHECK(made > 1000);
}

TEST_CASE("a sampler that is slightly wrong does not agree") {
  // The mutant twin of the test above: every program's first outcome is a little likelier than the cohort engine
  // believes.
  std::size_t found = 0;
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    const Program program = test::make_random_program(seed + 1000);
    Program mutant = program;
    for (Step& step : mutant.cycle) {
      if (auto* draw = std::get_if<Draw>(&step.action)) {
        for (std::size_t row = 0; row < draw->rows && draw->outcomes > 1; ++row) {
          std::uint32_t& first = draw->cumulative[row * draw->outcomes];
          if (first < draw->cumulative[row * draw->outcomes + 1])
            first += (draw->cumulative[row * draw->outcomes + 1] - first) / 3;
        }
      }
    }
    const CohortResult expected = CohortEngine::make(program, {}, {}).value().forward(program);
    const Sample got = sample(mutant, {}, 40000);
    bool differs = false;
    for (std::size_t value = 0; value < expected.means.size(); ++value) {
      differs = differs || !test::stat_check(got.sums.outcomes[value].mean, expected.means[value],
                                             got.sums.outcomes[value].standard_error(), 20000);
    }
    found += differs ? 1 : 0;
  }
  CHECK(found >= 36);
}

TEST_CASE(
    "strategies lived together give the bits that each gives alone, and a copy gives increments of exactly zero") {
  const Program a = test::make_random_program(3), b = test::make_random_program(4), copy = a;
  const Microsimulation together(
      {&a, &b, &copy}, {}, {{0}, {1}},
      {.seed = {11}, .noise = {5}, .patients = 1500, .instruction_set = best_instruction_set()});
  auto workspace = together.make_workspace();
  TreeFold<PatientSums> fold;
  for (std::uint64_t block = 0; block < together.blocks(); ++block) {
    PatientSums sums = together.make_sums();
    together.simulate(block, workspace, sums);
    fold.push(std::move(sums));
  }
  const PatientSums sums = fold.result();
  const Sample alone_a = sample(a, {}, 1500), alone_b = sample(b, {}, 1500);
  const std::size_t values = a.outcomes.size() * columns;
  for (std::size_t value = 0; value < values; ++value) {
    CHECK(sums.outcomes[value].mean == alone_a.sums.outcomes[value].mean);
    CHECK(sums.outcomes[value].squares == alone_a.sums.outcomes[value].squares);
    CHECK(sums.outcomes[values + value].mean == alone_b.sums.outcomes[value].mean);
    const Moments& increment = sums.increments[values + value];  // pair (2, 0)
    CHECK(increment.mean == 0);
    CHECK(increment.squares == 0);
    CHECK(sums.increments[value].mean ==
          Approx(sums.outcomes[values + value].mean - sums.outcomes[value].mean).epsilon(1e-10).margin(1e-10));
  }
  CHECK(workspace.counts[0] == alone_a.counts);
  CHECK(workspace.counts[1] == alone_b.counts);
  CHECK(sums.joint[1].products == 0);
}

TEST_CASE(
    "a structure found for one parameter draw serves another of the same pattern and refuses one with new outcomes") {
  const auto make = [](double p, double q) {
    ProgramBuilder builder("draw", 3);
    const AttributeIndex health = builder.state("health", {"well", "ill", "dead"}, 0);
    builder.dead(health, 2);
    const OutcomeIndex years = builder.outcome("years", "years", "", {1, {1, 1, 1, 1}, {1, 1, 1}},
                                               {1, {1, 1, 1, 1}, {1, 1, 1}}, DiscountedAs::nothing);
    builder.accrue(Phase::point, "years", years, {}, [](const Levels&) { return 1.0; });
    builder.draw(Phase::cycle, "health", {health}, {health}, [&](const Levels& levels, Branches& branches) {
      branches.add(1 - p - q, {levels[health]});
      branches.add(p, {1});
      branches.add(q, {2});
    });
    return builder.build().value();
  };
  const Program first = make(0.2, 0), second = make(0.3, 0), third = make(0.3, 0.1);
  const auto engine = CohortEngine::make(first, {}, {}).value();
  CHECK(engine.covers(second));
  CHECK(engine.forward(second).means[0] == Approx(4.0));
  CHECK_FALSE(engine.covers(third));
  CHECK(CohortEngine::make(third, {}, {}).value().forward(third).means[0] ==
        Approx(1 + 0.9 + 0.81 + 0.729).epsilon(1e-8));
}

TEST_CASE("a program too large for the cohort engine is refused with the attributes that cause it") {
  ProgramBuilder builder("large", 4);
  const std::vector<std::string> levels = numbered_levels(9);
  std::vector<AttributeIndex> attributes;
  for (const char* each : {"a", "b", "c"}) attributes.push_back(builder.state(each, levels, 0));
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    builder.draw(Phase::cycle, "draw" + std::to_string(i), {}, {attributes[i]}, [&](const Levels&, Branches& branches) {
      for (int level = 0; level < 10; ++level) branches.add(0.1, {level});
    });
  }
  const OutcomeIndex sum = builder.outcome("sum", "1", "", {1, {1, 1, 1, 1, 1}, {1, 1, 1, 1}},
                                           {1, {1, 1, 1, 1, 1}, {1, 1, 1, 1}}, DiscountedAs::nothing);
  builder.accrue(Phase::point, "product", sum, attributes,
                 [&](const Levels& at) { return at[attributes[0]] * at[attributes[1]] * at[attributes[2]]; });
  const Program program = builder.build().value();
  const auto refused = CohortEngine::make(program, {}, {.state_limit = 500});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().front().problem ==
        "program 'large' has more than 500 states for the cohort engine, from a (10 levels), b (10 levels), c (10 "
        "levels)");
  const auto accepted = CohortEngine::make(program, {}, {.state_limit = 1000});
  REQUIRE(accepted.has_value());
  CHECK(accepted->states() == 1000);
  // Each amount that depends on one attribute alone needs no product of states.
  CHECK(accepted->forward(program).means[0] == Approx(4 * 4.5 * 4.5 * 4.5).epsilon(1e-8));
}

TEST_CASE("a fold has a shape that depends on the number of values alone") {
  TreeFold<Moments> fold;
  std::vector<double> all;
  for (int block = 0; block < 37; ++block) {
    std::vector<double> values;
    for (int i = 0; i < 10 + block; ++i) values.push_back(std::sin(block * 100 + i) + 1e3);
    all.insert(all.end(), values.begin(), values.end());
    fold.push(moments_of(values));
  }
  const Moments folded = fold.result(), direct = moments_of(all);
  CHECK(folded.count == direct.count);
  CHECK(folded.mean == Approx(direct.mean).epsilon(1e-14));
  CHECK(folded.squares == Approx(direct.squares).epsilon(1e-10));
  CHECK(TreeFold<Moments>{}.result().count == 0);
}
