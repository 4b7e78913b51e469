#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "models/ms/inputs.hpp"

namespace myelin::ms {

/// How treatment may go on after this cycle's change of disability.
enum class Candidate { treatable, at_edss_limit, secondary_progressive };

/// The therapy lines of a strategy, laid out for a program. A patient is on a line for so many cycles; the last line is
/// no treatment. Cycles are counted only as far as something still depends on them.
class TherapyLines {
 public:
  explicit TherapyLines(const Inputs& inputs);

  /// Where a patient stands: a line and the completed cycles on it.
  struct Position {
    std::size_t line = 0;
    int cycles = 0;
  };

  std::size_t untreated() const { return labels_.size() - 1; }
  const std::vector<std::string>& labels() const { return labels_; }
  int most_cycles() const { return most_cycles_; }

  /// Completed years on the line.
  int year(Position position) const { return position.cycles / inputs_.cycles_per_year; }
  /// The therapy of a line; of the last, one without cost or effect.
  const Therapy& therapy(std::size_t line) const { return line < inputs_.lines.size() ? inputs_.lines[line] : none_; }

  /// Distinct effects of all positions, and which one a position has.
  const std::vector<Effects>& effects() const { return effects_; }
  int effect_of(Position position) const;

  /// Probability of leaving the line within the cycle after `position`, if the patient may be treated.
  Probability leaving(Position position) const;
  /// The position after a cycle on the same line.
  Position stay(Position position) const;
  /// Where a patient goes who leaves, or who must stop.
  Position leave(Position position) const { return {std::min(position.line + 1, untreated()), 0}; }
  Position stop() const { return {untreated(), 0}; }
  bool is_procedure(std::size_t line) const { return therapy(line).kind == TherapyKind::procedure; }

 private:
  int cycles_that_matter(std::size_t line) const;

  const Inputs& inputs_;
  Therapy none_;
  std::vector<std::string> labels_;
  std::vector<int> cycles_that_matter_;  ///< [line]: later cycles are as this one
  int most_cycles_ = 0;
  std::vector<Effects> effects_;
  std::vector<std::vector<int>> effect_of_year_;  ///< [line][year]
};

}  // namespace myelin::ms
