#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/index.hpp"
#include "random/stream.hpp"

/// \file
/// A model for one parameter draw and one strategy, compiled: attributes (what is known of a patient, each a small
/// integer) and the ordered steps carried out on every living patient in every cycle. Programs are made by
/// `ProgramBuilder` and never changed.

namespace myelin {

using AttributeIndex = Index<struct AttributeTag>;
using OutcomeIndex = Index<struct OutcomeTag>;

enum class AttributeKind {
  constant,   ///< set at the start: sex
  clock,      ///< known from the entry value and the time: age. Never stored, drawn or enumerated
  transient,  ///< reset to its default at the start of each cycle, so that it never enlarges the state: relapses this
              ///< cycle
  state,      ///< carried from cycle to cycle: EDSS
};

struct Attribute {
  std::string name;
  AttributeKind kind = AttributeKind::state;
  std::vector<std::string> levels;
  int initial = 0;  ///< entry level (of a clock: at time point 0); of a transient its default
  std::vector<int>
      clock_offset;  ///< [time point 0..cycles]: what is added to a clock's entry level; empty for other kinds
};

/// One attribute that chooses a table's row; the row is the sum of level x stride.
struct Read {
  AttributeIndex attribute;
  std::int32_t stride = 0;
};

/// A level of an attribute without which a step is skipped.
struct Guard {
  AttributeIndex attribute;
  int level = 0;
  bool operator==(const Guard&) const = default;
};

/// Full scale of the cumulative probabilities. 31 bits, so that 0 and 1 are exact and a sampler's table has a bit left
/// for a mark.
inline constexpr std::uint32_t probability_one = std::uint32_t{1} << 31;

/// row -> outcome -> levels of the attributes written. A 31-bit random number u takes the first outcome o with u <
/// cumulative[row][o].
struct Draw {
  StreamId stream;
  std::vector<Read> reads;
  std::vector<AttributeIndex> writes;
  std::size_t rows = 0;
  std::size_t outcomes = 0;  ///< of the row that has most; 1 means an assignment, which uses no random number
  std::vector<std::uint32_t> cumulative;  ///< [row][outcome]; the last is `probability_one`
  std::vector<std::uint16_t> levels;      ///< [row][outcome][write]

  /// The probability of an outcome as both engines use it.
  double probability(std::size_t row, std::size_t outcome) const {
    const std::uint32_t* row_start = cumulative.data() + row * outcomes;
    return static_cast<double>(row_start[outcome] - (outcome == 0 ? 0 : row_start[outcome - 1])) / probability_one;
  }
};

/// Adds a table's amount, times the outcome's weight of that time, to an outcome of the patient.
struct Accrual {
  OutcomeIndex outcome;
  std::vector<Read> reads;
  std::size_t rows = 0;
  std::vector<double> amounts;  ///< [row], in the outcome's unit
};

/// Counts patients by the levels of some attributes at each time.
struct Tally {
  std::string description;
  std::vector<Read> reads;
  std::size_t cells = 0;
};

struct Step {
  std::string name;
  std::optional<Guard> guard;  ///< consecutive steps with the same guard form a group
  std::variant<Draw, Accrual, Tally> action;
};

/// The attributes that choose a step's row or cell.
inline const std::vector<Read>& reads_of(const Step& step) {
  return std::visit([](const auto& action) -> const std::vector<Read>& { return action.reads; }, step.action);
}

/// What an amount accrued at each time counts.
struct Weights {
  double start = 1;           ///< once, before time point 0
  std::vector<double> point;  ///< [0..cycles]: state accruals, with the within-cycle correction
  std::vector<double> event;  ///< [0..cycles-1]: event accruals, never with a within-cycle correction
};

/// Which of the analysis' discount rates an outcome has.
enum class DiscountedAs { nothing, cost, health };

/// What an event counts: the discount of its cycle, or the weight of a state amount at the time point that ends the
/// cycle, within-cycle correction included.
enum class EventWeight { cycle, next_point };

/// Which state amounts of a cycle an outcome counts: all of them; or, where amounts change from cycle to cycle, by
/// themselves those of the occupancy at its start (which are also those of a rule that weighs time points) and those
/// of the occupancy at its end.
enum class StateWeight { whole, at_start, at_end };

struct Outcome {
  std::string name;
  std::string unit;
  std::string description;
  DiscountedAs discounted_as = DiscountedAs::nothing;
  EventWeight event_weight = EventWeight::cycle;
  StateWeight state_weight = StateWeight::whole;
  Weights weights;  ///< as discounted; equal to `undiscounted` where nothing is discounted
  Weights undiscounted;
  std::vector<OutcomeIndex>
      parts;  ///< of a total: the outcomes it sums, earlier in the list; empty for one that accrues

  bool discounted() const { return discounted_as != DiscountedAs::nothing; }
};

/// When a step is carried out.
enum class Phase {
  start,  ///< once, before time point 0: draws, event accruals, tallies
  point,  ///< at time points 0..cycles, on the living: state accruals and tallies
  cycle,  ///< in cycles 0..cycles-1: draws on the living; event accruals and tallies also on those who die in it
};

/// An attribute without which a program comes near to itself, and the level that stands for all.
struct DroppedAttribute {
  AttributeIndex attribute;
  int reference = 0;
};

struct Program {
  std::string name;
  std::uint32_t cycles = 0;
  std::vector<Attribute> attributes;
  std::vector<Outcome> outcomes;
  std::vector<Step> start, point, cycle;
  AttributeIndex death_attribute;
  int first_dead_level = 0;  ///< this and the higher levels of the death attribute mean dead
  /// What a smaller program that stands for this one may leave out. Changes no result.
  std::vector<DroppedAttribute> left_out;

  const std::vector<Step>& steps(Phase phase) const {
    return phase == Phase::start ? start : phase == Phase::point ? point : cycle;
  }
};

/// SHA-256, hexadecimal, of all tables and structure: equal digests mean equal programs to the bit.
std::string table_digest(const Program& program);

}  // namespace myelin
