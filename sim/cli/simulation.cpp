#include "cli/simulation.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <csignal>
#include <filesystem>

#include "cli/common.hpp"
#include "cli/shown.hpp"
#include "results/collect.hpp"
#include "results/results.hpp"

namespace myelin::cli {

namespace {

std::atomic<bool> noticed{false};

void note_signal(int signal) {
  noticed = true;
  if (signal != SIGUSR1) std::signal(signal, SIG_DFL);
}

/// What was asked and what was reached.
void print_precision(const std::vector<study::PrecisionTarget>& until, const study::AnalysisOutput& output) {
  for (std::size_t i = 0; i < output.errors_reached.size(); ++i) {
    const double asked = until[i].standard_error, reached = output.errors_reached[i];
    const std::string what = until[i].threshold
                                 ? fmt::format("incremental net monetary benefit at {:g} per QALY", *until[i].threshold)
                                 : fmt::format("the mean of {}", until[i].outcome);
    fmt::print(stderr, "standard error of {}: {:.4g} at most, {:.4g} asked for{}; {} patients a strategy\n", what,
               reached, asked, reached <= asked ? "" : ", NOT REACHED", output.patients);
  }
}

/// How far the means that must be 0 are from it: of all of a run, some are expected beyond 2.
void print_martingales(const study::AnalysisOutput& output) {
  if (output.martingale_z.empty()) return;
  double largest = 0;
  for (const double z : output.martingale_z) largest = std::max(largest, std::abs(z));
  fmt::print(stderr,
             "chance controlled by {} martingales, whose means are {:.1f} standard errors from 0 at most; beyond 5 the "
             "run would have been given up\n",
             output.martingale_z.size(), largest);
}

/// How many patients lived each draw, where some draws showed how many are enough.
void print_draws(const study::Plan& plan, const study::ProbabilisticOutput& output) {
  const std::uint64_t patients = output.mean.patients;
  if (patients == 0 || plan.patients_per_draw) return;
  fmt::print(stderr, "{} patients a strategy in each of {} parameter draws: {}\n", patients, plan.draws->draws(),
             patients < plan.patients ? "enough by the variances that some of them showed; without a control of chance"
                                      : "as many as at the inputs' own values");
}

/// Work of the analyses and draws; sensitivity analyses are told by their progress alone.
struct Work {
  double seconds = 0;
  std::uint64_t patient_cycles = 0;
  std::uint64_t patients = 0;  ///< lived, each under every strategy
};

Work work_of(const Outputs& outputs, std::uint64_t draws) {
  Work work;
  for (const study::AnalysisOutput& output : outputs.analyses) {
    work.seconds += output.elapsed_seconds;
    work.patient_cycles += output.patient_cycles;
    work.patients += output.patients * output.strategies.size();
  }
  if (outputs.probabilistic) {
    work.seconds += outputs.probabilistic->mean.elapsed_seconds;
    const study::AnalysisOutput& mean = outputs.probabilistic->mean;
    work.patient_cycles += mean.patient_cycles;
    work.patients += mean.patients * mean.strategies.size() * draws;
  }
  return work;
}

void print_speed(const Work& work, int threads, engine::InstructionSet set) {
  const auto& [seconds, cycles, patients] = work;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds_of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  const double computing = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
  if (cycles > 0) {
    fmt::print(stderr,
               "{:.1f} million patient-cycles in {:.2f} s: {:.1f} million a second on {} thread{} ({}); {:.1f} "
               "microseconds of "
               "computing for the life of a patient, all included; {} MB of memory\n",
               static_cast<double>(cycles) / 1e6, seconds, static_cast<double>(cycles) / seconds / 1e6, threads,
               threads == 1 ? "" : "s", engine::name(set), 1e6 * computing / static_cast<double>(patients),
               usage.ru_maxrss / 1024);
  } else {
    fmt::print(stderr, "expectations in {:.2f} s; {} MB of memory\n", seconds, usage.ru_maxrss / 1024);
  }
}

}  // namespace

void require_writable_folder(const std::string& output) {
  if (output.empty()) return;
  const std::filesystem::path folder = std::filesystem::absolute(output).parent_path();
  std::error_code ignored;
  if (std::filesystem::is_directory(folder, ignored) && ::access(folder.c_str(), W_OK) == 0) return;
  throw IoError(fmt::format(
      "the folder '{}' does not exist or cannot be written, so the results would be lost; nothing was run -- "
      "make it, change its permissions or choose another with -o",
      folder.string()));
}

Diagnostics check_output(const std::string& output) {
  std::error_code unusable;
  if (output.empty() || !std::filesystem::exists(output, unusable)) {
    if (!unusable) return {};
    return {{{output, 0, 0}, fmt::format("the output cannot be used ({})", unusable.message()), "choose another name"}};
  }
  try {
    results::read(output);
    return {};
  } catch (const IoError& error) {
    return {{{output, 0, 0},
             fmt::format("the output exists and is not a whole results file of this version ({})", error.what()),
             "remove it or choose another name"}};
  }
}

Result<engine::InstructionSet> choose_instruction_set(const std::string& name) {
  if (name.empty()) return engine::best_instruction_set();
  if (const auto found = engine::find_instruction_set(name)) return *found;
  std::vector<std::string> available;
  for (const engine::InstructionSet set : engine::available_instruction_sets())
    available.emplace_back(engine::name(set));
  return tl::unexpected(Diagnostics{{{"--instruction-set", 0, 0},
                                     fmt::format("'{}' is not available here", name),
                                     fmt::format("choose one of {}", fmt::join(available, ", "))}});
}

void catch_signals() {
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) std::signal(signal, note_signal);
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes then shows as a failed write, which is reported
}

bool interrupted() { return noticed; }

study::Execution execution_of(const Options& options, engine::InstructionSet set, ProgressReporter& progress,
                              study::UnitStore* store) {
  return {.threads = options.threads > 0 ? options.threads : study::available_threads(),
          .instruction_set = set,
          .cohort_state_limit = options.state_limit,
          .count_for_pricing = true,
          .report = [&progress](const study::Progress& state) { progress.show(state); },
          .interrupted = &noticed,
          .store = store,
          .share = {}};
}

Result<std::optional<Outputs>> carry_out(study::Plan& plan, const study::SensitivityPlan& sensitivity,
                                         const study::Execution& execution) {
  Outputs outputs;
  for (const study::PlannedAnalysis& analysis : plan.analyses) {
    Result<std::optional<study::AnalysisOutput>> output = study::simulate(plan, analysis, execution);
    if (!output) return tl::unexpected(output.error());
    if (!output->has_value() || interrupted()) return std::nullopt;
    outputs.analyses.push_back(std::move(**output));
    if (execution.share) continue;
    plan.patients = outputs.analyses.front().patients;
    plan.until.clear();
  }
  if (plan.draws) {
    Result<std::optional<study::ProbabilisticOutput>> output =
        study::simulate_draws(plan, plan.analyses.front(), *plan.draws, execution);
    if (!output) return tl::unexpected(output.error());
    if (!output->has_value() || interrupted()) return std::nullopt;
    outputs.probabilistic = std::move(*output);
  }
  if (!sensitivity.empty() && !execution.share) {
    Result<std::optional<study::SensitivityOutput>> output = study::analyse_sensitivity(plan, execution);
    if (!output) return tl::unexpected(output.error());
    if (!output->has_value() || interrupted()) return std::nullopt;
    outputs.sensitivity = std::move(*output);
  }
  return outputs;
}

int finish(study::Plan plan, Outputs outputs, const std::vector<study::PrecisionTarget>& until, const Options& options,
           const study::Execution& execution, bool all_done_here) {
  const Work work = work_of(outputs, plan.draws ? plan.draws->draws() : 0);
  if (!options.quiet) {
    print_precision(until, outputs.analyses.front());
    print_martingales(outputs.analyses.front());
    if (outputs.probabilistic) print_draws(plan, *outputs.probabilistic);
  }
  const results::RunResults run = results::collect(std::move(plan), std::move(outputs.analyses),
                                                   std::move(outputs.probabilistic), outputs.sensitivity);
  if (!options.output.empty()) results::write(run, options.output);
  const int code = print_results(run, options);
  if (code != exit_good || options.quiet || options.progress == ProgressKind::json) return code;
  if (all_done_here) print_speed(work, execution.threads, execution.instruction_set);
  if (!options.output.empty()) fmt::print(stderr, "results written to {}\n", options.output);
  return code;
}

}  // namespace myelin::cli
