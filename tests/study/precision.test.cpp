#include "study/precision.hpp"

#include <boost/math/distributions/binomial.hpp>
#include <cmath>

#include "economics/estimates.hpp"
#include "results/collect.hpp"
#include "study/pencil.hpp"
#include "study/simulate.hpp"
#include "study/study_folder.hpp"

using namespace myelin;
using namespace myelin::study;
using namespace myelin::study::test;

namespace {

constexpr double threshold = 20000;
const std::string of_net_benefit = "analysis.until=se=100@20000";

AnalysisOutput simulated(const Plan& plan, int threads = 1) {
  Execution execution;
  execution.threads = threads;
  return simulate(plan, plan.analyses.front(), execution).value().value();
}

/// Incremental net benefit of the drug.
economics::Estimate net_benefit(const Plan& plan, const AnalysisOutput& output) {
  const results::RunResults run = results::collect(plan, {output}, {}, {});
  return economics::incremental_net_benefit(economics::increment_between(run.analyses.front(), {1, 0}), threshold);
}

Lines mistakes_in(const std::string& until, const std::vector<std::string>& more = {}) {
  std::vector<std::string> overrides = {"analysis.until=" + until};
  overrides.insert(overrides.end(), more.begin(), more.end());
  const StudyFolder folder(illness());
  const auto plan = make_plan({scenario::Folder(folder.path("scenario.toml")), overrides, {}}, StudyFolder::models());
  REQUIRE_FALSE(plan);
  return folder.lines_of(plan.error());
}

}  // namespace

TEST_CASE("a run stops within 5 % of the precision that is asked for", "[study]") {
  const StudyFolder folder(illness());
  for (const char* until : {"se=100@20000", "se=20@20000", "se.qaly=0.003", "se.cost=3"}) {
    CAPTURE(until);
    const Plan plan = plan_of(folder, {std::string("analysis.until=") + until, "analysis.engine=microsimulation"});
    const AnalysisOutput output = simulated(plan);
    const double asked = plan.until.front().standard_error;
    REQUIRE(output.errors_reached.size() == 1);
    CHECK(output.errors_reached.front() <= asked);
    CHECK(output.errors_reached.front() > 0.95 * asked);
    if (plan.until.front().threshold)
      CHECK(net_benefit(plan, output).standard_error == Approx(output.errors_reached.front()).epsilon(1e-9));
  }
}

TEST_CASE("of several precisions the one that needs most patients counts", "[study]") {
  const StudyFolder folder(illness());
  const AnalysisOutput output =
      simulated(plan_of(folder, {"analysis.until=se=100@20000, se.qaly=1", "analysis.engine=microsimulation"}));
  CHECK(output.errors_reached[0] > 0.95 * 100);
  CHECK(output.errors_reached[1] < 0.1);
}

TEST_CASE("where a run stops depends on the seed alone, and what it gives on the number of patients", "[study]") {
  const StudyFolder folder(illness());
  const Plan plan = plan_of(folder, {of_net_benefit, "analysis.engine=microsimulation"});
  const AnalysisOutput one = simulated(plan, 1), three = simulated(plan, 3);
  CHECK(one.patients == three.patients);
  const Plan counted = plan_of(folder, {"analysis.patients=" + std::to_string(one.patients)});
  const AnalysisOutput same = simulated(counted);
  for (const AnalysisOutput* output : {&three, &same}) {
    for (std::size_t s = 0; s < 2; ++s) {
      CHECK(output->strategies[s].outcomes.mean == one.strategies[s].outcomes.mean);
      CHECK(output->strategies[s].tallies == one.strategies[s].tallies);
    }
  }
}

TEST_CASE("a number of patients beside a precision is the most", "[study]") {
  const StudyFolder folder(illness());
  const AnalysisOutput output = simulated(plan_of(folder, {of_net_benefit, "analysis.patients=9000"}));
  CHECK(output.patients == 9000);
  CHECK(output.errors_reached.front() > 100);
}

TEST_CASE("intervals of runs that stop at a precision cover the expectation as they should", "[study]") {
  const StudyFolder folder(illness());
  const Plan exact_plan = plan_of(folder, {"analysis.engine=cohort"});
  const double exact = net_benefit(exact_plan, simulated(exact_plan)).mean;
  Plan plan = plan_of(folder, {of_net_benefit, "analysis.engine=microsimulation"});
  constexpr int runs = 1000;
  int covered = 0;
  for (int run = 0; run < runs; ++run) {
    plan.seed = static_cast<std::uint64_t>(1000 + run);
    const economics::Estimate estimate = net_benefit(plan, simulated(plan));
    covered += std::abs(estimate.mean - exact) <= 1.96 * estimate.standard_error;
  }
  // Four standard deviations of a binomial number are 2.8 %: intervals that cover 92 % instead of 95 % are found.
  const boost::math::binomial_distribution<double> nominal(runs, 0.95);
  CHECK(covered >= boost::math::quantile(nominal, 1e-5));
  CHECK(covered <= boost::math::quantile(boost::math::complement(nominal, 1e-5)));
}

TEST_CASE("alone, auto means the exact engine; a program too large for it is simulated", "[study]") {
  const StudyFolder folder(illness());
  Plan plan = plan_of(folder, {"analysis.engine=auto", of_net_benefit});
  CHECK(plan.engine == Engine::cohort);
  settle_engine(plan, {});
  CHECK(plan.engine == Engine::cohort);
  Execution small;
  small.cohort_state_limit = 2;
  settle_engine(plan, small);
  CHECK(plan.engine == Engine::microsimulation);
  CHECK(simulated(plan).errors_reached.front() <= 100);
  CHECK(plan_of(folder, {"analysis.engine=auto", "analysis.patients=500"}).engine == Engine::microsimulation);
}

TEST_CASE("a precision that cannot be read is refused, all mistakes at once", "[study]") {
  const Lines lines = mistakes_in("se=0@20000, se=3, se.qalys=0.1, sd=4, se=5@x", {"analysis.engine=microsimulation"});
  REQUIRE(lines.size() == 5);
  CHECK(lines[0].find("--set analysis.until") != std::string::npos);
  for (const auto& [line, part] : {std::pair(0, "the standard error in 'se=0@20000' is not above 0"),
                                   {1, "'se=3' is no precision"},
                                   {2, "did you mean se.qaly?"},
                                   {3, "'sd=4' is no precision"},
                                   {4, "the threshold in 'se=5@x' is not 0 or more"}}) {
    INFO(lines[static_cast<std::size_t>(line)]);
    CHECK(lines[static_cast<std::size_t>(line)].find(part) != std::string::npos);
  }
  CHECK(mistakes_in("se.qaly=0.1", {"analysis.engine=cohort"}).front().find("exact") != std::string::npos);
}
