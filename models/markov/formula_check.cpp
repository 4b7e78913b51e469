#include "models/markov/formula_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "models/markov/functions.hpp"

namespace myelin::markov {

namespace {

constexpr std::size_t deepest_chain = 1000;
constexpr std::size_t longest_echo = 80;
constexpr const char* see_functions = "correct it; myelin describe scenario lists the functions";

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_blank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

/// Where a name stands in a text, as a whole word.
std::size_t position_of(const std::string& text, const std::string& name) {
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const bool starts = at == 0 || !is_name_character(text[at - 1]);
    const std::size_t end = at + name.size();
    if (starts && (end == text.size() || !is_name_character(text[end]))) return at;
  }
  return 0;
}

/// The name that ends before a position; empty if none does.
std::string name_before(const std::string& text, std::size_t end) {
  while (end > 0 && text[end - 1] == ' ') --end;
  std::size_t begin = end;
  while (begin > 0 && is_name_character(text[begin - 1])) --begin;
  return text.substr(begin, end - begin);
}

/// The character at a position with all its UTF-8 bytes.
std::string character_at(const std::string& text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  return text.substr(at, end - at);
}

/// Where a comma stands outside any brackets, which would make two formulae of one; the end of the text if none does.
std::size_t loose_comma(const std::string& text) {
  int depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    depth += text[at] == '(' ? 1 : text[at] == ')' ? -1 : 0;
    if (text[at] == ',' && depth == 0) return at;
  }
  return text.size();
}

std::string remedy_for_character(const std::string& text, std::size_t at) {
  if (text[at] == '=') return "compare with ==";
  if (text[at] == '%') return "write 0.2 for 20 %";
  if (text[at] == '*' && at > 0 && text[at - 1] == '*') return "the power is ^";
  return see_functions;
}

}  // namespace

mu::Parser make_parser(const TableFunctions& tables) {
  mu::Parser parser;
  define_functions(parser);
  tables.define(parser);
  return parser;
}

Diagnostic formula_problem(const Formula& formula, std::size_t offset, const std::string& problem,
                           const std::string& remedy) {
  SourcePlace place = formula.place;
  const bool one_line = formula.text.find('\n') == std::string::npos;
  if (place.column > 0 && one_line) place.column += static_cast<std::uint32_t>(offset);
  const std::string echo =
      formula.text.size() <= longest_echo ? formula.text : formula.text.substr(0, longest_echo) + "...";
  return {place, fmt::format("formula \"{}\": {}", echo, problem), remedy};
}

std::set<std::string> names_used(mu::Parser& parser, const Formula& formula) {
  std::set<std::string> names;
  parser.ClearVar();
  parser.SetExpr(formula.text);
  for (const auto& [name, slot] : parser.GetUsedVar()) names.insert(name);
  return names;
}

FormulaCheck::FormulaCheck(const Names& names, const TableFunctions& tables)
    : names_(names), tables_(tables), parser_(make_parser(tables)) {}

void FormulaCheck::inspect(const Formula& formula, Diagnostics& found) {
  if (is_blank(formula.text)) {
    found.push_back(formula_problem(formula, 0, "it is empty", "write a number or a formula"));
    return;
  }
  if (const std::size_t comma = loose_comma(formula.text); comma < formula.text.size()) {
    found.push_back(formula_problem(formula, comma, "unexpected ',' outside the arguments of a function",
                                    "write a decimal point, 0.5, and thousands without a separator"));
    return;
  }
  try {
    for (const std::string& name : names_used(parser_, formula)) visit_name(name, formula, found);
    for (const auto& [function, callback] : parser_.GetFunDef()) {
      if (formula.text.find(function) != std::string::npos) met_.insert(function);
    }
  } catch (const mu::Parser::exception_type& error) {
    refuse_grammar(formula, error, found);
  }
}

void FormulaCheck::refuse_grammar(const Formula& formula, const mu::Parser::exception_type& error,
                                  Diagnostics& found) const {
  const std::string& text = formula.text;
  const std::string token = error.GetToken();
  Fault fault{std::min(static_cast<std::size_t>(std::max(0, error.GetPos())), text.size()), "it is malformed",
              see_functions};
  switch (error.GetCode()) {
    case mu::ecUNEXPECTED_EOF:
      fault.problem = "it ends too early";
      break;
    case mu::ecMISSING_PARENS:
      fault.problem = "a bracket is not closed";
      break;
    case mu::ecUNEXPECTED_PARENS:
      fault = fault_of_call(text, fault.offset);
      if (fault.problem.empty()) return;
      break;
    case mu::ecTOO_MANY_PARAMS:
      fault.problem = fmt::format("too many arguments for '{}'", token);
      break;
    case mu::ecTOO_FEW_PARAMS:
      fault.problem = fmt::format("too few arguments for '{}'", token);
      break;
    case mu::ecMISSING_ELSE_CLAUSE:
    case mu::ecMISPLACED_COLON:
      fault = {0, "a condition is not whole", "write condition ? value : other value"};
      break;
    case mu::ecUNASSIGNABLE_TOKEN:
      if (fault.offset < text.size()) {
        fault.problem = fmt::format("unexpected '{}'", character_at(text, fault.offset));
        fault.remedy = remedy_for_character(text, fault.offset);
      }
      break;
    default:
      if (!token.empty() && token.size() <= longest_echo && text.find(token) != std::string::npos)
        fault.problem = fmt::format("unexpected '{}'", token);
  }
  found.push_back(formula_problem(formula, fault.offset, fault.problem, fault.remedy));
}

/// A bracket that does not belong where it stands: mostly the call of something that is no function. No problem if the
/// name has a mistake of its own, which is told elsewhere.
FormulaCheck::Fault FormulaCheck::fault_of_call(const std::string& text, std::size_t bracket) const {
  const std::string character = bracket < text.size() ? text.substr(bracket, 1) : "";
  const std::string name = character == "(" ? name_before(text, bracket) : "";
  if (name.empty()) return {bracket, fmt::format("unexpected bracket '{}'", character), "correct it"};
  const std::size_t at = position_of(text, name);
  if (const std::string why = tables_.why_no_function(name); !why.empty()) {
    return {at, fmt::format("table '{}' cannot be looked up: {}", name, why),
            "name its columns after attributes, and its rows after their levels"};
  }
  if (names_.find(name)) return {at, fmt::format("'{}' is no function", name), "write * between the two to multiply"};
  if (names_.is_declared(name)) return {};
  return {at, fmt::format("unknown function '{}'", name), nearest_function(name)};
}

std::string FormulaCheck::nearest_function(const std::string& name) const {
  std::vector<std::string> functions;
  for (const auto& [function, callback] : parser_.GetFunDef()) functions.push_back(function);
  std::string lower = name;
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto near = nearest_name(lower, functions);
  return near ? fmt::format("did you mean '{}'?", *near) : see_functions;
}

void FormulaCheck::visit_name(const std::string& name, const Formula& formula, Diagnostics& found) {
  met_.insert(name);
  if (sound_.contains(name)) return;
  if (std::ranges::find(open_, name) != open_.end()) {
    std::string circle;
    for (auto each = std::ranges::find(open_, name); each != open_.end(); ++each) circle += *each + " -> ";
    found.push_back(formula_problem(formula, position_of(formula.text, name),
                                    fmt::format("'{}' stands for itself ({}{})", name, circle, name),
                                    "give one of them a value that does not need the others; to change a number in a "
                                    "strategy, multiply it by a name of its own"));
    return;
  }
  if (open_.size() == deepest_chain) {
    found.push_back(formula_problem(formula, position_of(formula.text, name),
                                    fmt::format("names stand for one another more than {} deep", deepest_chain),
                                    "shorten the chain"));
    return;
  }
  if (!names_.find(name)) return refuse_name(name, formula, found);
  open_.push_back(name);
  for (const Formula* meant : names_.formulas_of(name)) inspect(*meant, found);
  open_.pop_back();
  sound_.insert(name);
}

void FormulaCheck::refuse_name(const std::string& name, const Formula& formula, Diagnostics& found) const {
  const auto refuse = [&](const std::string& problem, const std::string& remedy) {
    found.push_back(formula_problem(formula, position_of(formula.text, name), problem, remedy));
  };
  if (name == "age") {
    return refuse("the age at the start is not known",
                  "add population.start_age, or age among the values of every group");
  }
  if (name == "rest") {
    return refuse("'rest' stands for what a row of transition probabilities leaves, and for nothing here",
                  "write a number or a formula");
  }
  if (const std::string call = tables_.call_of(name); !call.empty())
    return refuse(fmt::format("'{}' is a table", name), fmt::format("write {}", call));
  if (parser_.GetFunDef().contains(name))
    return refuse(fmt::format("'{}' is a function", name), "give its arguments in brackets");
  if (names_.is_declared(name)) return;  // its own mistake is told
  if (names_.is_ambiguous_level(name)) {
    return refuse(fmt::format("level '{}' has different values in several attributes", name),
                  "compare with the number of the level, or rename one");
  }
  if (name.front() >= '0' && name.front() <= '9')
    return refuse(fmt::format("'{}' is no number", name), "write one such as 0.5 or 1e-3");
  const auto near = nearest_name(name, names_.known());
  refuse(fmt::format("unknown name '{}'", name),
         near ? fmt::format("did you mean '{}'?", *near) : "add it to parameters (with its evidence) or expressions");
}

}  // namespace myelin::markov
