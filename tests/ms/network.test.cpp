#include "models/ms/network.hpp"

#include <catch2/catch.hpp>

#include "ms/problems.hpp"

namespace myelin::ms::test {

using Lines = std::vector<std::string>;

TEST_CASE("effects against no treatment are products along the comparators") {
  const ParameterSet parameters = base_case();
  CHECK(path_to_none(parameters, "ahsct", "worsening") == Lines{"ahsct", "ocrelizumab", "interferon_beta_1a_sc"});
  CHECK(path_to_none(parameters, "ahsct", "relapse") == Lines{"ahsct", "ocrelizumab"});
  CHECK(path_to_none(parameters, "natalizumab", "worsening") == Lines{"natalizumab"});
  CHECK(effect_against_none(parameters, "ahsct", "worsening") == Approx(0.473040).epsilon(1e-12));
  CHECK(effect_against_none(parameters, "ahsct", "relapse") == Approx(0.153).epsilon(1e-12));
  CHECK(effect_against_none(parameters, "ahsct", "improvement") == Approx(1.37).epsilon(1e-12));
  CHECK(effect_against_none(parameters, "ocrelizumab", "worsening") == Approx(0.438).epsilon(1e-12));
  CHECK(effect_against_none(parameters, "alemtuzumab", "worsening") == Approx(0.4526).epsilon(1e-12));
  CHECK(effect_against_none(parameters, "fingolimod", "worsening") == 0.63);
}

TEST_CASE("a link of the network changes all that is compared through it, and nothing else") {
  ParameterSet parameters = base_case();
  set_number(parameters, "therapies.interferon_beta_1a_sc.worsening", 1);
  CHECK(effect_against_none(parameters, "ahsct", "worsening") == Approx(0.648).epsilon(1e-12));
  CHECK(effect_against_none(parameters, "ahsct", "relapse") == Approx(0.153).epsilon(1e-12));
  CHECK(effect_against_none(parameters, "natalizumab", "worsening") == 0.46);
}

TEST_CASE("another anchor gives another effect of transplantation") {
  ParameterSet parameters = base_case();
  for (const auto& [anchor, expected] :
       {std::pair<const char*, double>{"alemtuzumab", 1.08 * 0.4526}, {"natalizumab", 1.08 * 0.46}, {"none", 1.08}}) {
    set_versus(parameters, "therapies.ahsct.worsening", anchor);
    CHECK(effect_against_none(parameters, "ahsct", "worsening") == Approx(expected).epsilon(1e-12));
    CHECK(model().stated_settings(parameters)[3] == std::pair<std::string, std::string>("anchor", anchor));
  }
}

TEST_CASE("comparisons that run in a circle are refused, for every therapy that gets into it") {
  ParameterSet parameters = base_case();
  set_versus(parameters, "therapies.interferon_beta_1a_sc.worsening", "ocrelizumab");
  const std::string remedy = " -- let one of them be against none or a therapy outside the circle";
  CHECK_THAT(problems_of(parameters),
             Catch::UnorderedEquals(
                 Lines{"the comparisons of 'ahsct' run in a circle at 'ocrelizumab'" + remedy,
                       "the comparisons of 'ocrelizumab' run in a circle at 'ocrelizumab'" + remedy,
                       "the comparisons of 'alemtuzumab' run in a circle at 'interferon_beta_1a_sc'" + remedy}));
}

TEST_CASE("a therapy compared with itself is a circle") {
  ParameterSet parameters = base_case();
  set_versus(parameters, "therapies.fingolimod.relapse", "fingolimod");
  CHECK(problems_of(parameters) == Lines{"the comparisons of 'fingolimod' run in a circle at 'fingolimod' -- "
                                         "let one of them be against none or a therapy outside the circle"});
}

TEST_CASE("an effect without comparator is refused at its own place") {
  ParameterSet parameters = base_case();
  set_versus(parameters, "therapies.fingolimod.worsening", "");
  CHECK(problems_of(parameters) == Lines{"the effect 'therapies.fingolimod.worsening' names no comparator -- "
                                         "add `versus`: \"none\" for no treatment, or another therapy"});
  CHECK(model().check(parameters).front().place.line == parameters.entry("therapies.fingolimod.worsening").place.line);
}

TEST_CASE("an unknown comparator is refused, with the nearest name where there is one") {
  ParameterSet parameters = base_case();
  set_versus(parameters, "therapies.ahsct.relapse", "ocrelizumb");
  CHECK(problems_of(parameters) ==
        Lines{"the comparator 'ocrelizumb' is not a therapy of the scenario -- did you mean 'ocrelizumab'?"});
  set_versus(parameters, "therapies.ahsct.relapse", "placebo of another trial");
  CHECK(problems_of(parameters) == Lines{"the comparator 'placebo of another trial' is not a therapy of the scenario "
                                         "-- include its file, or name another"});
}

TEST_CASE("an effect that a therapy or its comparator lacks is refused") {
  CHECK(problems_of(without(base_case(), "therapies.fingolimod.improvement")) ==
        Lines{"the effect on improvement of 'fingolimod' does not lead to no treatment: 'fingolimod' has no key "
              "'therapies.fingolimod.improvement' -- add it with `versus`, or compare with a therapy that has it"});
  ParameterSet parameters = base_case();
  set_versus(parameters, "therapies.fingolimod.relapse", "interferon_beta_1a_sc");
  CHECK(
      problems_of(parameters) ==
      Lines{
          "the effect on relapse of 'fingolimod' does not lead to no treatment: 'interferon_beta_1a_sc' has no key "
          "'therapies.interferon_beta_1a_sc.relapse' -- add it with `versus`, or compare with a therapy that has it"});
}

}  // namespace myelin::ms::test
