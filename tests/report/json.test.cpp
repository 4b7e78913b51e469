#include "report/json.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "economics/example_run.hpp"

namespace myelin::report {
namespace {

using economics::example_analysis;
using nlohmann::json;

results::RunResults example_run() {
  results::RunResults run;
  run.engine = "microsimulation";
  run.thresholds = {20000};
  run.analyses = {example_analysis({{"none", {1000}, {5}}, {"drug", {9000}, {6}}}, {10, 0.01, 0})};
  run.analyses[0].discount_cost = run.analyses[0].discount_qaly = DiscountRate::constant(0.035);
  return run;
}

/// As a reader of the text sees it.
json shown(const results::RunResults& run) {
  const auto made = to_json(run, run.thresholds, 0, ShownConventions::of_run);
  REQUIRE(made);
  return json::parse(made->dump());
}

}  // namespace

TEST_CASE(
    "the numbers of a probabilistic run are means over draws, and those at the inputs' values stand beside them") {
  results::RunResults run = example_run();
  const json alone = shown(run);
  CHECK(alone["settings"]["draws"] == 1);
  CHECK_FALSE(alone.contains("deterministic"));
  CHECK(alone["strategies"][1]["cost"]["mean"] == 9000);
  CHECK_FALSE(alone["strategies"][1]["cost"].contains("psa_low"));

  run.probabilistic = example_analysis(
      {{"none", {1000, 1200, 1100, 900}, {5, 5, 5, 5}}, {"drug", {8000, 9500, 12000, 8500}, {6, 6.5, 5.5, 6.4}}});
  run.probabilistic->name = "probabilistic";
  run.probabilistic->discount_cost = run.probabilistic->discount_qaly = DiscountRate::constant(0.035);
  const json both = shown(run);
  CHECK(both["settings"]["draws"] == 4);
  CHECK(both["strategies"][1]["cost"]["mean"] == 9500);
  CHECK(both["pairwise"][0]["cost"]["mean"] == 8450);
  CHECK(both["strategies"][1]["cost"]["psa_low"] >= 8000);
  CHECK(both["strategies"][1]["cost"]["psa_high"] <= 12000);
  CHECK(both["strategies"][1]["cost"]["psa_low"] < both["strategies"][1]["cost"]["psa_high"]);
  for (const char* part : {"strategies", "incremental_full", "pairwise", "thresholds"})
    CHECK(both["deterministic"][part] == alone[part]);
}

TEST_CASE("an error that is not known is null") {
  results::RunResults run = example_run();
  run.analyses[0].strategies[1].standard_error[0] = std::nan("");
  run.analyses[0].increments[0].standard_error[0] = std::nan("");
  run.analyses[0].increments[0].cost_qaly_covariance = std::nan("");
  const json result = shown(run);
  CHECK(result["strategies"][0]["cost"]["mcse"] == 0.25);
  CHECK(result["strategies"][1]["cost"]["mcse"].is_null());
  CHECK(result["strategies"][1]["qaly"]["mcse"] == 0.25);
  CHECK(result["pairwise"][0]["cost"] == json{{"mean", 8000}, {"mcse", nullptr}});
  CHECK(result["pairwise"][0]["qaly"]["mcse"] == 0.01);
  CHECK(result["pairwise"][0]["nmb"]["20000"] == json{{"mean", 12000}, {"mcse", nullptr}});
  CHECK(result["pairwise"][0]["icer"] == 8000);
}

}  // namespace myelin::report
