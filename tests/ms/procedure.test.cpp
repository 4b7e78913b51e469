#include <catch2/catch.hpp>
#include <cmath>

#include "ms/engines.hpp"
#include "ms/problems.hpp"
#include "ms/small_case.hpp"

// Transplantation: who is eligible, what it costs and does at once, and the return of activity after it.

namespace myelin::ms::test {

namespace {

using Lines = std::vector<std::string>;

const std::string path = "therapies.transplant.procedure.";

/// Transplantation, then a drug.
ParameterSet transplanted(double horizon_years, double cycle_length_years = 1) {
  ParameterSet parameters = still_life(horizon_years, cycle_length_years);
  put_procedure(parameters, "transplant");
  put_drug(parameters, "drug");
  put_strategy(parameters, "treated", {"transplant", "drug"});
  return parameters;
}

void put_part(ParameterSet& parameters, const std::string& part, double cost, double qaly_change, double days) {
  put_text(parameters, path + part + ".label", part);
  put_number(parameters, path + part + ".cost", cost);
  put_number(parameters, path + part + ".qaly_change", qaly_change);
  put_number(parameters, path + part + ".days", days);
}

/// Two items and two complications instead of an all-in cost and loss.
ParameterSet built_up() {
  ParameterSet parameters = transplanted(2);
  for (const char* all_in : {"cost", "qaly_change"}) parameters = without(parameters, path + all_in);
  put_part(parameters, "items.admission", 20000, -0.03, 25);
  put_part(parameters, "items.harvest", 1500, 0, 1);
  put_part(parameters, "complications.infection", 3000, -0.02, 10);
  put_number(parameters, path + "complications.infection.probability", 0.4);
  put_part(parameters, "complications.intensive_care", 12000, -0.1, 5);
  put_number(parameters, path + "complications.intensive_care.probability", 0.1);
  return parameters;
}

/// The base case of which nobody is eligible for transplantation, beside the same lines without it.
study::AnalysisOutput beside_the_same_lines(ParameterSet parameters) {
  put_strategy(parameters, "without_ahsct", {"ocrelizumab", "natalizumab"});
  study::Plan plan = plan_of(parameters, {"without_ahsct", "ahsct"}, 3000);
  return simulate(plan, study::Engine::microsimulation);
}

}  // namespace

TEST_CASE("a built-up cost and loss is the sum of the items and of the complications at their probability") {
  const ParameterSet parameters = built_up();
  CHECK(problems_of(parameters) == Lines{});
  const Expected result(parameters, "treated");
  CHECK(result.undiscounted("cost.procedure") == Approx(20000 + 1500 + 0.4 * 3000 + 0.1 * 12000).epsilon(1e-8));
  CHECK(result.undiscounted("qaly.procedure") == Approx(-0.03 - 0.4 * 0.02 - 0.1 * 0.1).epsilon(1e-8));
  CHECK(result.undiscounted("hospital_days") == Approx(25 + 1 + 0.4 * 10 + 0.1 * 5).epsilon(1e-8));
  CHECK(result.undiscounted("complication.infection") == near(0.4));
  CHECK(result.undiscounted("complication.intensive_care") == near(0.1));
  CHECK(result.undiscounted("qaly.patient") == Approx(2 - 0.048).epsilon(1e-8));
}

TEST_CASE("a built-up cost takes part in the discounting of time zero only") {
  ParameterSet parameters = built_up();
  set_number(parameters, "analysis.discount_cost", 0.035);
  const Expected result(parameters, "treated");
  CHECK(result.discounted("cost.procedure") == result.undiscounted("cost.procedure"));
}

TEST_CASE("an all-in amount beside a built-up one is refused, for cost and QALYs separately") {
  ParameterSet parameters = built_up();
  const auto [key, words] =
      GENERATE(table<const char*, const char*>({{"cost", "its cost"}, {"qaly_change", "its QALY loss"}}));
  put_number(parameters, path + key, 0);
  CHECK(problems_of(parameters) ==
        Lines{fmt::format("'{}items.admission.{}' counts {} a second time: '{}{}' contains complications -- remove "
                          "'{}{}' or the 4 parts",
                          path, key, words, path, key, path, key)});
}

TEST_CASE("an all-in cost may stand beside a built-up loss") {
  ParameterSet parameters = built_up();
  for (const char* part :
       {"items.admission", "items.harvest", "complications.infection", "complications.intensive_care"})
    parameters = without(parameters, path + part + ".cost");
  put_number(parameters, path + "cost", 30000);
  CHECK(problems_of(parameters) == Lines{});
  const Expected result(parameters, "treated");
  CHECK(result.undiscounted("cost.procedure") == 30000);
  CHECK(result.undiscounted("qaly.procedure") == Approx(-0.048).epsilon(1e-8));
}

TEST_CASE("a procedure without any cost, or any loss, is refused") {
  const std::string key = GENERATE("cost", "qaly_change");
  CHECK(
      problems_of(without(transplanted(1), path + key)) ==
      Lines{fmt::format("therapy 'transplant' of kind procedure has no key '{}{}' -- add it with its source, or build "
                        "it up from '{}items' and '{}complications'",
                        path, key, path, path)});
}

TEST_CASE("a share of those within the limits is eligible; the others go to the next line") {
  ParameterSet parameters = transplanted(3);
  put_number(parameters, path + "eligibility.share", 0.4);
  put_number(parameters, path + "cost", 1000);
  const Expected result(parameters, "treated");
  CHECK(result.undiscounted("referrals") == 1);
  CHECK(result.undiscounted("transplants") == near(0.4));
  CHECK(result.undiscounted("not_eligible") == near(0.6));
  CHECK(result.undiscounted("cost.procedure") == near(400).epsilon(1e-7));
  CHECK(result.on_line("transplant", 0) == near(0.4));
  CHECK(result.on_line("drug", 0) == near(0.6));
}

TEST_CASE("nobody beyond a limit of age, EDSS or duration is transplanted") {
  ParameterSet parameters = transplanted(3);
  put_number(parameters, "population.disease_duration", 8.68);  // at age 39: 9 years at age 39.32
  const auto [limit, value, eligible] = GENERATE(table<const char*, int, bool>({{"min_age", 39, true},
                                                                                {"min_age", 40, false},
                                                                                {"max_age", 39, true},
                                                                                {"max_age", 38, false},
                                                                                {"max_edss", 2, true},
                                                                                {"max_edss", 1, false},
                                                                                {"max_duration_years", 9, true},
                                                                                {"max_duration_years", 8, false}}));
  put_whole(parameters, path + "eligibility." + limit, value);
  CHECK(problems_of(parameters) == Lines{});
  const Expected result(parameters, "treated");
  CAPTURE(limit, value);
  CHECK(result.undiscounted("transplants") == (eligible ? 1 : 0));
  CHECK(result.undiscounted("not_eligible") == (eligible ? 0 : 1));
}

TEST_CASE("a limit of duration needs the duration") {
  ParameterSet parameters = without(transplanted(1), "population.disease_duration");
  put_whole(parameters, path + "eligibility.max_duration_years", 9);
  CHECK(problems_of(parameters) ==
        Lines{"eligibility depends on the duration of disease -- give population.disease_duration"});
}

TEST_CASE("an EDSS limit divides the population at the start") {
  ParameterSet parameters = base_case();
  put_whole(parameters, "therapies.ahsct.procedure.eligibility.max_edss", 2);
  const std::vector<double>& start = parameters.table("population.start_edss").values;
  CHECK(Expected(parameters, "ahsct").undiscounted("transplants") == near(start[0] + start[1] + start[2]));
}

TEST_CASE("without eligible patients the lives are those of the same lines without transplantation, to the bit") {
  ParameterSet parameters = base_case();
  const double cycle_length_years = GENERATE(1.0, 0.5);
  set_number(parameters, "analysis.cycle_length_years", cycle_length_years);
  const auto [limit, value] = GENERATE(table<const char*, int>({{"max_age", 38}, {"min_age", 40}}));
  put_whole(parameters, "therapies.ahsct.procedure.eligibility." + std::string(limit), value);
  if (std::string(limit) == "min_age") put_number(parameters, "therapies.ahsct.procedure.waiting", 1);
  const study::AnalysisOutput output = beside_the_same_lines(parameters);
  const Program program = compile(parameters, "ahsct");
  for (std::size_t i = 0; i < program.outcomes.size(); ++i) {
    const std::string& name = program.outcomes[i].name;
    if (name == "referrals" || name == "not_eligible") continue;
    CAPTURE(name, limit, cycle_length_years);
    CHECK(output.increments.front().outcomes.mean[2 * i] == 0);
    CHECK(output.increments.front().outcomes.standard_error[2 * i] == 0);
  }
}

TEST_CASE("a procedure kills those who are transplanted, at once, and nobody else") {
  ParameterSet parameters = transplanted(3);
  fill_table(parameters, path + "death", 1);
  put_number(parameters, path + "eligibility.share", 0.4);
  const Expected result(parameters, "treated");
  CHECK(result.undiscounted("deaths.procedure") == near(0.4));
  CHECK(result.undiscounted("deaths") == near(0.4));
  CHECK(result.undiscounted("life_years") == near(0.6 * 3));
  CHECK(result.undiscounted("transplants") == near(0.4));
}

TEST_CASE("the probability of death from a procedure may depend on EDSS and age") {
  ParameterSet parameters = transplanted(1);
  change_table(parameters, "population.start_edss", [](auto& p) { p = {0, 0, 0.5, 0.5, 0, 0, 0, 0, 0, 0}; });
  std::vector<double> risks(20, 1);  // [edss][age 38, 39]
  risks[2 * 2 + 1] = 0.1;
  risks[3 * 2 + 1] = 0.2;
  put_table(parameters, path + "death", {counted("edss", 0, 9), counted("age", 38, 39)}, risks, "probability");
  CHECK(problems_of(parameters) == Lines{});
  CHECK(Expected(parameters, "treated").undiscounted("deaths.procedure") == near(0.15));
  set_number(parameters, "population.start_age", 45);  // the ends go on
  CHECK(Expected(parameters, "treated").undiscounted("deaths.procedure") == near(0.15));
  set_number(parameters, "population.start_age", 30);
  CHECK(Expected(parameters, "treated").undiscounted("deaths.procedure") == 1);
}

TEST_CASE("stem cells that cannot be collected cost, and the next line begins") {
  ParameterSet parameters = transplanted(2);
  put_number(parameters, path + "cost", 1000);
  put_number(parameters, path + "mobilisation_failure", 0.25);
  put_number(parameters, path + "mobilisation_failure_cost", 200);
  const Expected result(parameters, "treated");
  CHECK(result.undiscounted("mobilisation_failures") == near(0.25));
  CHECK(result.undiscounted("transplants") == near(0.75));
  CHECK(result.undiscounted("cost.procedure") == near(0.75 * 1000 + 0.25 * 200).epsilon(1e-7));
  CHECK(result.on_line("drug", 0) == near(0.25));
}

TEST_CASE("of those whose activity returns a share restarts a drug, the others keep the effect") {
  const double length = GENERATE(1.0, 0.25);
  const auto per_year = static_cast<std::size_t>(std::lround(1 / length));
  ParameterSet parameters = transplanted(6, length);
  put_number(parameters, path + "restart_scale", 0.2);
  put_number(parameters, path + "restart_share", 0.7);
  put_effect(parameters, "therapies.transplant.relapse", 0.1, "none");
  put_number(parameters, "therapies.transplant.monitoring", 50);
  const Expected result(parameters, "treated");
  double effect_years = 0;
  for (std::size_t cycle = 0; cycle < 6 * per_year; ++cycle)
    effect_years += length * (0.3 + 0.7 * std::exp(-0.2 * length * static_cast<double>(cycle)));
  for (const std::size_t year : {0, 1, 5}) {
    const double keeps = std::exp(-0.2 * static_cast<double>(year));
    CHECK(result.on_line("transplant", year * per_year) == near(keeps));
    CHECK(result.on_line("transplant, activity returned", year * per_year) == near(0.3 * (1 - keeps)));
    CHECK(result.on_line("drug", year * per_year) == near(0.7 * (1 - keeps)));
  }
  CHECK(result.undiscounted("years.on.transplant") == near(effect_years));
  CHECK(result.undiscounted("relapses") == near(0.1 * effect_years + (6 - effect_years)));
  CHECK(result.undiscounted("cost.monitoring") == near(50 * effect_years).epsilon(1e-7));
}

TEST_CASE("transplantation as a second line comes when the first drug is left") {
  const double length = GENERATE(1.0, 0.25);
  ParameterSet parameters = transplanted(4, length);
  put_strategy(parameters, "treated", {"drug", "transplant"});
  put_number(parameters, "therapies.drug.discontinuation", 0.1);
  put_effect(parameters, "therapies.transplant.relapse", 0, "none");
  put_number(parameters, path + "cost", 1000);
  put_text(parameters, path + "complications.infection.label", "Infection");
  put_number(parameters, path + "complications.infection.probability", 0.5);
  fill_table(parameters, path + "death", 0.2);
  CHECK(problems_of(parameters) == Lines{});
  const Expected result(parameters, "treated");
  const double stays = std::pow(0.9, length);
  CHECK(result.at_start("transplants") == 0);
  for (std::size_t cycle = 0; cycle < 4; ++cycle) {
    const double leave = std::pow(stays, cycle) * (1 - stays);
    CHECK(result.by_cycle("referrals")[cycle] == near(leave));
    CHECK(result.by_cycle("transplants")[cycle] == near(leave));
    CHECK(result.by_cycle("complication.infection")[cycle] == near(0.5 * leave));
    CHECK(result.by_cycle("cost.procedure")[cycle] == near(1000 * leave).epsilon(1e-6));
    CHECK(result.by_cycle("deaths.procedure")[cycle] == near(0.2 * leave));
  }
  const double given_up = 1 - std::pow(0.9, 4);
  CHECK(result.undiscounted("deaths.procedure") == near(0.2 * given_up));
  CHECK(result.on_line("transplant", static_cast<std::size_t>(std::lround(4 / length))) == near(0.8 * given_up));
}

}  // namespace myelin::ms::test
