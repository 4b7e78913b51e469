#include "random/joint.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "random/stream.hpp"
#include "support/statistics.hpp"

using namespace myelin;

namespace {

constexpr int sample_size = 20000;

double share_below(double z) { return boost::math::cdf(boost::math::normal(), z); }
double score(double u) { return boost::math::quantile(boost::math::normal(), u); }

Eigen::MatrixXd matrix(int rows, int columns, std::vector<double> numbers) {
  return Eigen::Map<Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(numbers.data(), rows,
                                                                                            columns);
}

/// Independent numbers strictly between 0 and 1.
std::vector<double> uniforms(PhiloxEngine& engine, std::size_t count) {
  std::vector<double> all(count);
  for (double& u : all) u = (engine() + 0.5) * 0x1p-32;
  return all;
}

/// The uniform numbers whose normal scores are those of a unit vector.
std::vector<double> unit_scores(std::size_t size, std::size_t one) {
  std::vector<double> all(size, 0.5);
  all[one] = share_below(1);
  return all;
}

Eigen::MatrixXd correlations() {
  return matrix(4, 4, {1, 0.8, -0.4, 0, 0.8, 1, -0.3, 0.2, -0.4, -0.3, 1, 0.5, 0, 0.2, 0.5, 1});
}

/// Whether the normal scores of draws have mean 0, variance 1 and the correlations expected.
template <class Draw>
bool has_correlations(const Eigen::MatrixXd& expected, Draw draw) {
  const auto size = expected.rows();
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(size);
  Eigen::MatrixXd products = Eigen::MatrixXd::Zero(size, size);
  PhiloxEngine engine({2026}, stream_id("copula"), 0);
  for (int i = 0; i < sample_size; ++i) {
    std::vector<double> numbers = uniforms(engine, static_cast<std::size_t>(size));
    draw(numbers);
    std::ranges::transform(numbers, numbers.begin(), score);
    const Eigen::Map<Eigen::VectorXd> scores(numbers.data(), size);
    sum += scores;
    products += scores * scores.transpose();
  }
  const std::size_t comparisons = 14;  // four means, four variances, six correlations
  const double root_n = std::sqrt(sample_size);
  bool agrees = true;
  for (Eigen::Index i = 0; i < size; ++i) {
    agrees = agrees && test::stat_check(sum[i] / sample_size, 0, 1 / root_n, comparisons);
    for (Eigen::Index j = 0; j <= i; ++j) {
      // The variance of the product of two standard normal numbers with correlation r is 1 + r^2.
      const double r = expected(i, j);
      agrees = agrees && test::stat_check(products(i, j) / sample_size, r, std::sqrt(1 + r * r) / root_n, comparisons);
    }
  }
  return agrees;
}

struct DirichletSample {
  Eigen::VectorXd mean, variance;
};

DirichletSample sample_dirichlet(const std::vector<double>& means, double size) {
  const auto count = static_cast<Eigen::Index>(means.size());
  DirichletSample sample{Eigen::VectorXd::Zero(count), Eigen::VectorXd::Zero(count)};
  PhiloxEngine engine({2026}, stream_id("dirichlet"), 0);
  for (int i = 0; i < sample_size; ++i) {
    const std::vector<double> draw = dirichlet_draw(means, size, uniforms(engine, means.size()));
    for (Eigen::Index k = 0; k < count; ++k) {
      const double value = draw[static_cast<std::size_t>(k)], deviation = value - means[static_cast<std::size_t>(k)];
      sample.mean[k] += value / sample_size;
      sample.variance[k] += deviation * deviation / sample_size;
    }
  }
  return sample;
}

/// Whether a sample has the mean and variance of the Dirichlet distribution; a single probability is Beta(a, b).
bool is_dirichlet(const DirichletSample& sample, const std::vector<double>& means, double size,
                  std::size_t comparisons) {
  bool agrees = true;
  for (std::size_t i = 0; i < means.size(); ++i) {
    const double a = means[i] * size, b = size - a, variance = means[i] * (1 - means[i]) / (size + 1);
    const double excess = 6 * ((a - b) * (a - b) * (size + 1) - a * b * (size + 2)) / (a * b * (size + 2) * (size + 3));
    const auto k = static_cast<Eigen::Index>(i);
    agrees =
        agrees && test::stat_check(sample.mean[k], means[i], std::sqrt(variance / sample_size), comparisons) &&
        test::stat_check(sample.variance[k], variance, variance * std::sqrt((excess + 2) / sample_size), comparisons);
  }
  return agrees;
}

}  // namespace

TEST_CASE("a copula of two numbers mixes their normal scores by the correlation") {
  const double r = -0.6, first = 1.3, second = 0.4;
  const auto copula = GaussianCopula::make(matrix(2, 2, {1, r, r, 1}));
  REQUIRE(copula);
  CHECK(copula->size() == 2);
  std::vector<double> numbers = {share_below(first), share_below(second)};
  copula->couple(numbers);
  CHECK(score(numbers[0]) == Approx(first).epsilon(1e-12));
  CHECK(score(numbers[1]) == Approx(r * first + std::sqrt(1 - r * r) * second).epsilon(1e-12));
}

TEST_CASE("the copula's scores are those of a factor of the correlation matrix") {
  const auto copula = GaussianCopula::make(correlations());
  REQUIRE(copula);
  Eigen::MatrixXd factor(4, 4);
  for (std::size_t column = 0; column < 4; ++column) {
    std::vector<double> numbers = unit_scores(4, column);
    copula->couple(numbers);
    for (std::size_t row = 0; row < 4; ++row)
      factor(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column)) = score(numbers[row]);
  }
  CHECK((factor * factor.transpose() - correlations()).cwiseAbs().maxCoeff() < 1e-12);
}

TEST_CASE("draws of a copula have its correlations, and uniform margins") {
  const auto copula = GaussianCopula::make(correlations());
  REQUIRE(copula);
  // 20,000 draws find, with a probability of 99.9 %, a correlation that is wrong by 0.1, a mean by 0.08 and a variance
  // by 11 %.
  REQUIRE(test::detectable_in_standard_errors(14) / std::sqrt(sample_size) < 0.077);
  CHECK(has_correlations(correlations(), [&](std::vector<double>& numbers) { copula->couple(numbers); }));
  // The twins that must fail: independent numbers, and margins that are not uniform.
  CHECK_FALSE(has_correlations(correlations(), [](std::vector<double>&) {}));
  CHECK_FALSE(has_correlations(correlations(), [&](std::vector<double>& numbers) {
    copula->couple(numbers);
    numbers[3] = std::pow(numbers[3], 1.2);
  }));
}

TEST_CASE("dependent numbers lie strictly between 0 and 1 even where the independent ones touch the ends") {
  const auto copula = GaussianCopula::make(matrix(2, 2, {1, 0.9, 0.9, 1}));
  REQUIRE(copula);
  for (const double u : {1e-300, 0x1p-53, 1 - 0x1p-53}) {
    std::vector<double> numbers = {u, u};
    copula->couple(numbers);
    for (const double number : numbers) {
      CHECK(number > 0);
      CHECK(number < 1);
    }
  }
}

TEST_CASE("a matrix that is no correlation is refused with the reason and a remedy") {
  struct Wrong {
    Eigen::MatrixXd correlation;
    std::string problem, remedy;
  };
  const Wrong all[] = {
      {matrix(2, 3, {1, 0, 0, 0, 1, 0}), "the matrix has 2 rows and 3 columns", "as many rows as columns"},
      {matrix(0, 0, {}), "the matrix has 0 rows and 0 columns", "as many rows as columns"},
      {matrix(2, 2, {1, std::nan(""), 0.5, 1}), "no finite number", "write numbers"},
      {matrix(2, 2, {1, 0.5, 0.4, 1}), "not symmetric: 0.4 in row 2, column 1, 0.5 in row 1, column 2",
       "the same number"},
      {matrix(2, 2, {1, 0.5, 0.5, 2}), "with itself is 1, not 2 (row 2, column 2)", "write 1 on the diagonal"},
      {matrix(2, 2, {1, 1.5, 1.5, 1}), "between -1 and 1, not at 1.5 (row 2, column 1)", "correct it"},
      {matrix(2, 2, {1, 1, 1, 1}), "smallest eigenvalue is", "vary as one"},
      // Equal correlations r of three numbers have the smallest eigenvalue 1 + 2 r.
      {matrix(3, 3, {1, -0.8, -0.8, -0.8, 1, -0.8, -0.8, -0.8, 1}), "smallest eigenvalue is -0.6",
       "multiply all of them by a number below 0.6"},
  };
  for (const Wrong& each : all) {
    CAPTURE(each.correlation);
    const auto copula = GaussianCopula::make(each.correlation);
    REQUIRE_FALSE(copula);
    CHECK_THAT(copula.error().problem, Catch::Contains(each.problem));
    CHECK_THAT(copula.error().remedy, Catch::Contains(each.remedy));
  }
  // The remedy works.
  CHECK(GaussianCopula::make(matrix(3, 3, {1, -0.499, -0.499, -0.499, 1, -0.499, -0.499, -0.499, 1})));
}

TEST_CASE("draws of a multivariate normal are its mean and a root of its covariance times normal scores") {
  const Eigen::VectorXd mean = Eigen::Vector3d(-0.7, 3, 120);
  // The second covariance is singular: its third number is the sum of the others.
  for (const Eigen::MatrixXd& covariance : {matrix(3, 3, {0.04, 0.03, 0.5, 0.03, 0.09, -0.2, 0.5, -0.2, 400}),
                                            matrix(3, 3, {4, 1, 5, 1, 9, 10, 5, 10, 15})}) {
    const auto normal = MultivariateNormal::make(mean, covariance);
    REQUIRE(normal);
    CHECK(normal->size() == 3);
    CHECK((normal->draw(std::vector<double>(3, 0.5)) - mean).cwiseAbs().maxCoeff() < 1e-12);
    Eigen::MatrixXd root(3, 3);
    for (std::size_t i = 0; i < 3; ++i) root.col(static_cast<Eigen::Index>(i)) = normal->draw(unit_scores(3, i)) - mean;
    CHECK((root * root.transpose() - covariance).cwiseAbs().maxCoeff() < 1e-10 * covariance.cwiseAbs().maxCoeff());
  }
}

TEST_CASE("a number with a variance of 0 keeps its mean to the last digit") {
  const Eigen::MatrixXd factor =
      matrix(5, 5, {3, 1, 0, 2, 1, 0, 0, 0, 0, 0, 1, 4, 1, 0, 1, 0.5, 1, 3, 1, 0, 2, 0, 1, 5, 1});
  const auto normal = MultivariateNormal::make(Eigen::VectorXd::Zero(5), factor * factor.transpose());
  REQUIRE(normal);
  const Eigen::VectorXd draw = normal->draw(std::vector<double>{0.9, 0.8, 0.3, 0.7, 0.6});
  CHECK(draw[0] != 0);
  CHECK(draw[1] == 0);
}

TEST_CASE("a matrix that is no covariance is refused with the reason and a remedy") {
  const Eigen::VectorXd mean = Eigen::Vector2d(1, 2);
  struct Wrong {
    Eigen::VectorXd mean;
    Eigen::MatrixXd covariance;
    std::string problem;
  };
  const Wrong all[] = {
      {mean, matrix(2, 3, {1, 0, 0, 0, 1, 0}), "2 rows and 3 columns"},
      {mean, matrix(3, 3, {1, 0, 0, 0, 1, 0, 0, 0, 1}), "there are 2 means, and a covariance of 3 rows"},
      {mean, matrix(2, 2, {1, 0.5, 0.4, 1}), "not symmetric"},
      {mean, matrix(2, 2, {1, 2, 2, 1}), "not positive semi-definite, its smallest eigenvalue is -1"},
      {mean, matrix(2, 2, {-1, 0, 0, -1}), "not positive semi-definite, its smallest eigenvalue is -1"},
      {mean, matrix(2, 2, {0, 0.1, 0.1, 4}), "not positive semi-definite"},
      {Eigen::Vector2d(1, std::nan("")), matrix(2, 2, {1, 0, 0, 1}), "a mean is no finite number"},
  };
  for (const Wrong& each : all) {
    CAPTURE(each.covariance);
    const auto normal = MultivariateNormal::make(each.mean, each.covariance);
    REQUIRE_FALSE(normal);
    CHECK_THAT(normal.error().problem, Catch::Contains(each.problem));
    CHECK_FALSE(normal.error().remedy.empty());
  }
}

TEST_CASE("draws of a Dirichlet distribution have its means and variances, whatever its size") {
  const std::vector<double> means = {0.7, 0.2, 0.1};
  constexpr std::size_t comparisons = 18;  // three means and three variances of three sizes
  // 20,000 draws find, with a probability of 99.9 %, a mean that is wrong by 0.08 standard deviations.
  REQUIRE(test::detectable_in_standard_errors(comparisons) / std::sqrt(sample_size) < 0.08);
  // A size of a thousandth gives gamma quantiles that no number can hold.
  for (const double size : {20.0, 0.5, 0.001}) {
    CAPTURE(size);
    CHECK(is_dirichlet(sample_dirichlet(means, size), means, size, comparisons));
  }
  // The twins that must fail: another size, other means.
  CHECK_FALSE(is_dirichlet(sample_dirichlet(means, 28), means, 20, comparisons));
  CHECK_FALSE(is_dirichlet(sample_dirichlet({0.69, 0.2, 0.11}, 20), means, 20, comparisons));
}

TEST_CASE("a Dirichlet draw is the ratio of gamma quantiles, also of those that no double can hold") {
  // Extended precision holds quantiles down to 1e-4900.
  for (const double shape : {0.003, 0.02, 0.4}) {
    for (const double p : {1e-6, 0.003, 0.03, 0.2, 0.9}) {
      CAPTURE(shape, p);
      const std::vector<double> draw =
          dirichlet_draw(std::vector<double>{shape, 1 - shape}, 1, std::vector<double>{p, 0.5});
      const long double expected =
          boost::math::gamma_p_inv(static_cast<long double>(shape), static_cast<long double>(p)) /
          boost::math::gamma_p_inv(1 - static_cast<long double>(shape), 0.5L);
      if (expected < 1e-300L) {
        CHECK(draw[0] < 1e-299);
      } else {
        CHECK(static_cast<double>(draw[0] / draw[1] / expected) == Approx(1).epsilon(1e-10));
      }
    }
  }
}

TEST_CASE("drawn probabilities sum to 1, and what is impossible or certain stays so") {
  PhiloxEngine engine({2026}, stream_id("sums"), 0);
  const std::vector<double> means = {0, 0.5, 0.3, 0, 0.2 - 1e-9, 1e-9};
  for (const double size : {1e-6, 0.1, 10.0, 925.0, 1e9}) {
    for (int i = 0; i < 200; ++i) {
      const std::vector<double> draw = dirichlet_draw(means, size, uniforms(engine, means.size()));
      CAPTURE(size, i);
      CHECK(std::abs(std::accumulate(draw.begin(), draw.end(), -1.0)) < 1e-15);
      CHECK(std::ranges::all_of(draw, [](double p) { return p >= 0 && p <= 1; }));
      CHECK((draw[0] == 0 && draw[3] == 0));
    }
  }
  CHECK(dirichlet_draw(std::vector<double>{0, 1}, 50, std::vector<double>{0.1, 0.2}) == std::vector<double>{0, 1});
}

TEST_CASE("a large size leaves the means, and a larger uniform number raises its own probability") {
  const std::vector<double> means = {0.25, 0.75};
  CHECK(dirichlet_draw(means, 1e12, std::vector<double>{0.9, 0.1})[0] == Approx(0.25).epsilon(1e-5));
  CHECK(dirichlet_draw(means, 10, std::vector<double>{0.6, 0.5})[0] >
        dirichlet_draw(means, 10, std::vector<double>{0.4, 0.5})[0]);
}
