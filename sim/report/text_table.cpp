#include "report/text_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/contract.hpp"

namespace myelin::report {

namespace {

constexpr std::string_view gap = "  ";
constexpr std::string_view continuation = "  ";
constexpr std::size_t narrowest_text = 12;

bool starts_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

/// Characters, not bytes: labels and `±` are UTF-8.
std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> lines(1);
  for (const char byte : text) {
    if (byte == '\n') {
      lines.emplace_back();
    } else {
      lines.back() += byte;
    }
  }
  return lines;
}

std::size_t widest_line(const std::string& text) {
  std::size_t width = 0;
  for (const std::string& line : split_lines(text)) width = std::max(width, display_width(line));
  return width;
}

/// Natural widths, with the widest text column narrowed until the table fits.
std::vector<std::size_t> column_widths(const std::vector<TableColumn>& columns,
                                       const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  std::size_t total = gap.size() * (columns.size() - 1);
  for (std::size_t c = 0; c < columns.size(); ++c) {
    std::size_t width = widest_line(columns[c].heading);
    for (const auto& row : rows) width = std::max(width, widest_line(row[c]));
    widths.push_back(width);
    total += width;
  }
  for (; total > text_width; --total) {
    std::size_t* widest = nullptr;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      if (columns[c].kind == TableColumn::Kind::text && (!widest || widths[c] > *widest)) widest = &widths[c];
    }
    if (!widest || *widest <= narrowest_text) break;
    --*widest;
  }
  return widths;
}

/// The lines of a text cell, each wrapped.
std::vector<std::string> wrap_lines(const std::string& cell, std::size_t width) {
  std::vector<std::string> lines;
  for (const std::string& line : split_lines(cell)) {
    for (std::string& part : split_lines(wrap(line, width, continuation))) lines.push_back(std::move(part));
  }
  return lines;
}

/// Every line of a text broken to a width; 0 leaves it as it is.
std::string broken(const std::string& text, std::size_t width) {
  if (width == 0) return text;
  std::string all;
  for (const std::string& line : split_lines(text)) all += (all.empty() ? "" : "\n") + wrap(line, width);
  return all;
}

std::string render_row(const std::vector<TableColumn>& columns, const std::vector<std::string>& cells,
                       const std::vector<std::size_t>& widths) {
  std::vector<std::vector<std::string>> lines;
  std::size_t height = 1;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const bool is_text = columns[c].kind == TableColumn::Kind::text;
    lines.push_back(is_text ? wrap_lines(cells[c], widths[c]) : split_lines(cells[c]));
    height = std::max(height, lines.back().size());
  }
  std::string text;
  for (std::size_t i = 0; i < height; ++i) {
    std::string line;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const std::string cell = i < lines[c].size() ? lines[c][i] : "";
      const std::size_t width = display_width(cell);
      const std::string padding(widths[c] > width ? widths[c] - width : 0, ' ');
      if (c > 0) line += gap;
      line += columns[c].kind == TableColumn::Kind::text ? cell + padding : padding + cell;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

/// Takes the first `width` characters off a word.
std::string take_front(std::string& word, std::size_t width) {
  std::size_t bytes = 0, characters = 0;
  for (; bytes < word.size(); ++bytes) {
    if (starts_character(word[bytes]) && ++characters > width) break;
  }
  std::string front = word.substr(0, bytes);
  word.erase(0, bytes);
  return front;
}

}  // namespace

std::string format_number(double value, int decimals) {
  std::string digits = fmt::format("{:.{}f}", std::abs(value), decimals);
  const bool is_zero = digits.find_first_not_of("0.") == std::string::npos;
  if (std::isfinite(value)) {
    const std::size_t whole = std::min(digits.find('.'), digits.size());
    for (std::size_t at = whole; at > 3; at -= 3) digits.insert(at - 3, ",");
  }
  return (value < 0 && !is_zero ? "-" : "") + digits;
}

std::string format_error(double standard_error, int decimals) {
  if (standard_error == 0 || std::isnan(standard_error)) return "";
  const double smallest = std::pow(10.0, -decimals);
  if (standard_error < smallest / 2) return "± <" + format_number(smallest, decimals);
  return "± " + format_number(standard_error, decimals);
}

std::string wrap(std::string_view text, std::size_t width, std::string_view indent) {
  MYELIN_EXPECT(width > indent.size());
  std::string wrapped, line;
  bool line_has_word = false;
  const auto break_line = [&] {
    wrapped += line + "\n";
    line = indent;
    line_has_word = false;
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    std::string word(text.substr(at, end - at));
    at = end + 1;
    if (word.empty()) continue;
    if (line_has_word && display_width(line) + 1 + display_width(word) > width) break_line();
    if (line_has_word) line += ' ';
    while (display_width(line) + display_width(word) > width) {
      line += take_front(word, width - display_width(line));
      break_line();
    }
    line += word;
    line_has_word = true;
  }
  return wrapped + line;
}

std::string render_table(std::vector<TableColumn> columns, std::vector<std::vector<std::string>> rows) {
  MYELIN_EXPECT(!columns.empty());
  for (std::size_t c = 0; c < columns.size(); ++c) {
    columns[c].heading = broken(columns[c].heading, columns[c].width);
    for (auto& row : rows) row[c] = broken(row[c], columns[c].width);
  }
  const std::vector<std::size_t> widths = column_widths(columns, rows);
  std::vector<std::string> headings;
  std::size_t total = gap.size() * (columns.size() - 1);
  for (std::size_t c = 0; c < columns.size(); ++c) {
    headings.push_back(columns[c].heading);
    total += widths[c];
  }
  std::string rule;
  for (std::size_t i = 0; i < total; ++i) rule += "─";
  std::string text = render_row(columns, headings, widths) + rule + "\n";
  for (const auto& row : rows) text += render_row(columns, row, widths);
  return text;
}

}  // namespace myelin::report
