#include <cmath>

#include "bench/benchmarks.hpp"
#include "engine/microsimulation.hpp"
#include "study/evaluation.hpp"

namespace myelin::bench {

namespace {

constexpr double threshold = 20000;  // GBP per QALY
constexpr double wanted_error = 100;
constexpr std::uint64_t patients = 10 * engine::block_patients;
constexpr double most_standard_errors = 5;

enum class Method { independent_arms, common_numbers, control };

/// AHSCT against ocrelizumab among patients who differ, a model that no cohort engine can hold.
class Comparison {
 public:
  explicit Comparison(const ms::MsModel& model)
      : plan_(study::make_plan({.scenario = std::filesystem::path(MYELIN_HETEROGENEITY),
                                .overrides = {},
                                .strategies = {"ocrelizumab", "ahsct"}},
                               {&model})
                  .value()) {
    const auto& outcomes = programs().front().outcomes;
    const auto index_of = [&](const char* name) {
      return OutcomeIndex{
          static_cast<std::size_t>(std::ranges::find(outcomes, name, &Outcome::name) - outcomes.begin())};
    };
    cost_ = index_of("cost");
    qaly_ = index_of("qaly");
    const study::Evaluation evaluation{"base", programs(), {}, {1}, {0}, patients};
    controls_ = study::make_controls(evaluation, {}).value();
  }

  /// The net benefit of AHSCT above that of ocrelizumab, of `patients` patients.
  engine::Moments simulate(Method method, std::uint64_t seed) const {
    if (method != Method::independent_arms) return differences(live(method, {0, 1}, seed));
    auto arms = live(method, {0}, seed);
    arms.push_back(std::move(live(method, {1}, seed + 1'000'000).front()));
    return differences(arms);
  }

 private:
  const std::vector<Program>& programs() const { return plan_.analyses.front().programs; }

  static engine::Moments differences(const std::vector<std::vector<double>>& arms) {
    return engine::moments_of_difference(arms[1], arms[0]);
  }

  /// [arm][patient] net benefit.
  std::vector<std::vector<double>> live(Method method, const std::vector<std::size_t>& arms, std::uint64_t seed) const {
    std::vector<const Program*> lived;
    engine::MicrosimulationOptions options{.seed = {seed},
                                           .noise = {0},
                                           .patients = patients,
                                           .instruction_set = engine::best_instruction_set(),
                                           .controls = {}};
    for (const std::size_t arm : arms) {
      lived.push_back(method == Method::control ? &controls_[arm].program() : &programs()[arm]);
      if (method == Method::control) options.controls.push_back(&controls_[arm]);
    }
    const engine::Microsimulation simulation(lived, {}, {cost_, qaly_}, options);
    auto workspace = simulation.make_workspace();
    engine::PatientSums sums = simulation.make_sums();
    std::vector<std::vector<double>> net_benefit(arms.size());
    for (std::uint64_t block = 0; block < simulation.blocks(); ++block) {
      simulation.simulate(block, workspace, sums);
      for (std::size_t arm = 0; arm < arms.size(); ++arm) {
        const auto &cost = workspace.lives[arm][cost_.value * engine::columns],
                   &qaly = workspace.lives[arm][qaly_.value * engine::columns];
        for (std::size_t i = 0; i < engine::block_patients; ++i)
          net_benefit[arm].push_back(threshold * qaly[i] - cost[i]);
      }
    }
    return net_benefit;
  }

  study::Plan plan_;
  OutcomeIndex cost_, qaly_;
  std::vector<engine::Control> controls_;
};

/// The methods estimate one thing: of some runs each mean is that of the common numbers.
std::string problem_of(const Comparison& comparison, Method method) {
  engine::Moments sampled, common;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    sampled = engine::merge(sampled, comparison.simulate(method, seed));
    common = engine::merge(common, comparison.simulate(Method::common_numbers, 100 + seed));
  }
  const double error = std::hypot(sampled.standard_error(), common.standard_error());
  if (std::abs(sampled.mean - common.mean) <= most_standard_errors * error) return {};
  return "the mean is not that with common random numbers";
}

void time_method(benchmark::State& state, AnswerChecks& checks, BaseCase& base_case, Method method) {
  const Comparison comparison(base_case.model());
  if (!checks.pass(state, problem_of(comparison, method))) return;
  engine::Moments all;
  std::uint64_t seed = 1000;
  for (auto _ : state) all = engine::merge(all, comparison.simulate(method, ++seed));
  const double variance = all.squares / static_cast<double>(all.count - 1),
               patients_needed = variance / (wanted_error * wanted_error);
  state.counters["standard_deviation"] = std::sqrt(variance);
  state.counters["patients_to_se_100"] = patients_needed;
  state.counters["time_to_se_100"] = benchmark::Counter(static_cast<double>(all.count) / patients_needed,
                                                        benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

}  // namespace

void register_precision(AnswerChecks& checks, BaseCase& base_case) {
  for (const auto& [name, method] : {std::pair("precision/heterogeneity/independent_arms", Method::independent_arms),
                                     {"precision/heterogeneity/common_numbers", Method::common_numbers},
                                     {"precision/heterogeneity/control", Method::control}}) {
    benchmark::RegisterBenchmark(name, [&checks, &base_case, chosen = method](
                                           benchmark::State& state) { time_method(state, checks, base_case, chosen); })
        ->Unit(benchmark::kMillisecond)
        ->MinTime(2);
  }
}

}  // namespace myelin::bench
