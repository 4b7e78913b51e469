#include "scenario/overrides.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "scenario/wording.hpp"

namespace myelin::scenario {

namespace {

// `key[cell]=value` taken apart.
struct Override {
  KeyPath path;
  std::vector<std::string> cell;
  std::shared_ptr<const toml::node> value;
  SourcePlace place;
};

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

std::optional<Override> parse_override(const std::string& text, Diagnostics& found) {
  const std::size_t equals = text.find('=');
  const std::string left = trimmed(std::string_view(text).substr(0, equals));
  const SourcePlace place{"--set " + (left.empty() ? text : left)};
  if (equals == std::string::npos || left.empty()) {
    found.push_back({place, "there is no key and value around an equals sign", "write --set key=value"});
    return std::nullopt;
  }
  const std::size_t bracket = left.find('[');
  Override parsed{split_path(trimmed(std::string_view(left).substr(0, bracket))),
                  {},
                  parse_value(trimmed(std::string_view(text).substr(equals + 1))),
                  place};
  if (bracket != std::string::npos) {
    if (left.back() != ']') {
      found.push_back({place, "the index of the cell is not closed", "write --set table[index,...]=number"});
      return std::nullopt;
    }
    std::string index = left.substr(bracket + 1, left.size() - bracket - 2);
    for (std::size_t comma; (comma = index.find(',')) != std::string::npos; index.erase(0, comma + 1)) {
      parsed.cell.push_back(trimmed(std::string_view(index).substr(0, comma)));
    }
    parsed.cell.push_back(trimmed(index));
  }
  return parsed;
}

// The row of the override's key; the reasons why it cannot be set otherwise.
const KeyRow* settable_row(const Override& change, const KeyIndex& index, Diagnostics& found) {
  KeyPath path;
  for (const std::string& name : change.path) {
    path.push_back(name);
    if (!is_plain_name(name)) {
      found.push_back({change.place, fmt::format("the name {} cannot be part of a key", quote(name)),
                       "use letters, digits, _ and - only"});
      return nullptr;
    }
    const KeyRow* row = index.row(path);
    const bool entry = row != nullptr && row->kind == KeyKind::formulas && path.size() + 1 == change.path.size();
    if (entry) return row;
    if (row != nullptr && path.size() < change.path.size()) {
      found.push_back({change.place, join_path(path) + " has no keys below it",
                       fmt::format("write --set {}=value", join_path(path))});
      return nullptr;
    }
    if (row == nullptr && !index.is_table(path)) {
      found.push_back({change.place, "unknown key " + join_path(path), index.remedy_for_unknown(path)});
      return nullptr;
    }
  }
  const KeyRow* row = index.row(path);
  if (row == nullptr) {
    found.push_back(
        {change.place, join_path(path) + " must be a table of keys, not a value", "set one of the keys below it"});
  } else if (row->path == "format" || row->path == "model" || row->path == "sources" || row->path == "include" ||
             row->path == "without") {
    found.push_back(
        {change.place, row->path + " cannot be set (it says how the files are read)", "change it in the scenario"});
    return nullptr;
  }
  return row;
}

void open_tables(Leaves& leaves, const Override& change) {
  for (std::size_t length = 1; length < change.path.size(); ++length) {
    const KeyPath table(change.path.begin(), change.path.begin() + static_cast<std::ptrdiff_t>(length));
    const auto same = [&](const auto& known) { return known.first == table; };
    if (std::none_of(leaves.tables.begin(), leaves.tables.end(), same)) leaves.tables.emplace_back(table, change.place);
  }
}

// The last of several edits of the same number counts, and tells what the files say.
void edit(Leaf& leaf, Edit change) {
  std::erase_if(leaf.edits, [&](const Edit& earlier) { return earlier.cell == change.cell; });
  leaf.edits.push_back(std::move(change));
}

// Puts one formula into a table of formulae that the scenario has.
void apply_entry(Leaves& leaves, const Override& change, Diagnostics& found) {
  const std::string path = join_path({change.path.begin(), change.path.end() - 1});
  const auto leaf = std::ranges::find(leaves.leaves, path, &Leaf::path);
  if (leaf == leaves.leaves.end() || !leaf->node || !leaf->node->is_table()) {
    found.push_back({change.place, path + " is no table of formulae in the scenario",
                     fmt::format("write --set {}={{ {} = ... }}", path, change.path.back())});
    return;
  }
  const std::optional<double> number = number_of(*change.value);
  if (!number && !change.value->is_string()) {
    found.push_back(
        {change.place, "a formula must be a number or text", fmt::format("write {}=number", change.place.file)});
    return;
  }
  const std::string text = number ? fmt::format("{}", *number) : change.value->as_string()->get();
  std::erase_if(leaf->entries, [&](const Formula& earlier) { return earlier.name == change.path.back(); });
  leaf->entries.push_back({change.path.back(), text, change.place});
}

void apply(Leaves& leaves, Override change, const KeyRow& row, Diagnostics& found) {
  if (row.kind == KeyKind::formulas && change.path.size() > split_path(row.path).size())
    return apply_entry(leaves, change, found);
  const std::string path = join_path(change.path);
  auto leaf =
      std::find_if(leaves.leaves.begin(), leaves.leaves.end(), [&](const Leaf& known) { return known.path == path; });
  const bool is_there = leaf != leaves.leaves.end();
  const std::optional<double> number = number_of(*change.value);
  if (!change.cell.empty()) {
    if (row.kind != KeyKind::table) {
      found.push_back(
          {change.place, path + " is no table, so it has no cells", fmt::format("write --set {}=value", path)});
    } else if (!is_there) {
      found.push_back({change.place, path + " is not in the scenario, so it has no cells", "name a CSV file first"});
    } else if (!number) {
      found.push_back(
          {change.place, "a cell must be a number", fmt::format("write --set {}=number", change.place.file.substr(6))});
    } else {
      edit(*leaf, {std::move(change.cell), *number, std::move(change.place), "--set"});
    }
    return;
  }
  if (!is_there && number && row.unit == unit_as_given) {
    std::vector<std::string> known;
    for (const Leaf& other : leaves.leaves) {
      if (other.row == &row) known.push_back(other.path);
    }
    found.push_back({change.place, path + " is not in the scenario, so its unit is not known",
                     did_you_mean(path, known, "add it to the scenario with its unit and source")});
    return;
  }
  if (!is_there) {
    open_tables(leaves, change);
    leaves.leaves.push_back({&row, path, change.place, {}, nullptr, {}, {}});
    leaf = leaves.leaves.end() - 1;
  }
  if (row.kind == KeyKind::parameter && number) {
    edit(*leaf, {{}, *number, std::move(change.place), "--set"});
  } else {
    *leaf = {&row, path, std::move(change.place), {}, std::move(change.value), {}, {}};
  }
}

}  // namespace

void apply_overrides(Leaves& leaves, std::span<const std::string> overrides, const KeyIndex& index,
                     Diagnostics& found) {
  for (const std::string& text : overrides) {
    std::optional<Override> change = parse_override(text, found);
    if (!change) continue;
    if (const KeyRow* row = settable_row(*change, index, found)) apply(leaves, std::move(*change), *row, found);
  }
}

}  // namespace myelin::scenario
