#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "scenario/scenario.hpp"
#include "scenario/wording.hpp"

namespace myelin::scenario {

namespace {

std::string type_of(const KeyRow& row) {
  switch (row.kind) {
    case KeyKind::text:
      return "text";
    case KeyKind::text_list:
      return "list of texts";
    case KeyKind::integer:
      return "whole number";
    case KeyKind::number:
      return "number";
    case KeyKind::number_list:
      return "list of numbers";
    case KeyKind::boolean:
      return "true or false";
    case KeyKind::parameter:
      return "evidence";
    case KeyKind::formula:
      return "formula";
    case KeyKind::formulas:
      return "formula, or table of formulae";
    case KeyKind::formula_matrix:
      return "rows of formulae";
    case KeyKind::records:
      return "CSV file";
    case KeyKind::table:
      break;
  }
  if (row.columns.empty()) return "table (columns of its file)";
  std::vector<std::string> columns;
  for (const KeyColumn& column : row.columns) {
    columns.push_back(column.name + " " +
                      (column.levels.empty()
                           ? fmt::format("{}..{}{}", column.first, column.last, column.open ? "+" : "")
                           : fmt::format("{}", fmt::join(column.levels, "|"))));
  }
  return fmt::format("table ({})", fmt::join(columns, ", "));
}

std::string default_of(const KeyRow& row) {
  if (row.fallback) return *row.fallback;
  return row.required ? "required" : "absent";
}

std::string dash_if_empty(std::string text) { return text.empty() ? "-" : text; }

}  // namespace

std::string describe(const Schema& schema) {
  using Line = std::array<std::string, 6>;
  std::vector<Line> lines = {{"key", "type", "unit", "range", "default", "description"}};
  for (const KeyRow& row : schema) {
    const std::string range =
        row.choices.empty() ? range_in_words(row) : fmt::format("{}", fmt::join(row.choices, "|"));
    lines.push_back(
        {row.path, type_of(row), dash_if_empty(row.unit), dash_if_empty(range), default_of(row), row.description});
  }
  std::array<std::size_t, 6> widths{};
  for (const Line& line : lines) {
    for (std::size_t i = 0; i + 1 < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  std::string text;
  for (const Line& line : lines) {
    for (std::size_t i = 0; i + 1 < line.size(); ++i) text += fmt::format("{:<{}}  ", line[i], widths[i]);
    text += line.back() + "\n";
  }
  return text;
}

}  // namespace myelin::scenario
