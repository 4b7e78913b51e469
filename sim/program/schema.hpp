#pragma once

#include <optional>
#include <string>
#include <vector>

/// \file
/// The keys of a scenario. One row a key: the reader checks against the rows and the documentation is printed from
/// them.

namespace myelin {

/// What a key holds.
enum class KeyKind {
  text,            ///< a string; one of `choices` where any are given
  text_list,       ///< a list of strings
  integer,         ///< a whole number
  number,          ///< a plain number: a convention of the analysis, not evidence
  number_list,     ///< a list of plain numbers
  boolean,         ///< true or false
  parameter,       ///< evidence: a table with value, unit, source, grade (and low, high, distribution, note)
  table,           ///< evidence: the path of a CSV file with one column a key, then value, unit, source, grade, ...
  formula,         ///< a number or a formula as text
  formulas,        ///< a formula, or a table of formulae by a name that the user chooses
  formula_matrix,  ///< a list of rows, each a list of formulae
  records,         ///< the path of a CSV file whose columns and rows the model reads as text
};

/// The unit of a row whose parameters name their own; see program/unit.hpp.
inline constexpr const char* unit_as_given = "as given";

/// An index column of a CSV table and the values it must cover: either named `levels`, or whole numbers first..last.
struct KeyColumn {
  std::string name;
  std::vector<std::string> levels = {};  ///< named levels; empty for a column of whole numbers
  int first = 0;                         ///< lowest whole number that must be there
  int last = 0;                          ///< highest whole number that must be there; more are allowed where `open`
  bool open = false;                     ///< whole numbers above `last` are read too, as long as they follow on
};

/// One key of a scenario.
struct KeyRow {
  std::string path;  ///< dotted, `*` for a name that the user chooses: `therapies.*.worsening`
  KeyKind kind = KeyKind::text;
  std::string description;
  std::string unit =
      {};  ///< for parameters and tables; "money" and "money per year" stand for the scenario's currency and price year
  std::optional<double> low = {}, high = {};  ///< valid range of each number, both ends included
  bool required = true;
  std::optional<std::string> fallback =
      {};  ///< value of an absent optional key, written as in TOML; none: the key stays absent
  std::vector<std::string> choices = {};  ///< for text and text_list
  std::vector<KeyColumn> columns = {};    ///< for tables; none: a table has the columns that its file has
};

using Schema = std::vector<KeyRow>;

}  // namespace myelin
