#include <fmt/format.h>

#include <array>
#include <cmath>
#include <utility>

#include "bench/benchmarks.hpp"
#include "bench/reference/ms_patients.hpp"
#include "engine/microsimulation.hpp"
#include "study/evaluation.hpp"

namespace myelin::bench {

namespace {

constexpr double threshold = 20000;  // GBP per QALY
constexpr double wanted_error = 100;
constexpr std::uint64_t patients = 10 * engine::block_patients;
constexpr double most_standard_errors = 5;

/// How AHSCT is compared with ocrelizumab: by the reference, one patient after the other, each arm by itself; by the
/// microsimulation, each arm by itself, with common random numbers, or with a martingale control; or exactly.
enum class Method { reference, independent_arms, common_numbers, control, cohort };

double net_benefit(double cost, double qaly) { return threshold * qaly - cost; }

/// What patients cost and gain under a strategy.
struct Arm {
  std::vector<double> costs, qalys;

  void add(double cost, double qaly) {
    costs.push_back(cost);
    qalys.push_back(qaly);
  }
};
using Arms = std::array<Arm, 2>;  ///< ocrelizumab, AHSCT

/// The net benefit of AHSCT above that of ocrelizumab.
engine::Moments increment(const Arms& arms) {
  std::array<std::vector<double>, 2> benefits;
  for (std::size_t arm = 0; arm < arms.size(); ++arm) {
    for (std::size_t i = 0; i < arms[arm].costs.size(); ++i)
      benefits[arm].push_back(net_benefit(arms[arm].costs[i], arms[arm].qalys[i]));
  }
  return engine::moments_of_difference(benefits[1], benefits[0]);
}

/// AHSCT and ocrelizumab in a scenario of the MS model.
class Comparison {
 public:
  Comparison(const ms::MsModel& model, const char* scenario)
      : plan_(
            study::make_plan(
                {.scenario = std::filesystem::path(scenario), .overrides = {}, .strategies = {"ocrelizumab", "ahsct"}},
                {&model})
                .value()) {
    const auto& outcomes = programs().front().outcomes;
    const auto index_of = [&](const char* name) {
      return OutcomeIndex{
          static_cast<std::size_t>(std::ranges::find(outcomes, name, &Outcome::name) - outcomes.begin())};
    };
    cost_ = index_of("cost");
    qaly_ = index_of("qaly");
    for (const Program& program : programs()) tables_.emplace_back(program);
  }

  /// Makes what `Method::control` needs.
  void make_controls() {
    const study::Evaluation evaluation{"base", programs(), {}, {1}, {0}, patients};
    controls_ = study::make_controls(evaluation, {}).value();
  }

  /// Lives `patients` patients, by every method but the exact one.
  Arms simulate(Method method, std::uint64_t seed) const {
    Arms arms;
    if (method == Method::reference) {
      live_reference(static_cast<std::uint32_t>(seed), arms);
    } else if (method == Method::independent_arms) {
      live(method, {0}, seed, arms);
      live(method, {1}, seed + 1'000'000, arms);
    } else {
      live(method, {0, 1}, seed, arms);
    }
    return arms;
  }

  /// The exact expectations, as of one patient: the cohort engine from the programs on.
  Arms expect() const {
    Arms arms;
    for (std::size_t arm = 0; arm < arms.size(); ++arm) {
      const Program& program = programs()[arm];
      const auto means = engine::CohortEngine::make(program, {}, {}).value().forward(program).means;
      arms[arm].add(means[cost_.value * engine::columns], means[qaly_.value * engine::columns]);
    }
    return arms;
  }

 private:
  const std::vector<Program>& programs() const { return plan_.analyses.front().programs; }

  void live_reference(std::uint32_t seed, Arms& arms) const {
    std::vector<reference::CostQaly> lives(patients);
    for (std::size_t arm = 0; arm < arms.size(); ++arm) {
      reference::live_for_cost_and_qalys(tables_[arm], 2 * seed + static_cast<std::uint32_t>(arm), lives);
      for (const reference::CostQaly& life : lives) arms[arm].add(life.cost, life.qaly);
    }
  }

  void live(Method method, const std::vector<std::size_t>& lived, std::uint64_t seed, Arms& arms) const {
    std::vector<const Program*> chosen;
    engine::MicrosimulationOptions options{.seed = {seed},
                                           .noise = {0},
                                           .patients = patients,
                                           .instruction_set = engine::best_instruction_set(),
                                           .controls = {}};
    for (const std::size_t arm : lived) {
      chosen.push_back(method == Method::control ? &controls_[arm].program() : &programs()[arm]);
      if (method == Method::control) options.controls.push_back(&controls_[arm]);
    }
    const engine::Microsimulation simulation(chosen, {}, {cost_, qaly_}, options);
    auto workspace = simulation.make_workspace();
    engine::PatientSums sums = simulation.make_sums();
    for (std::uint64_t block = 0; block < simulation.blocks(); ++block) {
      simulation.simulate(block, workspace, sums);
      for (std::size_t place = 0; place < lived.size(); ++place) {
        const auto &cost = workspace.lives[place][cost_.value * engine::columns],
                   &qaly = workspace.lives[place][qaly_.value * engine::columns];
        for (std::size_t i = 0; i < engine::block_patients; ++i) arms[lived[place]].add(cost[i], qaly[i]);
      }
    }
  }

  study::Plan plan_;
  OutcomeIndex cost_, qaly_;
  std::vector<reference::MsTables> tables_;  ///< [arm]
  std::vector<engine::Control> controls_;    ///< [arm]
};

/// Cost and QALYs of each arm, and the increment of net benefit.
using Estimates = std::array<engine::Moments, 5>;

Estimates estimates_of(const Arms& arms) {
  return {engine::moments_of(arms[0].costs), engine::moments_of(arms[0].qalys), engine::moments_of(arms[1].costs),
          engine::moments_of(arms[1].qalys), increment(arms)};
}

/// Of ten runs from a seed on.
Estimates estimate(const Comparison& comparison, Method method, std::uint64_t seed) {
  if (method == Method::cohort) return estimates_of(comparison.expect());
  Estimates sampled;
  for (const std::uint64_t last = seed + 10; seed < last; ++seed) {
    const Estimates run = estimates_of(comparison.simulate(method, seed));
    for (std::size_t i = 0; i < run.size(); ++i) sampled[i] = engine::merge(sampled[i], run[i]);
  }
  return sampled;
}

/// The methods estimate the same: each mean is that with common random numbers.
std::string problem_of(const Comparison& comparison, Method method) {
  const Estimates found = estimate(comparison, method, 1), common = estimate(comparison, Method::common_numbers, 101);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const double error = std::hypot(found[i].standard_error(), common[i].standard_error());
    if (!(std::abs(found[i].mean - common[i].mean) <= most_standard_errors * error))
      return fmt::format("mean {} is {:.6g}, with common random numbers {:.6g} (standard error {:.2g})", i,
                         found[i].mean, common[i].mean, error);
  }
  return {};
}

/// `standard_errors`: how often a standard error of 100 was reached in the time of the benchmark.
void report(benchmark::State& state, double variance, double standard_errors) {
  state.counters["standard_deviation"] = std::sqrt(variance);
  state.counters["patients_to_se_100"] = variance / (wanted_error * wanted_error);
  state.counters["time_to_se_100"] =
      benchmark::Counter(standard_errors, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void time_sampling(benchmark::State& state, const Comparison& comparison, Method method) {
  engine::Moments all;
  std::uint64_t seed = 1000;
  for (auto _ : state) all = engine::merge(all, increment(comparison.simulate(method, ++seed)));
  const double variance = all.squares / static_cast<double>(all.count - 1);
  report(state, variance, static_cast<double>(all.count) * wanted_error * wanted_error / variance);
}

void time_expectation(benchmark::State& state, const Comparison& comparison) {
  for (auto _ : state) benchmark::DoNotOptimize(increment(comparison.expect()).mean);
  report(state, 0, static_cast<double>(state.iterations()));
}

void time_method(benchmark::State& state, AnswerChecks& checks, const ms::MsModel& model, const char* scenario,
                 Method method) {
  Comparison comparison(model, scenario);
  if (method == Method::control) comparison.make_controls();
  if (!checks.pass(state, problem_of(comparison, method))) return;
  if (method == Method::cohort)
    time_expectation(state, comparison);
  else
    time_sampling(state, comparison, method);
}

}  // namespace

void register_precision(AnswerChecks& checks, BaseCase& base_case) {
  const auto add = [&](const std::string& name, const char* scenario, Method method) {
    benchmark::RegisterBenchmark(("precision/" + name).c_str(),
                                 [&checks, &base_case, scenario, method](benchmark::State& state) {
                                   time_method(state, checks, base_case.model(), scenario, method);
                                 })
        ->Unit(benchmark::kMillisecond)
        ->MinTime(2);
  };
  const std::vector<std::pair<const char*, Method>> sampled = {{"reference", Method::reference},
                                                               {"independent_arms", Method::independent_arms},
                                                               {"common_numbers", Method::common_numbers}};
  for (const auto& [name, method] : sampled) add(std::string("base_case/") + name, MYELIN_BASE_CASE, method);
  add("base_case/cohort", MYELIN_BASE_CASE, Method::cohort);
  for (const auto& [name, method] : sampled) add(std::string("heterogeneity/") + name, MYELIN_HETEROGENEITY, method);
  add("heterogeneity/control", MYELIN_HETEROGENEITY, Method::control);
}

}  // namespace myelin::bench
