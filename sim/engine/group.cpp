#include "engine/block.hpp"

/// \file
/// Guarded groups: few patients take part, so their steps go lane by lane and make their random numbers on the spot,
/// unless there are many.

namespace myelin::engine {

void Microsimulation::Block::enter_group(const PreparedProgram& program, const Guard& guard, Lanes& lanes) {
  const ColumnRef column = program.column_of[guard.attribute.value];
  lanes.group_size = 0;
  for (int i = 0; i < lanes.present; ++i) {
    const bool takes_part = lanes.level(column, i) == guard.level;
    lanes.in_group[static_cast<std::size_t>(i)] = takes_part ? 1 : 0;
    lanes.group_size += takes_part ? 1 : 0;
  }
}

std::int32_t Microsimulation::Block::row_of(const PreparedProgram& program, const RowPlan& rows, const Lanes& lanes,
                                            int lane, std::uint32_t time) const {
  std::int32_t row = program.row_base(rows, time);
  for (const RowPlan::ColumnTerm& term : rows.columns) row += term.stride * lanes.level(term.column, lane);
  return row;
}

/// Those of all lanes, where making them together is cheaper; else null.
const std::uint32_t* Microsimulation::Block::numbers_of_group(const PreparedDraw& draw, Phase phase, std::uint32_t time,
                                                              const Lanes& lanes) {
  constexpr int many = 8;  // one lane in so many
  if (draw.draw->outcomes == 1 || lanes.group_size * many < lanes.living) return nullptr;
  const std::uint32_t cycle = phase == Phase::start ? 0 : time;
  simulation.kernels_->fill_random(lanes.living, source(draw.draw->stream, cycle / cycles_per_block), lanes.slot.data(),
                                   work.start_numbers_.data(), block_patients);
  return &work.start_numbers_[cycle % cycles_per_block * block_patients];
}

void Microsimulation::Block::take_in_group(const PreparedProgram& program, const PreparedStep& step, Lanes& lanes,
                                           Phase phase, std::uint32_t time, std::vector<std::uint64_t>& counts) {
  const auto* draw = std::get_if<PreparedDraw>(&step.action);
  const auto* accrual = std::get_if<PreparedAccrual>(&step.action);
  const auto* tally = std::get_if<PreparedTally>(&step.action);
  const int n = draw != nullptr ? lanes.living : lanes.present;
  const std::uint32_t* numbers = draw != nullptr ? numbers_of_group(*draw, phase, time, lanes) : nullptr;
  for (int lane = 0; lane < n; ++lane) {
    const auto i = static_cast<std::size_t>(lane);
    if (lanes.in_group[i] == 0) continue;
    if (draw != nullptr) {
      const auto row = static_cast<std::size_t>(row_of(program, draw->rows, lanes, lane, time));
      const std::size_t outcomes = draw->draw->outcomes;
      std::size_t outcome = 0;
      if (outcomes > 1) {
        const PatientId patient{first_patient + static_cast<std::uint64_t>(lanes.slot[i])};
        const std::uint32_t u =
            numbers != nullptr ? numbers[i]
                               : random_31_bits(simulation.options_.seed, draw->draw->stream,
                                                phase == Phase::start ? 0 : time, patient, simulation.options_.noise);
        while (u >= draw->draw->cumulative[row * outcomes + outcome]) ++outcome;
      }
      const std::size_t writes = draw->writes.size();
      for (std::size_t write = 0; write < writes; ++write) {
        lanes.set_level(draw->writes[write].column, lane,
                        draw->draw->levels[(row * outcomes + outcome) * writes + write]);
      }
    } else if (accrual != nullptr) {
      const Accrual& only = *accrual->parts.front().accrual;  // accruals in groups are not fused
      const Outcome& outcome = program.program->outcomes[only.outcome.value];
      const std::size_t sum = program.sum_of[only.outcome.value];
      const double amount = only.amounts[static_cast<std::size_t>(row_of(program, accrual->rows, lanes, lane, time))];
      *lanes.sums_from(i, sum) += weight_at(outcome.weights, phase, time) * amount;
      if (outcome.discounted()) *lanes.sums_from(i, sum + 1) += weight_at(outcome.undiscounted, phase, time) * amount;
    } else {
      const auto cell = static_cast<std::size_t>(row_of(program, tally->rows, lanes, lane, time));
      ++counts[tally->first_cell + time * tally->cells + cell];
    }
  }
  if (draw != nullptr && draw->writes_death) settle_deaths(program, lanes);
}

}  // namespace myelin::engine
