#pragma once

#include <Eigen/Core>

#include "economics/regression.hpp"

namespace myelin::economics {

/// A Gaussian process of any number of parameters: a mean that is linear in their values [draw][parameter], and a
/// squared-exponential covariance of their normal scores [draw][parameter] with a length for each (Strong, Oakley and
/// Brennan 2014). Lengths are chosen once for all `responses` [draw][response], by restricted maximum likelihood on
/// some of the draws; the process is then spanned by its values at some of the draws (the deterministic training
/// conditional of Quinonero-Candela and Rasmussen 2005), which makes it a regression on all of them. `generator`
/// chooses the draws. Lengths moderate at most are tried too, on all draws, since few may miss a weak curvature. Values
/// and responses must vary.
SmoothBasis gaussian_process_basis(const Eigen::MatrixXd& values, const Eigen::MatrixXd& scores,
                                   const Eigen::MatrixXd& responses, PhiloxEngine& generator);

}  // namespace myelin::economics
