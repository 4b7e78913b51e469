#include "results/reprice.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "engine/kernels/instruction_set.hpp"
#include "models/ms/model.hpp"
#include "results/collect.hpp"
#include "results/example.hpp"
#include "results/results.hpp"
#include "study/uncertain_illness.hpp"

using namespace myelin;
using namespace myelin::results;
using namespace myelin::study::test;
using Catch::Matchers::Contains;
using Overrides = std::vector<std::string>;

namespace {

const std::string by_cohort = "analysis.engine=cohort", by_sample = "analysis.patients=3000";

const study::Models& models() {
  static const ms::MsModel ms;
  static const study::Models all = {StudyFolder::models().front(), &ms};
  return all;
}

Overrides joined(Overrides a, const Overrides& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// A scenario, run as the command line runs it.
struct Case {
  std::filesystem::path scenario;
  Overrides overrides;
  std::vector<std::string> strategies = {};

  RunResults run(const Overrides& more = {}) const {
    auto plan = study::make_plan({scenario::Folder(scenario), joined(overrides, more), strategies}, models());
    if (!plan) UNSCOPED_INFO(to_string(plan.error().front()));
    REQUIRE(plan);
    study::Execution execution;
    execution.count_for_pricing = true;
    execution.instruction_set = engine::best_instruction_set();
    std::vector<study::AnalysisOutput> outputs;
    for (const study::PlannedAnalysis& analysis : plan->analyses)
      outputs.push_back(study::simulate(*plan, analysis, execution).value().value());
    std::optional<study::ProbabilisticOutput> probabilistic;
    if (plan->draws)
      probabilistic = study::simulate_draws(*plan, plan->analyses.front(), *plan->draws, execution).value();
    return collect(std::move(*plan), std::move(outputs), std::move(probabilistic), std::nullopt);
  }
};

Result<Repriced> try_to_reprice(const RunResults& run, const Overrides& change) {
  const auto now = plan_of_run(run, change, models());
  if (!now) return tl::unexpected(now.error());
  return reprice(run, *now, models());
}

Repriced repriced(const RunResults& run, const Overrides& change) {
  auto priced = try_to_reprice(run, change);
  if (!priced) UNSCOPED_INFO(to_string(priced.error().front()));
  REQUIRE(priced);
  return std::move(*priced);
}

bool is_exact(const RunResults& run) { return run.engine == "cohort"; }

/// How far a mean may be from that of a new run, relative to the largest of what it is made of: itself, that of the run
/// before, and of an increment those of the strategies.
double tolerance(const RunResults& run) { return is_exact(run) ? 1e-12 : 1e-11; }

/// The mean over draws, [outcome][column].
std::vector<double> mean_over_draws(const AnalysisResult& analysis, const StrategyResult& strategy) {
  std::vector<double> mean(analysis.outcomes.size() * column_count);
  for (std::size_t i = 0; i < strategy.mean.size(); ++i)
    mean[i % mean.size()] += strategy.mean[i] / static_cast<double>(analysis.draws);
  return mean;
}

void check_within(double got, double expected, double tolerance) {
  if (!(std::abs(got - expected) <= tolerance)) FAIL_CHECK("got " << got << " instead of " << expected);
}

/// The means of a run priced again are those of a new run.
void check_means(const AnalysisResult& got, const AnalysisResult& before, const AnalysisResult& fresh,
                 double relative) {
  REQUIRE(got.strategies.size() == fresh.strategies.size());
  std::vector<std::vector<double>> scales;
  for (std::size_t s = 0; s < got.strategies.size(); ++s) {
    const std::vector<double> priced = mean_over_draws(got, got.strategies[s]),
                              old = mean_over_draws(before, before.strategies[s]),
                              expected = mean_over_draws(fresh, fresh.strategies[s]);
    REQUIRE(priced.size() == expected.size());
    std::vector<double>& scale = scales.emplace_back();
    for (std::size_t i = 0; i < priced.size(); ++i) {
      CAPTURE(s, got.outcomes[i / 2].name, i % 2);
      scale.push_back(std::max(std::abs(old[i]), std::abs(expected[i])));
      check_within(priced[i], expected[i], relative * scale[i]);
    }
  }
  REQUIRE(got.increments.size() == fresh.increments.size());
  for (std::size_t k = 0; k < got.increments.size(); ++k) {
    const auto& [s, versus] = got.increments[k].pair;
    for (std::size_t i = 0; i < got.increments[k].mean.size(); ++i) {
      CAPTURE(s, versus, got.outcomes[i / 2].name, i % 2);
      check_within(got.increments[k].mean[i], fresh.increments[k].mean[i],
                   relative * (scales[s][i] + scales[versus][i]));
    }
  }
}

/// An outcome whose means and weights the change leaves as they are keeps its error; one whose means it changes has
/// none. Where the weights alone change, as of an outcome that is 0, there may be either.
void check_errors(const AnalysisResult& got, const AnalysisResult& before, const AnalysisResult& fresh, bool exact) {
  const auto mean_changed = [&](std::size_t s, std::size_t i) {
    const std::size_t first = i / column_count * column_count;
    return fresh.strategies[s].mean[first] != before.strategies[s].mean[first] ||
           fresh.strategies[s].mean[first + 1] != before.strategies[s].mean[first + 1];
  };
  const auto rate = [](const DiscountRate& discount) { return discount.steps.front().rate_per_year; };
  const auto weights_changed = [&](std::size_t i) {
    const DiscountedAs as = got.outcomes[i / column_count].discounted_as;
    return fresh.timing.discounting != before.timing.discounting ||
           fresh.timing.correction != before.timing.correction ||
           (as == DiscountedAs::cost && rate(fresh.discount_cost) != rate(before.discount_cost)) ||
           (as == DiscountedAs::health && rate(fresh.discount_qaly) != rate(before.discount_qaly));
  };
  const auto check = [&](double error, bool is_changed, bool may_be_changed, double error_before) {
    if (exact) {
      CHECK(error == 0);
    } else if (is_changed) {
      CHECK(std::isnan(error));
    } else if (!may_be_changed || !std::isnan(error)) {
      CHECK(error == error_before);
    }
  };
  for (std::size_t s = 0; s < got.strategies.size(); ++s) {
    for (std::size_t i = 0; i < got.strategies[s].mean.size(); ++i) {
      CAPTURE(s, got.outcomes[i / 2].name, i % 2);
      check(got.strategies[s].standard_error[i], mean_changed(s, i), weights_changed(i),
            before.strategies[s].standard_error[i]);
    }
  }
  for (std::size_t k = 0; k < got.increments.size(); ++k) {
    const IncrementResult &increment = got.increments[k], &old = before.increments[k];
    const auto& [s, versus] = increment.pair;
    bool joint_changed = false, joint_may_be_changed = false;
    for (std::size_t i = 0; i < increment.mean.size(); ++i) {
      const std::string& name = got.outcomes[i / 2].name;
      CAPTURE(s, versus, name, i % 2);
      const bool is_changed = mean_changed(s, i) || mean_changed(versus, i);
      check(increment.standard_error[i], is_changed, weights_changed(i), old.standard_error[i]);
      if (name != "cost" && name != "qaly") continue;
      joint_changed = joint_changed || is_changed;
      joint_may_be_changed = joint_may_be_changed || weights_changed(i);
    }
    check(increment.cost_qaly_covariance, joint_changed, joint_may_be_changed, old.cost_qaly_covariance);
  }
}

/// Everything that a run priced again says of itself is what a new run says.
void check_description(const RunResults& got, const RunResults& fresh) {
  const auto inputs = [](const RunResults& run) {
    std::vector<std::tuple<std::string, double, std::string>> all;
    for (const InputRecord& input : run.inputs) all.emplace_back(input.path, input.value, input.provenance.source);
    return all;
  };
  const auto settings = [](const RunResults& run) {
    std::vector<std::pair<std::string, std::string>> all;
    for (const Setting& setting : run.settings) all.emplace_back(setting.key, setting.value);
    return all;
  };
  CHECK(inputs(got) == inputs(fresh));
  CHECK(settings(got) == settings(fresh));
  CHECK(got.scenario_overrides == fresh.scenario_overrides);
  CHECK(got.scenario_text == fresh.scenario_text);
  CHECK(got.patients == fresh.patients);
  CHECK(got.thresholds == fresh.thresholds);
  for (std::size_t a = 0; a < got.analyses.size(); ++a) {
    const AnalysisResult &x = got.analyses[a], &y = fresh.analyses[a];
    CHECK(x.timing.discounting == y.timing.discounting);
    CHECK(x.timing.correction == y.timing.correction);
    CHECK(x.discount_cost.steps.front().rate_per_year == y.discount_cost.steps.front().rate_per_year);
    CHECK(x.discount_qaly.steps.front().rate_per_year == y.discount_qaly.steps.front().rate_per_year);
  }
}

void check_against_new_run(const Case& base, const RunResults& run, const Overrides& change) {
  CAPTURE(change);
  const Repriced priced = repriced(run, change);
  const RunResults fresh = base.run(change);
  REQUIRE(priced.run.analyses.size() == fresh.analyses.size());
  for (std::size_t a = 0; a < fresh.analyses.size(); ++a) {
    check_means(priced.run.analyses[a], run.analyses[a], fresh.analyses[a], tolerance(run));
    check_errors(priced.run.analyses[a], run.analyses[a], fresh.analyses[a], is_exact(run));
  }
  check_description(priced.run, fresh);
}

/// The first problem of a change that cannot be priced.
std::string refusal(const RunResults& run, const Overrides& change) {
  const auto priced = try_to_reprice(run, change);
  REQUIRE_FALSE(priced);
  return to_string(priced.error().front());
}

/// A random choice of prices, utilities, rates and timing conventions.
Overrides random_change(std::mt19937& rng) {
  const auto uniform = [&](double low, double high) {
    return low + (high - low) * static_cast<double>(rng()) / 4294967296.0;
  };
  Overrides change;
  const auto add = [&](const std::string& key, double low, double high) {
    if (rng() % 3 == 0) change.push_back(key + "=" + std::to_string(rng() % 5 == 0 ? 0 : uniform(low, high)));
  };
  add("parameters.c_ill", 1, 5000);
  add("parameters.c_drug", 1, 5000);
  add("parameters.u_well", 0.5, 1);
  add("parameters.u_ill", 0, 0.5);
  add("analysis.discount_cost", 0, 0.1);
  add("analysis.discount_qaly", 0, 0.1);
  const auto choose = [&](const std::string& key, const std::vector<std::string>& values) {
    if (rng() % 4 == 0) change.push_back(key + "=" + values[rng() % values.size()]);
  };
  choose("analysis.discount_timing", {"start", "mid", "end", "continuous"});
  choose("analysis.within_cycle_correction", {"none", "start", "trapezoid", "life_table", "simpson"});
  if (change.empty()) change = {"parameters.c_ill=1234"};
  return change;
}

}  // namespace

TEST_CASE("random changes of prices, utilities, rates and timing give the means of a new run") {
  const std::string engine = GENERATE(as<std::string>(), by_cohort, by_sample);
  const StudyFolder folder(illness() + "\n[alternatives.short]\nlabel = \"Dear\"\nset = [\"parameters.c_drug=900\"]\n");
  const Case base{folder.path("scenario.toml"), {engine}};
  const RunResults run = base.run();
  std::mt19937 rng(2026);
  for (int i = 0; i < 40; ++i) check_against_new_run(base, run, random_change(rng));
}

TEST_CASE("nothing changed is the run itself") {
  const std::string engine = GENERATE(as<std::string>(), by_cohort, by_sample);
  const StudyFolder folder;
  const RunResults run = Case{folder.path("scenario.toml"), {engine}}.run();
  const Repriced priced = repriced(run, {});
  CHECK(digest(priced.run) == digest(run));
  CHECK(priced.run.scenario_sha256 == run.scenario_sha256);
}

TEST_CASE("a price that was 0 becomes positive, and the reverse") {
  const std::string engine = GENERATE(as<std::string>(), by_cohort, by_sample);
  const StudyFolder folder;
  for (const std::string key : {"parameters.c_ill", "parameters.c_drug", "parameters.u_ill"}) {
    const Case free{folder.path("scenario.toml"), {engine, key + "=0"}}, paid{folder.path("scenario.toml"), {engine}};
    check_against_new_run(free, free.run(), {key + "=0.75"});
    check_against_new_run(paid, paid.run(), {key + "=0"});
  }
}

TEST_CASE("a run that was priced again can be priced again, from its file too") {
  const StudyFolder folder;
  const results::test::TemporaryFolder files;
  const Case base{folder.path("scenario.toml"), {by_cohort}};
  write(base.run(), files / "run.h5");
  const RunResults run = read(files / "run.h5");
  const RunResults once = repriced(run, {"parameters.c_ill=2000"}).run;
  write(once, files / "once.h5");
  const RunResults twice = repriced(read(files / "once.h5"), {"parameters.c_drug=0"}).run;
  const RunResults fresh = base.run({"parameters.c_ill=2000", "parameters.c_drug=0"});
  check_means(twice.analyses.front(), run.analyses.front(), fresh.analyses.front(), 1e-12);
  CHECK(twice.scenario_overrides == Overrides{by_cohort, "parameters.c_ill=2000", "parameters.c_drug=0"});
}

TEST_CASE("the scenario's files are those of the run, though they have changed since") {
  const StudyFolder folder;
  const Case base{folder.path("scenario.toml"), {by_cohort}};
  const RunResults run = base.run(), fresh = base.run({"parameters.c_drug=100"});
  folder.write("scenario.toml", "spoilt");
  check_means(repriced(run, {"parameters.c_drug=100"}).run.analyses.front(), run.analyses.front(),
              fresh.analyses.front(), 1e-12);
}

TEST_CASE("a change of what happens to patients, or of the run, is refused") {
  const StudyFolder folder;
  const RunResults run = Case{folder.path("scenario.toml"), {by_sample}}.run();
  for (const char* change : {"parameters.p_ill=0.21", "parameters.p_die_ill=0.29", "parameters.effect=0.4",
                             "analysis.horizon_years=5", "attributes.state.start=\"Ill\""}) {
    CAPTURE(change);
    CHECK_THAT(refusal(run, {"parameters.c_ill=5", change}), Contains("how patients live"));
  }
  for (const char* change : {"analysis.patients=4000", "analysis.seed=5", "analysis.engine=cohort"}) {
    CAPTURE(change);
    CHECK_THAT(refusal(run, {change}), Contains("another run") || Contains("simulates no patients"));
  }
  CHECK_THAT(refusal(run, {"parameters.c_il=5"}), Contains("c_il"));
  CHECK_THAT(refusal(run, {"parameters.u_ill=high"}), Contains("u_ill"));
}

TEST_CASE("a run of another version of the program is refused") {
  const StudyFolder folder;
  RunResults run = Case{folder.path("scenario.toml"), {by_cohort}}.run();
  run.analyses[0].strategies[1].table_digest = std::string(64, '0');
  CHECK_THAT(refusal(run, {"parameters.c_ill=5"}), Contains("`drug` is not what this version of the program makes"));
}

TEST_CASE("only the strategies of the run are priced again") {
  const StudyFolder folder;
  const Case base{folder.path("scenario.toml"), {by_cohort}, {"drug"}};
  check_against_new_run(base, base.run(), {"parameters.c_drug=100"});
}

TEST_CASE("the mean over draws is priced again where the change is the same in every draw") {
  const std::string engine = GENERATE(as<std::string>(), by_cohort, by_sample);
  const StudyFolder folder(uncertain_illness());
  const Case base{folder.path("scenario.toml"), {engine, all_patients, number_of_draws(24)}};
  const RunResults run = base.run();
  for (const Overrides& change : {Overrides{"parameters.c_drug=1250"}, Overrides{"parameters.c_drug=0"},
                                  Overrides{"analysis.discount_qaly=0.015", "analysis.discount_timing=mid"}}) {
    CAPTURE(change);
    const Repriced priced = repriced(run, change);
    REQUIRE(priced.run.probabilistic);
    CHECK(priced.run.probabilistic->draws == 1);
    CHECK(priced.run.probabilistic->drawn.names.empty());
    check_means(*priced.run.probabilistic, *run.probabilistic, base.run(change).probabilistic.value(), tolerance(run));
    REQUIRE_FALSE(priced.remarks.empty());
    CHECK_THAT(priced.remarks.front(), Contains("the mean over its 24 draws is priced again"));
  }
  const Repriced dropped = repriced(run, {"parameters.c_ill=1250"});
  CHECK_FALSE(dropped.run.probabilistic);
  CHECK_THAT(dropped.remarks.at(0), Contains("differs from draw to draw") && Contains("left out"));
  check_means(dropped.run.analyses.front(), run.analyses.front(), base.run({"parameters.c_ill=1250"}).analyses.front(),
              tolerance(run));
}

TEST_CASE("a change whose effect an uncertain input multiplies leaves the probabilistic analysis out") {
  const std::string text =
      replaced(uncertain_illness(), "per_year = \"treated * c_drug\"", "per_year = \"treated * c_drug * effect\"");
  const StudyFolder random(text);
  const StudyFolder in_turn(text + joint("effect", R"("parameters.effect")", "rows", "file = \"draws.csv\"\n"));
  // Draws that begin and end at the input's value, but are elsewhere between.
  in_turn.write("draws.csv", "parameters.effect\n0.5\n0.6\n0.4\n");
  for (const auto& [folder, draws] : {std::pair(&random, 10), {&in_turn, 4}}) {
    CAPTURE(draws);
    const RunResults run = Case{folder->path("scenario.toml"), {by_cohort, number_of_draws(draws)}}.run();
    const Repriced priced = repriced(run, {"parameters.c_drug=1250"});
    CHECK_FALSE(priced.run.probabilistic);
    CHECK_THAT(priced.remarks.at(0), Contains("differs from draw to draw"));
  }
}

TEST_CASE("the base case of multiple sclerosis is priced again as a new run would be") {
  const std::string engine = GENERATE(as<std::string>(), by_cohort, by_sample);
  const Case base{MYELIN_SOURCE_DIR "/scenarios/ms/base_case_uk.toml", {engine}, {"ocrelizumab", "ahsct"}};
  const RunResults run = base.run();
  for (const Overrides& change :
       {Overrides{"therapies.ahsct.procedure.cost=50000", "relapses.rate_rrms[3]=0.9"},
        Overrides{"analysis.discount_qaly=0.015"},
        Overrides{"therapies.ahsct.procedure.cost=0", "costs.infusion=0", "utilities.spms_change=0",
                  "relapses.qaly_change=0", "therapies.ocrelizumab.price=12345.5"}})
    check_against_new_run(base, run, change);
  CHECK_THAT(refusal(run, {"natural_history.conversion[3]=0.2"}), Contains("how patients live"));
}
