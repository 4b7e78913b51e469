#include <catch2/catch.hpp>
#include <cmath>

#include "report/drawn_example.hpp"

namespace myelin::report {
using namespace test;
namespace {

constexpr std::size_t draws = 200;
constexpr double patient_error = 30;  // of a draw's incremental cost

/// A drug whose cost is 1,000 more and 300 for each standard deviation of its price, and whose patients' chance shows.
results::RunResults priced_run() {
  const std::vector<double> price = normal_draws("price", draws), chance = normal_draws("chance", draws);
  std::vector<ExampleStrategy> drawn = {{"none", {}, {}}, {"drug", {}, {}}};
  for (std::size_t d = 0; d < draws; ++d) {
    drawn[0].cost.push_back(1000);
    drawn[1].cost.push_back(2000 + 300 * price[d] + patient_error * chance[d]);
    for (ExampleStrategy& strategy : drawn) strategy.qaly.push_back(5);
  }
  results::RunResults run =
      example_run({{"none", {1000}, {5}}, {"drug", {2000}, {5}}}, drawn, {patient_error / std::sqrt(draws), 0, 0});
  run.probabilistic->drawn = {{"price", "idle"}, {}, {0, 3}, {1, 0}};
  for (const double value : price)
    run.probabilistic->drawn.values.insert(run.probabilistic->drawn.values.end(), {value, 3});
  return run;
}

std::optional<Section> section_of(const results::RunResults& run, std::size_t reference = 0) {
  const auto section = means_section(material_of(run, {}, reference));
  REQUIRE(section);
  return *section;
}

}  // namespace

TEST_CASE("the mean over draws loses what the draws of a price did to it") {
  const auto section = section_of(priced_run());
  REQUIRE(section);
  const auto& cost = section->json["increments"][0]["cost"];
  CHECK(cost["standard_error"].get<double>() == Approx(300 / std::sqrt(draws)).epsilon(0.2));
  CHECK(cost["controlled_standard_error"].get<double>() == Approx(patient_error / std::sqrt(draws)).epsilon(0.2));
  CHECK(cost["controlled_mean"].get<double>() == Approx(1000).margin(4 * patient_error / std::sqrt(draws)));
  CHECK(cost["gain"].get<double>() > 60);
  CHECK(section->json["increments"][0]["qaly"]["controlled_standard_error"] == 0);
  CHECK(contains(to_text(section->document), "controlled"));
}

TEST_CASE("variance over draws by the inputs and that between patients stand apart") {
  const auto section = section_of(priced_run());
  REQUIRE(section);
  CHECK(section->json["patients_per_draw"] == 500);
  const auto& at = section->json["increments"][0]["net_benefit"][1];
  CHECK(at["threshold"] == 20000);
  CHECK(at["variance_between_patients"].get<double>() == Approx(500 * patient_error * patient_error));
  const double by_inputs = at["variance_by_inputs"].get<double>();
  CHECK(std::sqrt(by_inputs) == Approx(300).epsilon(0.2));
  CHECK(at["patients_share_of_variance"].get<double>() ==
        Approx(patient_error * patient_error / (by_inputs + patient_error * patient_error)));
  CHECK(contains(to_text(section->document), "Between patients"));
}

TEST_CASE("from the other strategy the increments are the same the other way round") {
  const auto one = section_of(priced_run(), 0), other = section_of(priced_run(), 1);
  REQUIRE((one && other));
  CHECK(other->json["increments"][0]["cost"]["controlled_mean"].get<double>() ==
        Approx(-one->json["increments"][0]["cost"]["controlled_mean"].get<double>()));
}

TEST_CASE("without known moments, or with few draws, only the spread is shown; and nothing without patients either") {
  results::RunResults run = priced_run();
  for (double& mean : run.probabilistic->drawn.expectations) mean = std::nan("");
  const auto section = section_of(run);
  REQUIRE(section);
  CHECK(section->json["increments"][0]["cost"].is_null());
  CHECK_FALSE(contains(to_text(section->document), "controlled"));
  CHECK(contains(to_text(section->document), "Between patients"));

  run.probabilistic->patients = 0;
  CHECK_FALSE(section_of(run));
  run = priced_run();
  run.probabilistic.reset();
  CHECK_FALSE(section_of(run));
}

}  // namespace myelin::report
