#include "study/evaluator.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <exception>

#include "core/contract.hpp"
#include "study/evaluation.hpp"

namespace myelin::study {

namespace {

double value_of(const ParameterSet& parameters, ParameterSet::Cell cell) {
  const KeyValue& held = parameters.entries()[cell.entry].value;
  if (const auto* parameter = std::get_if<Parameter>(&held)) return parameter->value;
  return std::get<ParameterTable>(held).values[cell.index];
}

std::string name_of(const ParameterSet& parameters, ParameterSet::Cell cell) {
  for (const ParameterSet::Number& number : parameters.numbers()) {
    if (number.cell.entry == cell.entry && number.cell.index == cell.index) return number.name;
  }
  throw ContractViolation("a change of something that is no input");
}

/// Puts changed values in and, whatever happens, the old ones back.
class Changed {
 public:
  Changed(ParameterSet& parameters, const Changes& changes) : parameters_(parameters) {
    for (const Change& change : changes) {
      old_.push_back({change.cell, value_of(parameters, change.cell)});
      parameters.set(change.cell, change.value);
    }
  }
  Changed(const Changed&) = delete;
  Changed& operator=(const Changed&) = delete;
  ~Changed() {
    for (auto old = old_.rbegin(); old != old_.rend(); ++old) parameters_.set(old->cell, old->value);
  }

 private:
  ParameterSet& parameters_;
  Changes old_;
};

Diagnostics values_out_of_range(const ParameterSet& parameters, std::span<const Changes> evaluations) {
  Diagnostics problems;
  for (const Changes& changes : evaluations) {
    for (const Change& change : changes) {
      auto problem = out_of_range(parameters, change, parameters.entries()[change.cell.entry].place);
      if (problem) problems.push_back(std::move(*problem));
    }
  }
  return problems;
}

OutcomeIndex find_outcome(const Program& program, const char* outcome) {
  const auto found = std::ranges::find(program.outcomes, outcome, &Outcome::name);
  MYELIN_EXPECT(found != program.outcomes.end());
  return OutcomeIndex{static_cast<std::size_t>(found - program.outcomes.begin())};
}

/// Where the discounted mean of an outcome stands among the means [outcome x 2 + column].
std::size_t discounted(const Program& program, const char* outcome) { return find_outcome(program, outcome).value * 2; }

}  // namespace

std::optional<Diagnostic> out_of_range(const ParameterSet& parameters, const Change& change, const SourcePlace& place) {
  const ParameterSet::Entry& entry = parameters.entries()[change.cell.entry];
  const double low = entry.low.value_or(-INFINITY), high = entry.high.value_or(INFINITY);
  if (std::isfinite(change.value) && change.value >= low && change.value <= high) return std::nullopt;
  return Diagnostic{place,
                    fmt::format("{} cannot be {:.6g}: its valid range is {} to {}", name_of(parameters, change.cell),
                                change.value, low == -INFINITY ? "-infinity" : fmt::format("{}", low),
                                high == INFINITY ? "infinity" : fmt::format("{}", high)),
                    "choose values inside it"};
}

/// Some strategies of one evaluation: what a thread does at a time.
struct Evaluator::Part {
  const Changes& changes;
  Outcomes& outcomes;
  std::size_t first = 0, count = 0;  ///< strategies
  std::uint64_t patient_cycles = 0;
  Diagnostics problems = {};
  std::exception_ptr failure = {};
};

Evaluator::Evaluator(const Plan& plan, const PlannedAnalysis& analysis, const Execution& execution)
    : plan_(plan),
      analysis_(analysis),
      execution_(execution),
      parameters_(static_cast<std::size_t>(execution.threads), analysis.scenario.parameters) {}

Result<Evaluator> Evaluator::make(const Plan& plan, const PlannedAnalysis& analysis, const Execution& execution) {
  Evaluator evaluator(plan, analysis, execution);
  Diagnostics problems;
  for (const Program& program : analysis.programs) {
    Result<engine::CohortEngine> engine = evaluator.make_engine(program);
    if (engine) {
      evaluator.engines_.push_back(std::move(*engine));
    } else {
      problems.insert(problems.end(), engine.error().begin(), engine.error().end());
    }
  }
  if (problems.empty()) return evaluator;
  evaluator.engines_.clear();
  if (plan.patients == 0) {
    problems.push_back({analysis.scenario.parameters.entry("analysis.engine").place,
                        "other values of inputs can be evaluated neither by the cohort engine nor, without a number of "
                        "patients, by the microsimulation",
                        "set analysis.patients, 100000 for example, and leave the engine to `auto`"});
    return tl::unexpected(problems);
  }
  evaluator.engine_ = Engine::microsimulation;
  return evaluator;
}

Result<std::vector<Outcomes>> Evaluator::evaluate(std::span<const Changes> evaluations) {
  Diagnostics problems = values_out_of_range(analysis_.scenario.parameters, evaluations);
  if (!problems.empty()) return tl::unexpected(problems);
  // Strategies sampled together share the work of making their random numbers; cohorts have nothing in common.
  const std::size_t strategies = analysis_.strategies.size(), parts_each = engine_ == Engine::cohort ? strategies : 1;
  const Outcomes empty{std::vector<double>(strategies), std::vector<double>(strategies)};
  std::vector<Outcomes> outcomes(evaluations.size(), empty);
  std::vector<Part> parts;
  for (std::size_t i = 0; i < evaluations.size(); ++i) {
    for (std::size_t part = 0; part < parts_each; ++part)
      parts.push_back({evaluations[i], outcomes[i], part, strategies / parts_each});
  }
  run_side_by_side(parts);
  const Changes* told = nullptr;  // strategies share most inputs, so that one mistake shows in several
  for (const Part& part : parts) {
    if (part.failure) std::rethrow_exception(part.failure);
    patient_cycles_ += part.patient_cycles;
    if (part.problems.empty() || told == &part.changes) continue;
    told = &part.changes;
    problems.insert(problems.end(), part.problems.begin(), part.problems.end());
  }
  if (!problems.empty()) return tl::unexpected(problems);
  if (interrupted()) return std::vector<Outcomes>{};
  return outcomes;
}

void Evaluator::run_side_by_side(std::vector<Part>& parts) {
  // Where evaluations are fewer than threads, the patients of each are spread over the threads instead.
  const auto count = static_cast<std::int64_t>(parts.size());
  const bool spread = engine_ == Engine::microsimulation && count < execution_.threads;
  const int outer = spread ? 1 : execution_.threads, inner = spread ? execution_.threads : 1;
#pragma omp parallel for schedule(dynamic) num_threads(outer)
  for (std::int64_t i = 0; i < count; ++i) {
    Part& part = parts[static_cast<std::size_t>(i)];
    try {
      run(part, parameters_[static_cast<std::size_t>(omp_get_thread_num())], inner);
    } catch (...) {
      part.failure = std::current_exception();
    }
  }
}

void Evaluator::run(Part& part, ParameterSet& parameters, int threads) const {
  if (interrupted()) return;
  const Changed changed(parameters, part.changes);
  Result<std::vector<Program>> programs = compile(part, parameters);
  if (!programs) {
    part.problems = explain(part.changes, programs.error());
  } else if (engine_ == Engine::cohort) {
    expect(part, *programs);
  } else {
    sample(part, std::move(*programs), threads);
  }
}

Result<std::vector<Program>> Evaluator::compile(const Part& part, const ParameterSet& parameters) const {
  Diagnostics problems = plan_.model->check(parameters);
  if (!problems.empty()) return tl::unexpected(problems);
  std::vector<Program> programs;
  for (std::size_t s = part.first; s < part.first + part.count; ++s) {
    Result<Program> program = plan_.model->compile(parameters, analysis_.strategies[s]);
    if (!program) return tl::unexpected(program.error());
    programs.push_back(std::move(*program));
  }
  return programs;
}

Result<engine::CohortEngine> Evaluator::make_engine(const Program& program) const {
  return engine::CohortEngine::make(program, analysis_.population,
                                    {.state_limit = execution_.cohort_state_limit,
                                     .outcomes = {find_outcome(program, "cost"), find_outcome(program, "qaly")}});
}

void Evaluator::expect(Part& part, const std::vector<Program>& programs) const {
  for (std::size_t i = 0; i < programs.size(); ++i) {
    const Program& program = programs[i];
    const std::size_t s = part.first + i;
    std::optional<engine::CohortEngine> own;
    if (!engines_[s].covers(program)) {
      auto made = make_engine(program);
      if (!made) {
        part.problems = explain(part.changes, made.error());
        return;
      }
      own = std::move(*made);
    }
    const std::vector<double> means = (own ? *own : engines_[s]).forward(program).means;
    part.outcomes.cost[s] = means[discounted(program, "cost")];
    part.outcomes.qaly[s] = means[discounted(program, "qaly")];
  }
}

void Evaluator::sample(Part& part, std::vector<Program> programs, int threads) const {
  Execution quiet;
  quiet.threads = threads;
  quiet.instruction_set = execution_.instruction_set;
  quiet.interrupted = execution_.interrupted;
  const Evaluation evaluation{analysis_.name, std::move(programs), analysis_.population, {plan_.seed}, {0},
                              plan_.patients};
  const std::optional<AnalysisOutput> output = study::sample(evaluation, quiet);
  if (!output) return;
  part.patient_cycles = output->patient_cycles;
  for (std::size_t i = 0; i < evaluation.programs.size(); ++i) {
    const std::vector<double>& means = output->strategies[i].outcomes.mean;
    part.outcomes.cost[part.first + i] = means[discounted(evaluation.programs[i], "cost")];
    part.outcomes.qaly[part.first + i] = means[discounted(evaluation.programs[i], "qaly")];
  }
}

Diagnostics Evaluator::explain(const Changes& changes, const Diagnostics& problems) const {
  std::string with;
  for (const Change& change : changes) {
    with += fmt::format("{}{} at {:.6g}", with.empty() ? "" : ", ", name_of(analysis_.scenario.parameters, change.cell),
                        change.value);
  }
  Diagnostics explained = problems;
  for (Diagnostic& problem : explained) problem.problem = fmt::format("with {}: {}", with, problem.problem);
  return explained;
}

}  // namespace myelin::study
