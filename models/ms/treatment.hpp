#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "models/ms/inputs.hpp"

namespace myelin::ms {

/// The treatment of a strategy, laid out for a program. Each therapy is a line; a procedure has a line of waiting
/// before it and, where not everybody whose activity returns restarts a drug, one of observation after it; the last
/// line is no treatment, preceded by those of its first year after a drug with rebound. Cycles on a line are counted
/// only as far as something still depends on them.
class TherapyLines {
 public:
  explicit TherapyLines(const Inputs& inputs);

  enum class Role { waiting, therapy, observation, untreated };

  struct Line {
    std::string label;
    Role role = Role::untreated;
    Therapy therapy;                ///< what is taken and acts; of a line of waiting the bridging therapy
    std::size_t scenario_line = 0;  ///< place in Inputs::lines; beyond them for no treatment
    std::size_t next = 0;           ///< the line after it
    std::size_t untreated = 0;      ///< where somebody goes who stops for good
    double rebound = 1;             ///< rate ratio of relapses in the first year on this line
    int cycles_that_matter = 0;     ///< later cycles are as this one
  };

  /// Where a patient stands: a line and the completed cycles on it.
  struct Position {
    std::size_t line = 0;
    int cycles = 0;
    bool operator==(const Position&) const = default;
  };

  struct Change {
    double probability;
    Position to;
    bool discontinued = false;  ///< left a drug by all-cause discontinuation
  };

  const std::vector<Line>& lines() const { return lines_; }
  const Line& line(std::size_t index) const { return lines_[index]; }
  std::vector<std::string> labels() const;
  int most_cycles() const;

  /// Completed years on the line.
  int year(Position position) const { return position.cycles / inputs_.cycles_per_year; }
  /// Whether a cycle at the position begins a year on the line.
  bool begins_year(Position position) const { return position.cycles % inputs_.cycles_per_year == 0; }

  /// Distinct effects of all positions, and which one a position has.
  const std::vector<Effects>& effects() const { return effects_; }
  int effect_of(Position position) const;

  /// What may become of somebody who may be treated, after a cycle at `position`; ordered mild to severe.
  std::vector<Change> changes(Position position) const;
  /// The position after a cycle on the same line.
  Position stay(Position position) const;
  Position leave(Position position) const { return {lines_[position.line].next, 0}; }
  Position stop(Position position) const { return {lines_[position.line].untreated, 0}; }

  /// The line of waiting that leads to the procedure on a line, and back.
  static std::size_t procedure_after(std::size_t waiting) { return waiting + 1; }
  /// The line where somebody goes who is not transplanted after all.
  Position give_up(std::size_t waiting) const { return {lines_[procedure_after(waiting)].next, 0}; }

 private:
  void lay_out();
  int cycles_that_matter(const Line& line) const;
  void number_effects();
  std::vector<Change> changes_after_procedure(Position position) const;

  const Inputs& inputs_;
  std::vector<Line> lines_;
  std::vector<Effects> effects_;
  std::vector<std::vector<int>> effect_of_year_;  ///< [line][year]
};

}  // namespace myelin::ms
