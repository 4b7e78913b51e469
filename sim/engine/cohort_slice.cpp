#include "engine/cohort_slice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "core/contract.hpp"

namespace myelin::engine {

std::int32_t clock_row(const Program& program, const std::vector<Read>& reads, const EntryGroup& entry,
                       std::uint32_t time) {
  std::int32_t row = 0;
  for (const Read& read : reads) {
    const Attribute& attribute = program.attributes[read.attribute.value];
    if (attribute.kind == AttributeKind::clock) {
      row += read.stride * (entry.clocks[read.attribute.value] + attribute.clock_offset[time]);
    }
  }
  return row;
}

Result<CohortSlice> CohortSlice::make(const Program& program, const SlicePlan& plan,
                                      const std::vector<EntryGroup>& entries, const CohortOptions& options) {
  CohortSlice slice;
  slice.lay_out(program, plan, options);
  if (slice.group_place_ == 0) {
    return tl::unexpected(
        Diagnostics{{{},
                     fmt::format("program '{}': its states cannot be numbered with 64 bits", program.name),
                     "use the microsimulation, or give the attributes fewer levels"}});
  }
  for (const EntryGroup& entry : entries) {
    for (const auto& [levels, share] : entry.levels) {
      slice.add_state(slice.layers_[0], slice.project(program, slice.layers_[0], slice.key_of(levels)));
    }
  }
  bool grew = true;
  while (grew) {
    grew = false;
    for (std::size_t layer = 0; layer < slice.layers_.size(); ++layer) {
      grew = slice.expand(program, entries, layer, options.state_limit) || grew;
      if (slice.layers_[layer].keys.size() > options.state_limit) {
        return tl::unexpected(Diagnostics{slice.too_large(program, slice.layers_[layer], options.state_limit)});
      }
    }
  }
  for (Layer& layer : slice.layers_) {
    for (Consumer& consumer : layer.consumers) {
      const Step& step = program.steps(consumer.place.phase)[consumer.place.index];
      for (const Key key : layer.keys) {
        const bool applies = !step.guard || slice.in_group(key);
        consumer.rows.push_back(applies ? slice.row_of_state(reads_of(step), key) : -1);
      }
    }
  }
  return slice;
}

void CohortSlice::lay_out(const Program& program, const SlicePlan& plan, const CohortOptions& options) {
  const std::size_t attributes = program.attributes.size();
  in_slice_.assign(attributes, false);
  place_value_.assign(attributes, 1);
  radix_.assign(attributes, 1);
  Key place = 1;
  for (std::size_t i = 0; i < attributes; ++i) {
    if (!plan.attributes[i] || program.attributes[i].kind == AttributeKind::clock) continue;
    in_slice_[i] = true;
    place_value_[i] = place;
    radix_[i] = program.attributes[i].levels.size();
    if (place > std::numeric_limits<Key>::max() / 4 / radix_[i]) {
      group_place_ = 0;
      return;
    }
    place *= radix_[i];
  }
  group_place_ = place;
  layers_.emplace_back();
  add_phase(program, Phase::start, plan);
  layers_.back().change = Change::end_cycle;
  point_layer_ = layers_.size();
  layers_.emplace_back();
  add_phase(program, Phase::point, plan);
  layers_.back().change = Change::reset;
  layers_.emplace_back();
  add_phase(program, Phase::cycle, plan);
  layers_.back().change = Change::end_cycle;
  find_unread(program, options);
}

void CohortSlice::add_phase(const Program& program, Phase phase, const SlicePlan& plan) {
  const std::vector<Step>& steps = program.steps(phase);
  const auto open_next = [&](Change change, std::size_t step) {
    layers_.back().change = change;
    layers_.back().place = {phase, step};
    layers_.emplace_back();
  };
  const auto matters = [&](std::size_t step) {
    if (const auto* draw = std::get_if<Draw>(&steps[step].action)) {
      return std::ranges::any_of(draw->writes, [&](AttributeIndex write) { return in_slice_[write.value]; });
    }
    return std::ranges::any_of(plan.consumers,
                               [&](StepPlace place) { return place.phase == phase && place.index == step; });
  };
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool group_begins = steps[i].guard && (i == 0 || steps[i - 1].guard != steps[i].guard);
    const bool group_ends = steps[i].guard && (i + 1 == steps.size() || steps[i + 1].guard != steps[i].guard);
    const bool guard_known = steps[i].guard && in_slice_[steps[i].guard->attribute.value];
    if (group_begins && guard_known) open_next(Change::enter_group, i);
    if (matters(i)) {
      if (std::holds_alternative<Draw>(steps[i].action)) {
        open_next(Change::draw, i);
      } else {
        layers_.back().consumers.push_back({{phase, i}, {}});
      }
    }
    if (group_ends && guard_known) open_next(Change::leave_group, i);
  }
}

void CohortSlice::find_unread(const Program& program, const CohortOptions& options) {
  for (Layer& layer : layers_) {
    layer.live.assign(in_slice_.size(), false);
    layer.live_when_dead.assign(in_slice_.size(), false);
    if (!options.drop_unread) layer.live = layer.live_when_dead = in_slice_;
  }
  bool changed = options.drop_unread;
  while (changed) {
    changed = false;
    for (std::size_t layer = layers_.size(); layer-- > 0;) changed = update_live(program, layer) || changed;
  }
}

bool CohortSlice::update_live(const Program& program, std::size_t position) {
  Layer& layer = layers_[position];
  const Layer& after = layers_[next(position)];
  std::vector<bool> live = after.live, live_when_dead(in_slice_.size(), false);
  if (layer.change != Change::end_cycle) live_when_dead = after.live_when_dead;
  const auto read = [&](std::vector<bool>& set, AttributeIndex index) {
    if (in_slice_[index.value]) set[index.value] = true;
  };
  if (layer.change == Change::reset) {
    for (std::size_t i = 0; i < live.size(); ++i)
      live[i] = live[i] && program.attributes[i].kind != AttributeKind::transient;
  } else if (layer.change == Change::enter_group) {
    const AttributeIndex guard = program.steps(layer.place.phase)[layer.place.index].guard->attribute;
    read(live, guard);
    read(live_when_dead, guard);
  } else if (layer.change == Change::draw) {
    const Step& step = program.steps(layer.place.phase)[layer.place.index];
    const Draw& draw = std::get<Draw>(step.action);
    for (std::size_t i = 0; i < live.size(); ++i) live[i] = live[i] || live_when_dead[i];
    for (const AttributeIndex write : draw.writes) {
      if (!step.guard) live[write.value] = false;
    }
    for (const Read& each : draw.reads) read(live, each.attribute);
  }
  for (const Consumer& consumer : layer.consumers) {
    for (const Read& each : reads_of(program.steps(consumer.place.phase)[consumer.place.index])) {
      read(live, each.attribute);
      read(live_when_dead, each.attribute);
    }
  }
  const bool changed = live != layer.live || live_when_dead != layer.live_when_dead;
  layer.live = std::move(live);
  layer.live_when_dead = std::move(live_when_dead);
  return changed;
}

bool CohortSlice::dead(const Program& program, Key key) const {
  return in_slice_[program.death_attribute.value] &&
         digit(key, program.death_attribute.value) >= program.first_dead_level;
}

CohortSlice::Key CohortSlice::project(const Program& program, const Layer& layer, Key key) const {
  const std::vector<bool>& live = dead(program, key) ? layer.live_when_dead : layer.live;
  Key projected = in_group(key) ? group_place_ : 0;
  for (std::size_t i = 0; i < in_slice_.size(); ++i) {
    if (in_slice_[i] && (live[i] || i == program.death_attribute.value)) {
      projected += static_cast<Key>(digit(key, i)) * place_value_[i];
    }
  }
  return projected;
}

CohortSlice::Key CohortSlice::key_of(const std::vector<int>& levels) const {
  Key key = 0;
  for (std::size_t i = 0; i < in_slice_.size(); ++i) {
    if (in_slice_[i]) key += static_cast<Key>(levels[i]) * place_value_[i];
  }
  return key;
}

std::int32_t CohortSlice::row_of_state(const std::vector<Read>& reads, Key key) const {
  std::int32_t row = 0;
  for (const Read& read : reads) {
    if (in_slice_[read.attribute.value]) row += read.stride * digit(key, read.attribute.value);
  }
  return row;
}

std::uint32_t CohortSlice::add_state(Layer& layer, Key key) {
  const auto [found, added] = layer.index.emplace(key, static_cast<std::uint32_t>(layer.keys.size()));
  if (added) layer.keys.push_back(key);
  return found->second;
}

bool CohortSlice::expand(const Program& program, const std::vector<EntryGroup>& entries, std::size_t position,
                         std::uint64_t limit) {
  Layer& layer = layers_[position];
  Layer& after = layers_[next(position)];
  const bool grew = layer.row_of.size() < layer.keys.size();
  for (std::size_t state = layer.row_of.size(); state < layer.keys.size() && layer.keys.size() <= limit; ++state) {
    expand_state(program, entries, layer, after, state);
  }
  return grew;
}

void CohortSlice::expand_state(const Program& program, const std::vector<EntryGroup>& entries, Layer& layer,
                               Layer& after, std::size_t state) {
  Key key = layer.keys[state];
  layer.first_edge.push_back(static_cast<std::uint32_t>(layer.edges.size()));
  const bool is_dead = dead(program, key);
  if (layer.change == Change::draw) {
    const Step& step = program.steps(layer.place.phase)[layer.place.index];
    if (!is_dead && (!step.guard || in_group(key))) {
      const std::uint32_t row = find_row(program, entries, layer, key);
      layer.row_of.push_back(static_cast<std::int32_t>(row));
      for (const AttributeIndex write : std::get<Draw>(step.action).writes) {
        if (in_slice_[write.value]) key -= static_cast<Key>(digit(key, write.value)) * place_value_[write.value];
      }
      for (const Key outcome : layer.rows[row].outcomes) {
        layer.edges.push_back(add_state(after, project(program, after, key + outcome)));
      }
      return;
    }
  } else if (layer.change == Change::enter_group) {
    const Guard& guard = *program.steps(layer.place.phase)[layer.place.index].guard;
    if (digit(key, guard.attribute.value) == guard.level) key += group_place_;
  } else if (layer.change == Change::leave_group) {
    key %= group_place_;
  } else if (layer.change == Change::reset) {
    for (std::size_t i = 0; i < in_slice_.size(); ++i) {
      if (!in_slice_[i] || program.attributes[i].kind != AttributeKind::transient) continue;
      key -= static_cast<Key>(digit(key, i)) * place_value_[i];
      key += static_cast<Key>(program.attributes[i].initial) * place_value_[i];
    }
  }
  layer.row_of.push_back(-1);
  const bool leaves = layer.change == Change::end_cycle && is_dead;
  layer.edges.push_back(leaves ? no_state : add_state(after, project(program, after, key)));
}

CohortSlice::Key CohortSlice::outcome_key(const Draw& draw, std::size_t cell) const {
  Key key = 0;
  for (std::size_t write = 0; write < draw.writes.size(); ++write) {
    const std::size_t attribute = draw.writes[write].value;
    if (in_slice_[attribute]) key += Key{draw.levels[cell * draw.writes.size() + write]} * place_value_[attribute];
  }
  return key;
}

std::uint32_t CohortSlice::find_row(const Program& program, const std::vector<EntryGroup>& entries, Layer& layer,
                                    Key key) {
  const Draw& draw = std::get<Draw>(program.steps(layer.place.phase)[layer.place.index].action);
  const std::int32_t row = row_of_state(draw.reads, key);
  const auto [known, added] = layer.row_index.emplace(row, static_cast<std::uint32_t>(layer.rows.size()));
  if (!added) return known->second;
  DrawRow found{row, {}};
  std::set<std::int32_t> bases;
  const std::uint32_t times = layer.place.phase == Phase::start ? 1 : program.cycles;
  for (const EntryGroup& entry : entries) {
    for (std::uint32_t time = 0; time < times; ++time) bases.insert(clock_row(program, draw.reads, entry, time));
  }
  for (const std::int32_t base : bases) {
    const auto full_row = static_cast<std::size_t>(row + base);
    for (std::size_t outcome = 0; outcome < draw.outcomes; ++outcome) {
      if (draw.probability(full_row, outcome) == 0) continue;
      const Key change = outcome_key(draw, full_row * draw.outcomes + outcome);
      if (std::ranges::find(found.outcomes, change) == found.outcomes.end()) found.outcomes.push_back(change);
    }
  }
  layer.rows.push_back(std::move(found));
  return known->second;
}

Diagnostic CohortSlice::too_large(const Program& program, const Layer& layer, std::uint64_t limit) const {
  std::string causes;
  for (std::size_t i = 0; i < in_slice_.size(); ++i) {
    if (!in_slice_[i]) continue;
    std::set<int> seen;
    for (const Key key : layer.keys) seen.insert(digit(key, i));
    if (seen.size() > 1)
      causes += fmt::format("{}{} ({} levels)", causes.empty() ? "" : ", ", program.attributes[i].name, seen.size());
  }
  return {
      {},
      fmt::format("program '{}' has more than {} states for the cohort engine, from {}", program.name, limit, causes),
      "use the microsimulation, raise the limit, or give these attributes fewer levels"};
}

}  // namespace myelin::engine
