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
      {"/scenario/@overrides", text, {"override"}, "none", "`key=value` of the command line"},
      {"/scenario/@strategies", text, {"strategy"}, "none", "strategies asked for; empty for all"},
      {"/scenario/files/file", text, {"file"}, "none", "each file of the scenario, from the folder of the first"},
      {"/scenario/files/text", text, {"file"}, "none", "its text, so that the scenario can be read again from here"},
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

      {"/analyses/*/@name",
       text,
       {},
       "none",
       "`base`, `probabilistic` (over parameter draws) or that of the alternative"},
      {"/analyses/*/@overrides", text, {"override"}, "none", "`key=value` of each input that differs from `base`"},
      {"/analyses/*/@patients", integer, {}, "1", "patients a strategy in each draw; 0 under the cohort engine"},
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

      {"/analyses/*/drawn/draw", integer, {"draw"}, "none", "number of the parameter draw, from 0"},
      {"/analyses/*/drawn/input", text, {"input"}, "none", "key of each input that the draws vary"},
      {"/analyses/*/drawn/value",
       real,
       {"draw", "input"},
       "as the input's in /scenario/inputs",
       "value of the input in each draw"},
      {"/analyses/*/drawn/expectation",
       real,
       {"input"},
       "as the input's in /scenario/inputs",
       "mean of the distribution that the input is drawn from"},
      {"/analyses/*/drawn/variance",
       real,
       {"input"},
       "as the input's in /scenario/inputs, squared",
       "variance of the distribution that the input is drawn from"},

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
       {"accrued"},
       "given by `outcome_unit`",
       "expected amount a patient before time point 0, without weight and discount; mean over draws"},
      {"/analyses/*/amounts/at_time_points",
       real,
       {"accrued", "time_point"},
       "given by `outcome_unit`",
       "the same of state accruals at each time point"},
      {"/analyses/*/amounts/in_cycles",
       real,
       {"accrued", "cycle"},
       "given by `outcome_unit`",
       "the same of event accruals in each cycle"},

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
       {"pair", "outcome", "column"},
       "given by `outcome_unit`",
       "mean difference, strategy minus comparator, over the same patients and all draws"},
      {"/analyses/*/increments/standard_error",
       real,
       {"pair", "outcome", "column"},
       "given by `outcome_unit`",
       "Monte Carlo standard error of the paired difference"},
      {"/analyses/*/increments/cost_qaly_covariance",
       real,
       {"pair"},
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
       {"strategy", "time", attribute_axes},
       "1",
       "mean number of patients in each cell, per patient who started; mean over draws"},

      {"/sensitivity/@engine",
       text,
       {},
       "none",
       "`cohort` or `microsimulation`, whichever evaluated other values of inputs; empty where none were asked for"},
      {"/sensitivity/strategy", text, {"strategy"}, "none", "name of the strategy, as in /analyses/base"},
      {"/sensitivity/base_cost",
       real,
       {"strategy"},
       "currency",
       "mean discounted cost a patient at the inputs' own values, by this engine"},
      {"/sensitivity/base_qaly", real, {"strategy"}, "QALY", "the same of QALYs"},

      {"/sensitivity/one_way/bar", text, {"bar"}, "none", "input, or joint group of inputs that move as one"},
      {"/sensitivity/one_way/strategy", text, {"strategy"}, "none", "name of the strategy"},
      {"/sensitivity/one_way/cost_at_low",
       real,
       {"bar", "strategy"},
       "currency",
       "mean discounted cost a patient with the inputs of the bar at their low ends"},
      {"/sensitivity/one_way/qaly_at_low", real, {"bar", "strategy"}, "QALY", "the same of QALYs"},
      {"/sensitivity/one_way/cost_at_high",
       real,
       {"bar", "strategy"},
       "currency",
       "mean discounted cost a patient with the inputs of the bar at their high ends"},
      {"/sensitivity/one_way/qaly_at_high", real, {"bar", "strategy"}, "QALY", "the same of QALYs"},
      {"/sensitivity/one_way/ranges/range", text, {"range"}, "none", "`bar: input`"},
      {"/sensitivity/one_way/ranges/bar_index", integer, {"range"}, "none", "bar that the input belongs to, from 0"},
      {"/sensitivity/one_way/ranges/input", text, {"range"}, "none", "key of the input, as in /scenario/inputs"},
      {"/sensitivity/one_way/ranges/unit", text, {"range"}, "none", "unit of `base`, `low` and `high`"},
      {"/sensitivity/one_way/ranges/base", real, {"range"}, "given by `unit`", "value in the base analysis"},
      {"/sensitivity/one_way/ranges/low", real, {"range"}, "given by `unit`", "low end"},
      {"/sensitivity/one_way/ranges/high", real, {"range"}, "given by `unit`", "high end"},

      {"/sensitivity/left_out/input", text, {"input"}, "none", "input that was asked for and has no bar"},
      {"/sensitivity/left_out/reason", text, {"input"}, "none", "why"},

      {"/sensitivity/two_way/*/@name", text, {}, "none", "name of the grid"},
      {"/sensitivity/two_way/*/@x_input", text, {}, "none", "key of the input along `x`, as in /scenario/inputs"},
      {"/sensitivity/two_way/*/@x_unit", text, {}, "none", "its unit"},
      {"/sensitivity/two_way/*/@x_base", real, {}, "given by `x_unit`", "its value in the base analysis"},
      {"/sensitivity/two_way/*/@y_input", text, {}, "none", "key of the input along `y`, as in /scenario/inputs"},
      {"/sensitivity/two_way/*/@y_unit", text, {}, "none", "its unit"},
      {"/sensitivity/two_way/*/@y_base", real, {}, "given by `y_unit`", "its value in the base analysis"},
      {"/sensitivity/two_way/*/x", real, {"x"}, "given by `x_unit`", "values along one axis"},
      {"/sensitivity/two_way/*/y", real, {"y"}, "given by `y_unit`", "values along the other axis"},
      {"/sensitivity/two_way/*/strategy", text, {"strategy"}, "none", "name of the strategy"},
      {"/sensitivity/two_way/*/cost",
       real,
       {"x", "y", "strategy"},
       "currency",
       "mean discounted cost a patient at each pair of values"},
      {"/sensitivity/two_way/*/qaly", real, {"x", "y", "strategy"}, "QALY", "the same of QALYs"},

      {"/sensitivity/threshold/*/@name", text, {}, "none", "name of the search"},
      {"/sensitivity/threshold/*/@input", text, {}, "none", "key of the input searched, as in /scenario/inputs"},
      {"/sensitivity/threshold/*/@unit", text, {}, "none", "its unit"},
      {"/sensitivity/threshold/*/@base", real, {}, "given by `unit`", "its value in the base analysis"},
      {"/sensitivity/threshold/*/@low", real, {}, "given by `unit`", "lowest value searched"},
      {"/sensitivity/threshold/*/@high", real, {}, "given by `unit`", "highest value searched"},
      {"/sensitivity/threshold/*/@strategy_index", integer, {}, "none", "strategy, from 0"},
      {"/sensitivity/threshold/*/@versus_index",
       integer,
       {"versus"},
       "none",
       "strategy that it is compared with, from 0; empty for the best of the others at each value"},
      {"/sensitivity/threshold/*/@evaluations", integer, {}, "1", "evaluations that the search took"},
      {"/sensitivity/threshold/*/threshold", real, {"threshold"}, "currency/QALY", "willingness to pay"},
      {"/sensitivity/threshold/*/intervals/interval",
       integer,
       {"interval"},
       "none",
       "number of the interval of values, from 0, over all thresholds; each begins where the one before ends"},
      {"/sensitivity/threshold/*/intervals/threshold_index",
       integer,
       {"interval"},
       "none",
       "threshold that the interval belongs to, from 0"},
      {"/sensitivity/threshold/*/intervals/better",
       text,
       {"interval"},
       "none",
       "which has the higher net monetary benefit there: `strategy`, `versus` or `neither`"},
      {"/sensitivity/threshold/*/intervals/end",
       real,
       {"interval"},
       "given by `unit`",
       "value at which the two are equal; the highest value searched for the last interval of a threshold"},
      {"/sensitivity/threshold/*/intervals/tolerance",
       real,
       {"interval"},
       "given by `unit`",
       "the two are equal at most so far from `end`"},
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
