#pragma once

#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <cstddef>
#include <string>

/// \file
/// The way in which a test compares a random estimate with its expectation, but for declared and published models,
/// whose seeds are fixed and whose bound is the four standard errors that such comparisons are published with. The
/// whole suite raises a false alarm with a probability below one in a million a run: every test case that samples takes
/// an equal share of it, divided among its comparisons.

namespace myelin::test {

inline constexpr double suite_false_alarm = 1e-6;
inline constexpr double sampling_test_cases = 64;  ///< at most; raise it before adding the 65th

/// How many standard errors an estimate may be from its expectation, for a test case that makes so many comparisons.
inline double bound_in_standard_errors(std::size_t comparisons) {
  const double alpha = suite_false_alarm / sampling_test_cases / static_cast<double>(comparisons);
  return boost::math::quantile(boost::math::complement(boost::math::normal(), alpha / 2));
}

/// The smallest true deviation, in standard errors, that such a comparison finds with a probability of 99.9 %.
inline double detectable_in_standard_errors(std::size_t comparisons) {
  return bound_in_standard_errors(comparisons) + boost::math::quantile(boost::math::normal(), 0.999);
}

/// Whether an estimate agrees with its expectation. Without random variation it must agree to rounding.
inline bool stat_check(double estimate, double expected, double standard_error, std::size_t comparisons) {
  const double rounding = 1e-9 * (1 + std::abs(expected));
  return std::abs(estimate - expected) <= bound_in_standard_errors(comparisons) * standard_error + rounding;
}

}  // namespace myelin::test
