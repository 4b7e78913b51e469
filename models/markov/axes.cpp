#include "models/markov/axes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "program/builder.hpp"

namespace myelin::markov {

namespace {

Axis numbers(std::string name, int highest) {
  Axis axis{std::move(name), numbered_levels(highest), {}};
  for (int level = 0; level <= highest; ++level) axis.values.push_back(level);
  return axis;
}

}  // namespace

int years_passed(const Timing& timing, std::uint32_t cycle) {
  constexpr double rounding = 1e-9;  // twelve cycles of a twelfth make a year
  return static_cast<int>(std::floor(timing.cycle_length.value * cycle + rounding));
}

std::string too_many_combinations(const Axes& all, const std::vector<std::size_t>& axes) {
  std::size_t rows = 1;
  std::string product;
  for (const std::size_t axis : axes) {
    rows *= all[axis].levels.size();
    product += fmt::format("{}{} ({})", product.empty() ? "" : " x ", all[axis].name, all[axis].levels.size());
    if (rows > most_combinations) return product;
  }
  return {};
}

Axes::Axes(const Structure& structure) {
  if (!structure.groups.empty()) {
    group_ = axes_.size();
    axes_.push_back({"group", {}, {}});
    for (const Group& group : structure.groups) {
      axes_.back().values.push_back(static_cast<double>(axes_.back().levels.size()));
      axes_.back().levels.push_back(group.name);
    }
  }
  first_attribute_ = axes_.size();
  for (const Attribute& attribute : structure.attributes)
    axes_.push_back({attribute.name, attribute.levels, attribute.values});
  first_previous_ = axes_.size();
  for (const Attribute& attribute : structure.attributes)
    axes_.push_back({"previous_" + attribute.name, attribute.levels, attribute.values});
  if (structure.ages_vary) {
    age_ = axes_.size();
    axes_.push_back(numbers("age", structure.highest_age + years_passed(structure.timing, structure.timing.cycles)));
  }
  axes_.push_back(numbers("cycle", static_cast<int>(structure.timing.cycles)));
  of_cycle_.assign(axes_.size(), false);
  for (std::size_t i = 0; i < structure.attributes.size(); ++i) {
    of_cycle_[previous(i)] = true;
    of_cycle_[attribute(i)] = structure.attributes[i].memory == Memory::transient;
  }
}

std::optional<std::size_t> Axes::find(const std::string& name) const {
  const auto found = std::ranges::find(axes_, name, &Axis::name);
  return found == axes_.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - axes_.begin()));
}

}  // namespace myelin::markov
