#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/markov/structure.hpp"

namespace myelin::markov {

/// Something that formulae can vary with: an attribute of the program and the value of each of its levels.
struct Axis {
  std::string name;
  std::vector<std::string> levels;
  std::vector<double> values;  ///< [level]
};

/// All that formulae can vary with: the group, the attributes, their levels before this cycle's transitions, the age
/// where it varies between patients, and the cycle.
class Axes {
 public:
  explicit Axes(const Structure& structure);

  std::size_t size() const { return axes_.size(); }
  const Axis& operator[](std::size_t axis) const { return axes_[axis]; }

  std::optional<std::size_t> group() const { return group_; }
  std::size_t attribute(std::size_t index) const { return first_attribute_ + index; }
  std::size_t previous(std::size_t index) const { return first_previous_ + index; }
  /// Whether an axis has its level within a cycle only, not at the time points: a previous level, a transient.
  bool is_of_cycle(std::size_t axis) const { return of_cycle_[axis]; }
  std::optional<std::size_t> age() const { return age_; }
  std::size_t cycle() const { return axes_.size() - 1; }
  std::optional<std::size_t> find(const std::string& name) const;

 private:
  std::vector<Axis> axes_;
  std::vector<bool> of_cycle_;  ///< [axis]
  std::size_t first_attribute_ = 0, first_previous_ = 0;
  std::optional<std::size_t> group_, age_;
};

/// More than this many combinations of levels are refused for one formula, matrix or step.
inline constexpr std::size_t most_combinations = 65536;

/// The axes in words, if their levels have more combinations than that: `a (250) x b (300)`; else empty.
std::string too_many_combinations(const Axes& all, const std::vector<std::size_t>& axes);

/// Whole years passed at the start of a cycle.
int years_passed(const Timing& timing, std::uint32_t cycle);

}  // namespace myelin::markov
