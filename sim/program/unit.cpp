#include "program/unit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/diagnostic.hpp"

namespace myelin {

namespace {

struct KnownUnit {
  const char* text;
  Quantity quantity;
  bool per_period;  ///< ` per year`, ` per month`, ... may follow
  std::optional<double> low, high;
  const char* meaning;
};

const std::vector<KnownUnit>& known_units() {
  using enum Quantity;
  static const std::vector<KnownUnit> units = {
      {"probability", probability, true, 0, 1, "probability of a transition, per cycle if no period is named"},
      {"proportion", proportion, false, 0, 1, "share of patients"},
      {"per", rate, true, 0, {}, "rate (hazard, intensity): `per year`"},
      {"hazard ratio", ratio, false, 0, {}, "ratio of hazards"},
      {"rate ratio", ratio, false, 0, {}, "ratio of rates"},
      {"odds ratio", ratio, false, 0, {}, "ratio of odds"},
      {"relative risk", ratio, false, 0, {}, "ratio of probabilities"},
      {"ratio", ratio, false, 0, {}, "any other ratio"},
      {"utility", utility, false, {}, 1, "quality of life, in QALYs per year"},
      {"QALY", qaly, true, {}, {}, "QALYs, at once or over a period"},
      {"years", years, false, 0, {}, "time or age"},
      {"number", other, false, {}, {}, "a plain number"},
      {"coefficient", other, false, {}, {}, "coefficient of a regression"},
      {"shape", other, false, {}, {}, "shape of a distribution"},
      {"scale", other, false, {}, {}, "scale of a distribution"},
  };
  return units;
}

struct Period {
  const char* name;
  std::optional<double> years;
};

constexpr Period periods[] = {
    {"year", 1.0}, {"month", 1.0 / 12}, {"week", 7 / 365.25}, {"day", 1 / 365.25}, {"cycle", {}}};

bool is_money(const std::string& text) {
  const bool code =
      text.size() >= 3 && std::all_of(text.begin(), text.begin() + 3, [](char c) { return c >= 'A' && c <= 'Z'; });
  return code && (text.size() == 3 || text[3] == ' ');
}

/// The text after ` per `, and what stands before it.
std::pair<std::string, std::string> split_period(const std::string& text) {
  if (text.starts_with("per ")) return {"per", text.substr(4)};
  const std::size_t per = text.find(" per ");
  if (per == std::string::npos) return {text, ""};
  return {text.substr(0, per), text.substr(per + 5)};
}

const KnownUnit* find_known(const std::string& stem, const std::string& period) {
  const auto found = std::ranges::find_if(known_units(), [&](const KnownUnit& unit) {
    return stem == unit.text && (period.empty() ? std::string_view(unit.text) != "per" : unit.per_period);
  });
  return found == known_units().end() ? nullptr : &*found;
}

std::string range_of(const KnownUnit& unit) {
  if (unit.low && unit.high) return fmt::format("{:g} to {:g}", *unit.low, *unit.high);
  if (unit.low) return fmt::format("at least {:g}", *unit.low);
  return unit.high ? fmt::format("at most {:g}", *unit.high) : "any";
}

}  // namespace

Unit parse_unit(const std::string& text) {
  const auto [stem, period] = split_period(text);
  if (const KnownUnit* known = find_known(stem, period)) return {known->quantity, period, known->low, known->high};
  if (is_money(text)) return {Quantity::money, period, {}, {}};
  return {Quantity::other, period, {}, {}};
}

std::optional<MoneyUnit> parse_money(const std::string& text) {
  if (!is_money(text)) return std::nullopt;
  const std::string stem = split_period(text).first;
  return MoneyUnit{stem.substr(0, 3), stem.size() > 4 ? stem.substr(4) : "", text.substr(stem.size())};
}

std::optional<std::string> misspelt_unit(const std::string& text) {
  const auto [stem, period] = split_period(text);
  if (find_known(stem, period) != nullptr || is_money(text)) {
    std::vector<std::string> names;
    for (const Period& each : periods) names.emplace_back(each.name);
    const auto near = nearest_name(period, names);
    if (period.empty() || !near || *near == period) return std::nullopt;
    return (stem == "per" ? "per " : stem + " per ") + *near;
  }
  std::vector<std::string> names;
  for (const KnownUnit& unit : known_units()) names.emplace_back(unit.text);
  const auto near = nearest_name(stem, names);
  if (!near || *near == stem) return std::nullopt;
  return period.empty() ? *near : *near + " per " + period;
}

std::string describe_units() {
  std::string text;
  for (const KnownUnit& unit : known_units()) {
    const std::string name = std::string(unit.text) == "per" ? "per year"
                             : unit.per_period               ? std::string(unit.text) + " [per year]"
                                                             : unit.text;
    text += fmt::format("{:<24}  {:<11}  {}\n", name, range_of(unit), unit.meaning);
  }
  text += fmt::format("{:<24}  {:<11}  {}\n", "GBP 2024/25 [per year]", "any",
                      "money: the scenario's currency and price year, or another of its price index, first");
  return text + "A period is year, month, week, day or cycle. Any other text is a unit whose range is not known.\n";
}

std::optional<double> years_of_period(const std::string& period) {
  const auto found = std::ranges::find_if(periods, [&](const Period& each) { return period == each.name; });
  return found == std::end(periods) ? std::nullopt : found->years;
}

}  // namespace myelin
