#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "page/figure.hpp"

/// \file
/// The answer in words, made from the numbers that `analyse` prints.

namespace myelin::page {

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
