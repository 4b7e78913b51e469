#include "economics/informative_inputs.hpp"

#include <boost/random/normal_distribution.hpp>
#include <catch2/catch.hpp>

namespace myelin::economics {
namespace {

using Sets = std::vector<AlikeParameters>;

struct Example {
  DecisionSample sample;
  ParameterSample parameters;
};

/// Two strategies whose net benefits differ by 1000 `slope` + 400 (`bend`^2 - 1) + `weak`, whatever the threshold.
/// `opposite` and `stretched` fall and rise with `slope`, `fixed` does not vary, and `idle` has no effect.
Example example(Eigen::Index draws) {
  PhiloxEngine generator(Seed{3}, stream_id("example"), 0);
  boost::random::normal_distribution<double> normal;
  const auto column = [&] { return Eigen::VectorXd::NullaryExpr(draws, [&] { return normal(generator); }).eval(); };
  const Eigen::VectorXd slope = column(), bend = column(), weak = column(), idle = column();
  Example made;
  made.parameters.names = {"idle", "opposite", "weak", "bend", "fixed", "slope", "stretched"};
  made.parameters.values.resize(draws, 7);
  made.parameters.values << idle, -slope, weak, bend, Eigen::VectorXd::Constant(draws, 0.3), slope,
      slope.array().exp().matrix();
  made.sample = {{"a", "b"}, Eigen::MatrixXd::Zero(draws, 2), Eigen::MatrixXd::Zero(draws, 2)};
  made.sample.cost.col(1) = -1000 * slope - 400 * (bend.array().square() - 1).matrix() - weak;
  return made;
}

}  // namespace

TEST_CASE("parameters come by what they are worth, those that move as one together") {
  const Example made = example(400);
  CHECK(most_informative(made.sample, 20000, made.parameters, 1) == Sets{{1, 5, 6}});
  CHECK(most_informative(made.sample, 20000, made.parameters, 2) == Sets{{1, 5, 6}, {3}});
  const Sets all = most_informative(made.sample, 20000, made.parameters, 10);
  REQUIRE(all.size() == 4);
  CHECK(all[1] == AlikeParameters{3});
}

TEST_CASE("the threshold of the decision counts") {
  Example made = example(400);
  made.sample.qaly.col(1) = made.parameters.values.col(0);  // idle before
  CHECK(most_informative(made.sample, 0, made.parameters, 1) == Sets{{1, 5, 6}});
  CHECK(most_informative(made.sample, 100000, made.parameters, 1) == Sets{{0}});
}

TEST_CASE("the screen ranks as the regressions do") {
  const Example made = example(400);
  const Sets sets = most_informative(made.sample, 20000, made.parameters, 4);
  const auto value = [&](const AlikeParameters& set) {
    const std::vector<double> thresholds = {20000};
    return evppi(made.sample, thresholds, made.parameters, std::vector{set.front()})->by_threshold.front().value;
  };
  CHECK(value(sets[0]) > value(sets[1]));
  CHECK(value(sets[1]) > value(sets[2]));
}

}  // namespace myelin::economics
