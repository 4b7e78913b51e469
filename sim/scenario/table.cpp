#include "scenario/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <utility>

#include "scenario/csv.hpp"
#include "scenario/wording.hpp"

namespace myelin::scenario {

namespace {

// Positions along each key column: of a level in the list, of a whole number above the first.
using Index = std::vector<std::size_t>;

std::size_t extent(const KeyColumn& column) {
  if (!column.levels.empty()) return column.levels.size();
  return static_cast<std::size_t>(static_cast<long long>(column.last) - column.first) + 1;
}

std::string level_name(const KeyColumn& column, std::size_t position) {
  return column.levels.empty() ? std::to_string(column.first + static_cast<int>(position)) : column.levels[position];
}

std::string index_in_words(const std::vector<KeyColumn>& columns, const Index& index) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < index.size(); ++i)
    parts.push_back(columns[i].name + " " + level_name(columns[i], index[i]));
  return fmt::format("{}", fmt::join(parts, " "));
}

std::string levels_in_words(const KeyColumn& column) {
  if (!column.levels.empty()) return "one of " + listed(column.levels);
  return fmt::format("a whole number from {}{}", column.first,
                     column.open ? " on" : fmt::format(" to {}", column.last));
}

// The position of `text` along a column; no position above the column's last unless it is open.
std::optional<std::size_t> position_of(const std::string& text, const KeyColumn& column) {
  if (!column.levels.empty()) {
    const auto level = std::find(column.levels.begin(), column.levels.end(), text);
    if (level == column.levels.end()) return std::nullopt;
    return static_cast<std::size_t>(level - column.levels.begin());
  }
  int number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size() || number < column.first) return std::nullopt;
  if (number > column.last && !column.open) return std::nullopt;
  return static_cast<std::size_t>(static_cast<long long>(number) - column.first);
}

// The cell that an edit names; none, with a diagnostic, if there is no such cell.
std::optional<std::size_t> cell_of(const Edit& edit, const std::string& path, const std::vector<KeyColumn>& columns,
                                   Diagnostics& found) {
  if (edit.cell.size() != columns.size()) {
    std::vector<std::string> names;
    for (const KeyColumn& column : columns) names.push_back(column.name);
    found.push_back({edit.place, fmt::format("{} has {} key columns, not {}", path, names.size(), edit.cell.size()),
                     fmt::format("write --set {}[{}]=number", path, fmt::join(names, ","))});
    return std::nullopt;
  }
  std::size_t cell = 0;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    KeyColumn column = columns[i];
    column.open = false;
    const auto position = position_of(edit.cell[i], column);
    if (!position) {
      found.push_back({edit.place, fmt::format("{}: there is no row for {} {}", path, column.name, quote(edit.cell[i])),
                       "write " + levels_in_words(column)});
      return std::nullopt;
    }
    cell = cell * extent(column) + *position;
  }
  return cell;
}

class TableReader {
 public:
  TableReader(const std::string& path, const KeyRow& row, const CsvTable& csv, const EvidenceRules& rules,
              Diagnostics& found)
      : path_(path), row_(row), csv_(csv), rules_(rules), found_(found), unit_(wanted_unit(row, rules)) {}

  std::optional<ParameterTable> read(std::span<const Edit> edits) {
    const std::size_t before = found_.size();
    bool all_placed = csv_.whole;
    for (std::size_t row = 0; row < csv_.rows.size(); ++row) {
      const auto index = read_index(row);
      const bool placed = index && is_new(*index, row);
      all_placed = all_placed && placed;
      read_number(row);
    }
    ParameterTable table{row_.columns, {}, unit_.value_or(row_.unit), {}};
    if (extend_open_columns(table.columns) && all_placed) report_missing(table.columns);
    if (found_.size() > before || !all_placed) return std::nullopt;
    std::vector<PriceConversion> conversions;
    for (const auto& [index, row] : row_of_) {
      table.values.push_back(values_[row]);
      table.provenance.push_back(std::move(provenance_[row]));
      conversions.push_back(conversion_of(row));
    }
    for (const Edit& edit : edits) apply(edit, conversions, table);
    for (std::size_t cell = 0; cell < table.values.size(); ++cell) {
      table.values[cell] = converted(table.values[cell], conversions[cell]);
      table.provenance[cell] = converted(table.provenance[cell], conversions[cell]);
    }
    return table;
  }

 private:
  const std::string& text(std::size_t row, const std::string& column) const {
    static const std::string absent;
    const auto position = csv_.column(column);
    return position ? csv_.rows[row][*position].text : absent;
  }
  SourcePlace place(std::size_t row, const std::string& column) const {
    return csv_.place(row, csv_.column(column).value_or(0));
  }

  std::optional<Index> read_index(std::size_t row) {
    std::optional<Index> index = Index();
    for (const KeyColumn& column : row_.columns) {
      const std::string& level = text(row, column.name);
      const auto position = position_of(level, column);
      if (position && index) {
        index->push_back(*position);
      } else if (!position) {
        found_.push_back({place(row, column.name),
                          fmt::format("{}: {} {} is not in the table's range", path_, column.name, quote(level)),
                          "write " + levels_in_words(column)});
        index.reset();
      }
    }
    return index;
  }

  bool is_new(const Index& index, std::size_t row) {
    const auto [first, added] = row_of_.emplace(index, row);
    if (!added) {
      found_.push_back({csv_.place(row),
                        fmt::format("{}: a second row for {} (first in line {})", path_,
                                    index_in_words(row_.columns, index), csv_.place(first->second).line),
                        "keep one of the two"});
    }
    return added;
  }

  // The conversion of a row's numbers, which are read as they are written.
  const PriceConversion& conversion_of(std::size_t row) {
    const std::string& unit = text(row, "unit");
    const auto known = conversion_of_unit_.find(unit);
    if (known != conversion_of_unit_.end()) return known->second;
    return conversion_of_unit_[unit] = check_unit(path_, unit, unit_, rules_, place(row, "unit"), found_);
  }

  void apply(const Edit& edit, const std::vector<PriceConversion>& conversions, ParameterTable& table) {
    const auto cell = cell_of(edit, path_, table.columns, found_);
    check_number(path_, edit.value, cell ? conversions[*cell] : PriceConversion{}, row_, edit.place, found_);
    if (!cell) return;
    table.provenance[*cell] = replaced(table.values[*cell], table.provenance[*cell], edit.source);
    table.values[*cell] = edit.value;
  }

  // A number of the row as written; none if it is invalid.
  std::optional<double> read_field(std::size_t row, const std::string& column, const PriceConversion& conversion) {
    const std::string& field = text(row, column);
    const auto number = parse_number(field);
    if (!number) {
      found_.push_back({place(row, column),
                        fmt::format("{}: {} {} is not a finite number", path_, column, quote(field)),
                        "write a number such as 0.035 or 3.5e-2, without spaces or units"});
    }
    const bool valid = number && check_number(path_, *number, conversion, row_, place(row, column), found_);
    return valid ? number : std::nullopt;
  }

  void read_number(std::size_t row) {
    Provenance provenance{
        text(row, "source"), text(row, "grade"), text(row, "distribution"), text(row, "note"), {}, {}};
    const PriceConversion& conversion = conversion_of(row);
    if (!text(row, "low").empty()) provenance.low = read_field(row, "low", conversion);
    if (!text(row, "high").empty()) provenance.high = read_field(row, "high", conversion);
    const auto value = read_field(row, "value", conversion);
    if (value) {
      check_order(path_, *value, provenance, place(row, "value"), found_);
      if (!provenance.distribution.empty())
        provenance.spread = check_distribution(path_, *value, provenance, place(row, "distribution"), found_);
    }
    // A mistake that goes down a whole column is told once, that of a unit by conversion_of.
    if (is_first("source", row)) check_source(path_, provenance.source, rules_, place(row, "source"), found_);
    if (is_first("grade", row)) check_grade(path_, provenance.grade, place(row, "grade"), found_);
    values_.push_back(value.value_or(0));
    provenance_.push_back(std::move(provenance));
  }

  bool is_first(const std::string& column, std::size_t row) {
    return checked_.emplace(column, text(row, column)).second;
  }

  // An open column goes on above its last number as far as the numbers follow one another; what comes later is a
  // mistake.
  bool extend_open_columns(std::vector<KeyColumn>& columns) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (!columns[i].open) continue;
      std::map<std::size_t, std::size_t> row_of_position;
      for (const auto& [index, row] : row_of_) row_of_position.emplace(index[i], row);
      std::size_t last = extent(columns[i]) - 1;
      while (row_of_position.contains(last + 1)) ++last;
      const auto beyond = row_of_position.upper_bound(last);
      if (beyond != row_of_position.end()) {
        found_.push_back({place(beyond->second, columns[i].name),
                          fmt::format("{}: {} {} does not follow on ({} is missing)", path_, columns[i].name,
                                      level_name(columns[i], beyond->first), level_name(columns[i], last + 1)),
                          "let the numbers follow one another"});
        return false;
      }
      columns[i].last = columns[i].first + static_cast<int>(last);
    }
    return true;
  }

  void report_missing(const std::vector<KeyColumn>& columns) {
    constexpr std::size_t most_named = 5;
    std::vector<std::string> names;
    std::size_t missing = 0;
    Index index(columns.size(), 0);
    bool more = true;
    while (more) {
      if (!row_of_.contains(index) && ++missing <= most_named) names.push_back(index_in_words(columns, index));
      more = false;
      for (std::size_t i = columns.size(); i-- > 0 && !more;) {
        more = ++index[i] < extent(columns[i]);
        if (!more) index[i] = 0;
      }
    }
    if (missing == 0) return;
    if (missing > most_named) names.push_back(fmt::format("and {} more", missing - most_named));
    found_.push_back(
        {{csv_.file}, fmt::format("{}: no row for {}", path_, fmt::join(names, ", ")), "add the missing rows"});
  }

  const std::string& path_;
  const KeyRow& row_;
  const CsvTable& csv_;
  const EvidenceRules& rules_;
  Diagnostics& found_;
  std::optional<std::string> unit_;
  std::map<Index, std::size_t> row_of_;  // in the row-major order of ParameterTable
  std::vector<double> values_;
  std::vector<Provenance> provenance_;
  std::map<std::string, PriceConversion> conversion_of_unit_;
  std::set<std::pair<std::string, std::string>> checked_;
};

const std::vector<std::string> evidence_columns = {"value", "unit", "source", "grade"};
const std::vector<std::string> optional_columns = {"low", "high", "distribution", "note"};

std::optional<int> whole_number(const std::string& text) {
  int number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

// A key column with the levels that its file has: whole numbers from the lowest to the highest, or names in order of
// appearance.
KeyColumn column_as_given(const CsvTable& csv, std::size_t position) {
  KeyColumn column{.name = csv.header[position]};
  bool all_numbers = true;
  for (std::size_t row = 0; row < csv.rows.size(); ++row) {
    const std::string& text = csv.rows[row][position].text;
    if (std::ranges::find(column.levels, text) == column.levels.end()) column.levels.push_back(text);
    const auto number = whole_number(text);
    all_numbers = all_numbers && number;
    if (!number) continue;
    column.first = row == 0 ? *number : std::min(column.first, *number);
    column.last = row == 0 ? *number : std::max(column.last, *number);
  }
  if (all_numbers) column.levels.clear();
  return column;
}

// A table whose key columns are all those of its file that hold no evidence, and whose unit is that of its first row,
// in the scenario's prices.
std::optional<ParameterTable> read_table_as_given(const std::string& path, const KeyRow& row, const File& file,
                                                  std::span<const Edit> edits, const EvidenceRules& rules,
                                                  Diagnostics& found) {
  std::vector<std::string> optional = optional_columns;
  optional.emplace_back(any_column);
  const auto csv = parse_csv(file, evidence_columns, optional, found);
  if (!csv) return std::nullopt;
  if (csv->rows.empty()) {
    found.push_back({{csv->file}, path + ": the table has no rows", "write one row a value"});
    return std::nullopt;
  }
  KeyRow own = row;
  double size = 1;
  for (std::size_t position = 0; position < csv->header.size(); ++position) {
    const std::string& name = csv->header[position];
    const auto is = [&](const std::vector<std::string>& names) {
      return std::ranges::find(names, name) != names.end();
    };
    if (is(evidence_columns) || is(optional_columns)) continue;
    own.columns.push_back(column_as_given(*csv, position));
    size *= static_cast<double>(extent(own.columns.back()));
  }
  const std::string unit = csv->rows.front()[*csv->column("unit")].text;
  const std::size_t before = found.size();
  check_given_unit(path, unit, rules, csv->place(0, *csv->column("unit")), found);
  if (found.size() > before) return std::nullopt;
  // Rows that are missing are told one by one, so that far fewer rows than the columns span are told at once.
  if (size > 4 * static_cast<double>(csv->rows.size()) + 100) {
    found.push_back({{csv->file},
                     fmt::format("{}: {} rows where the columns span {:g} combinations", path, csv->rows.size(), size),
                     "give one row for each combination of the key columns; whole numbers must follow one another"});
    return std::nullopt;
  }
  own = with_range_of_unit(own, in_scenario_prices(unit, rules));
  return TableReader(path, own, *csv, rules, found).read(edits);
}

}  // namespace

std::optional<ParameterTable> read_table(const std::string& path, const KeyRow& row, const File& file,
                                         std::span<const Edit> edits, const EvidenceRules& rules, Diagnostics& found) {
  if (row.columns.empty()) return read_table_as_given(path, row, file, edits, rules, found);
  std::vector<std::string> required;
  for (const KeyColumn& column : row.columns) required.push_back(column.name);
  required.insert(required.end(), evidence_columns.begin(), evidence_columns.end());
  const auto csv = parse_csv(file, required, optional_columns, found);
  if (!csv) return std::nullopt;
  return TableReader(path, row, *csv, rules, found).read(edits);
}

}  // namespace myelin::scenario
