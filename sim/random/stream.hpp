#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "random/philox.hpp"

/// \file
/// Which random number belongs to which decision. The strategy is not part of the key: the same patient meets the same
/// luck under every strategy (common random numbers).

namespace myelin {

/// Version of the layout below; a change of layout changes every trajectory and must raise it.
inline constexpr int random_layout_version = 1;

/// A stream of random numbers: the 32-bit FNV-1a hash of the name of the step that draws from it.
struct StreamId {
  std::uint32_t value = 0;
  constexpr bool operator==(const StreamId&) const = default;
};

constexpr StreamId stream_id(std::string_view name) {
  std::uint32_t hash = 2166136261u;
  for (const char character : name) hash = (hash ^ static_cast<unsigned char>(character)) * 16777619u;
  return {hash};
}

/// The seed of a run; the key of the generator.
struct Seed {
  std::uint64_t value = 0;
  constexpr PhiloxKey key() const {
    return {static_cast<std::uint32_t>(value), static_cast<std::uint32_t>(value >> 32)};
  }
};

/// Number of a patient in a run, below 2^48.
struct PatientId {
  std::uint64_t value = 0;
};

/// Usually the parameter draw; constant where the same luck is wanted across draws.
struct NoiseIndex {
  std::uint32_t value = 0;
};

inline constexpr std::uint64_t patient_limit = std::uint64_t{1} << 48;
inline constexpr std::uint32_t cycles_per_block = 4;
inline constexpr std::uint32_t cycle_limit = cycles_per_block << 16;

/// Counter of the block that serves the four cycles from 4 x `cycle_block` (16 bits): word 0 is the low half of the
/// patient, word 1 its upper 16 bits above the cycle block, word 2 the noise index, word 3 the stream.
constexpr PhiloxCounter counter_of(StreamId stream, std::uint32_t cycle_block, PatientId patient, NoiseIndex noise) {
  return {static_cast<std::uint32_t>(patient.value),
          static_cast<std::uint32_t>(patient.value >> 32) << 16 | cycle_block, noise.value, stream.value};
}

/// The 31-bit number of a patient's decision in a cycle.
constexpr std::uint32_t random_31_bits(Seed seed, StreamId stream, std::uint32_t cycle, PatientId patient,
                                       NoiseIndex noise) {
  return philox4x32(counter_of(stream, cycle / cycles_per_block, patient, noise),
                    seed.key())[cycle % cycles_per_block] >>
         1;
}

/// A sequence of 32-bit numbers of one stream for Boost.Random's distributions (parameters, populations): the blocks 0,
/// 1, ... of (seed, stream, index). Satisfies Boost's uniform random number generator and the standard's.
class PhiloxEngine {
 public:
  using result_type = std::uint32_t;
  static constexpr bool has_fixed_range = true;
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return 0xFFFFFFFFu; }

  PhiloxEngine(Seed seed, StreamId stream, std::uint32_t index) : key_(seed.key()), stream_(stream), index_(index) {}

  result_type operator()() {
    if (next_ == 4) {
      numbers_ = philox4x32(
          {static_cast<std::uint32_t>(block_), static_cast<std::uint32_t>(block_ >> 32), index_, stream_.value}, key_);
      ++block_;
      next_ = 0;
    }
    return numbers_[next_++];
  }

 private:
  PhiloxKey key_;
  StreamId stream_;
  std::uint32_t index_;
  std::uint64_t block_ = 0;
  std::array<std::uint32_t, 4> numbers_{};
  std::size_t next_ = 4;
};

}  // namespace myelin
