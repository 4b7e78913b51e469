#pragma once

#include <fmt/format.h>

#include <algorithm>

#include "models/markov/structure.hpp"

/// \file
/// What the readers of a structure share.

namespace myelin::markov {

/// A list of names in words.
inline std::string listed(const std::vector<std::string>& names) { return fmt::format("{}", fmt::join(names, ", ")); }

/// What to do about an unknown name.
inline std::string meant(const std::string& unknown, const std::vector<std::string>& known) {
  const auto near = nearest_name(unknown, known);
  return near ? fmt::format("did you mean '{}'?", *near) : "write one of " + listed(known);
}

/// Reads parts of a scenario into a structure and collects what is wrong with them.
class StructureReader {
 public:
  StructureReader(const ParameterSet& parameters, Structure& structure, Diagnostics& found)
      : parameters_(parameters), structure_(structure), found_(found) {}

 protected:
  bool sound(const std::string& path) const { return parameters_.is_sound(path); }
  SourcePlace place(const std::string& path) const { return parameters_.entry(path).place; }
  /// The place of the first key below a path that stands in a file.
  SourcePlace place_below(const std::string& path) const {
    for (const ParameterSet::Entry& entry : parameters_.entries()) {
      if (entry.path.starts_with(path + ".") && entry.place.line > 0) return entry.place;
    }
    return {};
  }
  void refuse(SourcePlace where, std::string problem, std::string remedy) {
    found_.push_back({std::move(where), std::move(problem), std::move(remedy)});
  }

  template <class T>
  static std::vector<std::string> names(const std::vector<T>& all) {
    std::vector<std::string> names;
    for (const T& each : all) names.push_back(each.name);
    return names;
  }

  void named(const std::string& path, const std::string& name, const std::vector<std::string>& known,
             const char* what) {
    if (std::ranges::find(known, name) != known.end()) return;
    refuse(place(path), fmt::format("unknown {} '{}'", what, name),
           known.empty() ? fmt::format("the scenario has no {}", what) : meant(name, known));
  }

  std::optional<std::size_t> attribute_at(const std::string& path) {
    if (!sound(path)) return std::nullopt;
    const std::string& name = parameters_.text(path);
    const auto found = structure_.find_attribute(name);
    const std::vector<std::string> declared = parameters_.names_under("attributes");
    if (!found && !declared.empty() && std::ranges::find(declared, name) == declared.end()) {
      refuse(place(path), fmt::format("unknown attribute '{}'", name), meant(name, declared));
    }
    return found;
  }

  std::optional<int> level_of(const std::string& name, std::size_t attribute, const SourcePlace& where) {
    if (name == "*") return -1;
    const Attribute& declared = structure_.attributes[attribute];
    const auto position = std::ranges::find(declared.levels, name);
    if (position != declared.levels.end()) return static_cast<int>(position - declared.levels.begin());
    refuse(where, fmt::format("unknown level '{}' of attribute '{}'", name, declared.name),
           meant(name, declared.levels));
    return std::nullopt;
  }

  const ParameterSet& parameters_;
  Structure& structure_;
  Diagnostics& found_;
};

/// The attributes, the file of patients and the groups.
void read_attributes(const ParameterSet& parameters, Structure& structure, Diagnostics& found);

/// The transitions, matrices and rewards of a structure whose attributes are known.
void read_steps(const ParameterSet& parameters, Structure& structure, Diagnostics& found);

}  // namespace myelin::markov
