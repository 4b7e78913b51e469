#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "economics/decision_sample.hpp"
#include "economics/regression_method.hpp"
#include "random/stream.hpp"

/// \file
/// The expected value of partial perfect information (EVPPI): what it is worth, per patient, to know some parameters
/// exactly before choosing a strategy. By regression of net benefit on these parameters over the draws of one
/// probabilistic analysis (Strong, Oakley and Brennan 2014).

namespace myelin::economics {

/// The parameters' values in the draws of a DecisionSample.
struct ParameterSample {
  std::vector<std::string> names;
  Eigen::MatrixXd values;  ///< [draw][parameter]
};

struct EvppiOptions {
  RegressionMethod method = RegressionMethod::automatic;
  Seed seed;
};

/// EVPPI at one threshold. Amounts are in currency per patient.
struct Evppi {
  double threshold = 0;    ///< currency per QALY
  double value = 0;        ///< without the estimated bias, and not negative
  double untruncated = 0;  ///< the same before a negative estimate became 0
  /// Of `untruncated`: the errors of the regression's coefficients, by simulation, and those of averaging over the
  /// sample's values of the parameters. Too large for draws that are more even than random ones. Where two strategies
  /// are about as good on average, EVPPI, as EVPI, is also too low by less than this: the better of two means is
  /// chosen. Not in it: what is too rough for the regression, most of all of many parameters (see `r_squared`).
  double standard_error = 0;
  /// Already taken off: what noise in the coefficients adds to the best of the fitted net benefits, less, of splines,
  /// what smoothing takes from it.
  double bias = 0;
  Eigen::VectorXd r_squared;           ///< of each strategy's net benefit against the first's [strategy - 1]
  Eigen::VectorXd degrees_of_freedom;  ///< likewise: effective parameters of the regression
};

struct EvppiResult {
  std::string method;  ///< "splines" or "Gaussian process"
  std::vector<Evppi> by_threshold;
};

/// EVPPI of the parameters `group` (positions in `parameters`) at each threshold (currency per QALY, not negative).
/// Net benefit at each threshold is fitted with its own amount of smoothing, on functions of the parameters that are
/// made once. Parameters that do not vary, or whose values have the same order as another's of the group, add nothing.
/// Refuses fewer than two strategies; fewer draws than 50, or than ten for each function of the regression; values that
/// are missing or not finite; and a group in which nothing varies.
Result<EvppiResult> evppi(const DecisionSample& sample, std::span<const double> thresholds,
                          const ParameterSample& parameters, std::span<const std::size_t> group,
                          const EvppiOptions& options = {});

}  // namespace myelin::economics
