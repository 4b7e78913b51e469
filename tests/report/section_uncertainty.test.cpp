#include <catch2/catch.hpp>

#include "economics/acceptability.hpp"
#include "economics/patient_noise.hpp"
#include "report/drawn_example.hpp"

namespace myelin::report {
using namespace test;
using namespace economics;
namespace {

const std::vector<ExampleStrategy> at_values = {{"none", {1000}, {5}}, {"drug", {2000}, {5.2}}};
/// At 10,000 a QALY the drug's increments of net benefit are 4000, 1000, -2000 and -7000; at 20,000: 9000, 3000, -3000
/// and -13000.
const std::vector<ExampleStrategy> four_draws = {{"none", {1000, 1000, 1000, 1000}, {5, 5, 5, 5}},
                                                 {"drug", {2000, 2000, 2000, 2000}, {5.5, 5.2, 4.9, 4.4}}};

Section section_of(const results::RunResults& run, const ExampleScenario& scenario = {}, std::size_t reference = 0) {
  const auto section = uncertainty_section(material_of(run, scenario, reference));
  REQUIRE(section);
  REQUIRE(section->has_value());
  CHECK((*section)->key == "decision_uncertainty");
  return **section;
}

double number(const nlohmann::ordered_json& json) { return json.get<double>(); }

/// Three strategies over draws that are normally distributed, with noise of the patients.
results::RunResults noisy_run(std::size_t draws) {
  const std::vector<double> x = normal_draws("x", draws), y = normal_draws("y", draws), z = normal_draws("z", draws),
                            w = normal_draws("w", draws);
  std::vector<ExampleStrategy> drawn = {{"none", {}, {}}, {"old", {}, {}}, {"new", {}, {}}};
  for (std::size_t d = 0; d < draws; ++d) {
    drawn[0].cost.push_back(1000);
    drawn[0].qaly.push_back(5);
    drawn[1].cost.push_back(3000 + 200 * x[d]);
    drawn[1].qaly.push_back(5.2 + 0.2 * y[d]);
    drawn[2].cost.push_back(4000 + 300 * z[d]);
    drawn[2].qaly.push_back(5.25 + 0.3 * w[d]);
  }
  const std::vector<ExampleStrategy> own = {{"none", {1000}, {5}}, {"old", {3000}, {5.2}}, {"new", {4000}, {5.25}}};
  // A third of the variance of the old strategy's QALYs is noise.
  return example_run(own, drawn, {20 / std::sqrt(draws), 0.115 / std::sqrt(draws), 0});
}

}  // namespace

TEST_CASE("without draws there is no uncertainty to show") {
  results::RunResults run = example_run(at_values, at_values);
  CHECK_FALSE(uncertainty_section(material_of(run, {}))->has_value());
  run.probabilistic.reset();
  CHECK_FALSE(uncertainty_section(material_of(run, {}))->has_value());
}

TEST_CASE("acceptability, expected loss and perfect information by pencil") {
  const Section section = section_of(example_run(at_values, four_draws));
  REQUIRE(section.json["thresholds"].size() == 2);
  const auto& at = section.json["thresholds"][0];
  CHECK(at["threshold"] == 10000);
  CHECK(at["optimal"] == "none");  // the drug's mean increment is -1000
  CHECK(number(at["probability_optimal_is_best"]["mean"]) == 0.5);
  CHECK(number(at["evpi"]["mean"]) == Approx((4000 + 1000) / 4.));
  CHECK(number(at["evpi"]["standard_error"]) ==
        Approx(std::sqrt((2750. * 2750 + 250. * 250 + 2 * 1250. * 1250) / 3 / 4)));
  CHECK(number(at["strategies"][1]["expected_loss"]["mean"]) == Approx((2000 + 7000) / 4.));
  CHECK(number(at["strategies"][1]["nmb"]["mean"]) == Approx(48000));
  CHECK(number(at["strategies"][1]["nhb"]["mean"]) == Approx(4.8));
  CHECK(number(at["strategies"][1]["probability_best"]["standard_error"]) == Approx(0.25));
  CHECK(at["evpi"] == at["evpi_with_patient_noise"]);
  CHECK(section.json["patient_noise"].is_null());

  const std::string text = unwrapped(to_text(section.document));
  CHECK(contains(text, "At 10,000 GBP per QALY"));
  CHECK(contains(text, "none * "));
  CHECK(contains(text, "none has the highest mean net benefit (*) and is best in 50.0 % of draws."));
  CHECK(contains(text, "1,250 ± 946 GBP a patient (EVPI)"));
  CHECK(contains(text, "none has the highest mean net benefit at every threshold."));
  CHECK_FALSE(contains(text, "simulated patients"));
}

TEST_CASE("places on the plane by pencil") {
  const Section section = section_of(example_run(at_values, four_draws), {}, 0);
  REQUIRE(section.json["plane"].size() == 1);
  const auto& plane = section.json["plane"][0];
  CHECK(plane["strategy"] == "drug");
  CHECK(number(plane["quadrants"]["NE"]["mean"]) == 0.5);
  CHECK(number(plane["quadrants"]["NW"]["mean"]) == 0.5);
  CHECK(number(plane["quadrants"]["SE"]["mean"]) == 0);
  CHECK(number(plane["quadrants"]["origin"]["mean"]) == 0);
  CHECK(number(plane["qaly"]["high"]) == Approx(0.2 + 0.925 * 0.3));
  CHECK(number(plane["ellipse"]["centre"]["cost"]) == Approx(1000));
  CHECK(number(plane["ellipse"]["centre"]["qaly"]) == Approx(0).margin(1e-12));
  CHECK(contains(to_text(section.document), "cost-effectiveness plane against none"));
  CHECK_FALSE(contains(to_text(section.document), "No\ndifference"));

  const auto turned = section_of(example_run(at_values, four_draws), {}, 1).json["plane"][0];
  CHECK(turned["strategy"] == "none");
  CHECK(number(turned["quadrants"]["SW"]["mean"]) == 0.5);
}

TEST_CASE("the thresholds at which the optimal strategy changes") {
  std::vector<ExampleStrategy> better = four_draws;
  better[1].qaly = {5.5, 5.2, 5.3, 5};  // mean increment 0.25 for 1000
  const Section section = section_of(example_run(at_values, better));
  REQUIRE(section.json["optimal_from"].size() == 2);
  CHECK(section.json["optimal_from"][0]["strategy"] == "none");
  CHECK(section.json["optimal_from"][1]["strategy"] == "drug");
  CHECK(number(section.json["optimal_from"][1]["threshold"]) == Approx(4000));
  CHECK(
      contains(unwrapped(to_text(section.document)), "Highest mean net benefit: none, from 4,000 GBP per QALY drug."));
}

TEST_CASE("the curve runs from 0 to three times the largest threshold") {
  const results::RunResults run = noisy_run(200);
  const auto curve = section_of(run).json["acceptability_curve"];
  REQUIRE(curve["thresholds"].size() == 61);
  CHECK(number(curve["thresholds"][0]) == 0);
  CHECK(number(curve["thresholds"][60]) == 60000);
  for (std::size_t i = 0; i < 61; ++i) {
    double sum = 0, best = 0;
    for (const auto& [name, values] : curve["probability_best"].items()) {
      sum += number(values[i]);
      if (name == curve["optimal"][i]) best = number(values[i]);
    }
    CHECK(sum == Approx(1));
    CHECK(number(curve["probability_optimal_is_best"][i]) == best);
  }
  results::RunResults without_thresholds = run;
  without_thresholds.thresholds.clear();
  CHECK(section_of(without_thresholds).json["acceptability_curve"].is_null());
}

TEST_CASE("the chance of simulated patients is taken out, and what it did is shown beside") {
  const results::RunResults run = noisy_run(300);
  const DecisionSample sample = decision_sample(*run.probabilistic);
  const IncrementNoise noise = increment_noise(*run.probabilistic);
  const NoiseCorrection correction = correct_for_noise(sample, noise).value();
  const auto corrected = decide(correction.sample, run.thresholds).value(),
             raw = decide(sample, run.thresholds).value();
  const auto evpi = corrected_evpi(sample, noise, run.thresholds).value();
  const Section section = section_of(run);
  for (std::size_t i = 0; i < run.thresholds.size(); ++i) {
    const auto& at = section.json["thresholds"][i];
    CHECK(number(at["evpi"]["mean"]) == evpi[i].mean);
    CHECK(number(at["evpi"]["standard_error"]) == evpi[i].standard_error);
    CHECK(number(at["evpi_with_patient_noise"]["mean"]) == raw[i].evpi().mean);
    CHECK(evpi[i].mean < 0.95 * raw[i].evpi().mean);
    for (std::size_t s = 0; s < 3; ++s) {
      CHECK(number(at["strategies"][s]["probability_best"]["mean"]) == corrected[i].probability_best[s].mean);
      CHECK(number(at["strategies"][s]["expected_loss"]["mean"]) ==
            Approx(corrected[i].expected_loss[s].mean).epsilon(1e-12));
      CHECK(number(at["strategies"][s]["nmb"]["standard_error"]) == raw[i].net_monetary_benefit[s].standard_error);
    }
  }
  const auto& shares = section.json["patient_noise"];
  CHECK(shares["corrected"] == true);
  CHECK(number(shares["share_of_variance"][0]["qaly"]) == correction.noise_share[2]);
  CHECK(correction.noise_share[2] == Approx(0.33).margin(0.1));
  CHECK(number(shares["largest_share_of_variance"]) == correction.largest_noise_share);
  const std::string text = unwrapped(to_text(section.document));
  CHECK(contains(text, "with the chance of simulated patients left in it would seem to be"));
  CHECK(contains(text, "The chance of 500 simulated patients a draw, up to"));
  CHECK_FALSE(contains(text, "not to be trusted"));
}

TEST_CASE("noise larger than the spread is warned of") {
  results::RunResults run = noisy_run(300);
  for (results::IncrementResult& increment : run.probabilistic->increments) {
    for (double& error : increment.standard_error) error *= 4;
  }
  const Section section = section_of(run);
  CHECK(section.json["patient_noise"]["lost_directions"] > 0);
  CHECK(contains(unwrapped(to_text(section.document)), "these numbers are not to be trusted"));
}

TEST_CASE("too few draws to tell noise from uncertainty leave it in, and say so") {
  auto three_draws = four_draws;
  for (ExampleStrategy& strategy : three_draws) {
    strategy.cost.pop_back();
    strategy.qaly.pop_back();
  }
  const results::RunResults run = example_run(at_values, three_draws, {10, 0.01, 0});
  const Section section = section_of(run);
  CHECK(section.json["patient_noise"]["corrected"] == false);
  CHECK(number(section.json["thresholds"][0]["evpi"]["mean"]) ==
        decide(decision_sample(*run.probabilistic), run.thresholds).value()[0].evpi().mean);
  CHECK(contains(unwrapped(to_text(section.document)), "is left in: 3 draws are too few"));
}

TEST_CASE("evenly spread draws have errors that are too large, and it is said") {
  ExampleScenario sobol, random;
  sobol.add("analysis.draw_points", std::string("sobol"));
  random.add("analysis.draw_points", std::string("random"));
  const results::RunResults run = example_run(at_values, four_draws);
  CHECK(contains(unwrapped(to_text(section_of(run, sobol).document)), "too large for the evenly spread ones"));
  CHECK_FALSE(contains(unwrapped(to_text(section_of(run, random).document)), "evenly spread"));
}

}  // namespace myelin::report
