#include "core/units.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

using namespace myelin;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

bool close(double a, double b, double relative = 1e-14) { return std::abs(a - b) <= relative * std::abs(b); }

}  // namespace

TEST_CASE("rates and probabilities convert by p = 1 - exp(-r t)") {
  // -expm1(-r t) in Python 3.11, and ln 2.
  CHECK(close(to_probability(RatePerYear(0.25), Years{1}).value(), 0.22119921692859512));
  CHECK(close(to_probability(RatePerYear(0.25), Years{0.5}).value(), 0.11750309741540454));
  CHECK(close(to_rate(Probability(0.3), Years{2}).value(), 0.17833747196936622));
  CHECK(close(to_rate(Probability(0.5), Years{1}).value(), 0.6931471805599453));
}

TEST_CASE("a probability survives the way to a rate and back over the same period") {
  for (const double p : {1e-300, 1e-17, 1e-9, 1e-4, 0.02, 0.3, 0.5, 0.9, 0.999}) {
    for (const double years : {1 / 365.25, 1.0 / 12, 1.0, 7.5}) {
      CAPTURE(p, years);
      CHECK(close(to_probability(to_rate(Probability(p), Years{years}), Years{years}).value(), p, 1e-12));
    }
  }
}

TEST_CASE("small rates and probabilities keep their digits") {
  // r t - (r t)^2 / 2 and p + p^2 / 2: the next terms are below the last digit. 1 - exp(-x) would be wrong by 1e-4.
  CHECK(close(to_probability(RatePerYear(1e-12), Years{1}).value(), 1e-12 - 5e-25));
  CHECK(close(to_rate(Probability(1e-12), Years{1}).value(), 1e-12 + 5e-25));
}

TEST_CASE("the impossible has rate 0 and the certain an infinite rate") {
  CHECK(to_rate(Probability(0), Years{1}).value() == 0);
  CHECK(to_probability(RatePerYear(0), Years{1}).value() == 0);
  CHECK(to_rate(Probability(1), Years{1}).value() == infinity);
  CHECK(to_probability(RatePerYear(infinity), Years{1}).value() == 1);
  CHECK(to_probability(RatePerYear(1000), Years{1}).value() == 1);
  CHECK(to_probability(RatePerYear(0.25), Years{0}).value() == 0);
}

TEST_CASE("a hazard ratio multiplies the rate, so that the survival is raised to its power") {
  const RatePerYear rate = to_rate(Probability(0.3), Years{1}) * HazardRatio(0.6);
  CHECK(close(to_probability(rate, Years{1}).value(), 0.1926556245527028));  // 1 - 0.7^0.6
  CHECK((HazardRatio(0.6) * HazardRatio(0.5)).value() == 0.3);
  CHECK((RatePerYear(0.25) * HazardRatio(0)).value() == 0);
}

TEST_CASE("rates and probabilities agree with the reference cases") {
  const std::string path = MYELIN_SOURCE_DIR "/../shared/methods/cases/rate_probability.json";
  if (!std::filesystem::exists(path)) {
    WARN("skipped: the reference cases are not at " << path);
    return;
  }
  const nlohmann::json file = nlohmann::json::parse(std::ifstream(path));
  std::map<std::string, nlohmann::json> cases;
  for (const nlohmann::json& one : file.at("cases")) cases[one.at("formula").get<std::string>()] = one;

  const nlohmann::json& to_p = cases.at("p=1-exp(-r t)");
  for (std::size_t i = 0; i < to_p["expected"].size(); ++i) {
    const RatePerYear rate(to_p["inputs"]["r"]);
    CHECK(close(to_probability(rate, Years{to_p["inputs"]["t"][i]}).value(), to_p["expected"][i], 1e-12));
  }
  const nlohmann::json& to_r = cases.at("r=-ln(1-p)/t");
  CHECK(close(to_rate(Probability(to_r["inputs"]["p"]), Years{to_r["inputs"]["t"]}).value(), to_r["expected"], 1e-12));

  const nlohmann::json& rescale = cases.at("rescale 2-state only: p2=1-(1-p1)^(t2/t1)");
  const RatePerYear rate = to_rate(Probability(rescale["inputs"]["p1"]), Years{rescale["inputs"]["t1"]});
  CHECK(close(to_probability(rate, Years{rescale["inputs"]["t2"]}).value(), rescale["expected"], 1e-12));

  const nlohmann::json& ratio = cases.at("HR on hazard: p=1-(1-p0)^HR");
  const RatePerYear lowered =
      to_rate(Probability(ratio["inputs"]["p0"]), Years{1}) * HazardRatio(ratio["inputs"]["HR"]);
  CHECK(close(to_probability(lowered, Years{1}).value(), ratio["expected"], 1e-12));
}

#ifdef MYELIN_CONTRACTS
TEST_CASE("what is no probability, rate or hazard ratio breaks a contract") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double value : {-1e-9, 1 + 1e-9, nan}) CHECK_THROWS_AS(Probability(value), ContractViolation);
  for (const double value : {-1e-9, nan}) {
    CHECK_THROWS_AS(RatePerYear(value), ContractViolation);
    CHECK_THROWS_AS(HazardRatio(value), ContractViolation);
  }
}
#endif
