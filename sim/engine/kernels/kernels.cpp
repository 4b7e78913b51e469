#include "engine/kernels/kernels.hpp"

#include <immintrin.h>

#ifndef MYELIN_KERNEL_NAMESPACE
#error "compile once an instruction set, with MYELIN_KERNEL_NAMESPACE"
#endif

namespace myelin::engine::MYELIN_KERNEL_NAMESPACE {

using std::int32_t;
using std::int64_t;
using std::uint16_t;
using std::uint32_t;
using std::uint64_t;
using std::uint8_t;

namespace {

// A register of 64-bit lanes, as wide as the instruction set has them. The compiler finds no widening 32-bit product in
// a plain loop over Philox's rounds, and would be four times slower.
#if defined(__AVX512F__)
using Register = __m512i;
inline Register load(const int32_t* from) { return _mm512_loadu_si512(from); }
inline void store(uint32_t* to, Register value) { _mm512_storeu_si512(to, value); }
inline Register all_of(uint32_t value) { return _mm512_set1_epi32(static_cast<int>(value)); }
inline Register add_32(Register a, Register b) { return _mm512_add_epi32(a, b); }
inline Register product(Register a, Register b) { return _mm512_mul_epu32(a, b); }
inline Register upper(Register a) { return _mm512_srli_epi64(a, 32); }
inline Register halve_32(Register a) { return _mm512_srli_epi32(a, 1); }
inline Register exclusive_or(Register a, Register b, Register c) { return _mm512_ternarylogic_epi64(a, b, c, 0x96); }
inline Register join(Register even, Register odd) {
  return _mm512_mask_blend_epi32(0xAAAA, even, _mm512_slli_epi64(odd, 32));
}
constexpr int levels_at_once = 64;
inline uint64_t who_reaches(const uint8_t* level, int first) {
  return _mm512_cmpge_epu8_mask(_mm512_loadu_si512(level), _mm512_set1_epi8(static_cast<char>(first)));
}
inline uint32_t who_has(const uint32_t* value, uint32_t mask) {
  return _mm512_test_epi32_mask(_mm512_loadu_si512(value), all_of(mask));
}
/// Writes the positions of a mask's bits, counted from `begin`; returns their number. No branch, which nobody could
/// foretell.
inline int positions_of(uint64_t mask, int begin, int32_t* to) {
  const __m512i first = _mm512_add_epi32(_mm512_set1_epi32(begin),
                                         _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
  int count = 0;
  for (int part = 0; part < 4; ++part, mask >>= 16) {
    const auto of_part = static_cast<__mmask16>(mask);
    const int found = __builtin_popcount(of_part);
    const __m512i positions =
        _mm512_maskz_compress_epi32(of_part, _mm512_add_epi32(first, _mm512_set1_epi32(16 * part)));
    _mm512_mask_storeu_epi32(to + count, static_cast<__mmask16>((uint32_t{1} << found) - 1), positions);
    count += found;
  }
  return count;
}
#elif defined(__AVX2__)
using Register = __m256i;
inline Register load(const int32_t* from) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)); }
inline void store(uint32_t* to, Register value) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), value); }
inline Register all_of(uint32_t value) { return _mm256_set1_epi32(static_cast<int>(value)); }
inline Register add_32(Register a, Register b) { return _mm256_add_epi32(a, b); }
inline Register product(Register a, Register b) { return _mm256_mul_epu32(a, b); }
inline Register upper(Register a) { return _mm256_srli_epi64(a, 32); }
inline Register halve_32(Register a) { return _mm256_srli_epi32(a, 1); }
inline Register exclusive_or(Register a, Register b, Register c) { return _mm256_xor_si256(_mm256_xor_si256(a, b), c); }
inline Register join(Register even, Register odd) { return _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xAA); }
constexpr int levels_at_once = 32;
inline uint64_t who_reaches(const uint8_t* level, int first) {
  const __m256i levels = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(level));
  const __m256i higher = _mm256_max_epu8(levels, _mm256_set1_epi8(static_cast<char>(first)));
  return static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(levels, higher)));
}
inline uint32_t who_has(const uint32_t* value, uint32_t mask) {
  const __m256i bits = _mm256_and_si256(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(value)), all_of(mask));
  const __m256i none = _mm256_cmpeq_epi32(bits, _mm256_setzero_si256());
  return ~static_cast<uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(none))) & 0xFF;
}
#else
using Register = __m128i;
inline Register load(const int32_t* from) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)); }
inline void store(uint32_t* to, Register value) { _mm_storeu_si128(reinterpret_cast<__m128i*>(to), value); }
inline Register all_of(uint32_t value) { return _mm_set1_epi32(static_cast<int>(value)); }
inline Register add_32(Register a, Register b) { return _mm_add_epi32(a, b); }
inline Register product(Register a, Register b) { return _mm_mul_epu32(a, b); }
inline Register upper(Register a) { return _mm_srli_epi64(a, 32); }
inline Register halve_32(Register a) { return _mm_srli_epi32(a, 1); }
inline Register exclusive_or(Register a, Register b, Register c) { return _mm_xor_si128(_mm_xor_si128(a, b), c); }
inline Register join(Register even, Register odd) {
  const Register low_halves = _mm_set1_epi64x(0xFFFFFFFF);
  return _mm_or_si128(_mm_and_si128(even, low_halves), _mm_slli_epi64(odd, 32));
}
constexpr int levels_at_once = 16;
inline uint64_t who_reaches(const uint8_t* level, int first) {
  const __m128i levels = _mm_loadu_si128(reinterpret_cast<const __m128i*>(level));
  const __m128i higher = _mm_max_epu8(levels, _mm_set1_epi8(static_cast<char>(first)));
  return static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(levels, higher)));
}
inline uint32_t who_has(const uint32_t* value, uint32_t mask) {
  const __m128i bits = _mm_and_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(value)), all_of(mask));
  const __m128i none = _mm_cmpeq_epi32(bits, _mm_setzero_si128());
  return ~static_cast<uint32_t>(_mm_movemask_ps(_mm_castsi128_ps(none))) & 0xF;
}
#endif
constexpr int register_numbers = static_cast<int>(sizeof(Register) / sizeof(uint32_t));

#ifndef __AVX512F__
inline int positions_of(uint64_t mask, int begin, int32_t* to) {
  int count = 0;
  for (; mask != 0; mask &= mask - 1) to[count++] = begin + __builtin_ctzll(mask);
  return count;
}
#endif

struct PhiloxState {
  Register counter[4];  ///< in the lower half of each 64-bit lane; the upper halves do not matter
};

constexpr int rounds = 10;

inline void philox_rounds(PhiloxState& state, const Register (&keys)[2 * rounds]) {
  const Register multiplier_0 = all_of(0xD2511F53), multiplier_1 = all_of(0xCD9E8D57);
  for (int round = 0; round < rounds; ++round) {
    const Register product_0 = product(state.counter[0], multiplier_0),
                   product_1 = product(state.counter[2], multiplier_1);
    state.counter[0] = exclusive_or(upper(product_1), state.counter[1], keys[2 * round]);
    state.counter[1] = product_1;
    state.counter[2] = exclusive_or(upper(product_0), state.counter[3], keys[2 * round + 1]);
    state.counter[3] = product_0;
  }
}

// Philox4x32-10 as in random/philox.hpp, which is the tested reference: the even and the odd patients of a register
// side by side. Writes whole registers; the columns have room for that.
void fill_random(int n, const RandomSource& source, const int32_t* __restrict slot, uint32_t* __restrict out,
                 int stride) noexcept {
  const Register rest[3] = {all_of(source.upper_and_cycle), all_of(source.noise), all_of(source.stream)};
  const Register first_patient = all_of(source.first_patient_low);
  Register keys[2 * rounds];
  for (uint32_t round = 0; round < rounds; ++round) {
    keys[2 * round] = all_of(source.key[0] + round * 0x9E3779B9);
    keys[2 * round + 1] = all_of(source.key[1] + round * 0xBB67AE85);
  }
  for (int i = 0; i < n; i += register_numbers) {
    const Register patient = add_32(load(slot + i), first_patient);
    PhiloxState even{{patient, rest[0], rest[1], rest[2]}}, odd{{upper(patient), rest[0], rest[1], rest[2]}};
    philox_rounds(even, keys);
    philox_rounds(odd, keys);
    for (int k = 0; k < 4; ++k) store(out + k * stride + i, halve_32(join(even.counter[k], odd.counter[k])));
  }
}

template <class Level>
void set_row(int n, int32_t base, int32_t stride, const Level* __restrict level, int32_t* __restrict row) noexcept {
  for (int i = 0; i < n; ++i) row[i] = base + stride * static_cast<int32_t>(level[i]);
}

template <class Level>
void add_row(int n, int32_t stride, const Level* __restrict level, int32_t* __restrict row) noexcept {
  for (int i = 0; i < n; ++i) row[i] += stride * static_cast<int32_t>(level[i]);
}

/// The outcomes of lanes whose rows a function gives. A bucket's entry has all that is needed where at most one
/// threshold lies in the bucket.
template <class RowOf, class Outcome>
inline uint32_t sample(int n, const BucketTable& table, RowOf row_of, const uint32_t* __restrict number,
                       Outcome* __restrict outcome) noexcept {
  const uint32_t* __restrict entries = table.entries;
  const int bits = table.bits;
  const int shift = 31 - bits;
  const uint32_t mask = (uint32_t{1} << shift) - 1;
  const uint32_t outcome_mask = bits == 0 ? 1 : (uint32_t{1} << bits) - 1, crowded_mask = bits == 0 ? 0 : 0x80;
  uint32_t any = 0;
  for (int i = 0; i < n; ++i) {
    const uint32_t u = number[i];
    const uint32_t entry = entries[(row_of(i) << bits) + static_cast<int32_t>(u >> shift)];
    const uint32_t crossed = (u & mask) > (entry & mask) ? 1 : 0;
    const uint32_t drawn = (entry >> shift) + crossed;
    if constexpr (sizeof(Outcome) == 1) {
      outcome[i] = static_cast<Outcome>((drawn & outcome_mask) | (entry >> 24 & crowded_mask));
    } else {
      outcome[i] = drawn;
    }
    any |= drawn;
  }
  return any;
}

template <class Outcome>
uint32_t sample_rows(int n, const BucketTable& table, const int32_t* __restrict row, const uint32_t* __restrict number,
                     Outcome* __restrict outcome) noexcept {
  return sample(
      n, table, [row](int i) { return row[i]; }, number, outcome);
}

template <class Outcome>
uint32_t sample_levels(int n, const BucketTable& table, int32_t base, int32_t stride, const uint8_t* __restrict level,
                       const uint32_t* __restrict number, Outcome* __restrict outcome) noexcept {
  return sample(
      n, table, [base, stride, level](int i) { return base + stride * static_cast<int32_t>(level[i]); }, number,
      outcome);
}

void look_up_levels(int n, const uint32_t* __restrict levels, int32_t outcomes, const int32_t* __restrict row,
                    const uint32_t* __restrict outcome, uint32_t* __restrict packed) noexcept {
  for (int i = 0; i < n; ++i) packed[i] = levels[row[i] * outcomes + static_cast<int32_t>(outcome[i])];
}

template <class Level>
void unpack(int n, const uint32_t* __restrict packed, int shift, Level* __restrict level) noexcept {
  for (int i = 0; i < n; ++i) level[i] = static_cast<Level>(packed[i] >> shift);
}

// Sums of a patient lie side by side, and so do the amounts of a row: a load of a whole row beats a gather for each
// amount.
template <int width, class OffsetOf>
inline void accrue_by_slot(int64_t n, const double* __restrict amounts, OffsetOf offset_of,
                           const double* __restrict weights, double* __restrict sums,
                           const int32_t* __restrict slot) noexcept {
  using Wide __attribute__((vector_size(width * sizeof(double)))) = double;
  constexpr int64_t stride = 8;
  Wide weight;
  __builtin_memcpy(&weight, weights, sizeof weight);
#pragma GCC unroll 4
  for (int64_t i = 0; i < n; ++i) {
    Wide amount, sum;
    __builtin_memcpy(&amount, amounts + offset_of(i, width), sizeof amount);
    __builtin_memcpy(&sum, sums + slot[i] * stride, sizeof sum);
    sum += weight * amount;
    __builtin_memcpy(sums + slot[i] * stride, &sum, sizeof sum);
  }
}

template <int width, class OffsetOf>
inline void accrue_by_lane(int64_t n, const double* __restrict amounts, OffsetOf offset_of,
                           const double* __restrict weights, double* __restrict sums) noexcept {
  using Wide __attribute__((vector_size(width * sizeof(double)))) = double;
  Wide weight;
  __builtin_memcpy(&weight, weights, sizeof weight);
  int64_t i = 0;
#ifdef __AVX2__
  if constexpr (width == 2) {  // two patients fill a register
    const __m256d weight_of_both = _mm256_broadcast_pd(reinterpret_cast<const __m128d*>(weights));
#pragma GCC unroll 4
    for (; i + 2 <= n; i += 2) {
      const __m256d amount = _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_loadu_pd(amounts + offset_of(i, 2))),
                                                  _mm_loadu_pd(amounts + offset_of(i + 1, 2)), 1);
      _mm256_storeu_pd(sums + i * 2,
                       _mm256_add_pd(_mm256_loadu_pd(sums + i * 2), _mm256_mul_pd(weight_of_both, amount)));
    }
  }
#endif
#pragma GCC unroll 4
  for (; i < n; ++i) {
    Wide amount, sum;
    __builtin_memcpy(&amount, amounts + offset_of(i, width), sizeof amount);
    __builtin_memcpy(&sum, sums + i * width, sizeof sum);
    sum += weight * amount;
    __builtin_memcpy(sums + i * width, &sum, sizeof sum);
  }
}

template <int width, class OffsetOf>
inline void accrue_wide(int n, const double* amounts, OffsetOf offset_of, const double* weights, double* sums,
                        const int32_t* slot) noexcept {
  slot == nullptr ? accrue_by_lane<width>(n, amounts, offset_of, weights, sums)
                  : accrue_by_slot<width>(n, amounts, offset_of, weights, sums, slot);
}

template <class OffsetOf>
inline void accrue(int n, int width, const double* amounts, OffsetOf offset_of, const double* weights, double* sums,
                   const int32_t* slot) noexcept {
  switch (width) {
    case 1:
      return accrue_wide<1>(n, amounts, offset_of, weights, sums, slot);
    case 2:
      return accrue_wide<2>(n, amounts, offset_of, weights, sums, slot);
    case 4:
      return accrue_wide<4>(n, amounts, offset_of, weights, sums, slot);
    default:
      return accrue_by_slot<8>(n, amounts, offset_of, weights, sums, slot);
  }
}

void accrue_rows(int n, int width, const double* amounts, const int32_t* __restrict row, const double* weights,
                 double* sums, const int32_t* slot) noexcept {
  accrue(
      n, width, amounts, [row](int64_t i, int64_t wide) { return row[i] * wide; }, weights, sums, slot);
}

void accrue_levels(int n, int width, const double* amounts, int32_t base, int32_t level_stride,
                   const uint8_t* __restrict level, const double* weights, double* sums, const int32_t* slot) noexcept {
  const double* first = amounts + static_cast<int64_t>(base) * width;
  const int64_t step = static_cast<int64_t>(level_stride) * width;
  accrue(
      n, width, first, [step, level](int64_t i, int64_t) { return level[i] * step; }, weights, sums, slot);
}

template <int width>
inline void put_wide_in_columns(int n, const double* __restrict sums, const int32_t* __restrict slot,
                                double* const* columns) noexcept {
  for (int64_t i = 0; i < n; ++i) {
    const int64_t to = slot == nullptr ? i : slot[i];
    for (int k = 0; k < width; ++k) columns[k][to] = sums[i * width + k];
  }
}

void put_in_columns(int n, int width, const double* sums, const int32_t* slot, double* const* columns) noexcept {
  switch (width) {
    case 1:
      return put_wide_in_columns<1>(n, sums, slot, columns);
    case 2:
      return put_wide_in_columns<2>(n, sums, slot, columns);
    case 4:
      return put_wide_in_columns<4>(n, sums, slot, columns);
    default:
      return put_wide_in_columns<8>(n, sums, nullptr, columns);
  }
}

// Columns are added up four at a time, whose additions need not wait for one another. The compiler would gather what
// lies in a row, so that the eight partial sums of a column are a vector by name.
constexpr int columns_at_once = 4, partial_sums = 8;
using PartialSums __attribute__((vector_size(partial_sums * sizeof(double)))) = double;

/// [column] the sum over i < n of value[column][i], less less[column][i] if there are `differences`; of the square of
/// what that is above mean[column] if it is `squared`.
template <bool differences, bool squared>
inline void add_up(int n, const double* const* value, const double* const* less, const double* mean,
                   double* sum) noexcept {
  PartialSums partial[columns_at_once] = {};
  int begin = 0;
  for (; begin + partial_sums <= n; begin += partial_sums) {
#pragma GCC unroll 4
    for (int c = 0; c < columns_at_once; ++c) {
      PartialSums term, other;
      __builtin_memcpy(&term, value[c] + begin, sizeof term);
      if constexpr (differences) {
        __builtin_memcpy(&other, less[c] + begin, sizeof other);
        term -= other;
      }
      if constexpr (squared) {
        term -= mean[c];
        term *= term;
      }
      partial[c] += term;
    }
  }
  for (int c = 0; c < columns_at_once; ++c) {
    double p[partial_sums];
    __builtin_memcpy(p, &partial[c], sizeof p);
    for (int k = 0; begin + k < n; ++k) {
      double term = value[c][begin + k];
      if constexpr (differences) term -= less[c][begin + k];
      if constexpr (squared) {
        term -= mean[c];
        term *= term;
      }
      p[k] += term;
    }
    sum[c] = ((p[0] + p[1]) + (p[2] + p[3])) + ((p[4] + p[5]) + (p[6] + p[7]));
  }
}

template <bool differences>
inline void moments_of(int n, const double* const* value, const double* const* less, double* mean,
                       double* squares) noexcept {
  add_up<differences, false>(n, value, less, nullptr, mean);
  for (int c = 0; c < columns_at_once; ++c) mean[c] /= n;
  add_up<differences, true>(n, value, less, mean, squares);
}

void moments(int n, const double* const* value, const double* const* less, double* mean, double* squares) noexcept {
  less == nullptr ? moments_of<false>(n, value, less, mean, squares) : moments_of<true>(n, value, less, mean, squares);
}

// Such lanes are rare: many are looked at at once, and those found are the bits of a mask.
int find_from_level(int n, const uint8_t* __restrict level, int first, int32_t* __restrict found) noexcept {
  int count = 0, begin = 0;
  for (; begin + levels_at_once <= n; begin += levels_at_once) {
    const uint64_t reached = who_reaches(level + begin, first);
    if (reached != 0) count += positions_of(reached, begin, found + count);
  }
  for (; begin < n; ++begin) {
    if (level[begin] >= first) found[count++] = begin;
  }
  return count;
}

int find_with_bits(int n, const uint32_t* __restrict value, uint32_t mask, int32_t* __restrict found) noexcept {
  int count = 0, begin = 0;
  for (; begin + register_numbers <= n; begin += register_numbers) {
    for (uint32_t having = who_has(value + begin, mask); having != 0; having &= having - 1)
      found[count++] = begin + __builtin_ctz(having);
  }
  for (; begin < n; ++begin) {
    if ((value[begin] & mask) != 0) found[count++] = begin;
  }
  return count;
}

}  // namespace

extern const Kernels kernels;
const Kernels kernels = {fill_random,
                         set_row<uint8_t>,
                         set_row<uint16_t>,
                         add_row<uint8_t>,
                         add_row<uint16_t>,
                         sample_rows<uint32_t>,
                         sample_levels<uint32_t>,
                         sample_rows<uint8_t>,
                         sample_levels<uint8_t>,
                         look_up_levels,
                         unpack<uint8_t>,
                         unpack<uint16_t>,
                         accrue_rows,
                         accrue_levels,
                         put_in_columns,
                         moments,
                         find_from_level,
                         find_with_bits};

}  // namespace myelin::engine::MYELIN_KERNEL_NAMESPACE
