#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "program/parameters.hpp"
#include "program/schema.hpp"
#include "scenario/files.hpp"

/// \file
/// Money of one price year in prices of another: a number times the ratio of the price levels of the two years.

namespace myelin::scenario {

/// The key of the scenario's price index.
inline constexpr const char* price_index_key = "analysis.price_index";

/// How a number becomes one of the scenario's price year.
struct PriceConversion {
  double factor = 1;      ///< price level of the scenario's year over that of `from_year`, positive
  std::string from_year;  ///< empty: the number is in the scenario's prices already

  bool needed() const { return !from_year.empty(); }
  /// `x 1.3436 from 2011/12`.
  std::string in_words() const;
};

/// Price levels by price year, relative to any base.
class PriceIndex {
 public:
  /// Without any year.
  PriceIndex() = default;
  /// From a table whose one key column has the years as levels and whose values are positive.
  explicit PriceIndex(const ParameterTable& table) : years_(table.columns.front().levels), levels_(table.values) {}

  /// In the order of the file.
  const std::vector<std::string>& years() const { return years_; }

  bool has(const std::string& year) const;

  /// The conversion between two price years that the index has.
  PriceConversion conversion(const std::string& from_year, const std::string& to_year) const;

  /// The year that lies nearest by the number with which it begins, the first of several; none if no year begins with a
  /// number or `year` does not.
  std::optional<std::string> nearest(const std::string& year) const;

 private:
  double level(const std::string& year) const;

  std::vector<std::string> years_;
  std::vector<double> levels_;  // [year]
};

/// A number as it is, or times the factor of a conversion that is needed.
double converted(double number, const PriceConversion& conversion);

/// The provenance of a converted number: the range converted, the conversion told in the note. A distribution is text
/// and stays as it was published, which the note tells too.
Provenance converted(const Provenance& provenance, const PriceConversion& conversion);

/// The row of the price index with the years that its file has in the column `year`: any texts, since price years are
/// named as the sources name them. A year that is missing is added to `found`; what else is wrong with the file is told
/// when the table is read with this row.
KeyRow with_years_of(const File& file, const KeyRow& row, Diagnostics& found);

}  // namespace myelin::scenario
