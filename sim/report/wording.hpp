#pragma once

#include <string>

#include "report/document.hpp"
#include "results/types.hpp"

/// \file
/// What all tables share: decimals, names and headings.

namespace myelin::report {

inline constexpr int money_decimals = 0;
inline constexpr int qaly_decimals = 3;
/// Of a label above a column of numbers.
inline constexpr std::size_t label_width = 13;

/// The name of a strategy as tables show it.
std::string label(const results::AnalysisResult& analysis, std::size_t strategy);

/// `title` with the currency, the price year, the alternative and the number of draws.
Heading heading(const results::RunResults& run, const results::AnalysisResult& analysis, const std::string& title);

/// A discount rate in words: `3.5 % a year`, `3.5 % a year, 3 % from year 30`, `6 % a year, continuously compounded`.
std::string discount_in_words(const DiscountRate& rate);

}  // namespace myelin::report
