#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "engine/control.hpp"
#include "engine/conventions.hpp"
#include "program/population.hpp"
#include "program/program.hpp"

/// \file
/// A program laid out for the microsimulation's loops: tables packed, reads turned into columns of lanes.

namespace myelin::engine {

/// A column of lanes: one level a lane, 8 or 16 bits wide.
struct ColumnRef {
  bool wide = false;
  std::size_t index = 0;
};

/// How a step finds its row: a part that all lanes share at a time, and one term a column.
struct RowPlan {
  struct ColumnTerm {
    ColumnRef column;
    std::int32_t stride;
  };
  struct ClockTerm {
    std::size_t attribute;
    std::int32_t stride;
  };
  std::vector<ColumnTerm> columns;
  std::vector<ClockTerm> clocks;
  std::int32_t constant = 0;

  /// The column, if it is the only one and 8 bits wide: the loops then find the row themselves.
  const ColumnTerm* only_narrow_column() const {
    return columns.size() == 1 && !columns.front().column.wide ? &columns.front() : nullptr;
  }
};

/// Most sums that lie side by side and can be added to at once.
inline constexpr std::size_t sums_together = 8;

/// Levels of a column below which a step does nothing.
struct QuietBelow {
  std::size_t narrow_column = 0;
  int level = 0;  ///< above 0
};

/// Where a draw under control finds the values of a patient's state: see ControlledDraw.
struct PreparedControl {
  const ControlledDraw* draw = nullptr;
  RowPlan before, after, after_dead;
};

struct PreparedDraw {
  struct Write {
    ColumnRef column;
    int shift;  ///< in the packed levels
  };
  const Draw* draw = nullptr;
  std::size_t stream = 0;  ///< of an unguarded draw in the cycle: its place among the program's streams
  RowPlan rows;
  std::vector<std::uint32_t> entries;  ///< see BucketTable; empty for an assignment
  int bits = 0;
  std::vector<std::uint32_t> packed;  ///< [row][outcome]; empty where the outcome itself is the level written
  std::vector<Write> writes;
  bool writes_death = false;
  bool draws_level = false;  ///< it draws, the outcome is the level of one narrow column, and 7 bits hold it
  PreparedControl control;   ///< of the draw; without one for most
};

/// Consecutive accruals whose rows the first determines, to sums that lie together: added as one.
struct PreparedAccrual {
  struct Part {
    const Accrual* accrual;
    std::size_t column;  ///< of the first of its sums, in `amounts`
  };
  RowPlan rows;
  std::vector<Part> parts;
  std::size_t first_sum = 0;
  std::size_t width = 1;        ///< 1, 2, 4 or 8 sums from `first_sum`, a multiple of it, on; who has no part gets 0
  std::vector<double> amounts;  ///< [row][width]
  std::optional<QuietBelow> quiet;  ///< where no amount but 0 is below a level

  /// What a controlled sum gets for an accrual among the parts.
  struct Residual {
    RowPlan rows;
    const std::vector<double>* amounts;  ///< [row]
    const Outcome* outcome;
    std::size_t sum;  ///< of the controlled sums
  };
  std::vector<Residual> residuals;
};

struct PreparedTally {
  RowPlan rows;
  std::size_t first_cell = 0;  ///< in the strategy's counts, at time 0
  std::size_t cells = 0;
};

struct PreparedStep {
  std::variant<PreparedDraw, PreparedAccrual, PreparedTally> action;
  int group = -1;  ///< steps of one group share the number; -1 outside groups
  Guard guard;     ///< of the group
};

struct PreparedProgram {
  PreparedProgram(const Program& program, const Population& population, const Control* control);

  static constexpr std::size_t none = ~std::size_t{0};

  const Program* program;
  std::vector<ColumnRef> column_of;               ///< [attribute]; of a clock only where `clock_varies`
  std::vector<bool> clock_varies;                 ///< [attribute]
  std::vector<std::vector<std::uint16_t>> entry;  ///< [attribute][profile], one profile where the population gives none
  std::size_t narrow_columns = 0, wide_columns = 0;
  std::vector<PreparedStep> start, point, cycle;
  std::vector<StreamId> streams;    ///< of the unguarded draws in the cycle, whose numbers are made for many patients
  std::vector<std::size_t> sum_of;  ///< [outcome]: index of its discounted sum, the undiscounted one follows where they
                                    ///< differ; `none` for totals and what never accrues
  std::size_t sums = 0;             ///< of a patient, whole rows: some stand for no outcome
  std::size_t row_width = 1;        ///< sums of a row: 1, 2, 4 or 8
  const Control* control;           ///< null without
  std::size_t counts = 0;           ///< cells of all tallies at all times

  /// Whether a patient can have any of an outcome.
  bool accrues(std::size_t outcome) const {
    const std::vector<OutcomeIndex>& parts = program->outcomes[outcome].parts;
    return sum_of[outcome] != none ||
           std::ranges::any_of(parts, [this](OutcomeIndex part) { return sum_of[part.value] != none; });
  }

  /// The first of the controlled sums, which are numbered one after the other.
  std::size_t first_controlled_sum() const { return sum_of[sum_of.size() - control->sums()]; }

  /// The part of a row that all lanes share at time point `time`.
  std::int32_t row_base(const RowPlan& rows, std::uint32_t time) const;

 private:
  RowPlan plan_rows(const std::vector<Read>& reads) const;
  std::vector<PreparedStep> prepare(Phase phase);
  PreparedDraw prepare_draw(const Draw& draw) const;
  std::size_t number_stream(StreamId stream);
  PreparedControl prepare_control(Phase phase, std::size_t step) const;
  void add_residuals(Phase phase, std::size_t step, PreparedAccrual& prepared) const;
  PreparedAccrual prepare_accruals(const std::vector<Step>& steps, std::size_t begin, std::size_t end) const;
  std::optional<QuietBelow> find_quiet(const PreparedAccrual& accrual, std::size_t rows) const;
  std::size_t same_rows_from(const std::vector<Step>& steps, std::size_t begin) const;
  std::size_t fuse_from(const std::vector<Step>& steps, std::size_t begin) const;
  std::size_t sums_of(OutcomeIndex outcome) const { return program->outcomes[outcome.value].discounted() ? 2 : 1; }
  void number_sums();
};

}  // namespace myelin::engine
