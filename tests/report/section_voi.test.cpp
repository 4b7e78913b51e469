#include <boost/math/distributions/normal.hpp>
#include <catch2/catch.hpp>
#include <cmath>

#include "economics/acceptability.hpp"
#include "economics/evsi.hpp"
#include "economics/patient_noise.hpp"
#include "report/drawn_example.hpp"

namespace myelin::report {
using namespace test;
using namespace economics;
namespace {

using Names = std::vector<std::string>;

constexpr std::size_t draws = 600;
const Names inputs = {"hazard_ratio", "costs.day", "costs.night", "idle"};

/// The drug costs 200 `costs.day` more, which goes up and down with `costs.night`, and yields -0.1 log(hazard_ratio) +
/// 0.02 QALYs more. The logarithm of `hazard_ratio` and `costs.day` are standard normal, and `idle` has no effect.
results::RunResults normal_run(std::size_t count = draws, ExampleErrors errors = {}) {
  const std::vector<double> log_ratio = normal_draws("ratio", count), cost = normal_draws("cost", count),
                            idle = normal_draws("idle", count);
  std::vector<ExampleStrategy> drawn = {{"none", {}, {}}, {"drug", {}, {}}};
  std::vector<double> values;
  for (std::size_t d = 0; d < count; ++d) {
    drawn[0].cost.push_back(1000);
    drawn[0].qaly.push_back(5);
    drawn[1].cost.push_back(1000 + 200 * cost[d]);
    drawn[1].qaly.push_back(5.02 - 0.1 * log_ratio[d]);
    values.insert(values.end(), {std::exp(log_ratio[d]), cost[d], 2 * cost[d] + 1, idle[d]});
  }
  results::RunResults run = example_run({{"none", {1000}, {5}}, {"drug", {1000}, {5.02}}}, drawn, errors);
  run.probabilistic->drawn = {inputs, values, {}, {}};
  return run;
}

ParameterSample parameters_of(const results::RunResults& run) {
  const results::DrawnInputs& drawn = run.probabilistic->drawn;
  using ByDraw = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return {drawn.names,
          Eigen::Map<const ByDraw>(drawn.values.data(), static_cast<Eigen::Index>(run.probabilistic->draws),
                                   static_cast<Eigen::Index>(drawn.names.size()))};
}

Result<EvppiResult> evppi_of(const results::RunResults& run, std::vector<std::size_t> group) {
  return evppi(decision_sample(*run.probabilistic), run.thresholds, parameters_of(run), group,
               {.seed = Seed{run.seed}});
}

/// E max(0, X) - max(0, E X) of a normal X: the value of knowing what decides its sign.
double value_of_knowing(double mean, double sd) {
  const boost::math::normal standard;
  const double z = std::abs(mean) / sd;
  return sd * boost::math::pdf(standard, z) - std::abs(mean) * boost::math::cdf(boost::math::complement(standard, z));
}

Section section_of(const results::RunResults& run, const ExampleScenario& scenario = {}) {
  const auto section = value_of_information_section(material_of(run, scenario));
  if (!section) {
    for (const Diagnostic& problem : section.error()) UNSCOPED_INFO(to_string(problem));
  }
  REQUIRE(section);
  REQUIRE(section->has_value());
  CHECK((*section)->key == "voi");
  return **section;
}

Names mistakes_of(const results::RunResults& run, const ExampleScenario& scenario) {
  const auto section = value_of_information_section(material_of(run, scenario));
  REQUIRE_FALSE(section);
  Names lines;
  for (const Diagnostic& problem : section.error()) lines.push_back(to_string(problem));
  return lines;
}

double number(const nlohmann::ordered_json& json) { return json.get<double>(); }

ExampleScenario with_population(double years) {
  return ExampleScenario()
      .add_number("voi.population.patients_per_year", 100)
      .add_number("voi.population.growth", 0.1)
      .add_number("voi.population.years", years)
      .add_number("voi.population.share_served", 0.5);
}

ExampleScenario& add_trial(ExampleScenario& scenario, const std::string& input, const std::string& kind) {
  return scenario.add("voi.trials.next.label", std::string("The next trial"))
      .add("voi.trials.next.sizes", std::vector<double>{50, 500})
      .add_number("voi.trials.next.fixed_cost", 10000)
      .add_number("voi.trials.next.cost_per_patient", 20)
      .add_number("voi.trials.next.years", 1)
      .add("voi.trials.next.observes.it.input", input)
      .add("voi.trials.next.observes.it.kind", kind)
      .add_number("voi.trials.next.observes.it.per_patient", 0.5);
}

}  // namespace

TEST_CASE("the inputs worth most are found without being asked for, those that move as one in one row") {
  const results::RunResults run = normal_run();
  const Section section = section_of(run);
  const auto& rows = section.json["inputs"];
  REQUIRE(rows.size() == 3);
  CHECK(rows[0]["name"] == "hazard_ratio");
  CHECK(rows[1]["label"] == "costs.day and 1 that moves with it");
  CHECK(rows[1]["inputs"] == Names{"costs.day", "costs.night"});
  CHECK(rows[2]["name"] == "idle");
  CHECK(section.json["inputs_varied"] == 4);

  const Result<EvppiResult> ratio = evppi_of(run, {0}), day = evppi_of(run, {1});
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(number(rows[0]["thresholds"][i]["evppi"]) == ratio->by_threshold[i].value);
    CHECK(number(rows[0]["thresholds"][i]["standard_error"]) == ratio->by_threshold[i].standard_error);
    CHECK(number(rows[0]["thresholds"][i]["bias"]) == ratio->by_threshold[i].bias);
    CHECK(number(rows[0]["thresholds"][i]["r_squared"][0]) == ratio->by_threshold[i].r_squared[0]);
    CHECK(number(rows[1]["thresholds"][i]["evppi"]) == day->by_threshold[i].value);
    CHECK(rows[0]["thresholds"][i]["population"].is_null());
  }
  // What 600 draws of normal distributions say of their true mean and spread is within a tenth.
  CHECK(number(rows[0]["thresholds"][1]["evppi"]) == Approx(value_of_knowing(400, 2000)).epsilon(0.1));
  CHECK(rows[0]["method"] == "splines");
  CHECK(contains(to_text(section.document), "hazard_ratio"));
  CHECK(contains(unwrapped(to_text(section.document)), "over 600 draws"));
  CHECK_FALSE(contains(unwrapped(to_text(section.document)), "cubic polynomial"));
  CHECK_FALSE(contains(unwrapped(to_text(section.document)), "discounted patients"));
}

TEST_CASE("perfect information bounds the rows, without the noise of patients") {
  const results::RunResults exact = normal_run();
  const auto decisions = decide(decision_sample(*exact.probabilistic), exact.thresholds).value();
  const Section section = section_of(exact);
  CHECK(number(section.json["evpi"][1]["mean"]) == decisions[1].evpi().mean);
  CHECK(number(section.json["evpi"][1]["standard_error"]) == decisions[1].evpi().standard_error);

  const results::RunResults noisy = normal_run(draws, {2, 0.001, 0});
  const auto corrected =
      corrected_evpi(decision_sample(*noisy.probabilistic), increment_noise(*noisy.probabilistic), noisy.thresholds)
          .value();
  const Section with_patients = section_of(noisy);
  CHECK(number(with_patients.json["evpi"][1]["mean"]) == corrected[1].mean);
  CHECK(corrected[1].mean < 0.99 * decisions[1].evpi().mean);
  CHECK(contains(unwrapped(to_text(with_patients.document)),
                 "The chance of simulated patients is in none of the values."));
}

TEST_CASE("inputs that are asked for are all shown, and groups under their label") {
  const results::RunResults run = normal_run();
  ExampleScenario scenario;
  scenario.add("voi.inputs", Names{"idle", "costs.*"})
      .add("voi.groups.both.label", std::string("Effect and costs"))
      .add("voi.groups.both.inputs", Names{"hazard_ratio", "costs.*"});
  const Section section = section_of(run, scenario);
  REQUIRE(section.json["inputs"].size() == 3);
  CHECK(section.json["inputs"][2]["name"] == "idle");
  REQUIRE(section.json["groups"].size() == 1);
  const auto& group = section.json["groups"][0];
  CHECK(group["name"] == "both");
  CHECK(group["inputs"] == Names{"hazard_ratio", "costs.day", "costs.night"});
  CHECK(number(group["thresholds"][0]["evppi"]) == evppi_of(run, {0, 1, 2})->by_threshold[0].value);
  // Nothing else decides, so that the group is worth what perfect information is.
  CHECK(number(group["thresholds"][0]["evppi"]) == Approx(number(section.json["evpi"][0]["mean"])).epsilon(0.01));
  CHECK(contains(to_text(section.document), "Effect and costs"));
}

TEST_CASE("of many inputs ten are shown, worth most at the last threshold, and how they were found") {
  results::RunResults run = normal_run();
  results::AnalysisResult& drawn = *run.probabilistic;
  constexpr std::size_t more = 200, late = 7;
  std::vector<std::vector<double>> columns;
  for (std::size_t i = 0; i < more; ++i) {
    columns.push_back(normal_draws("more" + std::to_string(i), draws));
    drawn.drawn.names.push_back("more_" + std::to_string(i));
  }
  std::vector<double> values;
  for (std::size_t d = 0; d < draws; ++d) {
    const auto before = drawn.drawn.values.begin() + static_cast<std::ptrdiff_t>(inputs.size() * d);
    values.insert(values.end(), before, before + static_cast<std::ptrdiff_t>(inputs.size()));
    for (const auto& column : columns) values.push_back(column[d]);
    // Dearer and better in the proportion of the first threshold, at which it decides nothing.
    double* outcomes = &drawn.strategies[1].mean[4 * d];
    outcomes[0] += 1000 * columns[late][d];
    outcomes[2] += 0.1 * columns[late][d];
  }
  drawn.drawn.values = values;
  const Section section = section_of(run);
  REQUIRE(section.json["inputs"].size() == 10);
  CHECK(section.json["inputs"][0]["name"] == "hazard_ratio");
  CHECK(section.json["inputs"][1]["name"] == "more_7");
  for (std::size_t i = 1; i < 10; ++i) {
    CHECK(number(section.json["inputs"][i]["thresholds"][1]["evppi"]) <=
          number(section.json["inputs"][i - 1]["thresholds"][1]["evppi"]));
  }
  CHECK(contains(unwrapped(to_text(section.document)), "Of 204 inputs, those shown have the highest values"));
}

TEST_CASE("a group with too many inputs for the draws is left out with its reason, the rest stays") {
  results::RunResults run = normal_run(60);
  results::DrawnInputs& drawn = run.probabilistic->drawn;
  drawn.names.clear();
  drawn.values.clear();
  for (int i = 0; i < 8; ++i) drawn.names.push_back("x" + std::to_string(i));
  std::vector<std::vector<double>> columns;
  for (const std::string& name : drawn.names) columns.push_back(normal_draws(name, 60));
  for (std::size_t d = 0; d < 60; ++d) {
    for (const auto& column : columns) drawn.values.push_back(column[d]);
  }
  ExampleScenario scenario;
  scenario.add("voi.inputs", Names{"x0"})
      .add("voi.groups.all.label", std::string("All of them"))
      .add("voi.groups.all.inputs", Names{"x*"});
  const Section section = section_of(run, scenario);
  CHECK(contains(unwrapped(to_text(section.document)), "Left out: All of them: 60 parameter draws are too few"));
  CHECK(contains(section.json["groups"][0]["left_out"].get<std::string>(), "too few"));
  CHECK(section.json["inputs"][0].contains("thresholds"));
}

TEST_CASE("the population counts the years, in part, discounted at the rate of costs") {
  results::RunResults run = normal_run();
  run.analyses.front().discount_cost = {{{Years{0}, 0.035}, {Years{2}, 0.01}}, true};
  const ExampleScenario scenario = with_population(2.5);
  const Section section = section_of(run, scenario);
  const double patients = 0.5 * (100 + 110 / 1.035 + 0.5 * 121 / (1.035 * 1.035));
  CHECK(number(section.json["discounted_patients"]) == Approx(patients));
  CHECK(number(section.json["evpi"][0]["population"]["mean"]) ==
        Approx(patients * number(section.json["evpi"][0]["mean"])));
  const auto& row = section.json["inputs"][0]["thresholds"][1];
  CHECK(number(row["population"]["mean"]) == Approx(patients * number(row["evppi"])));
  CHECK(number(row["population"]["standard_error"]) == Approx(patients * number(row["standard_error"])));
  CHECK(contains(to_text(section.document), "For all 131 discounted patients"));
}

TEST_CASE("a trial by size: both methods, and its value against its cost") {
  const results::RunResults run = normal_run();
  ExampleScenario scenario = with_population(3);
  const Section section = section_of(run, add_trial(scenario, "hazard_ratio", "log_ratio"));
  const ProposedTrial design = {"next", {{0, ObservationKind::log_ratio, 0.5}}, {50, 500}};
  const Result<EvsiResult> expected =
      evsi(decision_sample(*run.probabilistic), run.thresholds, parameters_of(run), design, {.seed = Seed{run.seed}});
  REQUIRE(expected);
  const auto& trial = section.json["trials"]["next"];
  // The year in which the trial runs serves nobody; nothing is discounted in this run.
  const double patients = 0.5 * (110 + 121);
  CHECK(number(trial["patients_served"]) == Approx(patients));
  for (std::size_t i = 0; i < 2; ++i) {
    const EvsiByThreshold& at = expected->by_threshold[i];
    CHECK(number(trial["thresholds"][i]["evppi_of_observed"]["value"]) == at.limit.value);
    for (std::size_t size = 0; size < 2; ++size) {
      const auto& row = trial["thresholds"][i]["sizes"][size];
      CHECK(number(row["regression"]["value"]) == at.by_size[size].regression.value);
      CHECK(number(row["regression"]["standard_error"]) == at.by_size[size].regression.standard_error);
      CHECK(number(row["moment_matching"]["value"]) == at.by_size[size].moment_matching->value);
      CHECK(number(row["effective_draws"]) == expected->effective_draws[size]);
      const double cost = 10000 + 20 * design.sizes[size];
      CHECK(number(row["cost"]) == cost);
      CHECK(number(row["enbs"]["mean"]) == Approx(patients * at.by_size[size].regression.value - cost));
    }
  }
  // 115 patients x about 500 GBP at the second threshold: the larger trial resolves hardly more than the smaller.
  CHECK(number(trial["thresholds"][1]["best_size"]) == 50);
  CHECK(contains(to_text(section.document), "Proposed trial: The next trial"));
  CHECK(contains(to_text(section.document), "50 *"));
  CHECK(contains(unwrapped(to_text(section.document)), "times the 116 discounted patients after 1 year less the cost"));
}

TEST_CASE("without a population a trial is not held against its cost") {
  const results::RunResults run = normal_run();
  ExampleScenario scenario;
  const Section section = section_of(run, add_trial(scenario, "hazard_ratio", "log_ratio"));
  const auto& trial = section.json["trials"]["next"];
  CHECK(trial["patients_served"].is_null());
  CHECK(trial["thresholds"][0]["best_size"].is_null());
  CHECK_FALSE(trial["thresholds"][0]["sizes"][0].contains("enbs"));
  CHECK(contains(unwrapped(to_text(section.document)), "No population is given"));
  CHECK_FALSE(contains(to_text(section.document), "ENBS"));
}

TEST_CASE("mistakes in what is asked are all refused, each at its place") {
  const results::RunResults run = normal_run();
  ExampleScenario scenario;
  scenario.add_number("price", 3)
      .add("voi.inputs", Names{"costs.dai", "price", "idle"})
      .add("voi.groups.g.label", std::string("G"))
      .add("voi.groups.g.inputs", Names{"nothing.*"})
      .add_number("voi.population.growth", 0);
  add_trial(scenario, "price", "mean");
  const Names lines = mistakes_of(run, scenario);
  REQUIRE(lines.size() == 6);
  CHECK(lines[0] == "scenario.toml:2:1: voi.inputs: no input is called 'costs.dai' -- did you mean 'costs.day'?");
  CHECK(
      lines[1] ==
      "scenario.toml:2:1: voi.inputs: 'price' is fixed in this run, so that there is nothing to learn of it -- give it "
      "a distribution and run again, or leave it out");
  CHECK(lines[2] ==
        "scenario.toml:4:1: voi.groups.g.inputs: no input is called 'nothing.*' -- name inputs that the draws vary; * "
        "stands for any text");
  CHECK(contains(lines[3], "scenario.toml:5:1: voi"));
  CHECK(contains(lines[3], "voi.population.patients_per_year"));
  CHECK(contains(lines[4], "voi.population.years"));
  CHECK(contains(lines[5], "scenario.toml:11:1: voi.trials.next.observes.it.input: 'price' is fixed in this run"));
}

TEST_CASE("a decision that stands for no time has no population") {
  const Names lines = mistakes_of(normal_run(), with_population(0));
  REQUIRE(lines.size() == 1);
  CHECK(contains(lines[0], "scenario.toml:3:1: the decision stands for no time"));
}

TEST_CASE("a trial that does not fit what it observes is refused at its place") {
  const results::RunResults run = normal_run();
  ExampleScenario scenario;
  const Names lines = mistakes_of(run, add_trial(scenario, "idle", "log_ratio"));
  REQUIRE_FALSE(lines.empty());
  CHECK(contains(lines[0], "scenario.toml:1:1: "));
  CHECK(contains(lines[0], "idle"));
}

TEST_CASE("one strategy leaves nothing to decide") {
  results::RunResults run = normal_run();
  for (results::AnalysisResult* analysis : {&run.analyses.front(), &*run.probabilistic}) {
    analysis->strategies.pop_back();
    analysis->increments.clear();
  }
  CHECK_FALSE(value_of_information_section(material_of(run, {}))->has_value());
  ExampleScenario scenario;
  scenario.add("voi.inputs", Names{"idle"});
  const Names lines = mistakes_of(run, scenario);
  REQUIRE(lines.size() == 1);
  CHECK(contains(lines[0], "scenario.toml:1:1: with one strategy there is no decision"));
}

TEST_CASE("a run that cannot answer says why") {
  ExampleScenario scenario;
  scenario.add("voi.inputs", Names{"idle"});
  results::RunResults run = normal_run(20);
  const auto reason_of = [&] { return section_of(run, scenario).json["left_out"].get<std::string>(); };
  CHECK(contains(reason_of(), "20 draws are too few"));
  run = normal_run();
  run.thresholds.clear();
  CHECK(contains(reason_of(), "no threshold"));
  run.probabilistic->drawn = {};
  CHECK(contains(reason_of(), "priced again"));
  run.probabilistic.reset();
  CHECK(contains(reason_of(), "--draws"));
  CHECK(contains(to_text(section_of(run, scenario).document), "Left out: it needs draws"));
  CHECK_FALSE(value_of_information_section(material_of(run, {}))->has_value());
}

}  // namespace myelin::report
