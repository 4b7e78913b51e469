#include "models/markov/survival.hpp"

#include <algorithm>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/quadrature/tanh_sinh.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace myelin::markov::test {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

using Values = std::vector<double>;

template <class... Double, std::size_t... index>
double call_in_order(double (*pointer)(Double...), const Values& values, std::index_sequence<index...>) {
  return pointer(values.at(index)...);
}

template <class... Double>
double call_pointer(double (*pointer)(Double...), const Values& values) {
  if (values.size() != sizeof...(Double)) throw std::invalid_argument("wrong number of arguments");
  return call_in_order(pointer, values, std::index_sequence_for<Double...>{});
}

double call_pointer(double (*)(const double*, int), const Values&) { throw std::invalid_argument("not of these"); }

double call(const std::string& name, const Values& values) {
  static const std::vector<ExpressionFunction> functions = survival_functions();
  const auto found = std::ranges::find(functions, name, &ExpressionFunction::name);
  if (found == functions.end()) throw std::invalid_argument(name);
  return std::visit([&](auto pointer) { return call_pointer(pointer, values); }, found->pointer);
}

/// A distribution with its parameters.
struct Case {
  std::string name;
  Values parameters;

  Values after(Values times) const {
    times.insert(times.end(), parameters.begin(), parameters.end());
    return times;
  }
  double survival(double t) const { return call("survival_" + name, after({t})); }
  double hazard(double t) const { return call("hazard_" + name, after({t})); }
  double event(double from, double to) const { return call("event_" + name, after({from, to})); }
};

std::string text_of(const Case& each) {
  std::string text = each.name;
  for (const double parameter : each.parameters) text += " " + std::to_string(parameter);
  return text;
}

/// The density of a case as text books have it.
double density(const Case& each, double t) {
  const Values& p = each.parameters;
  const double root_two_pi = std::sqrt(2 * std::numbers::pi);
  if (each.name == "exponential") return p[0] * std::exp(-p[0] * t);
  if (each.name == "weibull") return p[0] / p[1] * std::pow(t / p[1], p[0] - 1) * std::exp(-std::pow(t / p[1], p[0]));
  if (each.name == "gompertz") return p[1] * std::exp(p[0] * t - p[1] / p[0] * (std::exp(p[0] * t) - 1));
  if (each.name == "loglogistic")
    return p[0] / p[1] * std::pow(t / p[1], p[0] - 1) / std::pow(1 + std::pow(t / p[1], p[0]), 2);
  if (each.name == "gamma")
    return std::pow(p[1], p[0]) * std::pow(t, p[0] - 1) * std::exp(-p[1] * t) / std::tgamma(p[0]);
  const double w = (std::log(t) - p[0]) / p[1];
  if (each.name == "lognormal" || p[2] == 0) return std::exp(-w * w / 2) / (root_two_pi * p[1] * t);
  const double k = 1 / (p[2] * p[2]);
  return std::abs(p[2]) * std::pow(k, k) / (p[1] * t * std::tgamma(k)) * std::exp(k * (p[2] * w - std::exp(p[2] * w)));
}

double integral(const std::function<double(double)>& f, double from, double to) {
  // An infinite hazard or density at 0 can be integrated, but not by points that lie evenly.
  if (from == 0) return boost::math::quadrature::tanh_sinh<double>().integrate(f, from, to);
  return boost::math::quadrature::gauss_kronrod<double, 61>::integrate(f, from, to, 10, 1e-12);
}

const std::vector<Case> cases = {
    {"exponential", {0.3}},        {"weibull", {1.7, 8}},         {"weibull", {0.6, 3}},
    {"gompertz", {0.095, 0.01}},   {"gompertz", {-0.2, 0.1}},     {"loglogistic", {2.3, 6}},
    {"loglogistic", {0.8, 2}},     {"lognormal", {1.2, 0.7}},     {"gamma", {2.5, 0.4}},
    {"gamma", {0.5, 0.2}},         {"gengamma", {1.5, 0.8, 0.6}}, {"gengamma", {1.5, 0.8, -0.9}},
    {"gengamma", {0.5, 1.3, 1.8}}, {"gengamma", {1.5, 0.8, 0}},
};

Approx near(double expected) { return Approx(expected).epsilon(1e-12).margin(0); }

}  // namespace

TEST_CASE("survival is what the density leaves") {
  for (const Case& each : cases) {
    INFO(text_of(each));
    const auto f = [&](double t) { return density(each, t); };
    for (const double t : {0.5, 4.25, 12.0}) {
      CHECK(1 - each.survival(t) == Approx(integral(f, 0, t)).epsilon(1e-10));
      CHECK(each.hazard(t) * each.survival(t) == near(f(t)));
    }
  }
}

TEST_CASE("hazards integrate to minus the logarithm of survival") {
  for (const Case& each : cases) {
    INFO(text_of(each));
    const auto h = [&](double t) { return each.hazard(t); };
    for (const double t : {0.5, 4.25, 12.0})
      CHECK(-std::log(each.survival(t)) == Approx(integral(h, 0, t)).epsilon(1e-10));
    CHECK(-std::log1p(-each.event(4.25, 12)) == Approx(integral(h, 4.25, 12)).epsilon(1e-11));
  }
}

TEST_CASE("events are what survival loses, given survival so far") {
  for (const Case& each : cases) {
    INFO(text_of(each));
    for (const double from : {0.0, 0.5, 4.25, 12.0}) {
      for (const double length : {0.01, 1.0, 30.0})
        CHECK(each.event(from, from + length) ==
              Approx(1 - each.survival(from + length) / each.survival(from)).epsilon(1e-11).margin(1e-14));
    }
  }
}

TEST_CASE("cycles of a year and of a month agree") {
  for (const Case& each : cases) {
    INFO(text_of(each));
    double stayed = 1;
    for (int month = 0; month < 24; ++month) stayed *= 1 - each.event(month / 12.0, (month + 1) / 12.0);
    CHECK(stayed == near(each.survival(2)));
  }
}

TEST_CASE("distributions agree with another program at 4.25 years") {
  // mpmath with 60 digits: survival at 4.25, hazard there, event in (4.25, 4.5].
  struct Known {
    Case which;
    double survival, hazard, event;
  };
  const std::vector<Known> known = {
      {{"exponential", {0.3}}, 0.27943096822140734, 0.3, 0.072256513671447105},
      {{"weibull", {1.7, 8}}, 0.71091716824301836, 0.13647974253081092, 0.034219165248845903},
      {{"weibull", {0.6, 3}}, 0.29158453944821638, 0.17398945411456076, 0.042087844223944504},
      {{"gompertz", {0.095, 3.7e-5}}, 0.99980628304889278, 5.5404893082633275e-5, 1.4016918236793476e-5},
      {{"gompertz", {-0.2, 0.1}}, 0.75104287821148193, 0.042741493194872667, 0.010368508645869614},
      {{"loglogistic", {2.3, 6}}, 0.68850367565004471, 0.16857448141291697, 0.041929364548086792},
      {{"lognormal", {1.2, 0.7}}, 0.36214115800051504, 0.34795760985665243, 0.083229449110341686},
      {{"gamma", {2.5, 0.4}}, 0.63856992310379505, 0.19080427248003863, 0.047381860509907552},
      {{"gamma", {0.5, 0.2}}, 0.19228797711151982, 0.27204650834314339, 0.065399212272261219},
      {{"gengamma", {1.5, 0.8, 0.6}}, 0.44585636832985677, 0.25486974591858281, 0.062006577573418526},
      {{"gengamma", {1.5, 0.8, -0.9}}, 0.6440070528815025, 0.17013956795299316, 0.041395133882482228},
      {{"gengamma", {1.5, 0.8, 3e-6}}, 0.52645051880585263, 0.22239120192343994, 0.054106160764488012},
      {{"gengamma", {1.5, 0.8, -3e-6}}, 0.5264513166884832, 0.22239086480532222, 0.054106078758242271},
      {{"gengamma", {1.5, 0.8, 1e-5}}, 0.52644958794258304, 0.22239159522760039, 0.054106256438365857},
  };
  for (const Known& each : known) {
    INFO(text_of(each.which));
    const bool near_lognormal = each.which.name == "gengamma" && std::abs(each.which.parameters[2]) < 1e-4;
    const double tolerance = near_lognormal ? 1e-11 : 1e-13;
    CHECK(each.which.survival(4.25) == Approx(each.survival).epsilon(tolerance));
    CHECK(each.which.hazard(4.25) == Approx(each.hazard).epsilon(tolerance));
    CHECK(each.which.event(4.25, 4.5) == Approx(each.event).epsilon(near_lognormal ? 1e-10 : tolerance * 10));
  }
}

TEST_CASE("far tails keep their digits, even where survival is below the smallest number") {
  // mpmath with 60 digits: ln of survival at `from` and hazard there; event in (from, to].
  struct Tail {
    Case which;
    double from, to, log_survival, hazard, event;
  };
  const std::vector<Tail> tails = {
      {{"weibull", {1.7, 8}}, 370, 371, -677.15790552046842, 3.1112660523913413, 0.9555863465716832},
      {{"gompertz", {0.095, 3.7e-5}}, 170, 171, -4020.9989477219108, 381.99493703358153, 1},
      {{"loglogistic", {2.3, 6}}, 1e130, 2e130, -684.35189602599508, 2.3e-130, 0.79693690091094109},
      {{"lognormal", {1.2, 0.7}}, 1e13, 1.1e13, -847.1037895694564, 5.8674773936986064e-12, 0.99630792704729967},
      {{"lognormal", {1.2, 0.7}}, 1e30, 1.1e30, -4706.8833973666767, 1.3854034721736805e-28, 0.99999817434884612},
      {{"gamma", {2.5, 0.4}}, 1900, 1901, -750.33273218643058, 0.39921156441220339, 0.32915138034223188},
      {{"gamma", {2.5, 0.4}}, 1e5, 100001, -39984.389693271065, 0.39998500037499533, 0.32966989938990135},
      {{"gamma", {400, 8}}, 200, 201, -650.49685593976088, 6.006657444736913, 0.99754988125784163},
      {{"gengamma", {1.5, 0.8, 0.6}}, 2000, 2010, -260.24555319446377, 0.10047510962268721, 0.63363925633956733},
      {{"gengamma", {1.5, 0.1, -0.2}}, 2000, 2010, -282.5769532847205, 0.024999879293669881, 0.2207129981082958},
      {{"gengamma", {1.5, 0.02, -0.1}}, 1e9, 1.00001e9, -9514.8552754299592, 5e-7, 0.0049874959321712297},
  };
  for (const Tail& each : tails) {
    INFO(text_of(each.which));
    // A cumulative hazard H is good to about 1e-15 H, and with it the logarithm of all that is computed from it.
    const double error = 4e-15 * -each.log_survival;
    CHECK(each.which.survival(each.from) == Approx(std::exp(each.log_survival)).epsilon(error).margin(0));
    CHECK(each.which.hazard(each.from) == Approx(each.hazard).epsilon(error).margin(0));
    CHECK(each.which.event(each.from, each.to) == Approx(each.event).epsilon(0).margin(error));
  }
}

TEST_CASE("a survival of 1e-300 is met from both sides") {
  const double log_survival = 300 * std::log(10.0);
  CHECK(call("survival_exponential", {log_survival, 1}) == near(1e-300));
  CHECK(call("survival_weibull", {std::sqrt(log_survival), 2, 1}) == near(1e-300));
  CHECK(call("survival_gompertz", {std::log1p(log_survival), 1, 1}) == near(1e-300));
  CHECK(call("survival_gamma", {log_survival, 1, 1}) == near(1e-300));
  // The normal tail at z = 37.0471 (Wichura's AS 241: the quantile of 1e-300).
  CHECK(call("survival_lognormal", {std::exp(3.70471), 0, 0.1}) == Approx(1e-300).epsilon(1e-3).margin(0));
  CHECK(call("event_exponential", {1e6, 1e6 + 1, 0.3}) == near(-std::expm1(-0.3)));
}

TEST_CASE("short intervals keep their digits") {
  for (const Case& each : cases) {
    INFO(text_of(each));
    const double from = 8.3, to = from + 1e-6, length = to - from;
    // The lognormal and gamma tails are differences of logarithms, good to about 1e-15 whatever the length.
    const bool closed = each.name != "lognormal" && each.name != "gamma" && each.name != "gengamma";
    const double expected = -std::expm1(-each.hazard(from + length / 2) * length);
    CHECK(each.event(from, to) == Approx(expected).epsilon(closed ? 1e-12 : 1e-8));
  }
}

TEST_CASE("rounding makes no probability negative") {
  // About a survival of 1e-200 the tail is computed in another way.
  for (const Case& each : cases) {
    INFO(text_of(each));
    double before = 1e-3, after = 1e12;
    while (after / before > 1 + 1e-14) {
      const double middle = std::sqrt(before * after);
      (each.survival(middle) > 1e-200 ? before : after) = middle;
    }
    double t = before * (1 - 1e-14);
    for (int step = 0; step < 300; ++step) {
      const double next = std::nextafter(t, infinity);
      CHECK(each.event(t, next) >= 0);
      t = next;
    }
  }
}

TEST_CASE("generalised gamma is right where x is too small or too large for a number") {
  // For small times 1 - S is proportional to t^(1 / (q sigma)), and for large ones, under a negative q, S likewise.
  const Case early{"gengamma", {0, 1, 10}}, late{"gengamma", {0, 1, -10}};
  CHECK(early.event(0, std::exp(-80.0)) == Approx(std::exp(-2.0) * early.event(0, std::exp(-60.0))).epsilon(1e-12));
  CHECK(late.survival(std::exp(80.0)) == Approx(std::exp(-2.0) * late.survival(std::exp(60.0))).epsilon(1e-12));
  CHECK(early.hazard(std::exp(60.0)) >= 0);
  CHECK(late.survival(std::exp(-80.0)) == 1);
  CHECK(late.hazard(std::exp(-80.0)) == 0);
}

TEST_CASE("generalised gamma contains lognormal, Weibull, gamma and exponential") {
  for (const double t : {0.05, 0.5, 4.25, 30.0, 400.0}) {
    const auto same = [t](const Case& a, const Case& b) {
      INFO(text_of(a) << " at " << t);
      CHECK(a.survival(t) == near(b.survival(t)));
      CHECK(a.hazard(t) == near(b.hazard(t)));
      CHECK(a.event(t, t + 1) == Approx(b.event(t, t + 1)).epsilon(1e-12).margin(2e-15));
    };
    const double mu = 1.5, sigma = 0.8;
    same({"gengamma", {mu, sigma, 0}}, {"lognormal", {mu, sigma}});
    same({"gengamma", {mu, sigma, 1}}, {"weibull", {1 / sigma, std::exp(mu)}});
    same({"gengamma", {mu, sigma, sigma}}, {"gamma", {1 / (sigma * sigma), std::exp(-mu) / (sigma * sigma)}});
    same({"gengamma", {mu, 1, 1}}, {"exponential", {std::exp(-mu)}});
    same({"weibull", {1, 4}}, {"exponential", {0.25}});
    same({"gamma", {1, 0.25}}, {"exponential", {0.25}});
    same({"gompertz", {0, 0.25}}, {"exponential", {0.25}});
  }
}

TEST_CASE("generalised gamma is smooth where it turns lognormal") {
  for (const double t : {0.5, 4.25, 40.0}) {
    for (const double q : {3e-5, -3e-5}) {
      const Case inside{"gengamma", {1.5, 0.8, q * (1 - 1e-9)}}, outside{"gengamma", {1.5, 0.8, q * (1 + 1e-9)}};
      CHECK(inside.survival(t) == Approx(outside.survival(t)).epsilon(1e-9));
      CHECK(inside.hazard(t) == Approx(outside.hazard(t)).epsilon(1e-9));
    }
  }
}

TEST_CASE("at time zero nothing has happened, and hazards can be zero or infinite") {
  for (const Case& each : cases) {
    INFO(text_of(each));
    CHECK(each.survival(0) == 1);
    CHECK(each.event(0, 0) == 0);
    CHECK(each.event(3, 3) == 0);
    CHECK(each.event(0, 4.25) == near(1 - each.survival(4.25)));
  }
  CHECK(call("hazard_exponential", {0, 0.3}) == 0.3);
  CHECK(call("hazard_weibull", {0, 0.6, 3}) == infinity);
  CHECK(call("hazard_weibull", {0, 1, 4}) == 0.25);
  CHECK(call("hazard_weibull", {0, 1.7, 8}) == 0);
  CHECK(call("hazard_gompertz", {0, 0.095, 0.01}) == 0.01);
  CHECK(call("hazard_loglogistic", {0, 0.8, 2}) == infinity);
  CHECK(call("hazard_loglogistic", {0, 2.3, 6}) == 0);
  CHECK(call("hazard_lognormal", {0, 1.2, 0.7}) == 0);
  CHECK(call("hazard_gamma", {0, 0.5, 0.2}) == infinity);
  CHECK(call("hazard_gamma", {0, 1, 0.2}) == near(0.2));
  CHECK(call("hazard_gamma", {0, 2.5, 0.4}) == 0);
  CHECK(call("hazard_gengamma", {0, 1.5, 0.8, 0.6}) == 0);
  CHECK(call("hazard_gengamma", {0, 1.5, 0.8, -0.9}) == 0);
  CHECK(call("hazard_gengamma", {0, 1.5, 0.8, 1.5}) == infinity);
  CHECK(call("hazard_gengamma", {0, 1.5, 1, 1}) == near(std::exp(-1.5)));
  CHECK(call("hazard_gengamma", {0, 1.5, 2, 0.5}) == near(call("hazard_gengamma", {1e-60, 1.5, 2, 0.5})));
}

TEST_CASE("at the end of time all have had the event, except under a falling Gompertz hazard") {
  for (const Case& each : cases) {
    INFO(text_of(each));
    const bool some_never = each.name == "gompertz" && each.parameters[0] < 0;
    CHECK(each.survival(infinity) == (some_never ? near(std::exp(0.1 / -0.2)) : Approx(0).margin(0)));
    CHECK(each.event(2, infinity) == (some_never ? near(1 - each.survival(infinity) / each.survival(2)) : Approx(1)));
  }
  CHECK(call("survival_exponential", {infinity, 0}) == 1);
  CHECK(call("event_gompertz", {3, infinity, 0.1, 0}) == 0);
}

TEST_CASE("outside their domain distributions give no number") {
  for (const Case& each : cases) {
    INFO(text_of(each));
    CHECK(std::isnan(each.survival(-1)));
    CHECK(std::isnan(each.hazard(-1)));
    CHECK(std::isnan(each.hazard(infinity)));
    CHECK(std::isnan(each.event(-1, 2)));
    CHECK(std::isnan(each.event(2, 1)));
    for (std::size_t i = 0; i < each.parameters.size(); ++i) {
      Case unknown = each;
      unknown.parameters[i] = std::numeric_limits<double>::quiet_NaN();
      CHECK(std::isnan(unknown.survival(1)));
      CHECK(std::isnan(unknown.hazard(1)));
      CHECK(std::isnan(unknown.event(1, 2)));
    }
  }
  const std::vector<Case> invalid = {
      {"exponential", {-0.1}},    {"weibull", {0, 1}},     {"weibull", {1, 0}},           {"weibull", {-1, 1}},
      {"weibull", {1, infinity}}, {"gompertz", {0.1, -1}}, {"gompertz", {infinity, 1}},   {"loglogistic", {0, 1}},
      {"loglogistic", {1, -1}},   {"lognormal", {0, 0}},   {"lognormal", {infinity, 1}},  {"gamma", {0, 1}},
      {"gamma", {1, 0}},          {"gengamma", {0, 0, 1}}, {"gengamma", {0, 1, infinity}}};
  for (const Case& each : invalid) {
    INFO(text_of(each));
    CHECK(std::isnan(each.survival(1)));
    CHECK(std::isnan(each.hazard(1)));
    CHECK(std::isnan(each.event(1, 2)));
  }
}

}  // namespace myelin::markov::test
