#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "engine/conventions.hpp"
#include "program/dropped.hpp"
#include "program/program.hpp"
#include "random/stream.hpp"

/// \file
/// The martingale control the long way: V by a recursion over the steps, M by living a patient's life apart from the
/// microsimulation. It shares no code with engine/control and its cohort slices.

namespace myelin::test {

/// A sum of outcomes, discounted or not.
struct DirectSum {
  std::vector<bool> outcomes;
  bool discounted = true;
};

class DirectControl {
 public:
  DirectControl(const Program& program, DirectSum sum, std::vector<DroppedAttribute> dropped)
      : program_(program), sum_(std::move(sum)), reference_(program.attributes.size(), -1) {
    for (const DroppedAttribute& drop : dropped) reference_[drop.attribute.value] = drop.reference;
  }

  /// V of a patient who enters with these levels.
  double at_start(const std::vector<int>& levels) { return value({Phase::start, 0, 0, false}, levels); }

  /// M of a patient: what V changes by at its draws beyond what the rows of the whole program let expect.
  double martingale(const std::vector<int>& entry, Seed seed, NoiseIndex noise, PatientId patient) {
    std::vector<int> levels = entry;
    double sum = 0;
    for (Place place{Phase::start, 0, 0, false}; advance(place, levels);) {
      const std::vector<Step>& steps = program_.steps(place.phase);
      const Step& step = steps[place.step];
      const auto* draw = std::get_if<Draw>(&step.action);
      const Place next{place.phase, place.step + 1, place.time, place.in_group};
      if (draw != nullptr && takes_part(step, place) && !dead(levels)) {
        const std::size_t row = row_of(draw->reads, levels, false);
        double expected = 0;
        for (std::size_t outcome = 0; outcome < draw->outcomes; ++outcome) {
          const double p = draw->probability(row, outcome);
          if (p > 0) expected += p * value(next, written(*draw, row, outcome, levels));
        }
        const std::uint32_t u =
            random_31_bits(seed, draw->stream, place.phase == Phase::start ? 0 : place.time, patient, noise);
        std::size_t outcome = 0;
        while (u >= draw->cumulative[row * draw->outcomes + outcome]) ++outcome;
        levels = written(*draw, row, outcome, levels);
        sum += value(next, levels) - expected;
      }
      place = next;
    }
    return sum;
  }

 private:
  struct Place {
    Phase phase;
    std::size_t step;
    std::uint32_t time;
    bool in_group;
    auto operator<=>(const Place&) const = default;
  };

  bool dead(const std::vector<int>& levels) const {
    return levels[program_.death_attribute.value] >= program_.first_dead_level;
  }

  static bool takes_part(const Step& step, const Place& place) { return !step.guard || place.in_group; }

  /// From the end of a phase to the next; enters groups. False at the end of the life.
  bool advance(Place& place, std::vector<int>& levels) const {
    while (place.step == program_.steps(place.phase).size()) {
      if (place.phase == Phase::point && place.time == program_.cycles) return false;
      if (place.phase != Phase::point && dead(levels)) return false;
      const bool to_cycle = place.phase == Phase::point;
      const std::uint32_t time = place.phase == Phase::cycle ? place.time + 1 : place.time;
      place = {to_cycle ? Phase::cycle : Phase::point, 0, time, false};
      for (std::size_t i = 0; i < levels.size(); ++i) {
        if (to_cycle && program_.attributes[i].kind == AttributeKind::transient)
          levels[i] = program_.attributes[i].initial;
      }
    }
    const std::vector<Step>& steps = program_.steps(place.phase);
    const std::optional<Guard>& guard = steps[place.step].guard;
    const bool begins = guard && (place.step == 0 || steps[place.step - 1].guard != guard);
    if (begins) place.in_group = levels[guard->attribute.value] == guard->level;
    if (!guard) place.in_group = false;
    time_ = place.time;
    return true;
  }

  /// With the dropped attributes at their references, or at the patient's own levels.
  std::size_t row_of(const std::vector<Read>& reads, const std::vector<int>& levels, bool at_reference) const {
    std::size_t row = 0;
    for (const Read& read : reads) {
      const std::size_t i = read.attribute.value;
      const Attribute& attribute = program_.attributes[i];
      const int own = attribute.kind == AttributeKind::clock ? levels[i] + attribute.clock_offset[time_] : levels[i];
      const int level = at_reference && reference_[i] >= 0 ? reference_[i] : own;
      row += static_cast<std::size_t>(read.stride * level);
    }
    return row;
  }

  std::vector<int> written(const Draw& draw, std::size_t row, std::size_t outcome, std::vector<int> levels) const {
    for (std::size_t write = 0; write < draw.writes.size(); ++write)
      levels[draw.writes[write].value] = draw.levels[(row * draw.outcomes + outcome) * draw.writes.size() + write];
    return levels;
  }

  double value(Place place, std::vector<int> levels) {
    if (!advance(place, levels)) return 0;
    std::uint64_t key = 0;
    for (std::size_t i = 0; i < levels.size(); ++i) {
      if (reference_[i] < 0 && program_.attributes[i].kind != AttributeKind::clock)
        key = key * program_.attributes[i].levels.size() + static_cast<std::uint64_t>(std::max(0, levels[i]));
    }
    const auto known = values_[place].find(key);
    if (known != values_[place].end()) return known->second;
    const double found = value_of_step(place, levels);
    values_[place][key] = found;
    return found;
  }

  double value_of_step(const Place& place, const std::vector<int>& levels) {
    const Step& step = program_.steps(place.phase)[place.step];
    const Place next{place.phase, place.step + 1, place.time, place.in_group};
    if (!takes_part(step, place)) return value(next, levels);
    if (const auto* draw = std::get_if<Draw>(&step.action); draw != nullptr && !dead(levels)) {
      time_ = place.time;
      const std::size_t row = row_of(draw->reads, levels, true);
      double sum = 0;
      for (std::size_t outcome = 0; outcome < draw->outcomes; ++outcome) {
        const double p = draw->probability(row, outcome);
        if (p > 0) sum += p * value(next, written(*draw, row, outcome, levels));
      }
      return sum;
    }
    const auto* accrual = std::get_if<Accrual>(&step.action);
    if (accrual == nullptr || !sum_.outcomes[accrual->outcome.value]) return value(next, levels);
    time_ = place.time;
    const double amount = accrual->amounts[row_of(accrual->reads, levels, true)];
    const Outcome& outcome = program_.outcomes[accrual->outcome.value];
    const double weight =
        engine::weight_at(sum_.discounted ? outcome.weights : outcome.undiscounted, place.phase, place.time);
    return weight * amount + value(next, levels);
  }

  const Program& program_;
  DirectSum sum_;
  std::vector<int> reference_;  ///< [attribute]; -1 of those kept
  mutable std::uint32_t time_ = 0;
  std::map<Place, std::unordered_map<std::uint64_t, double>> values_;
};

}  // namespace myelin::test
