#include "random/philox.hpp"

#include <Random123/philox.h>

#include <catch2/catch.hpp>
#include <random>

// Random123 has a macro of the name of our function.
#undef philox4x32

using namespace myelin;

TEST_CASE("Philox4x32-10 gives Random123's known answers") {
  // Random123, file kat_vectors, `philox4x32 10`.
  STATIC_REQUIRE(philox4x32({0, 0, 0, 0}, {0, 0}) == PhiloxCounter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
        PhiloxCounter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        PhiloxCounter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("Philox4x32-10 agrees with Random123's own header") {
  std::mt19937 words(20110601);
  const auto word = [&] { return static_cast<std::uint32_t>(words()); };
  r123::Philox4x32 reference;
  int differences = 0;
  for (int i = 0; i < 10000; ++i) {
    const PhiloxCounter counter{word(), word(), word(), word()};
    const PhiloxKey key{word(), word()};
    const r123::Philox4x32::ctr_type expected =
        reference({{counter[0], counter[1], counter[2], counter[3]}}, {{key[0], key[1]}});
    differences +=
        philox4x32(counter, key) != PhiloxCounter{expected[0], expected[1], expected[2], expected[3]} ? 1 : 0;
  }
  CHECK(differences == 0);
}
