#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "models/markov/formula_check.hpp"
#include "models/markov/functions.hpp"
#include "models/markov/model.hpp"
#include "models/markov/unit_check.hpp"
#include "program/timing_settings.hpp"

/// \file
/// What is wrong with a scenario before any formula is given numbers.

namespace myelin::markov {

namespace {

/// Calls `visit` with every formula of a scenario and the key that it stands at.
template <class Visit>
void for_each_formula(const ParameterSet& parameters, const Visit& visit) {
  for (const ParameterSet::Entry& entry : parameters.entries()) {
    if (!entry.sound) continue;
    if (const auto* formula = std::get_if<Formula>(&entry.value)) visit(entry.path, *formula);
    if (const auto* formulas = std::get_if<Formulas>(&entry.value)) {
      for (const Formula& formula : *formulas) visit(entry.path, formula);
    }
    if (const auto* matrix = std::get_if<FormulaMatrix>(&entry.value)) {
      for (const Formulas& row : *matrix) {
        for (const Formula& formula : row) visit(entry.path, formula);
      }
    }
  }
}

/// `rest` takes what a row of probabilities leaves, and a single start names a level: neither is a formula.
bool is_word(const std::string& path, const Formula& formula) {
  const bool start = path.starts_with("attributes.") && path.ends_with(".start") && formula.name.empty();
  const bool rest = path.starts_with("transitions.") && path.ends_with(".probabilities") && formula.text == "rest";
  return start || rest;
}

class Check {
 public:
  Check(const ParameterSet& parameters, Diagnostics& found)
      : parameters_(parameters), structure_(read_structure(parameters, found)), found_(found) {}

  void names() {
    std::map<std::string, SourcePlace> seen;
    for (const auto& [name, place] : declared_names(parameters_, structure_)) {
      if (const auto [problem, remedy] = problem_of_name(name); !problem.empty()) {
        found_.push_back({place, problem, remedy});
      } else if (const auto [first, added] = seen.emplace(name, place); !added) {
        found_.push_back(
            {place,
             fmt::format("the name '{}' is also declared at {}:{}", name, first->second.file, first->second.line),
             "rename one of the two"});
      }
    }
  }

  void strategies() {
    std::vector<std::string> known = parameters_.names_under("parameters"), others;
    for (const std::string& name : parameters_.names_under("expressions")) known.push_back(name);
    for (const auto& [name, place] : declared_names(parameters_, structure_)) {
      if (!contains(known, name)) others.push_back(name);
    }
    for (const std::string& strategy : parameters_.names_under("strategies")) {
      const std::string path = "strategies." + strategy + ".values";
      if (!parameters_.is_sound(path)) continue;
      for (const Formula& value : parameters_.formulas(path)) {
        if (contains(known, value.name)) continue;
        const auto near = nearest_name(value.name, known);
        const std::string remedy = value.name.empty()             ? "write values = { name = 0.5 }"
                                   : contains(others, value.name) ? "let a formula use an expression, and give the "
                                                                    "strategy's value to that"
                                   : near                         ? fmt::format("did you mean '{}'?", *near)
                                                                  : "add it to the expressions with its usual value";
        found_.push_back(
            {value.place,
             fmt::format("strategy '{}' gives a value to '{}', which is neither a parameter nor an expression",
                         strategy, value.name),
             remedy});
      }
    }
  }

  void formulas() {
    if (!parameters_.is_sound("analysis.cycle_length_years") || !parameters_.is_sound("analysis.horizon_years")) return;
    structure_.timing.cycles = 1;
    const Axes axes(structure_);
    const TableFunctions tables(parameters_, structure_);
    std::vector<std::string> strategies = parameters_.names_under("strategies");
    for (const std::string& strategy : strategies) {
      const Names names(parameters_, structure_, axes, strategy);
      FormulaCheck check(names, tables);
      const std::string own = "strategies." + strategy + ".";
      for_each_formula(parameters_, [&](const std::string& path, const Formula& formula) {
        const bool of_other = path.starts_with("strategies.") && !path.starts_with(own);
        if (!of_other && !is_word(path, formula)) check.inspect(formula, found_);
      });
      met_.insert(check.met().begin(), check.met().end());
    }
  }

  /// Numbers that stand in no formula, in words.
  std::vector<std::string> unused() {
    for (const MatrixDefinition& matrix : structure_.matrices) met_.insert(matrix.table);
    std::vector<std::string> remarks;
    for (const char* section : {"parameters", "expressions", "tables"}) {
      for (const std::string& name : parameters_.names_under(section)) {
        if (!met_.contains(name)) remarks.push_back(fmt::format("{}.{} is used in no formula", section, name));
      }
    }
    if (!structure_.groups.empty()) {
      for (const Formula& value : structure_.groups.front().values) {
        if (value.name != "age" && !met_.contains(value.name))
          remarks.push_back(fmt::format("the groups' value {} is used in no formula", value.name));
      }
    }
    if (parameters_.has("population.start_age") && !met_.contains("age"))
      remarks.push_back("population.start_age is used in no formula");
    std::set<std::string> needed;
    for (const Transition& transition : structure_.transitions) needed.insert(transition.matrix);
    for (const MatrixDefinition& matrix : structure_.matrices) needed.insert(matrix.of);
    for (const MatrixDefinition& matrix : structure_.matrices) {
      if (!needed.contains(matrix.name))
        remarks.push_back(fmt::format("matrices.{} is used in no transition", matrix.name));
    }
    return remarks;
  }

  void cycles() {
    constexpr double most = 65535;
    if (!parameters_.is_sound("analysis.cycle_length_years") || !parameters_.is_sound("analysis.horizon_years")) return;
    const double cycles =
        parameters_.number("analysis.horizon_years") / parameters_.number("analysis.cycle_length_years");
    if (cycles <= most) return;
    found_.push_back({parameters_.entry("analysis.horizon_years").place,
                      fmt::format("the horizon is {:.0f} cycles", cycles), "choose at most 65535 cycles"});
  }

  void matrices() {
    for (const Transition& transition : structure_.transitions) {
      const auto matrix = std::ranges::find(structure_.matrices, transition.matrix, &MatrixDefinition::name);
      if (matrix == structure_.matrices.end() || matrix->attribute == transition.attribute) continue;
      found_.push_back({transition.place,
                        fmt::format("matrix '{}' is of attribute '{}', but transition '{}' of '{}'", matrix->name,
                                    structure_.attributes[matrix->attribute].name, transition.name,
                                    structure_.attributes[transition.attribute].name),
                        "let both have one attribute"});
    }
    for (const MatrixDefinition& matrix : structure_.matrices) {
      std::set<std::string> seen = {matrix.name};
      const MatrixDefinition* at = &matrix;
      while (at != nullptr && !at->of.empty()) {
        const auto next = std::ranges::find(structure_.matrices, at->of, &MatrixDefinition::name);
        if (next != structure_.matrices.end() && !seen.insert(next->name).second) {
          found_.push_back({matrix.place, fmt::format("matrix '{}' is made from itself", matrix.name),
                            "give one matrix rows, entries or a table"});
          break;
        }
        at = next == structure_.matrices.end() ? nullptr : &*next;
        if (at != nullptr && at->attribute != matrix.attribute) {
          found_.push_back({matrix.place,
                            fmt::format("matrix '{}' is made from '{}' of another attribute", matrix.name, at->name),
                            "let both have one attribute"});
          break;
        }
      }
    }
  }

  void units() { check_units(parameters_, structure_, found_); }

 private:
  static bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
  }

  /// Why a name cannot stand for something in formulae, and what to do; both empty if it can.
  std::pair<std::string, std::string> problem_of_name(const std::string& name) const {
    static const std::vector<std::string> own = {"age", "cycle", "time", "cycle_length", "group", "rest"};
    const bool starts_well =
        !name.empty() && (std::isalpha(static_cast<unsigned char>(name[0])) != 0 || name[0] == '_');
    if (!starts_well || name.find('-') != std::string::npos) {
      return {fmt::format("'{}' cannot be a name in formulae", name), "use letters, digits and _, a letter first"};
    }
    if (contains(own, name) || name.starts_with("previous_"))
      return {fmt::format("'{}' has a meaning of its own in formulae", name), "rename it"};
    const auto& functions = expression_functions();
    if (std::ranges::find(functions, name, &ExpressionFunction::name) != functions.end())
      return {fmt::format("'{}' is a function of formulae", name), "rename it"};
    if (const Attribute* attribute = attribute_with_level(name); attribute != nullptr)
      return {fmt::format("'{}' is also a level of attribute '{}'", name, attribute->name), "rename one of the two"};
    return {};
  }

  const Attribute* attribute_with_level(const std::string& level) const {
    for (const Attribute& attribute : structure_.attributes) {
      if (std::ranges::find(attribute.levels, level) != attribute.levels.end()) return &attribute;
    }
    return nullptr;
  }

  const ParameterSet& parameters_;
  Structure structure_;
  Diagnostics& found_;
  std::set<std::string> met_;
};

}  // namespace

Diagnostics MarkovModel::check(const ParameterSet& parameters) const {
  Diagnostics found = check_timing(parameters);
  Check check(parameters, found);
  check.cycles();
  check.names();
  check.strategies();
  check.matrices();
  check.formulas();
  check.units();
  return found;
}

std::vector<std::string> MarkovModel::remarks(const ParameterSet& parameters) const {
  Diagnostics none;
  Check check(parameters, none);
  check.formulas();
  return check.unused();
}

}  // namespace myelin::markov
