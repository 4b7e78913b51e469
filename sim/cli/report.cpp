#include <fmt/format.h>

#include <filesystem>

#include "cli/access.hpp"
#include "cli/common.hpp"
#include "cli/shown.hpp"
#include "cli/simulation.hpp"
#include "page/page.hpp"
#include "results/reprice.hpp"
#include "results/results.hpp"
#include "results/whole_file.hpp"

namespace myelin::cli {

namespace {

/// RESULTS.h5 becomes RESULTS.html where no other name is given.
std::string page_path(const Options& options) {
  if (!options.output.empty()) return options.output;
  return std::filesystem::path(options.results).replace_extension(".html").string();
}

/// The base case with every amount at 0 that was not read; without lives where the model refuses that.
page::WithoutUnread without_unread(const FinishedRun& finished, const std::vector<std::string>& overrides) {
  page::WithoutUnread unread{page::without_unread_amounts(finished.shown.run), std::nullopt};
  if (unread.overrides.empty() || !finished.lives) return unread;
  std::vector<std::string> all = overrides;
  all.insert(all.end(), unread.overrides.begin(), unread.overrides.end());
  const Result<study::Plan> plan =
      results::plan_of_run(finished.shown.run, all, models(), study::PlanRequest::Extent::base);
  if (plan) unread.lives = results::with_amounts_of(*finished.lives, *plan);
  return unread;
}

}  // namespace

int report(const Options& options) {
  const std::string path = page_path(options);
  require_writable_folder(path);
  const Result<FinishedRun> finished = open_run(options);
  if (!finished) return report_problems(finished.error(), "");
  const results::RunResults& run = finished->shown.run;
  std::optional<report::Document> access;
  if (asks_for_access(finished->plan)) {
    if (!options.quiet) fmt::print(stderr, "solving waits and losses by region, which can take a minute\n");
    const Result<report::AccessReport> found = access_report(finished->plan);
    if (!found) return report_problems(found.error(), "");
    access = report::access_document(*found);
  }
  const page::PageRequest request{finished->material(), *finished->plan.model,
                                  results::digest(run), without_unread(*finished, options.overrides),
                                  finished->remarks,    std::move(access)};
  const Result<std::string> page = page::page(request);
  if (!page) return report_problems(page.error(), "");
  results::write_whole_text(path, *page);
  if (!options.quiet) fmt::print(stderr, "report written to {}\n", path);
  return exit_good;
}

}  // namespace myelin::cli
