#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "study/uncertain_illness.hpp"

using namespace myelin::cli::test;
using Catch::Matchers::Contains;
using myelin::study::test::StudyFolder;
using myelin::study::test::uncertain_illness;
using nlohmann::json;

namespace {

const std::string questions = R"(
[voi.groups.disease]
label = "Course of the disease"
inputs = ["parameters.p_*", "parameters.effect"]

[voi.population]
patients_per_year = { value = 1000, unit = "patients per year", source = "TRIAL", grade = "read" }
years = { value = 10, unit = "years", source = "TRIAL", grade = "read" }

[voi.trials.next]
label = "A trial of the drug"
sizes = [100, 1000]
fixed_cost = { value = 100000, unit = "GBP 2024/25", source = "TRIAL", grade = "read" }
cost_per_patient = { value = 100, unit = "GBP 2024/25", source = "TRIAL", grade = "read" }
years = { value = 2, unit = "years", source = "TRIAL", grade = "read" }

[voi.trials.next.observes.effect]
input = "parameters.effect"
kind = "log_ratio"
per_patient = { value = 0.3, unit = "events per patient", source = "TRIAL", grade = "read" }
)";

/// A run of the illness over 200 draws by the cohort engine, asked these questions.
class DrawnRun {
 public:
  explicit DrawnRun(const std::string& asked) : folder_(uncertain_illness(asked)) {
    const Finished finished = run_myelin({"run", folder_.path("scenario.toml").string(), "--engine", "cohort",
                                          "--draws", "200", "--quiet", "-o", file()});
    INFO(finished.err);
    REQUIRE(finished.code == 0);
  }

  Finished analyse(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"analyse", file()});
    return run_myelin(more);
  }

 private:
  std::string file() const { return folder_.path("run.h5").string(); }

  StudyFolder folder_;
};

}  // namespace

TEST_CASE("analyse shows how uncertain the decision is and what information is worth") {
  const DrawnRun run(questions);
  const Finished text = run.analyse();
  INFO(text.err);
  REQUIRE(text.code == 0);
  for (const char* heading :
       {"Probabilistic analysis beside the deterministic one", "Uncertainty of the decision over 200",
        "Value of information", "Course of the disease", "Proposed trial: A trial of the drug"})
    CHECK_THAT(text.out, Contains(heading));

  const json answer = json::parse(run.analyse({"--json", "--thresholds", "4000"}).out);
  const json &probabilistic = answer.at("probabilistic"), &decision = answer.at("decision_uncertainty"),
             &voi = answer.at("voi");
  CHECK(probabilistic.at("inputs_varied") == 7);
  for (std::size_t s = 0; s < 2; ++s) {
    CHECK(probabilistic["strategies"][s]["cost"]["mean"].get<double>() ==
          Approx(answer["strategies"][s]["cost"]["mean"].get<double>()).epsilon(1e-12));
    CHECK(probabilistic["strategies"][s]["cost"]["low"] == answer["strategies"][s]["cost"]["psa_low"]);
    CHECK(probabilistic["strategies"][s]["cost"]["deterministic"]["mean"] ==
          answer["deterministic"]["strategies"][s]["cost"]["mean"]);
  }
  CHECK(decision.at("patient_noise").is_null());
  const json& evpi = voi.at("evpi").at(0);
  CHECK(evpi.at("mean") == decision["thresholds"][0]["evpi"]["mean"]);
  const json& group = voi.at("groups").at(0);
  CHECK(group.at("inputs").size() == 4);
  const json& evppi = group["thresholds"][0];
  CHECK(evppi["evppi"].get<double>() > 0);
  CHECK(evppi["evppi"].get<double>() <= evpi["mean"].get<double>() + 3 * evppi["standard_error"].get<double>());
  CHECK(voi["trials"]["next"]["thresholds"][0]["sizes"].size() == 2);
}

TEST_CASE("an input that the run did not vary is refused at its key") {
  const DrawnRun run("\n[voi]\ninputs = [\"parameters.c_drug\"]\n");
  const Finished finished = run.analyse();
  CHECK(finished.code == 2);
  CHECK_THAT(finished.err, Contains("scenario.toml:"));
  CHECK_THAT(finished.err, Contains("voi.inputs: 'parameters.c_drug' is fixed in this run"));
}

TEST_CASE("draws that are priced again keep their means and lose their spread") {
  const DrawnRun run(questions);
  const json answer = json::parse(run.analyse({"--json", "--set", "parameters.c_drug=400"}).out);
  CHECK(answer.at("probabilistic").at("draws") == 1);
  CHECK(answer["probabilistic"]["increments"][0]["cost"]["standard_error"].is_null());
  CHECK_FALSE(answer.contains("decision_uncertainty"));
  CHECK(answer.at("voi").at("left_out").get<std::string>().find("priced again") != std::string::npos);
}
