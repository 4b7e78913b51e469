#include "random/stream.hpp"

#include <bit>
#include <catch2/catch.hpp>
#include <random>
#include <set>

using namespace myelin;

namespace {

/// Something that a counter is made of, with the number of bits that it may have.
struct Part {
  int bits;
  PhiloxCounter (*counter)(std::uint64_t value);
};

constexpr Part parts[] = {
    {32, [](std::uint64_t v) { return counter_of({static_cast<std::uint32_t>(v)}, 0, {0}, {0}); }},
    {16, [](std::uint64_t v) { return counter_of({0}, static_cast<std::uint32_t>(v), {0}, {0}); }},
    {48, [](std::uint64_t v) { return counter_of({0}, 0, {v}, {0}); }},
    {32, [](std::uint64_t v) { return counter_of({0}, 0, {0}, {static_cast<std::uint32_t>(v)}); }},
};

PhiloxCounter either(const PhiloxCounter& a, const PhiloxCounter& b) {
  return {a[0] | b[0], a[1] | b[1], a[2] | b[2], a[3] | b[3]};
}

int bits_set(const PhiloxCounter& counter) {
  return std::popcount(counter[0]) + std::popcount(counter[1]) + std::popcount(counter[2]) + std::popcount(counter[3]);
}

}  // namespace

TEST_CASE("a stream is the 32-bit FNV-1a hash of its name") {
  // Fowler, Noll, Vo and Eastlake, draft-eastlake-fnv, test vectors; the last tells signed from unsigned characters.
  STATIC_REQUIRE(stream_id("").value == 2166136261u);
  CHECK(stream_id("a").value == 0xe40c292cu);
  CHECK(stream_id("foobar").value == 0xbf9cf968u);
  CHECK(stream_id("\xff").value == (0x811c9dc5u ^ 0xffu) * 16777619u);
}

TEST_CASE("the seed's low half is the first word of the key") {
  CHECK(Seed{0x1122334455667788}.key() == PhiloxKey{0x55667788, 0x11223344});
}

TEST_CASE("layout version 1 of the counter: patient, upper patient and cycles, noise, stream") {
  STATIC_REQUIRE(random_layout_version == 1);
  CHECK(counter_of({0xaabbccdd}, 0x1234, {0x56789abcdef0}, {0x11223344}) ==
        PhiloxCounter{0x9abcdef0, 0x56781234, 0x11223344, 0xaabbccdd});
}

TEST_CASE("no two decisions share a counter") {
  // Each of the 128 bits of the parts has one bit of the counter to itself, and a counter is nothing but those bits.
  std::set<PhiloxCounter> images;
  for (const Part& part : parts) {
    for (int bit = 0; bit < part.bits; ++bit) {
      const PhiloxCounter image = part.counter(std::uint64_t{1} << bit);
      CHECK(bits_set(image) == 1);
      images.insert(image);
    }
  }
  CHECK(images.size() == 128);

  std::mt19937_64 words(7);
  int differences = 0;
  for (int i = 0; i < 1000; ++i) {
    std::uint64_t values[4];
    PhiloxCounter expected{};
    for (int p = 0; p < 4; ++p) {
      values[p] = words() >> (64 - parts[p].bits);
      for (int bit = 0; bit < parts[p].bits; ++bit) {
        if ((values[p] >> bit & 1) != 0) expected = either(expected, parts[p].counter(std::uint64_t{1} << bit));
      }
    }
    const PhiloxCounter whole =
        counter_of({static_cast<std::uint32_t>(values[0])}, static_cast<std::uint32_t>(values[1]), {values[2]},
                   {static_cast<std::uint32_t>(values[3])});
    differences += whole != expected ? 1 : 0;
  }
  CHECK(differences == 0);
}

TEST_CASE("the limits of patient and cycle are what the counter can hold") {
  CHECK(patient_limit == std::uint64_t{1} << 48);
  CHECK((cycle_limit - 1) / cycles_per_block == 0xffff);
}

TEST_CASE("a block of four numbers serves four cycles, in order, by their upper 31 bits") {
  // Philox4x32-10 of counter (17, 25, 4, 3) under key (42, 0), by the reference implementation of Random123.
  const std::uint32_t block[] = {0x4d5f662a, 0xe1faa319, 0xac3c5513, 0x900c7a0c};
  for (std::uint32_t k = 0; k < 4; ++k) CHECK(random_31_bits({42}, {3}, 100 + k, {17}, {4}) == block[k] >> 1);
  // Counter (99999, 600, 12, 999) under the same key.
  CHECK(random_31_bits({42}, {999}, 2400, {99999}, {12}) == 0x67a453efu >> 1);
  CHECK(random_31_bits({42}, {999}, 2403, {99999}, {12}) == 0xf5bd02acu >> 1);
}

TEST_CASE("every part of a decision's name changes its number") {
  std::set<std::uint32_t> numbers{random_31_bits({42}, {3}, 5, {17}, {4})};
  for (int bit = 0; bit < 64; ++bit) numbers.insert(random_31_bits({42 ^ std::uint64_t{1} << bit}, {3}, 5, {17}, {4}));
  for (int bit = 0; bit < 32; ++bit) numbers.insert(random_31_bits({42}, {3 ^ 1u << bit}, 5, {17}, {4}));
  for (int bit = 0; bit < 18; ++bit) numbers.insert(random_31_bits({42}, {3}, 5 ^ 1u << bit, {17}, {4}));
  for (int bit = 0; bit < 48; ++bit) numbers.insert(random_31_bits({42}, {3}, 5, {17 ^ std::uint64_t{1} << bit}, {4}));
  for (int bit = 0; bit < 32; ++bit) numbers.insert(random_31_bits({42}, {3}, 5, {17}, {4 ^ 1u << bit}));
  CHECK(numbers.size() == 1 + 64 + 32 + 18 + 48 + 32);  // among 2^31, two of these would hardly ever agree by chance
}
