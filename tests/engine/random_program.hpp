#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "program/builder.hpp"

/// \file
/// Small random programs with steps of every kind: joint draws, clocks, transients, guarded groups with deaths inside,
/// accruals and tallies in every phase, totals. What an optimiser of programs could get wrong should occur in some of
/// them.

namespace myelin::test {

/// Where choices come from: a generator, or a list by which a test framework makes a program smaller. At the list's end
/// each choice is its first, which is the simplest.
class Choices {
 public:
  explicit Choices(std::uint32_t seed) : rng_(seed) {}
  explicit Choices(std::span<const std::uint32_t> list) : list_(list) {}

  std::uint32_t next() {
    if (!list_) return static_cast<std::uint32_t>(rng_());
    return place_ < list_->size() ? (*list_)[place_++] : 0;
  }

 private:
  std::mt19937 rng_;
  std::optional<std::span<const std::uint32_t>> list_;
  std::size_t place_ = 0;
};

class RandomProgram {
 public:
  /// `seed` fills the tables, `choices` all else.
  RandomProgram(Choices choices, std::uint32_t seed, std::uint32_t cycles)
      : choices_(choices), seed_(seed), cycles_(cycles), builder_("random " + std::to_string(seed), cycles) {}

  Program make() {
    declare();
    start_phase();
    point_phase();
    cycle_phase();
    return builder_.build().value();
  }

 private:
  int between(int low, int high) {
    return low + static_cast<int>(choices_.next() % static_cast<std::uint32_t>(high - low + 1));
  }

  /// A generator that depends on the step and the row alone, so that a table is a function of its row.
  std::mt19937 row_rng(int step, const ProgramBuilder::Attributes& reads, const Levels& levels) const {
    std::vector<std::uint32_t> key = {seed_, static_cast<std::uint32_t>(step)};
    for (const AttributeIndex read : reads) key.push_back(static_cast<std::uint32_t>(levels[read]));
    std::seed_seq sequence(key.begin(), key.end());
    return std::mt19937(sequence);
  }

  void declare() {
    std::vector<int> years;
    for (std::uint32_t time = 0; time <= cycles_; ++time) years.push_back(static_cast<int>(time) / 2);
    const AttributeIndex age = builder_.clock("age", 60, 20, years);
    readable_.push_back(age);
    level_counts_.push_back(61);
    add(AttributeKind::constant, "sex", 2, ProgramBuilder::unset);
    for (int i = 0, n = between(1, 5); i < n; ++i)
      add(AttributeKind::state, "state" + std::to_string(i), between(2, 4), i == 0 ? ProgramBuilder::unset : 0);
    if (between(0, 3) == 0) add(AttributeKind::state, "wide", 300, 7);
    for (int i = 0, n = between(1, 2); i < n; ++i)
      add(AttributeKind::transient, "transient" + std::to_string(i), between(2, 3), 0);
    vital_ = builder_.state("vital", {"alive", "dead", "dead of treatment"}, 0);
    level_counts_.push_back(3);
    builder_.dead(vital_, 1);
    for (int i = 0; i < 3; ++i) {
      const bool discounted = i != 2;
      Weights weights, plain;
      for (std::uint32_t time = 0; time <= cycles_; ++time) {
        plain.point.push_back(time == 0 || time == cycles_ ? 0.5 : 1);
        weights.point.push_back(plain.point.back() * (discounted ? 1 / (1 + 0.03 * time) : 1));
        if (time == cycles_) break;
        plain.event.push_back(1);
        weights.event.push_back(discounted ? 1 / (1.02 + 0.03 * time) : 1);
      }
      outcomes_.push_back(builder_.outcome("outcome" + std::to_string(i), "unit", "", weights, plain,
                                           discounted ? DiscountedAs::cost : DiscountedAs::nothing));
    }
    builder_.total("total", "unit", "", {outcomes_[0], outcomes_[1]});
  }

  void add(AttributeKind kind, const std::string& name, int levels, int initial) {
    const std::vector<std::string> names = numbered_levels(levels - 1);
    const AttributeIndex index = kind == AttributeKind::constant ? builder_.constant(name, names, initial)
                                 : kind == AttributeKind::state  ? builder_.state(name, names, initial)
                                                                 : builder_.transient(name, names, initial);
    level_counts_.push_back(levels);
    if (kind == AttributeKind::transient) {
      transients_.push_back(index);
    } else {
      if (initial != ProgramBuilder::unset) readable_.push_back(index);
      (kind == AttributeKind::constant ? constants_ : states_).push_back(index);
    }
  }

  ProgramBuilder::Attributes some(std::vector<AttributeIndex> from, int most) {
    for (std::size_t left = from.size(); left > 1; --left)
      std::swap(from[left - 1], from[left - 1 - choices_.next() % left]);
    int rows = 1;
    ProgramBuilder::Attributes chosen;
    for (const AttributeIndex index : from) {
      if (static_cast<int>(chosen.size()) == most || rows * level_counts_[index.value] > 2000) continue;
      rows *= level_counts_[index.value];
      chosen.push_back(index);
    }
    return chosen;
  }

  void draw(Phase phase, const ProgramBuilder::Attributes& reads, const ProgramBuilder::Attributes& writes,
            double change) {
    const int step = steps_++;
    const bool assignment = between(0, 5) == 0;
    builder_.draw(
        phase, "draw" + std::to_string(step), reads, writes,
        [&, step, assignment](const Levels& levels, Branches& branches) {
          std::mt19937 rng = row_rng(step, reads, levels);
          const auto next = [&] { return static_cast<double>(rng()) / 4294967296.0; };
          const int outcomes = assignment ? 1 : 2 + static_cast<int>(rng() % 6);
          std::vector<double> p;
          double sum = 0;
          for (int i = 0; i < outcomes; ++i) {
            const double weight = next();
            // Some outcomes impossible, some far rarer than a bucket of the sampler is wide.
            p.push_back(i == 0 ? 0.2 + weight : weight < 0.2 ? 0 : weight < 0.4 ? 1e-4 * weight : change * weight);
            sum += p.back();
          }
          for (int i = 0; i < outcomes; ++i) {
            std::vector<int> to;
            for (const AttributeIndex write : writes) {
              const int choices = level_counts_[write.value];
              const std::uint32_t level = rng() % static_cast<std::uint32_t>(choices);
              // The first outcome of a draw that can kill is to live.
              to.push_back(write == vital_ ? (i == 0 || phase == Phase::start ? 0 : static_cast<int>(level))
                                           : static_cast<int>(level));
            }
            branches.add(p[static_cast<std::size_t>(i)] / sum, to);
          }
        });
    for (const AttributeIndex write : writes) set(write);
  }

  void set(AttributeIndex index) {
    if (std::ranges::find(readable_, index) == readable_.end() && index != vital_) readable_.push_back(index);
  }

  void accrue(Phase phase) {
    const int step = steps_++;
    const ProgramBuilder::Attributes reads = some(readable_, between(0, 2));
    builder_.accrue(phase, "accrual" + std::to_string(step), outcomes_[static_cast<std::size_t>(between(0, 2))], reads,
                    [&, step, reads](const Levels& levels) {
                      std::mt19937 rng = row_rng(step, reads, levels);
                      return 100.0 * static_cast<double>(rng()) / 4294967296.0 - 20;
                    });
  }

  void tally(Phase phase, std::vector<AttributeIndex> from) {
    builder_.tally(phase, "tally" + std::to_string(steps_++), "", some(std::move(from), 2));
  }

  void start_phase() {
    draw(Phase::start, {}, {constants_[0]}, 1);
    draw(Phase::start, some(readable_, 2), {states_[0]}, 1);
    const std::vector<AttributeIndex> before = readable_;
    draw(Phase::start, some(readable_, 1), {transients_[0]}, 1);
    accrue(Phase::start);
    if (between(0, 1) == 0)
      builder_.group(constants_[0], 1, [&] {
        kill(Phase::start, 0.1);
        accrue(Phase::start);
      });
    tally(Phase::start, {vital_, constants_[0]});
    readable_ = before;
  }

  void kill(Phase phase, double most) {
    const ProgramBuilder::Attributes reads = some(readable_, between(0, 1));
    const int step = steps_++;
    builder_.draw(phase, "death" + std::to_string(step), reads, {vital_},
                  [&, step, reads](const Levels& levels, Branches& branches) {
                    std::mt19937 rng = row_rng(step, reads, levels);
                    const double p = most * static_cast<double>(rng()) / 4294967296.0,
                                 q = most / 2 * static_cast<double>(rng()) / 4294967296.0;
                    branches.add(1 - p - q, {0});
                    branches.add(p, {1});
                    branches.add(q, {2});
                  });
  }

  void point_phase() {
    for (int i = 0, n = between(1, 4); i < n; ++i) accrue(Phase::point);
    builder_.group(states_[0], 1, [&] { accrue(Phase::point); });
    tally(Phase::point, readable_);
  }

  void cycle_phase() {
    for (int i = 0, n = between(3, 8); i < n; ++i) {
      std::vector<AttributeIndex> writable = states_;
      writable.insert(writable.end(), transients_.begin(), transients_.end());
      // Few reads, so that many accruals depend on a part of the program alone.
      const ProgramBuilder::Attributes reads = some(readable_, between(0, 2)), writes = some(writable, between(1, 2));
      switch (between(0, 5)) {
        case 0:
          accrue(Phase::cycle);
          break;
        case 1:
          kill(Phase::cycle, 0.15);
          break;
        case 2:
          // A group that changes its own guard and kills inside: membership must stay as it was on entry.
          {
            const AttributeIndex guard =
                states_[static_cast<std::size_t>(between(0, static_cast<int>(states_.size()) - 1))];
            builder_.group(guard, between(0, std::min(3, level_counts_[guard.value] - 1)), [&] {
              if (between(0, 1) == 0) draw(Phase::cycle, reads, {guard}, 0.3);
              accrue(Phase::cycle);
              if (between(0, 1) == 0) kill(Phase::cycle, 0.2);
              draw(Phase::cycle, reads, writes, 0.3);
              tally(Phase::cycle, {vital_, guard});
            });
          }
          break;
        default:
          draw(Phase::cycle, reads, writes, 0.2);
          break;
      }
    }
    kill(Phase::cycle, 0.05);
    accrue(Phase::cycle);
    tally(Phase::cycle, {vital_});
    tally(Phase::cycle, readable_);
  }

  Choices choices_;
  std::uint32_t seed_;
  std::uint32_t cycles_;
  ProgramBuilder builder_;
  AttributeIndex vital_;
  std::vector<AttributeIndex> constants_, states_, transients_, readable_;
  std::vector<int> level_counts_;
  std::vector<OutcomeIndex> outcomes_;
  int steps_ = 0;
};

inline Program make_random_program(std::uint32_t seed, std::uint32_t cycles = 11) {
  return RandomProgram(Choices(seed), seed, cycles).make();
}

}  // namespace myelin::test
