#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// \file
/// Numbers and tables as plain UTF-8 text for a terminal.

namespace myelin::report {

/// The greatest width of a table or paragraph, in characters.
inline constexpr std::size_t text_width = 100;

/// A number with a fixed count of decimals and a comma between thousands: `-1,234.50`. A value that rounds to 0 has no
/// sign.
std::string format_number(double value, int decimals);

/// `± 78`, or `± <1` for an error above 0 that rounds to 0; empty for an error of 0 and for one that is not known
/// (NaN).
std::string format_error(double standard_error, int decimals);

/// Breaks text at spaces into lines of at most `width` characters; a longer word is split. Every line but the first
/// starts with `indent`.
std::string wrap(std::string_view text, std::size_t width = text_width, std::string_view indent = "");

/// A column of a table. Text stands to the left and is wrapped where room is short; numbers, and charts made of
/// characters, stand to the right.
struct TableColumn {
  enum class Kind { text, number, chart };
  std::string heading;
  Kind kind = Kind::number;
  std::size_t width = 0;  ///< lines of heading and cells that are longer are broken; 0: only where room is short
};

/// A table with one cell a column in every row; `\n` starts a new line within a heading or cell. It keeps to
/// `text_width` unless the numbers alone leave no room for the text.
std::string render_table(std::vector<TableColumn> columns, std::vector<std::vector<std::string>> rows);

}  // namespace myelin::report
