#include "engine/block.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace myelin::engine {

RandomSource Microsimulation::Block::source(StreamId stream, std::uint32_t cycle_block) const {
  const PhiloxCounter counter = counter_of(stream, cycle_block, PatientId{first_patient}, simulation.options_.noise);
  const PhiloxKey key = simulation.options_.seed.key();
  return {counter[0], counter[1], counter[2], counter[3], {key[0], key[1]}};
}

void Microsimulation::Block::make_numbers(const PreparedProgram& program, const Lanes& lanes,
                                          std::uint32_t cycle_block) {
  for (std::size_t i = 0; i < program.streams.size(); ++i) {
    simulation.kernels_->fill_random(lanes.living, source(program.streams[i], cycle_block), lanes.slot.data(),
                                     &work.numbers_[i * cycles_per_block * number_room], number_room);
  }
}

const std::uint32_t* Microsimulation::Block::numbers_of(const PreparedDraw& draw, Phase phase, std::uint32_t time,
                                                        const Lanes& lanes) {
  if (phase == Phase::start) {
    simulation.kernels_->fill_random(lanes.living, source(draw.draw->stream, 0), lanes.slot.data(),
                                     work.start_numbers_.data(), block_patients);
    return work.start_numbers_.data();
  }
  return &work.numbers_[(draw.stream * cycles_per_block + time % cycles_per_block) * number_room];
}

void Microsimulation::Block::live(std::size_t strategy) {
  const PreparedProgram& program = simulation.programs_[strategy];
  const std::uint32_t cycles = program.program->cycles;
  Lanes& lanes = work.lanes_;
  enter(strategy);
  for (std::uint32_t cycle = 0; cycle < cycles && lanes.living > 0; ++cycle) {
    if (cycle % cycles_per_block == 0) make_numbers(program, lanes, cycle / cycles_per_block);
    live_cycle(strategy, cycle);
  }
  live(strategy, program.point, Phase::point, cycles);
  collect_lives(strategy);
}

void Microsimulation::Block::enter(std::size_t strategy) {
  const PreparedProgram& program = simulation.programs_[strategy];
  Lanes& lanes = work.lanes_;
  lanes.begin(program, patients);
  for (std::size_t i = 0; i < program.column_of.size(); ++i) {
    if (program.program->attributes[i].kind == AttributeKind::clock && !program.clock_varies[i]) continue;
    const std::vector<std::uint16_t>& entry = program.entry[i];
    if (entry.size() == 1) {
      lanes.fill(program.column_of[i], patients, entry.front());
    } else {
      for (int lane = 0; lane < patients; ++lane) {
        lanes.set_level(program.column_of[i], lane,
                        entry[(first_patient + static_cast<std::uint64_t>(lane)) % entry.size()]);
      }
    }
  }
  if (program.control != nullptr) enter_control(program, lanes);
  live(strategy, program.start, Phase::start, 0);
  leave();
}

void Microsimulation::Block::live_cycle(std::size_t strategy, std::uint32_t cycle) {
  const PreparedProgram& program = simulation.programs_[strategy];
  Lanes& lanes = work.lanes_;
  work.patient_cycles += static_cast<std::uint64_t>(lanes.living);
  live(strategy, program.point, Phase::point, cycle);
  for (std::size_t i = 0; i < program.column_of.size(); ++i) {
    const Attribute& attribute = program.program->attributes[i];
    if (attribute.kind == AttributeKind::transient) {
      lanes.fill(program.column_of[i], lanes.living, static_cast<std::uint16_t>(attribute.initial));
    }
  }
  live(strategy, program.cycle, Phase::cycle, cycle);
  leave();
}

void Microsimulation::Block::live(std::size_t strategy, const std::vector<PreparedStep>& steps, Phase phase,
                                  std::uint32_t time) {
  using Clock = std::chrono::steady_clock;
  const auto nanoseconds_now = [&] {
    if (work.step_times == nullptr) return 0.0;
    return std::chrono::duration<double, std::nano>(Clock::now().time_since_epoch()).count();
  };
  const PreparedProgram& program = simulation.programs_[strategy];
  Lanes& lanes = work.lanes_;
  std::vector<std::uint64_t>& counts = work.counts[strategy];
  int group = -1;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const PreparedStep& step = steps[i];
    const double begin = nanoseconds_now();
    if (step.group >= 0 && step.group != group) enter_group(program, step.guard, lanes);
    if (const auto* drawn = std::get_if<PreparedDraw>(&step.action);
        drawn != nullptr && drawn->control.draw != nullptr) {
      control(program, *drawn, lanes, time, step.group >= 0);
    } else if (const auto* accrued = std::get_if<PreparedAccrual>(&step.action);
               accrued != nullptr && !accrued->residuals.empty()) {
      control(program, *accrued, lanes, phase, time, step.group >= 0);
    }
    if (step.group >= 0) {
      take_in_group(program, step, lanes, phase, time, counts);
    } else if (const auto* draw = std::get_if<PreparedDraw>(&step.action)) {
      take(program, *draw, lanes, phase, time);
    } else if (const auto* accrual = std::get_if<PreparedAccrual>(&step.action)) {
      take(program, *accrual, lanes, phase, time);
    } else {
      take(program, std::get<PreparedTally>(step.action), lanes, time, counts);
    }
    group = step.group;
    if (work.step_times != nullptr)
      (*work.step_times)[strategy][static_cast<std::size_t>(phase)][i] += nanoseconds_now() - begin;
  }
}

/// Those who died leave the loops; their slots stay behind those of the living.
void Microsimulation::Block::leave() { work.lanes_.present = work.lanes_.living; }

void Microsimulation::Block::collect_lives(std::size_t strategy) {
  Lanes& lanes = work.lanes_;
  const PreparedProgram& program = simulation.programs_[strategy];
  std::vector<Column<double>>& lives = work.lives[strategy];
  Column<double> nowhere;  // takes the sums that stand for no outcome
  std::vector<double*> column_of_sum(program.sums, nowhere.data());
  for (std::size_t outcome = 0; outcome < simulation.outcomes(); ++outcome) {
    const Outcome& declared = program.program->outcomes[outcome];
    if (!declared.parts.empty() || !program.accrues(outcome)) continue;
    column_of_sum[program.sum_of[outcome]] = lives[outcome * columns].data();
    if (declared.discounted()) column_of_sum[program.sum_of[outcome] + 1] = lives[outcome * columns + 1].data();
  }
  for (std::size_t sum = 0; sum < simulation.controlled_sums(); ++sum)
    column_of_sum[program.first_controlled_sum() + sum] = work.controlled_[strategy][sum].data();
  for (std::size_t first = 0; first < program.sums; first += program.row_width)
    simulation.kernels_->put_in_columns(patients, static_cast<int>(program.row_width), lanes.first_sums(first),
                                        lanes.sums_move() ? lanes.slot.data() : nullptr, &column_of_sum[first]);
  for (std::size_t outcome = 0; outcome < simulation.outcomes(); ++outcome) {
    const Outcome& declared = program.program->outcomes[outcome];
    if (declared.parts.empty() && !declared.discounted() && program.accrues(outcome))
      lives[outcome * columns + 1] = lives[outcome * columns];
  }
}

void Microsimulation::Block::find_rows(const PreparedProgram& program, const RowPlan& rows, const Lanes& lanes, int n,
                                       std::uint32_t time) {
  const Kernels& kernels = *simulation.kernels_;
  std::int32_t* row = work.rows_.data();
  bool first = true;
  for (const RowPlan::ColumnTerm& term : rows.columns) {
    const std::int32_t base = program.row_base(rows, time);
    if (term.column.wide) {
      const std::uint16_t* level = lanes.wide[term.column.index].data();
      first ? kernels.set_row_16(n, base, term.stride, level, row) : kernels.add_row_16(n, term.stride, level, row);
    } else {
      const std::uint8_t* level = lanes.narrow[term.column.index].data();
      first ? kernels.set_row_8(n, base, term.stride, level, row) : kernels.add_row_8(n, term.stride, level, row);
    }
    first = false;
  }
  if (first) std::fill_n(row, n, program.row_base(rows, time));
}

std::uint32_t Microsimulation::Block::search(const PreparedProgram& program, const PreparedDraw& draw,
                                             const Lanes& lanes, int lane, std::uint32_t time, std::uint32_t number,
                                             std::uint32_t first) const {
  const auto row = static_cast<std::size_t>(row_of(program, draw.rows, lanes, lane, time));
  const std::uint32_t* cumulative = &draw.draw->cumulative[row * draw.draw->outcomes];
  std::uint32_t outcome = first;
  while (number >= cumulative[outcome]) ++outcome;
  return outcome;
}

void Microsimulation::Block::find_outcomes(const PreparedProgram& program, const PreparedDraw& draw, Lanes& lanes,
                                           Phase phase, std::uint32_t time) {
  const Kernels& kernels = *simulation.kernels_;
  const int n = lanes.living;
  const RowPlan::ColumnTerm* only = draw.rows.only_narrow_column();
  const bool rows_needed = only == nullptr || !draw.packed.empty();
  if (rows_needed) find_rows(program, draw.rows, lanes, n, time);
  if (draw.entries.empty()) {
    std::fill_n(work.outcome_.begin(), n, 0u);
    return;
  }
  const std::uint32_t* number = numbers_of(draw, phase, time, lanes);
  const BucketTable table{draw.entries.data(), draw.bits};
  std::uint32_t any = 0;
  if (rows_needed) {
    any = kernels.sample_rows(n, table, work.rows_.data(), number, work.outcome_.data());
  } else {
    any = kernels.sample_levels(n, table, program.row_base(draw.rows, time), only->stride,
                                lanes.narrow[only->column.index].data(), number, work.outcome_.data());
  }
  if (draw.bits == 0 || (any >> draw.bits) == 0) return;

  // Buckets with more than one threshold: few lanes, which search from the bucket's start.
  const std::uint32_t crowded = std::uint32_t{1} << draw.bits;
  const int found = kernels.find_with_bits(n, work.outcome_.data(), crowded, work.selected_.data());
  for (int k = 0; k < found; ++k) {
    const std::int32_t lane = work.selected_[static_cast<std::size_t>(k)];
    const auto i = static_cast<std::size_t>(lane);
    work.outcome_[i] = search(program, draw, lanes, lane, time, number[i], work.outcome_[i] & (crowded - 1));
  }
}

/// As find_outcomes, where the outcome is the level and both are narrow.
void Microsimulation::Block::draw_level(const PreparedProgram& program, const PreparedDraw& draw, Lanes& lanes,
                                        Phase phase, std::uint32_t time) {
  const Kernels& kernels = *simulation.kernels_;
  const int n = lanes.living;
  const std::uint32_t* number = numbers_of(draw, phase, time, lanes);
  const BucketTable table{draw.entries.data(), draw.bits};
  std::uint8_t* drawn = work.level_drawn_.data();
  std::uint32_t any = 0;
  if (const RowPlan::ColumnTerm* only = draw.rows.only_narrow_column()) {
    any = kernels.sample_levels_to_8(n, table, program.row_base(draw.rows, time), only->stride,
                                     lanes.narrow[only->column.index].data(), number, drawn);
  } else {
    find_rows(program, draw.rows, lanes, n, time);
    any = kernels.sample_rows_to_8(n, table, work.rows_.data(), number, drawn);
  }
  if (draw.bits > 0 && (any >> draw.bits) != 0) {
    constexpr int crowded = 0x80;
    const int found = kernels.find_from_level(n, drawn, crowded, work.selected_.data());
    for (int k = 0; k < found; ++k) {
      const std::int32_t lane = work.selected_[static_cast<std::size_t>(k)];
      const std::uint32_t first = drawn[lane] % crowded;
      drawn[lane] = static_cast<std::uint8_t>(search(program, draw, lanes, lane, time, number[lane], first));
    }
  }
  std::copy_n(drawn, n, lanes.narrow[draw.writes.front().column.index].begin());
}

void Microsimulation::Block::take(const PreparedProgram& program, const PreparedDraw& draw, Lanes& lanes, Phase phase,
                                  std::uint32_t time) {
  const int n = lanes.living;
  if (n == 0) return;
  if (draw.draws_level) {
    draw_level(program, draw, lanes, phase, time);
  } else {
    find_outcomes(program, draw, lanes, phase, time);
    write_levels(draw, lanes);
  }
  if (draw.writes_death) settle_deaths(program, lanes);
}

void Microsimulation::Block::write_levels(const PreparedDraw& draw, Lanes& lanes) {
  const Kernels& kernels = *simulation.kernels_;
  const int n = lanes.living;
  const std::uint32_t* packed = work.outcome_.data();
  if (!draw.packed.empty()) {
    kernels.look_up_levels(n, draw.packed.data(), static_cast<std::int32_t>(draw.draw->outcomes), work.rows_.data(),
                           work.outcome_.data(), work.packed_.data());
    packed = work.packed_.data();
  }
  for (const PreparedDraw::Write& write : draw.writes) {
    if (write.column.wide) {
      kernels.unpack_16(n, packed, write.shift, lanes.wide[write.column.index].data());
    } else {
      kernels.unpack_8(n, packed, write.shift, lanes.narrow[write.column.index].data());
    }
  }
}

void Microsimulation::Block::take(const PreparedProgram& program, const PreparedAccrual& accrual, Lanes& lanes,
                                  Phase phase, std::uint32_t time) {
  std::array<double, sums_together> weights{};
  for (const PreparedAccrual::Part& part : accrual.parts) {
    const Outcome& outcome = program.program->outcomes[part.accrual->outcome.value];
    weights[part.column] = weight_at(outcome.weights, phase, time);
    if (outcome.discounted()) weights[part.column + 1] = weight_at(outcome.undiscounted, phase, time);
  }
  if (accrual.quiet && take_rare(program, accrual, weights, lanes, time)) return;
  const Kernels& kernels = *simulation.kernels_;
  const int n = lanes.present, width = static_cast<int>(accrual.width);
  double* sums = lanes.first_sums(accrual.first_sum);
  if (const RowPlan::ColumnTerm* only = accrual.rows.only_narrow_column()) {
    kernels.accrue_levels(n, width, accrual.amounts.data(), program.row_base(accrual.rows, time), only->stride,
                          lanes.narrow[only->column.index].data(), weights.data(), sums, lanes.slots_of_sums());
  } else {
    find_rows(program, accrual.rows, lanes, n, time);
    kernels.accrue_rows(n, width, accrual.amounts.data(), work.rows_.data(), weights.data(), sums,
                        lanes.slots_of_sums());
  }
}

/// What few patients have is added to their sums alone; false if they are not few.
bool Microsimulation::Block::take_rare(const PreparedProgram& program, const PreparedAccrual& accrual,
                                       const std::array<double, sums_together>& weights, Lanes& lanes,
                                       std::uint32_t time) {
  constexpr int few = 4;
  const int found = simulation.kernels_->find_from_level(
      lanes.present, lanes.narrow[accrual.quiet->narrow_column].data(), accrual.quiet->level, work.selected_.data());
  if (found * few > lanes.present) return false;
  for (int k = 0; k < found; ++k) {
    const std::int32_t lane = work.selected_[static_cast<std::size_t>(k)];
    const auto row = static_cast<std::size_t>(row_of(program, accrual.rows, lanes, lane, time));
    const double* amounts = &accrual.amounts[row * accrual.width];
    double* sums = lanes.sums_from(static_cast<std::size_t>(lane), accrual.first_sum);
    for (std::size_t i = 0; i < accrual.width; ++i) sums[i] += weights[i] * amounts[i];
  }
  return true;
}

void Microsimulation::Block::take(const PreparedProgram& program, const PreparedTally& tally, Lanes& lanes,
                                  std::uint32_t time, std::vector<std::uint64_t>& counts) {
  find_rows(program, tally.rows, lanes, lanes.present, time);
  std::uint64_t* cells = &counts[tally.first_cell + time * tally.cells];
  const auto n = static_cast<std::size_t>(lanes.present);
  constexpr std::size_t few = 64, ways = 4;
  std::size_t i = 0;
  if (tally.cells <= few) {
    // Neighbours often fall into one cell; counted apart they need not wait for one another.
    std::array<std::array<std::uint32_t, few>, ways> apart{};
    for (; i + ways <= n; i += ways) {
      for (std::size_t way = 0; way < ways; ++way) ++apart[way][static_cast<std::size_t>(work.rows_[i + way])];
    }
    for (std::size_t cell = 0; cell < tally.cells; ++cell) {
      for (std::size_t way = 0; way < ways; ++way) cells[cell] += apart[way][cell];
    }
  }
  for (; i < n; ++i) ++cells[work.rows_[i]];
}

void Microsimulation::Block::move_numbers(const PreparedProgram& program, std::size_t from, std::size_t to) {
  std::uint32_t* number = work.numbers_.data();
  for (std::size_t row = 0; row < program.streams.size() * cycles_per_block; ++row, number += number_room)
    number[to] = number[from];
}

void Microsimulation::Block::settle_deaths(const PreparedProgram& program, Lanes& lanes) {
  const ColumnRef column = program.column_of[program.program->death_attribute.value];
  const int first = program.program->first_dead_level;
  std::int32_t* dead = work.selected_.data();
  int n = 0;
  if (column.wide) {
    for (int i = 0; i < lanes.living; ++i) {
      if (lanes.level(column, i) >= first) dead[n++] = i;
    }
  } else {
    n = simulation.kernels_->find_from_level(lanes.living, lanes.narrow[column.index].data(), first, dead);
  }
  while (n-- > 0) {
    lanes.swap(dead[n], --lanes.living);
    move_numbers(program, static_cast<std::size_t>(lanes.living), static_cast<std::size_t>(dead[n]));
  }
}

}  // namespace myelin::engine
