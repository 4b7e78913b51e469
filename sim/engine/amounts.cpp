#include "engine/amounts.hpp"

#include <algorithm>
#include <numeric>

#include "engine/conventions.hpp"

namespace myelin::engine {

namespace {

/// A program whose patients enter with some profiles.
struct Entered {
  const Program& program;
  const Population& population;

  /// Whether the attribute's level follows from the time alone: a clock at which all patients enter alike.
  bool is_known(AttributeIndex index) const {
    const Attribute& attribute = program.attributes[index.value];
    return attribute.kind == AttributeKind::clock &&
           std::ranges::find(population.attributes, attribute.name) == population.attributes.end();
  }
};

/// Whether the patients carried along are the same at both steps: a guard is looked at once, when its group begins.
bool same_group(const std::vector<Step>& steps, std::size_t first, std::size_t last) {
  if (!steps[first].guard && !steps[last].guard) return true;
  return std::all_of(steps.begin() + static_cast<std::ptrdiff_t>(first),
                     steps.begin() + static_cast<std::ptrdiff_t>(last) + 1,
                     [&](const Step& step) { return step.guard == steps[first].guard; });
}

/// Whether a draw between the two steps writes the attribute.
bool written_between(const std::vector<Step>& steps, std::size_t first, std::size_t last, AttributeIndex attribute) {
  for (std::size_t i = first + 1; i < last; ++i) {
    const auto* draw = std::get_if<Draw>(&steps[i].action);
    if (draw != nullptr && std::ranges::find(draw->writes, attribute) != draw->writes.end()) return true;
  }
  return false;
}

bool covers(const Entered& entered, const std::vector<Step>& steps, std::size_t tally, std::size_t accrual) {
  const auto [first, last] = std::minmax(tally, accrual);
  if (!same_group(steps, first, last)) return false;
  const std::vector<Read>& counted = reads_of(steps[tally]);
  return std::ranges::all_of(reads_of(steps[accrual]), [&](const Read& read) {
    if (entered.is_known(read.attribute)) return true;
    const bool is_counted =
        std::ranges::any_of(counted, [&](const Read& by) { return by.attribute == read.attribute; });
    return is_counted && !written_between(steps, first, last, read.attribute);
  });
}

bool is_covered(const Entered& entered, const std::vector<Step>& steps, std::size_t accrual) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (std::holds_alternative<Tally>(steps[i].action) && covers(entered, steps, i, accrual)) return true;
  }
  return false;
}

/// A tally by what an accrual reads and the time does not tell.
Tally tally_beside(const Entered& entered, const Step& accrual) {
  Tally tally{"patients by what decides '" + accrual.name + "'", {}, 1};
  std::vector<Read> reads = reads_of(accrual);
  std::ranges::reverse(reads);
  for (Read& read : reads) {
    if (entered.is_known(read.attribute)) continue;
    tally.reads.insert(tally.reads.begin(), {read.attribute, static_cast<std::int32_t>(tally.cells)});
    tally.cells *= entered.program.attributes[read.attribute.value].levels.size();
  }
  return tally;
}

/// Behind the accruals that follow one another, which the microsimulation adds as one.
std::vector<Step>::iterator end_of_run(std::vector<Step>& steps, std::size_t accrual) {
  const std::optional<Guard> guard = steps[accrual].guard;
  return std::find_if(steps.begin() + static_cast<std::ptrdiff_t>(accrual), steps.end(), [&](const Step& step) {
    return !std::holds_alternative<Accrual>(step.action) || step.guard != guard;
  });
}

/// The row of an accrual for the patients in one cell of a tally at a time.
std::size_t row_in_cell(const Entered& entered, const Accrual& accrual, const std::vector<Read>& counted,
                        std::size_t cell, std::uint32_t time) {
  std::int32_t row = 0;
  for (const Read& read : accrual.reads) {
    const Attribute& attribute = entered.program.attributes[read.attribute.value];
    int level = 0;
    if (entered.is_known(read.attribute)) {
      level = attribute.initial + attribute.clock_offset[time];
    } else {
      const auto by = std::ranges::find(counted, read.attribute, &Read::attribute);
      level = static_cast<int>(cell / static_cast<std::size_t>(by->stride) % attribute.levels.size());
    }
    row += read.stride * level;
  }
  return static_cast<std::size_t>(row);
}

/// What a tally counted.
struct Counts {
  std::vector<Read> reads;
  std::size_t cells = 1;
  std::vector<double> per_patient;  ///< [time x cells + cell]: patients per patient
};

/// The tallies of a phase with what they counted, [step]; none where the step is no tally.
std::vector<std::optional<Counts>> counts_of(const std::vector<Step>& steps,
                                             std::vector<std::vector<double>>::const_iterator& next) {
  std::vector<std::optional<Counts>> counts(steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (const auto* tally = std::get_if<Tally>(&steps[i].action))
      counts[i] = Counts{tally->reads, tally->cells, *next++};
  }
  return counts;
}

/// Whether a tally tells the level of the attribute that patients have at the accrual.
bool tells(const std::vector<Step>& steps, std::size_t tally, std::size_t accrual, AttributeIndex attribute) {
  const auto [first, last] = std::minmax(tally, accrual);
  return std::ranges::any_of(reads_of(steps[tally]), [&](const Read& by) { return by.attribute == attribute; }) &&
         !written_between(steps, first, last, attribute);
}

/// Counts that cover the accrual at a place and tell the level of an attribute; null if there are none.
const Counts* counts_by(AttributeIndex attribute, const Entered& entered, Phase phase, std::size_t accrual,
                        const std::vector<std::optional<Counts>>& counts) {
  const std::vector<Step>& steps = entered.program.steps(phase);
  for (std::size_t tally = 0; tally < steps.size(); ++tally) {
    if (counts[tally] && covers(entered, steps, tally, accrual) && tells(steps, tally, accrual, attribute))
      return &*counts[tally];
  }
  return nullptr;
}

/// Counts that cover the accrual at a place; null if there are none.
const Counts* counts_for(const Entered& entered, Phase phase, std::size_t accrual,
                         const std::vector<std::optional<Counts>>& counts) {
  static const Counts everybody{{}, 1, {1.0}};
  const std::vector<Step>& steps = entered.program.steps(phase);
  for (std::size_t tally = 0; tally < steps.size(); ++tally) {
    if (counts[tally] && covers(entered, steps, tally, accrual)) return &*counts[tally];
  }
  const bool of_everybody =
      phase == Phase::start && !steps[accrual].guard &&
      std::ranges::all_of(reads_of(steps[accrual]), [&](const Read& read) { return entered.is_known(read.attribute); });
  return of_everybody ? &everybody : nullptr;
}

/// Adds what the patients in each cell accrue to the amounts of that cell.
template <class AmountsOfCell>
void add(const Entered& entered, Phase phase, const Accrual& accrual, const Counts& counts,
         const AmountsOfCell& amounts_of) {
  for (std::uint32_t time = 0; time < tally_times(phase, entered.program.cycles); ++time) {
    for (std::size_t cell = 0; cell < counts.cells; ++cell) {
      const double patients = counts.per_patient[time * counts.cells + cell];
      if (patients == 0) continue;
      amounts_of(cell).at(phase, time) +=
          patients * accrual.amounts[row_in_cell(entered, accrual, counts.reads, cell, time)];
    }
  }
}

/// Calls `visit(phase, place of the step, accrual, counts of the phase)` for every accrual.
template <class Visit>
void for_each_accrual(const Program& program, const std::vector<std::vector<double>>& tallies, const Visit& visit) {
  auto next = tallies.begin();
  for (const Phase phase : {Phase::start, Phase::point, Phase::cycle}) {
    const std::vector<Step>& steps = program.steps(phase);
    const std::vector<std::optional<Counts>> counts = counts_of(steps, next);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (const auto* accrual = std::get_if<Accrual>(&steps[i].action)) visit(phase, i, *accrual, counts);
    }
  }
}

bool same_reads(const std::vector<Read>& a, const std::vector<Read>& b) {
  return std::ranges::equal(
      a, b, [](const Read& x, const Read& y) { return x.attribute == y.attribute && x.stride == y.stride; });
}

bool same_attribute(const Attribute& a, const Attribute& b) {
  return a.name == b.name && a.kind == b.kind && a.levels == b.levels && a.initial == b.initial &&
         a.clock_offset == b.clock_offset;
}

bool same_draw(const Step* a, const Step* b) {
  const Draw &x = std::get<Draw>(a->action), &y = std::get<Draw>(b->action);
  return a->guard == b->guard && x.stream == y.stream && same_reads(x.reads, y.reads) && x.writes == y.writes &&
         x.outcomes == y.outcomes && x.cumulative == y.cumulative && x.levels == y.levels;
}

std::vector<const Step*> draws_of(const std::vector<Step>& steps) {
  std::vector<const Step*> draws;
  for (const Step& step : steps) {
    if (std::holds_alternative<Draw>(step.action)) draws.push_back(&step);
  }
  return draws;
}

/// [draw] whether it stands in the group of the draw before it: nothing between the two ends that group.
std::vector<bool> goes_on(const std::vector<Step>& steps) {
  std::vector<bool> all;
  std::optional<std::size_t> before;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!std::holds_alternative<Draw>(steps[i].action)) continue;
    all.push_back(before && steps[i].guard && same_group(steps, *before, i));
    before = i;
  }
  return all;
}

/// The steps of a phase cut at its draws: [draw + 1] what follows it.
std::vector<std::vector<Step>> between_draws(const std::vector<Step>& steps) {
  std::vector<std::vector<Step>> parts(1);
  for (const Step& step : steps) {
    if (std::holds_alternative<Draw>(step.action)) {
      parts.emplace_back();
    } else {
      parts.back().push_back(step);
    }
  }
  return parts;
}

bool same_accrual(const Step& a, const Step& b) {
  const auto &x = std::get<Accrual>(a.action), &y = std::get<Accrual>(b.action);
  return a.name == b.name && a.guard == b.guard && x.outcome == y.outcome;
}

/// Steps between two draws, each accrual exchanged for that of `prices` of its name and outcome, in their order if
/// there are several; an accrual that the run did not have stands behind the last step of its group. The tallies stay
/// in their order, in which their counts are kept.
void exchange_accruals(const std::vector<Step>& run, const std::vector<Step>& prices, std::vector<Step>& into) {
  std::vector<Step> priced, merged;
  std::ranges::copy_if(prices, std::back_inserter(priced),
                       [](const Step& step) { return std::holds_alternative<Accrual>(step.action); });
  for (const Step& step : run) {
    if (std::holds_alternative<Tally>(step.action)) {
      merged.push_back(step);
      continue;
    }
    const auto found = std::ranges::find_if(priced, [&](const Step& other) { return same_accrual(step, other); });
    if (found == priced.end()) continue;
    merged.push_back(std::move(*found));
    priced.erase(found);
  }
  for (Step& added : priced) {
    const auto last =
        std::find_if(merged.rbegin(), merged.rend(), [&](const Step& other) { return other.guard == added.guard; });
    merged.insert(last == merged.rend() ? merged.end() : last.base(), std::move(added));
  }
  into.insert(into.end(), merged.begin(), merged.end());
}

}  // namespace

bool same_lives(const Program& a, const Program& b) {
  if (a.cycles != b.cycles || a.death_attribute != b.death_attribute || a.first_dead_level != b.first_dead_level ||
      !std::ranges::equal(a.attributes, b.attributes, same_attribute))
    return false;
  return std::ranges::all_of(std::vector{Phase::start, Phase::point, Phase::cycle}, [&](Phase phase) {
    return std::ranges::equal(draws_of(a.steps(phase)), draws_of(b.steps(phase)), same_draw) &&
           goes_on(a.steps(phase)) == goes_on(b.steps(phase));
  });
}

Program with_amounts_of(const Program& run, const Program& prices) {
  Program merged = prices;
  for (const auto& [into, phase] :
       {std::pair(&merged.start, Phase::start), {&merged.point, Phase::point}, {&merged.cycle, Phase::cycle}}) {
    const auto counted = between_draws(run.steps(phase)), priced = between_draws(prices.steps(phase));
    const std::vector<const Step*> draws = draws_of(run.steps(phase));
    into->clear();
    for (std::size_t part = 0; part < counted.size(); ++part) {
      if (part > 0) into->push_back(*draws[part - 1]);
      exchange_accruals(counted[part], priced[part], *into);
    }
  }
  return merged;
}

double weighted_sum(const Weights& weights, const AmountsByTime& amounts) {
  return weights.start * amounts.start +
         std::inner_product(weights.point.begin(), weights.point.end(), amounts.point.begin(), 0.0) +
         std::inner_product(weights.event.begin(), weights.event.end(), amounts.event.begin(), 0.0);
}

OutcomeAmounts no_amounts(const Program& program) {
  const AmountsByTime none{0, std::vector<double>(program.cycles + std::size_t{1}),
                           std::vector<double>(program.cycles)};
  OutcomeAmounts amounts;
  for (const Outcome& outcome : program.outcomes)
    amounts.push_back(outcome.parts.empty() ? std::optional(none) : std::nullopt);
  return amounts;
}

Program with_covering_tallies(Program program, const Population& population) {
  for (std::vector<Step>* steps : {&program.start, &program.point, &program.cycle}) {
    // Those that read most first: their tallies cover others.
    for (std::size_t most = program.attributes.size() + 1; most-- > 0;) {
      for (std::size_t i = 0; i < steps->size(); ++i) {
        if (!std::holds_alternative<Accrual>((*steps)[i].action) || reads_of((*steps)[i]).size() != most) continue;
        const Entered entered{program, population};
        if (is_covered(entered, *steps, i)) continue;
        const Step& accrual = (*steps)[i];
        Step tally{"by " + accrual.name, accrual.guard, tally_beside(entered, accrual)};
        steps->insert(end_of_run(*steps, i), std::move(tally));
      }
    }
  }
  return program;
}

OutcomeAmounts amounts_from_tallies(const Program& program, const Population& population,
                                    const std::vector<std::vector<double>>& tallies) {
  const Entered entered{program, population};
  OutcomeAmounts amounts = no_amounts(program);
  for_each_accrual(program, tallies, [&](Phase phase, std::size_t place, const Accrual& accrual, const auto& counts) {
    std::optional<AmountsByTime>& of_outcome = amounts[accrual.outcome.value];
    if (!of_outcome) return;
    if (const Counts* found = counts_for(entered, phase, place, counts)) {
      add(entered, phase, accrual, *found, [&](std::size_t) -> AmountsByTime& { return *of_outcome; });
    } else {
      of_outcome.reset();
    }
  });
  return amounts;
}

std::vector<std::optional<AmountsByLevel>> amounts_by_level(const Program& program, const Population& population,
                                                            const std::vector<std::vector<double>>& tallies,
                                                            AttributeIndex attribute) {
  const Entered entered{program, population};
  const std::size_t levels = program.attributes[attribute.value].levels.size();
  std::vector<std::optional<AmountsByLevel>> amounts;
  for (const std::optional<AmountsByTime>& none : no_amounts(program))
    amounts.push_back(none ? std::optional(AmountsByLevel{std::vector(levels, *none), *none}) : std::nullopt);
  for_each_accrual(program, tallies, [&](Phase phase, std::size_t place, const Accrual& accrual, const auto& counts) {
    std::optional<AmountsByLevel>& of_outcome = amounts[accrual.outcome.value];
    if (!of_outcome) return;
    if (const Counts* by = counts_by(attribute, entered, phase, place, counts)) {
      const auto stride = static_cast<std::size_t>(std::ranges::find(by->reads, attribute, &Read::attribute)->stride);
      add(entered, phase, accrual, *by,
          [&](std::size_t cell) -> AmountsByTime& { return of_outcome->levels[cell / stride % levels]; });
    } else if (const Counts* found = counts_for(entered, phase, place, counts)) {
      add(entered, phase, accrual, *found, [&](std::size_t) -> AmountsByTime& { return of_outcome->not_told; });
    } else {
      of_outcome.reset();
    }
  });
  return amounts;
}

}  // namespace myelin::engine
