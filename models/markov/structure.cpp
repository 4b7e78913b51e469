#include "models/markov/structure.hpp"

#include <algorithm>

#include "models/markov/structure_reader.hpp"

namespace myelin::markov {

std::optional<std::size_t> Structure::find_attribute(const std::string& name) const {
  const auto found = std::ranges::find(attributes, name, &Attribute::name);
  return found == attributes.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - attributes.begin()));
}

Structure read_structure(const ParameterSet& parameters, Diagnostics& found) {
  Structure structure;
  read_attributes(parameters, structure, found);
  read_steps(parameters, structure, found);
  return structure;
}

}  // namespace myelin::markov
