#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "results/hdf5.hpp"

namespace myelin::results::hdf5 {

/// A file under construction in memory: HDF5 cannot recover from a disk that fills up, so it never sees the disk.
class MemoryFile {
 public:
  /// Throws IoError if HDF5 fails, as do the members.
  MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile();

  hid_t id() const { return *file_; }

  /// Completes the file, of which nothing else may be open. Its bytes, which live as long as this object: those that
  /// HDF5 leaves behind, since H5Fget_file_image would copy them, and with many draws they are many.
  std::span<const std::byte> close();

 private:
  H5FD_file_image_callbacks_t callbacks();

  void* bytes_ = nullptr;
  std::optional<Handle> file_;
};

}  // namespace myelin::results::hdf5
