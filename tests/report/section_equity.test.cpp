#include <catch2/catch.hpp>

#include "economics/equity.hpp"
#include "report/answered_run.hpp"

using namespace myelin;
using namespace myelin::report;
using namespace myelin::report::test;
using Catch::Matchers::Contains;
using Json = nlohmann::ordered_json;

namespace {

std::string parameter(const std::string& name, double value, const std::string& unit) {
  return name + " = { value = " + std::to_string(value) + ", unit = \"" + unit +
         "\", source = \"TRIAL\", grade = \"read\" }\n";
}

std::string group(const std::string& name, double patients, double cost, double health) {
  return "\n[equity.groups." + name + "]\nlabel = \"" + name + " group\"\n" +
         parameter("population_share", 0.5, "proportion") + parameter("patient_share", patients, "proportion") +
         parameter("opportunity_cost_share", cost, "proportion") + parameter("baseline_health", health, "QALY");
}

const std::string question = "\n[equity]\nstrategy = \"drug\"\nversus = \"none\"\n" +
                             parameter("people", 10000, "people") + parameter("patients", 200, "patients") +
                             parameter("cost_per_qaly_forgone", 15000, "GBP 2024/25 per QALY");
const std::string aversions = parameter("atkinson", 10.95, "factor") + parameter("kolm", 0.15, "per QALY");
const std::string groups = group("poor", 0.6, 0.7, 62) + group("rich", 0.4, 0.3, 75);

}  // namespace

TEST_CASE("the distribution of health is that of the run's increments") {
  const AnsweredRun asked(question + aversions + groups);
  const Section section = asked.answer(equity_section);
  const double cost = asked.mean(1, "cost") - asked.mean(0, "cost"),
               qaly = asked.mean(1, "qaly") - asked.mean(0, "qaly");
  const economics::EquityInput input{
      10000, 200, cost, 15000, {{"poor", 0.5, 0.6, 0.7, 62, qaly}, {"rich", 0.5, 0.4, 0.3, 75, qaly}}};
  const auto atkinson = economics::analyse_equity(input, {economics::WelfareFunction::atkinson, 10.95}).value();
  const auto kolm = economics::analyse_equity(input, {economics::WelfareFunction::kolm, 0.15}).value();
  const auto near = [](double value) { return Approx(value).epsilon(1e-9).margin(1e-12); };
  CHECK(section.json["total_health"].get<double>() == near(200 * qaly - 200 * cost / 15000));
  CHECK(section.json["groups"][0]["gain"].get<double>() == near(200 * 0.6 * qaly / 5000));
  CHECK(section.json["groups"][1]["opportunity_cost"].get<double>() == near(200 * cost / 15000 * 0.3 / 5000));
  REQUIRE(section.json["welfare"].size() == 2);
  CHECK(section.json["welfare"][0]["function"] == "atkinson");
  CHECK(section.json["welfare"][0]["equivalent_gain"].get<double>() == near(atkinson.equivalent_gain));
  CHECK(section.json["welfare"][0]["change_of_inequality"].get<double>() == near(atkinson.impact.inequality));
  CHECK(section.json["welfare"][1]["equity_part"].get<double>() == near(kolm.equity_part));
  CHECK_THAT(to_text(section.document),
             Contains("Atkinson, epsilon = 10.95") && Contains("Kolm, alpha = 0.15 per QALY"));
  CHECK_THAT(to_text(section.document), Contains("200 patients receive Drug in place of No drug"));
}

TEST_CASE("one social welfare function is enough") {
  const Section section = AnsweredRun(question + parameter("kolm", 0.15, "per QALY") + groups).answer(equity_section);
  REQUIRE(section.json["welfare"].size() == 1);
  CHECK(section.json["welfare"][0]["function"] == "kolm");
}

TEST_CASE("what the question of equity lacks is told, all at once") {
  CHECK(AnsweredRun("").is_silent(equity_section));
  CHECK(AnsweredRun("\n[equity]\nstrategy = \"drug\"\n").mistakes(equity_section).size() == 6);
  std::string text = question;
  text.replace(text.find("\"none\""), 6, "\"drug\"");
  const Lines lines = AnsweredRun(text).mistakes(equity_section);
  REQUIRE(lines.size() == 3);
  CHECK_THAT(lines[0], Contains("equity.strategy and equity.versus are the same"));
  CHECK_THAT(lines[1], Contains("no groups of people"));
  CHECK_THAT(lines[2], Contains("equity.atkinson or equity.kolm"));
  const Lines shares = AnsweredRun(question + aversions + group("poor", 0.6, 0.7, 62) + group("rich", 0.5, 0.3, 75))
                           .mistakes(equity_section);
  REQUIRE(shares.size() == 1);
  CHECK_THAT(shares[0], Contains("scenario.toml:"));
}
