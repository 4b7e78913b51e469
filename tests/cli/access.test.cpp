#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "cli/ms_folder.hpp"
#include "cli/unbroken.hpp"

using namespace myelin::cli::test;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

/// A region below `access.regions`, with its numbers.
std::string region(const std::string& name, double capacity, double referrals, double minimum_wait) {
  std::string text = "[access.regions." + name + "]\nlabel = \"The " + name + "\"\n";
  const auto add = [&](const char* key, double value, const char* unit) {
    text += "[access.regions." + name + "." + key + "]\nvalue = " + std::to_string(value) + "\nunit = \"" + unit +
            "\"\nsource = \"AUTHOR_ASSUMPTION\"\ngrade = \"assumption\"\n";
  };
  add("capacity", capacity, "transplants per year");
  add("referrals", referrals, "per year");
  add("minimum_wait", minimum_wait, "years");
  return text;
}

/// The UK base case without what makes it large, and with regions.
class Regions {
 public:
  explicit Regions(const std::string& text, const std::string& access = "") {
    put_file(path(),
             "title = \"Access\"\ninclude = [\"base_case_uk.toml\"]\n"
             "without = [\"alternatives\", \"therapies.ahsct.procedure.late_effects\"]\n" +
                 access + text);
  }
  std::string path() const { return folder_.path("regions.toml"); }

  Finished run(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"access", path(), "--set", "analysis.horizon_years=30"});
    return run_myelin(more);
  }

 private:
  MsFolder folder_;
};

}  // namespace

TEST_CASE("access prints waits, losses, one more transplant and equity") {
  const Regions regions(region("north", 10, 20, 0.5) + region("south", 0, 5, 0.5));
  const Finished finished = regions.run();
  INFO(finished.err);
  REQUIRE(finished.code == 0);
  for (const char* part : {"Waiting in the steady state", "The north", "The south", "All regions", "QALYs lost",
                           "net benefit lost", "What one more transplant a year would bring", "Equity",
                           "strategy 'AHSCT'", "those who wait are untreated", "the therapies after the procedure",
                           "Cycle length: 1 year.", "analysis.cycle_length_years=0.25 is recommended"}) {
    CHECK_THAT(unbroken(finished.out), Contains(part));
  }
  const Finished quarterly = regions.run(
      {"--set", "analysis.cycle_length_years=0.25", "--set", "therapies.ahsct.procedure.bridging=\"ocrelizumab\""});
  CHECK_THAT(quarterly.out, Contains("Cycle length: 0.25 years.") && !Contains("recommended"));
  CHECK_THAT(unbroken(quarterly.out), Contains("those who wait are on Ocrelizumab"));
}

TEST_CASE("access gives the same numbers as JSON, and regions add up") {
  const Regions regions(region("north", 10, 20, 0.5) + region("south", 0, 5, 0.5),
                        "[access]\nstrategy = \"ahsct\"\nwithout = \"best_supportive_care\"\n");
  const json result = json::parse(regions.run({"--json"}).out);
  CHECK(result["strategy"] == "AHSCT");
  CHECK(result["bridging"].is_null());
  CHECK(result["without"] == "Best supportive care");
  REQUIRE(result["analyses"].size() == 1);
  const json &analysis = result["analyses"][0], &north = analysis["regions"][0], &south = analysis["regions"][1],
             &total = analysis["total"];
  CHECK(north["name"] == "north");
  CHECK(north["transplants_per_year"].get<double>() == Approx(10).epsilon(1e-8));
  CHECK(north["transplanted_share"].get<double>() == Approx(0.5).epsilon(1e-8));
  CHECK(north["transplanted_share_at_minimum_wait"].get<double>() > 0.5);
  CHECK(north["mean_wait_years"].get<double>() > 0.5);
  CHECK(north["lost"]["qalys_to_no_access"] == 0.0);
  CHECK(south["mean_wait_years"].is_null());
  CHECK(south["transplants_per_year"] == 0.0);
  CHECK(south["lost"]["qalys_to_waiting"] == 0.0);
  CHECK(south["lost"]["qalys_to_no_access"].get<double>() > 0);
  CHECK(south["one_more_transplant"]["qalys"].get<double>() > 0);
  for (const char* number : {"referrals_per_year", "capacity_per_year", "transplants_per_year"})
    CHECK(total[number].get<double>() == Approx(north[number].get<double>() + south[number].get<double>()));
  for (const char* number : {"qalys_to_waiting", "qalys_to_no_access", "extra_cost"}) {
    CHECK(total["lost"][number].get<double>() ==
          Approx(north["lost"][number].get<double>() + south["lost"][number].get<double>()));
  }
  const json& lost = north["lost"];
  CHECK(lost["nmb"]["20000"].get<double>() ==
        Approx(20000 * lost["qalys_to_waiting"].get<double>() + lost["extra_cost"].get<double>()));
  CHECK(total["qalys_per_referred"].get<double>() ==
        Approx((20 * north["qalys_per_referred"].get<double>() + 5 * south["qalys_per_referred"].get<double>()) / 25));
}

TEST_CASE("mistakes in regions are told with their place") {
  const auto refused = [](const Finished& finished, const std::string& message) {
    CHECK(finished.code == 2);
    CHECK(finished.out.empty());
    CHECK_THAT(finished.err, Contains(message));
  };
  refused(Regions("").run(), "the scenario has no regions that refer patients to transplantation");
  refused(Regions(region("north", -1, 20, 0.5)).run(), "must be from 0");
  const Regions unknown(region("north", 10, 20, 0.5), "[access]\nstrategy = \"ahcst\"\n");
  refused(unknown.run(), "there is no strategy 'ahcst' -- did you mean 'ahsct'?");
  refused(unknown.run(), "regions.toml:5:");
  refused(Regions(region("north", 10, 20, 0.5), "[access]\nstrategy = \"ocrelizumab\"\n").run(),
          "strategy 'ocrelizumab' does not begin with a procedure");
  refused(run_myelin({"access", MYELIN_SOURCE_DIR "/scenarios/examples/sick_sicker.toml"}),
          "access is known of the model 'ms' only, not of 'markov'");
  CHECK(Regions(region("north", 10, 20, 0.5)).run({"--patients", "100"}).code == 2);
}
