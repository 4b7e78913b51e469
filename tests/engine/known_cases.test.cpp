#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "bench/reference/edss11_numbers.hpp"
#include "engine/cohort.hpp"
#include "engine/microsimulation.hpp"
#include "program/builder.hpp"
#include "support/statistics.hpp"

/// \file
/// Published models, built as programs. The cohort engine is held against the published values within a bound derived
/// from the 31-bit probabilities, and against a plain calculation with the same quantised probabilities to 1e-12.

using namespace myelin;
using namespace myelin::engine;

namespace {

using Matrix = std::vector<std::vector<double>>;

/// A Markov chain with amounts at time points 0..cycles-1 or 0..cycles, each with weight (1 + rate)^-t.
struct Chain {
  Matrix p;
  std::vector<double> cost, qaly;
  std::size_t start = 0;
  std::uint32_t points = 0;  ///< number of time points whose amounts count; one fewer cycles
  double rate_per_year = 0;

  double weight(std::uint32_t time) const { return std::pow(1 + rate_per_year, -static_cast<double>(time)); }
};

Program make_program(const Chain& chain) {
  const std::uint32_t cycles = chain.points - 1;
  ProgramBuilder builder("chain", cycles);
  const AttributeIndex state =
      builder.state("state", numbered_levels(static_cast<int>(chain.p.size()) - 1), static_cast<int>(chain.start));
  builder.dead(state, static_cast<int>(chain.p.size()) - 1);
  Weights weights;
  for (std::uint32_t time = 0; time <= cycles; ++time) weights.point.push_back(chain.weight(time));
  weights.event.assign(cycles, 1.0);
  const auto accrue = [&](const char* name, const std::vector<double>& amounts) {
    const OutcomeIndex outcome = builder.outcome(name, "1", "", weights, weights, DiscountedAs::nothing);
    builder.accrue(Phase::point, name, outcome, {state},
                   [&](const Levels& levels) { return amounts[static_cast<std::size_t>(levels[state])]; });
  };
  accrue("cost", chain.cost);
  accrue("qaly", chain.qaly);
  builder.draw(Phase::cycle, "state", {state}, {state}, [&](const Levels& levels, Branches& branches) {
    const std::vector<double>& row = chain.p[static_cast<std::size_t>(levels[state])];
    for (std::size_t to = 0; to < row.size(); ++to) branches.add(row[to], {static_cast<int>(to)});
  });
  builder.tally(Phase::point, "occupancy", "", {state});
  return builder.build().value();
}

/// The matrix that a program draws from.
Matrix quantised(const Program& program) {
  const Draw& draw = std::get<Draw>(program.cycle.front().action);
  Matrix p(draw.rows, std::vector<double>(draw.rows));
  for (std::size_t row = 0; row < draw.rows; ++row) {
    for (std::size_t outcome = 0; outcome < draw.outcomes; ++outcome)
      p[row][draw.levels[row * draw.outcomes + outcome]] += draw.probability(row, outcome);
  }
  return p;
}

/// Expected total of amounts by plain forward multiplication.
double expectation(const Chain& chain, const Matrix& p, const std::vector<double>& amounts) {
  std::vector<double> mass(p.size());
  mass[chain.start] = 1;
  double total = 0;
  for (std::uint32_t time = 0; time < chain.points; ++time) {
    std::vector<double> next(p.size());
    for (std::size_t from = 0; from < p.size(); ++from) {
      if (from + 1 < p.size()) total += chain.weight(time) * mass[from] * amounts[from];
      for (std::size_t to = 0; to < p.size(); ++to) next[to] += mass[from] * p[from][to];
    }
    mass = next;
  }
  return total;
}

/// How far rounding the cumulative probabilities to 31 bits can move an expectation: each cumulative probability moves
/// by at most 2^-32, so a row's expectation of the value V still to come moves by at most 2^-32 times the sum of |V(j)
/// - V(j+1)|; summed over the visits.
double quantisation_bound(const Chain& chain, const std::vector<double>& amounts) {
  const std::size_t n = chain.p.size();
  std::vector<std::vector<double>> value(chain.points + 1, std::vector<double>(n));
  for (std::uint32_t time = chain.points; time-- > 0;) {
    for (std::size_t from = 0; from + 1 < n; ++from) {
      value[time][from] = chain.weight(time) * amounts[from];
      for (std::size_t to = 0; to < n; ++to) value[time][from] += chain.p[from][to] * value[time + 1][to];
    }
  }
  std::vector<double> mass(n);
  mass[chain.start] = 1;
  double bound = 0;
  for (std::uint32_t time = 0; time + 1 < chain.points; ++time) {
    double variation = 0;
    for (std::size_t to = 0; to + 1 < n; ++to) variation += std::abs(value[time + 1][to] - value[time + 1][to + 1]);
    std::vector<double> next(n);
    for (std::size_t from = 0; from + 1 < n; ++from) {
      bound += mass[from] * variation * std::ldexp(1.0, -32);
      for (std::size_t to = 0; to < n; ++to) next[to] += mass[from] * chain.p[from][to];
    }
    mass = next;
  }
  return bound;
}

void check_against(const Chain& chain, const std::vector<double>& published) {
  const Program program = make_program(chain);
  const auto engine = CohortEngine::make(program, {}, {}).value();
  const CohortResult got = engine.forward(program);
  const std::vector<double> backward = engine.backward(program);
  const Microsimulation simulation(
      {&program}, {}, {{0}, {1}},
      {.seed = {20261122}, .noise = {0}, .patients = 100 * block_patients, .instruction_set = best_instruction_set()});
  auto workspace = simulation.make_workspace();
  TreeFold<PatientSums> fold;
  for (std::uint64_t block = 0; block < simulation.blocks(); ++block) {
    PatientSums sums = simulation.make_sums();
    simulation.simulate(block, workspace, sums);
    fold.push(std::move(sums));
  }
  const PatientSums sampled = fold.result();
  for (std::size_t outcome = 0; outcome < 2; ++outcome) {
    CAPTURE(outcome);
    const std::vector<double>& amounts = outcome == 0 ? chain.cost : chain.qaly;
    const double mean = got.means[outcome * columns], bound = quantisation_bound(chain, amounts);
    CHECK(bound < 1e-7 * published[outcome]);
    // The published values are printed to 13 digits or more.
    CHECK(std::abs(mean - published[outcome]) < bound + 1e-11 * published[outcome]);
    CHECK(mean == Approx(expectation(chain, quantised(program), amounts)).epsilon(1e-12));
    CHECK(backward[outcome * columns] == Approx(mean).epsilon(1e-12));
    CHECK(expectation(chain, chain.p, amounts) == Approx(published[outcome]).epsilon(1e-11));
    const Moments& moments = sampled.outcomes[outcome * columns];
    CHECK(std::abs(moments.mean - published[outcome]) < 4 * moments.standard_error());
    if (published.size() > 2) {
      // The standard deviation of a patient, whose own standard error is below 1 % at 102,400 patients.
      CHECK(moments.standard_error() * std::sqrt(static_cast<double>(moments.count)) ==
            Approx(published[2 + outcome]).epsilon(0.02));
    }
  }
}

/// Krijkamp and others 2018, Medical Decision Making 38(3):400-422, supplement: healthy, sick, sicker, dead; amounts at
/// t = 0..30.
Chain sick_sicker(bool treated) {
  const double p_hd = 0.005, rate = -std::log(1 - p_hd), p_s1d = 1 - std::exp(-3 * rate),
               p_s2d = 1 - std::exp(-10 * rate);
  Chain chain;
  chain.p = {{1 - 0.15 - p_hd, 0.15, 0, p_hd},
             {0.5, 1 - 0.5 - 0.105 - p_s1d, 0.105, p_s1d},
             {0, 0, 1 - p_s2d, p_s2d},
             {0, 0, 0, 1}};
  const double treatment = treated ? 12000 : 0;
  chain.cost = {2000, 4000 + treatment, 15000 + treatment, 0};
  chain.qaly = {1, treated ? 0.95 : 0.75, 0.5, 0};
  chain.points = 31;
  chain.rate_per_year = 0.03;
  return chain;
}

}  // namespace

TEST_CASE("Krijkamp 2018, the sick-sicker cohort: both engines give the published costs and QALYs") {
  check_against(sick_sicker(false), {75976.1491401425, 15.838847814543});
  check_against(sick_sicker(true), {141623.0281883438, 16.400405589241});

  const Program program = make_program(sick_sicker(false));
  const std::vector<double> occupancy = CohortEngine::make(program, {}, {}).value().forward(program).tallies.front();
  const double at_10[] = {0.6184095871843, 0.15677546854994, 0.13505517518335};
  const double at_30[] = {0.3486835716474, 0.08839631149724, 0.20652876293191};
  for (std::size_t state = 0; state < 3; ++state) {
    CHECK(occupancy[10 * 4 + state] == Approx(at_10[state]).epsilon(1e-7));
    CHECK(occupancy[30 * 4 + state] == Approx(at_30[state]).epsilon(1e-7));
  }
}

TEST_CASE("edss11: both engines give the known costs, QALYs and standard deviations") {
  namespace edss11 = reference::edss11;
  Chain chain;
  for (const auto& row : edss11::transition) chain.p.emplace_back(row.begin(), row.end());
  chain.cost.assign(edss11::cost_per_year.begin(), edss11::cost_per_year.end());
  chain.qaly.assign(edss11::utility.begin(), edss11::utility.end());
  chain.start = edss11::start;
  chain.points = edss11::cycles;
  chain.rate_per_year = edss11::discount_rate_per_year;
  check_against(chain, {119744.92877654078, 11.285707387228497, 69161.21529956942, 4.021495862701856});
}
