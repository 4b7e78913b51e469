#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <regex>

#include "cli/command.hpp"
#include "models/ms/model.hpp"
#include "scenario/scenario.hpp"

using namespace myelin::cli::test;
using Catch::Matchers::Contains;
using Catch::Matchers::Matches;
using Arguments = std::vector<std::string>;

namespace {

std::string printed(const Arguments& arguments) {
  const Finished finished = run_myelin(arguments);
  REQUIRE(finished.code == 0);
  CHECK(finished.err.empty());
  return finished.out;
}

/// Each key of a schema has a line with its type, unit, range, default and description.
void check_described(const std::string& text, const myelin::Schema& schema) {
  const std::vector<std::string> lines = lines_of(text);
  for (const myelin::KeyRow& row : schema) {
    CAPTURE(row.path);
    const auto line = std::ranges::find_if(lines, [&](const std::string& l) { return l.starts_with(row.path + " "); });
    REQUIRE(line != lines.end());
    CHECK(line->ends_with("  " + row.description));
    CHECK_THAT(*line, Contains(row.unit) && Contains(row.fallback.value_or(row.required ? "required" : "absent")));
    for (const std::string& choice : row.choices) CHECK_THAT(*line, Contains(choice));
    for (const myelin::KeyColumn& column : row.columns) CHECK_THAT(*line, Contains(column.name));
  }
}

}  // namespace

TEST_CASE("the version names the program, the commit and the compiler") {
  CHECK_THAT(printed({"--version"}), Matches("myelin [0-9]+\\.[0-9]+\\.[0-9]+ \\([^ ,]+, .+\\)\n"));
}

TEST_CASE("describe scenario prints every key of every model") {
  const std::string text = printed({"describe", "scenario"});
  CHECK_THAT(lines_of(text).front(), Matches("key +type +unit +range +default +description"));
  check_described(text, myelin::scenario::common_schema());
  check_described(text, myelin::ms::MsModel().schema());
}

TEST_CASE("describe model prints every key of the model") {
  const std::string text = printed({"describe", "model", "ms"});
  check_described(text, myelin::ms::MsModel().schema());
  CHECK(lines_of(text).size() == myelin::ms::MsModel().schema().size() + 1);
  const std::vector<std::string> lines = lines_of(text);
  const auto line =
      std::ranges::find_if(lines, [](const auto& l) { return l.starts_with("population.female_share "); });
  REQUIRE(line != lines.end());
  CHECK_THAT(*line, Contains("evidence") && Contains("proportion") && Contains("from 0 to 1") && Contains("required"));
}

TEST_CASE("describe results prints the groups, datasets and attributes of the file") {
  const std::string text = printed({"describe", "results"});
  for (const char* part : {"filetype", "version", "seed", "scenario_sha256", "standard_error", "mean", "increments",
                           "cost_qaly_covariance", "tallies", "inputs", "settings"}) {
    CAPTURE(part);
    CHECK_THAT(text, Contains(part));
  }
}

TEST_CASE("describe model with a scenario prints the attributes, steps and states of each strategy's program") {
  const std::string text = printed({"describe", "model", "ms", "--scenario", base_case});
  const Finished cohort = run_myelin({"run", base_case, "--engine", "cohort", "--json"});
  REQUIRE(cohort.code == 0);
  const nlohmann::json result = nlohmann::json::parse(cohort.out);
  REQUIRE(result.at("strategies").size() == 6);
  std::size_t at = 0;
  for (const auto& strategy : result["strategies"]) {
    CAPTURE(strategy.at("name"));
    at = text.find("Program of strategy " + strategy["name"].get<std::string>() + ", 61 cycles\n", at);
    REQUIRE(at != std::string::npos);
    const std::string program = text.substr(at, text.find("\nProgram", at) - at);
    for (const char* part : {"attributes\n", "state     edss: 10 levels, 0 to 9\n", "once, before time point 0\n",
                             "at each time point\n", "in each cycle\n", "draw   death: vital from age, sex, edss; "}) {
      CHECK_THAT(program, Contains(part));
    }
    CHECK_THAT(program, Contains("cohort engine: " + std::to_string(strategy["cohort_states"].get<int>()) + " states"));
  }
}

TEST_CASE("describe model refuses a scenario with a mistake") {
  const Finished finished = run_myelin({"describe", "model", "ms", "--scenario", "no_such_scenario.toml"});
  CHECK(finished.code == 2);
  CHECK_THAT(finished.err, Contains("no_such_scenario.toml"));
}
