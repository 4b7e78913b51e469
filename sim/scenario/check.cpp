#include "scenario/check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenario/parameter.hpp"
#include "scenario/table.hpp"
#include "scenario/wording.hpp"

namespace myelin::scenario {

namespace {

std::string kind_in_words(KeyKind kind) {
  switch (kind) {
    case KeyKind::text:
      return "text";
    case KeyKind::text_list:
      return "a list of texts";
    case KeyKind::integer:
      return "a whole number";
    case KeyKind::number:
      return "a number";
    case KeyKind::number_list:
      return "a list of numbers";
    case KeyKind::boolean:
      return "true or false";
    case KeyKind::parameter:
      return "a number with its evidence";
    case KeyKind::table:
      return "the path of a CSV file";
  }
  return {};
}

std::string node_in_words(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::string:
      return "text";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number with a decimal point";
    case toml::node_type::boolean:
      return "true or false";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::table:
      return "a table";
    default:
      return "a date or time";
  }
}

// How a value of the kind is written.
std::string example(const Leaf& leaf, const EvidenceRules& rules) {
  const std::string unit = wanted_unit(*leaf.row, rules).value_or("...");
  switch (leaf.row->kind) {
    case KeyKind::text:
      return "\"...\"";
    case KeyKind::text_list:
      return "[\"...\", \"...\"]";
    case KeyKind::integer:
      return "1";
    case KeyKind::number:
      return "1.5";
    case KeyKind::number_list:
      return "[1, 2.5]";
    case KeyKind::boolean:
      return "true";
    case KeyKind::parameter:
      return fmt::format("{{ value = 1.5, unit = \"{}\", source = \"...\", grade = \"...\" }}", unit);
    case KeyKind::table:
      return "\"data/file.csv\"";
  }
  return {};
}

}  // namespace

std::optional<KeyValue> LeafChecker::check(const Leaf& leaf) {
  switch (leaf.row->kind) {
    case KeyKind::text:
      return check_text(leaf);
    case KeyKind::text_list:
      return check_text_list(leaf);
    case KeyKind::integer:
      return check_integer(leaf);
    case KeyKind::number:
      return check_number_leaf(leaf);
    case KeyKind::number_list:
      return check_number_list(leaf);
    case KeyKind::boolean:
      return check_boolean(leaf);
    case KeyKind::parameter:
      return check_parameter(leaf);
    case KeyKind::table:
      return check_table(leaf);
  }
  return std::nullopt;
}

std::optional<KeyValue> LeafChecker::refuse_kind(const Leaf& leaf, const toml::node& node) {
  const char* relation = &node == leaf.node.get() ? "not" : "but holds";
  found_.push_back(
      {leaf.place_of(node),
       fmt::format("{} must be {}, {} {}", leaf.path, kind_in_words(leaf.row->kind), relation, node_in_words(node)),
       fmt::format("write {} = {}", leaf.path, example(leaf, rules_))});
  return std::nullopt;
}

void LeafChecker::check_choice(const Leaf& leaf, const std::string& text, const toml::node& node) {
  const std::vector<std::string>& choices = leaf.row->choices;
  if (choices.empty() || std::find(choices.begin(), choices.end(), text) != choices.end()) return;
  found_.push_back({leaf.place_of(node),
                    fmt::format("{}: {} is not one of {}", leaf.path, quote(text), listed(choices)),
                    did_you_mean(text, choices, "write one of them")});
}

std::optional<KeyValue> LeafChecker::check_text(const Leaf& leaf) {
  const auto* text = leaf.node->as_string();
  if (text == nullptr) return refuse_kind(leaf, *leaf.node);
  if (text->get().empty()) {
    found_.push_back(
        {leaf.place_of(*text), leaf.path + " is empty", "write what it stands for: " + leaf.row->description});
  } else {
    check_choice(leaf, text->get(), *text);
  }
  return text->get();
}

std::optional<KeyValue> LeafChecker::check_text_list(const Leaf& leaf) {
  const toml::array* array = leaf.node->as_array();
  if (array == nullptr) return refuse_kind(leaf, *leaf.node);
  std::vector<std::string> texts;
  for (const toml::node& node : *array) {
    const auto* text = node.as_string();
    if (text == nullptr) return refuse_kind(leaf, node);
    check_choice(leaf, text->get(), node);
    texts.push_back(text->get());
  }
  return texts;
}

std::optional<KeyValue> LeafChecker::check_integer(const Leaf& leaf) {
  const auto* whole = leaf.node->as_integer();
  if (whole == nullptr) return refuse_kind(leaf, *leaf.node);
  check_number(leaf.path, static_cast<double>(whole->get()), *leaf.row, leaf.place_of(*leaf.node), found_);
  return whole->get();
}

std::optional<KeyValue> LeafChecker::check_number_leaf(const Leaf& leaf) {
  const auto number = number_of(*leaf.node);
  if (!number) return refuse_kind(leaf, *leaf.node);
  check_number(leaf.path, *number, *leaf.row, leaf.place_of(*leaf.node), found_);
  return *number;
}

std::optional<KeyValue> LeafChecker::check_number_list(const Leaf& leaf) {
  const toml::array* array = leaf.node->as_array();
  if (array == nullptr) return refuse_kind(leaf, *leaf.node);
  std::vector<double> numbers;
  for (const toml::node& node : *array) {
    const auto number = number_of(node);
    if (!number) return refuse_kind(leaf, node);
    check_number(leaf.path, *number, *leaf.row, leaf.place_of(node), found_);
    numbers.push_back(*number);
  }
  return numbers;
}

std::optional<KeyValue> LeafChecker::check_boolean(const Leaf& leaf) {
  const auto* boolean = leaf.node->as_boolean();
  if (boolean == nullptr) return refuse_kind(leaf, *leaf.node);
  return boolean->get();
}

std::optional<KeyValue> LeafChecker::check_parameter(const Leaf& leaf) {
  if (leaf.node && !leaf.node->is_table()) return refuse_kind(leaf, *leaf.node);
  return read_parameter(leaf, rules_, found_);
}

std::optional<KeyValue> LeafChecker::check_table(const Leaf& leaf) {
  const auto* path = leaf.node->as_string();
  if (path == nullptr) return refuse_kind(leaf, *leaf.node);
  Result<File> file = folder_.read(path->get(), leaf.folder, leaf.place_of(*path));
  if (!file) {
    found_.push_back(file.error().front());
    return std::nullopt;
  }
  tables_.push_back(*file);
  auto table = read_table(leaf.path, *leaf.row, *file, rules_, found_);
  if (!table) return std::nullopt;
  for (const Edit& edit : leaf.edits) apply_edit(*table, leaf.path, *leaf.row, edit, found_);
  return std::move(*table);
}

}  // namespace myelin::scenario
