#pragma once

#include <Eigen/Core>
#include <optional>

#include "economics/regression.hpp"

namespace myelin::economics {

inline constexpr Eigen::Index most_spline_parameters = 4;

/// The number of cubic B-splines for each of `parameters` (1 to 4) such that their products number a tenth of the draws
/// at most; none if even the four that a cubic needs are too many.
std::optional<Eigen::Index> splines_per_parameter(Eigen::Index parameters, Eigen::Index draws);

/// Products of cubic B-splines of 1 to 4 parameters given by their normal scores [draw][parameter], with a penalty on
/// second differences in the direction of each parameter (P-splines: Eilers and Marx 1996, 2003). How rough each
/// direction is against the others is chosen once for all `responses` [draw][response], by restricted maximum
/// likelihood. There must be draws enough for `splines_per_parameter`.
SmoothBasis spline_basis(const Eigen::MatrixXd& scores, const Eigen::MatrixXd& responses);

}  // namespace myelin::economics
