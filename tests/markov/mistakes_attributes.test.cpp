#include <catch2/catch.hpp>

#include "markov/scenario_of.hpp"

/// \file
/// Attributes: their levels, where patients start, the dead, and what follows a rule.

namespace myelin::markov::test {

TEST_CASE("an attribute has levels") {
  CHECK(mistakes({{"[parameters]", R"([attributes.side]
levels = []
start = "left"

[parameters])"}}) == Lines{"scenario.toml:25:1: attribute 'side' has no levels -- name them"});
  CHECK(mistakes({{"[parameters]", R"([attributes.side]
levels = ["left", "left"]
start = "left"

[parameters])"}}) == Lines{"scenario.toml:25:1: attribute 'side' has two levels 'left' -- rename one"});
  CHECK(
      mistakes({{"[parameters]", R"([attributes.side]
levels = ["left", "right"]
highest = 2
start = "left"

[parameters])"}}) ==
      Lines{
          R"(scenario.toml:25:1: attribute 'side' has levels and a highest level -- give levels = ["..."] or, for numbers from 0, highest = n)"});
  CHECK(
      mistakes({{"[parameters]", R"([attributes.side]
levels = ["left", 1]
start = "left"

[parameters])"}}) ==
      Lines{
          R"(scenario.toml:25:19: attributes.side.levels must be a list of texts, but holds a whole number -- write attributes.side.levels = ["...", "..."])"});
}

TEST_CASE("a highest level is a whole number from 1") {
  CHECK(mistakes({{"[parameters]", R"([attributes.visits]
highest = 0
start = "0"

[parameters])"}}) == Lines{"scenario.toml:25:11: attributes.visits.highest: 0 is out of range (must be from 1 to "
                           "65535) -- write a number in the range"});
  CHECK(mistakes({{"[parameters]", R"([attributes.visits]
highest = 70000
start = "0"

[parameters])"}}) == Lines{"scenario.toml:25:11: attributes.visits.highest: 70000 is out of range (must be from 1 to "
                           "65535) -- write a number in the range"});
  CHECK(mistakes({{"[parameters]", R"([attributes.visits]
highest = 3.0
start = "0"

[parameters])"}}) == Lines{"scenario.toml:25:11: attributes.visits.highest must be a whole number, not a number with a "
                           "decimal point -- write attributes.visits.highest = 1"});
  CHECK(mistakes({{"[parameters]", R"([attributes.visits]
higest = 3
highest = 3
start = "0"

[parameters])"}}) ==
        Lines{"scenario.toml:25:1: unknown key attributes.visits.higest -- did you mean attributes.visits.highest?"});
}

TEST_CASE("each level has one value") {
  CHECK(mistakes({{"[parameters]", R"([attributes.side]
levels = ["left", "right"]
values = [1]
start = "left"

[parameters])"}}) == Lines{"scenario.toml:26:1: 1 values for 2 levels -- give one value a level"});
}

TEST_CASE("the memory of an attribute is known") {
  CHECK(
      mistakes({{"[parameters]", R"([attributes.side]
levels = ["left", "right"]
memory = "constnt"
start = "left"

[parameters])"}}) ==
      Lines{
          R"(scenario.toml:26:10: attributes.side.memory: "constnt" is not one of state, constant, transient -- did you mean "constant"?)"});
  CHECK(
      mistakes({{"[parameters]", R"([attributes.side]
levels = ["left", "right"]
memory = 3
start = "left"

[parameters])"}}) ==
      Lines{
          R"(scenario.toml:26:10: attributes.side.memory must be text, not a whole number -- write attributes.side.memory = "...")"});
  CHECK(mistakes({{"[parameters]", R"([attributes.side]
levels = ["left", "right"]
memory = "constant"
start = "left"
each_cycle = "1"

[parameters])"}}) == Lines{"scenario.toml:25:1: attribute 'side' is constant and cannot change from cycle to cycle -- "
                           "leave out memory, or dead, time_in and each_cycle"});
}

TEST_CASE("patients start at a level") {
  CHECK(
      mistakes({{R"(start = "Well"
)",
                 ""}}) ==
      Lines{
          R"(scenario.toml:20:1: attribute 'state' does not say where patients start -- add start = "Well", or shares: start = { Well = 0.5, ... })"});
  CHECK(mistakes({{R"(start = "Well")", R"(start = "Wel")"}}) ==
        Lines{"scenario.toml:21:10: unknown level 'Wel' of attribute 'state' -- did you mean 'Well'?"});
  CHECK(mistakes({{R"(start = "Well")", "start = 0"}}) ==
        Lines{"scenario.toml:21:9: unknown level '0' of attribute 'state' -- write one of Well, Ill, Dead"});
  CHECK(mistakes({{R"(start = "Well")", R"(start = "p_ill")"}}) ==
        Lines{"scenario.toml:21:10: unknown level 'p_ill' of attribute 'state' -- write one of Well, Ill, Dead"});
  CHECK(
      mistakes({{R"(start = "Well")", R"(start = ["Well"])"}}) ==
      Lines{
          R"(scenario.toml:21:9: attributes.state.start must be a formula, or a table of formulae, not a list -- write attributes.state.start = { name = "1 - p" })"});
}

TEST_CASE("shares at the start are of levels and sum to one") {
  CHECK(mistakes({{R"(start = "Well")", "start = { Well = 0.5, Sick = 0.5 }"}}) ==
        Lines{"scenario.toml:21:30: unknown level 'Sick' of attribute 'state' -- write one of Well, Ill, Dead"});
  CHECK(
      mistakes({{R"(start = "Well")", "start = { Well = 0.5, Ill = 0.4 }"}}) ==
      Lines{
          R"(scenario.toml:21:18: formula "0.5": the shares of 'state' at the start sum to 0.9, not to one -- correct them; one of them can be 1 minus the others)"});
  CHECK(mistakes({{R"(start = "Well")", "start = { Well = 1.5, Ill = -0.5 }"}}) ==
        Lines{R"(scenario.toml:21:18: formula "1.5": the share is 1.5 -- a share is from 0 to 1)",
              R"(scenario.toml:21:29: formula "-0.5": the share is -0.5 -- a share is from 0 to 1)"});
  CHECK(
      mistakes({{R"(start = "Well")", R"(start = { Well = 0.5, Ill = "0.5 + cycle" })"}}) ==
      Lines{
          R"(scenario.toml:21:30: formula "0.5 + cycle": where patients start cannot vary with cycle -- use the group, the age, or attributes declared above)"});
}

TEST_CASE("the dead levels are the last ones of one attribute") {
  CHECK(mistakes({{R"(dead = ["Dead"])", R"(dead = ["Deed"])"}}) ==
        Lines{"scenario.toml:22:1: unknown level 'Deed' of attribute 'state' -- did you mean 'Dead'?"});
  CHECK(mistakes({{R"(dead = ["Dead"])", R"(dead = ["Ill"])"}}) ==
        Lines{"scenario.toml:22:1: the dead levels are not the last ones -- put them at the end of the levels"});
  CHECK(mistakes({{R"(dead = ["Dead"])", R"(dead = ["Well", "Ill", "Dead"])"},
                  {R"-("Well->Ill" = "p_ill"
"Well->Dead" = "p_die"
"Ill->Dead" = "apply_hr(p_die, hr_die)"
)-",
                   ""}}) == Lines{"scenario.toml:22:1: every level means dead -- name only the dead levels"});
  CHECK(mistakes({{"[parameters]", R"([attributes.organ]
levels = ["working", "failed"]
start = "working"
dead = ["failed"]

[parameters])"}}) ==
        Lines{"scenario.toml:20:1: more than one attribute has dead levels -- let one attribute tell the dead"});
}

TEST_CASE("time_in is of the levels of a known attribute") {
  CHECK(mistakes({{"[parameters]", R"([attributes.years_ill]
highest = 5
time_in = ["Il"]
of = "state"

[parameters])"}}) == Lines{"scenario.toml:26:1: unknown level 'Il' of attribute 'state' -- did you mean 'Ill'?"});
  CHECK(mistakes({{"[parameters]", R"([attributes.years_ill]
highest = 5
start = "0"
time_in = ["Ill"]
of = "stat"

[parameters])"}}) == Lines{"scenario.toml:28:1: unknown attribute 'stat' -- did you mean 'state'?"});
  CHECK(
      mistakes({{"[parameters]", R"([attributes.years_ill]
highest = 5
start = "0"
time_in = ["Ill"]

[parameters])"}}) ==
      Lines{
          R"(scenario.toml:25:1: time_in of attribute 'years_ill' does not say of which attribute -- add of = "state")"});
}

TEST_CASE("each_cycle stays within the levels") {
  CHECK(
      mistakes({{"[parameters]", R"([attributes.visits]
highest = 3
start = "0"
each_cycle = "visits + 1"

[parameters])"}}) ==
      Lines{
          R"(scenario.toml:27:15: formula "visits + 1": it gives 4, which is no value of 'visits' at visits = 3 -- keep it within the levels, with min and max)"});
  CHECK(
      mistakes({{"[parameters]", R"([attributes.visits]
highest = 3
start = "0"
each_cycle = "visits / 2 + 0.5"

[parameters])"}}) ==
      Lines{
          R"(scenario.toml:27:15: formula "visits / 2 + 0.5": it gives 0.5, which is no value of 'visits' at visits = 0 -- keep it within the levels, with min and max)"});
  CHECK(
      mistakes({{"[parameters]", R"([attributes.visits]
highest = 3
start = "0"
each_cycle = "visits - 1"

[parameters])"}}) ==
      Lines{
          R"(scenario.toml:27:15: formula "visits - 1": it gives -1, which is no value of 'visits' at visits = 0 -- keep it within the levels, with min and max)"});
}

}  // namespace myelin::markov::test
