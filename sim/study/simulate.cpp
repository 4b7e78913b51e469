#include "study/simulate.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "core/contract.hpp"
#include "engine/microsimulation.hpp"
#include "study/evaluation.hpp"

namespace myelin::study {

namespace {

using Clock = std::chrono::steady_clock;

/// Blocks simulated between two looks at progress and interruption; they are folded in order, so that memory stays
/// bounded.
constexpr std::uint64_t batch_blocks = 64;

/// Blocks before the first look at a precision: their errors are then known to a few per cent.
constexpr std::uint64_t pilot_blocks = 8;

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
            programs_of(evaluation), evaluation.population,
            {find_outcome(evaluation.programs.front(), "cost"), find_outcome(evaluation.programs.front(), "qaly")},
            {.seed = evaluation.seed,
             .noise = evaluation.noise,
             .patients = evaluation.patients,
             .instruction_set = execution.instruction_set,
             .controls = pointers(evaluation.controls)}) {
    for (int thread = 0; thread < execution.threads; ++thread) workspaces_.push_back(simulation_.make_workspace());
  }

  std::optional<AnalysisOutput> run() {
    const Clock::time_point begin = Clock::now();
    engine::TreeFold<engine::PatientSums> fold;
    std::uint64_t done = 0;
    for (std::uint64_t stop = first_stop(); done < stop; stop = next_stop(done, fold.result())) {
      while (done < stop) {
        if (execution_.interrupted != nullptr && execution_.interrupted->load()) return std::nullopt;
        std::vector<engine::PatientSums> sums(std::min(batch_blocks, stop - done), simulation_.make_sums());
        simulate_blocks(done, sums);
        for (engine::PatientSums& each : sums) fold.push(std::move(each));
        done += sums.size();
        report(done, stop, begin);
      }
    }
    return output(fold.result(), done, begin);
  }

 private:
  static std::vector<const Program*> programs_of(const Evaluation& evaluation) {
    std::vector<const Program*> all;
    for (std::size_t i = 0; i < evaluation.programs.size(); ++i)
      all.push_back(evaluation.controls == nullptr ? &evaluation.programs[i] : &(*evaluation.controls)[i].program());
    return all;
  }

  static std::vector<const engine::Control*> pointers(const std::vector<engine::Control>* controls) {
    std::vector<const engine::Control*> all;
    for (std::size_t i = 0; controls != nullptr && i < controls->size(); ++i) all.push_back(&(*controls)[i]);
    return all;
  }

  std::uint64_t patients_of(std::uint64_t blocks) const {
    return std::min(evaluation_.patients, blocks * engine::block_patients);
  }

  /// The next number of blocks in which a population's profiles come round whole.
  std::uint64_t whole_rounds(double blocks) const {
    const std::uint64_t profiles = std::max<std::uint64_t>(1, evaluation_.population.profiles()),
                        round = std::lcm(profiles, engine::block_patients) / engine::block_patients;
    const double rounds = std::ceil(blocks / static_cast<double>(round)),
                 most = static_cast<double>(simulation_.blocks());
    return rounds * static_cast<double>(round) >= most ? simulation_.blocks()
                                                       : static_cast<std::uint64_t>(rounds) * round;
  }

  std::uint64_t first_stop() const {
    return evaluation_.until.empty() ? simulation_.blocks() : whole_rounds(pilot_blocks);
  }

  /// Up to where to go on: `done` where the precision is reached. What patients sum to decides, so that neither threads
  /// nor time do. A far goal is approached in two steps, since the first guess of its distance is a rough one.
  std::uint64_t next_stop(std::uint64_t done, const engine::PatientSums& sums) const {
    const double needed = patients_needed(evaluation_.until, evaluation_.programs.front().outcomes, sums);
    if (needed <= 1) return done;
    constexpr double far = 2, first_step = 0.8;
    const double blocks = static_cast<double>(done) * (needed > far ? std::max(far, first_step * needed) : needed);
    return std::max(done, whole_rounds(std::max(blocks, static_cast<double>(done) + 1)));
  }

  /// Each block writes its own place, so that neither the number of threads nor their
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

  void report(std::uint64_t blocks_done, std::uint64_t blocks, Clock::time_point begin) const {
    if (!execution_.report) return;
    execution_.report(
        {evaluation_.name, patients_of(blocks_done), patients_of(blocks), patient_cycles(), seconds_since(begin)});
  }

  /// A mean far from 0 means that what was drawn is not what the rows of the programs say: our mistake.
  std::vector<double> check_martingales(const engine::PatientSums& sums) const {
    constexpr double far = 5;
    std::vector<double> z;
    for (const engine::Moments& martingale : sums.martingales) {
      const double error = martingale.standard_error();
      z.push_back(error > 0 ? martingale.mean / error : 0);
      if (!(std::abs(z.back()) <= far)) {
        throw ContractViolation(fmt::format(
            "the martingale that controls the chance has a mean {:.1f} standard errors from 0: the sampler does not do "
            "what the program says",
            z.back()));
      }
    }
    return z;
  }

  AnalysisOutput output(const engine::PatientSums& sums, std::uint64_t blocks, Clock::time_point begin) const {
    AnalysisOutput output;
    output.patients = patients_of(blocks);
    output.martingale_z = check_martingales(sums);
    for (const PrecisionTarget& target : evaluation_.until)
      output.errors_reached.push_back(error_reached(target, evaluation_.programs.front().outcomes, sums));
    const std::size_t values = simulation_.outcomes() * engine::columns;
    std::size_t pair = 0;
    for (std::size_t strategy = 0; strategy < evaluation_.programs.size(); ++strategy) {
      std::vector<std::uint64_t> counts(simulation_.programs()[strategy].counts);
      for (const auto& workspace : workspaces_) {
        for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += workspace.counts[strategy][i];
      }
      const Program& program = evaluation_.programs[strategy];
      std::vector<std::vector<double>> tallies = split_tallies(program, counts, output.patients);
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
  if (!output) return output;
  output->elapsed_seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  output->programs = std::move(evaluation.programs);
  return output;
}

}  // namespace myelin::study
