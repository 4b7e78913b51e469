#include <catch2/catch.hpp>

#include "engine/amounts.hpp"
#include "engine/conventions.hpp"
#include "engine/random_program.hpp"
#include "engine/sampled_tallies.hpp"

using namespace myelin;
using namespace myelin::engine;
using myelin::engine::test::sample_tallies;
using myelin::test::make_random_program;

namespace {

constexpr std::uint32_t programs = 40;
constexpr std::uint64_t patients = 500;

std::vector<AttributeIndex> states_of(const Program& program) {
  std::vector<AttributeIndex> states;
  for (std::size_t i = 0; i < program.attributes.size(); ++i) {
    const AttributeKind kind = program.attributes[i].kind;
    if (kind == AttributeKind::state || kind == AttributeKind::constant) states.push_back({i});
  }
  return states;
}

/// The program in which only those accrue who have one level of an attribute, and only by accruals that read it; of
/// any level if none is given.
Program masked(Program program, AttributeIndex attribute, std::optional<std::size_t> level) {
  for (std::vector<Step>* steps : {&program.start, &program.point, &program.cycle}) {
    for (Step& step : *steps) {
      auto* accrual = std::get_if<Accrual>(&step.action);
      if (accrual == nullptr) continue;
      const auto read = std::ranges::find(accrual->reads, attribute, &Read::attribute);
      const std::size_t levels = program.attributes[attribute.value].levels.size();
      for (std::size_t row = 0; row < accrual->rows; ++row) {
        const bool counts =
            read != accrual->reads.end() && (!level || row / static_cast<std::size_t>(read->stride) % levels == *level);
        if (!counts) accrual->amounts[row] = 0;
      }
    }
  }
  return program;
}

std::vector<double> all_of(const AmountsByTime& amounts) {
  std::vector<double> all = {amounts.start};
  all.insert(all.end(), amounts.point.begin(), amounts.point.end());
  all.insert(all.end(), amounts.event.begin(), amounts.event.end());
  return all;
}

void check_equal(const std::vector<double>& got, const std::vector<double>& expected) {
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == Approx(expected[i]).epsilon(1e-12).margin(1e-11));
}

}  // namespace

TEST_CASE("amounts of accruals that read an attribute are those of programs in which one level alone accrues") {
  std::size_t compared = 0;
  for (std::uint32_t seed = 0; seed < programs; ++seed) {
    const Program program = with_covering_tallies(make_random_program(seed, 5), {});
    const auto tallies = sample_tallies(program, {}, patients).tallies;
    for (const AttributeIndex attribute : states_of(program)) {
      CAPTURE(seed, program.attributes[attribute.value].name);
      const auto by_level = amounts_by_level(masked(program, attribute, std::nullopt), {}, tallies, attribute);
      for (std::size_t level = 0; level < program.attributes[attribute.value].levels.size(); ++level) {
        const OutcomeAmounts alone = amounts_from_tallies(masked(program, attribute, level), {}, tallies);
        for (std::size_t outcome = 0; outcome < alone.size(); ++outcome) {
          REQUIRE(by_level[outcome].has_value() == alone[outcome].has_value());
          if (!alone[outcome]) continue;
          check_equal(all_of(by_level[outcome]->levels[level]), all_of(*alone[outcome]));
          for (const double rest : all_of(by_level[outcome]->not_told)) CHECK(rest == 0);
          if (weighted_sum(program.outcomes[outcome].weights, *alone[outcome]) != 0) ++compared;
        }
      }
    }
  }
  CHECK(compared > 200);
}

TEST_CASE("the levels and what is not told of them sum to the amounts") {
  std::size_t told = 0, not_told = 0;
  for (std::uint32_t seed = 0; seed < programs; ++seed) {
    const Program program = with_covering_tallies(make_random_program(seed, 5), {});
    const auto tallies = sample_tallies(program, {}, patients).tallies;
    const OutcomeAmounts amounts = amounts_from_tallies(program, {}, tallies);
    for (const AttributeIndex attribute : states_of(program)) {
      CAPTURE(seed, program.attributes[attribute.value].name);
      const auto by_level = amounts_by_level(program, {}, tallies, attribute);
      for (std::size_t outcome = 0; outcome < amounts.size(); ++outcome) {
        REQUIRE(by_level[outcome].has_value() == amounts[outcome].has_value());
        if (!amounts[outcome]) continue;
        std::vector<double> sum = all_of(by_level[outcome]->not_told);
        for (const double rest : sum) not_told += rest != 0;
        for (const AmountsByTime& level : by_level[outcome]->levels) {
          const std::vector<double> part = all_of(level);
          for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += part[i];
          told += part != std::vector<double>(part.size());
        }
        check_equal(sum, all_of(*amounts[outcome]));
      }
    }
  }
  CHECK(told > 200);
  CHECK(not_told > 200);
}

TEST_CASE("outcomes that no tally covers are unknown by level too") {
  Program program = make_random_program(3, 5);
  for (std::vector<Step>* steps : {&program.start, &program.point, &program.cycle})
    std::erase_if(*steps, [](const Step& step) { return std::holds_alternative<Tally>(step.action); });
  const auto by_level = amounts_by_level(program, {}, {}, states_of(program).front());
  const OutcomeAmounts amounts = amounts_from_tallies(program, {}, {});
  bool any_unknown = false;
  for (std::size_t outcome = 0; outcome < amounts.size(); ++outcome) {
    CHECK(by_level[outcome].has_value() == amounts[outcome].has_value());
    any_unknown = any_unknown || (!amounts[outcome] && program.outcomes[outcome].parts.empty());
  }
  CHECK(any_unknown);
}
