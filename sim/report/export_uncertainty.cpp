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

}  // namespace

Result<std::vector<ExportFile>> uncertainty_files(const results::RunResults& run) {
  const AnalysisResult& drawn = *run.probabilistic;
  const Result<DecisionOverDraws> decided = decide_over_draws(drawn, thresholds_of(run));
  if (!decided) return tl::unexpected(decided.error());
  ExportTable acceptability("ceac.csv", "proportion of draws in which each strategy is best",
                            {"WTP", "Strategy", "Proportion", "On_Frontier"});
  ExportTable loss("exp_loss.csv", "expected loss of each strategy; on the frontier, the EVPI",
                   {"WTP", "Strategy", "Expected_Loss", "On_Frontier"});
  for (const ThresholdDecision& decision : decided->decisions) {
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
