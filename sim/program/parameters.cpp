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

}  // namespace

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
