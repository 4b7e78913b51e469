#include <algorithm>
#include <array>

#include "core/contract.hpp"
#include "engine/cohort_slice.hpp"
#include "engine/conventions.hpp"

/// \file
/// Numbers on the structure of a slice: the distribution forward in time, the expected value still to come backward.

namespace myelin::engine {

namespace {

void require_covered(bool covered) {
  if (!covered) throw ContractViolation("the cohort engine was asked about a program that it does not cover");
}

}  // namespace

std::size_t tally_index(const Program& program, StepPlace place) {
  std::size_t index = 0;
  for (const Phase phase : {Phase::start, Phase::point, Phase::cycle}) {
    const std::vector<Step>& steps = program.steps(phase);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (place.phase == phase && place.index == i) return index;
      if (std::holds_alternative<Tally>(steps[i].action)) ++index;
    }
  }
  return index;
}

bool CohortSlice::tabulate(const Program& program, const Layer& layer, const EntryGroup& entry, std::uint32_t time,
                           std::vector<std::vector<double>>& probabilities) const {
  const Draw& draw = std::get<Draw>(program.steps(layer.place.phase)[layer.place.index].action);
  const std::int32_t base = clock_row(program, draw.reads, entry, time);
  probabilities.resize(layer.rows.size());
  for (std::size_t i = 0; i < layer.rows.size(); ++i) {
    const std::vector<Key>& outcomes = layer.rows[i].outcomes;
    probabilities[i].assign(outcomes.size(), 0.0);
    const auto row = static_cast<std::size_t>(layer.rows[i].row + base);
    for (std::size_t outcome = 0; outcome < draw.outcomes; ++outcome) {
      const double p = draw.probability(row, outcome);
      if (p == 0) continue;
      const Key change = outcome_key(draw, row * draw.outcomes + outcome);
      const bool in_order = outcome < outcomes.size() && outcomes[outcome] == change;
      const auto found =
          in_order ? outcomes.begin() + static_cast<std::ptrdiff_t>(outcome) : std::ranges::find(outcomes, change);
      if (found == outcomes.end()) return false;
      probabilities[i][static_cast<std::size_t>(found - outcomes.begin())] += p;
    }
  }
  return true;
}

bool CohortSlice::covers(const Program& program, const std::vector<EntryGroup>& entries) const {
  std::vector<std::vector<double>> probabilities;
  for (const Layer& layer : layers_) {
    if (layer.change != Change::draw) continue;
    const std::uint32_t times = layer.place.phase == Phase::start ? 1 : program.cycles;
    for (const EntryGroup& entry : entries) {
      for (std::uint32_t time = 0; time < times; ++time) {
        if (!tabulate(program, layer, entry, time, probabilities)) return false;
      }
    }
  }
  return true;
}

void CohortSlice::pass_on(const Layer& layer, const std::vector<std::vector<double>>& probabilities,
                          const std::vector<double>& mass, std::vector<double>& next_mass) const {
  for (std::size_t state = 0; state < mass.size(); ++state) {
    if (mass[state] == 0) continue;
    const std::uint32_t* edge = &layer.edges[layer.first_edge[state]];
    if (layer.row_of[state] < 0) {
      if (*edge != no_state) next_mass[*edge] += mass[state];
      continue;
    }
    const std::vector<double>& row = probabilities[static_cast<std::size_t>(layer.row_of[state])];
    for (std::size_t outcome = 0; outcome < row.size(); ++outcome)
      next_mass[edge[outcome]] += mass[state] * row[outcome];
  }
}

void CohortSlice::consume(const Program& program, const Layer& layer, const EntryGroup& entry, std::uint32_t time,
                          const std::vector<double>& mass, CohortResult& result) const {
  for (const Consumer& consumer : layer.consumers) {
    const Phase phase = consumer.place.phase;
    const Step& step = program.steps(phase)[consumer.place.index];
    if (const auto* accrual = std::get_if<Accrual>(&step.action)) {
      const std::int32_t base = clock_row(program, accrual->reads, entry, time);
      double amount = 0;
      for (std::size_t state = 0; state < mass.size(); ++state) {
        if (consumer.rows[state] >= 0)
          amount += mass[state] * accrual->amounts[static_cast<std::size_t>(consumer.rows[state] + base)];
      }
      const Outcome& outcome = program.outcomes[accrual->outcome.value];
      result.amounts[accrual->outcome.value]->at(phase, time) += amount;
      result.means[accrual->outcome.value * columns] += weight_at(outcome.weights, phase, time) * amount;
      result.means[accrual->outcome.value * columns + 1] += weight_at(outcome.undiscounted, phase, time) * amount;
    } else {
      const Tally& tally = std::get<Tally>(step.action);
      const std::int32_t base = clock_row(program, tally.reads, entry, time);
      std::vector<double>& cells = result.tallies[tally_index(program, consumer.place)];
      for (std::size_t state = 0; state < mass.size(); ++state) {
        if (consumer.rows[state] >= 0)
          cells[time * tally.cells + static_cast<std::size_t>(consumer.rows[state] + base)] += mass[state];
      }
    }
  }
}

void CohortSlice::forward(const Program& program, const std::vector<EntryGroup>& entries, CohortResult& result) const {
  std::vector<std::vector<double>> probabilities;
  for (const EntryGroup& entry : entries) {
    std::vector<double> mass(layers_[0].keys.size());
    for (const auto& [levels, share] : entry.levels)
      mass[layers_[0].index.at(project(program, layers_[0], key_of(levels)))] += share;
    const auto walk = [&](std::size_t layer, std::uint32_t time) {
      consume(program, layers_[layer], entry, time, mass, result);
      if (layers_[layer].change == Change::draw) {
        require_covered(tabulate(program, layers_[layer], entry, time, probabilities));
      }
      std::vector<double> next_mass(layers_[next(layer)].keys.size());
      pass_on(layers_[layer], probabilities, mass, next_mass);
      mass = std::move(next_mass);
    };
    for (std::size_t layer = 0; layer < point_layer_; ++layer) walk(layer, 0);
    for (std::uint32_t time = 0; time < program.cycles; ++time) {
      for (std::size_t layer = point_layer_; layer < layers_.size(); ++layer) walk(layer, time);
    }
    // At the horizon only the time point's own steps remain.
    for (std::size_t layer = point_layer_; layers_[layer].change != Change::reset; ++layer) walk(layer, program.cycles);
    std::size_t last = point_layer_;
    while (layers_[last].change != Change::reset) ++last;
    consume(program, layers_[last], entry, program.cycles, mass, result);
  }
}

void CohortSlice::go_back(const Layer& layer, const std::vector<std::vector<double>>& probabilities,
                          const std::vector<double>& next_value, std::vector<double>& value) const {
  const std::size_t states = layer.keys.size();
  value.assign(states * sums_at_once, 0.0);
  for (std::size_t state = 0; state < states && !next_value.empty(); ++state) {
    const std::uint32_t* edge = &layer.edges[layer.first_edge[state]];
    double* of_state = &value[state * sums_at_once];
    if (layer.row_of[state] < 0) {
      if (*edge != no_state) std::copy_n(&next_value[*edge * sums_at_once], sums_at_once, of_state);
      continue;
    }
    const std::vector<double>& row = probabilities[static_cast<std::size_t>(layer.row_of[state])];
    for (std::size_t i = 0; i < row.size(); ++i) {
      const double* of_next = &next_value[edge[i] * sums_at_once];
      for (std::size_t sum = 0; sum < sums_at_once; ++sum) of_state[sum] += row[i] * of_next[sum];
    }
  }
}

void CohortSlice::accrue_back(const Program& program, const Layer& layer, const EntryGroup& entry, std::uint32_t time,
                              std::span<const OutcomeSum> sums, std::vector<double>& value) const {
  for (const Consumer& consumer : layer.consumers) {
    const Step& step = program.steps(consumer.place.phase)[consumer.place.index];
    const auto* accrual = std::get_if<Accrual>(&step.action);
    if (accrual == nullptr) continue;
    const Outcome& outcome = program.outcomes[accrual->outcome.value];
    std::array<double, sums_at_once> weights{};
    bool accrues = false;
    for (std::size_t sum = 0; sum < sums.size(); ++sum) {
      if (!sums[sum].outcomes[accrual->outcome.value]) continue;
      accrues = true;
      weights[sum] =
          weight_at(sums[sum].column == 0 ? outcome.weights : outcome.undiscounted, consumer.place.phase, time);
    }
    if (!accrues) continue;
    const std::int32_t base = clock_row(program, accrual->reads, entry, time);
    for (std::size_t state = 0; state < layer.keys.size(); ++state) {
      if (consumer.rows[state] < 0) continue;
      const double amount = accrual->amounts[static_cast<std::size_t>(consumer.rows[state] + base)];
      for (std::size_t sum = 0; sum < sums_at_once; ++sum) value[state * sums_at_once + sum] += weights[sum] * amount;
    }
  }
}

std::vector<bool> CohortSlice::outcomes_accrued(const Program& program) const {
  std::vector<bool> accrues(program.outcomes.size(), false);
  for (const Layer& layer : layers_) {
    for (const Consumer& consumer : layer.consumers) {
      const Step& step = program.steps(consumer.place.phase)[consumer.place.index];
      if (const auto* accrual = std::get_if<Accrual>(&step.action)) accrues[accrual->outcome.value] = true;
    }
  }
  return accrues;
}

std::vector<double> CohortSlice::values(const Program& program, const EntryGroup& entry,
                                        std::span<const OutcomeSum> sums, const TakeValues& take) const {
  MYELIN_EXPECT(sums.size() <= sums_at_once);
  std::vector<std::vector<double>> probabilities;
  std::vector<double> value, before;
  const auto step_back = [&](std::size_t position, std::uint32_t time) {
    const Layer& layer = layers_[position];
    if (layer.change == Change::draw) require_covered(tabulate(program, layer, entry, time, probabilities));
    go_back(layer, probabilities, value, before);
    if (layer.change == Change::draw && take) take(layer.place, time, before, value);
    accrue_back(program, layer, entry, time, sums, before);
    std::swap(value, before);
  };
  std::size_t last_point = point_layer_;
  while (layers_[last_point].change != Change::reset) ++last_point;
  for (std::size_t layer = last_point + 1; layer-- > point_layer_;) step_back(layer, program.cycles);
  for (std::uint32_t time = program.cycles; time-- > 0;) {
    for (std::size_t layer = layers_.size(); layer-- > point_layer_;) step_back(layer, time);
  }
  for (std::size_t layer = point_layer_; layer-- > 0;) step_back(layer, 0);
  std::vector<double> at_entry;
  for (const auto& [levels, share] : entry.levels) {
    const std::size_t state = layers_[0].index.at(project(program, layers_[0], key_of(levels)));
    const auto first = value.begin() + static_cast<std::ptrdiff_t>(state * sums_at_once);
    at_entry.insert(at_entry.end(), first, first + sums_at_once);
  }
  return at_entry;
}

void CohortSlice::backward(const Program& program, const std::vector<EntryGroup>& entries,
                           std::span<const OutcomeSum> sums, std::span<double> means) const {
  const std::vector<bool> accrues = outcomes_accrued(program);
  std::vector<OutcomeSum> own;
  std::vector<std::size_t> indices;  // [own sum] among all
  for (std::size_t i = 0; i < sums.size(); ++i) {
    bool any = false;
    for (std::size_t outcome = 0; outcome < accrues.size(); ++outcome)
      any = any || (accrues[outcome] && sums[i].outcomes[outcome]);
    if (!any) continue;
    own.push_back(sums[i]);
    indices.push_back(i);
  }
  for (const EntryGroup& entry : entries) {
    for (std::size_t first = 0; first < own.size(); first += sums_at_once) {
      const std::size_t count = std::min(sums_at_once, own.size() - first);
      const std::vector<double> at_entry = values(program, entry, {&own[first], count}, {});
      for (std::size_t i = 0; i < count; ++i) {
        double mean = 0;
        for (std::size_t level = 0; level < entry.levels.size(); ++level)
          mean += entry.levels[level].second * at_entry[level * sums_at_once + i];
        means[indices[first + i]] += mean;
      }
    }
  }
}

std::size_t CohortSlice::find_layer(StepPlace draw) const {
  const auto is_it = [&](const Layer& layer) {
    return layer.change == Change::draw && layer.place.phase == draw.phase && layer.place.index == draw.index;
  };
  return static_cast<std::size_t>(std::ranges::find_if(layers_, is_it) - layers_.begin());
}

CellLayout CohortSlice::lay_out_cells(const Program& program, const Layer& layer, bool want_dead, bool guarded,
                                      std::size_t most_cells) const {
  CellLayout layout{{}, 1, layer.keys.size(), {}};
  const std::vector<bool>& live = want_dead ? layer.live_when_dead : layer.live;
  for (std::size_t i = 0; i < in_slice_.size(); ++i) {
    if (!in_slice_[i] || !(live[i] || i == program.death_attribute.value)) continue;
    layout.reads.push_back({AttributeIndex{i}, static_cast<std::int32_t>(layout.cells)});
    layout.cells *= static_cast<std::size_t>(radix_[i]);
    if (layout.cells > most_cells) return layout;
  }
  layout.state_of.assign(layout.cells, CellLayout::no_state);
  for (std::size_t state = 0; state < layer.keys.size(); ++state) {
    const Key key = layer.keys[state];
    if (dead(program, key) == want_dead && in_group(key) == guarded)
      layout.state_of[static_cast<std::size_t>(row_of_state(layout.reads, key))] = static_cast<std::int32_t>(state);
  }
  return layout;
}

CellLayout CohortSlice::layout_before(const Program& program, StepPlace draw, std::size_t most_cells) const {
  const bool guarded = program.steps(draw.phase)[draw.index].guard.has_value();
  return lay_out_cells(program, layers_[find_layer(draw)], false, guarded, most_cells);
}

CellLayout CohortSlice::layout_after(const Program& program, StepPlace draw, bool dead, std::size_t most_cells) const {
  const bool guarded = program.steps(draw.phase)[draw.index].guard.has_value();
  return lay_out_cells(program, layers_[next(find_layer(draw))], dead, guarded, most_cells);
}

}  // namespace myelin::engine
