#include "page/answer.hpp"

#include <catch2/catch.hpp>

#include "report/drawn_example.hpp"

namespace myelin::page {
namespace {

using report::test::contains;
using report::test::ExampleScenario;

results::RunResults run_of(const std::vector<economics::ExampleStrategy>& strategies) {
  results::RunResults run;
  run.currency = "GBP";
  run.thresholds = {20000, 30000};
  run.analyses = {economics::example_analysis(strategies)};
  return run;
}

/// A strategy that differs from another, of 100,000 and 5 QALYs, by an increment.
std::string increment_in_words(double cost, double qaly) {
  return increments_in_words(run_of({{"old", {100000}, {5}}, {"new", {100000 + cost}, {5 + qaly}}}), {1, 0});
}

Decision decision_of(const results::RunResults& run, double threshold) {
  const ExampleScenario scenario;
  const auto decisions = decisions_at(report::test::material_of(run, scenario), {threshold});
  REQUIRE(decisions);
  return decisions->front();
}

}  // namespace

TEST_CASE("an increment is told by the quadrant that it lies in") {
  CHECK(increment_in_words(10000, 0.5) ==
        "new costs 10,000 GBP more and yields 0.500 more QALYs than old: each QALY gained costs 20,000 GBP.");
  CHECK(increment_in_words(-10000, -0.5) ==
        "new costs 10,000 GBP less and yields 0.500 fewer QALYs than old: each QALY forgone saves 20,000 GBP.");
  CHECK(increment_in_words(-10000, 0.5) ==
        "new costs 10,000 GBP less and yields 0.500 more QALYs than old: it is better at both and dominates.");
  CHECK(increment_in_words(10000, -0.5) ==
        "new costs 10,000 GBP more and yields 0.500 fewer QALYs than old: it is worse at both and dominated.");
  CHECK(contains(increment_in_words(0, 0), "there is no difference."));
}

TEST_CASE("QALYs of patient and carer are told apart where the run has both") {
  results::RunResults run = run_of({{"old", {100000}, {5}}, {"new", {110000}, {5.5}}});
  results::AnalysisResult& analysis = run.analyses.front();
  for (const char* name : {"qaly.patient", "qaly.carer"})
    analysis.outcomes.push_back({name, "QALY", "", DiscountedAs::health, EventWeight::cycle, {}});
  const std::vector<std::vector<double>> parts = {{6, 6, -1, -1}, {6.3, 6.3, -0.8, -0.8}};
  for (std::size_t s = 0; s < 2; ++s) {
    analysis.strategies[s].mean.insert(analysis.strategies[s].mean.end(), parts[s].begin(), parts[s].end());
    analysis.strategies[s].standard_error.insert(analysis.strategies[s].standard_error.end(), 4, 0.0);
  }
  CHECK(contains(increments_in_words(run, {1, 0}), "0.500 more QALYs than old (patient 0.300, carer 0.200): "));
}

TEST_CASE("the decision is told with its lead, and with probability and loss where draws tell them") {
  const results::RunResults run = run_of({{"old", {100000}, {5}}, {"new", {110000}, {6}}});
  Decision decision = decision_of(run, 20000);
  CHECK(contains(in_words(run, decision),
                 "At 20,000 GBP per QALY, new is the best buy, 10,000 GBP a patient ahead of old"));
  CHECK(contains(in_words(run, decision), "needs parameter draws"));
  decision.probability = {0.25, 0.75};
  decision.loss = {9000, 500};
  CHECK(contains(in_words(run, decision),
                 "best with a probability of 75.0 %, and choosing it loses 500 GBP a patient in expectation."));
  decision.probability = {0.0004, 0.9996};
  CHECK(contains(in_words(run, decision), "a probability of more than 99.9 %"));
  decision.probability = {0, 1};
  CHECK(contains(in_words(run, decision), "a probability of 100.0 %"));
  decision.lead_error = 6000;
  CHECK(contains(in_words(run, decision), "within two standard errors"));
}

TEST_CASE("at a threshold of 0 the cheapest is best, and equal strategies are called equal") {
  CHECK(decision_of(run_of({{"old", {100000}, {5}}, {"new", {110000}, {6}}}), 0).best == 0);
  const results::RunResults equal = run_of({{"one", {100000}, {5}}, {"two", {100000}, {5}}});
  CHECK(contains(in_words(equal, decision_of(equal, 20000)), "one and two are equally good"));
}

TEST_CASE("the slider stands at every threshold of the run, from 0 to three times the largest") {
  results::RunResults run = run_of({{"old", {100000}, {5}}});
  run.thresholds = {20000, 33333};
  const std::vector<double> thresholds = slider_thresholds(run);
  CHECK(thresholds.front() == 0);
  CHECK(thresholds.back() <= 3 * 33333);
  CHECK(thresholds.back() > 2.9 * 33333);
  CHECK(thresholds.size() <= 103);
  CHECK(std::ranges::is_sorted(thresholds));
  for (const double threshold : run.thresholds) CHECK(std::ranges::find(thresholds, threshold) != thresholds.end());
  run.thresholds = {};
  CHECK(slider_thresholds(run).empty());
}

TEST_CASE("amounts that were not read are money and health alone") {
  results::RunResults run = run_of({{"old", {100000}, {5}}});
  const auto input = [](const char* path, const char* unit, const char* grade, double value = 2) {
    return results::InputRecord{
        path, value, unit, {.source = "S", .grade = grade, .distribution = "", .note = "", .low = {}, .high = {}}};
  };
  run.inputs = {input("costs.visit", "GBP 2024/25", "recalled"),
                input("costs.read", "GBP 2024/25", "read"),
                input("utilities.state[edss=3, sex=female]", "utility", "assumption"),
                input("effects.drug", "hazard ratio", "recalled"),
                input("threshold", "GBP 2024/25 per QALY", "recalled"),
                input("costs.free", "GBP 2024/25", "assumption", 0)};
  CHECK(without_unread_amounts(run) == std::vector<std::string>{"costs.visit=0", "utilities.state[3,female]=0"});
}

}  // namespace myelin::page
