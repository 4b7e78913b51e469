#pragma once

#include <Eigen/Cholesky>
#include <algorithm>
#include <boost/random/normal_distribution.hpp>
#include <string>
#include <vector>

#include "economics/evppi.hpp"
#include "economics/nested_value.hpp"

/// \file
/// Decisions with normal parameters, whose costs and QALYs are polynomials of them, as draws and as nested simulation.

namespace myelin::test {

inline Eigen::VectorXd standard_normals(Eigen::Index count, PhiloxEngine& generator) {
  boost::random::normal_distribution<double> normal;
  return Eigen::VectorXd::NullaryExpr(count, [&] { return normal(generator); });
}

inline PhiloxEngine engine(std::uint64_t seed) { return {Seed{seed}, stream_id("test.economics.value"), 0}; }

/// Cost and QALYs of a strategy: constant + linear . x + x' quadratic x.
struct Polynomial {
  double constant = 0;
  Eigen::VectorXd linear;
  Eigen::MatrixXd quadratic;

  double operator()(const Eigen::VectorXd& x) const { return constant + linear.dot(x) + x.dot(quadratic * x); }
};

struct NormalDecision {
  Eigen::VectorXd mean;
  Eigen::MatrixXd covariance;
  std::vector<Polynomial> cost, qaly;  ///< [strategy]

  struct Draws {
    economics::DecisionSample sample;
    economics::ParameterSample parameters;
  };
  Draws draw(Eigen::Index count, std::uint64_t seed) const {
    PhiloxEngine generator = engine(seed);
    const auto strategies = static_cast<Eigen::Index>(cost.size());
    const Eigen::MatrixXd root = covariance.llt().matrixL();
    Draws draws;
    draws.parameters.values.resize(count, mean.size());
    draws.sample.cost.resize(count, strategies);
    draws.sample.qaly.resize(count, strategies);
    for (Eigen::Index j = 0; j < mean.size(); ++j) draws.parameters.names.push_back("p" + std::to_string(j + 1));
    for (Eigen::Index s = 0; s < strategies; ++s) draws.sample.strategies.push_back("s" + std::to_string(s));
    for (Eigen::Index i = 0; i < count; ++i) {
      const Eigen::VectorXd x = mean + root * standard_normals(mean.size(), generator);
      draws.parameters.values.row(i) = x.transpose();
      for (Eigen::Index s = 0; s < strategies; ++s) {
        draws.sample.cost(i, s) = cost[static_cast<std::size_t>(s)](x);
        draws.sample.qaly(i, s) = qaly[static_cast<std::size_t>(s)](x);
      }
    }
    return draws;
  }

  /// For the first parameters (how many) as those of interest, at a threshold.
  economics::NestedDecision nested(Eigen::Index of_interest, double threshold) const {
    const Eigen::Index rest = mean.size() - of_interest;
    const Eigen::MatrixXd known = covariance.topLeftCorner(of_interest, of_interest);
    const Eigen::MatrixXd slope =
        known.llt().solve(covariance.topRightCorner(of_interest, rest)).transpose();  // [rest][of interest]
    const Eigen::MatrixXd left =
        covariance.bottomRightCorner(rest, rest) - slope * covariance.topRightCorner(of_interest, rest);
    const Eigen::MatrixXd known_root = known.llt().matrixL(), left_root = left.llt().matrixL();
    economics::NestedDecision decision;
    decision.strategies = cost.size();
    decision.outer = [=, *this](PhiloxEngine& generator) {
      const Eigen::VectorXd x = mean.head(of_interest) + known_root * standard_normals(of_interest, generator);
      return std::vector<double>(x.begin(), x.end());
    };
    decision.inner = [=, *this](PhiloxEngine& generator, std::span<const double> given) {
      const Eigen::Map<const Eigen::VectorXd> x(given.data(), of_interest);
      const Eigen::VectorXd others =
          mean.tail(rest) + slope * (x - mean.head(of_interest)) + left_root * standard_normals(rest, generator);
      std::vector<double> all(given.begin(), given.end());
      all.insert(all.end(), others.begin(), others.end());
      return all;
    };
    decision.net_benefit = [=, *this](std::span<const double> parameters, std::span<double> by_strategy) {
      const Eigen::VectorXd x = Eigen::Map<const Eigen::VectorXd>(parameters.data(), mean.size());
      for (std::size_t s = 0; s < cost.size(); ++s) by_strategy[s] = threshold * qaly[s](x) - cost[s](x);
    };
    return decision;
  }
};

/// Two strategies of which the second has net benefit a . x at a threshold of 1, all of it QALYs.
inline NormalDecision linear_decision(const Eigen::VectorXd& mean, const Eigen::MatrixXd& covariance, double constant,
                                      const Eigen::VectorXd& slopes) {
  const Eigen::MatrixXd none = Eigen::MatrixXd::Zero(mean.size(), mean.size());
  const Polynomial nothing{0, Eigen::VectorXd::Zero(mean.size()), none};
  return {mean, covariance, {nothing, nothing}, {nothing, {constant, slopes, none}}};
}

/// Two to four strategies and five parameters, of which the first four are correlated, the fifth of no use.
inline NormalDecision random_decision(std::uint64_t seed) {
  constexpr Eigen::Index parameters = 5;
  PhiloxEngine generator = engine(seed);
  const auto matrix = [&] {
    Eigen::MatrixXd m = Eigen::MatrixXd::Zero(parameters, parameters);
    for (Eigen::Index j = 0; j < parameters - 1; ++j)
      m.col(j).head(parameters - 1) = standard_normals(parameters - 1, generator);
    return m;
  };
  const Eigen::MatrixXd root = 0.4 * matrix() + Eigen::MatrixXd(Eigen::MatrixXd::Identity(parameters, parameters));
  NormalDecision decision{Eigen::VectorXd::Zero(parameters), root * root.transpose(), {}, {}};
  for (std::uint64_t s = 0; s < 2 + seed % 3; ++s) {
    const auto polynomial = [&](double size) {
      Eigen::VectorXd linear = standard_normals(parameters, generator);
      linear(parameters - 1) = 0;
      return Polynomial{size * standard_normals(1, generator)(0), size * linear, 0.2 * size * matrix()};
    };
    decision.cost.push_back(polynomial(1000));
    decision.qaly.push_back(polynomial(0.1));
  }
  return decision;
}

}  // namespace myelin::test
