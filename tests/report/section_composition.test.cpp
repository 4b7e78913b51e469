#include <catch2/catch.hpp>

#include "report/answered_run.hpp"

using namespace myelin;
using namespace myelin::report;
using namespace myelin::report::test;
using Catch::Matchers::Contains;
using Json = nlohmann::ordered_json;

namespace {

auto near(double value) { return Approx(value).epsilon(1e-9).margin(1e-9); }

}  // namespace

TEST_CASE("categories sum to the total, with those of every strategy") {
  const AnsweredRun asked("");
  const Section section = asked.answer(composition_section);
  CHECK(section.key == "composition");
  for (const char* total : {"cost", "qaly"}) {
    double sum = 0;
    for (const Json& category : section.json["categories"][total])
      sum += category["strategies"]["drug"]["mean"].get<double>();
    CHECK(sum == near(asked.mean(1, total)));
  }
  REQUIRE(section.json["categories"]["cost"].size() == 2);
  CHECK(section.json["categories"]["cost"][1]["outcome"] == "cost.drug");
  CHECK(section.json["categories"]["cost"][1]["strategies"]["none"]["mean"] == 0.0);
  CHECK_THAT(to_text(section.document), Contains("Costs by category (GBP, prices of 2024/25)\n"));
  CHECK_THAT(to_text(section.document), Contains("QALYs by category\n"));
}

TEST_CASE("costs, QALYs and life years stand at the state in which they accrue") {
  const AnsweredRun asked("");
  const Section section = asked.answer(composition_section);
  const Json& states = section.json["states"];
  CHECK(states["attribute"] == "state");
  CHECK(states["levels"] == Json::array({"Well", "Ill", "Dead"}));
  for (const auto& [name, lives, drug] : {std::tuple("none", &untreated, 0.0), {"drug", &treated, 500.0}}) {
    CAPTURE(name);
    double cost_well = 0, cost_ill = 0, qaly_well = 0, qaly_ill = 0, years_well = 0, years_ill = 0;
    for (std::size_t t = 0; t <= 6; ++t) {
      cost_well += weight(t) * lives->well[t] * drug;
      cost_ill += weight(t) * lives->ill[t] * (1000 + drug);
      qaly_well += weight(t) * lives->well[t] * 0.9;
      qaly_ill += weight(t) * lives->ill[t] * 0.5;
      years_well += lives->well[t];
      years_ill += lives->ill[t];
    }
    const auto check = [&](const char* total, double well, double ill) {
      CHECK(states[total][name]["by_level"][0].get<double>() == near(well));
      CHECK(states[total][name]["by_level"][1].get<double>() == near(ill));
      CHECK(states[total][name]["by_level"][2].get<double>() == 0);
      CHECK(states[total][name]["not_by_level"].get<double>() == 0);
    };
    check("cost", cost_well, cost_ill);
    check("qaly", qaly_well, qaly_ill);
    check("life_years", years_well, years_ill);
  }
  CHECK_THAT(to_text(section.document), Contains("Life years by state\n"));
  CHECK_THAT(to_text(section.document), !Contains("Dead"));
}

TEST_CASE("without the programs of the run only categories are told") {
  const AnsweredRun asked("");
  Material material = asked.material();
  material.lives = nullptr;
  const auto section = composition_section(material);
  REQUIRE(section);
  REQUIRE(section->has_value());
  CHECK((*section)->json.contains("categories"));
  CHECK_FALSE((*section)->json.contains("states"));
}

TEST_CASE("the lives of a run are known only to the programs that it ran") {
  AnsweredRun asked("");
  CHECK(results::counted_lives(asked.run(), asked.plan(), asked.plan()));
  asked.run().analyses.front().strategies[1].table_digest = "of another version";
  CHECK_FALSE(results::counted_lives(asked.run(), asked.plan(), asked.plan()));
}
