#include <catch2/catch.hpp>

#include "markov/scenario_of.hpp"

/// \file
/// Scenarios that are too large: refused at once, with what makes them so.

namespace myelin::markov::test {

namespace {

/// The toy with attributes a, b, c and d of levels 0 to `highest`.
Edits with_attributes(int highest, const Edits& more) {
  std::string text;
  for (const char* name : {"a", "b", "c", "d"})
    text += "[attributes." + std::string(name) + "]\nhighest = " + std::to_string(highest) + "\nstart = \"0\"\n\n";
  Edits edits = {{"[parameters]", text + "[parameters]"}};
  edits.insert(edits.end(), more.begin(), more.end());
  return edits;
}

}  // namespace

TEST_CASE("a matrix that varies with too much names its attributes") {
  CHECK(mistakes(with_attributes(249, {{"disease.probabilities", "disease.rates"},
                                       {"\"p_ill\"", "\"p_ill * 1 + 0 * (a + b)\""},
                                       {"\"p_die\"", "\"p_die * 1 + 0 * (c + d)\""}})) ==
        Lines{"scenario.toml:53:1: transition 'disease' varies with a (250) x b (250) x c (250): more than 65536 "
              "values -- use fewer attributes, or attributes with fewer levels"});
  CHECK(mistakes(with_attributes(39, {{"disease.probabilities", "disease.rates"},
                                      {"\"p_ill\"", "\"p_ill * 1 + 0 * (a + b)\""},
                                      {"\"p_die\"", "\"p_die * 1 + 0 * (c + d)\""}})) ==
        Lines{"scenario.toml:53:1: transition 'disease' varies with a (40) x b (40) x c (40) x d (40): more than 65536 "
              "values -- use fewer attributes, or attributes with fewer levels"});
}

TEST_CASE("a hazard ratio and its matrix that vary with too much name their attributes") {
  CHECK(mistakes(with_attributes(39, {{R"-(attribute = "state"

[transitions.disease.probabilities]
"Well->Ill" = "p_ill"
"Well->Dead" = "p_die"
"Ill->Dead" = "apply_hr(p_die, hr_die)"
)-",
                                       R"-(attribute = "state"
matrix = "m"

[matrices.n]
attribute = "state"
entries = { "Well->Ill" = "p_ill + 0 * (a + b)" }

[matrices.m]
attribute = "state"
function = "hazard_ratio"
of = "n"
ratio = "1 + 0 * (c + d)"
on = ["worsening"]
)-"}})) == Lines{"scenario.toml:61:1: matrix 'm' varies with a (40) x b (40) x c (40) x d (40): more than 65536 values "
                 "-- use fewer attributes, or attributes with fewer levels"});
}

TEST_CASE("a transition whose moves vary with too much together names the attributes") {
  CHECK(mistakes(with_attributes(
            39, {{"\"p_ill\"", "\"p_ill + 0 * (a + b)\""}, {"\"p_die\"", "\"p_die + 0 * (c + d)\""}})) ==
        Lines{"scenario.toml:53:1: transition 'disease' varies with state (3) x a (40) x b (40) x c (40): more than "
              "65536 combinations -- use fewer attributes, or attributes with fewer levels"});
}

TEST_CASE("a reward whose amounts vary with too much together names the attributes") {
  CHECK(mistakes(with_attributes(39, {{"{ Ill = \"c_ill\" }", "{ Well = \"a + b\", Ill = \"c + d\" }"}})) ==
        Lines{"scenario.toml:61:1: reward 'care' varies with state (3) x a (40) x b (40) x c (40): more than 65536 "
              "combinations -- use fewer attributes, or attributes with fewer levels"});
}

TEST_CASE("a horizon has at most 65535 cycles") {
  CHECK(mistakes({{"cycle_length_years = 1", "cycle_length_years = 0.001"},
                  {"horizon_years = 10", "horizon_years = 200"},
                  {"\"p_ill\"", "\"p_ill * 1\""},
                  {"\"p_die\"", "\"p_die * 1\""}}) ==
        Lines{"scenario.toml:13:1: the horizon is 200000 cycles -- choose at most 65535 cycles"});
}

TEST_CASE("a table with keys at both ends of the whole numbers is told") {
  CHECK(mistakes({{"treated = 0", "treated = \"0 * risk(cycle)\"\n\n[tables]\nrisk = \"risk.csv\""}},
                 {{"risk.csv", R"(cycle,value,unit,source,grade
-2147483648,0.1,probability,TRIAL,read
2147483647,0.1,probability,TRIAL,read
)"}}) == Lines{"risk.csv: tables.risk: 2 rows where the columns span 4.29497e+09 combinations -- give one row for each "
               "combination of the key columns; whole numbers must follow one another"});
}

}  // namespace myelin::markov::test
