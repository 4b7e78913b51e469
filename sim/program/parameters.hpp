#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/diagnostic.hpp"
#include "program/schema.hpp"
#include "random/distribution.hpp"

namespace myelin {

/// Where a number comes from and how far to trust it.
struct Provenance {
  std::string source;        ///< a key of the scenario's list of sources
  std::string grade;         ///< read, secondary, recalled, derived or assumption
  std::string distribution;  ///< as text; empty if nothing is said of how it varies
  std::string note;
  std::optional<double> low, high;
  std::optional<Distribution> spread = {};  ///< what `distribution` says, in the number's own unit
};

/// A number of evidence with its unit and provenance.
struct Parameter {
  double value = 0;
  std::string unit;
  Provenance provenance;
  std::map<std::string, std::string> labels;  ///< further text fields of an effect: versus, endpoint, population, ...
};

/// A table of evidence: values in row-major order over its key columns (the last column runs fastest).
struct ParameterTable {
  std::vector<KeyColumn> columns;  ///< as read: `last` is the highest number in the file
  std::vector<double> values;
  std::string unit;
  std::vector<Provenance> provenance;  ///< one a value
};

/// A formula as the user wrote it; a number is a formula too.
struct Formula {
  std::string name;  ///< of its entry in a table of formulae; else empty
  std::string text;
  SourcePlace place;  ///< of the first character of `text`
};

using Formulas = std::vector<Formula>;  ///< in order of appearance
using FormulaMatrix = std::vector<Formulas>;

/// A CSV file of text, one row a record.
struct Records {
  struct Field {
    std::string text;
    SourcePlace place;
  };
  std::string file;            ///< as messages show it
  std::vector<Field> columns;  ///< the header
  std::vector<std::vector<Field>> rows;
};

/// What one key holds.
using KeyValue = std::variant<std::string, std::vector<std::string>, std::int64_t, double, std::vector<double>, bool,
                              Parameter, ParameterTable, Formula, Formulas, FormulaMatrix, Records>;

/// A scenario's values by key, complete and checked against a schema: a key that the schema requires, or gives a
/// fallback, is there. Asking for an absent key, or for another kind than the schema's, breaks a contract.
class ParameterSet {
 public:
  struct Entry {
    std::string path;
    KeyValue value;
    SourcePlace place;
    bool sound = true;  ///< false while a scenario is checked that has a mistake in this very entry
    std::optional<double> low = {}, high = {};  ///< valid range of each number, both ends included
  };

  /// Where a number of evidence stands.
  struct Cell {
    std::size_t entry = 0;
    std::size_t index = 0;  ///< in a table; 0 for a parameter
  };

  /// A number of evidence: of a parameter, or of a cell of a table.
  struct Number {
    std::string name;  ///< `costs.relapse`, or with the row of a table: `utilities.state[edss=3]`
    Cell cell;
    double value = 0;
    const std::string* unit = nullptr;
    const Provenance* provenance = nullptr;
  };

  void add(Entry entry);  ///< the order of calls is the order of the scenario

  bool has(std::string_view path) const;
  /// Whether the key is there without a mistake of its own.
  bool is_sound(std::string_view path) const { return has(path) && entry(path).sound; }
  const Entry& entry(std::string_view path) const;
  const std::string& text(std::string_view path) const;
  const std::vector<std::string>& text_list(std::string_view path) const;
  std::int64_t integer(std::string_view path) const;
  double number(std::string_view path) const;  ///< of a `number` or of a `parameter`
  const std::vector<double>& number_list(std::string_view path) const;
  bool boolean(std::string_view path) const;
  const Parameter& parameter(std::string_view path) const;
  const ParameterTable& table(std::string_view path) const;
  const Formula& formula(std::string_view path) const;
  const Formulas& formulas(std::string_view path) const;  ///< a single formula is one without a name
  const FormulaMatrix& formula_matrix(std::string_view path) const;
  const Records& records(std::string_view path) const;

  /// The names that stand directly below `path` (`therapies` -> `ocrelizumab`, ...), in order of appearance.
  std::vector<std::string> names_under(std::string_view path) const;

  /// Every number of evidence, in order of appearance. Valid until the set changes.
  std::vector<Number> numbers() const;
  /// Puts another value in the place of a number; its provenance stays.
  void set(Cell cell, double value);

  /// All entries, in order of appearance.
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;
  std::map<std::string, std::size_t, std::less<>> index_;
};

}  // namespace myelin
