#include "results/plain_file.hpp"

#include <algorithm>
#include <array>
#include <fstream>

#include "core/diagnostic.hpp"

namespace myelin::results::hdf5 {

namespace {

/// What HDF5 files begin with.
constexpr std::array<char, 8> hdf5_signature = {'\x89', 'H', 'D', 'F', '\r', '\n', '\x1a', '\n'};

void expect_hard_link(hid_t parent, const std::string& name, const std::string& path) {
  H5L_info_t link{};
  if (H5Lget_info(parent, name.c_str(), &link, H5P_DEFAULT) < 0) {
    H5Eclear2(H5E_DEFAULT);
    throw IoError(path + " is missing or cannot be opened");
  }
  if (link.type != H5L_TYPE_HARD)
    throw IoError(path + " is a link to another place or file, which this format does not have");
}

}  // namespace

void expect_hdf5(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    throw IoError("there is no such file -- check the name, or make it with `myelin run`");
  }
  if (std::filesystem::is_directory(status)) throw IoError("it is a folder -- give the name of a file in it");
  if (!std::filesystem::is_regular_file(status)) {
    throw IoError("it is not a file that can be read -- check the name and the permissions of its folder");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) throw IoError("it cannot be opened -- check its permissions");
  std::array<char, hdf5_signature.size()> start{};
  file.read(start.data(), start.size());
  if (file.gcount() == 0) throw IoError("it is empty -- run the scenario again");
  if (start != hdf5_signature) throw IoError("it is not an HDF5 file -- give a file that `myelin run` wrote");
}

Handle open_file(const std::filesystem::path& path) {
  constexpr const char* failure = "the HDF5 library fails";
  // Code that a file names must not be loaded.
  require(H5PLset_loading_state(0), failure);
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, failure);
  // Some network disks refuse locks, and our files never change once they have their names.
  require(H5Pset_file_locking(access, false, true), failure);
  return Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access), H5Fclose, "it is damaged or truncated");
}

Handle open_group(hid_t parent, const std::string& name, const std::string& path) {
  expect_hard_link(parent, name, path);
  return Handle(H5Gopen2(parent, name.c_str(), H5P_DEFAULT), H5Gclose, path + " is missing or cannot be opened");
}

Handle open_dataset(hid_t parent, const std::string& name, const std::string& path) {
  expect_hard_link(parent, name, path);
  Handle dataset(H5Dopen2(parent, name.c_str(), H5P_DEFAULT), H5Dclose, path + " is missing or cannot be opened");
  expect_own_data(dataset, path);
  return dataset;
}

void expect_own_data(hid_t dataset, const std::string& path) {
  const Handle properties(H5Dget_create_plist(dataset), H5Pclose, path + " cannot be opened");
  if (H5Pget_layout(properties) == H5D_VIRTUAL || H5Pget_external_count(properties) != 0)
    throw IoError(path + " has its values in another file, which this format does not have");
  constexpr std::array known = {H5Z_FILTER_DEFLATE, H5Z_FILTER_SHUFFLE, H5Z_FILTER_FLETCHER32};
  const int filters = H5Pget_nfilters(properties);
  require(filters, path + " cannot be opened");
  for (unsigned i = 0; i < static_cast<unsigned>(filters); ++i) {
    unsigned flags = 0;
    std::size_t values = 0;
    const H5Z_filter_t filter = H5Pget_filter2(properties, i, &flags, &values, nullptr, 0, nullptr, nullptr);
    if (std::ranges::find(known, filter) == known.end())
      throw IoError(path + " is packed by the filter " + std::to_string(filter) + ", which this format does not have");
  }
}

}  // namespace myelin::results::hdf5
