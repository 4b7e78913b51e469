#include <catch2/catch.hpp>

#include "models/ms/network.hpp"
#include "ms/problems.hpp"
#include "ms/small_case.hpp"

// A therapy that can enter the network of effects by one of several comparisons.

namespace myelin::ms::test {

namespace {

using Lines = std::vector<std::string>;

void put_anchor(ParameterSet& parameters, const std::string& anchor, const char* versus, double worsening,
                double relapse, double improvement) {
  const std::string path = "therapies.transplant.anchors." + anchor + ".";
  put_effect(parameters, path + "worsening", worsening, versus);
  put_effect(parameters, path + "relapse", relapse, versus);
  put_effect(parameters, path + "improvement", improvement, versus);
}

/// A transplantation anchored on `strong` v `mild` v none, which could enter by `mild` or `none` as well.
ParameterSet anchored() {
  ParameterSet parameters = still_life(1);
  for (const char* drug : {"mild", "strong"}) put_drug(parameters, drug);
  put_effect(parameters, "therapies.mild.worsening", 0.8, "none");
  put_effect(parameters, "therapies.mild.relapse", 0.7, "none");
  put_effect(parameters, "therapies.strong.worsening", 0.5, "mild");
  put_effect(parameters, "therapies.strong.relapse", 0.4, "mild");
  put_procedure(parameters, "transplant");
  for (const char* effect : {"worsening", "relapse", "improvement"})
    parameters = without(parameters, "therapies.transplant." + std::string(effect));
  put_anchor(parameters, "on_strong", "strong", 0.9, 0.5, 1.2);
  put_anchor(parameters, "on_mild", "mild", 0.6, 0.3, 1.5);
  put_anchor(parameters, "trial", "none", 0.25, 0.1, 2);
  put_text(parameters, "therapies.transplant.anchor", "on_strong");
  return parameters;
}

/// The rows of a therapy in the table of implied effects.
std::vector<Lines> implied(const ParameterSet& parameters, const std::string& label) {
  const DescriptiveTable table = model().implications(parameters).front();
  std::vector<Lines> rows;
  for (const Lines& row : table.rows) {
    if (row.front() == label) rows.push_back(row);
  }
  return rows;
}

}  // namespace

TEST_CASE("the anchor that is chosen is in force, and a choice changes all three effects") {
  ParameterSet parameters = anchored();
  CHECK(problems_of(parameters) == Lines{});
  const auto [anchor, worsening, relapse, improvement] = GENERATE(table<const char*, double, double, double>(
      {{"on_strong", 0.9 * 0.5 * 0.8, 0.5 * 0.4 * 0.7, 1.2}, {"on_mild", 0.48, 0.21, 1.5}, {"trial", 0.25, 0.1, 2}}));
  put_text(parameters, "therapies.transplant.anchor", anchor);
  CHECK(problems_of(parameters) == Lines{});
  const Effects effects = effects_against_none(parameters, "transplant");
  CHECK(effects.worsening == Approx(worsening).epsilon(1e-14));
  CHECK(effects.relapse == Approx(relapse).epsilon(1e-14));
  CHECK(effects.improvement == Approx(improvement).epsilon(1e-14));
  CHECK(effects.worsening_progressive == 1);
  put_strategy(parameters, "transplant", {"transplant"});
  CHECK(Expected(parameters, "transplant").undiscounted("relapses") == near(relapse));
}

TEST_CASE("the effects of each anchor against no treatment stand side by side, the one in force marked") {
  CHECK(implied(anchored(), "transplant") ==
        std::vector<Lines>{{"transplant", "* on_strong", "strong, mild", "0.360", "0.140", "1.200", "1.000"},
                           {"transplant", "on_mild", "mild", "0.480", "0.210", "1.500", "1.000"},
                           {"transplant", "trial", "", "0.250", "0.100", "2.000", "1.000"}});
  CHECK(implied(anchored(), "strong") ==
        std::vector<Lines>{{"strong", "", "mild", "0.400", "0.280", "1.000", "1.000"}});
}

TEST_CASE("the implied effects of the base case's anchors are the products of their comparisons") {
  const std::vector<Lines> rows = implied(base_case(), "AHSCT");
  const auto effects_of = [&](const std::string& anchor) {
    for (const Lines& row : rows) {
      if (row[1] == anchor) return Lines(row.begin() + 3, row.begin() + 6);
    }
    return Lines{};
  };
  CHECK(effects_of("* ocrelizumab") == Lines{"0.473", "0.153", "1.370"});  // 1.08 x 0.60 x 0.73, 0.45 x 0.34
  CHECK(effects_of("alemtuzumab") == Lines{"0.539", "0.081", "1.370"});    // 1.19 x 0.62 x 0.73, 0.29 x 0.28
  CHECK(effects_of("natalizumab") == Lines{"0.488", "0.256", "2.680"});    // 1.06 x 0.46, 0.8 x 0.32
  CHECK(effects_of("mist") == Lines{"0.042", "0.050", "2.620"});           // 0.07 x 0.60
}

TEST_CASE("an effect that stands beside the anchor's own is a second path, and refused") {
  ParameterSet parameters = anchored();
  put_effect(parameters, "therapies.transplant.relapse", 0.2, "none");
  CHECK(problems_of(parameters) ==
        Lines{"'transplant' has two paths to no treatment for relapse: its own comparison, and that of its anchor "
              "'on_strong' -- remove one: keep 'therapies.transplant.relapse', or the anchor"});
}

TEST_CASE("what the anchor does not state, the therapy itself may") {
  ParameterSet parameters = without(anchored(), "therapies.transplant.anchors.on_strong.improvement");
  CHECK(problems_of(parameters).size() == 1);
  put_effect(parameters, "therapies.transplant.improvement", 1.1, "none");
  // The other anchors have one of their own, which goes before it.
  CHECK(problems_of(parameters) == Lines{});
  CHECK(effects_against_none(parameters, "transplant").improvement == 1.1);
}

TEST_CASE("an unknown anchor is refused, with the nearest name where there is one") {
  ParameterSet parameters = anchored();
  put_text(parameters, "therapies.transplant.anchor", "on_mid");
  Lines problems = problems_of(parameters);
  REQUIRE_FALSE(problems.empty());
  CHECK(problems.front() == "'transplant' has no anchor 'on_mid' -- did you mean 'on_mild'?");
  put_text(parameters, "therapies.transplant.anchor", "london");
  problems = problems_of(parameters);
  REQUIRE_FALSE(problems.empty());
  CHECK(problems.front() == "'transplant' has no anchor 'london' -- define therapies.transplant.anchors.london");
}

TEST_CASE("an anchor that is not in force must lead to no treatment too") {
  ParameterSet parameters = anchored();
  SECTION("an unknown comparator") {
    set_versus(parameters, "therapies.transplant.anchors.on_mild.relapse", "mid");
    CHECK(problems_of(parameters) ==
          Lines{"the comparator 'mid' is not a therapy of the scenario -- did you mean 'mild'?"});
  }
  SECTION("an effect that it lacks") {
    parameters = without(parameters, "therapies.transplant.anchors.trial.relapse");
    CHECK(problems_of(parameters) ==
          Lines{"the effect on relapse of 'transplant' does not lead to no treatment: 'transplant' has no key "
                "'therapies.transplant.relapse' -- add it with `versus`, or compare with a therapy that has it"});
  }
  SECTION("a circle") {
    set_versus(parameters, "therapies.transplant.anchors.trial.worsening", "transplant");
    CHECK(problems_of(parameters) == Lines{"the comparisons of 'transplant' run in a circle at 'transplant' -- let one "
                                           "of them be against none or a therapy outside the circle"});
  }
}

TEST_CASE("a drug compared with transplantation follows the anchor that is in force") {
  ParameterSet parameters = anchored();
  put_drug(parameters, "later");
  put_effect(parameters, "therapies.later.worsening", 2, "transplant");
  CHECK(problems_of(parameters) == Lines{});
  CHECK(effects_against_none(parameters, "later").worsening == Approx(0.72).epsilon(1e-14));
  put_text(parameters, "therapies.transplant.anchor", "trial");
  CHECK(effects_against_none(parameters, "later").worsening == Approx(0.5).epsilon(1e-14));
}

}  // namespace myelin::ms::test
