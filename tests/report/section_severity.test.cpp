#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "report/answered_run.hpp"

using namespace myelin;
using namespace myelin::report;
using namespace myelin::report::test;
using Catch::Matchers::Contains;
using Json = nlohmann::ordered_json;

namespace {

const std::string keys = R"-(
[severity]
standard_care = "none"
mortality = "mortality.csv"
utility = "general.csv"
start_age = { value = 39, unit = "years", source = "TRIAL", grade = "read" }
female_share = { value = 0.75, unit = "proportion", source = "TRIAL", grade = "read" }
)-";

const std::string equal_value = R"-(
[equal_value]
utility = { value = 0.851, unit = "utility", source = "TRIAL", grade = "read" }
)-";

/// The engine's probabilities have 31 bits, those of the pencil more.
constexpr double quantised = 1e-8;

/// From age 41 on, twice as many of the women die; men always 0.03.
double death(bool woman, int age) { return woman ? (age < 41 ? 0.01 : 0.02) : 0.03; }
double utility(bool woman, int age) { return (woman ? 0.9 : 0.8) - 0.001 * age; }

std::string table(const std::string& unit, double (*value)(bool, int)) {
  std::string text = "sex,age,value,unit,source,grade\n";
  for (const bool woman : {true, false}) {
    for (int age = 0; age <= 100; ++age)
      text += fmt::format("{},{},{},{},TRIAL,read\n", woman ? "female" : "male", age, value(woman, age), unit);
  }
  return text;
}

AnsweredRun ask(const std::string& scenario,
                const std::vector<std::string>& overrides = {"analysis.reference_case=nice"}) {
  return AnsweredRun(
      scenario, {{"mortality.csv", table("probability per year", death)}, {"general.csv", table("utility", utility)}},
      overrides);
}

/// QALYs left to the general population over the run's six years.
double general_population() {
  double qalys = 0;
  for (const bool woman : {true, false}) {
    double alive = woman ? 0.75 : 0.25;
    for (int t = 0; t <= 6; ++t) {
      qalys += weight(static_cast<std::size_t>(t)) * alive * utility(woman, 39 + t);
      alive *= 1 - death(woman, 39 + t);
    }
  }
  return qalys;
}

}  // namespace

TEST_CASE("shortfall is told against the general population of the patients' age and sex") {
  const AnsweredRun asked = ask(keys);
  const Section section = asked.answer(severity_section);
  const Json& shortfall = section.json["shortfall"];
  const double general = general_population(), own = asked.mean(0, "qaly");
  CHECK(shortfall["general_population_qalys"].get<double>() == Approx(general).epsilon(1e-12));
  CHECK(shortfall["standard_care_qalys"]["mean"].get<double>() == Approx(own).epsilon(1e-12));
  CHECK(shortfall["absolute_shortfall"].get<double>() == Approx(general - own).epsilon(1e-12));
  CHECK(shortfall["proportional_shortfall"].get<double>() == Approx(1 - own / general).epsilon(1e-12));
  CHECK(shortfall["weight"] == 1.0);
  CHECK_FALSE(section.json.contains("equal_value"));
  CHECK_THAT(to_text(section.document), Contains("QALYs left to the general population"));
  CHECK_THAT(to_text(section.document), Contains("1.2 from 12 QALYs or 85.0 %, 1.7 from 18 QALYs or 95.0 %"));
}

TEST_CASE("the general population dies within parts of a year at the rate of the year") {
  const AnsweredRun half =
      ask(keys, {"analysis.reference_case=nice", "analysis.cycle_length_years=0.5", "severity.start_age=39.5",
                 "severity.female_share=1", "transitions.state.probabilities={ \"Well->Dead\" = 0.05 }"});
  double alive = 1, qalys = 0;
  for (int t = 0; t <= 12; ++t) {
    const int age = static_cast<int>(39.5 + 0.5 * t);
    qalys += 0.5 * std::pow(1.035, -0.5 * t) * alive * utility(true, age);
    alive *= std::sqrt(1 - death(true, age));
  }
  CHECK(half.answer(severity_section).json["shortfall"]["general_population_qalys"].get<double>() ==
        Approx(qalys).epsilon(1e-12));
}

TEST_CASE("weighted QALYs enter increments, ratio and net benefit") {
  const AnsweredRun asked =
      ask(keys, {"analysis.reference_case=nice", "parameters.u_well=0.09", "parameters.u_ill=0.05"});
  const Section section = asked.answer(severity_section);
  const double shortfall = section.json["shortfall"]["proportional_shortfall"];
  CHECK(shortfall > 0.85);
  CHECK(shortfall < 0.95);
  CHECK(section.json["shortfall"]["weight"] == 1.2);
  const double cost = asked.mean(1, "cost") - asked.mean(0, "cost"),
               qaly = asked.mean(1, "qaly") - asked.mean(0, "qaly");
  REQUIRE(section.json["shortfall"].contains("weighted"));
  const Json& drug = section.json["shortfall"]["weighted"].at(0);
  CHECK(drug["strategy"] == "drug");
  CHECK(drug["qaly"]["mean"].get<double>() == Approx(1.2 * qaly).epsilon(1e-12));
  CHECK(drug["icer"].get<double>() == Approx(cost / (1.2 * qaly)).epsilon(1e-12));
  CHECK(drug["nmb"]["20000"]["mean"].get<double>() == Approx(20000 * 1.2 * qaly - cost).epsilon(1e-12));
  CHECK_THAT(to_text(section.document), Contains("QALYs weighted by 1.2"));
}

TEST_CASE("life years gained count equally however ill those are who live longer") {
  const AnsweredRun asked = ask(equal_value, {});
  const Section section = asked.answer(severity_section);
  CHECK_FALSE(section.json.contains("shortfall"));
  double qaly = 0, equal = 0, years = 0;
  for (std::size_t t = 0; t <= 6; ++t) {
    const double alive = treated.well[t] + treated.ill[t], before = untreated.well[t] + untreated.ill[t];
    const double qalys = 0.9 * treated.well[t] + 0.5 * treated.ill[t],
                 qalys_before = 0.9 * untreated.well[t] + 0.5 * untreated.ill[t];
    qaly += weight(t) * (qalys - qalys_before);
    equal += weight(t) * (qalys - qalys_before + std::max(0.0, alive - before) * (0.851 - qalys / alive));
    years += weight(t) * (alive - before);
  }
  const double cost = asked.mean(1, "cost") - asked.mean(0, "cost");
  const Json& drug = section.json["equal_value"].at(0);
  CHECK(drug["life_years"].get<double>() == Approx(years).epsilon(quantised));
  CHECK(drug["qaly"].get<double>() == Approx(qaly).epsilon(quantised));
  CHECK(drug["evlyg"].get<double>() == Approx(equal).epsilon(quantised));
  CHECK(drug["cost_per_evlyg"].get<double>() == Approx(cost / equal).epsilon(quantised));
  CHECK(equal > qaly);
  CHECK_THAT(to_text(section.document), Contains("evLYG"));
}

TEST_CASE("what the question of severity lacks is told at its place, all at once") {
  CHECK(AnsweredRun("").is_silent(severity_section));
  const Lines lines = AnsweredRun("\n[severity]\nstandard_care = \"nobody\"\n").mistakes(severity_section);
  REQUIRE(lines.size() == 6);
  for (std::size_t i = 0; i < 4; ++i) CHECK_THAT(lines[i], Contains("severity is asked for without severity."));
  CHECK_THAT(lines[0], Contains("scenario.toml:") && Contains("severity.mortality"));
  CHECK_THAT(lines[4], Contains("analysis.reference_case = \"nice\""));
  CHECK_THAT(lines[5], Contains("the run has no strategy 'nobody'"));
  const Lines unknown =
      ask(keys, {"analysis.reference_case=nice", "severity.standard_care=non"}).mistakes(severity_section);
  REQUIRE(unknown.size() == 1);
  CHECK_THAT(unknown[0], Contains("--set severity.standard_care") && Contains("did you mean 'none'?"));
}
