#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace myelin::engine {

/// Count, mean and sum of squared deviations of a sample; merged by the formula of Chan, Golub and LeVeque (1979).
struct Moments {
  std::uint64_t count = 0;
  double mean = 0;
  double squares = 0;

  /// Standard error of the mean; 0 for fewer than two.
  double standard_error() const;
};

/// Sum of products of the deviations of two samples observed together, beside their means.
struct CoMoment {
  std::uint64_t count = 0;
  double mean_a = 0, mean_b = 0;
  double products = 0;

  /// Covariance of the two means; 0 for fewer than two.
  double covariance_of_means() const;
};

/// Moments of `values`; sums run in a fixed order.
Moments moments_of(std::span<const double> values);
/// Moments of a[i] - b[i].
Moments moments_of_difference(std::span<const double> a, std::span<const double> b);
/// Co-moment of (a[i] - a0[i]) and (b[i] - b0[i]).
CoMoment co_moment_of_differences(std::span<const double> a, std::span<const double> a0, std::span<const double> b,
                                  std::span<const double> b0);

Moments merge(const Moments& a, const Moments& b);
CoMoment merge(const CoMoment& a, const CoMoment& b);

/// What is summed over patients. Pairs are (strategy i, strategy j < i), in the order (1,0), (2,0), (2,1), (3,0), ...
struct PatientSums {
  std::vector<Moments> outcomes;    ///< [strategy][outcome][column]
  std::vector<Moments> increments;  ///< [pair][outcome][column]
  std::vector<CoMoment> joint;      ///< [pair]: discounted increments of the two outcomes chosen for it
  /// [strategy][controlled sum]: the outcome less its controlled value, a martingale of expectation 0; empty without.
  std::vector<Moments> martingales;
};

PatientSums merge(const PatientSums& a, const PatientSums& b);

/// Folds values pushed in order by a binary tree whose shape depends on their number alone, holding only
/// logarithmically many.
template <class Value>
class TreeFold {
 public:
  void push(Value value) {
    std::size_t level = 0;
    while (!pending_.empty() && pending_.back().first == level) {
      value = merge(std::move(pending_.back().second), value);
      pending_.pop_back();
      ++level;
    }
    pending_.emplace_back(level, std::move(value));
  }

  /// The fold of all that was pushed; a default value if nothing was.
  Value result() const {
    if (pending_.empty()) return {};
    Value folded = pending_.back().second;
    for (std::size_t i = pending_.size() - 1; i-- > 0;) folded = merge(pending_[i].second, folded);
    return folded;
  }

 private:
  std::vector<std::pair<std::size_t, Value>> pending_;  ///< levels fall strictly
};

}  // namespace myelin::engine
