#include "models/markov/functions.hpp"

#include <muParser.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace myelin::markov::test {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

/// The value of a formula whose names have these values.
double value_of(const std::string& formula, std::map<std::string, double> names = {}) {
  mu::Parser parser;
  define_functions(parser);
  for (auto& [name, value] : names) parser.DefineVar(name, &value);
  parser.SetExpr(formula);
  return parser.Eval();
}

Approx near(double expected) { return Approx(expected).epsilon(1e-12).margin(0); }

}  // namespace

TEST_CASE("powers bind tighter than minus and group from the right") {
  CHECK(value_of("-2^2") == -4);
  CHECK(value_of("-x^2", {{"x", 3}}) == -9);
  CHECK(value_of("(-2)^2") == 4);
  CHECK(value_of("2^3^2") == 512);
  CHECK(value_of("2^-2") == 0.25);
  CHECK(value_of("2*-x", {{"x", 3}}) == -6);
}

TEST_CASE("operators bind in the usual order") {
  CHECK(value_of("1 + 2 * 3 - 8 / 4") == 5);
  CHECK(value_of("10 - 4 - 3") == 3);
  CHECK(value_of("24 / 4 / 3") == 2);
  CHECK(value_of("2 * 3 ^ 2 * 2") == 36);
  CHECK(value_of("1 + 1 < 3 && 2 * 2 == 4") == 1);
  CHECK(value_of("1 || 0 && 0") == 1);
  CHECK(value_of("x>=3 && x<4 || x!=5", {{"x", 3}}) == 1);
  CHECK(value_of("x<=2 || x>3", {{"x", 3}}) == 0);
  CHECK(value_of("0.5 && 0.25") == 1);
  CHECK(value_of("x > 2 ? 10 : x > 1 ? 20 : 30", {{"x", 2}}) == 20);
}

TEST_CASE("a formula is computed as it is written, for constants and variables alike") {
  // muParser's optimiser would join the constants, and give 2.52 and 5.
  CHECK(value_of("2.52 + x - x", {{"x", 3}}) == 2.52 + 3.0 - 3.0);
  CHECK(value_of("(x + 1e16) - 1e16", {{"x", 5}}) == 4);
  CHECK(value_of("(5 + 1e16) - 1e16") == 4);
}

TEST_CASE("a formula changes no variable") {
  double x = 3;
  mu::Parser parser;
  define_functions(parser);
  parser.DefineVar("x", &x);
  for (const char* const formula : {"x = 5", "(x=5)", "1 + (x = 5)", "x == 3 ? x = 5 : 1", "x += 1"}) {
    INFO(formula);
    parser.SetExpr(formula);
    CHECK_THROWS_AS(parser.Eval(), mu::ParserError);
    CHECK(x == 3);
  }
}

TEST_CASE("what muParser brings along is gone, also from copies of the parser") {
  mu::Parser parser;
  define_functions(parser);
  for (mu::Parser used : {parser, mu::Parser(parser)}) {
    for (const char* const formula : {"sin(1)", "rint(1)", "sum(1, 2)", "avg(1, 2)", "sign(1)", "log2(8)", "_pi", "_e",
                                      "+exp(1)", "!1", "1 = 1", "2 % 1"}) {
      INFO(formula);
      used.SetExpr(formula);
      CHECK_THROWS_AS(used.Eval(), mu::ParserError);
    }
    used.SetExpr("rate_to_prob(1, 0) + max(2, 3)");
    CHECK(used.Eval() == 3);
  }
}

TEST_CASE("a comparison with what is not a number is an error, because its result would hide it") {
  for (const char* const formula : {"x < 1", "x <= 1", "x > 1", "x >= 1", "x == 1", "x != 1", "1 < x", "x && 1",
                                    "1 && x", "0 || x", "ln(-1) < 0 ? 1 : 2"}) {
    INFO(formula);
    CHECK_THROWS_AS(value_of(formula, {{"x", nan}}), mu::ParserError);
  }
  CHECK(value_of("x > 0 ? 1 : ln(-1) < 0", {{"x", 1}}) == 1);
  for (const char* const formula : {"x^0", "1^x", "min(x, 1)", "min(1, x)", "max(1, x, 2)", "0 * x"}) {
    INFO(formula);
    CHECK(std::isnan(value_of(formula, {{"x", nan}})));
  }
}

TEST_CASE("general functions") {
  CHECK(value_of("exp(1)") == near(2.718281828459045));
  CHECK(value_of("ln(10)") == near(2.302585092994046));
  CHECK(value_of("log(10)") == value_of("ln(10)"));
  CHECK(value_of("log10(1000)") == near(3));
  CHECK(value_of("sqrt(2) * sqrt(2)") == near(2));
  CHECK(value_of("abs(-2.5)") == 2.5);
  CHECK(value_of("floor(-1.5)") == -2);
  CHECK(value_of("ceil(-1.5)") == -1);
  CHECK(value_of("round(2.5)") == 3);
  CHECK(value_of("round(-2.5)") == -3);
  CHECK(value_of("min(3, -1, 2)") == -1);
  CHECK(value_of("max(3, -1, 2)") == 3);
  CHECK(value_of("min(4)") == 4);
  CHECK_THROWS_AS(value_of("min()"), mu::ParserError);
  CHECK(std::isnan(value_of("sqrt(-1)")));
  CHECK(std::isnan(value_of("ln(-1)")));
}

TEST_CASE("rates, probabilities and odds") {
  CHECK(value_of("rate_to_prob(0.25, 1)") == near(0.22119921692859512));
  CHECK(value_of("rate_to_prob(0.25, 1 / 12)") == near(0.02061781866875989));
  CHECK(value_of("rate_to_prob(0.25, 0.5)") == near(0.11750309741540454));
  CHECK(value_of("prob_to_rate(0.3, 2)") == near(0.17833747196936622));
  CHECK(value_of("prob_to_prob(0.3, 1, 1 / 12)") == near(0.029285530376777613));
  CHECK(value_of("apply_hr(0.3, 0.6)") == near(0.1926556245527028));
  CHECK(value_of("apply_or(0.3, 0.6)") == near(0.20454545454545459));
  CHECK(value_of("odds_to_prob(0.6 * prob_to_odds(0.3))") == near(0.20454545454545459));
  // One exit after another: death first, then progression of the survivors.
  CHECK(value_of("(1 - q) * p", {{"q", 0.02}, {"p", 0.1}}) == near(0.098));
}

TEST_CASE("competing exits share the probability of any") {
  const std::map<std::string, double> rates = {{"a", 0.2}, {"b", 0.05}, {"c", 0.01}};
  CHECK(value_of("competing(a, a + b + c, 1)", rates) == near(0.1761141647664875));
  CHECK(value_of("competing(b, a + b + c, 1)", rates) == near(0.044028541191621876));
  CHECK(value_of("competing(c, a + b + c, 1)", rates) == near(0.008805708238324375));
  CHECK(value_of("1 - rate_to_prob(a + b + c, 1)", rates) == near(0.7710515858035663));
  CHECK(value_of("competing(0, 0, 1)") == 0);
  // A sum in another order is larger by its rounding, which is no mistake of the user.
  CHECK(value_of("competing(0.1 + 0.2 + 0.3, 0.1 + (0.2 + 0.3), 1)") == near(1 - std::exp(-0.6)));
  CHECK(value_of("competing(0.1 + 0.2 + 0.3, 0.1 + (0.2 + 0.3), 1e9)") == 1);
  CHECK(std::isnan(value_of("competing(0.3, 0.2, 1)")));
}

TEST_CASE("small probabilities keep their digits") {
  CHECK(value_of("rate_to_prob(1e-18, 1)") == near(1e-18));
  CHECK(value_of("prob_to_rate(1e-18, 1)") == near(1e-18));
  CHECK(value_of("apply_hr(1e-18, 0.5)") == near(5e-19));
  CHECK(value_of("prob_to_prob(1e-18, 1, 2)") == near(2e-18));
}

TEST_CASE("what changes nothing changes not a bit") {
  for (int i = 0; i <= 997; ++i) {
    const double p = i / 997.0;
    CHECK(value_of("apply_hr(p, 1)", {{"p", p}}) == p);
    CHECK(value_of("apply_or(p, 1)", {{"p", p}}) == p);
    CHECK(value_of("prob_to_prob(p, 0.25, 0.25)", {{"p", p}}) == p);
  }
}

TEST_CASE("certainty and impossibility stay what they are") {
  CHECK(value_of("prob_to_rate(1, 1)") == infinity);
  CHECK(value_of("rate_to_prob(prob_to_rate(1, 1), 2)") == 1);
  CHECK(value_of("rate_to_prob(prob_to_rate(1, 1), 0)") == 0);
  CHECK(value_of("prob_to_prob(1, 1, 0.5)") == 1);
  CHECK(value_of("prob_to_prob(1, 1, 0)") == 0);
  CHECK(value_of("apply_hr(1, 0.5)") == 1);
  CHECK(value_of("apply_hr(1, 0)") == 0);
  CHECK(value_of("apply_hr(0, 2)") == 0);
  CHECK(value_of("odds_to_prob(prob_to_odds(1))") == 1);
}

TEST_CASE("outside their domain conversions give no number") {
  for (const char* const formula :
       {"rate_to_prob(-0.1, 1)", "rate_to_prob(0.1, -1)", "prob_to_rate(1.1, 1)", "prob_to_rate(-0.1, 1)",
        "prob_to_rate(0.1, 0)", "prob_to_prob(1.5, 1, 1)", "prob_to_prob(0.1, 0, 1)", "prob_to_prob(0.1, 1, -1)",
        "apply_hr(1.1, 1)", "apply_hr(0.1, -1)", "apply_or(-0.1, 1)", "apply_or(0.1, -1)", "prob_to_odds(2)",
        "odds_to_prob(-1)", "competing(-1, 1, 1)", "competing(1, 2, -1)"}) {
    INFO(formula);
    CHECK(std::isnan(value_of(formula)));
  }
}

TEST_CASE("life tables: probabilities of death and their hazards") {
  CHECK(value_of("prob_to_rate(0.02, 1)") == near(0.020202707317519466));
  CHECK(value_of("prob_to_prob(0.02, 1, 1 / 12)") == near(0.001682142552739574));
  // A mortality ratio multiplies the hazard; near the end of a table the probability times the ratio would exceed 1.
  CHECK(value_of("apply_hr(0.02, 4.44)") == near(0.08579461297404745));
  CHECK(value_of("apply_hr(0.35, 4.44)") == near(0.8523153685678159));
  CHECK(value_of("rate_to_prob(0.01 + 0.005, 1)") == near(0.014888060396937353));
  CHECK(value_of("event_gompertz(60, 61, 0.095, 3.7e-5)") == near(0.011533364082454756));
  CHECK(value_of("q / (1 - q / 2)", {{"q", 0.02}}) == near(0.020202020202020204));
  // The sexes die at different rates, so that next year's mix is that of the survivors.
  CHECK(value_of("(f * (1 - 0.01) * 0.02 + (1 - f) * (1 - 0.02) * 0.04) / (f * (1 - 0.01) + (1 - f) * (1 - 0.02))",
                 {{"f", 0.7}}) == near(0.02595744680851064));
}

TEST_CASE("waning, stopping and persistence can be written as formulae") {
  const std::string weight = "max(0, min(1, (5 - t) / 3))";  // full effect to year 2, none from year 5
  const double linear[] = {0.5, 0.5, 0.5, 0.6666666666666666, 0.8333333333333333, 1, 1, 1};
  const double exponential[] = {0.5,
                                0.5906346234610091,
                                0.6648399769821803,
                                0.7255941819529867,
                                0.7753355179413892,
                                0.8160602794142788,
                                0.849402894043899,
                                0.8767015180291968};
  const double step[] = {0.5, 0.5, 0.625, 0.625, 0.625, 0.75, 0.75, 0.75};
  const double log_scale[] = {0.5, 0.5, 0.5, 0.6299605249474366, 0.7937005259840997, 1, 1, 1};
  for (int year = 0; year < 8; ++year) {
    const std::map<std::string, double> names = {{"t", year}, {"hr", 0.5}};
    CHECK(value_of("1 - (1 - hr) * " + weight, names) == near(linear[year]));
    CHECK(value_of("1 - (1 - hr) * exp(-0.2 * t)", names) == near(exponential[year]));
    CHECK(value_of("1 - (1 - hr) * (t < 2 ? 1 : t < 5 ? 0.75 : 0.5)", names) == near(step[year]));
    CHECK(value_of("hr ^ " + weight, names) == near(log_scale[year]));
  }
  const double persistence[] = {1, 0.9, 0.81, 0.7695, 0.7310249999999999};
  for (int year = 0; year < 5; ++year) {
    CHECK(value_of("(1 - 0.1) ^ min(t, 2) * (1 - 0.05) ^ max(0, t - 2)", {{"t", year}}) == near(persistence[year]));
  }
}

TEST_CASE("every function is documented, under a name of its own") {
  std::set<std::string> names;
  for (const ExpressionFunction& function : expression_functions()) {
    INFO(function.name);
    CHECK(names.insert(function.name).second);
    CHECK_FALSE(function.description.empty());
    const auto commas = std::count(function.arguments.begin(), function.arguments.end(), ',');
    if (function.arguments != "x, ...") CHECK(static_cast<std::size_t>(commas) == function.pointer.index());
  }
  CHECK(names.size() == 19 + 3 * 7);
}

}  // namespace myelin::markov::test
