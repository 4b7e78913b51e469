#include <catch2/catch.hpp>

#include "markov/scenario_of.hpp"

/// \file
/// Units that do not fit where a number is used, and numbers that do not fit their unit.

namespace myelin::markov::test {

TEST_CASE("a probability is not a rate") {
  CHECK(
      mistakes({{R"(p_ill = { value = 0.2, unit = "probability per year")",
                 R"(p_ill = { value = 0.2, unit = "per year")"}}) ==
      Lines{
          R"(scenario.toml:40:16: formula "p_ill": its unit is 'per year', but a probability per cycle is needed here -- write rate_to_prob(p_ill, cycle_length))"});
}

TEST_CASE("a probability is not a ratio, a utility or money") {
  CHECK(
      mistakes({{R"("p_ill")", R"("hr_die")"}}) ==
      Lines{
          R"(scenario.toml:40:16: formula "hr_die": its unit is 'hazard ratio', but a probability per cycle is needed here -- give a probability)"});
  CHECK(
      mistakes({{R"("p_ill")", R"("u_ill")"}}) ==
      Lines{
          R"(scenario.toml:40:16: formula "u_ill": its unit is 'utility', but a probability per cycle is needed here -- give a probability)"});
  CHECK(
      mistakes({{R"("p_ill")", R"("c_ill")"}}) ==
      Lines{
          R"(scenario.toml:40:16: formula "c_ill": its unit is 'GBP 2024/25 per year', but a probability per cycle is needed here -- give a probability)"});
}

TEST_CASE("a rate is not a probability") {
  CHECK(
      mistakes({{"disease.probabilities", "disease.rates"}, {R"("p_die")", R"("p_die * 1")"}}) ==
      Lines{
          R"(scenario.toml:40:16: formula "p_ill": its unit is 'probability per year', but a rate per year is needed here -- convert it: prob_to_rate(probability, years), or 12 times a rate per month)"});
}

TEST_CASE("a rate is per year") {
  CHECK(
      mistakes({{"disease.probabilities", "disease.rates"},
                {R"("p_die")", R"("p_die * 1")"},
                {R"(p_ill = { value = 0.2, unit = "probability per year")",
                 R"(p_ill = { value = 0.2, unit = "per month")"}}) ==
      Lines{
          R"(scenario.toml:40:16: formula "p_ill": its unit is 'per month', but a rate per year is needed here -- convert it: prob_to_rate(probability, years), or 12 times a rate per month)"});
}

TEST_CASE("costs are money and QALYs are health") {
  CHECK(
      mistakes({{R"({ Ill = "c_ill" })", R"({ Ill = "u_ill" })"}}) ==
      Lines{
          R"(scenario.toml:47:21: formula "u_ill": its unit is 'utility', but money is needed here -- give an amount of money)"});
  CHECK(
      mistakes({{R"(Ill = "u_ill")", R"(Ill = "c_ill")"}}) ==
      Lines{
          R"(scenario.toml:56:38: formula "c_ill": its unit is 'GBP 2024/25 per year', but a utility or QALYs is needed here -- give a utility or QALYs)"});
  CHECK(
      mistakes({{R"("treated * c_drug")", R"("p_ill")"}}) ==
      Lines{
          R"(scenario.toml:51:13: formula "p_ill": its unit is 'probability per year', but money is needed here -- give an amount of money)"});
}

TEST_CASE("an amount is of its period") {
  CHECK(
      mistakes({{R"(c_ill = { value = 1000, unit = "GBP 2024/25 per year")",
                 R"(c_ill = { value = 1000, unit = "GBP 2024/25 per month")"}}) ==
      Lines{
          R"(scenario.toml:47:21: formula "c_ill": its unit is 'GBP 2024/25 per month', but an amount per year is needed here -- give it by the year)"});
  CHECK(
      mistakes({{R"({ Ill = "c_ill" })", R"({ Ill = "c_ill" }
at_start = "c_drug")"}}) ==
      Lines{
          R"(scenario.toml:48:13: formula "c_drug": its unit is 'GBP 2024/25 per year', but an amount at once is needed here -- give it under per_year, or as an amount for each event)"});
  CHECK(
      mistakes({{R"({ Ill = "c_ill" })", R"({ Ill = "c_ill" }
on = { "Well->Ill" = "c_drug" })"}}) ==
      Lines{
          R"(scenario.toml:48:23: formula "c_drug": its unit is 'GBP 2024/25 per year', but an amount at once is needed here -- give it under per_year, or as an amount for each event)"});
}

TEST_CASE("a utility is an amount a year") {
  CHECK(
      mistakes({{"cycle_length_years = 1", "cycle_length_years = 0.5"},
                {R"("p_ill")", R"("p_ill / 2")"},
                {R"("p_die")", R"("p_die / 2")"},
                {"per_year = { Well", "per_cycle = { Well"}}) ==
      Lines{
          R"(scenario.toml:56:23: formula "u_well": its unit is 'utility', but an amount per cycle is needed here -- give it under per_year)",
          R"(scenario.toml:56:39: formula "u_ill": its unit is 'utility', but an amount per cycle is needed here -- give it under per_year)"});
}

TEST_CASE("a misspelt unit is told") {
  CHECK(
      mistakes({{R"(p_ill = { value = 0.2, unit = "probability per year")",
                 R"(p_ill = { value = 0.2, unit = "probabilty per year")"}}) ==
      Lines{
          R"(scenario.toml:25:31: parameters.p_ill: unknown unit "probabilty per year" -- did you mean "probability per year"?)"});
  CHECK(
      mistakes(
          {{R"(hr_die = { value = 2, unit = "hazard ratio")", R"(hr_die = { value = 2, unit = "hazard ration")"}}) ==
      Lines{R"(scenario.toml:27:30: parameters.hr_die: unknown unit "hazard ration" -- did you mean "hazard ratio"?)"});
  CHECK(mistakes({{R"(u_well = { value = 0.9, unit = "utility")", R"(u_well = { value = 0.9, unit = "utlity")"}}) ==
        Lines{R"(scenario.toml:30:32: parameters.u_well: unknown unit "utlity" -- did you mean "utility"?)"});
  CHECK(mistakes({{R"(p_ill = { value = 0.2, unit = "probability per year")",
                   R"(p_ill = { value = 0.2, unit = "Probability")"}}) ==
        Lines{R"(scenario.toml:25:31: parameters.p_ill: unknown unit "Probability" -- did you mean "probability"?)"});
}

TEST_CASE("a unit is given") {
  CHECK(
      mistakes({{R"(p_ill = { value = 0.2, unit = "probability per year")", "p_ill = { value = 0.2"}}) ==
      Lines{
          R"(scenario.toml:25:1: parameters.p_ill: unit is missing -- add unit = "...": probability, per year, hazard ratio, utility, ... (myelin describe scenario))"});
  CHECK(
      mistakes({{R"(p_ill = { value = 0.2, unit = "probability per year")", R"(p_ill = { value = 0.2, unit = "")"}}) ==
      Lines{
          R"(scenario.toml:25:31: parameters.p_ill: unit is missing -- add unit = "...": probability, per year, hazard ratio, utility, ... (myelin describe scenario))"});
}

TEST_CASE("a number is in the range of its unit") {
  CHECK(mistakes({{R"(p_ill = { value = 0.2, unit = "probability per year")",
                   R"(p_ill = { value = 1.2, unit = "probability per year")"}}) ==
        Lines{"scenario.toml:25:19: parameters.p_ill: 1.2 is out of range (must be from 0 to 1) -- write a number in "
              "the range; the unit is probability per year"});
  CHECK(mistakes({{R"(p_ill = { value = 0.2, unit = "probability per year")",
                   R"(p_ill = { value = -0.1, unit = "probability per year")"}}) ==
        Lines{"scenario.toml:25:19: parameters.p_ill: -0.1 is out of range (must be from 0 to 1) -- write a number in "
              "the range; the unit is probability per year"});
  CHECK(mistakes({{"hr_die = { value = 2", "hr_die = { value = -2"}}) ==
        Lines{"scenario.toml:27:20: parameters.hr_die: -2 is out of range (must be at least 0) -- write a number in "
              "the range; the unit is hazard ratio"});
  CHECK(mistakes({{"u_well = { value = 0.9", "u_well = { value = 1.2"}}) ==
        Lines{"scenario.toml:30:20: parameters.u_well: 1.2 is out of range (must be at most 1) -- write a number in "
              "the range; the unit is utility"});
  CHECK(mistakes({{R"(p_ill = { value = 0.2, unit = "probability per year")",
                   R"(p_ill = { value = -0.2, unit = "per year")"}}) ==
        Lines{"scenario.toml:25:19: parameters.p_ill: -0.2 is out of range (must be at least 0) -- write a number in "
              "the range; the unit is per year"});
  CHECK(mistakes({{"u_ill = { value = 0.5", "u_ill = { value = nan"}}) ==
        Lines{"scenario.toml:31:19: parameters.u_ill: nan is no finite number -- write a finite number"});
}

TEST_CASE("an amount per cycle is not one per year") {
  const Edits per_cycle = {{"cycle_length_years = 1", "cycle_length_years = 0.5"},
                           {R"("p_ill")", R"("p_ill / 2")"},
                           {R"("p_die")", R"("p_die / 2")"},
                           {R"(c_ill = { value = 1000, unit = "GBP 2024/25 per year")",
                            R"(c_ill = { value = 1000, unit = "GBP 2024/25 per cycle")"}};
  CHECK(
      mistakes(per_cycle) ==
      Lines{
          R"(scenario.toml:47:21: formula "c_ill": its unit is 'GBP 2024/25 per cycle', but an amount per year is needed here -- give it under per_cycle)"});
  Edits good = per_cycle;
  good.push_back({"per_year = { Ill", "per_cycle = { Ill"});
  CHECK(mistakes(good).empty());
}

TEST_CASE("a misspelt period is told") {
  const auto unit_of_p_ill = [](const std::string& unit) {
    return Edits{
        {R"(p_ill = { value = 0.2, unit = "probability per year")", "p_ill = { value = 0.2, unit = \"" + unit + "\""}};
  };
  CHECK(
      mistakes(unit_of_p_ill("probability per yaer")) ==
      Lines{
          R"(scenario.toml:25:31: parameters.p_ill: unknown unit "probability per yaer" -- did you mean "probability per year"?)"});
  CHECK(
      mistakes(unit_of_p_ill("probability per years")) ==
      Lines{
          R"(scenario.toml:25:31: parameters.p_ill: unknown unit "probability per years" -- did you mean "probability per year"?)"});
  CHECK(
      mistakes({{R"(c_ill = { value = 1000, unit = "GBP 2024/25 per year")",
                 R"(c_ill = { value = 1000, unit = "GBP 2024/25 per moth")"}}) ==
      Lines{
          R"(scenario.toml:28:32: parameters.c_ill: unknown unit "GBP 2024/25 per moth" -- did you mean "GBP 2024/25 per month"?)"});
  CHECK(mistakes({{"disease.probabilities", "disease.rates"},
                  {R"("p_die")", R"("p_die * 1")"},
                  {R"(p_ill = { value = 0.2, unit = "probability per year")",
                   R"(p_ill = { value = 0.2, unit = "per yaer")"}}) ==
        Lines{R"(scenario.toml:25:31: parameters.p_ill: unknown unit "per yaer" -- did you mean "per year"?)"});
}

TEST_CASE("money of another currency or year keeps its period in the remedy") {
  const auto unit_of_c_ill = [](const std::string& unit) {
    return Edits{{R"(c_ill = { value = 1000, unit = "GBP 2024/25 per year")",
                  "c_ill = { value = 1000, unit = \"" + unit + "\""}};
  };
  CHECK(
      mistakes(unit_of_c_ill("USD 2024/25 per year")) ==
      Lines{
          R"(scenario.toml:28:32: parameters.c_ill: the unit is "USD 2024/25 per year" but money here is "GBP 2024/25" -- convert the number and write "GBP 2024/25 per year")"});
  CHECK(
      mistakes(unit_of_c_ill("GBP 2019/20 per year")) ==
      Lines{
          R"(scenario.toml:28:32: parameters.c_ill: the unit is "GBP 2019/20 per year" but money here is "GBP 2024/25" -- convert the number and write "GBP 2024/25 per year", or give analysis.price_index with the years 2019/20 and 2024/25)"});
  CHECK(
      mistakes(unit_of_c_ill("USD 2024/25")) ==
      Lines{
          R"(scenario.toml:28:32: parameters.c_ill: the unit is "USD 2024/25" but money here is "GBP 2024/25" -- convert the number and write "GBP 2024/25")"});
}

TEST_CASE("a probability is of a cycle") {
  CHECK(
      mistakes({{"cycle_length_years = 1", "cycle_length_years = 0.5"}, {R"("p_die")", R"("p_die * 1")"}}) ==
      Lines{
          R"(scenario.toml:40:16: formula "p_ill": its unit is 'probability per year', but a probability per cycle, which lasts 0.5 years, is needed here -- write prob_to_prob(p_ill, 1, cycle_length); or give rates, where several moves compete)"});
}

}  // namespace myelin::markov::test
