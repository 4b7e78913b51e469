#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "report/validation.hpp"

/// \file
/// The answer of a calibration: as tables of a terminal, CSV and JSON.

namespace myelin::report {

/// A parameter that was found, in its own unit but for the standard error.
struct CalibratedParameterRow {
  std::string path, scale;  ///< `linear`, `log` or `logit`
  double low = 0, high = 0, estimate = 0;
  std::optional<double> standard_error;  ///< on its scale
  std::optional<Range> interval;         ///< of level 0.95
  Range reached;                         ///< over the searches that reached the optimum
};

/// A target and what it is at the optimum, numbers in `unit`.
struct FittedRow {
  std::string id, unit, source;
  double observed = 0;
  std::optional<Range> interval;
  std::optional<double> fitted;
  double part = 0;  ///< of the objective
};

struct CalibrationReport {
  std::string title, objective_name;  ///< `least_squares` or `likelihood`
  double objective = 0;               ///< the least found
  std::size_t starts = 0, reached = 0;
  double same_optimum = 0;                ///< objectives this near are the same
  std::optional<double> worst_objective;  ///< over the starts that could be predicted
  std::vector<CalibratedParameterRow> parameters;
  std::vector<std::vector<double>> correlation;  ///< [parameter][parameter]; empty without standard errors
  std::vector<FittedRow> targets;
  std::uint64_t seed = 0;
  std::vector<std::vector<double>> draws;  ///< [draw][parameter]
  std::size_t rejected_draws = 0;
  std::vector<std::string> warnings;
};

/// Parameters, fit and warnings, and how to read them: plain UTF-8 text.
std::string calibration_tables(const CalibrationReport& report);

/// Everything but the draws themselves.
std::string calibration_json(const CalibrationReport& report);

/// One line a target below the header id, observed, low, high, fitted, residual, part, unit, source.
std::string calibration_fit_csv(const CalibrationReport& report);

/// One line a draw below the paths of the parameters.
std::string calibration_draws_csv(const CalibrationReport& report);

}  // namespace myelin::report
