#pragma once

#include <cstdint>

#include "results/types.hpp"

namespace myelin::economics {

/// A run of yearly cycles whose amounts by time are known: `cost` accrues itself at 10 % a year, `qaly` sums
/// `qaly.patient` and `qaly.loss`, whose events weigh as the next time point, at 0 and from year 1 at 5 % a year. The
/// second strategy costs and yields twice the first, the third costs a tenth and yields three times.
inline results::AnalysisResult example_by_time(std::uint32_t cycles = 2) {
  results::AnalysisResult analysis;
  analysis.name = "base";
  analysis.timing = {Years{1}, cycles};
  analysis.discount_cost = DiscountRate::constant(0.1);
  analysis.discount_qaly = {{{Years{0}, 0}, {Years{1}, 0.05}}, true};
  analysis.outcomes = {{"cost", "GBP", "", DiscountedAs::cost, EventWeight::cycle, {}},
                       {"qaly.patient", "QALY", "", DiscountedAs::health, EventWeight::cycle, {}},
                       {"qaly.loss", "QALY", "", DiscountedAs::health, EventWeight::next_point, {}},
                       {"qaly", "QALY", "", DiscountedAs::health, EventWeight::cycle, {1, 2}}};
  const auto falling = [](double first, double step, std::size_t count, double scale) {
    std::vector<double> values;
    for (std::size_t i = 0; i < count; ++i) values.push_back(scale * (first + step * static_cast<double>(i)));
    return values;
  };
  const auto add = [&](const char* name, double cost, double health) {
    const std::size_t points = cycles + std::size_t{1};
    results::StrategyResult strategy;
    strategy.name = name;
    strategy.amounts = {engine::AmountsByTime{cost, falling(100, -20, points, cost), falling(10, 10, cycles, cost)},
                        engine::AmountsByTime{0, falling(0.9, -0.1, points, health), falling(0, 0, cycles, health)},
                        engine::AmountsByTime{0, falling(0, 0, points, health), falling(-0.1, -0.1, cycles, health)},
                        std::nullopt};
    strategy.mean = strategy.standard_error = std::vector<double>(4 * results::column_count);
    analysis.strategies.push_back(strategy);
  };
  add("first", 1, 1);
  add("second", 2, 2);
  add("third", 0.1, 3);
  return analysis;
}

}  // namespace myelin::economics
