#include "study/agreement.hpp"

#include <catch2/catch.hpp>

using namespace myelin::study;

namespace {

Target observed(double value, std::optional<Interval> interval, const std::string& unit = "proportion",
                Use use = Use::held_out) {
  Target target;
  target.use = use;
  target.observed = value;
  target.interval = interval;
  target.unit = unit;
  return target;
}

}  // namespace

TEST_CASE("Rank correlation is Spearman's with mid-ranks", "[study]") {
  CHECK(rank_correlation(std::vector<double>{1, 2, 3, 4}, std::vector<double>{10, 20, 25, 90}).value() == Approx(1));
  CHECK(rank_correlation(std::vector<double>{1, 2, 3, 4}, std::vector<double>{4, 3, 2, 1}).value() == Approx(-1));
  // Without ties 1 - 6 sum d^2 / (n (n^2 - 1)): d = 0, 1, 1, 0.
  CHECK(rank_correlation(std::vector<double>{1, 2, 3, 4}, std::vector<double>{1, 3, 2, 4}).value() ==
        Approx(1 - 6.0 * 2 / (4 * 15)));
  // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: covariance 4.5, squares 4.5 and 5.
  CHECK(rank_correlation(std::vector<double>{1, 2, 2, 3}, std::vector<double>{1, 2, 3, 4}).value() ==
        Approx(4.5 / std::sqrt(4.5 * 5)));
  CHECK_FALSE(rank_correlation(std::vector<double>{1, 2}, std::vector<double>{1, 2}));
  CHECK_FALSE(rank_correlation(std::vector<double>{1, 1, 1}, std::vector<double>{1, 2, 3}));
}

TEST_CASE("Agreement counts what has an interval and averages the errors of proportions", "[study]") {
  const std::vector<Target> targets = {observed(0.5, Interval{0.4, 0.6}),
                                       observed(0.3, Interval{0.2, 0.4}),
                                       observed(0.7, {}),
                                       observed(10, Interval{9, 11}, "years"),
                                       observed(0.5, Interval{0, 1}, "proportion", Use::fit),
                                       observed(0.9, Interval{0, 1})};
  const std::vector<Prediction> predictions = {{0.55, {}}, {0.1, {}}, {0.8, {}}, {10.5, {}}, {0.9, {}}, {}};
  const Agreement agreement = agreement_of(targets, predictions, Use::held_out);
  CHECK(agreement.with_interval == 3);
  CHECK(agreement.inside == 2);
  REQUIRE(agreement.coverage);
  CHECK(agreement.coverage->low == exact_binomial_interval(2, 3, 0.95).low);
  CHECK(agreement.proportions == 3);
  CHECK(agreement.mean_error.value() == Approx((0.05 - 0.2 + 0.1) / 3));
  CHECK(agreement.mean_absolute_error.value() == Approx(0.35 / 3));
  CHECK(agreement.rank_correlation.value() == Approx(1));
}

TEST_CASE("Agreement over nothing is silent", "[study]") {
  const std::vector<Target> targets = {observed(0.5, {}, "proportion", Use::fit)};
  const std::vector<Prediction> predictions = {{0.5, {}}};
  const Agreement agreement = agreement_of(targets, predictions, Use::held_out);
  CHECK(agreement.with_interval == 0);
  CHECK_FALSE(agreement.coverage);
  CHECK_FALSE(agreement.mean_error);
  CHECK_FALSE(agreement.rank_correlation);
}
