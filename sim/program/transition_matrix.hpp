#pragma once

#include <Eigen/Core>
#include <optional>

#include "core/units.hpp"

/// \file
/// Matrices of transitions between the levels of a disease, [from][to]: intensities (a generator: rates off the
/// diagonal, rows that sum to zero) and probabilities over a period (rows that sum to one).

namespace myelin {

/// Which cells of a transition matrix, [from][to]; never one of the diagonal.
using Cells = Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic>;

/// What is done where the logarithm of a matrix has negative intensities: nothing, or one of the two adjustments of
/// Israel, Rosenthal and Wei (Mathematical Finance 2001; 11: 245-265). Both set them to zero; `diagonal` takes what
/// they came to from the row's diagonal, `weighted` from all other cells of the row in proportion to their size.
enum class Adjustment { none, diagonal, weighted };

/// What a hazard ratio multiplies.
enum class Scale {
  probability,  ///< each chosen probability; the remainder goes to the diagonal
  row_hazard,   ///< the hazard of any chosen move: p, the row's chosen sum, becomes 1 - (1 - p)^ratio, its split kept
  intensity     ///< each chosen intensity; the diagonal makes the row sum to zero
};

/// Probabilities over `period`, exp(Q x period), of square, finite `intensities_per_year`. What rounding leaves is
/// removed: no cell is negative, a level out of reach has exactly zero, and rows sum to one.
Eigen::MatrixXd probabilities_of(const Eigen::MatrixXd& intensities_per_year, Years period);

/// Intensities per year that give square, finite `probabilities` over `period` (above 0): their principal logarithm
/// over the period, adjusted. Absent where an eigenvalue is zero or negative, so that there is no such real logarithm.
/// With `none`, a negative intensity says that no continuous process has these probabilities.
std::optional<Eigen::MatrixXd> generator_of(const Eigen::MatrixXd& probabilities, Years period, Adjustment adjustment);

/// The matrix, probabilities or, for `intensity`, intensities, under a ratio on its chosen cells. A ratio above 1 on a
/// scale of probabilities can ask for more than a row has: its diagonal is then negative, for the caller to report.
Eigen::MatrixXd with_hazard_ratio(const Eigen::MatrixXd& matrix, const Cells& chosen, HazardRatio ratio, Scale scale);

/// The moves to a higher of `n` levels among the living; the levels from `first_dead` on mean dead (`n`: none does).
Cells worsening(Eigen::Index n, Eigen::Index first_dead);

/// The moves to a lower of `n` levels among the living.
Cells improvement(Eigen::Index n, Eigen::Index first_dead);

}  // namespace myelin
