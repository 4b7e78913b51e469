#include "study/work.hpp"

#include <algorithm>
#include <bit>
#include <catch2/catch.hpp>
#include <set>

using namespace myelin;
using namespace myelin::study;

TEST_CASE("each unit is the share of exactly one task, and shares of one analysis differ by one unit at most",
          "[study]") {
  for (const std::uint64_t tasks : {1, 2, 3, 8, 50}) {
    for (const char* analysis : {"base", "probabilistic", "no discounting"}) {
      CAPTURE(tasks, analysis);
      std::vector<std::uint64_t> units(tasks);
      for (std::uint64_t number = 0; number < 100; ++number) {
        int takers = 0;
        for (std::uint64_t task = 0; task < tasks; ++task) {
          if (!Share{task, tasks}.takes({analysis, number})) continue;
          ++takers;
          ++units[task];
        }
        CHECK(takers == 1);
      }
      CHECK(*std::max_element(units.begin(), units.end()) - *std::min_element(units.begin(), units.end()) <= 1);
    }
  }
}

TEST_CASE("units are powers of two, neither so small that threads idle nor so large that a run has few", "[study]") {
  constexpr std::uint64_t cycles_a_block = 2 * 60 * 1024;
  for (const std::uint64_t blocks : {1, 63, 64, 1000, 10'000, 1'000'000}) {
    CAPTURE(blocks);
    const std::uint64_t unit = blocks_a_unit(blocks, cycles_a_block);
    CHECK(std::has_single_bit(unit));
    CHECK(unit >= 64);
    CHECK(unit * cycles_a_block <= std::uint64_t{1} << 28);
    if (blocks >= 128 * 64) CHECK(blocks / unit >= 128);
  }
  for (const std::uint64_t draws : {1, 100, 1000, 10'000, 1'000'000}) {
    CAPTURE(draws);
    CHECK(std::has_single_bit(draws_a_unit(draws)));
    CHECK(draws_a_unit(draws) <= 64);
    if (draws >= 128) CHECK(draws / draws_a_unit(draws) >= 128);
  }
}

TEST_CASE("what is packed comes out as it was, and too little is noticed", "[study]") {
  double real = 1.5;
  std::uint64_t number = 7;
  std::vector<double> reals = {1, 2}, none;
  std::vector<std::vector<std::uint64_t>> lists = {{1}, {}, {2, 3}};
  const std::vector<std::uint64_t> mostly_none = {0, 0, 5, 0, 0, 0, 7, 0};
  const std::vector<double> mostly_zero = {0, 0.25, 0, 0};
  Packer packer;
  packer(real);
  packer(none);
  packer(number);
  packer.each(lists, [&](std::vector<std::uint64_t>& list) { packer(list); });
  packer(reals);
  packer.sparse(mostly_none);
  packer.sparse(mostly_zero);
  const UnitValues values = std::move(packer).result();

  double read = 0;
  std::uint64_t read_number = 0;
  std::vector<std::uint64_t> read_mostly_none(8, 9);
  std::vector<double> read_mostly_zero(4);
  std::vector<double> read_reals(2), read_none;
  std::vector<std::vector<std::uint64_t>> read_lists = {{0}, {}, {0, 0}};
  Unpacker unpacker(values);
  unpacker(read);
  unpacker(read_none);
  unpacker(read_number);
  unpacker.each(read_lists, [&](std::vector<std::uint64_t>& list) { unpacker(list); });
  unpacker(read_reals);
  unpacker.sparse(read_mostly_none);
  unpacker.sparse(read_mostly_zero);
  CHECK(read_mostly_none == mostly_none);
  CHECK(read_mostly_zero == mostly_zero);
  CHECK(read == real);
  CHECK(read_none.empty());
  CHECK(read_number == number);
  CHECK(read_lists == lists);
  CHECK(read_reals == reals);
  CHECK_THROWS_AS(unpacker(read), myelin::IoError);
  UnitValues cut = values;
  cut.reals.resize(2);
  Unpacker of_cut(cut);
  of_cut(read);
  of_cut(read_none);
  of_cut(read_number);
  of_cut.each(read_lists, [&](std::vector<std::uint64_t>& list) { of_cut(list); });
  CHECK_THROWS_AS(of_cut(read_reals), myelin::IoError);

  SECTION("lists of other lengths are refused before memory is asked for") {
    Packer huge;
    huge(std::uint64_t{1} << 60);
    huge(std::uint64_t{0});
    const UnitValues claims = std::move(huge).result();
    std::vector<std::uint64_t> few(3);
    CHECK_THROWS_AS(Unpacker(claims).sparse(few), myelin::IoError);
    CHECK_THROWS_AS(Unpacker(claims)(few), myelin::IoError);
    CHECK_THROWS_AS(Unpacker(claims).each(few, [](std::uint64_t&) {}), myelin::IoError);
  }
  SECTION("more values than there should be are noticed") {
    Unpacker all(values);
    CHECK_THROWS_AS(all.expect_end(), myelin::IoError);
  }
}
