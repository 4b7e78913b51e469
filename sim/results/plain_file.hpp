#pragma once

#include <filesystem>
#include <string>

#include "results/hdf5.hpp"

/// \file
/// Opening what our writers make and nothing else: objects that lie in the file itself, each in one place. HDF5 knows
/// links to other files, data in other files, filters that are loaded at run time and groups that hold themselves.

namespace myelin::results::hdf5 {

/// Throws IoError, saying what it is instead, unless a file begins as HDF5 files do.
void expect_hdf5(const std::filesystem::path& path);

/// Opens a file for reading. Throws IoError.
Handle open_file(const std::filesystem::path& path);

/// The group `name` of `parent`; `path` is its place, for messages. Throws IoError if it is missing or elsewhere.
Handle open_group(hid_t parent, const std::string& name, const std::string& path);

/// The dataset `name` of `parent`, likewise, whose data lie in the file behind filters that every HDF5 library has.
Handle open_dataset(hid_t parent, const std::string& name, const std::string& path);

/// Throws IoError, naming `path`, if the data of an open dataset do not lie so.
void expect_own_data(hid_t dataset, const std::string& path);

}  // namespace myelin::results::hdf5
