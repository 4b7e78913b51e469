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
  }
}

Microsimulation::Workspace::Workspace(const Microsimulation& simulation) : lanes_(simulation.programs_) {
  for (const PreparedProgram& program : simulation.programs_) {
    numbers_.resize(std::max(numbers_.size(), program.streams.size() * cycles_per_block * number_room));
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
  for (std::size_t strategy = 0; strategy < programs_.size(); ++strategy) lives.live(strategy);
  lives.sum_up(sums);
}

void Microsimulation::Block::take_moments(const std::vector<std::size_t>& values, std::size_t strategy,
                                          std::optional<std::size_t> versus, Moments* moments) const {
  constexpr std::size_t together = 4;  // of the kernel
  for (std::size_t first = 0; first < values.size(); first += together) {
    const std::size_t count = std::min(together, values.size() - first);
    std::array<const double*, together> of{}, less{};
    std::array<double, together> mean{}, squares{};
    for (std::size_t i = 0; i < together; ++i) {
      const std::size_t value = values[first + std::min(i, count - 1)];  // the last once more, if there are no four
      of[i] = work.lives[strategy][value].data();
      if (versus) less[i] = work.lives[*versus][value].data();
    }
    simulation.kernels_->moments(patients, of.data(), versus ? less.data() : nullptr, mean.data(), squares.data());
    for (std::size_t i = 0; i < count; ++i)
      moments[values[first + i]] = {static_cast<std::uint64_t>(patients), mean[i], squares[i]};
  }
}

/// What no patient can have needs no adding up.
void Microsimulation::Block::take_outcomes(std::size_t strategy, Moments* moments) const {
  std::vector<std::size_t>& values = work.values_;
  values.clear();
  for (std::size_t value = 0; value < simulation.outcomes() * columns; ++value) {
    moments[value] = {static_cast<std::uint64_t>(patients), 0, 0};
    if (simulation.programs_[strategy].accrues(value / columns) && !repeats(value)) values.push_back(value);
  }
  take_moments(values, strategy, std::nullopt, moments);
  for (std::size_t value = 0; value < simulation.outcomes() * columns; ++value) {
    if (repeats(value)) moments[value] = moments[value - 1];
  }
}

void Microsimulation::Block::take_increments(std::size_t strategy, std::size_t versus, const PatientSums& sums,
                                             Moments* moments) const {
  const std::size_t count = simulation.outcomes() * columns;
  std::vector<std::size_t>& values = work.values_;
  values.clear();
  for (std::size_t value = 0; value < count; ++value) {
    const bool here = simulation.programs_[strategy].accrues(value / columns),
               there = simulation.programs_[versus].accrues(value / columns);
    const Moments &of = sums.outcomes[strategy * count + value], &less = sums.outcomes[versus * count + value];
    if (here && there) {
      if (!repeats(value)) values.push_back(value);
    } else {
      moments[value] = here ? of : Moments{less.count, 0 - less.mean, less.squares};
    }
  }
  take_moments(values, strategy, versus, moments);
  for (std::size_t value = 0; value < count; ++value) {
    if (repeats(value)) moments[value] = moments[value - 1];
  }
}

void Microsimulation::Block::sum_up(PatientSums& sums) const {
  const std::size_t values = simulation.outcomes() * columns, n = static_cast<std::size_t>(patients);
  const auto life = [&](std::size_t strategy, std::size_t value) {
    return std::span<const double>(work.lives[strategy][value].data(), n);
  };
  for (std::size_t strategy = 0; strategy < simulation.programs_.size(); ++strategy) {
    const Program& program = *simulation.programs_[strategy].program;
    for (std::size_t outcome = 0; outcome < simulation.outcomes(); ++outcome) {
      const std::vector<OutcomeIndex>& parts = program.outcomes[outcome].parts;
      for (std::size_t column = 0; column < columns && !parts.empty(); ++column) {
        Column<double>& total = work.lives[strategy][outcome * columns + column];
        std::fill_n(total.begin(), n, 0.0);
        for (const OutcomeIndex part : parts) {
          if (!simulation.programs_[strategy].accrues(part.value)) continue;
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
    take_outcomes(strategy, &sums.outcomes[strategy * values]);
  }
  std::size_t pair = 0;
  const std::size_t a = simulation.joint_.a.value * columns, b = simulation.joint_.b.value * columns;
  for (std::size_t strategy = 1; strategy < simulation.programs_.size(); ++strategy) {
    for (std::size_t versus = 0; versus < strategy; ++versus, ++pair) {
      take_increments(strategy, versus, sums, &sums.increments[pair * values]);
      sums.joint[pair] =
          co_moment_of_differences(life(strategy, a), life(versus, a), life(strategy, b), life(versus, b));
    }
  }
}

}  // namespace myelin::engine
