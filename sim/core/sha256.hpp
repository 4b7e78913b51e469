#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace myelin {

/// SHA-256 (FIPS 180-4) of what is fed to it, by OpenSSL's implementation.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  Sha256& add(std::span<const std::byte> bytes);
  /// Text with its length before it, so that neighbouring texts cannot run into each other.
  Sha256& add(std::string_view text);
  template <class T>
  Sha256& add_values(std::span<const T> values) {
    return add(std::as_bytes(values));
  }

  /// The digest in hexadecimal; nothing can be added afterwards.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace myelin
