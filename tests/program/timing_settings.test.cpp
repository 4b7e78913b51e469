#include "program/timing_settings.hpp"

#include <catch2/catch.hpp>

#include "scenario/scenario_folder.hpp"

using namespace myelin;
using Lines = std::vector<std::string>;

namespace {

/// A change to the scenario's text, made before it is read.
struct Change {
  std::string from, to;
};

/// The toy scenario, of forty yearly cycles, with changes, as a model that checks its timing reads it.
Result<scenario::Scenario> read(const std::vector<Change>& changes, const Lines& overrides = {}) {
  const scenario::ScenarioFolder folder;
  std::string text = scenario::toy_files().at("toy.toml");
  for (const Change& change : changes) text.replace(text.find(change.from), change.from.size(), change.to);
  folder.write("toy.toml", text);
  return scenario::read(
      folder.path("toy.toml"), overrides, [](const std::string&) { return &scenario::toy_schema(); }, {"toy"},
      [](const std::string&, const ParameterSet& parameters) { return check_timing(parameters); });
}

ParameterSet parameters_of(const std::vector<Change>& changes) {
  Result<scenario::Scenario> scenario = read(changes);
  if (!scenario) throw std::runtime_error(to_string(scenario.error().front()));
  return scenario->parameters;
}

/// What is wrong, as `line: problem -- remedy`.
Lines problems_of(const std::vector<Change>& changes) {
  Lines lines;
  const Result<scenario::Scenario> scenario = read(changes);
  if (scenario) return lines;
  for (const Diagnostic& diagnostic : scenario.error()) {
    lines.push_back(std::to_string(diagnostic.place.line) + ": " +
                    to_string({{}, diagnostic.problem, diagnostic.remedy}));
  }
  return lines;
}

const std::string correction = "within_cycle_correction = \"trapezoid\"";
Change correction_to(const std::string& text) { return {correction, "within_cycle_correction = " + text}; }
const std::string horizon = "horizon_years = 40";
Change horizon_to(const std::string& text) { return {horizon, "horizon_years = " + text}; }

/// Adds a table of later rates at the end of the analysis.
Change later(const std::string& tables) { return {"[strategies.on_drug]", tables + "\n[strategies.on_drug]"}; }
std::string rates_from(const std::string& name, const std::string& from_year, const std::string& cost,
                       const std::string& qaly) {
  const auto rate = [](const std::string& value) {
    return "{ value = " + value + ", unit = \"per year\", source = \"NICE\", grade = \"read\" }\n";
  };
  return "[analysis.discount_later." + name + "]\nfrom_year = " + from_year + "\ncost = " + rate(cost) +
         "qaly = " + rate(qaly);
}

}  // namespace

TEST_CASE("the timing of a scenario is read from its keys") {
  const Timing timing = read_timing(parameters_of({horizon_to("40\ncycle_length_years = 0.25")}));
  CHECK(timing.cycle_length.value == 0.25);
  CHECK(timing.cycles == 160);
  CHECK(timing.discounting == DiscountTiming::start);
  CHECK(timing.correction == WithinCycleCorrection::trapezoid);
  CHECK(timing.custom_weights.empty());
}

TEST_CASE("cycles of a rounded twelfth make whole years") {
  CHECK(read_timing(parameters_of({horizon_to("40\ncycle_length_years = 0.08333333333")})).cycles == 480);
}

TEST_CASE("every convention has a name that a scenario can give") {
  using Correction = WithinCycleCorrection;
  using Discount = DiscountTiming;
  CHECK(within_cycle_corrections() == Choices<Correction>{{"none", Correction::none},
                                                          {"start", Correction::start},
                                                          {"end", Correction::end},
                                                          {"trapezoid", Correction::trapezoid},
                                                          {"life_table", Correction::life_table},
                                                          {"simpson", Correction::simpson},
                                                          {"custom", Correction::custom}});
  CHECK(discount_timings() == Choices<Discount>{{"start", Discount::start},
                                                {"mid", Discount::mid},
                                                {"end", Discount::end},
                                                {"continuous", Discount::continuous},
                                                {"yearly", Discount::yearly}});
  for (const auto& [name, convention] : within_cycle_corrections()) {
    const std::string weights = name == "custom" ? "\nwithin_cycle_weights = [1, 0.5]" : "";
    const ParameterSet parameters =
        parameters_of({correction_to("\"" + name + "\"" + weights), horizon_to(name == "custom" ? "1" : "40")});
    CHECK(read_timing(parameters).correction == convention);
  }
  for (const auto& [name, convention] : discount_timings()) {
    const ParameterSet parameters =
        parameters_of({{"discount_timing = \"start\"", "discount_timing = \"" + name + "\""}});
    CHECK(read_timing(parameters).discounting == convention);
  }
}

TEST_CASE("custom weights are read in the order of the time points") {
  const ParameterSet parameters =
      parameters_of({horizon_to("2"), correction_to("\"custom\"\nwithin_cycle_weights = [0.25, 1, 0.5]")});
  CHECK(read_timing(parameters).custom_weights == std::vector<double>{0.25, 1, 0.5});
}

TEST_CASE("a discount rate is constant and compounded unless the scenario says otherwise") {
  const ParameterSet parameters =
      parameters_of({{"discount_cost = { value = 0.035", "discount_cost = { value = 0.05"}});
  const DiscountRate cost = read_discount_cost(parameters), qaly = read_discount_qaly(parameters);
  REQUIRE(cost.steps.size() == 1);
  CHECK(cost.steps[0].from.value == 0);
  CHECK(cost.steps[0].rate_per_year == 0.05);
  CHECK(cost.compounded);
  REQUIRE(qaly.steps.size() == 1);
  CHECK(qaly.steps[0].rate_per_year == 0.035);
  const ParameterSet continuous =
      parameters_of({{"discount_timing", "discount_compounding = \"continuous\"\ndiscount_timing"}});
  CHECK_FALSE(read_discount_cost(continuous).compounded);
  CHECK_FALSE(read_discount_qaly(continuous).compounded);
}

TEST_CASE("later discount rates follow the first, those of costs and of QALYs each by itself") {
  const ParameterSet parameters =
      parameters_of({later(rates_from("far", "30", "0.03", "0.01") + rates_from("beyond", "75.5", "0.025", "0"))});
  const DiscountRate cost = read_discount_cost(parameters), qaly = read_discount_qaly(parameters);
  const std::vector<double> from = {0, 30, 75.5}, of_cost = {0.035, 0.03, 0.025}, of_qaly = {0.035, 0.01, 0};
  REQUIRE(cost.steps.size() == 3);
  REQUIRE(qaly.steps.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(cost.steps[i].from.value == from[i]);
    CHECK(qaly.steps[i].from.value == from[i]);
    CHECK(cost.steps[i].rate_per_year == of_cost[i]);
    CHECK(qaly.steps[i].rate_per_year == of_qaly[i]);
  }
}

TEST_CASE("later rates need both rates and the year, in order") {
  CHECK(problems_of({later("[analysis.discount_later.far]\nfrom_year = 30\n")}).size() == 2);
  CHECK(problems_of({later(rates_from("far", "-1", "0.03", "0.03"))}) ==
        Lines{"21: analysis.discount_later.far.from_year: -1 is out of range (must be from 0 to 200) -- write a "
              "number in the range; the unit is years"});
  CHECK(problems_of({later(rates_from("first", "0", "0.03", "0.03"))}) ==
        Lines{"21: the discount rates 'first' begin in year 0, not after the rates before them (year 0) -- write the "
              "later rates in order of from_year, the first after year 0"});
  const std::string rates = rates_from("b", "30", "0.03", "0.03") + rates_from("a", "20.5", "0.03", "0.03");
  CHECK(problems_of({later(rates)}) ==
        Lines{"25: the discount rates 'a' begin in year 20.5, not after the rates before them (year 30) -- write the "
              "later rates in order of from_year, the first after year 0"});
}

TEST_CASE("a horizon must be a whole number of cycles, one at least") {
  CHECK(problems_of({horizon_to("40.5")}) ==
        Lines{"13: the horizon is 40.5 cycles, not a whole number -- choose a multiple of the cycle length"});
  CHECK(problems_of({horizon_to("40\ncycle_length_years = 0.3")}) ==
        Lines{"13: the horizon is 133.33333333333334 cycles, not a whole number -- choose a multiple of the cycle "
              "length"});
  CHECK(problems_of({horizon_to("0")}) ==
        Lines{"13: the horizon is shorter than a cycle -- choose a multiple of the cycle length"});
  CHECK(problems_of({horizon_to("40.5\ncycle_length_years = 0.5")}).empty());
  // A twelfth with too few digits is off by more than a millionth of a cycle.
  CHECK(problems_of({horizon_to("40\ncycle_length_years = 0.0833")}).size() == 1);
}

TEST_CASE("Simpson's rule needs an even number of cycles") {
  CHECK(problems_of({correction_to("\"simpson\"")}).empty());
  CHECK(problems_of({correction_to("\"simpson\""), horizon_to("41")}) ==
        Lines{"17: Simpson's rule needs an even number of cycles, but the horizon is 41 cycles -- choose an even "
              "number of cycles, or within_cycle_correction = \"trapezoid\""});
  CHECK(problems_of({correction_to("\"trapezoid\""), horizon_to("41")}).empty());
}

TEST_CASE("the custom correction needs a weight for each time point") {
  CHECK(problems_of({correction_to("\"custom\"")}) ==
        Lines{"17: the custom correction has no analysis.within_cycle_weights -- add it: a weight for each time "
              "point, the start and the horizon's end too"});
  CHECK(problems_of({correction_to("\"custom\"\nwithin_cycle_weights = [1, 1]"), horizon_to("2")}) ==
        Lines{"18: 2 cycles have 3 time points, but there are 2 weights -- write a weight for each time point, the "
              "start and the horizon's end too"});
  CHECK(problems_of({correction_to("\"custom\"\nwithin_cycle_weights = [1, 1, 1, 1]"), horizon_to("2")}).size() == 1);
  CHECK(problems_of({correction_to("\"custom\"\nwithin_cycle_weights = [1, -1, 1]"), horizon_to("2")}) ==
        Lines{"18: analysis.within_cycle_weights: -1 is out of range (must be at least 0) -- write a number in the "
              "range; the unit is cycles"});
}

TEST_CASE("weights without the custom correction are refused") {
  CHECK(problems_of({correction_to("\"trapezoid\"\nwithin_cycle_weights = [1, 1]")}) ==
        Lines{"18: analysis.within_cycle_weights does nothing without the custom correction -- remove it, or write "
              "within_cycle_correction = \"custom\""});
}

TEST_CASE("all problems of timing are told at once, and none that only follow from others") {
  const std::string rates = rates_from("b", "30", "0.03", "0.03") + rates_from("a", "20", "0.03", "0.03");
  CHECK(problems_of({correction_to("\"custom\""), horizon_to("40.5"), later(rates)}).size() == 3);
  const std::string wrong_year = rates_from("b", "\"x\"", "0.03", "0.03") + rates_from("a", "20", "0.03", "0.03");
  CHECK(problems_of({correction_to("\"simpsons\"\nwithin_cycle_weights = [1]"), later(wrong_year)}).size() == 2);
  CHECK(problems_of({correction_to("\"simpson\""), horizon_to("\"41\"")}).size() == 1);
  CHECK(problems_of({correction_to("\"custom\"\nwithin_cycle_weights = [\"x\"]")}).size() == 1);
}
