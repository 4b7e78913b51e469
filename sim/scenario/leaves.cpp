#include "scenario/leaves.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "scenario/wording.hpp"

namespace myelin::scenario {

namespace {

using OpenTables = std::vector<std::pair<KeyPath, SourcePlace>>;

void open_table(OpenTables& tables, const std::pair<KeyPath, SourcePlace>& table) {
  if (std::ranges::find(tables, table.first, &OpenTables::value_type::first) == tables.end()) tables.push_back(table);
}

// Takes the tables of one file apart into leaves.
class Gatherer {
 public:
  Gatherer(const KeyIndex& index, UnknownKeys unknown_keys, Leaves& into, Diagnostics& found)
      : index_(index), unknown_keys_(unknown_keys), into_(into), found_(found) {}

  /// The leaves of a document; the tables that it opens are added to `tables`.
  std::vector<Leaf> take(const Document& document, OpenTables& tables) {
    own_.clear();
    tables_ = &tables;
    descend(document, *document.table);
    std::sort(own_.begin(), own_.end(), [](const Leaf& a, const Leaf& b) {
      return std::tie(a.place.line, a.place.column) < std::tie(b.place.line, b.place.column);
    });
    return std::move(own_);
  }

 private:
  void descend(const Document& document, const toml::table& table) {
    for (const auto& [key, node] : table) {
      const SourcePlace place = place_in(document.file.shown, key.source());
      path_.emplace_back(key.str());
      if (!is_plain_name(path_.back())) {
        found_.push_back({place, fmt::format("the name {} cannot be part of a key", quote(path_.back())),
                          "use letters, digits, _ and - only"});
      } else {
        visit(document, node, place);
      }
      path_.pop_back();
    }
  }

  void visit(const Document& document, const toml::node& node, const SourcePlace& place) {
    const std::string dotted = join_path(path_);
    if (const KeyRow* row = index_.row(path_)) {
      // `include` and `without` say how files are brought together, and each file has its own.
      if (dotted != "include" && dotted != "without") {
        own_.push_back({row, dotted, place, document.file.folder(), {document.table, &node}, {}, {}});
      }
    } else if (!index_.is_table(path_)) {
      if (unknown_keys_ == UnknownKeys::are_mistakes) {
        if (const auto known = index_.nearest(path_)) into_.meant.push_back(*known);
        found_.push_back({place, "unknown key " + dotted, index_.remedy_for_unknown(path_)});
      }
    } else if (const toml::table* below = node.as_table()) {
      open_table(*tables_, {path_, place});
      descend(document, *below);
    } else {
      into_.meant.push_back(dotted);
      found_.push_back({place, fmt::format("{} must be a table of keys, not a value", dotted),
                        fmt::format("write [{}] and its keys below", dotted)});
    }
  }

  const KeyIndex& index_;
  UnknownKeys unknown_keys_;
  Leaves& into_;
  Diagnostics& found_;
  OpenTables* tables_ = nullptr;
  KeyPath path_;
  std::vector<Leaf> own_;
};

// Positions of leaves by key, as one file and all it includes say it.
using LeafByPath = std::map<std::string, std::size_t>;

bool is_at_or_below(const std::string& path, const std::string& key) {
  return path == key || path.starts_with(key + ".");
}

// Takes out what a document does not want of the files that it includes.
void leave_out(const Document& document, LeafByPath& effective, OpenTables& tables, Diagnostics& found) {
  const toml::node* without = document.table->get("without");
  if (without == nullptr) return;
  const toml::array* keys = without->as_array();
  if (keys == nullptr || !std::ranges::all_of(*keys, [](const toml::node& key) { return key.is_string(); })) {
    found.push_back({place_in(document.file.shown, without->source()), "without must be a list of keys",
                     "write without = [\"strategies.old\"]"});
    return;
  }
  for (const toml::node& node : *keys) {
    const std::string& key = node.as_string()->get();
    const auto count = std::erase_if(effective, [&](const auto& leaf) { return is_at_or_below(leaf.first, key); });
    std::erase_if(tables, [&](const auto& table) { return is_at_or_below(join_path(table.first), key); });
    if (count > 0) continue;
    found.push_back({place_in(document.file.shown, node.source()),
                     fmt::format("without names {}, which no included file has", quote(key)),
                     "name a key or a table of keys of an included file"});
  }
}

void add_included(LeafByPath& into, const LeafByPath& included, const std::vector<Leaf>& all, Diagnostics& found) {
  for (const auto& [path, position] : included) {
    const auto [first, is_new] = into.emplace(path, position);
    if (is_new) continue;
    const SourcePlace& other = all[first->second].place;
    found.push_back({all[position].place,
                     fmt::format("{} is also set at {}:{} (included by the same file)", path, other.file, other.line),
                     "keep one of the two, or set it in the file that includes both"});
  }
}

}  // namespace

SourcePlace Leaf::place_of(const toml::node& part) const {
  return place.line == 0 ? place : place_in(place.file, part.source());
}

Leaves gather(const Documents& documents, const KeyIndex& index, UnknownKeys unknown_keys, Diagnostics& found) {
  Leaves gathered;
  Gatherer gatherer(index, unknown_keys, gathered, found);
  std::vector<Leaf> all;
  std::vector<LeafByPath> by_document;
  std::vector<OpenTables> tables_of_document;
  for (const Document& document : documents.files) {
    LeafByPath effective;
    OpenTables tables;
    for (const std::size_t included : document.includes) {
      add_included(effective, by_document[included], all, found);
      for (const auto& table : tables_of_document[included]) open_table(tables, table);
    }
    leave_out(document, effective, tables, found);
    for (Leaf& leaf : gatherer.take(document, tables)) {
      effective[leaf.path] = all.size();
      all.push_back(std::move(leaf));
    }
    by_document.push_back(std::move(effective));
    tables_of_document.push_back(std::move(tables));
  }
  if (by_document.empty()) return gathered;
  gathered.tables = std::move(tables_of_document.back());
  std::vector<std::size_t> positions;
  for (const auto& [path, position] : by_document.back()) positions.push_back(position);
  std::sort(positions.begin(), positions.end());
  for (const std::size_t position : positions) gathered.leaves.push_back(std::move(all[position]));
  return gathered;
}

}  // namespace myelin::scenario
