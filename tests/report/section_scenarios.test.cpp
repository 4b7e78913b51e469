#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "economics/example_run.hpp"
#include "report/section.hpp"

namespace myelin::report {
using namespace economics;
using Catch::Matchers::Contains;
namespace {

/// A base case, two scenarios and a subgroup, with errors as of simulated patients.
struct Example {
  results::RunResults run;
  scenario::Scenario scenario;

  Example() {
    run.engine = "microsimulation";
    run.patients = 10000;
    run.currency = "GBP";
    run.thresholds = {20000, 50000};
    const ExampleErrors errors{100, 0.01, 0};
    const auto add = [&](const std::string& name, double drug_cost, double drug_qaly) {
      run.analyses.push_back(example_analysis({{"none", {1000}, {8}}, {"drug", {drug_cost}, {drug_qaly}}}, errors));
      run.analyses.back().name = name;
    };
    add("base", 21000, 9);
    add("dear", 31000, 9);
    add("harmful", 21000, 7.5);
    add("old", 11000, 8.25);
    const auto describe = [&](const std::string& name, const std::string& label, const std::string& kind) {
      scenario.parameters.add({"alternatives." + name + ".label", label, {}});
      scenario.parameters.add({"alternatives." + name + ".kind", kind, {}});
    };
    describe("dear", "A dear drug", "scenario");
    describe("harmful", "Harm", "scenario");
    describe("old", "Old patients", "subgroup");
    run.analyses[1].overrides = {"costs.drug=5"};
  }

  Material material() const { return {.run = run, .scenario = scenario, .reference = 0}; }
};

Section made(const Result<std::optional<Section>>& section) {
  REQUIRE(section);
  REQUIRE(section->has_value());
  return **section;
}

std::string line_with(const std::string& text, const std::string& beginning, std::size_t which = 0) {
  std::size_t begin = text.find("\n" + beginning);
  for (; which > 0; --which) begin = text.find("\n" + beginning, begin + 1);
  REQUIRE(begin != std::string::npos);
  return text.substr(begin + 1, text.find('\n', begin + 1) - begin - 1);
}

}  // namespace

TEST_CASE_METHOD(Example, "scenarios stand below the base case with their increments and what they change") {
  const Section section = made(scenarios_section(material()));
  CHECK(section.key == "scenarios");
  const std::string text = to_text(section.document);
  CHECK_THAT(text, Contains("Scenario analyses: drug against none (GBP)"));
  CHECK_THAT(line_with(text, "Base case"), Contains("21,000") && Contains("9.000") && Contains("20,000") &&
                                               Contains("1.000") && Contains("20,000 cost per QALY gained"));
  CHECK_THAT(line_with(text, "A dear drug"),
             Contains("31,000") && Contains("30,000") && Contains("30,000 cost per QALY gained"));
  CHECK_THAT(line_with(text, "Harm"), Contains("-0.500") && Contains("dominated"));
  // At 20,000: 20,000 - 30,000; at 50,000: 50,000 - 30,000. The base has 0 and 30,000.
  CHECK_THAT(line_with(text, "Base case", 1), Contains(" 0 ") && Contains(" 30,000"));
  CHECK_THAT(line_with(text, "A dear drug", 1), Contains(" -10,000    -10,000 ") && Contains(" 20,000    -10,000"));
  CHECK_THAT(line_with(text, "Harm", 1), Contains(" -30,000    -30,000 ") && Contains(" -45,000    -75,000"));
  CHECK_THAT(text, Contains("± 100") && Contains("Change has none"));
  CHECK(text.find("Old patients") == std::string::npos);
}

TEST_CASE_METHOD(Example, "the decision of each scenario is marked where it is another than in the base case") {
  const std::string text = to_text(made(scenarios_section(material())).document);
  CHECK_THAT(line_with(text, "Base case", 2), Contains("none") && Contains("drug") && !Contains("*"));
  CHECK_THAT(line_with(text, "A dear drug", 2), Contains("none") && Contains(" drug") && !Contains("*"));
  CHECK_THAT(line_with(text, "Harm", 2), Contains("none") && Contains(" *none"));
  CHECK_THAT(text, Contains("by 45,000"));
}

TEST_CASE_METHOD(Example, "subgroups have a section of their own") {
  const Section section = made(subgroups_section(material()));
  CHECK(section.key == "subgroups");
  CHECK_THAT(to_text(section.document), Contains("Subgroups: drug against none") && Contains("other patients"));
  CHECK_THAT(line_with(to_text(section.document), "Old patients"),
             Contains("11,000") && Contains("0.250") && Contains("40,000 cost per QALY gained"));
  CHECK(to_text(section.document).find("A dear drug") == std::string::npos);
  REQUIRE(section.json.size() == 2);
  CHECK(section.json[1]["name"] == "old");
}

TEST_CASE_METHOD(Example, "the JSON has every number with its error, and none for a change") {
  const auto json = made(scenarios_section(material())).json;
  REQUIRE(json.size() == 3);
  CHECK(json[0]["name"] == "base");
  CHECK(json[1]["label"] == "A dear drug");
  CHECK(json[1]["set"] == std::vector<std::string>{"costs.drug=5"});
  const auto& pair = json[1]["pairwise"][0];
  CHECK(pair["strategy"] == "drug");
  CHECK(pair["versus"] == "none");
  CHECK(pair["cost"]["mean"] == 31000);
  CHECK(pair["cost"]["mcse"] == 0.25);
  CHECK(pair["incremental_cost"]["mean"] == 30000);
  CHECK(pair["incremental_cost"]["mcse"] == 100);
  CHECK(pair["incremental_qaly"]["mean"] == 1);
  CHECK(pair["quadrant"] == "NE");
  CHECK(pair["icer"] == 30000);
  CHECK(pair["thresholds"][1]["threshold"] == 50000);
  CHECK(pair["thresholds"][1]["nmb"] == 50000 * 9 - 31000);
  CHECK(pair["thresholds"][1]["incremental_nmb"]["mean"] == 20000);
  CHECK(pair["thresholds"][1]["incremental_nmb"]["mcse"].get<double>() == Approx(std::sqrt(100.0 * 100 + 500.0 * 500)));
  CHECK(pair["thresholds"][1]["change"] == -10000);
  CHECK(json[0]["pairwise"][0]["thresholds"][1]["change"] == 0);
  CHECK(json[2]["pairwise"][0]["icer"].is_null());
  CHECK(json[2]["pairwise"][0]["quadrant"] == "NW");
  CHECK(json[2]["thresholds"][1]["best"] == "none");
  CHECK(json[2]["thresholds"][1]["lead"]["mean"] == 45000);
}

TEST_CASE_METHOD(Example, "errors that are not known are left out") {
  constexpr double absent = std::numeric_limits<double>::quiet_NaN();
  for (results::AnalysisResult& analysis : run.analyses) {
    for (results::StrategyResult& strategy : analysis.strategies) strategy.standard_error.assign(4, absent);
    for (results::IncrementResult& increment : analysis.increments) {
      increment.standard_error.assign(4, absent);
      increment.cost_qaly_covariance = absent;
    }
  }
  const Section section = made(scenarios_section(material()));
  CHECK(to_text(section.document).find("nan") == std::string::npos);
  CHECK(to_text(section.document).find("± ") == to_text(section.document).find("± is the Monte Carlo"));
  CHECK(section.json.dump().find("\"mcse\":null") != std::string::npos);
}

TEST_CASE_METHOD(Example, "a run whose alternatives are all of the other kind, or that has none, has no section") {
  run.analyses.erase(run.analyses.begin() + 1, run.analyses.begin() + 3);
  CHECK_FALSE(scenarios_section(material()).value());
  CHECK(subgroups_section(material()).value());
  run.analyses.pop_back();
  CHECK_FALSE(subgroups_section(material()).value());
}

}  // namespace myelin::report
