#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "program/program.hpp"

namespace myelin {

/// The levels of the attributes that a step reads, while the builder enumerates its table.
class Levels {
 public:
  explicit Levels(std::size_t attribute_count) : levels_(attribute_count, unread) {}
  /// The level of an attribute that the step declared to read; asking for another breaks a contract.
  int operator[](AttributeIndex attribute) const;
  void set(AttributeIndex attribute, int level) { levels_[attribute.value] = level; }

 private:
  static constexpr int unread = -1;
  std::vector<int> levels_;
};

/// The possible outcomes of one row of a draw, ordered mild to severe: the order is part of the model, because a better
/// therapy then moves each patient monotonically.
class Branches {
 public:
  /// One outcome: its probability and the levels of the attributes written, in the order in which the step declared
  /// them.
  void add(double probability, std::initializer_list<int> levels) {
    add(probability, std::span(levels.begin(), levels.size()));
  }
  void add(double probability, std::span<const int> levels) {
    probabilities_.push_back(probability);
    levels_.insert(levels_.end(), levels.begin(), levels.end());
    counts_.push_back(levels.size());
  }

 private:
  friend class ProgramBuilder;
  /// Outcomes of probability 0 can be left out: no random number takes them.
  void drop_impossible();
  std::vector<double> probabilities_;
  std::vector<int> levels_;
  std::vector<std::size_t> counts_;
};

/// Makes a program. Authors write each joint update as an ordinary function from levels to outcomes; the builder
/// enumerates it into a table. Every mistake is collected; `build` returns the program or all of them.
class ProgramBuilder {
 public:
  using DrawFunction = std::function<void(const Levels&, Branches&)>;
  using AmountFunction = std::function<double(const Levels&)>;
  using Attributes = std::vector<AttributeIndex>;

  static constexpr std::size_t row_limit = 65536;

  ProgramBuilder(std::string name, std::uint32_t cycles);

  /// An attribute that has no level until a draw of the start phase writes it.
  static constexpr int unset = -1;

  AttributeIndex constant(std::string name, std::vector<std::string> levels, int initial);
  AttributeIndex state(std::string name, std::vector<std::string> levels, int initial);
  AttributeIndex transient(std::string name, std::vector<std::string> levels, int initial);
  /// A clock with levels named 0..`highest`, at `entry` at time point 0 and `entry` + offset[t] at time point t in [0,
  /// cycles].
  AttributeIndex clock(std::string name, int highest, int entry, std::vector<int> offset);

  /// The levels of `attribute` from `first_dead_level` upwards mean dead. Without this nobody dies.
  void dead(AttributeIndex attribute, int first_dead_level);

  /// What the values that control the chance of a simulation can do without, at a level that stands for all: see
  /// Program::left_out.
  void may_leave_out(AttributeIndex attribute, int reference);

  OutcomeIndex outcome(std::string name, std::string unit, std::string description, Weights weights,
                       Weights undiscounted, DiscountedAs discounted_as, EventWeight event_weight = EventWeight::cycle,
                       StateWeight state_weight = StateWeight::whole);
  /// An outcome that sums others of the same unit.
  OutcomeIndex total(std::string name, std::string unit, std::string description, std::vector<OutcomeIndex> parts);

  /// A draw in the start or cycle phase. It draws from the stream named `stream`; an assignment (one outcome a row)
  /// uses no number.
  void draw(Phase phase, std::string stream, const Attributes& reads, const Attributes& writes,
            const DrawFunction& function);
  /// Adds `amount` to `outcome`: in the point phase a state accrual, in the others an event accrual.
  void accrue(Phase phase, std::string name, OutcomeIndex outcome, const Attributes& reads,
              const AmountFunction& amount);
  /// Counts patients by the levels of `attributes`.
  void tally(Phase phase, std::string name, std::string description, const Attributes& attributes);

  /// The steps that `body` adds form a group: carried out only on patients with that level of `attribute`.
  void group(AttributeIndex attribute, int level, const std::function<void()>& body);

  /// The program, without accruals that never add anything; or every mistake.
  Result<Program> build();

 private:
  AttributeIndex add_attribute(std::string name, AttributeKind kind, std::vector<std::string> levels, int initial);
  void refuse(const std::string& problem, const std::string& remedy);
  /// Strides of `attributes` in row-major order; false, with a diagnostic, if the table would be too large.
  bool make_reads(const std::string& step, const Attributes& attributes, std::vector<Read>& reads, std::size_t& rows);
  void visit_rows(const Attributes& attributes, std::size_t rows,
                  const std::function<void(std::size_t, const Levels&)>& visit);
  std::string row_name(const Attributes& attributes, const Levels& levels) const;
  bool accept_writes(const std::string& step, Phase phase, const Attributes& writes);
  /// `row` names the row, in words, where there is something wrong with it.
  bool accept_row(const std::string& step, const std::function<std::string()>& row, const Attributes& writes,
                  const Branches& branches);
  void add_step(Phase phase, std::string name, std::variant<Draw, Accrual, Tally> action);
  void refuse_taken_name(const std::string& outcome);
  void check_order(Phase phase, std::vector<bool>& is_set);
  void check_streams();
  void check_totals();

  Program program_;
  std::optional<Guard> guard_;
  std::map<Phase, Attributes> written_;                ///< by any draw, also by one that is refused
  std::map<std::uint32_t, std::string> stream_names_;  ///< hash -> name
  Diagnostics diagnostics_;
};

/// Level names 0..`highest`.
std::vector<std::string> numbered_levels(int highest);

}  // namespace myelin
