#include "results/reprice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "engine/amounts.hpp"
#include "program/timing_settings.hpp"
#include "results/collect.hpp"
#include "results/counted_lives.hpp"
#include "study/evaluation.hpp"

namespace myelin::results {

namespace {

constexpr double absent = std::numeric_limits<double>::quiet_NaN();

tl::unexpected<Diagnostics> refuse(const std::string& problem, const std::string& remedy) {
  return tl::unexpected(Diagnostics{{{"--set", 0, 0}, problem, remedy}});
}

/// One strategy as it was run and as it is priced now.
struct Pricing {
  const Population& population;
  Program before;  ///< with the tallies of the run
  Program now;     ///< with the same tallies
  bool mean_over_draws = false;
};

engine::OutcomeAmounts amounts_under(const Program& program, const Pricing& pricing, const StrategyResult& strategy) {
  return engine::amounts_from_tallies(program, pricing.population, tallies_of(strategy));
}

/// The amounts of the run, with what the new prices change; those of a mean over draws change by as much as at the
/// inputs' own values.
Result<engine::OutcomeAmounts> changed_amounts(const Pricing& pricing, const StrategyResult& strategy) {
  const engine::OutcomeAmounts before = amounts_under(pricing.before, pricing, strategy),
                               now = amounts_under(pricing.now, pricing, strategy);
  engine::OutcomeAmounts amounts = strategy.amounts;
  for (std::size_t outcome = 0; outcome < amounts.size(); ++outcome) {
    if (pricing.now.outcomes[outcome].parts.empty() && (!now[outcome] || !before[outcome] || !amounts[outcome])) {
      return refuse("the run did not tally when `" + pricing.now.outcomes[outcome].name + "` accrues",
                    "run the scenario again with the change");
    }
    if (!now[outcome]) continue;
    const auto change = [&](double& amount, double old_amount, double new_amount) {
      if (old_amount != new_amount) amount = pricing.mean_over_draws ? amount + (new_amount - old_amount) : new_amount;
    };
    change(amounts[outcome]->start, before[outcome]->start, now[outcome]->start);
    for (std::size_t t = 0; t < now[outcome]->point.size(); ++t)
      change(amounts[outcome]->point[t], before[outcome]->point[t], now[outcome]->point[t]);
    for (std::size_t t = 0; t < now[outcome]->event.size(); ++t)
      change(amounts[outcome]->event[t], before[outcome]->event[t], now[outcome]->event[t]);
  }
  return amounts;
}

/// Whether two weights count the amounts alike: where nothing accrues they may differ.
bool weigh_alike(const engine::AmountsByTime& amounts, const Weights& a, const Weights& b) {
  const auto alike = [](const std::vector<double>& all, const std::vector<double>& x, const std::vector<double>& y) {
    for (std::size_t t = 0; t < all.size(); ++t) {
      if (all[t] != 0 && x[t] != y[t]) return false;
    }
    return true;
  };
  return (amounts.start == 0 || a.start == b.start) && alike(amounts.point, a.point, b.point) &&
         alike(amounts.event, a.event, b.event);
}

bool same_amounts(const std::optional<engine::AmountsByTime>& a, const std::optional<engine::AmountsByTime>& b) {
  return a.has_value() == b.has_value() &&
         (!a || (a->start == b->start && a->point == b->point && a->event == b->event));
}

/// [outcome] whether the new prices leave it as it was.
std::vector<bool> unchanged(const Pricing& pricing, const StrategyResult& strategy,
                            const engine::OutcomeAmounts& amounts) {
  std::vector<bool> same;
  for (std::size_t i = 0; i < amounts.size(); ++i) {
    const Outcome &before = pricing.before.outcomes[i], &now = pricing.now.outcomes[i];
    const auto is_same = [&](OutcomeIndex part) { return same[part.value]; };
    same.push_back(now.parts.empty() ? same_amounts(strategy.amounts[i], amounts[i]) &&
                                           weigh_alike(*amounts[i], before.weights, now.weights) &&
                                           weigh_alike(*amounts[i], before.undiscounted, now.undiscounted)
                                     : before.parts == now.parts && std::ranges::all_of(now.parts, is_same));
  }
  return same;
}

double mean_over_draws(const std::vector<double>& values, std::size_t at, std::size_t stride) {
  double sum = 0;
  for (std::size_t i = at; i < values.size(); i += stride) sum += values[i];
  return sum / static_cast<double>(values.size() / stride);
}

/// Prices a strategy again; returns which outcomes stayed as they were.
Result<std::vector<bool>> price_strategy(const Pricing& pricing, bool exact, StrategyResult& strategy) {
  auto amounts = changed_amounts(pricing, strategy);
  if (!amounts) return tl::unexpected(amounts.error());
  const std::vector<bool> same = unchanged(pricing, strategy, *amounts);
  const std::size_t outcomes = same.size(), stride = outcomes * column_count;
  std::vector<double> mean(stride), error(stride, exact ? 0 : absent);
  for (std::size_t i = 0; i < outcomes; ++i) {
    const Outcome& outcome = pricing.now.outcomes[i];
    for (const std::size_t column : {discounted_column, undiscounted_column}) {
      const std::size_t at = i * column_count + column;
      if (same[i]) {
        mean[at] = mean_over_draws(strategy.mean, at, stride);
        if (strategy.mean.size() == stride) error[at] = strategy.standard_error[at];
      } else if (outcome.parts.empty()) {
        mean[at] =
            engine::weighted_sum(column == discounted_column ? outcome.weights : outcome.undiscounted, *(*amounts)[i]);
      } else {
        for (const OutcomeIndex part : outcome.parts) mean[at] += mean[part.value * column_count + column];
      }
    }
  }
  strategy.amounts = std::move(*amounts);
  strategy.mean = std::move(mean);
  strategy.standard_error = std::move(error);
  return same;
}

void price_increments(bool exact, const std::vector<std::vector<bool>>& same, AnalysisResult& analysis) {
  for (IncrementResult& increment : analysis.increments) {
    const auto& [s, versus] = increment.pair;
    for (std::size_t at = 0; at < increment.mean.size(); ++at) {
      const std::size_t outcome = at / column_count;
      if (same[s][outcome] && same[versus][outcome]) continue;
      increment.mean[at] = analysis.strategies[s].mean[at] - analysis.strategies[versus].mean[at];
      increment.standard_error[at] = exact ? 0 : absent;
      const std::string& name = analysis.outcomes[outcome].name;
      if (name == "cost" || name == "qaly") increment.cost_qaly_covariance = exact ? 0 : absent;
    }
  }
}

/// The programs of the strategies before and after, with the tallies of the run.
Result<std::vector<Pricing>> pricings(const study::PlannedAnalysis& before, const study::PlannedAnalysis& now,
                                      const AnalysisResult& analysis) {
  std::vector<Pricing> all;
  for (std::size_t s = 0; s < analysis.strategies.size(); ++s) {
    const StrategyResult& strategy = analysis.strategies[s];
    if (s >= before.programs.size() || table_digest(before.programs[s]) != strategy.table_digest) {
      return refuse(
          fmt::format("strategy `{}` is not what this version of the program makes of its scenario", strategy.name),
          "run the scenario again");
    }
    if (s >= now.programs.size() || now.strategies[s] != strategy.name ||
        !engine::same_lives(before.programs[s], now.programs[s]) ||
        !std::ranges::equal(before.programs[s].outcomes, now.programs[s].outcomes, {}, &Outcome::name,
                            &Outcome::name)) {
      return refuse(fmt::format("the change alters how patients live under `{}`, not only what it costs or is worth",
                                strategy.name),
                    "run the scenario again with the change: myelin run SCENARIO --set ...");
    }
    Program run = engine::with_covering_tallies(before.programs[s], before.population);
    Program priced = engine::with_amounts_of(run, now.programs[s]);
    all.push_back({before.population, std::move(run), std::move(priced), false});
  }
  return all;
}

Result<AnalysisResult> price_analysis(const AnalysisResult& analysis, const std::vector<Pricing>& all,
                                      const study::PlannedAnalysis& now, bool exact) {
  AnalysisResult priced = analysis;
  std::vector<std::vector<bool>> same;
  for (std::size_t s = 0; s < all.size(); ++s) {
    if (!counts_fit(all[s].before, analysis, analysis.strategies[s]))
      return refuse(
          fmt::format("what the run counted under `{}` is not what its scenario counts", analysis.strategies[s].name),
          "run the scenario again");
    Result<std::vector<bool>> kept = price_strategy(all[s], exact, priced.strategies[s]);
    if (!kept) return tl::unexpected(kept.error());
    same.push_back(std::move(*kept));
    priced.strategies[s].table_digest = table_digest(now.programs[s]);
  }
  price_increments(exact, same, priced);
  priced.timing = read_timing(now.scenario.parameters);
  priced.discount_cost = read_discount_cost(now.scenario.parameters);
  priced.discount_qaly = read_discount_qaly(now.scenario.parameters);
  return priced;
}

/// Puts the values of one draw of the run into a scenario's parameters, except where the user has set one.
void put_draw(const DrawnInputs& drawn, std::size_t draw, const std::set<std::string>& set_now,
              ParameterSet& parameters) {
  for (const ParameterSet::Number& number : parameters.numbers()) {
    const auto found = std::ranges::find(drawn.names, number.name);
    if (found == drawn.names.end() || set_now.contains(number.name)) continue;
    const auto input = static_cast<std::size_t>(found - drawn.names.begin());
    parameters.set(number.cell, drawn.values[draw * drawn.names.size() + input]);
  }
}

/// The accruals of a program by phase, guard, name, outcome and, of several, their number.
using AccrualKey = std::tuple<Phase, std::size_t, int, std::string, std::size_t, int>;
std::map<AccrualKey, const Accrual*> accruals_of(const Program& program) {
  std::map<AccrualKey, const Accrual*> all;
  for (const Phase phase : {Phase::start, Phase::point, Phase::cycle}) {
    for (const Step& step : program.steps(phase)) {
      const auto* accrual = std::get_if<Accrual>(&step.action);
      if (accrual == nullptr) continue;
      AccrualKey key{phase,
                     step.guard ? step.guard->attribute.value + 1 : 0,
                     step.guard ? step.guard->level : 0,
                     step.name,
                     accrual->outcome.value,
                     0};
      while (all.contains(key)) ++std::get<5>(key);
      all[key] = accrual;
    }
  }
  return all;
}

/// The amounts of one program less those of another, by accrual; one that a program lacks counts as 0.
std::map<AccrualKey, std::vector<double>> differences(const Program& now, const Program& before) {
  std::map<AccrualKey, std::vector<double>> all;
  for (const auto& [key, accrual] : accruals_of(now)) all[key] = accrual->amounts;
  for (const auto& [key, accrual] : accruals_of(before)) {
    std::vector<double>& difference = all[key];
    difference.resize(std::max(difference.size(), accrual->rows), 0.0);
    for (std::size_t row = 0; row < accrual->rows; ++row) difference[row] -= accrual->amounts[row];
  }
  std::erase_if(all, [](const auto& entry) {
    return std::ranges::all_of(entry.second, [](double amount) { return amount == 0; });
  });
  return all;
}

bool nearly_equal(const std::map<AccrualKey, std::vector<double>>& a,
                  const std::map<AccrualKey, std::vector<double>>& b) {
  constexpr double tolerance = 1e-9;
  const auto near = [](double x, double y) {
    return std::abs(x - y) <= tolerance * std::max(std::abs(x), std::abs(y));
  };
  return std::ranges::equal(a, b, [&](const auto& x, const auto& y) {
    return x.first == y.first && std::ranges::equal(x.second, y.second, near);
  });
}

/// Draws in which, between them, every drawn input has another value than in the base case.
std::set<std::size_t> telling_draws(const DrawnInputs& drawn, std::size_t draws,
                                    const std::vector<ParameterSet::Number>& base) {
  std::set<std::size_t> telling = {0, draws - 1};
  for (std::size_t input = 0; input < drawn.names.size(); ++input) {
    const auto number = std::ranges::find(base, drawn.names[input], &ParameterSet::Number::name);
    const auto differs = [&](std::size_t draw) {
      return number != base.end() && drawn.values[draw * drawn.names.size() + input] != number->value;
    };
    if (std::ranges::any_of(telling, differs)) continue;
    for (std::size_t draw = 0; draw < draws; ++draw) {
      if (!differs(draw)) continue;
      telling.insert(draw);
      break;
    }
  }
  return telling;
}

/// Whether the change of amounts is the same at the inputs' own values and in draws that move every input.
bool same_in_every_draw(const study::Plan& before, const study::Plan& now, const DrawnInputs& drawn,
                        std::size_t draws) {
  const study::PlannedAnalysis &old_base = before.analyses.front(), &new_base = now.analyses.front();
  ParameterSet old_parameters = old_base.scenario.parameters, new_parameters = new_base.scenario.parameters;
  const auto old_numbers = old_parameters.numbers(), new_numbers = new_parameters.numbers();
  std::set<std::string> set_now;
  for (std::size_t i = 0; i < std::min(old_numbers.size(), new_numbers.size()); ++i) {
    const bool same = old_numbers[i].name == new_numbers[i].name && old_numbers[i].value == new_numbers[i].value &&
                      old_numbers[i].provenance->source == new_numbers[i].provenance->source;
    if (!same) set_now.insert(new_numbers[i].name);
  }
  if (old_numbers.size() != new_numbers.size() ||
      std::ranges::any_of(drawn.names, [&](const std::string& name) { return set_now.contains(name); }))
    return false;
  for (const std::size_t draw : telling_draws(drawn, draws, old_base.scenario.parameters.numbers())) {
    put_draw(drawn, draw, set_now, old_parameters);
    put_draw(drawn, draw, set_now, new_parameters);
    for (std::size_t s = 0; s < old_base.strategies.size(); ++s) {
      const Result<Program> a = before.model->compile(old_parameters, old_base.strategies[s]),
                            b = now.model->compile(new_parameters, new_base.strategies[s]);
      if (!a || !b) return false;
      if (!nearly_equal(differences(*b, *a), differences(new_base.programs[s], old_base.programs[s]))) return false;
    }
  }
  return true;
}

void price_draws(const RunResults& run, const study::Plan& before, const study::Plan& now,
                 const std::vector<Pricing>& base, bool exact, Repriced& repriced) {
  const AnalysisResult& analysis = *run.probabilistic;
  repriced.run.probabilistic.reset();
  if (!same_in_every_draw(before, now, analysis.drawn, analysis.draws)) {
    repriced.remarks.push_back(
        "the change differs from draw to draw, so the probabilistic analysis is left out: it needs a new run");
    return;
  }
  std::vector<Pricing> over_draws = base;
  for (Pricing& pricing : over_draws) pricing.mean_over_draws = true;
  Result<AnalysisResult> priced = price_analysis(analysis, over_draws, now.analyses.front(), exact);
  if (!priced) {
    repriced.remarks.push_back("the probabilistic analysis is left out: " + priced.error().front().problem);
    return;
  }
  priced->draws = 1;
  priced->drawn = {};
  repriced.run.probabilistic = std::move(*priced);
  repriced.remarks.push_back(fmt::format(
      "of the probabilistic analysis the mean over its {} draws is priced again; their spread (acceptability, value of "
      "information, intervals) needs a new run",
      analysis.draws));
}

/// Whether other values of inputs still give what they gave in the run.
bool same_model(const study::PlannedAnalysis& before, const study::PlannedAnalysis& now) {
  const auto same_number = [](const ParameterSet::Number& a, const ParameterSet::Number& b) {
    return a.name == b.name && a.value == b.value;
  };
  return std::ranges::equal(before.scenario.parameters.numbers(), now.scenario.parameters.numbers(), same_number) &&
         std::ranges::equal(before.programs, now.programs, {}, table_digest, table_digest);
}

/// Whether nothing is priced anew: the change concerns what is asked of the run, such as thresholds.
bool same_programs(const RunResults& run, const study::Plan& now) {
  for (std::size_t i = 0; i < run.analyses.size(); ++i) {
    const std::vector<StrategyResult>& strategies = run.analyses[i].strategies;
    const std::vector<Program>& programs = now.analyses[i].programs;
    if (!std::ranges::equal(strategies, programs, {}, &StrategyResult::table_digest, table_digest)) return false;
  }
  return true;
}

}  // namespace

Result<study::Plan> plan_of_run(const RunResults& run, const std::vector<std::string>& more,
                                const study::Models& models, study::PlanRequest::Extent extent) {
  std::vector<scenario::File> files;
  const std::string folder = run.scenario_path.substr(0, run.scenario_path.find_last_of('/') + 1);
  for (const ScenarioFile& file : run.scenario_files)
    files.push_back({file.relative_path, folder + file.relative_path, file.text});
  study::PlanRequest request{scenario::Folder(std::move(files)), run.scenario_overrides, run.strategies_asked_for};
  request.overrides.insert(request.overrides.end(), more.begin(), more.end());
  request.extent = extent;
  return study::make_plan(request, models);
}

Result<Repriced> reprice(const RunResults& run, const study::Plan& now, const study::Models& models) {
  const Result<study::Plan> before = plan_of_run(run, {}, models);
  if (!before) return tl::unexpected(before.error());
  if (now.analyses.size() != run.analyses.size() || now.patients != before->patients || now.seed != before->seed ||
      now.engine != before->engine || now.until != before->until ||
      now.patients_per_draw != before->patients_per_draw) {
    return refuse("the change asks for another run, not for other prices", "run the scenario again with the change");
  }
  if (same_programs(run, now)) {
    Repriced unchanged{run, {}};
    describe_scenario(now, unchanged.run);
    return unchanged;
  }
  const bool exact = run.patients == 0;
  if (before->control && !exact) {
    return refuse("the run's costs and QALYs were controlled by martingales, which other prices would change",
                  "run the scenario again with the change");
  }
  Repriced repriced{run, {}};
  Diagnostics problems;
  std::vector<Pricing> base;
  for (std::size_t i = 0; i < run.analyses.size(); ++i) {
    Result<std::vector<Pricing>> all = pricings(before->analyses[i], now.analyses[i], run.analyses[i]);
    if (!all) return tl::unexpected(all.error());
    Result<AnalysisResult> priced = price_analysis(run.analyses[i], *all, now.analyses[i], exact);
    if (!priced) return tl::unexpected(priced.error());
    repriced.run.analyses[i] = std::move(*priced);
    if (i == 0) base = std::move(*all);
  }
  if (run.probabilistic) price_draws(run, *before, now, base, exact, repriced);
  if (run.sensitivity && !same_model(before->analyses.front(), now.analyses.front())) {
    repriced.run.sensitivity.reset();
    repriced.remarks.push_back("the deterministic sensitivity analyses are left out: they need a new run");
  }
  describe_scenario(now, repriced.run);
  if (!exact)
    repriced.remarks.push_back(
        "standard errors of what changed are left out: they need the patients, and so a new run");
  return repriced;
}

}  // namespace myelin::results
