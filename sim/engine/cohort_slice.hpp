#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/diagnostic.hpp"
#include "engine/cohort.hpp"
#include "program/program.hpp"

namespace myelin::engine {

/// A step of a program: where it stands, so that the same place can be found in another program of the same structure.
struct StepPlace {
  Phase phase = Phase::cycle;
  std::size_t index = 0;
};

/// Patients that enter with the same clocks: their share, and their levels of every attribute with the share that has
/// them.
struct EntryGroup {
  std::vector<int> clocks;                                  ///< [attribute]: entry level of a clock, else 0
  std::vector<std::pair<std::vector<int>, double>> levels;  ///< ([attribute] level, share of all patients)
};

/// What a slice is made of: some of the attributes, and the accruals and tallies whose expectation it computes.
struct SlicePlan {
  std::vector<bool> attributes;      ///< [attribute]: part of the slice
  std::vector<StepPlace> consumers;  ///< accruals and tallies
};

/// The population as the cohort engine needs it: patients with equal clocks together, equal patients merged.
std::vector<EntryGroup> group_entries(const Program& program, const Population& population);

/// All attributes that the expectation of a step depends on: what it reads, what decides that, and death.
std::vector<bool> dependencies(const Program& program, const Step& consumer);

/// Several outcomes added up, discounted or not.
struct OutcomeSum {
  std::vector<bool> outcomes;  ///< [outcome] of those that accrue
  std::size_t column = 0;
};

/// [outcome] whether it is this outcome or a part of it, or of its parts.
std::vector<bool> with_parts(const Program& program, OutcomeIndex outcome);

/// States of a layer laid out so that a state's cell is the sum of level x stride.
struct CellLayout {
  std::vector<Read> reads;
  std::size_t cells = 1;
  std::size_t states = 0;              ///< of the layer, whether laid out or not
  std::vector<std::int32_t> state_of;  ///< [cell] a state of the layer; no_state where there is none
  static constexpr std::int32_t no_state = -1;
};

/// The reachable states of a part of a program and how they follow one another. The states of a cycle stand in layers,
/// one between any two steps; a state is one number whose digits are the levels of the attributes that are still to be
/// read.
class CohortSlice {
 public:
  static Result<CohortSlice> make(const Program& program, const SlicePlan& plan, const std::vector<EntryGroup>& entries,
                                  const CohortOptions& options);

  std::uint64_t states() const { return layers_[point_layer_].keys.size(); }
  bool covers(const Program& program, const std::vector<EntryGroup>& entries) const;
  void forward(const Program& program, const std::vector<EntryGroup>& entries, CohortResult& result) const;
  /// Adds the means of each sum.
  void backward(const Program& program, const std::vector<EntryGroup>& entries, std::span<const OutcomeSum> sums,
                std::span<double> means) const;

  /// So many sums go backward together: a cache line a state.
  static constexpr std::size_t sums_at_once = 8;
  /// Called for each draw at each time with the values still to come [state x sums_at_once + sum] right before the draw
  /// is taken, and right after it, states in the orders of the layouts.
  using TakeValues = std::function<void(StepPlace draw, std::uint32_t time, const std::vector<double>& before,
                                        const std::vector<double>& after)>;
  /// The values still to come of each of the entry's levels, [level x sums_at_once + sum], by the backward recursion;
  /// of `sums_at_once` sums at most.
  std::vector<double> values(const Program& program, const EntryGroup& entry, std::span<const OutcomeSum> sums,
                             const TakeValues& take) const;
  /// Whether the slice has a draw as a layer: whether it changes what the slice's expectations depend on.
  bool has_draw(StepPlace draw) const { return find_layer(draw) < layers_.size(); }
  /// The living states before a draw, or the living or the dead after it; of a guarded draw those that take part.
  /// Without the map of cells where these number more than `most_cells`.
  CellLayout layout_before(const Program& program, StepPlace draw, std::size_t most_cells) const;
  CellLayout layout_after(const Program& program, StepPlace draw, bool dead, std::size_t most_cells) const;

 private:
  struct Layer;
  std::size_t find_layer(StepPlace draw) const;
  CellLayout lay_out_cells(const Program& program, const Layer& layer, bool dead, bool in_group,
                           std::size_t most_cells) const;
  /// [outcome]: whether a step of this slice accrues to it.
  std::vector<bool> outcomes_accrued(const Program& program) const;
  using Key = std::uint64_t;
  static constexpr std::uint32_t no_state = ~std::uint32_t{0};

  /// An accrual or tally at a layer: its row in each state without the clocks' part, or -1 where it does not apply.
  struct Consumer {
    StepPlace place;
    std::vector<std::int32_t> rows;
  };

  enum class Change { draw, enter_group, leave_group, reset, end_cycle };

  /// One row of a draw without the clocks' part, and the outcomes that are possible in it at some time, as changes of
  /// the key.
  struct DrawRow {
    std::int32_t row = 0;
    std::vector<Key> outcomes;
  };

  struct Layer {
    std::vector<Key> keys;
    std::unordered_map<Key, std::uint32_t> index;
    std::vector<Consumer> consumers;
    // The way to the next layer.
    Change change = Change::end_cycle;
    StepPlace place;            ///< of the draw, or of the group's first step
    std::vector<DrawRow> rows;  ///< of a draw
    std::unordered_map<std::int32_t, std::uint32_t> row_index;
    std::vector<std::int32_t> row_of;       ///< [state]: index into `rows`, -1 where the state passes unchanged
    std::vector<std::uint32_t> first_edge;  ///< [state]
    std::vector<std::uint32_t> edges;       ///< states of the next layer; no_state for those who leave
    // What is still to be read when this layer is reached, for the living and the dead.
    std::vector<bool> live, live_when_dead;
  };

  CohortSlice() = default;
  void lay_out(const Program& program, const SlicePlan& plan, const CohortOptions& options);
  void add_phase(const Program& program, Phase phase, const SlicePlan& plan);
  void find_unread(const Program& program, const CohortOptions& options);
  bool update_live(const Program& program, std::size_t layer);
  bool expand(const Program& program, const std::vector<EntryGroup>& entries, std::size_t layer, std::uint64_t limit);
  void expand_state(const Program& program, const std::vector<EntryGroup>& entries, Layer& layer, Layer& next,
                    std::size_t state);
  std::uint32_t find_row(const Program& program, const std::vector<EntryGroup>& entries, Layer& layer, Key key);
  std::uint32_t add_state(Layer& layer, Key key);
  Diagnostic too_large(const Program& program, const Layer& layer, std::uint64_t limit) const;

  int digit(Key key, std::size_t attribute) const {
    return static_cast<int>(key / place_value_[attribute] % radix_[attribute]);
  }
  bool dead(const Program& program, Key key) const;
  bool in_group(Key key) const { return key / group_place_ % 2 == 1; }
  Key project(const Program& program, const Layer& layer, Key key) const;
  Key key_of(const std::vector<int>& levels) const;
  std::int32_t row_of_state(const std::vector<Read>& reads, Key key) const;
  std::size_t next(std::size_t layer) const { return layer + 1 == layers_.size() ? point_layer_ : layer + 1; }

  /// Probabilities of a draw's rows at a time: [row of the layer][outcome]. False if an outcome is possible that was
  /// not found.
  [[nodiscard]] bool tabulate(const Program& program, const Layer& layer, const EntryGroup& entry, std::uint32_t time,
                              std::vector<std::vector<double>>& probabilities) const;
  Key outcome_key(const Draw& draw, std::size_t cell) const;
  void pass_on(const Layer& layer, const std::vector<std::vector<double>>& probabilities,
               const std::vector<double>& mass, std::vector<double>& next_mass) const;
  void consume(const Program& program, const Layer& layer, const EntryGroup& entry, std::uint32_t time,
               const std::vector<double>& mass, CohortResult& result) const;
  /// The values before the way to the next layer is taken.
  void go_back(const Layer& layer, const std::vector<std::vector<double>>& probabilities,
               const std::vector<double>& next_value, std::vector<double>& value) const;
  /// Adds what the layer accrues.
  void accrue_back(const Program& program, const Layer& layer, const EntryGroup& entry, std::uint32_t time,
                   std::span<const OutcomeSum> sums, std::vector<double>& value) const;

  std::vector<bool> in_slice_;    ///< [attribute]; clocks are never part
  std::vector<Key> place_value_;  ///< [attribute]; 1 where not in the slice
  std::vector<Key> radix_;        ///< [attribute]; 1 where not in the slice
  Key group_place_ = 1;
  std::vector<Layer> layers_;  ///< start, time point, cycle
  std::size_t point_layer_ = 0;
};

/// The clocks' part of a row at a time.
std::int32_t clock_row(const Program& program, const std::vector<Read>& reads, const EntryGroup& entry,
                       std::uint32_t time);

/// Index of a tally in CohortResult::tallies.
std::size_t tally_index(const Program& program, StepPlace place);

}  // namespace myelin::engine
