#include <fmt/format.h>

#include <algorithm>

#include "models/markov/compilation.hpp"
#include "program/timing_settings.hpp"

/// \file
/// Outcomes, what is added to them, and the tallies that say who was where.

namespace myelin::markov {

void Compilation::add_outcomes() {
  for (const char* total : {"cost", "qaly"}) {
    const bool is_cost = total == std::string_view("cost");
    const std::string unit =
        is_cost ? parameters_.text("analysis.currency") + " " + parameters_.text("analysis.price_year") : "QALY";
    std::vector<OutcomeIndex> parts;
    const auto adds = [&](const Reward& reward) { return reward.outcome == total; };
    for (const Reward& reward : structure_.rewards) {
      if (!adds(reward)) continue;
      parts.push_back(
          add_outcome(fmt::format("{}.{}", total, reward.name), total, reward.label, unit, reward.event_weight));
      outcome_of_reward_.emplace(reward.name, parts.back());
    }
    if (parts.empty()) {
      add_outcome(total, total, is_cost ? "no costs are counted" : "no QALYs are counted", unit, EventWeight::cycle);
    } else {
      builder_.total(total, unit, is_cost ? "all costs" : "all QALYs", std::move(parts));
    }
  }
  life_years_ = add_outcome("life_years", "qaly", "life years", "years", EventWeight::cycle);
  for (const Reward& reward : structure_.rewards) {
    if (outcome_of_reward_.contains(reward.name)) continue;
    const auto same =
        std::ranges::find_if(structure_.rewards, [&](const Reward& other) { return other.outcome == reward.outcome; });
    const auto known = outcome_of_reward_.find(same->name);
    const OutcomeIndex index =
        known != outcome_of_reward_.end()
            ? known->second
            : add_outcome(reward.outcome, reward.outcome, reward.label, reward.unit, reward.event_weight);
    outcome_of_reward_.emplace(reward.name, index);
  }
}

OutcomeIndex Compilation::add_outcome(const std::string& name, const std::string& outcome, const std::string& label,
                                      const std::string& unit, EventWeight event_weight) {
  const DiscountedAs as = outcome == "cost"   ? DiscountedAs::cost
                          : outcome == "qaly" ? DiscountedAs::health
                                              : DiscountedAs::nothing;
  const DiscountRate none = DiscountRate::constant(0);
  const DiscountRate rate = as == DiscountedAs::cost     ? read_discount_cost(parameters_)
                            : as == DiscountedAs::health ? read_discount_qaly(parameters_)
                                                         : none;
  return builder_.outcome(name, unit, label, make_weights(structure_.timing, rate, event_weight),
                          make_weights(structure_.timing, none, event_weight), as, event_weight);
}

void Compilation::add_rewards() {
  const double length = structure_.timing.cycle_length.value;
  builder_.accrue(Phase::point, "life years", life_years_, {}, [&](const Levels&) { return length; });
  for (const Reward& reward : structure_.rewards) {
    const OutcomeIndex outcome = outcome_of_reward_.at(reward.name);
    if (reward.at_start) add_amount(Phase::start, reward, outcome, *reward.at_start, 1);
    add_state_rewards(reward, outcome);
    add_move_rewards(reward, outcome);
  }
  for (const Phase phase : {Phase::start, Phase::point, Phase::cycle}) add_tallies(phase);
}

/// An amount that is the same for every level.
void Compilation::add_amount(Phase phase, const Reward& reward, OutcomeIndex outcome, const Formula& formula,
                             double times) {
  const Number number = formulas_.tabulate(formula, found_);
  if (number == nullptr) return;
  const AxisSet axes(number->axes.begin(), number->axes.end());
  accrue(phase, reward, outcome, axes, [&](const Levels& levels) {
    return reachable(axes, levels, phase) ? value_of(*number, formula, axes, levels).value_or(0) * times : 0;
  });
}

void Compilation::accrue(Phase phase, const Reward& reward, OutcomeIndex outcome, const AxisSet& axes,
                         const ProgramBuilder::AmountFunction& amount) {
  for (const std::size_t axis : axes) {
    if (phase == Phase::cycle || !axes_.is_of_cycle(axis)) continue;
    found_.push_back(
        {reward.place,
         fmt::format("reward '{}' varies with {}, which is known within a cycle only", reward.name, axes_[axis].name),
         "give it `on` a move instead"});
    return;
  }
  if (!fits(axes, reward.place, "reward '" + reward.name + "'")) return;
  builder_.accrue(phase, reward.name, outcome, reads_of(axes), amount);
  AxisSet counted = axes;
  counted.erase(axes_.cycle());
  if (axes_.age()) counted.erase(*axes_.age());
  accrued_[phase].insert(std::move(counted));
}

void Compilation::add_state_rewards(const Reward& reward, OutcomeIndex outcome) {
  const double length = structure_.timing.cycle_length.value;
  for (const auto& [formulas, times] : {std::pair(&reward.per_year, length), std::pair(&reward.per_cycle, 1.0)}) {
    if (formulas->empty()) continue;
    if (formulas->front().name.empty()) {
      add_amount(Phase::point, reward, outcome, formulas->front(), times);
      continue;
    }
    const std::size_t of = axes_.attribute(*reward.of);
    const std::vector<std::string>& levels_of = axes_[of].levels;
    AxisSet axes = {of};
    std::vector<std::pair<const Formula*, Number>> amounts(levels_of.size());
    bool good = true;
    for (const Formula& formula : *formulas) {
      const Number number = formulas_.tabulate(formula, found_);
      good = good && number != nullptr;
      if (number == nullptr) continue;
      axes.insert(number->axes.begin(), number->axes.end());
      for (std::size_t level = 0; level < levels_of.size(); ++level) {
        const bool any = formula.name == "*" && amounts[level].first == nullptr;
        if (any || formula.name == levels_of[level]) amounts[level] = {&formula, number};
      }
    }
    if (!good) continue;
    const AttributeIndex own = *attribute_of_axis_[of];
    accrue(Phase::point, reward, outcome, axes, [&, scale = times](const Levels& levels) {
      const auto& [formula, number] = amounts[static_cast<std::size_t>(levels[own])];
      if (formula == nullptr || !reachable(axes, levels, Phase::point)) return 0.0;
      return value_of(*number, *formula, axes, levels).value_or(0) * scale;
    });
  }
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
  accrue(Phase::cycle, reward, outcome, axes, [&](const Levels& levels) {
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
