#include <boost/math/distributions/binomial.hpp>
#include <cmath>

#include "economics/estimates.hpp"
#include "ms/engines.hpp"
#include "results/collect.hpp"
#include "study/evaluation.hpp"
#include "study/pencil.hpp"

using namespace myelin;
using namespace myelin::study;
using namespace myelin::study::test;

namespace {

constexpr double threshold = 20000;

study::Plan ms_plan(const std::vector<std::string>& overrides) {
  const PlanRequest request{
      scenario::Folder(MYELIN_SOURCE_DIR "/scenarios/ms/heterogeneity.toml"), overrides, {"ocrelizumab", "ahsct"}};
  return make_plan(request, {&ms::test::model()}).value();
}

economics::Estimate net_benefit(const Plan& plan, const AnalysisOutput& output) {
  const results::RunResults run = results::collect(plan, {output}, {}, {});
  return economics::incremental_net_benefit(economics::increment_between(run.analyses.front(), {1, 0}), threshold);
}

}  // namespace

TEST_CASE("a model that needs no control has one that leaves no chance", "[study]") {
  const StudyFolder folder(illness());
  const Plan exact_plan = plan_of(folder, {"analysis.engine=cohort"}),
             plan = plan_of(folder, {"analysis.patients=64", "analysis.control=martingale"});
  const AnalysisOutput exact = simulate(exact_plan, exact_plan.analyses.front(), {}).value().value(),
                       output = simulate(plan, plan.analyses.front(), {}).value().value();
  const economics::Estimate expected = net_benefit(exact_plan, exact), controlled = net_benefit(plan, output);
  CHECK(controlled.mean == Approx(expected.mean).epsilon(1e-12));
  CHECK(controlled.standard_error == Approx(0).margin(1e-9));
  CHECK(output.martingale_z.size() == 2 * 3);  // cost, QALYs and life years of two strategies
}

TEST_CASE("intervals of controlled runs cover the expectation as they should", "[study][full]") {
  Plan plan = ms_plan({"analysis.patients=1024"});
  const PlannedAnalysis& analysis = plan.analyses.front();
  Execution execution;
  execution.threads = available_threads();
  execution.instruction_set = engine::best_instruction_set();
  Evaluation evaluation{analysis.name, analysis.programs, analysis.population, {plan.seed}, {0}, 2'000'000};
  const auto controls = make_controls(evaluation, execution);
  REQUIRE(controls);
  evaluation.controls = &*controls;
  const auto sampled = [&] {
    AnalysisOutput output = sample(evaluation, execution).value();
    output.programs = analysis.programs;
    return net_benefit(plan, output);
  };
  // What is covered has an error of its own, 2 % of a small run's.
  const double expected = sampled().mean;
  evaluation.patients = 1024;
  constexpr int runs = 1000;
  int covered = 0;
  for (int run = 0; run < runs; ++run) {
    evaluation.seed = {static_cast<std::uint64_t>(1000 + run)};
    const economics::Estimate estimate = sampled();
    covered += std::abs(estimate.mean - expected) <= 1.96 * estimate.standard_error;
  }
  const boost::math::binomial_distribution<double> nominal(runs, 0.95);
  CHECK(covered >= boost::math::quantile(nominal, 1e-5));
  CHECK(covered <= boost::math::quantile(boost::math::complement(nominal, 1e-5)));
}

TEST_CASE("the control takes nine tenths of the variance out of the model that has too many states", "[study]") {
  double error[2];
  for (const bool control : {false, true}) {
    const Plan plan =
        ms_plan({"analysis.patients=4096", std::string("analysis.control=") + (control ? "martingale" : "none")});
    const auto output = simulate(plan, plan.analyses.front(), {}).value().value();
    error[control ? 1 : 0] = net_benefit(plan, output).standard_error;
    CHECK(output.martingale_z.size() == (control ? 6u : 0u));
    for (const double z : output.martingale_z) CHECK(std::abs(z) < 5);
  }
  CHECK(error[1] < error[0] / 3.2);  // it is nearer to 6.6
}
