#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "bench/reference/ms_tables.hpp"
#include "engine/conventions.hpp"

namespace myelin::reference {

using Names = std::vector<std::string>;

/// Takes a program's steps by name and lays their numbers out by the attributes asked for, the last varying fastest.
/// Remembers what was taken.
class ProgramReader {
 public:
  /// The program is referred to, not copied.
  explicit ProgramReader(const Program& program) : program_(program) {
    for (const Phase phase : phases) taken_[index(phase)].resize(program.steps(phase).size());
    const Outcome &cost = outcome("cost"), &qaly = outcome("qaly");
    cost_weights_ = program.outcomes[cost.parts.front().value].weights;
    qaly_weights_ = program.outcomes[qaly.parts.front().value].weights;
    cost_parts_ = cost.parts;
    qaly_parts_ = qaly.parts;
  }

  bool has(const std::string& attribute) const { return find(attribute) != program_.attributes.end(); }
  std::uint32_t levels(const std::string& attribute) const {
    return has(attribute) ? static_cast<std::uint32_t>(find(attribute)->levels.size()) : 1;
  }
  std::uint32_t entry_level(const std::string& attribute) const {
    return has(attribute) ? static_cast<std::uint32_t>(std::max(0, find(attribute)->initial)) : 0;
  }
  AttributeIndex attribute(const std::string& name) const {
    if (!has(name)) refuse("has no attribute '" + name + "'");
    return {static_cast<std::size_t>(find(name) - program_.attributes.begin())};
  }
  /// [place]: position of the outcome that a place of `Amounts` holds; where there is none, the number of outcomes.
  const std::vector<std::size_t>& outcome_at() const { return outcome_at_; }
  /// Of all tallies taken.
  std::size_t cells() const { return cells_; }

  std::string level_name(const std::string& attribute, int level) const {
    return find(attribute)->levels[static_cast<std::size_t>(level)];
  }
  /// Names of the attributes that begin so, in the program's order.
  Names attributes_under(const std::string& beginning) const {
    Names names;
    for (const Attribute& each : program_.attributes)
      if (each.name.starts_with(beginning)) names.push_back(each.name);
    return names;
  }
  bool has_step(Phase phase, const std::string& name, const std::optional<Guard>& guard) const {
    return find_step(phase, name, guard) < program_.steps(phase).size();
  }

  /// The draw of that name; where the program has neither it nor what it would give, level 0 for certain.
  template <std::size_t written>
  Choice<written> choice(Phase phase, const std::string& name, const Names& writes, const Names& reads,
                         std::optional<Guard> guard = {}) {
    const Draw* draw = take_draw(phase, name, writes, guard);
    if (draw == nullptr && has(writes.front())) refuse("does not draw '" + name + "'");
    if (draw == nullptr) return {1, {{probability_one, {}}}};
    Choice<written> choice{draw->outcomes, {}};
    for (const std::size_t row : rows_of(name, draw->reads, reads)) {
      for (std::size_t outcome = row * draw->outcomes; outcome < (row + 1) * draw->outcomes; ++outcome) {
        Given<written> gives;
        for (std::size_t i = 0; i < written; ++i)
          gives[i] = static_cast<std::uint8_t>(draw->levels[outcome * written + i]);
        choice.outcomes.push_back({draw->cumulative[outcome], gives});
      }
    }
    return choice;
  }

  /// A draw that has one outcome a row.
  template <std::size_t written>
  Rule<written> rule(Phase phase, const std::string& name, const Names& writes, const Names& reads,
                     std::optional<Guard> guard = {}) {
    const Choice<written> made = choice<written>(phase, name, writes, reads, guard);
    if (made.most != 1) refuse("has chance in '" + name + "'");
    Rule<written> certain;
    for (const auto& outcome : made.outcomes) certain.push_back(outcome.gives);
    return certain;
  }

  /// Of all steps that have one of the names and read no other attributes.
  template <std::size_t width>
  Amounts<width> amounts(Phase phase, const Names& names, const Names& reads, std::optional<Guard> guard = {}) {
    Amounts<width> block{outcome_at_.size(), {}, {}, {}, {}, {}};
    block.rows.resize(rows_of("", {}, reads).size());
    const std::size_t times = engine::tally_times(phase, program_.cycles);
    block.weights.resize(times);
    block.undiscounted.resize(times);
    std::vector<std::size_t> columns;  // positions of outcomes
    const std::vector<Step>& steps = program_.steps(phase);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const auto* accrual = std::get_if<Accrual>(&steps[i].action);
      const bool wanted = std::ranges::find(names, steps[i].name) != names.end() && steps[i].guard == guard;
      if (accrual == nullptr || !wanted || taken_[index(phase)][i] || !reads_only(accrual->reads, reads)) continue;
      taken_[index(phase)][i] = true;
      const std::size_t column =
          static_cast<std::size_t>(std::ranges::find(columns, accrual->outcome.value) - columns.begin());
      if (column == columns.size()) columns.push_back(accrual->outcome.value);
      if (columns.size() > width) refuse("accrues too many outcomes beside '" + steps[i].name + "'");
      const std::vector<std::size_t> rows = rows_of(steps[i].name, accrual->reads, reads);
      for (std::size_t row = 0; row < rows.size(); ++row) block.rows[row][column] += accrual->amounts[rows[row]];
      add_to_cost_and_qaly(block, phase, *accrual, rows);
    }
    for (std::size_t column = 0; column < columns.size(); ++column) {
      const Outcome& of = program_.outcomes[columns[column]];
      for (std::size_t time = 0; time < times; ++time) {
        block.weights[time][column] = engine::weight_at(of.weights, phase, static_cast<std::uint32_t>(time));
        block.undiscounted[time][column] = engine::weight_at(of.undiscounted, phase, static_cast<std::uint32_t>(time));
      }
    }
    if (columns.empty()) return {};
    columns.resize(width, program_.outcomes.size());
    outcome_at_.insert(outcome_at_.end(), columns.begin(), columns.end());
    return block;
  }

  /// As `amounts`, of steps that are no part of cost or QALYs.
  template <std::size_t width>
  Amounts<width> counts_only(Phase phase, const Names& names, const Names& reads, std::optional<Guard> guard = {}) {
    Amounts<width> block = amounts<width>(phase, names, reads, guard);
    if (!block.cost_qaly_rows.empty()) refuse("has costs or QALYs in '" + names.front() + "'");
    return block;
  }

  /// Throws where a row that the reference passes over has an amount.
  template <std::size_t width>
  void expect_nothing(const Amounts<width>& block, std::size_t row) const {
    if (!block.rows.empty() && block.rows[row] != std::array<double, width>{})
      refuse("has amounts where the reference expects none");
  }

  Counts tally(Phase phase, const std::string& name, const Names& reads) {
    const std::size_t step = find_step(phase, name, {});
    if (step == program_.steps(phase).size()) refuse("has no tally '" + name + "'");
    const auto* tally = std::get_if<Tally>(&program_.steps(phase)[step].action);
    if (tally == nullptr) refuse("has no tally '" + name + "'");
    const std::vector<std::size_t> rows = rows_of(name, tally->reads, reads);
    for (std::size_t row = 0; row < rows.size(); ++row)
      if (rows[row] != row) refuse("counts '" + name + "' in another order");
    taken_[index(phase)][step] = true;
    const Counts counts{cells_, tally->cells};
    cells_ += tally->cells * engine::tally_times(phase, program_.cycles);
    return counts;
  }

  /// Throws where a step was not taken.
  void finish() const {
    Names left;
    for (const Phase phase : phases) {
      for (std::size_t i = 0; i < taken_[index(phase)].size(); ++i)
        if (!taken_[index(phase)][i]) left.push_back(program_.steps(phase)[i].name);
    }
    if (!left.empty()) refuse(fmt::format("has steps that the reference does not know: {}", fmt::join(left, ", ")));
  }

  [[noreturn]] void refuse(const std::string& problem) const {
    throw std::invalid_argument("program '" + program_.name + "' " + problem);
  }

 private:
  static constexpr std::array phases = {Phase::start, Phase::point, Phase::cycle};
  static std::size_t index(Phase phase) { return static_cast<std::size_t>(phase); }

  std::vector<Attribute>::const_iterator find(const std::string& attribute) const {
    return std::ranges::find(program_.attributes, attribute, &Attribute::name);
  }
  const Outcome& outcome(const std::string& name) const {
    const auto found = std::ranges::find(program_.outcomes, name, &Outcome::name);
    if (found == program_.outcomes.end() || found->parts.empty()) refuse("has no total '" + name + "'");
    return *found;
  }

  /// Position of the first step of that name and guard that was not taken; the number of steps where there is none.
  std::size_t find_step(Phase phase, const std::string& name, const std::optional<Guard>& guard) const {
    const std::vector<Step>& steps = program_.steps(phase);
    std::size_t i = 0;
    while (i < steps.size() && (taken_[index(phase)][i] || steps[i].name != name || steps[i].guard != guard)) ++i;
    return i;
  }

  const Draw* take_draw(Phase phase, const std::string& name, const Names& writes, const std::optional<Guard>& guard) {
    const std::vector<Step>& steps = program_.steps(phase);
    const std::size_t i = find_step(phase, name, guard);
    const auto* draw = i == steps.size() ? nullptr : std::get_if<Draw>(&steps[i].action);
    if (draw == nullptr) return nullptr;
    Names written;
    for (const AttributeIndex write : draw->writes) written.push_back(program_.attributes[write.value].name);
    if (written != writes) refuse(fmt::format("gives {} in '{}'", fmt::join(written, ", "), name));
    if (i < last_draw_[index(phase)]) refuse("draws '" + name + "' earlier than the reference");
    last_draw_[index(phase)] = i;
    taken_[index(phase)][i] = true;
    return draw;
  }

  bool reads_only(const std::vector<Read>& reads, const Names& attributes) const {
    return std::ranges::all_of(reads, [&](const Read& read) {
      return std::ranges::find(attributes, program_.attributes[read.attribute.value].name) != attributes.end();
    });
  }

  /// The step's row for each combination of levels of the attributes.
  std::vector<std::size_t> rows_of(const std::string& step, const std::vector<Read>& reads,
                                   const Names& attributes) const {
    if (!reads_only(reads, attributes)) refuse("reads more in '" + step + "'");
    std::vector<std::size_t> rows = {0};
    for (const std::string& name : attributes) {
      std::size_t stride = 0;
      for (const Read& read : reads)
        if (program_.attributes[read.attribute.value].name == name) stride = static_cast<std::size_t>(read.stride);
      std::vector<std::size_t> finer;
      for (const std::size_t row : rows)
        for (std::size_t level = 0; level < levels(name); ++level) finer.push_back(row + level * stride);
      rows = std::move(finer);
    }
    return rows;
  }

  template <std::size_t width>
  void add_to_cost_and_qaly(Amounts<width>& block, Phase phase, const Accrual& accrual,
                            const std::vector<std::size_t>& rows) const {
    const bool cost = std::ranges::find(cost_parts_, accrual.outcome) != cost_parts_.end(),
               qaly = std::ranges::find(qaly_parts_, accrual.outcome) != qaly_parts_.end();
    if (!cost && !qaly) return;
    const Weights &expected = cost ? cost_weights_ : qaly_weights_,
                  &own = program_.outcomes[accrual.outcome.value].weights;
    if (own.start != expected.start || own.point != expected.point || own.event != expected.event)
      refuse("weighs the parts of cost or QALYs unlike one another");
    block.cost_qaly_rows.resize(rows.size());
    for (std::size_t row = 0; row < rows.size(); ++row)
      (cost ? block.cost_qaly_rows[row].cost : block.cost_qaly_rows[row].qaly) += accrual.amounts[rows[row]];
    block.cost_qaly_weights.clear();
    for (std::uint32_t time = 0; time < engine::tally_times(phase, program_.cycles); ++time)
      block.cost_qaly_weights.push_back(
          {engine::weight_at(cost_weights_, phase, time), engine::weight_at(qaly_weights_, phase, time)});
  }

  const Program& program_;
  Weights cost_weights_, qaly_weights_;
  std::vector<OutcomeIndex> cost_parts_, qaly_parts_;
  std::array<std::vector<bool>, 3> taken_;
  std::array<std::size_t, 3> last_draw_{};
  std::vector<std::size_t> outcome_at_;
  std::size_t cells_ = 0;
};

}  // namespace myelin::reference
