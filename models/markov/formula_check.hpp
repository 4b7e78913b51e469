#pragma once

#include <muParser.h>

#include <set>
#include <string>
#include <vector>

#include "models/markov/names.hpp"
#include "models/markov/table_functions.hpp"

namespace myelin::markov {

/// The parser of formulae with all its functions; `tables` must outlive it.
mu::Parser make_parser(const TableFunctions& tables);

/// The names that a formula uses, without those of functions. Throws mu::ParserError if it is malformed.
std::set<std::string> names_used(mu::Parser& parser, const Formula& formula);

/// The diagnostic of a formula: place, what is wrong, the formula itself, and what to do. `offset` is the position in
/// its text.
Diagnostic formula_problem(const Formula& formula, std::size_t offset, const std::string& problem,
                           const std::string& remedy);

/// Finds what is wrong with formulae before they are given numbers: grammar, unknown names, names that stand for
/// themselves.
class FormulaCheck {
 public:
  /// All are referred to.
  FormulaCheck(const Names& names, const TableFunctions& tables);

  void inspect(const Formula& formula, Diagnostics& found);

  /// Names met so far, tables included.
  const std::set<std::string>& met() const { return met_; }

 private:
  struct Fault {
    std::size_t offset = 0;
    std::string problem, remedy;
  };
  void visit_name(const std::string& name, const Formula& formula, Diagnostics& found);
  void refuse_name(const std::string& name, const Formula& formula, Diagnostics& found) const;
  void refuse_grammar(const Formula& formula, const mu::Parser::exception_type& error, Diagnostics& found) const;
  Fault fault_of_call(const std::string& text, std::size_t bracket) const;
  /// What to do about an unknown function.
  std::string nearest_function(const std::string& name) const;

  const Names& names_;
  const TableFunctions& tables_;
  mu::Parser parser_;
  std::vector<std::string> open_;  ///< names that are being looked into
  std::set<std::string> sound_;    ///< names that were looked into
  std::set<std::string> met_;
};

}  // namespace myelin::markov
