#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <span>
#include <string>

#include "bench/reference/edss11_totals.hpp"

namespace myelin::bench {

/// Whether every benchmark gave the right answer. A fast wrong answer is worth nothing, so none is timed before its
/// check.
class AnswerChecks {
 public:
  /// Whether the answer is right, that is `problem` is empty. If not, the benchmark ends with the problem as its error.
  bool pass(benchmark::State& state, const std::string& problem);
  bool all_passed() const { return all_passed_; }

 private:
  bool all_passed_ = true;
};

/// How many patients of edss11 are lived for its check. A mean cost that is wrong by 0.7 % is then found with a
/// probability of 99.9 %.
inline constexpr std::uint64_t checked_patients = 400 * 1024;

/// What is wrong with sampled means of edss11: each must be within five standard errors of its expectation, which a
/// right sampler misses less than once in a million checks. Empty if nothing is.
std::string problem_of(const reference::Edss11Totals& totals);

/// What is wrong with means that should be equal to rounding and quantisation (relative 1e-6). Empty if nothing is.
std::string problem_of_exact(std::span<const double> means, std::span<const double> expected);

/// Reports the speed of `cycles_lived` by `patients` in all iterations together.
void report_speed(benchmark::State& state, double cycles_lived, double patients);

}  // namespace myelin::bench
