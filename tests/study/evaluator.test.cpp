#include "study/evaluator.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <cmath>

#include "program/builder.hpp"
#include "program/timing_settings.hpp"
#include "study/pencil.hpp"
#include "support/statistics.hpp"

using namespace myelin;
using namespace myelin::study;
using namespace myelin::study::test;

namespace {

Changes change(const Plan& plan, const std::string& name, double value) { return {{cell_of(plan, name), value}}; }

Evaluator evaluator_of(const Plan& plan, const Execution& execution) {
  auto made = Evaluator::make(plan, plan.analyses.front(), execution);
  REQUIRE(made);
  return std::move(*made);
}

std::vector<Outcomes> evaluated(const Plan& plan, const std::vector<Changes>& changes, const Execution& execution) {
  auto outcomes = evaluator_of(plan, execution).evaluate(changes);
  if (!outcomes) {
    for (const Diagnostic& problem : outcomes.error()) UNSCOPED_INFO(to_string(problem));
  }
  REQUIRE(outcomes);
  return *outcomes;
}

AnalysisOutput simulated(const Plan& plan, const Execution& execution) {
  const auto output = simulate(plan, plan.analyses.front(), execution);
  REQUIRE(output);
  REQUIRE(*output);
  return **output;
}

std::size_t mean_of(const AnalysisOutput& output, const std::string& outcome) {
  const auto& outcomes = output.programs.front().outcomes;
  const auto found = std::ranges::find(outcomes, outcome, &Outcome::name);
  REQUIRE(found != outcomes.end());
  return static_cast<std::size_t>(found - outcomes.begin()) * 2;
}

/// The outcomes of a run of its own.
Outcomes outcomes_of(const AnalysisOutput& output) {
  Outcomes outcomes;
  for (const StrategyOutput& strategy : output.strategies) {
    outcomes.cost.push_back(strategy.outcomes.mean[mean_of(output, "cost")]);
    outcomes.qaly.push_back(strategy.outcomes.mean[mean_of(output, "qaly")]);
  }
  return outcomes;
}

void check_same(const Outcomes& a, const Outcomes& b) {
  CHECK(a.cost == b.cost);
  CHECK(a.qaly == b.qaly);
}

void check_near(const Outcomes& outcomes, const Illness& none, const Illness& drug) {
  const Expected expected[] = {expected_of(none), expected_of(drug)};
  for (std::size_t s = 0; s < 2; ++s) {
    CHECK(outcomes.cost[s] == Approx(expected[s].cost).epsilon(1e-12));
    CHECK(outcomes.qaly[s] == Approx(expected[s].qaly).epsilon(1e-12));
  }
}

/// A model with an input that decides what a patient's cost is read from: nothing that can happen changes with it. That
/// it is 0 or 1 is left to the check.
class PayerModel : public Model {
 public:
  std::string name() const override { return "payer"; }
  const Schema& schema() const override {
    static const Schema schema = {{.path = "payer", .kind = KeyKind::parameter, .description = "", .unit = "number"}};
    return schema;
  }
  Diagnostics check(const ParameterSet& parameters) const override {
    if (parameters.number("payer") <= 1) return {};
    return {{parameters.entry("payer").place, "there are two payers", "name the first or the second"}};
  }
  std::vector<std::pair<std::string, std::string>> stated_settings(const ParameterSet&) const override { return {}; }

  Result<Program> compile(const ParameterSet& parameters, const std::string& strategy) const override {
    const Weights weights = make_weights(read_timing(parameters), DiscountRate::constant(0));
    ProgramBuilder builder(strategy, read_timing(parameters).cycles);
    const OutcomeIndex cost = builder.outcome("cost", "GBP", "", weights, weights, DiscountedAs::cost);
    builder.outcome("qaly", "QALY", "", weights, weights, DiscountedAs::health);
    const AttributeIndex first = builder.state("first", {"no", "yes"}, ProgramBuilder::unset),
                         second = builder.state("second", {"no", "yes"}, ProgramBuilder::unset);
    const AttributeIndex vital = builder.state("vital", {"alive", "dead"}, 0);
    builder.dead(vital, 1);
    for (const auto& [attribute, share] : {std::pair(first, 0.25), std::pair(second, 0.75)}) {
      builder.draw(Phase::start, attribute == first ? "one" : "other", {}, {attribute},
                   [share = share](const Levels&, Branches& branches) {
                     branches.add(1 - share, {0});
                     branches.add(share, {1});
                   });
    }
    const AttributeIndex counted = parameters.number("payer") < 0.5 ? first : second;
    builder.accrue(Phase::start, "cost", cost, {counted},
                   [=](const Levels& levels) { return 100.0 * levels[counted]; });
    return builder.build();
  }
};

}  // namespace

TEST_CASE("Evaluations agree with a pencil and with runs of their own", "[study]") {
  const StudyFolder folder(dyadic_illness());
  const Plan plan = plan_of(folder);
  Execution execution;
  execution.threads = 2;
  const std::vector<Changes> changes = {
      {},
      change(plan, "parameters.c_ill", 1500),
      {{cell_of(plan, "parameters.effect"), 0.25}, {cell_of(plan, "parameters.u_ill"), 0.375}},
      change(plan, "analysis.discount_cost", 0)};
  const std::vector<Outcomes> outcomes = evaluated(plan, changes, execution);
  REQUIRE(outcomes.size() == 4);

  check_near(outcomes[0], {}, treated());
  check_same(outcomes[0], outcomes_of(simulated(plan, execution)));
  check_near(outcomes[1], {.c_ill = 1500}, treated({.c_ill = 1500}));
  check_near(outcomes[2], {.u_ill = 0.375}, treated({.effect = 0.25, .u_ill = 0.375}));
  check_near(outcomes[3], {.discount_cost = 0}, treated({.discount_cost = 0}));
  const std::vector<std::string> sets[] = {
      {"parameters.c_ill=1500"}, {"parameters.effect=0.25", "parameters.u_ill=0.375"}, {"analysis.discount_cost=0"}};
  for (std::size_t i = 0; i < 3; ++i)
    check_same(outcomes[i + 1], outcomes_of(simulated(plan_of(folder, sets[i]), execution)));
}

TEST_CASE("A value that makes possible what was impossible is evaluated all the same", "[study]") {
  const StudyFolder folder(dyadic_illness());
  const Plan plan = plan_of(folder, {"parameters.effect=0", "parameters.p_die_ill=0"});
  const std::vector<Outcomes> outcomes = evaluated(
      plan, {{{cell_of(plan, "parameters.effect"), 0.5}, {cell_of(plan, "parameters.p_die_ill"), 0.25}}, {}}, {});
  check_near(outcomes[0], {}, treated());
  check_near(outcomes[1], {.p_die_ill = 0}, treated({.p_die_ill = 0, .effect = 0}));
}

TEST_CASE("A value that changes the structure of a program is evaluated all the same, if it passes the check",
          "[study]") {
  const PayerModel model;
  std::string text = illness().substr(0, illness().find("[attributes.state]"));
  text.replace(text.find("\"markov\""), 8, "\"payer\"");
  text.insert(text.find("[analysis]"),
              "payer = { value = 0, unit = \"number\", source = \"TRIAL\", grade = \"read\" }\n");
  const StudyFolder folder(text + "[strategies.none]\nlabel = \"No drug\"\n");
  const auto plan = make_plan({folder.path("scenario.toml"), {}, {}}, {&model});
  if (!plan) {
    for (const std::string& line : folder.lines_of(plan.error())) UNSCOPED_INFO(line);
  }
  REQUIRE(plan);
  const std::vector<Outcomes> outcomes = evaluated(*plan, {{}, change(*plan, "payer", 1)}, {});
  CHECK(outcomes[0].cost == std::vector<double>{25});
  CHECK(outcomes[1].cost == std::vector<double>{75});
  const auto refused = evaluator_of(*plan, {}).evaluate(std::vector<Changes>{change(*plan, "payer", 2)});
  REQUIRE_FALSE(refused);
  CHECK(folder.lines_of(refused.error()) ==
        Lines{"scenario.toml:6:1: with payer at 2: there are two payers -- name the first or the second"});
}

TEST_CASE("An evaluation depends neither on threads nor on the evaluations before it", "[study]") {
  const StudyFolder folder;
  for (const auto& [patients, limit] : {std::pair(std::string(), 2'000'000), std::pair(std::string("3000"), 1)}) {
    std::vector<std::string> overrides;
    if (!patients.empty()) overrides.push_back("analysis.patients=" + patients);
    const Plan plan = plan_of(folder, overrides);
    Execution one, several;
    several.threads = 3;
    one.cohort_state_limit = several.cohort_state_limit = static_cast<std::uint64_t>(limit);
    const std::vector<Changes> changes = {
        {}, change(plan, "parameters.p_ill", 0.25), change(plan, "parameters.c_ill", 900), {}};
    const std::vector<Outcomes> expected = evaluated(plan, changes, one), found = evaluated(plan, changes, several);
    for (std::size_t i = 0; i < changes.size(); ++i) check_same(expected[i], found[i]);
    check_same(expected[0], expected[3]);
    check_same(evaluated(plan, {changes[1]}, several).front(), expected[1]);
    CHECK(expected[1].cost[0] > expected[0].cost[0]);
    CHECK(expected[2].cost[0] < expected[0].cost[0]);
  }
}

TEST_CASE("Without a cohort that fits, the patients of the base case are sampled again", "[study]") {
  const StudyFolder folder;
  const std::vector<std::string> set = {"parameters.p_ill=0.3", "parameters.p_die=0.05"};
  const Plan plan = plan_of(folder, {"analysis.patients=500000"});
  const std::vector<Changes> changes = {
      {{cell_of(plan, "parameters.p_ill"), 0.3}, {cell_of(plan, "parameters.p_die"), 0.05}}};
  Execution small;
  small.cohort_state_limit = 1;
  Evaluator sampling = evaluator_of(plan, small), exact = evaluator_of(plan, {});
  CHECK(sampling.engine() == Engine::microsimulation);
  CHECK(exact.engine() == Engine::cohort);
  const Outcomes sampled = sampling.evaluate(changes)->front(), expected = exact.evaluate(changes)->front();

  const AnalysisOutput own = simulated(plan_of(folder, {set[0], set[1], "analysis.patients=500000"}), {});
  check_same(sampled, outcomes_of(own));
  CHECK(sampling.patient_cycles() == own.patient_cycles);
  CHECK(exact.patient_cycles() == 0);
  for (std::size_t s = 0; s < 2; ++s) {
    const std::vector<double>& errors = own.strategies[s].outcomes.standard_error;
    CHECK(myelin::test::stat_check(sampled.cost[s], expected.cost[s], errors[mean_of(own, "cost")], 4));
    CHECK(myelin::test::stat_check(sampled.qaly[s], expected.qaly[s], errors[mean_of(own, "qaly")], 4));
    // The comparison would see an error of a fiftieth of a QALY.
    CHECK(myelin::test::detectable_in_standard_errors(4) * errors[mean_of(own, "qaly")] < 0.02);
  }
}

TEST_CASE("Without a cohort that fits and without patients nothing can be evaluated", "[study]") {
  const StudyFolder folder;
  const Plan plan = plan_of(folder);
  Execution small;
  small.cohort_state_limit = 1;
  const auto made = Evaluator::make(plan, plan.analyses.front(), small);
  REQUIRE_FALSE(made);
  CHECK(made.error().size() == 3);  // why, for each strategy, and what follows
  CHECK(made.error().back().problem ==
        "other values of inputs can be evaluated neither by the cohort engine nor, without a number of patients, by "
        "the microsimulation");
  CHECK(made.error().back().remedy == "set analysis.patients, 100000 for example, and leave the engine to `auto`");
}

TEST_CASE("All values that cannot be are told with their inputs", "[study]") {
  const StudyFolder folder;
  const Plan plan = plan_of(folder);
  const auto mistakes = [&](const std::vector<Changes>& changes) {
    const auto outcomes = evaluator_of(plan, {}).evaluate(changes);
    REQUIRE_FALSE(outcomes);
    return folder.lines_of(outcomes.error());
  };
  CHECK(
      mistakes({change(plan, "parameters.p_ill", 1.5),
                change(plan, "parameters.c_ill", 100),
                {{cell_of(plan, "parameters.u_ill"), 0.1}, {cell_of(plan, "analysis.discount_qaly"), -0.01}},
                change(plan, "parameters.c_drug", INFINITY)}) ==
      Lines{"scenario.toml:33:1: parameters.p_ill cannot be 1.5: its valid range is 0 to 1 -- choose values inside it",
            "scenario.toml:17:1: analysis.discount_qaly cannot be -0.01: its valid range is 0 to 1 -- choose values "
            "inside it",
            "scenario.toml:38:1: parameters.c_drug cannot be inf: its valid range is -infinity to infinity -- choose "
            "values inside it"});
  const Lines refused =
      mistakes({change(plan, "parameters.p_ill", 0.95),
                {},
                {{cell_of(plan, "parameters.p_ill"), 0.1}, {cell_of(plan, "parameters.p_die"), 0.96}}});
  REQUIRE(refused.size() == 2);
  CHECK_THAT(refused[0], Catch::Contains("with parameters.p_ill at 0.95: "));
  CHECK_THAT(refused[1], Catch::Contains("with parameters.p_ill at 0.1, parameters.p_die at 0.96: "));
}

TEST_CASE("What was interrupted gives nothing", "[study]") {
  const StudyFolder folder;
  const std::atomic<bool> interrupted = true;
  Execution execution;
  execution.interrupted = &interrupted;
  for (const std::uint64_t limit : {2'000'000, 1}) {
    execution.cohort_state_limit = limit;
    const Plan plan = plan_of(folder, {"analysis.patients=2000"});
    CHECK(evaluated(plan, {{}, {}}, execution).empty());
  }
}
