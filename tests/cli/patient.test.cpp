#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "cli/unbroken.hpp"

using namespace myelin::cli::test;
using Catch::Matchers::Contains;
using nlohmann::json;
using Arguments = std::vector<std::string>;

namespace {

Arguments joined(Arguments arguments, const Arguments& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// The outlook of somebody in the UK base case, from few simulated lives.
Finished outlook_of(const std::string& age, const std::string& sex, const std::string& edss,
                    const Arguments& more = {}) {
  return run_myelin(
      joined({"patient", base_case, "--age", age, "--sex", sex, "--edss", edss, "--patients", "500"}, more));
}

json json_of(const std::string& age, const std::string& sex, const std::string& edss, Arguments more = {}) {
  const Finished finished = outlook_of(age, sex, edss, joined(std::move(more), {"--json"}));
  INFO(finished.err);
  REQUIRE(finished.code == 0);
  return json::parse(finished.out);
}

std::map<std::string, json> probabilities_of(const json& strategy) {
  std::map<std::string, json> by_outcome;
  for (const json& each : strategy["probabilities"]) by_outcome[each["outcome"]] = each;
  return by_outcome;
}

const Arguments two_strategies = {"--strategies", "ocrelizumab,ahsct"};

/// Nobody dies, and EDSS and phenotype never change; half a relapse a year and half a QALY a year at EDSS 3.
Arguments frozen() {
  Arguments words;
  const auto set = [&](const std::string& text) { words = joined(std::move(words), {"--set", text}); };
  for (int from = 0; from < 10; ++from) {
    const std::string row = std::to_string(from);
    set("mortality.multiplier[" + row + "]=0");
    set("natural_history.conversion[" + row + "]=0");
    for (int to = 0; to < 10; ++to) set("natural_history.rrms_intensities[" + row + "," + std::to_string(to) + "]=0");
  }
  set("relapses.rate_rrms[3]=0.5");
  set("relapses.qaly_change=0");
  set("utilities.state[3]=0.5");
  set("utilities.age_adjustment=\"none\"");
  return words;
}

}  // namespace

TEST_CASE("where nothing changes, the outlook is what can be reckoned by hand") {
  const json result = json_of("34", "female", "3.5", joined(frozen(), {"--strategies", "best_supportive_care"}));
  CHECK(result["person"]["edss"] == 3.5);
  CHECK(result["person"]["edss_level"] == 3);
  CHECK(result["years"] == json({1, 2, 5, 10, 20}));
  for (const json& analysis : result["analyses"]) {
    const json& strategy = analysis["strategies"].at(0);
    for (const char* number : {"mean", "percentile_10", "percentile_90"}) {
      CHECK(strategy["life_years"][number].get<double>() == Approx(66));
      CHECK(strategy["qalys"][number].get<double>() == Approx(33));
    }
    CHECK(strategy["years_before_walking_aid"].get<double>() == Approx(66));
    const auto probabilities = probabilities_of(strategy);
    for (const char* year : {"1", "2", "5", "10", "20"}) {
      for (const char* never : {"reached.edss_6", "reached.edss_7", "reached.spms", "deaths"})
        CHECK(probabilities.at(never)["by_year"][year] == 0.0);
      CHECK(probabilities.at("reached.relapse")["by_year"][year].get<double>() ==
            Approx(1 - std::exp(-0.5 * std::stoi(year))).epsilon(1e-6));
    }
  }
}

TEST_CASE("means count relapses at their expectation, single lives as they happen") {
  // Half a relapse a year over 66 years: 33 are expected, with a standard deviation of the root of 33.
  const json result =
      json_of("34", "female", "3.5",
              joined(frozen(), {"--strategies", "best_supportive_care", "--set", "relapses.qaly_change=-0.1"}));
  const json& qalys = result["analyses"][0]["strategies"].at(0)["qalys"];
  CHECK(qalys["mean"].get<double>() == Approx(33 - 3.3));
  const double sd = 0.1 * std::sqrt(33), tenth = 1.2816;
  CHECK(qalys["percentile_10"].get<double>() == Approx(33 - 3.3 - tenth * sd).margin(0.2));
  CHECK(qalys["percentile_90"].get<double>() == Approx(33 - 3.3 + tenth * sd).margin(0.2));
}

TEST_CASE("probabilities of what is reached grow with the years, within 0 and 1") {
  const json result = json_of("45", "male", "4", two_strategies);
  REQUIRE(result["analyses"].size() == 2);
  CHECK(result["analyses"][0]["natural_history"] == "hta");
  CHECK(result["analyses"][1]["natural_history"] == "calibrated");
  for (const json& analysis : result["analyses"]) {
    REQUIRE(analysis["strategies"].size() == 2);
    for (const json& strategy : analysis["strategies"]) {
      for (const json& each : strategy["probabilities"]) {
        CAPTURE(strategy["name"], each.dump());
        double before = 0;
        for (const char* year : {"1", "2", "5", "10", "20"}) {
          const double p = each["by_year"][year];
          CHECK(p >= 0);
          CHECK(p <= 1);
          if (each["outcome"].get<std::string>().starts_with("years.")) continue;
          CHECK(p >= before);
          before = p;
        }
        CHECK_FALSE(each["reached_at_entry"].get<bool>());
      }
      CHECK(probabilities_of(strategy).at("deaths")["by_year"]["20"].get<double>() > 0);
      const json& span = strategy["life_years"];
      CHECK(span["percentile_10"].get<double>() < span["mean"].get<double>());
      CHECK(span["percentile_90"].get<double>() > span["mean"].get<double>());
    }
    const json& shares = analysis["more_qalys"];
    REQUIRE(shares.size() == 2);
    CHECK(shares[0]["share_of_lives"].get<double>() + shares[1]["share_of_lives"].get<double>() <= 1 + 1e-12);
    CHECK(shares[0]["share_of_lives"].get<double>() > 0.1);
  }
}

TEST_CASE("who needs a walking aid already has reached it, and years beyond the horizon are left out") {
  const json result = json_of("93", "female", "6.5", two_strategies);
  CHECK(result["years"] == json({1, 2, 5}));
  CHECK(result["warnings"].size() == 2);
  const json& strategy = result["analyses"][0]["strategies"][0];
  const json walking = probabilities_of(strategy).at("reached.edss_6");
  CHECK(walking["reached_at_entry"] == true);
  CHECK(walking["by_year"] == json({{"1", 1.0}, {"2", 1.0}, {"5", 1.0}}));
  CHECK(strategy["years_before_walking_aid"] == 0.0);
  CHECK(probabilities_of(strategy).at("reached.edss_7")["reached_at_entry"] == false);
}

TEST_CASE("the text is in natural frequencies and ends with what it rests on and is not") {
  const Finished finished = outlook_of("34", "female", "3.5", two_strategies);
  REQUIRE(finished.code == 0);
  const std::string text = unbroken(finished.out);
  for (const char* part :
       {"A female person of 34 years with EDSS 3.5.", "3.5 counts as 3", "--- Ocrelizumab ---", "--- AHSCT ---",
        "Of 100 people like this,", "need a walking aid", "have had AHSCT and no drug since", "are on Ocrelizumab",
        "death from the procedure", "In how many of 100 lives", "AHSCT against Ocrelizumab, worsening: ratio", "grade ",
        "about twice as fast as in observed cohorts", "the variants hta and calibrated",
        "They are not a prognosis for an individual, and not medical advice."}) {
    CHECK_THAT(text, Contains(part));
  }
  CHECK_THAT(finished.out, !Contains("Best supportive care"));
}

TEST_CASE("a person outside the limits is told plainly") {
  const Finished finished = outlook_of("60", "male", "7", two_strategies);
  REQUIRE(finished.code == 0);
  CHECK_THAT(unbroken(finished.out), Contains("not eligible for AHSCT") && Contains("age is outside the evidence") &&
                                         Contains("EDSS is outside the evidence"));
}

TEST_CASE("mistakes in a person or the scenario are told and nothing is run") {
  const auto refused = [](const Finished& finished, const Arguments& messages) {
    CHECK(finished.code == 2);
    CHECK(finished.out.empty());
    for (const std::string& message : messages) CHECK_THAT(finished.err, Contains(message));
  };
  refused(outlook_of("34.5", "woman", "3.3"), {"--age: '34.5' cannot be used", "--sex: 'woman' cannot be used",
                                               "--edss: '3.3' cannot be used", "3 problems"});
  refused(outlook_of("34", "female", "3", {"--strategies", "ahcst"}), {"did you mean 'ahsct'?"});
  refused(outlook_of("100", "female", "3"), {"--age: the scenario ends at age 100"});
  refused(run_myelin({"patient", base_case, "--age", "34", "--sex", "female", "--edss", "3", "--patients", "0"}),
          {"analysis.patients", "must be from 1"});
  refused(outlook_of("34", "female", "3", {"--engine", "cohort"}), {"--engine"});
  refused(run_myelin({"patient", MYELIN_SOURCE_DIR "/scenarios/examples/sick_sicker.toml", "--age", "34", "--sex",
                      "female", "--edss", "3"}),
          {"the outlook of a person is known of the model 'ms' only, not of 'markov'"});
  refused(run_myelin({"patient", base_case, "--age", "34", "--sex", "female"}), {"--edss is required"});
}
