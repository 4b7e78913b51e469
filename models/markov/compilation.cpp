#include "models/markov/compilation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/contract.hpp"
#include "models/markov/formula_check.hpp"

namespace myelin::markov {

namespace {

/// Whether any formula of the scenario mentions a name. Part of a longer word counts too: a level remembered without
/// need does no harm.
bool is_mentioned(const ParameterSet& parameters, const std::string& name) {
  const auto in = [&](const Formula& formula) { return formula.text.find(name) != std::string::npos; };
  return std::ranges::any_of(parameters.entries(), [&](const ParameterSet::Entry& entry) {
    if (const auto* formula = std::get_if<Formula>(&entry.value)) return in(*formula);
    if (const auto* formulas = std::get_if<Formulas>(&entry.value)) return std::ranges::any_of(*formulas, in);
    if (const auto* matrix = std::get_if<FormulaMatrix>(&entry.value))
      return std::ranges::any_of(*matrix, [&](const Formulas& row) { return std::ranges::any_of(row, in); });
    return false;
  });
}

}  // namespace

Compilation::Compilation(const ParameterSet& parameters, const Structure& structure, const std::string& strategy)
    : parameters_(parameters),
      structure_(structure),
      axes_(structure),
      formulas_(parameters, structure, axes_, strategy),
      matrices_(parameters, structure, formulas_),
      builder_(strategy, structure.timing.cycles) {
  for (std::size_t i = 0; i < structure.attributes.size(); ++i) {
    bool needed = is_mentioned(parameters, "previous_" + structure.attributes[i].name);
    for (const Attribute& other : structure.attributes) needed = needed || (other.time_in && other.time_in->of == i);
    for (const Reward& reward : structure.rewards) needed = needed || (!reward.on.empty() && reward.of == i);
    needs_previous_.push_back(needed);
  }
}

Result<Program> Compilation::run() {
  add_attributes();
  add_outcomes();
  add_start();
  add_previous();
  add_transitions();
  add_rewards();
  add_updates();
  if (!found_.empty()) return tl::unexpected(found_);
  return builder_.build();
}

void Compilation::add_attributes() {
  attribute_of_axis_.resize(axes_.size());
  if (axes_.group()) {
    attribute_of_axis_[*axes_.group()] =
        builder_.constant("group", axes_[*axes_.group()].levels, ProgramBuilder::unset);
  }
  for (std::size_t i = 0; i < structure_.attributes.size(); ++i) {
    const Attribute& attribute = structure_.attributes[i];
    const bool drawn = attribute.start.size() > 1 || (attribute.start.size() == 1 && !attribute.start[0].name.empty());
    const int initial = drawn ? ProgramBuilder::unset : attribute.initial;
    std::optional<AttributeIndex>& index = attribute_of_axis_[axes_.attribute(i)];
    switch (attribute.memory) {
      case Memory::constant:
        index = builder_.constant(attribute.name, attribute.levels, initial);
        break;
      case Memory::transient:
        index = builder_.transient(attribute.name, attribute.levels, attribute.initial);
        break;
      case Memory::state:
        index = builder_.state(attribute.name, attribute.levels, initial);
        break;
    }
    if (attribute.first_dead >= 0) builder_.dead(*index, attribute.first_dead);
    if (needs_previous_[i])
      attribute_of_axis_[axes_.previous(i)] = builder_.transient("previous_" + attribute.name, attribute.levels, 0);
  }
  const auto clock = [&](std::size_t axis, int entry, const auto& passed) {
    std::vector<int> offset;
    for (std::uint32_t cycle = 0; cycle <= structure_.timing.cycles; ++cycle) offset.push_back(passed(cycle));
    const int highest = static_cast<int>(axes_[axis].levels.size()) - 1;
    attribute_of_axis_[axis] = builder_.clock(axes_[axis].name, highest, entry, std::move(offset));
  };
  if (axes_.age()) {
    clock(*axes_.age(), structure_.lowest_age,
          [&](std::uint32_t cycle) { return years_passed(structure_.timing, cycle); });
  }
  clock(axes_.cycle(), 0, [](std::uint32_t cycle) { return static_cast<int>(cycle); });
}

bool Compilation::fits(const AxisSet& axes, const SourcePlace& place, const std::string& what) {
  const std::string product = too_many_combinations(axes_, {axes.begin(), axes.end()});
  if (product.empty()) return true;
  found_.push_back({place,
                    fmt::format("{} varies with {}: more than {} combinations", what, product, most_combinations),
                    "use fewer attributes, or attributes with fewer levels"});
  return false;
}

ProgramBuilder::Attributes Compilation::reads_of(const AxisSet& axes) const {
  ProgramBuilder::Attributes reads;
  for (const std::size_t axis : axes) {
    MYELIN_EXPECT(attribute_of_axis_[axis].has_value());
    reads.push_back(*attribute_of_axis_[axis]);
  }
  return reads;
}

std::size_t Compilation::row_of(const Tabulated& number, const Levels& levels, CycleOf cycle) const {
  if (cycle == CycleOf::beginning)
    return number.row(axes_, [&](std::size_t axis) { return levels[*attribute_of_axis_[axis]]; });
  const int ending = levels[*attribute_of_axis_[axes_.cycle()]] - 1;
  const auto passed = [&](int at) { return years_passed(structure_.timing, static_cast<std::uint32_t>(at)); };
  return number.row(axes_, [&](std::size_t axis) {
    if (axis == axes_.cycle()) return ending;
    const int level = levels[*attribute_of_axis_[axis]];
    return axis == axes_.age() ? level - passed(ending + 1) + passed(ending) : level;
  });
}

bool Compilation::has_value(const Tabulated& number, const Levels& levels, CycleOf cycle) const {
  return number.reason.empty() || number.reason[row_of(number, levels, cycle)] == 0;
}

std::optional<double> Compilation::value_of(const Tabulated& number, const Formula& formula, const AxisSet& axes,
                                            const Levels& levels, CycleOf cycle) {
  const std::size_t row = row_of(number, levels, cycle);
  if (number.reason.empty() || number.reason[row] == 0) return number.values[row];
  const FormulaBook::Reason& reason = formulas_.reason(number.reason[row]);
  refuse(reason.formula != nullptr ? *reason.formula : formula, reason.problem + at(axes, levels), reason.remedy);
  return std::nullopt;
}

bool Compilation::reachable(const AxisSet& axes, const Levels& levels, Phase phase, Whom whom) const {
  for (std::size_t i = 0; i < structure_.attributes.size(); ++i) {
    const auto dead_in = [&](std::size_t axis) {
      return axes.contains(axis) && is_dead(i, levels[*attribute_of_axis_[axis]]);
    };
    if (dead_in(axes_.previous(i)) || (whom == Whom::living && dead_in(axes_.attribute(i)))) return false;
  }
  const auto cycles = static_cast<int>(structure_.timing.cycles);
  const int last = phase == Phase::start ? 0 : phase == Phase::cycle ? cycles - 1 : cycles;
  const bool by_cycle = axes.contains(axes_.cycle());
  const int cycle = by_cycle ? levels[*attribute_of_axis_[axes_.cycle()]] : -1;
  if (cycle > last) return false;
  if (!axes_.age() || !axes.contains(*axes_.age())) return true;
  const int age = levels[*attribute_of_axis_[*axes_.age()]];
  const auto passed = [&](int at) { return years_passed(structure_.timing, static_cast<std::uint32_t>(at)); };
  return age >= structure_.lowest_age + passed(std::max(cycle, 0)) &&
         age <= structure_.highest_age + passed(by_cycle ? cycle : last);
}

bool Compilation::is_dead(std::size_t attribute, int level) const {
  const int first_dead = structure_.attributes[attribute].first_dead;
  return first_dead >= 0 && level >= first_dead;
}

std::string Compilation::at(const AxisSet& axes, const Levels& levels) const {
  std::string text;
  for (const std::size_t axis : axes) {
    const int level = levels[*attribute_of_axis_[axis]];
    text += fmt::format("{}{} = {}", text.empty() ? " at " : ", ", axes_[axis].name,
                        axes_[axis].levels[static_cast<std::size_t>(level)]);
  }
  return text;
}

void Compilation::refuse(const Formula& formula, const std::string& problem, const std::string& remedy) {
  if (!refused_.insert(&formula).second) return;
  found_.push_back(formula_problem(formula, 0, problem, remedy));
}

void Compilation::add_group() {
  if (!axes_.group()) return;
  std::vector<double> shares;
  double sum = 0;
  for (const Group& group : structure_.groups) {
    const Number share = formulas_.tabulate(group.share, found_);
    if (share == nullptr) return;
    const double value = share->axes.empty() ? share->values.front() : -1;
    if (!(value >= 0 && value <= 1)) {
      return refuse(group.share, fmt::format("the share of group '{}' is no number from 0 to 1", group.name),
                    "give the proportion of patients");
    }
    shares.push_back(value);
    sum += value;
  }
  if (std::abs(sum - 1) > 1e-9) {
    return refuse(structure_.groups.front().share,
                  fmt::format("the shares of the groups sum to {:.12g}, not to one", sum),
                  "correct them; one of them can be 1 minus the others");
  }
  builder_.draw(Phase::start, "draw of group", {}, {*attribute_of_axis_[*axes_.group()]},
                [&](const Levels&, Branches& branches) {
                  for (std::size_t group = 0; group < shares.size(); ++group)
                    branches.add(shares[group], {static_cast<int>(group)});
                });
}

void Compilation::add_start() {
  add_group();
  for (std::size_t attribute = 0; attribute < structure_.attributes.size(); ++attribute) add_start_of(attribute);
}

void Compilation::add_start_of(std::size_t index) {
  const Attribute& attribute = structure_.attributes[index];
  if (attribute.start.empty() || attribute.start.front().name.empty()) return;
  std::vector<Number> shares(attribute.levels.size());
  std::vector<const Formula*> formula_of(attribute.levels.size(), nullptr);
  AxisSet axes;
  for (const Formula& formula : attribute.start) {
    const auto level =
        static_cast<std::size_t>(std::ranges::find(attribute.levels, formula.name) - attribute.levels.begin());
    formula_of[level] = &formula;
    shares[level] = formulas_.tabulate(formula, found_);
    if (shares[level] == nullptr) return;
    for (const std::size_t axis : shares[level]->axes) {
      const bool known =
          axis == axes_.group() || axis == axes_.age() || (axis >= axes_.attribute(0) && axis < axes_.attribute(index));
      if (!known)
        return refuse(formula, fmt::format("where patients start cannot vary with {}", axes_[axis].name),
                      "use the group, the age, or attributes declared above");
      axes.insert(axis);
    }
  }
  builder_.draw(Phase::start, "start of " + attribute.name, reads_of(axes),
                {*attribute_of_axis_[axes_.attribute(index)]}, [&](const Levels& levels, Branches& branches) {
                  double sum = 0;
                  std::vector<double> values(shares.size(), 0);
                  for (std::size_t level = 0; level < shares.size() && reachable(axes, levels, Phase::start); ++level) {
                    if (shares[level] == nullptr) continue;
                    const auto value = value_of(*shares[level], *formula_of[level], axes, levels);
                    values[level] = value.value_or(0);
                    sum += values[level];
                    if (value && !(*value >= 0 && *value <= 1))
                      refuse(*formula_of[level], fmt::format("the share is {:.12g}{}", *value, at(axes, levels)),
                             "a share is from 0 to 1");
                  }
                  const bool whole = std::abs(sum - 1) <= 1e-9;
                  if (!whole && reachable(axes, levels, Phase::start))
                    refuse(attribute.start.front(),
                           fmt::format("the shares of '{}' at the start sum to {:.12g}, not to one{}", attribute.name,
                                       sum, at(axes, levels)),
                           "correct them; one of them can be 1 minus the others");
                  if (!whole || !found_.empty()) return branches.add(1, {0});
                  for (std::size_t level = 0; level < values.size(); ++level)
                    branches.add(values[level], {static_cast<int>(level)});
                });
}

}  // namespace myelin::markov
