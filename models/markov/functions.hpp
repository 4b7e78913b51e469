#pragma once

#include <string>
#include <variant>
#include <vector>

namespace mu {
class Parser;
}

namespace myelin::markov {

/// One function that the formulae of a scenario can call. Outside its domain it gives NaN; it never throws.
struct ExpressionFunction {
  using Pointer =
      std::variant<double (*)(double), double (*)(double, double), double (*)(double, double, double),
                   double (*)(double, double, double, double), double (*)(double, double, double, double, double),
                   double (*)(const double* values, int count)>;  ///< the last: one argument or more
  std::string name;
  std::string arguments;  ///< their names in order: `rate, years`
  std::string description;
  Pointer pointer;
};

/// Every function that formulae can call besides the scenario's own tables, in the order of the documentation.
const std::vector<ExpressionFunction>& expression_functions();

/// Makes the language of formulae out of a parser: all that muParser brings along is replaced by `expression_functions`
/// and the operators || && == != < <= > >= + - * / ^ and ?: (unary minus binds looser than ^, which groups from the
/// right). There is no assignment, and a comparison, && or || with NaN throws mu::ParserError, because the result, 0 or
/// 1, would hide it.
void define_functions(mu::Parser& parser);

}  // namespace myelin::markov
