#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "study/study_folder.hpp"

using namespace myelin::cli::test;
using Catch::Matchers::Contains;
using myelin::study::test::StudyFolder;
using nlohmann::json;
using Arguments = std::vector<std::string>;

/// \file
/// Sensitivity analyses and alternatives from `run` to `analyse`, against runs that really had the other values.

namespace {

const std::string questions = R"-(
[sensitivity]
one_way = ["parameters.p_ill", "parameters.effect"]

[sensitivity.two_way.grid]
x = "parameters.c_drug"
x_values = [500, 6000]
y = "parameters.effect"
y_values = [0.25, 0.5]

[sensitivity.threshold.price]
input = "parameters.c_drug"
strategy = "drug"
low = 0
high = 20000

[alternatives.dear]
label = "A dear drug"
set = ["parameters.c_drug=6000"]

[alternatives.frail]
label = "Frail patients"
kind = "subgroup"
set = ["parameters.p_die=0.25"]
)-";

std::string asked() { return myelin::study::test::illness() + questions; }

Finished good(const Arguments& arguments) {
  Finished finished = run_myelin(arguments);
  INFO(finished.err);
  REQUIRE(finished.code == 0);
  return finished;
}

struct Ran {
  StudyFolder folder{asked()};
  std::string scenario = folder.path("scenario.toml").string(), results = folder.path("run.h5").string();

  Ran() { good({"run", scenario, "-o", results, "--quiet"}); }

  json analysed(const Arguments& more = {}) const {
    Arguments arguments = {"analyse", results, "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return json::parse(good(arguments).out);
  }

  /// Strategies of a run with other values.
  json run_with(const Arguments& overrides) const {
    Arguments arguments = {"run", scenario, "--json"};
    for (const std::string& override_ : overrides) arguments.insert(arguments.end(), {"--set", override_});
    return json::parse(good(arguments).out)["strategies"];
  }
};

/// That what was evaluated is what a run with these values gives.
void check_outcomes(const json& outcomes, const json& strategies) {
  REQUIRE(outcomes.size() == strategies.size());
  for (std::size_t s = 0; s < outcomes.size(); ++s) {
    CHECK(outcomes[s]["strategy"] == strategies[s]["name"]);
    CHECK(outcomes[s]["cost"].get<double>() == Approx(strategies[s]["cost"]["mean"].get<double>()).epsilon(1e-12));
    CHECK(outcomes[s]["qaly"].get<double>() == Approx(strategies[s]["qaly"]["mean"].get<double>()).epsilon(1e-12));
  }
}

double net_benefit(const json& strategy) {
  return 20000 * strategy["qaly"]["mean"].get<double>() - strategy["cost"]["mean"].get<double>();
}

}  // namespace

TEST_CASE_METHOD(Ran, "bars and grids hold what runs with those values give") {
  const json sensitivity = analysed()["sensitivity"];
  CHECK(sensitivity["engine"] == "cohort");
  check_outcomes(sensitivity["base"], run_with({}));
  REQUIRE(sensitivity["one_way"].size() == 2);
  check_outcomes(sensitivity["one_way"][0]["at_high"], run_with({"parameters.p_ill=0.25"}));
  check_outcomes(sensitivity["one_way"][1]["at_low"], run_with({"parameters.effect=0.4"}));
  REQUIRE(sensitivity["two_way"][0]["cells"].size() == 4);
  check_outcomes(sensitivity["two_way"][0]["cells"][2]["outcomes"],
                 run_with({"parameters.c_drug=6000", "parameters.effect=0.25"}));
}

TEST_CASE_METHOD(Ran, "at the solved threshold a run has equal net monetary benefits") {
  const json at = analysed()["sensitivity"]["threshold"][0]["thresholds"][0];
  REQUIRE(at["crossings"].size() == 1);
  CHECK(at["better"] == std::vector<std::string>{"strategy", "versus"});
  const double price = at["crossings"][0]["value"];
  const json strategies = run_with({fmt::format("parameters.c_drug={}", price)});
  CHECK(net_benefit(strategies[1]) == Approx(net_benefit(strategies[0])).epsilon(0).margin(1e-4));
  CHECK_THAT(good({"analyse", results}).out,
             Contains("Drug is a better buy than the best of the others up to 2,097 GBP"));
}

TEST_CASE_METHOD(Ran, "scenarios and subgroups stand apart, with what they change") {
  const json analysis = analysed();
  REQUIRE(analysis["scenarios"].size() == 2);
  REQUIRE(analysis["subgroups"].size() == 2);
  CHECK(analysis["scenarios"][1]["label"] == "A dear drug");
  CHECK(analysis["subgroups"][1]["name"] == "frail");
  const json base = run_with({}), dear = run_with({"parameters.c_drug=6000"});
  const json pair = analysis["scenarios"][1]["pairwise"][0];
  CHECK(pair["cost"]["mean"].get<double>() == Approx(dear[1]["cost"]["mean"].get<double>()).epsilon(1e-12));
  const double increment = net_benefit(dear[1]) - net_benefit(dear[0]);
  CHECK(pair["thresholds"][0]["incremental_nmb"]["mean"].get<double>() == Approx(increment).epsilon(1e-9));
  CHECK(pair["thresholds"][0]["change"].get<double>() ==
        Approx(increment - net_benefit(base[1]) + net_benefit(base[0])).epsilon(1e-9));
  const std::string text = good({"analyse", results}).out;
  CHECK_THAT(text, Contains("Scenario analyses: Drug against No drug") && Contains("Subgroups: Drug against No drug"));
}

TEST_CASE_METHOD(Ran, "sensitivity analyses do not depend on the number of threads, and belong to the digest") {
  const std::string other = folder.path("other.h5").string();
  const auto digest = [](const std::string& file) { return good({"digest", file}).out; };
  const std::string with = digest(results);
  good({"run", scenario, "-o", other, "--quiet", "--threads", "3"});
  CHECK(digest(other) == with);
  good({"run", scenario, "-o", other, "--quiet", "--set", "sensitivity.threshold.price.high=19000"});
  CHECK(digest(other) != with);
}

TEST_CASE_METHOD(Ran, "other prices leave the sensitivity analyses out, and what changes no number keeps them") {
  const Finished other = good({"analyse", results, "--set", "parameters.c_drug=600"});
  CHECK_THAT(other.err, Contains("the deterministic sensitivity analyses are left out: they need a new run"));
  CHECK_THAT(other.out, Contains("They are not in these results") && !Contains("Tornado"));
  CHECK(analysed({"--set", "parameters.c_drug=600"})["sensitivity"].is_null());
  const Finished same = good({"analyse", results, "--set", "parameters.c_drug=500"});
  CHECK_THAT(same.out, Contains("Tornado"));
  CHECK(analysed({"--thresholds", "50000"})["sensitivity"]["tornado"][0]["threshold"] == 50000);
}

TEST_CASE("mistakes of sensitivity keys are all told by `check` and by `run`, before anything is simulated") {
  std::string text = asked();
  const auto replace = [&](const std::string& from, const std::string& to) {
    REQUIRE(text.find(from) != std::string::npos);
    text.replace(text.find(from), from.size(), to);
  };
  replace("[\"parameters.p_ill\"", "[\"parameters.p_il\"");
  replace("strategy = \"drug\"", "strategy = \"drugs\"");
  replace("y = \"parameters.effect\"", "y = \"parameters.c_drug\"");
  const StudyFolder folder(text);
  const std::string scenario = folder.path("scenario.toml").string(), results = folder.path("run.h5").string();
  for (const Arguments& arguments : {Arguments{"check", scenario}, Arguments{"run", scenario, "-o", results}}) {
    const Finished finished = run_myelin(arguments);
    CHECK(finished.code == 2);
    CHECK(finished.out.empty());
    CHECK_THAT(finished.err, Contains("there is no input 'parameters.p_il' -- did you mean 'parameters.p_ill'?") &&
                                 Contains("there is no strategy 'drugs' -- did you mean 'drug'?") &&
                                 Contains("parameters.c_drug is on both axes") && Contains("3 problems"));
  }
  CHECK_FALSE(std::filesystem::exists(results));
}
