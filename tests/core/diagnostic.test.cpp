#include "core/diagnostic.hpp"

#include <catch2/catch.hpp>

using namespace myelin;

TEST_CASE("a diagnostic reads as file:line:column: problem -- remedy, without the parts that are not known") {
  CHECK(to_string({{"a.toml", 3, 14}, "age is negative", "give 0 or more"}) ==
        "a.toml:3:14: age is negative -- give 0 or more");
  CHECK(to_string({{"a.toml", 3, 14}, "age is negative", ""}) == "a.toml:3:14: age is negative");
  CHECK(to_string({{"a.toml", 0, 0}, "the file is empty", "fill it"}) == "a.toml: the file is empty -- fill it");
  CHECK(to_string({{"", 3, 14}, "age is negative", "give 0 or more"}) == "age is negative -- give 0 or more");
  CHECK(to_string({}) == "");
}

TEST_CASE("the nearest name is the one that needs the fewest insertions, deletions and substitutions") {
  const std::vector<std::string> known{"start_age", "start_year", "horizon_years"};
  CHECK(nearest_name("start_agee", known) == "start_age");
  CHECK(nearest_name("strt_age", known) == "start_age");
  CHECK(nearest_name("start_aga", known) == "start_age");
  CHECK(nearest_name("strat_age", known) == "start_age");
  CHECK(nearest_name("start_yea", known) == "start_year");
  CHECK(nearest_name("horizon_years", known) == "horizon_years");
}

TEST_CASE("a name is no misspelling beyond two edits, or beyond a third of its letters where that is more") {
  CHECK(nearest_name("edssxx", {"edss"}) == "edss");
  CHECK_FALSE(nearest_name("edssxxx", {"edss"}));
  CHECK(nearest_name("strt_ge", {"start_age"}) == "start_age");
  CHECK_FALSE(nearest_name("srt_ge", {"start_age"}));
  CHECK(nearest_name("relapserateX", {"relapse_rate"}) == "relapse_rate");
  CHECK(nearest_name("abcdefghxxxx", {"abcdefghijkl"}) == "abcdefghijkl");
  CHECK_FALSE(nearest_name("abcdefgxxxxx", {"abcdefghijkl"}));
  CHECK_FALSE(nearest_name("discount", {"population", "horizon"}));
  CHECK_FALSE(nearest_name("age", {}));
}

TEST_CASE("of equally near names the first known one is suggested") {
  CHECK(nearest_name("cosd", {"cost", "cosy"}) == "cost");
  CHECK(nearest_name("cosd", {"cosy", "cost"}) == "cosy");
}
