#include "scenario/key_index.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "scenario/wording.hpp"

namespace myelin::scenario {

namespace {

// Whether the first `length` parts of a path fit the pattern's.
bool fits(const KeyPath& pattern, const KeyPath& path, std::size_t length) {
  if (pattern.size() < length) return false;
  for (std::size_t i = 0; i < length; ++i) {
    if (pattern[i] != "*" && pattern[i] != path[i]) return false;
  }
  return true;
}

}  // namespace

KeyPath split_path(const std::string& dotted) {
  KeyPath path(1);
  for (const char c : dotted) {
    if (c == '.') {
      path.emplace_back();
    } else {
      path.back() += c;
    }
  }
  return path;
}

std::string join_path(const KeyPath& path) { return fmt::format("{}", fmt::join(path, ".")); }

bool is_plain_name(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

KeyIndex::KeyIndex(const Schema& schema) : schema_(&schema) {
  for (const KeyRow& row : schema) patterns_.push_back(split_path(row.path));
}

const KeyRow* KeyIndex::row(const KeyPath& path) const {
  for (std::size_t i = 0; i < patterns_.size(); ++i) {
    if (patterns_[i].size() == path.size() && fits(patterns_[i], path, path.size())) return &(*schema_)[i];
  }
  return nullptr;
}

bool KeyIndex::is_table(const KeyPath& path) const {
  return std::any_of(patterns_.begin(), patterns_.end(), [&](const KeyPath& pattern) {
    return pattern.size() > path.size() && fits(pattern, path, path.size());
  });
}

std::vector<std::string> KeyIndex::names_below(const KeyPath& path) const {
  std::vector<std::string> names;
  for (const KeyPath& pattern : patterns_) {
    if (pattern.size() <= path.size() || !fits(pattern, path, path.size())) continue;
    const std::string& name = pattern[path.size()];
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

std::optional<std::string> KeyIndex::nearest(const KeyPath& path) const {
  KeyPath known(path.begin(), path.end() - 1);
  const auto name = nearest_known(path.back(), names_below(known));
  if (!name) return std::nullopt;
  known.push_back(*name);
  return join_path(known);
}

std::string KeyIndex::remedy_for_unknown(const KeyPath& path) const {
  if (const auto known = nearest(path)) return fmt::format("did you mean {}?", *known);
  for (const KeyPath& pattern : patterns_) {
    if (pattern.back() == path.back()) return fmt::format("did you mean {}?", join_path(pattern));
  }
  const KeyPath parent(path.begin(), path.end() - 1);
  return fmt::format("remove it; known {}: {}", parent.empty() ? "at the top" : "below " + join_path(parent),
                     listed(names_below(parent)));
}

}  // namespace myelin::scenario
