#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <numeric>

#include "engine/cohort.hpp"
#include "program/builder.hpp"
#include "program/timing.hpp"

using namespace myelin;
using Discount = DiscountTiming;
using Correction = WithinCycleCorrection;

namespace {

const DiscountRate undiscounted = DiscountRate::constant(0);
const DiscountRate discounted = DiscountRate::constant(0.035);

/// `custom` takes every time point by t / 2.
Timing timing(Discount discounting, Correction correction, double years = 1, std::uint32_t cycles = 6) {
  Timing chosen{.cycle_length = {years}, .cycles = cycles, .discounting = discounting, .correction = correction};
  if (correction != Correction::custom) return chosen;
  for (std::uint32_t time = 0; time <= cycles; ++time) chosen.custom_weights.push_back(0.5 * time);
  return chosen;
}

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

std::vector<double> plain_points(Correction correction, std::uint32_t cycles = 6) {
  return make_weights(timing(Discount::mid, correction, 1, cycles), undiscounted).point;
}

/// The sum of w(t) f(t) over the time points 0..n of `correction`.
template <class Function>
double rule(Correction correction, std::uint32_t n, Function f) {
  const std::vector<double> weights = plain_points(correction, n);
  double total = 0;
  for (std::uint32_t time = 0; time <= n; ++time) total += weights[time] * f(static_cast<double>(time));
  return total;
}

}  // namespace

TEST_CASE("event weights are the discount factors, whatever the within-cycle correction") {
  for (const auto& [timing_name, discounting] : discount_timings()) {
    for (const auto& [name, correction] : within_cycle_corrections()) {
      CAPTURE(timing_name, name);
      const Timing chosen = timing(discounting, correction, 0.25, 40);
      const Weights weights = make_weights(chosen, discounted);
      REQUIRE(weights.event.size() == 40);
      for (std::uint32_t cycle = 0; cycle < 40; ++cycle) {
        CHECK(weights.event[cycle] == discount_factor(chosen, discounted, cycle));
      }
      CHECK(make_weights(chosen, undiscounted).event == std::vector<double>(40, 1));
    }
  }
}

TEST_CASE("events can count as the state amounts of the time point that ends their cycle") {
  for (const auto& [timing_name, discounting] : discount_timings()) {
    for (const auto& [name, correction] : within_cycle_corrections()) {
      CAPTURE(timing_name, name);
      const Timing chosen = timing(discounting, correction, 0.25, 40);
      const Weights weights = make_weights(chosen, discounted, EventWeight::next_point);
      REQUIRE(weights.event.size() == 40);
      CHECK(weights.point == make_weights(chosen, discounted).point);
      for (std::uint32_t cycle = 0; cycle < 40; ++cycle) CHECK(weights.event[cycle] == weights.point[cycle + 1]);
      CHECK(weights.start == 1);
    }
  }
}

TEST_CASE("corrections of cycles give each cycle's factor to the time points that value it") {
  const std::map<Correction, double> share_at_start = {
      {Correction::start, 1}, {Correction::end, 0}, {Correction::life_table, 0.5}};
  for (const auto& [name, discounting] : discount_timings()) {
    for (const auto& [correction, to_start] : share_at_start) {
      CAPTURE(name, to_start);
      const Timing chosen = timing(discounting, correction, 0.5);
      const Weights weights = make_weights(chosen, discounted);
      REQUIRE(weights.point.size() == 7);
      for (std::uint32_t time = 0; time <= 6; ++time) {
        const double after = time < 6 ? discount_factor(chosen, discounted, time) : 0;
        const double before = time > 0 ? discount_factor(chosen, discounted, time - 1) : 0;
        CHECK(weights.point[time] == Approx(to_start * after + (1 - to_start) * before).epsilon(1e-15));
      }
      CHECK(sum(weights.point) == Approx(sum(weights.event)).epsilon(1e-14));
    }
  }
}

TEST_CASE("rules over time points discount each as the cycle that begins there, the last one too") {
  const double third = 1.0 / 3;
  const std::map<Correction, std::vector<double>> rules = {
      {Correction::none, {1, 1, 1, 1, 1, 1, 1}},
      {Correction::trapezoid, {0.5, 1, 1, 1, 1, 1, 0.5}},
      {Correction::simpson, {third, 4 * third, 2 * third, 4 * third, 2 * third, 4 * third, third}},
      {Correction::custom, {0, 0.5, 1, 1.5, 2, 2.5, 3}}};
  for (const auto& [name, discounting] : discount_timings()) {
    for (const auto& [correction, weights_of_rule] : rules) {
      CAPTURE(name, static_cast<int>(correction));
      const Timing chosen = timing(discounting, correction, 0.5);
      const Weights weights = make_weights(chosen, discounted);
      REQUIRE(weights.point.size() == 7);
      for (std::uint32_t time = 0; time <= 6; ++time) {
        CHECK(weights.point[time] ==
              Approx(weights_of_rule[time] * discount_factor(chosen, discounted, time)).epsilon(1e-15));
      }
    }
  }
}

TEST_CASE("without discounting a correction's weights are its rule, and sum to the cycles that it counts") {
  CHECK(plain_points(Correction::none) == std::vector<double>{1, 1, 1, 1, 1, 1, 1});
  CHECK(plain_points(Correction::start) == std::vector<double>{1, 1, 1, 1, 1, 1, 0});
  CHECK(plain_points(Correction::end) == std::vector<double>{0, 1, 1, 1, 1, 1, 1});
  CHECK(plain_points(Correction::life_table) == std::vector<double>{0.5, 1, 1, 1, 1, 1, 0.5});
  CHECK(plain_points(Correction::trapezoid) == plain_points(Correction::life_table));
  CHECK(plain_points(Correction::trapezoid, 1) == std::vector<double>{0.5, 0.5});
  CHECK(plain_points(Correction::custom) == std::vector<double>{0, 0.5, 1, 1.5, 2, 2.5, 3});
  for (const std::uint32_t cycles : {2u, 4u, 60u, 720u}) {
    CHECK(sum(plain_points(Correction::none, cycles)) == cycles + 1);
    for (const Correction correction :
         {Correction::start, Correction::end, Correction::life_table, Correction::trapezoid, Correction::simpson}) {
      CHECK(sum(plain_points(correction, cycles)) == Approx(cycles).epsilon(1e-14));
    }
  }
}

TEST_CASE("the trapezoid is exact for straight lines and Simpson's rule for cubics") {
  const auto line = [](double t) { return 3 - 0.25 * t; };
  const auto cubic = [](double t) { return t * t * t - 2 * t * t + 1; };
  // Integrals from 0 to 8.
  CHECK(rule(Correction::trapezoid, 8, line) == Approx(16).epsilon(1e-14));
  CHECK(rule(Correction::simpson, 8, cubic) == Approx(1024 - 1024.0 / 3 + 8).epsilon(1e-14));
  CHECK(rule(Correction::trapezoid, 8, cubic) > 1024 - 1024.0 / 3 + 8 + 1);
}

TEST_CASE("trapezoid and life table differ only by half a cycle's discounting") {
  for (const Discount discounting : {Discount::start, Discount::mid, Discount::end, Discount::continuous}) {
    const std::vector<double> trapezoid =
        make_weights(timing(discounting, Correction::trapezoid, 0.5), discounted).point;
    const std::vector<double> life_table =
        make_weights(timing(discounting, Correction::life_table, 0.5), discounted).point;
    const double of_cycle = std::sqrt(1.035);
    CHECK(life_table.front() == trapezoid.front());
    for (std::size_t time = 1; time < 6; ++time) {
      CHECK(life_table[time] == Approx(trapezoid[time] * (1 + of_cycle) / 2).epsilon(1e-14));
    }
    CHECK(life_table.back() == Approx(trapezoid.back() * of_cycle).epsilon(1e-14));
  }
}

TEST_CASE("custom weights can say any other rule") {
  for (const Correction correction : {Correction::none, Correction::trapezoid, Correction::simpson}) {
    Timing custom = timing(Discount::yearly, Correction::custom, 0.25);
    custom.custom_weights = plain_points(correction);
    CHECK(make_weights(custom, discounted).point ==
          make_weights(timing(Discount::yearly, correction, 0.25), discounted).point);
  }
}

namespace {

// A cohort of three states, all in the first at the start, over four yearly cycles with the transition matrix
//   0.8 0.15 0.05
//   0   0.75 0.25
//   0   0    1     (dead)
// By its eigenvalues the first state holds 0.8^t and the second 3 (0.8^t - 0.75^t), at time points and between them.
constexpr double mild_to_severe = 0.15, mild_to_dead = 0.05, severe_to_dead = 0.25;
constexpr double utility_mild = 0.8, utility_severe = 0.5;
double mild(double t) { return std::pow(0.8, t); }
double severe(double t) { return 3 * (std::pow(0.8, t) - std::pow(0.75, t)); }
double alive(double t) { return mild(t) + severe(t); }
double qalys(double t) { return utility_mild * mild(t) + utility_severe * severe(t); }

auto is(double value) { return Approx(value).epsilon(1e-12).margin(0); }

struct Reference {
  Correction correction;
  double life_years, qalys;
};
const std::vector<Reference> references = {{Correction::start, 3.604875, 2.6880375},
                                           {Correction::end, 3.29405625, 2.355508125},
                                           {Correction::trapezoid, 3.449465625, 2.5217728125},
                                           {Correction::life_table, 3.449465625, 2.5217728125},
                                           {Correction::simpson, 3.4545604166666677, 2.5210402083333334}};

}  // namespace

TEST_CASE("life-years and QALYs of a three-state cohort by each within-cycle correction") {
  for (const Reference& reference : references) {
    CAPTURE(static_cast<int>(reference.correction));
    CHECK(rule(reference.correction, 4, alive) == is(reference.life_years));
    CHECK(rule(reference.correction, 4, qalys) == is(reference.qalys));
  }
  CHECK(rule(Correction::none, 4, alive) == is(3.604875 + alive(4)));
}

TEST_CASE("Simpson's rule is nearer to the exact integral of a survival curve than the trapezoid") {
  // From 0 to 4 of 4 x 0.8^t - 3 x 0.75^t.
  const double exact = 4 * (1 - std::pow(0.8, 4)) / -std::log(0.8) - 3 * (1 - std::pow(0.75, 4)) / -std::log(0.75);
  CHECK(exact == is(3.454684110132912));
  const double of_simpson = std::abs(rule(Correction::simpson, 4, alive) - exact);
  CHECK(of_simpson < std::abs(rule(Correction::trapezoid, 4, alive) - exact) / 40);
  // A falling curve: half-cycle correction takes away from the count at the start.
  CHECK(rule(Correction::trapezoid, 4, alive) < rule(Correction::start, 4, alive));
  CHECK(rule(Correction::trapezoid, 4, alive) > rule(Correction::end, 4, alive));
}

TEST_CASE("a program's outcomes have the corrections of its weights, events at the next time point too") {
  ProgramBuilder builder("three states", 4);
  const AttributeIndex state = builder.state("state", {"mild", "severe", "dead"}, 0);
  builder.dead(state, 2);
  std::vector<OutcomeIndex> years, deaths;
  for (const Reference& reference : references) {
    const Timing chosen = timing(Discount::mid, reference.correction, 1, 4);
    const Weights weights = make_weights(chosen, undiscounted, EventWeight::next_point);
    const std::string name = std::to_string(years.size());
    years.push_back(builder.outcome("years " + name, "years", "", weights, weights, DiscountedAs::nothing));
    deaths.push_back(
        builder.outcome("deaths " + name, "", "", weights, weights, DiscountedAs::nothing, EventWeight::next_point));
    builder.accrue(Phase::point, "living " + name, years.back(), {state}, [](const Levels&) { return 1.0; });
  }
  builder.draw(Phase::cycle, "progression", {state}, {state}, [=](const Levels& levels, Branches& to) {
    const bool is_mild = levels[state] == 0;
    to.add(is_mild ? 1 - mild_to_severe - mild_to_dead : 0, {0});
    to.add(is_mild ? mild_to_severe : levels[state] == 1 ? 1 - severe_to_dead : 0, {1});
    to.add(is_mild ? mild_to_dead : levels[state] == 1 ? severe_to_dead : 1, {2});
  });
  for (std::size_t i = 0; i < references.size(); ++i) {
    builder.accrue(Phase::cycle, "death " + std::to_string(i), deaths[i], {state},
                   [=](const Levels& levels) { return levels[state] == 2 ? 1.0 : 0.0; });
  }
  const Program program = builder.build().value();
  const std::vector<double> means = engine::CohortEngine::make(program, {}, {}).value().forward(program).means;
  // Three probabilities a row are off by 2^-32 each, for four years over four cycles.
  const double quantisation = 3 * 4 * 4 * std::pow(2, -32);
  for (std::size_t i = 0; i < references.size(); ++i) {
    CAPTURE(static_cast<int>(references[i].correction));
    CHECK(means[2 * years[i].value] == Approx(references[i].life_years).epsilon(0).margin(quantisation));
    // Those who die in a cycle are those alive before it less those alive at its end.
    const double expected =
        rule(references[i].correction, 4, [](double t) { return t == 0 ? 0 : alive(t - 1) - alive(t); });
    CHECK(means[2 * deaths[i].value] == Approx(expected).epsilon(0).margin(quantisation));
  }
}
