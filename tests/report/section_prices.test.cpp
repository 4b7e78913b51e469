#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "report/answered_run.hpp"
#include "results/reprice.hpp"

using namespace myelin;
using namespace myelin::report;
using namespace myelin::report::test;
using Catch::Matchers::Contains;
using Json = nlohmann::ordered_json;

namespace {

const std::string keys = R"-(
[prices.negotiated.drug]
label = "The drug"
inputs = ["parameters.c_drug"]
)-";

/// At these list prices the drug is not worth having.
const std::vector<std::string> dear = {"parameters.c_drug=20000"};

}  // namespace

TEST_CASE("the part of a cost that is a price is the price times what is bought") {
  const AnsweredRun asked(keys);
  const Json json = asked.answer(prices_section).json;
  REQUIRE(json["negotiated"].size() == 1);
  CHECK(json["negotiated"][0]["acquisition"]["none"] == 0.0);
  CHECK(json["negotiated"][0]["acquisition"]["drug"].get<double>() ==
        Approx(500 * asked.mean(1, "life_years")).epsilon(1e-12));
  REQUIRE(json["thresholds"].size() == 2);
  CHECK(json["thresholds"][0]["grid"].size() == 10);
  CHECK(json["thresholds"][0]["grid"][3]["discount"] == 0.3);
  CHECK(json["thresholds"][0]["grid"][0]["best"] == "drug");
  const double cost = asked.mean(1, "cost") - asked.mean(0, "cost"),
               qaly = asked.mean(1, "qaly") - asked.mean(0, "qaly");
  CHECK(json["thresholds"][0]["grid"][0]["icer"].get<double>() == Approx(cost / qaly).epsilon(1e-12));
  CHECK(json["thresholds"][0]["changes"].empty());
}

TEST_CASE("at the price that is told both strategies have the same net benefit in a new run") {
  const AnsweredRun asked(keys, {}, dear);
  const Section section = asked.answer(prices_section);
  for (std::size_t t : {std::size_t{0}, std::size_t{1}}) {
    const Json& at = section.json["thresholds"][t];
    REQUIRE(at["changes"].size() == 1);
    CHECK(at["changes"][0]["from"] == "none");
    CHECK(at["changes"][0]["to"] == "drug");
    const double discount = at["changes"][0]["discount"];
    REQUIRE(at["best_at"].size() == 1);
    CHECK(at["best_at"][0]["at_any"] == true);
    CHECK(at["best_at"][0]["lowest_discount"].get<double>() == Approx(discount).epsilon(1e-12));
    CHECK(at["best_at"][0]["highest_discount"] == 1.0);
    CHECK(at["grid"][0]["best"] == "none");
    CHECK(at["grid"][9]["best"] == "drug");
    const AnsweredRun cheaper(keys, {}, {fmt::format("parameters.c_drug={}", 20000 * (1 - discount))});
    const double threshold = at["threshold"];
    const auto net_benefit = [&](std::size_t s) {
      return threshold * cheaper.mean(s, "qaly") - cheaper.mean(s, "cost");
    };
    CHECK(net_benefit(1) == Approx(net_benefit(0)).epsilon(1e-10));
    CHECK_THAT(to_text(section.document),
               Contains(fmt::format("From a discount of {:.1f} % on The drug, Drug is best in place of "
                                    "No drug.",
                                    100 * discount)));
    CHECK_THAT(to_text(section.document), Contains("GBP 2024/25 per year ("));
  }
}

TEST_CASE("a strategy that is best at no price is told so") {
  const AnsweredRun asked(keys, {}, {"parameters.effect=1", "parameters.p_die=0.1", "parameters.c_drug=1"});
  const Json json = asked.answer(prices_section).json;
  // With no effect the drug for free is as good as no drug.
  CHECK(json["thresholds"][0]["best_at"][0]["lowest_discount"].get<double>() == Approx(1.0));
  const AnsweredRun harmful(keys, {}, {"parameters.effect=1.2"});
  const Section section = harmful.answer(prices_section);
  CHECK(section.json["thresholds"][0]["best_at"][0]["at_any"] == false);
  CHECK_THAT(to_text(section.document), Contains("at none"));
}

TEST_CASE("prices are lowered from those that a run has been priced again with") {
  const AnsweredRun asked(keys);
  Result<study::Plan> now = results::plan_of_run(asked.material().run, dear, study::test::StudyFolder::models());
  REQUIRE(now);
  const auto repriced = results::reprice(asked.material().run, *now, study::test::StudyFolder::models());
  REQUIRE(repriced);
  const auto lives = results::counted_lives(asked.material().run, asked.plan(), *now);
  REQUIRE(lives);
  const Material material{repriced->run, now->analyses.front().scenario, 0, &*lives};
  const auto section = prices_section(material);
  REQUIRE(section);
  const Json expected = AnsweredRun(keys, {}, dear).answer(prices_section).json;
  const Json& got = (*section)->json;
  CHECK(got["negotiated"][0]["acquisition"]["drug"].get<double>() ==
        Approx(expected["negotiated"][0]["acquisition"]["drug"].get<double>()).epsilon(1e-10));
  CHECK(got["thresholds"][0]["changes"][0]["discount"].get<double>() ==
        Approx(expected["thresholds"][0]["changes"][0]["discount"].get<double>()).epsilon(1e-10));
}

TEST_CASE("inputs that are no prices are refused where they are named") {
  CHECK(AnsweredRun("").is_silent(prices_section));
  const auto refusal = [](const std::string& inputs, const std::vector<std::string>& overrides = {}) {
    std::string text = keys;
    text.replace(text.find("[\"parameters.c_drug\"]"), 21, inputs);
    const Lines lines = AnsweredRun(text, {}, overrides).mistakes(prices_section);
    REQUIRE(lines.size() == 1);
    CHECK_THAT(lines[0], Contains("scenario.toml:"));
    return lines[0];
  };
  CHECK_THAT(refusal("[\"parameters.c_drugs\"]"),
             Contains("no input is called 'parameters.c_drugs'") && Contains("did you mean 'parameters.c_drug'?"));
  CHECK_THAT(refusal("[\"parameters.p_ill\"]"), Contains("The drug changes how patients live"));
  CHECK_THAT(refusal("[\"parameters.c_drug\"]", {"rewards.drug.per_year=treated * c_drug * c_drug / 500"}),
             Contains("the cost of Drug does not fall in proportion to The drug"));
  CHECK_THAT(AnsweredRun("\n[prices]\ndiscounts = [0, 0.5]\n").mistakes(prices_section).at(0),
             Contains("no price is named"));
}
