#include <catch2/catch.hpp>
#include <cmath>

#include "ms/problems.hpp"
#include "ms/small_case.hpp"

// The wait between referral and transplantation.

namespace myelin::ms::test {

namespace {

using Lines = std::vector<std::string>;

const std::string path = "therapies.transplant.procedure.";

/// Transplantation after a mean wait, then a drug.
ParameterSet waiting(double mean_years, double horizon_years, double cycle_length_years = 1) {
  ParameterSet parameters = still_life(horizon_years, cycle_length_years);
  put_procedure(parameters, "transplant");
  put_drug(parameters, "drug");
  put_strategy(parameters, "treated", {"transplant", "drug"});
  put_number(parameters, path + "waiting", mean_years);
  return parameters;
}

/// `bridge` while waiting: 100 a year, a fifth of the relapses.
void put_bridge(ParameterSet& parameters) {
  put_drug(parameters, "bridge");
  put_number(parameters, "therapies.bridge.price", 100);
  put_effect(parameters, "therapies.bridge.relapse", 0.2, "none");
  put_text(parameters, path + "bridging", "bridge");
}

double undiscounted_at(const Expected& result, const char* outcome, std::size_t cycle) {
  return result.by_cycle(outcome)[cycle];
}

constexpr const char* waits_for = "Waiting for transplant";

}  // namespace

TEST_CASE("the number of cycles waited is geometric, with the mean wait") {
  const auto [mean_years, length, horizon] =
      GENERATE(table<double, double, double>({{3, 1, 70}, {0.5, 0.25, 20}, {2, 0.5, 60}, {0.25, 1, 20}}));
  ParameterSet parameters = waiting(mean_years, horizon, length);
  CHECK(problems_of(parameters) == Lines{});
  const Expected result(parameters, "treated");
  const double q = length / (mean_years + length);
  CHECK(result.at_start("transplants") == near(q));
  for (std::size_t cycle = 0; cycle < 6; ++cycle) {
    CHECK(undiscounted_at(result, "transplants", cycle) == near(q * std::pow(1 - q, cycle + 1)));
    CHECK(result.on_line(waits_for, cycle) == near(std::pow(1 - q, cycle + 1)));
  }
  double mean_cycles = 0;
  for (std::size_t cycle = 0; cycle < result.program().cycles; ++cycle)
    mean_cycles += static_cast<double>(cycle + 1) * undiscounted_at(result, "transplants", cycle);
  CHECK(mean_cycles == Approx(mean_years / length).epsilon(1e-6));
  CHECK(result.undiscounted("years.waiting") == Approx(mean_years).epsilon(1e-6));
  CHECK(result.undiscounted("transplants") == near(1));
}

TEST_CASE("who is referred is transplanted, not eligible, withdrawn, not mobilised, dead, or still waits") {
  ParameterSet parameters = base_case();
  const auto [length, lines] = GENERATE(table<double, Lines>(
      {{0.5, {"ahsct", "ocrelizumab"}}, {0.5, {"ocrelizumab", "ahsct"}}, {1, {"ahsct", "ocrelizumab"}}}));
  set_number(parameters, "analysis.cycle_length_years", length);
  set_number(parameters, "analysis.horizon_years", 8);
  set_lines(parameters, "ahsct", lines);
  const std::string procedure = "therapies.ahsct.procedure.";
  put_number(parameters, procedure + "waiting", 2);
  put_number(parameters, procedure + "withdrawal", 0.1);
  put_number(parameters, procedure + "mobilisation_failure", 0.05);
  put_number(parameters, procedure + "eligibility.share", 0.8);
  // The same probability of death for all, so that deaths while waiting follow from those who wait.
  fill_table(parameters, "mortality.life_table", 0.04);
  fill_table(parameters, "mortality.multiplier", 1);
  const double dies = 1 - std::pow(0.96, length);
  const Expected result(parameters, "ahsct");
  double dead = 0;
  for (std::size_t cycle = 0; cycle < result.program().cycles; ++cycle)
    dead += dies * result.on_line("Waiting for AHSCT", cycle);
  double accounted = dead + result.on_line("Waiting for AHSCT", result.program().cycles);
  for (const char* end : {"transplants", "not_eligible", "withdrawals", "mobilisation_failures"}) {
    CHECK(result.undiscounted(end) > 0.001);
    accounted += result.undiscounted(end);
  }
  CHECK(dead > 0.001);
  CHECK(accounted == near(result.undiscounted("referrals")));
}

TEST_CASE("a wait that vanishes is no wait") {
  ParameterSet parameters = base_case();
  set_number(parameters, "analysis.cycle_length_years", 0.5);
  set_number(parameters, "analysis.horizon_years", 6);
  put_text(parameters, "therapies.ahsct.procedure.bridging", "natalizumab");
  put_number(parameters, "therapies.ahsct.procedure.waiting", 0);
  const Expected at_once(parameters, "ahsct");
  const auto largest_difference = [&](double mean_years) {
    put_number(parameters, "therapies.ahsct.procedure.waiting", mean_years);
    const Expected waited(parameters, "ahsct");
    double largest = 0;
    for (std::size_t i = 0; i < waited.means().size(); ++i)
      largest = std::max(largest, std::abs(waited.means()[i] - at_once.means()[i]) / (1 + at_once.means()[i]));
    return largest;
  };
  CHECK(largest_difference(1e-3) > 1e-5);
  CHECK(largest_difference(1e-6) < 1e-5);
  CHECK(largest_difference(1e-9) < 1e-8);
}

TEST_CASE("any cycle length and share eligible leaves probabilities in order") {
  for (const double length : {1.0, 0.5, 0.25, 1.0 / 3, 1.0 / 12, 1.0 / 52}) {
    for (const double share : {0.0, 0.1, 0.3, 0.7, 0.9, 1.0}) {
      for (const double mean_years : {0.0, 0.3}) {
        ParameterSet parameters = waiting(mean_years, 1, length);
        put_number(parameters, path + "eligibility.share", share);
        put_number(parameters, path + "withdrawal", 0.1);
        put_number(parameters, path + "mobilisation_failure", 0.07);
        CAPTURE(length, share, mean_years);
        CHECK(model().compile(parameters, "treated").has_value());
      }
    }
  }
}

TEST_CASE("the bridging therapy costs and acts while its procedure is waited for") {
  ParameterSet parameters = waiting(3, 70);
  put_bridge(parameters);
  put_effect(parameters, "therapies.transplant.relapse", 0, "none");
  CHECK(problems_of(parameters) == Lines{});
  const Expected result(parameters, "treated");
  CHECK(result.undiscounted("cost.acquisition") == Approx(300).epsilon(1e-6));
  CHECK(result.undiscounted("relapses") == Approx(0.2 * 3).epsilon(1e-6));
  CHECK(Expected(without(parameters, path + "bridging"), "treated").undiscounted("relapses") ==
        Approx(3).epsilon(1e-6));
}

TEST_CASE("the bridging therapy has a first year, and later ones") {
  ParameterSet parameters = waiting(1e9, 4, 0.5);
  put_bridge(parameters);
  put_number(parameters, "therapies.bridge.price_first_year", 250);
  CHECK(Expected(parameters, "treated").undiscounted("cost.acquisition") == near(250 + 3 * 100).epsilon(1e-7));
}

TEST_CASE("only a continuous therapy of the scenario can bridge") {
  ParameterSet parameters = waiting(1, 2);
  put_bridge(parameters);
  put_text(parameters, path + "bridging", "bridg");
  CHECK(problems_of(parameters) == Lines{"there is no therapy 'bridg' -- did you mean 'bridge'?"});
  put_text(parameters, path + "bridging", "transplant");
  CHECK(problems_of(parameters) ==
        Lines{"'transplant' cannot bridge: it is not taken continuously -- name a therapy of kind continuous"});
}

TEST_CASE("those who withdraw go to the next line, in the order of the decision at each time point") {
  const double length = GENERATE(1.0, 0.25);
  ParameterSet parameters = waiting(1, 5, length);
  put_number(parameters, path + "withdrawal", 0.3);
  const Expected result(parameters, "treated");
  const double q = length / (1 + length), withdraws = 1 - std::pow(0.7, length);
  double waits = 1 - q;
  CHECK(result.at_start("withdrawals") == 0);
  for (std::size_t cycle = 0; cycle < 5; ++cycle) {
    CHECK(undiscounted_at(result, "withdrawals", cycle) == near(waits * withdraws));
    CHECK(undiscounted_at(result, "transplants", cycle) == near(waits * (1 - withdraws) * q));
    waits *= (1 - withdraws) * (1 - q);
    CHECK(result.on_line(waits_for, cycle + 1) == near(waits));
  }
  CHECK(result.on_line("drug", result.program().cycles) == near(result.undiscounted("withdrawals")));
}

TEST_CASE("who passes a limit while waiting is no longer eligible") {
  ParameterSet parameters = waiting(1e9, 6);
  SECTION("of age, looked at as it was when the cycle began") {
    put_whole(parameters, path + "eligibility.max_age", 41);
    const Expected result(parameters, "treated");
    CHECK(result.on_line(waits_for, 3) == near(1));
    CHECK(result.on_line("drug", 4) == near(1));
  }
  SECTION("of EDSS") {
    put_whole(parameters, path + "eligibility.max_edss", 2);
    put_intensity(parameters, 2, 3, 1000);
    CHECK(Expected(parameters, "treated").on_line("drug", 1) == near(1));
  }
  SECTION("of phenotype: then no treatment, unless therapies go on there") {
    fill_table(parameters, "natural_history.conversion", 0.9999);
    CHECK(Expected(parameters, "treated").on_line("No treatment", 1) == Approx(0.9999).epsilon(1e-7));
    put_flag(parameters, "treatment.stop_at_spms", false);
    CHECK(Expected(parameters, "treated").on_line(waits_for, 1) == near(1));
  }
}

TEST_CASE("the share eligible is looked at once, on referral") {
  ParameterSet parameters = waiting(1, 60);
  put_number(parameters, path + "eligibility.share", 0.5);
  const Expected result(parameters, "treated");
  CHECK(result.undiscounted("transplants") == near(0.5));
  CHECK(result.at_start("not_eligible") == near(0.5));
}

TEST_CASE("death, cost, loss and complications come in the cycles of transplantation") {
  ParameterSet parameters = waiting(1, 4);
  put_number(parameters, path + "cost", 1000);
  put_number(parameters, path + "qaly_change", -0.05);
  put_text(parameters, path + "complications.infection.label", "Infection");
  put_number(parameters, path + "complications.infection.probability", 0.3);
  fill_table(parameters, path + "death", 0.1);
  const Expected result(parameters, "treated");
  for (std::size_t cycle = 0; cycle < 4; ++cycle) {
    const double done = undiscounted_at(result, "transplants", cycle);
    CHECK(done == near(std::pow(0.5, cycle + 2)));
    CHECK(undiscounted_at(result, "complication.infection", cycle) == near(0.3 * done));
    CHECK(undiscounted_at(result, "cost.procedure", cycle) == near(1000 * done).epsilon(1e-7));
    CHECK(undiscounted_at(result, "qaly.procedure", cycle) == near(-0.05 * done));
    CHECK(undiscounted_at(result, "deaths.procedure", cycle) == near(0.1 * done));
  }
  CHECK(result.at_start("deaths.procedure") == near(0.05));
}

TEST_CASE("a longer wait never gives more QALYs where transplantation is better in every state") {
  // No harms, no end of the effect, and a utility that falls with EDSS: each patient is better off transplanted
  // earlier.
  ParameterSet parameters = base_case();
  make_harmless(parameters, "ahsct");
  set_lines(parameters, "ahsct", {"ahsct"});
  for (const char* zero : {"procedure.qaly_change", "procedure.restart_scale"})
    set_number(parameters, "therapies.ahsct." + std::string(zero), 0);
  fill_table(parameters, "therapies.ahsct.procedure.death", 0);
  set_number(parameters, comparison(parameters, "ahsct", "improvement"), 1);
  change_table(parameters, "utilities.state", [](auto& utility) {
    for (std::size_t edss = 0; edss < edss_count; ++edss) utility[edss] = 1 - 0.1 * static_cast<double>(edss);
  });
  set_number(parameters, "analysis.cycle_length_years", 0.5);
  set_number(parameters, "analysis.horizon_years", 30);
  double qalys = 1e9;
  for (const double mean_years : {0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 15.0, 50.0}) {
    put_number(parameters, "therapies.ahsct.procedure.waiting", mean_years);
    const double after = Expected(parameters, "ahsct").discounted("qaly.patient");
    CAPTURE(mean_years);
    CHECK(after < qalys);
    qalys = after;
  }
  CHECK(qalys > Expected(parameters, "best_supportive_care").discounted("qaly.patient"));
}

}  // namespace myelin::ms::test
