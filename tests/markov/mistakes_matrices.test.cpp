#include <catch2/catch.hpp>

#include "markov/scenario_of.hpp"

/// \file
/// Matrices that are none, that are of the wrong size, or that cannot be made from others.

namespace myelin::markov::test {

namespace {

/// The transition of the toy by matrix `m`, declared by `text`, with more sections after it.
Edits by_matrix(const std::string& text, const std::string& after = {}) {
  return {{R"-(attribute = "state"

[transitions.disease.probabilities]
"Well->Ill" = "p_ill"
"Well->Dead" = "p_die"
"Ill->Dead" = "apply_hr(p_die, hr_die)"
)-",
           R"(attribute = "state"
matrix = "m"

[matrices.m]
attribute = "state"
)" + text + "\n" +
               after}};
}

/// A matrix of probabilities to make others from.
std::string source() {
  return R"(
[matrices.n]
attribute = "state"
rows = [[0.5, 0.5, 0], [0, 0.5, 0.5], [0, 0, 1]]
)";
}

}  // namespace

TEST_CASE("a matrix is known") {
  CHECK(mistakes({{R"-(attribute = "state"

[transitions.disease.probabilities]
"Well->Ill" = "p_ill"
"Well->Dead" = "p_die"
"Ill->Dead" = "apply_hr(p_die, hr_die)"
)-",
                   R"(attribute = "state"
matrix = "yearly"
)"}}) == Lines{"scenario.toml:38:1: unknown matrix 'yearly' -- the scenario has no matrix"});
  CHECK(mistakes(by_matrix(R"(function = "logm"
of = "n")")) == Lines{"scenario.toml:43:1: unknown matrix 'n' -- did you mean 'm'?"});
  CHECK(mistakes(by_matrix(R"(function = "expm"
of = "nn")",
                           source())) == Lines{"scenario.toml:43:1: unknown matrix 'nn' -- did you mean 'n'?"});
  CHECK(mistakes(by_matrix(R"(function = "logm")")) ==
        Lines{R"(scenario.toml:42:1: matrix 'm' does not say of which matrix -- add of = "...")"});
}

TEST_CASE("a matrix is given in one way") {
  CHECK(mistakes(by_matrix("# nothing")) ==
        Lines{"scenario.toml:41:1: matrix 'm' is not given -- give one of rows, entries, table or function"});
  CHECK(mistakes(by_matrix(R"(rows = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
entries = { "Well->Ill" = 0.5 })")) == Lines{"scenario.toml:41:1: matrix 'm' is given in 2 ways: rows, entries -- give "
                                             "one of rows, entries, table or function"});
}

TEST_CASE("a matrix has a row and a column for each level") {
  CHECK(mistakes(by_matrix("rows = [[1, 0], [0, 1]]")) ==
        Lines{"scenario.toml:42:1: matrix 'm' does not have 3 rows of 3 cells -- give one row and one column a level, "
              "dead levels too"});
  CHECK(mistakes(by_matrix("rows = [[1, 0, 0], [0, 1], [0, 0, 1]]")) ==
        Lines{"scenario.toml:42:1: matrix 'm' does not have 3 rows of 3 cells -- give one row and one column a level, "
              "dead levels too"});
}

TEST_CASE("the rows of a matrix sum to one") {
  CHECK(
      mistakes(by_matrix("rows = [[0.5, 0.4, 0], [0, 1, 0], [0, 0, 1]]")) ==
      Lines{
          R"(scenario.toml:42:10: formula "0.5": matrix 'm': the probabilities from Well sum to 0.9, not to 1 -- correct them)"});
  CHECK(
      mistakes(by_matrix(R"(entries = { "Well->Ill" = 0.6, "Well->Dead" = 0.6 })")) ==
      Lines{
          R"(scenario.toml:42:27: formula "0.6": the probabilities from Well sum to 1.2, more than one -- lower them)"});
  CHECK(
      mistakes(by_matrix(R"(entries = { "Well->Well" = 0.6 })")) ==
      Lines{
          R"(scenario.toml:42:28: formula "0.6": matrix 'm': the probabilities from Well sum to 0.6, not to 1 -- correct them)"});
  CHECK(
      mistakes(by_matrix(R"(rows = [[0.5, "0.4 + 0.02 * cycle", 0], [0, 1, 0], [0, 0, 1]])")) ==
      Lines{
          R"(scenario.toml:42:10: formula "0.5": matrix 'm': the probabilities from Well sum to 0.9, not to 1 at cycle = 0 -- correct them)"});
}

TEST_CASE("the rows of an intensity matrix sum to zero") {
  CHECK(
      mistakes(by_matrix(R"(kind = "intensities"
rows = [[-0.5, 0.4, 0], [0, 0, 0], [0, 0, 0]])")) ==
      Lines{
          R"(scenario.toml:43:10: formula "-0.5": matrix 'm': the rates from Well sum to -0.1, not to 0 -- correct them)"});
  CHECK(mistakes(by_matrix(R"(kind = "intensities"
entries = { "Well->Ill" = -0.4 })")) ==
        Lines{R"(scenario.toml:43:27: formula "-0.4": the rate Well->Ill is -0.4 a year -- a rate is not negative)"});
}

TEST_CASE("the entries of a matrix are moves between its levels") {
  CHECK(mistakes(by_matrix(R"(entries = { "Well->Sick" = 0.6 })")) ==
        Lines{"scenario.toml:42:28: unknown level 'Sick' of attribute 'state' -- write one of Well, Ill, Dead"});
  CHECK(mistakes(by_matrix(R"(entries = { "Dead->Well" = 0.6 })")) ==
        Lines{"scenario.toml:42:28: 'Dead->Well' leaves a dead level -- the dead draw no more: remove it"});
}

TEST_CASE("a table that is a matrix has from and to") {
  CHECK(mistakes(by_matrix(R"(table = "risks")")) ==
        Lines{"scenario.toml:42:1: unknown table 'risks' -- the scenario has no table"});
  CHECK(mistakes(by_matrix(R"(table = "risks")", R"(
[tables]
risks = "risks.csv"
)"),
                 {{"risks.csv", R"(before,to,value,unit,source,grade
Well,Well,0.5,probability,TRIAL,read
Well,Ill,0.3,probability,TRIAL,read
Well,Dead,0.2,probability,TRIAL,read
Ill,Well,0,probability,TRIAL,read
Ill,Ill,0.5,probability,TRIAL,read
Ill,Dead,0.5,probability,TRIAL,read
Dead,Well,0,probability,TRIAL,read
Dead,Ill,0,probability,TRIAL,read
Dead,Dead,1,probability,TRIAL,read
)"}}) == Lines{"scenario.toml:41:1: table 'risks' cannot be a matrix: its columns are not from and to -- name its "
               "columns from, to, value, unit, source, grade"});
  CHECK(
      mistakes(by_matrix(R"(table = "risks")", R"(
[tables]
risks = "risks.csv"
)"),
               {{"risks.csv", R"(from,to,value,unit,source,grade
Well,Well,0.5,probability,TRIAL,read
Well,Sick,0.3,probability,TRIAL,read
Well,Dead,0.2,probability,TRIAL,read
Sick,Well,0,probability,TRIAL,read
Sick,Sick,0.5,probability,TRIAL,read
Sick,Dead,0.5,probability,TRIAL,read
Dead,Well,0,probability,TRIAL,read
Dead,Sick,0,probability,TRIAL,read
Dead,Dead,1,probability,TRIAL,read
)"}}) ==
      Lines{
          "scenario.toml:41:1: table 'risks': 'Sick' is no level of attribute 'state' -- name the attribute's levels"});
  CHECK(mistakes(by_matrix(R"(table = "risks")", R"(
[tables]
risks = "risks.csv"
)"),
                 {{"risks.csv", R"(from,to,value,unit,source,grade
Well,Well,0.5,probability,TRIAL,read
Well,Ill,0.3,probability,TRIAL,read
Well,Dead,0.2,probability,TRIAL,read
Ill,Well,0,probability,TRIAL,read
Ill,Dead,0.5,probability,TRIAL,read
Dead,Well,0,probability,TRIAL,read
Dead,Ill,0,probability,TRIAL,read
Dead,Dead,1,probability,TRIAL,read
)"}}) == Lines{"risks.csv: tables.risks: no row for from Ill to Ill -- add the missing rows"});
  CHECK(mistakes(by_matrix(R"(table = "risks")", R"(
[tables]
risks = "risks.csv"
)"),
                 {{"risks.csv", R"(from,to,value,unit,source,grade
Well,Well,0.5,probability,TRIAL,read
Well,Ill,0.1,probability,TRIAL,read
Well,Dead,0.2,probability,TRIAL,read
Ill,Well,0,probability,TRIAL,read
Ill,Ill,0.5,probability,TRIAL,read
Ill,Dead,0.5,probability,TRIAL,read
Dead,Well,0,probability,TRIAL,read
Dead,Ill,0,probability,TRIAL,read
Dead,Dead,1,probability,TRIAL,read
)"}}) == Lines{"scenario.toml:37:1: matrix 'm': the probabilities from Well sum to 0.8, not to 1 -- "
               "correct them"});
}

TEST_CASE("no matrix is made from itself") {
  CHECK(mistakes(by_matrix(R"(function = "logm"
of = "m")")) ==
        Lines{"scenario.toml:41:1: matrix 'm' is made from itself -- give one matrix rows, entries or a table"});
  CHECK(mistakes(by_matrix(R"(function = "logm"
of = "n")",
                           R"(
[matrices.n]
attribute = "state"
function = "expm"
of = "m"
)")) == Lines{"scenario.toml:41:1: matrix 'm' is made from itself -- give one matrix rows, entries or a table",
              "scenario.toml:46:1: matrix 'n' is made from itself -- give one matrix rows, entries or a table"});
}

TEST_CASE("a matrix is made from one of the same attribute") {
  CHECK(mistakes(by_matrix(R"(function = "logm"
of = "n")",
                           R"(
[attributes.side]
levels = ["left", "right"]
start = "left"

[matrices.n]
attribute = "side"
rows = [[0.5, 0.5], [0, 1]]
)")) == Lines{"scenario.toml:41:1: matrix 'm' is made from 'n' of another attribute -- let both have one attribute"});
}

TEST_CASE("a logarithm is of probabilities and an exponential of intensities") {
  CHECK(mistakes(by_matrix(R"(function = "expm"
of = "n")",
                           source())) ==
        Lines{"scenario.toml:41:1: matrix 'm': expm of 'n', which holds probabilities -- expm turns intensities into "
              "probabilities, logm probabilities into intensities"});
  CHECK(mistakes(by_matrix(R"(function = "logm"
of = "n")",
                           R"(
[matrices.n]
attribute = "state"
kind = "intensities"
entries = { "Well->Ill" = 0.1 }
)")) == Lines{"scenario.toml:41:1: matrix 'm': logm of 'n', which holds intensities -- expm turns intensities into "
              "probabilities, logm probabilities into intensities"});
}

TEST_CASE("a matrix without a real logarithm is told") {
  CHECK(mistakes(by_matrix(R"(function = "expm"
of = "l")",
                           R"(
[matrices.l]
attribute = "state"
function = "logm"
of = "n"

[matrices.n]
attribute = "state"
rows = [[0.2, 0.8, 0], [0.8, 0.2, 0], [0, 0, 1]]
)")) == Lines{"scenario.toml:37:1: matrix 'n' has no real logarithm, so no process in time has its probabilities -- "
              "use cycles of the matrix's own period"});
}

TEST_CASE("a logarithm with negative rates asks for an adjustment") {
  CHECK(
      mistakes(by_matrix(R"(function = "expm"
of = "l")",
                         R"(
[matrices.l]
attribute = "state"
function = "logm"
of = "n"

[matrices.n]
attribute = "state"
rows = [[0.5, 0.4, 0.1], [0, 0.3, 0.7], [0, 0, 1]]
)")) ==
      Lines{
          R"(scenario.toml:37:1: the logarithm of matrix 'n': the rate Well->Dead is -0.328504066972 a year -- choose adjustment = "diagonal" or "weighted")"});
}

TEST_CASE("a matrix has the period of a cycle") {
  CHECK(mistakes(by_matrix("rows = [[0.5, 0.5, 0], [0, 1, 0], [0, 0, 1]]\nyears = 2")) ==
        Lines{"scenario.toml:37:1: matrix 'm' holds probabilities over 2 years, but a cycle lasts 1 -- make it one of "
              "the cycle: logm, then expm"});
  CHECK(mistakes(by_matrix("rows = [[0.5, 0.5, 0], [0, 1, 0], [0, 0, 1]]\nyears = -2")) ==
        Lines{R"(scenario.toml:43:9: formula "-2": a period is one positive number of years -- correct it)"});
  CHECK(mistakes(by_matrix(R"(rows = [[0.5, 0.5, 0], [0, 1, 0], [0, 0, 1]]
years = "cycle + 1")")) ==
        Lines{R"(scenario.toml:43:10: formula "cycle + 1": a period is one positive number of years -- correct it)"});
}

TEST_CASE("a hazard ratio acts on moves and is not negative") {
  CHECK(
      mistakes(by_matrix(R"(function = "hazard_ratio"
of = "n")",
                         source())) ==
      Lines{
          R"(scenario.toml:42:1: matrix 'm' does not say which hazard ratio acts on what -- add ratio = "..." and on = ["worsening"], ["improvement"] or moves such as ["A->B"])"});
  CHECK(mistakes(by_matrix(R"(function = "hazard_ratio"
of = "n"
ratio = -1
on = ["worsening"])",
                           source())) ==
        Lines{R"(scenario.toml:44:9: formula "-1": the hazard ratio is -1 -- a ratio is not negative)"});
  CHECK(mistakes(by_matrix(R"(function = "hazard_ratio"
of = "n"
ratio = 0.5
on = ["worsning"])",
                           source())) == Lines{"scenario.toml:41:1: matrix 'm': 'worsning' is no transition of "
                                               "attribute 'state' -- write worsening, improvement, or level->level"});
  CHECK(mistakes(by_matrix(R"(function = "hazard_ratio"
of = "n"
ratio = 0.5
on = ["Well->Sick"])",
                           source())) == Lines{"scenario.toml:41:1: matrix 'm': 'Well->Sick' is no transition of "
                                               "attribute 'state' -- write worsening, improvement, or level->level"});
  CHECK(
      mistakes(by_matrix(R"(function = "hazard_ratio"
of = "n"
ratio = 4
on = ["worsening"])",
                         source())) ==
      Lines{
          R"(scenario.toml:44:9: formula "4": matrix 'm': the probability Well->Well is -1 -- lower the ratio, or let it act on intensities)"});
}

TEST_CASE("a function of matrices is known") {
  CHECK(
      mistakes(by_matrix(R"(function = "log"
of = "n")",
                         source())) ==
      Lines{
          R"(scenario.toml:42:12: matrices.m.function: "log" is not one of expm, logm, hazard_ratio -- did you mean "logm"?)"});
  CHECK(
      mistakes(by_matrix(R"(function = "hazard_ratio"
of = "n"
ratio = 0.5
on = ["worsening"]
scale = "hazard")",
                         source())) ==
      Lines{
          R"(scenario.toml:46:9: matrices.m.scale: "hazard" is not one of probability, row_hazard -- write one of them)"});
  CHECK(
      mistakes(by_matrix(R"(function = "logm"
of = "n"
adjustment = "diag")",
                         source())) ==
      Lines{
          R"(scenario.toml:44:14: matrices.m.adjustment: "diag" is not one of none, diagonal, weighted -- write one of them)"});
}

TEST_CASE("a probability of a matrix is from zero to one, and is told at its cell") {
  CHECK(
      mistakes(by_matrix("rows = [[1.5, -0.5, 0], [0, 1, 0], [0, 0, 1]]")) ==
      Lines{
          R"(scenario.toml:42:10: formula "1.5": the probability Well->Well is 1.5 -- a probability is from 0 to 1)"});
}

}  // namespace myelin::markov::test
