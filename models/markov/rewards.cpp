#include <fmt/format.h>

#include <algorithm>

#include "models/markov/compilation.hpp"
#include "program/timing_settings.hpp"

/// \file
/// Outcomes, what is added to them, and the tallies that say who was where.

namespace myelin::markov {

void Compilation::add_outcomes() {
  const std::string money = parameters_.text("analysis.currency") + " " + parameters_.text("analysis.price_year");
  for (const bool is_cost : {true, false}) {
    const std::string total = is_cost ? "cost" : "qaly", unit = is_cost ? money : "QALY";
    std::vector<OutcomeIndex> parts;
    for (const Reward& reward : structure_.rewards) {
      if (reward.outcome != total) continue;
      const RewardOutcomes outcomes =
          add_reward_outcomes(total + "." + reward.name, total + "." + reward.name + "_at_cycle_end", unit, reward,
                              changes_with_time(reward));
      parts.push_back(outcomes.main);
      if (outcomes.at_end) parts.push_back(*outcomes.at_end);
      outcomes_of_reward_.emplace(reward.name, outcomes);
    }
    if (parts.empty()) {
      const DiscountedAs as = is_cost ? DiscountedAs::cost : DiscountedAs::health;
      add_outcome(total, unit, is_cost ? "no costs are counted" : "no QALYs are counted", as, EventWeight::cycle,
                  StateWeight::whole);
    } else {
      builder_.total(total, unit, is_cost ? "all costs" : "all QALYs", std::move(parts));
    }
  }
  life_years_ =
      add_outcome("life_years", "years", "life years", DiscountedAs::health, EventWeight::cycle, StateWeight::whole);
  for (const Reward& reward : structure_.rewards) {
    if (!outcomes_of_reward_.contains(reward.name)) add_own_outcome(reward.outcome);
  }
}

/// A count by a name of the scenario's own, to which several rewards can add.
void Compilation::add_own_outcome(const std::string& name) {
  const auto adds = [&](const Reward& reward) { return reward.outcome == name; };
  const Reward& first = *std::ranges::find_if(structure_.rewards, adds);
  const bool changes = std::ranges::any_of(
      structure_.rewards, [&](const Reward& reward) { return adds(reward) && changes_with_time(reward); });
  const RewardOutcomes outcomes = add_reward_outcomes(changes ? name + ".at_cycle_start" : name, name + ".at_cycle_end",
                                                      first.unit, first, changes);
  if (outcomes.at_end) builder_.total(name, first.unit, first.label, {outcomes.main, *outcomes.at_end});
  for (const Reward& reward : structure_.rewards) {
    if (adds(reward)) outcomes_of_reward_.emplace(reward.name, outcomes);
  }
}

Compilation::RewardOutcomes Compilation::add_reward_outcomes(const std::string& name, const std::string& name_at_end,
                                                             const std::string& unit, const Reward& reward,
                                                             bool changes_with_time) {
  const DiscountedAs as = reward.outcome == "cost"   ? DiscountedAs::cost
                          : reward.outcome == "qaly" ? DiscountedAs::health
                                                     : DiscountedAs::nothing;
  if (!changes_with_time)
    return {add_outcome(name, unit, reward.label, as, reward.event_weight, StateWeight::whole), std::nullopt};
  const OutcomeIndex main = add_outcome(name, unit, reward.label, as, reward.event_weight, StateWeight::at_start);
  return {main, add_outcome(name_at_end, unit, reward.label + ", what is counted at the end of cycles", as,
                            EventWeight::cycle, StateWeight::at_end)};
}

OutcomeIndex Compilation::add_outcome(const std::string& name, const std::string& unit, const std::string& label,
                                      DiscountedAs as, EventWeight event_weight, StateWeight state_weight) {
  const DiscountRate none = DiscountRate::constant(0);
  const DiscountRate rate = as == DiscountedAs::cost     ? read_discount_cost(parameters_)
                            : as == DiscountedAs::health ? read_discount_qaly(parameters_)
                                                         : none;
  return builder_.outcome(name, unit, label, make_weights(structure_.timing, rate, event_weight, state_weight),
                          make_weights(structure_.timing, none, event_weight, state_weight), as, event_weight,
                          state_weight);
}

void Compilation::add_rewards() {
  const double length = structure_.timing.cycle_length.value;
  builder_.accrue(Phase::point, "life years", life_years_, {}, [&](const Levels&) { return length; });
  for (const Reward& reward : structure_.rewards) {
    const RewardOutcomes& outcomes = outcomes_of_reward_.at(reward.name);
    if (reward.at_start) add_start_reward(reward, outcomes.main);
    for (const StateAmounts& amounts : state_amounts(reward)) add_state_reward(reward, outcomes, amounts);
    add_move_rewards(reward, outcomes.main);
  }
  for (const Phase phase : {Phase::start, Phase::point, Phase::cycle}) add_tallies(phase);
}

void Compilation::add_start_reward(const Reward& reward, OutcomeIndex outcome) {
  const Number number = formulas_.tabulate(*reward.at_start, found_);
  if (number == nullptr) return;
  const AxisSet axes(number->axes.begin(), number->axes.end());
  accrue(Phase::start, reward.name, reward, outcome, axes, [&](const Levels& levels) {
    return reachable(axes, levels, Phase::start) ? value_of(*number, *reward.at_start, axes, levels).value_or(0) : 0;
  });
}

void Compilation::accrue(Phase phase, const std::string& step, const Reward& reward, OutcomeIndex outcome,
                         const AxisSet& axes, const ProgramBuilder::AmountFunction& amount) {
  for (const std::size_t axis : axes) {
    if (phase == Phase::cycle || !axes_.is_of_cycle(axis)) continue;
    found_.push_back(
        {reward.place,
         fmt::format("reward '{}' varies with {}, which is known within a cycle only", reward.name, axes_[axis].name),
         "give it `on` a move instead"});
    return;
  }
  if (!fits(axes, reward.place, "reward '" + reward.name + "'")) return;
  builder_.accrue(phase, step, outcome, reads_of(axes), amount);
  AxisSet counted = axes;
  counted.erase(axes_.cycle());
  if (axes_.age()) counted.erase(*axes_.age());
  accrued_[phase].insert(std::move(counted));
}

void Compilation::add_move_rewards(const Reward& reward, OutcomeIndex outcome) {
  if (reward.on.empty()) return;
  const std::size_t now = axes_.attribute(*reward.of), before = axes_.previous(*reward.of);
  AxisSet axes = {now, before};
  std::vector<Number> numbers;
  for (const MoveFormula& entry : reward.on) {
    numbers.push_back(formulas_.tabulate(entry.formula, found_));
    if (numbers.back() == nullptr) return;
    axes.insert(numbers.back()->axes.begin(), numbers.back()->axes.end());
  }
  const AttributeIndex to = *attribute_of_axis_[now], from = *attribute_of_axis_[before];
  accrue(Phase::cycle, reward.name, reward, outcome, axes, [&](const Levels& levels) {
    if (!reachable(axes, levels, Phase::cycle, Whom::also_those_who_died)) return 0.0;
    double amount = 0;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const Move& move = reward.on[i].move;
      const bool fits = (move.from == levels[from] || (move.from < 0 && levels[from] != levels[to])) &&
                        (move.to == levels[to] || (move.to < 0 && levels[from] != levels[to]));
      if (fits) amount += value_of(*numbers[i], reward.on[i].formula, axes, levels).value_or(0);
    }
    return amount;
  });
}

/// One tally for each attribute that changes, and as many more as it takes to know from the tallies what was accrued.
void Compilation::add_tallies(Phase phase) {
  std::vector<AxisSet> wanted(accrued_[phase].begin(), accrued_[phase].end());
  std::vector<AxisSet> tallied;
  if (phase == Phase::point) {
    for (std::size_t i = 0; i < structure_.attributes.size(); ++i) {
      const Attribute& attribute = structure_.attributes[i];
      if (attribute.memory == Memory::state && !attribute.time_in) wanted.push_back({axes_.attribute(i)});
    }
  }
  std::ranges::stable_sort(wanted, [](const AxisSet& a, const AxisSet& b) { return a.size() > b.size(); });
  for (const AxisSet& axes : wanted) {
    const bool own = axes.size() == 1 && phase == Phase::point;
    const bool known = std::ranges::any_of(
        tallied, [&](const AxisSet& other) { return own ? other == axes : std::ranges::includes(other, axes); });
    if (known || axes.empty()) continue;
    tallied.push_back(axes);
    std::string names;
    for (const std::size_t axis : axes) names += (names.empty() ? "" : " and ") + axes_[axis].name;
    const char* who = phase == Phase::point   ? "patients alive by "
                      : phase == Phase::cycle ? "patients alive at the start of the cycle by "
                                              : "patients at the start by ";
    builder_.tally(phase,
                   (phase == Phase::cycle   ? "moves by "
                    : phase == Phase::start ? "start by "
                                            : "") +
                       names,
                   who + names, reads_of(axes));
  }
}

}  // namespace myelin::markov
