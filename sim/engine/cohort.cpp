#include "engine/cohort.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <utility>

#include "core/contract.hpp"
#include "engine/cohort_slice.hpp"
#include "engine/conventions.hpp"

namespace myelin::engine {

std::vector<EntryGroup> group_entries(const Program& program, const Population& population) {
  const std::size_t attributes = program.attributes.size(), profiles = std::max<std::size_t>(1, population.profiles());
  std::map<std::vector<int>, std::map<std::vector<int>, double>> groups;
  for (std::size_t profile = 0; profile < profiles; ++profile) {
    std::vector<int> levels(attributes), clocks(attributes);
    for (std::size_t i = 0; i < attributes; ++i) {
      levels[i] = std::max(0, program.attributes[i].initial);
      const auto named = std::ranges::find(population.attributes, program.attributes[i].name);
      if (named != population.attributes.end()) {
        levels[i] = population.levels[profile * population.attributes.size() +
                                      static_cast<std::size_t>(named - population.attributes.begin())];
      }
      if (program.attributes[i].kind == AttributeKind::clock) clocks[i] = std::exchange(levels[i], 0);
    }
    groups[clocks][levels] += 1.0 / static_cast<double>(profiles);
  }
  std::vector<EntryGroup> entries;
  for (const auto& [clocks, members] : groups) {
    entries.push_back({clocks, {members.begin(), members.end()}});
  }
  return entries;
}

std::vector<bool> dependencies(const Program& program, const Step& consumer) {
  std::vector<bool> needed(program.attributes.size(), false);
  const auto need = [&](const Step& step) {
    if (step.guard) needed[step.guard->attribute.value] = true;
    for (const Read& read : reads_of(step)) needed[read.attribute.value] = true;
  };
  need(consumer);
  needed[program.death_attribute.value] = true;
  for (std::vector<bool> before; before != needed;) {
    before = needed;
    for (const Phase phase : {Phase::start, Phase::cycle}) {
      for (const Step& step : program.steps(phase)) {
        const auto* draw = std::get_if<Draw>(&step.action);
        if (draw == nullptr) continue;
        if (std::ranges::any_of(draw->writes, [&](AttributeIndex write) { return needed[write.value]; })) need(step);
      }
    }
  }
  return needed;
}

std::vector<bool> with_parts(const Program& program, OutcomeIndex outcome) {
  std::vector<bool> with(program.outcomes.size());
  with[outcome.value] = true;
  for (std::size_t i = program.outcomes.size(); i-- > 0;) {  // parts stand before their totals
    if (!with[i]) continue;
    for (const OutcomeIndex part : program.outcomes[i].parts) {
      MYELIN_EXPECT(!with[part.value]);  // a part counted twice would need a weight
      with[part.value] = true;
    }
  }
  return with;
}

namespace {

constexpr double unwanted = std::numeric_limits<double>::quiet_NaN();

/// [outcome] whether it is wanted, or part of one that is.
std::vector<bool> wanted_outcomes(const Program& program, const std::vector<OutcomeIndex>& outcomes) {
  std::vector<bool> wanted(program.outcomes.size(), outcomes.empty());
  for (const OutcomeIndex outcome : outcomes) {
    const std::vector<bool> parts = with_parts(program, outcome);
    for (std::size_t i = 0; i < wanted.size(); ++i) wanted[i] = wanted[i] || parts[i];
  }
  return wanted;
}

/// The slices of a program: the largest sets of dependencies, each with the accruals and tallies that it can serve.
std::vector<SlicePlan> plan_slices(const Program& program, const CohortOptions& options) {
  const std::vector<bool> wanted_outcome = wanted_outcomes(program, options.outcomes);
  std::vector<SlicePlan> wanted;
  for (const Phase phase : {Phase::start, Phase::point, Phase::cycle}) {
    const std::vector<Step>& steps = program.steps(phase);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (std::holds_alternative<Draw>(steps[i].action)) continue;
      const auto* accrual = std::get_if<Accrual>(&steps[i].action);
      if (accrual == nullptr ? !options.outcomes.empty() : !wanted_outcome[accrual->outcome.value]) continue;
      wanted.push_back(
          {options.slice ? dependencies(program, steps[i]) : std::vector<bool>(program.attributes.size(), true),
           {{phase, i}}});
    }
  }
  const auto size = [](const SlicePlan& plan) { return std::ranges::count(plan.attributes, true); };
  std::ranges::stable_sort(wanted, [&](const SlicePlan& a, const SlicePlan& b) { return size(a) > size(b); });
  std::vector<SlicePlan> plans;
  for (const SlicePlan& want : wanted) {
    const auto serves = [&](const SlicePlan& plan) {
      for (std::size_t i = 0; i < want.attributes.size(); ++i) {
        if (want.attributes[i] && !plan.attributes[i]) return false;
      }
      return true;
    };
    const auto found = std::ranges::find_if(plans, serves);
    if (found == plans.end()) {
      plans.push_back(want);
    } else {
      found->consumers.push_back(want.consumers.front());
    }
  }
  return plans;
}

bool same_reads(const std::vector<Read>& a, const std::vector<Read>& b) {
  return std::ranges::equal(a, b, [](const Read& one, const Read& other) {
    return one.attribute == other.attribute && one.stride == other.stride;
  });
}

std::size_t table_rows(const Step& step) {
  if (const auto* draw = std::get_if<Draw>(&step.action)) return draw->rows;
  if (const auto* accrual = std::get_if<Accrual>(&step.action)) return accrual->rows;
  return std::get<Tally>(step.action).cells;
}

bool same_step(const Step& a, const Step& b) {
  const auto *draw = std::get_if<Draw>(&a.action), *other_draw = std::get_if<Draw>(&b.action);
  const auto *accrual = std::get_if<Accrual>(&a.action), *other_accrual = std::get_if<Accrual>(&b.action);
  return a.action.index() == b.action.index() && a.guard == b.guard && same_reads(reads_of(a), reads_of(b)) &&
         table_rows(a) == table_rows(b) && (draw == nullptr || draw->writes == other_draw->writes) &&
         (accrual == nullptr || accrual->outcome == other_accrual->outcome);
}

/// Whether two programs differ in the numbers of their tables alone.
bool same_structure(const Program& a, const Program& b) {
  const auto same_attribute = [](const Attribute& one, const Attribute& other) {
    return one.kind == other.kind && one.levels.size() == other.levels.size() && one.initial == other.initial &&
           one.clock_offset == other.clock_offset;
  };
  return a.cycles == b.cycles && a.outcomes.size() == b.outcomes.size() && a.death_attribute == b.death_attribute &&
         a.first_dead_level == b.first_dead_level && std::ranges::equal(a.attributes, b.attributes, same_attribute) &&
         std::ranges::all_of(std::array{Phase::start, Phase::point, Phase::cycle}, [&](Phase phase) {
           return std::ranges::equal(a.steps(phase), b.steps(phase), same_step);
         });
}

/// A program without the numbers of its tables.
Program without_numbers(Program program) {
  for (std::vector<Step>* steps : {&program.start, &program.point, &program.cycle}) {
    for (Step& step : *steps) {
      if (auto* draw = std::get_if<Draw>(&step.action)) {
        draw->cumulative.clear();
        draw->levels.clear();
      } else if (auto* accrual = std::get_if<Accrual>(&step.action)) {
        accrual->amounts.clear();
      }
    }
  }
  return program;
}

void add_totals(const Program& program, std::vector<double>& means) {
  for (std::size_t outcome = 0; outcome < program.outcomes.size(); ++outcome) {
    for (const OutcomeIndex part : program.outcomes[outcome].parts) {
      for (std::size_t column = 0; column < columns; ++column)
        means[outcome * columns + column] += means[part.value * columns + column];
    }
  }
}

}  // namespace

CohortEngine::CohortEngine() = default;
CohortEngine::CohortEngine(CohortEngine&&) noexcept = default;
CohortEngine& CohortEngine::operator=(CohortEngine&&) noexcept = default;
CohortEngine::~CohortEngine() = default;

Result<CohortEngine> CohortEngine::make(const Program& program, const Population& population,
                                        const CohortOptions& options) {
  CohortEngine engine;
  engine.outcomes_ = options.outcomes;
  engine.population_ = population;
  engine.structure_ = without_numbers(program);
  const std::vector<EntryGroup> entries = group_entries(program, population);
  for (const SlicePlan& plan : plan_slices(program, options)) {
    Result<CohortSlice> slice = CohortSlice::make(program, plan, entries, options);
    if (!slice) return tl::unexpected(slice.error());
    engine.slices_.push_back(std::move(*slice));
  }
  return engine;
}

std::uint64_t CohortEngine::states() const {
  std::uint64_t states = 0;
  for (const CohortSlice& slice : slices_) states += slice.states();
  return states;
}

std::size_t CohortEngine::slices() const { return slices_.size(); }

bool CohortEngine::covers(const Program& program) const {
  if (!same_structure(program, structure_)) return false;
  const std::vector<EntryGroup> entries = group_entries(program, population_);
  return std::ranges::all_of(slices_, [&](const CohortSlice& slice) { return slice.covers(program, entries); });
}

CohortResult CohortEngine::forward(const Program& program) const {
  CohortResult result;
  result.means.assign(program.outcomes.size() * columns, 0.0);
  result.amounts = no_amounts(program);
  for (const Phase phase : {Phase::start, Phase::point, Phase::cycle}) {
    for (const Step& step : program.steps(phase)) {
      if (const auto* tally = std::get_if<Tally>(&step.action)) {
        result.tallies.emplace_back(tallies() ? tally->cells * tally_times(phase, program.cycles) : 0);
      }
    }
  }
  const std::vector<EntryGroup> entries = group_entries(program, population_);
  for (const CohortSlice& slice : slices_) slice.forward(program, entries, result);
  add_totals(program, result.means);
  const std::vector<bool> wanted = wanted_outcomes(program, outcomes_);
  for (std::size_t outcome = 0; outcome < wanted.size(); ++outcome) {
    if (wanted[outcome]) continue;
    result.amounts[outcome].reset();
    for (std::size_t column = 0; column < columns; ++column) result.means[outcome * columns + column] = unwanted;
  }
  return result;
}

std::vector<double> CohortEngine::backward(const Program& program) const {
  std::vector<OutcomeIndex> outcomes = outcomes_;
  for (std::size_t i = 0; i < program.outcomes.size() && outcomes_.empty(); ++i) {
    if (program.outcomes[i].parts.empty()) outcomes.push_back(OutcomeIndex{i});
  }
  std::vector<OutcomeSum> sums;
  std::vector<std::size_t> indices;  // [sum] of the means
  for (const OutcomeIndex outcome : outcomes) {
    for (std::size_t column = 0; column < (program.outcomes[outcome.value].discounted() ? columns : 1); ++column) {
      sums.push_back({with_parts(program, outcome), column});
      indices.push_back(outcome.value * columns + column);
    }
  }
  std::vector<double> of_sums(sums.size());
  const std::vector<EntryGroup> entries = group_entries(program, population_);
  for (const CohortSlice& slice : slices_) slice.backward(program, entries, sums, of_sums);
  std::vector<double> means(program.outcomes.size() * columns, outcomes_.empty() ? 0.0 : unwanted);
  for (std::size_t i = 0; i < of_sums.size(); ++i) means[indices[i]] = of_sums[i];
  for (const OutcomeIndex outcome : outcomes) {
    double* mean = &means[outcome.value * columns];
    if (!program.outcomes[outcome.value].discounted()) mean[1] = mean[0];
  }
  if (outcomes_.empty()) add_totals(program, means);
  return means;
}

}  // namespace myelin::engine
