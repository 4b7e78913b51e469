#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

/// \file
/// Predictions beside observations: as tables of a terminal, CSV and JSON.

namespace myelin::report {

/// The two ends of an interval, in the unit of what it belongs to.
struct Range {
  double low = 0, high = 0;
};

/// One observation and its prediction, numbers in `unit`.
struct ValidationRow {
  std::string id, use;  ///< `fit`, `held_out` or `unusable`
  std::string strategy, measure, unit, source, grade, note;
  std::string reason;         ///< why it is unusable
  std::string observed_text;  ///< as the file has it
  std::optional<double> observed, predicted;
  std::optional<Range> observed_interval, predicted_interval;
  double level = 0.95;        ///< of the observed interval
  std::string interval_from;  ///< `stated`, `exact_binomial` or `none`
  std::optional<bool> inside, overlap;
};

/// How well the held-out predictions agree.
struct ValidationSummary {
  std::size_t with_interval = 0, inside = 0;
  std::optional<Range> coverage;  ///< of inside / with_interval
  std::size_t proportions = 0;
  std::optional<double> mean_error, mean_absolute_error, rank_correlation;  ///< of the proportions
};

struct Validation {
  std::string targets;  ///< path of the file
  std::vector<ValidationRow> rows;
  ValidationSummary held_out;
};

/// A number with as many decimals as its size asks for: `0.123`, `4.50`, `1,234`.
std::string readable(double value);

/// The tables by use, how to read them, and the summary: plain UTF-8 text.
std::string validation_tables(const Validation& validation);

/// One line a target below the header id, use, observed, low, high, interval_from, predicted, predicted_low,
/// predicted_high, inside, overlap, source, note.
std::string validation_csv(const Validation& validation);

std::string validation_json(const Validation& validation);

}  // namespace myelin::report
