#include "study/evaluate.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "core/contract.hpp"
#include "program/timing.hpp"

namespace myelin::study {

namespace {

/// Sums of one strategy's output at time points.
class Curve {
 public:
  Curve(const ResolvedMeasure& measure, const StrategyOutput& output)
      : measure_(measure), counts_(output.tallies[measure.tally]) {}

  /// The weighted count of the living at a time point, per patient.
  double weighted(std::uint32_t time) const {
    const std::span<const double> cells = at(time);
    double sum = 0;
    for (std::size_t cell = 0; cell < cells.size(); ++cell) sum += measure_.weights[cell] * cells[cell];
    return sum;
  }

  double alive(std::uint32_t time) const {
    double sum = 0;
    for (const double count : at(time)) sum += count;
    return sum;
  }

  /// The weighted mean among the living; none if nobody lives.
  std::optional<double> mean(std::uint32_t time) const {
    const double living = alive(time);
    return living > 0 ? std::optional(weighted(time) / living) : std::nullopt;
  }

 private:
  std::span<const double> at(std::uint32_t time) const {
    const std::size_t cells = measure_.weights.size();
    return std::span(counts_).subspan(time * cells, cells);
  }

  const ResolvedMeasure& measure_;
  const std::vector<double>& counts_;
};

double undiscounted(const engine::AmountsByTime& amounts, const Weights& weights) {
  double sum = weights.start * amounts.start;
  for (std::size_t t = 0; t < weights.point.size(); ++t) sum += weights.point[t] * amounts.point[t];
  for (std::size_t t = 0; t < weights.event.size(); ++t) sum += weights.event[t] * amounts.event[t];
  return sum;
}

/// What an outcome accrues undiscounted under the timing of a shorter horizon; of a total, what its parts accrue.
double total_until(const Program& program, const StrategyOutput& output, OutcomeIndex index, const Timing& timing) {
  const Outcome& outcome = program.outcomes[index.value];
  double sum = 0;
  for (const OutcomeIndex part : outcome.parts) sum += total_until(program, output, part, timing);
  if (!outcome.parts.empty()) return sum;
  const std::optional<engine::AmountsByTime>& amounts = output.amounts[index.value];
  MYELIN_EXPECT(amounts.has_value());
  return undiscounted(*amounts,
                      make_weights(timing, DiscountRate::constant(0), outcome.event_weight, outcome.state_weight));
}

/// The Kaplan-Meier share still without the event, at each time point: S(t + 1) = S(t) (1 - events / at risk), those at
/// risk being the living without it. What happened before time point 0 counts among all patients.
std::vector<double> free_of_event(const ResolvedMeasure& measure, const Program& program,
                                  const StrategyOutput& output) {
  const std::optional<engine::AmountsByTime>&events = output.amounts[measure.outcome.value],
        &years_before = output.amounts[measure.before.value];
  MYELIN_EXPECT(events && years_before);
  std::vector<double> share = {std::clamp(1 - events->start, 0.0, 1.0)};
  for (std::uint32_t t = 0; t < program.cycles; ++t) {
    const double at_risk = years_before->point[t] / measure.cycle_length_years;
    const double hazard = at_risk > 0 ? std::clamp(events->event[t] / at_risk, 0.0, 1.0) : 0;
    share.push_back(share.back() * (1 - hazard));
  }
  return share;
}

std::optional<double> median(const std::vector<double>& share, double cycle_length_years) {
  for (std::size_t t = 0; t < share.size(); ++t) {
    if (share[t] > 0.5) continue;
    if (t == 0) return 0;
    const double fraction = (share[t - 1] - 0.5) / (share[t - 1] - share[t]);
    return (static_cast<double>(t - 1) + fraction) * cycle_length_years;
  }
  return std::nullopt;
}

std::size_t find(const Program& program, const char* name) {
  return static_cast<std::size_t>(std::ranges::find(program.outcomes, name, &Outcome::name) - program.outcomes.begin());
}

/// Only in the quadrants of a trade-off does the ratio of two increments mean anything.
std::optional<double> ratio_of(double cost, double qaly) {
  const bool trade_off = (cost > 0 && qaly > 0) || (cost < 0 && qaly < 0);
  return trade_off ? std::optional(cost / qaly) : std::nullopt;
}

}  // namespace

std::optional<double> value_of(const ResolvedMeasure& measure, const PlannedAnalysis& analysis,
                               const AnalysisOutput& output) {
  constexpr std::size_t columns = 2, undiscounted_column = 1;
  const Program& program = analysis.programs[measure.strategy];
  const StrategyOutput& own = output.strategies[measure.strategy];
  const auto discounted = [&](std::size_t outcome) { return own.outcomes.mean[outcome * columns]; };
  const auto increment = [&](std::size_t outcome) {
    return discounted(outcome) - output.strategies[measure.versus].outcomes.mean[outcome * columns];
  };
  switch (measure.kind) {
    case MeasureKind::total:
      return measure.until ? total_until(program, own, measure.outcome, *measure.until)
                           : own.outcomes.mean[measure.outcome.value * columns + undiscounted_column];
    case MeasureKind::discounted:
      return discounted(measure.outcome.value);
    case MeasureKind::increment:
      return increment(measure.outcome.value);
    case MeasureKind::icer:
      return ratio_of(increment(measure.outcome.value), increment(find(program, "qaly")));
    case MeasureKind::survival:
      return Curve(measure, own).weighted(measure.time);
    case MeasureKind::share:
    case MeasureKind::mean:
      return Curve(measure, own).mean(measure.time);
    case MeasureKind::change: {
      const Curve curve(measure, own);
      const std::optional<double> now = curve.mean(measure.time), first = curve.mean(0);
      return now && first ? std::optional(*now - *first) : std::nullopt;
    }
    case MeasureKind::free:
      return free_of_event(measure, program, own)[measure.time];
    case MeasureKind::median:
      return median(free_of_event(measure, program, own), measure.cycle_length_years);
  }
  return std::nullopt;
}

}  // namespace myelin::study
