#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/command.hpp"
#include "cli/ms_folder.hpp"

using namespace myelin::cli::test;
using Catch::Matchers::Contains;
using nlohmann::json;
using Arguments = std::vector<std::string>;

namespace {

/// The result of a command that prints JSON; the parser refuses anything before or behind it.
json json_of(const Arguments& arguments) {
  const Finished finished = run_myelin(arguments);
  INFO(finished.err);
  REQUIRE(finished.code == 0);
  return json::parse(finished.out);
}

void check_numbers(const json& object, const std::vector<std::string>& pointers) {
  for (const std::string& pointer : pointers) {
    CAPTURE(pointer);
    REQUIRE(object.contains(json::json_pointer(pointer)));
    CHECK(object.at(json::json_pointer(pointer)).is_number());
  }
}

void check_strategy(const json& strategy) {
  CAPTURE(strategy.at("name"));
  check_numbers(strategy,
                {"/cost/mean", "/cost/mcse", "/cost/undiscounted", "/qaly/mean", "/qaly/mcse", "/qaly/patient/mean",
                 "/qaly/patient/mcse", "/qaly/carer/mean", "/qaly/carer/mcse", "/ly/mean", "/ly/mcse",
                 "/ly/undiscounted", "/outcomes/relapses/mean", "/outcomes/relapses/mcse"});
  for (const char* total : {"cost", "qaly"}) {
    CHECK_FALSE(strategy.at(total).contains("psa_low"));
    CHECK_FALSE(strategy.at(total).contains("psa_high"));
  }
  const json& qaly = strategy.at("qaly");
  CHECK(qaly.at("mean").get<double>() ==
        Approx(qaly["patient"]["mean"].get<double>() + qaly["carer"]["mean"].get<double>()));
}

void check_pair(const json& row, const std::vector<double>& thresholds) {
  CAPTURE(row.dump());
  check_numbers(row, {"/cost/mean", "/cost/mcse", "/qaly/mean", "/qaly/mcse"});
  const double cost = row["cost"]["mean"], qaly = row["qaly"]["mean"];
  const std::string quadrant = std::string(cost > 0 ? "N" : "S") + (qaly > 0 ? "E" : "W");
  CHECK(row.at("quadrant") == quadrant);
  const std::map<std::string, std::string> meanings = {
      {"NE", "cost per QALY gained"}, {"SE", "dominant"}, {"SW", "saving per QALY forgone"}, {"NW", "dominated"}};
  CHECK(row.at("icer_meaning") == meanings.at(quadrant));
  if (quadrant == "NE" || quadrant == "SW") {
    CHECK(row.at("icer").get<double>() == Approx(cost / qaly));
  } else {
    CHECK(row.at("icer").is_null());
  }
  REQUIRE(row.at("nmb").size() == thresholds.size());
  for (const double threshold : thresholds) {
    const std::string key = threshold == std::floor(threshold) ? std::to_string(std::lround(threshold)) : "35000.5";
    check_numbers(row["nmb"], {"/" + key + "/mean", "/" + key + "/mcse"});
    CHECK(row["nmb"][key]["mean"].get<double>() == Approx(threshold * qaly - cost));
  }
}

void check_incremental(const json& rows, std::size_t strategies) {
  REQUIRE(rows.size() == strategies);
  std::set<std::string> names;
  for (const json& row : rows) {
    CAPTURE(row.dump());
    names.insert(row.at("strategy"));
    const std::string status = row.at("status");
    CHECK(std::set<std::string>{"cheapest", "ND", "ED", "D"}.count(status) == 1);
    // The cheapest is compared with nothing.
    CHECK(row.at("versus").is_null() == (status == "cheapest"));
    if (status != "cheapest") check_numbers(row, {"/cost/mean", "/cost/mcse", "/qaly/mean", "/qaly/mcse"});
    CHECK(row.at("icer").is_number() == (status == "ND"));
  }
  CHECK(names.size() == strategies);
  CHECK(rows.front().at("status") == "cheapest");
}

void check_settings(const json& settings) {
  check_numbers(settings, {"/patients", "/draws", "/seed", "/cycle_length_years", "/discount/cost", "/discount/qaly"});
  for (const char* key : {"engine", "discount_timing", "within_cycle_correction", "accrual", "currency", "price_year",
                          "prices", "natural_history", "anchor", "waning", "table_digest"}) {
    CAPTURE(key);
    REQUIRE(settings.contains(key));
    CHECK_FALSE(settings[key].get<std::string>().empty());
  }
}

const std::vector<std::string> base_case_strategies = {"best_supportive_care", "ocrelizumab", "natalizumab",
                                                       "alemtuzumab",          "fingolimod",  "ahsct"};

/// Everything that the interface promises of a result of the base case.
void check_result(const json& result, const std::vector<double>& thresholds, const std::string& reference) {
  const std::size_t strategies = base_case_strategies.size();
  REQUIRE(result.at("strategies").size() == strategies);
  for (std::size_t i = 0; i < strategies; ++i) {
    CHECK(result["strategies"][i].at("name") == base_case_strategies[i]);
    check_strategy(result["strategies"][i]);
  }
  check_incremental(result.at("incremental_full"), strategies);
  REQUIRE(result.at("pairwise").size() == strategies - 1);
  for (const json& row : result["pairwise"]) {
    CHECK(row.at("versus") == reference);
    CHECK(row.at("strategy") != reference);
    check_pair(row, thresholds);
  }
}

}  // namespace

TEST_CASE("the JSON of a run has every key of the interface, and nothing else is printed") {
  const json result = json_of({"run", base_case, "--patients", "500", "--seed", "3", "--json"});
  check_result(result, {20000, 30000}, "best_supportive_care");
  check_settings(result.at("settings"));
  CHECK(result["settings"]["engine"] == "microsimulation");
  CHECK(result["settings"]["patients"] == 500);
  CHECK(result["settings"]["seed"] == 3);
  CHECK(result["settings"]["draws"] == 1);
  CHECK(result["settings"]["discount"] == json{{"cost", 0.035}, {"qaly", 0.035}});
  CHECK(result["settings"]["currency"] == "GBP");
  CHECK(result["settings"]["prices"] == "list");
  for (const json& strategy : result["strategies"]) {
    CHECK(strategy["cost"]["mcse"].get<double>() > 0);
    CHECK(strategy["qaly"]["mcse"].get<double>() > 0);
  }
  REQUIRE(result.at("alternatives").size() == 1);
  check_result(result["alternatives"][0], {20000, 30000}, "best_supportive_care");
}

TEST_CASE("the cohort engine's JSON has the same keys and no Monte Carlo error") {
  const json result = json_of({"run", base_case, "--engine", "cohort", "--json"});
  check_result(result, {20000, 30000}, "best_supportive_care");
  check_settings(result.at("settings"));
  CHECK(result["settings"]["engine"] == "cohort");
  for (const json& strategy : result["strategies"]) {
    for (const char* total : {"cost", "qaly", "ly"}) CHECK(strategy[total]["mcse"] == 0);
    CHECK(strategy["outcomes"]["relapses"]["mcse"] == 0);
  }
  for (const json& row : result["pairwise"]) {
    for (const char* total : {"cost", "qaly"}) CHECK(row[total]["mcse"] == 0);
  }
}

TEST_CASE("analyse prints the JSON that the run printed, and its answers behind it") {
  const TemporaryFolder folder;
  const std::string file = folder / "run.h5";
  Arguments run = {"run", base_case, "-o", file, "--json"};
  const Arguments engine = GENERATE(Arguments{"--patients", "500"}, Arguments{"--engine", "cohort"});
  const Arguments decision =
      GENERATE(Arguments{}, Arguments{"--thresholds", "25000,35000.5", "--reference", "ocrelizumab"},
               Arguments{"--thresholds", "0"});
  for (const Arguments* more : {&engine, &decision}) run.insert(run.end(), more->begin(), more->end());
  Arguments analyse = {"analyse", file, "--json"};
  analyse.insert(analyse.end(), decision.begin(), decision.end());
  const Finished ran = run_myelin(run), analysed = run_myelin(analyse);
  REQUIRE(ran.code == 0);
  REQUIRE(analysed.code == 0);
  const json with_answers = json::parse(analysed.out), of_run = json::parse(ran.out);
  CHECK(with_answers.size() > of_run.size());
  for (const auto& [key, value] : of_run.items()) {
    CAPTURE(key);
    CHECK(with_answers.at(key) == value);
  }
  CHECK(analysed.err.empty());
}

TEST_CASE("thresholds and the reference are those of the command line") {
  const TemporaryFolder folder;
  const std::string file = folder / "run.h5";
  REQUIRE(run_myelin({"run", base_case, "--patients", "500", "-o", file, "--quiet"}).code == 0);
  const json result =
      json_of({"analyse", file, "--json", "--thresholds", "25000,35000.5", "--reference", "fingolimod"});
  check_result(result, {25000, 35000.5}, "fingolimod");
  check_result(json_of({"analyse", file, "--json"}), {20000, 30000}, "best_supportive_care");
}

TEST_CASE("an unknown reference is refused with a suggestion") {
  const TemporaryFolder folder;
  const std::string file = folder / "run.h5";
  REQUIRE(run_myelin({"run", base_case, "--patients", "100", "-o", file, "--quiet"}).code == 0);
  const Finished finished = run_myelin({"analyse", file, "--json", "--reference", "ocrelizumb"});
  CHECK(finished.code == 2);
  CHECK(finished.out.empty());
  CHECK_THAT(finished.err, Contains("ocrelizumb") && Contains("did you mean 'ocrelizumab'?"));
}

TEST_CASE("an unknown reference is found before anything is simulated or written") {
  const TemporaryFolder folder;
  const Finished finished =
      run_myelin({"run", base_case, "--patients", "100", "-o", folder / "run.h5", "--reference", "ocrelizumb"});
  CHECK(finished.code == 2);
  CHECK_THAT(finished.err, Contains("did you mean 'ocrelizumab'?") && Contains("nothing was run"));
  CHECK(folder.is_empty());
}
