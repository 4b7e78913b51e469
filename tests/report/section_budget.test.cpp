#include <catch2/catch.hpp>

#include "economics/budget_impact.hpp"
#include "report/answered_run.hpp"

using namespace myelin;
using namespace myelin::report;
using namespace myelin::report::test;
using Catch::Matchers::Contains;
using Json = nlohmann::ordered_json;

namespace {

const std::string keys = R"-(
[budget]
first_year = 2026
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

[budget.strategies.drug.most_starts_per_year]
value = 150
unit = "patients per year"
source = "TRIAL"
grade = "read"
)-";

/// What a patient who started costs in each of three years, the mean of the year's start and end.
std::vector<double> costs(const Occupancy& lives, double drug) {
  std::vector<double> years;
  const auto at = [&](std::size_t t) { return 1000 * lives.ill[t] + drug * (lives.well[t] + lives.ill[t]); };
  for (std::size_t year = 0; year < 3; ++year) years.push_back((at(year) + at(year + 1)) / 2);
  return years;
}

}  // namespace

TEST_CASE("the budget impact is that of undiscounted costs by year since start") {
  const Section section = AnsweredRun(keys).answer(budget_section);
  CHECK(section.key == "budget_impact");
  economics::BudgetInput input{1000, {100, 100, 100}, {}, economics::Entry::mid_year};
  input.strategies.push_back({"none", 0, costs(untreated, 0), 1, {1, 1, 1}, {0.9, 0.7, 0.5}, {}});
  input.strategies.push_back({"drug", 0, costs(treated, 500), 0, {0, 0, 0}, {0.1, 0.3, 0.5}, 150});
  const std::vector<economics::BudgetYear> expected = economics::analyse_budget_impact(input).value();
  const Json& years = section.json["years"];
  REQUIRE(years.size() == 3);
  for (std::size_t y = 0; y < 3; ++y) {
    CHECK(years[y]["year"] == 2026 + y);
    CHECK(years[y]["eligible"] == 1100.0 + 100.0 * static_cast<double>(y));
    const auto near = [](double value) { return Approx(value).epsilon(1e-8).margin(1e-6); };
    CHECK(years[y]["cost_without"].get<double>() == near(expected[y].total.without));
    CHECK(years[y]["cost_with"].get<double>() == near(expected[y].total.with));
    CHECK(years[y]["difference"].get<double>() == near(expected[y].total.difference));
    CHECK(years[y]["cumulative"].get<double>() == near(expected[y].total.cumulative));
    const Json& drug = years[y]["strategies"]["drug"];
    CHECK(drug["with"]["patients"].get<double>() == near(expected[y].with[1].patients));
    CHECK(drug["with"]["starters"].get<double>() == near(expected[y].with[1].starters));
    CHECK(drug["with"]["not_admitted"].get<double>() == near(expected[y].with[1].not_admitted));
    CHECK(drug["difference"].get<double>() == near(expected[y].strategies[1].difference));
  }
  CHECK(years[1]["strategies"]["drug"]["with"]["not_admitted"].get<double>() > 0);
  CHECK_THAT(to_text(section.document), Contains("Patients not admitted for lack of capacity"));
  CHECK_THAT(to_text(section.document), Contains("2028"));
}

TEST_CASE("entry at the start of the year and no limit are taken from the scenario") {
  std::string text = keys;
  text.replace(text.find("first_year"), 10, "entry = \"start_of_year\"\nfirst_year");
  text.erase(text.find("[budget.strategies.drug.most"));
  const Section section = AnsweredRun(text).answer(budget_section);
  economics::BudgetInput input{1000, {100, 100, 100}, {}, economics::Entry::start_of_year};
  input.strategies.push_back({"none", 0, costs(untreated, 0), 1, {1, 1, 1}, {0.9, 0.7, 0.5}, {}});
  input.strategies.push_back({"drug", 0, costs(treated, 500), 0, {0, 0, 0}, {0.1, 0.3, 0.5}, {}});
  const auto expected = economics::analyse_budget_impact(input).value();
  CHECK(section.json["years"][2]["cumulative"].get<double>() == Approx(expected[2].total.cumulative).epsilon(1e-8));
  CHECK_THAT(to_text(section.document), !Contains("not admitted"));
  CHECK_THAT(to_text(section.document), Contains("at the start of a year"));
}

TEST_CASE("mistakes in the question of the budget are told at their place") {
  CHECK(AnsweredRun("").is_silent(budget_section));
  const auto mistakes = [](const std::string& from, const std::string& to) {
    std::string text = keys;
    text.replace(text.find(from), from.size(), to);
    const Lines lines = AnsweredRun(text).mistakes(budget_section);
    for (const std::string& line : lines) CHECK_THAT(line, Contains("scenario.toml:"));
    return lines;
  };
  CHECK_THAT(mistakes("first_year = 2026\n", "").at(0), Contains("budget is asked for without budget.first_year"));
  const Lines unknown = mistakes("[budget.strategies.none]", "[budget.strategies.nine]");
  REQUIRE(unknown.size() == 1);
  CHECK_THAT(unknown[0], Contains("the run has no strategy 'nine'") && Contains("did you mean 'none'?"));
  CHECK_THAT(mistakes("share_with = [0.9, 0.7, 0.5]", "share_with = [0.9, 0.8, 0.5]").at(0),
             Contains("sum to 1.1, not to 1"));
}
