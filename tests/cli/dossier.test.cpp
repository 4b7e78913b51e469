#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "cli/ms_folder.hpp"

using namespace myelin::cli::test;
using Catch::Matchers::Contains;
using nlohmann::json;
using Arguments = std::vector<std::string>;

/// \file
/// The questions of the UK dossier asked of a run of it, and some of its answers against new runs.

namespace {

/// The dossier without what takes other runs.
const std::string quick_dossier = R"(include = ["dossier_uk.toml"]
without = ["alternatives", "sensitivity", "voi", "analysis.draws"]
)";

json json_of(const Arguments& arguments) {
  const Finished finished = run_myelin(arguments);
  INFO(finished.err);
  REQUIRE(finished.code == 0);
  return json::parse(finished.out);
}

double cost_of(const json& run, const std::string& strategy) {
  for (const json& each : run["strategies"]) {
    if (each["name"] == strategy) return each["cost"]["mean"];
  }
  throw std::runtime_error("no strategy " + strategy);
}

double sum_of(const json& states, const std::string& strategy) {
  double sum = states[strategy]["not_by_level"];
  for (const double level : states[strategy]["by_level"]) sum += level;
  return sum;
}

}  // namespace

TEST_CASE("the UK dossier has no problems") {
  const Finished checked = run_myelin({"check", MYELIN_SOURCE_DIR "/scenarios/ms/dossier_uk.toml"});
  INFO(checked.err);
  CHECK(checked.code == 0);
  CHECK_THAT(checked.out, Contains("no problems"));
}

TEST_CASE("answers of the dossier agree with its results and with new runs") {
  const MsFolder folder;
  const std::string scenario = folder.path("quick.toml"), file = folder.path("run.h5");
  put_file(scenario, quick_dossier);
  REQUIRE(run_myelin({"run", scenario, "--quiet", "-o", file}).code == 0);
  const json answers = json_of({"analyse", file, "--json"});

  const json& states = answers["composition"]["states"];
  CHECK(states["attribute"] == "edss");
  for (const char* strategy : {"best_supportive_care", "ahsct"})
    CHECK(sum_of(states["cost"], strategy) == Approx(cost_of(answers, strategy)).epsilon(1e-10));
  CHECK(states["cost"]["best_supportive_care"]["not_by_level"] == 0.0);

  // Summed over the sexes and years of the life table by hand, outside the program.
  CHECK(answers["severity"]["shortfall"]["general_population_qalys"].get<double>() ==
        Approx(18.35184749624572).epsilon(1e-12));
  CHECK(answers["severity"]["shortfall"]["weight"] == 1.0);
  CHECK(answers["budget_impact"]["years"].size() == 5);
  CHECK(answers["equity"]["groups"].size() == 5);

  const json& best_at = answers["prices"]["thresholds"][0]["best_at"];
  const auto of_ahsct = std::ranges::find_if(best_at, [](const json& row) { return row["price"] == "ahsct"; });
  REQUIRE(of_ahsct != best_at.end());
  const double price = 46809 * (1 - (*of_ahsct)["lowest_discount"].get<double>());
  const json there =
      json_of({"run", scenario, "--json", "--set", "therapies.ahsct.procedure.cost=" + std::to_string(price)});
  CHECK(there["thresholds"][0]["lead"]["mean"].get<double>() == Approx(0).margin(1e-2));
  CHECK(answers["thresholds"][0]["lead"]["mean"].get<double>() > 1000);

  const Arguments free_drug = {"--set", "therapies.ocrelizumab.price=0"};
  const json repriced = json_of({"analyse", file, "--json", free_drug[0], free_drug[1]});
  CHECK(sum_of(repriced["composition"]["states"]["cost"], "ocrelizumab") ==
        Approx(cost_of(repriced, "ocrelizumab")).epsilon(1e-10));
  CHECK(cost_of(answers, "ocrelizumab") - cost_of(repriced, "ocrelizumab") ==
        Approx(answers["prices"]["negotiated"][0]["acquisition"]["ocrelizumab"].get<double>()).epsilon(1e-10));

  // What the agreement says is bought at list prices is what the budget saves when the drug is free.
  const json& agreement = answers["agreements"]["agreements"][0];
  for (const std::string world : {"without", "with"}) {
    for (std::size_t year = 0; year < 5; ++year) {
      const auto cost = [&](const json& of) {
        return of["budget_impact"]["years"][year]["cost_" + world].get<double>();
      };
      CHECK(4790 * agreement[world][year]["units"].get<double>() ==
            Approx(cost(answers) - cost(repriced)).epsilon(1e-10));
    }
  }
  // Vials of 25 mg for 6 mg/kg, summed over a fine grid of body weights outside the program.
  CHECK(answers["doses"][0]["whole_vials"]["vials"]["of_25_mg"].get<double>() == Approx(17.4608188).epsilon(1e-6));
}

TEST_CASE("a mistake in what is asked of a run is told before it, with its place in the scenario") {
  const MsFolder folder;
  const std::string scenario = folder.path("quick.toml"), file = folder.path("run.h5");
  put_file(scenario, quick_dossier + "[severity]\nstandard_care = \"ocrelizumap\"\n");
  const Finished finished = run_myelin({"run", scenario, "--quiet", "-o", file});
  CHECK(finished.code == 2);
  CHECK_THAT(finished.err, Contains("quick.toml:4:1: the run has no strategy 'ocrelizumap'"));
  CHECK_THAT(finished.err, Contains("did you mean 'ocrelizumab'?"));
}
