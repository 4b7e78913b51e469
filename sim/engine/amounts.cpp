#include "engine/amounts.hpp"

#include <algorithm>

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

void add(const Entered& entered, Phase phase, const Accrual& accrual, const Counts& counts, AmountsByTime& amounts) {
  for (std::uint32_t time = 0; time < tally_times(phase, entered.program.cycles); ++time) {
    for (std::size_t cell = 0; cell < counts.cells; ++cell) {
      const double patients = counts.per_patient[time * counts.cells + cell];
      if (patients == 0) continue;
      amounts.at(phase, time) += patients * accrual.amounts[row_in_cell(entered, accrual, counts.reads, cell, time)];
    }
  }
}

}  // namespace

OutcomeAmounts no_amounts(const Program& program) {
  const AmountsByTime none{0, std::vector<double>(program.cycles + std::size_t{1}),
                           std::vector<double>(program.cycles)};
  OutcomeAmounts amounts;
  for (const Outcome& outcome : program.outcomes)
    amounts.push_back(outcome.parts.empty() ? std::optional(none) : std::nullopt);
  return amounts;
}

OutcomeAmounts amounts_from_tallies(const Program& program, const Population& population,
                                    const std::vector<std::vector<double>>& tallies) {
  const Entered entered{program, population};
  OutcomeAmounts amounts = no_amounts(program);
  auto next = tallies.begin();
  for (const Phase phase : {Phase::start, Phase::point, Phase::cycle}) {
    const std::vector<Step>& steps = program.steps(phase);
    const std::vector<std::optional<Counts>> counts = counts_of(steps, next);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const auto* accrual = std::get_if<Accrual>(&steps[i].action);
      if (accrual == nullptr || !amounts[accrual->outcome.value]) continue;
      std::optional<AmountsByTime>& of_outcome = amounts[accrual->outcome.value];
      if (const Counts* found = counts_for(entered, phase, i, counts)) {
        add(entered, phase, *accrual, *found, *of_outcome);
      } else {
        of_outcome.reset();
      }
    }
  }
  return amounts;
}

}  // namespace myelin::engine
