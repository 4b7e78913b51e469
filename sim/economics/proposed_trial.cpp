#include "economics/proposed_trial.hpp"

#include <fmt/format.h>

#include <boost/random/binomial_distribution.hpp>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/poisson_distribution.hpp>
#include <cmath>
#include <cstdint>
#include <limits>

namespace myelin::economics {

namespace {

constexpr double most_events = 1e9;

bool is_normal(ObservationKind kind) { return kind == ObservationKind::log_ratio || kind == ObservationKind::mean; }

/// What so many patients give: the inverse variance of a normal estimate, the number observed, or the years followed.
double amount(ObservationKind kind, double per_patient, double patients) {
  const double all = per_patient * patients;
  if (kind == ObservationKind::log_ratio) return all / 4;  // by arm, the logarithm has the variance 1 / (all / 2)
  return kind == ObservationKind::probability ? std::round(all) : all;
}

double simulate_one(ObservationKind kind, double value, double amount, PhiloxEngine& generator) {
  if (is_normal(kind)) return boost::random::normal_distribution<double>(value, 1 / std::sqrt(amount))(generator);
  if (kind == ObservationKind::probability) {
    const auto number = static_cast<std::int64_t>(amount);
    return static_cast<double>(boost::random::binomial_distribution<std::int64_t>(number, value)(generator));
  }
  if (value == 0) return 0;  // Boost's Poisson distribution has a mean above 0
  return static_cast<double>(boost::random::poisson_distribution<std::int64_t>(value * amount)(generator));
}

std::string no_such_value(ObservationKind kind, const Eigen::VectorXd& values) {
  const double low = values.minCoeff(), high = values.maxCoeff();
  if (kind == ObservationKind::log_ratio && low <= 0) return fmt::format("takes {}, but a ratio is above 0", low);
  if (kind == ObservationKind::rate && low < 0) return fmt::format("takes {}, but a rate is not below 0", low);
  if (kind == ObservationKind::probability && (low < 0 || high > 1)) {
    return fmt::format("takes {}, but a probability is in [0, 1]", low < 0 ? low : high);
  }
  return {};
}

void check_amounts(Diagnostics& problems, const ProposedTrial& trial, const Observation& observation,
                   const std::string& name, double highest) {
  if (!(std::isfinite(observation.per_patient) && observation.per_patient > 0)) {
    problems.push_back({{},
                        fmt::format("what a patient of the trial `{}` gives of `{}` is no number above 0: {}",
                                    trial.name, name, observation.per_patient),
                        "give events, observations, years or 1 / variance by the kind of observation"});
    return;
  }
  for (const double patients : trial.sizes) {
    if (!(std::isfinite(patients) && patients >= 1)) continue;  // told once for the trial
    const double so_much = amount(observation.kind, observation.per_patient, patients);
    if (observation.kind == ObservationKind::probability && so_much < 1) {
      problems.push_back(
          {{},
           fmt::format("{} patients of the trial `{}` give not one observation of `{}`", patients, trial.name, name),
           "leave out the size, or give more observations per patient"});
    }
    const double events = observation.kind == ObservationKind::rate ? so_much * highest : so_much;
    if (!is_normal(observation.kind) && events > most_events) {
      problems.push_back(
          {{},
           fmt::format("{} patients of the trial `{}` give {} events of `{}`", patients, trial.name, events, name),
           fmt::format("keep to {} at most", most_events)});
    }
  }
}

}  // namespace

Diagnostics check(const ProposedTrial& trial, const ParameterSample& parameters) {
  Diagnostics problems;
  if (trial.observes.empty()) {
    problems.push_back({{}, fmt::format("the trial `{}` observes nothing", trial.name), "name at least one input"});
  }
  if (trial.sizes.empty()) {
    problems.push_back({{}, fmt::format("the trial `{}` has no size", trial.name), "give at least one"});
  }
  for (const double patients : trial.sizes) {
    if (std::isfinite(patients) && patients >= 1) continue;
    problems.push_back(
        {{}, fmt::format("{} is no number of patients for the trial `{}`", patients, trial.name), "give 1 or more"});
  }
  for (const Observation& observation : trial.observes) {
    if (observation.parameter >= parameters.names.size()) {
      problems.push_back({{},
                          fmt::format("the trial `{}` observes parameter {}, but there are {}", trial.name,
                                      observation.parameter, parameters.names.size()),
                          "choose among the parameters that vary"});
      continue;
    }
    const std::string& name = parameters.names[observation.parameter];
    const Eigen::VectorXd values = parameters.values.col(static_cast<Eigen::Index>(observation.parameter));
    const std::string misfit = no_such_value(observation.kind, values);
    if (!misfit.empty()) {
      problems.push_back({{},
                          fmt::format("`{}`, which the trial `{}` observes, {}", name, trial.name, misfit),
                          "choose the kind of observation that suits the input, or bound its distribution"});
    }
    check_amounts(problems, trial, observation, name, values.maxCoeff());
  }
  return problems;
}

TrialSimulator::TrialSimulator(const ProposedTrial& trial, const ParameterSample& parameters) : name_(trial.name) {
  constexpr double least = std::numeric_limits<double>::min();  // keeps 0 times the logarithm of 0 at 0
  for (const Observation& observation : trial.observes) {
    Observed one{observation.kind,
                 observation.per_patient,
                 parameters.values.col(static_cast<Eigen::Index>(observation.parameter)).array(),
                 {},
                 {}};
    if (one.kind == ObservationKind::log_ratio) one.value = one.value.log().eval();
    if (!is_normal(one.kind)) one.log = one.value.max(least).log();
    if (one.kind == ObservationKind::probability) one.log_of_other = (1 - one.value).max(least).log();
    observed_.push_back(std::move(one));
  }
}

Eigen::MatrixXd TrialSimulator::simulate(double patients, Seed seed) const {
  Eigen::MatrixXd data(observed_.front().value.size(), std::ssize(observed_));
  for (Eigen::Index k = 0; k < data.cols(); ++k) {
    const Observed& one = observed_[static_cast<std::size_t>(k)];
    const double so_much = amount(one.kind, one.per_patient, patients);
    const StreamId stream = stream_id(fmt::format("economics.evsi.{}.{}", name_, k));
    for (Eigen::Index draw = 0; draw < data.rows(); ++draw) {
      PhiloxEngine generator(seed, stream, static_cast<std::uint32_t>(draw));
      data(draw, k) = simulate_one(one.kind, one.value(draw), so_much, generator);
    }
  }
  return data;
}

Eigen::MatrixXd TrialSimulator::estimates(Eigen::MatrixXd data, double patients) const {
  for (Eigen::Index k = 0; k < data.cols(); ++k) {
    const Observed& one = observed_[static_cast<std::size_t>(k)];
    const double so_much = amount(one.kind, one.per_patient, patients);
    if (one.kind == ObservationKind::probability) data.col(k).array() = (data.col(k).array() + 0.5) / (so_much + 1);
    if (one.kind == ObservationKind::rate) data.col(k).array() = (data.col(k).array() + 0.5) / so_much;
  }
  return data;
}

Eigen::VectorXd TrialSimulator::posterior_weights(const Eigen::RowVectorXd& data, double patients) const {
  Eigen::ArrayXd log_likelihood = Eigen::ArrayXd::Zero(observed_.front().value.size());
  for (std::size_t k = 0; k < observed_.size(); ++k) {
    const Observed& one = observed_[k];
    const double so_much = amount(one.kind, one.per_patient, patients), datum = data(static_cast<Eigen::Index>(k));
    if (is_normal(one.kind)) log_likelihood -= (one.value - datum).square() * (so_much / 2);
    if (one.kind == ObservationKind::probability) {
      log_likelihood += datum * one.log + (so_much - datum) * one.log_of_other;
    }
    if (one.kind == ObservationKind::rate) log_likelihood += datum * one.log - so_much * one.value;
  }
  // From the greatest on, so that the exponential of no more than most of them vanishes.
  const Eigen::VectorXd weights = (log_likelihood - log_likelihood.maxCoeff()).exp();
  return weights / weights.sum();
}

}  // namespace myelin::economics
