#include <algorithm>

#include "models/markov/compilation.hpp"

/// \file
/// Amounts while in a level. A cycle's amount is that of its own number, age and time, also where the occupancy at its
/// end is counted: so what changes with time is accrued twice, by the cycle that begins at a time point and by the one
/// that ends there, and the weights of the two outcomes say which counts.

namespace myelin::markov {

std::vector<Compilation::StateAmounts> Compilation::state_amounts(const Reward& reward) {
  const double length = structure_.timing.cycle_length.value;
  std::vector<StateAmounts> all;
  for (const auto& [formulas, times] : {std::pair(&reward.per_year, length), std::pair(&reward.per_cycle, 1.0)}) {
    if (formulas->empty()) continue;
    StateAmounts amounts;
    amounts.times = times;
    const bool by_level = !formulas->front().name.empty();
    if (by_level) amounts.of = axes_.attribute(*reward.of);
    if (by_level) amounts.axes.insert(*amounts.of);
    const std::vector<std::string> one = {""};
    const std::vector<std::string>& levels = by_level ? axes_[*amounts.of].levels : one;
    amounts.by_level.resize(levels.size());
    bool good = true;
    for (const Formula& formula : *formulas) {
      const Number number = formulas_.tabulate(formula, found_);
      good = good && number != nullptr;
      if (number == nullptr) continue;
      amounts.axes.insert(number->axes.begin(), number->axes.end());
      for (std::size_t level = 0; level < levels.size(); ++level) {
        const bool any = formula.name == "*" && amounts.by_level[level].first == nullptr;
        if (any || formula.name == levels[level]) amounts.by_level[level] = {&formula, number};
      }
    }
    if (good) all.push_back(std::move(amounts));
  }
  return all;
}

bool Compilation::changes_with_time(const Reward& reward) const {
  // All strategies must have the same outcomes, so one for which it changes is enough.
  return std::ranges::any_of(parameters_.names_under("strategies"), [&](const std::string& strategy) {
    const Names names(parameters_, structure_, axes_, strategy);
    const auto changes = [&](const Formula& formula) { return mentions_time(formula, names); };
    return std::ranges::any_of(reward.per_year, changes) || std::ranges::any_of(reward.per_cycle, changes);
  });
}

double Compilation::amount_of(const StateAmounts& amounts, const AxisSet& axes, const Levels& levels, CycleOf cycle) {
  const auto level = amounts.of ? static_cast<std::size_t>(levels[*attribute_of_axis_[*amounts.of]]) : 0;
  const auto& [formula, number] = amounts.by_level[level];
  if (formula == nullptr || !reachable(axes, levels, Phase::point)) return 0;
  const bool by_cycle = axes.contains(axes_.cycle());
  const int time = by_cycle ? levels[*attribute_of_axis_[axes_.cycle()]] : 0;
  if (cycle == CycleOf::ending && time == 0) return 0;  // none has ended
  const bool last = by_cycle && time == static_cast<int>(structure_.timing.cycles);
  const bool counts = structure_.timing.correction != WithinCycleCorrection::start &&
                      structure_.timing.correction != WithinCycleCorrection::end &&
                      structure_.timing.correction != WithinCycleCorrection::life_table;
  // No cycle begins at the horizon: where only cycles count, tables need not reach it.
  if (cycle == CycleOf::beginning && last && !counts && !has_value(*number, levels, cycle)) return 0;
  return value_of(*number, *formula, axes, levels, cycle).value_or(0) * amounts.times;
}

void Compilation::add_state_reward(const Reward& reward, const RewardOutcomes& outcomes, const StateAmounts& amounts) {
  AxisSet axes = amounts.axes;
  if (outcomes.at_end) axes.insert(axes_.cycle());  // which cycle ends at a time point
  accrue(Phase::point, reward.name, reward, outcomes.main, axes,
         [&](const Levels& levels) { return amount_of(amounts, axes, levels, CycleOf::beginning); });
  if (!outcomes.at_end) return;
  accrue(Phase::point, reward.name + " at cycle end", reward, *outcomes.at_end, axes,
         [&](const Levels& levels) { return amount_of(amounts, axes, levels, CycleOf::ending); });
}

}  // namespace myelin::markov
