#include <catch2/catch.hpp>

#include "models/ms/network.hpp"
#include "ms/problems.hpp"
#include "ms/small_case.hpp"

// Worsening split into what relapses leave and progression independent of relapse activity (PIRA).

namespace myelin::ms::test {

namespace {

using Lines = std::vector<std::string>;

const std::string share_key = "natural_history.relapse_associated_share";

/// `drug`: worsening 0.5 and relapses 0.4 v none; `transplant`: PIRA 0.6 and relapses 0.5 v `drug`.
ParameterSet with_pira(double share) {
  ParameterSet parameters = still_life(1);
  put_drug(parameters, "drug");
  put_effect(parameters, "therapies.drug.worsening", 0.5, "none");
  put_effect(parameters, "therapies.drug.relapse", 0.4, "none");
  put_procedure(parameters, "transplant");
  parameters = without(parameters, "therapies.transplant.worsening");
  put_effect(parameters, "therapies.transplant.pira", 0.6, "drug");
  put_effect(parameters, "therapies.transplant.relapse", 0.5, "drug");
  put_number(parameters, share_key, share);
  return parameters;
}

// What is left of worsening 0.5 at a share of 0.3 and relapses 0.4, and what the transplantation makes of it.
constexpr double pira_of_drug = (0.5 - 0.3 * 0.4) / 0.7;
constexpr double worsening_of_transplant = 0.3 * 0.2 + 0.7 * 0.6 * pira_of_drug;

}  // namespace

TEST_CASE("worsening is the relapse-associated share times the relapse ratio, and the rest times the PIRA ratio") {
  const ParameterSet parameters = with_pira(0.3);
  CHECK(problems_of(parameters) == Lines{});
  CHECK(effects_against_none(parameters, "transplant").worsening == Approx(worsening_of_transplant).epsilon(1e-14));
  CHECK(worsening_of_transplant == Approx(0.288).epsilon(1e-14));
  CHECK(effects_against_none(parameters, "transplant").relapse == Approx(0.2).epsilon(1e-14));
  CHECK(effects_against_none(parameters, "drug").worsening == 0.5);
}

TEST_CASE("at a share of 0 the PIRA ratio is one of all worsening") {
  CHECK(effects_against_none(with_pira(0), "transplant").worsening == Approx(0.6 * 0.5).epsilon(1e-14));
}

TEST_CASE("PIRA against no treatment, or against a therapy with a PIRA ratio of its own") {
  ParameterSet parameters = with_pira(0.3);
  set_versus(parameters, "therapies.transplant.pira", "none");
  CHECK(problems_of(parameters) == Lines{});
  CHECK(effects_against_none(parameters, "transplant").worsening == Approx(0.3 * 0.2 + 0.7 * 0.6).epsilon(1e-14));
  put_drug(parameters, "next");
  parameters = without(parameters, "therapies.next.worsening");
  put_effect(parameters, "therapies.next.pira", 0.5, "transplant");
  put_effect(parameters, "therapies.next.relapse", 0.1, "none");
  CHECK(problems_of(parameters) == Lines{});
  CHECK(effects_against_none(parameters, "next").worsening == Approx(0.3 * 0.1 + 0.7 * 0.3).epsilon(1e-14));
}

TEST_CASE("a worsening ratio against a therapy that states PIRA multiplies what that implies") {
  ParameterSet parameters = with_pira(0.3);
  put_drug(parameters, "next");
  put_effect(parameters, "therapies.next.worsening", 0.5, "transplant");
  CHECK(problems_of(parameters) == Lines{});
  CHECK(effects_against_none(parameters, "next").worsening == Approx(0.5 * worsening_of_transplant).epsilon(1e-14));
}

TEST_CASE("a PIRA ratio needs the share, unless its anchor is not in force") {
  ParameterSet parameters = without(with_pira(0.3), share_key);
  CHECK(problems_of(parameters) ==
        Lines{"'therapies.transplant.pira' acts on progression independent of relapses, but worsening is not split "
              "into its parts -- give 'natural_history.relapse_associated_share', or use a ratio of all worsening"});
  parameters = without(parameters, "therapies.transplant.pira");
  put_effect(parameters, "therapies.transplant.anchors.split.pira", 0.6, "drug");
  put_effect(parameters, "therapies.transplant.anchors.whole.worsening", 0.6, "drug");
  put_text(parameters, "therapies.transplant.anchor", "whole");
  CHECK(problems_of(parameters) == Lines{});
  CHECK(effects_against_none(parameters, "transplant").worsening == Approx(0.3).epsilon(1e-14));
  // Without the share the effects of the other anchor cannot be told.
  const auto last_implied = [&] { return model().implications(parameters).front().rows.back(); };
  CHECK(last_implied()[1] == "* whole");
  put_number(parameters, share_key, 0.3);
  CHECK(last_implied()[1] == "split");
  CHECK(last_implied()[3] == "0.288");
}

TEST_CASE("worsening and PIRA together are two paths, and refused") {
  ParameterSet parameters = with_pira(0.3);
  put_effect(parameters, "therapies.transplant.worsening", 0.5, "drug");
  CHECK(problems_of(parameters) ==
        Lines{"'transplant' has two paths to no treatment for worsening: one for all of it, and one for progression "
              "independent of relapses -- keep one of the two comparisons"});
}

TEST_CASE("a share that leaves less than nothing for PIRA is refused") {
  ParameterSet parameters = with_pira(0.6);
  put_effect(parameters, "therapies.drug.relapse", 0.9, "none");  // 0.5 - 0.6 x 0.9 < 0
  CHECK(problems_of(parameters) ==
        Lines{"at a relapse-associated share of 0.6, a comparator of 'transplant' would have a negative hazard ratio "
              "of progression independent of relapses -- lower 'natural_history.relapse_associated_share': its "
              "comparators' worsening ratio must exceed share x relapse ratio"});
  set_number(parameters, share_key, 0.5);
  CHECK(problems_of(parameters) == Lines{});
}

TEST_CASE("PIRA against a comparator without a relapse ratio, which its split needs, is refused") {
  ParameterSet parameters = with_pira(0.3);
  put_therapy(parameters, "link", "comparator");
  parameters = without(without(parameters, "therapies.link.relapse"), "therapies.link.improvement");
  set_versus(parameters, "therapies.transplant.pira", "link");
  Lines problems;
  REQUIRE_NOTHROW(problems = problems_of(parameters));
  CHECK(problems.size() == 1);
}

TEST_CASE("comparisons of PIRA and of worsening that close a circle are refused") {
  ParameterSet parameters = with_pira(0.3);
  set_versus(parameters, "therapies.drug.worsening", "transplant");
  Lines problems;
  REQUIRE_NOTHROW(problems = problems_of(parameters));
  CHECK_FALSE(problems.empty());
}

}  // namespace myelin::ms::test
