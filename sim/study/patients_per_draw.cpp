#include "study/patients_per_draw.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/contract.hpp"
#include "engine/conventions.hpp"

namespace myelin::study {

namespace {

/// Of the variance between draws; what is left can be corrected for, and more patients hardly show.
constexpr double largest_noise_share = 0.05;

/// From so many patients their own error is known to about a tenth.
constexpr double fewest = 50;

/// What an entry of a table costs to make, prepare and read out, in steps of one patient. Measured on the model of
/// multiple sclerosis: 25 to 70 of them. The number of patients rises with its root alone.
constexpr double steps_per_entry = 40;

double entries_of(const Program& program) {
  std::size_t entries = 0;
  for (const Phase phase : {Phase::start, Phase::point, Phase::cycle}) {
    for (const Step& step : program.steps(phase)) {
      if (const auto* draw = std::get_if<Draw>(&step.action)) entries += draw->cumulative.size() + draw->levels.size();
      if (const auto* accrual = std::get_if<Accrual>(&step.action)) entries += accrual->amounts.size();
      if (const auto* tally = std::get_if<Tally>(&step.action))
        entries += tally->cells * engine::tally_times(phase, program.cycles);
    }
  }
  return static_cast<double>(entries);
}

/// Of the increment in net benefit, in one draw.
struct NetBenefit {
  double mean, error_squared;
};

NetBenefit net_benefit(const IncrementOutput& increment, std::size_t cost, std::size_t qaly, double threshold) {
  const Estimates& of = increment.outcomes;
  return {threshold * of.mean[qaly] - of.mean[cost], std::pow(threshold * of.standard_error[qaly], 2) +
                                                         std::pow(of.standard_error[cost], 2) -
                                                         2 * threshold * increment.cost_qaly_covariance};
}

}  // namespace

DrawWork work_of(const std::vector<Program>& programs, double cycles_a_patient) {
  DrawWork work;
  double steps = 0;
  for (const Program& program : programs) {
    work.per_draw += steps_per_entry * entries_of(program);
    steps += static_cast<double>(program.point.size() + program.cycle.size());
  }
  work.per_patient = steps / static_cast<double>(programs.size()) * cycles_a_patient;
  return work;
}

double optimal_patients_per_draw(const DrawWork& work, double within_variance, double between_variance) {
  MYELIN_EXPECT(work.per_draw > 0 && work.per_patient > 0);
  if (between_variance <= 0) return std::numeric_limits<double>::infinity();
  return std::max(1.0, std::sqrt(work.per_draw * within_variance / (work.per_patient * between_variance)));
}

double enough_patients_per_draw(const std::vector<AnalysisOutput>& draws, const std::vector<Outcome>& outcomes,
                                double patients, const std::vector<double>& thresholds, const DrawWork& work) {
  MYELIN_EXPECT(draws.size() >= 2 && patients >= 2);
  const auto place_of = [&](const char* name) {
    const auto found = std::ranges::find(outcomes, name, &Outcome::name);
    return static_cast<std::size_t>(found - outcomes.begin()) * engine::columns;
  };
  const std::size_t cost = place_of("cost"), qaly = place_of("qaly");
  const double n = static_cast<double>(draws.size());
  double enough = draws.front().increments.empty() ? std::numeric_limits<double>::infinity() : fewest;
  for (std::size_t pair = 0; pair < draws.front().increments.size(); ++pair) {
    if (draws.front().increments[pair].versus != 0) continue;
    for (const double threshold : thresholds) {
      double sum = 0, squares = 0, noise = 0;
      for (const AnalysisOutput& draw : draws) {
        const NetBenefit of_draw = net_benefit(draw.increments[pair], cost, qaly, threshold);
        sum += of_draw.mean;
        squares += of_draw.mean * of_draw.mean;
        noise += of_draw.error_squared / n;
      }
      if (noise <= 0) continue;
      const double variance = (squares - sum * sum / n) / (n - 1), between = variance - noise,
                   within = noise * patients;
      const double for_share = between > 0 ? within / between * (1 - largest_noise_share) / largest_noise_share
                                           : std::numeric_limits<double>::infinity();
      enough = std::max({enough, for_share, optimal_patients_per_draw(work, within, between)});
    }
  }
  return enough;
}

}  // namespace myelin::study
