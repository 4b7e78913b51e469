#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "program/parameters.hpp"
#include "program/timing.hpp"

/// \file
/// What a scenario declares of a Markov model, with names resolved and formulae as written.

namespace myelin::markov {

enum class Memory { state, constant, transient };

/// Something known of a patient. In formulae an attribute stands for the value of its level.
struct Attribute {
  std::string name;
  SourcePlace place;
  std::vector<std::string> levels;
  std::vector<double> values;  ///< [level]: position in the list, unless the scenario says otherwise
  Memory memory = Memory::state;
  Formulas start;  ///< one without a name: the level; else shares by level; empty: from the file of patients
  int initial = 0;
  int first_dead = -1;  ///< this and the higher levels mean dead; -1: none

  /// Cycles completed without leaving some levels of another attribute.
  struct TimeIn {
    std::size_t of = 0;
    std::vector<bool> levels;  ///< [level of `of`]
  };
  std::optional<TimeIn> time_in;
  std::optional<Formula> each_cycle;  ///< value after each cycle
};

/// A change between two levels of an attribute; -1 stands for any level but the other one.
struct Move {
  int from = -1, to = -1;
};

struct MoveFormula {
  Move move;
  Formula formula;
};

/// The transition of one attribute in a cycle, given in one of three ways.
struct Transition {
  std::string name;
  SourcePlace place;
  std::size_t attribute = 0;
  enum class Kind { probabilities, rates, matrix } kind = Kind::probabilities;
  std::vector<MoveFormula> entries;  ///< of probabilities and rates; the formula `rest` takes what the others leave
  std::string matrix;
};

/// A named matrix over the levels of an attribute: given, or made from another.
struct MatrixDefinition {
  std::string name;
  SourcePlace place;
  std::size_t attribute = 0;
  enum class Made { rows, entries, table, expm, logm, hazard_ratio } made = Made::rows;
  bool intensities = false;  ///< of a given matrix: rates per year, else probabilities over `years`
  FormulaMatrix rows;
  std::vector<MoveFormula> entries;
  std::string table, of;
  std::optional<Formula> years, ratio;
  std::vector<std::string> on;  ///< `worsening`, `improvement` or moves
  std::string scale, adjustment;
};

/// What is added to an outcome: while in a level, on a move, or at the start.
struct Reward {
  std::string name;
  SourcePlace place;
  std::string outcome, label, unit;
  std::optional<std::size_t> of;
  Formulas per_year, per_cycle;  ///< one without a name: for every level
  std::vector<MoveFormula> on;
  std::optional<Formula> at_start;
  EventWeight event_weight = EventWeight::cycle;
};

/// Patients who differ in covariates: their share and the values of their own names.
struct Group {
  std::string name;
  SourcePlace place;
  Formula share;
  Formulas values;
};

struct Structure {
  Timing timing;
  std::vector<Attribute> attributes;
  std::vector<Transition> transitions;
  std::vector<MatrixDefinition> matrices;
  std::vector<Reward> rewards;
  std::vector<Group> groups;
  const Records* patients = nullptr;    ///< one row a patient; null without such a file
  bool ages_vary = false;               ///< the file of patients gives ages
  int lowest_age = 0, highest_age = 0;  ///< at entry, where ages vary

  std::optional<std::size_t> find_attribute(const std::string& name) const;
};

/// The structure that a scenario declares. What contradicts itself or names something unknown is added to `found`;
/// entries with a mistake of their own are passed over.
Structure read_structure(const ParameterSet& parameters, Diagnostics& found);

}  // namespace myelin::markov
