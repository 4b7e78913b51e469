#include "study/simulate.hpp"

#include <omp.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>

#include "core/contract.hpp"
#include "study/evaluation.hpp"
#include "study/sampler.hpp"

namespace myelin::study {

namespace {

using Clock = std::chrono::steady_clock;

/// Increments between expectations, which have no error.
std::vector<IncrementOutput> exact_increments(const std::vector<StrategyOutput>& strategies) {
  std::vector<IncrementOutput> increments;
  for (std::size_t strategy = 1; strategy < strategies.size(); ++strategy) {
    for (std::size_t versus = 0; versus < strategy; ++versus) {
      const std::vector<double>&a = strategies[strategy].outcomes.mean, &b = strategies[versus].outcomes.mean;
      IncrementOutput increment{strategy, versus, {a, std::vector<double>(a.size(), 0.0)}, 0};
      for (std::size_t i = 0; i < b.size(); ++i) increment.outcomes.mean[i] -= b[i];
      increments.push_back(std::move(increment));
    }
  }
  return increments;
}

}  // namespace

int available_threads() { return omp_get_max_threads(); }

std::vector<Program> covered(const std::vector<Program>& programs, const Population& population) {
  std::vector<Program> all;
  for (const Program& program : programs) all.push_back(engine::with_covering_tallies(program, population));
  return all;
}

std::optional<AnalysisOutput> sample(const Evaluation& evaluation, const Execution& execution) {
  return Sampler(evaluation, execution).run();
}

Result<std::vector<engine::Control>> make_controls(const Evaluation& evaluation, const Execution& execution) {
  std::vector<engine::Control> controls;
  Diagnostics problems;
  for (const Program& program : evaluation.programs) {
    std::vector<engine::ControlledSum> sums;
    for (const char* name : {"cost", "qaly", "life_years"}) {
      const auto found = std::ranges::find(program.outcomes, name, &Outcome::name);
      if (found == program.outcomes.end()) continue;
      // Costs and QALYs as they are discounted, life years as they are lived.
      const bool discounted = std::string_view(name) != "life_years" || !found->discounted();
      sums.push_back({{static_cast<std::size_t>(found - program.outcomes.begin())}, discounted});
    }
    auto made = engine::Control::make(program, evaluation.population, sums, program.left_out,
                                      {.state_limit = execution.cohort_state_limit});
    if (made) {
      controls.push_back(std::move(*made));
    } else {
      problems.insert(problems.end(), made.error().begin(), made.error().end());
    }
  }
  if (!problems.empty()) return tl::unexpected(problems);
  return controls;
}

Result<std::vector<engine::CohortEngine>> make_cohort_engines(const Evaluation& evaluation,
                                                              const Execution& execution) {
  std::vector<engine::CohortEngine> engines;
  Diagnostics problems;
  for (const Program& program : evaluation.programs) {
    auto made =
        engine::CohortEngine::make(program, evaluation.population, {.state_limit = execution.cohort_state_limit});
    if (made) {
      engines.push_back(std::move(*made));
    } else {
      problems.insert(problems.end(), made.error().begin(), made.error().end());
    }
  }
  if (!problems.empty()) return tl::unexpected(problems);
  return engines;
}

AnalysisOutput expect(const Evaluation& evaluation, const std::vector<engine::CohortEngine>& engines) {
  AnalysisOutput output;
  for (std::size_t i = 0; i < engines.size(); ++i) {
    engine::CohortResult result = engines[i].forward(evaluation.programs[i]);
    std::vector<double> no_error(result.means.size(), 0.0);
    output.strategies.push_back({{std::move(result.means), std::move(no_error)},
                                 std::move(result.tallies),
                                 std::move(result.amounts),
                                 engines[i].states()});
  }
  output.increments = exact_increments(output.strategies);
  return output;
}

void settle_engine(Plan& plan, const Execution& execution) {
  if (plan.engine != Engine::cohort || !plan.patients_if_too_large) return;
  const PlannedAnalysis& base = plan.analyses.front();
  const Evaluation evaluation{base.name, base.programs, base.population, {plan.seed}, {0}};
  if (make_cohort_engines(evaluation, execution)) return;
  plan.engine = Engine::microsimulation;
  plan.patients = *plan.patients_if_too_large;
}

std::vector<UnitName> units_of(const Plan& plan) {
  std::vector<UnitName> all;
  const auto add = [&](const std::string& analysis, std::uint64_t count, std::uint64_t a_unit) {
    for (std::uint64_t unit = 0; unit * a_unit < count; ++unit) all.push_back({analysis, unit});
  };
  for (const PlannedAnalysis& analysis : plan.analyses) {
    if (plan.engine == Engine::cohort) break;
    const std::uint64_t blocks = (plan.patients + engine::block_patients - 1) / engine::block_patients;
    add(analysis.name, blocks, blocks_a_unit(blocks, most_cycles_a_block(analysis.programs)));
  }
  if (plan.draws) add(probabilistic_name, plan.draws->draws(), draws_a_unit(plan.draws->draws()));
  return all;
}

Result<std::optional<AnalysisOutput>> simulate(const Plan& plan, const PlannedAnalysis& analysis,
                                               const Execution& execution) {
  const Clock::time_point begin = Clock::now();
  Evaluation evaluation{
      analysis.name,
      execution.count_for_pricing ? covered(analysis.programs, analysis.population) : analysis.programs,
      analysis.population,
      {plan.seed},
      {0},
      plan.patients,
      nullptr,
      plan.until};
  std::optional<AnalysisOutput> output;
  if (plan.engine == Engine::cohort && execution.share) return AnalysisOutput{};
  if (plan.engine == Engine::cohort) {
    const auto engines = make_cohort_engines(evaluation, execution);
    if (!engines) return tl::unexpected(engines.error());
    output = expect(evaluation, *engines);
  } else {
    Result<std::vector<engine::Control>> controls;
    if (plan.control) controls = make_controls(evaluation, execution);
    if (!controls) return tl::unexpected(controls.error());
    if (plan.control) evaluation.controls = &*controls;
    output = sample(evaluation, execution);
    evaluation.controls = nullptr;
  }
  if (!output || execution.share) return output;
  output->elapsed_seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  output->programs = std::move(evaluation.programs);
  return output;
}

}  // namespace myelin::study
