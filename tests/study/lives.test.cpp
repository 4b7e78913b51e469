#include "study/lives.hpp"

#include <catch2/catch.hpp>
#include <numeric>

#include "ms/engines.hpp"

using namespace myelin;
using namespace myelin::study;

namespace {

const std::vector<std::string> outcomes = {"life_years", "qaly", "transplants"};

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::size_t place_of(const Program& program, const std::string& outcome) {
  return static_cast<std::size_t>(std::ranges::find(program.outcomes, outcome, &Outcome::name) -
                                  program.outcomes.begin());
}

}  // namespace

TEST_CASE("the totals of lives have the undiscounted means of the run that they are taken from") {
  Plan plan = ms::test::plan_of(ms::test::base_case(), {"ocrelizumab", "ahsct"}, 3000);
  const AnalysisOutput output = ms::test::simulate(plan, Engine::microsimulation);
  const PlannedAnalysis& analysis = plan.analyses.front();
  const auto totals = totals_of_lives(analysis, outcomes, plan.patients, plan.seed);
  REQUIRE(totals.size() == 2);
  for (std::size_t strategy = 0; strategy < 2; ++strategy) {
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      CAPTURE(strategy, outcomes[i]);
      REQUIRE(totals[strategy][i].size() == 3000);
      const std::size_t outcome = place_of(analysis.programs[strategy], outcomes[i]);
      CHECK(mean_of(totals[strategy][i]) ==
            Approx(output.strategies[strategy].outcomes.mean[outcome * 2 + 1]).epsilon(1e-12));
    }
  }
  CHECK(totals[0][0] != totals[1][0]);
}

TEST_CASE("a life does not depend on which others are lived") {
  const Plan plan = ms::test::plan_of(ms::test::base_case(), {"ocrelizumab", "ahsct"}, 1);
  const Plan alone = ms::test::plan_of(ms::test::base_case(), {"ahsct"}, 1);
  const auto many = totals_of_lives(plan.analyses.front(), outcomes, 2500, 7),
             few = totals_of_lives(alone.analyses.front(), outcomes, 1100, 7),
             others = totals_of_lives(alone.analyses.front(), outcomes, 1100, 8);
  for (std::size_t i = 0; i < outcomes.size(); ++i)
    CHECK(few[0][i] == std::vector<double>(many[1][i].begin(), many[1][i].begin() + 1100));
  CHECK(few[0][0] != others[0][0]);
}

TEST_CASE("quantiles lie between ordered values") {
  const std::vector<double> values = {40, 10, 30, 20, 50};
  CHECK(quantile(values, 0) == 10);
  CHECK(quantile(values, 0.5) == 30);
  CHECK(quantile(values, 1) == 50);
  CHECK(quantile(values, 0.1) == Approx(14));
  CHECK(quantile(values, 0.9) == Approx(46));
  CHECK(quantile({3}, 0.9) == 3);
}

TEST_CASE("the share of pairs that are greater leaves ties out") {
  const std::vector<double> a = {1, 2, 3, 4}, b = {0, 2, 4, 3};
  CHECK(share_greater(a, b) == 0.5);
  CHECK(share_greater(b, a) == 0.25);
  CHECK(share_greater(a, a) == 0);
}

TEST_CASE("events until a time are those of the start and of the cycles before") {
  const engine::AmountsByTime amounts{.start = 0.5, .point = {9, 9, 9}, .event = {0.1, 0.2}};
  CHECK(events_until(amounts, 0) == 0.5);
  CHECK(events_until(amounts, 1) == Approx(0.6));
  CHECK(events_until(amounts, 2) == Approx(0.8));
}
