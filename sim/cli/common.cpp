#include "cli/common.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/error_text.hpp"
#include "models/markov/model.hpp"
#include "models/ms/model.hpp"
#include "report/conventions.hpp"
#include "report/json.hpp"
#include "report/section.hpp"
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
    const Result<report::Document> tables = report::convention_tables(run, i, reference);
    if (!tables) return report_problems(tables.error(), "");
    text += fmt::format("{}\n\n{}\n", title_of(run.analyses[i]), to_text(*tables));
  }
  fmt::print("{}", text);
  return exit_good;
}

/// What both commands show, with the thresholds that are asked for.
struct Shown {
  results::RunResults run;
  std::size_t reference = 0;
};

Result<Shown> choose_shown(const results::RunResults& run, const Options& options) {
  Shown shown{run, 0};
  if (!options.thresholds.empty()) shown.run.thresholds = options.thresholds;
  std::vector<std::string> strategies;
  for (const results::StrategyResult& strategy : run.analyses.front().strategies) strategies.push_back(strategy.name);
  const Result<std::size_t> reference = find_reference(strategies, options.reference);
  if (!reference) return tl::unexpected(reference.error());
  shown.reference = *reference;
  return shown;
}

/// The tables of one analysis; the longer ones only where `whole`.
Result<report::Document> tables_of(const Shown& shown, std::size_t analysis, bool whole) {
  const Result<report::Document> incremental = report::incremental_table(shown.run, analysis),
                                 net_benefit = report::net_benefit_table(shown.run, analysis),
                                 pairwise = report::pairwise_table(shown.run, analysis, shown.reference);
  if (!incremental) return tl::unexpected(incremental.error());
  report::Document tables = report::summary_table(shown.run, analysis) + *incremental;
  if (whole) tables += report::counts_table(shown.run, analysis) + *pairwise + *net_benefit;
  return tables;
}

int print_json(const Shown& shown, const Options& options, const std::vector<report::Section>& sections) {
  Result<nlohmann::ordered_json> json =
      report::to_json(shown.run, shown.run.thresholds, shown.reference,
                      options.all_conventions ? report::ShownConventions::all : report::ShownConventions::of_run);
  if (!json) return report_problems(json.error(), "");
  for (const report::Section& section : sections) (*json)[section.key] = section.json;
  fmt::print("{}\n", json->dump(2));
  return exit_good;
}

}  // namespace

int print_results(const results::RunResults& run, const Options& options) {
  const Result<Shown> shown = choose_shown(run, options);
  if (!shown) return report_problems(shown.error(), "");
  if (options.json) return print_json(*shown, options, {});
  if (options.quiet) return exit_good;
  std::string text = heading(shown->run) + "\n";
  for (std::size_t i = 0; i < run.analyses.size(); ++i) {
    const Result<report::Document> tables = tables_of(*shown, i, i == 0);
    if (!tables) return report_problems(tables.error(), "");
    text += fmt::format("{}\n\n{}\n", title_of(run.analyses[i]), to_text(*tables));
  }
  fmt::print("{}", text);
  return exit_good;
}

int print_analysis(const results::RunResults& run, const scenario::Scenario& scenario,
                   const std::optional<results::CountedLives>& lives, const std::vector<std::string>& remarks,
                   const Options& options) {
  const Result<Shown> shown = choose_shown(run, options);
  if (!shown) return report_problems(shown.error(), "");
  if (options.all_conventions && !options.json) return print_conventions(shown->run, shown->reference);
  const Result<std::vector<report::Section>> sections =
      report::make_sections({shown->run, scenario, shown->reference, lives ? &*lives : nullptr});
  if (!sections) return report_problems(sections.error(), "");
  for (const std::string& remark : remarks) fmt::print(stderr, "note: {}\n", remark);
  if (options.json) return print_json(*shown, options, *sections);
  // Alternatives have a table of their own among the sections.
  Result<report::Document> document = tables_of(*shown, 0, true);
  if (!document) return report_problems(document.error(), "");
  for (const report::Section& section : *sections) *document += section.document;
  fmt::print("{}\n{}\n\n{}\n", heading(shown->run), title_of(run.analyses.front()), to_text(*document));
  return exit_good;
}

}  // namespace myelin::cli
