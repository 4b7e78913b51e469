#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cctype>
#include <charconv>
#include <cmath>
#include <vector>

#include "random/distribution.hpp"

namespace myelin {

namespace {

using Numbers = std::vector<double>;

/// A kind of distribution as a text names it.
struct Kind {
  std::string name;
  std::vector<std::string> numbers;  ///< its own parameters
  bool has_moments;                  ///< may be given by a standard error or by an interval
  std::string condition;             ///< on its own parameters, in words
  bool (*holds)(const Numbers& numbers);
  Distribution (*make)(const Numbers& numbers);
};

bool second_positive(const Numbers& n) { return n[1] > 0; }
bool both_positive(const Numbers& n) { return n[0] > 0 && n[1] > 0; }
bool in_order(const Numbers& n) { return std::ranges::is_sorted(n) && n.front() < n.back(); }

const std::vector<Kind>& kinds() {
  static const std::string between = "low must be below high, and mode from low to high";
  static const std::vector<Kind> all = {
      {"normal",
       {"mean", "sd"},
       true,
       "sd must be above 0",
       second_positive,
       [](const Numbers& n) { return Distribution::normal(n[0], n[1]); }},
      {"lognormal",
       {"mu", "sigma"},
       true,
       "sigma must be above 0",
       second_positive,
       [](const Numbers& n) { return Distribution::lognormal(n[0], n[1]); }},
      {"beta",
       {"a", "b"},
       true,
       "a and b must be above 0",
       both_positive,
       [](const Numbers& n) { return Distribution::beta(n[0], n[1]); }},
      {"gamma",
       {"shape", "scale"},
       true,
       "shape and scale must be above 0",
       both_positive,
       [](const Numbers& n) { return Distribution::gamma(n[0], n[1]); }},
      {"uniform",
       {"low", "high"},
       false,
       "low must be below high",
       in_order,
       [](const Numbers& n) { return Distribution::uniform(n[0], n[1]); }},
      {"triangular",
       {"low", "mode", "high"},
       false,
       between,
       in_order,
       [](const Numbers& n) { return Distribution::triangular(n[0], n[1], n[2]); }},
      {"PERT",
       {"low", "mode", "high"},
       false,
       between,
       in_order,
       [](const Numbers& n) { return Distribution::pert(n[0], n[1], n[2]); }},
  };
  return all;
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& character : result) character = static_cast<char>(std::tolower(static_cast<unsigned char>(character)));
  return result;
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

/// A number as messages show it, to six digits.
std::string shown(double number) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, number, std::chars_format::general, 6).ptr};
}

/// How a kind can be written.
std::string forms_of(const Kind& kind) {
  std::string forms = "write " + kind.name + "(" + listed(kind.numbers) + ")";
  if (!kind.has_moments) return forms;
  for (const char* form : {"(mean m, SE s)", "(SE 10 %)"}) forms += ", " + kind.name + form;
  return forms + " or " + kind.name + "(95 % low to high), with numbers for the words";
}

struct Token {
  enum class Type { word, number, symbol, end } type = Type::end;
  std::string text;  ///< words in lower case
  double number = 0;
};

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }

/// The tokens of a text with an end behind them; a number too large or too small to be held is a symbol.
std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  while (!text.empty()) {
    std::size_t length = 1;
    const char first = text.front();
    if (is_letter(first)) {
      while (length < text.size() && (is_letter(text[length]) || text[length] == '-')) ++length;
      tokens.push_back({Token::Type::word, lower_case(text.substr(0, length))});
    } else if (double number = 0; std::isdigit(static_cast<unsigned char>(first)) != 0 || first == '.') {
      const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
      length = std::max<std::size_t>(1, static_cast<std::size_t>(end - text.data()));
      const Token::Type type = failure == std::errc() ? Token::Type::number : Token::Type::symbol;
      tokens.push_back({type, std::string(text.substr(0, length)), number});
    } else if (std::isspace(static_cast<unsigned char>(first)) == 0) {
      tokens.push_back({Token::Type::symbol, std::string(1, first)});
    }
    text.remove_prefix(length);
  }
  tokens.push_back({Token::Type::end, "the end"});
  return tokens;
}

/// Reads one text from left to right. What finds a mistake notes it and returns nothing.
class Reader {
 public:
  Reader(std::string_view text, const DistributionContext& context) : tokens_(tokens_of(text)), context_(context) {}

  ParsedDistribution read() {
    const std::optional<Distribution> distribution = accept("fixed") ? fixed() : varying();
    if (!distribution) return tl::unexpected(failure_);
    return *distribution;
  }

 private:
  using Type = Token::Type;

  std::nullopt_t fail(std::string problem, std::string remedy) {
    failure_ = {{}, std::move(problem), std::move(remedy)};
    return std::nullopt;
  }

  const Token& next() const { return tokens_[at_]; }

  bool accept(std::string_view text) {
    if (next().type == Type::number || next().type == Type::end || next().text != text) return false;
    ++at_;
    return true;
  }

  bool expect(const std::string& text, const std::string& remedy) {
    if (accept(text)) return true;
    fail("'" + text + "' expected, not " + found(), remedy);
    return false;
  }

  std::string found() const { return next().type == Type::end ? next().text : "'" + next().text + "'"; }

  /// `0.65`, `-0.65`, `ln 0.65`.
  std::optional<double> number(const std::string& remedy) {
    const double sign = accept("-") ? -1 : 1;
    const bool logarithm = accept("ln");
    if (next().type != Type::number) return fail("a number expected, not " + found(), remedy);
    const double given = tokens_[at_++].number;
    if (logarithm && given == 0) return fail("0 has no logarithm", "write ln of a number above 0");
    return sign * (logarithm ? std::log(given) : given);
  }

  std::optional<Distribution> fixed() {
    if (next().type == Type::end) return Distribution::fixed(context_.value);
    return fail(found() + " after fixed", "write fixed alone: the number is the parameter's value");
  }

  std::optional<Distribution> varying() {
    const auto factor = read_factor();
    if (!factor) return std::nullopt;
    const Kind* kind = read_kind();
    if (kind == nullptr || !expect("(", forms_of(*kind))) return std::nullopt;
    const auto variable = arguments(*kind, before(*factor));
    if (!variable || !expect(")", forms_of(*kind))) return std::nullopt;
    if (!std::isfinite(variable->scaled(*factor).mean()) ||
        !std::isfinite(variable->scaled(*factor).standard_deviation()))
      return fail("its mean or standard deviation is too large for a number", "correct the numbers");
    const auto distribution = truncated(variable->scaled(*factor));
    if (!distribution) return std::nullopt;
    if (next().type != Type::end)
      return fail("nothing expected after the distribution, but " + found(), "leave it out, or write between 0 and 1");
    return check_value(*distribution, *kind, *factor);
  }

  /// What stands before the name: nothing, `-` or `1.3 *`.
  std::optional<double> read_factor() {
    const double sign = accept("-") ? -1 : 1;
    if (next().type != Type::number) return sign;
    const double factor = tokens_[at_++].number;
    const std::string remedy = "write a distribution such as gamma(SE 20 %), or fixed";
    if (!expect("*", remedy)) return std::nullopt;
    if (factor == 0) return fail("a factor of 0 leaves nothing that varies", remedy);
    return sign * factor;
  }

  /// The parameter's numbers before the variable is multiplied by the factor.
  DistributionContext before(double factor) const {
    DistributionContext result{context_.value / factor};
    if (context_.low) result.low = *context_.low / factor;
    if (context_.high) result.high = *context_.high / factor;
    if (factor < 0) std::swap(result.low, result.high);
    return result;
  }

  const Kind* read_kind() {
    std::vector<std::string> names = {"fixed"};
    if (accept("fixed")) {
      fail("fixed with a factor", "write fixed alone: the number is the parameter's value");
      return nullptr;
    }
    for (const Kind& kind : kinds()) {
      if (accept(lower_case(kind.name))) return &kind;
      names.push_back(kind.name);
    }
    const std::string one_of = "write one of " + listed(names);
    if (next().type != Type::word) {
      fail("the name of a distribution expected, not " + found(), one_of);
      return nullptr;
    }
    for (std::string& name : names) name = lower_case(name);
    const auto nearest = nearest_name(next().text, names);
    fail("unknown distribution " + found(), nearest ? "did you mean '" + *nearest + "'?" : one_of);
    return nullptr;
  }

  std::optional<Distribution> arguments(const Kind& kind, const DistributionContext& context) {
    if (next().text == "mean" || next().text == "se") return by_standard_error(kind, context);
    const auto first = number(forms_of(kind));
    if (!first) return std::nullopt;
    if (accept("%")) return by_interval(kind, *first, context);
    Numbers numbers = {*first};
    while (accept(",")) {
      const auto another = number(forms_of(kind));
      if (!another) return std::nullopt;
      numbers.push_back(*another);
    }
    if (numbers.size() == kind.numbers.size()) return by_own_parameters(kind, numbers);
    return fail(kind.name + " has " + std::to_string(kind.numbers.size()) + " parameters (" + listed(kind.numbers) +
                    "), not " + std::to_string(numbers.size()),
                forms_of(kind));
  }

  std::optional<Distribution> by_own_parameters(const Kind& kind, const Numbers& numbers) {
    if (!std::ranges::all_of(numbers, [](double n) { return std::isfinite(n); }))
      return fail("a parameter of " + kind.name + " is too large for a number", "correct the numbers");
    if (!kind.holds(numbers)) {
      std::vector<std::string> given;
      for (std::size_t i = 0; i < numbers.size(); ++i) given.push_back(kind.numbers[i] + " " + shown(numbers[i]));
      return fail(kind.condition + ", not " + listed(given), "correct the numbers, or write fixed if it does not vary");
    }
    return kind.make(numbers);
  }

  /// `mean 400, SE 100`, `SE 100` or `SE 25 %`.
  std::optional<Distribution> by_standard_error(const Kind& kind, const DistributionContext& context) {
    double mean = context.value;
    if (accept("mean")) {
      const auto given = number(forms_of(kind));
      if (!given || !expect(",", forms_of(kind))) return std::nullopt;
      mean = *given;
    }
    if (!expect("se", forms_of(kind))) return std::nullopt;
    const auto given = number(forms_of(kind));
    if (!given) return std::nullopt;
    const bool percent = accept("%");
    if (percent && mean == 0) {
      return fail(shown(*given) + " % of a mean of 0 is no standard error",
                  "give SE as a number, or leave the distribution out");
    }
    return by_moments(kind, mean, percent ? *given / 100 * std::abs(mean) : *given);
  }

  /// The method of moments (Briggs, Claxton and Sculpher 2006, chapter 4).
  std::optional<Distribution> by_moments(const Kind& kind, double mean, double standard_error) {
    if (!kind.has_moments) return fail(kind.name + " is given by its own parameters alone", forms_of(kind));
    if (!(standard_error > 0))
      return fail("the standard error must be above 0, not " + shown(standard_error),
                  "correct it, or write fixed if the parameter does not vary");
    if (kind.name == "normal") return by_own_parameters(kind, {mean, standard_error});
    const double size = std::abs(mean), variance = standard_error * standard_error;
    if (size == 0) return fail(kind.name + " cannot have a mean of 0", "use normal, or leave the distribution out");
    Numbers numbers;
    if (kind.name == "gamma") {
      numbers = {size * size / variance, variance / size};
    } else if (kind.name == "lognormal") {
      const double log_variance = std::log1p(variance / (size * size));
      numbers = {std::log(size) - log_variance / 2, std::sqrt(log_variance)};
    } else {
      const double largest = size * (1 - size);
      if (size >= 1)
        return fail("the mean of beta must lie between 0 and 1, not at " + shown(mean),
                    "use gamma for a number that can be larger");
      if (variance >= largest)
        return fail("a beta with mean " + shown(mean) + " cannot have the standard error " + shown(standard_error),
                    "give a standard error below " + shown(std::sqrt(largest)));
      numbers = {size * (largest / variance - 1), (1 - size) * (largest / variance - 1)};
    }
    const auto distribution = by_own_parameters(kind, numbers);
    if (!distribution) return std::nullopt;
    return mean < 0 ? distribution->scaled(-1) : *distribution;
  }

  /// What follows `95 %`: nothing or `0.5 to 0.9`.
  std::optional<Distribution> by_interval(const Kind& kind, double level, const DistributionContext& context) {
    if (!kind.has_moments) return fail(kind.name + " is given by its own parameters alone", forms_of(kind));
    if (!(level >= 50 && level <= 99.9))
      return fail("the level of an interval must lie between 50 and 99.9 %, not at " + shown(level) + " %",
                  "write the level of the published interval, such as 95 %");
    auto low = context.low, high = context.high;
    if (next().text != ")") {
      low = number(forms_of(kind));
      if (!low || !expect("to", "write " + kind.name + "(95 % low to high)")) return std::nullopt;
      high = number(forms_of(kind));
      if (!high) return std::nullopt;
      if (*low <= *high && (context.value < *low || context.value > *high))
        return fail("the parameter's value " + shown(context.value) + " lies outside the interval " + shown(*low) +
                        " to " + shown(*high),
                    "correct the interval or the value");
    }
    if (!low || !high)
      return fail("no interval is given, and the parameter lacks low or high",
                  "give the parameter low and high, or write " + kind.name + "(95 % low to high)");
    if (!(*low < *high))
      return fail("the interval " + shown(*low) + " to " + shown(*high) + " is empty or reversed",
                  "write the lower end first");
    const double z = boost::math::quantile(boost::math::normal(), 0.5 + level / 200);
    if (kind.name == "lognormal") return lognormal_by_interval(kind, *low, *high, z);
    const double mean = kind.name == "normal" ? (*low + *high) / 2 : context.value;
    return by_moments(kind, mean, (*high - *low) / (2 * z));
  }

  std::optional<Distribution> lognormal_by_interval(const Kind& kind, double low, double high, double z) {
    if (!(low > 0 || high < 0))
      return fail("both ends of a lognormal's interval must have one sign and not be 0, unlike " + shown(low) + " to " +
                      shown(high),
                  "use normal, or correct the interval");
    const double log_low = std::log(std::min(std::abs(low), std::abs(high)));
    const double log_high = std::log(std::max(std::abs(low), std::abs(high)));
    const auto distribution = by_own_parameters(kind, {(log_low + log_high) / 2, (log_high - log_low) / (2 * z)});
    if (!distribution) return std::nullopt;
    return high < 0 ? distribution->scaled(-1) : *distribution;
  }

  /// What may follow: `between 0 and 1`.
  std::optional<Distribution> truncated(const Distribution& whole) {
    if (!accept("between")) return whole;
    const std::string remedy = "write between and two numbers, such as between 0 and 1";
    const auto low = number(remedy);
    if (!low || !expect("and", remedy)) return std::nullopt;
    const auto high = number(remedy);
    if (!high) return std::nullopt;
    if (!(*low < *high))
      return fail("between " + shown(*low) + " and " + shown(*high) + " is empty or reversed",
                  "write the lower end first");
    if (const auto kept = whole.between(*low, *high)) return kept;
    return fail("less than a millionth of the distribution lies between " + shown(*low) + " and " + shown(*high),
                "correct the numbers");
  }

  std::optional<Distribution> check_value(const Distribution& distribution, const Kind& kind, double factor) {
    const double value = context_.value;
    if (value >= distribution.low() && value <= distribution.high()) return distribution;
    const bool fits_mirrored = -value >= distribution.low() && -value <= distribution.high();
    return fail("the parameter's value " + shown(value) + " lies outside the distribution, which goes from " +
                    shown(distribution.low()) + " to " + shown(distribution.high()),
                fits_mirrored ? std::string(factor < 0 ? "write " : "write -") + kind.name +
                                    "(...) for the mirrored distribution, or correct the numbers"
                              : "correct the numbers or the value");
  }

  std::vector<Token> tokens_;
  DistributionContext context_;
  std::size_t at_ = 0;
  Diagnostic failure_;
};

}  // namespace

ParsedDistribution parse_distribution(std::string_view text, const DistributionContext& context) {
  return Reader(text, context).read();
}

}  // namespace myelin
