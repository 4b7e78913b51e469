#include "models/ms/network.hpp"

#include <catch2/catch.hpp>

#include "ms/problems.hpp"
#include "ms/small_case.hpp"

// The paths of effects to no treatment: in the base case, and what can be wrong with them in a small network.

namespace myelin::ms::test {

namespace {

using Lines = std::vector<std::string>;

/// Drugs `strong` v `mild` v none, and `other` v none.
ParameterSet three_drugs() {
  ParameterSet parameters = still_life(1);
  for (const char* drug : {"mild", "strong", "other"}) put_drug(parameters, drug);
  for (const char* effect : {"worsening", "relapse", "improvement"})
    put_effect(parameters, "therapies.strong." + std::string(effect), 0.5, "mild");
  return parameters;
}

}  // namespace

TEST_CASE("effects against no treatment are products along the comparators") {
  const ParameterSet parameters = base_case();
  const Network network(parameters);
  CHECK(network.path("ahsct", "worsening") == Lines{"ahsct", "ocrelizumab", "interferon_beta_1a_sc"});
  CHECK(network.path("ahsct", "relapse") == Lines{"ahsct", "ocrelizumab"});
  CHECK(network.path("natalizumab", "worsening") == Lines{"natalizumab"});
  CHECK(network.against_none("ahsct", "worsening") == Approx(0.473040).epsilon(1e-12));
  CHECK(network.against_none("ahsct", "relapse") == Approx(0.153).epsilon(1e-12));
  CHECK(network.against_none("ahsct", "improvement") == Approx(1.37).epsilon(1e-12));
  CHECK(network.against_none("ocrelizumab", "worsening") == Approx(0.438).epsilon(1e-12));
  CHECK(network.against_none("alemtuzumab", "worsening") == Approx(0.4526).epsilon(1e-12));
  CHECK(network.against_none("fingolimod", "worsening") == 0.63);
}

TEST_CASE("a link of the network changes all that is compared through it, and nothing else") {
  ParameterSet parameters = base_case();
  set_number(parameters, "therapies.interferon_beta_1a_sc.worsening", 1);
  CHECK(effects_against_none(parameters, "ahsct").worsening == Approx(0.648).epsilon(1e-12));
  CHECK(effects_against_none(parameters, "ahsct").relapse == Approx(0.153).epsilon(1e-12));
  CHECK(effects_against_none(parameters, "natalizumab").worsening == 0.46);
}

TEST_CASE("another comparator gives another effect of transplantation") {
  ParameterSet parameters = base_case();
  for (const auto& [versus, expected] :
       {std::pair<const char*, double>{"alemtuzumab", 1.08 * 0.4526}, {"natalizumab", 1.08 * 0.46}, {"none", 1.08}}) {
    set_versus(parameters, comparison(parameters, "ahsct", "worsening"), versus);
    CHECK(effects_against_none(parameters, "ahsct").worsening == Approx(expected).epsilon(1e-12));
    CHECK(model().stated_settings(parameters)[3] == std::pair<std::string, std::string>("anchor", versus));
  }
}

TEST_CASE("a sound network has no problems") { CHECK(problems_of(three_drugs()) == Lines{}); }

TEST_CASE("comparisons that run in a circle are refused, for every therapy that gets into it") {
  ParameterSet parameters = three_drugs();
  put_effect(parameters, "therapies.mild.worsening", 0.8, "strong");
  put_effect(parameters, "therapies.other.worsening", 0.8, "strong");
  const std::string remedy = " -- let one of them be against none or a therapy outside the circle";
  CHECK_THAT(problems_of(parameters),
             Catch::UnorderedEquals(Lines{"the comparisons of 'mild' run in a circle at 'mild'" + remedy,
                                          "the comparisons of 'strong' run in a circle at 'strong'" + remedy,
                                          "the comparisons of 'other' run in a circle at 'strong'" + remedy}));
}

TEST_CASE("a therapy compared with itself is a circle") {
  ParameterSet parameters = three_drugs();
  set_versus(parameters, "therapies.other.relapse", "other");
  CHECK(problems_of(parameters) == Lines{"the comparisons of 'other' run in a circle at 'other' -- "
                                         "let one of them be against none or a therapy outside the circle"});
}

TEST_CASE("an effect without comparator is refused at its own place") {
  ParameterSet parameters = base_case();
  set_versus(parameters, "therapies.fingolimod.worsening", "");
  const Diagnostics found = model().check(parameters);
  REQUIRE(found.size() >= 1);
  CHECK(found.front().problem == "the effect 'therapies.fingolimod.worsening' names no comparator");
  CHECK(found.front().remedy == "add `versus`: \"none\" for no treatment, or another therapy");
  CHECK(found.front().place.line == parameters.entry("therapies.fingolimod.worsening").place.line);
}

TEST_CASE("an unknown comparator is refused, with the nearest name where there is one") {
  ParameterSet parameters = three_drugs();
  set_versus(parameters, "therapies.other.relapse", "strng");
  CHECK(problems_of(parameters) ==
        Lines{"the comparator 'strng' is not a therapy of the scenario -- did you mean 'strong'?"});
  set_versus(parameters, "therapies.other.relapse", "placebo of another trial");
  CHECK(problems_of(parameters) == Lines{"the comparator 'placebo of another trial' is not a therapy of the scenario "
                                         "-- include its file, or name another"});
}

TEST_CASE("an effect that a therapy or its comparator lacks is refused") {
  const std::string remedy = " -- add it with `versus`, or compare with a therapy that has it";
  CHECK(problems_of(without(three_drugs(), "therapies.other.improvement")) ==
        Lines{"the effect on improvement of 'other' does not lead to no treatment: 'other' has no key "
              "'therapies.other.improvement'" +
              remedy});
  ParameterSet parameters = three_drugs();
  put_text(parameters, "therapies.mild.kind", "comparator");
  for (const char* key : {"price", "monitoring", "relapse"})
    parameters = without(parameters, "therapies.mild." + std::string(key));
  CHECK(problems_of(parameters) ==
        Lines{"the effect on relapse of 'strong' does not lead to no treatment: 'mild' has no key "
              "'therapies.mild.relapse'" +
              remedy});
}

TEST_CASE("what a comparator lacks and nobody asks for is not missed, in the check or in the table of effects") {
  ParameterSet parameters = three_drugs();
  put_therapy(parameters, "link", "comparator");
  for (const char* effect : {"relapse", "improvement"})
    parameters = without(parameters, "therapies.link." + std::string(effect));
  put_effect(parameters, "therapies.other.worsening", 0.5, "link");
  CHECK(problems_of(parameters) == Lines{});
  CHECK_NOTHROW(implied_effects(parameters));
}

TEST_CASE("an effect in SPMS is a product of its own, and one where a comparator has none is refused") {
  ParameterSet parameters = three_drugs();
  CHECK(effects_against_none(parameters, "strong").worsening_progressive == 1);
  put_effect(parameters, "therapies.strong.worsening_spms", 0.7, "mild");
  CHECK(problems_of(parameters) ==
        Lines{"the effect on worsening_spms of 'strong' does not lead to no treatment: 'mild' has no key "
              "'therapies.mild.worsening_spms' -- add it with `versus`, or compare with a therapy that has it"});
  put_effect(parameters, "therapies.mild.worsening_spms", 0.9, "none");
  CHECK(problems_of(parameters) == Lines{});
  CHECK(effects_against_none(parameters, "strong").worsening_progressive == Approx(0.63).epsilon(1e-14));
  CHECK(effects_against_none(parameters, "strong").worsening == 0.5);
  CHECK(effects_against_none(parameters, "other").worsening_progressive == 1);
}

TEST_CASE("a path that mixes windows of confirmation is remarked on, for therapies that a strategy uses") {
  ParameterSet parameters = three_drugs();
  const auto confirm = [&](const char* therapy, const char* window) {
    ParameterSet::Entry entry = parameters.entry("therapies." + std::string(therapy) + ".worsening");
    std::get<Parameter>(entry.value).labels["confirmation"] = window;
    parameters.add(entry);
  };
  confirm("mild", "12 weeks");
  confirm("strong", "3 months");
  put_strategy(parameters, "strong", {"strong"});
  CHECK(model().remarks(parameters) == Lines{});
  confirm("strong", "24 weeks");
  CHECK(model().remarks(parameters) ==
        Lines{"the worsening ratio of 'strong' (strong > mild > no treatment) multiplies comparisons confirmed over "
              "3 months and 6 months"});
  put_strategy(parameters, "strong", {"mild"});
  CHECK(model().remarks(parameters) == Lines{});
}

}  // namespace myelin::ms::test
