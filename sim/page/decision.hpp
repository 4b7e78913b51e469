#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/diagnostic.hpp"
#include "report/section.hpp"
#include "results/types.hpp"

namespace myelin::page {

/// Thresholds that the page's slider can stand at, currency per QALY: from 0 to three times the largest that the run
/// names, in steps of a round number, and all those that it names. None for a run without thresholds.
std::vector<double> slider_thresholds(const results::RunResults& run);

/// The decision at one threshold.
struct Decision {
  double threshold = 0;  ///< currency per QALY
  std::size_t best = 0;  ///< by the mean over draws where there are draws
  std::optional<std::size_t> runner_up;
  double lead = 0;                        ///< net monetary benefit ahead of the runner-up, currency
  double lead_error = 0;                  ///< Monte Carlo standard error of that
  std::vector<double> net_benefit;        ///< [strategy], currency
  std::vector<double> probability, loss;  ///< [strategy], of being best, and expected; empty without parameter draws
};

/// One for each threshold, with the numbers of `analyse`.
Result<std::vector<Decision>> decisions_at(const report::Material& material, const std::vector<double>& thresholds);

}  // namespace myelin::page
