#include "report/access.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "report/document.hpp"
#include "report/text_table.hpp"
#include "report/wording.hpp"

namespace myelin::report {

namespace {

using Json = nlohmann::ordered_json;
using Kind = TableColumn::Kind;

/// Waits above this are longer than a life: most of the referred leave the list another way.
constexpr double longest_shown_years = 50;

/// Waits are counted in cycles; a quarter of a year is short beside any wait worth a model.
constexpr double fine_cycle_years = 0.25;

double per_referred(const AccessRow& row, double amount) { return amount / row.referrals; }

/// Numbers of patients, which may be means over years.
std::string count(double number) { return format_number(number, number == std::floor(number) ? 0 : 1); }

std::string percent(double share) { return format_number(100 * share, 1); }

std::string wait_in_words(const std::optional<double>& years) {
  if (!years) return "-";
  return *years > longest_shown_years ? fmt::format("> {:g}", longest_shown_years) : format_number(*years, 2);
}

std::vector<AccessRow> with_total(const AccessAnalysis& analysis) {
  std::vector<AccessRow> rows = analysis.regions;
  if (rows.size() > 1) rows.push_back(analysis.total);
  return rows;
}

std::vector<TableColumn> with_thresholds(std::vector<TableColumn> columns, const AccessReport& report,
                                         const std::string& what) {
  for (const double threshold : report.thresholds)
    columns.push_back({fmt::format("{}\nat {}", what, format_number(threshold, 0)), Kind::number});
  return columns;
}

void append_money(std::vector<std::string>& cells, const std::vector<double>& amounts) {
  for (const double amount : amounts) cells.push_back(format_number(amount, money_decimals));
}

Document waits_table(const AccessAnalysis& analysis) {
  std::vector<std::vector<std::string>> cells;
  for (const AccessRow& row : with_total(analysis)) {
    cells.push_back({row.label, count(row.referrals), count(row.capacity), wait_in_words(row.minimum_wait_years),
                     wait_in_words(row.mean_wait_years), percent(per_referred(row, row.transplants)),
                     percent(per_referred(row, row.transplants_at_minimum)), format_number(row.transplants, 1)});
  }
  return Heading{"Waiting in the steady state"} + Table{{{"region", Kind::text},
                                                         {"referrals\na year"},
                                                         {"capacity\na year"},
                                                         {"shortest\nwait, years"},
                                                         {"mean wait,\nyears"},
                                                         {"transplanted,\n% of referred"},
                                                         {"at shortest\nwait, %"},
                                                         {"transplants\na year"}},
                                                        cells};
}

Document losses_table(const AccessReport& report, const AccessAnalysis& analysis) {
  std::vector<std::vector<std::string>> cells;
  for (const AccessRow& row : with_total(analysis)) {
    cells.push_back({row.label, format_number(row.qalys_lost_to_waiting, 2),
                     format_number(row.qalys_lost_to_no_access, 2), format_number(row.extra_cost, money_decimals)});
    append_money(cells.back(), row.net_benefit_lost);
  }
  const std::vector<TableColumn> columns = with_thresholds(
      {{"region", Kind::text}, {"QALYs lost\nto waiting"}, {"QALYs lost to\nno access"}, {"extra cost"}}, report,
      "net benefit lost");
  return Heading{fmt::format("A year of referrals against the shortest wait for all ({}, prices of {})",
                             report.currency, report.price_year)} +
         Table{columns, cells};
}

Document one_more_table(const AccessReport& report, const AccessAnalysis& analysis) {
  std::vector<std::vector<std::string>> cells;
  for (std::size_t i = 0; i < analysis.regions.size(); ++i) {
    const OneMoreRow& row = analysis.one_more[i];
    cells.push_back({analysis.regions[i].label, format_number(row.qalys, qaly_decimals),
                     format_number(row.extra_cost, money_decimals)});
    append_money(cells.back(), row.net_benefit);
  }
  return Heading{"What one more transplant a year would bring"} +
         Table{with_thresholds({{"region", Kind::text}, {"QALYs gained"}, {"extra cost"}}, report, "net benefit"),
               cells};
}

Document equity_table(const AccessAnalysis& analysis) {
  double best = 0;
  for (const AccessRow& row : analysis.regions) best = std::max(best, per_referred(row, row.qalys));
  std::vector<std::vector<std::string>> cells;
  for (const AccessRow& row : with_total(analysis)) {
    const double qalys = per_referred(row, row.qalys);
    cells.push_back({row.label, format_number(qalys, qaly_decimals), format_number(best - qalys, qaly_decimals)});
  }
  return Heading{"Equity: what a referred patient can expect"} +
         Table{{{"region", Kind::text}, {"QALYs per\nreferred patient"}, {"less than in the\nbest region"}}, cells};
}

Document tables_of(const AccessReport& report, const AccessAnalysis& analysis) {
  return waits_table(analysis) + losses_table(report, analysis) + one_more_table(report, analysis) +
         equity_table(analysis);
}

Document notes(const AccessReport& report) {
  const Paragraph how_to_read{fmt::format(
      "Referred patients follow the strategy '{}'; those who wait {}; where there is no capacity, {}. All regions "
      "refer the scenario's "
      "population, in the same numbers every year. The mean wait is that of somebody who never leaves the list, and "
      "makes a year's transplants equal to the capacity; one above {:g} years says that most leave the list "
      "otherwise: by progression, age, withdrawal or death. Lost to waiting: where somebody is transplanted; lost to "
      "no access: where nobody is. A negative extra cost is a saving. Costs and QALYs are discounted to the referral.",
      report.strategy,
      report.bridging.empty() ? "are untreated, because no bridging therapy is given" : "are on " + report.bridging,
      report.without.empty() ? "the therapies after the procedure" : "the strategy '" + report.without + "'",
      longest_shown_years)};
  return how_to_read +
         Paragraph{fmt::format("Cycle length: {:.6g} year{}. Waits are counted in whole cycles{}.",
                               report.cycle_length_years, report.cycle_length_years == 1 ? "" : "s",
                               report.cycle_length_years > fine_cycle_years
                                   ? ", so that short waits are coarse: --set analysis.cycle_length_years=0.25 is "
                                     "recommended here"
                                   : "")};
}

Json number_or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Json by_threshold(const AccessReport& report, const std::vector<double>& amounts) {
  Json json = Json::object();
  for (std::size_t i = 0; i < amounts.size(); ++i) json[fmt::format("{:.15g}", report.thresholds[i])] = amounts[i];
  return json;
}

Json row_json(const AccessReport& report, const AccessRow& row) {
  return {{"label", row.label},
          {"referrals_per_year", row.referrals},
          {"capacity_per_year", row.capacity},
          {"minimum_wait_years", number_or_null(row.minimum_wait_years)},
          {"mean_wait_years", number_or_null(row.mean_wait_years)},
          {"transplanted_share", per_referred(row, row.transplants)},
          {"transplanted_share_at_minimum_wait", per_referred(row, row.transplants_at_minimum)},
          {"transplants_per_year", row.transplants},
          {"qalys_per_referred", per_referred(row, row.qalys)},
          {"lost",
           {{"qalys_to_waiting", row.qalys_lost_to_waiting},
            {"qalys_to_no_access", row.qalys_lost_to_no_access},
            {"extra_cost", row.extra_cost},
            {"nmb", by_threshold(report, row.net_benefit_lost)}}}};
}

Json analysis_json(const AccessReport& report, const AccessAnalysis& analysis) {
  Json json = {{"name", analysis.name}, {"label", analysis.label}, {"regions", Json::array()}};
  for (std::size_t i = 0; i < analysis.regions.size(); ++i) {
    Json region = {{"name", analysis.regions[i].name}};
    region.update(row_json(report, analysis.regions[i]));
    const OneMoreRow& more = analysis.one_more[i];
    region["one_more_transplant"] = {
        {"qalys", more.qalys}, {"extra_cost", more.extra_cost}, {"nmb", by_threshold(report, more.net_benefit)}};
    json["regions"].push_back(std::move(region));
  }
  json["total"] = row_json(report, analysis.total);
  return json;
}

}  // namespace

Document access_document(const AccessReport& report) {
  Document document;
  for (const AccessAnalysis& analysis : report.analyses)
    document += Heading{"Access to transplantation: " + analysis.label} + tables_of(report, analysis);
  return document + notes(report);
}

std::string access_tables(const AccessReport& report) {
  std::string text = wrap(report.title) + "\n";
  for (const AccessAnalysis& analysis : report.analyses) {
    text += fmt::format("\n=== {} ===\n\n{}", analysis.label, to_text(tables_of(report, analysis)));
  }
  return text + "\n" + to_text(notes(report));
}

std::string access_json(const AccessReport& report) {
  Json json = {{"title", report.title},
               {"currency", report.currency},
               {"price_year", report.price_year},
               {"strategy", report.strategy},
               {"bridging", report.bridging.empty() ? Json() : Json(report.bridging)},
               {"without", report.without.empty() ? Json() : Json(report.without)},
               {"cycle_length_years", report.cycle_length_years},
               {"analyses", Json::array()}};
  for (const AccessAnalysis& analysis : report.analyses) json["analyses"].push_back(analysis_json(report, analysis));
  return json.dump(2);
}

}  // namespace myelin::report
