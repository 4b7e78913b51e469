#include "markov/declared.hpp"

/// \file
/// What attributes and transitions do: both engines against plain chains.

namespace myelin::markov::test {

namespace {

enum { well, ill, dead };

/// Well, ill and dead, with rewards that count the time points at the first two.
std::string three_states(const std::string& probabilities, const std::string& more = {}) {
  return R"([attributes.state]
levels = ["Well", "Ill", "Dead"]
start = "Well"
dead = ["Dead"]

[transitions.disease]
attribute = "state"

[transitions.disease.probabilities]
)" + probabilities +
         R"(
[rewards.well]
outcome = "times_well"
of = "state"
per_cycle = { Well = 1 }

[rewards.ill]
outcome = "times_ill"
of = "state"
per_cycle = { Ill = 1 }
)" + more;
}

/// Time points at a level of the first attribute.
double times_at(const std::vector<Occupancy>& all, int level) {
  return total(all, static_cast<int>(all.size()) - 1,
               [&](const State& state, int) { return state[0] == level ? 1.0 : 0.0; });
}

}  // namespace

TEST_CASE("who is not told to move stays, or goes where the rest goes") {
  const auto all = occupancies({{{well}, 1}}, 6, [](const State& state, int, const auto& go) {
    if (state[0] == well) {
      go(0.2, {ill});
      go(0.8, {dead});
    } else if (state[0] == ill) {
      go(0.6, {ill});
      go(0.3, {well});
      go(0.1, {dead});
    }
  });
  check_model(declared(three_states(R"("Well->Ill" = 0.2
"Well->Dead" = "rest"
"Ill->Well" = 0.3
"Ill->Dead" = 0.1
)")),
              {{"only",
                {{"times_well", times_at(all, well)},
                 {"times_ill", times_at(all, ill)},
                 {"life_years", times_at(all, well) + times_at(all, ill)}}}});
}

TEST_CASE("a diagonal can be given, with the rest elsewhere or with all of its row") {
  const auto all = occupancies({{{well}, 1}}, 6, [](const State& state, int, const auto& go) {
    if (state[0] == well) {
      go(0.5, {well});
      go(0.3, {ill});
      go(0.2, {dead});
    } else if (state[0] == ill) {
      go(0.25, {ill});
      go(0.75, {dead});
    }
  });
  check_model(declared(three_states(R"("Well->Well" = 0.5
"Well->Ill" = 0.3
"Well->Dead" = "rest"
"Ill->Ill" = 0.25
"Ill->Dead" = 0.75
)")),
              {{"only", {{"times_well", times_at(all, well)}, {"times_ill", times_at(all, ill)}}}});
}

TEST_CASE("time_in counts the cycles without leaving some levels, from 0, up to its highest level") {
  enum { healthy, mild, severe, gone };
  const auto all = occupancies({{{healthy, 0}, 1}}, 8, [](const State& state, int, const auto& go) {
    const double longer = state[1];
    const int next = std::min(state[1] + 1, 2);
    if (state[0] == healthy) {
      go(0.3, {mild, 0});
      go(0.7, {healthy, 0});
    } else if (state[0] == mild) {
      go(0.2, {severe, next});
      go(0.3, {healthy, 0});
      go(0.1 * longer, {gone, 0});
      go(0.5 - 0.1 * longer, {mild, next});
    } else if (state[0] == severe) {
      go(0.1 + 0.2 * longer, {gone, 0});
      go(0.9 - 0.2 * longer, {severe, next});
    }
  });
  const auto sum = [&](const auto& amount) { return total(all, 8, amount); };
  check_model(declared(R"([attributes.state]
levels = ["Healthy", "Mild", "Severe", "Gone"]
start = "Healthy"
dead = ["Gone"]

[attributes.since]
highest = 2
time_in = ["Mild", "Severe"]
of = "state"

[transitions.disease]
attribute = "state"

[transitions.disease.probabilities]
"Healthy->Mild" = 0.3
"Mild->Severe" = 0.2
"Mild->Healthy" = 0.3
"Mild->Gone" = "0.1 * since"
"Severe->Gone" = "0.1 + 0.2 * since"

[rewards.since]
outcome = "sum_of_since"
per_cycle = "since"

[rewards.severe]
outcome = "times_severe"
of = "state"
per_cycle = { Severe = 1 }
)",
                       {.horizon_years = "8"}),
              {{"only",
                {{"sum_of_since",
                  sum([](const State& state, int) { return state[0] == gone ? 0.0 : static_cast<double>(state[1]); })},
                 {"times_severe", sum([](const State& state, int) { return state[0] == severe ? 1.0 : 0.0; })}}}});
}

TEST_CASE("each_cycle sees the levels after the transitions, and they its value before") {
  const auto all = occupancies({{{well, 0}, 1}}, 6, [](const State& state, int, const auto& go) {
    const double p = 0.1 + 0.05 * state[1];
    if (state[0] == well) {
      go(p, {ill, std::min(state[1] + 1, 3)});
      go(1 - p, {well, state[1]});
    } else if (state[0] == ill) {
      go(0.6, {well, state[1]});
      go(0.4, {ill, std::min(state[1] + 1, 3)});
    }
  });
  check_model(declared(three_states(R"("Well->Ill" = "0.1 + 0.05 * spells"
"Ill->Well" = 0.6
)",
                                    R"-(
[attributes.spells]
highest = 3
start = "0"
each_cycle = "min(spells + (state == Ill), 3)"

[rewards.spells]
outcome = "sum_of_spells"
per_cycle = "spells"
)-")),
              {{"only",
                {{"times_ill", times_at(all, ill)},
                 {"sum_of_spells", total(all, 6, [](const State& state, int) { return double(state[1]); })}}}});
}

TEST_CASE("previous_ is the level before the transitions of the cycle, and transitions act in their order") {
  const auto all = occupancies({{{well, 0}, 1}}, 6, [](const State& state, int, const auto& go) {
    const auto then = [&](double p, int to) {
      const double alarm = to != state[0] ? 0.8 : 0.1;
      if (state[1] == 1) return go(p, {to, 1});
      go(p * alarm, {to, 1});
      go(p * (1 - alarm), {to, 0});
    };
    then(0.7, state[0]);
    then(0.3, state[0] == well ? ill : well);
  });
  check_model(declared(three_states(R"("Well->Ill" = 0.3
"Ill->Well" = 0.3
)",
                                    R"(
[attributes.alarm]
levels = ["off", "on"]
start = "off"

[transitions.alarm]
attribute = "alarm"
probabilities = { "off->on" = "state != previous_state ? 0.8 : 0.1" }

[rewards.alarm]
outcome = "times_alarmed"
of = "alarm"
per_cycle = { on = 1 }
)")),
              {{"only", {{"times_alarmed", total(all, 6, [](const State& state, int) { return double(state[1]); })}}}});
}

TEST_CASE("groups and constant attributes differ from the start on, by shares that depend on one another") {
  Means expected = {{"times_ill", 0}, {"women", 0}};
  for (const int risk : {1, 3}) {
    for (const bool woman : {true, false}) {
      const double share = (risk == 1 ? 0.3 : 0.7) * (woman == (risk == 1) ? 0.4 : 0.6),
                   p = 0.1 * risk + (woman ? 0 : 0.05);
      const auto all = occupancies({{{well}, share}}, 6, [&](const State& state, int, const auto& go) {
        go(state[0] == well ? 1 - p : 0, {well});
        go(state[0] == well ? p : 1, {ill});
      });
      expected["times_ill"] += times_at(all, ill);
      expected["women"] += woman ? 7 * share : 0;
    }
  }
  check_model(declared(R"([groups.low]
share = 0.3
values = { risk = 1 }

[groups.high]
share = "1 - 0.3"
values = { risk = "1 + 2" }

[attributes.sex]
levels = ["female", "male"]
memory = "constant"
start = { female = "risk == 1 ? 0.4 : 0.6", male = "risk == 1 ? 0.6 : 0.4" }

)" + three_states(R"("Well->Ill" = "0.05 * (sex == male) + 0.1 * risk"
)",
                  R"(
[rewards.women]
outcome = "women"
of = "sex"
per_cycle = { female = 1 }
)")),
              {{"only", expected}});
}

TEST_CASE("a formula can switch with time under one strategy") {
  const auto times_ill = [](const auto& p_of) {
    return times_at(occupancies({{{well}, 1}}, 6,
                                [&](const State& state, int cycle, const auto& go) {
                                  const double p = p_of(cycle);
                                  go(state[0] == well ? 1 - p : 0, {well});
                                  go(state[0] == well ? p : 1, {ill});
                                }),
                    ill);
  };
  check_model(declared(three_states(R"("Well->Ill" = "p_ill"
)",
                                    R"(
[expressions]
treated = 0
p_ill = "treated ? 0.05 : 0.3"

[strategies.none]
label = "None"

[strategies.two_years]
label = "Two years"
values = { treated = "time < 2" }

[strategies.waning]
label = "Waning"
values = { p_ill = "(1 - 0.5 ^ (cycle + 1)) * 0.3" }
)")),
              {{"none", {{"times_ill", times_ill([](int) { return 0.3; })}}},
               {"two_years", {{"times_ill", times_ill([](int cycle) { return cycle < 2 ? 0.05 : 0.3; })}}},
               {"waning", {{"times_ill", times_ill([](int cycle) { return 0.3 * (1 - std::pow(0.5, cycle + 1)); })}}}});
}

TEST_CASE("a microsimulation of a slightly different model disagrees with the cohort engine") {
  const auto model = [](const std::string& p) { return declared(three_states("\"Well->Ill\" = " + p + "\n")); };
  study::Plan plan = plan_of(model("0.30")), mutant = plan_of(model("0.31"));
  const study::AnalysisOutput exact = simulate(plan, study::Engine::cohort);
  CHECK(largest_deviation(simulate(plan, study::Engine::microsimulation), exact) < most_deviation);
  CHECK(largest_deviation(simulate(mutant, study::Engine::microsimulation), exact) > most_deviation);
}

TEST_CASE("a transient attribute is back at its start in each cycle") {
  const double p_ill = 0.25 * 0.5 + 0.75 * 0.1;
  const auto all = occupancies({{{well}, 1}}, 6, [&](const State& state, int, const auto& go) {
    go(state[0] == well ? 1 - p_ill : 0, {well});
    go(state[0] == well ? p_ill : 1, {ill});
  });
  check_model(
      declared(R"([attributes.flare]
levels = ["no", "yes"]
memory = "transient"

[transitions.flare]
attribute = "flare"
probabilities = { "no->yes" = 0.25 }

)" + three_states(R"("Well->Ill" = "flare == yes ? 0.5 : 0.1"
)",
                  R"(
[rewards.sudden]
outcome = "sudden"
of = "state"
on = { "Well->Ill" = "flare" }
)")),
      {{"only",
        {{"times_well", times_at(all, well)}, {"sudden", 0.25 * 0.5 * total(all, 5, [](const State& state, int) {
                                                           return state[0] == well ? 1.0 : 0.0;
                                                         })}}}});
}

}  // namespace myelin::markov::test
