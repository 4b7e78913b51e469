#include "economics/conventions.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "cli/ms_folder.hpp"
#include "program/timing.hpp"
#include "results/results.hpp"

using namespace myelin;
using namespace myelin::cli::test;
using Catch::Matchers::Contains;
using nlohmann::json;
using Arguments = std::vector<std::string>;

/// \file
/// `analyse --all-conventions` against runs that really used each convention.

namespace {

/// The base case by the cohort engine over 60 years, an even number of cycles, with rates that differ and fall.
const Arguments base_run = {"run",          base_case,
                            "--engine",     "cohort",
                            "--strategies", "best_supportive_care,alemtuzumab,ahsct",
                            "--set",        "analysis.horizon_years=60",
                            "--set",        "analysis.discount_qaly=0.015",
                            "--quiet"};

Arguments with(Arguments arguments, const Arguments& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

json json_of(const Arguments& arguments) {
  const Finished finished = run_myelin(arguments);
  INFO(finished.err);
  REQUIRE(finished.code == 0);
  return json::parse(finished.out);
}

/// The greatest relative difference between the run's own row and the means that it stored.
double distance_from_stored(const results::RunResults& run) {
  double greatest = 0;
  for (const results::AnalysisResult& analysis : run.analyses) {
    const auto conventions = economics::analyse_conventions(analysis, {}, 0).value();
    const auto own = std::ranges::find(conventions.rows, true, &economics::ConventionRow::is_of_run);
    REQUIRE(own != conventions.rows.end());
    for (std::size_t s = 0; s < analysis.strategies.size(); ++s) {
      const auto compare = [&](const char* name, double value) {
        const double stored = economics::outcome_estimate(analysis, s, *economics::find_outcome(analysis, name),
                                                          results::discounted_column)
                                  .mean;
        greatest = std::max(greatest, std::abs(value - stored) / std::abs(stored));
      };
      compare("cost", own->strategies[s].cost);
      compare("qaly", own->strategies[s].qaly);
    }
  }
  return greatest;
}

}  // namespace

TEST_CASE("each row is what a run under that convention finds") {
  const TemporaryFolder folder;
  const std::string file = folder / "run.h5";
  REQUIRE(run_myelin(with(base_run, {"-o", file})).code == 0);
  const json rows = json_of({"analyse", file, "--all-conventions", "--json"}).at("conventions");
  REQUIRE(rows.size() == 30);
  std::size_t own = 0;
  for (const json& row : rows) {
    const std::string correction = row.at("within_cycle_correction"), timing = row.at("discount_timing");
    CAPTURE(correction, timing);
    CHECK(row.at("of_run") == (correction == "life_table" && timing == "mid"));
    own += row["of_run"] ? 1 : 0;
    const json run = json_of(with(base_run, {"--json", "--set", "analysis.within_cycle_correction=" + correction,
                                             "--set", "analysis.discount_timing=" + timing}));
    for (std::size_t s = 0; s < 3; ++s) {
      for (const char* total : {"cost", "qaly"}) {
        const double stored = run["strategies"][s][total]["mean"];
        CHECK(row["strategies"][s].at(total).get<double>() == Approx(stored).epsilon(1e-12));
      }
    }
    for (std::size_t pair = 0; pair < 2; ++pair) {
      CHECK(row["pairwise"][pair].at("icer").is_null() == run["pairwise"][pair]["icer"].is_null());
      CHECK(row["pairwise"][pair]["icer_meaning"] == run["pairwise"][pair]["icer_meaning"]);
      CHECK(row["pairwise"][pair]["nmb"]["20000"].get<double>() ==
            Approx(run["pairwise"][pair]["nmb"]["20000"]["mean"].get<double>()).epsilon(1e-10));
    }
    for (std::size_t t = 0; t < 2; ++t) CHECK(row["thresholds"][t]["best"] == run["thresholds"][t]["best"]);
  }
  CHECK(own == 1);
}

TEST_CASE("amounts that change with time are those of each convention's own cycles") {
  const TemporaryFolder folder;
  const std::string file = folder / "run.h5";
  const Arguments run = {"run",   MYELIN_SOURCE_DIR "/scenarios/examples/sick_sicker.toml", "--engine", "cohort",
                         "--set", "strategies.treatment.values.treated=cycle < 5",          "--quiet"};
  REQUIRE(run_myelin(with(run, {"-o", file})).code == 0);
  const json rows = json_of({"analyse", file, "--all-conventions", "--json"}).at("conventions");
  REQUIRE(rows.size() == 30);
  for (const json& row : rows) {
    const std::string correction = row.at("within_cycle_correction"), timing = row.at("discount_timing");
    CAPTURE(correction, timing);
    const json again = json_of(with(run, {"--json", "--set", "analysis.within_cycle_correction=" + correction, "--set",
                                          "analysis.discount_timing=" + timing}));
    for (const char* total : {"cost", "qaly"}) {
      CHECK(row["strategies"][1].at(total).get<double>() ==
            Approx(again["strategies"][1][total]["mean"].get<double>()).epsilon(1e-12));
    }
  }
}

TEST_CASE("the own row gives the stored means, and a wrong weight does not") {
  const TemporaryFolder folder;
  const std::string file = folder / "run.h5";
  REQUIRE(run_myelin({"run", base_case, "--engine", "cohort", "-o", file, "--quiet"}).code == 0);
  const results::RunResults run = results::read(file);
  REQUIRE(run.analyses.size() == 2);
  CHECK(distance_from_stored(run) < 1e-12);
  const auto mutant = [&](const auto& change) {
    results::RunResults changed = run;
    change(changed.analyses[0]);
    return distance_from_stored(changed);
  };
  using results::AnalysisResult;
  CHECK(mutant([](AnalysisResult& a) { a.timing.discounting = DiscountTiming::start; }) > 1e-3);
  CHECK(mutant([](AnalysisResult& a) { a.timing.correction = WithinCycleCorrection::trapezoid; }) > 1e-3);
  CHECK(mutant([](AnalysisResult& a) { a.discount_qaly = DiscountRate::constant(0.0351); }) > 1e-6);
  CHECK(mutant([](AnalysisResult& a) { a.strategies[5].amounts[0]->point[3] *= 1.001; }) > 1e-6);
  CHECK(mutant([](AnalysisResult& a) {
          for (results::OutcomeInfo& outcome : a.outcomes) outcome.event_weight = EventWeight::next_point;
        }) > 1e-6);
}

TEST_CASE("rates that change, continuous compounding and custom weights are kept in the file") {
  const MsFolder scenario;
  const TemporaryFolder folder;
  const std::string file = folder / "run.h5", section = "[analysis.discount_cost]",
                    rate = "unit = \"per year\"\nsource = \"NICE_MODELS\"\ngrade = \"recalled\"\n";
  scenario.change("base_case_uk.toml", section, section,
                  "[analysis.discount_later.late]\nfrom_year = 2.5\n"
                  "[analysis.discount_later.late.cost]\nvalue = 0.01\n" +
                      rate + "[analysis.discount_later.late.qaly]\nvalue = 0.02\n" + rate + section);
  const Arguments changes = {"analysis.horizon_years=4", "analysis.discount_compounding=continuous",
                             "analysis.within_cycle_correction=custom",
                             "analysis.within_cycle_weights=[0.25, 1, 2, 1, 0.75]"};
  Arguments run = {"run", scenario.base_case(), "--engine", "cohort", "-o", file, "--quiet"};
  for (const std::string& change : changes) run.insert(run.end(), {"--set", change});
  const Finished finished = run_myelin(run);
  INFO(finished.err);
  REQUIRE(finished.code == 0);
  results::RunResults stored = results::read(file);
  CHECK(stored.analyses[0].discount_cost.steps.size() == 2);
  CHECK(distance_from_stored(stored) < 1e-12);
  CHECK(json_of({"analyse", file, "--all-conventions", "--json"}).at("conventions").size() == 35);
  for (results::AnalysisResult& analysis : stored.analyses)
    analysis.discount_cost.compounded = analysis.discount_qaly.compounded = true;
  CHECK(distance_from_stored(stored) > 1e-6);
}

TEST_CASE("the tables stand behind the heading of the run, for every alternative") {
  const TemporaryFolder folder;
  const std::string file = folder / "run.h5";
  REQUIRE(run_myelin({"run", base_case, "--engine", "cohort", "-o", file, "--quiet"}).code == 0);
  const Finished finished =
      run_myelin({"analyse", file, "--all-conventions", "--reference", "fingolimod", "--thresholds", "25000"});
  REQUIRE(finished.code == 0);
  const std::vector<std::string> lines = lines_of(finished.out);
  CHECK_THAT(lines.front(), Contains("United Kingdom"));
  CHECK(std::ranges::count(lines, "=== Base case ===") == 1);
  for (const char* part : {"=== Alternative: calibrated", "Cost by timing convention", "QALYs by timing convention",
                           "ICER against Fingolimod by timing convention", "life_table, mid *",
                           "At 25,000 GBP per QALY", "simpson is left out"}) {
    CHECK_THAT(finished.out, Contains(part));
  }
  CHECK(finished.err.empty());
}

TEST_CASE("a microsimulation tallies when every outcome accrued, and its own convention has its means") {
  const TemporaryFolder folder;
  const std::string file = folder / "run.h5";
  REQUIRE(run_myelin({"run", base_case, "--patients", "100", "-o", file, "--quiet"}).code == 0);
  const json result = json_of({"analyse", file, "--all-conventions", "--json"});
  std::size_t own = 0;
  for (const json& row : result.at("conventions")) {
    if (!row["of_run"]) continue;
    ++own;
    REQUIRE(row["strategies"].size() == result["strategies"].size());
    for (std::size_t s = 0; s < row["strategies"].size(); ++s) {
      for (const char* total : {"cost", "qaly"}) {
        CHECK(row["strategies"][s][total].get<double>() ==
              Approx(result["strategies"][s][total]["mean"].get<double>()).epsilon(1e-11));
      }
    }
  }
  CHECK(own == 1);
}
