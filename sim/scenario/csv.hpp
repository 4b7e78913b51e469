#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "scenario/files.hpp"

namespace myelin::scenario {

/// Most rows below the header that a CSV file may have.
inline constexpr std::size_t max_csv_rows = 1'000'000;

/// A field of a CSV file without its quotes, and where it starts (columns count characters from 1).
struct CsvField {
  std::string text;
  std::uint32_t line = 0, column = 0;
};

/// A CSV file: a header and rows with as many fields as the header.
struct CsvTable {
  std::string file;  ///< as messages show it
  std::vector<std::string> header;
  std::vector<SourcePlace> header_places;  ///< [column]
  std::vector<std::vector<CsvField>> rows;
  bool whole = true;  ///< false if rows were left out because they are malformed

  /// The position of a column; none if there is no such column.
  std::optional<std::size_t> column(const std::string& name) const;
  /// The place of a field, or of a row's first field.
  SourcePlace place(std::size_t row, std::size_t column = 0) const;
};

/// Among the optional columns: any column is allowed.
inline constexpr const char* any_column = "*";

/// Reads comma-separated text with quotes as RFC 4180 has them, lines ended by LF or CRLF; a leading byte order mark,
/// empty lines and lines that start with # are passed over. The header must have each of `required` once, and beyond
/// these only `optional`. Mistakes are added to `found`; none is returned if they leave no table to speak of.
std::optional<CsvTable> parse_csv(const File& file, const std::vector<std::string>& required,
                                  const std::vector<std::string>& optional, Diagnostics& found);

}  // namespace myelin::scenario
