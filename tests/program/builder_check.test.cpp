#include <catch2/catch.hpp>

#include "program/toy_builder.hpp"

using namespace myelin;
using namespace myelin::test;
using Lines = std::vector<std::string>;

namespace {

double nothing(const Levels&) { return 0; }

void set(ToyBuilder& toy, Phase phase, const std::string& stream, AttributeIndex attribute) {
  toy.builder.draw(phase, stream, {}, {attribute}, levels_with({0.5, 0.5}));
}

Lines before_set(const std::string& step, const std::string& attribute) {
  return {"program 'toy': step '" + step + "' reads '" + attribute +
          "' before it is set -- put the step that writes it before"};
}

Lines twice(const std::string& stream) {
  return {"program 'toy': two draws named '" + stream +
          "' can happen to one patient in one cycle -- rename one, or guard them by different levels of one attribute"};
}

/// The toy with a state that has no level until it is drawn.
struct UnsetToy : ToyBuilder {
  AttributeIndex course = builder.state("course", {"relapsing", "progressive"}, ProgramBuilder::unset);
};

}  // namespace

TEST_CASE("a state that begins unset is read only after a draw has set it") {
  const Lines refusal = before_set("a", "course");
  SECTION("never set: steps of every kind and phase") {
    for (const Phase phase : {Phase::start, Phase::point, Phase::cycle}) {
      UnsetToy accrual, tally, guard;
      accrual.builder.accrue(phase, "a", accrual.cost, {accrual.course}, nothing);
      CHECK(accrual.problems() == refusal);
      tally.builder.tally(phase, "a", "", {tally.course});
      CHECK(tally.problems() == refusal);
      guard.builder.group(guard.course, 1, [&] { guard.builder.accrue(phase, "a", guard.cost, {}, nothing); });
      CHECK(guard.problems() == refusal);
    }
    UnsetToy toy;
    toy.builder.draw(Phase::cycle, "a", {toy.course}, {toy.course}, levels_with({1}));
    CHECK(toy.problems() == refusal);
  }
  SECTION("set too late") {
    UnsetToy toy;
    toy.builder.accrue(Phase::start, "a", toy.cost, {toy.course}, nothing);
    set(toy, Phase::start, "course", toy.course);
    CHECK(toy.problems() == refusal);
  }
  SECTION("set in the cycle, but needed at the time points before") {
    UnsetToy toy;
    set(toy, Phase::cycle, "course", toy.course);
    toy.builder.accrue(Phase::point, "a", toy.cost, {toy.course}, nothing);
    CHECK(toy.problems() == refusal);
  }
  SECTION("set at the start") {
    UnsetToy toy;
    set(toy, Phase::start, "course", toy.course);
    for (const Phase phase : {Phase::start, Phase::point, Phase::cycle}) {
      toy.builder.accrue(phase, "a", toy.cost, {toy.course}, nothing);
    }
    CHECK(toy.problems().empty());
  }
  SECTION("one message an attribute") {
    UnsetToy toy;
    for (const char* name : {"a", "b"}) toy.builder.accrue(Phase::point, name, toy.cost, {toy.course}, nothing);
    CHECK(toy.problems() == refusal);
  }
}

TEST_CASE("a transient is read only after a draw of the same cycle") {
  SECTION("never drawn") {
    for (const Phase phase : {Phase::start, Phase::cycle}) {
      ToyBuilder toy;
      toy.builder.accrue(phase, "a", toy.cost, {toy.relapses}, nothing);
      CHECK(toy.problems() == before_set("a", "relapses"));
    }
  }
  SECTION("drawn afterwards") {
    ToyBuilder toy;
    toy.builder.accrue(Phase::cycle, "a", toy.cost, {toy.relapses}, nothing);
    set(toy, Phase::cycle, "relapses", toy.relapses);
    CHECK(toy.problems() == before_set("a", "relapses"));
  }
  SECTION("drawn before the start, and forgotten") {
    ToyBuilder toy;
    set(toy, Phase::start, "relapses", toy.relapses);
    toy.builder.accrue(Phase::cycle, "a", toy.cost, {toy.relapses}, nothing);
    CHECK(toy.problems() == before_set("a", "relapses"));
  }
  SECTION("drawn before") {
    ToyBuilder toy;
    for (const Phase phase : {Phase::start, Phase::cycle}) {
      set(toy, phase, phase == Phase::start ? "first" : "relapses", toy.relapses);
      toy.builder.accrue(phase, "a", toy.cost, {toy.relapses}, nothing);
    }
    CHECK(toy.problems().empty());
  }
  SECTION("never at the time points") {
    ToyBuilder toy;
    set(toy, Phase::cycle, "relapses", toy.relapses);
    toy.builder.tally(Phase::point, "t", "", {toy.relapses});
    CHECK(
        toy.problems() ==
        Lines{"program 'toy': step 't' reads the transient 'relapses' at the time points, where it is reset -- read it "
              "in the cycle phase, or declare it a state"});
  }
}

TEST_CASE("two stream names of one hash are refused") {
  STATIC_REQUIRE(stream_id("liquid") == stream_id("costarring"));
  ToyBuilder toy;
  set(toy, Phase::start, "liquid", toy.edss);
  set(toy, Phase::cycle, "costarring", toy.relapses);
  CHECK(toy.problems() ==
        Lines{"program 'toy': the streams 'liquid' and 'costarring' have the same hash -- rename one of the steps"});
}

TEST_CASE("two draws of one name happen to different patients") {
  for (const Phase phase : {Phase::start, Phase::cycle}) {
    const auto in_group = [&](ToyBuilder& toy, AttributeIndex attribute, int level) {
      toy.builder.group(attribute, level, [&] { set(toy, phase, "d", toy.relapses); });
    };
    ToyBuilder unguarded, one_guarded, same_level, other_attribute, exclusive;
    set(unguarded, phase, "d", unguarded.edss);
    set(unguarded, phase, "d", unguarded.relapses);
    CHECK(unguarded.problems() == twice("d"));

    set(one_guarded, phase, "d", one_guarded.edss);
    in_group(one_guarded, one_guarded.sex, 1);
    CHECK(one_guarded.problems() == twice("d"));

    for (int i = 0; i < 2; ++i) in_group(same_level, same_level.sex, 1);
    CHECK(same_level.problems() == twice("d"));

    in_group(other_attribute, other_attribute.sex, 0);
    in_group(other_attribute, other_attribute.edss, 1);
    CHECK(other_attribute.problems() == twice("d"));

    for (int level = 0; level < 3; ++level) in_group(exclusive, exclusive.edss, level);
    CHECK(exclusive.problems().empty());
  }
}

TEST_CASE("a total sums accrued outcomes of its unit, and nothing accrues to it") {
  const auto with = [](const auto& rest) {
    ToyBuilder toy;
    const OutcomeIndex qalys =
        toy.builder.outcome("qaly", "QALY", "", plain_weights(3), plain_weights(3), DiscountedAs::cost);
    const OutcomeIndex all = toy.builder.total("all", "GBP", "", {toy.cost});
    rest(toy.builder, toy.cost, qalys, all);
    return toy.problems();
  };
  using Index = OutcomeIndex;
  CHECK(with([](ProgramBuilder&, Index, Index, Index) {}).empty());
  CHECK(with([](ProgramBuilder& builder, Index cost, Index, Index all) {
          builder.total("more", "GBP", "", {cost, all});
        }) == Lines{"program 'toy': total 'more' cannot sum 'all' -- sum accrued outcomes of the same unit"});
  CHECK(with([](ProgramBuilder& builder, Index cost, Index qalys, Index) {
          builder.total("more", "GBP", "", {cost, qalys});
        }) == Lines{"program 'toy': total 'more' cannot sum 'qaly' -- sum accrued outcomes of the same unit"});
  CHECK(with([](ProgramBuilder& builder, Index, Index, Index all) {
          builder.accrue(Phase::point, "a", all, {}, nothing);
        }) == Lines{"program 'toy': step 'a' accrues to the total 'all' -- accrue to one of its parts"});
}

TEST_CASE("a draw of the start phase and one of the first cycle may not share a name: they would share the number") {
  ToyBuilder toy;
  set(toy, Phase::start, "d", toy.edss);
  set(toy, Phase::cycle, "d", toy.relapses);
  CHECK(toy.problems() == twice("d"));
}

TEST_CASE("groups exclude one another only if their attribute stays as it is between them") {
  ToyBuilder toy;
  toy.builder.group(toy.edss, 0, [&] { set(toy, Phase::cycle, "d", toy.edss); });  // leads to level 1
  toy.builder.group(toy.edss, 1, [&] { set(toy, Phase::cycle, "d", toy.relapses); });
  CHECK(toy.problems() == twice("d"));
}

TEST_CASE("a draw for some patients does not set an attribute for all") {
  SECTION("for some only") {
    UnsetToy toy;
    toy.builder.group(toy.sex, 1, [&] { set(toy, Phase::start, "course", toy.course); });
    toy.builder.accrue(Phase::point, "a", toy.cost, {toy.course}, nothing);
    CHECK(toy.problems() == before_set("a", "course"));
  }
  SECTION("for those who read it") {
    UnsetToy toy;
    toy.builder.group(toy.sex, 1, [&] {
      set(toy, Phase::start, "course", toy.course);
      toy.builder.accrue(Phase::start, "a", toy.cost, {toy.course}, nothing);
    });
    CHECK(toy.problems().empty());
  }
}

TEST_CASE("a draw that is refused for its rows still counts as setting what it writes") {
  ToyBuilder toy;
  toy.builder.draw(Phase::cycle, "d", {}, {toy.relapses}, levels_with({0.5, 0.4}));
  toy.builder.accrue(Phase::cycle, "a", toy.cost, {toy.relapses}, nothing);
  CHECK(
      toy.problems() ==
      Lines{
          "program 'toy': draw 'd', its only row: the probabilities sum to 0.9, not to one within 1e-09 -- give every "
          "outcome, the unchanged one too"});
}

TEST_CASE("a total without parts is refused: it would be taken for an outcome that accrues, without weights") {
  ToyBuilder toy;
  toy.builder.total("all", "GBP", "", {});
  CHECK_FALSE(toy.problems().empty());
}

TEST_CASE("a level that does not exist cannot mean dead") {
  ToyBuilder toy;
  toy.builder.dead(toy.vital, 2);
  CHECK_FALSE(toy.problems().empty());
}

TEST_CASE("a draw writes an attribute once") {
  ToyBuilder toy;
  toy.builder.draw(Phase::cycle, "d", {}, {toy.edss, toy.edss}, [](const Levels&, Branches& branches) {
    branches.add(1, {0, 1});
  });
  CHECK_FALSE(toy.problems().empty());
}

TEST_CASE("two outcomes of one name are refused") {
  ToyBuilder toy;
  toy.builder.outcome("cost", "GBP", "", plain_weights(3), plain_weights(3), DiscountedAs::cost);
  CHECK_FALSE(toy.problems().empty());
}
