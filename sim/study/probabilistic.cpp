#include "study/probabilistic.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <numeric>
#include <span>

#include "engine/amounts.hpp"
#include "engine/conventions.hpp"
#include "study/evaluation.hpp"
#include "study/output_sum.hpp"
#include "study/patients_per_draw.hpp"

namespace myelin::study {

namespace {

using Clock = std::chrono::steady_clock;

/// The draw's number of the random numbers of patients; 0 is that of the base case.
NoiseIndex noise_of(std::size_t draw) { return {static_cast<std::uint32_t>(draw + 1)}; }

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
    if (execution.store == nullptr) one_thread_.interrupted = execution.interrupted;  // else units in hand are finished
    parameters_.resize(static_cast<std::size_t>(execution.threads), analysis.scenario.parameters);
    unit_draws_ = draws_a_unit(draws.draws());
  }

  Result<std::optional<ProbabilisticOutput>> run() {
    if (plan_.engine == Engine::cohort) {
      auto made = make_cohort_engines({analysis_.name, base_, analysis_.population, {}, {}, 0}, execution_);
      if (!made) return tl::unexpected(made.error());
      engines_ = std::move(*made);
    }
    const Result<bool> chosen = choose_patients();
    if (!chosen) return tl::unexpected(chosen.error());
    if (!*chosen) return std::nullopt;
    if (execution_.share) return do_share();
    ProbabilisticOutput all;
    all.inputs = moments_of_inputs(analysis_.scenario);
    all.draws.resize(base_.size());
    for (std::size_t s = 0; s < base_.size(); ++s) {
      const std::size_t size = draws_.draws() * base_[s].outcomes.size() * 2;
      all.draws[s].mean.reserve(size);
      all.draws[s].standard_error.reserve(size);
    }
    engine::TreeFold<OutputSum> fold;
    for (std::uint64_t unit = 0; unit < units();) {
      if (const auto kept = execution_.store != nullptr ? execution_.store->find(name_of(unit)) : std::nullopt) {
        add(read_unit(unit, *kept), all.draws, fold);
        ++unit;
        continue;
      }
      if (interrupted()) return std::nullopt;
      std::uint64_t stop = unit + 1;
      while (stop < units() && stop - unit < units_together() &&
             (execution_.store == nullptr || !execution_.store->has(name_of(stop))))
        ++stop;
      std::vector<std::uint64_t> together(stop - unit);
      std::iota(together.begin(), together.end(), unit);
      Result<std::optional<std::vector<DrawnUnit>>> drawn = run_units(together);
      if (!drawn) return tl::unexpected(drawn.error());
      if (!*drawn) return std::nullopt;
      for (DrawnUnit& each : **drawn) add(std::move(each), all.draws, fold);
      unit = stop;
    }
    all.mean = std::move(fold).result().mean();
    all.mean.programs = std::move(base_);
    all.mean.elapsed_seconds = seconds();
    return all;
  }

 private:
  /// Some draws, one after the other.
  struct DrawnUnit {
    std::vector<Estimates> draws;  ///< [strategy], [draw][outcome x 2 + column]
    OutputSum sum;

    template <class Archive>
    void pass(Archive& archive) {
      archive.each(draws, [&](Estimates& each) { study::pass(archive, each); });
      sum.pass(archive);
    }
  };

  DrawnUnit read_unit(std::uint64_t number, const UnitValues& kept) const {
    const std::uint64_t first = number * unit_draws_,
                        draws = std::min<std::uint64_t>(draws_.draws() - first, unit_draws_);
    DrawnUnit unit{{}, OutputSum::shaped(base_)};
    for (const Program& program : base_) {
      const std::vector<double> zeros(draws * program.outcomes.size() * engine::columns);
      unit.draws.push_back({zeros, zeros});
    }
    unpack(name_of(number), kept, unit);
    if (unit.sum.count() != draws)
      throw IoError(fmt::format("the finished unit of work {} is of other draws -- do it again", number));
    return unit;
  }

  Result<std::optional<ProbabilisticOutput>> do_share() {
    std::vector<std::uint64_t> mine;
    for (std::uint64_t unit = 0; unit < units(); ++unit) {
      if (execution_.share->takes(name_of(unit)) && !execution_.store->has(name_of(unit))) mine.push_back(unit);
    }
    for (std::size_t first = 0; first < mine.size(); first += units_together()) {
      if (interrupted()) return std::nullopt;
      const std::size_t count = std::min<std::size_t>(units_together(), mine.size() - first);
      const Result<std::optional<std::vector<DrawnUnit>>> drawn =
          run_units(std::span<const std::uint64_t>(mine).subspan(first, count));
      if (!drawn) return tl::unexpected(drawn.error());
      if (!*drawn) return std::nullopt;
    }
    return ProbabilisticOutput{};
  }

  std::uint64_t units() const { return (draws_.draws() + unit_draws_ - 1) / unit_draws_; }
  UnitName name_of(std::uint64_t unit) const { return {probabilistic_name, unit}; }
  /// So many that all threads are busy, and no more, so that memory stays bounded.
  std::size_t draws_together() const { return 4 * static_cast<std::size_t>(execution_.threads); }
  std::uint64_t units_together() const { return (draws_together() + unit_draws_ - 1) / unit_draws_; }
  bool interrupted() const { return execution_.interrupted != nullptr && execution_.interrupted->load(); }
  double seconds() const { return std::chrono::duration<double>(Clock::now() - begin_).count(); }

  void add(DrawnUnit unit, std::vector<Estimates>& draws, engine::TreeFold<OutputSum>& fold) {
    for (std::size_t s = 0; s < draws.size(); ++s) append(unit.draws[s], draws[s]);
    done_ += unit.sum.count();
    fold.push(std::move(unit.sum));
    report();
  }

  static void append(const Estimates& estimates, Estimates& all) {
    all.mean.insert(all.mean.end(), estimates.mean.begin(), estimates.mean.end());
    all.standard_error.insert(all.standard_error.end(), estimates.standard_error.begin(),
                              estimates.standard_error.end());
  }

  /// The draws of some units, side by side, which are kept where there is a store.
  Result<std::optional<std::vector<DrawnUnit>>> run_units(std::span<const std::uint64_t> numbers) {
    std::vector<std::pair<std::size_t, std::size_t>> wanted;  // (draw, position of its unit)
    for (std::size_t position = 0; position < numbers.size(); ++position) {
      const std::size_t first = numbers[position] * unit_draws_, stop = std::min(draws_.draws(), first + unit_draws_);
      for (std::size_t draw = first; draw < stop; ++draw) wanted.emplace_back(draw, position);
    }
    std::vector<DrawnUnit> units(numbers.size(), DrawnUnit{std::vector<Estimates>(base_.size()), {}});
    std::vector<engine::TreeFold<OutputSum>> folds(numbers.size());
    // Outputs are large: few at a time.
    for (std::size_t first = 0; first < wanted.size(); first += draws_together()) {
      const std::span<const std::pair<std::size_t, std::size_t>> now(&wanted[first],
                                                                     std::min(draws_together(), wanted.size() - first));
      std::vector<std::size_t> draws;
      for (const auto& [draw, position] : now) draws.push_back(draw);
      Result<std::optional<std::vector<AnalysisOutput>>> outputs = run_draws(draws);
      if (!outputs) return tl::unexpected(outputs.error());
      if (!*outputs) return std::nullopt;
      for (std::size_t i = 0; i < now.size(); ++i) {
        AnalysisOutput& output = (**outputs)[i];
        DrawnUnit& unit = units[now[i].second];
        cycles_ += output.patient_cycles;
        for (std::size_t s = 0; s < base_.size(); ++s) append(output.strategies[s].outcomes, unit.draws[s]);
        folds[now[i].second].push(OutputSum(std::move(output)));
      }
    }
    for (std::size_t position = 0; position < numbers.size(); ++position) {
      units[position].sum = std::move(folds[position]).result();
      if (execution_.store == nullptr) continue;
      Packer packer;
      units[position].pass(packer);
      execution_.store->keep(name_of(numbers[position]), std::move(packer).result());
    }
    return units;
  }

  /// The patients of each draw: those asked for, or as many as some draws show to be enough. False if interrupted.
  Result<bool> choose_patients() {
    if (plan_.engine == Engine::cohort) return true;
    patients_ = plan_.patients_per_draw.value_or(plan_.patients);
    // Always the same draws, so that what is chosen does not depend on how many there are.
    const std::size_t pilot_draws = std::min(std::size_t{32}, draws_.draws());
    constexpr std::uint64_t pilot_patients = 512;
    if (plan_.patients_per_draw || whole_rounds(pilot_patients) >= plan_.patients) return true;
    patients_ = whole_rounds(pilot_patients);
    std::vector<std::size_t> first(pilot_draws);
    std::iota(first.begin(), first.end(), 0);
    const Result<std::optional<std::vector<AnalysisOutput>>> pilot = run_draws(first);
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
  Result<std::optional<std::vector<AnalysisOutput>>> run_draws(std::span<const std::size_t> draws) {
    std::vector<DrawResult> results(draws.size());
    const auto count = static_cast<std::int64_t>(results.size());
#pragma omp parallel for schedule(dynamic) num_threads(execution_.threads)
    for (std::int64_t i = 0; i < count; ++i) {
      DrawResult& result = results[static_cast<std::size_t>(i)];
      try {
        run_draw(draws[static_cast<std::size_t>(i)], parameters_[static_cast<std::size_t>(omp_get_thread_num())],
                 result);
      } catch (...) {
        result.failure = std::current_exception();
      }
    }
    std::vector<AnalysisOutput> outputs;
    for (DrawResult& result : results) {
      if (result.failure) std::rethrow_exception(result.failure);
      if (!result.problems.empty()) return tl::unexpected(result.problems);
      if (result.interrupted) return std::nullopt;
      outputs.push_back(std::move(result.output));
    }
    return outputs;
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
    if (one_thread_.interrupted != nullptr && one_thread_.interrupted->load()) result.interrupted = true;
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

  void report() const {
    if (!execution_.report) return;
    const std::uint64_t patients = std::max<std::uint64_t>(1, patients_);
    execution_.report({probabilistic_name, done_ * patients, draws_.draws() * patients, cycles_, seconds()});
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
  std::uint64_t unit_draws_ = 1;
  std::uint64_t done_ = 0, cycles_ = 0;  // draws in the fold; cycles lived by this process
  Clock::time_point begin_ = Clock::now();
};

}  // namespace

Result<std::optional<ProbabilisticOutput>> simulate_draws(const Plan& plan, const PlannedAnalysis& analysis,
                                                          const ParameterDraws& draws, const Execution& execution) {
  return DrawRunner(plan, analysis, draws, execution).run();
}

}  // namespace myelin::study
