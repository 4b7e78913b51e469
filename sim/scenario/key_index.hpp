#pragma once

#include <optional>
#include <string>
#include <vector>

#include "program/schema.hpp"

namespace myelin::scenario {

/// The parts of a dotted key.
using KeyPath = std::vector<std::string>;

KeyPath split_path(const std::string& dotted);
std::string join_path(const KeyPath& path);

/// Whether a name may be part of a key: letters of ASCII, digits, `_` and `-`, one at least.
bool is_plain_name(const std::string& name);

/// A schema, searched by key. The schema must outlive the index.
class KeyIndex {
 public:
  explicit KeyIndex(const Schema& schema);

  const Schema& schema() const { return *schema_; }

  /// The row of a key; null if no row has it.
  const KeyRow* row(const KeyPath& path) const;

  /// Whether keys stand below `path`, so that it is a table of the file and holds no value itself.
  bool is_table(const KeyPath& path) const;

  /// The known key that differs from `path` by a misspelling of its last part; none if none is near.
  std::optional<std::string> nearest(const KeyPath& path) const;

  /// What to do about a key whose last part is the first unknown one: the nearest known key, or the known ones beside
  /// it.
  std::string remedy_for_unknown(const KeyPath& path) const;

 private:
  std::vector<std::string> names_below(const KeyPath& path) const;

  const Schema* schema_;
  std::vector<KeyPath> patterns_;  // of each row, `*` for any name
};

}  // namespace myelin::scenario
