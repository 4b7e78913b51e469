#include "study/patients_per_draw.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

using namespace myelin;
using namespace myelin::study;

namespace {

std::vector<Outcome> outcomes() {
  std::vector<Outcome> both(2);
  both[0].name = "cost";
  both[1].name = "qaly";
  return both;
}

/// Draws of a second strategy whose increments in cost and QALYs vary by the inputs and by `patients` patients a draw.
std::vector<AnalysisOutput> draws_of(std::size_t count, double patients, double between_sd, double within_sd) {
  std::mt19937_64 generator(5);
  std::normal_distribution<double> normal;
  std::vector<AnalysisOutput> draws(count);
  for (AnalysisOutput& draw : draws) {
    const double error = within_sd / std::sqrt(patients);
    const double cost = 1000 + between_sd * normal(generator) + error * normal(generator);
    draw.increments = {{1, 0, {{cost, cost, 0.5, 0.5}, {error, error, 0, 0}}, 0}};
  }
  return draws;
}

}  // namespace

TEST_CASE("no other number of patients a draw estimates the mean better for the same work") {
  const DrawWork work{0.02, 0.0005};
  const double best = optimal_patients_per_draw(work, 4e9, 1e9);
  const auto variance_at_unit_work = [&](double patients) {
    return (work.per_draw + patients * work.per_patient) * (1e9 + 4e9 / patients);
  };
  for (const double factor : {0.5, 0.9, 0.99, 1.01, 1.1, 2.0})
    CHECK(variance_at_unit_work(best * factor) > variance_at_unit_work(best));
  CHECK(optimal_patients_per_draw({1e-9, 1}, 4e9, 1e9) == 1);
  CHECK(std::isinf(optimal_patients_per_draw({1, 1}, 4, 0)));
}

TEST_CASE("enough patients a draw leave a twentieth of the variance to chance, or make the best mean") {
  constexpr std::size_t draws = 4000;
  const auto pilot = draws_of(draws, 400, 300, 3000);
  const double error_of_variance = 3 * std::sqrt(2.0 / draws) * (1 + 3000.0 * 3000 / 400 / 9e4);
  // Patients are cheap beside the draw's preparation, so that more of them than the share asks for pay.
  CHECK(enough_patients_per_draw(pilot, outcomes(), 400, {0}, {1e6, 1}) ==
        Approx(std::sqrt(1e6 * 9e6 / 9e4)).epsilon(error_of_variance));
  CHECK(enough_patients_per_draw(pilot, outcomes(), 400, {0}, {1, 1}) == Approx(19 * 100).epsilon(error_of_variance));
  // Of several thresholds the most demanding counts; here all are alike.
  CHECK(enough_patients_per_draw(pilot, outcomes(), 400, {0, 20000}, {1, 1}) ==
        Approx(enough_patients_per_draw(pilot, outcomes(), 400, {0}, {1, 1})));
}

TEST_CASE("without a spread beyond chance, or without anything to compare, no number of patients is enough") {
  CHECK(std::isinf(enough_patients_per_draw(draws_of(8, 400, 0, 3000), outcomes(), 4, {0}, {1, 1})));
  CHECK(std::isinf(enough_patients_per_draw(std::vector<AnalysisOutput>(2), outcomes(), 400, {0}, {1, 1})));
  CHECK(enough_patients_per_draw(draws_of(8, 400, 300, 0), outcomes(), 400, {0}, {1, 1}) == 50);
}
