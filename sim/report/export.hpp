#pragma once

#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "results/types.hpp"

/// \file
/// A finished run as CSV files for other tools. Columns bear the names that hesim (`sample`, `strategy_id`, `dr`,
/// `costs`, `prob`, ...) and dampack (`Strategy`, `WTP`, `Inc_Cost`, ...) give them; numbers read back to the bit.
/// What decisions rest on is exported: the parameter draws where the run has them, else the base case.

namespace myelin::report {

/// One file.
struct ExportFile {
  std::string name;
  std::string content;  ///< what stands in it, in a few words
  std::string text;
  /// Cells that a spreadsheet would take for a formula. They are the scenario's own words and stay as they are, since
  /// a name that was altered would no longer be found by it.
  std::vector<std::string> formula_like;
};

/// The names of all files that any run can fill, in the order in which they are made. A folder that holds one of
/// another run would mix two runs, whether or not this run fills it.
const std::vector<std::string>& export_file_names();

/// The files that this run fills: those of decisions under uncertainty only if it has parameter draws. Without the
/// outcomes `cost` and `qaly`, or where one of them is not finite, the result is an error.
Result<std::vector<ExportFile>> export_files(const results::RunResults& run);

}  // namespace myelin::report
