#include "study/calibrate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "cli/common.hpp"
#include "cli/text_file.hpp"
#include "report/calibration.hpp"
#include "study/prediction.hpp"
#include "study/targets_file.hpp"

namespace myelin::cli {

namespace {

std::optional<report::Range> range_of(const std::optional<study::Interval>& interval) {
  return interval ? std::optional(report::Range{interval->low, interval->high}) : std::nullopt;
}

/// Where the searches that reached the optimum left a parameter.
report::Range reached(const study::Calibration& calibration, std::size_t parameter) {
  report::Range range{calibration.estimate[parameter], calibration.estimate[parameter]};
  for (const study::LocalSearch& search : calibration.searches) {
    if (search.objective > calibration.objective + study::same_optimum) continue;
    range.low = std::min(range.low, search.end[parameter]);
    range.high = std::max(range.high, search.end[parameter]);
  }
  return range;
}

std::optional<double> worst_objective(const study::Calibration& calibration) {
  std::optional<double> worst;
  for (const study::LocalSearch& search : calibration.searches) {
    if (std::isfinite(search.objective)) worst = std::max(worst.value_or(search.objective), search.objective);
  }
  return worst;
}

report::CalibrationReport report_of(const study::CalibrationSpec& spec, const std::vector<study::Target>& targets,
                                    const study::Calibration& calibration) {
  const study::Uncertainty& uncertainty = calibration.uncertainty;
  report::CalibrationReport report;
  report.title = spec.title;
  report.objective_name = study::name_of(spec.objective);
  report.objective = calibration.objective;
  report.starts = spec.starts;
  report.reached = calibration.reached;
  report.same_optimum = study::same_optimum;
  report.worst_objective = worst_objective(calibration);
  for (std::size_t i = 0; i < spec.parameters.size(); ++i) {
    const study::CalibratedParameter& parameter = spec.parameters[i];
    report.parameters.push_back({.path = parameter.path,
                                 .scale = study::name_of(parameter.scale),
                                 .low = parameter.low,
                                 .high = parameter.high,
                                 .estimate = calibration.estimate[i],
                                 .standard_error = uncertainty.standard_errors[i],
                                 .interval = range_of(uncertainty.intervals[i]),
                                 .reached = reached(calibration, i)});
  }
  report.correlation = uncertainty.correlation;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    report.targets.push_back({.id = targets[i].id,
                              .unit = targets[i].unit,
                              .source = targets[i].source,
                              .observed = targets[i].observed,
                              .interval = range_of(targets[i].interval),
                              .fitted = calibration.fitted[i],
                              .part = calibration.parts[i]});
  }
  report.seed = spec.seed;
  report.draws = uncertainty.draws;
  report.rejected_draws = uncertainty.rejected;
  report.warnings = calibration.warnings;
  return report;
}

void write_all(const std::filesystem::path& folder, const report::CalibrationReport& report) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) {
    throw IoError(fmt::format("cannot make the folder '{}' ({}) -- choose another with --to", folder.string(),
                              failure.message()));
  }
  write_text_file(folder / "report.json", report::calibration_json(report) + "\n");
  write_text_file(folder / "fit.csv", report::calibration_fit_csv(report));
  write_text_file(folder / "draws.csv", report::calibration_draws_csv(report));
}

}  // namespace

int calibrate(const Options& options) {
  const Result<study::CalibrationSpec> spec = study::read_calibration_spec(options.specification);
  if (!spec) return report_problems(spec.error());
  Diagnostics problems;
  const std::vector<study::Target> targets = study::read_targets(spec->targets, problems);
  // A target left out for its mistakes would seem not to be there.
  const std::vector<study::Target> chosen =
      problems.empty() ? study::chosen_targets(*spec, targets, problems) : targets;
  for (Diagnostic& problem : study::check_targets(chosen, models())) problems.push_back(std::move(problem));
  if (!problems.empty()) return report_problems(problems);
  study::Execution execution;
  execution.cohort_state_limit = options.state_limit;
  const auto calibration = study::calibrate(*spec, chosen, models(), execution);
  if (!calibration) return report_problems(calibration.error());
  const report::CalibrationReport report = report_of(*spec, chosen, *calibration);
  if (!options.to.empty()) write_all(options.to, report);
  fmt::print("{}\n", options.json ? report::calibration_json(report) : report::calibration_tables(report));
  return exit_good;
}

}  // namespace myelin::cli
