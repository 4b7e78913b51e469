#include <array>
#include <catch2/catch.hpp>
#include <random>

#include "engine/kernels/instruction_set.hpp"
#include "engine/prepared.hpp"
#include "program/builder.hpp"

using namespace myelin;
using namespace myelin::engine;

namespace {

/// A program whose only draw has so many rows and outcomes; some outcomes are far rarer than a bucket is wide.
Program one_draw(int rows, int outcomes, std::uint32_t seed) {
  ProgramBuilder builder("draw", 1);
  const AttributeIndex row = builder.constant("row", numbered_levels(rows - 1), 0);
  const AttributeIndex drawn = builder.state("drawn", numbered_levels(outcomes - 1), 0);
  std::mt19937 rng(seed);
  builder.draw(Phase::cycle, "drawn", {row}, {drawn}, [&](const Levels&, Branches& branches) {
    std::vector<double> p;
    double sum = 0;
    for (int i = 0; i < outcomes; ++i) {
      const double weight = static_cast<double>(rng() % 1000);
      const std::uint32_t rarity = rng() % 3;
      p.push_back(weight * (rarity == 0 ? 1 : rarity == 1 ? 1e-3 : 1e-8));
      sum += p.back();
    }
    for (int i = 0; i < outcomes; ++i) branches.add(sum > 0 ? p[static_cast<std::size_t>(i)] / sum : i == 0, {i});
  });
  return builder.build().value();
}

}  // namespace

// The probability of a wrong outcome at a threshold is 2^-31 or so: no sample would show it.
TEST_CASE("the bucketed sampler takes the outcome of a linear search at and around every threshold") {
  const std::pair<int, int> shapes[] = {{3, 2}, {40, 3}, {20, 11}, {2000, 5}, {5, 64}, {4, 65}, {2, 600}};
  for (const auto& [rows, outcomes] : shapes) {
    CAPTURE(rows, outcomes);
    const Program program = one_draw(rows, outcomes, 7);
    const Draw& draw = std::get<Draw>(program.cycle.front().action);
    const PreparedProgram prepared(program, {}, nullptr);
    const auto& table = std::get<PreparedDraw>(prepared.cycle.front().action);
    std::vector<std::int32_t> row;
    std::vector<std::uint32_t> number;
    for (std::size_t r = 0; r < draw.rows; ++r) {
      for (std::size_t o = 0; o < draw.outcomes; ++o) {
        for (const std::int64_t offset : {-1, 0, 1}) {
          const std::int64_t u = std::int64_t{draw.cumulative[r * draw.outcomes + o]} + offset;
          if (u < 0 || u >= std::int64_t{probability_one}) continue;
          row.push_back(static_cast<std::int32_t>(r));
          number.push_back(static_cast<std::uint32_t>(u));
        }
      }
    }
    for (const InstructionSet set : available_instruction_sets()) {
      CAPTURE(name(set));
      std::vector<std::uint32_t> outcome(row.size());
      const std::uint32_t any = kernels_of(set).sample_rows(
          static_cast<int>(row.size()), {table.entries.data(), table.bits}, row.data(), number.data(), outcome.data());
      std::uint32_t all = 0;
      std::size_t crowded = 0, wrong = 0;
      for (std::size_t i = 0; i < row.size(); ++i) {
        const std::uint32_t* cumulative = &draw.cumulative[static_cast<std::size_t>(row[i]) * draw.outcomes];
        std::uint32_t expected = 0;
        while (number[i] >= cumulative[expected]) ++expected;
        all |= outcome[i];
        if (table.bits > 0 && (outcome[i] >> table.bits) != 0) {
          ++crowded;
          wrong +=
              (outcome[i] & ((std::uint32_t{1} << table.bits) - 1)) > expected ? 1 : 0;  // the search goes up from here
        } else {
          wrong += outcome[i] != expected ? 1 : 0;
        }
      }
      CHECK(wrong == 0);
      CHECK(any == all);
      if (table.bits > 0) CHECK(crowded < row.size());
    }
  }
}
