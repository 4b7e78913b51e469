#include "economics/spline_regression.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <array>
#include <boost/math/special_functions/cardinal_b_spline.hpp>
#include <cmath>
#include <nlopt.hpp>
#include <vector>

#include "core/contract.hpp"

namespace myelin::economics {

namespace {

constexpr Eigen::Index fewest_splines = 4;  // one cubic
constexpr Eigen::Index draws_per_function = 10;

/// The splines of one parameter, turned so that the second-difference penalty is diagonal.
struct Margin {
  Eigen::MatrixXd design;    ///< [draw][function]
  Eigen::ArrayXd roughness;  ///< [function]: 0 for the constant and the straight line, 1 for the roughest
};

Margin make_margin(const Eigen::VectorXd& scores, Eigen::Index splines) {
  const Eigen::MatrixXd differences = [&] {
    Eigen::MatrixXd second = Eigen::MatrixXd::Zero(splines - 2, splines);
    for (Eigen::Index i = 0; i < splines - 2; ++i) second.row(i).segment<3>(i) << 1, -2, 1;
    return second;
  }();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> penalty(differences.transpose() * differences);

  const double low = scores.minCoeff(), width = (scores.maxCoeff() - low) / static_cast<double>(splines - 3);
  Eigen::MatrixXd values = Eigen::MatrixXd::Zero(scores.size(), splines);
  for (Eigen::Index i = 0; i < scores.size(); ++i) {
    const double at = (scores(i) - low) / width;  // in knots
    const auto first = std::min(static_cast<Eigen::Index>(at), splines - 4);
    for (Eigen::Index j = first; j < first + 4; ++j) {
      values(i, j) = boost::math::cardinal_b_spline<3>(at - static_cast<double>(j - 1));
    }
  }
  Eigen::ArrayXd roughness = penalty.eigenvalues().array() / penalty.eigenvalues()(splines - 1);
  roughness.head(2) = 0;
  return {values * penalty.eigenvectors(), roughness};
}

/// All products of the margins' functions, and how rough each is in the direction of each parameter.
struct Tensor {
  Eigen::MatrixXd design;     ///< [draw][product]
  Eigen::MatrixXd roughness;  ///< [product][parameter]
};

Tensor multiply(const Eigen::MatrixXd& scores, Eigen::Index splines) {
  Tensor tensor{Eigen::MatrixXd::Ones(scores.rows(), 1), Eigen::MatrixXd::Zero(1, scores.cols())};
  for (Eigen::Index parameter = 0; parameter < scores.cols(); ++parameter) {
    const Margin margin = make_margin(scores.col(parameter), splines);
    const Eigen::Index before = tensor.design.cols();
    Tensor larger{Eigen::MatrixXd(scores.rows(), before * splines), tensor.roughness.replicate(splines, 1)};
    for (Eigen::Index j = 0; j < splines; ++j) {
      larger.design.middleCols(j * before, before) = tensor.design.array().colwise() * margin.design.col(j).array();
      larger.roughness.col(parameter).segment(j * before, before).setConstant(margin.roughness(j));
    }
    tensor = std::move(larger);
  }
  return tensor;
}

/// What the restricted likelihood needs of a design and its responses.
struct RoughnessSearch {
  Eigen::MatrixXd squares;    ///< [product][product]
  Eigen::MatrixXd products;   ///< [product][response]: with responses of mean 0 and squared length 1
  Eigen::MatrixXd roughness;  ///< [product][parameter]
  double draws;
};

Eigen::VectorXd penalty_at(const Eigen::MatrixXd& roughness, double draws, const std::vector<double>& log_weights) {
  const Eigen::ArrayXd logs = Eigen::Map<const Eigen::ArrayXd>(log_weights.data(), roughness.cols());
  return draws * (roughness * logs.exp().matrix());
}

/// Minus twice the restricted log-likelihood, summed over responses that share the penalty.
double restricted_deviance(const std::vector<double>& log_weights, std::vector<double>&, void* data) {
  const auto& search = *static_cast<const RoughnessSearch*>(data);
  const Eigen::VectorXd penalty = penalty_at(search.roughness, search.draws, log_weights);
  const double never_shrunk = std::exp2(static_cast<double>(search.roughness.cols()));
  Eigen::MatrixXd penalised = search.squares;
  penalised.diagonal() += penalty;
  const Eigen::LDLT<Eigen::MatrixXd> factors(penalised);
  const double tiny = 1e-14;  // rounding
  const double log_determinant = factors.vectorD().array().max(tiny).log().sum();
  const double log_penalty = (penalty.array() > 0).select(penalty.array().log(), 0.0).sum();
  const Eigen::ArrayXd explained = search.products.cwiseProduct(factors.solve(search.products)).colwise().sum();
  return static_cast<double>(search.products.cols()) * (log_determinant - log_penalty) +
         (search.draws - never_shrunk) * (1 - explained).max(tiny).log().sum();
}

/// The log weights of the directions' penalties, for responses that vary.
std::vector<double> choose_weights(const Tensor& tensor, const Eigen::MatrixXd& responses) {
  constexpr double widest = 12;      // a direction is then a straight line, or not smoothed at all
  constexpr double precision = 0.1;  // the likelihood is flat at its top
  constexpr int most_evaluations = 150;
  const double draws = static_cast<double>(responses.rows());
  RoughnessSearch search{
      tensor.design.transpose() * tensor.design,
      tensor.design.transpose() * (responses.rowwise() - responses.colwise().mean()).colwise().normalized(),
      tensor.roughness, draws};
  std::vector<double> log_weights(static_cast<std::size_t>(tensor.roughness.cols()), -std::log(10.0));
  nlopt::opt optimiser(nlopt::LN_BOBYQA, static_cast<unsigned>(log_weights.size()));
  optimiser.set_min_objective(restricted_deviance, &search);
  optimiser.set_lower_bounds(-widest);
  optimiser.set_upper_bounds(widest);
  optimiser.set_initial_step(2.0);
  optimiser.set_xtol_abs(precision);
  optimiser.set_maxeval(most_evaluations);
  double deviance = 0;
  try {
    optimiser.optimize(log_weights, deviance);
  } catch (const nlopt::roundoff_limited&) {
    // As near as the numbers allow.
  }
  return log_weights;
}

}  // namespace

std::optional<Eigen::Index> splines_per_parameter(Eigen::Index parameters, Eigen::Index draws) {
  constexpr std::array<Eigen::Index, most_spline_parameters> most{20, 8, 5, 4};
  MYELIN_EXPECT(parameters >= 1 && parameters <= most_spline_parameters);
  for (Eigen::Index splines = most[static_cast<std::size_t>(parameters - 1)]; splines >= fewest_splines; --splines) {
    Eigen::Index products = 1;
    for (Eigen::Index i = 0; i < parameters; ++i) products *= splines;
    if (products * draws_per_function <= draws) return splines;
  }
  return std::nullopt;
}

SmoothBasis spline_basis(const Eigen::MatrixXd& scores, const Eigen::MatrixXd& responses) {
  const std::optional<Eigen::Index> splines = splines_per_parameter(scores.cols(), scores.rows());
  MYELIN_EXPECT(splines);
  const Tensor tensor = multiply(scores, *splines);
  std::vector<double> log_weights{0};
  if (scores.cols() > 1) log_weights = choose_weights(tensor, responses);
  return orthonormal_basis(tensor.design,
                           penalty_at(tensor.roughness, static_cast<double>(scores.rows()), log_weights));
}

}  // namespace myelin::economics
