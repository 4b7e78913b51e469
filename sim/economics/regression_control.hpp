#pragma once

#include <Eigen/Core>
#include <vector>

#include "economics/estimates.hpp"

/// \file
/// Taking out of a mean over parameter draws what the draws that happened to be made did to it.
///
/// The expectations of the inputs are known, so that a regression of a result on the inputs tells by how much the mean
/// of finitely many draws is off for their sake (Glasserman 2004, Monte Carlo Methods in Financial Engineering, section
/// 4.1). The regression is a ridge, whose strength the draws choose by restricted likelihood; each draw is compared
/// with the regression on all the others, so that the mean keeps no bias from fitting and the error is an honest one.

namespace myelin::economics {

/// The inputs of a probabilistic analysis, in the draws and by their distributions.
struct InputsWithMoments {
  Eigen::MatrixXd values;       ///< [draw][input]
  Eigen::RowVectorXd mean;      ///< [input]: the expectation
  Eigen::RowVectorXd variance;  ///< [input], 0 of an input that does not vary
};

/// A mean over draws before and after.
struct ControlledMean {
  Estimate plain;
  Estimate controlled;
  /// The plain error by the controlled one, squared: as many times the draws would be needed without the control.
  double gain() const;
};

/// The means of responses [draw][response], controlled by linear and squared functions of the inputs. Two or more draws
/// of at least one input that varies; a response that does not vary is its mean without an error.
std::vector<ControlledMean> control_by_regression(const InputsWithMoments& inputs, const Eigen::MatrixXd& responses);

}  // namespace myelin::economics
