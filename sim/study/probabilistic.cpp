#include "study/probabilistic.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>

#include "engine/amounts.hpp"
#include "study/evaluation.hpp"
#include "study/patients_per_draw.hpp"

namespace myelin::study {

namespace {

using Clock = std::chrono::steady_clock;

/// Draws run before their outputs are added to the mean, in order, so that memory stays bounded.
constexpr std::size_t draws_a_batch(int threads) { return 4 * static_cast<std::size_t>(threads); }

/// The draw's number of the random numbers of patients; 0 is that of the base case.
NoiseIndex noise_of(std::size_t draw) { return {static_cast<std::uint32_t>(draw + 1)}; }

void add(std::vector<double>& sum, const std::vector<double>& values) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += values[i];
}
void add_squares(std::vector<double>& sum, const std::vector<double>& values) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += values[i] * values[i];
}

/// Sums of the outputs of draws; errors as sums of squares.
class MeanOutput {
 public:
  void add(const AnalysisOutput& output) {
    ++count_;
    if (count_ == 1) {
      sum_ = output;
      for (StrategyOutput& strategy : sum_.strategies) square(strategy.outcomes.standard_error);
      for (IncrementOutput& increment : sum_.increments) square(increment.outcomes.standard_error);
      return;
    }
    for (std::size_t s = 0; s < sum_.strategies.size(); ++s) add_strategy(sum_.strategies[s], output.strategies[s]);
    for (std::size_t i = 0; i < sum_.increments.size(); ++i) {
      add_estimates(sum_.increments[i].outcomes, output.increments[i].outcomes);
      sum_.increments[i].cost_qaly_covariance += output.increments[i].cost_qaly_covariance;
    }
    sum_.patient_cycles += output.patient_cycles;
  }

  AnalysisOutput result() && {
    const auto n = static_cast<double>(count_);
    for (StrategyOutput& strategy : sum_.strategies) {
      finish(strategy.outcomes);
      for (std::vector<double>& tally : strategy.tallies) divide(tally);
      for (std::optional<engine::AmountsByTime>& amounts : strategy.amounts) {
        if (!amounts) continue;
        amounts->start /= n;
        divide(amounts->point);
        divide(amounts->event);
      }
    }
    for (IncrementOutput& increment : sum_.increments) {
      finish(increment.outcomes);
      increment.cost_qaly_covariance /= n * n;
    }
    return std::move(sum_);
  }

 private:
  static void square(std::vector<double>& values) {
    for (double& value : values) value *= value;
  }
  static void add_estimates(Estimates& sum, const Estimates& estimates) {
    study::add(sum.mean, estimates.mean);
    add_squares(sum.standard_error, estimates.standard_error);
  }
  static void add_strategy(StrategyOutput& sum, const StrategyOutput& output) {
    add_estimates(sum.outcomes, output.outcomes);
    for (std::size_t t = 0; t < sum.tallies.size(); ++t) study::add(sum.tallies[t], output.tallies[t]);
    for (std::size_t o = 0; o < sum.amounts.size(); ++o) {
      if (!sum.amounts[o]) continue;
      sum.amounts[o]->start += output.amounts[o]->start;
      study::add(sum.amounts[o]->point, output.amounts[o]->point);
      study::add(sum.amounts[o]->event, output.amounts[o]->event);
    }
  }
  void divide(std::vector<double>& values) const {
    for (double& value : values) value /= static_cast<double>(count_);
  }
  void finish(Estimates& estimates) const {
    divide(estimates.mean);
    for (double& squares : estimates.standard_error) squares = std::sqrt(squares) / static_cast<double>(count_);
  }

  std::size_t count_ = 0;
  AnalysisOutput sum_;
};

/// What one draw came to.
struct DrawResult {
  AnalysisOutput output;
  Diagnostics problems;
  std::exception_ptr failure;
  bool interrupted = false;
};

bool same_shape(const Program& a, const Program& b) {
  const auto size = [](const Program& program) {
    std::vector<std::size_t> sizes = {program.cycles, program.attributes.size(), program.outcomes.size()};
    for (const Phase phase : {Phase::start, Phase::point, Phase::cycle}) {
      for (const Step& step : program.steps(phase)) {
        if (const auto* tally = std::get_if<Tally>(&step.action)) sizes.push_back(tally->cells);
      }
    }
    return sizes;
  };
  return size(a) == size(b);
}

class DrawRunner {
 public:
  DrawRunner(const Plan& plan, const PlannedAnalysis& analysis, const ParameterDraws& draws, const Execution& execution)
      : plan_(plan),
        analysis_(analysis),
        draws_(draws),
        execution_(execution),
        base_(covered(analysis.programs, analysis.population)) {
    one_thread_.threads = 1;
    one_thread_.instruction_set = execution.instruction_set;
    one_thread_.cohort_state_limit = execution.cohort_state_limit;
    one_thread_.interrupted = execution.interrupted;
    parameters_.resize(static_cast<std::size_t>(execution.threads), analysis.scenario.parameters);
  }

  Result<std::optional<ProbabilisticOutput>> run() {
    const Clock::time_point begin = Clock::now();
    if (plan_.engine == Engine::cohort) {
      auto made = make_cohort_engines({analysis_.name, base_, analysis_.population, {}, {}, 0}, execution_);
      if (!made) return tl::unexpected(made.error());
      engines_ = std::move(*made);
    }
    const Result<bool> chosen = choose_patients();
    if (!chosen) return tl::unexpected(chosen.error());
    if (!*chosen) return std::nullopt;
    ProbabilisticOutput all;
    all.draws.resize(base_.size());
    for (std::size_t s = 0; s < base_.size(); ++s) {
      const std::size_t size = draws_.draws() * base_[s].outcomes.size() * 2;
      all.draws[s].mean.reserve(size);
      all.draws[s].standard_error.reserve(size);
    }
    all.inputs = moments_of_inputs(analysis_.scenario);
    MeanOutput mean;
    const std::size_t batch = draws_a_batch(execution_.threads);
    std::uint64_t cycles = 0;
    for (std::size_t first = 0; first < draws_.draws(); first += batch) {
      const std::size_t count = std::min(batch, draws_.draws() - first);
      const Result<std::optional<std::vector<AnalysisOutput>>> outputs = run_batch(first, count);
      if (!outputs) return tl::unexpected(outputs.error());
      if (!*outputs) return std::nullopt;
      for (const AnalysisOutput& output : **outputs) {
        cycles += output.patient_cycles;
        keep(output, all.draws);
        mean.add(output);
      }
      report(first + count, cycles, begin);
    }
    all.mean = std::move(mean).result();
    all.mean.programs = std::move(base_);
    all.mean.elapsed_seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    return all;
  }

 private:
  /// The patients of each draw: those asked for, or as many as some draws show to be enough. False if interrupted.
  Result<bool> choose_patients() {
    if (plan_.engine == Engine::cohort) return true;
    patients_ = plan_.patients_per_draw.value_or(plan_.patients);
    // Always the same draws, so that what is chosen does not depend on how many there are.
    const std::size_t pilot_draws = std::min(std::size_t{32}, draws_.draws());
    constexpr std::uint64_t pilot_patients = 512;
    if (plan_.patients_per_draw || whole_rounds(pilot_patients) >= plan_.patients) return true;
    patients_ = whole_rounds(pilot_patients);
    const Result<std::optional<std::vector<AnalysisOutput>>> pilot = run_batch(0, pilot_draws);
    if (!pilot) return tl::unexpected(pilot.error());
    if (!*pilot) return false;
    double cycles = 0;
    for (const AnalysisOutput& output : **pilot) cycles += static_cast<double>(output.patient_cycles);
    const double patients = static_cast<double>(patients_),
                 enough =
                     enough_patients_per_draw(**pilot, base_.front().outcomes, patients,
                                              analysis_.scenario.parameters.number_list("analysis.thresholds"),
                                              work_of(base_, cycles / (patients * static_cast<double>(pilot_draws))));
    patients_ = enough < static_cast<double>(plan_.patients) ? whole_rounds(static_cast<std::uint64_t>(enough) + 1)
                                                             : plan_.patients;
    return true;
  }

  /// The next number of patients in which a population's profiles come round whole; those of the plan at most.
  std::uint64_t whole_rounds(std::uint64_t patients) const {
    const std::uint64_t profiles = std::max<std::uint64_t>(1, analysis_.population.profiles());
    return std::min(plan_.patients, (patients + profiles - 1) / profiles * profiles);
  }

  /// Draws side by side on the threads; nothing if it was interrupted.
  Result<std::optional<std::vector<AnalysisOutput>>> run_batch(std::size_t first, std::size_t draws) {
    std::vector<DrawResult> results(draws);
    run_side_by_side(first, results);
    std::vector<AnalysisOutput> outputs;
    for (DrawResult& result : results) {
      if (result.failure) std::rethrow_exception(result.failure);
      if (!result.problems.empty()) return tl::unexpected(result.problems);
      if (result.interrupted) return std::nullopt;
      outputs.push_back(std::move(result.output));
    }
    return outputs;
  }

  void run_side_by_side(std::size_t first, std::vector<DrawResult>& results) {
    const auto count = static_cast<std::int64_t>(results.size());
#pragma omp parallel for schedule(dynamic) num_threads(execution_.threads)
    for (std::int64_t i = 0; i < count; ++i) {
      DrawResult& result = results[static_cast<std::size_t>(i)];
      try {
        run_draw(first + static_cast<std::size_t>(i), parameters_[static_cast<std::size_t>(omp_get_thread_num())],
                 result);
      } catch (...) {
        result.failure = std::current_exception();
      }
    }
  }

  void run_draw(std::size_t draw, ParameterSet& parameters, DrawResult& result) const {
    draws_.put(draw, parameters);
    Evaluation evaluation{analysis_.name, {}, analysis_.population, {plan_.seed}, noise_of(draw), patients_};
    for (std::size_t s = 0; s < analysis_.strategies.size(); ++s) {
      Result<Program> program = plan_.model->compile(parameters, analysis_.strategies[s]);
      if (!program) {
        refuse(draw, program.error(), result.problems);
        return;
      }
      evaluation.programs.push_back(engine::with_covering_tallies(std::move(*program), analysis_.population));
      if (!same_shape(evaluation.programs.back(), base_[s])) {
        refuse(draw,
               {{{analysis_.scenario.path, 0, 0},
                 "the values drawn change what a patient can be, not only what happens to patients",
                 "take the distribution from inputs that count cycles, such as a wait"}},
               result.problems);
        return;
      }
    }
    if (plan_.engine == Engine::cohort) {
      Result<AnalysisOutput> output = expect_draw(evaluation);
      if (!output) return refuse(draw, output.error(), result.problems);
      result.output = std::move(*output);
    } else if (std::optional<AnalysisOutput> output = sample(evaluation, one_thread_)) {
      result.output = std::move(*output);
    } else {
      result.interrupted = true;
    }
    if (execution_.interrupted != nullptr && execution_.interrupted->load()) result.interrupted = true;
  }

  static void refuse(std::size_t draw, const Diagnostics& problems, Diagnostics& into) {
    for (Diagnostic problem : problems) {
      problem.problem = fmt::format("draw {}: {}", draw, problem.problem);
      into.push_back(std::move(problem));
    }
  }

  /// The structure found for the base case serves a draw that makes nothing possible that was impossible.
  Result<AnalysisOutput> expect_draw(const Evaluation& evaluation) const {
    const bool all_covered = [&] {
      for (std::size_t s = 0; s < engines_.size(); ++s) {
        if (!engines_[s].covers(evaluation.programs[s])) return false;
      }
      return true;
    }();
    if (all_covered) return expect(evaluation, engines_);
    const auto own = make_cohort_engines(evaluation, one_thread_);
    if (!own) return tl::unexpected(own.error());
    return expect(evaluation, *own);
  }

  static void keep(const AnalysisOutput& output, std::vector<Estimates>& draws) {
    for (std::size_t s = 0; s < draws.size(); ++s) {
      const Estimates& estimates = output.strategies[s].outcomes;
      draws[s].mean.insert(draws[s].mean.end(), estimates.mean.begin(), estimates.mean.end());
      draws[s].standard_error.insert(draws[s].standard_error.end(), estimates.standard_error.begin(),
                                     estimates.standard_error.end());
    }
  }

  void report(std::size_t done, std::uint64_t cycles, Clock::time_point begin) const {
    if (!execution_.report) return;
    const std::uint64_t patients = std::max<std::uint64_t>(1, patients_);
    execution_.report({"probabilistic", done * patients, draws_.draws() * patients, cycles,
                       std::chrono::duration<double>(Clock::now() - begin).count()});
  }

  const Plan& plan_;
  const PlannedAnalysis& analysis_;
  const ParameterDraws& draws_;
  const Execution& execution_;
  Execution one_thread_;
  std::uint64_t patients_ = 0;                 // a strategy in each draw
  std::vector<Program> base_;                  // [strategy], at the inputs' values
  std::vector<engine::CohortEngine> engines_;  // [strategy]
  std::vector<ParameterSet> parameters_;       // [thread]
};

}  // namespace

Result<std::optional<ProbabilisticOutput>> simulate_draws(const Plan& plan, const PlannedAnalysis& analysis,
                                                          const ParameterDraws& draws, const Execution& execution) {
  return DrawRunner(plan, analysis, draws, execution).run();
}

}  // namespace myelin::study
