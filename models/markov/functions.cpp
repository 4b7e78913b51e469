#include "models/markov/functions.hpp"

#include <muParser.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "models/markov/survival.hpp"

namespace myelin::markov {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

bool is_probability(double p) { return p >= 0 && p <= 1; }

/// 1 - exp(-hazard x amount). No time, or a ratio of 0, means no event even where the hazard is infinite.
double probability_of(double hazard, double amount) {
  return hazard == 0 || amount == 0 ? 0 : -std::expm1(-hazard * amount);
}

double rate_to_prob(double rate, double years) { return rate >= 0 && years >= 0 ? probability_of(rate, years) : nan; }

double prob_to_rate(double p, double years) { return is_probability(p) && years > 0 ? -std::log1p(-p) / years : nan; }

// In the next two, what changes nothing changes not a bit: a null therapy makes a difference of exactly zero.

double prob_to_prob(double p, double from_years, double to_years) {
  if (!is_probability(p) || !(from_years > 0) || !(to_years >= 0)) return nan;
  return from_years == to_years ? p : probability_of(-std::log1p(-p), to_years / from_years);
}

double apply_hr(double p, double ratio) {
  if (!is_probability(p) || !(ratio >= 0)) return nan;
  return ratio == 1 ? p : probability_of(-std::log1p(-p), ratio);
}

double apply_or(double p, double ratio) {
  if (!is_probability(p) || !(ratio >= 0)) return nan;
  return ratio * p / (1 - p + ratio * p);
}

double prob_to_odds(double p) { return is_probability(p) ? p / (1 - p) : nan; }

double odds_to_prob(double odds) {
  if (!(odds >= 0)) return nan;
  return std::isinf(odds) ? 1 : odds / (1 + odds);
}

double competing(double rate, double total_rate, double years) {
  constexpr double rounding = 1e-12;  // of a total that was added up in another order
  if (!(rate >= 0) || !(rate <= total_rate * (1 + rounding)) || !(years >= 0)) return nan;
  return total_rate == 0 ? 0 : std::min(1.0, rate / total_rate) * probability_of(total_rate, years);
}

/// The first of the values, or the first NaN if there is one, in the order `before`.
template <class Before>
double first(const double* values, int count, Before before) {
  const double* const end = values + count;
  const double* const not_a_number = std::find_if(values, end, [](double value) { return std::isnan(value); });
  return not_a_number != end ? nan : *std::min_element(values, end, before);
}

double smallest(const double* values, int count) { return first(values, count, std::less{}); }
double largest(const double* values, int count) { return first(values, count, std::greater{}); }

std::vector<ExpressionFunction> general_functions() {
  using One = double (*)(double);
  return {
      {"exp", "x", "e to the power x", One{std::exp}},
      {"ln", "x", "natural logarithm", One{std::log}},
      {"log", "x", "natural logarithm, as ln", One{std::log}},
      {"log10", "x", "logarithm to base 10", One{std::log10}},
      {"sqrt", "x", "square root", One{std::sqrt}},
      {"abs", "x", "absolute value", One{std::fabs}},
      {"min", "x, ...", "smallest of any number of values", smallest},
      {"max", "x, ...", "largest of any number of values", largest},
      {"floor", "x", "largest whole number that is not above x", One{std::floor}},
      {"ceil", "x", "smallest whole number that is not below x", One{std::ceil}},
      {"round", "x", "nearest whole number; halves away from zero", One{std::round}},
  };
}

std::vector<ExpressionFunction> conversions() {
  return {
      {"rate_to_prob", "rate_per_year, years", "probability of an event in that time: 1 - exp(-rate years)",
       rate_to_prob},
      {"prob_to_rate", "probability, years", "the constant rate a year that gives the probability in that time",
       prob_to_rate},
      {"prob_to_prob", "probability, from_years, to_years",
       "the probability over another time at the same constant rate; for a single event, never for one of several "
       "competing ones",
       prob_to_prob},
      {"prob_to_odds", "probability", "odds, p / (1 - p)", prob_to_odds},
      {"odds_to_prob", "odds", "probability, odds / (1 + odds)", odds_to_prob},
      {"apply_hr", "probability, hazard_ratio", "probability under a hazard ratio: 1 - (1 - p)^ratio", apply_hr},
      {"apply_or", "probability, odds_ratio", "probability under an odds ratio", apply_or},
      {"competing", "rate, total_rate, years",
       "probability of leaving by one of several competing exits, total_rate being the sum of their rates: "
       "rate / total_rate (1 - exp(-total_rate years))",
       competing},
  };
}

double number(double value) {
  if (std::isnan(value)) throw mu::ParserError("a value that is compared is not a number");
  return value;
}

/// The operators are our own: muParser's include assignment, and its optimiser rearranges sums and products of its own
/// operators, so that the same formula would give other bits for a constant than for a variable.
void define_operators(mu::Parser& parser) {
  using Two = double (*)(double, double);
  const auto define = [&parser](const char* name, Two call, unsigned precedence, mu::EOprtAssociativity grouping) {
    parser.DefineOprt(name, call, precedence, grouping);
  };
  parser.EnableBuiltInOprt(false);
  parser.ClearInfixOprt();
  parser.ClearPostfixOprt();
  parser.ClearOprt();
  define(
      "||", [](double a, double b) { return double(number(a) != 0 || number(b) != 0); }, mu::prLOR, mu::oaLEFT);
  define(
      "&&", [](double a, double b) { return double(number(a) != 0 && number(b) != 0); }, mu::prLAND, mu::oaLEFT);
  define(
      "==", [](double a, double b) { return double(number(a) == number(b)); }, mu::prCMP, mu::oaLEFT);
  define(
      "!=", [](double a, double b) { return double(number(a) != number(b)); }, mu::prCMP, mu::oaLEFT);
  define(
      "<", [](double a, double b) { return double(number(a) < number(b)); }, mu::prCMP, mu::oaLEFT);
  define(
      "<=", [](double a, double b) { return double(number(a) <= number(b)); }, mu::prCMP, mu::oaLEFT);
  define(
      ">", [](double a, double b) { return double(number(a) > number(b)); }, mu::prCMP, mu::oaLEFT);
  define(
      ">=", [](double a, double b) { return double(number(a) >= number(b)); }, mu::prCMP, mu::oaLEFT);
  define(
      "+", [](double a, double b) { return a + b; }, mu::prADD_SUB, mu::oaLEFT);
  define(
      "-", [](double a, double b) { return a - b; }, mu::prADD_SUB, mu::oaLEFT);
  define(
      "*", [](double a, double b) { return a * b; }, mu::prMUL_DIV, mu::oaLEFT);
  define(
      "/", [](double a, double b) { return a / b; }, mu::prMUL_DIV, mu::oaLEFT);
  // std::pow takes NaN to the power 0, and 1 to the power NaN, for 1.
  define(
      "^", [](double a, double b) { return std::isnan(a) || std::isnan(b) ? nan : std::pow(a, b); }, mu::prPOW,
      mu::oaRIGHT);
  parser.DefineInfixOprt("-", [](double value) { return -value; });
}

}  // namespace

const std::vector<ExpressionFunction>& expression_functions() {
  static const std::vector<ExpressionFunction> all = [] {
    std::vector<ExpressionFunction> functions = general_functions();
    for (const auto& more : {conversions(), survival_functions()})
      functions.insert(functions.end(), more.begin(), more.end());
    return functions;
  }();
  return all;
}

void define_functions(mu::Parser& parser) {
  parser.ClearFun();
  parser.ClearConst();
  define_operators(parser);
  for (const ExpressionFunction& function : expression_functions())
    std::visit([&](auto pointer) { parser.DefineFun(function.name, pointer); }, function.pointer);
}

}  // namespace myelin::markov
