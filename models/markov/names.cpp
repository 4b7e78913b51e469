#include "models/markov/names.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <utility>

#include "core/contract.hpp"

namespace myelin::markov {

namespace {

const Formula* find_formula(const Formulas& formulas, const std::string& name) {
  const auto found = std::ranges::find(formulas, name, &Formula::name);
  return found == formulas.end() ? nullptr : &*found;
}

/// The words of a formula that can be names.
std::set<std::string> words_of(const std::string& text) {
  std::set<std::string> words;
  std::string word;
  for (const char c : text + " ") {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') {
      word += c;
    } else if (!word.empty()) {
      words.insert(std::exchange(word, {}));
    }
  }
  return words;
}

bool mentions_time(const Formula& formula, const Names& names, std::set<std::string>& seen) {
  for (const std::string& word : words_of(formula.text)) {
    if (word == "age" || word == "cycle" || word == "time") return true;
    if (!seen.insert(word).second) continue;
    for (const Formula* meant : names.formulas_of(word)) {
      if (mentions_time(*meant, names, seen)) return true;
    }
  }
  return false;
}

}  // namespace

bool mentions_time(const Formula& formula, const Names& names) {
  std::set<std::string> seen;
  return mentions_time(formula, names, seen);
}

Names::Names(const ParameterSet& parameters, const Structure& structure, const Axes& axes, const std::string& strategy)
    : parameters_(parameters), structure_(structure), axes_(axes) {
  const std::string path = "strategies." + strategy + ".values";
  if (parameters.is_sound(path)) strategy_values_ = &parameters.formulas(path);
}

std::vector<double> Names::level_values(const std::string& name) const {
  std::vector<double> values;
  for (const Attribute& attribute : structure_.attributes) {
    const auto level = std::ranges::find(attribute.levels, name);
    if (level == attribute.levels.end()) continue;
    const double value = attribute.values[static_cast<std::size_t>(level - attribute.levels.begin())];
    if (std::ranges::find(values, value) == values.end()) values.push_back(value);
  }
  return values;
}

bool Names::is_ambiguous_level(const std::string& name) const { return level_values(name).size() > 1; }

const Formula& Names::group_formula(std::size_t group, const std::string& name) const {
  const Formula* formula = find_formula(structure_.groups[group].values, name);
  MYELIN_EXPECT(formula != nullptr);
  return *formula;
}

std::optional<Meaning> Names::find(const std::string& name) const {
  using Kind = Meaning::Kind;
  if (strategy_values_ != nullptr) {
    if (const Formula* formula = find_formula(*strategy_values_, name))
      return Meaning{.kind = Kind::formula, .formula = formula};
  }
  const bool in_groups = !structure_.groups.empty() && find_formula(structure_.groups.front().values, name) != nullptr;
  if (name == "age") {
    if (axes_.age()) return Meaning{.kind = Kind::axis, .axis = *axes_.age()};
    if (in_groups || parameters_.has("population.start_age")) return Meaning{.kind = Kind::age};
    return std::nullopt;
  }
  if (in_groups) return Meaning{.kind = Kind::group_value};
  if (parameters_.is_sound("expressions." + name)) {
    return Meaning{.kind = Kind::formula, .formula = &parameters_.formula("expressions." + name)};
  }
  if (parameters_.has("parameters." + name) &&
      std::holds_alternative<Parameter>(parameters_.entry("parameters." + name).value)) {
    return Meaning{.number = parameters_.number("parameters." + name)};
  }
  if (const auto axis = axes_.find(name); axis && name != "group") return Meaning{.kind = Kind::axis, .axis = *axis};
  if (name == "time") return Meaning{.kind = Kind::time};
  if (name == "cycle_length") return Meaning{.number = structure_.timing.cycle_length.value};
  const std::vector<double> levels = level_values(name);
  return levels.size() == 1 ? std::optional(Meaning{.number = levels.front()}) : std::nullopt;
}

std::vector<const Formula*> Names::formulas_of(const std::string& name) const {
  const auto meaning = find(name);
  if (meaning && meaning->formula != nullptr) return {meaning->formula};
  std::vector<const Formula*> formulas;
  for (const Group& group : structure_.groups) {
    if (const Formula* formula = find_formula(group.values, name)) formulas.push_back(formula);
  }
  return formulas;
}

bool Names::is_declared(const std::string& name) const {
  for (const char* section : {"parameters", "expressions", "tables", "attributes"}) {
    const std::vector<std::string> names = parameters_.names_under(section);
    if (std::ranges::find(names, name) != names.end()) return true;
  }
  return name.starts_with("previous_") && is_declared(name.substr(9));
}

std::vector<std::string> Names::known() const {
  std::vector<std::string> names = {"cycle", "time", "cycle_length"};
  if (find("age")) names.emplace_back("age");
  for (const auto& [name, place] : declared_names(parameters_, structure_)) names.push_back(name);
  for (const Attribute& attribute : structure_.attributes) {
    names.push_back("previous_" + attribute.name);
    names.insert(names.end(), attribute.levels.begin(), attribute.levels.end());
  }
  return names;
}

std::vector<std::pair<std::string, SourcePlace>> declared_names(const ParameterSet& parameters,
                                                                const Structure& structure) {
  std::vector<std::pair<std::string, SourcePlace>> names;
  for (const char* section : {"parameters", "expressions", "tables"}) {
    for (const std::string& name : parameters.names_under(section))
      names.emplace_back(name, parameters.entry(std::string(section) + "." + name).place);
  }
  if (!structure.groups.empty()) {
    for (const Formula& value : structure.groups.front().values) {
      if (value.name != "age") names.emplace_back(value.name, value.place);
    }
  }
  for (const Attribute& attribute : structure.attributes) names.emplace_back(attribute.name, attribute.place);
  return names;
}

}  // namespace myelin::markov
