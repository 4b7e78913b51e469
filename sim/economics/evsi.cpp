#include "economics/evsi.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "economics/moment_matching.hpp"

namespace myelin::economics {

namespace {

/// Positions of the parameters that the trial observes, each once; without those that do not exist.
std::vector<std::size_t> parameters_observed(const ProposedTrial& trial, std::size_t parameters) {
  std::vector<std::size_t> positions;
  for (const Observation& observation : trial.observes) {
    if (observation.parameter < parameters) positions.push_back(observation.parameter);
  }
  std::sort(positions.begin(), positions.end());
  positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
  return positions;
}

/// EVSI [threshold] by regression on the estimates [draw][observation] that the trials give. Trials that all give the
/// same have no value.
Result<std::vector<Evsi>> regress(const DecisionSample& sample, std::span<const double> thresholds,
                                  const Eigen::MatrixXd& estimates, const EvppiOptions& options) {
  const Eigen::MatrixXd varying = varying_columns(estimates);
  if (varying.cols() == 0) return std::vector<Evsi>(thresholds.size());
  ParameterSample summaries{{}, varying};
  std::vector<std::size_t> all;
  for (Eigen::Index k = 0; k < varying.cols(); ++k) {
    all.push_back(static_cast<std::size_t>(k));
    summaries.names.push_back("estimate " + std::to_string(k));
  }
  Result<EvppiResult> values = evppi(sample, thresholds, summaries, all, options);
  if (!values) return tl::unexpected(std::move(values.error()));
  std::vector<Evsi> by_threshold;
  for (const Evppi& at : values->by_threshold) by_threshold.push_back({at.value, at.standard_error, at.bias});
  return by_threshold;
}

/// The functions of the parameters observed on which moment matching regresses; the parameters pass evppi().
SmoothBasis basis_of(const DecisionSample& sample, const ParameterSample& parameters,
                     const std::vector<std::size_t>& observed, const EvppiOptions& options, PhiloxEngine& generator) {
  const std::vector<Eigen::Index> positions(observed.begin(), observed.end());
  const Eigen::MatrixXd values = varying_columns(parameters.values(Eigen::all, positions));
  const RegressionMethod method = choose_method(options.method, values.cols(), sample.draws());
  const Eigen::MatrixXd responses = side_by_side(increments(sample.cost), increments(sample.qaly));
  return smooth_basis(method, values, varying_columns(responses), generator);
}

/// What moment matching takes from the trials, for all thresholds.
struct MomentMatching {
  SmoothBasis basis;
  std::vector<ExpectedBenefit> benefits;            ///< [threshold]
  std::vector<std::vector<Posteriors>> posteriors;  ///< [threshold][size that the draws can represent]
};

/// Adds the trials of one size, held at some of the draws; returns their median number of effective draws.
double add_size(MomentMatching& matching, const TrialSimulator& simulator, double patients, const Eigen::MatrixXd& data,
                const std::vector<Eigen::Index>& held_at) {
  std::vector<Posteriors> posteriors(matching.benefits.size(), {patients, {}});
  std::vector<double> effective_draws;
  for (const Eigen::Index draw : held_at) {
    const Eigen::VectorXd weights = simulator.posterior_weights(data.row(draw), patients);
    effective_draws.push_back(1 / weights.squaredNorm());
    for (std::size_t i = 0; i < posteriors.size(); ++i) {
      posteriors[i].covariances.push_back(weighted_covariance(matching.benefits[i].components, weights));
    }
  }
  const auto median = effective_draws.begin() + std::ssize(effective_draws) / 2;
  std::nth_element(effective_draws.begin(), median, effective_draws.end());
  if (*median >= fewest_effective_draws) {
    for (std::size_t i = 0; i < posteriors.size(); ++i) matching.posteriors[i].push_back(std::move(posteriors[i]));
  }
  return *median;
}

/// What all checks of a trial and of the EVPPI of the parameters that it observes find, or that EVPPI.
Result<EvppiResult> limits(const DecisionSample& sample, std::span<const double> thresholds,
                           const ParameterSample& parameters, const ProposedTrial& trial,
                           const std::vector<std::size_t>& observed, const EvppiOptions& options) {
  Diagnostics problems = check(trial, parameters);
  Result<EvppiResult> found;
  if (!observed.empty()) found = evppi(sample, thresholds, parameters, observed, options);
  if (!found) problems.insert(problems.end(), found.error().begin(), found.error().end());
  if (!problems.empty()) return tl::unexpected(std::move(problems));
  return found;
}

}  // namespace

Result<EvsiResult> evsi(const DecisionSample& sample, std::span<const double> thresholds,
                        const ParameterSample& parameters, const ProposedTrial& trial, const EvppiOptions& options) {
  const std::vector<std::size_t> observed = parameters_observed(trial, parameters.names.size());
  Result<EvppiResult> limit = limits(sample, thresholds, parameters, trial, observed, options);
  if (!limit) return tl::unexpected(std::move(limit.error()));

  // Posterior distributions cost no new model runs here, so that there can be more than the usual 30 to 50.
  constexpr Eigen::Index most_data_sets = 200;
  PhiloxEngine generator(options.seed, stream_id("economics.evsi"), 0);
  const std::vector<Eigen::Index> held_at = choose_rows(sample.draws(), most_data_sets, generator);
  MomentMatching matching{basis_of(sample, parameters, observed, options, generator), {}, {}};
  const Eigen::MatrixXd cost = increments(sample.cost), qaly = increments(sample.qaly);
  for (const double threshold : thresholds) {
    matching.benefits.push_back(expected_benefit(matching.basis, threshold * qaly - cost));
  }
  matching.posteriors.resize(thresholds.size());

  EvsiResult result{trial.sizes, {}, {}};
  for (Evppi& at : limit->by_threshold) {
    result.by_threshold.push_back({std::move(at), std::vector<EvsiBySize>(trial.sizes.size())});
  }
  const TrialSimulator simulator(trial, parameters);
  for (std::size_t size = 0; size < trial.sizes.size(); ++size) {
    const Eigen::MatrixXd data = simulator.simulate(trial.sizes[size], options.seed);
    result.effective_draws.push_back(add_size(matching, simulator, trial.sizes[size], data, held_at));
    const Eigen::MatrixXd estimates = simulator.estimates(data, trial.sizes[size]);
    const Result<std::vector<Evsi>> values = regress(sample, thresholds, estimates, options);
    if (!values) return tl::unexpected(values.error());
    for (std::size_t i = 0; i < thresholds.size(); ++i) result.by_threshold[i].by_size[size].regression = (*values)[i];
  }
  for (std::size_t i = 0; i < thresholds.size(); ++i) {
    if (matching.posteriors[i].empty()) continue;
    PhiloxEngine errors(options.seed, stream_id("economics.evsi.errors"), 0);  // the same at every threshold
    const std::vector<Evsi> values =
        match_moments(matching.basis, matching.benefits[i], matching.posteriors[i], trial.sizes, errors);
    for (std::size_t size = 0; size < values.size(); ++size) {
      result.by_threshold[i].by_size[size].moment_matching = values[size];
    }
  }
  return result;
}

}  // namespace myelin::economics
