#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "program/parameters.hpp"
#include "program/schema.hpp"
#include "scenario/price_index.hpp"

/// \file
/// The checks that a number of evidence must pass wherever it is written, in TOML, in a CSV file or behind --set.
/// Each adds its mistakes to `found`.

namespace myelin::scenario {

/// What evidence must agree with beyond its own row of the schema.
struct EvidenceRules {
  std::optional<std::string> money;                     ///< `GBP 2024/25`; none: unknown, units of money go unchecked
  std::optional<PriceIndex> price_index;                ///< none: unknown, other price years go unchecked
  std::optional<std::vector<std::string>> source_keys;  ///< none: unknown, sources go unchecked
};

/// The unit that a row wants, with "money" resolved; none if that cannot be known.
std::optional<std::string> wanted_unit(const KeyRow& row, const EvidenceRules& rules);

/// The unit that a number has once it is in the scenario's prices; `unit` itself if it is not money of the scenario's
/// currency, or in these prices already.
std::string in_scenario_prices(const std::string& unit, const EvidenceRules& rules);

/// The row with the range of the unit that its value names, if its unit is as given; else the row itself.
KeyRow with_range_of_unit(const KeyRow& row, const std::string& unit);

/// Whether a number is finite and in the row's range; `label` names it in messages: `analysis.discount_cost`.
bool check_number(const std::string& label, double value, const KeyRow& row, const SourcePlace& place,
                  Diagnostics& found);
/// The same of what a number becomes by a conversion.
bool check_number(const std::string& label, double value, const PriceConversion& conversion, const KeyRow& row,
                  const SourcePlace& place, Diagnostics& found);
/// Whether a unit is the wanted one, or money of the same currency in prices of a year that the price index has: then
/// the conversion of its numbers. Returns a conversion that is not needed in all other cases.
PriceConversion check_unit(const std::string& label, const std::string& unit, const std::optional<std::string>& wanted,
                           const EvidenceRules& rules, const SourcePlace& place, Diagnostics& found);
/// The same of a unit that the evidence names itself: money is the scenario's, and no known unit is misspelt.
PriceConversion check_given_unit(const std::string& label, const std::string& unit, const EvidenceRules& rules,
                                 const SourcePlace& place, Diagnostics& found);
void check_source(const std::string& label, const std::string& source, const EvidenceRules& rules,
                  const SourcePlace& place, Diagnostics& found);
void check_grade(const std::string& label, const std::string& grade, const SourcePlace& place, Diagnostics& found);
/// low <= value <= high, as far as they are given.
void check_order(const std::string& label, double value, const Provenance& provenance, const SourcePlace& place,
                 Diagnostics& found);

/// What the text of a distribution says of a number, before any conversion; none if it is empty or malformed.
std::optional<Distribution> check_distribution(const std::string& label, double value, const Provenance& provenance,
                                               const SourcePlace& place, Diagnostics& found);

/// Why a unit, source or grade must be added, and how: the diagnostic of one that is absent or empty.
Diagnostic missing_field(const std::string& label, const std::string& field,
                         const std::optional<std::string>& wanted_unit, const SourcePlace& place);

/// A finite number in decimal or scientific notation, and nothing else; none otherwise.
std::optional<double> parse_number(const std::string& text);

/// The provenance of a number that replaces another: an assumption whose note tells what it replaces. The range and the
/// distribution of the old number are not those of the new one and are left out.
Provenance replaced(double old_value, const Provenance& old, const std::string& source);

}  // namespace myelin::scenario
