#include "study/probabilistic.hpp"

#include <fmt/format.h>

#include <cmath>

#include "study/uncertain_illness.hpp"
#include "support/statistics.hpp"

using namespace myelin;
using namespace myelin::study;
using namespace myelin::study::test;

namespace {

const std::string by_cohort = "analysis.engine=cohort", by_sample = "analysis.patients=2000";

Execution on_threads(int threads) {
  Execution execution;
  execution.threads = threads;
  return execution;
}

ProbabilisticOutput simulate(const Plan& plan, int threads = 1) {
  auto output = simulate_draws(plan, plan.analyses.front(), *plan.draws, on_threads(threads));
  REQUIRE(output);
  REQUIRE(output->has_value());
  return std::move(**output);
}

/// The run at the values of a draw, put in by hand.
AnalysisOutput simulate_by_hand(const StudyFolder& folder, const ParameterDraws& draws, std::size_t draw,
                                const std::string& engine) {
  std::vector<std::string> overrides = {engine};
  for (const std::string& name : names_of(draws)) {
    std::string key = name;  // of a cell: tables.moves[0,1] in place of tables.moves[from=0, to=1]
    for (const char* column : {"from=", " to="}) {
      if (const std::size_t at = key.find(column); at != std::string::npos) key.erase(at, std::string(column).size());
    }
    overrides.push_back(fmt::format("{}={:.17g}", key, drawn(draws, name)[draw]));
  }
  const Plan plan = plan_of(folder, overrides);
  Execution execution;
  execution.count_for_pricing = true;
  return study::simulate(plan, plan.analyses.front(), execution).value().value();
}

std::vector<double> slice(const std::vector<double>& values, std::size_t draw, std::size_t size) {
  const auto begin = values.begin() + static_cast<std::ptrdiff_t>(draw * size);
  return {begin, begin + static_cast<std::ptrdiff_t>(size)};
}

void check_near(const std::vector<double>& got, const std::vector<double>& expected) {
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == Approx(expected[i]).epsilon(1e-12).margin(1e-12));
}

std::vector<double> mean_of(const std::vector<std::vector<double>>& of_draws) {
  std::vector<double> mean(of_draws.front().size());
  for (const std::vector<double>& values : of_draws) {
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += values[i] / static_cast<double>(of_draws.size());
  }
  return mean;
}

/// The mean over draws of what `part` picks from the output of each.
template <class Part>
std::vector<double> mean_over(const std::vector<AnalysisOutput>& outputs, Part part) {
  std::vector<std::vector<double>> all;
  for (const AnalysisOutput& output : outputs) all.push_back(part(output));
  return mean_of(all);
}

/// Whether two outputs are the same to the bit.
bool same(const AnalysisOutput& a, const AnalysisOutput& b) {
  bool all = a.strategies.size() == b.strategies.size() && a.increments.size() == b.increments.size();
  for (std::size_t s = 0; all && s < a.strategies.size(); ++s) {
    const StrategyOutput &x = a.strategies[s], &y = b.strategies[s];
    all = x.outcomes.mean == y.outcomes.mean && x.outcomes.standard_error == y.outcomes.standard_error &&
          x.tallies == y.tallies && x.amounts.size() == y.amounts.size();
    for (std::size_t o = 0; all && o < x.amounts.size(); ++o) {
      all =
          x.amounts[o].has_value() == y.amounts[o].has_value() &&
          (!x.amounts[o] || (x.amounts[o]->start == y.amounts[o]->start && x.amounts[o]->point == y.amounts[o]->point &&
                             x.amounts[o]->event == y.amounts[o]->event));
    }
  }
  for (std::size_t i = 0; all && i < a.increments.size(); ++i) {
    const IncrementOutput &x = a.increments[i], &y = b.increments[i];
    all = x.outcomes.mean == y.outcomes.mean && x.outcomes.standard_error == y.outcomes.standard_error &&
          x.cost_qaly_covariance == y.cost_qaly_covariance;
  }
  return all;
}

/// The illness with a table of probabilities that is drawn too.
struct UncertainMoves {
  StudyFolder folder{
      uncertain_moves(joint("moves", R"("tables.moves[*]")", "dirichlet", "group_by = [\"from\"]\nsize = 50\n"))};
  UncertainMoves() { write_moves(folder); }
};

}  // namespace

TEST_CASE_METHOD(UncertainMoves, "a draw is the run at its values, and the mean over draws is the average", "[study]") {
  constexpr std::size_t draws = 19;  // more than two batches of one thread
  const Plan plan = plan_of(folder, {by_cohort, number_of_draws(draws)});
  const ProbabilisticOutput output = simulate(plan);
  std::vector<AnalysisOutput> by_hand;
  for (std::size_t draw = 0; draw < draws; ++draw)
    by_hand.push_back(simulate_by_hand(folder, *plan.draws, draw, by_cohort));
  REQUIRE(output.draws.size() == 2);
  for (std::size_t s = 0; s < 2; ++s) {
    CAPTURE(s);
    const std::size_t size = by_hand.front().strategies[s].outcomes.mean.size();
    REQUIRE(output.draws[s].mean.size() == draws * size);
    for (std::size_t draw = 0; draw < draws; ++draw) {
      CAPTURE(draw);
      check_near(slice(output.draws[s].mean, draw, size), by_hand[draw].strategies[s].outcomes.mean);
    }
    CHECK(output.draws[s].standard_error == std::vector<double>(draws * size, 0));
    const auto mean = [&](auto part) {
      return mean_over(by_hand, [&](const AnalysisOutput& of_draw) { return part(of_draw.strategies[s]); });
    };
    const StrategyOutput& got = output.mean.strategies[s];
    check_near(got.outcomes.mean, mean([](const StrategyOutput& each) { return each.outcomes.mean; }));
    REQUIRE(got.tallies.size() == by_hand.front().strategies[s].tallies.size());
    for (std::size_t t = 0; t < got.tallies.size(); ++t)
      check_near(got.tallies[t], mean([&](const StrategyOutput& each) { return each.tallies[t]; }));
    for (std::size_t o = 0; o < got.amounts.size(); ++o) {
      if (!got.amounts[o]) continue;
      check_near({got.amounts[o]->start},
                 mean([&](const StrategyOutput& each) { return std::vector<double>{each.amounts[o]->start}; }));
      check_near(got.amounts[o]->point, mean([&](const StrategyOutput& each) { return each.amounts[o]->point; }));
      check_near(got.amounts[o]->event, mean([&](const StrategyOutput& each) { return each.amounts[o]->event; }));
    }
  }
  REQUIRE(output.mean.increments.size() == 1);
  check_near(output.mean.increments[0].outcomes.mean,
             mean_over(by_hand, [](const AnalysisOutput& each) { return each.increments[0].outcomes.mean; }));
}

TEST_CASE_METHOD(UncertainMoves, "draws are the same to the bit on any number of threads", "[study]") {
  const std::string engine = GENERATE(as<std::string>(), by_cohort, by_sample);
  const Plan plan = plan_of(folder, {engine, number_of_draws(50)});
  const ProbabilisticOutput one = simulate(plan);
  for (const int threads : {2, 3}) {
    CAPTURE(threads);
    const ProbabilisticOutput other = simulate(plan, threads);
    CHECK(same(other.mean, one.mean));
    for (std::size_t s = 0; s < 2; ++s) {
      CHECK(other.draws[s].mean == one.draws[s].mean);
      CHECK(other.draws[s].standard_error == one.draws[s].standard_error);
    }
  }
}

TEST_CASE_METHOD(UncertainMoves, "a draw does not depend on how many there are", "[study]") {
  const std::string engine = GENERATE(as<std::string>(), by_cohort, by_sample);
  const ProbabilisticOutput few = simulate(plan_of(folder, {engine, all_patients, number_of_draws(3)})),
                            more = simulate(plan_of(folder, {engine, all_patients, number_of_draws(20)}));
  for (std::size_t s = 0; s < 2; ++s) {
    CHECK(std::equal(few.draws[s].mean.begin(), few.draws[s].mean.end(), more.draws[s].mean.begin()));
    CHECK(std::equal(few.draws[s].standard_error.begin(), few.draws[s].standard_error.end(),
                     more.draws[s].standard_error.begin()));
  }
}

// 40 draws, and their mean, of two strategies with ten outcomes in two columns each.
TEST_CASE_METHOD(UncertainMoves, "simulated patients agree with the expectation in every draw", "[study]") {
  constexpr std::size_t comparisons = 1640, draws = 40;
  const ProbabilisticOutput sampled = simulate(plan_of(folder, {by_sample, number_of_draws(draws)})),
                            exact = simulate(plan_of(folder, {by_cohort, number_of_draws(draws)}));
  std::size_t made = 0;
  for (std::size_t s = 0; s < 2; ++s) {
    const auto check_all = [&](const std::vector<double>& got, const std::vector<double>& errors,
                               const std::vector<double>& expected) {
      for (std::size_t i = 0; i < expected.size(); ++i, ++made)
        CHECK(myelin::test::stat_check(got[i], expected[i], errors[i], comparisons));
    };
    check_all(sampled.draws[s].mean, sampled.draws[s].standard_error, exact.draws[s].mean);
    const Estimates& mean = sampled.mean.strategies[s].outcomes;
    check_all(mean.mean, mean.standard_error, exact.mean.strategies[s].outcomes.mean);
    // Patients differ from draw to draw, so that errors shrink with the number of draws.
    const std::size_t size = mean.mean.size();
    for (std::size_t i = 0; i < size; ++i) {
      double squares = 0;
      for (std::size_t draw = 0; draw < draws; ++draw)
        squares += std::pow(sampled.draws[s].standard_error[draw * size + i], 2);
      CHECK(mean.standard_error[i] == Approx(std::sqrt(squares) / draws).epsilon(1e-12));
    }
  }

  CHECK(made == comparisons);
}

TEST_CASE("other patients live in each draw, and others than in the base case", "[study]") {
  // Draws that change nothing that happens: all differences are the patients'.
  const StudyFolder folder(with_distribution(illness(), "u_ill", "uniform(0.49999999, 0.50000001)"));
  const Plan plan = plan_of(folder, {by_sample, number_of_draws(4)});
  const ProbabilisticOutput output = simulate(plan);
  const AnalysisOutput base = study::simulate(plan, plan.analyses.front(), {}).value().value();
  const std::size_t size = base.strategies[0].outcomes.mean.size();
  std::vector<double> costs = {base.strategies[0].outcomes.mean[0]};
  for (std::size_t draw = 0; draw < 4; ++draw) costs.push_back(output.draws[0].mean[draw * size]);
  std::ranges::sort(costs);
  CHECK(std::ranges::adjacent_find(costs) == costs.end());
}

TEST_CASE("paired increments of draws have the errors of their means", "[study]") {
  const StudyFolder folder(uncertain_illness());
  const Plan plan = plan_of(folder, {by_sample, all_patients, number_of_draws(16)});
  const ProbabilisticOutput output = simulate(plan);
  const IncrementOutput& increment = output.mean.increments[0];
  const std::size_t size = increment.outcomes.mean.size();
  for (std::size_t i = 0; i < size; ++i) {
    CHECK(increment.outcomes.mean[i] ==
          Approx(output.mean.strategies[1].outcomes.mean[i] - output.mean.strategies[0].outcomes.mean[i])
              .epsilon(1e-10)
              .margin(1e-10));
  }
  // At the inputs' values an error is about four times that of 16 draws of as many patients, a covariance 16 times.
  const IncrementOutput base = study::simulate(plan, plan.analyses.front(), {}).value().value().increments[0];
  CHECK(increment.outcomes.standard_error[0] == Approx(base.outcomes.standard_error[0] / 4).epsilon(0.1));
  CHECK(increment.cost_qaly_covariance == Approx(base.cost_qaly_covariance / 16).epsilon(0.2));
}

TEST_CASE("as many patients live each draw as keep their chance small, whatever the threads", "[study]") {
  const StudyFolder folder(uncertain_illness());
  const auto patients = [&](std::size_t draws, int threads, const std::string& patients_at_values) {
    const Plan plan = plan_of(folder, {by_sample, patients_at_values, number_of_draws(draws)});
    const auto output = simulate_draws(plan, plan.analyses.front(), *plan.draws, on_threads(threads)).value().value();
    return output.mean.patients;
  };
  const std::uint64_t enough = patients(40, 1, "analysis.patients=100000");
  CHECK(enough > 50);
  CHECK(enough < 100'000);
  CHECK(patients(40, 3, "analysis.patients=100000") == enough);
  CHECK(patients(60, 2, "analysis.patients=100000") == enough);
  CHECK(patients(40, 2, "analysis.patients=" + std::to_string(enough - 1)) == enough - 1);
  CHECK(patients(40, 2, "analysis.patients=300") == 300);  // no more than those of the trial draws: none are made
}

TEST_CASE("more patients a draw than at the inputs' values are refused", "[study]") {
  const StudyFolder folder(uncertain_illness());
  const auto plan = try_plan(folder, {by_sample, "analysis.patients_per_draw=2001", number_of_draws(4)});
  REQUIRE_FALSE(plan);
  CHECK_THAT(folder.lines_of(plan.error()).front(), Catch::Contains("2001 patients a draw are more than the 2000"));
}

TEST_CASE("a draw that the model refuses is named, the first in order", "[study]") {
  // Falling ill and dying can exceed 1 only in draws: 0.2 and 0.1 do not.
  const StudyFolder folder(replaced(uncertain_illness(), "beta(20, 80)", "uniform(0, 1)"));
  const Plan plan = plan_of(folder, {by_cohort, number_of_draws(60)});
  const std::vector<double> p_ill = drawn(*plan.draws, "parameters.p_ill"),
                            p_die = drawn(*plan.draws, "parameters.p_die");
  std::size_t first = 0;
  while (p_ill.at(first) + p_die.at(first) <= 1) ++first;
  for (const int threads : {1, 3}) {
    CAPTURE(threads);
    const auto output = simulate_draws(plan, plan.analyses.front(), *plan.draws, on_threads(threads));
    REQUIRE_FALSE(output);
    const Lines lines = folder.lines_of(output.error());
    REQUIRE_FALSE(lines.empty());
    INFO(lines.front());
    CHECK(lines.front().find("draw " + std::to_string(first) + ": ") != std::string::npos);
    CHECK(lines.front().starts_with("scenario.toml"));
    CHECK(lines.front().find(" -- ") != std::string::npos);
  }
}

TEST_CASE("an interruption leaves no output, and progress counts the draws", "[study]") {
  const Plan plan = plan_of(StudyFolder(uncertain_illness()), {by_sample, all_patients, number_of_draws(20)});
  const std::atomic<bool> interrupted = true;
  Execution execution;
  execution.interrupted = &interrupted;
  CHECK_FALSE(simulate_draws(plan, plan.analyses.front(), *plan.draws, execution).value());
  std::vector<std::uint64_t> done;
  execution.interrupted = nullptr;
  execution.report = [&](const Progress& progress) {
    CHECK(progress.analysis == "probabilistic");
    CHECK(progress.patients == 40000);
    done.push_back(progress.patients_done);
  };
  REQUIRE(simulate_draws(plan, plan.analyses.front(), *plan.draws, execution).value());
  CHECK(std::ranges::is_sorted(done));
  CHECK(done.back() == 40000);
}
