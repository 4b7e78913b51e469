#include <catch2/catch.hpp>

#include "ms/problems.hpp"

// One mistake at a time in the base case; each is found once, with a text that says what to do.

namespace myelin::ms::test {

using Lines = std::vector<std::string>;

TEST_CASE("the base case has no problems") { CHECK_THAT(problems_of(base_case()), Catch::Equals(Lines{})); }

TEST_CASE("a cycle must divide a year") {
  const auto [length, horizon, text] =
      GENERATE(table<double, double, const char*>({{0.3, 60, "0.3"}, {2, 60, "2"}, {0.4, 60, "0.4"}}));
  ParameterSet parameters = base_case();
  set_number(parameters, "analysis.cycle_length_years", length);
  set_number(parameters, "analysis.horizon_years", horizon);
  CHECK(problems_of(parameters) ==
        Lines{fmt::format(
            "a cycle of {} years does not divide a year -- use 1, 0.5, 0.25 or one twelfth (0.08333333333333333)",
            text)});
}

TEST_CASE("cycles that divide a year are accepted") {
  ParameterSet parameters = base_case();
  set_number(parameters, "analysis.cycle_length_years",
             GENERATE(1.0, 0.5, 0.25, 0.125, 0.08333333333333333, 1.0 / 3, 1.0 / 52));
  CHECK(problems_of(parameters).empty());
}

TEST_CASE("a horizon must be a whole number of cycles") {
  ParameterSet parameters = base_case();
  set_number(parameters, "analysis.horizon_years", 60.5);
  CHECK(problems_of(parameters) ==
        Lines{"the horizon is 60.5 cycles, not a whole number -- choose a multiple of the cycle length"});
  set_number(parameters, "analysis.cycle_length_years", 0.5);
  CHECK(problems_of(parameters).empty());
}

TEST_CASE("the start age must be whole") {
  ParameterSet parameters = base_case();
  set_number(parameters, "population.start_age", 38.7);
  CHECK(problems_of(parameters) ==
        Lines{"a start age of 38.7 years is not whole, as the life table's ages are -- round it"});
}

TEST_CASE("the horizon must not go beyond the life table") {
  ParameterSet parameters = base_case();
  set_number(parameters, "analysis.horizon_years", 71);
  CHECK(problems_of(parameters).empty());
  set_number(parameters, "analysis.horizon_years", 72);
  CHECK(
      problems_of(parameters) ==
      Lines{
          "the horizon ends at age 111, the life table at 110 -- shorten the horizon or extend mortality.life_table"});
}

TEST_CASE("shares at the start must sum to 1") {
  ParameterSet parameters = base_case();
  change_table(parameters, "population.start_edss", [](auto& p) { p[5] += 0.01; });
  CHECK(problems_of(parameters) == Lines{"the values of 'population.start_edss' sum to 1.01, not to 1 -- mend the "
                                         "table: nothing is normalised silently"});
}

TEST_CASE("rows of SPMS probabilities must sum to 1, each by itself") {
  ParameterSet parameters = base_case();
  change_table(parameters, "natural_history.spms_probabilities", [](auto& p) {
    p[5 * 10 + 6] += 0.25;  // the table starts at EDSS 1
    p[8 * 10 + 9] -= 0.25;
  });
  const std::vector<std::string> problems = problems_of(parameters);
  REQUIRE(problems.size() == 2);
  const std::string where = " of 'natural_history.spms_probabilities' sum to ";
  CHECK(problems[0] ==
        "the row of from_edss 6" + where + "1.25, not to 1 -- mend the table: nothing is normalised silently");
  CHECK(problems[1] ==
        "the row of from_edss 9" + where + "0.75, not to 1 -- mend the table: nothing is normalised silently");
}

TEST_CASE("SPMS probabilities without a real logarithm are refused where it is needed") {
  ParameterSet parameters = base_case();
  set_number(parameters, "analysis.cycle_length_years", 0.5);
  REQUIRE(problems_of(parameters).empty());
  SECTION("a state that nobody stays in, an eigenvalue of 0") {
    change_table(parameters, "natural_history.spms_probabilities", [](auto& p) { p[1] = 0, p[2] += 0.769; });
  }
  SECTION("two states that change places, an eigenvalue below 0") {
    change_table(parameters, "natural_history.spms_probabilities", [](auto& p) {
      std::fill(p.begin() + 70, p.end(), 0.0);
      p[7 * 10 + 9] = p[8 * 10 + 8] = 1;
    });
  }
  CHECK(problems_of(parameters).size() == 1);
}

TEST_CASE("rows of a generator must sum to 0, to the rounding of published rates") {
  ParameterSet parameters = base_case();
  change_table(parameters, "natural_history.rrms_intensities", [](auto& q) { q[3 * 10 + 4] += 5e-7; });
  CHECK(problems_of(parameters).empty());
  change_table(parameters, "natural_history.rrms_intensities", [](auto& q) { q[3 * 10 + 4] += 0.125; });
  const std::vector<std::string> problems = problems_of(parameters);
  REQUIRE(problems.size() == 1);
  CHECK_THAT(problems[0],
             Catch::StartsWith("the row of from_edss 3 of 'natural_history.rrms_intensities' sum to 0.125"));
  CHECK_THAT(problems[0], Catch::EndsWith(", not to 0 -- mend the table: nothing is normalised silently"));
}

TEST_CASE("intensities off the diagonal must not be negative") {
  ParameterSet parameters = base_case();
  change_table(parameters, "natural_history.rrms_intensities", [](auto& q) {
    q[3 * 10 + 5] += q[3 * 10 + 4] + 0.1;
    q[3 * 10 + 4] = -0.1;
  });
  CHECK(problems_of(parameters) ==
        Lines{"the intensity from EDSS 3 to 4 is negative -- intensities off the diagonal are rates"});
}

TEST_CASE("an unknown natural history is refused, with the nearest name where there is one") {
  ParameterSet parameters = base_case();
  set_text(parameters, "natural_history.variant", "calibratd");
  CHECK(problems_of(parameters) == Lines{"there is no natural history 'calibratd' -- did you mean 'calibrated'?"});
  set_text(parameters, "natural_history.variant", "bcms");
  CHECK(
      problems_of(parameters) ==
      Lines{
          "there is no natural history 'bcms' -- define natural_history.variants.bcms, or include the file that does"});
}

TEST_CASE("an unknown waning schedule is refused, and none needs no schedule") {
  ParameterSet parameters = base_case();
  set_text(parameters, "treatment.waning", "nise");
  CHECK(problems_of(parameters) == Lines{"there is no waning schedule 'nise' -- did you mean 'nice'?"});
  CHECK(problems_of(without(base_case(), "treatment.waning_schedules.nice.effect_remaining")).empty());
}

TEST_CASE("an unknown therapy is refused, at the strategy that names it") {
  ParameterSet parameters = base_case();
  set_lines(parameters, "fingolimod", {"fingolimood"});
  CHECK(problems_of(parameters) == Lines{"there is no therapy 'fingolimood' -- did you mean 'fingolimod'?"});
  CHECK(model().check(parameters).front().place.line == parameters.entry("strategies.fingolimod.lines").place.line);
  set_lines(parameters, "fingolimod", {"siponimod with food"});
  CHECK(problems_of(parameters) == Lines{"there is no therapy 'siponimod with food' -- define therapies.siponimod with "
                                         "food, or include the file that does"});
}

TEST_CASE("a comparator cannot be a line of therapy") {
  ParameterSet parameters = base_case();
  set_lines(parameters, "fingolimod", {"mist_control", "fingolimod"});
  CHECK(problems_of(parameters) == Lines{"'mist_control' is only a comparator in the network of effects -- give it a "
                                         "price and kind = \"continuous\""});
}

TEST_CASE("a procedure may stand at any place of a strategy, but only one") {
  ParameterSet parameters = base_case();
  set_lines(parameters, "ahsct", {"ocrelizumab", "ahsct", "natalizumab"});
  CHECK(problems_of(parameters) == Lines{});
  set_lines(parameters, "ahsct", {"ahsct", "ocrelizumab", "ahsct"});
  CHECK(problems_of(parameters) == Lines{"'ahsct' is the second procedure of the strategy -- keep one: a second "
                                         "transplantation is not represented"});
}

TEST_CASE("each kind of therapy needs its own keys") {
  const auto [therapy, kind, key] = GENERATE(table<const char*, const char*, const char*>({
      {"fingolimod", "continuous", "price"},
      {"fingolimod", "continuous", "monitoring"},
      {"alemtuzumab", "courses", "course_price"},
      {"alemtuzumab", "courses", "monitoring"},
      {"ahsct", "procedure", "monitoring"},
      {"ahsct", "procedure", "procedure.death"},
      {"ahsct", "procedure", "procedure.restart_scale"},
      {"ahsct", "procedure", "procedure.restart_shape"},
  }));
  const std::string path = fmt::format("therapies.{}.{}", therapy, key);
  CHECK(problems_of(without(base_case(), path)) ==
        Lines{fmt::format("therapy '{}' of kind {} has no key '{}' -- add it with its source", therapy, kind, path)});
}

TEST_CASE("keys that a therapy may lack are not asked for") {
  for (const char* path : {"therapies.ocrelizumab.infusions_first_year", "therapies.natalizumab.infusions",
                           "therapies.alemtuzumab.course_infusions", "therapies.ahsct.improvement_years",
                           "therapies.ahsct.procedure.waiting", "therapies.natalizumab.adverse_events.pml.cost"}) {
    CHECK(problems_of(without(base_case(), path)).empty());
  }
}

TEST_CASE("all problems are found at once") {
  ParameterSet parameters = without(base_case(), "therapies.fingolimod.price");
  set_text(parameters, "natural_history.variant", "calibratd");
  set_number(parameters, "population.start_age", 38.7);
  set_lines(parameters, "ahsct", {"ahsct", "ahsct"});
  set_versus(parameters, comparison(parameters, "ahsct", "worsening"), "");
  CHECK(problems_of(parameters).size() == 5);
}

TEST_CASE("the conventions of an analysis are among the settings stated") {
  ParameterSet parameters = base_case();
  const auto stated = [&](const char* name) {
    for (const auto& [setting, value] : model().stated_settings(parameters)) {
      if (setting == name) return value;
    }
    return std::string("not stated");
  };
  CHECK(stated("natural_history") == "hta");
  CHECK(stated("waning") == "none");
  CHECK(stated("effect_on_conversion") == "yes");
  CHECK(stated("anchor") == "ocrelizumab");
  CHECK(stated("spms_matrix") == "as published");
  CHECK(stated("structure") == "rrms_spms");
  CHECK(stated("age_adjustment") == "none");
  CHECK(stated("rebound") == "no");
  const char* const regularised = "regularised generator, annual probabilities changed by up to 0.0180";
  SECTION("another natural history") {
    set_text(parameters, "natural_history.variant", "calibrated");
    CHECK(stated("natural_history") == "calibrated");
    CHECK(stated("spms_matrix") == regularised);
  }
  SECTION("another cycle") {
    set_number(parameters, "analysis.cycle_length_years", 0.5);
    CHECK(stated("spms_matrix") == regularised);
  }
  SECTION("a therapy that acts in SPMS, in a strategy or not") {
    put_effect(parameters, "therapies.interferon_beta_1a_sc.worsening_spms", 0.9, "none");
    CHECK(stated("spms_matrix") == regularised);
  }
  SECTION("rebound") {
    set(parameters, "treatment.rebound", KeyValue(true));
    CHECK(stated("rebound") == "yes");
  }
}

TEST_CASE("a key that does nothing for the kind of a therapy is refused") {
  const auto [therapy, kind, key] = GENERATE(table<std::string, std::string, std::string>({
      {"ocrelizumab", "continuous", "course_price"},
      {"alemtuzumab", "courses", "price"},
      {"ahsct", "procedure", "discontinuation"},
      {"ahsct", "procedure", "stop_after_years"},
      {"mist_control", "comparator", "price"},
  }));
  ParameterSet parameters = base_case();
  const std::string path = fmt::format("therapies.{}.{}", therapy, key);
  parameters.add({path, Parameter{1, "", {}, {}}, {}});
  CHECK(problems_of(parameters) ==
        Lines{fmt::format("'{}' does nothing for a therapy of kind {} -- remove it, or change the kind", path, kind)});
}

}  // namespace myelin::ms::test
