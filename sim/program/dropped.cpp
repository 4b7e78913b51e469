#include "program/dropped.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "core/contract.hpp"

namespace myelin {

namespace {

using Dropped = std::vector<DroppedAttribute>;

const DroppedAttribute* find(const Dropped& dropped, AttributeIndex attribute) {
  const auto found = std::ranges::find(dropped, attribute, &DroppedAttribute::attribute);
  return found == dropped.end() ? nullptr : &*found;
}

std::size_t levels_of(const Program& program, AttributeIndex attribute) {
  return program.attributes[attribute.value].levels.size();
}

/// The rows of a step among those of its full version.
struct Rows {
  std::vector<Read> reads;                ///< of what is kept
  std::vector<std::size_t> first;         ///< [row] the full row with all dropped attributes at level 0
  std::size_t at_reference = 0;           ///< what the reference levels add to it
  std::vector<std::size_t> at_any = {0};  ///< what each combination of their levels adds
};

Rows kept_rows(const Program& program, const std::vector<Read>& reads, const Dropped& dropped) {
  Rows rows{{}, {0}, 0};
  for (const Read& read : reads) {
    const auto stride = static_cast<std::size_t>(read.stride);
    if (const DroppedAttribute* drop = find(dropped, read.attribute)) {
      rows.at_reference += stride * static_cast<std::size_t>(drop->reference);
      std::vector<std::size_t> more;
      for (std::size_t level = 0; level < levels_of(program, read.attribute); ++level) {
        for (const std::size_t offset : rows.at_any) more.push_back(offset + level * stride);
      }
      rows.at_any = std::move(more);
      continue;
    }
    rows.reads.push_back({read.attribute, static_cast<std::int32_t>(rows.first.size())});
    std::vector<std::size_t> more;
    for (std::size_t level = 0; level < levels_of(program, read.attribute); ++level) {
      for (const std::size_t row : rows.first) more.push_back(row + level * stride);
    }
    rows.first = std::move(more);
  }
  return rows;
}

/// The levels that an outcome writes to kept attributes.
std::vector<std::uint16_t> kept_levels(const Draw& draw, std::size_t cell, const Dropped& dropped) {
  std::vector<std::uint16_t> levels;
  for (std::size_t write = 0; write < draw.writes.size(); ++write) {
    if (find(dropped, draw.writes[write]) == nullptr) levels.push_back(draw.levels[cell * draw.writes.size() + write]);
  }
  return levels;
}

Draw with_rows(const Draw& draw, const Rows& rows, const Dropped& dropped) {
  Draw kept;
  kept.stream = draw.stream;
  kept.reads = rows.reads;
  kept.rows = rows.first.size();
  for (const AttributeIndex write : draw.writes) {
    if (find(dropped, write) == nullptr) kept.writes.push_back(write);
  }
  return kept;
}

Draw draw_at_reference(const Program& program, const Draw& draw, const Dropped& dropped) {
  const Rows rows = kept_rows(program, draw.reads, dropped);
  Draw kept = with_rows(draw, rows, dropped);
  kept.outcomes = draw.outcomes;
  for (const std::size_t first : rows.first) {
    for (std::size_t outcome = 0; outcome < draw.outcomes; ++outcome) {
      const std::size_t cell = (first + rows.at_reference) * draw.outcomes + outcome;
      kept.cumulative.push_back(draw.cumulative[cell]);
      for (const std::uint16_t level : kept_levels(draw, cell, dropped)) kept.levels.push_back(level);
    }
  }
  return kept;
}

Draw draw_at_any_level(const Program& program, const Draw& draw, const Dropped& dropped) {
  const Rows rows = kept_rows(program, draw.reads, dropped);
  Draw kept = with_rows(draw, rows, dropped);
  std::vector<std::vector<std::vector<std::uint16_t>>> possible;  // [row][outcome][write]
  for (const std::size_t first : rows.first) {
    std::map<std::vector<std::uint16_t>, bool> seen;
    possible.emplace_back();
    for (const std::size_t offset : rows.at_any) {
      for (std::size_t outcome = 0; outcome < draw.outcomes; ++outcome) {
        if (draw.probability(first + offset, outcome) == 0) continue;
        std::vector<std::uint16_t> levels = kept_levels(draw, (first + offset) * draw.outcomes + outcome, dropped);
        if (seen.emplace(levels, true).second) possible.back().push_back(std::move(levels));
      }
    }
    kept.outcomes = std::max(kept.outcomes, possible.back().size());
  }
  for (const auto& outcomes : possible) {
    for (std::size_t outcome = 0; outcome < kept.outcomes; ++outcome) {
      const bool last = outcome + 1 >= outcomes.size();
      kept.cumulative.push_back(last ? probability_one : static_cast<std::uint32_t>(outcome + 1));
      const std::vector<std::uint16_t>& levels = outcomes[std::min(outcome, outcomes.size() - 1)];
      kept.levels.insert(kept.levels.end(), levels.begin(), levels.end());
    }
  }
  return kept;
}

template <class MergeDraw>
Program merge(Program program, const Dropped& dropped, const MergeDraw& merge_draw) {
  const Program whole = program;
  for (std::vector<Step>* steps : {&program.start, &program.point, &program.cycle}) {
    for (Step& step : *steps) {
      MYELIN_EXPECT(!step.guard || find(dropped, step.guard->attribute) == nullptr);
      const Accrual nothing{{0}, {}, 1, {0.0}};
      if (const auto* draw = std::get_if<Draw>(&step.action)) {
        const auto is_dropped = [&](AttributeIndex write) { return find(dropped, write) != nullptr; };
        if (std::ranges::all_of(draw->writes, is_dropped)) {
          step.action = nothing;
        } else {
          step.action = merge_draw(whole, *draw);
        }
      } else if (const auto* accrual = std::get_if<Accrual>(&step.action)) {
        const Rows rows = kept_rows(whole, accrual->reads, dropped);
        Accrual kept{accrual->outcome, rows.reads, rows.first.size(), {}};
        for (const std::size_t first : rows.first) kept.amounts.push_back(accrual->amounts[first + rows.at_reference]);
        step.action = std::move(kept);
      } else {
        step.action = nothing;
      }
    }
  }
  return program;
}

}  // namespace

Program at_reference(const Program& program, const Dropped& dropped) {
  return merge(program, dropped,
               [&](const Program& whole, const Draw& draw) { return draw_at_reference(whole, draw, dropped); });
}

Program at_any_level(const Program& program, const Dropped& dropped) {
  return merge(program, dropped,
               [&](const Program& whole, const Draw& draw) { return draw_at_any_level(whole, draw, dropped); });
}

}  // namespace myelin
