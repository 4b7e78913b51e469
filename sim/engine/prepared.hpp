#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "engine/kernels/kernels.hpp"
#include "engine/population.hpp"
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
};

struct PreparedDraw {
  struct Write {
    ColumnRef column;
    int shift;  ///< in the packed levels
  };
  const Draw* draw = nullptr;
  RowPlan rows;
  std::vector<std::uint32_t> entries;  ///< see BucketTable; empty for an assignment
  int bits = 0;
  std::vector<std::uint32_t> packed;  ///< [row][outcome]; empty where the outcome itself is the level written
  std::vector<Write> writes;
  bool writes_death = false;
};

struct PreparedAccrual {
  const Accrual* accrual = nullptr;
  const Outcome* outcome = nullptr;
  RowPlan rows;
  std::size_t sum = 0;        ///< index of the discounted sum; the undiscounted one follows where they differ
  bool repeats_rows = false;  ///< the rows are those of the step before
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
  PreparedProgram(const Program& program, const Population& population);

  const Program* program;
  std::vector<ColumnRef> column_of;               ///< [attribute]; of a clock only where `clock_varies`
  std::vector<bool> clock_varies;                 ///< [attribute]
  std::vector<std::vector<std::uint16_t>> entry;  ///< [attribute][profile], one profile where the population gives none
  std::size_t narrow_columns = 0, wide_columns = 0;
  std::vector<PreparedStep> start, point, cycle;
  std::vector<std::size_t> sum_of;  ///< [outcome]: index of its discounted sum; unused for totals
  std::size_t sums = 0;
  std::size_t counts = 0;  ///< cells of all tallies at all times

  std::size_t profiles() const { return entry.empty() ? 1 : entry.front().size(); }
  /// The part of a row that all lanes share at time point `time`.
  std::int32_t row_base(const RowPlan& rows, std::uint32_t time) const;
  /// Index of a tally's first cell at a time: cells of a tally are [time][cell].
  static std::size_t tally_times(Phase phase, std::uint32_t cycles);

 private:
  RowPlan plan_rows(const std::vector<Read>& reads) const;
  std::vector<PreparedStep> prepare(Phase phase);
  PreparedDraw prepare_draw(const Draw& draw) const;
};

}  // namespace myelin::engine
