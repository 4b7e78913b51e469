#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "results/hdf5.hpp"

namespace myelin::results::hdf5 {

/// Writes the attributes and datasets of one group of the file, each as its row in the schema says: with units,
/// description, and a dimension scale of the same group, written before it, on every axis.
/// All members throw IoError if HDF5 fails or a text holds a NUL character.
class GroupWriter {
 public:
  explicit GroupWriter(hid_t file);

  /// A new group below this one, named by the schema.
  GroupWriter group(const std::string& name) const { return GroupWriter(*this, name, name); }

  /// A new group below this one with a name of the user's, altered where HDF5 does not allow it or it is taken.
  GroupWriter named_group(const std::string& name) const { return GroupWriter(*this, free_link_name(name), "*"); }

  void attribute(const std::string& name, const std::string& value) const;
  void attribute(const std::string& name, double value) const;
  void attribute(const std::string& name, std::uint64_t value) const;
  void attribute(const std::string& name, const std::vector<std::string>& values) const;
  void attribute(const std::string& name, const std::vector<double>& values) const;
  void attribute(const std::string& name, const std::vector<std::uint64_t>& values) const;

  /// A dataset of a single text.
  void dataset(const std::string& name, const std::string& value) const;

  /// Datasets of one axis.
  void dataset(const std::string& name, const std::vector<std::string>& values) const;
  void dataset(const std::string& name, const std::vector<double>& values) const;
  void dataset(const std::string& name, const std::vector<std::uint64_t>& values) const;

  /// The scale of an axis that counts from 0.
  void counting_scale(const std::string& name, std::size_t count) const;

  /// The scale of an axis with a name of the user's; returns the name of its link.
  std::string named_scale(const std::string& name, const std::vector<std::string>& values) const;

  /// A dataset of `shape`, row-major.
  void table(const std::string& name, const Shape& shape, const std::vector<double>& values) const {
    write_dataset(name, schema_row(path_ + name), shape, values.data());
  }

  /// A dataset of `shape` whose slice axis runs over `slices`, each [the other axes]; `user_axes` are the
  /// links of the scales that stand for `attribute_axes`.
  void slices(const std::string& name, const Shape& shape, const std::vector<const std::vector<double>*>& slices,
              const std::vector<std::string>& user_axes = {}) const;

 private:
  GroupWriter(const GroupWriter& parent, const std::string& link, const std::string& pattern);

  std::string free_link_name(const std::string& name) const;
  void write_attribute(const std::string& name, ValueType type, const Shape& shape, const void* values) const;
  void write_dataset(const std::string& link, const SchemaRow& row, const Shape& shape, const void* values) const;
  Handle create_dataset(const std::string& link, const SchemaRow& row, const Shape& shape,
                        const std::vector<std::string>& user_axes) const;
  void attach_scales(hid_t dataset, const SchemaRow& row, const std::vector<std::string>& user_axes) const;

  Handle group_;
  std::string path_;  ///< in the schema, ending in `/`
};

}  // namespace myelin::results::hdf5
