#include <algorithm>

#include "economics/acceptability.hpp"
#include "economics/patient_noise.hpp"
#include "report/csv.hpp"
#include "report/export_table.hpp"

namespace myelin::report {

namespace {

using namespace economics;
using results::AnalysisResult;

/// The run's thresholds and a grid from 0 to twice the highest of them, rising.
std::vector<double> thresholds_of(const results::RunResults& run) {
  constexpr int steps = 40;
  std::vector<double> thresholds = run.thresholds;
  const double highest = thresholds.empty() ? 0 : std::ranges::max(thresholds);
  for (int i = 0; i <= steps; ++i) thresholds.push_back(2 * highest * i / steps);
  std::ranges::sort(thresholds);
  const auto repeated = std::ranges::unique(thresholds);
  thresholds.erase(repeated.begin(), repeated.end());
  return thresholds;
}

/// As `analyse` answers: where the patients of the draws leave noise that can be told apart, without it.
Result<std::vector<ThresholdDecision>> decide_without_noise(const AnalysisResult& drawn,
                                                            const std::vector<double>& thresholds) {
  const DecisionSample sample = decision_sample(drawn);
  const IncrementNoise noise = increment_noise(drawn);
  if ((noise.covariance.array() == 0).all()) return decide(sample, thresholds);
  const Result<NoiseCorrection> correction = correct_for_noise(sample, noise);
  if (!correction) return decide(sample, thresholds);
  const Result<std::vector<Estimate>> evpi = corrected_evpi(sample, noise, thresholds);
  if (!evpi) return tl::unexpected(evpi.error());
  Result<std::vector<ThresholdDecision>> decisions = decide(correction->sample, thresholds);
  if (!decisions) return decisions;
  for (std::size_t i = 0; i < thresholds.size(); ++i)
    (*decisions)[i].expected_loss[(*decisions)[i].optimal] = (*evpi)[i];
  return decisions;
}

}  // namespace

Result<std::vector<ExportFile>> uncertainty_files(const results::RunResults& run) {
  const AnalysisResult& drawn = *run.probabilistic;
  const Result<std::vector<ThresholdDecision>> decisions = decide_without_noise(drawn, thresholds_of(run));
  if (!decisions) return tl::unexpected(decisions.error());
  ExportTable acceptability("ceac.csv", "proportion of draws in which each strategy is best",
                            {"WTP", "Strategy", "Proportion", "On_Frontier"});
  ExportTable loss("exp_loss.csv", "expected loss of each strategy; on the frontier, the EVPI",
                   {"WTP", "Strategy", "Expected_Loss", "On_Frontier"});
  for (const ThresholdDecision& decision : *decisions) {
    for (std::size_t s = 0; s < drawn.strategies.size(); ++s) {
      const std::string wtp = csv_number(decision.threshold),
                        optimal = s == decision.optimal ? "TRUE" : "FALSE";  // as R reads
      const std::string& name = drawn.strategies[s].name;
      acceptability.add({wtp, name, csv_number(decision.probability_best[s].mean), optimal});
      loss.add({wtp, name, csv_number(decision.expected_loss[s].mean), optimal});
    }
  }
  return std::vector{acceptability.take(), loss.take()};
}

}  // namespace myelin::report
