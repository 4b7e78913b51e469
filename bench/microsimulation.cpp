#include "engine/microsimulation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "bench/benchmarks.hpp"
#include "bench/reference/edss11.hpp"
#include "bench/reference/edss11_twin.hpp"
#include "engine/cohort.hpp"
#include "models/markov/model.hpp"

namespace myelin::bench {

namespace {

/// Simulates ever new patients on one thread: no block comes twice, so that nothing in the processor can learn it.
class EndlessPatients {
 public:
  EndlessPatients(std::vector<const Program*> programs, engine::JointOutcomes joint, engine::InstructionSet set,
                  const Population& population = {})
      : simulation_(std::move(programs), population, joint,
                    {.seed = {20261122}, .noise = {0}, .patients = patient_limit - 1, .instruction_set = set}),
        workspace_(simulation_.make_workspace()) {}

  /// What the patients of the next blocks sum to, folded as in a study.
  engine::PatientSums live(std::uint64_t blocks) {
    engine::TreeFold<engine::PatientSums> fold;
    for (std::uint64_t i = 0; i < blocks; ++i) {
      engine::PatientSums sums = simulation_.make_sums();
      simulation_.simulate(next_block_++, workspace_, sums);
      fold.push(std::move(sums));
    }
    return fold.result();
  }

  std::uint64_t patients() const { return next_block_ * engine::block_patients; }
  /// Summed over strategies.
  std::uint64_t cycles_lived() const { return workspace_.patient_cycles; }

 private:
  engine::Microsimulation simulation_;
  engine::Microsimulation::Workspace workspace_;
  std::uint64_t next_block_ = 0;
};

void time_blocks(benchmark::State& state, EndlessPatients& patients, std::uint64_t blocks) {
  const std::uint64_t patients_before = patients.patients(), cycles_before = patients.cycles_lived();
  for (auto _ : state) benchmark::DoNotOptimize(patients.live(blocks));
  report_speed(state, static_cast<double>(patients.cycles_lived() - cycles_before),
               static_cast<double>(patients.patients() - patients_before));
}

void live_edss11(benchmark::State& state, AnswerChecks& checks, engine::InstructionSet set) {
  constexpr std::uint64_t blocks = 100;
  const Program program = reference::make_edss11_program();
  const OutcomeIndex cost{0}, qaly{1};
  EndlessPatients patients({&program}, {cost, qaly}, set);
  const engine::PatientSums sums = patients.live(checked_patients / engine::block_patients);
  const auto n = static_cast<double>(patients.patients());
  const reference::Edss11Totals totals{patients.patients(), patients.cycles_lived(),
                                       n * sums.outcomes[cost.value * engine::columns].mean,
                                       n * sums.outcomes[qaly.value * engine::columns].mean};
  if (checks.pass(state, problem_of(totals))) time_blocks(state, patients, blocks);
}

/// What is wrong with means that must be within five of their standard errors of those expected. Empty if nothing is.
std::string problem_of(const engine::PatientSums& sums, const std::vector<double>& expected) {
  std::string problem;
  for (std::size_t value = 0; value < expected.size(); ++value) {
    const engine::Moments& sampled = sums.outcomes[value];
    if (std::abs(sampled.mean - expected[value]) > 5 * sampled.standard_error())
      problem += fmt::format("value {} is {:.6g}, not {:.6g}; ", value, sampled.mean, expected[value]);
  }
  return problem;
}

/// edss11 for patients who enter at ten levels of EDSS, from a list of profiles of which a block has all and part of
/// another round.
void live_varied_edss11(benchmark::State& state, AnswerChecks& checks) {
  constexpr std::uint64_t checked_blocks = 400, blocks = 100;
  constexpr std::uint16_t profiles = 1000, levels = 10;
  const Program program = reference::make_edss11_program();
  Population population{{"edss"}, {}};
  for (std::uint16_t profile = 0; profile < profiles; ++profile)
    population.levels.push_back(static_cast<std::uint16_t>(profile * profile % levels));
  const std::vector<double> expected =
      engine::CohortEngine::make(program, population, {}).value().forward(program).means;
  EndlessPatients patients({&program}, {OutcomeIndex{0}, OutcomeIndex{1}}, engine::best_instruction_set(), population);
  if (checks.pass(state, problem_of(patients.live(checked_blocks), expected))) time_blocks(state, patients, blocks);
}

/// What is wrong with the discounted means of an outcome: each strategy's must be within five of its standard errors of
/// the cohort engine's. Empty if nothing is.
std::string problem_of(const engine::PatientSums& sums, BaseCase& base_case, OutcomeIndex outcome) {
  const std::size_t values = base_case.means().front().size(), value = outcome.value * engine::columns;
  for (std::size_t strategy = 0; strategy < base_case.means().size(); ++strategy) {
    const engine::Moments& sampled = sums.outcomes[strategy * values + value];
    const double expected = base_case.means()[strategy][value];
    if (!(std::abs(sampled.mean - expected) <= 5 * sampled.standard_error())) {
      return fmt::format("{}: mean of outcome {} is {:.6g} (standard error {:.2g}), not {:.6g}; ",
                         base_case.analysis().strategies[strategy], outcome.value, sampled.mean,
                         sampled.standard_error(), expected);
    }
  }
  return {};
}

void live_base_case(benchmark::State& state, AnswerChecks& checks, BaseCase& base_case, engine::InstructionSet set) {
  constexpr std::uint64_t checked_blocks = 40, blocks = 4;
  std::vector<const Program*> programs;
  for (const Program& program : base_case.analysis().programs) programs.push_back(&program);
  const OutcomeIndex cost = base_case.outcome("cost"), qaly = base_case.outcome("qaly");
  EndlessPatients patients(std::move(programs), {cost, qaly}, set);
  const engine::PatientSums sums = patients.live(checked_blocks);
  if (!checks.pass(state, problem_of(sums, base_case, cost) + problem_of(sums, base_case, qaly))) return;
  time_blocks(state, patients, blocks);
}

/// The name of the step, of its program, that a prepared step carries out; of accruals added as one, of the first.
std::string name_of(const std::vector<Step>& steps, const engine::PreparedStep& prepared) {
  const auto is_it = [&](const Step& step) {
    if (const auto* draw = std::get_if<engine::PreparedDraw>(&prepared.action))
      return std::get_if<Draw>(&step.action) == draw->draw;
    if (const auto* accrual = std::get_if<engine::PreparedAccrual>(&prepared.action))
      return std::get_if<Accrual>(&step.action) == accrual->parts.front().accrual;
    return false;
  };
  const auto found = std::ranges::find_if(steps, is_it);
  return found == steps.end() ? "tallies" : found->name;
}

/// The share of the time of lives that each step takes, over all strategies, as counters named `share:` and the step.
/// What no step takes is `share:other`: random numbers, sums over patients.
void share_time_by_step(benchmark::State& state, BaseCase& base_case) {
  constexpr std::uint64_t blocks = 4;
  std::vector<const Program*> programs;
  for (const Program& program : base_case.analysis().programs) programs.push_back(&program);
  const engine::Microsimulation simulation(programs, {}, {base_case.outcome("cost"), base_case.outcome("qaly")},
                                           {.seed = {1},
                                            .noise = {0},
                                            .patients = blocks * engine::block_patients,
                                            .instruction_set = engine::best_instruction_set()});
  engine::Microsimulation::Workspace workspace = simulation.make_workspace();
  engine::PatientSums sums = simulation.make_sums();
  engine::StepTimes times = simulation.make_step_times();
  workspace.step_times = &times;
  double total = 0;
  for (auto _ : state) {
    const auto begin = std::chrono::steady_clock::now();
    for (std::uint64_t block = 0; block < blocks; ++block) simulation.simulate(block, workspace, sums);
    total += std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
  }
  double other = total;
  for (std::size_t strategy = 0; strategy < times.size(); ++strategy) {
    const engine::PreparedProgram& program = simulation.programs()[strategy];
    const std::vector<engine::PreparedStep>* prepared[] = {&program.start, &program.point, &program.cycle};
    for (const Phase phase : {Phase::start, Phase::point, Phase::cycle}) {
      const auto p = static_cast<std::size_t>(phase);
      for (std::size_t step = 0; step < times[strategy][p].size(); ++step) {
        const double spent = times[strategy][p][step];
        state.counters["share:" + name_of(program.program->steps(phase), (*prepared[p])[step])] += spent / total;
        other -= spent;
      }
    }
  }
  state.counters["share:other"] = other / total;
}

/// edss11 as a scenario declares it, with all the outcomes that scenarios have, or the same program built by hand.
void live_declared(benchmark::State& state, AnswerChecks& checks, bool by_hand) {
  constexpr std::uint64_t checked_blocks = 400, blocks = 100;
  const markov::MarkovModel model;
  const auto plan =
      study::make_plan(
          {.scenario = std::filesystem::path(MYELIN_EXAMPLES "/edss11.toml"), .overrides = {}, .strategies = {}},
          {&model})
          .value();
  const Program& declared = plan.analyses.front().programs.front();
  const Program twin = reference::make_edss11_twin();
  if (!checks.pass(state, table_digest(declared) == table_digest(twin) ? "" : "the scenario and its twin differ"))
    return;
  const Program& program = by_hand ? twin : declared;
  const auto position = [&](const char* name) {
    return OutcomeIndex{
        static_cast<std::size_t>(std::ranges::find(program.outcomes, name, &Outcome::name) - program.outcomes.begin())};
  };
  const std::vector<double> expected = engine::CohortEngine::make(program, {}, {}).value().forward(program).means;
  EndlessPatients patients({&program}, {position("cost"), position("qaly")}, engine::best_instruction_set());
  if (checks.pass(state, problem_of(patients.live(checked_blocks), expected))) time_blocks(state, patients, blocks);
}

}  // namespace

void register_microsimulation(AnswerChecks& checks, BaseCase& base_case) {
  const auto add = [&](const std::string& suffix, engine::InstructionSet set) {
    benchmark::RegisterBenchmark(("microsimulation/edss11" + suffix).c_str(), [&checks, set](benchmark::State& state) {
      live_edss11(state, checks, set);
    })->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(("microsimulation/ms_base_case" + suffix).c_str(), [&checks, &base_case,
                                                                                     set](benchmark::State& state) {
      live_base_case(state, checks, base_case, set);
    })->Unit(benchmark::kMillisecond);
  };
  add("", engine::best_instruction_set());
  benchmark::RegisterBenchmark("microsimulation/edss11_varied", [&checks](benchmark::State& state) {
    live_varied_edss11(state, checks);
  })->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("microsimulation/ms_base_case/time_by_step", [&base_case](benchmark::State& state) {
    share_time_by_step(state, base_case);
  })->Unit(benchmark::kMillisecond);
  for (const bool by_hand : {false, true}) {
    benchmark::RegisterBenchmark(by_hand ? "microsimulation/edss11_by_hand" : "microsimulation/edss11_declared",
                                 [&checks, by_hand](benchmark::State& state) { live_declared(state, checks, by_hand); })
        ->Unit(benchmark::kMillisecond);
  }
  for (const engine::InstructionSet set : engine::available_instruction_sets()) {
    add("/" + std::string(engine::name(set)), set);
  }
}

}  // namespace myelin::bench
