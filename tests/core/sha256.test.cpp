#include "core/sha256.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cstdint>

using namespace myelin;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

std::string digest_of_bytes(std::string_view text) { return Sha256().add(bytes_of(text)).hex(); }

}  // namespace

TEST_CASE("bytes give the digests that NIST publishes") {
  // NIST, "Cryptographic Standards and Guidelines: Examples with Intermediate Values", SHA-256 (FIPS 180-4).
  CHECK(digest_of_bytes("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(digest_of_bytes("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(digest_of_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(digest_of_bytes(std::string(1000000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("bytes fed in pieces give the digest of the whole") {
  const std::string text(1000, 'a');
  Sha256 pieces;
  for (std::size_t begin = 0, length = 1; begin < text.size(); begin += length++) {
    pieces.add(bytes_of(std::string_view(text).substr(begin, length)));
  }
  CHECK(pieces.hex() == digest_of_bytes(text));
}

TEST_CASE("a text is fed with its length before it, as eight bytes, lowest first") {
  // Python 3.11: hashlib.sha256(struct.pack('<Q', 3) + b'abc') and of struct.pack('<Q', 0).
  CHECK(Sha256().add("abc").hex() == "ce91dc5eec0139adf091900d225971d6ad246a845bad791b5693a9d0d55dd391");
  CHECK(Sha256().add("").hex() == "af5570f5a1810b7af78caf4bc70a660f0df51e42baf91d4de5b2328de0e83dfc");
  CHECK(Sha256().add("ab").add("c").hex() != Sha256().add("a").add("bc").hex());
}

TEST_CASE("values are fed as the bytes that they are stored in") {
  const std::array<std::uint16_t, 2> values{0x6261, 0x6463};
  CHECK(Sha256().add_values(std::span<const std::uint16_t>(values)).hex() == digest_of_bytes("abcd"));
}

TEST_CASE("a digest in the making can be moved") {
  Sha256 first;
  first.add(bytes_of("ab"));
  Sha256 second = std::move(first);
  CHECK(second.add(bytes_of("c")).hex() == digest_of_bytes("abc"));
}
