#include "results/schema.hpp"

#include <algorithm>
#include <string>

#include "core/contract.hpp"
#include "results/results.hpp"

namespace myelin::results {

namespace {

constexpr auto text = ValueType::text;
constexpr auto real = ValueType::real;
constexpr auto integer = ValueType::integer;

std::string type_name(ValueType type) {
  switch (type) {
    case ValueType::text:
      return "text";
    case ValueType::real:
      return "float64";
    case ValueType::integer:
      return "uint64";
  }
  fail_contract("known value type", __FILE__, __LINE__);
}

}  // namespace

const std::vector<SchemaRow>& schema_rows() {
  static const std::vector<SchemaRow> rows = {
      {"/@filetype", text, {}, "none", "always `myelin results`"},
      {"/@version", integer, {"number"}, "none", "version of this format: major, minor"},
      {"/@program_version", text, {}, "none", "version of the program that wrote the file"},
      {"/@commit", text, {}, "none", "commit that the program was built from"},
      {"/@compiler", text, {}, "none", "compiler that the program was built with"},
      {"/@title", text, {}, "none", "title of the scenario"},
      {"/@model", text, {}, "none", "name of the disease model"},
      {"/@engine", text, {}, "none", "`microsimulation` or `cohort`"},
      {"/@patients", integer, {}, "1", "patients simulated a draw; 0 under the cohort engine"},
      {"/@seed", integer, {}, "none", "seed of all random numbers"},
      {"/@scenario_sha256", text, {}, "none", "SHA-256 of the scenario, the tables it names and the overrides given"},
      {"/@cycle_length_years", real, {}, "years", "length of a cycle"},
      {"/@currency", text, {}, "none", "currency of all amounts of money"},
      {"/@price_year", text, {}, "none", "year of the prices"},
      {"/@thresholds", real, {"threshold"}, "currency/QALY", "willingness to pay at which decisions are judged"},

      {"/scenario/@path", text, {}, "none", "where the scenario was read from"},
      {"/scenario/text", text, {}, "none", "the scenario as read, with includes resolved"},
      {"/scenario/settings/setting", text, {"setting"}, "none", "key of each convention of the analysis, in order"},
      {"/scenario/settings/value", text, {"setting"}, "none", "its value as printed"},
      {"/scenario/settings/kind", text, {"setting"}, "none", "`text`, `number` or `integer`"},
      {"/scenario/inputs/input", text, {"input"}, "none", "key of each input, with the row of a table in brackets"},
      {"/scenario/inputs/value", real, {"input"}, "given by `unit`", "value used"},
      {"/scenario/inputs/unit", text, {"input"}, "none", "unit of `value`, `low` and `high`"},
      {"/scenario/inputs/source", text, {"input"}, "none", "key of the source in the scenario's list"},
      {"/scenario/inputs/grade",
       text,
       {"input"},
       "none",
       "evidence grade: read, secondary, recalled, derived, assumption"},
      {"/scenario/inputs/distribution", text, {"input"}, "none", "distribution over draws; empty for a fixed number"},
      {"/scenario/inputs/low",
       real,
       {"input"},
       "given by `unit`",
       "lower end of the plausible range; NaN where none is given"},
      {"/scenario/inputs/high",
       real,
       {"input"},
       "given by `unit`",
       "upper end of the plausible range; NaN where none is given"},
      {"/scenario/inputs/note", text, {"input"}, "none", "remark on the input"},

      {"/analyses/*/@name", text, {}, "none", "`base` or the name of the alternative"},
      {"/analyses/*/@overrides", text, {"override"}, "none", "`key=value` of each input that differs from `base`"},
      {"/analyses/*/draw", integer, {"draw"}, "none", "number of the parameter draw, from 0"},
      {"/analyses/*/strategy", text, {"strategy"}, "none", "name of the strategy"},
      {"/analyses/*/outcome", text, {"outcome"}, "none", "name of the outcome of a patient's life"},
      {"/analyses/*/column", text, {"column"}, "none", "`discounted` at the scenario's rates or `undiscounted`"},
      {"/analyses/*/strategy_label", text, {"strategy"}, "none", "name of the strategy for tables and charts"},
      {"/analyses/*/table_digest", text, {"strategy"}, "none", "SHA-256 of the compiled tables"},
      {"/analyses/*/cohort_states",
       integer,
       {"strategy"},
       "1",
       "states the cohort engine held; 0 under the microsimulation"},
      {"/analyses/*/outcome_unit", text, {"outcome"}, "none", "unit of the outcome"},
      {"/analyses/*/outcome_description", text, {"outcome"}, "none", "meaning of the outcome"},
      {"/analyses/*/outcome_discounted_as",
       text,
       {"outcome"},
       "none",
       "discount rate of the outcome: `cost`, `health` or `nothing`"},
      {"/analyses/*/outcome_event_weight",
       text,
       {"outcome"},
       "none",
       "what an event counts: the discount of its `cycle`, or the weight of the `next_point`"},
      {"/analyses/*/outcome_state_weight",
       text,
       {"outcome"},
       "none",
       "which state amounts of a cycle count: the `whole`, those of its start (`at_start`) or of its end (`at_end`)"},
      {"/analyses/*/mean",
       real,
       {"draw", "strategy", "outcome", "column"},
       "given by `outcome_unit`",
       "mean outcome a patient"},
      {"/analyses/*/standard_error",
       real,
       {"draw", "strategy", "outcome", "column"},
       "given by `outcome_unit`",
       "Monte Carlo standard error of `mean`; 0 under the cohort engine"},

      {"/analyses/*/timing/@cycles", integer, {}, "1", "number of cycles; time points are 0 to this"},
      {"/analyses/*/timing/@cycle_length_years", real, {}, "years", "length of a cycle"},
      {"/analyses/*/timing/@within_cycle_correction", text, {}, "none", "as the scenario names it"},
      {"/analyses/*/timing/@discount_timing", text, {}, "none", "as the scenario names it"},
      {"/analyses/*/timing/@custom_weights",
       real,
       {"time_point"},
       "1",
       "weight of each time point under the correction `custom`, else empty"},
      {"/analyses/*/timing/@compounding", text, {}, "none", "discount after t years: `annual` or `continuous`"},
      {"/analyses/*/timing/@cost_from_year", real, {"step"}, "years", "from when each discount rate of costs holds"},
      {"/analyses/*/timing/@cost_rate_per_year", real, {"step"}, "1/year", "each discount rate of costs"},
      {"/analyses/*/timing/@qaly_from_year", real, {"step"}, "years", "from when each discount rate of QALYs holds"},
      {"/analyses/*/timing/@qaly_rate_per_year", real, {"step"}, "1/year", "each discount rate of QALYs"},

      {"/analyses/*/totals/part", text, {"part"}, "none", "`total: outcome` for each outcome that a total sums"},
      {"/analyses/*/totals/total_index", integer, {"part"}, "none", "the total within the analysis, from 0"},
      {"/analyses/*/totals/part_index", integer, {"part"}, "none", "the outcome that it sums, from 0"},

      {"/analyses/*/amounts/draw", integer, {"draw"}, "none", "number of the parameter draw, from 0"},
      {"/analyses/*/amounts/accrued",
       text,
       {"accrued"},
       "none",
       "`strategy: outcome`; a total is not here, nor an outcome that the microsimulation did not tally"},
      {"/analyses/*/amounts/time_point", integer, {"time_point"}, "none", "number of the time point, from 0"},
      {"/analyses/*/amounts/cycle", integer, {"cycle"}, "none", "number of the cycle, from 0"},
      {"/analyses/*/amounts/strategy_index", integer, {"accrued"}, "none", "strategy within the analysis, from 0"},
      {"/analyses/*/amounts/outcome_index", integer, {"accrued"}, "none", "outcome within the analysis, from 0"},
      {"/analyses/*/amounts/at_start",
       real,
       {"draw", "accrued"},
       "given by `outcome_unit`",
       "expected amount a patient before time point 0, without weight and discount"},
      {"/analyses/*/amounts/at_time_points",
       real,
       {"draw", "accrued", "time_point"},
       "given by `outcome_unit`",
       "the same of state accruals at each time point"},
      {"/analyses/*/amounts/in_cycles",
       real,
       {"draw", "accrued", "cycle"},
       "given by `outcome_unit`",
       "the same of event accruals in each cycle"},

      {"/analyses/*/increments/draw", integer, {"draw"}, "none", "number of the parameter draw, from 0"},
      {"/analyses/*/increments/pair", text, {"pair"}, "none", "`strategy versus comparator`"},
      {"/analyses/*/increments/outcome", text, {"outcome"}, "none", "name of the outcome of a patient's life"},
      {"/analyses/*/increments/column",
       text,
       {"column"},
       "none",
       "`discounted` at the scenario's rates or `undiscounted`"},
      {"/analyses/*/increments/strategy_index", integer, {"pair"}, "none", "strategy of the pair, from 0"},
      {"/analyses/*/increments/versus_index", integer, {"pair"}, "none", "comparator of the pair, from 0"},
      {"/analyses/*/increments/mean",
       real,
       {"draw", "pair", "outcome", "column"},
       "given by `outcome_unit`",
       "mean difference, strategy minus comparator, over the same patients"},
      {"/analyses/*/increments/standard_error",
       real,
       {"draw", "pair", "outcome", "column"},
       "given by `outcome_unit`",
       "Monte Carlo standard error of the paired difference"},
      {"/analyses/*/increments/cost_qaly_covariance",
       real,
       {"draw", "pair"},
       "currency QALY",
       "covariance of the discounted mean increments `cost` and `qaly`"},

      {"/analyses/*/tallies/*/@name",
       text,
       {},
       "none",
       "name of the tally; strategies whose axes differ have groups of their own"},
      {"/analyses/*/tallies/*/@description", text, {}, "none", "what is counted"},
      {"/analyses/*/tallies/*/@time_axis", text, {}, "none", "what `time` numbers: `start`, `time point` or `cycle`"},
      {"/analyses/*/tallies/*/@attributes", text, {"attribute"}, "none", "attributes of a patient that are counted by"},
      {"/analyses/*/tallies/*/draw", integer, {"draw"}, "none", "number of the parameter draw, from 0"},
      {"/analyses/*/tallies/*/strategy", text, {"strategy"}, "none", "name of the strategy"},
      {"/analyses/*/tallies/*/time", integer, {"time"}, "none", "number of the time point or cycle, from 0"},
      {"/analyses/*/tallies/*/*", text, {"*"}, "none", "names of the levels of one attribute"},
      {"/analyses/*/tallies/*/strategy_index", integer, {"strategy"}, "none", "strategy within the analysis, from 0"},
      {"/analyses/*/tallies/*/position",
       integer,
       {"strategy"},
       "none",
       "place in the strategy's list of tallies, from 0"},
      {"/analyses/*/tallies/*/per_patient",
       real,
       {"draw", "strategy", "time", attribute_axes},
       "1",
       "mean number of patients in each cell, per patient who started"},
  };
  return rows;
}

const SchemaRow& schema_row(std::string_view path) {
  const auto& rows = schema_rows();
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const SchemaRow& row) { return row.path == path; });
  if (found == rows.end()) fail_contract("path stands in the schema", __FILE__, __LINE__);
  return *found;
}

std::string describe_schema() {
  std::string page = "Results file of myelin: HDF5, filetype `" + std::string(filetype) + "`, version " +
                     std::to_string(format_version.major) + "." + std::to_string(format_version.minor) + "\n\n" +
                     "Each group opens in xarray as a netCDF-4 group; every dataset has the attributes `units` and\n"
                     "`description`, and every axis a dimension scale in the same group. `@` leads an attribute, `*`\n"
                     "stands for a name; where two names collide, or one holds a slash, the link is altered and the\n"
                     "attribute `name` or `attributes` has the true one. After the HDF5 data comes one line of text\n"
                     "with their SHA-256, which HDF5 ignores and myelin checks.\n";
  std::string group;
  for (const SchemaRow& row : schema_rows()) {
    const std::size_t slash = row.path.rfind('/');
    const std::string row_group(row.path.substr(0, std::max<std::size_t>(slash, 1)));
    if (row_group != group) page += "\n" + row_group + "\n";
    group = row_group;
    std::string shape;
    for (const std::string_view axis : row.axes) shape += "[" + std::string(axis) + "]";
    page += "  " + std::string(row.path.substr(slash + 1)) + (shape.empty() ? "" : " ") + shape + "  " +
            type_name(row.type) + (row.units == "none" ? "" : ", units: " + std::string(row.units)) + "\n      " +
            std::string(row.description) + "\n";
  }
  return page;
}

}  // namespace myelin::results
