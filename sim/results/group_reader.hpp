#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "results/hdf5.hpp"

namespace myelin::results::hdf5 {

/// How much memory a file may still ask for, so that absurd extents, texts and groups are refused before they get it.
class Budget {
 public:
  explicit Budget(std::uintmax_t file_bytes);

  /// False, from then on also by `overdrawn`, if so many bytes are not left.
  bool take(std::uintmax_t bytes);
  bool overdrawn() const { return overdrawn_; }

  /// Throws IoError, naming `path`, if values of `shape` do not fit beside what was read before.
  void spend(const Shape& shape, std::size_t value_bytes, const std::string& path);

  /// Throws IoError, naming `path`, if the group was read before, by this name or another: groups could hold
  /// themselves.
  void enter(hid_t group, const std::string& path);

 private:
  std::uintmax_t left_bytes_;
  bool overdrawn_ = false;
  std::set<haddr_t> entered_;
};

/// Reads the attributes and datasets of one group of the file, each of which must be as its row in the schema says.
/// All members throw IoError, with the path in the file, if one is missing or has another type or shape.
class GroupReader {
 public:
  GroupReader(hid_t file, Budget& budget);

  /// A group below this one, named by the schema.
  GroupReader group(const std::string& name) const { return GroupReader(*this, name, name); }

  /// All groups below this one, whose names are the user's, in the order in which they were written.
  std::vector<GroupReader> named_groups() const;

  std::string text_attribute(const std::string& name) const;
  double real_attribute(const std::string& name) const;
  std::uint64_t integer_attribute(const std::string& name) const;
  std::vector<std::string> text_list_attribute(const std::string& name) const;
  std::vector<double> real_list_attribute(const std::string& name) const;
  std::vector<std::uint64_t> integer_list_attribute(const std::string& name) const;

  /// A dataset of a single text.
  std::string text(const std::string& name) const;

  /// The length of the scale `name`.
  std::size_t length(const std::string& name) const;

  /// Datasets of one axis, which must have `length` values; numbers must be finite, here as in all members.
  std::vector<std::string> texts(const std::string& name, std::size_t length) const;
  std::vector<double> reals(const std::string& name, std::size_t length) const;
  /// The same, where NaN says that there is none.
  std::vector<double> reals_or_nan(const std::string& name, std::size_t length) const;
  std::vector<std::uint64_t> integers(const std::string& name, std::size_t length) const;

  /// The scales of the last axes of the dataset `name` from `first_axis` on, [axis][value].
  std::vector<std::vector<std::string>> user_scales(const std::string& name, std::size_t first_axis) const;

  /// The values of a dataset of `shape`, row-major.
  std::vector<double> table(const std::string& name, const Shape& shape) const;

  /// [slice] the values of a dataset of `shape` for each index of its slice axis.
  std::vector<std::vector<double>> slices(const std::string& name, const Shape& shape) const;

  /// The path in the file, for messages.
  const std::string& path() const { return path_; }

 private:
  GroupReader(const GroupReader& parent, const std::string& link, const std::string& pattern);

  Handle open_attribute(const std::string& name, ValueType type) const;
  Handle open_dataset(const std::string& name, const SchemaRow& row) const;
  std::vector<std::string> read_texts(hid_t dataset, const Shape& shape, const std::string& path) const;
  template <class T>
  std::vector<T> read_numbers(const std::string& name, ValueType type, const Shape& shape) const;
  template <class T>
  std::vector<T> read_number_attribute(const std::string& name, ValueType type) const;
  std::vector<std::string> read_text_attribute(const std::string& name) const;

  Handle group_;
  Budget* budget_;
  std::string path_;     ///< in the file, ending in `/`
  std::string pattern_;  ///< in the schema, ending in `/`
};

}  // namespace myelin::results::hdf5
