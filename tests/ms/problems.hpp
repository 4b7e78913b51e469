#pragma once

#include <string>
#include <vector>

#include "ms/base_case.hpp"

namespace myelin::ms::test {

/// What the model's check finds, as `problem -- remedy`, without the place.
inline std::vector<std::string> problems_of(const ParameterSet& parameters) {
  std::vector<std::string> lines;
  for (Diagnostic diagnostic : model().check(parameters)) {
    diagnostic.place = {};
    lines.push_back(to_string(diagnostic));
  }
  return lines;
}

inline ParameterSet without(const ParameterSet& parameters, const std::string& path) {
  ParameterSet rest;
  for (const ParameterSet::Entry& entry : parameters.entries()) {
    if (entry.path != path) rest.add(entry);
  }
  return rest;
}

/// Names the comparator of an effect; an empty name takes it away.
inline void set_versus(ParameterSet& parameters, const std::string& path, const std::string& versus) {
  ParameterSet::Entry entry = parameters.entry(path);
  auto& labels = std::get<Parameter>(entry.value).labels;
  versus.empty() ? static_cast<void>(labels.erase("versus")) : static_cast<void>(labels["versus"] = versus);
  parameters.add(std::move(entry));
}

}  // namespace myelin::ms::test
