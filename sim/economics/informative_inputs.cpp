#include "economics/informative_inputs.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <numeric>

#include "core/contract.hpp"
#include "economics/regression.hpp"

namespace myelin::economics {

namespace {

/// The mean over draws of the best net benefit expected given the scores of one parameter; above that without it by the
/// value of knowing it.
double screened_value(const Eigen::MatrixXd& net_benefits, const Eigen::VectorXd& scores) {
  Eigen::MatrixXd design(scores.size(), 4);
  design << Eigen::VectorXd::Ones(scores.size()), scores, scores.array().square().matrix(),
      scores.array().cube().matrix();
  const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> factors(design);
  return (design * factors.solve(net_benefits)).rowwise().maxCoeff().mean();
}

bool alike(const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
  constexpr double rounding = 1e-9;
  return std::min((a - b).cwiseAbs().maxCoeff(), (a + b).cwiseAbs().maxCoeff()) < rounding;
}

}  // namespace

std::vector<AlikeParameters> most_informative(const DecisionSample& sample, double threshold,
                                              const ParameterSample& parameters, std::size_t most) {
  MYELIN_EXPECT(parameters.values.rows() == sample.draws() && sample.draws() > 0);
  const Eigen::MatrixXd net_benefits = net_benefit(sample, threshold), scores = normal_scores(parameters.values);
  const auto scores_of = [&](std::size_t parameter) { return scores.col(static_cast<Eigen::Index>(parameter)); };
  std::vector<double> value(parameters.names.size());
  std::vector<std::size_t> order;
  for (std::size_t parameter = 0; parameter < value.size(); ++parameter) {
    if (!varies(parameters.values.col(static_cast<Eigen::Index>(parameter)))) continue;
    value[parameter] = screened_value(net_benefits, scores_of(parameter));
    order.push_back(parameter);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return value[a] > value[b]; });

  std::vector<AlikeParameters> sets;
  for (const std::size_t parameter : order) {
    const auto found = std::find_if(sets.begin(), sets.end(), [&](const AlikeParameters& set) {
      return alike(scores_of(set.front()), scores_of(parameter));
    });
    if (found != sets.end()) {
      found->push_back(parameter);
    } else if (sets.size() < most) {
      sets.push_back({parameter});
    }
  }
  for (AlikeParameters& set : sets) std::sort(set.begin(), set.end());
  return sets;
}

}  // namespace myelin::economics
