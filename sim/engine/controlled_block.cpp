#include "engine/block.hpp"

/// \file
/// The martingale control: what each step that reads a dropped attribute adds to a patient's controlled sums.

namespace myelin::engine {

void Microsimulation::Block::enter_control(const PreparedProgram& program, Lanes& lanes) const {
  const std::size_t first = program.first_controlled_sum(), profiles = program.entry.front().size();
  for (std::size_t lane = 0; lane < static_cast<std::size_t>(patients); ++lane) {
    const std::vector<double>& value = program.control->value_at_start((first_patient + lane) % profiles);
    for (std::size_t sum = 0; sum < value.size(); ++sum) lanes.sums_from(lane, first)[sum] = value[sum];
  }
}

void Microsimulation::Block::control(const PreparedProgram& program, const PreparedDraw& draw, Lanes& lanes,
                                     std::uint32_t time, bool in_group) {
  const ControlledDraw& values = *draw.control.draw;
  const std::size_t sums = program.control->sums(), first = program.first_controlled_sum(),
                    outcomes = draw.draw->outcomes;
  const double* before = &values.value_before[time * values.states_before * sums];
  const double* after = &values.value_after[time * values.states_after * sums];
  const auto cell = [&](const RowPlan& rows, int lane) {
    return static_cast<std::size_t>(row_of(program, rows, lanes, lane, time));
  };
  find_rows(program, draw.rows, lanes, lanes.living, time);
  for (int lane = 0; lane < lanes.living; ++lane) {
    const auto i = static_cast<std::size_t>(lane), row = static_cast<std::size_t>(work.rows_[i]);
    if (values.differs[row] == 0 || (in_group && lanes.in_group[i] == 0)) continue;
    const std::size_t living = cell(draw.control.after, lane), dead = cell(draw.control.after_dead, lane);
    const double* was = before + static_cast<std::size_t>(values.state_before[cell(draw.control.before, lane)]) * sums;
    std::array<double, most_controlled_sums> residual{};
    for (std::size_t sum = 0; sum < sums; ++sum) residual[sum] = -was[sum];
    const std::uint32_t* cumulative = &draw.draw->cumulative[row * outcomes];
    for (std::size_t outcome = 0; outcome < outcomes; ++outcome) {
      const std::uint32_t units = cumulative[outcome] - (outcome == 0 ? 0 : cumulative[outcome - 1]);
      if (units == 0) continue;
      const double p = static_cast<double>(units) / probability_one;
      const std::size_t at = row * outcomes + outcome;
      const auto change = static_cast<std::size_t>(values.change[at]);
      const std::int32_t state =
          values.kills[at] != 0 ? values.state_after_dead[dead + change] : values.state_after[living + change];
      const double* becomes = after + static_cast<std::size_t>(state) * sums;
      for (std::size_t sum = 0; sum < sums; ++sum) residual[sum] += p * becomes[sum];
    }
    double* controlled = lanes.sums_from(i, first);
    for (std::size_t sum = 0; sum < sums; ++sum) controlled[sum] += residual[sum];
  }
}

void Microsimulation::Block::control(const PreparedProgram& program, const PreparedAccrual& accrual, Lanes& lanes,
                                     Phase phase, std::uint32_t time, bool in_group) {
  const std::size_t first = program.first_controlled_sum();
  for (const PreparedAccrual::Residual& residual : accrual.residuals) {
    const bool discounted = program.control->sum(residual.sum).discounted;
    const double weight =
        weight_at(discounted ? residual.outcome->weights : residual.outcome->undiscounted, phase, time);
    find_rows(program, residual.rows, lanes, lanes.present, time);
    for (std::size_t i = 0; i < static_cast<std::size_t>(lanes.present); ++i) {
      if (in_group && lanes.in_group[i] == 0) continue;
      *lanes.sums_from(i, first + residual.sum) +=
          weight * (*residual.amounts)[static_cast<std::size_t>(work.rows_[i])];
    }
  }
}

}  // namespace myelin::engine
