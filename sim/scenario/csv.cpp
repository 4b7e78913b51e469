#include "scenario/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "scenario/wording.hpp"

namespace myelin::scenario {

namespace {

using Record = std::vector<CsvField>;

// Takes text apart into records, one a call.
class RecordReader {
 public:
  RecordReader(const File& file, Diagnostics& found) : text_(file.text), file_(file.shown), found_(found) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text_.starts_with(byte_order_mark)) text_.remove_prefix(byte_order_mark.size());
  }

  // The next record; none at the end, or where the text cannot be taken apart any further.
  std::optional<Record> next() {
    while (!at_end() && (text_[at_] == '#' || at_line_end())) skip_line();
    if (at_end() || broken_) return std::nullopt;
    Record record;
    do {
      record.push_back(next_field());
    } while (!broken_ && take(','));
    if (!broken_ && !at_end()) take_line_end();
    return broken_ ? std::nullopt : std::optional(std::move(record));
  }

  bool broken() const { return broken_; }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  bool at_line_end() const { return text_[at_] == '\n' || text_[at_] == '\r'; }

  void step() {
    if (text_[at_] == '\n') {
      ++line_;
      column_ = 1;
    } else if ((static_cast<unsigned char>(text_[at_]) & 0xC0) != 0x80) {
      ++column_;  // bytes that go on with a UTF-8 character do not start a column
    }
    ++at_;
  }

  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    step();
    return true;
  }

  void take_line_end() {
    const bool carriage_return = take('\r');
    if (!take('\n') && carriage_return) {
      fail({file_, line_, column_ - 1}, "carriage return without a line feed",
           "save the file with line ends LF or CRLF");
    }
  }

  void skip_line() {
    while (!at_end() && !at_line_end()) step();
    take_line_end();
  }

  CsvField next_field() {
    CsvField field{{}, line_, column_};
    if (take('"')) {
      read_quoted(field);
      return field;
    }
    while (!at_end() && text_[at_] != ',' && !at_line_end()) {
      if (text_[at_] == '"') {
        fail({file_, line_, column_}, "quote inside a field without quotes",
             "put the whole field between quotes and double the quotes within");
        break;
      }
      field.text += text_[at_];
      step();
    }
    return field;
  }

  void read_quoted(CsvField& field) {
    while (!at_end()) {
      if (take('"')) {
        if (!take('"')) {
          if (!at_end() && text_[at_] != ',' && !at_line_end()) {
            fail({file_, line_, column_}, "text after the closing quote of a field",
                 "double the quotes within a field");
          }
          return;
        }
        field.text += '"';
        continue;
      }
      field.text += text_[at_];
      step();
    }
    fail({file_, field.line, field.column}, "unterminated quote", "close the field with a quote");
  }

  void fail(SourcePlace place, std::string problem, std::string remedy) {
    found_.push_back({std::move(place), std::move(problem), std::move(remedy)});
    broken_ = true;
  }

  std::string_view text_;
  std::string file_;
  Diagnostics& found_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1, column_ = 1;
  bool broken_ = false;
};

// The length of the longest start of `text` that is UTF-8 (RFC 3629).
std::size_t utf8_length(std::string_view text) {
  std::size_t at = 0;
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  while (at < text.size()) {
    const unsigned lead = byte(at);
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xC2 ? 0
                               : lead < 0xE0 ? 2
                               : lead < 0xF0 ? 3
                               : lead < 0xF5 ? 4
                                             : 0;
    if (length == 0) return at;
    // The second byte alone rules out overlong forms, surrogates and what lies beyond U+10FFFF.
    const unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (length > 1 && (byte(at + 1) < low || byte(at + 1) > high)) return at;
    for (std::size_t i = 2; i < length; ++i) {
      if ((byte(at + i) & 0xC0) != 0x80) return at;
    }
    at += length;
  }
  return at;
}

// Whether the header has the required columns, and each once, and no unknown ones.
bool check_header(const Record& header, const std::string& file, const std::vector<std::string>& required,
                  const std::vector<std::string>& optional, Diagnostics& found) {
  const std::size_t before = found.size();
  std::vector<std::string> known = required, seen;
  known.insert(known.end(), optional.begin(), optional.end());
  const bool any = std::ranges::find(optional, any_column) != optional.end();
  for (const CsvField& field : header) {
    const SourcePlace place{file, field.line, field.column};
    if (!any && std::find(known.begin(), known.end(), field.text) == known.end()) {
      found.push_back({place, "unknown column " + quote(field.text),
                       did_you_mean(field.text, known, "remove it; the columns are " + listed(known))});
    } else if (std::find(seen.begin(), seen.end(), field.text) != seen.end()) {
      found.push_back({place, "duplicate column " + quote(field.text), "keep one of the two"});
    }
    seen.push_back(field.text);
  }
  for (const std::string& name : required) {
    if (std::find(seen.begin(), seen.end(), name) == seen.end()) {
      found.push_back(
          {{file, header.front().line, 1}, "missing column " + quote(name), "add it to the header and each row"});
    }
  }
  return found.size() == before;
}

}  // namespace

std::optional<std::size_t> CsvTable::column(const std::string& name) const {
  const auto position = std::find(header.begin(), header.end(), name);
  return position == header.end() ? std::nullopt : std::optional(static_cast<std::size_t>(position - header.begin()));
}

SourcePlace CsvTable::place(std::size_t row, std::size_t column) const {
  return {file, rows[row][column].line, rows[row][column].column};
}

std::optional<CsvTable> parse_csv(const File& file, const std::vector<std::string>& required,
                                  const std::vector<std::string>& optional, Diagnostics& found) {
  if (const std::size_t length = utf8_length(file.text); length < file.text.size()) {
    const auto line = std::count(file.text.begin(), file.text.begin() + static_cast<std::ptrdiff_t>(length), '\n') + 1;
    found.push_back(
        {{file.shown, static_cast<std::uint32_t>(line), 1}, "the line is not UTF-8 text", "save the file as UTF-8"});
    return std::nullopt;
  }
  RecordReader reader(file, found);
  const std::optional<Record> header = reader.next();
  if (!header) {
    if (!reader.broken())
      found.push_back({{file.shown}, "the file is empty", "write a header row: " + listed(required)});
    return std::nullopt;
  }
  if (!check_header(*header, file.shown, required, optional, found)) return std::nullopt;
  CsvTable table{file.shown, {}, {}, {}, true};
  for (const CsvField& field : *header) {
    table.header.push_back(field.text);
    table.header_places.push_back({file.shown, field.line, field.column});
  }
  while (std::optional<Record> record = reader.next()) {
    const SourcePlace place{file.shown, record->front().line, 1};
    if (table.rows.size() == max_csv_rows) {
      found.push_back({place, "the file has more than 1,000,000 rows", "leave out what the scenario does not need"});
      return std::nullopt;
    }
    if (record->size() == header->size()) {
      table.rows.push_back(std::move(*record));
      continue;
    }
    table.whole = false;
    found.push_back({place, fmt::format("the row has {} fields but the header has {}", record->size(), header->size()),
                     "write one field a column; put a field that holds a comma between quotes"});
  }
  if (reader.broken()) return std::nullopt;
  return table;
}

}  // namespace myelin::scenario
