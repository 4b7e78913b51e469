#include "random/distribution.hpp"

#include <boost/math/distributions/normal.hpp>
#include <boost/math/quadrature/tanh_sinh.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <limits>

using namespace myelin;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double shares[] = {1e-12, 1e-6, 0.001, 0.025, 0.2, 0.5, 0.7, 0.975, 0.999, 1 - 1e-6};

Approx about(double expected, double relative = 1e-12) { return Approx(expected).epsilon(relative).margin(1e-300); }

Distribution parsed(const std::string& text, const DistributionContext& context) {
  const ParsedDistribution distribution = parse_distribution(text, context);
  INFO(text << ": " << (distribution ? "" : distribution.error().problem));
  REQUIRE(distribution);
  return *distribution;
}

double integral(const std::function<double(double)>& function) {
  return boost::math::quadrature::tanh_sinh<double>().integrate(function, 0.0, 1.0);
}

double normal_density(double z) { return std::exp(-z * z / 2) / std::sqrt(2 * std::acos(-1.0)); }
double normal_share(double z) { return std::erfc(-z / std::sqrt(2)) / 2; }

/// A text, a value that fits it, and what the distribution must be by textbook formulae.
struct Case {
  std::string text;
  double value, mean, sd, low, high;
  std::function<double(double)> share_below;
};

std::vector<Case> cases() {
  const auto beta_sd = [](double a, double b) { return std::sqrt(a * b / (a + b + 1)) / (a + b); };
  const auto lognormal_sd = [](double mu, double s) { return std::exp(mu + s * s / 2) * std::sqrt(std::expm1(s * s)); };
  const auto triangle = [](double x) { return x < 2 ? x * x / 10 : 1 - (5 - x) * (5 - x) / 15; };
  return {
      {"normal(3, 0.5)", 3, 3, 0.5, -infinity, infinity, [](double x) { return normal_share((x - 3) / 0.5); }},
      {"lognormal(ln 0.65, 0.4)", 0.65, 0.65 * std::exp(0.08), lognormal_sd(std::log(0.65), 0.4), 0, infinity,
       [](double x) { return normal_share(std::log(x / 0.65) / 0.4); }},
      {"beta(2.5, 46.5)", 0.05, 2.5 / 49, beta_sd(2.5, 46.5), 0, 1,
       [](double x) { return boost::math::ibeta(2.5, 46.5, x); }},
      {"beta(0.05, 30)", 0.001, 0.05 / 30.05, beta_sd(0.05, 30), 0, 1,
       [](double x) { return boost::math::ibeta(0.05, 30, x); }},
      {"gamma(16, 25)", 400, 400, 100, 0, infinity, [](double x) { return boost::math::gamma_p(16, x / 25); }},
      {"gamma(0.1, 3)", 0.3, 0.3, std::sqrt(0.9), 0, infinity,
       [](double x) { return boost::math::gamma_p(0.1, x / 3); }},
      {"uniform(-2, 4)", 0, 1, 6 / std::sqrt(12), -2, 4, [](double x) { return (x + 2) / 6; }},
      {"triangular(0, 2, 5)", 2, 7.0 / 3, std::sqrt((4 + 25 - 10) / 18.0), 0, 5, triangle},
      {"triangular(1, 1, 2)", 1, 4.0 / 3, std::sqrt(1 / 18.0), 1, 2, [](double x) { return 1 - (2 - x) * (2 - x); }},
      {"PERT(10, 12, 20)", 12, 13, 10 * beta_sd(1.8, 4.2), 10, 20,
       [](double x) { return boost::math::ibeta(1.8, 4.2, (x - 10) / 10); }},
      {"-gamma(4, 0.01)", -0.04, -0.04, 0.02, -infinity, 0,
       [](double x) { return boost::math::gamma_q(4, -x / 0.01); }},
      {"-lognormal(0, 1)", -1, -std::exp(0.5), lognormal_sd(0, 1), -infinity, 0,
       [](double x) { return normal_share(-std::log(-x)); }},
      {"-beta(3, 9)", -0.2, -0.25, beta_sd(3, 9), -1, 0, [](double x) { return boost::math::ibetac(3, 9, -x); }},
      {"1.5 * beta(3, 9)", 0.2, 0.375, 1.5 * beta_sd(3, 9), 0, 1.5,
       [](double x) { return boost::math::ibeta(3, 9, x / 1.5); }},
      {"-PERT(10, 12, 20)", -12, -13, 10 * beta_sd(1.8, 4.2), -20, -10,
       [](double x) { return boost::math::ibetac(1.8, 4.2, (-x - 10) / 10); }},
  };
}

}  // namespace

TEST_CASE("a distribution has the range, mean and standard deviation of the textbooks") {
  for (const Case& each : cases()) {
    CAPTURE(each.text);
    const Distribution distribution = parsed(each.text, {each.value});
    CHECK(distribution.low() == each.low);
    CHECK(distribution.high() == each.high);
    CHECK(distribution.mean() == about(each.mean));
    CHECK(distribution.standard_deviation() == about(each.sd));
  }
}

TEST_CASE("the integrals of the quantile function are the mean and the variance") {
  for (const Case& each : cases()) {
    CAPTURE(each.text);
    const Distribution distribution = parsed(each.text, {each.value});
    CHECK(integral([&](double p) { return distribution.quantile(p); }) == about(each.mean, 1e-7));
    CHECK(integral([&](double p) { return std::pow(distribution.quantile(p) - each.mean, 2); }) ==
          about(each.sd * each.sd, 1e-7));
  }
}

TEST_CASE("a share p of the distribution lies below the quantile of p") {
  for (const Case& each : cases()) {
    const Distribution distribution = parsed(each.text, {each.value});
    for (const double p : shares) {
      CAPTURE(each.text, p);
      const double quantile = distribution.quantile(p);
      // The share below the next number after the quantile tells how well rounding lets the share be hit.
      const double rounding =
          std::abs(each.share_below(std::nextafter(quantile, infinity)) - each.share_below(quantile));
      CHECK(std::abs(each.share_below(quantile) - p) < 1e-9 * p + 2 * rounding);
    }
  }
}

TEST_CASE("quantiles rise with p and stay finite and in the range at the outermost p") {
  const double outermost[] = {std::numeric_limits<double>::min(), 0x1p-53, 1e-9, 0.3, 0.9, 1 - 1e-9, 1 - 0x1p-53};
  for (const Case& each : cases()) {
    const Distribution distribution = parsed(each.text, {each.value});
    double before = -infinity;
    for (const double p : outermost) {
      CAPTURE(each.text, p);
      const double quantile = distribution.quantile(p);
      CHECK(std::isfinite(quantile));
      CHECK(quantile >= before);
      CHECK(quantile >= each.low);
      CHECK(quantile <= each.high);
      before = quantile;
    }
  }
}

TEST_CASE("a fixed number is its value whatever p") {
  const Distribution distribution = parsed(" Fixed ", {0.035});
  CHECK(distribution.is_fixed());
  CHECK(distribution.quantile(0.01) == 0.035);
  CHECK(distribution.quantile(0.99) == 0.035);
  CHECK(distribution.mean() == 0.035);
  CHECK(distribution.standard_deviation() == 0);
  CHECK(distribution.low() == 0.035);
  CHECK(distribution.high() == 0.035);
  CHECK(distribution.in_words() == "fixed");
  CHECK(distribution.scaled(2).mean() == 0.07);
  CHECK_FALSE(parsed("normal(0, 1)", {0}).is_fixed());
}

TEST_CASE("a mean and a standard error give the distribution that has them") {
  struct Given {
    std::string text;
    double value, mean, sd, low, high;
  };
  const Given all[] = {
      {"gamma(mean 400, SE 100)", 380, 400, 100, 0, infinity},
      {"gamma(SE 100)", 380, 380, 100, 0, infinity},
      {"gamma(SE 25 %)", 380, 380, 95, 0, infinity},
      {"gamma(mean 400, SE 25 %)", 380, 400, 100, 0, infinity},
      {"gamma(SE 25 %)", -0.08, -0.08, 0.02, -infinity, 0},
      {"normal(SE 10 %)", -0.5, -0.5, 0.05, -infinity, infinity},
      {"normal(SE 0.2)", 0, 0, 0.2, -infinity, infinity},
      {"lognormal(mean 0.89, SE 0.267)", 0.89, 0.89, 0.267, 0, infinity},
      {"lognormal(SE 30 %)", -2, -2, 0.6, -infinity, 0},
      {"beta(SE 20 %)", 0.1, 0.1, 0.02, 0, 1},
      {"beta(SE 0.3)", -0.4, -0.4, 0.3, -1, 0},
      // The numbers within the brackets are those before the factor.
      {"-gamma(mean 400, SE 100)", -380, -400, 100, -infinity, 0},
      {"-gamma(SE 25 %)", -380, -380, 95, -infinity, 0},
      {"2 * beta(SE 10 %)", 1.2, 1.2, 0.12, 0, 2},
  };
  for (const Given& each : all) {
    CAPTURE(each.text, each.value);
    const Distribution distribution = parsed(each.text, {each.value});
    CHECK(distribution.mean() == about(each.mean));
    CHECK(distribution.standard_deviation() == about(each.sd));
    CHECK(distribution.low() == each.low);
    CHECK(distribution.high() == each.high);
  }
  CHECK(parsed("gamma(mean 400, SE 100)", {400}) == Distribution::gamma(16, 25));
  CHECK(parsed("beta(mean 0.5, SE 0.25)", {0.4}) == Distribution::beta(1.5, 1.5));
}

TEST_CASE("an interval of normal or lognormal holds its level, with equal tails") {
  struct Given {
    std::string text;
    DistributionContext context;
    double low, high, level;
  };
  const Given all[] = {
      {"lognormal(95 % 0.5 to 0.9)", {0.7}, 0.5, 0.9, 0.95},      {"lognormal(95 %)", {0.7, 0.5, 0.9}, 0.5, 0.9, 0.95},
      {"lognormal(90 % -0.3 to -0.1)", {-0.2}, -0.3, -0.1, 0.9},  {"normal(95 % -1 to 3)", {1.5, -9, 9}, -1, 3, 0.95},
      {"normal(99.9 %)", {0.7, 0.5, 0.9}, 0.5, 0.9, 0.999},       {"normal(50 %)", {0.7, 0.5, 0.9}, 0.5, 0.9, 0.5},
      {"-lognormal(95 %)", {-0.7, -0.9, -0.5}, -0.9, -0.5, 0.95},
  };
  for (const Given& each : all) {
    CAPTURE(each.text);
    const Distribution distribution = parsed(each.text, each.context);
    CHECK(distribution.quantile((1 - each.level) / 2) == about(each.low, 1e-10));
    CHECK(distribution.quantile((1 + each.level) / 2) == about(each.high, 1e-10));
  }
}

TEST_CASE("an interval of gamma or beta gives the standard error, the value the mean") {
  const double z = 1.959963984540054;  // the normal distribution's 97.5 %
  const Distribution gamma = parsed("gamma(95 % 300 to 550)", {400});
  CHECK(gamma.mean() == about(400));
  CHECK(gamma.standard_deviation() == about(250 / (2 * z)));
  const Distribution beta = parsed("beta(95 %)", {0.2, 0.15, 0.27});
  CHECK(beta.mean() == about(0.2));
  CHECK(beta.standard_deviation() == about(0.12 / (2 * z)));
}

TEST_CASE("a truncated normal distribution has the moments of its closed form") {
  struct Given {
    double mean, sd, low, high;
  };
  for (const Given& each : {Given{0.5, 0.1, 0, 1}, {0.9, 0.3, 0, 1}, {0, 1, 2, 3}, {0, 1, -4, -3}, {2, 5, 0, 1e6}}) {
    const Distribution whole = Distribution::normal(each.mean, each.sd);
    const auto kept = whole.between(each.low, each.high);
    REQUIRE(kept);
    CAPTURE(kept->in_words());
    // Johnson, Kotz and Balakrishnan (1994), section 13.10.1.
    const double a = (each.low - each.mean) / each.sd, b = (each.high - each.mean) / each.sd;
    const double share = normal_share(b) - normal_share(a);
    const double shift = (normal_density(a) - normal_density(b)) / share;
    const double variance = 1 + (a * normal_density(a) - b * normal_density(b)) / share - shift * shift;
    CHECK(kept->mean() == about(each.mean + each.sd * shift, 1e-8));
    CHECK(kept->standard_deviation() == about(each.sd * std::sqrt(variance), 1e-7));
    CHECK(kept->low() == each.low);
    CHECK(kept->high() == each.high);
    for (const double p : shares) {
      const double share_below = normal_share((kept->quantile(p) - each.mean) / each.sd) - normal_share(a);
      CHECK(std::abs(share_below / share - p) < 1e-11);
    }
  }
}

TEST_CASE("any distribution can be truncated, also mirrored") {
  // The exponential distribution with mean s from a to b: antiderivatives of x and x^2 times its density.
  const double s = 2, a = 1, b = 5;
  const auto mass = [&](double x) { return -std::exp(-x / s); };
  const auto first = [&](double x) { return -(x + s) * std::exp(-x / s); };
  const auto second = [&](double x) { return -(x * x + 2 * s * x + 2 * s * s) * std::exp(-x / s); };
  const double mean = (first(b) - first(a)) / (mass(b) - mass(a));
  const double variance = (second(b) - second(a)) / (mass(b) - mass(a)) - mean * mean;
  const Distribution up = parsed("gamma(1, 2) between 1 and 5", {2}),
                     down = parsed("-gamma(1, 2) between -5 and -1", {-2});
  for (const auto& [distribution, sign] : {std::pair{up, 1.0}, {down, -1.0}}) {
    CAPTURE(distribution.in_words());
    CHECK(distribution.mean() == about(sign * mean, 1e-9));
    CHECK(distribution.standard_deviation() == about(std::sqrt(variance), 1e-8));
  }
  CHECK(up.quantile(0.3) == about(-down.quantile(0.7)));
  CHECK(up.scaled(-1).quantile(0.3) == about(down.quantile(0.3)));

  // Bounds beyond the distribution's own range change nothing.
  CHECK(parsed("beta(2, 3) between -1 and 1", {0.5}) == Distribution::beta(2, 3));
  CHECK(parsed("gamma(2, 3) between -1 and 4", {2}).low() == 0);
  // Two truncations are one to what they share.
  CHECK(Distribution::normal(0, 1).between(-1, 1)->between(0, 3) == Distribution::normal(0, 1).between(0, 1));
}

TEST_CASE("a factor multiplies every quantile, and a negative one mirrors the distribution") {
  std::vector<std::pair<std::string, double>> texts = {{"normal(0.5, 0.3) between 0 and 1", 0.5},
                                                       {"-gamma(2, 0.2) between -0.6 and 0", -0.5}};
  for (const Case& each : cases()) texts.emplace_back(each.text, each.value);
  for (const auto& [text, value] : texts) {
    const Distribution distribution = parsed(text, {value});
    for (const double factor : {1.3436, -0.5, -1.0}) {
      CAPTURE(text, factor);
      const Distribution scaled = distribution.scaled(factor);
      for (const double p : {0.01, 0.3, 0.9}) {
        CHECK(scaled.quantile(p) == about(factor * distribution.quantile(factor > 0 ? p : 1 - p), 1e-10));
      }
      CHECK(scaled.mean() == about(factor * distribution.mean(), 1e-9));
      CHECK(scaled.standard_deviation() == about(std::abs(factor) * distribution.standard_deviation(), 1e-9));
      CHECK(scaled.low() == about(factor * (factor > 0 ? distribution.low() : distribution.high())));
    }
  }
}

TEST_CASE("the words of a distribution read back as the same distribution") {
  std::vector<Distribution> all = {*Distribution::normal(0.1, 0.3).between(0, 1.0 / 3),
                                   *Distribution::lognormal(0.1, 0.3).between(0.2, 1.3),
                                   parsed("gamma(SE 17 %)", {-0.123}), parsed("lognormal(95 % 0.1 to 0.7)", {0.3})};
  for (const Case& each : cases()) all.push_back(parsed(each.text, {each.value}));
  for (std::size_t i = all.size(); i-- > 0;) {
    for (const double factor : {1.0 / 3, -1e-7, -1.0}) all.push_back(all[i].scaled(factor));
  }
  for (const Distribution& distribution : all) {
    CAPTURE(distribution.in_words());
    CHECK(parsed(distribution.in_words(), {distribution.quantile(0.5)}) == distribution);
  }
  CHECK(Distribution::pert(-0.14, -0.07, -0.03).in_words() == "PERT(-0.14, -0.07, -0.03)");
  CHECK(Distribution::gamma(4, 0.01).scaled(-1).in_words() == "-gamma(4, 0.01)");
  CHECK(Distribution::beta(2, 8).scaled(1.3).in_words() == "1.3 * beta(2, 8)");
  CHECK(Distribution::normal(0.5, 0.1).between(0, 1)->in_words() == "normal(0.5, 0.1) between 0 and 1");
}

TEST_CASE("spaces and capitals do not matter") {
  const Distribution expected = parsed("lognormal(ln 0.65, 0.1) between 0.5 and 1", {0.65});
  for (const char* text :
       {"LOGNORMAL(LN0.65,0.10)BETWEEN 0.5 AND 1", "  LogNormal (\tln 0.65 ,1e-1 ) between .5 and 1.0 "})
    CHECK(parsed(text, {0.65}) == expected);
  CHECK(parsed("gamma(se25%)", {8}) == parsed("Gamma ( SE 25 % )", {8}));
  CHECK(parsed("pert(1,2,3)", {2}) == Distribution::pert(1, 2, 3));
  CHECK(parsed("normal(- 0.5, 1)", {0}) == Distribution::normal(-0.5, 1));
}

TEST_CASE("a text that is no distribution is refused with the reason and a remedy") {
  struct Wrong {
    std::string text;
    DistributionContext context;
    std::string problem, remedy;
  };
  const Wrong all[] = {
      {"", {1}, "the name of a distribution expected, not the end", "write one of fixed, normal"},
      {"gama(2, 3)", {1}, "unknown distribution 'gama'", "did you mean 'gamma'?"},
      {"log-normal(2, 3)", {1}, "unknown distribution 'log-normal'", "did you mean 'lognormal'?"},
      {"dirichlet(n 900)", {1}, "unknown distribution 'dirichlet'", "triangular, PERT"},
      {"gamma", {1}, "'(' expected, not the end", "write gamma(shape, scale), gamma(mean m, SE s)"},
      {"normal, truncated", {1}, "'(' expected, not ','", "write normal(mean, sd)"},
      {"gamma(2, 3", {1}, "')' expected, not the end", "write gamma(shape, scale)"},
      {"gamma(2 3)", {1}, "gamma has 2 parameters (shape, scale), not 1", "write gamma(shape, scale)"},
      {"gamma(2, 3, 4)", {1}, "gamma has 2 parameters (shape, scale), not 3", "write gamma(shape, scale)"},
      {"uniform(2)", {1}, "uniform has 2 parameters (low, high), not 1", "write uniform(low, high)"},
      {"PERT(1, 2)", {1}, "PERT has 3 parameters (low, mode, high), not 2", "write PERT(low, mode, high)"},
      {"gamma(2, x)", {1}, "a number expected, not 'x'", "write gamma(shape, scale)"},
      {"gamma(2, )", {1}, "a number expected, not ')'", "write gamma(shape, scale)"},
      {"gamma(nan, 1)", {1}, "a number expected, not 'nan'", "write gamma(shape, scale)"},
      {"gamma(inf, 1)", {1}, "a number expected, not 'inf'", "write gamma(shape, scale)"},
      {"gamma(1e999, 1)", {1}, "a number expected, not '1e999'", "write gamma(shape, scale)"},
      {"lognormal(ln 0, 1)", {1}, "0 has no logarithm", "above 0"},
      {"lognormal(ln -2, 1)", {1}, "a number expected, not '-'", "write lognormal(mu, sigma)"},
      {"gamma(2, 3) or so", {1}, "nothing expected after the distribution, but 'or'", "between 0 and 1"},
      {"fixed(3)", {1}, "'(' after fixed", "write fixed alone"},
      {"-fixed", {1}, "fixed with a factor", "write fixed alone"},
      {"400", {1}, "'*' expected, not the end", "gamma(SE 20 %)"},
      {"0 * beta(2, 3)", {1}, "a factor of 0", "fixed"},
      // Parameters that no such distribution has.
      {"normal(1, 0)", {1}, "sd must be above 0, not mean 1, sd 0", "write fixed if it does not vary"},
      {"lognormal(0, -0.1)", {1}, "sigma must be above 0, not mu 0, sigma -0.1", "fixed"},
      {"beta(0, 1)", {0.5}, "a and b must be above 0, not a 0, b 1", "correct the numbers"},
      {"gamma(-1, 1)", {0.5}, "shape and scale must be above 0", "correct the numbers"},
      {"uniform(3, 3)", {3}, "low must be below high, not low 3, high 3", "fixed"},
      {"uniform(3, 2)", {3}, "low must be below high", "correct the numbers"},
      {"triangular(3, 2, 4)", {3}, "mode from low to high, not low 3, mode 2, high 4", "correct the numbers"},
      {"PERT(3, 5, 4)", {3}, "mode from low to high", "correct the numbers"},
      {"lognormal(0, 50)", {3}, "too large", "correct the numbers"},
      {"lognormal(mean 1e-300, SE 1e300)", {3}, "too large", "correct the numbers"},
      // Standard errors.
      {"gamma(SE 0)", {1}, "the standard error must be above 0, not 0", "fixed"},
      {"normal(SE -5 %)", {2}, "the standard error must be above 0, not -0.1", "fixed"},
      {"gamma(SE 25 %)",
       {0},
       "25 % of a mean of 0 is no standard error",
       "give SE as a number, or leave the distribution out"},
      {"gamma(SE 5)", {0}, "gamma cannot have a mean of 0", "use normal, or leave the distribution out"},
      {"lognormal(mean 0, SE 5)", {1}, "lognormal cannot have a mean of 0", "use normal"},
      {"gamma(mean 5)", {1}, "',' expected, not ')'", "gamma(mean m, SE s)"},
      {"gamma(mean 5, 3)", {1}, "'se' expected, not '3'", "gamma(mean m, SE s)"},
      {"beta(SE 0.1)", {1.2}, "the mean of beta must lie between 0 and 1, not at 1.2", "use gamma"},
      {"beta(mean -1, SE 0.1)", {-0.5}, "the mean of beta must lie between 0 and 1, not at -1", "use gamma"},
      {"beta(SE 0.4)",
       {0.2},
       "a beta with mean 0.2 cannot have the standard error 0.4",
       "give a standard error below 0.4"},
      {"uniform(SE 0.4)", {0.2}, "uniform is given by its own parameters alone", "write uniform(low, high)"},
      // Intervals.
      {"lognormal(95 %)", {0.7, 0.5}, "the parameter lacks low or high", "lognormal(95 % low to high)"},
      {"lognormal(95 % 0.5)", {0.7}, "'to' expected, not ')'", "lognormal(95 % low to high)"},
      {"lognormal(95 % 0.9 to 0.5)", {0.7}, "the interval 0.9 to 0.5 is empty or reversed", "the lower end first"},
      {"normal(95 % 1 to 1)", {1}, "the interval 1 to 1 is empty or reversed", "the lower end first"},
      {"lognormal(95 % -0.1 to 0.5)", {0.2}, "both ends of a lognormal's interval must have one sign", "use normal"},
      {"lognormal(95 % 0 to 0.5)", {0.2}, "both ends of a lognormal's interval must have one sign", "use normal"},
      {"gamma(95 % 1 to 2)", {3}, "the parameter's value 3 lies outside the interval 1 to 2", "correct the interval"},
      {"gamma(95 %)", {0, -1, 1}, "gamma cannot have a mean of 0", "use normal"},
      {"beta(95 % 0.001 to 0.999)", {0.01}, "cannot have the standard error 0.254597", "below 0.0994987"},
      {"normal(49.9 % 1 to 2)", {1}, "between 50 and 99.9 %, not at 49.9 %", "95 %"},
      {"normal(99.95 % 1 to 2)", {1}, "between 50 and 99.9 %, not at 99.95 %", "95 %"},
      {"triangular(95 % 1 to 2)", {1}, "triangular is given by its own parameters alone", "write triangular(low"},
      // Truncation and the parameter's value.
      {"normal(0, 1) between 0", {0.5}, "'and' expected, not the end", "between 0 and 1"},
      {"normal(0, 1) between low and high", {0.5}, "a number expected, not 'low'", "between 0 and 1"},
      {"normal(0, 1) between 1 and 0", {0.5}, "between 1 and 0 is empty or reversed", "the lower end first"},
      {"normal(0, 1) between 8 and 9", {8.5}, "less than a millionth", "correct the numbers"},
      {"beta(2, 3) between 2 and 3", {2.5}, "less than a millionth", "correct the numbers"},
      {"normal(0, 1) between 0 and 1",
       {2},
       "value 2 lies outside the distribution, which goes from 0 to 1",
       "correct the numbers or the value"},
      {"gamma(4, 0.01)", {-0.04}, "which goes from 0 to inf", "write -gamma(...) for the mirrored distribution"},
      {"-lognormal(0, 1)", {1}, "which goes from -inf to 0", "write lognormal(...) for the mirrored distribution"},
      {"uniform(-4, -3)", {3.5}, "which goes from -4 to -3", "write -uniform(...) for the mirrored distribution"},
      {"uniform(3, 4)", {5}, "which goes from 3 to 4", "correct the numbers or the value"},
  };
  for (const Wrong& each : all) {
    const ParsedDistribution distribution = parse_distribution(each.text, each.context);
    CAPTURE(each.text);
    REQUIRE_FALSE(distribution);
    CHECK_THAT(distribution.error().problem, Catch::Contains(each.problem));
    CHECK_THAT(distribution.error().remedy, Catch::Contains(each.remedy));
    CHECK(distribution.error().place.file.empty());
  }
}

TEST_CASE("no damage to a text breaks a contract") {
  // A sound text with one character left out, doubled or replaced gives a distribution or a refusal with a remedy.
  int refused = 0, read = 0;
  const std::string others = "(),%-*.0e9 a";
  for (const std::string text : {"1.3 * beta(SE 25 %) between 0 and 1", "lognormal(95 % 0.5 to 0.9)",
                                 "-gamma(mean 400, SE 1e2)", "PERT(ln 0.5, -0.07, 3)", "fixed"}) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      std::vector<std::string> damaged = {text.substr(0, at) + text.substr(at + 1),
                                          text.substr(0, at + 1) + text.substr(at)};
      for (const char other : others) {
        damaged.push_back(text);
        damaged.back()[at] = other;
      }
      for (const std::string& each : damaged) {
        CAPTURE(each);
        const ParsedDistribution distribution = parse_distribution(each, {0.7, 0.5, 0.9});
        ++(distribution ? read : refused);
        if (distribution) {
          CHECK(std::isfinite(distribution->quantile(0.5)));
        } else {
          CHECK_FALSE(distribution.error().problem.empty());
          CHECK_FALSE(distribution.error().remedy.empty());
        }
      }
    }
  }
  CHECK(refused > 500);
  CHECK(read > 100);
}
