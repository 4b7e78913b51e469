#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "report/text_table.hpp"

/// \file
/// What an answer shows, whether on a terminal or on a page: headings, tables, paragraphs and lists, one after another.

namespace myelin::report {

/// What the blocks below it are about; `minor` for a part of what the last heading that is not minor names.
struct Heading {
  std::string text;
  bool minor = false;
};

struct Paragraph {
  std::string text;
};

/// Sentences of which each stands on lines of its own, below a `lead` if there is one.
struct List {
  std::vector<std::string> items;
  std::string lead = {};
};

/// A table with one cell a column in every row; `\n` starts a new line within a heading or cell, and a line that begins
/// with ± is the error of what stands above it.
struct Table {
  std::vector<TableColumn> columns;
  std::vector<std::vector<std::string>> rows;
  /// A terminal shows no more columns than these beside the first, and more of them in further blocks of about equally
  /// many, each with the first again; 0: all side by side. A page always shows one whole table.
  std::size_t side_by_side = 0;
  std::size_t together = 1;  ///< so many columns beside the first belong together and stand in one block
};

using Block = std::variant<Heading, Paragraph, List, Table>;

/// Blocks in their order. Text alone is no document: it has to say what it is.
struct Document {
  std::vector<Block> blocks;

  Document() = default;
  Document(Heading heading) : blocks{std::move(heading)} {}
  Document(Paragraph paragraph) : blocks{std::move(paragraph)} {}
  Document(List list) : blocks{std::move(list)} {}
  Document(Table table) : blocks{std::move(table)} {}

  bool empty() const { return blocks.empty(); }
  Document& operator+=(const Document& more);
};

Document operator+(Document first, const Document& second);

/// For a terminal: plain UTF-8 text with one empty line between blocks, which ends with the end of a line.
std::string to_text(const Document& document);

/// For a page: `<h{heading_level}>`, minor headings a level below, and the same words and numbers. A table scrolls in a
/// region that bears the name of the last heading before it; its classes are `scroll`, `num`, `se` (of errors) and
/// `chart` (of characters whose blanks count).
std::string to_html(const Document& document, int heading_level);

/// Text as it stands between the tags of a page, or within quotation marks in one.
std::string escape_html(std::string_view text);

}  // namespace myelin::report
