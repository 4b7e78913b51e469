#include "models/ms/natural_history.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <complex>
#include <unsupported/Eigen/MatrixFunctions>

namespace myelin::ms {

namespace {

constexpr int n = static_cast<int>(edss_count);
using Matrix = Eigen::Matrix<double, n, n>;
using Reached = Eigen::Matrix<double, n - 1, n - 1>;  ///< SPMS: EDSS 1 to 9

/// Probabilities from exp: rounding leaves tiny negative cells and sums, which are removed.
EdssMatrix to_probabilities(const Matrix& matrix) {
  EdssMatrix probabilities{};
  for (int from = 0; from < n; ++from) {
    const auto row = static_cast<std::size_t>(from);
    double sum = 0;
    for (int to = 0; to < n; ++to)
      sum += probabilities[row][static_cast<std::size_t>(to)] = std::max(0.0, matrix(from, to));
    for (double& p : probabilities[row]) p /= sum;
  }
  return probabilities;
}

template <class Square>
void restore_diagonal(Square& intensities) {
  for (int from = 0; from < intensities.rows(); ++from) {
    intensities(from, from) = 0;
    intensities(from, from) = -intensities.row(from).sum();
  }
}

/// EDSS 1 to 9 of a progressive matrix; EDSS 0 is never reached.
Reached reached_part(const EdssMatrix& probabilities_per_year) {
  Reached annual;
  for (int from = 1; from < n; ++from) {
    for (int to = 1; to < n; ++to) {
      annual(from - 1, to - 1) = probabilities_per_year[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)];
    }
  }
  return annual;
}

/// Generator of a progressive phenotype per year, regularised; EDSS 0 is never reached and stays.
Matrix progressive_generator(const EdssMatrix& probabilities_per_year) {
  const Reached annual = reached_part(probabilities_per_year);
  Reached generator = annual.log().cwiseMax(0.0);
  restore_diagonal(generator);
  Matrix full = Matrix::Zero();
  full.bottomRightCorner<n - 1, n - 1>() = generator;
  return full;
}

}  // namespace

EdssMatrix rrms_step(const NaturalHistory& history, double worsening, double improvement, Years cycle_length) {
  Matrix generator;
  for (int from = 0; from < n; ++from) {
    for (int to = 0; to < n; ++to) {
      const double intensity =
          history.rrms_intensities_per_year[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)];
      generator(from, to) = intensity * (to > from ? worsening * history.speed : improvement);
    }
  }
  restore_diagonal(generator);
  const Matrix scaled = generator * cycle_length.value;
  return to_probabilities(scaled.exp());
}

bool needs_logarithm(double speed, Years cycle_length, bool effect_on_progressive) {
  return speed != 1 || cycle_length.value != 1 || effect_on_progressive;
}

bool has_real_logarithm(const EdssMatrix& probabilities_per_year) {
  constexpr double rounding = 1e-12;
  const auto eigenvalues = reached_part(probabilities_per_year).eigenvalues();
  return std::ranges::all_of(eigenvalues, [](const std::complex<double>& each) {
    return each.real() > rounding || std::abs(each.imag()) > rounding;
  });
}

EdssMatrix progressive_step(const EdssMatrix& probabilities_per_year, const NaturalHistory& history, double worsening,
                            Years cycle_length) {
  if (!needs_logarithm(history.speed, cycle_length, history.effect_on_progressive)) {
    EdssMatrix annual = probabilities_per_year;
    annual[0][0] = 1;
    return annual;
  }
  const Matrix scaled =
      progressive_generator(probabilities_per_year) * (history.speed * worsening * cycle_length.value);
  return to_probabilities(scaled.exp());
}

double regularisation_error(const EdssMatrix& probabilities_per_year) {
  const Matrix annual = progressive_generator(probabilities_per_year).exp();
  double error = 0;
  for (std::size_t from = 1; from < edss_count; ++from) {
    for (std::size_t to = 0; to < edss_count; ++to) {
      const double p = annual(static_cast<int>(from), static_cast<int>(to));
      error = std::max(error, std::abs(p - probabilities_per_year[from][to]));
    }
  }
  return error;
}

Probability conversion_probability(const NaturalHistory& history, std::size_t edss, double worsening,
                                   Years cycle_length) {
  const RatePerYear untreated = to_rate(Probability(history.conversion_probability_per_year[edss]), Years{1});
  const HazardRatio ratio(history.conversion_speed * (history.effect_on_conversion ? worsening : 1.0));
  return to_probability(untreated * ratio, cycle_length);
}

}  // namespace myelin::ms
