#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "core/diagnostic.hpp"
#include "economics/incremental.hpp"

/// \file
/// Prices: at which discount a decision changes, which price the health gained is worth, what an agreement on volume
/// comes to, and what a dose costs out of whole vials.
///
/// A strategy's expected cost is affine in the price of each therapy that it uses, so that re-pricing needs no new run:
/// cost = cost at list prices - discount x acquisition cost at the list price. Discounts are proportions of the list
/// price, 0.3 for 30 %; below 0 they are mark-ups.

namespace myelin::economics {

/// Strategies at list prices.
struct PriceInput {
  std::vector<Point> strategies;                 ///< costs with all therapies at list price
  std::vector<std::string> therapies;            ///< whose prices are negotiated
  std::vector<std::vector<double>> acquisition;  ///< [therapy][strategy]: the part of the cost that is its list price
};

/// The strategies with one therapy at a discount (1 at most) and the others at list price, for a valid `input`.
std::vector<Point> at_discount(const PriceInput& input, std::size_t therapy, double discount);

/// At a discount on a therapy the strategy with the most net benefit changes.
struct DecisionChange {
  std::size_t therapy = 0;
  double discount = 0;
  std::size_t from = 0;  ///< the best strategy below this discount, of equal ones the first
  std::size_t to = 0;    ///< the best strategy above it
};

/// Every change of the best strategy between discounts of 0 and 1, therapy by therapy, by rising discount, at a
/// threshold in currency per QALY, not negative.
Result<std::vector<DecisionChange>> find_decision_changes(const PriceInput& input, double threshold);

/// Discounts `from` to `to` (1 at most), the bounds included; `from` may be -infinity. At a bound other than 1 the
/// strategy's net benefit equals that of the best alternative.
struct DiscountRange {
  double from = 0;
  double to = 1;
};

/// The discounts on `therapy` at which no other strategy has more net benefit than `strategy` at a threshold (currency
/// per QALY, not negative); none if there are none.
Result<std::optional<DiscountRange>> discounts_where_best(const PriceInput& input, std::size_t therapy,
                                                          std::size_t strategy, double threshold);

/// The decision with one therapy at a discount.
struct PriceRow {
  std::size_t therapy = 0;
  double discount = 0;
  std::size_t best = 0;               ///< strategy with the most net benefit at the threshold, of equal ones the first
  std::optional<std::size_t> versus;  ///< the next cheaper strategy of the frontier; none for the cheapest
  std::optional<double> icer;         ///< of `best` against `versus`, currency per QALY gained; none for the cheapest
};

/// The decision for every therapy at every discount (in [0, 1]), therapy by therapy, at a threshold in currency per
/// QALY, not negative.
Result<std::vector<PriceRow>> tabulate_discounts(const PriceInput& input, std::span<const double> discounts,
                                                 double threshold);

/// Discounted increments per patient of a strategy against its comparator.
struct PricedIncrement {
  double qaly = 0;        ///< above 0
  double other_cost = 0;  ///< currency, without the acquisition of the therapy
  double units = 0;       ///< of the therapy: packs, doses or courses; above 0
};

/// The health-benefit price, currency per unit, at which the ICER equals a threshold (currency per QALY, above 0);
/// below 0 where the ICER exceeds the threshold even with the therapy for free.
Result<double> health_benefit_price(const PricedIncrement& increment, double threshold);

/// A price-volume agreement: units bought in a year beyond `from_units` carry the rebate, up to the next tier.
struct VolumeTier {
  double from_units = 0;  ///< 0 in the first tier, then rising
  double rebate = 0;      ///< proportion of the list price, in [0, 1]
};

struct VolumeYear {
  double units = 0;
  double expenditure = 0;                   ///< currency, net of rebates
  std::optional<double> average_net_price;  ///< currency per unit; none without units
};

/// What a list price (currency per unit) and tiers come to in each year, given its volume `units` [year].
Result<std::vector<VolumeYear>> apply_agreement(double list_price, std::span<const VolumeTier> tiers,
                                                std::span<const double> units);

/// Body weights by mean and standard deviation. A normal distribution is taken without the weights below 0.
struct NormalWeights {
  double mean_kg = 0;
  double sd_kg = 0;
};
struct LognormalWeights {
  double mean_kg = 0;
  double sd_kg = 0;
};
/// Patients of one body weight; shares sum to 1.
struct WeightClass {
  double weight_kg = 0;
  double share = 0;
};
using BodyWeights = std::variant<NormalWeights, LognormalWeights, std::vector<WeightClass>>;

struct Vial {
  double content_mg = 0;  ///< above 0
  double price = 0;       ///< currency
};

/// Expected use for one dose of a random patient.
struct VialUse {
  std::vector<double> vials;  ///< [vial]: number
  double cost = 0;            ///< currency
  double share_wasted = 0;    ///< of the content opened
};

struct DoseCost {
  double mean_dose_mg = 0;
  VialUse
      without_sharing;   ///< for each patient the cheapest whole vials that cover the dose, of these the least content
  VialUse with_sharing;  ///< no waste: the mean dose out of the vial that is cheapest by content
};

/// The cost of one dose by body weight out of vials of one or more sizes. Sizes so small against the dose that there
/// are too many combinations to compare are an error.
Result<DoseCost> cost_of_dose(double dose_mg_per_kg, const BodyWeights& weights, std::span<const Vial> vials);

}  // namespace myelin::economics
