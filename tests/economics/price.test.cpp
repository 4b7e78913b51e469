#include "economics/price.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <vector>

namespace myelin::economics {
namespace {

/// Two therapies: t is part of B and C, u of nothing that costs.
PriceInput example() {
  return {{{"A", 10000, 10}, {"B", 40000, 10.5}, {"C", 90000, 10.9}}, {"t", "u"}, {{0, 25000, 60000}, {0, 0, 0}}};
}

std::size_t best_at(const PriceInput& input, std::size_t therapy, double discount, double threshold) {
  const std::vector<Point> points = at_discount(input, therapy, discount);
  std::size_t best = 0;
  for (std::size_t s = 1; s < points.size(); ++s) {
    if (threshold * points[s].qaly - points[s].cost > threshold * points[best].qaly - points[best].cost) best = s;
  }
  return best;
}

/// Expected cost and content of the cheapest vials of two sizes by summing over a fine grid of weights.
struct Brute {
  double cost = 0, content_mg = 0, dose_mg = 0;
};
Brute by_brute_force(double dose_mg_per_kg, const Vial& small, const Vial& large,
                     const std::function<double(double)>& density, double heaviest_kg) {
  constexpr int steps = 400'000;
  Brute sum;
  double mass = 0;
  for (int i = 0; i < steps; ++i) {
    const double weight_kg = (i + 0.5) * heaviest_kg / steps, p = density(weight_kg);
    const double dose_mg = dose_mg_per_kg * weight_kg;
    double cheapest = std::numeric_limits<double>::infinity(), content_mg = 0;
    for (int n = 0; n <= std::ceil(dose_mg / large.content_mg); ++n) {
      const double m = std::ceil(std::max(0.0, dose_mg - n * large.content_mg) / small.content_mg);
      const double price = n * large.price + m * small.price;
      if (price < cheapest) {
        cheapest = price;
        content_mg = n * large.content_mg + m * small.content_mg;
      }
    }
    mass += p;
    sum.cost += p * cheapest;
    sum.content_mg += p * content_mg;
    sum.dose_mg += p * dose_mg;
  }
  return {sum.cost / mass, sum.content_mg / mass, sum.dose_mg / mass};
}

}  // namespace

TEST_CASE("the decision changes at the discounts at which net benefits cross") {
  // At 40,000 a QALY net benefits are 390,000, 380,000 and 346,000; A and C cross at 0.73, where B leads.
  const auto changes = *find_decision_changes(example(), 40000);
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].discount == Approx(0.4));
  CHECK((changes[0].therapy == 0 && changes[0].from == 0 && changes[0].to == 1));
  CHECK(changes[1].discount == Approx(34.0 / 35));
  CHECK((changes[1].therapy == 0 && changes[1].from == 1 && changes[1].to == 2));
  CHECK(find_decision_changes(example(), 20000)->size() == 1);
  CHECK(find_decision_changes(example(), 5000)->empty());
}

TEST_CASE("where three strategies are equal at one discount the decision changes once") {
  // At 10 a QALY net benefits are 100, 90 and 80; all are 100 at half the price.
  const PriceInput input{{{"A", 0, 10}, {"B", 10, 10}, {"C", 20, 10}}, {"t"}, {{0, 20, 40}}};
  const auto changes = *find_decision_changes(input, 10);
  REQUIRE(changes.size() == 1);
  CHECK((changes[0].discount == 0.5 && changes[0].from == 0 && changes[0].to == 2));
}

TEST_CASE("a strategy is best between the discounts at which its net benefit equals the best alternative's") {
  const double infinity = std::numeric_limits<double>::infinity();
  const auto range = [&](std::size_t therapy, std::size_t strategy, double threshold) {
    return *discounts_where_best(example(), therapy, strategy, threshold);
  };
  CHECK(range(0, 0, 40000)->from == -infinity);
  CHECK(range(0, 0, 40000)->to == Approx(0.4));
  CHECK(range(0, 1, 40000)->from == Approx(0.4));
  CHECK(range(0, 1, 40000)->to == Approx(34.0 / 35));
  CHECK(range(0, 2, 40000)->from == Approx(34.0 / 35));
  CHECK(range(0, 2, 40000)->to == 1);
  CHECK_FALSE(range(0, 2, 20000));
  CHECK(range(1, 0, 40000)->to == 1);
  CHECK_FALSE(range(1, 1, 40000));
  // At 200,000 a QALY C leads by 30,000 over B and 100,000 over A: it would at a mark-up too.
  CHECK(range(0, 2, 200000)->from == Approx(-30.0 / 35));
}

TEST_CASE("changes, ranges and a search through all discounts tell the same decision") {
  std::mt19937 generator(7);
  std::uniform_real_distribution<> uniform(0, 1);
  int seen = 0;
  for (int i = 0; i < 100; ++i) {
    PriceInput input{{}, {"t"}, {{}}};
    for (int s = 0; s < 6; ++s) {
      input.acquisition[0].push_back(40000 * uniform(generator));
      input.strategies.push_back(
          {"", input.acquisition[0].back() + 5000 * uniform(generator), 10 + 0.5 * uniform(generator)});
    }
    const auto changes = *find_decision_changes(input, 20000);
    seen += static_cast<int>(changes.size());
    for (double discount = 0.00137; discount < 1; discount += 0.01) {
      const std::size_t best = best_at(input, 0, discount, 20000);
      std::size_t expected = best_at(input, 0, 0, 20000);
      for (const DecisionChange& change : changes) expected = change.discount < discount ? change.to : expected;
      CHECK(best == expected);
      for (std::size_t s = 0; s < 6; ++s) {
        const auto range = *discounts_where_best(input, 0, s, 20000);
        CHECK((range && range->from <= discount && discount <= range->to) == (s == best));
      }
    }
  }
  CHECK(seen > 50);
}

TEST_CASE("a table of discounts shows the best strategy and its ICER against the one before it on the frontier") {
  const auto rows = *tabulate_discounts(example(), std::vector<double>{0, 0.5, 1}, 40000);
  REQUIRE(rows.size() == 6);
  CHECK((rows[0].best == 0 && !rows[0].versus && !rows[0].icer));
  CHECK((rows[1].best == 1 && rows[1].versus == 0u));
  CHECK(rows[1].discount == 0.5);
  CHECK(*rows[1].icer == Approx(35000));
  CHECK((rows[2].best == 2 && rows[2].versus == 1u));
  CHECK(*rows[2].icer == Approx(15000 / 0.4));
  for (int row : {3, 4, 5}) CHECK((rows[row].therapy == 1 && rows[row].best == 0));
}

TEST_CASE("at the health-benefit price the ICER equals the threshold") {
  const PricedIncrement increment{1.5, 10000, 20};
  const double price = *health_benefit_price(increment, 100000);
  CHECK(price == Approx(7000));
  CHECK((increment.other_cost + price * increment.units) / increment.qaly == Approx(100000));
  CHECK(*health_benefit_price({0.1, 30000, 10}, 100000) == Approx(-2000));
  CHECK(health_benefit_price({0, std::nan(""), 0}, 0).error().size() == 4);
  CHECK_FALSE(health_benefit_price({-1, 0, 1}, 100000).has_value());
}

TEST_CASE("a price-volume agreement rebates the units of each tier") {
  const std::vector<VolumeTier> tiers{{0, 0}, {1000, 0.1}, {2000, 0.3}};
  const auto years = *apply_agreement(100, tiers, std::vector<double>{500, 1500, 3000, 0, 1000});
  const double expenditure[] = {50000, 145000, 260000, 0, 100000};
  for (std::size_t y = 0; y < 5; ++y) CHECK(years[y].expenditure == Approx(expenditure[y]));
  CHECK(*years[1].average_net_price == Approx(145.0 / 1.5));
  CHECK_FALSE(years[3].average_net_price);

  const std::vector<double> units{-1};
  CHECK(apply_agreement(-1, std::vector<VolumeTier>{{0, 0}, {5, 1.2}, {5, 0}}, units).error().size() == 4);
  CHECK_FALSE(apply_agreement(1, {}, std::vector<double>{1}).has_value());
  CHECK_FALSE(apply_agreement(1, std::vector<VolumeTier>{{10, 0.1}}, std::vector<double>{1}).has_value());
}

TEST_CASE("a dose comes out of the cheapest whole vials, or out of shared ones") {
  const std::vector<Vial> vials{{100, 100}, {400, 300}};
  // 600 mg: 400 + 2 x 100; 850 mg: 2 x 400 + 100.
  const DoseCost cost = *cost_of_dose(10, std::vector<WeightClass>{{60, 0.5}, {85, 0.5}}, vials);
  CHECK(cost.mean_dose_mg == Approx(725));
  CHECK(cost.without_sharing.cost == Approx(600));
  CHECK(cost.without_sharing.vials[0] == Approx(1.5));
  CHECK(cost.without_sharing.vials[1] == Approx(1.5));
  CHECK(cost.without_sharing.share_wasted == Approx(25 / 750.0));
  CHECK(cost.with_sharing.cost == Approx(725 * 0.75));
  CHECK(cost.with_sharing.vials == std::vector<double>{0, 1.8125});
  CHECK(cost.with_sharing.share_wasted == 0);
}

TEST_CASE("which vials are cheapest can waste, but never more than it must") {
  const auto use = [](double dose_mg, const std::vector<Vial>& vials) {
    return cost_of_dose(dose_mg, std::vector<WeightClass>{{1, 1}}, vials)->without_sharing;
  };
  CHECK(use(200, {{100, 100}, {400, 150}}).vials == std::vector<double>{0, 1});
  CHECK(use(250, {{200, 50}, {150, 50}}).vials == std::vector<double>{0, 2});
  CHECK(use(400, {{100, 100}, {400, 400}}).vials == std::vector<double>{0, 1});  // equal in both: the fewer
  CHECK(use(2000, {{50, 50}, {100, 90}, {200, 150}}).vials == std::vector<double>{0, 0, 10});
  CHECK(use(401, {{100, 100}, {400, 300}}).vials == std::vector<double>{1, 1});
}

TEST_CASE("a dose that fills its vials to a rounding needs no other") {
  const std::vector<Vial> vials{{0.3, 10}};
  REQUIRE(0.1 * 3 > 0.3);
  const DoseCost cost = *cost_of_dose(0.1, std::vector<WeightClass>{{3, 0.5}, {6, 0.5}}, vials);
  CHECK(cost.without_sharing.cost == Approx(15));
  CHECK(cost.without_sharing.share_wasted == Approx(0).margin(1e-12));
}

TEST_CASE("distributions of body weight give the costs that a sum over all weights gives") {
  const Vial small{100, 100}, large{400, 380};
  const std::vector<Vial> vials{small, large};
  const double mean = 62, sd = 19;  // more than 1 in 2,000 normal weights are below 0 and left out
  SECTION("normal") {
    const auto density = [&](double kg) { return std::exp(-0.5 * std::pow((kg - mean) / sd, 2)); };
    const Brute brute = by_brute_force(6, small, large, density, mean + 8 * sd);
    const DoseCost cost = *cost_of_dose(6, NormalWeights{mean, sd}, vials);
    CHECK(cost.without_sharing.cost == Approx(brute.cost).epsilon(1e-5));
    CHECK(cost.mean_dose_mg == Approx(brute.dose_mg).epsilon(1e-7));
    CHECK(cost.without_sharing.share_wasted == Approx(1 - brute.dose_mg / brute.content_mg).epsilon(1e-4));
  }
  SECTION("lognormal") {
    const double variance = std::log1p(std::pow(sd / mean, 2)), mu = std::log(mean) - variance / 2;
    const auto density = [&](double kg) { return std::exp(-0.5 * std::pow(std::log(kg) - mu, 2) / variance) / kg; };
    const Brute brute = by_brute_force(6, small, large, density, 700);
    const DoseCost cost = *cost_of_dose(6, LognormalWeights{mean, sd}, vials);
    CHECK(cost.without_sharing.cost == Approx(brute.cost).epsilon(1e-5));
    CHECK(cost.mean_dose_mg == Approx(brute.dose_mg).epsilon(1e-7));
    CHECK(cost.without_sharing.share_wasted == Approx(1 - brute.dose_mg / brute.content_mg).epsilon(1e-4));
  }
}

TEST_CASE("what cannot be priced is refused, all of it at once") {
  PriceInput input = example();
  input.acquisition[0].pop_back();
  input.acquisition[1][0] = -1;
  input.strategies[0].cost = std::nan("");
  CHECK(find_decision_changes(input, -1).error().size() == 4);
  CHECK(tabulate_discounts(example(), std::vector<double>{0.5, 50}, 20000).error().size() == 1);
  CHECK_FALSE(discounts_where_best(example(), 2, 0, 20000).has_value());
  CHECK_FALSE(discounts_where_best(example(), 0, 3, 20000).has_value());
  input = example();
  input.therapies.pop_back();
  CHECK_FALSE(find_decision_changes(input, 20000).has_value());
  CHECK_FALSE(find_decision_changes({{}, {}, {}}, 20000).has_value());

  const std::vector<Vial> vials{{100, 100}};
  CHECK(cost_of_dose(0, std::vector<WeightClass>{{60, 0.5}}, std::vector<Vial>{{0, 1}}).error().size() == 3);
  CHECK_FALSE(cost_of_dose(1, NormalWeights{70, 0}, vials).has_value());
  CHECK_FALSE(cost_of_dose(1, NormalWeights{70, 40}, vials).has_value());
  CHECK_FALSE(cost_of_dose(1, LognormalWeights{-70, 4}, vials).has_value());
  CHECK_FALSE(cost_of_dose(1, NormalWeights{70, 10}, {}).has_value());
  CHECK_FALSE(cost_of_dose(100, NormalWeights{70, 10}, std::vector<Vial>{{1, 1}, {2, 2}, {5, 5}}).has_value());
}

}  // namespace myelin::economics
