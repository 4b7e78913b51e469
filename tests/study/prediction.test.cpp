#include "study/prediction.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "study/study_folder.hpp"

using namespace myelin::study;
using namespace myelin::study::test;

namespace {

/// The programs have probabilities of 31 bits, which moves nothing here by more than this.
Approx near(double expected) { return Approx(expected).epsilon(1e-8).margin(1e-8); }

/// A strategy's discounted totals, time point by time point.
struct Totals {
  double cost = 0, qaly = 0;
};

Totals totals(double p_ill, double drug_cost) {
  Totals sums;
  double well = 1, ill = 0;
  for (int t = 0; t <= 6; ++t) {
    const double factor = std::pow(1.035, -t);
    sums.cost += factor * (1000 * ill + drug_cost * (well + ill));
    sums.qaly += factor * (0.9 * well + 0.5 * ill);
    ill = 0.7 * ill + p_ill * well;
    well *= 0.9 - p_ill;
  }
  return sums;
}

}  // namespace

TEST_CASE("Survival and shares of the living are those by hand", "[study]") {
  const StudyFolder folder;
  // 0.7^2 = 0.49 are well after two years; ill are 0.2 x 0.7 who were and 0.7 x 0.2 who fell ill now.
  CHECK(value_of(folder, "survival at 0") == near(1));
  CHECK(value_of(folder, "survival at 2") == near(0.77));
  CHECK(value_of(folder, "share state Ill at 2") == near(0.28 / 0.77));
  CHECK(value_of(folder, "share state Well|Ill at 2") == near(1));
  CHECK(value_of(folder, "share state Well at 2", "drug") == near(0.64 / (0.64 + 0.15)));
  // The score: halves at 0 and 1; then 1/4, 1/2, 1/4; then 1/8, 3/8, 1/2.
  CHECK(value_of(folder, "share score 0 at 2") == near(0.125));
  CHECK(value_of(folder, "share score 0|2 at 2") == near(0.625));
  CHECK(value_of(folder, "share score >=1 at 2") == near(0.875));
  CHECK(value_of(folder, "share score > 1 at 2") == near(0.5));
  CHECK(value_of(folder, "share score <=1 at 2") == near(0.5));
  CHECK(value_of(folder, "share score <1 at 2") == near(0.125));
  CHECK(value_of(folder, "share score.score 2 at 1") == near(0.25));
}

TEST_CASE("Means of levels and their change are those by hand", "[study]") {
  const StudyFolder folder;
  CHECK(value_of(folder, "mean score at 0") == near(0.5));
  CHECK(value_of(folder, "mean score at 2") == near(1.375));
  CHECK(value_of(folder, "mean score.score at 2") == near(1.375));
  CHECK(value_of(folder, "change score at 2") == near(0.875));
}

TEST_CASE("The Kaplan-Meier share censors deaths", "[study]") {
  const StudyFolder folder;
  // 0.2 of those at risk fall ill in each year, whoever dies: S = 0.8^t, though only 0.7^t are alive and well.
  CHECK(value_of(folder, "free ill at 0") == near(1));
  CHECK(value_of(folder, "free ill at 3") == near(0.512));
  CHECK(value_of(folder, "free ill at 6") == near(std::pow(0.8, 6)));
  CHECK(value_of(folder, "median ill") == near(3 + (0.512 - 0.5) / (0.512 - 0.4096)));
  // Under the drug it is 0.9^6 = 0.53 at the end and never falls to a half.
  CHECK(value_of(folder, "free ill at 6", "drug") == near(std::pow(0.9, 6)));
  CHECK_FALSE(value_of(folder, "median ill", "drug"));
}

TEST_CASE("A median counts years, not cycles", "[study]") {
  std::string text = illness();
  const std::string unit = "probability per year";  // becomes one of a cycle
  for (std::size_t at; (at = text.find(unit)) != std::string::npos;) text.replace(at, unit.size(), "probability");
  const StudyFolder folder(text);
  const std::string quarters = "analysis.cycle_length_years=0.25;analysis.horizon_years=1.5";
  CHECK(value_of(folder, "median ill", "none", quarters) == near(0.25 * (3 + (0.512 - 0.5) / (0.512 - 0.4096))));
  CHECK(value_of(folder, "survival at 0.5", "none", quarters) == near(0.77));
}

TEST_CASE("Totals are undiscounted and can end early", "[study]") {
  const StudyFolder folder;
  // Without a within-cycle correction time points count whole: ill are 0, 0.2, 0.28, ...
  CHECK(value_of(folder, "total years_ill until 1") == near(0.2));
  CHECK(value_of(folder, "total years_ill until 2") == near(0.48));
  CHECK(value_of(folder, "total reached_ill until 2") == near(0.2 + 0.14));
  CHECK(value_of(folder, "total cost until 2") == near(480));
  double years = 0, well = 1, ill = 0;
  for (int t = 0; t <= 6; ++t) {
    years += ill;
    ill = 0.7 * ill + 0.2 * well;
    well *= 0.7;
  }
  CHECK(value_of(folder, "total years_ill") == near(years));
  CHECK(value_of(folder, "total years_ill until 6") == near(years));
}

TEST_CASE("A total until a year is the total of a horizon that ends there", "[study]") {
  const StudyFolder folder;
  for (const char* correction : {"none", "start", "end", "trapezoid", "life_table", "simpson"}) {
    CAPTURE(correction);
    const std::string rule = std::string("analysis.within_cycle_correction=") + correction;
    for (const char* outcome : {"cost", "qaly", "reached_ill", "diagnoses", "life_years"}) {
      CAPTURE(outcome);
      const std::string total = std::string("total ") + outcome;
      const auto short_run = value_of(folder, total, "drug", rule + ";analysis.horizon_years=4");
      const auto until = value_of(folder, total + " until 4", "drug", rule);
      REQUIRE(until);
      CHECK(*until == Approx(*short_run).epsilon(1e-12));
      CHECK(*until != Approx(*value_of(folder, total, "drug", rule)));
    }
  }
}

TEST_CASE("Discounted totals, increments and their ratio are those by hand", "[study]") {
  const StudyFolder folder;
  const Totals none = totals(0.2, 0), drug = totals(0.1, 500);
  CHECK(value_of(folder, "discounted cost") == near(none.cost));
  CHECK(value_of(folder, "discounted qaly", "drug") == near(drug.qaly));
  CHECK(value_of(folder, "increment cost versus none", "drug") == near(drug.cost - none.cost));
  CHECK(value_of(folder, "increment qaly versus drug", "none") == near(none.qaly - drug.qaly));
  CHECK(value_of(folder, "icer versus none", "drug") == near((drug.cost - none.cost) / (drug.qaly - none.qaly)));
  // The other way round money is saved for QALYs forgone: the same ratio.
  CHECK(value_of(folder, "icer versus drug", "none") == near((drug.cost - none.cost) / (drug.qaly - none.qaly)));
}

TEST_CASE("There is no ratio where one strategy dominates", "[study]") {
  const StudyFolder folder;
  const std::string free_drug = "parameters.c_drug=0";
  CHECK(*value_of(folder, "increment cost versus none", "drug", free_drug) < 0);
  CHECK(*value_of(folder, "increment qaly versus none", "drug", free_drug) > 0);
  CHECK_FALSE(value_of(folder, "icer versus none", "drug", free_drug));
  CHECK_FALSE(value_of(folder, "icer versus drug", "none", free_drug));
}

TEST_CASE("Overrides belong to a target, and an unusable one has no prediction", "[study]") {
  const auto predictions =
      StudyFolder().predictions({{.id = "a"},
                                 {.id = "b", .set = "parameters.p_die=0;parameters.p_die_ill=0"},
                                 {.id = "c", .use = "unusable", .reason = "lost", .scenario = "", .measure = ""},
                                 {.id = "d", .measure = "survival at 1"}});
  REQUIRE(predictions.size() == 4);
  CHECK(predictions[0].value == near(0.77));
  CHECK(predictions[1].value == near(1));
  CHECK_FALSE(predictions[2].value);
  CHECK(predictions[3].value == near(0.9));
}

TEST_CASE("Varied parameters give a prediction its interval", "[study]") {
  const StudyFolder folder;
  // Survival at 1 is 1 - p_die, at 2 it is well^2 + ... ; both by one parameter at a time.
  const auto survival_at_2 = [](double p_ill, double p_die) {
    const double well = 1 - p_ill - p_die;
    return well * well + p_ill * 0.7 + well * p_ill;
  };
  const auto predictions =
      folder.predictions({{.id = "a", .measure = "survival at 1", .vary = "parameters.p_die;parameters.p_die"},
                          {.id = "b", .measure = "survival at 2", .vary = "parameters.p_die;parameters.p_ill"},
                          {.id = "c", .measure = "survival at 2"},
                          {.id = "d", .strategy = "drug", .measure = "icer versus none", .vary = "parameters.effect"}});
  REQUIRE(predictions[0].interval);
  CHECK(predictions[0].interval->low == near(0.85));
  CHECK(predictions[0].interval->high == near(0.95));
  REQUIRE(predictions[1].interval);
  const double value = survival_at_2(0.2, 0.1);
  CHECK(predictions[1].value == near(value));
  CHECK(predictions[1].interval->low ==
        near(value - std::hypot(value - survival_at_2(0.2, 0.15), value - survival_at_2(0.25, 0.1))));
  CHECK(predictions[1].interval->high ==
        near(value + std::hypot(survival_at_2(0.2, 0.05) - value, survival_at_2(0.1, 0.1) - value)));
  CHECK_FALSE(predictions[2].interval);
  REQUIRE(predictions[3].interval);
  CHECK(predictions[3].interval->low < *predictions[3].value);
  CHECK(predictions[3].interval->high > *predictions[3].value);
}

TEST_CASE("A prediction whose variation has no number has no interval", "[study]") {
  const StudyFolder folder;
  // At its high the effect is lost to a median that lies beyond the horizon.
  const auto predictions = folder.predictions(
      {{.set = "analysis.horizon_years=4", .measure = "median ill", .unit = "years", .vary = "parameters.p_ill"}});
  CHECK(predictions.front().value);
  CHECK_FALSE(predictions.front().interval);
}

TEST_CASE("The range of a converted price is varied in the prices of its file", "[study]") {
  std::string text = illness();
  const std::string unit = "c_ill = { value = 1000, unit = \"GBP 2024/25";
  text.replace(text.find(unit), unit.size(), "c_ill = { value = 1000, unit = \"GBP 2014/15");
  text.insert(text.find("cycle_length_years"), "price_index = \"prices.csv\"\n");
  const StudyFolder folder(text);
  folder.write("prices.csv",
               "year,value,unit,source,grade\n2014/15,100,index,TRIAL,read\n2024/25,150,index,TRIAL,read\n");
  const auto predictions = folder.predictions(
      {{.measure = "total cost until 1", .observed = "1", .unit = "GBP", .vary = "parameters.c_ill"}});
  CHECK(predictions.front().value == near(0.2 * 1500));
  REQUIRE(predictions.front().interval);
  CHECK(predictions.front().interval->low == near(0.2 * 1200));
  CHECK(predictions.front().interval->high == near(0.2 * 2250));
}

TEST_CASE("Values can be asked for under overrides that the targets' own go before", "[study]") {
  const StudyFolder folder;
  folder.write_targets({{.id = "a", .measure = "survival at 1"},
                        {.id = "b", .set = "parameters.p_die=0.5", .measure = "survival at 1"}});
  const auto values = predict_values(folder.targets(), std::vector<PlacedOverride>{{"parameters.p_die=0.3", {}}},
                                     StudyFolder::models(), {});
  REQUIRE(values);
  CHECK((*values)[0] == near(0.7));
  CHECK((*values)[1] == near(0.5));
}

TEST_CASE("A prediction is inside or overlaps only where there are intervals", "[study]") {
  Target target;
  target.interval = Interval{1, 2};
  CHECK(Prediction{1.5, Interval{0, 3}}.inside(target) == true);
  CHECK(Prediction{2.5, Interval{2, 3}}.inside(target) == false);
  CHECK(Prediction{2.5, Interval{2, 3}}.overlaps(target) == true);
  CHECK(Prediction{2.5, Interval{2.1, 3}}.overlaps(target) == false);
  CHECK_FALSE(Prediction{2.5, {}}.overlaps(target));
  CHECK_FALSE(Prediction{}.inside(target));
  CHECK_FALSE(Prediction{1.5, Interval{0, 3}}.inside(Target{}));
}
