#include <catch2/catch.hpp>
#include <cmath>

#include "models/ms/natural_history.hpp"
#include "ms/engines.hpp"
#include "ms/problems.hpp"
#include "ms/small_case.hpp"

// Structures of the disease: EDSS alone, populations that begin in progressive MS, and therapies that act there.

namespace myelin::ms::test {

namespace {

using Lines = std::vector<std::string>;

const std::string spms_table = "natural_history.spms_probabilities";
constexpr std::size_t spms = 1, ppms = 2;  ///< phenotypes, as the tally of disability counts them

/// A population that begins in progressive MS, for a year at the matrix of its phenotype.
ParameterSet progressive(const char* phenotype, std::size_t edss, double horizon_years = 1) {
  ParameterSet parameters = still_life(horizon_years);
  put_text(parameters, "population.start_phenotype", phenotype);
  start_at(parameters, edss);
  return parameters;
}

/// Some PPMS: the worsening of SPMS for one who is a step further on.
void put_ppms(ParameterSet& parameters) {
  ParameterSet::Entry entry = parameters.entry(spms_table);
  entry.path = "natural_history.ppms_probabilities";
  std::vector<double>& p = std::get<ParameterTable>(entry.value).values;
  for (std::size_t from = 1; from < 9; ++from) {
    double& stays = p[(from - 1) * edss_count + from];
    p[(from - 1) * edss_count + from + 1] += stays / 2;
    stays /= 2;
  }
  parameters.add(entry);
}

void check_step(const Expected& result, std::size_t phenotype, const ByEdss& row) {
  for (std::size_t edss = 0; edss < edss_count; ++edss) {
    CAPTURE(phenotype, edss);
    CHECK(result.tally("disability", 1, phenotype * edss_count + edss) == Approx(row[edss]).margin(1e-9));
  }
}

}  // namespace

TEST_CASE("in the structure of EDSS alone nobody converts, and all years are before SPMS") {
  ParameterSet parameters = base_case();
  REQUIRE(Expected(parameters, "best_supportive_care").undiscounted("reached.spms") > 0.3);
  put_text(parameters, "natural_history.structure", "edss_only");
  CHECK(problems_of(parameters) == Lines{});
  for (const char* strategy : {"best_supportive_care", "ahsct"}) {
    const Expected result(parameters, strategy);
    CHECK(result.undiscounted("reached.spms") == 0);
    CHECK(result.undiscounted("years.before_spms") == result.undiscounted("life_years"));
    for (std::size_t edss = 0; edss < edss_count; ++edss)
      CHECK(result.tally("disability", 20, spms * edss_count + edss) == 0);
  }
}

TEST_CASE("in the structure of EDSS alone a year's step is that of the RRMS matrix") {
  ParameterSet parameters = base_case();
  make_immortal(parameters);
  start_at(parameters, 5);
  put_text(parameters, "natural_history.structure", "edss_only");
  const NaturalHistory history = read_inputs(parameters, "best_supportive_care").natural_history;
  check_step(Expected(parameters, "best_supportive_care"), 0, rrms_step(history, 1, 1, Years{1})[5]);
}

TEST_CASE("a population that begins in SPMS has its matrix, relapses, utility and cost") {
  ParameterSet parameters = progressive("SPMS", 5);
  fill_table(parameters, "relapses.rate_spms", 0.25);
  set_number(parameters, "utilities.spms_change", -0.125);
  set_number(parameters, "costs.spms_addition", 432);
  CHECK(problems_of(parameters) == Lines{});
  const Expected result(parameters, "no_treatment");
  check_step(result, spms, read_edss_matrix(parameters, spms_table, 1)[5]);
  CHECK(result.undiscounted("relapses") == Approx(0.25).epsilon(1e-14));
  CHECK(result.undiscounted("qaly.patient") == Approx(0.875).epsilon(1e-14));
  CHECK(result.undiscounted("cost.state") == Approx(432).epsilon(1e-14));
  CHECK(result.undiscounted("reached.spms") == 0);
  CHECK(result.undiscounted("years.before_spms") == 0);
}

TEST_CASE("a population that begins in PPMS needs its matrix, and has it, without relapses") {
  ParameterSet parameters = progressive("PPMS", 4);
  CHECK(problems_of(parameters) == Lines{"there is no matrix for PPMS -- give 'natural_history.ppms_probabilities', "
                                         "or start with another phenotype"});
  put_ppms(parameters);
  CHECK(problems_of(parameters) == Lines{});
  set_number(parameters, "utilities.spms_change", -0.125);
  const Expected result(parameters, "no_treatment");
  check_step(result, ppms, read_edss_matrix(parameters, "natural_history.ppms_probabilities", 1)[4]);
  CHECK(result.undiscounted("relapses") == 0);
  CHECK(result.undiscounted("years.relapse_free") == 1);
  CHECK(result.undiscounted("qaly.patient") == Approx(0.875).epsilon(1e-14));
  set_text(parameters, "analysis.accrual", "drawn");
  CHECK(Expected(parameters, "no_treatment").undiscounted("relapses") == 0);
}

TEST_CASE("the structure of EDSS alone has no progressive population") {
  ParameterSet parameters = progressive(GENERATE("SPMS", "PPMS"), 4);
  put_ppms(parameters);
  put_text(parameters, "natural_history.structure", "edss_only");
  CHECK(problems_of(parameters) == Lines{"the structure of EDSS alone has no progressive phenotype -- use "
                                         "natural_history.structure = \"rrms_spms\""});
}

TEST_CASE("a drug that stops at SPMS is refused in a population that begins there") {
  ParameterSet parameters = progressive("SPMS", 4);
  put_drug(parameters, "drug");
  put_strategy(parameters, "treated", {"drug"});
  CHECK(problems_of(parameters) == Lines{"'drug' ends with progressive MS, in which the population begins -- set "
                                         "therapies.drug.stop_at_spms = false, or leave it out"});
  SECTION("of its own") { put_flag(parameters, "therapies.drug.stop_at_spms", false); }
  SECTION("or by the rule of all drugs") { put_flag(parameters, "treatment.stop_at_spms", false); }
  CHECK(problems_of(parameters) == Lines{});
  put_whole(parameters, "treatment.stop_at_edss", 10);
  CHECK(Expected(parameters, "treated").on_line("drug", 1) == 1);
}

TEST_CASE("a drug whose own rule is to stop at SPMS is refused though the others go on") {
  ParameterSet parameters = progressive("SPMS", 4);
  put_drug(parameters, "drug");
  put_strategy(parameters, "treated", {"drug"});
  put_flag(parameters, "treatment.stop_at_spms", false);
  put_flag(parameters, "therapies.drug.stop_at_spms", true);
  CHECK(problems_of(parameters).size() == 1);
}

TEST_CASE("a ratio of worsening in SPMS acts on the regularised matrix, of SPMS and of PPMS") {
  const auto [phenotype, table, place] = GENERATE_REF(values<std::tuple<const char*, std::string, std::size_t>>(
      {{"SPMS", spms_table, spms}, {"PPMS", "natural_history.ppms_probabilities", ppms}}));
  ParameterSet parameters = progressive(phenotype, 4);
  put_ppms(parameters);
  put_drug(parameters, "drug");
  put_effect(parameters, "therapies.drug.worsening_spms", 0.5, "none");
  put_flag(parameters, "therapies.drug.stop_at_spms", false);
  put_strategy(parameters, "treated", {"drug"});
  NaturalHistory history = read_inputs(parameters, "treated").natural_history;
  CHECK(history.effect_on_progressive);
  const EdssMatrix published = read_edss_matrix(parameters, table, 1);
  check_step(Expected(parameters, "treated"), place, progressive_step(published, history, 0.5, Years{1})[4]);
  // Without the ratio the same matrix, with it squared: the half of its hazards.
  const EdssMatrix half = progressive_step(published, history, 0.5, Years{1});
  double twice = 0;
  for (std::size_t via = 0; via < edss_count; ++via) twice += half[4][via] * half[via][4];
  CHECK(Expected(parameters, "no_treatment").tally("disability", 1, place * edss_count + 4) ==
        Approx(twice).margin(1e-9));
  CHECK(std::abs(twice - published[4][4]) > 1e-6);
}

TEST_CASE("a ratio of 1 in SPMS, of any therapy, regularises every arm and changes nothing between them") {
  ParameterSet parameters = base_case();
  const Expected published(parameters, "best_supportive_care");
  make_null(parameters, "fingolimod");
  set(parameters, "treatment.stop_at_spms", KeyValue(false));
  put_effect(parameters, "therapies.fingolimod.worsening_spms", 1, "none");
  const Expected regularised(parameters, "best_supportive_care");
  CHECK(regularised.undiscounted("life_years") != published.undiscounted("life_years"));

  study::Plan plan = plan_of(parameters, {"best_supportive_care", "fingolimod"}, 3000);
  const study::AnalysisOutput output = simulate(plan, study::Engine::microsimulation);
  const std::vector<Outcome>& outcomes = plan.analyses.front().programs.front().outcomes;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const std::string& name = outcomes[i].name;
    if (counts_treatment(name)) continue;
    CAPTURE(name);
    CHECK(output.increments.front().outcomes.mean[2 * i] == 0);
    CHECK(output.increments.front().outcomes.standard_error[2 * i] == 0);
  }
  CHECK(output.strategies.front().outcomes.mean.front() != 0);

  // A drug that no strategy uses does the same to all.
  parameters = base_case();
  put_effect(parameters, "therapies.interferon_beta_1a_sc.worsening_spms", 0.8, "none");
  CHECK(Expected(parameters, "best_supportive_care").means() == regularised.means());
}

TEST_CASE("a ratio in SPMS prolongs only the lives of those who have it") {
  ParameterSet parameters = base_case();
  set(parameters, "treatment.stop_at_spms", KeyValue(false));
  put_effect(parameters, "therapies.fingolimod.worsening_spms", 1, "none");
  const Expected idle(parameters, "fingolimod"), other(parameters, "ocrelizumab");
  set_number(parameters, "therapies.fingolimod.worsening_spms", 0.5);
  CHECK(Expected(parameters, "fingolimod").undiscounted("life_years") > idle.undiscounted("life_years"));
  CHECK(Expected(parameters, "fingolimod").undiscounted("reached.edss_7") < idle.undiscounted("reached.edss_7"));
  CHECK(Expected(parameters, "ocrelizumab").means() == other.means());
}

}  // namespace myelin::ms::test
