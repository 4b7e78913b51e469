#include "study/work.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace myelin::study {

namespace {

/// Of one kind, so that the share of any of a few tasks is nearly that of the others.
constexpr std::uint64_t enough_units = 128;

}  // namespace

std::string to_string(const UnitName& unit) { return fmt::format("{}/{}", unit.analysis, unit.number); }

bool Share::takes(const UnitName& unit) const {
  // Analyses of few units begin at different tasks.
  std::uint64_t first = 0;
  for (const char letter : unit.analysis) first = first * 31 + static_cast<unsigned char>(letter);
  return (first + unit.number) % tasks == task;
}

std::uint64_t blocks_a_unit(std::uint64_t blocks, std::uint64_t cycles_a_block) {
  constexpr std::uint64_t cycles_of_seconds = std::uint64_t{1} << 28;
  const std::uint64_t most = std::max<std::uint64_t>(1, cycles_of_seconds / std::max<std::uint64_t>(1, cycles_a_block));
  // Fewer would not keep the threads of a process busy.
  constexpr std::uint64_t least = 64;
  return std::bit_floor(std::max(least, std::min(blocks / enough_units, most)));
}

std::uint64_t draws_a_unit(std::uint64_t draws) {
  constexpr std::uint64_t most = 64;
  return std::bit_floor(std::clamp<std::uint64_t>(draws / enough_units, 1, most));
}

}  // namespace myelin::study
