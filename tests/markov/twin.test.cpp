#include <catch2/catch.hpp>

#include "bench/reference/edss11_twin.hpp"
#include "models/markov/model.hpp"
#include "study/plan.hpp"

using namespace myelin;

TEST_CASE("a declared model is the very program that would be built by hand, so that it runs as fast") {
  const markov::MarkovModel model;
  const auto plan =
      study::make_plan({.scenario = std::filesystem::path(MYELIN_SOURCE_DIR "/scenarios/examples/edss11.toml"),
                        .overrides = {},
                        .strategies = {}},
                       {&model});
  REQUIRE(plan);
  const Program& declared = plan->analyses.front().programs.front();
  CHECK(table_digest(declared) == table_digest(reference::make_edss11_twin()));
}
