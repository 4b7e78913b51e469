#include "scenario/completion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <set>

#include "scenario/document.hpp"
#include "scenario/wording.hpp"

namespace myelin::scenario {

namespace {

std::set<std::string> paths_of(const Leaves& leaves) {
  std::set<std::string> paths;
  for (const Leaf& leaf : leaves.leaves) paths.insert(leaf.path);
  return paths;
}

bool fits(const KeyPath& path, const KeyPath& pattern) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (pattern[i] != "*" && pattern[i] != path[i]) return false;
  }
  return true;
}

// The keys that a row stands for: one for each table that is open where its last `*` stands, or the row's own.
std::vector<KeyPath> instances(const KeyRow& row, const Leaves& leaves) {
  const KeyPath pattern = split_path(row.path);
  const auto star = std::find(pattern.rbegin(), pattern.rend(), "*");
  if (star == pattern.rend()) return {pattern};
  const auto length = static_cast<std::size_t>(pattern.rend() - star);
  std::vector<KeyPath> paths;
  for (const auto& [table, place] : leaves.tables) {
    if (table.size() != length || !fits(table, pattern)) continue;
    paths.push_back(table);
    paths.back().insert(paths.back().end(), pattern.begin() + static_cast<std::ptrdiff_t>(length), pattern.end());
  }
  return paths;
}

// The place of the innermost open table that a key would stand in.
SourcePlace place_of_table(KeyPath path, const Leaves& leaves, const std::string& top_file) {
  for (path.pop_back(); !path.empty(); path.pop_back()) {
    for (const auto& [table, place] : leaves.tables) {
      if (table == path) return place;
    }
  }
  return {top_file};
}

// Whether a mistake that was reported already was meant for the key or a table around it.
bool is_meant(const std::string& path, const Leaves& leaves) {
  return std::any_of(leaves.meant.begin(), leaves.meant.end(),
                     [&](const std::string& meant) { return path == meant || path.starts_with(meant + "."); });
}

// An override that misspells a user's name opens a table of its own: the name that it may have been meant for.
std::string other_name(KeyPath path, const Leaves& leaves) {
  path.pop_back();
  std::vector<std::string> others;
  bool opened_by_override = false;
  for (const auto& [table, place] : leaves.tables) {
    const bool beside = table.size() == path.size() && std::equal(table.begin(), table.end() - 1, path.begin());
    if (table == path) opened_by_override = place.line == 0;
    if (beside && table != path && place.line > 0) others.push_back(table.back());
  }
  const auto nearest = opened_by_override ? nearest_known(path.back(), others) : std::nullopt;
  return nearest ? fmt::format("; or did you mean {}?", *nearest) : "";
}

}  // namespace

void report_missing(const Leaves& leaves, const KeyIndex& index, const std::string& top_file, Diagnostics& found) {
  const std::set<std::string> present = paths_of(leaves);
  for (const KeyRow& row : index.schema()) {
    if (!row.required || row.fallback) continue;
    for (const KeyPath& path : instances(row, leaves)) {
      const std::string dotted = join_path(path);
      if (present.contains(dotted) || is_meant(dotted, leaves)) continue;
      found.push_back({place_of_table(path, leaves, top_file), fmt::format("required key {} is missing", dotted),
                       fmt::format("add it: {}{}{}", row.description, row.unit.empty() ? "" : " (" + row.unit + ")",
                                   other_name(path, leaves))});
    }
  }
}

std::vector<Leaf> fallbacks(const Leaves& leaves, const KeyIndex& index) {
  const std::set<std::string> present = paths_of(leaves);
  const SourcePlace place{"default"};
  std::vector<Leaf> absent;
  for (const KeyRow& row : index.schema()) {
    if (!row.fallback) continue;
    const auto node = parse_value(*row.fallback);
    const auto number = number_of(*node);
    for (const KeyPath& path : instances(row, leaves)) {
      const std::string dotted = join_path(path);
      if (present.contains(dotted)) continue;
      if (row.kind == KeyKind::parameter && number) {
        absent.push_back({&row, dotted, place, {}, nullptr, {{{}, *number, place, "default"}}, {}});
      } else {
        absent.push_back({&row, dotted, place, {}, node, {}, {}});
      }
    }
  }
  return absent;
}

}  // namespace myelin::scenario
