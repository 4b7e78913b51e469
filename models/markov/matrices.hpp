#pragma once

#include <Eigen/Dense>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/markov/formulas.hpp"
#include "program/transition_matrix.hpp"

namespace myelin::markov {

/// A square matrix over the levels of an attribute that varies with some axes.
struct TabulatedMatrix {
  std::vector<std::size_t> axes;        ///< ascending
  std::vector<Eigen::MatrixXd> values;  ///< row-major over the axes; of no size where there is none
  std::vector<std::uint32_t> reason;    ///< [row]: why there is none, see `FormulaBook::reason`
  bool intensities = false;             ///< rates per year, else probabilities
  double years = 0;                     ///< of probabilities: their period
};

/// Number of combinations of the levels of some axes.
std::size_t combinations(const Axes& all, const std::vector<std::size_t>& axes);

/// The level of one axis in a row-major row over some axes.
std::size_t level_in_row(const Axes& all, const std::vector<std::size_t>& axes, std::size_t row, std::size_t wanted);

/// The matrices of a scenario under one strategy.
class MatrixBook {
 public:
  /// All are referred to.
  MatrixBook(const ParameterSet& parameters, const Structure& structure, FormulaBook& formulas);

  /// A matrix by name; null, with diagnostics, if it is not to be had at all.
  std::shared_ptr<const TabulatedMatrix> matrix(const std::string& name, Diagnostics& found);

  /// The generator of a transition that is given by rates; null, with diagnostics, if a formula fails.
  std::shared_ptr<const TabulatedMatrix> generator(const Transition& transition, Diagnostics& found);

 private:
  using Shared = std::shared_ptr<const TabulatedMatrix>;
  struct Cell {
    Eigen::Index from = 0, to = 0;
    std::shared_ptr<const Tabulated> number;
    const Formula* formula = nullptr;  ///< null: from a table
  };
  /// What a matrix is put together from.
  struct Blueprint {
    std::string name;  ///< as messages have it
    SourcePlace place;
    std::size_t attribute = 0;
    bool intensities = false;
    double years = 0;
    std::vector<Cell> cells;
  };

  Shared make(const MatrixDefinition& definition, Diagnostics& found);
  Shared given(const MatrixDefinition& definition, Diagnostics& found);
  Shared of_table(const MatrixDefinition& definition, Diagnostics& found);
  Shared transformed(const MatrixDefinition& definition, Diagnostics& found);
  Shared from_cells(const Blueprint& blueprint, Diagnostics& found);
  /// What is wrong with a matrix; none if nothing is.
  std::optional<FormulaBook::Reason> fault_of(const Blueprint& blueprint, const Eigen::MatrixXd& matrix) const;
  /// Whether a matrix that varies with some axes has too many values, which is told.
  bool too_many(const SourcePlace& place, const std::string& what, const std::vector<std::size_t>& axes,
                Diagnostics& found) const;
  double years_of(const MatrixDefinition& definition, Diagnostics& found);
  Shared under_ratio(const MatrixDefinition& definition, const TabulatedMatrix& source, Diagnostics& found);
  Cells chosen(const MatrixDefinition& definition, Diagnostics& found) const;

  const ParameterSet& parameters_;
  const Structure& structure_;
  FormulaBook& formulas_;
  std::map<std::string, Shared> matrices_;
};

}  // namespace myelin::markov
