#include "engine/microsimulation.hpp"

#include <algorithm>
#include <span>

#include "core/contract.hpp"
#include "engine/block.hpp"

namespace myelin::engine {

Microsimulation::Microsimulation(std::vector<const Program*> programs, const Population& population,
                                 JointOutcomes joint, MicrosimulationOptions options)
    : joint_(joint), options_(options), kernels_(&kernels_of(options.instruction_set)) {
  MYELIN_EXPECT(!programs.empty() && options.patients < patient_limit);
  for (const Program* program : programs) {
    MYELIN_EXPECT(program->outcomes.size() == programs.front()->outcomes.size() &&
                  program->cycles == programs.front()->cycles);
    const Control* control = options.controls.empty() ? nullptr : options.controls[programs_.size()];
    MYELIN_EXPECT(control == nullptr || program == &control->program());
    programs_.emplace_back(*program, population, control);
    for (const Step& step : program->cycle) {
      const auto* draw = std::get_if<Draw>(&step.action);
      const bool shared = draw != nullptr && draw->outcomes > 1 && !step.guard;
      if (shared && std::ranges::find(streams_, draw->stream) == streams_.end()) streams_.push_back(draw->stream);
    }
  }
}

Microsimulation::Workspace::Workspace(const Microsimulation& simulation)
    : numbers_(simulation.streams_.size() * 4 * block_patients) {
  for (const PreparedProgram& program : simulation.programs_) {
    lanes_.emplace_back(program);
    counts.emplace_back(program.counts);
    lives.emplace_back(simulation.outcomes() * columns);
    controlled_.emplace_back(simulation.controlled_sums());
  }
}

Microsimulation::Workspace Microsimulation::make_workspace() const { return Workspace(*this); }

PatientSums Microsimulation::make_sums() const {
  const std::size_t strategies = programs_.size(), pairs = strategies * (strategies - 1) / 2,
                    values = outcomes() * columns;
  return {std::vector<Moments>(strategies * values), std::vector<Moments>(pairs * values), std::vector<CoMoment>(pairs),
          std::vector<Moments>(strategies * controlled_sums())};
}

StepTimes Microsimulation::make_step_times() const {
  StepTimes times;
  for (const PreparedProgram& program : programs_) {
    times.push_back({std::vector<double>(program.start.size()), std::vector<double>(program.point.size()),
                     std::vector<double>(program.cycle.size())});
  }
  return times;
}

void Microsimulation::simulate(std::uint64_t block, Workspace& workspace, PatientSums& sums) const noexcept {
  const std::uint64_t first = block * block_patients;
  Block lives{*this, workspace, first,
              static_cast<int>(std::min<std::uint64_t>(block_patients, options_.patients - first))};
  const std::uint32_t cycles = programs_.front().program->cycles;
  for (std::size_t strategy = 0; strategy < programs_.size(); ++strategy) lives.enter(strategy);
  for (std::uint32_t begin = 0; begin < cycles; begin += cycles_per_block) {
    lives.make_numbers(begin / cycles_per_block);
    for (std::size_t strategy = 0; strategy < programs_.size(); ++strategy) {
      const std::uint32_t end = std::min(cycles, begin + cycles_per_block);
      for (std::uint32_t cycle = begin; cycle < end && workspace.lanes_[strategy].living > 0; ++cycle) {
        lives.live_cycle(strategy, cycle);
      }
    }
  }
  for (std::size_t strategy = 0; strategy < programs_.size(); ++strategy) {
    lives.live(strategy, programs_[strategy].point, Phase::point, cycles);
    workspace.lanes_[strategy].living = 0;  // the horizon: everybody leaves
    lives.leave(strategy);
    lives.collect_lives(strategy);
  }
  lives.sum_up(sums);
}

void Microsimulation::Block::sum_up(PatientSums& sums) const {
  const std::size_t values = simulation.outcomes() * columns, n = static_cast<std::size_t>(patients);
  const auto life = [&](std::size_t strategy, std::size_t value) {
    return std::span<const double>(work.lives[strategy][value].data(), n);
  };
  // Without discounting the second column of an outcome is the first once more.
  const auto repeats = [&](std::size_t value) {
    const Outcome& outcome = simulation.programs_.front().program->outcomes[value / columns];
    return value % columns == 1 && !outcome.discounted();
  };
  for (std::size_t strategy = 0; strategy < simulation.programs_.size(); ++strategy) {
    const Program& program = *simulation.programs_[strategy].program;
    for (std::size_t outcome = 0; outcome < simulation.outcomes(); ++outcome) {
      const std::vector<OutcomeIndex>& parts = program.outcomes[outcome].parts;
      for (std::size_t column = 0; column < columns && !parts.empty(); ++column) {
        Column<double>& total = work.lives[strategy][outcome * columns + column];
        std::fill_n(total.begin(), n, 0.0);
        for (const OutcomeIndex part : parts) {
          const Column<double>& values_of_part = work.lives[strategy][part.value * columns + column];
          for (std::size_t i = 0; i < n; ++i) total[i] += values_of_part[i];
        }
      }
    }
    for (std::size_t sum = 0; sum < simulation.controlled_sums(); ++sum) {
      const ControlledSum& about = simulation.programs_[strategy].control->sum(sum);
      const std::size_t value = about.outcome.value * columns + (about.discounted ? 0 : 1);
      const Column<double>& controlled = work.controlled_[strategy][sum];
      sums.martingales[strategy * simulation.controlled_sums() + sum] =
          moments_of_difference(life(strategy, value), std::span<const double>(controlled.data(), n));
      work.lives[strategy][value] = controlled;
    }
    for (std::size_t value = 0; value < values; ++value) {
      Moments& moments = sums.outcomes[strategy * values + value];
      moments = repeats(value) ? sums.outcomes[strategy * values + value - 1] : moments_of(life(strategy, value));
    }
  }
  std::size_t pair = 0;
  const std::size_t a = simulation.joint_.a.value * columns, b = simulation.joint_.b.value * columns;
  for (std::size_t strategy = 1; strategy < simulation.programs_.size(); ++strategy) {
    for (std::size_t versus = 0; versus < strategy; ++versus, ++pair) {
      for (std::size_t value = 0; value < values; ++value) {
        Moments& moments = sums.increments[pair * values + value];
        moments = repeats(value) ? sums.increments[pair * values + value - 1]
                                 : moments_of_difference(life(strategy, value), life(versus, value));
      }
      sums.joint[pair] =
          co_moment_of_differences(life(strategy, a), life(versus, a), life(strategy, b), life(versus, b));
    }
  }
}

}  // namespace myelin::engine
