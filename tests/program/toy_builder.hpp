#pragma once

#include <string>
#include <vector>

#include "program/builder.hpp"

namespace myelin::test {

inline Weights plain_weights(std::uint32_t cycles) {
  return {
      .start = 1, .point = std::vector<double>(cycles + std::size_t{1}, 1), .event = std::vector<double>(cycles, 1)};
}

/// A builder with an attribute of each kind and an outcome, on which the tests try their steps.
struct ToyBuilder {
  static constexpr std::uint32_t cycles = 3;

  ProgramBuilder builder{"toy", cycles};
  AttributeIndex vital = builder.state("vital", {"alive", "dead"}, 0);
  AttributeIndex sex = builder.constant("sex", {"female", "male"}, 0);
  AttributeIndex edss = builder.state("edss", {"mild", "moderate", "severe"}, 0);
  AttributeIndex relapses = builder.transient("relapses", {"none", "one"}, 0);
  AttributeIndex age = builder.clock("age", 13, 10, {0, 1, 2, 3});
  OutcomeIndex cost =
      builder.outcome("cost", "GBP", "", plain_weights(cycles), plain_weights(cycles), DiscountedAs::cost);

  /// What `build` complains of; nothing if it gives a program.
  std::vector<std::string> problems() {
    std::vector<std::string> found;
    const Result<Program> program = builder.build();
    if (program) return found;
    for (const Diagnostic& diagnostic : program.error()) found.push_back(to_string(diagnostic));
    return found;
  }
};

/// The draw function whose outcomes are the levels 0, 1, ... of one attribute with these probabilities.
inline ProgramBuilder::DrawFunction levels_with(std::vector<double> probabilities) {
  return [probabilities](const Levels&, Branches& branches) {
    for (std::size_t level = 0; level < probabilities.size(); ++level) {
      branches.add(probabilities[level], {static_cast<int>(level)});
    }
  };
}

}  // namespace myelin::test
