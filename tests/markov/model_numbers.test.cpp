#include "markov/declared.hpp"

/// \file
/// Ages, tables, matrices, rewards and cycle lengths: both engines against plain calculations.

namespace myelin::markov::test {

namespace {

/// Alive until dead by a formula.
std::string alive_until(const std::string& p_die, const std::string& more = {}) {
  return R"([attributes.state]
levels = ["Alive", "Dead"]
start = "Alive"
dead = ["Dead"]

[transitions.death]
attribute = "state"
probabilities = { "Alive->Dead" = ")" +
         p_die + "\" }\n" + more;
}

/// A CSV table of probabilities over one column.
std::string table(const std::string& column, const std::vector<std::pair<std::string, double>>& rows) {
  std::string text = column + ",value,unit,source,grade\n";
  for (const auto& [key, p] : rows) text += key + "," + std::to_string(p) + ",probability,TRIAL,read\n";
  return text;
}

double p_die_at(int age) { return 0.01 * (age - 30); }

std::string life_table() {
  std::vector<std::pair<std::string, double>> rows;
  for (int age = 40; age < 60; ++age) rows.emplace_back(std::to_string(age), p_die_at(age));
  return table("age", rows);
}

/// Life years of someone who has lived the cycles of `p(cycle)`, all time points counting whole.
template <class Probability>
double life_years(int cycles, double cycle_length_years, const Probability& p) {
  double alive = 1, sum = 1;
  for (int cycle = 0; cycle < cycles; ++cycle) sum += alive *= 1 - p(cycle);
  return sum * cycle_length_years;
}

double discount(double rate, int years) { return std::pow(1 + rate, -years); }

}  // namespace

TEST_CASE("groups have their own age, which grows by whole years") {
  const auto lived = [](double age) {
    return life_years(6, 0.5, [&](int cycle) { return p_die_at(static_cast<int>(std::floor(age + 0.5 * cycle))); });
  };
  check_model(declared(alive_until("life(age)", R"(
[tables]
life = "life.csv"

[groups.younger]
share = 0.25
values = { age = 40 }

[groups.older]
share = 0.75
values = { age = 50.5 }
)"),
                       {.cycle_length_years = "0.5", .horizon_years = "3"}),
              {{"only", {{"life_years", 0.25 * lived(40) + 0.75 * lived(50.5)}}}}, {{"life.csv", life_table()}});
}

TEST_CASE("a file of patients is the mean over its patients") {
  const auto model = [](const std::string& start, const std::string& population) {
    return declared(R"([attributes.state]
levels = ["Alive", "Ill", "Dead"]
)" + start + R"(dead = ["Dead"]

[transitions.disease]
attribute = "state"

[transitions.disease.probabilities]
"Alive->Ill" = 0.2
"Alive->Dead" = "life(age) * 1"
"Ill->Dead" = "life(age) * 2"

[rewards.ill]
outcome = "times_ill"
of = "state"
per_cycle = { Ill = 1 }

[tables]
life = "life.csv"

[population]
)" + population);
  };
  const std::vector<std::pair<std::string, int>> patients = {{"Alive", 40}, {"Ill", 53}, {"Alive", 47}, {"Ill", 40}};
  std::string file = "age,state\n";
  Means mean;
  for (const auto& [state, age] : patients) {
    file += std::to_string(age) + "," + state + "\n";
    study::Plan plan =
        plan_of(model("start = \"" + state + "\"\n", "start_age = { value = " + std::to_string(age) +
                                                         R"(, unit = "years", source = "TRIAL", grade = "read" }
)"),
                {{"life.csv", life_table()}});
    const Means own = means_of(plan, simulate(plan, study::Engine::cohort), "only");
    for (const char* outcome : {"life_years", "times_ill"}) mean[outcome] += own.at(outcome) / 4;
  }
  check_model(model("", "patients = \"patients.csv\"\n"), {{"only", mean}},
              {{"life.csv", life_table()}, {"patients.csv", file}});
}

TEST_CASE("tables are looked up by cycle and by attribute") {
  const std::vector<double> p = {0.1, 0.3, 0.05, 0.2, 0.15, 0.4};
  std::vector<std::pair<std::string, double>> rows;
  for (std::size_t cycle = 0; cycle < p.size(); ++cycle) rows.emplace_back(std::to_string(cycle), p[cycle]);
  const auto lived = [&](double ratio) {
    return life_years(6, 1, [&](int cycle) { return ratio * p[static_cast<std::size_t>(cycle)]; });
  };
  check_model(declared(alive_until("risk(cycle) * ratio(sex)", R"(
[attributes.sex]
levels = ["female", "male"]
values = [7, 5]
memory = "constant"
start = { female = 0.5, male = 0.5 }

[tables]
risk = "risk.csv"
ratio = "ratio.csv"
)")),
              {{"only", {{"life_years", 0.5 * lived(0.5) + 0.5 * lived(0.9)}}}},
              {{"risk.csv", table("cycle", rows)}, {"ratio.csv", table("sex", {{"male", 0.5}, {"female", 0.9}})}});
}

TEST_CASE("monthly cycles of rates make years of them, and ages a year older") {
  double alive = 1, lived = 1;
  for (int month = 0; month < 24; ++month) lived += alive *= std::exp(-p_die_at(40 + month / 12) / 12);
  check_model(declared(alive_until("rate_to_prob(life(age), cycle_length)", R"(
[tables]
life = "life.csv"

[population]
start_age = { value = 40, unit = "years", source = "TRIAL", grade = "read" }
)"),
                       {.cycle_length_years = "0.08333333333333333", .horizon_years = "2"}),
              {{"only", {{"life_years", lived / 12}}}}, {{"life.csv", life_table()}});
}

TEST_CASE("rewards: amounts a year and a cycle, at moves and at the start, by their discount") {
  constexpr double rate = 0.1, p = 0.2, q = 0.3;
  double cost = 7, count = 0, qaly = 0, deaths = 0, a = 1, b = 0;
  for (int cycle = 0; cycle <= 6; ++cycle) {
    const double factor = std::pow(1 + rate, -0.5 * cycle);
    cost += factor * (a * (1000 * 0.5 + 20) + b * (3000 * 0.5 + 20));
    qaly += factor * (a * 0.9 + b * 0.5) * 0.5;
    count += a + b;
    if (cycle == 6) break;
    cost += factor * (a * p * (50 + 2) + b * q * 2 + b * q * 300);
    deaths += b * q;
    const double next_a = a * (1 - p);
    b = a * p + b * (1 - q);
    a = next_a;
  }
  check_model(declared(R"([attributes.state]
levels = ["A", "B", "Dead"]
start = "A"
dead = ["Dead"]

[transitions.disease]
attribute = "state"
probabilities = { "A->B" = 0.2, "B->Dead" = 0.3 }

[rewards.care]
outcome = "cost"
of = "state"
per_year = { A = 1000, "*" = 3000 }
per_cycle = 20
at_start = 7

[rewards.events]
outcome = "cost"
of = "state"
on = { "A->B" = 50, "*->Dead" = 300, "*->*" = 2 }

[rewards.life]
outcome = "qaly"
of = "state"
per_year = { A = 0.9, B = 0.5 }

[rewards.deaths]
outcome = "deaths"
of = "state"
on = { "*->Dead" = 1 }

[rewards.times]
outcome = "times"
per_cycle = 0.25

[rewards.more_times]
outcome = "times"
per_cycle = 0.75
)",
                       {.cycle_length_years = "0.5", .horizon_years = "3", .discount = "0.1"}),
              {{"only", {{"cost", cost}, {"qaly", qaly}, {"deaths", deaths}, {"times", count}}}});
}

TEST_CASE("an event of the time point that ends its cycle has its discount and correction") {
  constexpr double rate = 0.1, p = 0.2;
  const auto model = [](const std::string& events) {
    return declared(alive_until("0.2", R"(
[rewards.death]
outcome = "cost"
of = "state"
on = { "Alive->Dead" = 100 }
events = ")" + events + "\"\n"),
                    {.horizon_years = "4", .discount = "0.1", .correction = "trapezoid"});
  };
  double in_cycle = 0, at_point = 0;
  for (int cycle = 0; cycle < 4; ++cycle) {
    const double died = 100 * p * std::pow(1 - p, cycle);
    in_cycle += died * discount(rate, cycle);
    at_point += died * discount(rate, cycle + 1) * (cycle == 3 ? 0.5 : 1);
  }
  check_model(model("in_cycle"), {{"only", {{"cost", in_cycle}}}});
  check_model(model("at_time_point"), {{"only", {{"cost", at_point}}}});
}

TEST_CASE("rates act together through the matrix exponential") {
  // Two levels have it in closed form.
  constexpr double a = 0.8, b = 0.3, length = 0.5;
  const double moved = -std::expm1(-(a + b) * length) / (a + b);
  const auto all = occupancies({{{0}, 1}}, 6, [&](const State& state, int, const auto& go) {
    const double p = moved * (state[0] == 0 ? a : b);
    go(1 - p, state);
    go(p, {1 - state[0]});
  });
  check_model(declared(R"([attributes.state]
levels = ["A", "B"]
start = "A"

[transitions.disease]
attribute = "state"
rates = { "A->B" = 0.8, "B->A" = "0.1 + 0.2" }

[rewards.b]
outcome = "times_b"
of = "state"
per_cycle = { B = 1 }
)",
                       {.cycle_length_years = "0.5", .horizon_years = "3"}),
              {{"only", {{"times_b", total(all, 6, [](const State& state, int) { return double(state[0]); })}}}});
}

TEST_CASE("a matrix of a table goes through its logarithm, a hazard ratio and the exponential to another period") {
  // Of two levels with probabilities p and r a year, the rates are p k and r k, k = -ln(1 - p - r) / (p + r).
  constexpr double p = 0.2, r = 0.1, length = 0.25;
  const double k = -std::log(1 - p - r) / (p + r);
  const auto times_worse = [&](double ratio) {
    const double a = ratio * p * k, b = r * k, moved = -std::expm1(-(a + b) * length) / (a + b);
    const auto all = occupancies({{{0}, 1}}, 8, [&](const State& state, int, const auto& go) {
      const double leaves = moved * (state[0] == 0 ? a : b);
      go(1 - leaves, state);
      go(leaves, {1 - state[0]});
    });
    return total(all, 8, [](const State& state, int) { return double(state[0]); });
  };
  check_model(declared(R"([attributes.state]
levels = ["Better", "Worse"]
start = "Better"

[expressions]
effect = 1

[tables]
yearly = "yearly.csv"

[matrices.yearly_probabilities]
attribute = "state"
table = "yearly"
years = 1

[matrices.natural]
attribute = "state"
function = "logm"
of = "yearly_probabilities"

[matrices.treated]
attribute = "state"
function = "hazard_ratio"
of = "natural"
ratio = "effect"
on = ["worsening"]

[matrices.cycle]
attribute = "state"
function = "expm"
of = "treated"

[transitions.disease]
attribute = "state"
matrix = "cycle"

[rewards.worse]
outcome = "times_worse"
of = "state"
per_cycle = { Worse = 1 }

[strategies.none]
label = "None"

[strategies.drug]
label = "Drug"
values = { effect = 0.6 }
)",
                       {.cycle_length_years = "0.25", .horizon_years = "2"}),
              {{"none", {{"times_worse", times_worse(1)}}}, {"drug", {{"times_worse", times_worse(0.6)}}}},
              {{"yearly.csv", R"(from,to,value,unit,source,grade
Better,Better,0.8,probability,TRIAL,read
Better,Worse,0.2,probability,TRIAL,read
Worse,Better,0.1,probability,TRIAL,read
Worse,Worse,0.9,probability,TRIAL,read
)"}});
}

}  // namespace myelin::markov::test
