#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "study/measure.hpp"

namespace myelin::study {

/// What an observation is for: to fit parameters, to be predicted without having been used, or neither.
enum class Use { fit, held_out, unusable };

/// The name of a use in a file of targets: `fit`, `held_out`, `unusable`.
const char* name_of(Use use);

/// The ends of an interval, both included.
struct Interval {
  double low = 0, high = 0;
  bool contains(double value) const { return value >= low && value <= high; }
  bool overlaps(const Interval& other) const { return low <= other.high && other.low <= high; }
};

/// Where the interval of an observation comes from.
enum class IntervalFrom { none, stated, exact_binomial };

const char* name_of(IntervalFrom from);  ///< `none`, `stated`, `exact_binomial`

/// Where the fields of a target stand, for messages about what only its scenario can show.
struct TargetPlaces {
  SourcePlace scenario, set, strategy, measure, vary;
};

/// An observation and the prediction that it is held against. What an unusable one lacks is empty.
struct Target {
  std::string id, reason;
  Use use = Use::fit;
  std::filesystem::path scenario;
  std::vector<std::string> set;  ///< `key=value`
  std::string strategy, measure_text;
  Measure measure;
  std::string observed_text;
  double observed = 0;  ///< in `unit`; 0 if unusable
  std::optional<Interval> interval;
  IntervalFrom interval_from = IntervalFrom::none;
  double level = 0.95;  ///< of the interval, between 0 and 1
  std::optional<std::uint64_t> n;
  std::string unit, source, grade, note;
  std::vector<std::string> vary;  ///< paths of parameters
  TargetPlaces places;

  bool usable() const { return use != Use::unusable; }
  bool is_proportion() const { return unit == "proportion"; }
  /// How many of the n patients of a proportion had the event.
  std::uint64_t count() const;
};

/// The interval of a proportion that has `count` of `n` (at least 1) at a confidence level between 0 and 1: exact, from
/// the quantiles of the beta distribution (Clopper and Pearson 1934, Biometrika 26, 404).
Interval exact_binomial_interval(std::uint64_t count, std::uint64_t n, double level);

/// The standard error of which an interval of this level is so many each way: (high - low) / (2 z).
double standard_error_of(const Interval& interval, double level);

}  // namespace myelin::study
