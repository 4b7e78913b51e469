#include "engine/life.hpp"

#include <algorithm>

#include "engine/conventions.hpp"

namespace myelin::engine {

namespace {

class Patient {
 public:
  Patient(const Program& program, Seed seed, NoiseIndex noise, PatientId id)
      : program_(program),
        seed_(seed),
        noise_(noise),
        id_(id),
        level_(program.attributes.size()),
        sums_(program.outcomes.size() * columns) {
    for (std::size_t i = 0; i < level_.size(); ++i) level_[i] = entry_[i] = std::max(0, program.attributes[i].initial);
  }

  void enter_at(std::size_t attribute, int level) { level_[attribute] = entry_[attribute] = level; }

  bool dead() const { return level_[program_.death_attribute.value] >= program_.first_dead_level; }

  void set_clocks(std::uint32_t time) {
    for (std::size_t i = 0; i < level_.size(); ++i) {
      const Attribute& attribute = program_.attributes[i];
      if (attribute.kind == AttributeKind::clock) level_[i] = entry_[i] + attribute.clock_offset[time];
    }
  }

  void reset_transients() {
    for (std::size_t i = 0; i < level_.size(); ++i) {
      if (program_.attributes[i].kind == AttributeKind::transient) level_[i] = program_.attributes[i].initial;
    }
  }

  void carry_out(Phase phase, std::uint32_t time) {
    const std::vector<Step>& steps = program_.steps(phase);
    bool in_group = true;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const std::optional<Guard>& guard = steps[i].guard;
      const bool same_group = i > 0 && guard == steps[i - 1].guard;
      if (!guard) {
        in_group = true;
      } else if (!same_group) {
        in_group = level_[guard->attribute.value] == guard->level;
      }
      if (in_group) take(steps[i], phase, time);
    }
  }

  const std::vector<int>& levels() const { return level_; }

  std::vector<double> outcomes() const {
    std::vector<double> values = sums_;
    for (std::size_t outcome = 0; outcome < program_.outcomes.size(); ++outcome) {
      for (const OutcomeIndex part : program_.outcomes[outcome].parts) {
        for (std::size_t column = 0; column < columns; ++column) {
          values[outcome * columns + column] += values[part.value * columns + column];
        }
      }
    }
    return values;
  }

 private:
  std::size_t row(const std::vector<Read>& reads) const {
    std::size_t row = 0;
    for (const Read& read : reads) row += static_cast<std::size_t>(read.stride * level_[read.attribute.value]);
    return row;
  }

  void take(const Step& step, Phase phase, std::uint32_t time) {
    if (const auto* draw = std::get_if<Draw>(&step.action)) {
      if (dead()) return;
      const std::size_t first = row(draw->reads) * draw->outcomes;
      const std::uint32_t u = random_31_bits(seed_, draw->stream, phase == Phase::start ? 0 : time, id_, noise_);
      std::size_t outcome = 0;
      while (u >= draw->cumulative[first + outcome]) ++outcome;
      for (std::size_t write = 0; write < draw->writes.size(); ++write) {
        level_[draw->writes[write].value] = draw->levels[(first + outcome) * draw->writes.size() + write];
      }
    } else if (const auto* accrual = std::get_if<Accrual>(&step.action)) {
      const Outcome& outcome = program_.outcomes[accrual->outcome.value];
      const double amount = accrual->amounts[row(accrual->reads)];
      sums_[accrual->outcome.value * columns] += weight_at(outcome.weights, phase, time) * amount;
      sums_[accrual->outcome.value * columns + 1] += weight_at(outcome.undiscounted, phase, time) * amount;
    }
  }

  const Program& program_;
  Seed seed_;
  NoiseIndex noise_;
  PatientId id_;
  std::vector<int> level_;
  std::vector<int> entry_ = std::vector<int>(program_.attributes.size());
  std::vector<double> sums_;
};

}  // namespace

Life live_one(const Program& program, const Population& population, Seed seed, NoiseIndex noise, PatientId id) {
  Patient patient(program, seed, noise, id);
  for (std::size_t i = 0; i < population.attributes.size(); ++i) {
    const std::size_t profile = id.value % population.profiles();
    for (std::size_t attribute = 0; attribute < program.attributes.size(); ++attribute) {
      if (program.attributes[attribute].name == population.attributes[i]) {
        patient.enter_at(attribute, population.levels[profile * population.attributes.size() + i]);
      }
    }
  }
  Life life;
  patient.set_clocks(0);
  patient.carry_out(Phase::start, 0);
  for (std::uint32_t time = 0; time <= program.cycles && !patient.dead(); ++time) {
    patient.set_clocks(time);
    life.trajectory.push_back(patient.levels());
    patient.carry_out(Phase::point, time);
    if (time == program.cycles) break;
    patient.reset_transients();
    patient.carry_out(Phase::cycle, time);
  }
  life.outcomes = patient.outcomes();
  life.levels_at_end = patient.levels();
  return life;
}

}  // namespace myelin::engine
