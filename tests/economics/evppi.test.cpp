#include "economics/evppi.hpp"

#include <boost/math/distributions/normal.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <numeric>

#include "random_decision.hpp"
#include "support/statistics.hpp"

namespace myelin::economics {
namespace {

using test::bound_in_standard_errors;
using test::NormalDecision;
using test::stat_check;

using Group = std::vector<std::size_t>;

Evppi evppi_of(const NormalDecision::Draws& draws, const Group& group, double threshold = 1,
               RegressionMethod method = RegressionMethod::automatic) {
  const auto result = evppi(draws.sample, std::vector{threshold}, draws.parameters, group, {method, Seed{1}});
  INFO((result ? "" : to_string(result.error().front())));
  REQUIRE(result);
  return result->by_threshold.front();
}

/// The expectation of the better of 0 and a normal number.
double expected_gain(double mean, double sd) {
  const boost::math::normal normal;
  return sd * boost::math::pdf(normal, mean / sd) + mean * boost::math::cdf(normal, mean / sd);
}

/// The closed forms of linear net benefit with normal parameters: cases of the references, or none if they are absent.
struct LinearCase {
  std::string name;
  NormalDecision decision;
  double evpi;
  std::vector<double> evppi;  ///< [parameter]
};

std::vector<LinearCase> reference_cases() {
  const std::string path = MYELIN_SOURCE_DIR "/../shared/methods/cases/voi_closed_forms.json";
  if (!std::filesystem::exists(path)) {
    WARN("skipped: the reference cases are not at " << path);
    return {};
  }
  std::vector<LinearCase> cases;
  const nlohmann::json file = nlohmann::json::parse(std::ifstream(path));
  for (const nlohmann::json& one : file.at("cases")) {
    if (!one["inputs"].contains("cov")) continue;
    const nlohmann::json &in = one["inputs"], &out = one["expected"];
    Eigen::MatrixXd covariance(2, 2);
    for (int i = 0; i < 2; ++i) {
      for (int j = 0; j < 2; ++j) covariance(i, j) = in["cov"][i][j];
    }
    cases.push_back({one["name"],
                     test::linear_decision(Eigen::Vector2d(in["mean"][0], in["mean"][1]), covariance, in["c0"],
                                           Eigen::Vector2d(in["a"][0], in["a"][1])),
                     out["evpi"],
                     {out["evppi_1"], out["evppi_2"]}});
  }
  REQUIRE(cases.size() == 3);
  return cases;
}

/// The voi package's example: net benefit p1 + p2 with standard deviations 1 and 2, its mean moved from 0.
NormalDecision two_parameters(double constant) {
  return test::linear_decision(Eigen::Vector2d::Zero(), Eigen::Vector2d(1, 4).asDiagonal(), constant,
                               Eigen::Vector2d::Ones());
}

/// The second strategy's net benefit is any function of three independent standard normal parameters.
NormalDecision::Draws draw_function(const std::function<double(const Eigen::Vector3d&)>& benefit, Eigen::Index count,
                                    std::uint64_t seed) {
  const NormalDecision decision =
      test::linear_decision(Eigen::Vector3d::Zero(), Eigen::Matrix3d::Identity(), 0, Eigen::Vector3d::Zero());
  NormalDecision::Draws draws = decision.draw(count, seed);
  for (Eigen::Index i = 0; i < count; ++i) {
    draws.sample.qaly(i, 1) = benefit(draws.parameters.values.row(i).transpose());
  }
  return draws;
}

constexpr RegressionMethod methods[]{RegressionMethod::splines, RegressionMethod::gaussian_process};

}  // namespace

TEST_CASE("EVPPI by both regressions agrees with the closed forms of linear net benefit") {
  for (const LinearCase& one : reference_cases()) {
    INFO(one.name);
    const auto draws = one.decision.draw(10'000, 1);
    for (const RegressionMethod method : methods) {
      for (const std::size_t parameter : {0u, 1u}) {
        const Evppi estimate = evppi_of(draws, {parameter}, 1, method);
        CAPTURE(parameter, estimate.untruncated, estimate.standard_error);
        CHECK(stat_check(estimate.untruncated, one.evppi[parameter], estimate.standard_error, 18));
        CHECK(estimate.standard_error < 0.03 * one.evpi);
      }
      const Evppi both = evppi_of(draws, {0, 1}, 1, method);
      CHECK(stat_check(both.untruncated, one.evpi, both.standard_error, 18));
      CHECK(both.r_squared(0) > 0.999);
    }
  }
}

TEST_CASE("the stated error of EVPPI is honest: 95 % intervals cover about 95 of 100 true values") {
  const auto covered = [](const NormalDecision& decision, const Group& group, double truth, RegressionMethod method) {
    int count = 0;
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
      const Evppi estimate = evppi_of(decision.draw(1000, seed), group, 1, method);
      count += std::abs(estimate.untruncated - truth) <= 1.96 * estimate.standard_error;
    }
    return count;
  };
  for (const LinearCase& one : reference_cases()) {
    INFO(one.name);
    CHECK(covered(one.decision, {0}, one.evppi[0], RegressionMethod::splines) >= 85);
    CHECK(covered(one.decision, {1}, one.evppi[1], RegressionMethod::splines) >= 85);
    CHECK(covered(one.decision, {0, 1}, one.evpi, RegressionMethod::splines) >= 85);
  }
  const double truth = expected_gain(0.5, 1) - 0.5;
  CHECK(covered(two_parameters(0.5), {0}, truth, RegressionMethod::gaussian_process) >= 85);
}

TEST_CASE("the bias that is taken off is what is there, whether the fit is free or shrunk") {
  // A parameter of no use has but noise to gain from; a curved function is flattened where noise hides its curvature.
  struct Case {
    std::function<double(const Eigen::Vector3d&)> benefit;
    double truth;
    int bias_sign;
  };
  const boost::math::normal normal;
  const double square = 2 * (std::sqrt(0.5) * boost::math::pdf(normal, std::sqrt(0.5)) +
                             0.5 * boost::math::cdf(normal, -std::sqrt(0.5))) -
                        0.5;
  const std::vector<Case> cases{
      {[](const Eigen::Vector3d& p) { return 0.15 + 2 * p(1) + p(2); }, 0, 1},
      {[](const Eigen::Vector3d& p) { return p(0) * p(0) - 0.5 + 2 * p(1); }, square, -1},
  };
  for (const Case& one : cases) {
    constexpr int samples = 200;
    double sum = 0, squares = 0, bias = 0;
    for (std::uint64_t seed = 1; seed <= samples; ++seed) {
      const Evppi estimate = evppi_of(draw_function(one.benefit, 1000, seed), {0});
      const double error = estimate.untruncated - one.truth;
      sum += error;
      squares += error * error;
      bias += estimate.bias / samples;
    }
    const double error = sum / samples, standard_error = std::sqrt((squares / samples - error * error) / samples);
    CAPTURE(error, standard_error, bias);
    CHECK(bias * one.bias_sign > 0);
    CHECK(stat_check(error, 0, standard_error, 2));
  }
}

TEST_CASE("EVPPI of net benefit that is not linear agrees with the integral") {
  const auto of_one = draw_function([](const auto& p) { return p(0) * p(0) - 0.5 + p(1); }, 10'000, 3);
  const auto of_two = draw_function([](const auto& p) { return 0.3 + p(0) * p(1) + p(2); }, 10'000, 4);
  const auto integral = [](const std::function<double(double)>& of) {
    const auto weighted = [&](double x) { return of(x) * boost::math::pdf(boost::math::normal(), x); };
    return 2 * boost::math::quadrature::gauss_kronrod<double, 61>::integrate(weighted, 1e-9, 10.0, 12, 1e-10);
  };
  const double one = integral([](double x) { return std::max(0.0, x * x - 0.5); }) - 0.5;
  const double two = integral([](double x) { return expected_gain(0.3, x); }) - 0.3;
  for (const RegressionMethod method : methods) {
    const Evppi of_square = evppi_of(of_one, {0}, 1, method), of_product = evppi_of(of_two, {0, 1}, 1, method);
    CAPTURE(of_square.untruncated, one, of_product.untruncated, two);
    CHECK(stat_check(of_square.untruncated, one, of_square.standard_error, 4));
    CHECK(stat_check(of_product.untruncated, two, of_product.standard_error, 4));
    CHECK(of_square.standard_error < 0.15 * one);
    CHECK(of_product.standard_error < 0.15 * two);
  }
}

TEST_CASE("knowing more is worth as much or more, no more than everything, and a useless parameter nothing") {
  constexpr int models = 20;
  const double bound = bound_in_standard_errors(models * 5);
  for (std::uint64_t seed = 1; seed <= models; ++seed) {
    const auto draws = test::random_decision(seed).draw(3000, 100 + seed);
    const double threshold = 20'000;
    const Eigen::MatrixXd benefits = net_benefit(draws.sample, threshold);
    const double evpi = benefits.rowwise().maxCoeff().mean() - benefits.colwise().mean().maxCoeff();
    const Evppi a = evppi_of(draws, {0}, threshold), ab = evppi_of(draws, {0, 1}, threshold),
                abc = evppi_of(draws, {0, 1, 2}, threshold), all = evppi_of(draws, {0, 1, 2, 3}, threshold),
                useless = evppi_of(draws, {4}, threshold);
    CAPTURE(seed, evpi, a.untruncated, ab.untruncated, abc.untruncated, all.untruncated, useless.untruncated);
    const auto not_above = [&](double lower, double lower_error, double upper, double upper_error) {
      return lower <= upper + bound * std::hypot(lower_error, upper_error);
    };
    CHECK(a.value >= 0);
    CHECK(not_above(a.value, a.standard_error, ab.value, ab.standard_error));
    CHECK(not_above(ab.value, ab.standard_error, abc.value, abc.standard_error));
    CHECK(not_above(abc.value, abc.standard_error, all.value, all.standard_error));
    // All that matters is known: the regression explains everything.
    CHECK(std::abs(all.untruncated - evpi) <= bound * all.standard_error);
    CHECK(all.r_squared.minCoeff() > 0.99);
    CHECK(std::abs(useless.untruncated) <= bound * useless.standard_error + 1e-3 * evpi);
  }
}

TEST_CASE("every threshold has the EVPPI that it has alone, and currency is a matter of scale") {
  const auto draws = test::random_decision(2).draw(500, 1);
  const std::vector<double> thresholds{0, 10'000, 30'000};
  const Group group{0, 2};
  const EvppiResult together = *evppi(draws.sample, thresholds, draws.parameters, group);
  REQUIRE(together.by_threshold.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto alone = *evppi(draws.sample, std::vector{thresholds[i]}, draws.parameters, group);
    CHECK(together.by_threshold[i].threshold == thresholds[i]);
    // The errors are simulated with other numbers; the fit is the same.
    CHECK(together.by_threshold[i].degrees_of_freedom == alone.by_threshold[0].degrees_of_freedom);
    CHECK(together.by_threshold[i].untruncated + together.by_threshold[i].bias ==
          Approx(alone.by_threshold[0].untruncated + alone.by_threshold[0].bias).epsilon(1e-12));
  }
  NormalDecision::Draws in_pence = draws;
  in_pence.sample.cost *= 100;
  const Evppi pounds = evppi_of(draws, {0}, 10'000), pence = evppi_of(in_pence, {0}, 1'000'000);
  // The search for the smoothing ends six digits in.
  CHECK(pence.value == Approx(100 * pounds.value).epsilon(2e-6));
  CHECK(pence.standard_error == Approx(100 * pounds.standard_error).epsilon(2e-6));
}

TEST_CASE("parameters that tell nothing new change nothing") {
  auto draws = test::random_decision(5).draw(400, 1);
  Eigen::MatrixXd& values = draws.parameters.values;
  values.conservativeResize(Eigen::NoChange, 8);
  values.col(5).setConstant(3);
  values.col(6) = values.col(0).array().exp();  // moves together with the first
  values.col(7) = -values.col(1);
  for (const char* name : {"constant", "together", "opposite"}) draws.parameters.names.push_back(name);
  const Evppi plain = evppi_of(draws, {0, 1}, 20'000), more = evppi_of(draws, {0, 5, 6, 1, 7, 0}, 20'000);
  CHECK(plain.value > 0);
  CHECK(plain.value == more.value);
  CHECK(plain.standard_error == more.standard_error);

  // Ranks are all that a regression by splines looks at.
  CHECK(evppi_of(draws, {0}, 20'000).value == evppi_of(draws, {6}, 20'000).value);
}

TEST_CASE("nothing is to be learned where strategies differ by a constant") {
  auto draws = test::random_decision(3).draw(200, 1);  // of two strategies
  draws.sample.cost.col(1) = draws.sample.cost.col(0);
  draws.sample.qaly.col(1) = draws.sample.qaly.col(0).array() + 0.3;  // but for rounding
  for (const RegressionMethod method : methods) {
    const Evppi estimate = evppi_of(draws, {0}, 1, method);
    CHECK(estimate.value == 0);
    CHECK(estimate.untruncated == 0);
    CHECK(estimate.standard_error == 0);
    CHECK(estimate.r_squared(0) == 0);
  }
}

TEST_CASE("the method follows the number of parameters and of draws") {
  const auto method_of = [](Eigen::Index count, const Group& group) {
    const auto draws = test::random_decision(1).draw(count, 1);
    return evppi(draws.sample, std::vector{1.0}, draws.parameters, group)->method;
  };
  CHECK(method_of(50, {0}) == "splines");
  CHECK(method_of(160, {0, 1}) == "splines");
  CHECK(method_of(150, {0, 1}) == "Gaussian process");
  CHECK(method_of(2000, {0, 1, 2, 3}) == "Gaussian process");
  CHECK(method_of(2560, {0, 1, 2, 3}) == "splines");
  CHECK(method_of(2560, {0, 1, 2, 3, 4}) == "Gaussian process");
}

TEST_CASE("what EVPPI cannot be estimated from is refused, all at once") {
  auto draws = two_parameters(0).draw(100, 1);
  const auto refusal = [&](const std::vector<double>& thresholds, const Group& group, RegressionMethod method) {
    const auto result = evppi(draws.sample, thresholds, draws.parameters, group, {method, Seed{}});
    std::string text;
    if (!result) {
      for (const Diagnostic& one : result.error()) text += to_string(one) + "\n";
    }
    return text;
  };
  const auto automatic = RegressionMethod::automatic;
  using Catch::Matchers::Contains;
  CHECK(refusal({1}, {0}, automatic).empty());
  CHECK_THAT(refusal({1}, {}, automatic), Contains("the group has no parameter"));
  CHECK_THAT(refusal({-1, NAN}, {0, 2}, automatic),
             Contains("threshold -1") && Contains("threshold nan") && Contains("no parameter 2 among 2"));
  CHECK_THAT(refusal({1}, {0, 1}, RegressionMethod::splines), Contains("100 parameter draws are too few"));

  draws.parameters.values.col(0).setConstant(2);
  CHECK_THAT(refusal({1}, {0}, automatic), Contains("`p1` does not vary"));
  draws.parameters.values.col(1).setConstant(2);
  CHECK_THAT(refusal({1}, {0, 1}, automatic), Contains("`p1`, `p2` do not vary"));
  draws.parameters.values(3, 1) = INFINITY;
  CHECK_THAT(refusal({1}, {1}, automatic), Contains("values of `p2` are not finite"));

  draws = two_parameters(0).draw(49, 1);
  draws.sample.strategies.pop_back();
  draws.sample.cost.conservativeResize(Eigen::NoChange, 1);
  draws.sample.qaly.conservativeResize(Eigen::NoChange, 1);
  CHECK_THAT(refusal({1}, {0}, automatic), Contains("fewer than two strategies") && Contains("49 parameter draws"));
  draws = two_parameters(0).draw(60, 1);
  draws.parameters.values.conservativeResize(59, Eigen::NoChange);
  draws.sample.cost(0, 0) = NAN;
  CHECK_THAT(refusal({1}, {0}, automatic),
             Contains("values of 59 draws for costs and QALYs of 60") && Contains("costs or QALYs are not finite"));

  const auto many = test::random_decision(1).draw(3000, 1);
  const auto result =
      evppi(many.sample, std::vector{1.0}, many.parameters, Group{0, 1, 2, 3, 4}, {RegressionMethod::splines, Seed{}});
  REQUIRE(!result);
  CHECK_THAT(to_string(result.error().front()), Contains("splines of 5 parameters"));
}

}  // namespace myelin::economics
