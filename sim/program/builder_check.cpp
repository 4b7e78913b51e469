#include <fmt/format.h>

#include <algorithm>

#include "program/builder.hpp"

/// \file
/// What can be checked only when all steps are known.

namespace myelin {

namespace {

const std::vector<Read>& reads_of(const Step& step) {
  return std::visit([](const auto& action) -> const std::vector<Read>& { return action.reads; }, step.action);
}

}  // namespace

void ProgramBuilder::check_order(Phase phase, std::vector<bool>& is_set) {
  const auto check = [&](const Step& step, AttributeIndex index) {
    if (is_set[index.value]) return;
    const Attribute& attribute = program_.attributes[index.value];
    if (attribute.kind == AttributeKind::transient && phase == Phase::point) {
      refuse(fmt::format("step '{}' reads the transient '{}' at the time points, where it is reset", step.name,
                         attribute.name),
             "read it in the cycle phase, or declare it a state");
    } else {
      refuse(fmt::format("step '{}' reads '{}' before it is set", step.name, attribute.name),
             "put the step that writes it before");
    }
    is_set[index.value] = true;  // one message an attribute is enough
  };
  for (const Step& step : program_.steps(phase)) {
    if (step.guard) check(step, step.guard->attribute);
    for (const Read& read : reads_of(step)) check(step, read.attribute);
    if (const auto* draw = std::get_if<Draw>(&step.action)) {
      for (const AttributeIndex index : draw->writes) is_set[index.value] = true;
    }
  }
}

void ProgramBuilder::check_streams(Phase phase) {
  const std::vector<Step>& steps = program_.steps(phase);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto* draw = std::get_if<Draw>(&steps[i].action);
    if (draw == nullptr) continue;
    for (std::size_t j = 0; j < i; ++j) {
      const auto* earlier = std::get_if<Draw>(&steps[j].action);
      if (earlier == nullptr || earlier->stream != draw->stream) continue;
      const std::optional<Guard>&a = steps[i].guard, &b = steps[j].guard;
      const bool exclusive = a && b && a->attribute == b->attribute && a->level != b->level;
      if (!exclusive) {
        refuse(fmt::format("two draws named '{}' can happen to one patient in one cycle", steps[i].name),
               "rename one, or guard them by different levels of one attribute");
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
  check_streams(Phase::start);
  check_streams(Phase::cycle);
  check_totals();
  if (!diagnostics_.empty()) return tl::unexpected(diagnostics_);
  return program_;
}

}  // namespace myelin
