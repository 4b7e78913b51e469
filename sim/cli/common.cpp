#include "cli/common.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/error_text.hpp"
#include "models/markov/model.hpp"
#include "models/ms/model.hpp"
#include "report/section.hpp"
#include "study/joint_groups.hpp"

namespace myelin::cli {

const study::Models& models() {
  static const ms::MsModel ms;
  static const markov::MarkovModel markov;
  static const study::Models all = {&ms, &markov};
  return all;
}

int report_problems(const Diagnostics& problems, const char* closing) {
  for (const Diagnostic& problem : problems) print_diagnostic(problem);
  print_error(fmt::format("{} problem{}{}", problems.size(), problems.size() == 1 ? "" : "s", closing));
  return exit_user;
}

study::PlanRequest request_of(const Options& options) {
  return {scenario::Folder(options.scenario), options.overrides, options.strategies};
}

Result<std::size_t> find_reference(const std::vector<std::string>& strategies, const std::string& name) {
  if (name.empty()) return 0;
  const auto found = std::ranges::find(strategies, name);
  if (found != strategies.end()) return static_cast<std::size_t>(found - strategies.begin());
  const auto nearest = nearest_name(name, strategies);
  return tl::unexpected(Diagnostics{{{"--reference", 0, 0},
                                     "the run has no strategy '" + name + "'",
                                     nearest ? "did you mean '" + *nearest + "'?"
                                             : "name one of " + fmt::format("{}", fmt::join(strategies, ", "))}});
}

Result<study::SensitivityPlan> plan_questions(const study::Plan& plan) {
  const study::PlannedAnalysis& base = plan.analyses.front();
  Diagnostics problems =
      report::check_questions({base.scenario, base.strategies, study::uncertain_inputs(base.scenario).varied});
  Result<study::SensitivityPlan> sensitivity = study::plan_sensitivity(base);
  if (!sensitivity) problems.insert(problems.begin(), sensitivity.error().begin(), sensitivity.error().end());
  if (!problems.empty()) return tl::unexpected(std::move(problems));
  return sensitivity;
}

}  // namespace myelin::cli
