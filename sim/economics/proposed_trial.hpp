#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "economics/evppi.hpp"
#include "random/stream.hpp"

/// \file
/// A trial that might be held: what it observes, the data that it might give, and what they say about the parameters.

namespace myelin::economics {

/// How a trial observes a parameter theta. What one patient gives, `per_patient`, times the patients is the `amount`.
enum class ObservationKind {
  log_ratio,    ///< log of a hazard or rate ratio of two equal arms: normal about log theta, variance 4 / events
  probability,  ///< number of patients with the event out of so many observed: binomial
  rate,         ///< number of events in so many years: Poisson
  mean          ///< normal about theta, variance 1 / amount
};

/// One parameter that a trial observes. Given the parameters, observations are independent of each other: of outcomes
/// that go together in a patient, such as relapse and progression, together they say more than the trial will.
struct Observation {
  std::size_t parameter = 0;  ///< position in the ParameterSample
  ObservationKind kind = ObservationKind::mean;
  /// Above 0: events in both arms together (log_ratio), observations (probability, rounded for the whole trial to a
  /// number of at least 1), years followed (rate), 1 / variance of one patient's value (mean).
  double per_patient = 0;
};

struct ProposedTrial {
  std::string name;  ///< chooses the luck of its data, with the seed
  std::vector<Observation> observes;
  std::vector<double> sizes;  ///< patients over all arms, at least 1
};

/// What is wrong with a trial for these parameters: no observation or size; sizes below 1; amounts per patient that are
/// not above 0, or that come to less than one observation or more than a billion events; ratios that are not above 0,
/// probabilities outside [0, 1] and rates below 0.
Diagnostics check(const ProposedTrial& trial, const ParameterSample& parameters);

/// A trial without mistakes, held once for each draw of the parameters.
class TrialSimulator {
 public:
  TrialSimulator(const ProposedTrial& trial, const ParameterSample& parameters);

  /// Data [draw][observation] of a trial of so many patients, each under the parameters of its draw: an estimate of the
  /// log ratio or mean, or a count. An observation has numbers of its own, the same at every size, so that values do
  /// not jump from size to size by luck alone.
  Eigen::MatrixXd simulate(double patients, Seed seed) const;

  /// The estimate of its parameter that each observation gives [draw][observation]; of a ratio, its logarithm.
  Eigen::MatrixXd estimates(Eigen::MatrixXd data, double patients) const;

  /// The posterior weight of each draw given the data of one trial [observation]; weights sum to 1.
  Eigen::VectorXd posterior_weights(const Eigen::RowVectorXd& data, double patients) const;

 private:
  struct Observed {
    ObservationKind kind;
    double per_patient;
    Eigen::ArrayXd value;              // [draw]; of a ratio, its logarithm
    Eigen::ArrayXd log, log_of_other;  // [draw]; of a probability or rate, and of 1 - the probability
  };

  std::string name_;
  std::vector<Observed> observed_;
};

}  // namespace myelin::economics
