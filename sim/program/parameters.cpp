#include "program/parameters.hpp"

#include <algorithm>

#include "core/contract.hpp"

namespace myelin {

namespace {

template <class T>
const T& get(const ParameterSet::Entry& entry) {
  const T* value = std::get_if<T>(&entry.value);
  if (value == nullptr)
    throw ContractViolation("key " + entry.path + " was asked for as another kind than its schema's");
  return *value;
}

/// The name of a table's row: `edss=3`, `sex=female, age=40`.
std::string row_name(const std::vector<KeyColumn>& columns, std::size_t row) {
  std::string name;
  for (std::size_t i = columns.size(); i-- > 0;) {
    const KeyColumn& column = columns[i];
    const std::size_t count =
        column.levels.empty() ? static_cast<std::size_t>(column.last - column.first + 1) : column.levels.size();
    const std::size_t level = row % count;
    row /= count;
    const std::string text =
        column.levels.empty() ? std::to_string(column.first + static_cast<int>(level)) : column.levels[level];
    name = column.name + "=" + text + (name.empty() ? "" : ", ") + name;
  }
  return name;
}

}  // namespace

std::vector<ParameterSet::Number> ParameterSet::numbers() const {
  std::vector<Number> all;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const Entry& entry = entries_[i];
    if (const auto* parameter = std::get_if<Parameter>(&entry.value)) {
      all.push_back({entry.path, {i, 0}, parameter->value, &parameter->unit, &parameter->provenance});
    } else if (const auto* table = std::get_if<ParameterTable>(&entry.value)) {
      for (std::size_t row = 0; row < table->values.size(); ++row) {
        all.push_back({entry.path + "[" + row_name(table->columns, row) + "]",
                       {i, row},
                       table->values[row],
                       &table->unit,
                       &table->provenance[row]});
      }
    }
  }
  return all;
}

void ParameterSet::set(Cell cell, double value) {
  KeyValue& held = entries_[cell.entry].value;
  if (auto* parameter = std::get_if<Parameter>(&held)) {
    parameter->value = value;
  } else {
    std::get<ParameterTable>(held).values[cell.index] = value;
  }
}

void ParameterSet::add(Entry entry) {
  const auto [position, added] = index_.emplace(entry.path, entries_.size());
  if (added) {
    entries_.push_back(std::move(entry));
  } else {
    entries_[position->second] = std::move(entry);
  }
}

bool ParameterSet::has(std::string_view path) const { return index_.find(path) != index_.end(); }

const ParameterSet::Entry& ParameterSet::entry(std::string_view path) const {
  const auto found = index_.find(path);
  if (found == index_.end()) throw ContractViolation("key " + std::string(path) + " is not in the parameter set");
  return entries_[found->second];
}

const std::string& ParameterSet::text(std::string_view path) const { return get<std::string>(entry(path)); }
const std::vector<std::string>& ParameterSet::text_list(std::string_view path) const {
  return get<std::vector<std::string>>(entry(path));
}
std::int64_t ParameterSet::integer(std::string_view path) const { return get<std::int64_t>(entry(path)); }
double ParameterSet::number(std::string_view path) const {
  const Entry& found = entry(path);
  if (const auto* parameter = std::get_if<Parameter>(&found.value)) return parameter->value;
  return get<double>(found);
}
const std::vector<double>& ParameterSet::number_list(std::string_view path) const {
  return get<std::vector<double>>(entry(path));
}
bool ParameterSet::boolean(std::string_view path) const { return get<bool>(entry(path)); }
const Parameter& ParameterSet::parameter(std::string_view path) const { return get<Parameter>(entry(path)); }
const ParameterTable& ParameterSet::table(std::string_view path) const { return get<ParameterTable>(entry(path)); }
const Formula& ParameterSet::formula(std::string_view path) const { return get<Formula>(entry(path)); }
const Formulas& ParameterSet::formulas(std::string_view path) const { return get<Formulas>(entry(path)); }
const FormulaMatrix& ParameterSet::formula_matrix(std::string_view path) const {
  return get<FormulaMatrix>(entry(path));
}
const Records& ParameterSet::records(std::string_view path) const { return get<Records>(entry(path)); }

std::vector<std::string> ParameterSet::names_under(std::string_view path) const {
  const std::string prefix = std::string(path) + ".";
  std::vector<std::string> names;
  for (const Entry& candidate : entries_) {
    if (candidate.path.compare(0, prefix.size(), prefix) != 0) continue;
    std::string name = candidate.path.substr(prefix.size());
    name = name.substr(0, name.find('.'));
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace myelin
