#include "results/memory_file.hpp"

#include <cstdlib>
#include <cstring>

namespace myelin::results::hdf5 {

namespace {

/// Memory that the file grows by.
constexpr std::size_t growth_bytes = 1 << 20;

}  // namespace

H5FD_file_image_callbacks_t MemoryFile::callbacks() {
  return {
      .image_malloc = [](size_t size, H5FD_file_image_op_t, void*) { return std::malloc(size); },
      .image_memcpy = [](void* to, const void* from, size_t size, H5FD_file_image_op_t,
                         void*) { return std::memcpy(to, from, size); },
      .image_realloc = [](void* bytes, size_t size, H5FD_file_image_op_t, void*) { return std::realloc(bytes, size); },
      .image_free = [](void* bytes, H5FD_file_image_op_t operation, void* file) -> herr_t {
        if (operation == H5FD_FILE_IMAGE_OP_FILE_CLOSE) {
          static_cast<MemoryFile*>(file)->bytes_ = bytes;
        } else {
          std::free(bytes);
        }
        return 0;
      },
      .udata_copy = [](void* file) { return file; },
      .udata_free = [](void*) -> herr_t { return 0; },
      .udata = this};
}

MemoryFile::MemoryFile() {
  silence();
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "cannot make a property list");
  require(H5Pset_fapl_core(access, growth_bytes, false), "cannot keep a file in memory");
  H5FD_file_image_callbacks_t mine = callbacks();
  require(H5Pset_file_image_callbacks(access, &mine), "cannot keep the bytes of a file in memory");
  const Handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose, "cannot make a property list");
  require(H5Pset_obj_track_times(creation, false), "cannot leave out the times of a file");
  require(H5Pset_link_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED),
          "cannot order the links of a file");
  file_.emplace(H5Fcreate("in memory", H5F_ACC_TRUNC, creation, access), H5Fclose, "cannot make a file in memory");
}

MemoryFile::~MemoryFile() {
  file_.reset();
  std::free(bytes_);
}

std::span<const std::byte> MemoryFile::close() {
  require(H5Fflush(*file_, H5F_SCOPE_GLOBAL), "cannot complete the file in memory");
  const ssize_t size = H5Fget_file_image(*file_, nullptr, 0);
  require(size, "cannot measure the file in memory");
  file_.reset();
  return {static_cast<const std::byte*>(bytes_), static_cast<std::size_t>(size)};
}

}  // namespace myelin::results::hdf5
