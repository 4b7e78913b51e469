#include "scenario/price_index.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "core/contract.hpp"
#include "scenario/csv.hpp"

namespace myelin::scenario {

namespace {

// 2011 of `2011/12`.
std::optional<int> leading_number(const std::string& year) {
  int number = 0;
  const auto [end, failure] = std::from_chars(year.data(), year.data() + year.size(), number);
  return failure == std::errc() ? std::optional(number) : std::nullopt;
}

}  // namespace

std::string PriceConversion::in_words() const { return fmt::format("x {:.5g} from {}", factor, from_year); }

bool PriceIndex::has(const std::string& year) const { return std::ranges::find(years_, year) != years_.end(); }

double PriceIndex::level(const std::string& year) const {
  MYELIN_EXPECT(has(year));
  return levels_[static_cast<std::size_t>(std::ranges::find(years_, year) - years_.begin())];
}

PriceConversion PriceIndex::conversion(const std::string& from_year, const std::string& to_year) const {
  return {level(to_year) / level(from_year), from_year};
}

std::optional<std::string> PriceIndex::nearest(const std::string& year) const {
  const auto wanted = leading_number(year);
  if (!wanted) return std::nullopt;
  std::optional<std::string> best;
  long long best_distance = 0;
  for (const std::string& each : years_) {
    const auto number = leading_number(each);
    if (!number) continue;
    const long long distance = std::abs(static_cast<long long>(*number) - *wanted);
    if (best && distance >= best_distance) continue;
    best = each;
    best_distance = distance;
  }
  return best;
}

double converted(double number, const PriceConversion& conversion) {
  return conversion.needed() ? number * conversion.factor : number;
}

Provenance converted(const Provenance& provenance, const PriceConversion& conversion) {
  if (!conversion.needed()) return provenance;
  Provenance result = provenance;
  if (result.low) result.low = converted(*result.low, conversion);
  if (result.high) result.high = converted(*result.high, conversion);
  result.note += (result.note.empty() ? "" : "; ") + conversion.in_words();
  if (result.spread) result.spread = result.spread->scaled(conversion.factor);
  if (!result.distribution.empty())
    result.note += fmt::format("; distribution as published, in prices of {}", conversion.from_year);
  return result;
}

KeyRow with_years_of(const File& file, const KeyRow& row, Diagnostics& found) {
  KeyRow own = row;
  Diagnostics told_later;
  const auto csv = parse_csv(file, {"year"}, {any_column}, told_later);
  KeyColumn years{.name = "year"};
  for (std::size_t i = 0; csv && i < csv->rows.size(); ++i) {
    const std::size_t column = *csv->column("year");
    const std::string& year = csv->rows[i][column].text;
    if (year.empty()) {
      found.push_back({csv->place(i, column), fmt::format("{}: year is missing", row.path),
                       "write the price year of the row, such as 2011/12"});
    }
    if (std::ranges::find(years.levels, year) == years.levels.end()) years.levels.push_back(year);
  }
  const bool empty = csv && csv->rows.empty();
  if (!empty) own.columns = {std::move(years)};
  return own;
}

}  // namespace myelin::scenario
