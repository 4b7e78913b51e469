#include "economics/nested_value.hpp"

#include <boost/math/distributions/normal.hpp>
#include <catch2/catch.hpp>
#include <cmath>

#include "random_decision.hpp"
#include "support/statistics.hpp"

namespace myelin::economics {
namespace {

using test::NormalDecision;
using test::stat_check;

/// Net benefit constant + p1 + p2 with correlated normal parameters, and its closed forms.
struct LinearCase {
  double constant;
  Eigen::Vector2d mean;
  Eigen::Matrix2d covariance;

  NormalDecision decision() const { return test::linear_decision(mean, covariance, constant, Eigen::Vector2d::Ones()); }
  double value_of(double sd) const {
    const boost::math::normal normal;
    const double benefit = constant + mean.sum();
    return sd * boost::math::pdf(normal, benefit / sd) + benefit * boost::math::cdf(normal, benefit / sd) -
           std::max(0.0, benefit);
  }
  double evpi() const { return value_of(std::sqrt(covariance.sum())); }
  double evppi_of_first() const { return value_of(covariance.row(0).sum() / std::sqrt(covariance(0, 0))); }
};

/// The cases of the value-of-information references: two of the voi package, and one with an offset.
std::vector<LinearCase> linear_cases() {
  return {{0, {0, 0}, (Eigen::Matrix2d() << 1, 0, 0, 4).finished()},
          {0, {1, 1}, (Eigen::Matrix2d() << 1, 1, 1, 5).finished()},
          {0.2, {1, -0.5}, (Eigen::Matrix2d() << 1, 0.5, 0.5, 2).finished()}};
}

}  // namespace

TEST_CASE("the closed forms of the nested tests are those of the references") {
  const std::vector<LinearCase> cases = linear_cases();
  CHECK(cases[0].evpi() == Approx(0.8920620580763856).epsilon(1e-10));
  CHECK(cases[0].evppi_of_first() == Approx(0.3989422804014327).epsilon(1e-10));
  CHECK(cases[1].evpi() == Approx(0.3992824567484914).epsilon(1e-10));
  CHECK(cases[1].evppi_of_first() == Approx(0.1666309411753728).epsilon(1e-10));
  CHECK(cases[2].evpi() == Approx(0.49626214965680915).epsilon(1e-10));
  CHECK(cases[2].evppi_of_first() == Approx(0.3124167101210642).epsilon(1e-10));
}

TEST_CASE("multilevel EVPPI agrees with the closed forms to the error asked for") {
  for (const LinearCase& one : linear_cases()) {
    const MultilevelValue value = *multilevel_evppi(one.decision().nested(1, 1), 0.01, Seed{1});
    CAPTURE(value.evppi, value.standard_error, value.bias, value.levels.size(), value.evaluations);
    CHECK(value.standard_error < 0.01 / std::sqrt(2.0) * 1.05);
    CHECK(value.bias < 0.01 / std::sqrt(2.0));
    CHECK(std::abs(value.evppi - one.evppi_of_first()) <=
          value.bias + test::bound_in_standard_errors(6) * value.standard_error);
    const double evpi_error = std::sqrt(value.levels[0].variance / static_cast<double>(value.levels[0].outer_draws));
    CHECK(stat_check(value.evpi, one.evpi(), evpi_error, 6));
  }
}

TEST_CASE("the stated error of multilevel EVPPI is honest") {
  const LinearCase one = linear_cases()[2];
  const NestedDecision decision = one.decision().nested(1, 1);
  int covered = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const MultilevelValue value = *multilevel_evppi(decision, 0.03, Seed{seed});
    covered += std::abs(value.evppi - one.evppi_of_first()) <= value.bias + 1.96 * value.standard_error;
  }
  CHECK(covered >= 85);
}

TEST_CASE("the levels' variances and means fall as theory has it, so that the cost stays bounded") {
  const NestedDecision decision = linear_cases()[2].decision().nested(1, 1);
  const MultilevelValue value = *multilevel_evppi(decision, 0.002, Seed{3});
  REQUIRE(value.levels.size() >= 7);
  for (std::size_t level = 0; level < value.levels.size(); ++level) {
    CHECK(value.levels[level].inner_draws == std::uint64_t{1} << level);
  }
  const auto decline = [&](auto of) { return std::log2(of(value.levels[3]) / of(value.levels[6])) / 3; };
  CHECK(decline([](const ValueLevel& level) { return level.variance; }) == Approx(1.5).margin(0.3));
  CHECK(decline([](const ValueLevel& level) { return level.mean; }) == Approx(1.0).margin(0.3));
}

TEST_CASE("plain nested simulation is biased upwards by as much as it says") {
  const LinearCase one = linear_cases()[0];
  const NestedDecision decision = one.decision().nested(1, 1);
  std::vector<double> biases;
  for (const std::uint64_t inner_draws : {8u, 16u, 32u}) {
    const NestedValue value = *nested_evppi(decision, 40'000, inner_draws, Seed{inner_draws});
    const double error = value.evppi - one.evppi_of_first();
    CAPTURE(inner_draws, error, value.bias, value.standard_error);
    CHECK(value.evaluations == 40'000 * inner_draws);
    // The bias is that of first order, right to a quarter.
    CHECK(std::abs(error - value.bias) <= 0.25 * value.bias + test::bound_in_standard_errors(3) * value.standard_error);
    biases.push_back(value.bias);
  }
  CHECK(biases[0] > 0.05);
  CHECK(biases[0] / biases[1] == Approx(2).margin(0.5));
  CHECK(biases[1] / biases[2] == Approx(2).margin(0.5));
}

TEST_CASE("regression and nested simulation give the same EVPPI") {
  constexpr std::size_t models = 6;
  const double threshold = 20'000;
  for (std::uint64_t seed = 1; seed <= models; ++seed) {
    const NormalDecision decision = test::random_decision(seed);
    const auto draws = decision.draw(10'000, 50 + seed);
    for (const Eigen::Index of_interest : {1, 2, 3}) {
      std::vector<std::size_t> group;
      for (Eigen::Index i = 0; i < of_interest; ++i) group.push_back(static_cast<std::size_t>(i));
      const Evppi regression = evppi(draws.sample, std::vector{threshold}, draws.parameters, group)->by_threshold[0];
      const MultilevelValue nested =
          *multilevel_evppi(decision.nested(of_interest, threshold), 0.5 * regression.standard_error + 20, Seed{seed});
      CAPTURE(seed, of_interest, regression.untruncated, regression.standard_error, nested.evppi, nested.bias);
      CHECK(std::abs(regression.untruncated - nested.evppi) <=
            nested.bias + test::bound_in_standard_errors(3 * models) *
                              std::hypot(regression.standard_error, nested.standard_error));
    }
  }
}

TEST_CASE("nested simulation repeats by its seed and differs by it") {
  const NestedDecision decision = linear_cases()[0].decision().nested(1, 1);
  CHECK(nested_evppi(decision, 50, 4, Seed{1})->evppi == nested_evppi(decision, 50, 4, Seed{1})->evppi);
  CHECK(nested_evppi(decision, 50, 4, Seed{1})->evppi != nested_evppi(decision, 50, 4, Seed{2})->evppi);
  CHECK(multilevel_evppi(decision, 0.1, Seed{1})->evppi == multilevel_evppi(decision, 0.1, Seed{1})->evppi);
  CHECK(multilevel_evppi(decision, 0.1, Seed{1})->evppi != multilevel_evppi(decision, 0.1, Seed{2})->evppi);
}

TEST_CASE("nested simulations that cannot be done are refused") {
  NestedDecision decision = linear_cases()[0].decision().nested(1, 1);
  using Catch::Matchers::Contains;
  const auto problems = [](const auto& result) {
    std::string text;
    for (const Diagnostic& one : result.error()) text += one.problem + "\n";
    return text;
  };
  CHECK_THAT(problems(multilevel_evppi(decision, 0, Seed{})), Contains("target error 0"));
  CHECK_THAT(problems(multilevel_evppi(decision, 1e-7, Seed{})), Contains("too many model evaluations"));
  decision.strategies = 1;
  CHECK_THAT(problems(multilevel_evppi(decision, 0.1, Seed{})), Contains("fewer than two strategies"));
  CHECK_THAT(problems(nested_evppi(decision, 1, 3, Seed{})),
             Contains("fewer than two strategies") && Contains("1 outer draws") && Contains("3 inner draws"));
}

}  // namespace myelin::economics
