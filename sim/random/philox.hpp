#pragma once

#include <array>
#include <cstdint>

namespace myelin {

using PhiloxCounter = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;

/// Constants of Philox4x32 (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3",
/// section 3.3).
namespace philox_constants {
inline constexpr std::uint32_t multiplier_0 = 0xD2511F53;
inline constexpr std::uint32_t multiplier_1 = 0xCD9E8D57;
inline constexpr std::uint32_t key_step_0 = 0x9E3779B9;
inline constexpr std::uint32_t key_step_1 = 0xBB67AE85;
inline constexpr int rounds = 10;
}  // namespace philox_constants

/// Philox4x32-10: four 32-bit numbers as a pure function of a counter and a key. There is no state to own, hand over or
/// lock: whoever names the counter gets the same numbers.
constexpr PhiloxCounter philox4x32(PhiloxCounter counter, PhiloxKey key) {
  using namespace philox_constants;
  for (int round = 0; round < rounds; ++round) {
    const std::uint64_t product_0 = std::uint64_t{multiplier_0} * counter[0];
    const std::uint64_t product_1 = std::uint64_t{multiplier_1} * counter[2];
    counter = {static_cast<std::uint32_t>(product_1 >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(product_1),
               static_cast<std::uint32_t>(product_0 >> 32) ^ counter[3] ^ key[1],
               static_cast<std::uint32_t>(product_0)};
    key[0] += key_step_0;
    key[1] += key_step_1;
  }
  return counter;
}

}  // namespace myelin
