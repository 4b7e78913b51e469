#pragma once

#include <cstdint>

/// \file
/// The hot loops of the microsimulation, compiled once an instruction set. Finding rows and drawing outcomes are plain
/// loops that the compiler turns into gathers and compares; random numbers are made with intrinsics, because it does
/// not find the widening product; amounts are loaded a row at a time. This header and kernels.cpp use no standard
/// library function: an inline function compiled for AVX-512 could otherwise be linked into code that runs on every
/// machine.

namespace myelin::engine {

/// Where the random numbers of a stream come from: the parts of the counter that a block of patients shares, and the
/// key.
struct RandomSource {
  std::uint32_t first_patient_low;  ///< low half of the number of the block's first patient
  std::uint32_t upper_and_cycle;    ///< upper bits of the patient and number of the four-cycle block
  std::uint32_t noise;
  std::uint32_t stream;
  std::uint32_t key[2];
};

/// Bucketed inverse distribution functions, one a row. A bucket is one 32-bit entry: threshold within the bucket in the
/// low 31 - bits, outcome at the bucket's start above it, and in the top bit (where bits > 0) whether more thresholds
/// lie in it.
struct BucketTable {
  const std::uint32_t* entries;  ///< [row][2^bits]
  int bits;
};

struct Kernels {
  /// out[k * stride + i] = 31-bit number of patient slot[i] in the k-th of four cycles. Works on whole registers:
  /// `slot` and each of the four rows of `out` need room for n rounded up to a multiple of 16.
  void (*fill_random)(int n, const RandomSource& source, const std::int32_t* slot, std::uint32_t* out,
                      int stride) noexcept;
  /// row[i] = base + stride x level[i], or row[i] += stride x level[i].
  void (*set_row_8)(int n, std::int32_t base, std::int32_t stride, const std::uint8_t* level,
                    std::int32_t* row) noexcept;
  void (*set_row_16)(int n, std::int32_t base, std::int32_t stride, const std::uint16_t* level,
                     std::int32_t* row) noexcept;
  void (*add_row_8)(int n, std::int32_t stride, const std::uint8_t* level, std::int32_t* row) noexcept;
  void (*add_row_16)(int n, std::int32_t stride, const std::uint16_t* level, std::int32_t* row) noexcept;
  /// outcome[i] of row[i] by number[i]; returns the bitwise or of all, whose bits at and above `bits` tell that some
  /// bucket holds more thresholds.
  std::uint32_t (*sample_rows)(int n, const BucketTable& table, const std::int32_t* row, const std::uint32_t* number,
                               std::uint32_t* outcome) noexcept;
  /// The same where the row is base + stride x level[i].
  std::uint32_t (*sample_levels)(int n, const BucketTable& table, std::int32_t base, std::int32_t stride,
                                 const std::uint8_t* level, const std::uint32_t* number,
                                 std::uint32_t* outcome) noexcept;
  /// The same two for 128 outcomes at most, into 8 bits, of which the highest tells that the bucket holds more
  /// thresholds.
  std::uint32_t (*sample_rows_to_8)(int n, const BucketTable& table, const std::int32_t* row,
                                    const std::uint32_t* number, std::uint8_t* outcome) noexcept;
  std::uint32_t (*sample_levels_to_8)(int n, const BucketTable& table, std::int32_t base, std::int32_t stride,
                                      const std::uint8_t* level, const std::uint32_t* number,
                                      std::uint8_t* outcome) noexcept;
  /// packed[i] = levels[row[i] x outcomes + outcome[i]].
  void (*look_up_levels)(int n, const std::uint32_t* levels, std::int32_t outcomes, const std::int32_t* row,
                         const std::uint32_t* outcome, std::uint32_t* packed) noexcept;
  /// level[i] = bits of packed[i] from `shift`.
  void (*unpack_8)(int n, const std::uint32_t* packed, int shift, std::uint8_t* level) noexcept;
  void (*unpack_16)(int n, const std::uint32_t* packed, int shift, std::uint16_t* level) noexcept;
  /// sums[slot[i] x 8 + k] += weights[k] x amounts[row[i] x width + k] for k < width, which is 1, 2, 4 or 8; without
  /// slots to sums[i x width + k], where the width is 4 at most.
  void (*accrue_rows)(int n, int width, const double* amounts, const std::int32_t* row, const double* weights,
                      double* sums, const std::int32_t* slot) noexcept;
  /// The same where the row is base + level_stride x level[i].
  void (*accrue_levels)(int n, int width, const double* amounts, std::int32_t base, std::int32_t level_stride,
                        const std::uint8_t* level, const double* weights, double* sums,
                        const std::int32_t* slot) noexcept;
  /// columns[k][slot[i]] = sums[i x width + k] for k < width, which is 1, 2, 4 or 8; without slots to columns[k][i].
  void (*put_in_columns)(int n, int width, const double* sums, const std::int32_t* slot,
                         double* const* columns) noexcept;
  /// Means and sums of squared deviations of value[c][i], c < 4, or where `less` is not null of value[c][i] -
  /// less[c][i]. A sum runs over eight interleaved partial ones: fast, and in an order that no instruction set changes.
  void (*moments)(int n, const double* const* value, const double* const* less, double* mean, double* squares) noexcept;
  /// Indices, ascending, of the lanes whose level is at least `first`; returns their number.
  int (*find_from_level)(int n, const std::uint8_t* level, int first, std::int32_t* found) noexcept;
  /// Indices, ascending, of the lanes whose value has one of the bits of `mask`; returns their number.
  int (*find_with_bits)(int n, const std::uint32_t* value, std::uint32_t mask, std::int32_t* found) noexcept;
};

}  // namespace myelin::engine
