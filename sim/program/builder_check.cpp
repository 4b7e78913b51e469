#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "program/builder.hpp"

/// \file
/// What can be checked only when all steps are known.

namespace myelin {

namespace {

bool writes(const Step& step, AttributeIndex attribute) {
  const auto* draw = std::get_if<Draw>(&step.action);
  return draw != nullptr && std::ranges::find(draw->writes, attribute) != draw->writes.end();
}

/// Whether no patient takes part in both of two steps of a phase: their groups want different levels of one attribute,
/// which nothing from the first step on changes before the second.
bool exclusive(const std::vector<Step>& steps, std::size_t first, std::size_t second) {
  const std::optional<Guard>&a = steps[first].guard, &b = steps[second].guard;
  if (!a || !b || a->attribute != b->attribute || a->level == b->level) return false;
  // The second group is entered at its first step, and the first group may change its own guard after being entered.
  std::size_t entry = second, begin = first;
  while (entry > 0 && steps[entry - 1].guard == b) --entry;
  while (begin > 0 && steps[begin - 1].guard == a) --begin;
  return std::none_of(steps.begin() + static_cast<std::ptrdiff_t>(begin),
                      steps.begin() + static_cast<std::ptrdiff_t>(entry),
                      [&](const Step& step) { return writes(step, a->attribute); });
}

/// For whom the draws so far have set an attribute: those whose guard had one of the levels, by guarding attribute.
using SetFor = std::map<std::pair<std::size_t, std::size_t>, std::set<int>>;

}  // namespace

void ProgramBuilder::check_order(Phase phase, std::vector<bool>& is_set) {
  SetFor set_for;
  std::vector<bool> reported(is_set.size(), false);
  // A draw that was refused would have set what it writes: its readers are not to blame.
  std::vector<bool> kept(is_set.size(), false);
  for (const Step& step : program_.steps(phase)) {
    for (std::size_t i = 0; i < is_set.size(); ++i) kept[i] = kept[i] || writes(step, {i});
  }
  for (const AttributeIndex index : written_[phase]) {
    if (!kept[index.value]) is_set[index.value] = true;
  }
  const auto check = [&](const Step& step, AttributeIndex index) {
    if (is_set[index.value] || reported[index.value]) return;
    if (step.guard && set_for[{index.value, step.guard->attribute.value}].contains(step.guard->level)) return;
    const Attribute& attribute = program_.attributes[index.value];
    if (attribute.kind == AttributeKind::transient && phase == Phase::point) {
      refuse(fmt::format("step '{}' reads the transient '{}' at the time points, where it is reset", step.name,
                         attribute.name),
             "read it in the cycle phase, or declare it a state");
    } else {
      refuse(fmt::format("step '{}' reads '{}' before it is set", step.name, attribute.name),
             "put the step that writes it before");
    }
    reported[index.value] = true;  // one message an attribute is enough
  };
  for (const Step& step : program_.steps(phase)) {
    if (step.guard) check(step, step.guard->attribute);
    for (const Read& read : reads_of(step)) check(step, read.attribute);
    const auto* draw = std::get_if<Draw>(&step.action);
    if (draw == nullptr) continue;
    for (const AttributeIndex index : draw->writes) {
      // A transient has its default for those whom the draw passes over.
      if (!step.guard || program_.attributes[index.value].kind == AttributeKind::transient) {
        is_set[index.value] = true;
        continue;
      }
      std::set<int>& levels = set_for[{index.value, step.guard->attribute.value}];
      levels.insert(step.guard->level);
      if (levels.size() == program_.attributes[step.guard->attribute.value].levels.size()) is_set[index.value] = true;
    }
  }
  for (std::size_t i = 0; i < is_set.size(); ++i) is_set[i] = is_set[i] || reported[i];
}

void ProgramBuilder::check_streams() {
  std::set<std::string> refused;
  const auto refuse_twice = [&](const Step& step) {
    if (!refused.insert(step.name).second) return;
    refuse(fmt::format("two draws named '{}' can happen to one patient in one cycle", step.name),
           "rename one, or guard them by different levels of one attribute");
  };
  const auto same_draw = [](const Step& a, const Step& b) {
    return std::holds_alternative<Draw>(a.action) && std::holds_alternative<Draw>(b.action) && a.name == b.name;
  };
  for (const Phase phase : {Phase::start, Phase::cycle}) {
    const std::vector<Step>& steps = program_.steps(phase);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (same_draw(steps[j], steps[i]) && !exclusive(steps, j, i)) refuse_twice(steps[i]);
      }
      // The start phase uses the numbers of the first cycle.
      if (phase == Phase::cycle &&
          std::ranges::any_of(program_.start, [&](const Step& step) { return same_draw(step, steps[i]); })) {
        refuse_twice(steps[i]);
      }
    }
  }
}

void ProgramBuilder::check_totals() {
  for (const Outcome& outcome : program_.outcomes) {
    for (const OutcomeIndex part : outcome.parts) {
      if (program_.outcomes[part.value].unit != outcome.unit || !program_.outcomes[part.value].parts.empty()) {
        refuse(fmt::format("total '{}' cannot sum '{}'", outcome.name, program_.outcomes[part.value].name),
               "sum accrued outcomes of the same unit");
      }
    }
  }
}

Result<Program> ProgramBuilder::build() {
  if (program_.first_dead_level == 0 && !program_.attributes.empty()) {
    program_.first_dead_level = static_cast<int>(program_.attributes[0].levels.size());
  }
  if (program_.attributes.empty()) refuse("there are no attributes", "declare at least one");
  std::vector<bool> is_set(program_.attributes.size());
  for (std::size_t i = 0; i < is_set.size(); ++i) {
    const Attribute& attribute = program_.attributes[i];
    is_set[i] = attribute.kind != AttributeKind::transient && attribute.initial != unset;
  }
  check_order(Phase::start, is_set);
  for (std::size_t i = 0; i < is_set.size(); ++i) {
    if (program_.attributes[i].kind == AttributeKind::transient) is_set[i] = false;
  }
  check_order(Phase::point, is_set);
  check_order(Phase::cycle, is_set);
  check_streams();
  check_totals();
  if (!diagnostics_.empty()) return tl::unexpected(diagnostics_);
  for (std::vector<Step>* steps : {&program_.start, &program_.point, &program_.cycle}) {
    std::erase_if(*steps, [](const Step& step) {
      const auto* accrual = std::get_if<Accrual>(&step.action);
      return accrual != nullptr && std::ranges::all_of(accrual->amounts, [](double each) { return each == 0; });
    });
  }
  return program_;
}

}  // namespace myelin
