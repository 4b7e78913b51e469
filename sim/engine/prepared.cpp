#include "engine/prepared.hpp"

#include <algorithm>
#include <bit>
#include <set>

#include "core/contract.hpp"

namespace myelin::engine {

namespace {

/// Buckets a row, as a power of two: enough for the outcomes, and beyond that as many as the nearest cache holds, so
/// that few buckets have more than one threshold.
int choose_bits(std::size_t rows, std::size_t outcomes) {
  constexpr std::size_t cached_entries = 8192;
  constexpr int most = 9;
  if (outcomes <= 2) return 0;
  int bits = static_cast<int>(std::bit_width(outcomes - 1));
  while (bits < most && rows << (bits + 1) <= cached_entries) ++bits;
  return bits;
}

std::uint32_t make_entry(const std::uint32_t* cumulative, std::size_t outcomes, int bits, std::uint32_t bucket) {
  const int shift = 31 - bits;
  const std::uint64_t begin = std::uint64_t{bucket} << shift, end = begin + (std::uint64_t{1} << shift);
  const std::uint32_t never = (std::uint32_t{1} << shift) - 1;
  std::uint32_t base = 0, inside = 0, threshold = never;
  for (std::size_t outcome = 0; outcome + 1 < outcomes; ++outcome) {
    if (cumulative[outcome] <= begin) {
      ++base;
    } else if (cumulative[outcome] < end) {
      ++inside;
      threshold = static_cast<std::uint32_t>(cumulative[outcome] - begin) - 1;
    }
  }
  if (inside > 1) return std::uint32_t{1} << 31 | base << shift | never;
  return base << shift | threshold;
}

/// Whether outcome o stands for level o of the only attribute written, in every row that a living patient can have.
bool outcome_is_level(const Program& program, const Draw& draw) {
  if (draw.writes.size() != 1) return false;
  const auto death = std::ranges::find(draw.reads, program.death_attribute, &Read::attribute);
  const std::size_t death_levels = program.attributes[program.death_attribute.value].levels.size();
  for (std::size_t row = 0; row < draw.rows; ++row) {
    if (death != draw.reads.end()) {
      const std::size_t level = row / static_cast<std::size_t>(death->stride) % death_levels;
      if (level >= static_cast<std::size_t>(program.first_dead_level)) continue;
    }
    for (std::size_t outcome = 0; outcome < draw.outcomes; ++outcome) {
      if (draw.probability(row, outcome) > 0 && draw.levels[row * draw.outcomes + outcome] != outcome) return false;
    }
  }
  return true;
}

}  // namespace

PreparedProgram::PreparedProgram(const Program& source, const Population& population, const Control* given)
    : program(&source), control(given) {
  const std::size_t attributes = source.attributes.size();
  const std::size_t profile_count = std::max<std::size_t>(1, population.profiles());
  clock_varies.assign(attributes, false);
  for (std::size_t i = 0; i < attributes; ++i) {
    const Attribute& attribute = source.attributes[i];
    entry.emplace_back(profile_count, static_cast<std::uint16_t>(std::max(0, attribute.initial)));
    const auto named = std::ranges::find(population.attributes, attribute.name);
    if (named != population.attributes.end()) {
      const auto column = static_cast<std::size_t>(named - population.attributes.begin());
      for (std::size_t profile = 0; profile < profile_count; ++profile) {
        entry[i][profile] = population.levels[profile * population.attributes.size() + column];
        MYELIN_EXPECT(entry[i][profile] < attribute.levels.size());
      }
    }
    const bool varies = std::ranges::any_of(entry[i], [&](std::uint16_t level) { return level != entry[i].front(); });
    clock_varies[i] = attribute.kind == AttributeKind::clock && varies;
    const bool wide = attribute.levels.size() > 256;
    column_of.push_back({wide, 0});
    if (attribute.kind != AttributeKind::clock || varies) column_of[i].index = wide ? wide_columns++ : narrow_columns++;
  }
  number_sums();
  start = prepare(Phase::start);
  point = prepare(Phase::point);
  cycle = prepare(Phase::cycle);
}

/// Sums are numbered as the steps first use them: what is accrued together lies together, within eight places.
void PreparedProgram::number_sums() {
  sum_of.assign(program->outcomes.size(), none);
  const auto make_room = [&](std::size_t count) {
    if (sums % sums_together + count > sums_together) sums += sums_together - sums % sums_together;
  };
  const auto number = [&](std::size_t outcome) {
    if (sum_of[outcome] != none || !program->outcomes[outcome].parts.empty()) return;
    make_room(sums_of({outcome}));
    sum_of[outcome] = sums;
    sums += sums_of({outcome});
  };
  for (const Phase phase : {Phase::point, Phase::cycle, Phase::start}) {
    const std::vector<Step>& steps = program->steps(phase);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const auto* accrual = std::get_if<Accrual>(&steps[i].action);
      if (accrual == nullptr) continue;
      std::size_t together = 0;
      for (std::size_t k = i; k < same_rows_from(steps, i); ++k) {
        const OutcomeIndex outcome = std::get<Accrual>(steps[k].action).outcome;
        if (sum_of[outcome.value] == none) together += sums_of(outcome);
      }
      if (sum_of[accrual->outcome.value] == none) make_room(std::min(together, sums_together));
      number(accrual->outcome.value);
    }
  }
  const std::size_t controlled = control == nullptr ? 0 : control->sums();
  make_room(controlled);
  for (std::size_t i = 0; i < controlled; ++i) number(program->outcomes.size() - controlled + i);
  row_width = std::min(sums_together, std::bit_ceil(std::max<std::size_t>(1, sums)));
  sums = (sums + row_width - 1) / row_width * row_width;
}

/// Where the run of accruals that starts at `begin`, to different outcomes and with rows that the first determines,
/// ends.
std::size_t PreparedProgram::same_rows_from(const std::vector<Step>& steps, std::size_t begin) const {
  const auto& first = std::get<Accrual>(steps[begin].action);
  std::set<std::size_t> outcomes = {first.outcome.value};
  std::size_t end = begin + 1;
  for (; end < steps.size() && !steps[begin].guard && !steps[end].guard; ++end) {
    const auto* next = std::get_if<Accrual>(&steps[end].action);
    if (next == nullptr || !outcomes.insert(next->outcome.value).second) break;
    const bool known_rows = std::ranges::all_of(next->reads, [&](const Read& read) {
      return std::ranges::find(first.reads, read.attribute, &Read::attribute) != first.reads.end();
    });
    if (!known_rows) break;
  }
  return end;
}

/// Where the run of accruals that starts at `begin` and can be added as one ends.
std::size_t PreparedProgram::fuse_from(const std::vector<Step>& steps, std::size_t begin) const {
  const auto eight_of = [&](std::size_t step) {
    return sum_of[std::get<Accrual>(steps[step].action).outcome.value] / sums_together;
  };
  const std::size_t most = same_rows_from(steps, begin);
  std::size_t end = begin + 1;
  while (end < most && eight_of(end) == eight_of(begin)) ++end;
  return end;
}

/// The levels of a column below which all amounts are 0, of the column that has most of them.
std::optional<QuietBelow> PreparedProgram::find_quiet(const PreparedAccrual& accrual, std::size_t rows) const {
  std::optional<QuietBelow> best;
  for (const Read& read : accrual.parts.front().accrual->reads) {
    const Attribute& attribute = program->attributes[read.attribute.value];
    const ColumnRef column = column_of[read.attribute.value];
    if (attribute.kind == AttributeKind::clock || column.wide) continue;
    std::size_t lowest = attribute.levels.size();
    for (std::size_t row = 0; row < rows; ++row) {
      const auto begin = accrual.amounts.begin() + static_cast<std::ptrdiff_t>(row * accrual.width);
      if (std::all_of(begin, begin + static_cast<std::ptrdiff_t>(accrual.width), [](double a) { return a == 0; }))
        continue;
      lowest = std::min(lowest, row / static_cast<std::size_t>(read.stride) % attribute.levels.size());
    }
    if (lowest > 0 && (!best || static_cast<int>(lowest) > best->level))
      best = QuietBelow{column.index, static_cast<int>(lowest)};
  }
  return best;
}

PreparedAccrual PreparedProgram::prepare_accruals(const std::vector<Step>& steps, std::size_t begin,
                                                  std::size_t end) const {
  const auto& first = std::get<Accrual>(steps[begin].action);
  PreparedAccrual prepared{.rows = plan_rows(first.reads),
                           .parts = {},
                           .first_sum = sums,
                           .width = 1,
                           .amounts = {},
                           .quiet = {},
                           .residuals = {}};
  std::size_t high = 0;
  for (std::size_t i = begin; i < end; ++i) {
    const OutcomeIndex outcome = std::get<Accrual>(steps[i].action).outcome;
    prepared.first_sum = std::min(prepared.first_sum, sum_of[outcome.value]);
    high = std::max(high, sum_of[outcome.value] + sums_of(outcome));
  }
  if (row_width < sums_together) prepared.width = row_width;  // all there are
  while (prepared.first_sum / prepared.width != (high - 1) / prepared.width) prepared.width *= 2;
  prepared.first_sum = prepared.first_sum / prepared.width * prepared.width;
  prepared.amounts.assign(first.rows * prepared.width, 0.0);
  for (std::size_t i = begin; i < end; ++i) {
    const auto& accrual = std::get<Accrual>(steps[i].action);
    const std::size_t column = sum_of[accrual.outcome.value] - prepared.first_sum;
    prepared.parts.push_back({&accrual, column});
    for (std::size_t row = 0; row < first.rows; ++row) {
      // The accrual's own row, from the levels that stand for this one.
      std::size_t own_row = 0;
      for (const Read& read : accrual.reads) {
        const Read& wide = *std::ranges::find(first.reads, read.attribute, &Read::attribute);
        const std::size_t level =
            row / static_cast<std::size_t>(wide.stride) % program->attributes[read.attribute.value].levels.size();
        own_row += level * static_cast<std::size_t>(read.stride);
      }
      for (std::size_t k = 0; k < sums_of(accrual.outcome); ++k) {
        prepared.amounts[row * prepared.width + column + k] = accrual.amounts[own_row];
      }
    }
  }
  if (!steps[begin].guard) prepared.quiet = find_quiet(prepared, first.rows);
  return prepared;
}

std::int32_t PreparedProgram::row_base(const RowPlan& rows, std::uint32_t time) const {
  std::int32_t base = rows.constant;
  for (const RowPlan::ClockTerm& term : rows.clocks)
    base += term.stride * program->attributes[term.attribute].clock_offset[time];
  return base;
}

RowPlan PreparedProgram::plan_rows(const std::vector<Read>& reads) const {
  RowPlan plan;
  for (const Read& read : reads) {
    const std::size_t index = read.attribute.value;
    const bool clock = program->attributes[index].kind == AttributeKind::clock;
    if (clock) plan.clocks.push_back({index, read.stride});
    if (clock && !clock_varies[index]) {
      plan.constant += read.stride * entry[index].front();
    } else {
      plan.columns.push_back({column_of[index], read.stride});
    }
  }
  return plan;
}

PreparedDraw PreparedProgram::prepare_draw(const Draw& draw) const {
  PreparedDraw prepared;
  prepared.draw = &draw;
  prepared.rows = plan_rows(draw.reads);
  if (draw.outcomes > 1) {
    prepared.bits = choose_bits(draw.rows, draw.outcomes);
    prepared.entries.reserve(draw.rows << prepared.bits);
    for (std::size_t row = 0; row < draw.rows; ++row) {
      for (std::uint32_t bucket = 0; bucket < (std::uint32_t{1} << prepared.bits); ++bucket) {
        prepared.entries.push_back(
            make_entry(&draw.cumulative[row * draw.outcomes], draw.outcomes, prepared.bits, bucket));
      }
    }
  }
  int shift = 0;
  for (const AttributeIndex write : draw.writes) {
    const ColumnRef column = column_of[write.value];
    prepared.writes.push_back({column, shift});
    shift += column.wide ? 16 : 8;
    prepared.writes_death = prepared.writes_death || write == program->death_attribute;
  }
  constexpr std::size_t outcomes_of_7_bits = 128;
  prepared.draws_level = !prepared.entries.empty() && outcome_is_level(*program, draw) &&
                         !prepared.writes.front().column.wide && draw.outcomes <= outcomes_of_7_bits;
  if (!outcome_is_level(*program, draw)) {
    for (std::size_t cell = 0; cell < draw.rows * draw.outcomes; ++cell) {
      std::uint32_t packed = 0;
      for (std::size_t write = 0; write < draw.writes.size(); ++write) {
        packed |= std::uint32_t{draw.levels[cell * draw.writes.size() + write]} << prepared.writes[write].shift;
      }
      prepared.packed.push_back(packed);
    }
  }
  return prepared;
}

std::size_t PreparedProgram::number_stream(StreamId stream) {
  const auto found = std::ranges::find(streams, stream);
  const auto place = static_cast<std::size_t>(found - streams.begin());
  if (found == streams.end()) streams.push_back(stream);
  return place;
}

PreparedControl PreparedProgram::prepare_control(Phase phase, std::size_t step) const {
  const ControlledDraw* draw = control == nullptr ? nullptr : control->draw(phase, step);
  if (draw == nullptr) return {};
  return {draw, plan_rows(draw->before), plan_rows(draw->after), plan_rows(draw->after_dead)};
}

void PreparedProgram::add_residuals(Phase phase, std::size_t step, PreparedAccrual& prepared) const {
  if (control == nullptr) return;
  const auto& accrual = std::get<Accrual>(program->steps(phase)[step].action);
  for (std::size_t sum = 0; sum < control->sums(); ++sum) {
    if (const std::vector<double>* amounts = control->residuals(phase, step, sum))
      prepared.residuals.push_back({plan_rows(accrual.reads), amounts, &program->outcomes[accrual.outcome.value], sum});
  }
}

std::vector<PreparedStep> PreparedProgram::prepare(Phase phase) {
  const std::vector<Step>& steps = program->steps(phase);
  std::vector<PreparedStep> prepared;
  int group = -1;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    if (step.guard && (i == 0 || steps[i - 1].guard != step.guard)) ++group;
    PreparedStep made{{}, step.guard ? group : -1, step.guard.value_or(Guard{})};
    if (const auto* draw = std::get_if<Draw>(&step.action)) {
      PreparedDraw prepared_draw = prepare_draw(*draw);
      prepared_draw.control = prepare_control(phase, i);
      if (phase == Phase::cycle && !step.guard && draw->outcomes > 1)
        prepared_draw.stream = number_stream(draw->stream);
      made.action = std::move(prepared_draw);
    } else if (std::holds_alternative<Accrual>(step.action)) {
      const std::size_t end = fuse_from(steps, i);
      PreparedAccrual accrual = prepare_accruals(steps, i, end);
      for (std::size_t part = i; part < end; ++part) add_residuals(phase, part, accrual);
      made.action = std::move(accrual);
      i = end - 1;
    } else {
      const auto& tally = std::get<Tally>(step.action);
      made.action = PreparedTally{plan_rows(tally.reads), counts, tally.cells};
      counts += tally.cells * tally_times(phase, program->cycles);
    }
    prepared.push_back(std::move(made));
  }
  return prepared;
}

}  // namespace myelin::engine
