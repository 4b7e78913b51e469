#include "program/transition_matrix.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <complex>
#include <functional>
#include <unsupported/Eigen/MatrixFunctions>

#include "core/contract.hpp"

namespace myelin {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;

/// Smaller numbers are taken for the rounding of zero.
constexpr double rounding = 1e-12;

/// Which levels can be reached from which, in any number of moves along the nonzero cells (Warshall 1962).
Cells reachable(const MatrixXd& matrix) {
  Cells reached = matrix.array() != 0;
  for (Index through = 0; through < matrix.rows(); ++through) {
    for (Index from = 0; from < matrix.rows(); ++from) {
      if (reached(from, through)) reached.row(from) = reached.row(from) || reached.row(through);
    }
  }
  return reached;
}

/// Exponential and logarithm are power series in the matrix, so that cells out of its reach are zero but for rounding.
/// Left there, the dead would come back to life with a probability of 1e-17.
void clear_unreachable(MatrixXd& function, const MatrixXd& matrix) {
  const Cells reached = reachable(matrix);
  for (Index from = 0; from < matrix.rows(); ++from) {
    for (Index to = 0; to < matrix.cols(); ++to) {
      if (from != to && !reached(from, to)) function(from, to) = 0;
    }
  }
}

bool has_real_logarithm(const MatrixXd& matrix) {
  const auto eigenvalues = matrix.eigenvalues();
  return std::all_of(eigenvalues.begin(), eigenvalues.end(), [](const std::complex<double>& each) {
    return each.real() > rounding || std::abs(each.imag()) > rounding;
  });
}

void adjust_diagonally(MatrixXd& generator) {
  generator = generator.cwiseMax(0.0);
  generator.diagonal().setZero();
  generator.diagonal() = -generator.rowwise().sum();
}

void adjust_by_weight(MatrixXd& generator) {
  for (Index from = 0; from < generator.rows(); ++from) {
    double removed = 0, remaining = std::abs(generator(from, from));
    for (Index to = 0; to < generator.cols(); ++to) {
      if (to == from) continue;
      removed += std::max(0.0, -generator(from, to));
      generator(from, to) = std::max(0.0, generator(from, to));
      remaining += generator(from, to);
    }
    if (removed > 0) generator.row(from) -= removed / remaining * generator.row(from).cwiseAbs();
  }
}

/// The factor by which a ratio on their common hazard changes probabilities that sum to `p`.
double factor_of_row(double p, HazardRatio ratio) {
  if (p == 0 || ratio.value() == 0) return ratio.value();
  const RatePerYear hazard = to_rate(Probability(std::min(1.0, p)), Years{1});
  return to_probability(hazard * ratio, Years{1}).value() / p;
}

/// The moves between living levels whose `from` and `to` stand in that order.
template <class Order>
Cells living_moves(Index n, Index first_dead, Order order) {
  Cells cells(n, n);
  for (Index from = 0; from < n; ++from) {
    for (Index to = 0; to < n; ++to) cells(from, to) = std::max(from, to) < first_dead && order(from, to);
  }
  return cells;
}

}  // namespace

MatrixXd probabilities_of(const MatrixXd& intensities_per_year, Years period) {
  MYELIN_EXPECT(intensities_per_year.rows() == intensities_per_year.cols() && intensities_per_year.allFinite());
  const MatrixXd scaled = intensities_per_year * period.value;
  MatrixXd probabilities = scaled.exp();
  clear_unreachable(probabilities, intensities_per_year);
  probabilities = probabilities.cwiseMax(0.0).eval();
  for (Index from = 0; from < probabilities.rows(); ++from) probabilities.row(from) /= probabilities.row(from).sum();
  return probabilities;
}

std::optional<MatrixXd> generator_of(const MatrixXd& probabilities, Years period, Adjustment adjustment) {
  MYELIN_EXPECT(probabilities.rows() == probabilities.cols() && probabilities.allFinite() && period.value > 0);
  if (!has_real_logarithm(probabilities)) return std::nullopt;
  MatrixXd generator = probabilities.log();
  clear_unreachable(generator, probabilities);
  generator /= period.value;
  if (adjustment == Adjustment::diagonal) adjust_diagonally(generator);
  if (adjustment == Adjustment::weighted) adjust_by_weight(generator);
  return generator;
}

MatrixXd with_hazard_ratio(const MatrixXd& matrix, const Cells& chosen, HazardRatio ratio, Scale scale) {
  MYELIN_EXPECT(matrix.rows() == chosen.rows() && matrix.cols() == chosen.cols() && !chosen.matrix().diagonal().any());
  // Not a bit may change under a ratio of 1: a null therapy makes a difference of exactly zero.
  if (ratio.value() == 1) return matrix;
  MatrixXd changed = matrix;
  for (Index from = 0; from < matrix.rows(); ++from) {
    const double sum = chosen.row(from).select(matrix.row(from).array(), 0.0).sum();
    const double factor = scale == Scale::row_hazard ? factor_of_row(sum, ratio) : ratio.value();
    changed.row(from) = chosen.row(from).select(matrix.row(from).array() * factor, matrix.row(from).array());
    double& diagonal = changed(from, from);
    diagonal += sum * (1 - factor);
    if (scale != Scale::intensity && std::abs(diagonal) < rounding) diagonal = 0;
  }
  return changed;
}

Cells worsening(Index n, Index first_dead) { return living_moves(n, first_dead, std::less{}); }

Cells improvement(Index n, Index first_dead) { return living_moves(n, first_dead, std::greater{}); }

}  // namespace myelin
