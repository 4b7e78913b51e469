#include "study/simulate.hpp"

#include <omp.h>

#include <algorithm>
#include <chrono>

#include "core/contract.hpp"
#include "engine/microsimulation.hpp"
#include "study/evaluation.hpp"

namespace myelin::study {

namespace {

using Clock = std::chrono::steady_clock;

/// Blocks simulated between two looks at progress and interruption; they are folded in order, so that memory stays
/// bounded.
constexpr std::uint64_t batch_blocks = 64;

OutcomeIndex find_outcome(const Program& program, const char* name) {
  const auto found = std::ranges::find(program.outcomes, name, &Outcome::name);
  MYELIN_EXPECT(found != program.outcomes.end());
  return {static_cast<std::size_t>(found - program.outcomes.begin())};
}

Estimates estimates_of(const std::vector<engine::Moments>& moments, std::size_t first, std::size_t count) {
  Estimates estimates;
  for (std::size_t i = first; i < first + count; ++i) {
    estimates.mean.push_back(moments[i].mean);
    estimates.standard_error.push_back(moments[i].standard_error());
  }
  return estimates;
}

/// Counts of a prepared program, laid one tally after the other, as patients per patient.
std::vector<std::vector<double>> split_tallies(const Program& program, const std::vector<std::uint64_t>& counts,
                                               std::uint64_t patients) {
  std::vector<std::vector<double>> tallies;
  auto next = counts.begin();
  for (const Phase phase : {Phase::start, Phase::point, Phase::cycle}) {
    for (const Step& step : program.steps(phase)) {
      const auto* tally = std::get_if<Tally>(&step.action);
      if (tally == nullptr) continue;
      std::vector<double>& values = tallies.emplace_back();
      const std::size_t size = tally->cells * engine::tally_times(phase, program.cycles);
      for (std::size_t i = 0; i < size; ++i)
        values.push_back(static_cast<double>(*next++) / static_cast<double>(patients));
    }
  }
  return tallies;
}

class Sampler {
 public:
  Sampler(const Evaluation& evaluation, const Execution& execution)
      : evaluation_(evaluation),
        execution_(execution),
        simulation_(
            pointers(evaluation.programs), evaluation.population,
            {find_outcome(evaluation.programs.front(), "cost"), find_outcome(evaluation.programs.front(), "qaly")},
            {.seed = evaluation.seed,
             .noise = evaluation.noise,
             .patients = evaluation.patients,
             .instruction_set = execution.instruction_set}) {
    for (int thread = 0; thread < execution.threads; ++thread) workspaces_.push_back(simulation_.make_workspace());
  }

  std::optional<AnalysisOutput> run() {
    const Clock::time_point begin = Clock::now();
    engine::TreeFold<engine::PatientSums> fold;
    const std::uint64_t blocks = simulation_.blocks();
    for (std::uint64_t first = 0; first < blocks; first += batch_blocks) {
      if (execution_.interrupted != nullptr && execution_.interrupted->load()) return std::nullopt;
      std::vector<engine::PatientSums> sums(std::min(batch_blocks, blocks - first), simulation_.make_sums());
      simulate_blocks(first, sums);
      for (engine::PatientSums& each : sums) fold.push(std::move(each));
      report(first + sums.size(), begin);
    }
    return output(fold.result(), begin);
  }

 private:
  static std::vector<const Program*> pointers(const std::vector<Program>& programs) {
    std::vector<const Program*> all;
    for (const Program& program : programs) all.push_back(&program);
    return all;
  }

  /// The only parallel loop of myelin. Each block writes its own place, so that neither the number of threads nor their
  /// order shows.
  void simulate_blocks(std::uint64_t first, std::vector<engine::PatientSums>& sums) {
    const auto count = static_cast<std::int64_t>(sums.size());
#pragma omp parallel for schedule(dynamic) num_threads(execution_.threads)
    for (std::int64_t i = 0; i < count; ++i) {
      simulation_.simulate(first + static_cast<std::uint64_t>(i),
                           workspaces_[static_cast<std::size_t>(omp_get_thread_num())],
                           sums[static_cast<std::size_t>(i)]);
    }
  }

  std::uint64_t patient_cycles() const {
    std::uint64_t cycles = 0;
    for (const auto& workspace : workspaces_) cycles += workspace.patient_cycles;
    return cycles;
  }

  static double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
  }

  void report(std::uint64_t blocks_done, Clock::time_point begin) const {
    if (!execution_.report) return;
    const std::uint64_t patients = simulation_.options().patients;
    execution_.report({evaluation_.name, std::min(patients, blocks_done * engine::block_patients), patients,
                       patient_cycles(), seconds_since(begin)});
  }

  AnalysisOutput output(const engine::PatientSums& sums, Clock::time_point begin) const {
    AnalysisOutput output;
    const std::size_t values = simulation_.outcomes() * engine::columns;
    std::size_t pair = 0;
    for (std::size_t strategy = 0; strategy < evaluation_.programs.size(); ++strategy) {
      std::vector<std::uint64_t> counts(simulation_.programs()[strategy].counts);
      for (const auto& workspace : workspaces_) {
        for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += workspace.counts[strategy][i];
      }
      const Program& program = evaluation_.programs[strategy];
      std::vector<std::vector<double>> tallies = split_tallies(program, counts, simulation_.options().patients);
      engine::OutcomeAmounts amounts = engine::amounts_from_tallies(program, evaluation_.population, tallies);
      output.strategies.push_back(
          {estimates_of(sums.outcomes, strategy * values, values), std::move(tallies), std::move(amounts), 0});
      for (std::size_t versus = 0; versus < strategy; ++versus, ++pair) {
        output.increments.push_back({strategy, versus, estimates_of(sums.increments, pair * values, values),
                                     sums.joint[pair].covariance_of_means()});
      }
    }
    output.patient_cycles = patient_cycles();
    output.elapsed_seconds = seconds_since(begin);
    return output;
  }

  const Evaluation& evaluation_;
  const Execution& execution_;
  engine::Microsimulation simulation_;
  std::vector<engine::Microsimulation::Workspace> workspaces_;
};

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

Result<std::optional<AnalysisOutput>> simulate(const Plan& plan, const PlannedAnalysis& analysis,
                                               const Execution& execution) {
  const Clock::time_point begin = Clock::now();
  Evaluation evaluation{
      analysis.name,
      execution.count_for_pricing ? covered(analysis.programs, analysis.population) : analysis.programs,
      analysis.population,
      {plan.seed},
      {0},
      plan.patients};
  std::optional<AnalysisOutput> output;
  if (plan.engine == Engine::cohort) {
    const auto engines = make_cohort_engines(evaluation, execution);
    if (!engines) return tl::unexpected(engines.error());
    output = expect(evaluation, *engines);
  } else {
    output = sample(evaluation, execution);
  }
  if (!output) return output;
  output->elapsed_seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  output->programs = std::move(evaluation.programs);
  return output;
}

}  // namespace myelin::study
