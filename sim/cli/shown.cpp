#include "cli/shown.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/common.hpp"
#include "report/conventions.hpp"
#include "report/json.hpp"
#include "report/tables.hpp"
#include "report/wording.hpp"
#include "results/reprice.hpp"
#include "results/results.hpp"

namespace myelin::cli {

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

Result<Shown> choose_shown(results::RunResults run, const Options& options) {
  std::vector<std::string> strategies;
  for (const results::StrategyResult& strategy : run.analyses.front().strategies) strategies.push_back(strategy.name);
  const Result<std::size_t> reference = find_reference(strategies, options.reference);
  if (!reference) return tl::unexpected(reference.error());
  if (!options.thresholds.empty()) run.thresholds = options.thresholds;
  return Shown{std::move(run), *reference};
}

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

Result<FinishedRun> open_run(const Options& options) {
  results::RunResults run = results::read(options.results);
  Result<study::Plan> plan = results::plan_of_run(run, options.overrides, models());
  if (!plan) return tl::unexpected(plan.error());
  const Result<study::Plan> ran = options.overrides.empty() ? plan : results::plan_of_run(run, {}, models());
  if (!ran) return tl::unexpected(ran.error());
  std::optional<results::CountedLives> lives = results::counted_lives(run, *ran, *plan);
  std::vector<std::string> remarks;
  if (!options.overrides.empty()) {
    Result<results::Repriced> repriced = results::reprice(run, *plan, models());
    if (!repriced) return tl::unexpected(repriced.error());
    run = std::move(repriced->run);
    remarks = std::move(repriced->remarks);
  }
  Result<Shown> shown = choose_shown(std::move(run), options);
  if (!shown) return tl::unexpected(shown.error());
  return FinishedRun{std::move(*shown), std::move(*plan), std::move(lives), std::move(remarks)};
}

int analyse(const Options& options) {
  const Result<FinishedRun> finished = open_run(options);
  if (!finished) return report_problems(finished.error(), "");
  const Shown& shown = finished->shown;
  if (options.all_conventions && !options.json) return print_conventions(shown.run, shown.reference);
  const Result<std::vector<report::Section>> sections = report::make_sections(finished->material());
  if (!sections) return report_problems(sections.error(), "");
  for (const std::string& remark : finished->remarks) fmt::print(stderr, "note: {}\n", remark);
  if (options.json) return print_json(shown, options, *sections);
  // Alternatives have a table of their own among the sections.
  Result<report::Document> document = tables_of(shown, 0, true);
  if (!document) return report_problems(document.error(), "");
  for (const report::Section& section : *sections) *document += section.document;
  fmt::print("{}\n{}\n\n{}\n", heading(shown.run), title_of(shown.run.analyses.front()), to_text(*document));
  return exit_good;
}

}  // namespace myelin::cli
