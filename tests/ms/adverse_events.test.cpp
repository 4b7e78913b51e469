#include <catch2/catch.hpp>
#include <cmath>

#include "ms/problems.hpp"
#include "ms/small_case.hpp"

// Adverse events of drugs: those that change nothing else at their expectation, serious ones drawn.

namespace myelin::ms::test {

namespace {

using Lines = std::vector<std::string>;

/// Adds an event of probability `risk` in every year on a drug, that costs 100 and loses 0.01 QALY.
void put_event(ParameterSet& parameters, const std::string& drug, const std::string& event, double risk) {
  const std::string path = "therapies." + drug + ".adverse_events." + event + ".";
  put_text(parameters, path + "label", event);
  put_by_year(parameters, path + "risk", {risk});
  put_number(parameters, path + "cost", 100);
  put_number(parameters, path + "qaly_change", -0.01);
}

/// `first` then `second`; the first has an event.
ParameterSet with_event(double horizon_years, double risk, double cycle_length_years = 1) {
  ParameterSet parameters = still_life(horizon_years, cycle_length_years);
  put_drug(parameters, "first");
  put_drug(parameters, "second");
  put_strategy(parameters, "treated", {"first", "second"});
  put_event(parameters, "first", "event", risk);
  return parameters;
}

const std::string path = "therapies.first.adverse_events.event.";

/// An event of those who bridge the wait for a transplantation on `first`, which is in no line of the strategy.
ParameterSet bridged(double risk) {
  ParameterSet parameters = with_event(3, risk);
  put_procedure(parameters, "transplant");
  put_number(parameters, "therapies.transplant.procedure.waiting", 1e9);
  put_text(parameters, "therapies.transplant.procedure.bridging", "first");
  put_strategy(parameters, "treated", {"transplant", "second"});
  return parameters;
}

}  // namespace

TEST_CASE("events are counted by year on the drug, the last going on, with their cost and loss") {
  ParameterSet parameters = with_event(4, 0);
  put_by_year(parameters, path + "risk", {0.3, 0.1});
  CHECK(problems_of(parameters) == Lines{});
  const Expected result(parameters, "treated");
  const double events = 0.3 + 0.1 + 0.1 + 0.1;
  CHECK(result.undiscounted("adverse_event.event") == Approx(events).epsilon(1e-12));
  CHECK(result.undiscounted("cost.adverse_events") == Approx(100 * events).epsilon(1e-12));
  CHECK(result.undiscounted("cost") == Approx(100 * events).epsilon(1e-12));
  CHECK(result.undiscounted("qaly.patient") == Approx(4 - 0.01 * events).epsilon(1e-12));
  CHECK(Expected(parameters, "no_treatment").undiscounted("adverse_event.event") == 0);
}

TEST_CASE("events end with the drug, and a year's risk is that of its quarters") {
  ParameterSet parameters = with_event(3, 0.3, 0.25);
  put_whole(parameters, "therapies.first.stop_after_years", 1);
  const Expected result(parameters, "treated");
  CHECK(result.undiscounted("adverse_event.event") == Approx(4 * (1 - std::pow(0.7, 0.25))).epsilon(1e-12));
}

TEST_CASE("a risk by year and JC virus antibodies is that of the patient, in any order of its columns and levels") {
  ParameterSet parameters = with_event(3, 0);
  put_number(parameters, "population.jcv_positive", 0.6);
  SECTION("year, negative, positive") {
    put_table(parameters, path + "risk", {counted("year", 1, 2), named("jcv", {"negative", "positive"})},
              {0.01, 0.02, 0.03, 0.04});
  }
  SECTION("year, positive, negative") {
    put_table(parameters, path + "risk", {counted("year", 1, 2), named("jcv", {"positive", "negative"})},
              {0.02, 0.01, 0.04, 0.03});
  }
  SECTION("negative, positive, each by year") {
    put_table(parameters, path + "risk", {named("jcv", {"negative", "positive"}), counted("year", 1, 2)},
              {0.01, 0.03, 0.02, 0.04});
  }
  CHECK(problems_of(parameters) == Lines{});
  CHECK(Expected(parameters, "treated").undiscounted("adverse_event.event") ==
        near(0.6 * (0.02 + 0.04 + 0.04) + 0.4 * (0.01 + 0.03 + 0.03)));
}

TEST_CASE("a serious event kills its share, and counts in those who die of it too") {
  ParameterSet parameters = with_event(4, 0.2);
  put_number(parameters, path + "fatality", 0.25);
  CHECK(problems_of(parameters) == Lines{});
  const Expected result(parameters, "treated");
  const double lives = 1 - 0.2 * 0.25;
  double years = 0;
  for (int year = 0; year < 4; ++year) years += std::pow(lives, year);
  CHECK(result.undiscounted("life_years") == near(years));
  CHECK(result.undiscounted("deaths.event") == near(1 - std::pow(lives, 4)));
  CHECK(result.undiscounted("deaths") == near(1 - std::pow(lives, 4)));
  CHECK(result.undiscounted("adverse_event.event") == near(0.2 * years));
  CHECK(result.undiscounted("cost.adverse_events") == near(100 * 0.2 * years).epsilon(1e-6));
  CHECK(result.undiscounted("qaly.patient") == near(years - 0.01 * 0.2 * years));
  CHECK(result.on_line("first", 4) == near(std::pow(lives, 4)));
}

TEST_CASE("who dies of another cause in the cycle has no serious event in it") {
  ParameterSet parameters = with_event(1, 0.2);
  put_number(parameters, path + "fatality", 0.25);
  fill_table(parameters, "mortality.life_table", 0.5);
  fill_table(parameters, "mortality.multiplier", 1);
  const Expected result(parameters, "treated");
  CHECK(result.undiscounted("deaths.other") == near(0.5));
  CHECK(result.undiscounted("adverse_event.event") == near(0.5 * 0.2));
  CHECK(result.undiscounted("deaths.event") == near(0.5 * 0.05));
}

TEST_CASE("an event that stops the drug begins the next line, where it is no risk") {
  ParameterSet parameters = with_event(4, 0.2);
  put_flag(parameters, path + "stops", true);
  const Expected result(parameters, "treated");
  for (const std::size_t year : {1, 2, 4}) {
    CHECK(result.on_line("first", year) == near(std::pow(0.8, year)));
    CHECK(result.on_line("second", year) == near(1 - std::pow(0.8, year)));
  }
  CHECK(result.undiscounted("adverse_event.event") == near(0.2 * (1 + 0.8 + 0.64 + 0.512)));
  CHECK(result.undiscounted("deaths") == 0);
}

TEST_CASE("of two serious events one at most happens in a cycle, and each does what it does") {
  ParameterSet parameters = with_event(1, 0.2);
  put_flag(parameters, path + "stops", true);
  put_event(parameters, "first", "stroke", 0.3);
  put_number(parameters, "therapies.first.adverse_events.stroke.fatality", 0.5);
  const Expected result(parameters, "treated");
  CHECK(result.undiscounted("adverse_event.event") == near(0.2));
  CHECK(result.undiscounted("adverse_event.stroke") == near(0.3));
  CHECK(result.undiscounted("deaths.stroke") == near(0.15));
  CHECK(result.on_line("second", 1) == near(0.2));
  CHECK(result.on_line("first", 1) == near(1 - 0.2 - 0.3 * 0.5));
}

TEST_CASE("an event of two drugs has the risk and does the harm of the one taken") {
  ParameterSet parameters = with_event(2, 0.2);
  put_flag(parameters, path + "stops", true);
  put_event(parameters, "second", "event", 0.5);
  put_number(parameters, "therapies.second.adverse_events.event.cost", 1000);
  put_flag(parameters, "therapies.second.adverse_events.event.stops", true);
  const Expected result(parameters, "treated");
  const double on_first = 0.2 + 0.8 * 0.2, on_second = 0.2 * 0.5;
  CHECK(result.undiscounted("adverse_event.event") == near(on_first + on_second));
  CHECK(result.undiscounted("cost.adverse_events") == near(100 * on_first + 1000 * on_second));
}

TEST_CASE("events of a drug that only bridges are counted while it does") {
  CHECK(Expected(bridged(0.2), "treated").undiscounted("adverse_event.event") == near(3 * 0.2));
}

TEST_CASE("a drug that only bridges has its serious events, and they kill") {
  ParameterSet parameters = bridged(0.2);
  put_number(parameters, path + "fatality", 0.25);
  REQUIRE(problems_of(parameters) == Lines{});
  const Expected result(parameters, "treated");
  CHECK(result.undiscounted("deaths.event") == near(1 - std::pow(0.95, 3)));
  CHECK(result.undiscounted("adverse_event.event") == near(0.2 * (1 + 0.95 + 0.95 * 0.95)));
}

TEST_CASE("a drug that only bridges has its serious events beside those of another drug") {
  ParameterSet parameters = bridged(0.2);
  put_number(parameters, path + "fatality", 0.25);
  put_event(parameters, "second", "other", 0.1);
  put_flag(parameters, "therapies.second.adverse_events.other.stops", true);
  REQUIRE(problems_of(parameters) == Lines{});
  CHECK(Expected(parameters, "treated").undiscounted("deaths.event") == near(1 - std::pow(0.95, 3)));
}

TEST_CASE("a drug that only bridges has the risk of the patient's antibodies") {
  ParameterSet parameters = bridged(0);
  put_number(parameters, "population.jcv_positive", 0.6);
  put_table(parameters, path + "risk", {counted("year", 1, 1), named("jcv", {"negative", "positive"})}, {0.01, 0.2});
  CHECK(Expected(parameters, "treated").undiscounted("adverse_event.event") == near(3 * (0.6 * 0.2 + 0.4 * 0.01)));
}

TEST_CASE("tables of risks that cannot be read are refused") {
  ParameterSet parameters = with_event(1, 0.1);
  SECTION("an unknown column") {
    put_table(parameters, path + "risk", {counted("year", 1, 2), named("race", {"a", "b"})}, {0, 0, 0, 0});
    CHECK(problems_of(parameters) ==
          Lines{"'" + path + "risk' has a column 'race' -- its key columns can be year, jcv"});
  }
  SECTION("levels that are missing") {
    put_table(parameters, path + "risk", {named("jcv", {"positive"})}, {0.1});
    put_number(parameters, "population.jcv_positive", 0.5);
    CHECK(problems_of(parameters) == Lines{"the column 'jcv' of '" + path +
                                           "risk' does not have its levels -- give a row for each of negative, "
                                           "positive"});
  }
  SECTION("years that do not begin with the first") {
    put_table(parameters, path + "risk", {counted("year", 2, 3)}, {0.1, 0.1});
    CHECK(problems_of(parameters) == Lines{"the years of '" + path + "risk' begin at 2 -- begin with year 1"});
  }
  SECTION("another unit") {
    put_by_year(parameters, path + "risk", {0.1}, "per year");
    CHECK(problems_of(parameters) == Lines{"'" + path + "risk' is in 'per year' -- give it in 'probability per year'"});
  }
  SECTION("a probability above 1") {
    put_by_year(parameters, path + "risk", {0.1, 1.5});
    CHECK(problems_of(parameters) == Lines{"'" + path + "risk' has the value 1.5 -- give numbers from 0 to 1"});
  }
  SECTION("antibodies whose share is not known") {
    parameters = without(parameters, "population.jcv_positive");
    put_table(parameters, path + "risk", {named("jcv", {"negative", "positive"})}, {0.1, 0.2});
    CHECK(problems_of(parameters) ==
          Lines{"'" + path + "risk' depends on antibodies against JC virus -- give population.jcv_positive"});
  }
}

}  // namespace myelin::ms::test
