#include "economics/proposed_trial.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <string>
#include <vector>

namespace myelin::economics {
namespace {

using Eigen::Index;

constexpr Index draws = 20'000;

/// One parameter that is the same in every draw.
ParameterSample constant(double value) { return {{"theta"}, Eigen::MatrixXd::Constant(draws, 1, value)}; }

ProposedTrial trial_of(ObservationKind kind, double per_patient) { return {"trial", {{0, kind, per_patient}}, {100}}; }

std::vector<std::string> problems_of(const ProposedTrial& trial, const ParameterSample& parameters) {
  std::vector<std::string> problems;
  for (const Diagnostic& problem : check(trial, parameters)) problems.push_back(problem.problem);
  return problems;
}

void check_estimates(const ProposedTrial& trial, double theta, double patients, double mean, double variance) {
  const TrialSimulator simulator(trial, constant(theta));
  const Eigen::ArrayXd estimates = simulator.estimates(simulator.simulate(patients, Seed{1}), patients).col(0).array();
  const double found = (estimates - estimates.mean()).square().sum() / (draws - 1);
  CHECK(std::abs(estimates.mean() - mean) < 4 * std::sqrt(variance / draws));
  CHECK(found == Approx(variance).epsilon(4 * std::sqrt(2.0 / draws) + 0.01));  // 0.01: of counts, not quite normal
}

}  // namespace

TEST_CASE("estimates have the mean and variance of their kind of observation") {
  check_estimates(trial_of(ObservationKind::log_ratio, 0.5), 0.7, 100, std::log(0.7), 4.0 / 50);
  check_estimates(trial_of(ObservationKind::mean, 0.25), 30, 100, 30, 4.0 / 100);
  check_estimates(trial_of(ObservationKind::probability, 0.5), 0.3, 100, 15.5 / 51, 50 * 0.3 * 0.7 / (51 * 51));
  check_estimates(trial_of(ObservationKind::rate, 2), 0.3, 100, 60.5 / 200, 60.0 / (200 * 200));
}

TEST_CASE("data are named by seed, trial and observation") {
  ProposedTrial trial = trial_of(ObservationKind::rate, 2);
  const ParameterSample parameters = constant(0.3);
  const Eigen::MatrixXd data = TrialSimulator(trial, parameters).simulate(100, Seed{1});
  CHECK(TrialSimulator(trial, parameters).simulate(100, Seed{1}) == data);
  CHECK(TrialSimulator(trial, parameters).simulate(100, Seed{2}) != data);
  trial.observes.push_back({0, ObservationKind::rate, 2});
  const Eigen::MatrixXd two = TrialSimulator(trial, parameters).simulate(100, Seed{1});
  CHECK(two.col(0) == data.col(0));
  CHECK(two.col(1) != data.col(0));
  trial.name = "another";
  CHECK(TrialSimulator(trial, parameters).simulate(100, Seed{1}).col(0) != data.col(0));
}

TEST_CASE("the posterior weights of draws are their likelihoods' shares") {
  ParameterSample parameters{{"a", "b"}, Eigen::MatrixXd(3, 2)};
  parameters.values << 0.2, 1.0,  //
      0.5, 2.0,                   //
      0.9, 0.5;
  const TrialSimulator simulator({"trial",
                                  {{0, ObservationKind::probability, 1},
                                   {1, ObservationKind::rate, 0.5},
                                   {1, ObservationKind::log_ratio, 0.4},
                                   {0, ObservationKind::mean, 2}},
                                  {10}},
                                 parameters);
  const Eigen::VectorXd weights = simulator.posterior_weights(Eigen::RowVector4d(4, 6, 0.3, 0.4), 10);
  Eigen::Vector3d likelihood;
  for (Index draw = 0; draw < 3; ++draw) {
    const double a = parameters.values(draw, 0), b = parameters.values(draw, 1);
    likelihood(draw) = std::pow(a, 4) * std::pow(1 - a, 6) * std::pow(5 * b, 6) * std::exp(-5 * b) *
                       std::exp(-std::pow(0.3 - std::log(b), 2) / 2) * std::exp(-20 * std::pow(0.4 - a, 2) / 2);
  }
  CHECK(weights.sum() == Approx(1).epsilon(1e-14));
  for (Index draw = 0; draw < 3; ++draw) {
    CHECK(weights(draw) == Approx(likelihood(draw) / likelihood.sum()).epsilon(1e-12));
  }
}

TEST_CASE("draws under which the data are impossible have no weight, and others lose none to rounding") {
  ParameterSample parameters{{"p"}, Eigen::MatrixXd(4, 1)};
  parameters.values << 0, 0.5, 0.5, 1;
  const TrialSimulator simulator(trial_of(ObservationKind::probability, 1000), parameters);
  const auto distance = [&](double count, const Eigen::Vector4d& expected) {
    return (simulator.posterior_weights(Eigen::RowVectorXd::Constant(1, count), 100) - expected).norm();
  };
  CHECK(distance(50'000, {0, 0.5, 0.5, 0}) < 1e-300);
  CHECK(distance(0, {1, 0, 0, 0}) < 1e-300);
  CHECK(distance(100'000, {0, 0, 0, 1}) < 1e-300);
}

TEST_CASE("a trial must suit what it observes") {
  CHECK(check(trial_of(ObservationKind::probability, 1), constant(1)).empty());
  CHECK(check(trial_of(ObservationKind::rate, 1), constant(0)).empty());
  CHECK(check(trial_of(ObservationKind::mean, 1), constant(-5)).empty());
  CHECK(problems_of(trial_of(ObservationKind::log_ratio, 1), constant(0)) ==
        std::vector<std::string>{"`theta`, which the trial `trial` observes, takes 0, but a ratio is above 0"});
  CHECK(problems_of(trial_of(ObservationKind::rate, 1), constant(-0.5)) ==
        std::vector<std::string>{"`theta`, which the trial `trial` observes, takes -0.5, but a rate is not below 0"});
  CHECK(
      problems_of(trial_of(ObservationKind::probability, 1), constant(1.5)) ==
      std::vector<std::string>{"`theta`, which the trial `trial` observes, takes 1.5, but a probability is in [0, 1]"});
}

TEST_CASE("a trial must have observations, sizes, and amounts of data that can be held") {
  CHECK(problems_of({"empty", {}, {}}, constant(1)) ==
        std::vector<std::string>{"the trial `empty` observes nothing", "the trial `empty` has no size"});
  CHECK(problems_of({"size", {{0, ObservationKind::mean, 1}}, {0.5, 10, INFINITY}}, constant(1)) ==
        std::vector<std::string>{"0.5 is no number of patients for the trial `size`",
                                 "inf is no number of patients for the trial `size`"});
  CHECK(problems_of({"few", {{0, ObservationKind::probability, 0.01}}, {10, 100}}, constant(1)) ==
        std::vector<std::string>{"10 patients of the trial `few` give not one observation of `theta`"});
  CHECK(problems_of({"many", {{0, ObservationKind::rate, 1e6}}, {10, 1000}}, constant(2)) ==
        std::vector<std::string>{"1000 patients of the trial `many` give 2000000000 events of `theta`"});
}

}  // namespace myelin::economics
