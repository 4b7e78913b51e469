#include "report/validation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "report/csv.hpp"
#include "report/document.hpp"
#include "report/text_table.hpp"

namespace myelin::report {

namespace {

using Json = nlohmann::ordered_json;
using Kind = TableColumn::Kind;

constexpr const char* interval_method =
    "one at a time, each varied parameter at its stated low and high; deviations combined as the root of their sum of "
    "squares, upwards and downwards apart";

std::string shown(const std::optional<double>& value) { return value ? readable(*value) : "-"; }

std::string shown(const std::optional<Range>& range) {
  return range ? fmt::format("{} to {}", readable(range->low), readable(range->high)) : "-";
}

std::string shown(const std::optional<bool>& truth) { return truth ? (*truth ? "yes" : "no") : "-"; }

std::vector<const ValidationRow*> rows_of(const Validation& validation, const std::string& use) {
  std::vector<const ValidationRow*> rows;
  for (const ValidationRow& row : validation.rows) {
    if (row.use == use) rows.push_back(&row);
  }
  return rows;
}

Document predictions_table(const std::vector<const ValidationRow*>& rows, const std::string& title) {
  if (rows.empty()) return {};
  std::vector<std::vector<std::string>> cells;
  for (const ValidationRow* row : rows) {
    const std::string mark = row->interval_from == "exact_binomial" ? " *" : "";
    cells.push_back({row->id, shown(row->observed), shown(row->observed_interval) + mark, shown(row->predicted),
                     shown(row->predicted_interval), shown(row->inside), shown(row->overlap)});
  }
  return Heading{title} + Table{{{"target", Kind::text},
                                 {"observed", Kind::number},
                                 {"its interval", Kind::number},
                                 {"predicted", Kind::number},
                                 {"its interval", Kind::number},
                                 {"inside", Kind::number},
                                 {"overlap", Kind::number}},
                                cells};
}

Document unusable_table(const std::vector<const ValidationRow*>& rows) {
  if (rows.empty()) return {};
  std::vector<std::vector<std::string>> cells;
  for (const ValidationRow* row : rows) cells.push_back({row->id, row->observed_text, row->reason});
  return Heading{"Observations that cannot be used"} +
         Table{{{"target", Kind::text}, {"observed", Kind::text}, {"why not", Kind::text}}, cells};
}

Paragraph notes(const Validation& validation) {
  const auto any = [&](const auto& condition) { return std::ranges::any_of(validation.rows, condition); };
  std::string text = "`inside`: the prediction lies in the interval of the observation.";
  if (any([](const ValidationRow& row) { return row.predicted_interval.has_value(); })) {
    text += fmt::format(" Intervals of predictions: {}. `overlap`: the two intervals have a value in common.",
                        interval_method);
  }
  if (any([](const ValidationRow& row) { return row.interval_from == "exact_binomial"; }))
    text += " * exact binomial (Clopper-Pearson) from the number of patients; all other intervals are stated.";
  if (any([](const ValidationRow& row) { return row.level != 0.95; }))
    text += " Observed intervals have the level that the file names, else 95 %.";
  return {text};
}

std::string summary(const Validation& validation) {
  const ValidationSummary& held_out = validation.held_out;
  std::string text = "Held-out targets\n";
  if (held_out.coverage) {
    text += fmt::format("  inside the observed interval  {} of {} (95 % interval of the share {})\n", held_out.inside,
                        held_out.with_interval, shown(held_out.coverage));
  } else {
    text += "  none has an interval and a prediction\n";
  }
  if (held_out.mean_error) {
    text += fmt::format("  mean error                    {:+.3f} ({} proportion{}, predicted minus observed)\n",
                        *held_out.mean_error, held_out.proportions, held_out.proportions == 1 ? "" : "s");
    text += fmt::format("  mean absolute error           {:.3f}\n", *held_out.mean_absolute_error);
  }
  if (held_out.rank_correlation)
    text += fmt::format("  rank correlation (Spearman)   {:.2f}\n", *held_out.rank_correlation);
  return text + fmt::format("Unusable observations: {}\n", rows_of(validation, "unusable").size());
}

Json number_json(const std::optional<double>& value) { return value ? Json(*value) : Json(); }
Json truth_json(const std::optional<bool>& value) { return value ? Json(*value) : Json(); }
Json range_json(const std::optional<Range>& range) {
  return range ? Json{{"low", range->low}, {"high", range->high}} : Json();
}

Json row_json(const ValidationRow& row) {
  Json json = {{"id", row.id}, {"use", row.use}};
  if (row.use == "unusable") {
    json["reason"] = row.reason;
    json["observed_text"] = row.observed_text;
  } else {
    json["strategy"] = row.strategy;
    json["measure"] = row.measure;
    json["observed"] = number_json(row.observed);
    json["interval"] = range_json(row.observed_interval);
    json["interval_from"] = row.interval_from;
    json["level"] = row.level;
    json["predicted"] = number_json(row.predicted);
    json["predicted_interval"] = range_json(row.predicted_interval);
    json["inside"] = truth_json(row.inside);
    json["overlap"] = truth_json(row.overlap);
  }
  json["unit"] = row.unit;
  json["source"] = row.source;
  json["grade"] = row.grade;
  json["note"] = row.note;
  return json;
}

std::optional<double> low_of(const std::optional<Range>& range) {
  return range ? std::optional(range->low) : std::nullopt;
}
std::optional<double> high_of(const std::optional<Range>& range) {
  return range ? std::optional(range->high) : std::nullopt;
}

}  // namespace

std::string readable(double value) {
  const double size = std::abs(value);
  if (size > 0 && size < 0.01) return fmt::format("{:.2g}", value);
  return format_number(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

std::string validation_tables(const Validation& validation) {
  const Document tables =
      predictions_table(rows_of(validation, "fit"), "Targets that parameters were fitted to") +
      predictions_table(rows_of(validation, "held_out"), "Held-out targets: nothing was fitted to them") +
      unusable_table(rows_of(validation, "unusable")) + notes(validation);
  return to_text(tables) + "\n" + summary(validation);
}

std::string validation_csv(const Validation& validation) {
  std::string text = csv_line({"id", "use", "observed", "low", "high", "interval_from", "predicted", "predicted_low",
                               "predicted_high", "inside", "overlap", "source", "note"});
  for (const ValidationRow& row : validation.rows) {
    text += csv_line({row.id, row.use, row.observed ? csv_number(row.observed) : row.observed_text,
                      csv_number(low_of(row.observed_interval)), csv_number(high_of(row.observed_interval)),
                      row.interval_from, csv_number(row.predicted), csv_number(low_of(row.predicted_interval)),
                      csv_number(high_of(row.predicted_interval)), csv_truth(row.inside), csv_truth(row.overlap),
                      row.source, row.use == "unusable" ? row.reason : row.note});
  }
  return text;
}

std::string validation_json(const Validation& validation) {
  const ValidationSummary& held_out = validation.held_out;
  Json json = {{"targets", validation.targets}, {"predicted_interval", interval_method}, {"rows", Json::array()}};
  for (const ValidationRow& row : validation.rows) json["rows"].push_back(row_json(row));
  json["held_out"] = {{"with_interval", held_out.with_interval},
                      {"inside", held_out.inside},
                      {"coverage_interval", range_json(held_out.coverage)},
                      {"proportions", held_out.proportions},
                      {"mean_error", number_json(held_out.mean_error)},
                      {"mean_absolute_error", number_json(held_out.mean_absolute_error)},
                      {"rank_correlation", number_json(held_out.rank_correlation)}};
  json["unusable"] = rows_of(validation, "unusable").size();
  return json.dump(2);
}

}  // namespace myelin::report
