#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "models/markov/matrices.hpp"

/// \file
/// Matrices put together from their cells, and what can be wrong with one.

namespace myelin::markov {

namespace {

constexpr double sum_tolerance = 1e-9;
constexpr double highest_rate_per_year = 1e9;  ///< beyond it an exponential has no digits left

}  // namespace

std::size_t combinations(const Axes& all, const std::vector<std::size_t>& axes) {
  std::size_t count = 1;
  for (const std::size_t axis : axes) count *= all[axis].levels.size();
  return count;
}

std::size_t level_in_row(const Axes& all, const std::vector<std::size_t>& axes, std::size_t row, std::size_t wanted) {
  for (std::size_t i = axes.size(); i-- > 0; row /= all[axes[i]].levels.size()) {
    if (axes[i] == wanted) return row % all[axes[i]].levels.size();
  }
  return 0;
}

bool MatrixBook::too_many(const SourcePlace& place, const std::string& what, const std::vector<std::size_t>& axes,
                          Diagnostics& found) const {
  const std::string product = too_many_combinations(formulas_.axes(), axes);
  if (product.empty()) return false;
  found.push_back({place, fmt::format("{} varies with {}: more than {} values", what, product, most_combinations),
                   "use fewer attributes, or attributes with fewer levels"});
  return true;
}

/// Cells not given are zero, and a diagonal that is not given takes what its row lacks.
MatrixBook::Shared MatrixBook::from_cells(const Blueprint& blueprint, Diagnostics& found) {
  const Axes& axes = formulas_.axes();
  std::set<std::size_t> union_of_axes;
  for (const Cell& cell : blueprint.cells) union_of_axes.insert(cell.number->axes.begin(), cell.number->axes.end());
  TabulatedMatrix matrix{{union_of_axes.begin(), union_of_axes.end()}, {}, {}, blueprint.intensities, blueprint.years};
  if (too_many(blueprint.place, blueprint.name, matrix.axes, found)) return nullptr;
  const auto n = static_cast<Eigen::Index>(structure_.attributes[blueprint.attribute].levels.size());
  const std::size_t rows = combinations(axes, matrix.axes);
  for (std::size_t row = 0; row < rows; ++row) {
    Eigen::MatrixXd value = Eigen::MatrixXd::Zero(n, n);
    std::vector<bool> diagonal_given(static_cast<std::size_t>(n), false);
    std::uint32_t reason = 0;
    for (const Cell& cell : blueprint.cells) {
      const std::size_t source =
          cell.number->row(axes, [&](std::size_t axis) { return level_in_row(axes, matrix.axes, row, axis); });
      value(cell.from, cell.to) = cell.number->values[source];
      if (cell.from == cell.to) diagonal_given[static_cast<std::size_t>(cell.from)] = true;
      if (!cell.number->reason.empty() && reason == 0) reason = cell.number->reason[source];
    }
    for (Eigen::Index from = 0; from < n; ++from) {
      if (diagonal_given[static_cast<std::size_t>(from)]) continue;
      value(from, from) = (blueprint.intensities ? 0 : 1) - value.row(from).sum();
      if (!blueprint.intensities && std::abs(value(from, from)) < sum_tolerance) value(from, from) = 0;
    }
    if (reason == 0) {
      if (const auto fault = fault_of(blueprint, value)) reason = formulas_.note(*fault);
    }
    matrix.values.push_back(reason == 0 ? value : Eigen::MatrixXd());
    matrix.reason.push_back(reason);
  }
  return std::make_shared<TabulatedMatrix>(std::move(matrix));
}

std::optional<FormulaBook::Reason> MatrixBook::fault_of(const Blueprint& blueprint,
                                                        const Eigen::MatrixXd& matrix) const {
  const std::vector<std::string>& levels = structure_.attributes[blueprint.attribute].levels;
  for (Eigen::Index from = 0; from < matrix.rows(); ++from) {
    const std::string& name = levels[static_cast<std::size_t>(from)];
    const auto in_row = std::ranges::find_if(
        blueprint.cells, [&](const Cell& cell) { return cell.from == from && cell.formula != nullptr; });
    const Formula* of_row = in_row == blueprint.cells.end() ? nullptr : in_row->formula;
    for (Eigen::Index to = 0; to < matrix.cols(); ++to) {
      const auto given =
          std::ranges::find_if(blueprint.cells, [&](const Cell& cell) { return cell.from == from && cell.to == to; });
      const Formula* formula = given == blueprint.cells.end() ? nullptr : given->formula;
      const double cell = matrix(from, to);
      const std::string move = name + "->" + levels[static_cast<std::size_t>(to)];
      if (blueprint.intensities) {
        const bool good = from == to || (cell >= 0 && cell <= highest_rate_per_year);
        if (!good)
          return FormulaBook::Reason{fmt::format("the rate {} is {:.12g} a year", move, cell),
                                     cell < 0 ? "a rate is not negative" : "give rates per year", formula};
      } else if (!(cell >= 0 && cell <= 1 + sum_tolerance)) {
        const bool left_over = from == to && given == blueprint.cells.end() && !blueprint.cells.empty();
        if (left_over)
          return FormulaBook::Reason{
              fmt::format("the probabilities from {} sum to {:.12g}, more than one", name, 1 - cell), "lower them",
              of_row};
        return FormulaBook::Reason{fmt::format("the probability {} is {:.12g}", move, cell),
                                   "a probability is from 0 to 1", formula};
      }
    }
    const double sum = matrix.row(from).sum(), wanted = blueprint.intensities ? 0 : 1;
    if (std::abs(sum - wanted) > sum_tolerance * std::max(1.0, matrix.row(from).cwiseAbs().maxCoeff())) {
      return FormulaBook::Reason{fmt::format("{}: the {} from {} sum to {:.12g}, not to {}", blueprint.name,
                                             blueprint.intensities ? "rates" : "probabilities", name, sum, wanted),
                                 "correct them", of_row};
    }
  }
  return std::nullopt;
}

}  // namespace myelin::markov
