#include "report/calibration.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "report/csv.hpp"
#include "report/document.hpp"
#include "report/text_table.hpp"

namespace myelin::report {

namespace {

using Json = nlohmann::ordered_json;
using Kind = TableColumn::Kind;

std::string shown(const std::optional<double>& value) { return value ? fmt::format("{:.4g}", *value) : "-"; }

std::string shown(const std::optional<Range>& range) {
  return range ? fmt::format("{:.4g} to {:.4g}", range->low, range->high) : "-";
}

std::optional<double> residual(const FittedRow& row) {
  return row.fitted ? std::optional(*row.fitted - row.observed) : std::nullopt;
}

Table parameters_table(const CalibrationReport& report) {
  std::vector<std::vector<std::string>> cells;
  for (const CalibratedParameterRow& row : report.parameters) {
    cells.push_back({row.path, shown(row.estimate), shown(row.interval), row.scale, shown(row.standard_error),
                     shown(Range{row.low, row.high}), shown(row.reached)});
  }
  return {{{"parameter", Kind::text},
           {"estimate", Kind::number},
           {"95 % interval", Kind::number},
           {"scale", Kind::text},
           {"standard\nerror on it", Kind::number},
           {"bounds", Kind::number},
           {"over starts", Kind::number}},
          cells};
}

Table fit_table(const CalibrationReport& report) {
  std::vector<std::vector<std::string>> cells;
  for (const FittedRow& row : report.targets) {
    cells.push_back({row.id, readable(row.observed),
                     row.interval ? readable(row.interval->low) + " to " + readable(row.interval->high) : "-",
                     row.fitted ? readable(*row.fitted) : "-", residual(row) ? readable(*residual(row)) : "-",
                     format_number(row.part, 2)});
  }
  return {{{"target", Kind::text},
           {"observed", Kind::number},
           {"its interval", Kind::number},
           {"fitted", Kind::number},
           {"residual", Kind::number},
           {"part of the\nobjective", Kind::number}},
          cells};
}

Document correlation_table(const CalibrationReport& report) {
  if (report.correlation.empty() || report.parameters.size() < 2) return {};
  std::vector<TableColumn> columns = {{"correlation", Kind::text}};
  std::vector<std::vector<std::string>> cells;
  for (std::size_t i = 0; i < report.parameters.size(); ++i) {
    columns.push_back({fmt::format("{}", i + 1), Kind::number});
    std::vector<std::string>& row = cells.emplace_back();
    row.push_back(fmt::format("{} {}", i + 1, report.parameters[i].path));
    for (const double value : report.correlation[i]) row.push_back(format_number(value, 2));
  }
  return Table{columns, cells};
}

Json range_json(const std::optional<Range>& range) {
  return range ? Json{{"low", range->low}, {"high", range->high}} : Json();
}

Json number_json(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

}  // namespace

std::string calibration_tables(const CalibrationReport& report) {
  std::string text = report.title + "\n";
  text +=
      fmt::format("objective {} = {:.4g} over {} target{}; {} of {} start{} reached it (within {})\n\n",
                  report.objective_name, report.objective, report.targets.size(), report.targets.size() == 1 ? "" : "s",
                  report.reached, report.starts, report.starts == 1 ? "" : "s", report.same_optimum);
  Document document =
      parameters_table(report) + correlation_table(report) + fit_table(report) +
      Paragraph{
          "Standard errors and correlations are those of the normal approximation at the optimum, on each "
          "parameter's scale: the inverse of half the objective's second derivatives. `over starts`: where the "
          "searches that reached the optimum ended. residual: fitted minus observed."};
  for (const std::string& warning : report.warnings) document += Paragraph{"warning: " + warning};
  return text + to_text(document);
}

std::string calibration_json(const CalibrationReport& report) {
  Json json = {{"title", report.title},
               {"objective", {{"name", report.objective_name}, {"value", report.objective}}},
               {"starts",
                {{"count", report.starts},
                 {"reached", report.reached},
                 {"same_optimum", report.same_optimum},
                 {"worst_objective", number_json(report.worst_objective)}}},
               {"parameters", Json::array()},
               {"correlation", report.correlation},
               {"targets", Json::array()},
               {"draws", {{"count", report.draws.size()}, {"rejected", report.rejected_draws}, {"seed", report.seed}}},
               {"warnings", report.warnings}};
  for (const CalibratedParameterRow& row : report.parameters) {
    json["parameters"].push_back({{"path", row.path},
                                  {"estimate", row.estimate},
                                  {"interval", range_json(row.interval)},
                                  {"scale", row.scale},
                                  {"standard_error_on_scale", number_json(row.standard_error)},
                                  {"bounds", range_json(Range{row.low, row.high})},
                                  {"reached", range_json(row.reached)}});
  }
  for (const FittedRow& row : report.targets) {
    json["targets"].push_back({{"id", row.id},
                               {"observed", row.observed},
                               {"interval", range_json(row.interval)},
                               {"fitted", number_json(row.fitted)},
                               {"residual", number_json(residual(row))},
                               {"part", row.part},
                               {"unit", row.unit},
                               {"source", row.source}});
  }
  return json.dump(2);
}

std::string calibration_fit_csv(const CalibrationReport& report) {
  std::string text = csv_line({"id", "observed", "low", "high", "fitted", "residual", "part", "unit", "source"});
  for (const FittedRow& row : report.targets) {
    text += csv_line({row.id, csv_number(row.observed), row.interval ? csv_number(row.interval->low) : "",
                      row.interval ? csv_number(row.interval->high) : "", csv_number(row.fitted),
                      csv_number(residual(row)), csv_number(row.part), row.unit, row.source});
  }
  return text;
}

std::string calibration_draws_csv(const CalibrationReport& report) {
  std::vector<std::string> header;
  for (const CalibratedParameterRow& row : report.parameters) header.push_back(row.path);
  std::string text = csv_line(header);
  for (const std::vector<double>& draw : report.draws) {
    std::vector<std::string> fields;
    for (const double value : draw) fields.push_back(csv_number(value));
    text += csv_line(fields);
  }
  return text;
}

}  // namespace myelin::report
