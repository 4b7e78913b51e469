#pragma once

#include <hdf5.h>

#include <string>
#include <utility>
#include <vector>

#include "results/schema.hpp"

/// \file
/// What writer and reader share of the HDF5 library: handles that close themselves, and failures as exceptions.

namespace myelin::results::hdf5 {

using Shape = std::vector<hsize_t>;

/// Throws IoError: what could not be done, and HDF5's innermost reason.
[[noreturn]] void fail(const std::string& action);

/// Throws as `fail` does if the library reports failure by a negative `status`.
inline void require(long long status, const std::string& action) {
  if (status < 0) fail(action);
}

/// Owns one identifier of the library.
class Handle {
 public:
  using Close = herr_t (*)(hid_t);

  /// Throws IoError (`action` could not be done) if `id` is negative.
  Handle(hid_t id, Close close, const std::string& action) : id_(id), close_(close) { require(id, action); }
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
  Handle& operator=(Handle&&) = delete;
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }

  operator hid_t() const { return id_; }

 private:
  hid_t id_;
  Close close_;
};

/// Keeps the library from printing its errors itself.
void silence();

/// The type of a value in memory: `char*`, `double` or `std::uint64_t`.
Handle memory_type(ValueType type);

/// The type of a value in the file.
Handle file_type(ValueType type);

/// Bytes that a value takes in the file, not counting the characters of a text.
std::size_t stored_bytes(ValueType type);

/// A data space of `shape`; of a single value if `shape` is empty.
Handle data_space(const Shape& shape);

/// `shape` as text for a message: `[2][3]`, or `a single value`.
std::string to_string(const Shape& shape);

/// Selects [all][index][all]... of `space`, whose shape is `shape`.
void select_slice(hid_t space, const Shape& shape, std::size_t axis, std::size_t index);

}  // namespace myelin::results::hdf5
