#include "models/ms/access.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "ms/base_case.hpp"
#include "ms/problems.hpp"

namespace myelin::ms::test {

namespace {

const std::string procedure = "therapies.ahsct.procedure.";

void add_number(ParameterSet& parameters, const std::string& path, double value) {
  Parameter parameter;
  parameter.value = value;
  parameters.add({.path = path, .value = parameter, .place = {"regions.toml", 1, 1}});
}

void add_text(ParameterSet& parameters, const std::string& path, const std::string& value) {
  parameters.add({.path = path, .value = value, .place = {"regions.toml", 1, 1}});
}

void add_region(ParameterSet& parameters, const std::string& name, double capacity, double referrals,
                double minimum_wait_years) {
  const std::string path = "access.regions." + name + ".";
  add_text(parameters, path + "label", "Region " + name);
  add_number(parameters, path + "capacity", capacity);
  add_number(parameters, path + "referrals", referrals);
  add_number(parameters, path + "minimum_wait", minimum_wait_years);
}

/// The base case over 30 years without late effects, which nothing here depends on and which make it large.
ParameterSet small_case() {
  ParameterSet parameters = without_under(base_case(), procedure + "late_effects");
  set_number(parameters, "analysis.horizon_years", 30);
  add_number(parameters, procedure + "waiting", 0);
  add_number(parameters, procedure + "withdrawal", 0.1);
  return parameters;
}

/// Nobody dies, changes or is refused, so that withdrawal alone empties the list.
ParameterSet only_withdrawal(double withdrawal_per_year, double cycle_length_years) {
  ParameterSet parameters = without_under(small_case(), procedure + "eligibility");
  make_immortal(parameters);
  freeze_disability(parameters);
  set_number(parameters, procedure + "withdrawal", withdrawal_per_year);
  set_number(parameters, "analysis.cycle_length_years", cycle_length_years);
  return parameters;
}

/// T(w) by hand: of those who wait a share q = h / (w + h) is transplanted at time points 0 to N, and from the first
/// on, a share d leaves the list before.
double transplanted_by_hand(double wait_years, double withdrawal_per_year, double cycle_length_years) {
  const double q = cycle_length_years / (wait_years + cycle_length_years);
  const double leaves = 1 - std::pow(1 - withdrawal_per_year, cycle_length_years);
  const double cycles = 30 / cycle_length_years, stays = (1 - leaves) * (1 - q);
  return q + (1 - q) * (1 - leaves) * q * (1 - std::pow(stays, cycles)) / (1 - stays);
}

Result<std::vector<double>> expectations(const Program& program) {
  const std::vector<double> means = value_of(engine::CohortEngine::make(program, {}, {})).forward(program).means;
  std::vector<double> weighted;
  for (std::size_t i = 0; i < means.size(); i += 2) weighted.push_back(means[i]);
  return weighted;
}

std::vector<RegionAccess> solve(const ParameterSet& parameters) {
  return value_of(solve_access(model(), parameters, expectations));
}

Expected at_wait(ParameterSet parameters, double wait_years) {
  set_number(parameters, procedure + "waiting", wait_years);
  return {parameters, "ahsct"};
}

std::vector<std::string> problems_with_regions(ParameterSet parameters) {
  add_region(parameters, "a", 10, 20, 0.5);
  std::vector<std::string> problems;
  for (std::string& problem : problems_of(parameters)) {
    if (problem.find("strateg") != std::string::npos || problem.find("access") != std::string::npos)
      problems.push_back(std::move(problem));
  }
  return problems;
}

}  // namespace

TEST_CASE("the wait makes transplants equal to capacity, as the geometric distribution has it") {
  const auto [withdrawal, cycle, wait] =
      GENERATE(table<double, double, double>({{0.1, 1, 3}, {0.3, 1, 0.7}, {0.1, 0.25, 3}, {0.02, 0.25, 40}}));
  CAPTURE(withdrawal, cycle, wait);
  ParameterSet parameters = only_withdrawal(withdrawal, cycle);
  const double share = transplanted_by_hand(wait, withdrawal, cycle);
  add_region(parameters, "a", 80 * share, 80, 0.5);
  const RegionAccess region = solve(parameters).front();
  CHECK(region.mean_wait.value().value == Approx(wait).epsilon(1e-6));
  // Probabilities have 31 bits, the smallest here being 0.006.
  CHECK(region.year.transplants == Approx(80 * share).epsilon(1e-7));
  CHECK(region.year.transplants_at_minimum == Approx(80 * transplanted_by_hand(0.5, withdrawal, cycle)).epsilon(1e-8));
}

TEST_CASE("what is lost is the difference from the shortest wait, patient by patient") {
  ParameterSet parameters = small_case();
  add_region(parameters, "a", 30, 60, 0.5);
  add_region(parameters, "b", 31, 60, 0.5);
  const std::vector<RegionAccess> regions = solve(parameters);
  const Expected now = at_wait(parameters, regions[0].mean_wait->value),
                 more = at_wait(parameters, regions[1].mean_wait->value), shortest = at_wait(parameters, 0.5);
  const YearOfReferrals& year = regions[0].year;
  CHECK(regions[0].mean_wait->value > 0.6);
  CHECK(year.transplants == Approx(60 * now.discounted("transplants")));
  CHECK(year.transplants_at_minimum == Approx(60 * shortest.discounted("transplants")));
  CHECK(year.qalys == Approx(60 * now.discounted("qaly")));
  CHECK(year.qalys_lost_to_waiting == Approx(60 * (shortest.discounted("qaly") - now.discounted("qaly"))));
  CHECK(year.qalys_lost_to_waiting > 1);
  CHECK(year.qalys_lost_to_no_access == 0);
  CHECK(year.extra_cost == Approx(60 * (now.discounted("cost") - shortest.discounted("cost"))));
  CHECK(year.net_benefit_lost(20000) == Approx(20000 * year.qalys_lost_to_waiting + year.extra_cost));
  const OneMore& one_more = regions[0].one_more;
  CHECK(one_more.qalys == Approx(60 * (more.discounted("qaly") - now.discounted("qaly"))).epsilon(1e-6));
  CHECK(one_more.extra_cost == Approx(60 * (more.discounted("cost") - now.discounted("cost"))).epsilon(1e-6));
  CHECK(one_more.net_benefit(20000) == Approx(20000 * one_more.qalys - one_more.extra_cost));
}

TEST_CASE("more capacity means shorter waits and less that is lost") {
  ParameterSet parameters = small_case();
  const std::vector<double> capacities = {0.5, 5, 20, 35, 50};
  for (std::size_t i = 0; i < capacities.size(); ++i)
    add_region(parameters, fmt::format("c{}", i), capacities[i], 60, 0.25);
  const std::vector<RegionAccess> regions = solve(parameters);
  for (std::size_t i = 0; i < regions.size(); ++i) {
    CAPTURE(regions[i].name);
    CHECK(regions[i].year.transplants == Approx(capacities[i]).epsilon(1e-6));
    if (i == 0) continue;
    CHECK(regions[i].mean_wait->value < regions[i - 1].mean_wait->value);
    CHECK(regions[i].year.qalys_lost() < regions[i - 1].year.qalys_lost());
  }
  CHECK(regions.back().mean_wait->value > 0.25);
}

TEST_CASE("with ample capacity everybody has the shortest wait and nothing is lost") {
  const double shortest = GENERATE(0.0, 0.5);
  ParameterSet parameters = small_case();
  add_region(parameters, "a", 60, 60, shortest);
  const RegionAccess region = solve(parameters).front();
  CHECK(region.mean_wait->value == shortest);
  CHECK(region.year.transplants == region.year.transplants_at_minimum);
  CHECK(region.year.transplants < region.year.capacity);
  CHECK(region.year.qalys_lost() == 0);
  CHECK(region.year.extra_cost == 0);
  CHECK(region.one_more.qalys == 0);
  CHECK(region.one_more.extra_cost == 0);
}

TEST_CASE("without capacity nobody is transplanted, and what is lost is lost to no access") {
  ParameterSet parameters = small_case();
  add_region(parameters, "a", 0, 60, 0.5);
  add_region(parameters, "b", 1, 60, 0.5);
  const std::vector<RegionAccess> regions = solve(parameters);
  // AHSCT is followed by the drugs of the strategy of ocrelizumab.
  const Expected drugs(parameters, "ocrelizumab"), shortest = at_wait(parameters, 0.5);
  const RegionAccess& none = regions.front();
  CHECK_FALSE(none.mean_wait.has_value());
  CHECK(none.year.transplants == 0);
  CHECK(none.year.qalys_lost_to_waiting == 0);
  CHECK(none.year.qalys == Approx(60 * drugs.discounted("qaly")));
  CHECK(none.year.qalys_lost_to_no_access == Approx(60 * (shortest.discounted("qaly") - drugs.discounted("qaly"))));
  CHECK(none.one_more.qalys == Approx(regions[1].year.qalys - none.year.qalys));

  add_text(parameters, "access.without", "best_supportive_care");
  const Expected untreated(parameters, "best_supportive_care");
  CHECK(solve(parameters).front().year.qalys == Approx(60 * untreated.discounted("qaly")));
}

TEST_CASE("regions add up") {
  ParameterSet parameters = small_case();
  add_region(parameters, "a", 0, 10, 0.5);
  add_region(parameters, "b", 12, 40, 0.25);
  const std::vector<RegionAccess> regions = solve(parameters);
  const YearOfReferrals total = total_of(regions), &a = regions[0].year, &b = regions[1].year;
  CHECK(total.referrals == 50);
  CHECK(total.capacity == 12);
  CHECK(total.transplants == a.transplants + b.transplants);
  CHECK(total.transplants_at_minimum == a.transplants_at_minimum + b.transplants_at_minimum);
  CHECK(total.qalys == a.qalys + b.qalys);
  CHECK(total.qalys_lost_to_waiting == b.qalys_lost_to_waiting);
  CHECK(total.qalys_lost_to_no_access == a.qalys_lost_to_no_access);
  CHECK(total.extra_cost == a.extra_cost + b.extra_cost);
  CHECK(total.net_benefit_lost(30000) == Approx(a.net_benefit_lost(30000) + b.net_benefit_lost(30000)));
}

TEST_CASE("a scenario without regions, and a capacity too small for any wait, are mistakes") {
  ParameterSet parameters = small_case();
  const auto none = solve_access(model(), parameters, expectations);
  REQUIRE_FALSE(none.has_value());
  CHECK_THAT(none.error().front().problem, Catch::Contains("no regions"));

  add_region(parameters, "a", 1e-6, 60, 0.5);
  const auto tiny = solve_access(model(), parameters, expectations);
  REQUIRE_FALSE(tiny.has_value());
  CHECK_THAT(to_string(tiny.error().front()), Catch::Contains("no wait is long enough for region 'a'"));
}

TEST_CASE("the strategy of the referred is named, or the only one that begins with a procedure") {
  ParameterSet parameters = base_case();
  CHECK(access_strategy(parameters) == "ahsct");
  CHECK(problems_with_regions(parameters).empty());

  set_lines(parameters, "ocrelizumab", {"ahsct"});
  CHECK(problems_with_regions(parameters) ==
        std::vector<std::string>{"several strategies begin with a procedure -- name the strategy of those who are "
                                 "referred in 'access.strategy'"});
  add_text(parameters, "access.strategy", "ahsct");
  CHECK(problems_with_regions(parameters).empty());
  add_text(parameters, "access.strategy", "ahcst");
  CHECK(problems_with_regions(parameters) ==
        std::vector<std::string>{"there is no strategy 'ahcst' -- did you mean 'ahsct'?"});
  add_text(parameters, "access.strategy", "natalizumab");
  CHECK(problems_with_regions(parameters) ==
        std::vector<std::string>{"strategy 'natalizumab' does not begin with a procedure, to which patients are "
                                 "referred -- name one that does"});
}

TEST_CASE("access needs a wait that it can change, and others without access") {
  CHECK(problems_with_regions(without(base_case(), procedure + "waiting")) ==
        std::vector<std::string>{"access needs 'therapies.ahsct.procedure.waiting', which the capacity changes -- add "
                                 "it with its source"});
  ParameterSet parameters = base_case();
  add_text(parameters, "access.without", "ahsct");
  CHECK(problems_with_regions(parameters) ==
        std::vector<std::string>{"strategy 'ahsct' of those without access contains the procedure 'ahsct' -- name one "
                                 "without"});
  add_text(parameters, "access.without", "ocrelizumb");
  CHECK(problems_with_regions(parameters) ==
        std::vector<std::string>{"there is no strategy 'ocrelizumb' -- did you mean 'ocrelizumab'?"});
}

}  // namespace myelin::ms::test
