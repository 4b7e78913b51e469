#include "report/voi_trials.hpp"

#include <fmt/format.h>

#include "economics/evsi.hpp"
#include "report/section_support.hpp"
#include "report/text_table.hpp"
#include "report/wording.hpp"

namespace myelin::report {

namespace {

using namespace economics;
using Json = nlohmann::ordered_json;
using Cells = std::vector<std::vector<std::string>>;

Estimate estimate_of(const Evsi& evsi) { return {evsi.value, evsi.standard_error}; }

double cost_of(const TrialRequest& request, double size) {
  return request.cost.fixed + request.cost.per_patient * size;
}

/// Whom the result serves; none where the scenario gives no population.
Result<std::optional<double>> patients_served(const TrialRequest& request,
                                              std::optional<economics::Population> population) {
  if (!population) return std::nullopt;
  population->delay = request.until_known;
  const Result<double> patients = discounted_patients(*population);
  if (!patients) return tl::unexpected(placed_at(request.place, patients.error()));
  return *patients;
}

/// What a trial is worth at one threshold.
struct Valued {
  const EvsiByThreshold& evsi;
  const std::vector<double>& sizes;
  std::optional<double> patients;
  TrialValue value;  ///< empty without patients
};

Result<Valued> value_at(const TrialRequest& request, const EvsiResult& result, std::size_t threshold,
                        std::optional<double> patients) {
  Valued valued{result.by_threshold[threshold], result.sizes, patients, {}};
  if (!patients) return valued;
  std::vector<Trial> trials;
  for (std::size_t size = 0; size < result.sizes.size(); ++size)
    trials.push_back({result.sizes[size], estimate_of(valued.evsi.by_size[size].regression), *patients});
  Result<TrialValue> value = value_trials(trials, request.cost);
  if (!value) return tl::unexpected(placed_at(request.place, value.error()));
  valued.value = std::move(*value);
  return valued;
}

Table size_table(const TrialRequest& request, const Valued& valued) {
  std::vector<TableColumn> columns{
      {"Patients"}, {"EVSI by\nregression"}, {"EVSI by moment\nmatching"}, {"Cost of\ntrial"}};
  if (valued.patients) {
    columns.insert(columns.begin() + 3, {"For all\npatients"});
    columns.push_back({"Net benefit\n(ENBS)"});
  }
  Cells cells;
  for (std::size_t i = 0; i < valued.sizes.size(); ++i) {
    const EvsiBySize& evsi = valued.evsi.by_size[i];
    const bool best = valued.value.best == i;
    cells.push_back({format_number(valued.sizes[i], 0) + (best ? " *" : ""),
                     estimate_cell(estimate_of(evsi.regression), money_decimals),
                     evsi.moment_matching ? estimate_cell(estimate_of(*evsi.moment_matching), money_decimals) : "",
                     format_number(cost_of(request, valued.sizes[i]), money_decimals)});
    if (!valued.patients) continue;
    cells.back().insert(
        cells.back().begin() + 3,
        estimate_cell(population_value(estimate_of(evsi.regression), *valued.patients), money_decimals));
    cells.back().push_back(estimate_cell(valued.value.net_benefit[i], money_decimals));
  }
  return {columns, cells};
}

std::string verdict(const results::RunResults& run, const Valued& valued) {
  std::string text = fmt::format(
      "To know what the trial observes exactly would be worth {} {} {} a patient, the limit of large trials.",
      format_number(valued.evsi.limit.value, money_decimals),
      format_error(valued.evsi.limit.standard_error, money_decimals), run.currency);
  if (!valued.patients)
    return text + " No population is given (voi.population), so that no size can be held against its cost.";
  if (!valued.value.best) return text + " No size is worth its cost.";
  const std::size_t best = *valued.value.best;
  return text + fmt::format(" Of these sizes, {} patients (*) have the highest net benefit: {} {} {}.",
                            format_number(valued.sizes[best], 0),
                            format_number(valued.value.net_benefit[best].mean, money_decimals),
                            format_error(valued.value.net_benefit[best].standard_error, money_decimals), run.currency);
}

std::string how_to_read(const TrialRequest& request, const Valued& valued) {
  std::string text =
      "EVSI: what the data of a trial of so many patients are worth for each patient treated afterwards, by regression "
      "on what the data come to and, as a check that shares little with it, by moment matching (absent where the draws "
      "are too few); ± is the standard error over draws.";
  if (valued.patients) {
    text += fmt::format(
        " The net benefit of sampling is the EVSI by regression times the {} discounted patients after {:g} year{} "
        "less "
        "the cost of the trial, which is not discounted. It leaves out what patients gain or lose within the trial and "
        "what it costs to wait for it.",
        format_number(*valued.patients, 0), request.until_known.value, request.until_known.value == 1 ? "" : "s");
  }
  return text;
}

Json evsi_json(const Evsi& evsi) {
  return {{"value", evsi.value}, {"standard_error", evsi.standard_error}, {"bias", evsi.bias}};
}

Json threshold_json(const TrialRequest& request, const EvsiResult& result, const Valued& valued) {
  Json json = {
      {"threshold", valued.evsi.limit.threshold},
      {"evppi_of_observed", {{"value", valued.evsi.limit.value}, {"standard_error", valued.evsi.limit.standard_error}}},
      {"best_size", valued.value.best ? Json(valued.sizes[*valued.value.best]) : Json()},
      {"sizes", Json::array()}};
  for (std::size_t i = 0; i < valued.sizes.size(); ++i) {
    const EvsiBySize& evsi = valued.evsi.by_size[i];
    Json row = {{"patients", valued.sizes[i]},
                {"regression", evsi_json(evsi.regression)},
                {"moment_matching", evsi.moment_matching ? evsi_json(*evsi.moment_matching) : Json()},
                {"effective_draws", result.effective_draws[i]},
                {"cost", cost_of(request, valued.sizes[i])}};
    if (valued.patients) {
      const Estimate all = population_value(estimate_of(evsi.regression), *valued.patients);
      row["population_value"] = {{"mean", all.mean}, {"standard_error", all.standard_error}};
      row["enbs"] = {{"mean", valued.value.net_benefit[i].mean},
                     {"standard_error", valued.value.net_benefit[i].standard_error}};
    }
    json["sizes"].push_back(std::move(row));
  }
  return json;
}

}  // namespace

Result<Section> value_trial(const results::RunResults& run, const DecisionSample& sample,
                            const ParameterSample& parameters, const TrialRequest& request,
                            const std::optional<economics::Population>& population) {
  Diagnostics problems = check(request.design, parameters);
  if (!problems.empty()) return tl::unexpected(placed_at(request.place, std::move(problems)));
  const Result<std::optional<double>> patients = patients_served(request, population);
  if (!patients) return tl::unexpected(patients.error());
  Section section{request.design.name, Heading{"Proposed trial: " + request.label}, {{"label", request.label}}};
  const Result<EvsiResult> result = evsi(sample, run.thresholds, parameters, request.design, {.seed = Seed{run.seed}});
  if (!result) {
    const std::string reason = result.error().front().problem;
    section.document += Paragraph{"Left out: " + reason + "."};
    section.json["left_out"] = reason;
    return section;
  }
  section.json["patients_served"] = *patients ? Json(**patients) : Json();
  section.json["thresholds"] = Json::array();
  for (std::size_t i = 0; i < run.thresholds.size(); ++i) {
    const Result<Valued> valued = value_at(request, *result, i, *patients);
    if (!valued) return tl::unexpected(valued.error());
    section.document +=
        Heading{fmt::format("At {} {} per QALY", format_number(run.thresholds[i], money_decimals), run.currency),
                true} +
        size_table(request, *valued) + Paragraph{verdict(run, *valued)};
    if (i + 1 == run.thresholds.size()) section.document += Paragraph{how_to_read(request, *valued)};
    section.json["thresholds"].push_back(threshold_json(request, *result, *valued));
  }
  return section;
}

}  // namespace myelin::report
