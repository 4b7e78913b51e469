#include <catch2/catch.hpp>

#include "declared.hpp"

/// \file
/// Amounts that change from cycle to cycle: under every correction a cycle has the amounts of its own number.

namespace myelin::markov::test {

namespace {

/// One in ten dies in each of four cycles; a drug is paid for in the first two, without discounting.
std::string drug_for_two_years(const std::string& correction, const std::string& cost) {
  return edited(toy(), {{"horizon_years = 10", "horizon_years = 4"},
                        {"within_cycle_correction = \"none\"", "within_cycle_correction = \"" + correction + "\""},
                        {"discount_cost = { value = 0.035", "discount_cost = { value = 0"},
                        {"treated * c_drug", cost},
                        {"{ Ill = \"c_ill\" }", "{ Ill = 0 }"},
                        {"\"Well->Ill\" = \"p_ill\"\n", ""}});
}

double cost_of(const std::string& text, const Files& files = {}) {
  study::Plan plan = plan_of(text, files);
  return means_of(plan, simulate(plan, study::Engine::cohort), "none").at("cost");
}

}  // namespace

TEST_CASE("what is paid in two cycles is paid for both, whichever occupancy of a cycle counts") {
  // Alive at the time points: 1, 0.9, 0.81, 0.729, 0.6561.
  const auto is = [](double value) { return Approx(value).epsilon(1e-8); };
  const std::string cost = "cycle < 2 ? 100 : 0";
  CHECK(cost_of(drug_for_two_years("start", cost)) == is(100 * (1 + 0.9)));
  CHECK(cost_of(drug_for_two_years("end", cost)) == is(100 * (0.9 + 0.81)));
  CHECK(cost_of(drug_for_two_years("life_table", cost)) == is(100 * ((1 + 0.9) / 2 + (0.9 + 0.81) / 2)));
  CHECK(cost_of(drug_for_two_years("none", cost)) == is(100 * (1 + 0.9)));
  CHECK(cost_of(drug_for_two_years("trapezoid", cost)) == is(100 * (0.5 + 0.9)));
}

TEST_CASE("age and tables are those of the cycle too") {
  const std::string life_table = drug_for_two_years("life_table", "price(age)");
  const std::string text =
      edited(life_table, {{"[parameters]",
                           "[tables]\nprice = \"price.csv\"\n\n[population]\nstart_age = { value = 40, unit = "
                           "\"years\", source = \"TRIAL\", grade = \"read\" }\n\n[parameters]"}});
  // The table ends with the last cycle: at the horizon none begins.
  const Files files = {
      {"price.csv",
       "age,value,unit,source,grade\n40,100,GBP 2024/25 per year,TRIAL,read\n41,50,GBP 2024/25 per "
       "year,TRIAL,read\n42,0,GBP 2024/25 per year,TRIAL,read\n43,10,GBP 2024/25 per year,TRIAL,read\n"}};
  CHECK(cost_of(text, files) ==
        Approx(100 * (1 + 0.9) / 2 + 50 * (0.9 + 0.81) / 2 + 10 * (0.729 + 0.6561) / 2).epsilon(1e-8));
}

TEST_CASE("the engines agree on what changes with time under every correction") {
  for (const char* correction : {"none", "start", "end", "trapezoid", "life_table", "simpson"}) {
    CAPTURE(correction);
    study::Plan plan = plan_of(drug_for_two_years(correction, "100 - 20 * cycle"));
    const study::AnalysisOutput exact = simulate(plan, study::Engine::cohort);
    CHECK(largest_deviation(simulate(plan, study::Engine::microsimulation), exact) < most_deviation);
  }
}

}  // namespace myelin::markov::test
