#include "cli/common.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/markov/model.hpp"
#include "models/ms/model.hpp"
#include "report/conventions.hpp"
#include "report/json.hpp"
#include "report/tables.hpp"
#include "report/wording.hpp"

namespace myelin::cli {

const study::Models& models() {
  static const ms::MsModel ms;
  static const markov::MarkovModel markov;
  static const study::Models all = {&ms, &markov};
  return all;
}

int report_problems(const Diagnostics& problems, const char* closing) {
  for (const Diagnostic& problem : problems) fmt::print(stderr, "{}\n", to_string(problem));
  fmt::print(stderr, "myelin: {} problem{}{}\n", problems.size(), problems.size() == 1 ? "" : "s", closing);
  return exit_user;
}

study::PlanRequest request_of(const Options& options) {
  return {options.scenario, options.overrides, options.strategies};
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

namespace {

/// How many inputs have each grade: a table of numbers that nobody has read in their source must say so.
std::string grades_of(const results::RunResults& run) {
  std::vector<std::string> counts;
  for (const char* grade : {"read", "secondary", "derived", "recalled", "assumption"}) {
    const auto count = std::ranges::count_if(
        run.inputs, [&](const results::InputRecord& input) { return input.provenance.grade == grade; });
    if (count > 0) counts.push_back(fmt::format("{} {}", count, grade));
  }
  return fmt::format("grade of the {} inputs: {}; recalled and assumed ones were not verified in a source\n",
                     run.inputs.size(), fmt::join(counts, ", "));
}

std::string heading(const results::RunResults& run) {
  std::string text = run.title + "\n";
  text += run.engine == "cohort"
              ? "Cohort engine (exact expectations)"
              : fmt::format("Microsimulation of {} patients a strategy, seed {}", run.patients, run.seed);
  const results::AnalysisResult& base = run.analyses.front();
  const std::string cost = report::discount_in_words(base.discount_cost),
                    qaly = report::discount_in_words(base.discount_qaly);
  text +=
      fmt::format("; cycle {:.6g} year{}; {}; {} {}\n", run.cycle_length_years, run.cycle_length_years == 1 ? "" : "s",
                  cost == qaly ? "costs and QALYs discounted at " + cost
                               : fmt::format("costs discounted at {}, QALYs at {}", cost, qaly),
                  run.currency, run.price_year);
  std::vector<std::string> stated;
  for (const results::Setting& setting : run.settings) stated.push_back(setting.key + ": " + setting.value);
  return text + fmt::format("{}\n", fmt::join(stated, "; ")) + grades_of(run);
}

std::string title_of(const results::AnalysisResult& analysis) {
  if (analysis.overrides.empty()) return "=== Base case ===";
  return fmt::format("=== Alternative: {} ({}) ===", analysis.name, fmt::join(analysis.overrides, ", "));
}

int print_conventions(const results::RunResults& run, std::size_t reference) {
  std::string text = heading(run) + "\n";
  for (std::size_t i = 0; i < run.analyses.size(); ++i) {
    const Result<std::string> tables = report::convention_tables(run, i, reference);
    if (!tables) return report_problems(tables.error(), "");
    text += fmt::format("{}\n\n{}\n", title_of(run.analyses[i]), *tables);
  }
  fmt::print("{}", text);
  return exit_good;
}

}  // namespace

int print_results(const results::RunResults& run, const Options& options, bool every_table) {
  results::RunResults shown = run;
  if (!options.thresholds.empty()) shown.thresholds = options.thresholds;
  std::vector<std::string> strategies;
  for (const results::StrategyResult& strategy : shown.analyses.front().strategies) strategies.push_back(strategy.name);
  const Result<std::size_t> reference = find_reference(strategies, options.reference);
  if (!reference) return report_problems(reference.error(), "");
  if (options.json) {
    const Result<std::string> json =
        report::to_json(shown, shown.thresholds, *reference,
                        options.all_conventions ? report::ShownConventions::all : report::ShownConventions::of_run);
    if (!json) return report_problems(json.error(), "");
    fmt::print("{}\n", *json);
    return exit_good;
  }
  if (options.quiet) return exit_good;
  if (options.all_conventions) return print_conventions(shown, *reference);
  fmt::print("{}\n", heading(shown));
  for (std::size_t i = 0; i < shown.analyses.size(); ++i) {
    const Result<std::string> incremental = report::incremental_table(shown, i),
                              net_benefit = report::net_benefit_table(shown, i),
                              pairwise = report::pairwise_table(shown, i, *reference);
    if (!incremental) return report_problems(incremental.error(), "");
    const std::string counts = report::counts_table(shown, i);
    fmt::print("{}\n\n{}\n{}\n", title_of(shown.analyses[i]), report::summary_table(shown, i), *incremental);
    if (!counts.empty() && (every_table || i == 0)) fmt::print("{}\n", counts);
    if (every_table || i == 0) fmt::print("{}\n{}\n", *pairwise, *net_benefit);
  }
  return exit_good;
}

}  // namespace myelin::cli
