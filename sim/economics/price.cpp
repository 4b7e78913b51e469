#include "economics/price.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/lognormal.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <string_view>

namespace myelin::economics {

namespace {

bool is_amount(double value) { return std::isfinite(value) && value >= 0; }

void check_threshold(double threshold, Diagnostics& problems) {
  if (is_amount(threshold)) return;
  problems.push_back({{}, "the threshold is not 0 or more", "give it in currency per QALY"});
}

Diagnostics check(const PriceInput& input, double threshold) {
  Diagnostics problems;
  check_threshold(threshold, problems);
  if (input.strategies.empty()) problems.push_back({{}, "there is no strategy to price", "name at least one strategy"});
  for (const Point& point : input.strategies) {
    if (std::isfinite(point.cost) && std::isfinite(point.qaly)) continue;
    problems.push_back(
        {{}, fmt::format("the cost or QALYs of strategy `{}` are not finite numbers", point.name), "check its inputs"});
  }
  if (input.acquisition.size() != input.therapies.size()) {
    problems.push_back({{},
                        fmt::format("there are acquisition costs of {} therapies for {}", input.acquisition.size(),
                                    input.therapies.size()),
                        "give one row a therapy"});
    return problems;
  }
  for (std::size_t therapy = 0; therapy < input.therapies.size(); ++therapy) {
    const std::vector<double>& row = input.acquisition[therapy];
    if (row.size() == input.strategies.size() && std::all_of(row.begin(), row.end(), is_amount)) continue;
    problems.push_back({{},
                        fmt::format("the acquisition costs of `{}` are not one amount of 0 or more for each of the {} "
                                    "strategies",
                                    input.therapies[therapy], input.strategies.size()),
                        "give 0 where a strategy does not use it"});
  }
  return problems;
}

std::vector<double> net_benefits(std::span<const Point> strategies, double threshold) {
  std::vector<double> benefits;
  for (const Point& point : strategies) benefits.push_back(threshold * point.qaly - point.cost);
  return benefits;
}

std::size_t position_of_most(const std::vector<double>& values) {
  return static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

/// Walks the upper envelope of the net benefits, which are straight lines in the discount, from list price to free of
/// charge. Each change is to a steeper line, so that the walk ends.
void walk_discounts(const PriceInput& input, std::size_t therapy, const std::vector<double>& benefits,
                    std::vector<DecisionChange>& changes) {
  const std::vector<double>& slopes = input.acquisition[therapy];
  std::size_t best = position_of_most(benefits);
  double discount = 0;
  while (true) {
    std::optional<DecisionChange> next;
    for (std::size_t other = 0; other < slopes.size(); ++other) {
      if (slopes[other] <= slopes[best]) continue;
      const double crossing = std::max(discount, (benefits[best] - benefits[other]) / (slopes[other] - slopes[best]));
      const bool sooner = !next || crossing < next->discount;
      const bool as_soon_and_steeper = next && crossing == next->discount && slopes[other] > slopes[next->to];
      if (crossing < 1 && (sooner || as_soon_and_steeper)) next = DecisionChange{therapy, crossing, best, other};
    }
    if (!next) return;
    changes.push_back(*next);
    best = next->to;
    discount = next->discount;
  }
}

}  // namespace

std::vector<Point> at_discount(const PriceInput& input, std::size_t therapy, double discount) {
  std::vector<Point> points = input.strategies;
  for (std::size_t s = 0; s < points.size(); ++s) points[s].cost -= discount * input.acquisition[therapy][s];
  return points;
}

Result<std::vector<DecisionChange>> find_decision_changes(const PriceInput& input, double threshold) {
  if (Diagnostics problems = check(input, threshold); !problems.empty()) return tl::unexpected(std::move(problems));
  std::vector<DecisionChange> changes;
  const std::vector<double> benefits = net_benefits(input.strategies, threshold);
  for (std::size_t therapy = 0; therapy < input.therapies.size(); ++therapy) {
    walk_discounts(input, therapy, benefits, changes);
  }
  return changes;
}

Result<std::optional<DiscountRange>> discounts_where_best(const PriceInput& input, std::size_t therapy,
                                                          std::size_t strategy, double threshold) {
  Diagnostics problems = check(input, threshold);
  if (therapy >= input.therapies.size() || strategy >= input.strategies.size()) {
    problems.push_back({{}, "there is no such therapy or strategy", "choose among those that are priced"});
  }
  if (!problems.empty()) return tl::unexpected(std::move(problems));

  const std::vector<double> benefits = net_benefits(input.strategies, threshold);
  const std::vector<double>& slopes = input.acquisition[therapy];
  DiscountRange range{-std::numeric_limits<double>::infinity(), 1};
  for (std::size_t other = 0; other < slopes.size(); ++other) {
    const double lead = benefits[strategy] - benefits[other], steeper = slopes[strategy] - slopes[other];
    if (steeper > 0) range.from = std::max(range.from, -lead / steeper);
    if (steeper < 0) range.to = std::min(range.to, -lead / steeper);
    if (steeper == 0 && lead < 0) return std::nullopt;
  }
  if (range.from > range.to) return std::nullopt;
  return range;
}

Result<std::vector<PriceRow>> tabulate_discounts(const PriceInput& input, std::span<const double> discounts,
                                                 double threshold) {
  Diagnostics problems = check(input, threshold);
  for (const double discount : discounts) {
    if (discount >= 0 && discount <= 1) continue;
    problems.push_back(
        {{}, fmt::format("the discount {} is not between 0 and 1", discount), "give 0.3 for a discount of 30 %"});
  }
  if (!problems.empty()) return tl::unexpected(std::move(problems));

  std::vector<PriceRow> rows;
  for (std::size_t therapy = 0; therapy < input.therapies.size(); ++therapy) {
    for (const double discount : discounts) {
      const std::vector<Point> points = at_discount(input, therapy, discount);
      const auto incremental = analyse_incrementally(points);
      if (!incremental) return tl::unexpected(incremental.error());
      const std::size_t best = position_of_most(net_benefits(points, threshold));
      const auto place = std::find_if(incremental->begin(), incremental->end(),
                                      [&](const IncrementalRow& row) { return row.strategy == best; });
      rows.push_back({therapy, discount, best, place->versus, place->icer});
    }
  }
  return rows;
}

Result<double> health_benefit_price(const PricedIncrement& increment, double threshold) {
  Diagnostics problems;
  if (!std::isfinite(threshold) || threshold <= 0) {
    problems.push_back({{}, "the threshold is not above 0", "give it in currency per QALY"});
  }
  if (!std::isfinite(increment.qaly) || increment.qaly <= 0) {
    problems.push_back({{},
                        "the strategy gains no QALYs, so that no price makes its ICER equal the threshold",
                        "compare it with a strategy that yields fewer QALYs"});
  }
  if (!std::isfinite(increment.other_cost)) {
    problems.push_back({{}, "the increment of other costs is not a finite number", "check the costs of both"});
  }
  if (!std::isfinite(increment.units) || increment.units <= 0) {
    problems.push_back(
        {{}, "the strategy uses no more units of the therapy than its comparator", "price the therapy that it adds"});
  }
  if (!problems.empty()) return tl::unexpected(std::move(problems));
  return (threshold * increment.qaly - increment.other_cost) / increment.units;
}

namespace {

Diagnostics check_agreement(double list_price, std::span<const VolumeTier> tiers, std::span<const double> units) {
  Diagnostics problems;
  if (!is_amount(list_price)) {
    problems.push_back({{}, "the list price is not 0 or more", "give it in currency per unit"});
  }
  const bool rising = std::adjacent_find(tiers.begin(), tiers.end(), [](const VolumeTier& a, const VolumeTier& b) {
                        return !(a.from_units < b.from_units);
                      }) == tiers.end();
  if (tiers.empty() || tiers.front().from_units != 0 || !rising) {
    problems.push_back(
        {{}, "the tiers do not rise from 0 units", "let the first begin at 0, with a rebate of 0 if none"});
  }
  for (const VolumeTier& tier : tiers) {
    if (tier.rebate >= 0 && tier.rebate <= 1) continue;
    problems.push_back({{},
                        fmt::format("the rebate {} from {} units is not between 0 and 1", tier.rebate, tier.from_units),
                        "give 0.3 for a rebate of 30 %"});
  }
  if (!std::all_of(units.begin(), units.end(), is_amount)) {
    problems.push_back({{}, "the volume of a year is not 0 or more", "give units a year"});
  }
  return problems;
}

}  // namespace

Result<std::vector<VolumeYear>> apply_agreement(double list_price, std::span<const VolumeTier> tiers,
                                                std::span<const double> units) {
  if (Diagnostics problems = check_agreement(list_price, tiers, units); !problems.empty()) {
    return tl::unexpected(std::move(problems));
  }
  std::vector<VolumeYear> years;
  for (const double volume : units) {
    VolumeYear year{volume, 0, {}};
    for (std::size_t tier = 0; tier < tiers.size(); ++tier) {
      const double upper = tier + 1 < tiers.size() ? std::min(volume, tiers[tier + 1].from_units) : volume;
      year.expenditure += list_price * (1 - tiers[tier].rebate) * std::max(0.0, upper - tiers[tier].from_units);
    }
    if (volume > 0) year.average_net_price = year.expenditure / volume;
    years.push_back(year);
  }
  return years;
}

namespace {

/// How few patients may be heavier than the heaviest for whom vials are combined.
constexpr double rarest = 1e-12;
/// A normal distribution with more weights below 0 than this describes no patients.
constexpr double most_below_zero = 1e-3;
constexpr double share_tolerance = 1e-9;
/// A dose may exceed the content of its vials by as little as rounding does.
constexpr double content_slack = 1e-9;
constexpr std::size_t most_combinations = 200'000;

/// Body weights as the costing needs them, whatever their distribution.
class WeightDistribution {
 public:
  explicit WeightDistribution(const BodyWeights& weights) : weights_(weights) {}

  double mean_kg() const {
    if (const auto* normal = std::get_if<NormalWeights>(&weights_)) {
      const boost::math::normal standard;
      const double lowest = -normal->mean_kg / normal->sd_kg;
      return normal->mean_kg + normal->sd_kg * pdf(standard, lowest) / cdf(complement(standard, lowest));
    }
    if (const auto* lognormal = std::get_if<LognormalWeights>(&weights_)) return lognormal->mean_kg;
    double mean = 0;
    for (const WeightClass& each : std::get<std::vector<WeightClass>>(weights_)) mean += each.share * each.weight_kg;
    return mean;
  }

  double heaviest_kg() const {
    if (const auto* normal = std::get_if<NormalWeights>(&weights_)) {
      return quantile(complement(boost::math::normal(normal->mean_kg, normal->sd_kg), rarest));
    }
    if (const auto* lognormal = std::get_if<LognormalWeights>(&weights_)) {
      return quantile(complement(of(*lognormal), rarest));
    }
    double heaviest = 0;
    for (const WeightClass& each : std::get<std::vector<WeightClass>>(weights_)) {
      if (each.share > 0) heaviest = std::max(heaviest, each.weight_kg);
    }
    return heaviest;
  }

  /// The probability of a weight (kg, not negative) or less.
  double up_to(double weight_kg) const {
    if (const auto* normal = std::get_if<NormalWeights>(&weights_)) {
      const boost::math::normal distribution(normal->mean_kg, normal->sd_kg);
      const double below_zero = cdf(distribution, 0.0);
      return (cdf(distribution, weight_kg) - below_zero) / (1 - below_zero);
    }
    if (const auto* lognormal = std::get_if<LognormalWeights>(&weights_)) return cdf(of(*lognormal), weight_kg);
    double share = 0;
    for (const WeightClass& each : std::get<std::vector<WeightClass>>(weights_)) {
      if (each.weight_kg <= weight_kg) share += each.share;
    }
    return share;
  }

 private:
  static boost::math::lognormal of(const LognormalWeights& weights) {
    const double variance_of_log = std::log1p(std::pow(weights.sd_kg / weights.mean_kg, 2));
    return {std::log(weights.mean_kg) - variance_of_log / 2, std::sqrt(variance_of_log)};
  }

  const BodyWeights& weights_;
};

Diagnostics check_weights(const BodyWeights& weights) {
  Diagnostics problems;
  const auto check_moments = [&](double mean_kg, double sd_kg) {
    if (std::isfinite(mean_kg) && std::isfinite(sd_kg) && mean_kg > 0 && sd_kg > 0) return true;
    problems.push_back({{},
                        "the mean and standard deviation of the body weight are not above 0",
                        "give them in kg; for one weight give a list with one class"});
    return false;
  };
  if (const auto* normal = std::get_if<NormalWeights>(&weights)) {
    if (check_moments(normal->mean_kg, normal->sd_kg) &&
        cdf(boost::math::normal(normal->mean_kg, normal->sd_kg), 0.0) > most_below_zero) {
      problems.push_back({{},
                          fmt::format("a normal distribution with mean {} kg and standard deviation {} kg has many "
                                      "weights below 0",
                                      normal->mean_kg, normal->sd_kg),
                          "use the lognormal distribution"});
    }
  } else if (const auto* lognormal = std::get_if<LognormalWeights>(&weights)) {
    check_moments(lognormal->mean_kg, lognormal->sd_kg);
  } else {
    double sum = 0;
    bool sound = true;
    for (const WeightClass& each : std::get<std::vector<WeightClass>>(weights)) {
      sound = sound && std::isfinite(each.weight_kg) && each.weight_kg > 0 && each.share >= 0;
      sum += each.share;
    }
    if (!sound || !(std::abs(sum - 1) <= share_tolerance)) {
      problems.push_back({{},
                          "the body weights are not all above 0 with shares that sum to 1",
                          "give each class its weight in kg and its share of the patients"});
    }
  }
  return problems;
}

struct Combination {
  std::vector<std::size_t> vials;  ///< [vial]: number
  std::size_t last = 0;            ///< the last vial added; each combination is built in order of the vials
  double content_mg = 0;
  double price = 0;
};

/// Every combination of vials up to those that cover the largest dose, or none if there are too many.
std::optional<std::vector<Combination>> combine(std::span<const Vial> vials, double largest_dose_mg) {
  std::vector<Combination> all{{std::vector<std::size_t>(vials.size()), 0, 0, 0}};
  for (std::size_t next = 0; next < all.size(); ++next) {
    if (all[next].content_mg * (1 + content_slack) >= largest_dose_mg) continue;
    for (std::size_t vial = all[next].last; vial < vials.size(); ++vial) {
      Combination more = all[next];
      ++more.vials[vial];
      more.last = vial;
      more.content_mg += vials[vial].content_mg;
      more.price += vials[vial].price;
      all.push_back(std::move(more));
    }
    if (all.size() > most_combinations) return std::nullopt;
  }
  return all;
}

/// The combinations that some dose is best covered by, in order of content: none with at least as much costs less.
std::vector<Combination> keep_cheapest(std::vector<Combination> all) {
  std::stable_sort(all.begin(), all.end(), [](const Combination& a, const Combination& b) {
    return a.content_mg != b.content_mg ? a.content_mg < b.content_mg : a.price < b.price;
  });
  std::vector<Combination> kept;
  double cheapest = std::numeric_limits<double>::infinity();
  for (auto combination = all.rbegin(); combination != all.rend(); ++combination) {
    if (combination->price > cheapest) continue;
    cheapest = combination->price;
    kept.push_back(std::move(*combination));
  }
  std::reverse(kept.begin(), kept.end());
  return kept;
}

VialUse use_whole_vials(const std::vector<Combination>& combinations, const WeightDistribution& weights,
                        double dose_mg_per_kg, double mean_dose_mg) {
  VialUse use;
  use.vials.resize(combinations.front().vials.size());
  double covered = 0, content_mg = 0;
  for (const Combination& combination : combinations) {
    const bool is_largest = &combination == &combinations.back();
    const double up_to = is_largest ? 1 : weights.up_to(combination.content_mg * (1 + content_slack) / dose_mg_per_kg);
    const double probability = up_to - covered;
    covered = up_to;
    use.cost += probability * combination.price;
    content_mg += probability * combination.content_mg;
    for (std::size_t vial = 0; vial < use.vials.size(); ++vial) {
      use.vials[vial] += probability * static_cast<double>(combination.vials[vial]);
    }
  }
  use.share_wasted = 1 - mean_dose_mg / content_mg;
  return use;
}

VialUse use_shared_vials(std::span<const Vial> vials, double mean_dose_mg) {
  const auto cheapest = std::min_element(vials.begin(), vials.end(), [](const Vial& a, const Vial& b) {
    return a.price / a.content_mg < b.price / b.content_mg;
  });
  VialUse use{std::vector<double>(vials.size()), mean_dose_mg / cheapest->content_mg * cheapest->price, 0};
  use.vials[static_cast<std::size_t>(cheapest - vials.begin())] = mean_dose_mg / cheapest->content_mg;
  return use;
}

}  // namespace

Result<DoseCost> cost_of_dose(double dose_mg_per_kg, const BodyWeights& weights, std::span<const Vial> vials) {
  Diagnostics problems = check_weights(weights);
  if (!std::isfinite(dose_mg_per_kg) || dose_mg_per_kg <= 0) {
    problems.push_back({{}, "the dose is not above 0", "give it in mg per kg of body weight"});
  }
  if (vials.empty()) problems.push_back({{}, "there are no vials", "give at least one size"});
  for (const Vial& vial : vials) {
    if (std::isfinite(vial.content_mg) && vial.content_mg > 0 && is_amount(vial.price)) continue;
    problems.push_back({{},
                        fmt::format("a vial of {} mg at a price of {} cannot be costed", vial.content_mg, vial.price),
                        "give a content above 0 and a price of 0 or more"});
  }
  if (!problems.empty()) return tl::unexpected(std::move(problems));

  const WeightDistribution distribution(weights);
  const double largest_dose_mg = dose_mg_per_kg * distribution.heaviest_kg();
  std::optional<std::vector<Combination>> combinations = combine(vials, largest_dose_mg);
  if (!combinations) {
    return tl::unexpected(
        Diagnostics{{{},
                     fmt::format("there are more than {} ways to make up {:.6g} mg out of these vials",
                                 most_combinations, largest_dose_mg),
                     "leave out the smallest sizes"}});
  }
  DoseCost cost;
  cost.mean_dose_mg = dose_mg_per_kg * distribution.mean_kg();
  cost.without_sharing =
      use_whole_vials(keep_cheapest(std::move(*combinations)), distribution, dose_mg_per_kg, cost.mean_dose_mg);
  cost.with_sharing = use_shared_vials(vials, cost.mean_dose_mg);
  return cost;
}

}  // namespace myelin::economics
