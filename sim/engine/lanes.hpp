#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "engine/prepared.hpp"

namespace myelin::engine {

/// Patients of one block; also the alignment of a block's first patient.
inline constexpr std::size_t block_patients = 1024;

template <class T>
using Column = std::array<T, block_patients>;

/// Storage that begins with a line of the cache, so that a patient's eight sums fill one.
struct alignas(64) CacheLine {
  std::array<double, sums_together> values;
};

/// A row more than there are patients, so that the rows of one do not compete for one place in the cache.
inline constexpr std::size_t slot_room = block_patients + 1;

/// The patients of a block under one strategy, in structure-of-arrays form; afterwards under the next. Lanes
/// 0..living-1 are alive; lanes living..present-1 died in the current phase and still take part in its event accruals
/// and tallies; the rest has left.
struct Lanes {
  std::vector<Column<std::uint8_t>> narrow;
  std::vector<Column<std::uint16_t>> wide;
  Column<std::int32_t> slot{};    ///< the patient's position in the block
  Column<std::uint8_t> in_group;  ///< whether the patient takes part in the current group
  int group_size = 0;             ///< lanes that do, when it began
  int living = 0;
  int present = 0;

  /// With room for each of the programs.
  explicit Lanes(const std::vector<PreparedProgram>& programs);

  /// All patients of a block, without levels and with sums of 0.
  void begin(const PreparedProgram& program, int patients);

  int level(ColumnRef column, int lane) const {
    const auto i = static_cast<std::size_t>(lane);
    return column.wide ? wide[column.index][i] : narrow[column.index][i];
  }
  void set_level(ColumnRef column, int lane, std::uint32_t level) {
    const auto i = static_cast<std::size_t>(lane);
    if (column.wide) {
      wide[column.index][i] = static_cast<std::uint16_t>(level);
    } else {
      narrow[column.index][i] = static_cast<std::uint8_t>(level);
    }
  }
  /// Whether the sums, which then are few, move with the lanes; else they stay with the slot while lanes change places.
  bool sums_move() const { return row_width_ < sums_together; }
  /// The slots by which sums are found; null where they move.
  const std::int32_t* slots_of_sums() const { return sums_move() ? nullptr : slot.data(); }
  /// The sum `index` of the first lane or slot, and those after it in its row.
  double* first_sums(std::size_t index) {
    return storage_.front().values.data() + index / row_width_ * slot_room * row_width_ + index % row_width_;
  }
  /// A patient's sum `index` and those after it in its row.
  double* sums_from(std::size_t lane, std::size_t index) {
    return first_sums(index) + (sums_move() ? lane : static_cast<std::size_t>(slot[lane])) * row_width_;
  }

  void fill(ColumnRef column, int lanes, std::uint16_t level);

  /// Exchanges two lanes in every column.
  void swap(int a, int b);

 private:
  std::vector<CacheLine> storage_;  ///< of the sums: [row of sums][lane or slot][sum of the row]
  std::size_t row_width_ = 1;       ///< of the present program's sums
};

}  // namespace myelin::engine
