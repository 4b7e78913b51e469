#include "models/ms/natural_history.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "ms/base_case.hpp"

namespace myelin::ms::test {

namespace {

NaturalHistory base_history(double speed = 1) {
  NaturalHistory history = read_inputs(base_case(), "best_supportive_care").natural_history;
  history.speed = speed;
  return history;
}

/// The step in SPMS without a therapy that acts there.
EdssMatrix spms_step(const NaturalHistory& history, Years cycle_length) {
  return progressive_step(history.spms_probabilities_per_year, history, 1, cycle_length);
}

EdssMatrix times(const EdssMatrix& a, const EdssMatrix& b) {
  EdssMatrix product{};
  for (std::size_t i = 0; i < edss_count; ++i) {
    for (std::size_t j = 0; j < edss_count; ++j) {
      for (std::size_t k = 0; k < edss_count; ++k) product[i][j] += a[i][k] * b[k][j];
    }
  }
  return product;
}

EdssMatrix power(const EdssMatrix& matrix, int exponent) {
  EdssMatrix result = matrix;
  for (int i = 1; i < exponent; ++i) result = times(result, matrix);
  return result;
}

double largest_difference(const EdssMatrix& a, const EdssMatrix& b) {
  double largest = 0;
  for (std::size_t i = 0; i < edss_count; ++i) {
    for (std::size_t j = 0; j < edss_count; ++j) largest = std::max(largest, std::abs(a[i][j] - b[i][j]));
  }
  return largest;
}

bool is_stochastic(const EdssMatrix& matrix) {
  return std::ranges::all_of(matrix, [](const ByEdss& row) {
    double sum = 0;
    for (const double p : row) sum += p;
    return std::abs(sum - 1) < 1e-14 && std::ranges::all_of(row, [](double p) { return p >= 0; });
  });
}

/// Three states that worsen and improve beside a fourth that is death, in EDSS 0 to 3 of an otherwise empty table. A
/// ratio on worsening does not act on death, so the intensities of death are divided by it first.
NaturalHistory four_states(double ratio) {
  const double intensities[3][4] = {
      {-0.3691063103411817, 0.28176652611801944, 0.06477641007298082, 0.022563374150181413},
      {0.08409997156367448, -0.349803010791476, 0.23057933206188663, 0.03512370716591488},
      {0.010482305072516213, 0.08087507452568748, -0.29734540275068216, 0.20598802315247847}};
  NaturalHistory history;
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 4; ++j)
      history.rrms_intensities_per_year[i][j] = intensities[i][j] / (j == 3 ? ratio : 1);
  }
  return history;
}

}  // namespace

TEST_CASE("a hazard ratio acts on the intensities of worsening") {
  // The generator with its intensities of worsening times 0.6, exponentiated by another program. Multiplying the annual
  // probabilities instead would give 0.12 for the step from 0 to 1, and acting on the total hazard of worsening 0.1275.
  const EdssMatrix p = rrms_step(four_states(0.6), 0.6, 1, Years{1});
  const double expected[3][4] = {{0.7999765211941744, 0.13423797703469756, 0.039006711081718125, 0.026778790689409894},
                                 {0.06673381325053716, 0.7828252282680381, 0.10655268259681655, 0.04388827588460806},
                                 {0.010710623816623226, 0.06223497178520475, 0.7472276689183823, 0.1798267354797897}};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 4; ++j) CHECK(p[i][j] == Approx(expected[i][j]).epsilon(1e-12));
  }
}

TEST_CASE("a hazard ratio of 1 leaves the annual probabilities as they were") {
  const EdssMatrix p = rrms_step(four_states(1), 1, 1, Years{1});
  const double expected[3][4] = {{0.7, 0.2, 0.07, 0.03}, {0.06, 0.72, 0.17, 0.05}, {0.01, 0.06, 0.75, 0.18}};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 4; ++j) CHECK(p[i][j] == Approx(expected[i][j]).epsilon(1e-12));
  }
}

TEST_CASE("speed multiplies worsening, as a ratio does, and leaves improvement alone") {
  CHECK(largest_difference(rrms_step(base_history(0.6), 1, 1.3, Years{1}),
                           rrms_step(base_history(1), 0.6, 1.3, Years{1})) < 1e-15);
  const EdssMatrix still = rrms_step(base_history(0), 1, 1, Years{1}),
                   improving = rrms_step(base_history(0), 1, 2, Years{1});
  for (std::size_t from = 0; from < edss_count; ++from) {
    for (std::size_t to = from + 1; to < edss_count; ++to) CHECK(still[from][to] == 0);
  }
  CHECK(improving[5][4] > still[5][4]);
}

TEST_CASE("EDSS steps over short cycles compose to the annual step in RRMS") {
  for (const double speed : {1.0, 0.6}) {
    const NaturalHistory history = base_history(speed);
    const EdssMatrix annual = rrms_step(history, 0.473, 1.37, Years{1});
    CHECK(is_stochastic(annual));
    CHECK(largest_difference(power(rrms_step(history, 0.473, 1.37, Years{1.0 / 12}), 12), annual) < 1e-12);
    CHECK(largest_difference(power(rrms_step(history, 0.473, 1.37, Years{0.25}), 4), annual) < 1e-12);
  }
}

TEST_CASE("the SPMS step over a year at speed 1 is the published matrix") {
  const NaturalHistory history = base_history();
  EdssMatrix published = history.spms_probabilities_per_year;
  published[0][0] = 1;
  CHECK(spms_step(history, Years{1}) == published);
}

TEST_CASE("SPMS steps at other cycle lengths and speeds are powers of one regularised matrix") {
  const NaturalHistory history = base_history();
  const EdssMatrix half = spms_step(history, Years{0.5});
  CHECK(is_stochastic(half));
  CHECK(largest_difference(power(spms_step(history, Years{1.0 / 12}), 6), half) < 1e-12);
  CHECK(largest_difference(spms_step(base_history(0.5), Years{1}), half) < 1e-15);
  CHECK(largest_difference(spms_step(base_history(0.6), Years{0.25}), spms_step(base_history(0.3), Years{0.5})) <
        1e-15);
  for (std::size_t from = 1; from < edss_count; ++from) CHECK(half[from][0] == 0);
}

TEST_CASE("the regularised SPMS matrix is near the published one, by a number that is reported") {
  const NaturalHistory history = base_history();
  const double error = regularisation_error(history.spms_probabilities_per_year);
  WARN("largest change of an annual SPMS probability by regularisation: " << error);
  CHECK(error > 0.001);
  CHECK(error < 0.05);
  EdssMatrix published = history.spms_probabilities_per_year;
  published[0][0] = 1;
  CHECK(largest_difference(power(spms_step(history, Years{0.5}), 2), published) == Approx(error).epsilon(1e-10));
}

TEST_CASE("a matrix that is the exponential of a generator is not changed by regularisation") {
  // EDSS 1 to 4 that worsen at 0.3, 0.2 and 0.1 a year, one step at a time; the others stay.
  NaturalHistory generator;
  for (const auto& [edss, rate] : {std::pair<std::size_t, double>{1, 0.3}, {2, 0.2}, {3, 0.1}}) {
    generator.rrms_intensities_per_year[edss][edss + 1] = rate;
    generator.rrms_intensities_per_year[edss][edss] = -rate;
  }
  NaturalHistory history;
  history.spms_probabilities_per_year = rrms_step(generator, 1, 1, Years{1});
  CHECK(regularisation_error(history.spms_probabilities_per_year) < 1e-12);
  CHECK(largest_difference(spms_step(history, Years{0.25}), rrms_step(generator, 1, 1, Years{0.25})) < 1e-12);
}

TEST_CASE("conversion acts on the hazard, with speed, ratio and cycle length") {
  NaturalHistory history = base_history();
  history.conversion_probability_per_year[4] = 0.2;
  const auto probability = [&](double worsening, double years) {
    return conversion_probability(history, 4, worsening, Years{years}).value();
  };
  CHECK(probability(1, 1) == Approx(0.2).epsilon(1e-14));
  CHECK(probability(0.5, 1) == Approx(1 - std::sqrt(0.8)).epsilon(1e-14));
  CHECK(probability(1, 0.5) == Approx(1 - std::sqrt(0.8)).epsilon(1e-14));
  history.conversion_speed = 0.5;
  CHECK(probability(0.5, 1) == Approx(1 - std::pow(0.8, 0.25)).epsilon(1e-14));
  history.effect_on_conversion = false;
  CHECK(probability(0.5, 1) == Approx(1 - std::sqrt(0.8)).epsilon(1e-14));
}

TEST_CASE("conversion has the speed of worsening, unless the natural history gives its own") {
  ParameterSet parameters = base_case();
  set_text(parameters, "natural_history.variant", "calibrated");
  parameters = without_under(parameters, "natural_history.variants.calibrated.conversion");
  const double speed = parameters.number("natural_history.variants.calibrated.speed");
  CHECK(read_inputs(parameters, "ahsct").natural_history.conversion_speed == speed);
  parameters.add({"natural_history.variants.calibrated.conversion", Parameter{0.9, "ratio", {}, {}}, {}});
  CHECK(read_inputs(parameters, "ahsct").natural_history.conversion_speed == 0.9);
  CHECK(read_inputs(parameters, "ahsct").natural_history.speed == speed);
}

TEST_CASE("whoever converts takes the steps that conversion brings, at most to EDSS 9, and no other") {
  ParameterSet parameters = base_case();
  const int step = GENERATE(1, 2);
  set(parameters, "natural_history.edss_step_at_conversion", KeyValue(std::int64_t{step}));
  make_immortal(parameters);
  fill_table(parameters, "natural_history.conversion", 0);
  change_table(parameters, "natural_history.conversion", [](auto& p) { p[4] = 0.5, p[8] = 0.25; });
  change_table(parameters, "population.start_edss", [](auto& p) { p = {0, 0, 0, 0, 0.5, 0, 0, 0, 0.5, 0}; });
  const Expected result(parameters, "best_supportive_care");
  const auto spms = [&](std::size_t edss) { return result.tally("disability", 1, edss_count + edss); };
  const std::size_t from_4 = 4 + static_cast<std::size_t>(step);
  for (std::size_t edss = 0; edss < edss_count; ++edss) {
    CAPTURE(edss, step);
    CHECK(spms(edss) == Approx(edss == from_4 ? 0.25 : edss == 9 ? 0.125 : 0).margin(1e-9));
  }
}

TEST_CASE("untreated patients of the base case worsen in two years as their natural histories say") {
  // Without mortality, so that the change is that of everybody. AFFIRM's placebo arm gained 0.27 EDSS (0.11 to 0.43).
  const auto [variant, expected] = GENERATE(table<const char*, double>({{"hta", 0.72}, {"calibrated", 0.26}}));
  ParameterSet parameters = base_case();
  set_text(parameters, "natural_history.variant", variant);
  make_immortal(parameters);
  const Expected result(parameters, "best_supportive_care");
  const auto mean_edss = [&](std::size_t year) {
    double mean = 0;
    for (std::size_t cell = 0; cell < 2 * edss_count; ++cell) {
      mean += result.tally("disability", year, cell) * static_cast<double>(cell % edss_count);
    }
    return mean;
  };
  const double change = mean_edss(2) - mean_edss(0);
  WARN("untreated change of EDSS in two years, natural history '" << variant << "': " << change);
  CHECK(change == Approx(expected).margin(0.01));
}

}  // namespace myelin::ms::test
