#include "engine/kernels/kernels.hpp"

#ifndef MYELIN_KERNEL_NAMESPACE
#error "compile once an instruction set, with MYELIN_KERNEL_NAMESPACE"
#endif

namespace myelin::engine::MYELIN_KERNEL_NAMESPACE {

using std::int32_t;
using std::uint16_t;
using std::uint32_t;
using std::uint64_t;
using std::uint8_t;

namespace {

// Philox4x32-10 as in random/philox.hpp, which is the tested reference; repeated here on scalars so that the loop
// vectorises.
void fill_random(int n, const RandomSource& source, const int32_t* __restrict slot, uint32_t* __restrict out,
                 int stride) noexcept {
  const RandomSource local = source;
  for (int i = 0; i < n; ++i) {
    uint32_t counter_0 = local.first_patient_low + static_cast<uint32_t>(slot[i]);
    uint32_t counter_1 = local.upper_and_cycle, counter_2 = local.noise, counter_3 = local.stream;
    uint32_t key_0 = local.key[0], key_1 = local.key[1];
    for (int round = 0; round < 10; ++round) {
      const uint64_t product_0 = uint64_t{0xD2511F53} * counter_0;
      const uint64_t product_1 = uint64_t{0xCD9E8D57} * counter_2;
      counter_0 = static_cast<uint32_t>(product_1 >> 32) ^ counter_1 ^ key_0;
      counter_1 = static_cast<uint32_t>(product_1);
      counter_2 = static_cast<uint32_t>(product_0 >> 32) ^ counter_3 ^ key_1;
      counter_3 = static_cast<uint32_t>(product_0);
      key_0 += 0x9E3779B9;
      key_1 += 0xBB67AE85;
    }
    out[i] = counter_0 >> 1;
    out[stride + i] = counter_1 >> 1;
    out[2 * stride + i] = counter_2 >> 1;
    out[3 * stride + i] = counter_3 >> 1;
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

uint32_t sample_rows(int n, const BucketTable& table, const int32_t* __restrict row, const uint32_t* __restrict number,
                     const int32_t* __restrict position, uint32_t* __restrict outcome) noexcept {
  const uint32_t* __restrict entries = table.entries;
  const int bits = table.bits;
  const int shift = 31 - bits;
  const uint32_t mask = (uint32_t{1} << shift) - 1;
  uint32_t any = 0;
  for (int i = 0; i < n; ++i) {
    const uint32_t u = number[position[i]];
    const uint32_t entry = entries[(row[i] << bits) + static_cast<int32_t>(u >> shift)];
    const uint32_t crossed = (u & mask) > (entry & mask) ? 1 : 0;
    const uint32_t drawn = (entry >> shift) + crossed;
    outcome[i] = drawn;
    any |= drawn;
  }
  return any;
}

void look_up_levels(int n, const uint32_t* __restrict levels, int32_t outcomes, const int32_t* __restrict row,
                    const uint32_t* __restrict outcome, uint32_t* __restrict packed) noexcept {
  for (int i = 0; i < n; ++i) packed[i] = levels[row[i] * outcomes + static_cast<int32_t>(outcome[i])];
}

template <class Level>
void unpack(int n, const uint32_t* __restrict packed, int shift, Level* __restrict level) noexcept {
  for (int i = 0; i < n; ++i) level[i] = static_cast<Level>(packed[i] >> shift);
}

void accrue_rows(int n, const double* __restrict amounts, const int32_t* __restrict row, double weight_a,
                 double* __restrict sum_a, double weight_b, double* __restrict sum_b) noexcept {
  for (int i = 0; i < n; ++i) {
    const double amount = amounts[row[i]];
    sum_a[i] += weight_a * amount;
    sum_b[i] += weight_b * amount;
  }
}

void accrue_rows_once(int n, const double* __restrict amounts, const int32_t* __restrict row, double weight,
                      double* __restrict sum) noexcept {
  for (int i = 0; i < n; ++i) sum[i] += weight * amounts[row[i]];
}

void accrue_constant(int n, double amount, double* __restrict sum) noexcept {
  for (int i = 0; i < n; ++i) sum[i] += amount;
}

int find_from_level(int n, const uint8_t* __restrict level, int first, int32_t* __restrict found) noexcept {
  constexpr int chunk = 64;
  int count = 0;
  for (int begin = 0; begin < n; begin += chunk) {
    const int end = begin + chunk < n ? begin + chunk : n;
    uint8_t any = 0;
    if (end - begin == chunk) {
      for (int i = 0; i < chunk; ++i) any |= static_cast<uint8_t>(level[begin + i] >= first);
    } else {
      any = 1;
    }
    if (any == 0) continue;
    for (int i = begin; i < end; ++i) {
      if (level[i] >= first) found[count++] = i;
    }
  }
  return count;
}

}  // namespace

extern const Kernels kernels;
const Kernels kernels = {fill_random,      set_row<uint8_t>, set_row<uint16_t>, add_row<uint8_t>, add_row<uint16_t>,
                         sample_rows,      look_up_levels,   unpack<uint8_t>,   unpack<uint16_t>, accrue_rows,
                         accrue_rows_once, accrue_constant,  find_from_level};

}  // namespace myelin::engine::MYELIN_KERNEL_NAMESPACE
