#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "study/prediction.hpp"
#include "study/target.hpp"

namespace myelin::study {

/// How well predictions agree with observations.
struct Agreement {
  std::size_t with_interval = 0, inside = 0;              ///< predictions of observations with an interval
  std::optional<Interval> coverage;                       ///< of inside / with_interval, exact binomial of level 0.95
  std::size_t proportions = 0;                            ///< predicted proportions
  std::optional<double> mean_error, mean_absolute_error;  ///< predicted minus observed, of the proportions
  std::optional<double> rank_correlation;                 ///< Spearman's, of at least 3 proportions
};

/// The agreement over all targets of one use.
Agreement agreement_of(std::span<const Target> targets, std::span<const Prediction> predictions, Use use);

/// Spearman's rank correlation, ties having the mean of their ranks; none for fewer than 3 pairs or where one side is
/// constant. Both have the same length.
std::optional<double> rank_correlation(std::span<const double> a, std::span<const double> b);

}  // namespace myelin::study
