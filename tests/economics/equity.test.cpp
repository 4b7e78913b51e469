#include "economics/equity.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

namespace myelin::economics {
namespace {

constexpr InequalityAversion atkinson(double epsilon) { return {WelfareFunction::atkinson, epsilon}; }
constexpr InequalityAversion kolm(double alpha) { return {WelfareFunction::kolm, alpha}; }

double equivalent(const std::vector<double>& shares, const std::vector<double>& health,
                  const InequalityAversion& aversion) {
  return assess_welfare(shares, health, aversion)->equally_distributed_equivalent;
}

/// Five equal groups of which each gains and forgoes known QALYs per person: with as many patients as people, a gain
/// per patient is one per person.
EquityInput five_groups() {
  const double baseline[] = {62, 66, 69, 72, 75}, gain[] = {0.1, 0.08, 0.06, 0.05, 0.04};
  const double forgone[] = {0.065, 0.055, 0.05, 0.0425, 0.0375};
  EquityInput input{5, 5, 1000, 20000, {}};
  for (int i = 0; i < 5; ++i) input.groups.push_back({"", 0.2, 0.2, forgone[i] / 0.25, baseline[i], gain[i]});
  return input;
}

}  // namespace

TEST_CASE("five groups have the welfare that an independent calculation found") {
  const auto close = [](double expected) { return Approx(expected).epsilon(1e-10).margin(0); };
  const EquityAnalysis relative = *analyse_equity(five_groups(), atkinson(10.95));
  CHECK(relative.mean_gain == close(0.016));
  CHECK(relative.before.mean_health == close(68.8));
  CHECK(relative.before.equally_distributed_equivalent == close(67.1564756299529));
  CHECK(relative.after.equally_distributed_equivalent == close(67.18163326721698));
  CHECK(relative.equivalent_gain == close(0.02515763726408693));
  CHECK(relative.equity_part == close(0.009157637264086926));
  CHECK(relative.before.inequality == close(0.023888435611149728));

  const EquityAnalysis absolute = *analyse_equity(five_groups(), kolm(0.15));
  CHECK(absolute.before.equally_distributed_equivalent == close(67.28157934926435));
  CHECK(absolute.after.equally_distributed_equivalent == close(67.30552872857093));
  CHECK(absolute.before.inequality == close(68.8 - 67.28157934926435));

  CHECK(analyse_equity(five_groups(), atkinson(0))->after.equally_distributed_equivalent == close(68.816));
  CHECK(analyse_equity(five_groups(), atkinson(1))->after.equally_distributed_equivalent == close(68.66606168406888));
}

TEST_CASE("net health by group is the gain of its patients less its part of the opportunity cost") {
  // 40 patients of 1,000 people; they cost 20,000 each, and 25,000 would have bought a QALY: 32 QALYs forgone.
  const EquityInput input{1000, 40, 20000, 25000, {{"poor", 0.4, 0.75, 0.5, 60, 2}, {"rich", 0.6, 0.25, 0.5, 70, 1}}};
  const EquityAnalysis analysis = *analyse_equity(input, kolm(0.1));
  CHECK(analysis.groups[0].gain == Approx(30 * 2 / 400.0));
  CHECK(analysis.groups[0].opportunity_cost == Approx(16 / 400.0));
  CHECK(analysis.groups[0].after == Approx(60 + 44 / 400.0));
  CHECK(analysis.groups[1].gain == Approx(10 * 1 / 600.0));
  CHECK(analysis.groups[1].net_gain == Approx(-6 / 600.0));
  CHECK(analysis.impact.total_health == Approx(60 + 10 - 32));
  CHECK(analysis.impact.inequality < 0);
  CHECK(analysis.equity_part == Approx(-analysis.impact.inequality));
}

TEST_CASE("an incremental cost takes QALYs from each group by its share, and a saving gives them") {
  const std::vector<double> shares{0.6, 0.4};
  CHECK(*opportunity_cost(1e6, 20000, shares) == std::vector<double>{30, 20});
  CHECK(*opportunity_cost(-1e6, 20000, shares) == std::vector<double>{-30, -20});
}

TEST_CASE("the welfare functions have their textbook values") {
  const std::vector<double> shares{0.25, 0.75}, health{4, 9};
  CHECK(equivalent(shares, health, atkinson(0)) == 7.75);
  CHECK(equivalent(shares, health, atkinson(0.5)) == Approx(2.75 * 2.75).epsilon(1e-14));
  CHECK(equivalent(shares, health, atkinson(1)) == Approx(std::pow(4, 0.25) * std::pow(9, 0.75)).epsilon(1e-14));
  CHECK(equivalent(shares, health, atkinson(2)) == Approx(1 / (0.25 / 4 + 0.75 / 9)).epsilon(1e-14));
  CHECK(assess_welfare(shares, health, atkinson(0))->inequality == 0);
  // -log2((1 + 1/2) / 2)
  CHECK(equivalent(std::vector<double>{0.5, 0.5}, {0, 1}, kolm(std::log(2))) == Approx(0.41503749927884376));
}

TEST_CASE("inequality aversion runs smoothly from the mean through the geometric mean to the worst-off") {
  const std::vector<double> shares{0.3, 0.5, 0.2}, health{55, 70, 80};
  double last = equivalent(shares, health, atkinson(0));
  for (const double epsilon : {1e-12, 0.5, 1 - 1e-7, 1.0, 1 + 1e-7, 2.0, 30.0, 1e4}) {
    const double next = equivalent(shares, health, atkinson(epsilon));
    CHECK(next <= last);
    last = next;
  }
  CHECK(equivalent(shares, health, atkinson(1e-12)) == Approx(67.5).epsilon(1e-12));
  CHECK(equivalent(shares, health, atkinson(1 + 1e-10)) ==
        Approx(equivalent(shares, health, atkinson(1))).epsilon(1e-11));
  CHECK(last == Approx(55 * std::pow(0.3, -1e-4)).epsilon(1e-6));
  CHECK(equivalent(shares, health, kolm(1e3)) == Approx(55 - std::log(0.3) / 1e3).epsilon(1e-12));
  CHECK(equivalent(shares, health, kolm(1e-9)) == Approx(67.5).epsilon(1e-8));
}

TEST_CASE("Atkinson's inequality ignores the scale of health and Kolm's its level") {
  const std::vector<double> shares{0.3, 0.5, 0.2}, health{55, 70, 80}, doubled{110, 140, 160}, raised{57, 72, 82};
  CHECK(assess_welfare(shares, health, atkinson(7))->inequality ==
        Approx(assess_welfare(shares, doubled, atkinson(7))->inequality));
  CHECK(assess_welfare(shares, health, kolm(0.2))->inequality ==
        Approx(assess_welfare(shares, raised, kolm(0.2))->inequality));
  CHECK(assess_welfare(shares, health, atkinson(7))->inequality >
        1.01 * assess_welfare(shares, raised, atkinson(7))->inequality);
  CHECK(assess_welfare(shares, doubled, kolm(0.2))->inequality >
        1.01 * assess_welfare(shares, health, kolm(0.2))->inequality);
  for (const InequalityAversion& aversion : {atkinson(7), kolm(0.2)}) {
    CHECK(assess_welfare(shares, std::vector<double>{70, 70, 70}, aversion)->inequality == Approx(0).margin(1e-12));
  }
}

TEST_CASE("without aversion to inequality equity counts for nothing") {
  CHECK(analyse_equity(five_groups(), atkinson(0))->equity_part == Approx(0).margin(1e-12));
  CHECK(analyse_equity(five_groups(), atkinson(0))->impact.inequality == 0);
}

TEST_CASE("what cannot be analysed is refused, all of it at once") {
  const std::vector<double> halves{0.5, 0.5};
  CHECK(assess_welfare(halves, std::vector<double>{0, 60}, atkinson(1)).error().size() == 1);
  CHECK(assess_welfare(halves, std::vector<double>{-1, 60}, atkinson(3)).error().size() == 1);
  CHECK(assess_welfare(halves, std::vector<double>{-1, 60}, atkinson(0)).has_value());
  CHECK(assess_welfare(halves, std::vector<double>{-1, 60}, kolm(0.1)).has_value());
  CHECK_FALSE(assess_welfare(halves, std::vector<double>{60}, kolm(0.1)).has_value());
  CHECK_FALSE(assess_welfare(std::vector<double>{0.5, 0.4}, std::vector<double>{60, 70}, kolm(0.1)).has_value());
  CHECK_FALSE(assess_welfare(std::vector<double>{0, 1}, std::vector<double>{60, 70}, kolm(0.1)).has_value());
  CHECK_FALSE(assess_welfare(halves, std::vector<double>{60, 70}, kolm(0)).has_value());
  CHECK_FALSE(assess_welfare(halves, std::vector<double>{60, 70}, atkinson(-0.1)).has_value());
  CHECK_FALSE(opportunity_cost(1e6, 0, halves).has_value());

  EquityInput input = five_groups();
  input.people = 0;
  input.cost_per_qaly_forgone = -1;
  input.groups[0].patient_share = 0.3;
  input.groups[1].gain_per_patient = std::numeric_limits<double>::quiet_NaN();
  CHECK(analyse_equity(input, atkinson(-1)).error().size() == 6);  // and more patients than people

  input = five_groups();
  input.incremental_cost_per_patient = 1e9;  // nobody is left with any health
  CHECK(analyse_equity(input, atkinson(2)).error().size() == 5);
}

}  // namespace myelin::economics
