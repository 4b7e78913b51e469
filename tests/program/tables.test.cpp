#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "program/toy_builder.hpp"

using namespace myelin;
using namespace myelin::test;

namespace {

/// The half-unit of 31 bits: what rounding to the nearest may cost.
constexpr double rounding = 1.0 / 4294967296.0;

Draw draw_of(const ProgramBuilder::DrawFunction& function, int rows, int levels) {
  ProgramBuilder builder("toy", 1);
  const AttributeIndex row = builder.state("row", numbered_levels(rows - 1), 0);
  const AttributeIndex level = builder.state("level", numbered_levels(levels - 1), 0);
  builder.draw(Phase::cycle, "d", {row}, {level}, function);
  return std::get<Draw>(builder.build().value().cycle.at(0).action);
}

/// The draw from rows of probabilities of the levels 0, 1, ...
Draw draw_of(const std::vector<std::vector<double>>& rows) {
  std::size_t levels = 0;
  for (const auto& row : rows) levels = std::max(levels, row.size());
  const AttributeIndex first{0};
  return draw_of([&](const Levels& at,
                     Branches& branches) { levels_with(rows[static_cast<std::size_t>(at[first])])(at, branches); },
                 static_cast<int>(rows.size()), static_cast<int>(levels));
}

/// The outcome of a row that a 31-bit number takes, by the definition of `Draw`.
std::size_t taken(const Draw& draw, std::size_t row, std::uint32_t u) {
  std::size_t outcome = 0;
  while (u >= draw.cumulative[row * draw.outcomes + outcome]) ++outcome;
  return outcome;
}

std::vector<double> random_row(std::mt19937& rng) {
  std::vector<double> weights(1 + rng() % 300);
  double sum = 0;
  for (double& weight : weights) {
    weight = std::pow(static_cast<double>(rng()) / 4294967296.0, 8);  // over many orders of magnitude
    sum += weight;
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

}  // namespace

TEST_CASE("probabilities of 0 and 1 are exact") {
  const Draw draw = draw_of({{1, 0}, {0, 1}, {0.25, 0.75}});
  CHECK(draw.outcomes == 2);
  CHECK(draw.probability(0, 0) == 1);
  CHECK(draw.probability(1, 0) == 1);
  CHECK(draw.levels == std::vector<std::uint16_t>{0, 0, 1, 1, 0, 1});
  CHECK(taken(draw, 0, probability_one - 1) == 0);
  CHECK(draw.probability(2, 0) == 0.25);
  CHECK(draw.probability(2, 1) == 0.75);
}

TEST_CASE("cumulative probabilities are rounded to the nearest of 31 bits") {
  std::mt19937 rng(31);
  for (int repetition = 0; repetition < 300; ++repetition) {
    const std::vector<double> row = random_row(rng);
    const Draw draw = draw_of({row});
    REQUIRE(draw.outcomes == row.size());
    long double exact = 0;
    double worst = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      exact += row[i];
      const double error = static_cast<double>(draw.cumulative[i] / static_cast<long double>(probability_one) - exact);
      worst = std::max(worst, std::abs(error));
    }
    CHECK(worst <= rounding + 1e-14);  // the sum in double precision is itself rounded
    CHECK(draw.cumulative.back() == probability_one);
  }
}

TEST_CASE("a row that misses one by less than a billionth is scaled to one") {
  for (const double miss : {0.9e-9, -0.9e-9}) {
    const Draw draw = draw_of({{0.5, 0.25, 0.25 + miss}});
    CHECK(draw.cumulative.back() == probability_one);
    CHECK(std::abs(draw.cumulative[0] / double{probability_one} - 0.5 / (1 + miss)) <= rounding);
    CHECK(std::abs(draw.cumulative[1] / double{probability_one} - 0.75 / (1 + miss)) <= rounding);
  }
}

TEST_CASE("impossible outcomes leave the table, and the others keep their order") {
  const Draw draw = draw_of({{0, 0.5, 0, 0.125, 0.375, 0}});
  CHECK(draw.outcomes == 3);
  CHECK(draw.levels == std::vector<std::uint16_t>{1, 3, 4});
  CHECK(draw.probability(0, 0) == 0.5);
  CHECK(draw.probability(0, 1) == 0.125);
  CHECK(draw.probability(0, 2) == 0.375);
}

TEST_CASE("with every level of several written attributes, impossible outcomes leave as one") {
  ToyBuilder toy;
  toy.builder.draw(Phase::cycle, "d", {}, {toy.edss, toy.relapses}, [](const Levels&, Branches& branches) {
    branches.add(0, {0, 1});
    branches.add(0.5, {1, 0});
    branches.add(0, {2, 0});
    branches.add(0.5, {2, 1});
  });
  CHECK(std::get<Draw>(toy.builder.build().value().cycle.at(0).action).levels ==
        std::vector<std::uint16_t>{1, 0, 2, 1});
}

TEST_CASE("a draw with one possible outcome in every row is an assignment") {
  CHECK(draw_of({{1, 0}, {0, 1}}).outcomes == 1);
  CHECK(draw_of({{1, 0}, {0.5, 0.5}}).outcomes == 2);
}

TEST_CASE("the padding of short rows is never drawn") {
  std::mt19937 rng(5);
  std::vector<std::vector<double>> rows;
  for (int i = 0; i < 50; ++i) rows.push_back(random_row(rng));
  const Draw draw = draw_of(rows);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    CAPTURE(row);
    const std::size_t last = rows[row].size() - 1;
    CHECK(taken(draw, row, probability_one - 1) <= last);
    for (std::size_t outcome = last; outcome < draw.outcomes; ++outcome) {
      CHECK(draw.cumulative[row * draw.outcomes + outcome] == probability_one);
      CHECK(draw.levels[row * draw.outcomes + outcome] == last);
    }
  }
}

TEST_CASE("levels use all of 16 bits") {
  const Draw draw = draw_of([](const Levels&, Branches& branches) { branches.add(1, {65535}); }, 1, 65536);
  CHECK(draw.levels == std::vector<std::uint16_t>{65535});
}

TEST_CASE("tables are in row-major order: the last attribute read runs fastest") {
  ToyBuilder toy;
  const auto number = [&](const Levels& levels) {
    return 100.0 * levels[toy.edss] + 10.0 * levels[toy.sex] + levels[toy.vital];
  };
  toy.builder.accrue(Phase::point, "a", toy.cost, {toy.edss, toy.sex, toy.vital}, number);
  toy.builder.tally(Phase::point, "t", "how many", {toy.sex, toy.edss});
  toy.builder.draw(Phase::cycle, "d", {toy.sex, toy.edss}, {toy.edss},
                   [&](const Levels& levels, Branches& branches) { branches.add(1, {levels[toy.edss]}); });
  const Program program = toy.builder.build().value();

  const auto& accrual = std::get<Accrual>(program.point.at(0).action);
  CHECK(accrual.rows == 12);
  CHECK(accrual.amounts == std::vector<double>{0, 1, 10, 11, 100, 101, 110, 111, 200, 201, 210, 211});
  REQUIRE(accrual.reads.size() == 3);
  CHECK(accrual.reads[0].attribute == toy.edss);
  CHECK(accrual.reads[0].stride == 4);
  CHECK(accrual.reads[1].stride == 2);
  CHECK(accrual.reads[2].stride == 1);

  const auto& tally = std::get<Tally>(program.point.at(1).action);
  CHECK(tally.cells == 6);
  CHECK(tally.reads.at(0).stride == 3);
  CHECK(tally.description == "how many");

  const auto& draw = std::get<Draw>(program.cycle.at(0).action);
  CHECK(draw.rows == 6);
  CHECK(draw.levels == std::vector<std::uint16_t>{0, 1, 2, 0, 1, 2});
  CHECK(draw.stream == stream_id("d"));
  CHECK(draw.writes == std::vector<AttributeIndex>{toy.edss});
}

TEST_CASE("the steps of a group carry its guard, those around it none") {
  ToyBuilder toy;
  const auto accrue = [&](Phase phase, const std::string& name) {
    toy.builder.accrue(phase, name, toy.cost, {}, [](const Levels&) { return 1.0; });
  };
  accrue(Phase::cycle, "before");
  toy.builder.group(toy.edss, 2, [&] {
    accrue(Phase::cycle, "accrual");
    toy.builder.tally(Phase::cycle, "tally", "", {toy.sex});
    toy.builder.draw(Phase::cycle, "draw", {}, {toy.relapses}, levels_with({0.5, 0.5}));
    accrue(Phase::point, "point");
    accrue(Phase::start, "start");
  });
  accrue(Phase::cycle, "after");
  toy.builder.group(toy.sex, 1, [&] { accrue(Phase::cycle, "other"); });
  const Program program = toy.builder.build().value();

  const Guard severe{toy.edss, 2}, male{toy.sex, 1};
  std::vector<std::string> names;
  std::vector<std::optional<Guard>> guards;
  for (const Step& step : program.steps(Phase::cycle)) {
    names.push_back(step.name);
    guards.push_back(step.guard);
  }
  CHECK(names == std::vector<std::string>{"before", "accrual", "tally", "draw", "after", "other"});
  CHECK((guards == std::vector<std::optional<Guard>>{{}, severe, severe, severe, {}, male}));
  CHECK((program.steps(Phase::point).at(0).guard == severe));
  CHECK((program.steps(Phase::start).at(0).guard == severe));
}

TEST_CASE("the steps of a group that is refused are left out") {
  ToyBuilder toy;
  bool called = false;
  toy.builder.group(toy.age, 1, [&] { called = true; });
  CHECK_FALSE(called);
}

TEST_CASE("what is declared is in the program") {
  ToyBuilder toy;
  toy.builder.dead(toy.vital, 1);
  const OutcomeIndex total = toy.builder.total("all", "GBP", "everything", {toy.cost});
  const OutcomeIndex count =
      toy.builder.outcome("count", "1", "", plain_weights(3), plain_weights(3), DiscountedAs::nothing);
  const OutcomeIndex counts = toy.builder.total("counts", "1", "", {count});
  const Program program = toy.builder.build().value();
  CHECK(program.name == "toy");
  CHECK(program.cycles == 3);
  CHECK(program.death_attribute == toy.vital);
  CHECK(program.first_dead_level == 1);
  CHECK(program.attributes.at(toy.age.value).clock_offset == std::vector<int>{0, 1, 2, 3});
  CHECK(program.attributes.at(toy.age.value).levels == numbered_levels(13));
  CHECK(program.attributes.at(toy.age.value).initial == 10);
  CHECK(program.attributes.at(toy.relapses.value).kind == AttributeKind::transient);
  CHECK(program.outcomes.at(total.value).parts == std::vector<OutcomeIndex>{toy.cost});
  CHECK(program.outcomes.at(total.value).discounted());
  CHECK_FALSE(program.outcomes.at(counts.value).discounted());
}

TEST_CASE("without a word on death nobody dies") {
  const Program program = ToyBuilder().builder.build().value();
  CHECK(program.first_dead_level ==
        static_cast<int>(program.attributes.at(program.death_attribute.value).levels.size()));
}
