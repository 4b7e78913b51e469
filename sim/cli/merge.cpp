#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "cli/common.hpp"
#include "cli/simulation.hpp"
#include "results/reprice.hpp"
#include "results/work_folder.hpp"

namespace myelin::cli {

namespace {

/// The units of all parts.
class Parts : public study::UnitStore {
 public:
  /// Opens every part; each that is corrupt, foreign or double is a diagnostic.
  Diagnostics open(const std::vector<std::string>& paths) {
    Diagnostics problems;
    std::map<study::UnitName, std::string> first_with;
    for (const std::string& path : paths) {
      try {
        results::UnitsFile part(path);
        if (!header_) header_ = part.header();
        const std::string different = results::difference(header_->identity, part.header().identity);
        if (!different.empty()) {
          problems.push_back(
              {{path, 0, 0},
               fmt::format("this part is of another run than {}: it differs in {}", paths.front(), different),
               "merge the parts of one run"});
          continue;
        }
        tasks_.insert_or_assign(part.header().share.task, path);
        for (const study::UnitName& unit : part.units()) first_with.emplace(unit, path);
        if (const auto known = index_.add(std::move(part)); !known.empty()) {
          problems.push_back({{path, 0, 0},
                              fmt::format("{} of its units of work, {} among them, are in {} too", known.size(),
                                          to_string(known.front()), first_with.at(known.front())),
                              "name each part once"});
        }
      } catch (const IoError& error) {
        problems.push_back({{path, 0, 0},
                            fmt::format("this part cannot be used ({})", error.what()),
                            "remove it and run its task again"});
      }
    }
    return problems;
  }

  /// What the plan needs and no part has.
  Diagnostics missing(const study::Plan& plan) const {
    std::vector<study::UnitName> absent;
    for (const study::UnitName& unit : study::units_of(plan)) {
      if (!index_.has(unit)) absent.push_back(unit);
    }
    if (absent.empty()) return {};
    constexpr std::size_t most_named = 20;
    std::vector<std::string> tasks;
    for (std::uint64_t task = 0; task < header_->share.tasks && tasks.size() < most_named; ++task) {
      if (!tasks_.contains(task)) tasks.push_back(std::to_string(task + 1));
    }
    if (header_->share.tasks > tasks_.size() + tasks.size()) tasks.emplace_back("...");
    return {{{"merge", 0, 0},
             fmt::format("{} units of work, {} among them, are in no part; of {} tasks there is no part of {}",
                         absent.size(), to_string(absent.front()), header_->share.tasks, fmt::join(tasks, ", ")),
             "run the missing tasks, and name their parts too"}};
  }

  const results::UnitsHeader& header() const { return *header_; }
  bool has(const study::UnitName& unit) const override { return index_.has(unit); }
  std::optional<study::UnitValues> find(const study::UnitName& unit) const override { return index_.find(unit); }
  void keep(const study::UnitName&, study::UnitValues) override {}

 private:
  std::optional<results::UnitsHeader> header_;
  results::UnitsIndex index_;
  std::map<std::uint64_t, std::string> tasks_;
};

}  // namespace

int merge(const Options& options) {
  Diagnostics problems = check_output(options.output);
  Parts parts;
  for (Diagnostic& problem : parts.open(options.parts)) problems.push_back(std::move(problem));
  const Result<engine::InstructionSet> instruction_set = choose_instruction_set(options.instruction_set);
  if (!instruction_set) problems.insert(problems.end(), instruction_set.error().begin(), instruction_set.error().end());
  if (!problems.empty()) return report_problems(problems, "; nothing was merged");
  Result<study::Plan> plan =
      results::plan_of_run(parts.header().scenario, {}, models(), study::PlanRequest::Extent::all);
  if (!plan) return report_problems(plan.error(), "; nothing was merged");
  ProgressReporter progress(options);
  const study::Execution execution = execution_of(options, *instruction_set, progress, &parts);
  study::settle_engine(*plan, execution);
  const std::string different = results::difference(results::identity_of(*plan), parts.header().identity);
  if (!different.empty()) {
    problems.push_back(
        {{options.parts.front(), 0, 0},
         fmt::format("this program would run the scenario of the parts otherwise: it differs in {}", different),
         "merge with the program that ran the tasks"});
  } else {
    problems = parts.missing(*plan);
  }
  const Result<study::SensitivityPlan> sensitivity = plan_questions(*plan);
  if (!sensitivity) problems.insert(problems.end(), sensitivity.error().begin(), sensitivity.error().end());
  if (!problems.empty()) return report_problems(problems, "; nothing was merged");
  require_writable_folder(options.output);
  catch_signals();
  Result<std::optional<Outputs>> outputs = carry_out(*plan, *sensitivity, execution);
  progress.end();
  if (!outputs) return report_problems(outputs.error(), "; nothing was merged");
  if (!outputs->has_value()) {
    fmt::print(stderr, "myelin: interrupted; no results were written\n");
    return exit_interrupted;
  }
  return finish(std::move(*plan), std::move(**outputs), {}, options, execution, false);
}

}  // namespace myelin::cli
