#pragma once

#include <muParser.h>

#include <memory>
#include <string>
#include <vector>

#include "models/markov/structure.hpp"

namespace myelin::markov {

/// The tables of a scenario as functions of their columns: `life_table(age)`, `utility(state, sex)`.
class TableFunctions {
 public:
  /// Both are referred to.
  TableFunctions(const ParameterSet& parameters, const Structure& structure);
  ~TableFunctions();

  /// Adds the functions to a parser, which must not outlive this object.
  void define(mu::Parser& parser) const;

  /// What a lookup since the last call found no row for, in words; empty if none failed. A failed lookup gives NaN.
  std::string take_miss();

  /// Why a table that is no function is none; empty if the name is no such table.
  std::string why_no_function(const std::string& name) const;

  /// How a table is called: `life_table(age)`; empty if the name is no function.
  std::string call_of(const std::string& name) const;

 private:
  struct Lookup;
  std::vector<std::unique_ptr<Lookup>> lookups_;
  std::vector<std::pair<std::string, std::string>> no_functions_;
  std::unique_ptr<std::string> miss_;
};

}  // namespace myelin::markov
