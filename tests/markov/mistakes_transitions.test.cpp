#include <catch2/catch.hpp>

#include "markov/scenario_of.hpp"

/// \file
/// Rows that do not sum to one, moves that are none, ways to give a transition.

namespace myelin::markov::test {

TEST_CASE("a row with its diagonal sums to one") {
  CHECK(
      mistakes({{R"("Well->Ill" = "p_ill")", R"("Well->Ill" = "p_ill"
"Well->Well" = 0.6)"}}) ==
      Lines{
          R"(scenario.toml:40:16: formula "p_ill": the probabilities from Well sum to 0.9, not to one at state = Well -- correct them, or leave out "Well->Well": it takes what the others leave)"});
}

TEST_CASE("a row without its diagonal sums to one at most") {
  CHECK(
      mistakes({{R"("p_ill")", R"("p_ill + 0.8")"}}) ==
      Lines{
          R"(scenario.toml:40:16: formula "p_ill + 0.8": the probabilities from Well sum to 1.1, more than one at state = Well -- lower them; competing risks share what is left: (1 - p_death) * p, or give rates)"});
  CHECK(
      mistakes({{R"("p_ill")", R"("p_ill + 0.1 * cycle")"}}) ==
      Lines{
          R"(scenario.toml:40:16: formula "p_ill + 0.1 * cycle": the probabilities from Well sum to 1.1, more than one at state = Well, cycle = 8 -- lower them; competing risks share what is left: (1 - p_death) * p, or give rates)"});
}

TEST_CASE("a probability is from zero to one") {
  CHECK(
      mistakes({{R"("p_ill")", R"("p_ill - 1")"}}) ==
      Lines{
          R"(scenario.toml:40:16: formula "p_ill - 1": the probability is -0.8 at state = Well -- a probability is from 0 to 1: convert rates with rate_to_prob(rate, cycle_length))"});
  CHECK(
      mistakes({{R"("p_ill")", "1.5"}}) ==
      Lines{
          R"(scenario.toml:40:15: formula "1.5": the probability is 1.5 at state = Well -- a probability is from 0 to 1: convert rates with rate_to_prob(rate, cycle_length))"});
  CHECK(
      mistakes({{R"("p_ill")", R"-("p_ill * (1 - 2 * treated)")-"}}) ==
      Lines{
          R"-(scenario.toml:40:16: formula "p_ill * (1 - 2 * treated)": the probability is -0.2 at state = Well -- a probability is from 0 to 1: convert rates with rate_to_prob(rate, cycle_length))-"});
}

TEST_CASE("a move names two levels of its attribute") {
  CHECK(mistakes({{"Well->Ill", "Well->Sick"}}) ==
        Lines{"scenario.toml:40:17: unknown level 'Sick' of attribute 'state' -- write one of Well, Ill, Dead"});
  CHECK(mistakes({{"Well->Ill", "Wel->Ill"}}) ==
        Lines{"scenario.toml:40:15: unknown level 'Wel' of attribute 'state' -- did you mean 'Well'?"});
  CHECK(mistakes({{"Well->Ill", "Well-Ill"}}) ==
        Lines{R"(scenario.toml:40:15: 'Well-Ill' is no move from a level to another -- write "Well->Dead" = ...)"});
  CHECK(mistakes({{"Well->Ill", "*->Ill"}}) ==
        Lines{"scenario.toml:40:13: '*->Ill' does not name one transition -- name both levels"});
}

TEST_CASE("a move is given once") {
  CHECK(mistakes({{R"("Well->Ill" = "p_ill")", R"("Well->Ill" = "p_ill"
"Well -> Ill" = 0.1)"}}) == Lines{"scenario.toml:41:17: 'Well -> Ill' is given twice -- keep one of the two"});
}

TEST_CASE("the dead do not move") {
  CHECK(mistakes({{R"("Well->Ill" = "p_ill")", R"("Well->Ill" = "p_ill"
"Dead->Well" = 0.1)"}}) ==
        Lines{"scenario.toml:41:16: 'Dead->Well' leaves a dead level -- the dead draw no more: remove it"});
  CHECK(mistakes({{R"("Well->Ill" = "p_ill")", R"("Well->Ill" = "p_ill"
"Dead->Dead" = 1)"}}) ==
        Lines{"scenario.toml:41:16: 'Dead->Dead' leaves a dead level -- the dead draw no more: remove it"});
}

TEST_CASE("a transition is given in one way") {
  CHECK(mistakes({{"[transitions.disease.probabilities]", "[transitions.other.probabilities]"},
                  {"[transitions.disease]\n", R"([transitions.other]
attribute = "state"

[transitions.disease]
)"}}) == Lines{"scenario.toml:40:1: transition 'disease' is not given -- give one of probabilities, rates or matrix"});
  CHECK(mistakes({{R"-("Ill->Dead" = "apply_hr(p_die, hr_die)")-", R"-("Ill->Dead" = "apply_hr(p_die, hr_die)"

[transitions.disease.rates]
"Well->Ill" = 0.2)-"}}) == Lines{"scenario.toml:37:1: transition 'disease' is given in 2 ways: probabilities, rates -- "
                                 "give one of probabilities, rates or matrix"});
  CHECK(mistakes({{R"(attribute = "state"
)",
                   R"(attribute = "state"
matrix = "m"
)"}}) == Lines{"scenario.toml:37:1: transition 'disease' is given in 2 ways: probabilities, matrix -- give one of "
               "probabilities, rates or matrix"});
}

TEST_CASE("a transition is of a known attribute") {
  CHECK(mistakes({{R"(attribute = "state")", R"(attribute = "stat")"}}) ==
        Lines{"scenario.toml:37:1: unknown attribute 'stat' -- did you mean 'state'?"});
}

TEST_CASE("an attribute that cannot move has no transition") {
  CHECK(
      mistakes({{"[parameters]", R"([attributes.sex]
levels = ["female", "male"]
memory = "constant"
start = "male"

[transitions.sex]
attribute = "sex"
probabilities = { "male->female" = 0.5 }

[parameters])"}}) ==
      Lines{
          R"(scenario.toml:30:1: attribute 'sex' is constant and has a transition -- leave out its memory = "constant")"});
  CHECK(mistakes({{"[parameters]", R"([attributes.years_ill]
highest = 5
time_in = ["Ill"]
of = "state"

[transitions.ageing]
attribute = "years_ill"
probabilities = { "0->1" = 0.5 }

[parameters])"}}) == Lines{"scenario.toml:30:1: attribute 'years_ill' follows a rule and has a transition -- leave out "
                           "time_in or each_cycle, or the transition"});
}

TEST_CASE("a rate is not negative, and is told at its formula") {
  CHECK(
      mistakes({{"disease.probabilities", "disease.rates"},
                {R"("p_ill")", R"("p_ill - 1")"},
                {R"("p_die")", R"("p_die * 1")"}}) ==
      Lines{
          R"(scenario.toml:40:16: formula "p_ill - 1": the rate Well->Ill is -0.8 a year -- a rate is not negative)"});
}

}  // namespace myelin::markov::test
