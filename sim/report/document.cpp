#include "report/document.hpp"

#include <algorithm>

#include "core/contract.hpp"

namespace myelin::report {

namespace {

constexpr std::string_view hanging = "  ";

/// The first column of a table and those beside it in [first, last).
std::string columns_as_text(const Table& table, std::size_t first, std::size_t last) {
  const auto chosen = [&](const auto& all) {
    auto some = all;
    some.erase(some.begin() + static_cast<std::ptrdiff_t>(last), some.end());
    some.erase(some.begin() + 1, some.begin() + static_cast<std::ptrdiff_t>(first));
    return some;
  };
  std::vector<std::vector<std::string>> rows;
  for (const auto& row : table.rows) rows.push_back(chosen(row));
  return render_table(chosen(table.columns), rows);
}

std::string as_text(const Table& table) {
  MYELIN_EXPECT(!table.columns.empty() && table.together > 0);
  const std::size_t beside = table.columns.size() - 1, units = beside / table.together;
  MYELIN_EXPECT(units * table.together == beside);
  const std::size_t units_side_by_side =
      table.side_by_side == 0 ? std::max<std::size_t>(units, 1) : table.side_by_side / table.together;
  MYELIN_EXPECT(units_side_by_side > 0);
  const std::size_t blocks = std::max<std::size_t>((units + units_side_by_side - 1) / units_side_by_side, 1);
  std::string text;
  for (std::size_t block = 0; block < blocks; ++block) {
    const std::size_t first = units * block / blocks, last = units * (block + 1) / blocks;
    text += (block > 0 ? "\n" : "") + columns_as_text(table, 1 + first * table.together, 1 + last * table.together);
  }
  return text;
}

std::string as_text(const Heading& heading) { return wrap(heading.text) + "\n"; }

std::string as_text(const Paragraph& paragraph) { return wrap(paragraph.text) + "\n"; }

std::string as_text(const List& list) {
  std::string text;
  if (list.lead.empty()) {
    for (const std::string& item : list.items) text += wrap(item, text_width, hanging) + "\n";
    return text;
  }
  text = wrap(list.lead) + "\n";
  for (const std::string& item : list.items) {
    const std::string lines = wrap(item, text_width - hanging.size(), "    ");
    text += std::string(hanging) + lines + "\n";
  }
  return text;
}

}  // namespace

Document& Document::operator+=(const Document& more) {
  blocks.insert(blocks.end(), more.blocks.begin(), more.blocks.end());
  return *this;
}

Document operator+(Document first, const Document& second) { return std::move(first += second); }

std::string to_text(const Document& document) {
  std::string text;
  for (const Block& block : document.blocks) {
    if (!text.empty()) text += "\n";
    text += std::visit([](const auto& content) { return as_text(content); }, block);
  }
  return text;
}

}  // namespace myelin::report
