#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/markov/axes.hpp"
#include "models/markov/structure.hpp"

namespace myelin::markov {

/// What a name in a formula stands for.
struct Meaning {
  enum class Kind {
    number,       ///< a parameter, the cycle length, or a level of an attribute
    formula,      ///< a formula of its own, or the strategy's
    group_value,  ///< a formula for each group
    axis,         ///< an attribute, its previous level, the cycle, or the age where it varies
    age,          ///< the age where all, or all of a group, enter at one
    time,         ///< years since the start
  };
  Kind kind = Kind::number;
  double number = 0;
  const Formula* formula = nullptr;
  std::size_t axis = 0;
};

/// The names that formulae can use under one strategy. What the strategy gives comes first, then the groups' values,
/// formulae and parameters, then what the model knows of itself.
class Names {
 public:
  /// All are referred to.
  Names(const ParameterSet& parameters, const Structure& structure, const Axes& axes, const std::string& strategy);

  /// None if the name is unknown, or a level name that has different values in two attributes.
  std::optional<Meaning> find(const std::string& name) const;
  bool is_ambiguous_level(const std::string& name) const;
  /// The formula of a group's value.
  const Formula& group_formula(std::size_t group, const std::string& name) const;
  /// The formulae that a name stands for: one, or one a group.
  std::vector<const Formula*> formulas_of(const std::string& name) const;
  /// Whether the scenario has the name, be it with a mistake of its own.
  bool is_declared(const std::string& name) const;

  std::vector<std::string> known() const;

 private:
  std::vector<double> level_values(const std::string& name) const;

  const ParameterSet& parameters_;
  const Structure& structure_;
  const Axes& axes_;
  const Formulas* strategy_values_ = nullptr;
};

/// Whether a formula, or one that it uses, mentions the age, the cycle or the time.
bool mentions_time(const Formula& formula, const Names& names);

/// The names that a scenario declares, as (name, place): parameters, formulae, values of groups, tables, attributes.
std::vector<std::pair<std::string, SourcePlace>> declared_names(const ParameterSet& parameters,
                                                                const Structure& structure);

}  // namespace myelin::markov
