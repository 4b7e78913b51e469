#include <catch2/catch.hpp>

#include "markov/scenario_of.hpp"

/// \file
/// Rewards, sizes, settings of the analysis, and several mistakes at once.

namespace myelin::markov::test {

namespace {

/// The toy with another reward for care.
Edits care(const std::string& text) {
  return {{R"([rewards.care]
outcome = "cost"
of = "state"
per_year = { Ill = "c_ill" })",
           "[rewards.care]\n" + text}};
}

}  // namespace

TEST_CASE("a reward names its outcome") {
  CHECK(mistakes(care(R"(of = "state"
per_year = { Ill = "c_ill" })")) ==
        Lines{"scenario.toml:44:10: required key rewards.care.outcome is missing -- add it: what it adds to: cost, "
              "qaly, or a count by a name of your own, which is not discounted"});
  CHECK(mistakes(care(R"(outcome = "life_years"
per_year = 1)")) == Lines{"scenario.toml:45:1: life years are counted anyway -- name another outcome"});
}

TEST_CASE("a reward gives something") {
  CHECK(mistakes(care(R"(outcome = "cost")")) ==
        Lines{"scenario.toml:45:1: reward 'care' gives nothing -- add per_year, per_cycle, on or at_start"});
}

TEST_CASE("a reward is of a known attribute and of its levels") {
  CHECK(mistakes(care(R"(outcome = "cost"
of = "stat"
per_year = { Ill = 1 })")) == Lines{"scenario.toml:46:1: unknown attribute 'stat' -- did you mean 'state'?"});
  CHECK(mistakes(care(R"(outcome = "cost"
of = "state"
per_year = { Sick = 1 })")) ==
        Lines{"scenario.toml:47:21: unknown level 'Sick' of attribute 'state' -- write one of Well, Ill, Dead"});
  CHECK(mistakes(care(R"(outcome = "cost"
of = "state"
per_cycle = { Il = 1 })")) ==
        Lines{"scenario.toml:47:20: unknown level 'Il' of attribute 'state' -- did you mean 'Ill'?"});
  CHECK(mistakes(care(R"(outcome = "cost"
of = "state"
per_year = 1
on = { "Well->Sick" = 1 })")) ==
        Lines{"scenario.toml:48:23: unknown level 'Sick' of attribute 'state' -- write one of Well, Ill, Dead"});
}

TEST_CASE("a reward by level says of which attribute") {
  CHECK(mistakes(care(R"(outcome = "cost"
at_start = 1
per_year = { Ill = 1 })")) ==
        Lines{R"(scenario.toml:47:1: reward 'care' does not say of which attribute -- add of = "state")"});
  CHECK(mistakes(care(R"(outcome = "cost"
at_start = 1
on = { "Well->Ill" = 1 })")) ==
        Lines{R"(scenario.toml:47:1: reward 'care' does not say of which attribute -- add of = "state")"});
}

TEST_CASE("levels before the transitions are known on moves alone") {
  CHECK(
      mistakes(care(R"(outcome = "cost"
of = "state"
per_year = { Ill = "1 * previous_state" })")) ==
      Lines{"scenario.toml:45:1: reward 'care' varies with previous_state, which is known within a cycle only -- give "
            "it `on` a move instead"});
}

TEST_CASE("an amount at the start is one formula") {
  CHECK(
      mistakes({{R"( Ill = "c_ill" })", R"( Ill = "c_ill" }
at_start = { Ill = 1 })"}}) ==
      Lines{
          R"(scenario.toml:48:12: rewards.care.at_start must be a number or a formula between quotes, not a table -- write rewards.care.at_start = "1 - p")"});
}

TEST_CASE("the timing of events is known") {
  CHECK(
      mistakes(care(R"(outcome = "cost"
of = "state"
on = { "Well->Ill" = 1 }
events = "at_time_pont")")) ==
      Lines{
          R"(scenario.toml:48:10: rewards.care.events: "at_time_pont" is not one of in_cycle, at_time_point -- did you mean "at_time_point"?)"});
}

TEST_CASE("a formula that varies with too much names its attributes") {
  CHECK(
      mistakes({{"[parameters]", R"([attributes.a]
highest = 99
start = "0"

[attributes.b]
highest = 99
start = "0"

[attributes.c]
highest = 99
start = "0"

[parameters])"},
                {R"("p_ill")", R"-("p_ill + 0 * (a + b + c)")-"}}) ==
      Lines{
          R"-(scenario.toml:52:16: formula "p_ill + 0 * (a + b + c)": it varies with a (100) x b (100) x c (100): more than 65536 values -- use fewer attributes in one formula, or attributes with fewer levels)-"});
  CHECK(
      mistakes({{"[parameters]", R"([attributes.a]
highest = 9999
start = "0"

[parameters])"},
                {R"("p_ill")", R"-("p_ill + 0 * (a + cycle)")-"}}) ==
      Lines{
          R"-(scenario.toml:44:16: formula "p_ill + 0 * (a + cycle)": it varies with a (10000) x cycle (11): more than 65536 values -- use fewer attributes in one formula, or attributes with fewer levels)-"});
}

TEST_CASE("a horizon is a whole number of cycles") {
  CHECK(mistakes({{"horizon_years = 10", "horizon_years = 10.5"}}) ==
        Lines{"scenario.toml:13:1: the horizon is 10.5 cycles, not a whole number -- choose a multiple of the cycle "
              "length"});
  CHECK(mistakes({{"horizon_years = 10", "horizon_years = 0.5"}}) ==
        Lines{"scenario.toml:13:1: the horizon is 0.5 cycles, not a whole number -- choose a multiple of the cycle "
              "length"});
  CHECK(mistakes({{"cycle_length_years = 1", "cycle_length_years = -1"}}) ==
        Lines{"scenario.toml:12:22: analysis.cycle_length_years: -1 is out of range (must be from 0.001 to 10) -- "
              "write a number in the range; the unit is years"});
  CHECK(mistakes({{"horizon_years = 10", R"(horizon_years = "ten")"}}) ==
        Lines{"scenario.toml:13:17: analysis.horizon_years must be a number, not text -- write analysis.horizon_years "
              "= 1.5"});
}

TEST_CASE("Simpson's rule needs an even number of cycles") {
  CHECK(
      mistakes(
          {{"horizon_years = 10", "horizon_years = 9"}, {R"(correction = "none")", R"(correction = "simpson")"}}) ==
      Lines{
          R"(scenario.toml:15:1: Simpson's rule needs an even number of cycles, but the horizon is 9 cycles -- choose an even number of cycles, or within_cycle_correction = "trapezoid")"});
}

TEST_CASE("several mistakes are told together") {
  CHECK(
      mistakes({{"horizon_years = 10", "horizon_years = 10.5"},
                {R"(start = "Well")", R"(start = "Wel")"},
                {R"(unit = "hazard ratio")", R"(unit = "hazard ration")"},
                {R"("Well->Ill" = "p_ill")", R"("Well->Ill" = "p_il")"},
                {R"(Ill = "u_ill")", R"(Ill = "u_ill +")"},
                {"treated = 1", "treatd = 1"}}) ==
      Lines{
          "scenario.toml:13:1: the horizon is 10.5 cycles, not a whole number -- choose a multiple of the cycle length",
          "scenario.toml:21:10: unknown level 'Wel' of attribute 'state' -- did you mean 'Well'?",
          R"(scenario.toml:27:30: parameters.hr_die: unknown unit "hazard ration" -- did you mean "hazard ratio"?)",
          R"(scenario.toml:40:16: formula "p_il": unknown name 'p_il' -- did you mean 'p_ill'?)",
          R"(scenario.toml:56:45: formula "u_ill +": it ends too early -- correct it; myelin describe scenario lists the functions)",
          "scenario.toml:63:21: strategy 'drug' gives a value to 'treatd', which is neither a parameter nor an "
          "expression -- did you mean 'treated'?"});
  CHECK(
      mistakes({{R"("p_ill")", R"("p_ill + 1")"}, {R"-("apply_hr(p_die, hr_die)")-", R"("hr_die - treated")"}}) ==
      Lines{
          R"(scenario.toml:40:16: formula "p_ill + 1": the probability is 1.2 at state = Well -- a probability is from 0 to 1: convert rates with rate_to_prob(rate, cycle_length))",
          R"(scenario.toml:42:16: formula "hr_die - treated": the probability is 2 at state = Ill -- a probability is from 0 to 1: convert rates with rate_to_prob(rate, cycle_length))"});
}

TEST_CASE("a mistake of all strategies is told once") {
  CHECK(
      mistakes({{R"("p_ill")", R"("p_ill + 1")"}}) ==
      Lines{
          R"(scenario.toml:40:16: formula "p_ill + 1": the probability is 1.2 at state = Well -- a probability is from 0 to 1: convert rates with rate_to_prob(rate, cycle_length))"});
}

TEST_CASE("what is known within a cycle only is rewarded on moves alone") {
  CHECK(
      mistakes({{"[parameters]",
                 "[attributes.flare]\nlevels = [\"no\", \"yes\"]\nmemory = \"transient\"\n\n"
                 "[transitions.flare]\nattribute = \"flare\"\nprobabilities = { \"no->yes\" = 0.1 }\n\n[parameters]"},
                {"treated * c_drug", "flare * c_drug"}}) ==
      Lines{"scenario.toml:58:1: reward 'drug' varies with flare, which is known within a cycle only -- give it `on` a "
            "move instead"});
}

}  // namespace myelin::markov::test
