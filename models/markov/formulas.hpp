#pragma once

#include <muParser.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "models/markov/names.hpp"
#include "models/markov/table_functions.hpp"

namespace myelin::markov {

/// A number that varies with some axes.
struct Tabulated {
  std::vector<std::size_t> axes;      ///< ascending
  std::vector<double> values;         ///< row-major over the axes, the last running fastest; NaN where there is none
  std::vector<std::uint32_t> reason;  ///< [row]: why there is none, see `FormulaBook::reason`; empty if all have one

  /// The row at the levels that `level_of(axis)` gives.
  template <class LevelOfAxis>
  std::size_t row(const Axes& all, const LevelOfAxis& level_of) const {
    std::size_t row = 0;
    for (const std::size_t axis : axes) row = row * all[axis].levels.size() + static_cast<std::size_t>(level_of(axis));
    return row;
  }
};

/// The numbers of a scenario's formulae under one strategy. The formulae must have passed `FormulaCheck`.
class FormulaBook {
 public:
  /// All are referred to.
  FormulaBook(const ParameterSet& parameters, const Structure& structure, const Axes& axes,
              const std::string& strategy);

  /// The values of a formula, which must outlive the book, for all levels of the axes that it varies with; null, with
  /// diagnostics, if they are too many or are not to be had at all.
  std::shared_ptr<const Tabulated> tabulate(const Formula& formula, Diagnostics& found);

  /// Why a value is missing.
  struct Reason {
    std::string problem, remedy;
    const Formula* formula = nullptr;  ///< where it went wrong; null: not in a formula
    bool operator==(const Reason&) const = default;
  };
  /// A reason by its index; 0 stands for none missing.
  const Reason& reason(std::uint32_t index) const { return reasons_[index]; }
  /// The index of a reason, which is noted if it is new.
  std::uint32_t note(const Reason& reason);

  const Axes& axes() const { return axes_; }

 private:
  using Operand = std::shared_ptr<const Tabulated>;

  Operand work_out(const Formula& formula, Diagnostics& found);
  Operand operand(const std::string& name, Diagnostics& found);
  Operand make_operand(const std::string& name, Diagnostics& found);
  Operand over_groups(const std::string& name, Diagnostics& found);
  Operand ages(Diagnostics& found);
  Operand evaluate(const Formula& formula, const std::map<std::string, Operand>& operands, Diagnostics& found);
  double evaluate_row(const Formula& formula, Tabulated& number, std::size_t row, std::uint32_t inherited);

  const ParameterSet& parameters_;
  const Structure& structure_;
  const Axes& axes_;
  Names names_;
  TableFunctions tables_;
  mu::Parser parser_;
  std::map<const Formula*, Operand> tabulated_;  ///< with null for those that failed
  std::map<std::string, Operand> operands_;      ///< with null for those that failed
  std::vector<Reason> reasons_ = {Reason{}};
};

}  // namespace myelin::markov
