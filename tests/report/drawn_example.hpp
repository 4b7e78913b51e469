#pragma once

#include <boost/random/normal_distribution.hpp>
#include <string>
#include <utility>
#include <vector>

#include "economics/example_run.hpp"
#include "random/stream.hpp"
#include "report/section.hpp"

/// \file
/// Runs over parameter draws, and scenarios that ask for their analysis, made by hand.

namespace myelin::report::test {

using economics::ExampleErrors;
using economics::ExampleStrategy;

/// A run whose analysis at the inputs' own values is `at_values` [strategy], and whose draws are `drawn`.
inline results::RunResults example_run(const std::vector<ExampleStrategy>& at_values,
                                       const std::vector<ExampleStrategy>& drawn, ExampleErrors errors = {}) {
  results::RunResults run;
  run.engine = errors.cost > 0 ? "microsimulation" : "cohort";
  run.patients = errors.cost > 0 ? 500 : 0;
  run.seed = 7;
  run.currency = "GBP";
  run.price_year = "2024/25";
  run.thresholds = {10000, 20000};
  run.analyses = {economics::example_analysis(at_values)};
  run.probabilistic = economics::example_analysis(drawn, errors);
  run.probabilistic->name = "probabilistic";
  run.probabilistic->patients = run.patients;
  return run;
}

/// Keys put into a scenario one by one, each at a line of its own.
class ExampleScenario {
 public:
  ExampleScenario& add(const std::string& path, KeyValue value) {
    scenario_.parameters.add({path, std::move(value), {"scenario.toml", ++line_, 1}});
    return *this;
  }
  ExampleScenario& add_number(const std::string& path, double value, Provenance provenance = {}) {
    return add(path, Parameter{value, "number", std::move(provenance), {}});
  }
  const scenario::Scenario& scenario() const { return scenario_; }

 private:
  scenario::Scenario scenario_;
  std::uint32_t line_ = 0;
};

inline Material material_of(const results::RunResults& run, const ExampleScenario& scenario,
                            std::size_t reference = 0) {
  return {run, scenario.scenario(), reference, {}};
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// Text without its line breaks, to look for a sentence in.
inline std::string unwrapped(std::string text) {
  for (char& byte : text) byte = byte == '\n' ? ' ' : byte;
  return text;
}

/// Standard normal numbers, [draw].
inline std::vector<double> normal_draws(const std::string& name, std::size_t draws) {
  PhiloxEngine generator(Seed{11}, stream_id(name), 0);
  boost::random::normal_distribution<double> normal;
  std::vector<double> values(draws);
  for (double& value : values) value = normal(generator);
  return values;
}

}  // namespace myelin::report::test
