#include "engine/moments.hpp"

#include <array>
#include <cmath>

namespace myelin::engine {

namespace {

/// Sum of term(0..n-1) over eight interleaved partial sums: fast, and in an order that nothing changes.
template <class Term>
double fixed_order_sum(std::size_t n, Term term) {
  std::array<double, 8> partial{};
  const std::size_t whole = n / 8 * 8;
  for (std::size_t i = 0; i < whole; i += 8) {
    for (std::size_t k = 0; k < 8; ++k) partial[k] += term(i + k);
  }
  for (std::size_t i = whole; i < n; ++i) partial[i - whole] += term(i);
  return ((partial[0] + partial[1]) + (partial[2] + partial[3])) +
         ((partial[4] + partial[5]) + (partial[6] + partial[7]));
}

template <class Term>
Moments moments_of_terms(std::size_t n, Term term) {
  if (n == 0) return {};
  const double mean = fixed_order_sum(n, term) / static_cast<double>(n);
  const double squares = fixed_order_sum(n, [&](std::size_t i) {
    const double deviation = term(i) - mean;
    return deviation * deviation;
  });
  return {n, mean, squares};
}

}  // namespace

double Moments::standard_error() const {
  if (count < 2) return 0;
  const double n = static_cast<double>(count);
  return std::sqrt(squares / (n - 1) / n);
}

double CoMoment::covariance_of_means() const {
  if (count < 2) return 0;
  const double n = static_cast<double>(count);
  return products / (n - 1) / n;
}

Moments moments_of(std::span<const double> values) {
  return moments_of_terms(values.size(), [&](std::size_t i) { return values[i]; });
}

Moments moments_of_difference(std::span<const double> a, std::span<const double> b) {
  return moments_of_terms(a.size(), [&](std::size_t i) { return a[i] - b[i]; });
}

CoMoment co_moment_of_differences(std::span<const double> a, std::span<const double> a0, std::span<const double> b,
                                  std::span<const double> b0) {
  const std::size_t n = a.size();
  if (n == 0) return {};
  const double mean_a = fixed_order_sum(n, [&](std::size_t i) { return a[i] - a0[i]; }) / static_cast<double>(n);
  const double mean_b = fixed_order_sum(n, [&](std::size_t i) { return b[i] - b0[i]; }) / static_cast<double>(n);
  const double products =
      fixed_order_sum(n, [&](std::size_t i) { return (a[i] - a0[i] - mean_a) * (b[i] - b0[i] - mean_b); });
  return {n, mean_a, mean_b, products};
}

Moments merge(const Moments& a, const Moments& b) {
  if (a.count == 0) return b;
  if (b.count == 0) return a;
  const double n_a = static_cast<double>(a.count), n_b = static_cast<double>(b.count), n = n_a + n_b;
  const double difference = b.mean - a.mean;
  return {a.count + b.count, a.mean + difference * (n_b / n),
          a.squares + b.squares + difference * difference * (n_a * n_b / n)};
}

CoMoment merge(const CoMoment& a, const CoMoment& b) {
  if (a.count == 0) return b;
  if (b.count == 0) return a;
  const double n_a = static_cast<double>(a.count), n_b = static_cast<double>(b.count), n = n_a + n_b;
  const double difference_a = b.mean_a - a.mean_a, difference_b = b.mean_b - a.mean_b;
  return {a.count + b.count, a.mean_a + difference_a * (n_b / n), a.mean_b + difference_b * (n_b / n),
          a.products + b.products + difference_a * difference_b * (n_a * n_b / n)};
}

PatientSums merge(const PatientSums& a, const PatientSums& b) {
  PatientSums merged = a;
  for (std::size_t i = 0; i < merged.outcomes.size(); ++i) merged.outcomes[i] = merge(a.outcomes[i], b.outcomes[i]);
  for (std::size_t i = 0; i < merged.increments.size(); ++i)
    merged.increments[i] = merge(a.increments[i], b.increments[i]);
  for (std::size_t i = 0; i < merged.joint.size(); ++i) merged.joint[i] = merge(a.joint[i], b.joint[i]);
  for (std::size_t i = 0; i < merged.martingales.size(); ++i)
    merged.martingales[i] = merge(a.martingales[i], b.martingales[i]);
  return merged;
}

}  // namespace myelin::engine
