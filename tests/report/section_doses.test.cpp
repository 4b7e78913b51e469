#include <catch2/catch.hpp>

#include "report/answered_run.hpp"

using namespace myelin;
using namespace myelin::report;
using namespace myelin::report::test;
using Catch::Matchers::Contains;
using Json = nlohmann::ordered_json;

namespace {

const std::string keys = R"-(
[prices.doses.infusion]
label = "The infusion"
dose = { value = 2, unit = "mg per kg", source = "TRIAL", grade = "read" }
weight_mean = { value = 70, unit = "kg", source = "TRIAL", grade = "read" }
weight_sd = { value = 12, unit = "kg", source = "TRIAL", grade = "read" }

[prices.doses.infusion.vials.small]
content = { value = 50, unit = "mg", source = "TRIAL", grade = "read" }
price = { value = 10, unit = "GBP 2024/25", source = "TRIAL", grade = "read" }
)-";

const std::string large_vial = R"-(
[prices.doses.infusion.vials.large]
content = { value = 100, unit = "mg", source = "TRIAL", grade = "read" }
price = { value = 15, unit = "GBP 2024/25", source = "TRIAL", grade = "read" }
)-";

double beyond(double standard_deviations) { return std::erfc(standard_deviations / std::sqrt(2.0)) / 2; }

/// The share of patients whose dose is more than so many mg, by normal weights above 0.
double normal_beyond(double dose_mg) { return beyond((dose_mg / 2 - 70) / 12) / beyond(-70.0 / 12); }

/// The same by lognormal weights.
double lognormal_beyond(double dose_mg) {
  if (dose_mg == 0) return 1;
  const double variance = std::log(1 + 12.0 * 12 / (70 * 70));
  return beyond((std::log(dose_mg / 2) - std::log(70.0) + variance / 2) / std::sqrt(variance));
}

/// The number of vials of 50 mg: one more for each patient whose dose exceeds those before.
template <class Beyond>
double small_vials(const Beyond& share_beyond) {
  double vials = 0;
  for (int opened = 0; opened < 20; ++opened) vials += share_beyond(50.0 * opened);
  return vials;
}

std::string replaced(const std::string& from, const std::string& to) {
  std::string text = keys;
  text.replace(text.find(from), from.size(), to);
  return text;
}

}  // namespace

TEST_CASE("a dose out of one size of vial takes one more vial for each dose beyond those before") {
  const Section section = AnsweredRun(keys).answer(doses_section);
  CHECK(section.key == "doses");
  REQUIRE(section.json.size() == 1);
  const Json& dose = section.json[0];
  CHECK(dose["name"] == "infusion");
  CHECK(dose["label"] == "The infusion");
  const double vials = small_vials(normal_beyond), mean_mg = 140;
  CHECK(dose["mean_dose_mg"].get<double>() == Approx(mean_mg).epsilon(1e-7));
  CHECK(dose["whole_vials"]["vials"]["small"].get<double>() == Approx(vials).epsilon(1e-8));
  CHECK(dose["whole_vials"]["cost"].get<double>() == Approx(10 * vials).epsilon(1e-8));
  CHECK(dose["whole_vials"]["share_wasted"].get<double>() == Approx(1 - mean_mg / (50 * vials)).epsilon(1e-6));
  CHECK(dose["vials_shared"]["cost"].get<double>() == Approx(28).epsilon(1e-7));
  CHECK(dose["vials_shared"]["share_wasted"] == 0.0);
  CHECK(dose["vials_shared"]["vials"]["small"].get<double>() == Approx(2.8).epsilon(1e-7));
  CHECK_THAT(to_text(section.document), Contains("What a dose by body weight comes to (GBP, prices of 2024/25)") &&
                                            Contains("The infusion") && Contains("140.0") && Contains("28.00") &&
                                            Contains("50 mg"));
}

TEST_CASE("body weights are lognormal where the scenario says so") {
  const Json json =
      AnsweredRun(replaced("label", "weight_distribution = \"lognormal\"\nlabel")).answer(doses_section).json;
  const double vials = small_vials(lognormal_beyond);
  CHECK(vials != Approx(small_vials(normal_beyond)).epsilon(1e-6));
  CHECK(json[0]["whole_vials"]["cost"].get<double>() == Approx(10 * vials).epsilon(1e-8));
  CHECK(json[0]["mean_dose_mg"].get<double>() == Approx(140).epsilon(1e-12));
}

TEST_CASE("of two sizes the cheapest vials cover the dose") {
  // One of 100 mg costs less than two of 50 mg: the last 50 mg of a dose come out of a small vial or complete a large.
  const Json use = AnsweredRun(keys + large_vial).answer(doses_section).json[0]["whole_vials"];
  double small = 0, large = 0;
  for (int opened = 0; opened < 20; ++opened) {
    small += (opened % 2 == 0 ? 1 : -1) * normal_beyond(50.0 * opened);
    large += opened % 2 == 0 ? 0 : normal_beyond(50.0 * opened);
  }
  CHECK(use["vials"]["small"].get<double>() == Approx(small).epsilon(1e-8));
  CHECK(use["vials"]["large"].get<double>() == Approx(large).epsilon(1e-8));
  CHECK(use["cost"].get<double>() == Approx(10 * small + 15 * large).epsilon(1e-8));
}

TEST_CASE("a dose asks for no other price, and nothing asks for a dose by itself") {
  CHECK(AnsweredRun("").is_silent(doses_section));
  CHECK(AnsweredRun(keys).is_silent(prices_section));
}

TEST_CASE("mistakes in all doses are told together, each at its dose") {
  std::string other = replaced("value = 70", "value = 20");
  for (std::size_t at; (at = other.find("infusion")) != std::string::npos;) other.replace(at, 8, "injection");
  const AnsweredRun asked(replaced("value = 2,", "value = 0,") + other);
  CHECK(check_questions(Questions::of(asked.material())).size() == 2);
  const Lines lines = asked.mistakes(doses_section);
  REQUIRE(lines.size() == 2);
  CHECK_THAT(lines[0], Contains("scenario.toml:") && Contains("the dose is not above 0") &&
                           Contains("give it in mg per kg of body weight"));
  CHECK_THAT(lines[1], Contains("scenario.toml:") && Contains("has many weights below 0") &&
                           Contains("use the lognormal distribution"));
  CHECK(lines[0].substr(0, 20) != lines[1].substr(0, 20));
  const Lines none = AnsweredRun(keys.substr(0, keys.find("[prices.doses.infusion.vials"))).mistakes(doses_section);
  REQUIRE(none.size() == 1);
  CHECK_THAT(none[0], Contains("scenario.toml:") && Contains("there are no vials"));
  const Lines empty = AnsweredRun(replaced("content = { value = 50", "content = { value = 0")).mistakes(doses_section);
  REQUIRE(empty.size() == 1);
  CHECK_THAT(empty[0], Contains("a vial of 0 mg"));
  const Lines many =
      AnsweredRun(replaced("content = { value = 50", "content = { value = 0.0005")).mistakes(doses_section);
  REQUIRE(many.size() == 1);
  CHECK_THAT(many[0], Contains("ways to make up") && Contains("leave out the smallest sizes"));
}
