#include "scenario/check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenario/csv.hpp"
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
    case KeyKind::records:
      return "the path of a CSV file";
    case KeyKind::formula:
      return "a number or a formula between quotes";
    case KeyKind::formulas:
      return "a formula, or a table of formulae";
    case KeyKind::formula_matrix:
      return "a list of rows of formulae";
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
    case KeyKind::records:
      return "\"data/file.csv\"";
    case KeyKind::formula:
      return "\"1 - p\"";
    case KeyKind::formulas:
      return "{ name = \"1 - p\" }";
    case KeyKind::formula_matrix:
      return "[[\"1 - p\", \"p\"], [0, 1]]";
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
    case KeyKind::formula:
      return check_formula(leaf);
    case KeyKind::formulas:
      return check_formulas(leaf);
    case KeyKind::formula_matrix:
      return check_formula_matrix(leaf);
    case KeyKind::records:
      return check_records(leaf);
  }
  return std::nullopt;
}

std::optional<KeyValue> LeafChecker::refuse_kind(const Leaf& leaf, const toml::node& node) {
  const char* relation = &node == leaf.node.get() ? "not" : "but holds";
  const bool set_parameter = leaf.row->kind == KeyKind::parameter && leaf.place.line == 0;
  found_.push_back(
      {leaf.place_of(node),
       fmt::format("{} must be {}, {} {}", leaf.path, kind_in_words(leaf.row->kind), relation, node_in_words(node)),
       set_parameter ? fmt::format("write {}=number, with a decimal point", leaf.place.file)
                     : fmt::format("write {} = {}", leaf.path, example(leaf, rules_))});
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

std::optional<File> LeafChecker::read_file(const Leaf& leaf) {
  const auto* path = leaf.node->as_string();
  if (path == nullptr) {
    refuse_kind(leaf, *leaf.node);
    return std::nullopt;
  }
  Result<File> file = folder_.read(path->get(), leaf.folder, leaf.place_of(*path));
  if (!file) {
    found_.push_back(file.error().front());
    return std::nullopt;
  }
  tables_.push_back(*file);
  return std::move(*file);
}

std::optional<KeyValue> LeafChecker::check_table(const Leaf& leaf) {
  const std::optional<File> file = read_file(leaf);
  if (!file) return std::nullopt;
  const KeyRow row = leaf.path == price_index_key ? with_years_of(*file, *leaf.row, found_) : *leaf.row;
  return read_table(leaf.path, row, *file, leaf.edits, rules_, found_);
}

std::optional<Formula> LeafChecker::formula_of(const Leaf& leaf, const toml::node& node) const {
  SourcePlace place = leaf.place_of(node);
  if (const auto* text = node.as_string()) {
    if (place.column > 0) ++place.column;  // the opening quote
    return Formula{{}, text->get(), place};
  }
  if (const auto number = number_of(node)) return Formula{{}, fmt::format("{}", *number), place};
  return std::nullopt;
}

std::optional<KeyValue> LeafChecker::check_formula(const Leaf& leaf) {
  if (auto formula = formula_of(leaf, *leaf.node)) return std::move(*formula);
  return refuse_kind(leaf, *leaf.node);
}

std::optional<KeyValue> LeafChecker::check_formulas(const Leaf& leaf) {
  const toml::table* table = leaf.node->as_table();
  if (table == nullptr) {
    if (auto formula = formula_of(leaf, *leaf.node)) return Formulas{std::move(*formula)};
    return refuse_kind(leaf, *leaf.node);
  }
  Formulas formulas;
  for (const auto& [key, node] : *table) {
    auto formula = formula_of(leaf, node);
    if (!formula) return refuse_kind(leaf, node);
    formula->name = std::string(key.str());
    formulas.push_back(std::move(*formula));
  }
  for (const Formula& entry : leaf.entries) {
    const auto same = std::ranges::find(formulas, entry.name, &Formula::name);
    if (same == formulas.end()) {
      formulas.push_back(entry);
    } else {
      *same = entry;
    }
  }
  std::ranges::stable_sort(formulas, [](const Formula& a, const Formula& b) {
    return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
  });
  return formulas;
}

std::optional<KeyValue> LeafChecker::check_formula_matrix(const Leaf& leaf) {
  const toml::array* rows = leaf.node->as_array();
  if (rows == nullptr) return refuse_kind(leaf, *leaf.node);
  FormulaMatrix matrix;
  for (const toml::node& row : *rows) {
    const toml::array* cells = row.as_array();
    if (cells == nullptr) return refuse_kind(leaf, row);
    matrix.emplace_back();
    for (const toml::node& cell : *cells) {
      auto formula = formula_of(leaf, cell);
      if (!formula) return refuse_kind(leaf, cell);
      matrix.back().push_back(std::move(*formula));
    }
  }
  return matrix;
}

std::optional<KeyValue> LeafChecker::check_records(const Leaf& leaf) {
  const std::optional<File> file = read_file(leaf);
  if (!file) return std::nullopt;
  const auto csv = parse_csv(*file, {}, {any_column}, found_);
  if (!csv || !csv->whole) return std::nullopt;
  Records records{csv->file, {}, {}};
  for (std::size_t column = 0; column < csv->header.size(); ++column)
    records.columns.push_back({csv->header[column], csv->header_places[column]});
  for (std::size_t row = 0; row < csv->rows.size(); ++row) {
    records.rows.emplace_back();
    for (std::size_t column = 0; column < csv->header.size(); ++column)
      records.rows.back().push_back({csv->rows[row][column].text, csv->place(row, column)});
  }
  return records;
}

}  // namespace myelin::scenario
