#include "program/transition_matrix.hpp"

#include <Eigen/Dense>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <random>
#include <unsupported/Eigen/MatrixFunctions>

namespace myelin::test {

namespace {

using Eigen::Matrix3d;
using Eigen::Matrix4d;
using Eigen::MatrixXd;

/// Relative tolerance of the expected numbers, which another program computed.
constexpr double tolerance = 1e-9;

/// Three levels that worsen and improve, and a last one that is death.
MatrixXd embeddable() {
  return Matrix4d{{0.7, 0.2, 0.07, 0.03}, {0.06, 0.72, 0.17, 0.05}, {0.01, 0.06, 0.75, 0.18}, {0, 0, 0, 1}};
}

/// Its first row reaches level 2 less often than by way of level 1 alone: the logarithm has a negative intensity.
MatrixXd not_embeddable() {
  return Matrix4d{{0.6, 0.36, 0.005, 0.035}, {0.02, 0.6, 0.33, 0.05}, {0.002, 0.04, 0.778, 0.18}, {0, 0, 0, 1}};
}

MatrixXd embeddable_generator() {
  return Matrix4d{{-0.3691063103411817, 0.28176652611801944, 0.06477641007298082, 0.022563374150181413},
                  {0.08409997156367448, -0.349803010791476, 0.23057933206188663, 0.03512370716591488},
                  {0.010482305072516213, 0.08087507452568748, -0.29734540275068216, 0.20598802315247847},
                  {0, 0, 0, 0}};
}

void check_equal(const MatrixXd& a, const MatrixXd& b) {
  REQUIRE(a.rows() == b.rows());
  REQUIRE(a.cols() == b.cols());
  for (Eigen::Index from = 0; from < a.rows(); ++from) {
    for (Eigen::Index to = 0; to < a.cols(); ++to) {
      INFO("cell " << from << ", " << to);
      CHECK(a(from, to) == Approx(b(from, to)).epsilon(tolerance).margin(1e-14));
    }
  }
}

void check_probabilities(const MatrixXd& matrix) {
  CHECK(matrix.minCoeff() >= 0);
  CHECK((matrix.rowwise().sum().array() - 1).abs().maxCoeff() < 1e-15);
}

double largest_difference(const MatrixXd& a, const MatrixXd& b) { return (a - b).cwiseAbs().maxCoeff(); }

MatrixXd generator(const MatrixXd& probabilities, Adjustment adjustment, Years period = Years{1}) {
  const std::optional<MatrixXd> made = generator_of(probabilities, period, adjustment);
  REQUIRE(made);
  return *made;
}

Eigen::RowVectorXd after_five_cycles(const MatrixXd& matrix) {
  Eigen::RowVectorXd occupancy = Eigen::RowVectorXd::Unit(matrix.rows(), 0);
  for (int cycle = 0; cycle < 5; ++cycle) occupancy = (occupancy * matrix).eval();
  return occupancy;
}

const HazardRatio drug(0.6);

}  // namespace

TEST_CASE("the generator of an embeddable matrix needs no adjustment") {
  for (const auto adjustment : {Adjustment::none, Adjustment::diagonal, Adjustment::weighted}) {
    const MatrixXd made = generator(embeddable(), adjustment);
    check_equal(made, embeddable_generator());
    CHECK(largest_difference(probabilities_of(made, Years{1}), embeddable()) < 2e-15);
  }
}

TEST_CASE("monthly probabilities come through the generator") {
  const MatrixXd monthly = probabilities_of(generator(embeddable(), Adjustment::diagonal), Years{1.0 / 12});
  check_equal(monthly, Matrix4d{{0.969791609552893, 0.022806447437904345, 0.005469783666520946, 0.001932159342681755},
                                {0.006810011387242875, 0.9714134828769418, 0.018723081306553434, 0.00305342442926184},
                                {0.0008726057927271416, 0.006570590056279503, 0.9755911665023086, 0.01696563764868476},
                                {0, 0, 0, 1}});
  check_probabilities(monthly);
  // Rescaling each cell by itself, p = 1 - (1 - p)^(1/12), would be wrong by 0.03 over the year.
  CHECK(largest_difference(monthly.pow(12), embeddable()) < 1e-14);
  check_equal(generator(monthly, Adjustment::none, Years{1.0 / 12}), embeddable_generator());
}

TEST_CASE("a negative intensity is shown, or adjusted on the diagonal or by weight") {
  MatrixXd expected = Matrix4d{{-0.5207758647878057, 0.6099378149385557, -0.13421299716989002, 0.04505104701914038},
                               {0.033111865428680665, -0.5365002388427887, 0.4891824940587132, 0.014205879355395946},
                               {0.0020117500212658967, 0.058450954599704195, -0.264002350318571, 0.20353964569760077},
                               {0, 0, 0, 0}};
  check_equal(generator(not_embeddable(), Adjustment::none), expected);
  expected.row(0) << -0.6549888619576961, 0.6099378149385557, 0, 0.04505104701914038;
  check_equal(generator(not_embeddable(), Adjustment::diagonal), expected);
  expected.row(0) << -0.5802221877442536, 0.5403136968067345, 0, 0.039908490937519435;
  check_equal(generator(not_embeddable(), Adjustment::weighted), expected);
}

TEST_CASE("adjusted generators give probabilities, at a known distance from the matrix") {
  const MatrixXd diagonal = generator(not_embeddable(), Adjustment::diagonal),
                 weighted = generator(not_embeddable(), Adjustment::weighted);
  check_equal(probabilities_of(diagonal, Years{1.0 / 12}),
              Matrix4d{{0.9469471547678736, 0.04836932330076803, 0.0009950105621666014, 0.0036885113691917906},
                       {0.002629120866514109, 0.9564388991626467, 0.039431006453289584, 0.0015009735175496365},
                       {0.00016781831049809091, 0.00471558510077142, 0.9783364925458351, 0.0167801040428954},
                       {0, 0, 0, 1}});
  check_equal(probabilities_of(weighted, Years{1.0 / 12}),
              Matrix4d{{0.9528577983206197, 0.04298141123710145, 0.0008832563503015962, 0.00327753409197735},
                       {0.0026373042257133235, 0.9564313857644772, 0.03943090329291929, 0.0015004067168903387},
                       {0.0001683322430433453, 0.004715113188217267, 0.9783364861199834, 0.016780068448756062},
                       {0, 0, 0, 1}});
  const MatrixXd annual_diagonal = probabilities_of(diagonal, Years{1}),
                 annual_weighted = probabilities_of(weighted, Years{1});
  check_probabilities(annual_diagonal);
  check_probabilities(annual_weighted);
  CHECK(largest_difference(annual_diagonal, not_embeddable()) == Approx(0.08752553195179341).epsilon(tolerance));
  CHECK(largest_difference(annual_weighted, not_embeddable()) == Approx(0.07893940509654256).epsilon(tolerance));
}

TEST_CASE("a zero probability of what two steps reach has a negative intensity") {
  const MatrixXd matrix = Matrix3d{{0.8, 0.2, 0}, {0, 0.7, 0.3}, {0, 0, 1}};
  check_equal(generator(matrix, Adjustment::none),
              Matrix3d{{-0.2231435513142097, 0.26706278524904525, -0.04391923393483545},
                       {0, -0.35667494393873245, 0.3566749439387324},
                       {0, 0, 0}});
}

TEST_CASE("a matrix with an eigenvalue that is not positive has no generator") {
  const Eigen::Matrix2d alternating{{0.1, 0.9}, {0.9, 0.1}}, forgetful{{0.4, 0.6}, {0.4, 0.6}};
  // A pair of complex eigenvalues is no obstacle.
  const Matrix3d cyclic{{0.8, 0.2, 0}, {0, 0.8, 0.2}, {0.2, 0, 0.8}};
  for (const auto adjustment : {Adjustment::none, Adjustment::diagonal, Adjustment::weighted}) {
    CHECK_FALSE(generator_of(alternating, Years{1}, adjustment));
    CHECK_FALSE(generator_of(forgetful, Years{1}, adjustment));
    CHECK(generator_of(cyclic, Years{1}, adjustment));
  }
  CHECK(largest_difference(generator(cyclic, Adjustment::none).exp(), cyclic) < 1e-14);
}

TEST_CASE("the exponential of two levels is known in closed form") {
  const double a = 0.3, b = 0.05, years = 2.5, moved = -std::expm1(-(a + b) * years) / (a + b);
  const MatrixXd made = probabilities_of(Eigen::Matrix2d{{-a, a}, {b, -b}}, Years{years});
  CHECK(made(0, 1) == Approx(a * moved).epsilon(1e-14));
  CHECK(made(1, 0) == Approx(b * moved).epsilon(1e-14));
  check_probabilities(made);
  CHECK(probabilities_of(Eigen::Matrix2d{{-a, a}, {b, -b}}, Years{0}) == MatrixXd::Identity(2, 2));
}

TEST_CASE("what is out of reach has a probability and an intensity of exactly zero") {
  // Level 3 is absorbing but stands first, and 1 and 2 are left for good, so that no triangle hides the rounding.
  MatrixXd matrix = MatrixXd::Zero(5, 5);
  matrix.row(0) << 1, 0, 0, 0, 0;
  matrix.row(1) << 0.05, 0.75, 0.1, 0.03, 0.07;
  matrix.row(2) << 0.06, 0.2, 0.64, 0.04, 0.06;
  matrix.row(3) << 0.11, 0, 0, 0.72, 0.17;
  matrix.row(4) << 0.13, 0, 0, 0.21, 0.66;
  const MatrixXd logarithm = generator(matrix, Adjustment::none);
  for (const MatrixXd& function :
       {logarithm, probabilities_of(logarithm, Years{0.25}), probabilities_of(logarithm, Years{9})}) {
    CHECK(function.row(0).tail(4) == MatrixXd::Zero(1, 4));
    CHECK(function.block(3, 1, 2, 2) == MatrixXd::Zero(2, 2));
  }
  CHECK(largest_difference(probabilities_of(logarithm, Years{1}), matrix) < 1e-14);
}

TEST_CASE("rounding leaves no negative probability and reaches no level") {
  // Levels of three kinds in any order, which are left for good from a lower kind to a higher one.
  std::mt19937 random(1);
  std::uniform_real_distribution<double> uniform;
  for (int matrix = 0; matrix < 300; ++matrix) {
    constexpr Eigen::Index n = 8;
    std::array<std::uint64_t, n> kind{};
    for (auto& each : kind) each = random() % 3;
    MatrixXd intensities = MatrixXd::Zero(n, n);
    for (Eigen::Index from = 0; from < n; ++from) {
      for (Eigen::Index to = 0; to < n; ++to) {
        const bool possible = from != to && kind[static_cast<std::size_t>(from)] <= kind[static_cast<std::size_t>(to)];
        if (possible && uniform(random) < 0.4) intensities(from, to) = std::pow(10, -3 * uniform(random));
      }
      intensities(from, from) = -intensities.row(from).sum();
    }
    for (const double years : {5.0, 80.0}) {
      const MatrixXd made = probabilities_of(intensities, Years{years});
      check_probabilities(made);
      for (Eigen::Index from = 0; from < n; ++from) {
        for (Eigen::Index to = 0; to < n; ++to) {
          if (kind[static_cast<std::size_t>(from)] > kind[static_cast<std::size_t>(to)]) CHECK(made(from, to) == 0);
        }
      }
    }
  }
}

TEST_CASE("a hazard ratio on probabilities leaves the remainder on the diagonal") {
  const MatrixXd treated = with_hazard_ratio(embeddable(), worsening(4, 3), drug, Scale::probability);
  check_equal(treated,
              Matrix4d{{0.808, 0.12, 0.042, 0.03}, {0.06, 0.788, 0.102, 0.05}, {0.01, 0.06, 0.75, 0.18}, {0, 0, 0, 1}});
  check_equal(after_five_cycles(treated),
              Eigen::RowVector4d(0.3856325502825281, 0.26606031296736005, 0.140365014604512, 0.2079421221456));
}

TEST_CASE("a hazard ratio on a row's hazard keeps the split of destinations") {
  const MatrixXd treated = with_hazard_ratio(embeddable(), worsening(4, 3), drug, Scale::row_hazard);
  check_equal(treated, Matrix4d{{0.7979301840734127, 0.12745912290858322, 0.044610693018004126, 0.03},
                                {0.06, 0.784225098996915, 0.10577490100308506, 0.05},
                                {0.01, 0.06, 0.75, 0.18},
                                {0, 0, 0, 1}});
  check_equal(after_five_cycles(treated),
              Eigen::RowVector4d(0.3660640070780431, 0.2738869666798151, 0.14827269090755063, 0.21177633533459103));
}

TEST_CASE("a hazard ratio on intensities acts before the exponential") {
  const MatrixXd treated = probabilities_of(
      with_hazard_ratio(generator(embeddable(), Adjustment::diagonal), worsening(4, 3), drug, Scale::intensity),
      Years{1});
  check_equal(treated, Matrix4d{{0.7999765211941744, 0.13423797703469756, 0.039006711081718125, 0.026778790689409894},
                                {0.06673381325053716, 0.7828252282680381, 0.10655268259681655, 0.04388827588460806},
                                {0.010710623816623226, 0.06223497178520475, 0.7472276689183823, 0.1798267354797897},
                                {0, 0, 0, 1}});
  check_equal(after_five_cycles(treated),
              Eigen::RowVector4d(0.37705338993585047, 0.2883492641508013, 0.1417893741102514, 0.19280797180309656));
}

TEST_CASE("a hazard ratio of 1 changes not a bit, and one of 0 stops the chosen moves") {
  for (const auto scale : {Scale::probability, Scale::row_hazard, Scale::intensity}) {
    const MatrixXd matrix = scale == Scale::intensity ? embeddable_generator() : embeddable();
    CHECK(with_hazard_ratio(matrix, worsening(4, 3), HazardRatio(1), scale) == matrix);
    const MatrixXd stopped = with_hazard_ratio(matrix, worsening(4, 3), HazardRatio(0), scale);
    CHECK(stopped(0, 1) == 0);
    CHECK(stopped(0, 2) == 0);
    CHECK(stopped(1, 2) == 0);
    check_equal(stopped.rowwise().sum(), matrix.rowwise().sum());
    CHECK(stopped(0, 3) == matrix(0, 3));
    CHECK(stopped.row(2) == matrix.row(2));
  }
}

TEST_CASE("under a ratio of 1 not even rounding changes a row") {
  for (int i = 1; i < 500; ++i) {
    const double p = i / 997.0, r = (1 - p) / 3;
    const MatrixXd matrix = Matrix3d{{1 - p, p / 3, 2 * p / 3}, {p, r, 2 * r}, {0, 0, 1}};
    CHECK(with_hazard_ratio(matrix, worsening(3, 3), HazardRatio(1), Scale::row_hazard) == matrix);
  }
}

TEST_CASE("a ratio that asks for more than a row has shows on its diagonal, rounding does not") {
  const MatrixXd matrix = Matrix3d{{0.1, 0.5, 0.4}, {0.3, 0.7, 0}, {0, 0, 1}};
  const MatrixXd full = with_hazard_ratio(matrix, worsening(3, 2), HazardRatio(1.2), Scale::probability);
  CHECK(full(0, 0) == 0);
  CHECK(full(0, 1) == Approx(0.6));
  CHECK(with_hazard_ratio(matrix, worsening(3, 2), HazardRatio(1.4), Scale::probability)(0, 0) == Approx(-0.1));
  CHECK(with_hazard_ratio(matrix, worsening(3, 2), HazardRatio(2), Scale::row_hazard)(0, 0) == Approx(-0.15));
  const MatrixXd certain = Eigen::Matrix2d{{0, 1}, {0, 1}};
  CHECK(with_hazard_ratio(certain, Cells(worsening(3, 2).topLeftCorner(2, 2)), HazardRatio(0.5), Scale::row_hazard) ==
        certain);
}

TEST_CASE("worsening and improvement are the moves between the living, who stand before the dead") {
  Cells up = Cells::Constant(5, 5, false), down = up;
  up(0, 1) = up(0, 2) = up(1, 2) = true;
  down(1, 0) = down(2, 0) = down(2, 1) = true;
  CHECK((worsening(5, 3) == up).all());
  CHECK((improvement(5, 3) == down).all());
  CHECK(worsening(5, 4).count() == 6);
  CHECK(improvement(5, 5).count() == 10);
  CHECK(worsening(5, 1).count() == 0);
}

}  // namespace myelin::test
