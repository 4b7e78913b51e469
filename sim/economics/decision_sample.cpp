#include "economics/decision_sample.hpp"

#include "economics/estimates.hpp"

namespace myelin::economics {

namespace {

Eigen::MatrixXd by_draw(const results::AnalysisResult& analysis, std::string_view name) {
  const std::size_t stride = analysis.outcomes.size() * results::column_count,
                    at = *find_outcome(analysis, name) * results::column_count + results::discounted_column;
  Eigen::MatrixXd values(analysis.draws, analysis.strategies.size());
  for (Eigen::Index s = 0; s < values.cols(); ++s) {
    const std::vector<double>& means = analysis.strategies[static_cast<std::size_t>(s)].mean;
    for (Eigen::Index d = 0; d < values.rows(); ++d) values(d, s) = means[static_cast<std::size_t>(d) * stride + at];
  }
  return values;
}

/// Variances of the mean increment of one strategy against another, and the covariance of its cost and QALYs.
struct Errors {
  double cost = 0, qaly = 0, joint = 0;
};

Errors errors_of(const results::AnalysisResult& analysis, std::size_t a, std::size_t b) {
  if (a == b) return {};
  const Increment increment = increment_between(analysis, {a, b});
  return {increment.cost.standard_error * increment.cost.standard_error,
          increment.qaly.standard_error * increment.qaly.standard_error, increment.cost_qaly_covariance};
}

}  // namespace

DecisionSample decision_sample(const results::AnalysisResult& analysis) {
  DecisionSample sample{{}, by_draw(analysis, "cost"), by_draw(analysis, "qaly")};
  for (const results::StrategyResult& strategy : analysis.strategies) sample.strategies.push_back(strategy.name);
  return sample;
}

IncrementNoise increment_noise(const results::AnalysisResult& analysis) {
  const auto others = static_cast<Eigen::Index>(analysis.strategies.size()) - 1;
  Eigen::MatrixXd covariance(2 * others, 2 * others);
  for (Eigen::Index i = 0; i < others; ++i) {
    for (Eigen::Index j = 0; j < others; ++j) {
      // Cov(x_i - x_0, x_j - x_0) = (Var(x_i - x_0) + Var(x_j - x_0) - Var(x_i - x_j)) / 2.
      const Errors a = errors_of(analysis, static_cast<std::size_t>(i) + 1, 0),
                   b = errors_of(analysis, static_cast<std::size_t>(j) + 1, 0),
                   between = errors_of(analysis, static_cast<std::size_t>(i) + 1, static_cast<std::size_t>(j) + 1);
      covariance(i, j) = (a.cost + b.cost - between.cost) / 2;
      covariance(others + i, others + j) = (a.qaly + b.qaly - between.qaly) / 2;
      covariance(i, others + j) = covariance(others + j, i) = (a.joint + b.joint - between.joint) / 2;
    }
  }
  // The errors are those of the mean over draws, whose patients are independent.
  return {covariance * static_cast<double>(analysis.draws)};
}

}  // namespace myelin::economics
