#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/kernels/instruction_set.hpp"
#include "markov/scenario_of.hpp"
#include "study/simulate.hpp"

/// \file
/// Small declared models beside the results that a plain calculation gives them.

namespace myelin::markov::test {

/// What the scenarios differ in besides their model, as TOML numbers.
struct Settings {
  std::string cycle_length_years = "1", horizon_years = "6", discount = "0", correction = "none";
};

/// A whole scenario: the settings, a body, and the strategy `only` if the body has none.
inline std::string declared(const std::string& body, const Settings& settings = {}) {
  const std::string rate =
      " = { value = " + settings.discount + R"(, unit = "per year", source = "TRIAL", grade = "read" }
)";
  return R"(format = 1
model = "markov"
title = "A small model"
sources = "sources.csv"

[analysis]
perspective = "payer"
currency = "GBP"
price_year = "2024/25"
prices = "list"
thresholds = [20000]
discount_timing = "start"
within_cycle_correction = ")" +
         settings.correction + "\"\ncycle_length_years = " + settings.cycle_length_years +
         "\nhorizon_years = " + settings.horizon_years + "\ndiscount_cost" + rate + "discount_qaly" + rate + "\n" +
         body + (body.find("[strategies.") == std::string::npos ? "\n[strategies.only]\nlabel = \"Only\"\n" : "");
}

/// Levels of some attributes, and how likely they are.
using State = std::vector<int>;
using Occupancy = std::map<State, double>;

/// The occupancy at times 0..cycles of a chain; `step(state, cycle, go)` calls go(probability, next) for each move of
/// the living.
template <class Step>
std::vector<Occupancy> occupancies(const Occupancy& start, int cycles, const Step& step) {
  std::vector<Occupancy> all = {start};
  for (int cycle = 0; cycle < cycles; ++cycle) {
    Occupancy next;
    for (const auto& [state, share] : all.back())
      step(state, cycle, [&, from = share](double p, const State& to) { next[to] += from * p; });
    all.push_back(next);
  }
  return all;
}

/// The sum of amount(state, time) over the times from 0 to `last`.
template <class Amount>
double total(const std::vector<Occupancy>& all, int last, const Amount& amount) {
  double sum = 0;
  for (int time = 0; time <= last; ++time) {
    for (const auto& [state, share] : all[static_cast<std::size_t>(time)]) sum += share * amount(state, time);
  }
  return sum;
}

/// The discounted means of a strategy by outcome.
using Means = std::map<std::string, double>;

inline study::Plan plan_of(const std::string& text, const Files& files = {}) {
  const ScenarioOf scenario(text);
  for (const auto& [file, content] : files) scenario.write(file, content);
  auto plan = scenario.plan();
  if (!plan) {
    for (const Diagnostic& diagnostic : plan.error()) UNSCOPED_INFO(to_string(diagnostic));
  }
  REQUIRE(plan);
  return std::move(*plan);
}

inline study::AnalysisOutput simulate(study::Plan& plan, study::Engine engine) {
  constexpr std::uint64_t patients = 60000;  // a multiple of the rows of any file of patients here
  plan.engine = engine;
  plan.patients = engine == study::Engine::microsimulation ? patients : 0;
  plan.seed = 20261122;
  study::Execution execution;
  execution.instruction_set = engine::best_instruction_set();
  auto output = study::simulate(plan, plan.analyses.front(), execution);
  REQUIRE(output);
  REQUIRE(*output);
  return std::move(**output);
}

/// The discounted means of a strategy in the output of a plan.
inline Means means_of(const study::Plan& plan, const study::AnalysisOutput& output, const std::string& strategy) {
  const study::PlannedAnalysis& analysis = plan.analyses.front();
  const auto position = std::ranges::find(analysis.strategies, strategy) - analysis.strategies.begin();
  REQUIRE(position < static_cast<std::ptrdiff_t>(analysis.strategies.size()));
  const auto index = static_cast<std::size_t>(position);
  Means means;
  for (std::size_t i = 0; i < analysis.programs[index].outcomes.size(); ++i)
    means[analysis.programs[index].outcomes[i].name] = output.strategies[index].outcomes.mean[2 * i];
  return means;
}

/// The largest difference between two runs of one plan, in standard errors of the first, which samples; differences
/// where nothing varies count as infinite.
inline double largest_deviation(const study::AnalysisOutput& sampled, const study::AnalysisOutput& expected) {
  constexpr double rounding = 1e-9;
  double largest = 0;
  for (std::size_t strategy = 0; strategy < sampled.strategies.size(); ++strategy) {
    const study::Estimates &estimates = sampled.strategies[strategy].outcomes,
                           &exact = expected.strategies[strategy].outcomes;
    for (std::size_t i = 0; i < estimates.mean.size(); ++i) {
      const double difference = std::abs(estimates.mean[i] - exact.mean[i]);
      if (difference > rounding * (1 + std::abs(exact.mean[i])))
        largest = std::max(largest, difference / estimates.standard_error[i]);
    }
  }
  return largest;
}

/// How far the microsimulation may be off, in standard errors. Its seed is fixed, so that it agrees always or never.
inline constexpr double most_deviation = 4;

/// Holds the cohort engine's means against expected ones, by strategy, and the microsimulation against the cohort
/// engine. The programs have probabilities of 31 bits, which in these short models moves no mean by 1e-8 of it.
inline void check_model(const std::string& text, const std::map<std::string, Means>& expected,
                        const Files& files = {}) {
  study::Plan plan = plan_of(text, files);
  const study::AnalysisOutput exact = simulate(plan, study::Engine::cohort);
  for (const auto& [strategy, means] : expected) {
    const Means found = means_of(plan, exact, strategy);
    for (const auto& [outcome, mean] : means) {
      CAPTURE(strategy, outcome);
      REQUIRE(found.contains(outcome));
      CHECK(found.at(outcome) == Approx(mean).epsilon(1e-8).margin(1e-12));
    }
  }
  CHECK(largest_deviation(simulate(plan, study::Engine::microsimulation), exact) < most_deviation);
}

}  // namespace myelin::markov::test
