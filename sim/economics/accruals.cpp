#include "economics/accruals.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace myelin::economics {

namespace {

using results::AnalysisResult;

/// State and event amounts of the first cycles, as a run with that horizon would count them without discounting.
double amount_until(const AnalysisResult& analysis, StrategyOutcome of, std::uint32_t cycles) {
  Timing timing = analysis.timing;
  timing.cycles = cycles;
  if (timing.correction != WithinCycleCorrection::start && timing.correction != WithinCycleCorrection::end)
    timing.correction = WithinCycleCorrection::life_table;
  double sum = 0;
  for (const std::size_t outcome : accruing_outcomes(analysis, of.outcome)) {
    const results::OutcomeInfo& info = analysis.outcomes[outcome];
    const engine::AmountsByTime& amounts = *analysis.strategies[of.strategy].amounts[outcome];
    const Weights weights = make_weights(timing, DiscountRate::constant(0), info.event_weight, info.state_weight);
    sum += std::inner_product(weights.point.begin(), weights.point.end(), amounts.point.begin(), 0.0) +
           std::inner_product(weights.event.begin(), weights.event.end(), amounts.event.begin(), 0.0);
  }
  return sum;
}

}  // namespace

std::vector<std::size_t> accruing_outcomes(const AnalysisResult& analysis, std::size_t outcome) {
  const std::vector<std::size_t>& parts = analysis.outcomes[outcome].parts;
  if (parts.empty()) return {outcome};
  std::vector<std::size_t> accruing;
  for (const std::size_t part : parts) {
    for (const std::size_t each : accruing_outcomes(analysis, part)) accruing.push_back(each);
  }
  return accruing;
}

Weights discounted_weights(const AnalysisResult& analysis, std::size_t outcome) {
  const results::OutcomeInfo& info = analysis.outcomes[outcome];
  const DiscountRate rate = info.discounted_as == DiscountedAs::cost     ? analysis.discount_cost
                            : info.discounted_as == DiscountedAs::health ? analysis.discount_qaly
                                                                         : DiscountRate::constant(0);
  return make_weights(analysis.timing, rate, info.event_weight, info.state_weight);
}

bool knows_amounts(const AnalysisResult& analysis, StrategyOutcome of) {
  const std::vector<std::size_t> outcomes = accruing_outcomes(analysis, of.outcome);
  return std::ranges::all_of(outcomes, [&](std::size_t outcome) {
    const auto& amounts = analysis.strategies[of.strategy].amounts;
    return outcome < amounts.size() && amounts[outcome].has_value();
  });
}

double amount_at_start(const AnalysisResult& analysis, StrategyOutcome of) {
  double sum = 0;
  for (const std::size_t outcome : accruing_outcomes(analysis, of.outcome))
    sum += analysis.strategies[of.strategy].amounts[outcome]->start;
  return sum;
}

std::vector<double> amounts_by_year(const AnalysisResult& analysis, StrategyOutcome of, std::size_t years) {
  const double length_years = analysis.timing.cycle_length.value;
  const auto until = [&](std::size_t year) {
    const double cycles = static_cast<double>(year) / length_years, whole = std::round(cycles);
    if (std::abs(cycles - whole) <= whole_cycles_tolerance * std::max(1.0, whole))
      return amount_until(analysis, of, static_cast<std::uint32_t>(whole));
    const auto before = static_cast<std::uint32_t>(cycles);
    const double share = cycles - before;
    return (1 - share) * amount_until(analysis, of, before) + share * amount_until(analysis, of, before + 1);
  };
  const auto horizon_years =
      static_cast<std::size_t>(analysis.timing.cycles * length_years * (1 + whole_cycles_tolerance));
  std::vector<double> amounts;
  for (std::size_t year = 0; year < std::min(years, horizon_years); ++year)
    amounts.push_back(until(year + 1) - until(year));
  return amounts;
}

}  // namespace myelin::economics
