#include "economics/nested_value.hpp"

#include <fmt/format.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <utility>

namespace myelin::economics {

namespace {

constexpr StreamId nested_stream = stream_id("economics.nested_value");
constexpr StreamId multilevel_stream = stream_id("economics.multilevel_value");

/// Sums over outer draws. A value of information is the loss of staying with the strategy that is best on average, so
/// that losses are summed for every strategy and the smallest mean counts; of a single quantity, its own.
class Sums {
 public:
  explicit Sums(std::size_t quantities)
      : sum_(Eigen::ArrayXd::Zero(static_cast<Eigen::Index>(quantities))), squares_(sum_) {}

  void add(const Eigen::ArrayXd& quantities) {
    sum_ += quantities;
    squares_ += quantities.square();
    ++count_;
  }
  std::uint64_t count() const { return count_; }
  double mean() const { return sum_.minCoeff() / static_cast<double>(count_); }
  double variance() const {
    Eigen::Index best = 0;
    sum_.minCoeff(&best);
    const double draws = static_cast<double>(count_);
    return std::max(0.0, (squares_(best) - sum_(best) * sum_(best) / draws) / (draws - 1));
  }

 private:
  std::uint64_t count_ = 0;
  Eigen::ArrayXd sum_, squares_;
};

/// Mean net benefits [strategy] over half of the inner draws each.
struct Halves {
  Eigen::ArrayXd first, second;

  Eigen::ArrayXd all() const { return (first + second) / 2; }
  /// By how much deciding on half of the inner draws seems better than deciding on all: 0 unless the decisions differ.
  double difference() const { return (first.maxCoeff() + second.maxCoeff()) / 2 - all().maxCoeff(); }
};

Eigen::ArrayXd mean_benefits(const NestedDecision& decision, std::span<const double> of_interest,
                             std::uint64_t inner_draws, PhiloxEngine& generator) {
  Eigen::ArrayXd benefits(static_cast<Eigen::Index>(decision.strategies)), sum = Eigen::ArrayXd::Zero(benefits.size());
  for (std::uint64_t i = 0; i < inner_draws; ++i) {
    decision.net_benefit(decision.inner(generator, of_interest), {benefits.data(), decision.strategies});
    sum += benefits;
  }
  return sum / static_cast<double>(inner_draws);
}

Halves draw_halves(const NestedDecision& decision, std::uint64_t inner_draws, PhiloxEngine& generator) {
  const std::vector<double> of_interest = decision.outer(generator);
  Eigen::ArrayXd first = mean_benefits(decision, of_interest, inner_draws / 2, generator);
  return {std::move(first), mean_benefits(decision, of_interest, inner_draws / 2, generator)};
}

/// What strategies lose against the best.
Eigen::ArrayXd losses(const Eigen::ArrayXd& benefits) { return benefits.maxCoeff() - benefits; }

/// A level that can be given more outer draws.
class Level {
 public:
  Level(const NestedDecision& decision, std::uint32_t number, Seed seed)
      : decision_(decision),
        inner_draws_(std::uint64_t{1} << number),
        generator_(seed, multilevel_stream, number),
        sums_(number == 0 ? decision.strategies : 1) {}

  void extend_to(std::uint64_t outer_draws) {
    while (sums_.count() < outer_draws) {
      if (inner_draws_ == 1) {
        sums_.add(losses(mean_benefits(decision_, decision_.outer(generator_), 1, generator_)));
      } else {
        sums_.add(Eigen::ArrayXd::Constant(1, draw_halves(decision_, inner_draws_, generator_).difference()));
      }
    }
  }

  double cost() const { return static_cast<double>(inner_draws_); }  ///< evaluations an outer draw
  ValueLevel result() const { return {inner_draws_, sums_.count(), sums_.mean(), sums_.variance()}; }

 private:
  const NestedDecision& decision_;
  std::uint64_t inner_draws_;
  PhiloxEngine generator_;
  Sums sums_;
};

/// Means and variances fall from level to level as 2^-1 and 2^-1.5 (Giles and Goda 2019). A level whose few draws show
/// less than half of what the level before leads to expect counts with that half.
double expected_decline(double value, double before, double power) {
  return std::max(value, before / std::exp2(power) / 2);
}

/// Levels from 0 that share the error's variance at the least cost.
class Hierarchy {
 public:
  Hierarchy(const NestedDecision& decision, double target_error, Seed seed)
      : decision_(decision), target_error_(target_error), seed_(seed) {}

  /// Adds a level, and the outer draws to all levels that bring the variance to half of the squared target; whether
  /// that was within reach.
  bool add_level() {
    constexpr std::uint64_t first_draws = 1000;
    constexpr double most_evaluations = 1e10;
    levels_.emplace_back(decision_, static_cast<std::uint32_t>(levels_.size()), seed_);
    levels_.back().extend_to(first_draws);
    std::vector<double> variances;
    double sum = 0;
    for (const Level& level : levels_) {
      const double variance = level.result().variance;
      variances.push_back(variances.size() < 2 ? variance : expected_decline(variance, variances.back(), 1.5));
      sum += std::sqrt(variances.back() * level.cost());
    }
    if (2 * sum * sum / (target_error_ * target_error_) > most_evaluations) return false;
    for (std::size_t i = 0; i < levels_.size(); ++i) {
      const double draws = 2 * std::sqrt(variances[i] / levels_[i].cost()) * sum / (target_error_ * target_error_);
      levels_[i].extend_to(static_cast<std::uint64_t>(std::ceil(draws)));
    }
    return true;
  }

  std::size_t size() const { return levels_.size(); }

  MultilevelValue result() const {
    MultilevelValue value;
    double variance = 0;
    for (const Level& level : levels_) {
      const ValueLevel& one = value.levels.emplace_back(level.result());
      value.evppi += value.levels.size() == 1 ? one.mean : -one.mean;
      value.evaluations += one.inner_draws * one.outer_draws;
      variance += one.variance / static_cast<double>(one.outer_draws);
    }
    value.evpi = value.levels.front().mean;
    value.standard_error = std::sqrt(variance);
    // Means that halve from level to level leave as much beyond the last as it has itself.
    const std::size_t last = value.levels.size() - 1;
    if (last >= 1) value.bias = value.levels[last].mean;
    if (last >= 2) value.bias = std::max(value.bias, value.levels[last - 1].mean / 2);
    return value;
  }

 private:
  const NestedDecision& decision_;
  double target_error_;
  Seed seed_;
  std::vector<Level> levels_;
};

void check_strategies(const NestedDecision& decision, Diagnostics& problems) {
  if (decision.strategies >= 2) return;
  problems.push_back(
      {{}, "there is no decision to inform with fewer than two strategies", "compare at least two strategies"});
}

}  // namespace

Result<NestedValue> nested_evppi(const NestedDecision& decision, std::uint64_t outer_draws, std::uint64_t inner_draws,
                                 Seed seed) {
  Diagnostics problems;
  check_strategies(decision, problems);
  if (outer_draws < 2) {
    problems.push_back({{}, fmt::format("{} outer draws give no standard error", outer_draws), "take at least 2"});
  }
  if (inner_draws < 2 || inner_draws % 2 != 0) {
    problems.push_back({{},
                        fmt::format("{} inner draws have no two equal halves, which show the bias", inner_draws),
                        "take an even number"});
  }
  if (!problems.empty()) return tl::unexpected(std::move(problems));

  PhiloxEngine generator(seed, nested_stream, 0);
  Sums values(decision.strategies), differences(1);
  for (std::uint64_t i = 0; i < outer_draws; ++i) {
    const Halves halves = draw_halves(decision, inner_draws, generator);
    values.add(losses(halves.all()));
    differences.add(Eigen::ArrayXd::Constant(1, halves.difference()));
  }
  return NestedValue{values.mean(), std::sqrt(values.variance() / static_cast<double>(outer_draws)), differences.mean(),
                     outer_draws * inner_draws};
}

Result<MultilevelValue> multilevel_evppi(const NestedDecision& decision, double target_error, Seed seed) {
  constexpr std::size_t fewest_levels = 4, most_levels = 20;
  Diagnostics problems;
  check_strategies(decision, problems);
  if (!(target_error > 0 && std::isfinite(target_error))) {
    problems.push_back(
        {{}, fmt::format("the target error {} is not above 0", target_error), "give it in currency per patient"});
  }
  if (!problems.empty()) return tl::unexpected(std::move(problems));

  Hierarchy hierarchy(decision, target_error, seed);
  while (hierarchy.size() < most_levels && hierarchy.add_level()) {
    if (hierarchy.size() < fewest_levels) continue;
    MultilevelValue value = hierarchy.result();
    if (value.bias < target_error / std::sqrt(2.0)) return value;
  }
  return tl::unexpected(Diagnostics{
      {{}, fmt::format("the target error {} needs too many model evaluations", target_error), "allow a larger error"}});
}

}  // namespace myelin::economics
