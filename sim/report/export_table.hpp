#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/export.hpp"

/// \file
/// What the exported files share: rows that become CSV, and columns by discounting.

namespace myelin::report {

/// A file that grows row by row, and notes the cells that a spreadsheet would take for a formula.
class ExportTable {
 public:
  ExportTable(std::string name, std::string content, const std::vector<std::string>& header);

  void add(const std::vector<std::string>& cells);
  ExportFile take() { return std::move(file_); }

 private:
  ExportFile file_;
};

/// Whether a spreadsheet takes a cell for a formula: it begins with `=`, `+`, `-`, `@`, a tab or a carriage return and
/// is no number.
bool is_formula_like(std::string_view cell);

/// One of the two columns of an estimate.
struct Discounting {
  results::Column column;
  const char* name;          ///< `discounted` or `undiscounted`
  std::optional<double> dr;  ///< the rate a year; none where it changes with time
};

/// Both columns of an outcome; of one that is a count, which no rate applies to, the undiscounted one.
std::vector<Discounting> discountings(const results::AnalysisResult& analysis, DiscountedAs role);

/// The number of an item from 1, as R counts.
std::string id_of(std::size_t index);

// One file each; the names and meanings of columns stand in scripts/readers/README.md.
ExportFile summary_file(const results::RunResults& run);
Result<ExportFile> icers_file(const results::RunResults& run);
ExportFile state_probabilities_file(const results::RunResults& run);
ExportFile costs_file(const results::RunResults& run);
ExportFile qalys_file(const results::RunResults& run);
ExportFile parameters_file(const results::RunResults& run);

/// `ceac.csv` and `exp_loss.csv`, as `analyse` answers: without the noise of simulated patients. At the run's
/// thresholds and on a grid from 0 to twice the highest of them.
Result<std::vector<ExportFile>> uncertainty_files(const results::RunResults& run);

}  // namespace myelin::report
