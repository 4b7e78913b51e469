#include "engine/lanes.hpp"

#include <algorithm>
#include <numeric>

namespace myelin::engine {

Lanes::Lanes(const std::vector<PreparedProgram>& programs) {
  for (const PreparedProgram& program : programs) {
    narrow.resize(std::max(narrow.size(), program.narrow_columns));
    wide.resize(std::max(wide.size(), program.wide_columns));
    storage_.resize(std::max(storage_.size(), (program.sums * slot_room + sums_together - 1) / sums_together));
  }
}

void Lanes::begin(const PreparedProgram& program, int patients) {
  living = present = patients;
  row_width_ = program.row_width;
  std::fill_n(first_sums(0), program.sums * slot_room, 0.0);
  std::iota(slot.begin(), slot.begin() + patients, 0);
}

void Lanes::fill(ColumnRef column, int lanes, std::uint16_t level) {
  if (column.wide) {
    std::fill_n(wide[column.index].begin(), lanes, level);
  } else {
    std::fill_n(narrow[column.index].begin(), lanes, static_cast<std::uint8_t>(level));
  }
}

void Lanes::swap(int a, int b) {
  const auto i = static_cast<std::size_t>(a), j = static_cast<std::size_t>(b);
  for (auto& column : narrow) std::swap(column[i], column[j]);
  for (auto& column : wide) std::swap(column[i], column[j]);
  std::swap(slot[i], slot[j]);
  std::swap(in_group[i], in_group[j]);
  if (sums_move()) std::swap_ranges(sums_from(i, 0), sums_from(i, 0) + row_width_, sums_from(j, 0));
}

}  // namespace myelin::engine
