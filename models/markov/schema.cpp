#include <fmt/format.h>

#include <algorithm>

#include "models/markov/functions.hpp"
#include "models/markov/model.hpp"
#include "program/unit.hpp"

namespace myelin::markov {

namespace {

using enum KeyKind;

KeyRow optional_row(const char* path, KeyKind kind, const char* description, std::vector<std::string> choices = {}) {
  return {.path = path, .kind = kind, .description = description, .required = false, .choices = std::move(choices)};
}

KeyRow default_row(const char* path, const char* fallback, const char* description,
                   std::vector<std::string> choices = {}) {
  return {.path = path,
          .kind = text,
          .description = description,
          .required = false,
          .fallback = fallback,
          .choices = std::move(choices)};
}

void add_numbers(Schema& rows) {
  rows.push_back({.path = "parameters.*",
                  .kind = parameter,
                  .description = "a number of evidence, by its name in formulae",
                  .unit = unit_as_given,
                  .required = false});
  rows.push_back(optional_row("expressions.*", formula, "a number made from others, by its name in formulae"));
  rows.push_back({.path = "tables.*",
                  .kind = table,
                  .description = "numbers by age, cycle or attributes: a function of its columns in formulae",
                  .unit = unit_as_given,
                  .required = false});
}

void add_attributes(Schema& rows) {
  rows.push_back(optional_row("attributes.*.levels", text_list, "what the attribute can be, mild to severe"));
  rows.push_back({.path = "attributes.*.highest",
                  .kind = integer,
                  .description = "in place of levels: they are the numbers from 0 to this",
                  .low = 1,
                  .high = 65535,
                  .required = false});
  rows.push_back(
      optional_row("attributes.*.values", number_list, "what each level counts in formulae; 0, 1, 2, ... if absent"));
  rows.push_back(
      default_row("attributes.*.memory", "\"state\"",
                  "state: carried on; constant: set at the start; transient: the first level again in each cycle",
                  {"state", "constant", "transient"}));
  rows.push_back(
      optional_row("attributes.*.start", formulas, "the level at the start, or the share of patients by level"));
  rows.push_back(optional_row("attributes.*.dead", text_list, "levels that mean dead, the last ones"));
  rows.push_back(optional_row("attributes.*.time_in", text_list,
                              "the attribute counts the cycles completed without leaving these levels of another"));
  rows.push_back(optional_row("attributes.*.of", text, "that other attribute"));
  rows.push_back(optional_row("attributes.*.each_cycle", formula, "value after each cycle's transitions"));
}

void add_transitions(Schema& rows) {
  rows.push_back({.path = "transitions.*.attribute",
                  .kind = text,
                  .description = "attribute that changes; transitions happen in the order of the file"});
  rows.push_back(
      optional_row("transitions.*.probabilities", formulas,
                   "probabilities per cycle by move, \"A->B\"; who is left stays, or goes where \"rest\" says"));
  rows.push_back(optional_row("transitions.*.rates", formulas,
                              "rates per year by move; the cycle's probabilities are their matrix exponential"));
  rows.push_back(optional_row("transitions.*.matrix", text, "name of a matrix"));
  rows.push_back(
      {.path = "matrices.*.attribute", .kind = text, .description = "attribute whose levels are its rows and columns"});
  rows.push_back(default_row("matrices.*.kind", "\"probabilities\"",
                             "what a given matrix holds: probabilities, or rates per year",
                             {"probabilities", "intensities"}));
  rows.push_back(optional_row("matrices.*.rows", formula_matrix, "the whole matrix, a row a level"));
  rows.push_back(optional_row("matrices.*.entries", formulas, "its cells by move; the diagonal takes what is left"));
  rows.push_back(optional_row("matrices.*.table", text, "name of a table with the columns from and to"));
  rows.push_back(optional_row("matrices.*.function", text,
                              "how it is made from another: matrix exponential, logarithm, or a hazard ratio on moves",
                              {"expm", "logm", "hazard_ratio"}));
  rows.push_back(optional_row("matrices.*.of", text, "that other matrix"));
  rows.push_back({.path = "matrices.*.years",
                  .kind = formula,
                  .description = "period of its probabilities; a cycle if absent",
                  .unit = "years",
                  .required = false});
  rows.push_back(optional_row("matrices.*.ratio", formula, "the hazard ratio"));
  rows.push_back(optional_row("matrices.*.on", text_list,
                              "what it acts on: worsening, improvement (by the order of the levels) or moves"));
  rows.push_back(default_row("matrices.*.scale", "\"probability\"",
                             "of probabilities, what it multiplies: each one, or the hazard of any of a row's moves",
                             {"probability", "row_hazard"}));
  rows.push_back(default_row("matrices.*.adjustment", "\"none\"",
                             "what becomes of negative rates of a logarithm (Israel, Rosenthal and Wei 2001)",
                             {"none", "diagonal", "weighted"}));
}

void add_rewards(Schema& rows) {
  rows.push_back(
      {.path = "rewards.*.outcome",
       .kind = text,
       .description = "what it adds to: cost, qaly, or a count by a name of your own, which is not discounted"});
  rows.push_back(optional_row("rewards.*.label", text, "what it is, in words"));
  rows.push_back(default_row("rewards.*.unit", "\"per patient\"", "unit of an outcome of your own"));
  rows.push_back(optional_row("rewards.*.of", text, "attribute by whose levels or moves it is given"));
  rows.push_back(
      optional_row("rewards.*.per_year", formulas, "amount a year, for all or by level; \"*\" for other levels"));
  rows.push_back(optional_row("rewards.*.per_cycle", formulas, "amount a cycle, likewise"));
  rows.push_back(optional_row("rewards.*.on", formulas,
                              "amount at a move, \"A->B\"; * for any other level; all that fit are added"));
  rows.push_back(optional_row("rewards.*.at_start", formula, "amount once, at time zero; never discounted"));
  rows.push_back(
      default_row("rewards.*.events", "\"in_cycle\"",
                  "whether amounts at moves have the discount of their cycle, or count as amounts of the time point "
                  "that ends it, with the within-cycle correction",
                  {"in_cycle", "at_time_point"}));
}

void add_patients(Schema& rows) {
  rows.push_back({.path = "population.start_age",
                  .kind = parameter,
                  .description = "age at the start; makes `age` known, in whole years",
                  .unit = "years",
                  .low = 0,
                  .high = 150,
                  .required = false});
  rows.push_back(optional_row("population.patients", records,
                              "CSV file with one row a patient, which takes the place of the start: columns are "
                              "attributes, and age in whole years"));
  rows.push_back(
      {.path = "groups.*.share", .kind = formula, .description = "share of patients in a group", .unit = "proportion"});
  rows.push_back(
      optional_row("groups.*.values", formulas, "names with a value for each group; `age` is the age at the start"));
  rows.push_back(optional_row("strategies.*.values", formulas, "parameters and formulae that the strategy replaces"));
}

}  // namespace

const Schema& MarkovModel::schema() const {
  static const Schema rows = [] {
    Schema all;
    add_numbers(all);
    add_attributes(all);
    add_transitions(all);
    add_rewards(all);
    add_patients(all);
    return all;
  }();
  return rows;
}

std::string MarkovModel::describe_formulas() const {
  std::string text =
      "Formulae\n\n"
      "  operators  + - * / ^ ( ) == != < <= > >= && || and condition ? value : other\n"
      "  names      parameters, expressions, values of groups; attributes (the value of the level), "
      "previous_ATTRIBUTE\n"
      "             (before the transitions of this cycle), levels; age (whole years), cycle (0, 1, ...), time (years\n"
      "             since the start), cycle_length (years)\n"
      "  tables     TABLE(column, ...), in the order of its columns\n\n";
  std::size_t width = 0;
  const auto call = [](const ExpressionFunction& function) { return function.name + "(" + function.arguments + ")"; };
  for (const ExpressionFunction& function : expression_functions()) width = std::max(width, call(function).size());
  for (const ExpressionFunction& function : expression_functions())
    text += fmt::format("  {:<{}}  {}\n", call(function), width, function.description);
  return text + "\nUnits of parameters and tables\n\n" + describe_units();
}

}  // namespace myelin::markov
