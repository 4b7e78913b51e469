#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "report/drawn_example.hpp"

namespace myelin::report {
using namespace test;
namespace {

const std::vector<ExampleStrategy> at_values = {{"none", {1000}, {5}}, {"drug", {2150}, {5.5}}};
/// The drug's increments are 100, 1000, 2000, 900 and 0.5, 0.5, 0.7, 0.3.
const std::vector<ExampleStrategy> four_draws = {{"none", {900, 1000, 1100, 1200}, {4, 5, 6, 7}},
                                                 {"drug", {1000, 2000, 3100, 2100}, {4.5, 5.5, 6.7, 7.3}}};

Section section_of(const results::RunResults& run, const ExampleScenario& scenario = {}, std::size_t reference = 0) {
  const auto section = probabilistic_section(material_of(run, scenario, reference));
  REQUIRE(section);
  REQUIRE(section->has_value());
  CHECK((*section)->key == "probabilistic");
  return **section;
}

}  // namespace

TEST_CASE("a deterministic run has no probabilistic section") {
  results::RunResults run = example_run(at_values, four_draws);
  run.probabilistic.reset();
  const auto section = probabilistic_section(material_of(run, {}));
  REQUIRE(section);
  CHECK_FALSE(section->has_value());
}

TEST_CASE("means over draws stand beside the values, with error and interval by pencil") {
  results::RunResults run = example_run(at_values, four_draws);
  run.probabilistic->drawn = {{"a", "b", "c"}, std::vector<double>(12), {}, {}};
  const Section section = section_of(run);
  CHECK(section.json["draws"] == 4);
  CHECK(section.json["inputs_varied"] == 3);

  const auto& cost = section.json["strategies"][0]["cost"];
  CHECK(section.json["strategies"][0]["name"] == "none");
  CHECK(cost["deterministic"]["mean"] == 1000);
  CHECK(cost["deterministic"]["mcse"] == 0.25);
  CHECK(cost["mean"] == 1050);
  CHECK(cost["standard_error"].get<double>() == Approx(std::sqrt((2 * 150. * 150 + 2 * 50. * 50) / 3 / 4)));
  CHECK(cost["low"].get<double>() == Approx(907.5));  // 0.075 of the way from the first to the second
  CHECK(cost["high"].get<double>() == Approx(1192.5));

  const auto& increment = section.json["increments"][0];
  CHECK(increment["strategy"] == "drug");
  CHECK(increment["versus"] == "none");
  CHECK(increment["cost"]["deterministic"]["mean"] == 1150);
  CHECK(increment["cost"]["mean"].get<double>() == Approx(1000));
  CHECK(increment["cost"]["standard_error"].get<double>() ==
        Approx(std::sqrt((900. * 900 + 1000. * 1000 + 100. * 100) / 3 / 4)));
  CHECK(increment["cost"]["low"].get<double>() == Approx(100 + 0.075 * 800));
  CHECK(increment["qaly"]["mean"].get<double>() == Approx(0.5));
  CHECK(increment["qaly"]["high"].get<double>() == Approx(0.5 + 0.925 * 0.2));
  CHECK(increment["icer_deterministic"].get<double>() == Approx(2300));
  CHECK(increment["icer"].get<double>() == Approx(2000));
  // Over draws: Var(dC) 1,820,000 / 3, Var(dQ) 0.08 / 3, Cov 220 / 3, all divided by 4.
  CHECK(increment["icer_standard_error"].get<double>() ==
        Approx(std::sqrt((1'820'000 + 2000. * 2000 * 0.08 - 2 * 2000 * 220) / 3 / 4) / 0.5));

  CHECK(contains(to_text(section.document), "Differences from none"));
  CHECK(contains(to_text(section.document), "2,300     2,000"));
  CHECK(contains(unwrapped(to_text(section.document)), "over 4 draws of the uncertain inputs"));
  CHECK(contains(unwrapped(to_text(section.document)), "3 inputs varied from draw to draw."));
  CHECK(contains(to_text(section.document), "No mean over draws differs"));
}

TEST_CASE("increments are taken against the reference that is asked for") {
  const Section section = section_of(example_run(at_values, four_draws), {}, 1);
  const auto& increment = section.json["increments"][0];
  CHECK(increment["strategy"] == "none");
  CHECK(increment["cost"]["mean"].get<double>() == Approx(-1000));
  CHECK(increment["qaly"]["low"].get<double>() == Approx(-0.7 + 0.075 * 0.2));
}

TEST_CASE("a mean over draws that is off the value by more than chance is named") {
  auto far_off = at_values;
  far_off[1].qaly = {5.8};   // 0.8 more than none: 0.3 off the mean over draws, whose error is 0.082
  far_off[1].cost = {2600};  // 1600 more: 600 off the mean over draws, whose error is 389
  const Section section = section_of(example_run(far_off, four_draws));
  CHECK(contains(unwrapped(to_text(section.document)), "standard errors: incremental QALYs of drug -0.300 (-37.5 %)."));
  CHECK_FALSE(contains(to_text(section.document), "incremental cost of drug"));
}

TEST_CASE("simulated patients widen the interval, and it is said") {
  const std::string said = "also holds the chance of 500 simulated patients a draw";
  CHECK(contains(unwrapped(to_text(section_of(example_run(at_values, four_draws, {10, 0.01, 0})).document)), said));
  CHECK_FALSE(contains(unwrapped(to_text(section_of(example_run(at_values, four_draws)).document)), said));
}

TEST_CASE("inputs with a range that no distribution lets vary are named, ten at most") {
  ExampleScenario scenario;
  Provenance range;
  range.low = 0.1;
  for (int i = 0; i < 12; ++i) scenario.add_number("left_out_" + std::to_string(i), 1, range);
  Provenance spread = range;
  spread.spread = Distribution::fixed(1);
  scenario.add_number("fixed_one", 1, spread).add_number("without_range", 1);
  const Section section = section_of(example_run(at_values, four_draws), scenario);
  CHECK(section.json["inputs_left_out"].size() == 12);
  CHECK(contains(unwrapped(to_text(section.document)), "12 more have a published range"));
  CHECK(contains(unwrapped(to_text(section.document)), "left_out_9 and 2 more."));
  CHECK_FALSE(contains(to_text(section.document), "left_out_10"));
  CHECK_FALSE(contains(to_text(section.document), "fixed_one"));
}

TEST_CASE("draws that were priced again show their mean alone") {
  const std::vector<ExampleStrategy> mean = {{"none", {1050}, {5.5}}, {"drug", {2050}, {6}}};
  const Section section = section_of(example_run(at_values, mean));
  for (const auto* quantity : {"cost", "qaly"}) {
    for (const char* unknown : {"standard_error", "low", "high"}) {
      CHECK(nlohmann::json::parse(section.json["strategies"][0][quantity][unknown].dump()).is_null());
      CHECK(nlohmann::json::parse(section.json["increments"][0][quantity][unknown].dump()).is_null());
    }
  }
  CHECK(section.json["strategies"][1]["cost"]["mean"] == 2050);
  CHECK(section.json["increments"][0]["icer"].get<double>() == Approx(2000));
  CHECK(contains(unwrapped(to_text(section.document)), "priced again. Its standard error, the 95 % intervals"));
  CHECK(contains(unwrapped(to_text(section.document)), "need a new run"));
  CHECK_FALSE(contains(to_text(section.document), "interval\n"));
  CHECK_FALSE(contains(to_text(section.document), "No mean over draws differs"));
}

}  // namespace myelin::report
