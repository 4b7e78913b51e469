#include "page/decision.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "economics/analysis.hpp"
#include "economics/patient_noise.hpp"
#include "report/section_support.hpp"

namespace myelin::page {

namespace {

/// A round number, 1, 2 or 5 times a power of ten, of which about `steps` make `reach`.
double round_step(double reach, double steps) {
  const double power = std::pow(10, std::floor(std::log10(reach / steps)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (reach / (factor * power) <= steps) return factor * power;
  }
  return 10 * power;
}

}  // namespace

std::vector<double> slider_thresholds(const results::RunResults& run) {
  constexpr double reach = 3, most_steps = 100;
  const double largest = run.thresholds.empty() ? 0 : *std::ranges::max_element(run.thresholds);
  if (!(largest > 0)) return {};
  std::set<double> thresholds(run.thresholds.begin(), run.thresholds.end());
  const double step = round_step(reach * largest, most_steps);
  for (int i = 0; i * step <= reach * largest; ++i) thresholds.insert(i * step);
  return {thresholds.begin(), thresholds.end()};
}

Result<std::vector<Decision>> decisions_at(const report::Material& material, const std::vector<double>& thresholds) {
  const results::AnalysisResult& analysis = report::decisive_analysis(material.run);
  const auto analysed = economics::analyse(analysis, thresholds, material.reference);
  if (!analysed) return tl::unexpected(analysed.error());
  std::vector<Decision> decisions;
  for (const economics::ThresholdRow& row : analysed->thresholds)
    decisions.push_back(
        {row.threshold, row.best, row.runner_up, row.lead.mean, row.lead.standard_error, row.net_benefit, {}, {}});
  if (!material.run.probabilistic || analysis.draws < 2) return decisions;
  const auto decided = economics::decide_over_draws(analysis, thresholds);
  if (!decided) return tl::unexpected(decided.error());
  for (std::size_t i = 0; i < thresholds.size(); ++i) {
    const economics::ThresholdDecision& uncertain = decided->decisions[i];
    for (const economics::Estimate& probability : uncertain.probability_best)
      decisions[i].probability.push_back(probability.mean);
    for (const economics::Estimate& loss : uncertain.expected_loss) decisions[i].loss.push_back(loss.mean);
  }
  return decisions;
}

}  // namespace myelin::page
