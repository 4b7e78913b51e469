#include "economics/budget_impact.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

namespace myelin::economics {
namespace {

/// 1,000 patients on an old therapy at 10,000 a year; 30 % move to a new one over two years, which costs 40,000 at the
/// start, then 8,000 in the first year and 2,000 a year afterwards.
BudgetInput example(Entry entry = Entry::start_of_year) {
  const BudgetStrategy old_therapy{"old", 0, {10000}, 1, {1, 1, 1}, {0.8, 0.7, 0.7}, {}};
  const BudgetStrategy new_therapy{"new", 40000, {8000, 2000}, 0, {0, 0, 0}, {0.2, 0.3, 0.3}, {}};
  return {1000, {0, 0, 0}, {old_therapy, new_therapy}, entry};
}

double sum_of_patients(const std::vector<Uptake>& strategies) {
  return std::accumulate(strategies.begin(), strategies.end(), 0.0,
                         [](double sum, const Uptake& each) { return sum + each.patients; });
}

std::vector<double> random_shares(std::mt19937& generator, std::size_t count) {
  std::vector<double> shares(count);
  for (double& share : shares) share = std::uniform_real_distribution<>(0, 1)(generator);
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  for (double& share : shares) share /= sum;
  return shares;
}

/// Strategies with random shares, limits on all but the first, and one constant cost a year.
BudgetInput random_input(std::mt19937& generator, Entry entry) {
  std::uniform_real_distribution<> uniform(0, 1);
  BudgetInput input{1000 * uniform(generator), {}, {}, entry};
  const std::size_t count = 2 + generator() % 4, years = 1 + generator() % 10;
  for (std::size_t y = 0; y < years; ++y) input.incident_patients.push_back(100 * uniform(generator));
  const std::vector<double> before = random_shares(generator, count);
  for (std::size_t s = 0; s < count; ++s) {
    input.strategies.push_back({"", 0, {7000}, before[s], {}, {}, {}});
    if (s > 0) input.strategies[s].most_starts_per_year = 200 * uniform(generator);
  }
  for (std::size_t y = 0; y < years; ++y) {
    const std::vector<double> without = random_shares(generator, count), with = random_shares(generator, count);
    for (std::size_t s = 0; s < count; ++s) {
      input.strategies[s].share_without.push_back(without[s]);
      input.strategies[s].share_with.push_back(with[s]);
    }
  }
  return input;
}

}  // namespace

TEST_CASE("a growing population that takes up a new therapy has the budget impact of an independent calculation") {
  // The reference states which share of the year's eligible patients starts, so that the market share is the sum of
  // the starts so far over the eligible.
  const double eligible[] = {5000, 5050, 5100.5, 5151.505000000001, 5203.02005};
  const double starters[] = {0, 252.5, 255.025, 257.57525, 260.1510025000001};
  const double cost_with[] = {75000000, 84082500, 81893325, 79682258.25000003, 77449080.83250001};
  const double cost_without[] = {75000000, 75750000, 76507500, 77272575.00000001, 78045300.75};
  const double impact[] = {0, 8332500, 5385825, 2409683.250000015, -596219.9174999893};
  BudgetStrategy old_therapy{"old", 0, {15000}, 1, {}, {}, {}};
  BudgetStrategy new_therapy{"new", 0, {48000, 3000, 3000, 3000, 3000}, 0, {}, {}, {}};
  std::vector<double> incident;
  double before = 5000, started = 0;
  for (int year = 0; year < 5; ++year) {
    started += starters[year];
    incident.push_back(eligible[year] - before);
    before = eligible[year];
    for (auto [strategy, share] :
         {std::pair{&new_therapy, started / eligible[year]}, std::pair{&old_therapy, 1 - started / eligible[year]}}) {
      strategy->share_with.push_back(share);
      strategy->share_without.push_back(strategy->share_before);
    }
  }
  const auto years = *analyse_budget_impact({5000, incident, {old_therapy, new_therapy}, Entry::start_of_year});
  REQUIRE(years.size() == 5);
  for (std::size_t year = 0; year < 5; ++year) {
    CHECK(years[year].eligible == Approx(eligible[year]).epsilon(1e-12));
    CHECK(years[year].with[1].starters == Approx(starters[year]).epsilon(1e-12));
    CHECK(years[year].total.with == Approx(cost_with[year]).epsilon(1e-12));
    CHECK(years[year].total.without == Approx(cost_without[year]).epsilon(1e-12));
    CHECK(years[year].total.difference == Approx(impact[year]).epsilon(1e-12).margin(0));
  }
  CHECK(years.back().total.cumulative == Approx(15531788.33249998).epsilon(1e-12));
}

TEST_CASE("who starts at the beginning of a year costs whole years since start") {
  const auto years = *analyse_budget_impact(example());
  // 200 start, then 100, then none.
  CHECK(years[0].with[1].cost == Approx(200 * 48000));
  CHECK(years[1].with[1].cost == Approx(100 * 48000 + 200 * 2000));
  CHECK(years[2].with[1].cost == Approx(300 * 2000));
  CHECK(years[0].with[0].cost == Approx(800 * 10000));
  CHECK(years[1].strategies[0].difference == Approx(-300 * 10000));
  CHECK(years[1].strategies[0].cumulative == Approx(-500 * 10000));
  CHECK(years[1].total.cumulative == Approx(200 * 48000 - 200 * 10000 + 100 * 48000 + 200 * 2000 - 300 * 10000));
}

TEST_CASE("who starts in the middle of a year spreads years since start over two, and leaves after half a year") {
  const auto years = *analyse_budget_impact(example(Entry::mid_year));
  CHECK(years[0].with[1].cost == Approx(200 * (40000 + 4000)));
  CHECK(years[1].with[1].cost == Approx(200 * (4000 + 1000) + 100 * (40000 + 4000)));
  CHECK(years[2].with[1].cost == Approx(200 * 2000 + 100 * (4000 + 1000)));
  CHECK(years[0].with[0].cost == Approx(800 * 10000 + 200 * 5000));
  CHECK(years[1].with[0].cost == Approx(700 * 10000 + 100 * 5000));
  CHECK(years[2].with[0].cost == Approx(700 * 10000));
}

TEST_CASE("who leaves does so in equal proportion from all years of start, at what they cost") {
  // 100 start in each of two years; in the third, half of all leave, of each year of start 50.
  const BudgetStrategy other{"other", 0, {0}, 1, {1, 1, 1, 1}, {0.9, 0.8, 0.9, 0.9}, {}};
  const BudgetStrategy therapy{"therapy", 0, {6000, 4000, 2000, 1000}, 0, {0, 0, 0, 0}, {0.1, 0.2, 0.1, 0.1}, {}};
  BudgetInput input{1000, {0, 0, 0, 0}, {other, therapy}, Entry::start_of_year};
  const auto whole = *analyse_budget_impact(input);
  CHECK(whole[2].with[1].cost == Approx(50 * 4000 + 50 * 2000));
  CHECK(whole[3].with[1].cost == Approx(50 * 2000 + 50 * 1000));
  input.entry = Entry::mid_year;
  const auto half = *analyse_budget_impact(input);
  CHECK(half[2].with[1].cost == Approx(50 * (3000 + 2000) + 50 * 3000 + 50 * (2000 + 1000) + 50 * 2000));
  CHECK(half[3].with[1].cost == Approx(50 * (2000 + 1000) + 50 * (1000 + 500)));
}

TEST_CASE("patients from before the first year cost what the last year since start costs") {
  const BudgetStrategy only{"only", 500, {9000, 3000}, 1, {1, 1}, {1, 1}, {}};
  const auto years = *analyse_budget_impact({100, {10, 0}, {only}, Entry::start_of_year});
  CHECK(years[0].without[0].cost == Approx(100 * 3000 + 10 * 9500));
  CHECK(years[1].without[0].cost == Approx(110 * 3000));
}

TEST_CASE("patients beyond the limit of starts stay where they were and start when there is room") {
  BudgetInput input = example();
  input.strategies[1].most_starts_per_year = 120;
  const auto years = *analyse_budget_impact(input);
  const double starters[] = {120, 120, 60}, not_admitted[] = {80, 60, 0};
  double started = 0;
  for (std::size_t year = 0; year < 3; ++year) {
    started += starters[year];
    CHECK(years[year].with[1].starters == Approx(starters[year]));
    CHECK(years[year].with[1].not_admitted == Approx(not_admitted[year]).margin(1e-9));
    CHECK(years[year].with[0].patients == Approx(1000 - started));
  }
  CHECK(years[0].with[0].cost == Approx(880 * 10000));
}

TEST_CASE("patients beyond a limit are spread by the shares of the year before, past other limits") {
  // Of 200 who want the new therapy 50 find a place. The 150 others return to a, b and c by 5 : 3 : 2, but c, which
  // nobody was to leave, takes 6 more only; the 24 left over go to a and b by 5 : 3.
  const std::vector<BudgetStrategy> strategies{{"a", 0, {1}, 0.5, {0.5}, {0.4}, {}},
                                               {"b", 0, {1}, 0.3, {0.3}, {0.2}, {}},
                                               {"c", 0, {1}, 0.2, {0.2}, {0.2}, 6},
                                               {"new", 0, {1}, 0, {0}, {0.2}, 50}};
  const auto years = *analyse_budget_impact({1000, {0}, strategies, Entry::start_of_year});
  CHECK(years[0].with[0].patients == Approx(400 + 75 + 24 * 5 / 8.0));
  CHECK(years[0].with[1].patients == Approx(200 + 45 + 24 * 3 / 8.0));
  CHECK(years[0].with[2].patients == Approx(206));
  CHECK(years[0].with[3].patients == Approx(50));
  CHECK(years[0].with[3].not_admitted == Approx(150));
  CHECK(years[0].with[2].not_admitted == 0);
}

TEST_CASE("the shares of the year before, not those at the outset, say where patients stay") {
  const std::vector<BudgetStrategy> strategies{{"a", 0, {1}, 0.9, {0.9, 0.9}, {0.2, 0.15}, {}},
                                               {"b", 0, {1}, 0.1, {0.1, 0.1}, {0.8, 0.65}, {}},
                                               {"new", 0, {1}, 0, {0, 0}, {0, 0.2}, 50}};
  const auto years = *analyse_budget_impact({1000, {0, 0}, strategies, Entry::start_of_year});
  CHECK(years[1].with[0].patients == Approx(150 + 150 * 0.2));
  CHECK(years[1].with[1].patients == Approx(650 + 150 * 0.8));
}

TEST_CASE("equal market shares with and without the new therapy have no budget impact at all") {
  std::mt19937 generator(1);
  for (int i = 0; i < 50; ++i) {
    BudgetInput input = random_input(generator, Entry::mid_year);
    for (BudgetStrategy& strategy : input.strategies) strategy.share_with = strategy.share_without;
    const auto years = *analyse_budget_impact(input);
    for (const BudgetYear& year : years) {
      CHECK(year.total.difference == 0);
      CHECK(year.total.cumulative == 0);
    }
  }
}

TEST_CASE("every eligible patient has a strategy, and one price for all makes the budget their number") {
  std::mt19937 generator(2);
  bool some_not_admitted = false;
  for (int i = 0; i < 200; ++i) {
    const Entry entry = i % 2 == 0 ? Entry::start_of_year : Entry::mid_year;
    const BudgetInput input = random_input(generator, entry);
    const auto years = *analyse_budget_impact(input);
    for (std::size_t y = 0; y < years.size(); ++y) {
      CHECK(sum_of_patients(years[y].with) == Approx(years[y].eligible));
      // The newly eligible of a year miss its first half if they enter in the middle.
      const double patient_years = years[y].eligible - (entry == Entry::mid_year ? input.incident_patients[y] / 2 : 0);
      CHECK(years[y].total.with == Approx(7000 * patient_years));
      for (std::size_t s = 1; s < input.strategies.size(); ++s) {
        CHECK(years[y].with[s].starters <= *input.strategies[s].most_starts_per_year * (1 + 1e-9) + 1e-6);
        some_not_admitted = some_not_admitted || years[y].with[s].not_admitted > 1;
      }
    }
  }
  CHECK(some_not_admitted);
}

TEST_CASE("what is no budget impact is refused, all of it at once") {
  BudgetInput input = example();
  input.prevalent_patients = -1;
  input.strategies[0].cost_by_year_since_start.clear();
  input.strategies[0].share_with = {0.8, 1.7};
  input.strategies[1].cost_at_start = std::numeric_limits<double>::infinity();
  input.strategies[1].most_starts_per_year = -5;
  CHECK(analyse_budget_impact(input).error().size() == 6);

  input = example();
  input.strategies[0].share_before = 0.9;
  input.strategies[0].share_with[1] = 0.6;
  CHECK(analyse_budget_impact(input).error().size() == 2);

  input = example();
  input.incident_patients.assign(11, 0);
  for (BudgetStrategy& strategy : input.strategies) {
    strategy.share_without.resize(11, strategy.share_without.back());
    strategy.share_with.resize(11, strategy.share_with.back());
  }
  CHECK(analyse_budget_impact(input).error().size() == 1);
  input.incident_patients.clear();
  for (BudgetStrategy& strategy : input.strategies) strategy.share_without = strategy.share_with = {};
  CHECK(analyse_budget_impact(input).error().size() == 1);
}

TEST_CASE("limits that leave patients without a strategy are refused in both worlds") {
  BudgetInput input = example();
  input.incident_patients = {300, 0, 0};
  input.strategies[0].most_starts_per_year = 100;  // all were on it before, and all 300 new patients would start it
  input.strategies[1].most_starts_per_year = 10;
  const auto refused = analyse_budget_impact(input);
  REQUIRE(refused.error().size() == 2);
  CHECK(refused.error()[0].problem.find("year 1 without the new therapy, 200 patients") != std::string::npos);
  CHECK(refused.error()[1].problem.find("year 1 with the new therapy, 190 patients") != std::string::npos);
}

}  // namespace myelin::economics
