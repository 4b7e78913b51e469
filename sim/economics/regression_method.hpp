#pragma once

#include <Eigen/Core>

#include "economics/regression.hpp"

/// \file
/// Which smooth functions of parameters a regression is made on.

namespace myelin::economics {

/// Splines for up to four parameters; a Gaussian process for any number. Automatic: splines where there are draws
/// enough for the parameters, else a Gaussian process.
enum class RegressionMethod { automatic, splines, gaussian_process };

/// What `asked` comes to for so many parameters that vary over so many draws: never `automatic`.
RegressionMethod choose_method(RegressionMethod asked, Eigen::Index parameters, Eigen::Index draws);

/// The columns that vary.
Eigen::MatrixXd varying_columns(const Eigen::MatrixXd& values);

/// The functions of parameters [draw][parameter] on which responses [draw][response] are regressed, by a `method` that
/// choose_method() gave. Values and responses must vary. `generator` chooses draws for a Gaussian process.
SmoothBasis smooth_basis(RegressionMethod method, const Eigen::MatrixXd& values, const Eigen::MatrixXd& responses,
                         PhiloxEngine& generator);

}  // namespace myelin::economics
