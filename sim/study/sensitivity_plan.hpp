#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "study/plan.hpp"

/// \file
/// What the keys `sensitivity` of a scenario ask for.

namespace myelin::study {

/// An input that a sensitivity analysis moves.
struct MovedInput {
  std::string name;  ///< as ParameterSet::Number::name
  std::string unit;  ///< of its values
  ParameterSet::Cell cell;
  double base = 0;  ///< its value in the base case
};

/// A bar of the tornado: inputs that go to their low ends together, and to their high ends.
struct PlannedBar {
  struct Range {
    MovedInput input;
    double low = 0, high = 0;  ///< as published, else where 95 % of the input's distribution lies
  };
  std::string name;           ///< of the input, or of the joint group whose members move as one
  std::vector<Range> ranges;  ///< [input]
};

/// An input that was asked for and has no bar.
struct LeftOutInput {
  std::string name;
  std::string reason;  ///< a sentence without a full stop
};

/// Two inputs at every pair of their values.
struct PlannedGrid {
  struct Axis {
    MovedInput input;
    std::vector<double> values;
  };
  std::string name;
  Axis x, y;
};

/// Where a strategy stops or begins to have the higher net monetary benefit.
struct ThresholdSearch {
  std::string name;
  MovedInput input;
  std::size_t strategy = 0;
  std::optional<std::size_t> versus;  ///< none: whichever of the others has the highest net monetary benefit
  double low = 0, high = 0;           ///< values searched
};

struct SensitivityPlan {
  std::vector<PlannedBar> one_way;         ///< in the scenario's order of inputs
  std::vector<LeftOutInput> left_out;      ///< likewise
  std::vector<PlannedGrid> two_way;        ///< in the scenario's order
  std::vector<ThresholdSearch> threshold;  ///< likewise

  bool empty() const { return one_way.empty() && left_out.empty() && two_way.empty() && threshold.empty(); }
};

/// What the scenario of an analysis asks for, empty where it asks for nothing; or every mistake of its keys, at their
/// places. Values that leave an input's valid range are mistakes too.
Result<SensitivityPlan> plan_sensitivity(const PlannedAnalysis& analysis);

}  // namespace myelin::study
