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

/// The patients of a block under one strategy, in structure-of-arrays form. Lanes 0..living-1 are alive; lanes
/// living..present-1 died in the current phase and still take part in its event accruals and tallies; the rest has
/// left.
struct Lanes {
  std::vector<Column<std::uint8_t>> narrow;
  std::vector<Column<std::uint16_t>> wide;
  std::vector<double> sums;  ///< [lane][sum of the prepared program]: a patient's lie side by side. Adding widely may
                             ///< add 0 beyond a lane's own
  std::size_t sums_per_lane;
  Column<std::int32_t> slot{};    ///< the patient's position in the block
  Column<std::int32_t> number;    ///< the patient's position in the random numbers of the current cycles
  Column<std::uint8_t> in_group;  ///< whether the patient takes part in the current group
  int living = 0;
  int present = 0;

  explicit Lanes(const PreparedProgram& program)
      : narrow(program.narrow_columns),
        wide(program.wide_columns),
        sums(program.sums * block_patients + widest_accrual),
        sums_per_lane(program.sums) {}

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
  double& sum(std::size_t lane, std::size_t index) { return sums[lane * sums_per_lane + index]; }

  void fill(ColumnRef column, int lanes, std::uint16_t level);

  /// Exchanges two lanes in every column.
  void swap(int a, int b);
};

}  // namespace myelin::engine
