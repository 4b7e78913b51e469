#include "scenario/evidence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "program/unit.hpp"
#include "scenario/wording.hpp"

namespace myelin::scenario {

namespace {

const std::vector<std::string> grades = {"read", "secondary", "recalled", "derived", "assumption"};

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

// The keys that a source joins with `;` or ` x `.
std::vector<std::string> parts_of_source(const std::string& source) {
  std::vector<std::string> parts;
  std::string_view rest = source;
  while (true) {
    const std::size_t semicolon = rest.find(';'), times = rest.find(" x ");
    const std::size_t end = std::min(semicolon, times);
    parts.push_back(trimmed(rest.substr(0, end)));
    if (end == std::string_view::npos) return parts;
    rest.remove_prefix(end + (semicolon < times ? 1 : 3));
  }
}

// The conversion of a unit of money that is not the wanted one; what stands in its way is told with `mismatch`.
PriceConversion price_conversion(const std::string& unit, const std::string& wanted, const std::string& mismatch,
                                 const EvidenceRules& rules, const SourcePlace& place, Diagnostics& found) {
  const auto from = parse_money(unit), to = parse_money(wanted);
  const std::string remedy = fmt::format("convert the number and write {}", quote(wanted));
  const bool years_differ = from && to && from->currency == to->currency && from->per == to->per &&
                            !from->price_year.empty() && !to->price_year.empty();
  if (!years_differ) {
    found.push_back({place, mismatch, remedy});
    return {};
  }
  if (!rules.price_index) return {};
  const PriceIndex& index = *rules.price_index;
  if (index.years().empty()) {
    found.push_back({place, mismatch,
                     fmt::format("{}, or give {} with the years {} and {}", remedy, price_index_key, from->price_year,
                                 to->price_year)});
    return {};
  }
  for (const std::string& year : {from->price_year, to->price_year}) {
    if (index.has(year)) continue;
    const auto nearest = index.nearest(year);
    found.push_back({place, fmt::format("{}; the price index has no year {}", mismatch, quote(year)),
                     fmt::format("add the year to the price index, which has {}{}", listed(index.years()),
                                 nearest ? fmt::format(" (the nearest is {})", *nearest) : "")});
  }
  if (!index.has(from->price_year) || !index.has(to->price_year)) return {};
  return index.conversion(from->price_year, to->price_year);
}

}  // namespace

std::optional<std::string> wanted_unit(const KeyRow& row, const EvidenceRules& rules) {
  constexpr std::string_view money = "money";
  if (row.unit == unit_as_given) return std::nullopt;
  if (row.unit != money && !row.unit.starts_with("money ")) return row.unit;
  if (!rules.money) return std::nullopt;
  return *rules.money + row.unit.substr(money.size());
}

std::string in_scenario_prices(const std::string& unit, const EvidenceRules& rules) {
  const auto money = parse_money(unit);
  if (!money || !rules.money || money->price_year.empty() || !rules.money->starts_with(money->currency + " "))
    return unit;
  return unit.starts_with(*rules.money + " ") ? unit : *rules.money + money->per;
}

KeyRow with_range_of_unit(const KeyRow& row, const std::string& unit) {
  KeyRow ranged = row;
  if (row.unit != unit_as_given) return ranged;
  const Unit parsed = parse_unit(unit);
  ranged.unit = unit;
  ranged.low = parsed.low;
  ranged.high = parsed.high;
  return ranged;
}

bool check_number(const std::string& label, double value, const KeyRow& row, const SourcePlace& place,
                  Diagnostics& found) {
  if (!std::isfinite(value)) {
    found.push_back({place, fmt::format("{}: {} is no finite number", label, value), "write a finite number"});
    return false;
  }
  if ((row.low && value < *row.low) || (row.high && value > *row.high)) {
    const std::string range = range_in_words(row);
    found.push_back(
        {place, fmt::format("{}: {} is out of range (must be {})", label, value, range),
         fmt::format("write a number in the range{}", row.unit.empty() ? "" : "; the unit is " + row.unit)});
    return false;
  }
  return true;
}

bool check_number(const std::string& label, double value, const PriceConversion& conversion, const KeyRow& row,
                  const SourcePlace& place, Diagnostics& found) {
  const std::string shown = conversion.needed() ? fmt::format("{} ({})", label, conversion.in_words()) : label;
  return check_number(shown, converted(value, conversion), row, place, found);
}

PriceConversion check_unit(const std::string& label, const std::string& unit, const std::optional<std::string>& wanted,
                           const EvidenceRules& rules, const SourcePlace& place, Diagnostics& found) {
  if (unit.empty()) {
    found.push_back(missing_field(label, "unit", wanted, place));
    return {};
  }
  if (!wanted || unit == *wanted) return {};
  const std::string mismatch = fmt::format("{}: the unit is {} but must be {}", label, quote(unit), quote(*wanted));
  return price_conversion(unit, *wanted, mismatch, rules, place, found);
}

PriceConversion check_given_unit(const std::string& label, const std::string& unit, const EvidenceRules& rules,
                                 const SourcePlace& place, Diagnostics& found) {
  const auto money = parse_money(unit);
  if (unit.empty()) {
    found.push_back(
        {place, fmt::format("{}: unit is missing", label),
         "add unit = \"...\": probability, per year, hazard ratio, utility, ... (myelin describe scenario)"});
  } else if (const auto near = misspelt_unit(unit)) {
    found.push_back(
        {place, fmt::format("{}: unknown unit {}", label, quote(unit)), fmt::format("did you mean {}?", quote(*near))});
  } else if (money && rules.money && unit != *rules.money && !unit.starts_with(*rules.money + " ")) {
    const std::string mismatch =
        fmt::format("{}: the unit is {} but money here is {}", label, quote(unit), quote(*rules.money));
    return price_conversion(unit, *rules.money + money->per, mismatch, rules, place, found);
  }
  return {};
}

void check_source(const std::string& label, const std::string& source, const EvidenceRules& rules,
                  const SourcePlace& place, Diagnostics& found) {
  if (source.empty()) {
    found.push_back(missing_field(label, "source", {}, place));
    return;
  }
  if (!rules.source_keys) return;
  for (const std::string& part : parts_of_source(source)) {
    if (std::find(rules.source_keys->begin(), rules.source_keys->end(), part) != rules.source_keys->end()) continue;
    found.push_back({place, fmt::format("{}: unknown source {}", label, quote(part)),
                     did_you_mean(part, *rules.source_keys, "add it to the sources file")});
  }
}

void check_grade(const std::string& label, const std::string& grade, const SourcePlace& place, Diagnostics& found) {
  if (grade.empty()) {
    found.push_back(missing_field(label, "grade", {}, place));
  } else if (std::find(grades.begin(), grades.end(), grade) == grades.end()) {
    found.push_back({place, fmt::format("{}: unknown grade {}", label, quote(grade)),
                     did_you_mean(grade, grades, "write one of " + listed(grades))});
  }
}

void check_order(const std::string& label, double value, const Provenance& provenance, const SourcePlace& place,
                 Diagnostics& found) {
  const std::string remedy = "let low <= value <= high";
  const auto &low = provenance.low, &high = provenance.high;
  if (low && *low > value) {
    found.push_back({place, fmt::format("{}: low {} is above the value {}", label, *low, value), remedy});
  }
  if (high && *high < value) {
    found.push_back({place, fmt::format("{}: high {} is below the value {}", label, *high, value), remedy});
  }
}

std::optional<Distribution> check_distribution(const std::string& label, double value, const Provenance& provenance,
                                               const SourcePlace& place, Diagnostics& found) {
  if (provenance.distribution.empty()) return std::nullopt;
  const auto parsed = parse_distribution(provenance.distribution, {value, provenance.low, provenance.high});
  if (parsed) return *parsed;
  found.push_back(
      {place, fmt::format("{}: distribution {}: {}", label, quote(provenance.distribution), parsed.error().problem),
       parsed.error().remedy});
  return std::nullopt;
}

Diagnostic missing_field(const std::string& label, const std::string& field,
                         const std::optional<std::string>& wanted_unit, const SourcePlace& place) {
  std::string remedy = "add " + field;
  if (field == "unit" && wanted_unit) remedy = "add unit " + quote(*wanted_unit);
  if (field == "source") remedy = "add the key of a row of the sources file";
  if (field == "grade") remedy = "add one of " + listed(grades);
  return {place, fmt::format("{}: {} is missing", label, field), remedy};
}

std::optional<double> parse_number(const std::string& text) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

Provenance replaced(double old_value, const Provenance& old, const std::string& source) {
  return {source, "assumption", {}, fmt::format("was {} from {}", old_value, old.source), {}, {}};
}

}  // namespace myelin::scenario
