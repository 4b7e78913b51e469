#include "engine/control.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "core/contract.hpp"
#include "engine/cohort_slice.hpp"

namespace myelin::engine {

namespace {

constexpr Phase phases[] = {Phase::start, Phase::point, Phase::cycle};

using Dropped = std::vector<DroppedAttribute>;

bool is_dropped(const Dropped& dropped, AttributeIndex attribute) {
  return std::ranges::find(dropped, attribute, &DroppedAttribute::attribute) != dropped.end();
}

bool reads_dropped(const std::vector<Read>& reads, const Dropped& dropped) {
  return std::ranges::any_of(reads, [&](const Read& read) { return is_dropped(dropped, read.attribute); });
}

Diagnostics check(const Program& program, const Dropped& dropped) {
  Diagnostics problems;
  const auto refuse = [&](AttributeIndex attribute, const char* why) {
    problems.push_back({{},
                        fmt::format("'{}' cannot be left out of the values that control the chance: {}",
                                    program.attributes[attribute.value].name, why),
                        "leave out other attributes"});
  };
  for (const DroppedAttribute& drop : dropped) {
    if (program.attributes[drop.attribute.value].kind == AttributeKind::clock) refuse(drop.attribute, "it is a clock");
    if (drop.attribute == program.death_attribute) refuse(drop.attribute, "it tells the dead from the living");
    const auto guards = [&](const Step& step) { return step.guard && step.guard->attribute == drop.attribute; };
    for (const Phase phase : phases) {
      if (std::ranges::none_of(program.steps(phase), guards)) continue;
      refuse(drop.attribute, "it decides which steps a patient takes");
      break;
    }
  }
  return problems;
}

/// The accruals of all sums and what their expectations depend on.
SlicePlan plan_of(const Program& structure, const std::vector<OutcomeSum>& sums) {
  SlicePlan plan{std::vector<bool>(structure.attributes.size()), {}};
  plan.attributes[structure.death_attribute.value] = true;
  for (const Phase phase : phases) {
    const std::vector<Step>& steps = structure.steps(phase);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const auto* accrual = std::get_if<Accrual>(&steps[i].action);
      const auto wants = [&](const OutcomeSum& sum) { return sum.outcomes[accrual->outcome.value]; };
      if (accrual == nullptr || std::ranges::none_of(sums, wants)) continue;
      const std::vector<bool> needed = dependencies(structure, steps[i]);
      for (std::size_t attribute = 0; attribute < needed.size(); ++attribute)
        plan.attributes[attribute] = plan.attributes[attribute] || needed[attribute];
      plan.consumers.push_back({phase, i});
    }
  }
  return plan;
}

/// The row in which dropped attributes have their reference levels and all others those of `row`.
std::size_t reference_row(const Program& program, const std::vector<Read>& reads, std::size_t row,
                          const Dropped& dropped) {
  std::size_t reference = row;
  for (const Read& read : reads) {
    const auto drop = std::ranges::find(dropped, read.attribute, &DroppedAttribute::attribute);
    if (drop == dropped.end()) continue;
    const auto stride = static_cast<std::size_t>(read.stride);
    const std::size_t level = row / stride % program.attributes[read.attribute.value].levels.size();
    reference = reference - level * stride + static_cast<std::size_t>(drop->reference) * stride;
  }
  return reference;
}

/// What an accrual has beyond that at the reference levels; empty if nothing.
std::vector<double> residuals_of(const Program& program, const Accrual& accrual, const Dropped& dropped) {
  std::vector<double> residuals;
  for (std::size_t row = 0; row < accrual.rows; ++row)
    residuals.push_back(accrual.amounts[row] - accrual.amounts[reference_row(program, accrual.reads, row, dropped)]);
  if (std::ranges::all_of(residuals, [](double residual) { return residual == 0; })) residuals.clear();
  return residuals;
}

/// The reads of a layout without the attributes that a draw writes, and the strides of these.
struct SplitReads {
  std::vector<Read> kept;
  std::vector<std::int32_t> of_write;  ///< [write of the draw]; 0 where the layout does not have it
};

SplitReads split_reads(const CellLayout& layout, const Draw& draw) {
  SplitReads split{{}, std::vector<std::int32_t>(draw.writes.size())};
  for (const Read& read : layout.reads) {
    const auto write = std::ranges::find(draw.writes, read.attribute);
    if (write == draw.writes.end()) {
      split.kept.push_back(read);
    } else {
      split.of_write[static_cast<std::size_t>(write - draw.writes.begin())] = read.stride;
    }
  }
  return split;
}

/// A controlled draw on its way: its layouts, by which values find their cells.
struct DrawLayouts {
  CellLayout before, after, after_dead;
};

/// States by cell, with the state behind the last where no life leads.
std::vector<std::int32_t> states_of(const CellLayout& layout) {
  std::vector<std::int32_t> states = layout.state_of;
  std::ranges::replace(states, CellLayout::no_state, static_cast<std::int32_t>(layout.states));
  return states;
}

/// Whether two rows of a draw have the same outcomes with the same probabilities.
bool same_row(const Draw& draw, std::size_t a, std::size_t b) {
  const auto same = [&](const auto& table, std::size_t width) {
    const auto begin = table.begin();
    return std::equal(begin + static_cast<std::ptrdiff_t>(a * width),
                      begin + static_cast<std::ptrdiff_t>((a + 1) * width),
                      begin + static_cast<std::ptrdiff_t>(b * width));
  };
  return same(draw.cumulative, draw.outcomes) && same(draw.levels, draw.outcomes * draw.writes.size());
}

ControlledDraw lay_out(const Program& program, const Draw& draw, const DrawLayouts& layouts, const Dropped& dropped) {
  const SplitReads after = split_reads(layouts.after, draw), dead = split_reads(layouts.after_dead, draw);
  ControlledDraw controlled;
  controlled.before = layouts.before.reads;
  controlled.after = after.kept;
  controlled.after_dead = dead.kept;
  controlled.state_before = states_of(layouts.before);
  controlled.state_after = states_of(layouts.after);
  controlled.state_after_dead = states_of(layouts.after_dead);
  controlled.states_before = layouts.before.states + 1;
  controlled.states_after = layouts.after.states + 1;
  for (std::size_t row = 0; row < draw.rows; ++row)
    controlled.differs.push_back(same_row(draw, row, reference_row(program, draw.reads, row, dropped)) ? 0 : 1);
  const auto death = std::ranges::find(draw.writes, program.death_attribute) - draw.writes.begin();
  for (std::size_t cell = 0; cell < draw.rows * draw.outcomes; ++cell) {
    const std::uint16_t* levels = &draw.levels[cell * draw.writes.size()];
    const bool kills = death < std::ssize(draw.writes) && static_cast<int>(levels[death]) >= program.first_dead_level;
    std::int32_t change = 0;
    for (std::size_t write = 0; write < draw.writes.size(); ++write)
      change += (kills ? dead : after).of_write[write] * static_cast<std::int32_t>(levels[write]);
    controlled.change.push_back(change);
    controlled.kills.push_back(kills ? 1 : 0);
  }
  return controlled;
}

/// The values of a layer at a time, as a slice has them, into a table [time][state][sum] that has a state more.
void put(const std::vector<double>& values, std::uint32_t time, std::size_t sums, std::vector<double>& table) {
  const std::size_t states = values.size() / CohortSlice::sums_at_once;
  for (std::size_t state = 0; state < states; ++state)
    std::copy_n(&values[state * CohortSlice::sums_at_once], sums, &table[(time * (states + 1) + state) * sums]);
}

Program with_outcomes(Program program, const std::vector<ControlledSum>& sums) {
  for (const ControlledSum& sum : sums) {
    Outcome outcome = program.outcomes[sum.outcome.value];
    outcome.name = "controlled " + outcome.name;
    outcome.discounted_as = DiscountedAs::nothing;
    outcome.parts.clear();
    program.outcomes.push_back(std::move(outcome));
  }
  return program;
}

/// [profile] the levels with which its patients enter; as group_entries() merges them.
std::vector<std::size_t> entry_of_profiles(const Program& program, const Population& population,
                                           const EntryGroup& entry) {
  std::vector<std::size_t> positions;
  for (std::size_t profile = 0; profile < std::max<std::size_t>(1, population.profiles()); ++profile) {
    Population alone{population.attributes, {}};
    const std::size_t width = population.attributes.size();
    alone.levels.assign(population.levels.begin() + static_cast<std::ptrdiff_t>(profile * width),
                        population.levels.begin() + static_cast<std::ptrdiff_t>((profile + 1) * width));
    const std::vector<int> levels = group_entries(program, alone).front().levels.front().first;
    const auto found = std::ranges::find(entry.levels, levels, &std::pair<std::vector<int>, double>::first);
    positions.push_back(static_cast<std::size_t>(found - entry.levels.begin()));
  }
  return positions;
}

/// The steps of a program that read what is left out.
class StepsMaker {
 public:
  StepsMaker(const Program& program, const Dropped& dropped, const Program& structure, const CohortSlice& slice,
             const std::vector<OutcomeSum>& accrued, std::size_t value_limit)
      : program_(program),
        dropped_(dropped),
        structure_(structure),
        slice_(slice),
        accrued_(accrued),
        value_limit_(value_limit) {}

  /// What an accrual's amounts have beyond those at the reference levels, by sum.
  std::vector<std::vector<double>> residuals(const Accrual& accrual) const {
    std::vector<std::vector<double>> by_sum;
    for (const OutcomeSum& sum : accrued_)
      by_sum.push_back(sum.outcomes[accrual.outcome.value] ? residuals_of(program_, accrual, dropped_)
                                                           : std::vector<double>{});
    return by_sum;
  }

  /// A draw with room for the values around it.
  Result<ControlledDraw> draw(StepPlace place, const Step& step) const {
    const DrawLayouts laid{slice_.layout_before(structure_, place, value_limit_),
                           slice_.layout_after(structure_, place, false, value_limit_),
                           slice_.layout_after(structure_, place, true, value_limit_)};
    const std::size_t times = place.phase == Phase::start ? 1 : program_.cycles, sums = accrued_.size(),
                      states = std::max(laid.before.states, laid.after.states),
                      cells = std::max({laid.before.cells, laid.after.cells, laid.after_dead.cells});
    if (std::max(states * times * sums, cells) > value_limit_) {
      return tl::unexpected(Diagnostics{
          {{},
           fmt::format("program '{}': the values around its draw '{}' are too many: {} states, {} cells, {} times",
                       program_.name, step.name, states, cells, times),
           "leave more attributes out of the control"}});
    }
    ControlledDraw made = lay_out(program_, std::get<Draw>(step.action), laid, dropped_);
    constexpr double unreached = std::numeric_limits<double>::quiet_NaN();
    made.value_before.assign(times * made.states_before * sums, unreached);
    made.value_after.assign(times * made.states_after * sums, unreached);
    return made;
  }

 private:
  const Program& program_;
  const Dropped& dropped_;
  const Program& structure_;
  const CohortSlice& slice_;
  const std::vector<OutcomeSum>& accrued_;
  std::size_t value_limit_;
};

}  // namespace

const ControlledDraw* Control::draw(Phase phase, std::size_t step) const {
  const std::optional<ControlledDraw>& draw = steps_[static_cast<std::size_t>(phase)].draws[step];
  return draw ? &*draw : nullptr;
}

const std::vector<double>* Control::residuals(Phase phase, std::size_t step, std::size_t sum) const {
  const auto& of_step = steps_[static_cast<std::size_t>(phase)].residuals[step];
  return of_step.empty() || of_step[sum].empty() ? nullptr : &of_step[sum];
}

std::vector<std::vector<double>> Control::take_values(const Program& at_reference, const CohortSlice& slice,
                                                      const EntryGroup& entry, const std::vector<OutcomeSum>& accrued) {
  static_assert(most_controlled_sums <= CohortSlice::sums_at_once);
  const auto take = [&](StepPlace place, std::uint32_t time, const std::vector<double>& before,
                        const std::vector<double>& after) {
    std::optional<ControlledDraw>& draw = steps_[static_cast<std::size_t>(place.phase)].draws[place.index];
    if (!draw) return;
    put(before, time, accrued.size(), draw->value_before);
    put(after, time, accrued.size(), draw->value_after);
  };
  const std::vector<double> values = slice.values(at_reference, entry, accrued, take);
  std::vector<std::vector<double>> at_entry;
  for (auto level = values.begin(); level != values.end(); level += CohortSlice::sums_at_once)
    at_entry.emplace_back(level, level + static_cast<std::ptrdiff_t>(accrued.size()));
  return at_entry;
}

Result<Control> Control::make(const Program& program, const Population& population,
                              const std::vector<ControlledSum>& sums, const Dropped& dropped, const Options& options) {
  MYELIN_EXPECT(!sums.empty() && sums.size() <= most_controlled_sums);
  if (Diagnostics problems = check(program, dropped); !problems.empty()) return tl::unexpected(std::move(problems));
  const std::vector<EntryGroup> entries = group_entries(program, population);
  if (entries.size() > 1) {
    return tl::unexpected(Diagnostics{{{},
                                       "the patients enter at different ages or times, for each of which the values "
                                       "that control the chance would have to be held",
                                       "simulate without a control"}});
  }
  std::vector<OutcomeSum> accrued;
  for (const ControlledSum& sum : sums)
    accrued.push_back({with_parts(program, sum.outcome), sum.discounted ? std::size_t{0} : std::size_t{1}});
  const Program structure = at_any_level(program, dropped);
  const Result<CohortSlice> slice =
      CohortSlice::make(structure, plan_of(structure, accrued), entries, {.state_limit = options.state_limit});
  if (!slice) return tl::unexpected(slice.error());

  Control control;
  control.program_ = with_outcomes(program, sums);
  control.sums_ = sums;
  const StepsMaker maker(program, dropped, structure, *slice, accrued, options.value_limit);
  for (const Phase phase : phases) {
    const std::vector<Step>& steps = program.steps(phase);
    Steps& made = control.steps_[static_cast<std::size_t>(phase)];
    made.draws.resize(steps.size());
    made.residuals.resize(steps.size());
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (!reads_dropped(reads_of(steps[i]), dropped)) continue;
      if (const auto* accrual = std::get_if<Accrual>(&steps[i].action)) made.residuals[i] = maker.residuals(*accrual);
      if (!std::holds_alternative<Draw>(steps[i].action) || !slice->has_draw({phase, i})) continue;
      Result<ControlledDraw> draw = maker.draw({phase, i}, steps[i]);
      if (!draw) return tl::unexpected(draw.error());
      made.draws[i] = std::move(*draw);
    }
  }
  const auto at_entry = control.take_values(at_reference(program, dropped), *slice, entries.front(), accrued);
  for (const std::size_t position : entry_of_profiles(program, population, entries.front()))
    control.value_at_start_.push_back(at_entry[position]);
  return control;
}

}  // namespace myelin::engine
