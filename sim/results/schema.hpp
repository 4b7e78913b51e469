#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

/// \file
/// The attributes and datasets of a results file. The writer takes names, units and descriptions from these rows, the
/// reader checks types and axes against them, and the documentation is printed from them.

namespace myelin::results {

inline constexpr std::string_view filetype = "myelin results";

/// Raised with every change of the rows: `major` if older files can no longer be read, else `minor`.
struct FormatVersion {
  std::uint64_t major = 0;
  std::uint64_t minor = 0;
};
inline constexpr FormatVersion format_version{4, 0};

/// How values are stored: UTF-8 of variable length, IEEE 754 binary64, unsigned 64-bit; numbers little-endian.
enum class ValueType { text, real, integer };

/// One attribute or dataset.
struct SchemaRow {
  std::string_view path;  ///< `*` stands for a name, `@` leads an attribute: `/analyses/*/mean`, `/@seed`
  ValueType type;
  std::vector<std::string_view> axes;  ///< the dimension scale of each axis, in the same group; empty for one value
  std::string_view units;
  std::string_view description;

  /// Whether the dataset is the dimension scale of the axis that bears its name.
  bool is_scale() const {
    return axes.size() == 1 && path.ends_with(axes[0]) && path[path.size() - axes[0].size() - 1] == '/';
  }

  /// The axis along which the dataset is written and read piece by piece: the first that is not that of draws.
  std::size_t slice_axis() const { return axes.front() == "draw" ? 1 : 0; }
};

/// A last axis of this name stands for one axis an attribute of a tally, in the order of the attributes.
inline constexpr std::string_view attribute_axes = "attribute...";

/// All rows, in the order of the page.
const std::vector<SchemaRow>& schema_rows();

/// The row of `path`, which must be one of the table.
const SchemaRow& schema_row(std::string_view path);

}  // namespace myelin::results
