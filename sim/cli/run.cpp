#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>

#include "cli/common.hpp"
#include "cli/error_text.hpp"
#include "cli/ranks.hpp"
#include "cli/simulation.hpp"
#include "results/collect.hpp"
#include "results/work_folder.hpp"

namespace myelin::cli {

namespace {

void append(Diagnostics& all, const Diagnostics& more) { all.insert(all.end(), more.begin(), more.end()); }

/// The share that --task i/n names; or what is wrong with it.
Result<std::optional<study::Share>> read_share(const std::string& text) {
  if (text.empty()) return std::nullopt;
  unsigned long long task = 0, tasks = 0;
  int used = 0;
  const bool read = std::sscanf(text.c_str(), "%8llu/%8llu%n", &task, &tasks, &used) == 2 &&
                    static_cast<std::size_t>(used) == text.size();
  if (read && task >= 1 && task <= tasks) return study::Share{task - 1, tasks};
  return tl::unexpected(Diagnostics{{{"--task", 0, 0},
                                     fmt::format("'{}' is no share of the work", text),
                                     "write i/n, such as 3/8 for the third of eight tasks"}});
}

/// What stands against doing a part of the work alone, or keeping it.
Diagnostics check_division(const study::Plan& plan, const Options& options, bool divided) {
  if (!divided) return {};
  Diagnostics problems;
  if (options.output.empty()) {
    problems.push_back({{"-o", 0, 0},
                        "tasks and ranks work on parts that are joined from files, and no output is named",
                        "name one with -o"});
  }
  if (!plan.until.empty()) {
    problems.push_back({{"--until", 0, 0},
                        "how many patients are enough shows only when all have been added up, so that the work cannot "
                        "be divided beforehand",
                        "give --patients instead"});
  }
  return problems;
}

/// Whether an earlier attempt of the same task has left its part whole.
bool has_part(const std::string& output, const results::RunIdentity& identity, const study::Share& share) {
  if (!std::filesystem::exists(output)) return false;
  const results::UnitsFile part(output);
  const std::string different = results::difference(identity, part.header().identity);
  if (different.empty() && part.header().share.task == share.task && part.header().share.tasks == share.tasks)
    return true;
  throw IoError(fmt::format("'{}' is the part of another run or task{}{} -- remove it or choose another output with -o",
                            output, different.empty() ? "" : ": it differs in ", different));
}

int write_part(const study::Plan& plan, const study::Share& share, const results::RunIdentity& identity,
               results::WorkFolder& folder, const Options& options) {
  results::UnitsHeader header{identity, share, {}};
  results::describe_scenario(plan, header.scenario);
  const std::vector<results::Unit> units = folder.all();
  results::write_units(options.output, header, units);
  folder.remove();
  if (!options.quiet) {
    fmt::print(stderr,
               "{} of {} units of work written to {}; when all tasks are done: myelin merge PART.h5... -o RESULTS.h5\n",
               units.size(), study::units_of(plan).size(), options.output);
  }
  return exit_good;
}

int end_interrupted(ProgressReporter& progress, results::WorkFolder* folder) {
  progress.end();
  if (folder != nullptr) folder->flush();
  if (folder == nullptr || folder->units() == 0) {
    fmt::print(stderr, "myelin: interrupted; no results were written\n");
  } else {
    fmt::print(stderr,
               "myelin: interrupted; no results were written, and {} finished units of work are kept in '{}': the same "
               "command goes on from there\n",
               folder->units(), folder->path().string());
  }
  return exit_interrupted;
}

/// A run whose options and plan are good.
class Run {
 public:
  Run(const Ranks& ranks, const Options& options, study::Plan plan, study::SensitivityPlan sensitivity,
      engine::InstructionSet set)
      : ranks_(ranks),
        options_(options),
        plan_(std::move(plan)),
        sensitivity_(std::move(sensitivity)),
        until_(plan_.until),
        set_(set),
        progress_(options) {}

  int go(const std::optional<study::Share>& task) {
    catch_signals();
    study::Execution execution = execution_of(options_, set_, progress_, nullptr);
    study::settle_engine(plan_, execution);
    // Only kept work needs an identity, which digests every table.
    const results::RunIdentity identity =
        options_.output.empty() ? results::RunIdentity{} : results::identity_of(plan_);
    const bool done = task && has_part(options_.output, identity, *task);
    if (!options_.output.empty() && plan_.until.empty()) {
      if (const Diagnostics problems = open_folder(identity); !problems.empty())
        return ranks_.first() ? report_problems(problems) : exit_user;
      execution.store = folder_.get();
    }
    if (done) {
      folder_->remove();  // the attempt that wrote the part may have been killed before it could
      fmt::print(stderr, "{} has this task's part already; nothing was run\n", options_.output);
      return exit_good;
    }
    resumed_ = folder_ != nullptr && folder_->units() > 0;
    if (resumed_ && !options_.quiet && ranks_.first()) {
      fmt::print(stderr, "going on from {} finished units of work in {}\n", folder_->units(), folder_->path().string());
    }
    if (task) return do_task(*task, identity, execution);
    if (ranks_.size() > 1) {
      if (const std::optional<int> code = do_rank(execution)) return *code;
    }
    return do_rest(execution);
  }

 private:
  /// The first rank holds the lock and removes what is damaged before the others look.
  Diagnostics open_folder(const results::RunIdentity& identity) {
    results::WorkFolder::Options how{options_.batch_seconds, options_.remake_damaged,
                                     ranks_.size() > 1 ? fmt::format("rank{}-", ranks_.rank()) : "", ranks_.first()};
    Diagnostics problems;
    for (const bool turn_of_first : {true, false}) {
      if (ranks_.first() == turn_of_first) {
        auto opened = results::WorkFolder::open(options_.output, identity, how);
        if (opened) {
          folder_ = std::move(*opened);
        } else {
          problems = opened.error();
        }
      }
      if (!ranks_.all(problems.empty())) {
        if (problems.empty()) problems.push_back({{options_.output, 0, 0}, "another rank cannot go on", ""});
        return problems;
      }
    }
    return {};
  }

  int do_task(const study::Share& share, const results::RunIdentity& identity, study::Execution& execution) {
    execution.share = share;
    const Result<std::optional<Outputs>> done = carry_out(plan_, sensitivity_, execution);
    if (!done) return report_problems(done.error());
    if (!done->has_value()) return end_interrupted(progress_, folder_.get());
    progress_.end();
    return write_part(plan_, share, identity, *folder_, options_);
  }

  /// A rank's units, into the folder of all; no exit code if this rank is to do what is left.
  std::optional<int> do_rank(study::Execution& execution) {
    execution.share =
        study::Share{static_cast<std::uint64_t>(ranks_.rank()), static_cast<std::uint64_t>(ranks_.size())};
    const Result<std::optional<Outputs>> done = carry_out(plan_, sensitivity_, execution);
    folder_->flush();
    const bool good = done && done->has_value();
    if (!ranks_.all(good)) {
      if (!done) return report_problems(done.error());
      if (!ranks_.first()) return exit_interrupted;
      folder_->look_again();
      return end_interrupted(progress_, folder_.get());
    }
    if (!ranks_.first()) return exit_good;
    if (const Diagnostics problems = folder_->look_again(); !problems.empty()) return report_problems(problems);
    execution.share.reset();
    return std::nullopt;
  }

  int do_rest(const study::Execution& execution) {
    Result<std::optional<Outputs>> outputs = carry_out(plan_, sensitivity_, execution);
    if (!outputs) return report_problems(outputs.error());
    if (!outputs->has_value()) return end_interrupted(progress_, folder_.get());
    progress_.end();
    const int code =
        finish(std::move(plan_), std::move(**outputs), until_, options_, execution, !resumed_ && ranks_.size() == 1);
    if (folder_ != nullptr) folder_->remove();
    return code;
  }

  const Ranks& ranks_;
  const Options& options_;
  study::Plan plan_;
  study::SensitivityPlan sensitivity_;
  std::vector<study::PrecisionTarget> until_;
  engine::InstructionSet set_;
  ProgressReporter progress_;
  std::unique_ptr<results::WorkFolder> folder_;
  bool resumed_ = false;
};

int run_on(const Ranks& ranks, const Options& options) {
  Diagnostics problems;
  const Result<engine::InstructionSet> instruction_set = choose_instruction_set(options.instruction_set);
  if (!instruction_set) append(problems, instruction_set.error());
  const Result<std::optional<study::Share>> task = read_share(options.task);
  if (!task) append(problems, task.error());
  if (options.task.empty()) append(problems, check_output(options.output));
  Result<study::Plan> plan = study::make_plan(request_of(options), models());
  study::SensitivityPlan sensitivity;
  if (!plan) {
    append(problems, plan.error());
  } else {
    const auto reference = find_reference(plan->analyses.front().strategies, options.reference);
    if (!reference) append(problems, reference.error());
    append(problems, check_division(*plan, options, !options.task.empty() || ranks.size() > 1));
    Result<study::SensitivityPlan> asked = plan_questions(*plan);
    if (!asked) {
      append(problems, asked.error());
    } else {
      sensitivity = std::move(*asked);
    }
  }
  if (!problems.empty()) return ranks.first() ? report_problems(problems) : exit_user;
  require_writable_folder(options.output);
  return Run(ranks, options, std::move(*plan), std::move(sensitivity), *instruction_set).go(*task);
}

}  // namespace

int run(const Options& options) {
  const Ranks ranks;
  try {
    return run_on(ranks, options);
  } catch (const std::exception& error) {
    if (ranks.size() > 1) {
      print_error(fmt::format("rank {}: {}", ranks.rank(), error.what()));
      ranks.abort(exit_world);
    }
    throw;
  }
}

}  // namespace myelin::cli
