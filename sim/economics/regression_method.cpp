#include "economics/regression_method.hpp"

#include "economics/gaussian_process.hpp"
#include "economics/spline_regression.hpp"

namespace myelin::economics {

RegressionMethod choose_method(RegressionMethod asked, Eigen::Index parameters, Eigen::Index draws) {
  if (asked != RegressionMethod::automatic) return asked;
  return parameters >= 1 && parameters <= most_spline_parameters && splines_per_parameter(parameters, draws)
             ? RegressionMethod::splines
             : RegressionMethod::gaussian_process;
}

Eigen::MatrixXd varying_columns(const Eigen::MatrixXd& values) {
  std::vector<Eigen::Index> kept;
  for (Eigen::Index column = 0; column < values.cols(); ++column) {
    if (varies(values.col(column))) kept.push_back(column);
  }
  return values(Eigen::all, kept);
}

SmoothBasis smooth_basis(RegressionMethod method, const Eigen::MatrixXd& values, const Eigen::MatrixXd& responses,
                         PhiloxEngine& generator) {
  const Eigen::MatrixXd scores = normal_scores(values);
  return method == RegressionMethod::splines ? spline_basis(scores, responses)
                                             : gaussian_process_basis(values, scores, responses, generator);
}

}  // namespace myelin::economics
