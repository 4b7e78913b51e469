#include "study/agreement.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "core/contract.hpp"

namespace myelin::study {

namespace {

/// Ranks from 1, ties having the mean of theirs.
std::vector<double> ranks_of(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<double> ranks(values.size());
  for (std::size_t first = 0, last = 0; first < order.size(); first = last) {
    while (last < order.size() && values[order[last]] == values[order[first]]) ++last;
    for (std::size_t i = first; i < last; ++i) ranks[order[i]] = static_cast<double>(first + 1 + last) / 2;
  }
  return ranks;
}

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

std::optional<double> rank_correlation(std::span<const double> a, std::span<const double> b) {
  MYELIN_EXPECT(a.size() == b.size());
  if (a.size() < 3) return std::nullopt;
  const std::vector<double> rank_a = ranks_of(a), rank_b = ranks_of(b);
  const double mean = static_cast<double>(a.size() + 1) / 2;
  double both = 0, square_a = 0, square_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    both += (rank_a[i] - mean) * (rank_b[i] - mean);
    square_a += (rank_a[i] - mean) * (rank_a[i] - mean);
    square_b += (rank_b[i] - mean) * (rank_b[i] - mean);
  }
  if (square_a == 0 || square_b == 0) return std::nullopt;
  return both / std::sqrt(square_a * square_b);
}

Agreement agreement_of(std::span<const Target> targets, std::span<const Prediction> predictions, Use use) {
  MYELIN_EXPECT(targets.size() == predictions.size());
  Agreement agreement;
  std::vector<double> observed, predicted, errors, absolute_errors;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (targets[i].use != use || !predictions[i].value) continue;
    if (const std::optional<bool> inside = predictions[i].inside(targets[i])) {
      ++agreement.with_interval;
      agreement.inside += *inside ? 1 : 0;
    }
    if (!targets[i].is_proportion()) continue;
    observed.push_back(targets[i].observed);
    predicted.push_back(*predictions[i].value);
    errors.push_back(predicted.back() - observed.back());
    absolute_errors.push_back(std::abs(errors.back()));
  }
  if (agreement.with_interval > 0)
    agreement.coverage = exact_binomial_interval(agreement.inside, agreement.with_interval, 0.95);
  agreement.proportions = errors.size();
  if (!errors.empty()) {
    agreement.mean_error = mean_of(errors);
    agreement.mean_absolute_error = mean_of(absolute_errors);
  }
  agreement.rank_correlation = rank_correlation(observed, predicted);
  return agreement;
}

}  // namespace myelin::study
