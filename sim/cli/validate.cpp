#include <fmt/format.h>

#include <filesystem>

#include "cli/common.hpp"
#include "cli/shared_file.hpp"
#include "cli/text_file.hpp"
#include "report/validation.hpp"
#include "study/agreement.hpp"
#include "study/prediction.hpp"
#include "study/targets_file.hpp"

namespace myelin::cli {

namespace {

std::optional<report::Range> range_of(const std::optional<study::Interval>& interval) {
  return interval ? std::optional(report::Range{interval->low, interval->high}) : std::nullopt;
}

report::ValidationRow row_of(const study::Target& target, const study::Prediction& prediction) {
  report::ValidationRow row;
  row.id = target.id;
  row.use = study::name_of(target.use);
  row.strategy = target.strategy;
  row.measure = target.measure_text;
  row.unit = target.unit;
  row.source = target.source;
  row.grade = target.grade;
  row.note = target.note;
  row.reason = target.reason;
  row.observed_text = target.observed_text;
  if (target.usable()) row.observed = target.observed;
  row.predicted = prediction.value;
  row.observed_interval = range_of(target.interval);
  row.predicted_interval = range_of(prediction.interval);
  row.level = target.level;
  row.interval_from = study::name_of(target.interval_from);
  row.inside = prediction.inside(target);
  row.overlap = prediction.overlaps(target);
  return row;
}

report::Validation validation_of(const std::filesystem::path& path, const std::vector<study::Target>& targets,
                                 const std::vector<study::Prediction>& predictions) {
  const study::Agreement agreement = study::agreement_of(targets, predictions, study::Use::held_out);
  report::Validation validation;
  validation.targets = path.string();
  for (std::size_t i = 0; i < targets.size(); ++i) validation.rows.push_back(row_of(targets[i], predictions[i]));
  validation.held_out = {.with_interval = agreement.with_interval,
                         .inside = agreement.inside,
                         .coverage = range_of(agreement.coverage),
                         .proportions = agreement.proportions,
                         .mean_error = agreement.mean_error,
                         .mean_absolute_error = agreement.mean_absolute_error,
                         .rank_correlation = agreement.rank_correlation};
  return validation;
}

}  // namespace

int validate(const Options& options) {
  const std::filesystem::path path = options.targets.empty() ? shared_file("scenarios/ms/validation/targets.csv")
                                                             : std::filesystem::path(options.targets);
  Diagnostics problems;
  const std::vector<study::Target> targets = study::read_targets(path, problems);
  if (!problems.empty()) {
    for (Diagnostic& problem : study::check_targets(targets, models())) problems.push_back(std::move(problem));
    return report_problems(problems);
  }
  study::Execution execution;
  execution.cohort_state_limit = options.state_limit;
  const auto predictions = study::predict(targets, models(), execution);
  if (!predictions) return report_problems(predictions.error());
  const report::Validation validation = validation_of(path, targets, *predictions);
  if (!options.to.empty()) write_text_file(options.to, report::validation_csv(validation));
  fmt::print("{}\n", options.json ? report::validation_json(validation) : report::validation_tables(validation));
  return exit_good;
}

}  // namespace myelin::cli
