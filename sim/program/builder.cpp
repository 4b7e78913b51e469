#include "program/builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/contract.hpp"

namespace myelin {

namespace {

constexpr std::size_t outcome_limit = 4096;
constexpr std::size_t cell_limit = std::size_t{1} << 24;
constexpr double row_sum_tolerance = 1e-9;

/// Cumulative probabilities on 31 bits, rounded. The sum is taken to be one (it is within `row_sum_tolerance`), so that
/// the last is exact.
void append_cumulative(std::span<const double> probabilities, std::size_t outcomes,
                       std::vector<std::uint32_t>& cumulative) {
  double total = 0;
  for (const double p : probabilities) total += p;
  double sum = 0;
  for (std::size_t outcome = 0; outcome < outcomes; ++outcome) {
    if (outcome < probabilities.size()) sum += probabilities[outcome];
    const double share = std::min(1.0, sum / total);
    const bool last = outcome + 1 >= probabilities.size();
    cumulative.push_back(last ? probability_one : static_cast<std::uint32_t>(std::llround(share * probability_one)));
  }
}

}  // namespace

int Levels::operator[](AttributeIndex attribute) const {
  const int level = levels_.at(attribute.value);
  if (level == unread)
    throw ContractViolation("a step's function asks for an attribute that the step does not declare to read");
  return level;
}

void Branches::drop_impossible() {
  std::size_t kept = 0, kept_levels = 0, position = 0;
  for (std::size_t i = 0; i < probabilities_.size(); ++i) {
    const std::size_t count = counts_[i];
    if (probabilities_[i] != 0) {
      probabilities_[kept] = probabilities_[i];
      counts_[kept++] = count;
      for (std::size_t k = 0; k < count; ++k) levels_[kept_levels++] = levels_[position + k];
    }
    position += count;
  }
  probabilities_.resize(kept);
  counts_.resize(kept);
  levels_.resize(kept_levels);
}

ProgramBuilder::ProgramBuilder(std::string name, std::uint32_t cycles) {
  program_.name = std::move(name);
  program_.cycles = cycles;
  if (cycles == 0 || cycles >= cycle_limit) {
    refuse(fmt::format("{} cycles", cycles), fmt::format("choose a horizon of 1 to {} cycles", cycle_limit - 1));
  }
}

void ProgramBuilder::refuse(const std::string& problem, const std::string& remedy) {
  diagnostics_.push_back(
      {.place = {}, .problem = fmt::format("program '{}': {}", program_.name, problem), .remedy = remedy});
}

AttributeIndex ProgramBuilder::add_attribute(std::string name, AttributeKind kind, std::vector<std::string> levels,
                                             int initial) {
  if (levels.empty() || levels.size() > row_limit) {
    refuse(fmt::format("attribute '{}' has {} levels", name, levels.size()), fmt::format("give it 1 to {}", row_limit));
    levels.assign(1, "none");
  }
  const bool may_be_unset = kind == AttributeKind::constant || kind == AttributeKind::state;
  if (initial >= static_cast<int>(levels.size()) || initial < (may_be_unset ? unset : 0)) {
    refuse(fmt::format("attribute '{}' starts at level {} of {}", name, initial, levels.size()),
           fmt::format("start at 0 to {}", levels.size() - 1));
    initial = 0;
  }
  for (const Attribute& other : program_.attributes) {
    if (other.name == name) refuse(fmt::format("two attributes are named '{}'", name), "rename one");
  }
  program_.attributes.push_back({std::move(name), kind, std::move(levels), initial, {}});
  return {program_.attributes.size() - 1};
}

AttributeIndex ProgramBuilder::constant(std::string name, std::vector<std::string> levels, int initial) {
  return add_attribute(std::move(name), AttributeKind::constant, std::move(levels), initial);
}
AttributeIndex ProgramBuilder::state(std::string name, std::vector<std::string> levels, int initial) {
  return add_attribute(std::move(name), AttributeKind::state, std::move(levels), initial);
}
AttributeIndex ProgramBuilder::transient(std::string name, std::vector<std::string> levels, int initial) {
  return add_attribute(std::move(name), AttributeKind::transient, std::move(levels), initial);
}
AttributeIndex ProgramBuilder::clock(std::string name, int highest, int entry, std::vector<int> offset) {
  const bool reaches = offset.size() == program_.cycles + std::size_t{1} && std::ranges::all_of(offset, [&](int step) {
                         return entry + step >= 0 && entry + step <= highest;
                       });
  if (!reaches) {
    refuse(
        fmt::format("clock '{}' does not stay in 0 to {} at the time points 0 to {}", name, highest, program_.cycles),
        "shorten the horizon, or extend the tables that are read by this clock");
    offset.assign(program_.cycles + std::size_t{1}, 0);
  }
  const AttributeIndex index = add_attribute(std::move(name), AttributeKind::clock, numbered_levels(highest), entry);
  program_.attributes[index.value].clock_offset = std::move(offset);
  return index;
}

void ProgramBuilder::dead(AttributeIndex attribute, int first_dead_level) {
  const Attribute& declared = program_.attributes[attribute.value];
  const bool is_level = first_dead_level >= 1 && first_dead_level < static_cast<int>(declared.levels.size());
  if (declared.kind != AttributeKind::state || first_dead_level <= declared.initial || !is_level) {
    refuse(fmt::format("attribute '{}' cannot tell the dead from level {} on", declared.name, first_dead_level),
           "use a state attribute whose last levels mean dead and whose initial level does not");
  }
  program_.death_attribute = attribute;
  program_.first_dead_level = first_dead_level;
}

void ProgramBuilder::may_leave_out(AttributeIndex attribute, int reference) {
  MYELIN_EXPECT(reference >= 0 && reference < static_cast<int>(program_.attributes[attribute.value].levels.size()));
  program_.left_out.push_back({attribute, reference});
}

void ProgramBuilder::refuse_taken_name(const std::string& outcome) {
  if (std::ranges::find(program_.outcomes, outcome, &Outcome::name) != program_.outcomes.end()) {
    refuse(fmt::format("two outcomes are named '{}'", outcome), "rename one");
  }
}

OutcomeIndex ProgramBuilder::outcome(std::string name, std::string unit, std::string description, Weights weights,
                                     Weights undiscounted, DiscountedAs discounted_as, EventWeight event_weight,
                                     StateWeight state_weight) {
  const auto fits = [&](const Weights& candidate) {
    return candidate.point.size() == program_.cycles + std::size_t{1} && candidate.event.size() == program_.cycles;
  };
  if (!fits(weights) || !fits(undiscounted)) {
    refuse(fmt::format("outcome '{}' does not have a weight for each time point and cycle", name),
           fmt::format("give {} point and {} event weights", program_.cycles + 1, program_.cycles));
  }
  refuse_taken_name(name);
  program_.outcomes.push_back({std::move(name),
                               std::move(unit),
                               std::move(description),
                               discounted_as,
                               event_weight,
                               state_weight,
                               std::move(weights),
                               std::move(undiscounted),
                               {}});
  return {program_.outcomes.size() - 1};
}

OutcomeIndex ProgramBuilder::total(std::string name, std::string unit, std::string description,
                                   std::vector<OutcomeIndex> parts) {
  refuse_taken_name(name);
  if (parts.empty()) refuse(fmt::format("total '{}' has no parts", name), "name the outcomes that it sums");
  DiscountedAs discounted_as = DiscountedAs::nothing;
  for (const OutcomeIndex part : parts) {
    const Outcome& outcome = program_.outcomes[part.value];
    if (outcome.discounted()) discounted_as = outcome.discounted_as;
  }
  program_.outcomes.push_back({std::move(name),
                               std::move(unit),
                               std::move(description),
                               discounted_as,
                               EventWeight::cycle,
                               StateWeight::whole,
                               {},
                               {},
                               std::move(parts)});
  return {program_.outcomes.size() - 1};
}

bool ProgramBuilder::make_reads(const std::string& step, const Attributes& attributes, std::vector<Read>& reads,
                                std::size_t& rows) {
  rows = 1;
  reads.resize(attributes.size());
  std::string product;
  for (std::size_t i = attributes.size(); i-- > 0;) {
    const Attribute& attribute = program_.attributes[attributes[i].value];
    reads[i] = {attributes[i], static_cast<std::int32_t>(rows)};
    product =
        fmt::format("{} ({}){}{}", attribute.name, attribute.levels.size(), product.empty() ? "" : " x ", product);
    rows *= attribute.levels.size();
    if (rows > row_limit) {
      refuse(fmt::format("step '{}' would need a table of over {} rows: ... {}", step, row_limit, product),
             "introduce a transient attribute that condenses what the step needs to know");
      return false;
    }
  }
  return true;
}

void ProgramBuilder::visit_rows(const Attributes& attributes, std::size_t rows,
                                const std::function<void(std::size_t, const Levels&)>& visit) {
  Levels levels(program_.attributes.size());
  for (std::size_t row = 0; row < rows; ++row) {
    std::size_t rest = row;
    for (std::size_t i = attributes.size(); i-- > 0;) {
      const std::size_t count = program_.attributes[attributes[i].value].levels.size();
      levels.set(attributes[i], static_cast<int>(rest % count));
      rest /= count;
    }
    visit(row, levels);
  }
}

std::string ProgramBuilder::row_name(const Attributes& attributes, const Levels& levels) const {
  std::string name;
  for (const AttributeIndex index : attributes) {
    const Attribute& attribute = program_.attributes[index.value];
    name += fmt::format("{}{}={}", name.empty() ? "" : ", ", attribute.name,
                        attribute.levels[static_cast<std::size_t>(levels[index])]);
  }
  return name.empty() ? "its only row" : "row " + name;
}

bool ProgramBuilder::accept_writes(const std::string& step, Phase phase, const Attributes& writes) {
  if (phase == Phase::point)
    refuse(fmt::format("draw '{}' stands at the time points", step), "draw in the cycle or start phase");
  bool good = phase != Phase::point;
  int bits = 0;
  for (const AttributeIndex index : writes) {
    const Attribute& attribute = program_.attributes[index.value];
    bits += attribute.levels.size() > 256 ? 16 : 8;
    const bool fixed =
        attribute.kind == AttributeKind::clock || (attribute.kind == AttributeKind::constant && phase == Phase::cycle);
    if (fixed) {
      refuse(fmt::format("draw '{}' writes '{}', which does not change", step, attribute.name),
             "declare it a state, or write a constant in the start phase");
      good = false;
    }
  }
  for (std::size_t i = 0; i < writes.size(); ++i) {
    if (std::find(writes.begin(), writes.begin() + static_cast<std::ptrdiff_t>(i), writes[i]) !=
        writes.begin() + static_cast<std::ptrdiff_t>(i)) {
      refuse(fmt::format("draw '{}' writes '{}' twice", step, program_.attributes[writes[i].value].name),
             "write it once");
      good = false;
    }
  }
  if (bits > 32) {
    refuse(fmt::format("draw '{}' writes {} bits of attributes at once", step, bits),
           "write at most four attributes of up to 256 levels; a larger one counts twice");
    good = false;
  }
  return good;
}

bool ProgramBuilder::accept_row(const std::string& step, const std::function<std::string()>& row,
                                const Attributes& writes, const Branches& branches) {
  const auto place = [&] { return fmt::format("draw '{}', {}", step, row()); };
  double sum = 0;
  bool good = true;
  for (const double p : branches.probabilities_) {
    if (!(p >= 0 && p <= 1)) {
      refuse(fmt::format("{}: probability {} is outside [0, 1]", place(), p), "mend the function that gives it");
      good = false;
    }
    sum += p;
  }
  if (good && !(std::abs(sum - 1) <= row_sum_tolerance)) {
    refuse(fmt::format("{}: the probabilities sum to {:.12g}, not to one within {:g}", place(), sum, row_sum_tolerance),
           "give every outcome, the unchanged one too");
    good = false;
  }
  if (branches.probabilities_.size() > outcome_limit) {
    refuse(fmt::format("{}: {} outcomes", place(), branches.probabilities_.size()),
           fmt::format("give at most {}", outcome_limit));
    good = false;
  }
  std::size_t position = 0;
  for (const std::size_t count : branches.counts_) {
    if (count != writes.size()) {
      refuse(fmt::format("{}: an outcome gives {} levels for {} attributes", place(), count, writes.size()),
             "give one level for each");
      return false;
    }
    for (const AttributeIndex index : writes) {
      const Attribute& attribute = program_.attributes[index.value];
      const int level = branches.levels_[position++];
      if (level < 0 || level >= static_cast<int>(attribute.levels.size())) {
        refuse(fmt::format("{}: level {} of '{}' is out of range", place(), level, attribute.name),
               fmt::format("give 0 to {}", attribute.levels.size() - 1));
        good = false;
      }
    }
  }
  return good;
}

void ProgramBuilder::draw(Phase phase, std::string stream, const Attributes& reads, const Attributes& writes,
                          const DrawFunction& function) {
  Draw draw;
  draw.stream = stream_id(stream);
  draw.writes = writes;
  const auto [known, added] = stream_names_.emplace(draw.stream.value, stream);
  if (!added && known->second != stream) {
    refuse(fmt::format("the streams '{}' and '{}' have the same hash", known->second, stream),
           "rename one of the steps");
  }
  for (const AttributeIndex write : writes) written_[phase].push_back(write);
  const bool writable = accept_writes(stream, phase, writes);
  if (!make_reads(stream, reads, draw.reads, draw.rows) || !writable) return;

  std::vector<Branches> rows(draw.rows);
  bool good = true;
  visit_rows(reads, draw.rows, [&](std::size_t row, const Levels& levels) {
    function(levels, rows[row]);
    good = accept_row(
               stream, [&] { return row_name(reads, levels); }, writes, rows[row]) &&
           good;
    rows[row].drop_impossible();
    draw.outcomes = std::max(draw.outcomes, rows[row].probabilities_.size());
  });
  if (draw.rows * draw.outcomes > cell_limit) {
    refuse(fmt::format("draw '{}' has {} rows of up to {} outcomes", stream, draw.rows, draw.outcomes),
           fmt::format("keep their product at {} or below: split the draw or condense what it reads", cell_limit));
    good = false;
  }
  if (!good) return;
  for (const Branches& row : rows) {
    append_cumulative(row.probabilities_, draw.outcomes, draw.cumulative);
    for (std::size_t outcome = 0; outcome < draw.outcomes; ++outcome) {
      const std::size_t source = std::min(outcome, row.probabilities_.size() - 1) * writes.size();
      for (std::size_t write = 0; write < writes.size(); ++write) {
        draw.levels.push_back(static_cast<std::uint16_t>(row.levels_[source + write]));
      }
    }
  }
  add_step(phase, std::move(stream), std::move(draw));
}

void ProgramBuilder::accrue(Phase phase, std::string name, OutcomeIndex outcome, const Attributes& reads,
                            const AmountFunction& amount) {
  Accrual accrual{.outcome = outcome, .reads = {}, .rows = 0, .amounts = {}};
  if (!program_.outcomes[outcome.value].parts.empty()) {
    refuse(fmt::format("step '{}' accrues to the total '{}'", name, program_.outcomes[outcome.value].name),
           "accrue to one of its parts");
  }
  if (!make_reads(name, reads, accrual.reads, accrual.rows)) return;
  accrual.amounts.resize(accrual.rows);
  visit_rows(reads, accrual.rows, [&](std::size_t row, const Levels& levels) {
    accrual.amounts[row] = amount(levels);
    if (!std::isfinite(accrual.amounts[row])) {
      refuse(fmt::format("accrual '{}', {}: the amount is not finite", name, row_name(reads, levels)),
             "mend the function that gives it");
    }
  });
  add_step(phase, std::move(name), std::move(accrual));
}

void ProgramBuilder::tally(Phase phase, std::string name, std::string description, const Attributes& attributes) {
  Tally tally{.description = std::move(description), .reads = {}, .cells = 0};
  if (!make_reads(name, attributes, tally.reads, tally.cells)) return;
  add_step(phase, std::move(name), std::move(tally));
}

void ProgramBuilder::group(AttributeIndex attribute, int level, const std::function<void()>& body) {
  const Attribute& declared = program_.attributes[attribute.value];
  if (guard_.has_value())
    refuse(fmt::format("a group on '{}' stands inside another group", declared.name), "close the outer one first");
  if (declared.kind == AttributeKind::clock || level < 0 || level >= static_cast<int>(declared.levels.size())) {
    refuse(fmt::format("a group cannot be guarded by level {} of '{}'", level, declared.name),
           "guard by a level of a stored attribute");
    return;
  }
  guard_ = Guard{attribute, level};
  body();
  guard_.reset();
}

void ProgramBuilder::add_step(Phase phase, std::string name, std::variant<Draw, Accrual, Tally> action) {
  std::vector<Step>& steps = phase == Phase::start   ? program_.start
                             : phase == Phase::point ? program_.point
                                                     : program_.cycle;
  steps.push_back({std::move(name), guard_, std::move(action)});
}

std::vector<std::string> numbered_levels(int highest) {
  std::vector<std::string> names;
  for (int level = 0; level <= highest; ++level) names.push_back(std::to_string(level));
  return names;
}

}  // namespace myelin
