#include <catch2/catch.hpp>
#include <cmath>

#include "ms/base_case.hpp"

// Probabilities of a program have 31 bits, hence a tolerance of 1e-9 where an expectation is one probability.

namespace myelin::ms::test {

namespace {

constexpr std::size_t start_age_years = 39, died = 1;

/// Annual probabilities of death from the start age on, of women and of men; the same multiplier at every EDSS.
ParameterSet with_mortality(const std::vector<double>& women, const std::vector<double>& men, double multiplier) {
  ParameterSet parameters = base_case();
  fill_table(parameters, "mortality.multiplier", multiplier);
  change_table(parameters, "mortality.life_table", [&](std::vector<double>& values) {
    std::ranges::copy(women, values.begin() + start_age_years);
    std::ranges::copy(men, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2 + start_age_years));
  });
  return parameters;
}

}  // namespace

TEST_CASE("nobody dies under a multiplier of 0, or a life table of zeros") {
  const auto [path, horizon_years] = GENERATE(table<const char*, double>(
      {{"mortality.multiplier", 61}, {"mortality.life_table", 61}, {"mortality.life_table", 5}}));
  ParameterSet parameters = base_case();
  fill_table(parameters, path, 0);
  set_number(parameters, "analysis.horizon_years", horizon_years);
  fill_table(parameters, "therapies.ahsct.procedure.death", 0);
  for (const std::string& therapy : parameters.names_under("therapies")) make_harmless(parameters, therapy);
  for (const std::string& strategy : all_strategies) {
    CAPTURE(path, strategy);
    CHECK(Expected(parameters, strategy).undiscounted("life_years") == Approx(horizon_years).epsilon(1e-13));
  }
}

TEST_CASE("the multiplier acts on the hazard of death, not on its probability") {
  const auto [q, multiplier, expected] = GENERATE(table<double, double, double>(
      {{0.02, 4.44, 0.08579461297404745}, {0.35, 4.44, 0.8523153685678159}, {0.02, 1, 0.02}, {1, 0.5, 1}}));
  CAPTURE(q, multiplier);
  const Expected result(with_mortality({q}, {q}, multiplier), "best_supportive_care");
  CHECK(result.tally("deaths", 0, died) == Approx(expected).margin(1e-9));
}

TEST_CASE("excess mortality acts on what the multiplier has beyond 1, and never below no deaths") {
  const auto [excess, q] =
      GENERATE(table<double, double>({{1, 0.08579461297404745}, {0.5, 1 - std::pow(0.98, 1 + 0.5 * 3.44)}, {0, 0.02}}));
  ParameterSet parameters = with_mortality({0.02}, {0.02}, 4.44);
  parameters.add({"natural_history.variants.hta.excess_mortality", Parameter{excess, "ratio", {}, {}}, {}});
  CHECK(Expected(parameters, "best_supportive_care").tally("deaths", 0, died) == Approx(q).margin(1e-9));
  fill_table(parameters, "mortality.multiplier", 0.5);
  set_number(parameters, "natural_history.variants.hta.excess_mortality", 3);
  CHECK(Expected(parameters, "best_supportive_care").tally("deaths", 0, died) == 0);
}

TEST_CASE("the multiplier is that of the EDSS at the start of the cycle") {
  ParameterSet parameters = with_mortality({0.02}, {0.02}, 1);
  change_table(parameters, "mortality.multiplier", [](auto& multiplier) { multiplier[2] = 4.44; });
  const Expected result(parameters, "best_supportive_care");
  CHECK(result.tally("deaths", 0, died) == Approx(0.325 * 0.08579461297404745 + 0.675 * 0.02).margin(1e-9));
}

TEST_CASE("a shorter cycle takes its share of the annual hazard of death") {
  ParameterSet parameters = with_mortality({0.02}, {0.02}, 1);
  set_number(parameters, "analysis.cycle_length_years", 1.0 / 12);
  const Expected result(parameters, "best_supportive_care");
  CHECK(result.tally("deaths", 0, died) == Approx(0.001682142552739574).margin(1e-9));
  double in_a_year = 0;
  for (std::size_t month = 0; month < 12; ++month) in_a_year += result.tally("deaths", month, died);
  CHECK(in_a_year == Approx(0.02).margin(1e-8));
}

TEST_CASE("women and men die by their own life table, and survivors are mixed") {
  ParameterSet parameters = with_mortality({0.01, 0.02}, {0.02, 0.04}, 1);
  set_number(parameters, "population.female_share", 0.7);
  const Expected result(parameters, "best_supportive_care");
  const double first = result.tally("deaths", 0, died), second = result.tally("deaths", 1, died);
  CHECK(first == Approx(0.013).margin(1e-9));
  CHECK(second / (1 - first) == Approx(0.02595744680851064).margin(1e-9));
}

TEST_CASE("life years under a multiplier of 1 are the life expectancy of the life table") {
  const std::vector<double> q = {0.001, 0.0012, 0.0015, 0.0019, 0.0024, 1.0};
  ParameterSet parameters = with_mortality(q, q, 1);
  const Expected result(parameters, "best_supportive_care");
  CHECK(result.undiscounted("life_years") == Approx(5.479542149859672).margin(1e-8));
}

}  // namespace myelin::ms::test
