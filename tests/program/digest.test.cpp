#include <catch2/catch.hpp>
#include <functional>
#include <set>

#include "program/toy_builder.hpp"

using namespace myelin;
using namespace myelin::test;

namespace {

Program example() {
  ToyBuilder toy;
  toy.builder.dead(toy.vital, 1);
  toy.builder.total("all", "GBP", "", {toy.cost});
  toy.builder.draw(Phase::start, "sex", {}, {toy.sex}, levels_with({0.75, 0.25}));
  toy.builder.accrue(Phase::point, "care", toy.cost, {toy.sex, toy.edss},
                     [&](const Levels& levels) { return 10.0 * levels[toy.sex] + levels[toy.edss]; });
  toy.builder.draw(Phase::cycle, "worsening", {toy.edss}, {toy.edss, toy.relapses},
                   [](const Levels&, Branches& branches) {
                     branches.add(0.5, {0, 1});
                     branches.add(0.25, {1, 0});
                     branches.add(0.25, {2, 1});
                   });
  toy.builder.group(toy.edss, 2, [&] { toy.builder.tally(Phase::cycle, "severe", "", {toy.sex, toy.relapses}); });
  return toy.builder.build().value();
}

/// Digests of the example after each of many changes.
class Changes {
 public:
  void add(const std::function<void(Program&)>& change) {
    Program changed = original_;
    change(changed);
    ++count_;
    digests_.insert(table_digest(changed));
  }

  /// A change of each element of the list that `get` finds in a program.
  template <class Get>
  void add_each(const Get& get) {
    Program program = original_;
    const std::size_t size = get(program).size();
    REQUIRE(size > 0);
    for (std::size_t i = 0; i < size; ++i) add([&](Program& changed) { get(changed)[i] += 1; });
  }

  /// Whether no two changes, nor any change and the original, agree.
  bool all_differ() {
    digests_.insert(table_digest(original_));
    return digests_.size() == count_ + 1;
  }

  const Program& original() const { return original_; }

 private:
  Program original_ = example();
  std::size_t count_ = 0;
  std::set<std::string> digests_;
};

Draw& worsening(Program& program) { return std::get<Draw>(program.cycle.at(0).action); }
Accrual& care(Program& program) { return std::get<Accrual>(program.point.at(0).action); }
Tally& severe(Program& program) { return std::get<Tally>(program.cycle.at(1).action); }

}  // namespace

TEST_CASE("equal programs have equal digests") {
  const Program first = example();
  const Program copy = first;  // NOLINT(performance-unnecessary-copy-initialization)
  CHECK(table_digest(copy) == table_digest(first));
  CHECK(table_digest(example()) == table_digest(first));
  CHECK(table_digest(first).size() == 64);
}

TEST_CASE("every entry of a table is in the digest") {
  Changes changes;
  changes.add_each([](Program & program) -> auto& { return worsening(program).cumulative; });
  changes.add_each([](Program & program) -> auto& { return worsening(program).levels; });
  changes.add_each([](Program & program) -> auto& { return care(program).amounts; });
  changes.add_each([](Program & program) -> auto& { return program.outcomes[0].weights.point; });
  changes.add_each([](Program & program) -> auto& { return program.outcomes[0].weights.event; });
  changes.add_each([](Program & program) -> auto& { return program.outcomes[0].undiscounted.point; });
  changes.add_each([](Program & program) -> auto& { return program.outcomes[0].undiscounted.event; });
  changes.add([](Program& program) { program.outcomes[0].weights.start = 2; });
  changes.add([](Program& program) { program.outcomes[0].undiscounted.start = 2; });
  changes.add_each([](Program & program) -> auto& { return program.attributes[4].clock_offset; });
  CHECK(changes.all_differ());
}

TEST_CASE("the structure of a program is in the digest") {
  Changes changes;
  changes.add([](Program& program) { ++program.cycles; });
  changes.add([](Program& program) { program.death_attribute = {2}; });
  changes.add([](Program& program) { ++program.first_dead_level; });
  changes.add([](Program& program) { program.attributes[2].name = "other"; });
  changes.add([](Program& program) { program.attributes[2].kind = AttributeKind::constant; });
  changes.add([](Program& program) { program.attributes[2].initial = 1; });
  changes.add([](Program& program) { program.attributes[2].levels[1] = "other"; });
  changes.add([](Program& program) { program.attributes[2].levels.emplace_back("more"); });
  changes.add([](Program& program) { program.outcomes[0].name = "other"; });
  changes.add([](Program& program) { program.outcomes[0].unit = "other"; });
  changes.add([](Program& program) { program.outcomes[1].parts.clear(); });
  changes.add([](Program& program) { program.cycle[0].name = "other"; });
  changes.add([](Program& program) { program.cycle[0].guard = Guard{{2}, 2}; });
  changes.add([](Program& program) { program.cycle[1].guard.reset(); });
  changes.add([](Program& program) { program.cycle[1].guard->level = 1; });
  changes.add([](Program& program) { program.cycle[1].guard->attribute = {1}; });
  changes.add([](Program& program) { worsening(program).stream.value ^= 1; });
  changes.add([](Program& program) { worsening(program).reads[0].attribute = {1}; });
  changes.add([](Program& program) { std::swap(worsening(program).writes[0], worsening(program).writes[1]); });
  changes.add([](Program& program) { care(program).outcome = {1}; });
  changes.add([](Program& program) { care(program).reads[0].stride = 4; });
  changes.add([](Program& program) { std::swap(care(program).reads[0], care(program).reads[1]); });
  changes.add([](Program& program) { severe(program).reads.pop_back(); });
  changes.add([](Program& program) { std::swap(program.cycle[0], program.cycle[1]); });
  changes.add([](Program& program) { program.start.clear(); });
  changes.add([](Program& program) { std::swap(program.point, program.cycle); });
  CHECK(changes.all_differ());
}

TEST_CASE("whether an outcome is discounted is in the digest") {
  Changes changes;
  changes.add([](Program& program) { program.outcomes[0].discounted_as = DiscountedAs::nothing; });
  CHECK(changes.all_differ());
}

TEST_CASE("the lists of a program cannot run into each other in the digest") {
  Program two = example(), one = two;
  // The levels of the first attribute, followed by a second attribute, against levels that read like both.
  const std::string kind = std::to_string(static_cast<int>(AttributeKind::state));
  two.attributes = {{"a", AttributeKind::state, {"x"}, 0, {}}, {"b", AttributeKind::state, {"y"}, 0, {}}};
  one.attributes = {{"a", AttributeKind::state, {"x", "b", kind, "0", "y"}, 0, {}}};
  CHECK(table_digest(one) != table_digest(two));
}
