#include "program/timing.hpp"
#include "scenario/price_index.hpp"
#include "scenario/scenario.hpp"

namespace myelin::scenario {

namespace {

template <class Convention>
std::vector<std::string> names_of(const Choices<Convention>& choices) {
  std::vector<std::string> names;
  for (const auto& [name, convention] : choices) names.push_back(name);
  return names;
}

}  // namespace

const Schema& common_schema() {
  using enum KeyKind;
  static const Schema schema = {
      {.path = "format", .kind = integer, .description = "version of the scenario format", .low = 1, .high = 1},
      {.path = "model", .kind = text, .description = "name of the disease model"},
      {.path = "title", .kind = text, .description = "what the scenario asks, in a line"},
      {.path = "sources", .kind = text, .description = "CSV file that lists the sources of evidence"},
      {.path = "include",
       .kind = text_list,
       .description = "files read first, whose keys this file may set again",
       .required = false},
      {.path = "without",
       .kind = text_list,
       .description = "keys or tables of keys of the included files that do not count here",
       .required = false},

      {.path = "analysis.perspective", .kind = text, .description = "whose costs and health count"},
      {.path = "analysis.currency", .kind = text, .description = "currency of all money, as its ISO 4217 code"},
      {.path = "analysis.price_year", .kind = text, .description = "year of all prices"},
      {.path = price_index_key,
       .kind = table,
       .description = "price levels by year (columns year, value, unit, source, grade, note): money whose unit names "
                      "another of its years, such as GBP 2011/12 per year, is multiplied by level(price_year) / "
                      "level(2011/12); so is a number that --set puts in its place",
       .unit = "index",
       .low = 1e-9,
       .required = false},
      {.path = "analysis.prices",
       .kind = text,
       .description = "list prices or prices net of discounts",
       .choices = {"list", "net"}},
      {.path = "analysis.thresholds",
       .kind = number_list,
       .description = "willingness to pay for a QALY, one or more",
       .unit = "money per QALY",
       .low = 0},
      {.path = "analysis.cycle_length_years",
       .kind = number,
       .description = "length of a cycle",
       .unit = "years",
       .low = 0.001,
       .high = 10,
       .fallback = "1"},
      {.path = "analysis.horizon_years",
       .kind = number,
       .description = "how long patients are followed",
       .unit = "years",
       .low = 0,
       .high = 200},
      {.path = "analysis.discount_cost",
       .kind = parameter,
       .description = "discount rate of costs",
       .unit = "per year",
       .low = 0,
       .high = 1},
      {.path = "analysis.discount_qaly",
       .kind = parameter,
       .description = "discount rate of QALYs",
       .unit = "per year",
       .low = 0,
       .high = 1},
      {.path = "analysis.discount_compounding",
       .kind = text,
       .description = "discount factor after t years: annual (1 + r)^-t, continuous exp(-r t)",
       .fallback = "\"annual\"",
       .choices = {"annual", "continuous"}},
      {.path = "analysis.discount_later.*.from_year",
       .kind = number,
       .description = "year from which other discount rates hold; several in order of time",
       .unit = "years",
       .low = 0,
       .high = 200},
      {.path = "analysis.discount_later.*.cost",
       .kind = parameter,
       .description = "discount rate of costs from that year on",
       .unit = "per year",
       .low = 0,
       .high = 1},
      {.path = "analysis.discount_later.*.qaly",
       .kind = parameter,
       .description = "discount rate of QALYs from that year on",
       .unit = "per year",
       .low = 0,
       .high = 1},
      {.path = "analysis.discount_timing",
       .kind = text,
       .description = "moment of a cycle to which it is discounted",
       .choices = names_of(discount_timings())},
      {.path = "analysis.within_cycle_correction",
       .kind = text,
       .description = "occupancy that a cycle's costs and QALYs are counted for",
       .choices = names_of(within_cycle_corrections())},
      {.path = "analysis.within_cycle_weights",
       .kind = number_list,
       .description = "what each time point counts, the start and the horizon's end too; for the custom correction",
       .unit = "cycles",
       .low = 0,
       .required = false},
      {.path = "analysis.accrual",
       .kind = text,
       .description = "events counted by their expectation or as drawn",
       .fallback = "\"expected\"",
       .choices = {"expected", "drawn"}},
      {.path = "analysis.patients",
       .kind = integer,
       .description = "simulated patients a strategy; the microsimulation needs it",
       .low = 1,
       .high = 1e12,
       .required = false},
      {.path = "analysis.seed",
       .kind = integer,
       .description = "seed of the random numbers",
       .low = 0,
       .fallback = "1"},
      {.path = "analysis.engine",
       .kind = text,
       .description = "how the model is evaluated; auto: by cohort unless patients are given",
       .fallback = "\"auto\"",
       .choices = {"microsimulation", "cohort", "auto"}},

      {.path = "alternatives.*.label", .kind = text, .description = "name of an analysis shown beside the base"},
      {.path = "alternatives.*.set", .kind = text_list, .description = "what it changes, each as key=value"},
      {.path = "strategies.*.label", .kind = text, .description = "name of a strategy in tables and figures"},
  };
  return schema;
}

}  // namespace myelin::scenario
