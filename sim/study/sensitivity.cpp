#include "study/sensitivity.hpp"

#include <algorithm>
#include <boost/math/tools/toms748_solve.hpp>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>

namespace myelin::study {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t scan_points = 11;
/// Of the values searched: finer than any input is known, coarser than what double precision can tell apart.
constexpr double relative_tolerance = 1e-10;
constexpr std::uintmax_t most_evaluations_a_crossing = 200;  ///< halving alone needs fewer
constexpr std::size_t usual_evaluations_a_crossing = 8;      ///< for progress

/// Evaluations between two looks at progress.
std::size_t evaluations_a_batch(int threads) { return 4 * static_cast<std::size_t>(threads); }

/// The strategy's net monetary benefit above that of what it is compared with.
double net_benefit_above(const Outcomes& outcomes, const ThresholdSearch& search, double threshold) {
  const auto benefit = [&](std::size_t s) { return threshold * outcomes.qaly[s] - outcomes.cost[s]; };
  double other = -std::numeric_limits<double>::infinity();
  for (std::size_t s = 0; s < outcomes.cost.size(); ++s) {
    if (search.versus ? s == *search.versus : s != search.strategy) other = std::max(other, benefit(s));
  }
  return benefit(search.strategy) - other;
}

std::vector<double> scanned_values(const ThresholdSearch& search) {
  std::vector<double> values;
  for (std::size_t i = 0; i < scan_points; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(scan_points - 1);
    values.push_back(std::lerp(search.low, search.high, share));
  }
  return values;
}

/// Everything but the crossings is known beforehand: one list of evaluations, which `Analysis` takes in this order.
std::vector<Changes> known_evaluations(const SensitivityPlan& asked) {
  std::vector<Changes> all(1);
  for (const PlannedBar& bar : asked.one_way) {
    Changes low, high;
    for (const PlannedBar::Range& range : bar.ranges) {
      low.push_back({range.input.cell, range.low});
      high.push_back({range.input.cell, range.high});
    }
    all.push_back(std::move(low));
    all.push_back(std::move(high));
  }
  for (const PlannedGrid& grid : asked.two_way) {
    for (const double x : grid.x.values) {
      for (const double y : grid.y.values) all.push_back({{grid.x.input.cell, x}, {grid.y.input.cell, y}});
    }
  }
  for (const ThresholdSearch& search : asked.threshold) {
    for (const double value : scanned_values(search)) all.push_back({{search.input.cell, value}});
  }
  return all;
}

class Analysis {
 public:
  Analysis(const Plan& plan, const SensitivityPlan& asked, Evaluator& evaluator, const Execution& execution)
      : plan_(plan),
        asked_(asked),
        evaluator_(evaluator),
        execution_(execution),
        thresholds_(plan.analyses.front().scenario.parameters.number_list("analysis.thresholds")) {}

  Result<std::optional<SensitivityOutput>> run() {
    const std::vector<Changes> known = known_evaluations(asked_);
    expected_ = known.size() + usual_evaluations_a_crossing * asked_.threshold.size() * thresholds_.size();
    std::vector<Outcomes> outcomes = evaluate(known);
    SensitivityOutput output;
    if (good()) output = collect(outcomes);
    if (!problems_.empty()) return tl::unexpected(problems_);
    if (interrupted_) return std::nullopt;
    expected_ = done_;
    report();
    return output;
  }

 private:
  bool good() const { return problems_.empty() && !interrupted_; }

  /// What the evaluations give; less, with `good` false, after a mistake or an interruption.
  std::vector<Outcomes> evaluate(std::span<const Changes> evaluations) {
    std::vector<Outcomes> all;
    const std::size_t batch = evaluations_a_batch(execution_.threads);
    for (std::size_t first = 0; first < evaluations.size() && !interrupted_; first += batch) {
      auto some = evaluator_.evaluate(evaluations.subspan(first, std::min(batch, evaluations.size() - first)));
      if (!some) {
        problems_.insert(problems_.end(), some.error().begin(), some.error().end());
        continue;
      }
      interrupted_ = some->empty();
      std::ranges::move(*some, std::back_inserter(all));
      done_ += some->size();
      report();
    }
    return all;
  }

  SensitivityOutput collect(std::vector<Outcomes>& outcomes) {
    SensitivityOutput output{evaluator_.engine(), {}, {}, asked_.left_out, {}, {}};
    auto next = outcomes.begin();
    output.base = std::move(*next++);
    for (const PlannedBar& bar : asked_.one_way) {
      OneWayBar& filled = output.one_way.emplace_back(OneWayBar{bar, {}, {}});
      filled.at_low = std::move(*next++);
      filled.at_high = std::move(*next++);
    }
    for (const PlannedGrid& grid : asked_.two_way) {
      const auto cells = static_cast<std::ptrdiff_t>(grid.x.values.size() * grid.y.values.size());
      output.two_way.push_back({grid, {std::move_iterator(next), std::move_iterator(next + cells)}});
      next += cells;
    }
    for (const ThresholdSearch& search : asked_.threshold) {
      if (good()) output.threshold.push_back(solve(search, {&*next, scan_points}));
      next += scan_points;
    }
    return output;
  }

  ThresholdSolution solve(const ThresholdSearch& search, std::span<const Outcomes> scan) {
    ThresholdSolution solution{search, {}, 0};
    const std::size_t before = done_;
    for (const double threshold : thresholds_) {
      std::vector<double> differences;
      for (const Outcomes& outcomes : scan) differences.push_back(net_benefit_above(outcomes, search, threshold));
      solution.thresholds.push_back(cross(search, threshold, differences));
    }
    solution.evaluations = scan_points + done_ - before;
    return solution;
  }

  CrossingsAtThreshold cross(const ThresholdSearch& search, double threshold, const std::vector<double>& differences) {
    CrossingsAtThreshold found{threshold, {}, {Better::neither}};
    if (std::ranges::all_of(differences, [](double each) { return each == 0; })) return found;
    const auto add = [&](Crossing crossing) {
      found.crossings.push_back(crossing);
      found.better.push_back(Better::neither);
    };
    const std::vector<double> values = scanned_values(search);
    for (std::size_t i = 0; i < values.size() && good(); ++i) {
      if (differences[i] == 0) {
        add({values[i], 0});
        continue;
      }
      found.better.back() = differences[i] > 0 ? Better::strategy : Better::versus;
      if (i + 1 < values.size() && differences[i + 1] != 0 && (differences[i] < 0) != (differences[i + 1] < 0))
        add(crossing(search, threshold, {values[i], values[i + 1]}, {differences[i], differences[i + 1]}));
    }
    return found;
  }

  Crossing crossing(const ThresholdSearch& search, double threshold, std::pair<double, double> values,
                    std::pair<double, double> differences) {
    const auto difference = [&](double value) {
      const std::vector<Changes> changes = {{{search.input.cell, value}}};
      const std::vector<Outcomes> outcomes = evaluate(changes);
      // Nothing is kept after a mistake or an interruption, and zero ends the search.
      return good() ? net_benefit_above(outcomes.front(), search, threshold) : 0;
    };
    const double largest = std::max(std::abs(search.low), std::abs(search.high));
    const double width =
        std::max(relative_tolerance * (search.high - search.low), 4 * std::numeric_limits<double>::epsilon() * largest);
    std::uintmax_t evaluations = most_evaluations_a_crossing;
    const auto [low, high] = boost::math::tools::toms748_solve(
        difference, values.first, values.second, differences.first, differences.second,
        [width](double a, double b) { return std::abs(b - a) <= width; }, evaluations);
    return {std::midpoint(low, high), (high - low) / 2};
  }

  void report() const {
    if (!execution_.report) return;
    const std::uint64_t patients = std::max<std::uint64_t>(1, plan_.patients);
    execution_.report({"sensitivity", done_ * patients, std::max(done_, expected_) * patients,
                       evaluator_.patient_cycles(), std::chrono::duration<double>(Clock::now() - begin_).count()});
  }

  const Plan& plan_;
  const SensitivityPlan& asked_;
  Evaluator& evaluator_;
  const Execution& execution_;
  const std::vector<double>& thresholds_;
  const Clock::time_point begin_ = Clock::now();
  std::size_t done_ = 0, expected_ = 0;  // evaluations
  Diagnostics problems_;
  bool interrupted_ = false;
};

}  // namespace

Result<std::optional<SensitivityOutput>> analyse_sensitivity(const Plan& plan, const Execution& execution) {
  const PlannedAnalysis& base = plan.analyses.front();
  const Result<SensitivityPlan> asked = plan_sensitivity(base);
  if (!asked) return tl::unexpected(asked.error());
  Result<Evaluator> evaluator = Evaluator::make(plan, base, execution);
  if (!evaluator) return tl::unexpected(evaluator.error());
  return Analysis(plan, *asked, *evaluator, execution).run();
}

}  // namespace myelin::study
