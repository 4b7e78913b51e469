#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "page/figure.hpp"

/// \file
/// The answer in words, made from the numbers that `analyse` prints.

namespace myelin::page {

/// Thresholds that the page's slider can stand at, currency per QALY: from 0 to three times the largest that the run
/// names, in steps of a round number, and all those that it names. None for a run without thresholds.
std::vector<double> slider_thresholds(const results::RunResults& run);

/// The decision at one threshold.
struct Decision {
  double threshold = 0;  ///< currency per QALY
  std::size_t best = 0;
  std::optional<std::size_t> runner_up;
  double lead = 0;                        ///< net monetary benefit ahead of the runner-up, currency
  double lead_error = 0;                  ///< Monte Carlo standard error of that
  std::vector<double> net_benefit;        ///< [strategy], currency
  std::vector<double> probability, loss;  ///< [strategy]; empty without parameter draws
};

/// One for each threshold, of the mean over draws where there are draws. `uncertain` is `thresholds` of the section on
/// decision uncertainty at the same thresholds, null without draws.
Result<std::vector<Decision>> decisions_at(const report::Material& material, const std::vector<double>& thresholds,
                                           const nlohmann::ordered_json* uncertain);

/// Which strategy is best, how probably, and what choosing it loses in expectation.
std::string in_words(const results::RunResults& run, const Decision& decision);

/// Increments of cost and QALYs of a pair of strategies, and what they mean in money for a QALY, or that one is better
/// at both: `X costs A less and yields B more QALYs than Y (patient p, carer c): ...`.
std::string increments_in_words(const results::RunResults& run, results::StrategyPair pair);

/// The same lives with every amount of money and health at 0 that was not read in its source.
struct WithoutUnread {
  std::vector<std::string> overrides;          ///< that set them to 0
  std::optional<results::CountedLives> lives;  ///< none where that cannot be had without a new simulation
};

/// The overrides that set to 0 each amount of money or health (unit of money, utility or QALY) whose grade is recalled
/// or assumption; empty if there is none.
std::vector<std::string> without_unread_amounts(const results::RunResults& run);

/// The sentences of the first screen, most important first.
std::vector<std::string> answer_in_words(const PageMaterial& page, const std::vector<Decision>& at_thresholds,
                                         const WithoutUnread& unread);

}  // namespace myelin::page
