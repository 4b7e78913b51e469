#include <algorithm>
#include <catch2/catch.hpp>

#include "report/answered_run.hpp"

using namespace myelin;
using namespace myelin::report;
using namespace myelin::report::test;
using Catch::Matchers::Contains;
using Json = nlohmann::ordered_json;

namespace {

const std::string price = R"-(
[prices.negotiated.drug]
label = "The drug"
inputs = ["parameters.c_drug"]
)-";

const std::string agreement = R"-(
[prices.agreements.drug]
list_price = { value = 125, unit = "GBP 2024/25", source = "TRIAL", grade = "read" }
from_units = [0, 1000, 2000]
rebates = [0, 0.1, 0.25]
)-";

const std::string budget = R"-(
[budget]
first_year = 2026
entry = "start_of_year"
prevalent_patients = { value = 1000, unit = "patients", source = "TRIAL", grade = "read" }
incident_patients = { value = 100, unit = "patients per year", source = "TRIAL", grade = "read" }

[budget.strategies.none]
share_before = 1
share_without = [1, 1, 1]
share_with = [0.9, 0.7, 0.5]

[budget.strategies.drug]
share_before = 0
share_without = [0, 0, 0]
share_with = [0.1, 0.3, 0.5]
)-";

/// Half of the patients are on the drug already; all are with the new therapy.
const std::string used_before = R"-(
[budget]
first_year = 2026
entry = "start_of_year"
prevalent_patients = { value = 1000, unit = "patients", source = "TRIAL", grade = "read" }
incident_patients = { value = 0, unit = "patients per year", source = "TRIAL", grade = "read" }

[budget.strategies.none]
share_before = 0.5
share_without = [0.5, 0.5]
share_with = [0, 0]

[budget.strategies.drug]
share_before = 0.5
share_without = [0.5, 0.5]
share_with = [1, 1]
)-";

/// What a patient who started pays for the drug in a year since start, the mean of the year's start and end.
double spent(std::size_t year) {
  const auto alive = [](std::size_t t) { return treated.well[t] + treated.ill[t]; };
  return 500 * (alive(year) + alive(year + 1)) / 2;
}

double rebate_on(double units) {
  return 125 * (0.1 * std::clamp(units - 1000, 0.0, 1000.0) + 0.25 * std::max(units - 2000, 0.0));
}

double number(const Json& json, const char* key) { return json[key].get<double>(); }

Lines mistakes(const std::string& keys) { return AnsweredRun(keys).mistakes(agreements_section); }

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

}  // namespace

TEST_CASE("an agreement rebates what the patients of each year buy") {
  const AnsweredRun asked(price + agreement + budget);
  const Section section = asked.answer(agreements_section);
  CHECK(section.key == "agreements");
  REQUIRE(section.json["agreements"].size() == 1);
  const Json& drug = section.json["agreements"][0];
  CHECK(drug["price"] == "drug");
  CHECK(drug["label"] == "The drug");
  CHECK(drug["list_price"] == 125.0);
  // 110, 250 and 290 patients start in the three years.
  const double starts[] = {110, 250, 290};
  const Json impact = asked.answer(budget_section).json["years"];
  double cumulative = 0;
  REQUIRE(drug["with"].size() == 3);
  for (std::size_t year = 0; year < 3; ++year) {
    double units = 0;
    for (std::size_t start = 0; start <= year; ++start) units += starts[start] * spent(year - start) / 125;
    const double rebate = rebate_on(units), difference = number(impact[year], "difference") - rebate;
    cumulative += difference;
    CHECK(drug["with"][year]["year"] == 2026 + year);
    CHECK(number(drug["with"][year], "units") == Approx(units).epsilon(1e-8));
    CHECK(number(drug["with"][year], "rebate") == Approx(rebate).epsilon(1e-7).margin(1e-6));
    CHECK(number(drug["with"][year], "expenditure") == Approx(125 * units - rebate).epsilon(1e-8));
    CHECK(number(drug["with"][year], "average_net_price") == Approx(125 - rebate / units).epsilon(1e-8));
    CHECK(drug["without"][year]["units"] == 0.0);
    CHECK(drug["without"][year]["average_net_price"].is_null());
    const Json& net = section.json["budget_impact"][year];
    CHECK(number(net, "cost_without") == Approx(number(impact[year], "cost_without")).epsilon(1e-12));
    CHECK(number(net, "cost_with") == Approx(number(impact[year], "cost_with") - rebate).epsilon(1e-8));
    CHECK(number(net, "difference") == Approx(difference).epsilon(1e-7));
    CHECK(number(net, "cumulative") == Approx(cumulative).epsilon(1e-7));
  }
  // Each of the three tiers is the last of some year.
  CHECK(number(drug["with"][0], "units") < 1000);
  CHECK(number(drug["with"][0], "rebate") == 0);
  CHECK((number(drug["with"][1], "units") > 1000 && number(drug["with"][1], "units") < 2000));
  CHECK(number(drug["with"][2], "units") > 2000);
  CHECK_THAT(to_text(section.document), Contains("Price-volume agreement on The drug, with the new therapy") &&
                                            Contains("Budget impact net of rebates (GBP, prices of 2024/25)") &&
                                            Contains("2028"));
}

TEST_CASE("an agreement holds without the new therapy too") {
  const AnsweredRun asked(price + agreement + used_before);
  const Section section = asked.answer(agreements_section);
  const Json impact = asked.answer(budget_section).json["years"];
  // Those on the drug before the first year buy what its patients do in the last, the second after their start.
  const double without = 500 * spent(1) / 125, with[] = {without + 500 * spent(0) / 125, 2 * without};
  for (std::size_t year = 0; year < 2; ++year) {
    const Json& net = section.json["budget_impact"][year];
    CHECK(number(section.json["agreements"][0]["without"][year], "units") == Approx(without).epsilon(1e-8));
    CHECK(number(section.json["agreements"][0]["with"][year], "units") == Approx(with[year]).epsilon(1e-8));
    CHECK(rebate_on(without) > 1000);
    CHECK(number(net, "cost_without") ==
          Approx(number(impact[year], "cost_without") - rebate_on(without)).epsilon(1e-8));
    CHECK(number(net, "difference") ==
          Approx(number(impact[year], "difference") - rebate_on(with[year]) + rebate_on(without)).epsilon(1e-7));
  }
}

TEST_CASE("what is paid once at the start is bought by those who start, and each agreement rebates its own price") {
  const std::string course = R"-(
[parameters.c_course]
value = 200
unit = "GBP 2024/25"
source = "TRIAL"
grade = "read"

[rewards.course]
outcome = "cost"
at_start = "treated * c_course"

[prices.negotiated.course]
label = "The course"
inputs = ["parameters.c_course"]

[prices.agreements.course]
list_price = { value = 200, unit = "GBP 2024/25", source = "TRIAL", grade = "read" }
from_units = [0]
rebates = [0.5]
)-";
  const AnsweredRun asked(price + agreement + course + budget);
  const Json json = asked.answer(agreements_section).json;
  const Json alone = AnsweredRun(price + agreement + budget).answer(agreements_section).json;
  const Json impact = asked.answer(budget_section).json["years"];
  REQUIRE(json["agreements"].size() == 2);
  const double starts[] = {110, 250, 290};
  for (std::size_t year = 0; year < 3; ++year) {
    CHECK(number(json["agreements"][1]["with"][year], "units") == Approx(starts[year]).epsilon(1e-12));
    CHECK(number(json["agreements"][1]["with"][year], "rebate") == Approx(100 * starts[year]).epsilon(1e-12));
    CHECK(number(json["agreements"][0]["with"][year], "units") ==
          Approx(number(alone["agreements"][0]["with"][year], "units")).epsilon(1e-10));
    const double rebates = 100 * starts[year] + number(json["agreements"][0]["with"][year], "rebate");
    CHECK(number(json["budget_impact"][year], "difference") ==
          Approx(number(impact[year], "difference") - rebates).epsilon(1e-8));
  }
}

TEST_CASE("mistakes in agreements are told at their place, all at once") {
  CHECK(AnsweredRun("").is_silent(agreements_section));
  CHECK(AnsweredRun(price + budget).is_silent(agreements_section));
  const Lines no_budget = mistakes(price + agreement);
  REQUIRE(no_budget.size() == 1);
  CHECK_THAT(no_budget[0],
             Contains("scenario.toml:") && Contains("nothing says how many patients") && Contains("add [budget]"));
  const Lines misspelt = mistakes(price + replaced(agreement, "agreements.drug", "agreements.drugs") + budget);
  REQUIRE(misspelt.size() == 1);
  CHECK_THAT(misspelt[0], Contains("scenario.toml:") && Contains("'drugs', which is no negotiated price") &&
                              Contains("did you mean 'drug'?"));
  const Lines unnamed = mistakes(agreement + budget);
  REQUIRE(unnamed.size() == 1);
  CHECK_THAT(unnamed[0], Contains("add [prices.negotiated.drug] with a label and the inputs"));

  std::string text = replaced(agreement, "[0, 0.1, 0.25]", "[0, 0.1]");
  text = replaced(text, "[0, 1000, 2000]", "[500, 1000, 2000]");
  const Lines together = mistakes(replaced(price, "c_drug", "c_drugs") + text);
  REQUIRE(together.size() == 3);
  for (const std::string& line : together) CHECK_THAT(line, Contains("scenario.toml:"));
  CHECK_THAT(together[0], Contains("prices.agreements.drug has 2 rebates for 3 tiers"));
  CHECK_THAT(together[1], Contains("the tiers do not rise from 0 units"));
  CHECK_THAT(together[2], Contains("nothing says how many patients"));

  std::string twice = price + agreement;
  for (std::size_t at; (at = twice.find(".drug]")) != std::string::npos;) twice.replace(at, 6, ".same]");
  const Lines shared = mistakes(price + agreement + twice + budget);
  REQUIRE(shared.size() == 1);
  CHECK_THAT(shared[0], Contains("the agreements on 'drug' and 'same' rebate the same input") &&
                            Contains("let each input be part of one price"));
  CHECK_THAT(mistakes(replaced(price, "c_drug", "p_ill") + agreement + budget).at(0),
             Contains("The drug changes how patients live"));
}

TEST_CASE("a run that does not tell its lives answers for no agreement") {
  const AnsweredRun asked(price + agreement + budget);
  Material material = asked.material();
  material.lives = nullptr;
  const auto section = agreements_section(material);
  REQUIRE_FALSE(section);
  REQUIRE(section.error().size() == 1);
  CHECK_THAT(section.error()[0].problem, Contains("does not tell what its strategies would cost at other prices"));
}

TEST_CASE("mistakes in what an agreement rests on are told once, before a run and after it") {
  const AnsweredRun asked(replaced(price, "c_drug", "c_drugs") + agreement +
                          replaced(budget, "first_year = 2026\n", ""));
  const auto sections = make_sections(asked.material());
  REQUIRE_FALSE(sections);
  for (const Diagnostics& problems : {sections.error(), check_questions(Questions::of(asked.material()))}) {
    REQUIRE(problems.size() == 2);
    CHECK_THAT(problems[0].problem, Contains("no input is called 'parameters.c_drugs'"));
    CHECK_THAT(problems[1].problem, Contains("budget is asked for without budget.first_year"));
  }
}

TEST_CASE("an agreement is not answered on prices or patients that are mistaken") {
  const Lines bad_price = mistakes(replaced(price, "c_drug", "c_drugs") + agreement + budget);
  REQUIRE(bad_price.size() == 1);
  CHECK_THAT(bad_price[0], Contains("scenario.toml:") && Contains("did you mean 'parameters.c_drug'?"));
  const Lines bad_shares = mistakes(price + agreement + replaced(budget, "[0.1, 0.3, 0.5]", "[0.1, 0.2, 0.5]"));
  REQUIRE(bad_shares.size() == 1);
  CHECK_THAT(bad_shares[0], Contains("scenario.toml:") && Contains("of year 2 with the new therapy sum to"));
}

TEST_CASE("an agreement's own mistakes are found before a run") {
  const AnsweredRun asked(price + replaced(agreement, "[0, 0.1, 0.25]", "[0, 0.1]") + budget);
  const Diagnostics problems = check_questions(Questions::of(asked.material()));
  REQUIRE(problems.size() == 1);
  CHECK_THAT(problems[0].problem, Contains("prices.agreements.drug has 2 rebates for 3 tiers"));
}
