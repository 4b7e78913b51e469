#include "program/unit.hpp"

#include <catch2/catch.hpp>

using namespace myelin;

namespace {

void check_unit(const std::string& text, Quantity quantity, const std::string& period, std::optional<double> low,
                std::optional<double> high) {
  INFO(text);
  const Unit unit = parse_unit(text);
  CHECK(unit.quantity == quantity);
  CHECK(unit.period == period);
  CHECK(unit.low == low);
  CHECK(unit.high == high);
  CHECK_FALSE(misspelt_unit(text));
}

}  // namespace

TEST_CASE("a known unit gives its quantity, period and range") {
  using enum Quantity;
  check_unit("probability", probability, "", 0.0, 1.0);
  check_unit("probability per year", probability, "year", 0.0, 1.0);
  check_unit("probability per month", probability, "month", 0.0, 1.0);
  check_unit("probability per cycle", probability, "cycle", 0.0, 1.0);
  check_unit("proportion", proportion, "", 0.0, 1.0);
  check_unit("per year", rate, "year", 0.0, {});
  check_unit("per week", rate, "week", 0.0, {});
  for (const char* text : {"hazard ratio", "rate ratio", "odds ratio", "relative risk", "ratio"})
    check_unit(text, ratio, "", 0.0, {});
  check_unit("utility", utility, "", {}, 1.0);
  check_unit("QALY", qaly, "", {}, {});
  check_unit("QALY per year", qaly, "year", {}, {});
  check_unit("years", years, "", 0.0, {});
  for (const char* text : {"number", "coefficient", "shape", "scale"}) check_unit(text, other, "", {}, {});
}

TEST_CASE("money begins with the code of its currency") {
  using enum Quantity;
  check_unit("GBP", money, "", {}, {});
  check_unit("GBP 2024/25", money, "", {}, {});
  check_unit("GBP 2024/25 per year", money, "year", {}, {});
  check_unit("USD unspecified per cycle", money, "cycle", {}, {});
  CHECK(parse_unit("GBPs 2024/25").quantity == other);
  CHECK(parse_unit("gbp 2024/25").quantity == other);
  CHECK(parse_unit("GB").quantity == other);
  CHECK(parse_unit("").quantity == other);
}

TEST_CASE("any other text is a unit of which nothing is known") {
  using enum Quantity;
  check_unit("lesions", other, "", {}, {});
  check_unit("relapses per year", other, "year", {}, {});
  check_unit("mmHg", other, "", {}, {});
}

TEST_CASE("a misspelt unit is recognised") {
  CHECK(misspelt_unit("probabilty") == "probability");
  CHECK(misspelt_unit("probabilty per year") == "probability per year");
  CHECK(misspelt_unit("Probability per year") == "probability per year");
  CHECK(misspelt_unit("hazard ration") == "hazard ratio");
  CHECK(misspelt_unit("Hazard ratio") == "hazard ratio");
  CHECK(misspelt_unit("odd ratio") == "odds ratio");
  CHECK(misspelt_unit("utlity") == "utility");
  CHECK(misspelt_unit("year") == "years");
  CHECK_FALSE(misspelt_unit("an unknown thing"));
}

TEST_CASE("a misspelt period is recognised") {
  CHECK(misspelt_unit("probability per yaer") == "probability per year");
  CHECK(misspelt_unit("per yaer") == "per year");
  CHECK(misspelt_unit("per years") == "per year");
  CHECK(misspelt_unit("QALY per moth") == "QALY per month");
  CHECK(misspelt_unit("GBP 2024/25 per cycel") == "GBP 2024/25 per cycle");
  CHECK_FALSE(misspelt_unit("GBP 2024/25 per visit"));
}

TEST_CASE("a period has its length in years") {
  CHECK(years_of_period("year") == 1.0);
  CHECK(years_of_period("month") == 1.0 / 12);
  CHECK(*years_of_period("week") == Approx(7 / 365.25).epsilon(1e-15));
  CHECK(*years_of_period("day") == Approx(1 / 365.25).epsilon(1e-15));
  CHECK_FALSE(years_of_period("cycle"));
  CHECK_FALSE(years_of_period(""));
  CHECK_FALSE(years_of_period("years"));
}

TEST_CASE("the units are described one a line, with their ranges") {
  const std::string text = describe_units();
  CHECK(text.find(
            "probability [per year]    0 to 1       probability of a transition, per cycle if no period is named") !=
        std::string::npos);
  CHECK(text.find("per year                  at least 0   rate (hazard, intensity): `per year`") != std::string::npos);
  CHECK(text.find("utility                   at most 1    quality of life, in QALYs per year") != std::string::npos);
  CHECK(text.find("GBP 2024/25 [per year]    any          money") != std::string::npos);
}
