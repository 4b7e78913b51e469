#pragma once

#include <optional>
#include <string>
#include <vector>

/// \file
/// Units that evidence names itself, and what they tell of a number.

namespace myelin {

/// What kind of number a unit stands for.
enum class Quantity { probability, rate, ratio, proportion, utility, qaly, money, years, other };

struct Unit {
  Quantity quantity = Quantity::other;
  std::string period;               ///< of a probability, rate or amount: `year`, `month`, ...; empty if none is named
  std::optional<double> low, high;  ///< range of the number
};

/// The unit that a text names: `probability per year`, `per year` (a rate), `hazard ratio`, `utility`, `QALY`,
/// `GBP 2024/25 per month` (money: an ISO 4217 code first), ...; any other text is a unit of quantity `other`.
Unit parse_unit(const std::string& text);

/// A unit of money taken apart: `GBP 2024/25 per month` has currency `GBP`, price year `2024/25` and per ` per month`.
struct MoneyUnit {
  std::string currency;    ///< ISO 4217 code
  std::string price_year;  ///< empty if none is named
  std::string per;         ///< the rest with its leading space; empty for an amount at once
};

/// The parts of a unit of money; none for any other unit.
std::optional<MoneyUnit> parse_money(const std::string& text);

/// The unit that `text` may misspell; none if it is one of the known ones or near none of them.
std::optional<std::string> misspelt_unit(const std::string& text);

/// The known units, with what they mean and the range of their numbers, as a table of text.
std::string describe_units();

/// The years of a period: 1 for `year`, 1/12 for `month`; none for `cycle` and unknown ones.
std::optional<double> years_of_period(const std::string& period);

}  // namespace myelin
