#include "engine/lanes.hpp"

#include <algorithm>

namespace myelin::engine {

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
  std::swap_ranges(&sum(i, 0), &sum(i, 0) + (i == j ? 0 : sums_per_lane), &sum(j, 0));
  std::swap(slot[i], slot[j]);
  std::swap(number[i], number[j]);
  std::swap(in_group[i], in_group[j]);
}

}  // namespace myelin::engine
