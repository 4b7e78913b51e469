#include "study/output_sum.hpp"

#include <cmath>

#include "core/contract.hpp"
#include "engine/conventions.hpp"

namespace myelin::study {

namespace {

void add(std::vector<double>& sum, const std::vector<double>& values) {
  MYELIN_EXPECT(sum.size() == values.size());
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += values[i];
}

void square(std::vector<double>& values) {
  for (double& value : values) value *= value;
}

void add(Estimates& sum, const Estimates& estimates) {
  add(sum.mean, estimates.mean);
  add(sum.standard_error, estimates.standard_error);
}

void add(StrategyOutput& sum, const StrategyOutput& output) {
  add(sum.outcomes, output.outcomes);
  for (std::size_t t = 0; t < sum.tallies.size(); ++t) add(sum.tallies[t], output.tallies[t]);
  for (std::size_t o = 0; o < sum.amounts.size(); ++o) {
    if (sum.amounts[o].has_value() != output.amounts[o].has_value())
      throw IoError("finished units of draws do not know the same amounts -- do the draws again");
    if (!sum.amounts[o]) continue;
    sum.amounts[o]->start += output.amounts[o]->start;
    add(sum.amounts[o]->point, output.amounts[o]->point);
    add(sum.amounts[o]->event, output.amounts[o]->event);
  }
}

void divide(std::vector<double>& values, double n) {
  for (double& value : values) value /= n;
}

void divide(Estimates& estimates, double n) {
  divide(estimates.mean, n);
  for (double& squares : estimates.standard_error) squares = std::sqrt(squares) / n;
}

}  // namespace

OutputSum::OutputSum(AnalysisOutput output) : count_(1), sum_(std::move(output)) {
  for (StrategyOutput& strategy : sum_.strategies) square(strategy.outcomes.standard_error);
  for (IncrementOutput& increment : sum_.increments) square(increment.outcomes.standard_error);
}

OutputSum OutputSum::shaped(const std::vector<Program>& programs) {
  OutputSum sum;
  for (const Program& program : programs) {
    StrategyOutput& strategy = sum.sum_.strategies.emplace_back();
    const std::vector<double> zeros(program.outcomes.size() * engine::columns);
    strategy.outcomes = {zeros, zeros};
    for (const Phase phase : {Phase::start, Phase::point, Phase::cycle}) {
      for (const Step& step : program.steps(phase)) {
        if (const auto* tally = std::get_if<Tally>(&step.action))
          strategy.tallies.emplace_back(tally->cells * engine::tally_times(phase, program.cycles));
      }
    }
    strategy.amounts.assign(program.outcomes.size(),
                            engine::AmountsByTime{0, std::vector<double>(program.cycles + std::size_t{1}),
                                                  std::vector<double>(program.cycles)});
    const std::size_t place = sum.sum_.strategies.size() - 1;
    for (std::size_t versus = 0; versus < place; ++versus)
      sum.sum_.increments.push_back({place, versus, {zeros, zeros}, 0});
  }
  return sum;
}

OutputSum merge(OutputSum a, const OutputSum& b) {
  MYELIN_EXPECT(a.sum_.strategies.size() == b.sum_.strategies.size());
  a.count_ += b.count_;
  for (std::size_t s = 0; s < a.sum_.strategies.size(); ++s) add(a.sum_.strategies[s], b.sum_.strategies[s]);
  for (std::size_t i = 0; i < a.sum_.increments.size(); ++i) {
    add(a.sum_.increments[i].outcomes, b.sum_.increments[i].outcomes);
    a.sum_.increments[i].cost_qaly_covariance += b.sum_.increments[i].cost_qaly_covariance;
  }
  a.sum_.patient_cycles += b.sum_.patient_cycles;
  return a;
}

AnalysisOutput OutputSum::mean() && {
  const auto n = static_cast<double>(count_);
  for (StrategyOutput& strategy : sum_.strategies) {
    divide(strategy.outcomes, n);
    for (std::vector<double>& tally : strategy.tallies) divide(tally, n);
    for (std::optional<engine::AmountsByTime>& amounts : strategy.amounts) {
      if (!amounts) continue;
      amounts->start /= n;
      divide(amounts->point, n);
      divide(amounts->event, n);
    }
  }
  for (IncrementOutput& increment : sum_.increments) {
    divide(increment.outcomes, n);
    increment.cost_qaly_covariance /= n * n;
  }
  return std::move(sum_);
}

}  // namespace myelin::study
