#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "study/uncertain_illness.hpp"
#include "support/statistics.hpp"

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

/// `check` tells all of `parts` and nothing else, at their places, and `run` refuses before anything runs.
void check_refused(const std::string& text, const std::vector<std::string>& parts) {
  const StudyFolder folder(text);
  const std::string scenario = folder.path("scenario.toml").string(), file = folder.path("run.h5").string();
  const Finished checked = run_myelin({"check", scenario}),
                 finished = run_myelin({"run", scenario, "--draws", "100", "-o", file});
  CHECK(checked.code == 2);
  CHECK(checked.out.empty());
  CHECK_THAT(checked.err, Contains(fmt::format("{} problems", parts.size())));
  for (const std::string& part : parts) CHECK_THAT(checked.err, Contains("scenario.toml:") && Contains(part));
  CHECK(finished.code == 2);
  CHECK(finished.out.empty());
  CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE("distributions that cannot be are refused before anything runs, all at once") {
  using myelin::study::test::replaced;
  check_refused(replaced(replaced(uncertain_illness(), "gamma(SE 25 %)", "gamma(mean 1000, SE -250)"), "beta(20, 80)",
                         "beta(mean 1.2, SE 0.1)"),
                {"the standard error must be above 0, not -250 -- correct it",
                 "the mean of beta must lie between 0 and 1, not at 1.2 -- use gamma"});
}

TEST_CASE("questions that a run could not answer are refused before it, all at once") {
  const std::string joint = myelin::study::test::joint("both", "\"parameters.u_well\", \"parameters.u_ill\"",
                                                       "multivariate_normal", "covariance = [1, 2, 2, 1]\n");
  check_refused(uncertain_illness(joint + "\n[voi]\ninputs = [\"parameters.c_drug\"]\n\n[budget]\nfirst_year = 2026\n" +
                                  "\n[prices.negotiated.drug]\nlabel = \"Drug\"\ninputs = [\"parameters.c_drugs\"]\n"),
                {"psa.joint.both: ", "voi.inputs: 'parameters.c_drug' is fixed in this run",
                 "budget is asked for without budget.prevalent_patients", "budget is asked for without budget.incident",
                 "did you mean 'parameters.c_drug'?"});
}

TEST_CASE("the value of information of a run with one strategy is refused before it") {
  const StudyFolder folder(uncertain_illness(questions));
  const Finished finished =
      run_myelin({"run", folder.path("scenario.toml").string(), "--draws", "100", "--strategies", "drug"});
  CHECK(finished.code == 2);
  CHECK_THAT(finished.err, Contains("scenario.toml:") && Contains("with one strategy there is no decision") &&
                               Contains("run two strategies or more"));
}

TEST_CASE("draws that are priced again keep their means and lose their spread") {
  const DrawnRun run(questions);
  const json answer = json::parse(run.analyse({"--json", "--set", "parameters.c_drug=400"}).out);
  CHECK(answer.at("probabilistic").at("draws") == 1);
  CHECK(answer["probabilistic"]["increments"][0]["cost"]["standard_error"].is_null());
  CHECK_FALSE(answer.contains("decision_uncertainty"));
  CHECK(answer.at("voi").at("left_out").get<std::string>().find("priced again") != std::string::npos);
}

TEST_CASE(
    "without the noise of its patients the microsimulation finds the decision as uncertain as the cohort engine") {
  const StudyFolder folder(uncertain_illness());
  const auto uncertainty = [&](const std::string& name, std::vector<std::string> engine) {
    const std::string file = folder.path(name).string();
    engine.insert(engine.begin(),
                  {"run", folder.path("scenario.toml").string(), "--draws", "2000", "--quiet", "-o", file});
    REQUIRE(run_myelin(engine).code == 0);
    return json::parse(run_myelin({"analyse", file, "--json", "--thresholds", "2500,3000,4000"}).out)
        .at("decision_uncertainty")
        .at("thresholds");
  };
  const json exact = uncertainty("exact.h5", {"--engine", "cohort"}),
             sampled = uncertainty("sampled.h5", {"--patients", "100"});
  constexpr std::size_t comparisons = 6;
  // Draws of parameters are the same under both engines, so that the two errors together are more than enough.
  const auto distance = [](const json& a, const json& b) {
    return std::abs(a.at("mean").get<double>() - b.at("mean").get<double>()) /
           std::hypot(a.at("standard_error").get<double>(), b.at("standard_error").get<double>());
  };
  const double bound = myelin::test::bound_in_standard_errors(comparisons);
  for (std::size_t i = 0; i < exact.size(); ++i) {
    CAPTURE(exact[i].at("threshold"));
    CHECK(distance(sampled[i].at("evpi"), exact[i].at("evpi")) < bound);
    CHECK(distance(sampled[i].at("strategies")[0].at("probability_best"),
                   exact[i].at("strategies")[0].at("probability_best")) < bound);
  }
  // The noise is large enough to be seen if it stays in: 8 standard errors at the last threshold.
  CHECK(distance(sampled[2].at("evpi_with_patient_noise"), exact[2].at("evpi")) > bound);
}
