#include "bench/answer.hpp"

#include <fmt/format.h>

#include <cmath>

namespace myelin::bench {

bool AnswerChecks::pass(benchmark::State& state, const std::string& problem) {
  if (problem.empty()) return true;
  all_passed_ = false;
  state.SkipWithError(("wrong answer: " + problem).c_str());
  return false;
}

std::string problem_of(const reference::Edss11Totals& totals) {
  namespace edss11 = reference::edss11;
  const auto n = static_cast<double>(totals.patients);
  const auto compare = [n](const char* name, double sum, double expected, double sd) -> std::string {
    const double mean = sum / n, error = sd / std::sqrt(n);
    if (std::abs(mean - expected) <= 5 * error) return {};
    return fmt::format("mean {} {:.6g} is {:.1f} standard errors from {:.6g}; ", name, mean, (mean - expected) / error,
                       expected);
  };
  return compare("cost", totals.cost, edss11::mean_cost, edss11::sd_cost) +
         compare("QALYs", totals.qalys, edss11::mean_qalys, edss11::sd_qalys) +
         compare("cycles lived", static_cast<double>(totals.cycles_lived), edss11::mean_cycles_lived,
                 edss11::sd_cycles_lived);
}

std::string problem_of_exact(std::span<const double> means, std::span<const double> expected) {
  if (means.size() != expected.size()) return fmt::format("{} means instead of {}", means.size(), expected.size());
  for (std::size_t i = 0; i < means.size(); ++i) {
    if (!(std::abs(means[i] - expected[i]) <= 1e-6 * std::abs(expected[i]))) {
      return fmt::format("mean {} is {:.12g}, not {:.12g}", i, means[i], expected[i]);
    }
  }
  return {};
}

void report_speed(benchmark::State& state, double cycles_lived, double patients) {
  using benchmark::Counter;
  state.counters["patient_cycles_per_second"] = Counter(cycles_lived, Counter::kIsRate);
  state.counters["patients_per_second"] = Counter(patients, Counter::kIsRate);
  state.counters["time_per_patient_cycle"] = Counter(cycles_lived, Counter::kIsRate | Counter::kInvert);
}

}  // namespace myelin::bench
