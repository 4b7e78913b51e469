#include "models/markov/table_functions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace myelin::markov {

namespace {

constexpr std::size_t most_columns = 5;

}  // namespace

struct TableFunctions::Lookup {
  struct Column {
    std::string name;
    std::vector<double> keys;  ///< value of the argument at each position; of whole numbers: the first
    std::size_t size = 0;
    bool numbers = false;
    const Attribute* attribute = nullptr;  ///< of the same name

    /// An argument as the reader knows it.
    std::string words(double argument) const {
      if (attribute != nullptr) {
        const auto level = std::ranges::find(attribute->values, argument);
        if (level != attribute->values.end())
          return attribute->levels[static_cast<std::size_t>(level - attribute->values.begin())];
      }
      return fmt::format("{:g}", argument);
    }
  };
  std::string name;
  std::vector<Column> columns;
  const std::vector<double>* values = nullptr;
  std::string* miss = nullptr;

  double fail(const Column& column, double argument) {
    if (!miss->empty()) return std::numeric_limits<double>::quiet_NaN();
    const std::string range = column.numbers ? fmt::format(" (it has {:g} to {:g})", column.keys[0],
                                                           column.keys[0] + static_cast<double>(column.size) - 1)
                                             : "";
    *miss = fmt::format("table '{}' has no row for {} = {}{}", name, column.name, column.words(argument), range);
    return std::numeric_limits<double>::quiet_NaN();
  }

  template <class... Arguments>
  double operator()(Arguments... arguments) {
    const double given[] = {arguments...};
    std::size_t row = 0;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const Column& column = columns[i];
      std::size_t position = column.size;
      if (column.numbers) {
        const double offset = given[i] - column.keys[0];
        if (offset >= 0 && offset < static_cast<double>(column.size) && offset == std::floor(offset))
          position = static_cast<std::size_t>(offset);
      } else {
        position = static_cast<std::size_t>(std::ranges::find(column.keys, given[i]) - column.keys.begin());
      }
      if (position >= column.size) return fail(column, given[i]);
      row = row * column.size + position;
    }
    return (*values)[row];
  }

  template <class... Arguments>
  static double call(void* lookup, Arguments... arguments) {
    return (*static_cast<Lookup*>(lookup))(arguments...);
  }
};

TableFunctions::TableFunctions(const ParameterSet& parameters, const Structure& structure)
    : miss_(std::make_unique<std::string>()) {
  for (const std::string& name : parameters.names_under("tables")) {
    if (!parameters.is_sound("tables." + name)) continue;
    const ParameterTable& table = parameters.table("tables." + name);
    auto lookup = std::make_unique<Lookup>();
    lookup->name = name;
    lookup->values = &table.values;
    lookup->miss = miss_.get();
    std::string refusal = table.columns.size() > most_columns
                              ? fmt::format("it has more than {} key columns", most_columns)
                          : table.columns.empty() ? "it has no key column"
                                                  : "";
    for (const KeyColumn& column : table.columns) {
      const auto attribute = structure.find_attribute(column.name);
      Lookup::Column into{column.name,
                          {},
                          column.levels.size(),
                          column.levels.empty(),
                          attribute ? &structure.attributes[*attribute] : nullptr};
      if (into.numbers) {
        into.keys = {static_cast<double>(column.first)};
        into.size = static_cast<std::size_t>(column.last - column.first) + 1;
      }
      for (const std::string& level : column.levels) {
        const std::vector<std::string> none;
        const auto& levels = attribute ? structure.attributes[*attribute].levels : none;
        const auto found = std::ranges::find(levels, level);
        if (found != levels.end()) {
          into.keys.push_back(
              structure.attributes[*attribute].values[static_cast<std::size_t>(found - levels.begin())]);
        } else if (refusal.empty()) {
          refusal = attribute ? fmt::format("'{}' in its column '{}' is no level of the attribute", level, column.name)
                              : fmt::format("its column '{}' holds names and is no attribute", column.name);
        }
      }
      lookup->columns.push_back(std::move(into));
    }
    if (refusal.empty()) {
      lookups_.push_back(std::move(lookup));
    } else {
      no_functions_.emplace_back(name, refusal);
    }
  }
}

TableFunctions::~TableFunctions() = default;

void TableFunctions::define(mu::Parser& parser) const {
  // Not optimised: the parser would call a function of constants while it parses, where a miss has no place yet.
  const auto add = [&](Lookup* lookup, auto function) {
    parser.DefineFunUserData(lookup->name, function, lookup, false);
  };
  for (const auto& lookup : lookups_) {
    switch (lookup->columns.size()) {
      case 1:
        add(lookup.get(), &Lookup::call<double>);
        break;
      case 2:
        add(lookup.get(), &Lookup::call<double, double>);
        break;
      case 3:
        add(lookup.get(), &Lookup::call<double, double, double>);
        break;
      case 4:
        add(lookup.get(), &Lookup::call<double, double, double, double>);
        break;
      default:
        add(lookup.get(), &Lookup::call<double, double, double, double, double>);
        break;
    }
  }
}

std::string TableFunctions::take_miss() { return std::exchange(*miss_, {}); }

std::string TableFunctions::call_of(const std::string& name) const {
  for (const auto& lookup : lookups_) {
    if (lookup->name != name) continue;
    std::vector<std::string> columns;
    for (const Lookup::Column& column : lookup->columns) columns.push_back(column.name);
    return fmt::format("{}({})", name, fmt::join(columns, ", "));
  }
  return {};
}

std::string TableFunctions::why_no_function(const std::string& name) const {
  for (const auto& [table, reason] : no_functions_) {
    if (table == name) return reason;
  }
  return {};
}

}  // namespace myelin::markov
