#include "models/markov/model.hpp"

#include <algorithm>
#include <charconv>

#include "models/markov/compilation.hpp"
#include "program/timing_settings.hpp"

namespace myelin::markov {

Result<Program> MarkovModel::compile(const ParameterSet& parameters, const std::string& strategy) const {
  Diagnostics found;
  Structure structure = read_structure(parameters, found);
  structure.timing = read_timing(parameters);
  if (!found.empty()) return tl::unexpected(found);
  return Compilation(parameters, structure, strategy).run();
}

Population MarkovModel::population(const ParameterSet& parameters) const {
  Diagnostics found;
  const Structure structure = read_structure(parameters, found);
  Population population;
  if (structure.patients == nullptr) return population;
  for (const Records::Field& column : structure.patients->columns) population.attributes.push_back(column.text);
  for (const std::vector<Records::Field>& row : structure.patients->rows) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      const std::string& text = row[column].text;
      const auto attribute = structure.find_attribute(population.attributes[column]);
      int level = 0;
      if (attribute) {
        const auto& levels = structure.attributes[*attribute].levels;
        level = static_cast<int>(std::ranges::find(levels, text) - levels.begin());
      } else {
        std::from_chars(text.data(), text.data() + text.size(), level);
      }
      population.levels.push_back(static_cast<std::uint16_t>(level));
    }
  }
  return population;
}

std::vector<std::pair<std::string, std::string>> MarkovModel::stated_settings(const ParameterSet& parameters) const {
  std::vector<std::pair<std::string, std::string>> settings;
  if (parameters.has("population.patients"))
    settings.emplace_back("patients_from", parameters.records("population.patients").file);
  return settings;
}

}  // namespace myelin::markov
