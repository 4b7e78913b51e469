#pragma once

#include <cstdint>

#include "results/types.hpp"

/// \file
/// A walk over every field of a run.

namespace myelin::results::test {

/// Whether a field of a run belongs to its digest.
enum class Counts { yes, no };

/// Calls `f(field, Counts)` for a list's length, as a temporary, and its items.
template <class List, class F>
void for_each_item(List& values, Counts counts, F f) {
  std::size_t size = values.size();
  f(size, Counts::no);
  for (auto& value : values) f(value, counts);
}

template <class Strategy, class F>
void for_each_field_of_strategy(Strategy& strategy, F f) {
  f(strategy.name, Counts::yes);
  f(strategy.label, Counts::no);
  f(strategy.table_digest, Counts::no);
  f(strategy.cohort_states, Counts::yes);
  for_each_item(strategy.mean, Counts::yes, f);
  for_each_item(strategy.standard_error, Counts::yes, f);
  for (auto& amounts : strategy.amounts) {
    std::uint64_t known = amounts.has_value();
    f(known, Counts::no);
    if (!amounts) continue;
    f(amounts->start, Counts::yes);
    for (auto* values : {&amounts->point, &amounts->event}) for_each_item(*values, Counts::yes, f);
  }
  for (auto& tally : strategy.tallies) {
    f(tally.name, Counts::yes);
    f(tally.description, Counts::no);
    f(tally.time_axis, Counts::yes);
    for_each_item(tally.attributes, Counts::yes, f);
    for (auto& levels : tally.levels) for_each_item(levels, Counts::yes, f);
    f(tally.times, Counts::yes);
    f(tally.cells, Counts::yes);
    for_each_item(tally.per_patient, Counts::yes, f);
  }
}

template <class Analysis, class F>
void for_each_field_of_timing(Analysis& analysis, F f) {
  std::uint64_t cycles = analysis.timing.cycles, discounting = static_cast<std::uint64_t>(analysis.timing.discounting),
                correction = static_cast<std::uint64_t>(analysis.timing.correction);
  for (auto* number : {&cycles, &discounting, &correction}) f(*number, Counts::no);
  f(analysis.timing.cycle_length.value, Counts::no);
  for_each_item(analysis.timing.custom_weights, Counts::no, f);
  for (auto* rate : {&analysis.discount_cost, &analysis.discount_qaly}) {
    std::uint64_t steps = rate->steps.size(), compounded = rate->compounded;
    f(steps, Counts::no);
    f(compounded, Counts::no);
    for (auto& step : rate->steps) {
      f(step.from.value, Counts::no);
      f(step.rate_per_year, Counts::no);
    }
  }
}

template <class Analysis, class F>
void for_each_field_of_analysis(Analysis& analysis, F f) {
  f(analysis.name, Counts::yes);
  for_each_item(analysis.overrides, Counts::no, f);
  f(analysis.draws, Counts::yes);
  for_each_item(analysis.drawn.names, Counts::yes, f);
  for_each_item(analysis.drawn.values, Counts::yes, f);
  for_each_item(analysis.drawn.expectations, Counts::yes, f);
  for_each_item(analysis.drawn.variances, Counts::yes, f);
  f(analysis.patients, Counts::no);
  for (auto& outcome : analysis.outcomes) {
    f(outcome.name, Counts::yes);
    f(outcome.unit, Counts::yes);
    f(outcome.description, Counts::no);
    std::uint64_t discounted_as = static_cast<std::uint64_t>(outcome.discounted_as),
                  event_weight = static_cast<std::uint64_t>(outcome.event_weight),
                  state_weight = static_cast<std::uint64_t>(outcome.state_weight);
    for (auto* number : {&discounted_as, &event_weight, &state_weight}) f(*number, Counts::no);
    for_each_item(outcome.parts, Counts::no, f);
  }
  for_each_field_of_timing(analysis, f);
  for (auto& strategy : analysis.strategies) for_each_field_of_strategy(strategy, f);
  for (auto& increment : analysis.increments) {
    f(increment.pair.strategy, Counts::yes);
    f(increment.pair.versus, Counts::yes);
    for_each_item(increment.mean, Counts::yes, f);
    for_each_item(increment.standard_error, Counts::yes, f);
    f(increment.cost_qaly_covariance, Counts::yes);
  }
}

template <class Outcomes, class F>
void for_each_field_of_outcomes(Outcomes& outcomes, F f) {
  for (auto* values : {&outcomes.cost, &outcomes.qaly}) for_each_item(*values, Counts::yes, f);
}

template <class Input, class F>
void for_each_field_of_moved(Input& input, F f) {
  f(input.name, Counts::yes);
  f(input.unit, Counts::yes);
  f(input.base, Counts::yes);
}

template <class Search, class F>
void for_each_field_of_threshold(Search& search, F f) {
  f(search.name, Counts::yes);
  for_each_field_of_moved(search.input, f);
  f(search.strategy, Counts::yes);
  std::uint64_t given = search.versus.has_value();
  f(given, Counts::no);
  if (search.versus) f(*search.versus, Counts::yes);
  f(search.low, Counts::yes);
  f(search.high, Counts::yes);
  f(search.evaluations, Counts::no);
  for (auto& at : search.thresholds) {
    f(at.threshold, Counts::yes);
    for (auto* values : {&at.value, &at.tolerance}) for_each_item(*values, Counts::yes, f);
    for (const Better each : at.better) {
      std::uint64_t better = static_cast<std::uint64_t>(each);
      f(better, Counts::no);
    }
  }
}

template <class Sensitivity, class F>
void for_each_field_of_sensitivity(Sensitivity& sensitivity, F f) {
  f(sensitivity.engine, Counts::no);
  for_each_field_of_outcomes(sensitivity.base, f);
  for (auto& bar : sensitivity.one_way) {
    f(bar.name, Counts::yes);
    for (auto& range : bar.ranges) {
      for_each_field_of_moved(range.input, f);
      f(range.low, Counts::yes);
      f(range.high, Counts::yes);
    }
    for_each_field_of_outcomes(bar.at_low, f);
    for_each_field_of_outcomes(bar.at_high, f);
  }
  for (auto& input : sensitivity.left_out) {
    f(input.name, Counts::yes);
    f(input.reason, Counts::no);
  }
  for (auto& grid : sensitivity.two_way) {
    f(grid.name, Counts::yes);
    for (auto* axis : {&grid.x, &grid.y}) {
      for_each_field_of_moved(axis->input, f);
      for_each_item(axis->values, Counts::yes, f);
    }
    for (auto& outcomes : grid.outcomes) for_each_field_of_outcomes(outcomes, f);
  }
  for (auto& search : sensitivity.threshold) for_each_field_of_threshold(search, f);
}

template <class Run, class F>
void for_each_field_of_scenario(Run& run, F f) {
  for (auto* text : {&run.scenario_path, &run.scenario_text, &run.scenario_sha256}) f(*text, Counts::no);
  for (auto& file : run.scenario_files) {
    f(file.relative_path, Counts::no);
    f(file.text, Counts::no);
  }
  for_each_item(run.scenario_overrides, Counts::no, f);
  for_each_item(run.strategies_asked_for, Counts::no, f);
  for (auto& setting : run.settings) {
    f(setting.key, Counts::no);
    f(setting.value, Counts::no);
    std::uint64_t kind = static_cast<std::uint64_t>(setting.kind);
    f(kind, Counts::no);
  }
  for (auto& input : run.inputs) {
    auto& p = input.provenance;
    f(input.value, Counts::no);
    for (auto* text : {&input.path, &input.unit, &p.source, &p.grade, &p.distribution, &p.note}) f(*text, Counts::no);
    for (auto* bound : {&p.low, &p.high}) {
      std::uint64_t given = bound->has_value();
      f(given, Counts::no);
      if (given) f(**bound, Counts::no);
    }
  }
}

/// Calls `f(field, Counts)` for every text, number and length of a run; lengths as a temporary.
template <class Run, class F>
void for_each_field(Run& run, F f) {
  for_each_field_of_scenario(run, f);
  for (auto* text : {&run.title, &run.model, &run.engine, &run.currency, &run.price_year}) f(*text, Counts::no);
  f(run.patients, Counts::no);
  f(run.seed, Counts::no);
  f(run.cycle_length_years, Counts::no);
  for_each_item(run.thresholds, Counts::no, f);
  for (auto& analysis : run.analyses) for_each_field_of_analysis(analysis, f);
  std::uint64_t probabilistic = run.probabilistic.has_value();
  f(probabilistic, Counts::no);
  if (run.probabilistic) for_each_field_of_analysis(*run.probabilistic, f);
  if (run.sensitivity) for_each_field_of_sensitivity(*run.sensitivity, f);
}

}  // namespace myelin::results::test
