#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/markov/compilation.hpp"

/// \file
/// What changes in a cycle: the transitions in the order of the scenario, then the attributes that follow a rule.

namespace myelin::markov {

namespace {

constexpr double sum_tolerance = 1e-9;

}  // namespace

void Compilation::add_previous() {
  for (std::size_t i = 0; i < structure_.attributes.size(); ++i) {
    const Attribute& attribute = structure_.attributes[i];
    if (attribute.memory != Memory::transient) continue;
    builder_.draw(Phase::cycle, "reset of " + attribute.name, {}, {*attribute_of_axis_[axes_.attribute(i)]},
                  [&](const Levels&, Branches& branches) { branches.add(1, {attribute.initial}); });
  }
  for (std::size_t i = 0; i < structure_.attributes.size(); ++i) {
    if (!needs_previous_[i]) continue;
    const AttributeIndex now = *attribute_of_axis_[axes_.attribute(i)];
    builder_.draw(Phase::cycle, "previous " + structure_.attributes[i].name, {now},
                  {*attribute_of_axis_[axes_.previous(i)]},
                  [&](const Levels& levels, Branches& branches) { branches.add(1, {levels[now]}); });
  }
}

void Compilation::add_transitions() {
  for (const MatrixDefinition& definition : structure_.matrices) matrices_.matrix(definition.name, found_);
  for (const Transition& transition : structure_.transitions) {
    if (transition.kind == Transition::Kind::probabilities) {
      add_entries(transition);
      continue;
    }
    const auto matrix = transition.kind == Transition::Kind::rates ? matrices_.generator(transition, found_)
                                                                   : matrices_.matrix(transition.matrix, found_);
    if (matrix != nullptr) add_matrix(transition, *matrix);
  }
}

void Compilation::add_entries(const Transition& transition) {
  struct Entry {
    int to = 0;
    const Formula* formula = nullptr;
    Number number;  ///< null: the rest
  };
  const Attribute& attribute = structure_.attributes[transition.attribute];
  const std::size_t own = axes_.attribute(transition.attribute);
  std::vector<std::vector<Entry>> entries(attribute.levels.size());
  AxisSet axes = {own};
  bool good = true;
  for (const MoveFormula& given : transition.entries) {
    Entry entry{given.move.to, &given.formula, nullptr};
    if (given.formula.text == "rest") {
      const auto& row = entries[static_cast<std::size_t>(given.move.from)];
      const auto is_rest = [](const Entry& other) { return other.formula->text == "rest"; };
      if (std::ranges::any_of(row, is_rest)) {
        return refuse(given.formula,
                      fmt::format("the row from {} has a second \"rest\"",
                                  attribute.levels[static_cast<std::size_t>(given.move.from)]),
                      "give one of the two a probability");
      }
    } else {
      entry.number = formulas_.tabulate(given.formula, found_);
      good = good && entry.number != nullptr;
      if (entry.number != nullptr) axes.insert(entry.number->axes.begin(), entry.number->axes.end());
    }
    entries[static_cast<std::size_t>(given.move.from)].push_back(std::move(entry));
  }
  if (!good || !fits(axes, transition.place, "transition '" + transition.name + "'")) return;
  const AttributeIndex changed = *attribute_of_axis_[own];
  builder_.draw(
      Phase::cycle, transition.name, reads_of(axes), {changed}, [&](const Levels& levels, Branches& branches) {
        const int from = levels[changed];
        const std::vector<Entry>& row = entries[static_cast<std::size_t>(from)];
        std::vector<double> probability(attribute.levels.size(), 0);
        int rest = from;
        bool stays_given = false, sound = !is_dead(transition.attribute, from) && reachable(axes, levels, Phase::cycle);
        if (!sound) return branches.add(1, {from});
        double sum = 0;
        for (const Entry& entry : row) {
          stays_given = stays_given || (entry.to == from && entry.number != nullptr);
          if (entry.number == nullptr) {
            rest = entry.to;
            continue;
          }
          const auto value = value_of(*entry.number, *entry.formula, axes, levels);
          if (value && !(*value >= 0 && *value <= 1))
            refuse(*entry.formula, fmt::format("the probability is {:.12g}{}", *value, at(axes, levels)),
                   "a probability is from 0 to 1: convert rates with rate_to_prob(rate, cycle_length)");
          sound = sound && value && *value >= 0 && *value <= 1;
          probability[static_cast<std::size_t>(entry.to)] = value.value_or(0);
          sum += value.value_or(0);
        }
        const bool takes_rest = !stays_given || rest != from;
        const bool whole = takes_rest ? sum <= 1 + sum_tolerance : std::abs(sum - 1) <= sum_tolerance;
        if (sound && !whole) {
          refuse(*row.front().formula,
                 fmt::format("the probabilities from {} sum to {:.12g}{}{}",
                             attribute.levels[static_cast<std::size_t>(from)], sum,
                             takes_rest ? ", more than one" : ", not to one", at(axes, levels)),
                 takes_rest ? "lower them; competing risks share what is left: (1 - p_death) * p, or give rates"
                            : fmt::format("correct them, or leave out \"{0}->{0}\": it takes what the others leave",
                                          attribute.levels[static_cast<std::size_t>(from)]));
        }
        if (!sound || !whole) return branches.add(1, {from});
        if (takes_rest) probability[static_cast<std::size_t>(rest)] += std::max(0.0, 1 - sum);
        for (std::size_t to = 0; to < probability.size(); ++to) branches.add(probability[to], {static_cast<int>(to)});
      });
}

void Compilation::add_matrix(const Transition& transition, const TabulatedMatrix& matrix) {
  const double length = structure_.timing.cycle_length.value;
  if (!matrix.intensities && std::abs(matrix.years - length) > sum_tolerance) {
    found_.push_back({transition.place,
                      fmt::format("matrix '{}' holds probabilities over {:g} years, but a cycle lasts {:g}",
                                  transition.matrix, matrix.years, length),
                      "make it one of the cycle: logm, then expm"});
    return;
  }
  TabulatedMatrix probabilities = matrix;
  for (Eigen::MatrixXd& value : probabilities.values) {
    if (matrix.intensities && value.size() > 0) value = probabilities_of(value, Years{length});
  }
  const std::size_t own = axes_.attribute(transition.attribute);
  const AxisSet varied(matrix.axes.begin(), matrix.axes.end());
  AxisSet axes = varied;
  axes.insert(own);
  if (!fits(axes, transition.place, "transition '" + transition.name + "'")) return;
  const AttributeIndex changed = *attribute_of_axis_[own];
  bool told = false;
  builder_.draw(Phase::cycle, transition.name, reads_of(axes), {changed},
                [&](const Levels& levels, Branches& branches) {
                  const int from = levels[changed];
                  if (is_dead(transition.attribute, from) || !reachable(axes, levels, Phase::cycle))
                    return branches.add(1, {from});
                  std::size_t row = 0;
                  for (const std::size_t axis : matrix.axes)
                    row = row * axes_[axis].levels.size() + static_cast<std::size_t>(levels[*attribute_of_axis_[axis]]);
                  if (matrix.reason[row] != 0) {
                    const FormulaBook::Reason& reason = formulas_.reason(matrix.reason[row]);
                    if (reason.formula != nullptr) {
                      refuse(*reason.formula, reason.problem + at(varied, levels), reason.remedy);
                    } else if (!told) {
                      found_.push_back({transition.place, reason.problem + at(varied, levels), reason.remedy});
                      told = true;
                    }
                    return branches.add(1, {from});
                  }
                  for (Eigen::Index to = 0; to < probabilities.values[row].cols(); ++to)
                    branches.add(probabilities.values[row](from, to), {static_cast<int>(to)});
                });
}

void Compilation::add_updates() {
  for (std::size_t i = 0; i < structure_.attributes.size(); ++i) {
    if (structure_.attributes[i].time_in) add_time_in(i);
    if (structure_.attributes[i].each_cycle) add_each_cycle(i);
  }
}

void Compilation::add_time_in(std::size_t index) {
  const Attribute& attribute = structure_.attributes[index];
  const Attribute::TimeIn& time = *attribute.time_in;
  const AttributeIndex self = *attribute_of_axis_[axes_.attribute(index)];
  const AttributeIndex now = *attribute_of_axis_[axes_.attribute(time.of)],
                       before = *attribute_of_axis_[axes_.previous(time.of)];
  const int highest = static_cast<int>(attribute.levels.size()) - 1;
  builder_.draw(Phase::cycle, "update of " + attribute.name, {now, before, self}, {self},
                [&](const Levels& levels, Branches& branches) {
                  const bool stays = time.levels[static_cast<std::size_t>(levels[now])] &&
                                     time.levels[static_cast<std::size_t>(levels[before])];
                  branches.add(1, {stays ? std::min(levels[self] + 1, highest) : 0});
                });
}

void Compilation::add_each_cycle(std::size_t index) {
  const Attribute& attribute = structure_.attributes[index];
  const Number number = formulas_.tabulate(*attribute.each_cycle, found_);
  if (number == nullptr) return;
  const AxisSet axes(number->axes.begin(), number->axes.end());
  builder_.draw(
      Phase::cycle, "update of " + attribute.name, reads_of(axes), {*attribute_of_axis_[axes_.attribute(index)]},
      [&](const Levels& levels, Branches& branches) {
        if (!reachable(axes, levels, Phase::cycle)) return branches.add(1, {0});
        const auto value = value_of(*number, *attribute.each_cycle, axes, levels);
        const auto level = std::ranges::find(attribute.values, value.value_or(attribute.values.front()));
        if (level == attribute.values.end()) {
          refuse(*attribute.each_cycle,
                 fmt::format("it gives {:.12g}, which is no value of '{}'{}", *value, attribute.name, at(axes, levels)),
                 "keep it within the levels, with min and max");
          return branches.add(1, {0});
        }
        branches.add(1, {static_cast<int>(level - attribute.values.begin())});
      });
}

}  // namespace myelin::markov
