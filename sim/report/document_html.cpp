#include <fmt/format.h>

#include <algorithm>

#include "core/contract.hpp"
#include "report/document.hpp"

namespace myelin::report {

std::string escape_html(std::string_view text) {
  std::string safe;
  for (const char byte : text) {
    switch (byte) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        safe += byte;
    }
  }
  return safe;
}

namespace {

constexpr int lowest_heading = 6;

/// The lines of a heading or cell; errors that stand below a number are told apart.
std::string lines_of(std::string_view text) {
  std::string html;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    const bool is_error = at > 0 && line.starts_with("±");
    if (at > 0) html += "<br>";
    html += is_error ? "<span class=\"se\">" + escape_html(line) + "</span>" : escape_html(line);
    at = end + 1;
  }
  return html;
}

/// For an attribute, which has one line.
std::string in_one_line(std::string text) {
  for (char& byte : text) {
    if (byte == '\n') byte = ' ';
  }
  return escape_html(text);
}

/// What a cell is besides its words.
std::string attributes_of(TableColumn::Kind kind) {
  if (kind == TableColumn::Kind::number) return " class=\"num\"";
  return kind == TableColumn::Kind::chart ? " class=\"chart\" aria-hidden=\"true\"" : "";
}

std::string header_of(const Table& table) {
  std::string html = "<thead><tr>";
  for (const TableColumn& column : table.columns) {
    const std::string attributes = attributes_of(column.kind);
    html += column.heading.empty() ? "<td></td>"
                                   : fmt::format("<th scope=\"col\"{}>{}</th>", attributes, lines_of(column.heading));
  }
  return html + "</tr></thead>\n";
}

std::string row_of(const Table& table, const std::vector<std::string>& cells) {
  MYELIN_EXPECT(cells.size() == table.columns.size());
  std::string html = "<tr>";
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const TableColumn::Kind kind = table.columns[c].kind;
    const bool names_row = c == 0 && kind == TableColumn::Kind::text && !cells[c].empty();
    html += names_row ? fmt::format("<th scope=\"row\">{}</th>", lines_of(cells[c]))
                      : fmt::format("<td{}>{}</td>", attributes_of(kind), lines_of(cells[c]));
  }
  return html + "</tr>\n";
}

/// The blocks of a document one after another, each with what the ones before it say of it.
class Page {
 public:
  explicit Page(int heading_level) : heading_level_(heading_level) {}

  std::string operator()(const Heading& heading) {
    last_heading_ = in_one_line(heading.text);
    const int level = std::min(heading_level_ + (heading.minor ? 1 : 0), lowest_heading);
    return fmt::format("<h{0}>{1}</h{0}>\n", level, lines_of(heading.text));
  }

  std::string operator()(const Paragraph& paragraph) { return fmt::format("<p>{}</p>\n", lines_of(paragraph.text)); }

  std::string operator()(const List& list) {
    std::string html = list.lead.empty() ? "" : fmt::format("<p>{}</p>\n", lines_of(list.lead));
    if (list.items.empty()) return html;
    html += "<ul>\n";
    for (const std::string& item : list.items) html += fmt::format("<li>{}</li>\n", lines_of(item));
    return html + "</ul>\n";
  }

  /// Scrolled by keyboard too, and so to be reached and named.
  std::string operator()(const Table& table) {
    std::string html = fmt::format("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">\n<table>\n",
                                   last_heading_) +
                       header_of(table) + "<tbody>\n";
    for (const auto& row : table.rows) html += row_of(table, row);
    return html + "</tbody>\n</table>\n</div>\n";
  }

 private:
  int heading_level_;
  std::string last_heading_ = "Table";
};

}  // namespace

std::string to_html(const Document& document, int heading_level) {
  MYELIN_EXPECT(heading_level >= 1 && heading_level <= lowest_heading);
  Page page(heading_level);
  std::string html;
  for (const Block& block : document.blocks) html += std::visit(page, block);
  return html;
}

}  // namespace myelin::report
