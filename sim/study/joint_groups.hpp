#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "scenario/scenario.hpp"

namespace myelin::study {

/// Positions of the numbers whose names fit the patterns, in the order of the patterns, each once.
std::vector<std::size_t> fitting(const std::vector<ParameterSet::Number>& numbers,
                                 const std::vector<std::string>& patterns);

/// How some inputs vary: from uniform numbers, one a dimension, to the values of its members.
struct DrawRule {
  std::vector<std::string> dimensions;  ///< names, from which random numbers are keyed
  std::vector<std::size_t> members;     ///< positions in ParameterSet::numbers()
  /// Numbers in (0, 1), one a dimension, to values, one a member. Never called by two threads on one object's state.
  std::function<void(std::size_t draw, std::span<const double> uniforms, std::span<double> values)> draw;
};

/// The rules of a scenario's uncertain inputs: its groups `psa.joint`, then every other input with a distribution that
/// is not fixed. Mistakes of the groups are added to `found`.
std::vector<DrawRule> draw_rules(const scenario::Scenario& scenario, Diagnostics& found);

}  // namespace myelin::study
