#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "study/target.hpp"

namespace myelin::study {

/// The scale on which a parameter is searched and taken as normally distributed.
enum class Scale { linear, log, logit };

const char* name_of(Scale scale);  ///< `linear`, `log`, `logit`

double to_scale(Scale scale, double value);    ///< log: above 0; logit: between 0 and 1
double from_scale(Scale scale, double value);  ///< the inverse of `to_scale`

/// A number of the scenarios that is to be found.
struct CalibratedParameter {
  std::string path;  ///< as --set has it
  double low = 0, high = 0;
  std::optional<double> start;  ///< from low to high
  Scale scale = Scale::linear;
  SourcePlace place;
};

/// What is made least: both are twice a negative log likelihood but for a constant.
enum class Objective {
  least_squares,  ///< sum of squares of (predicted - observed) / standard error
  likelihood,     ///< binomial deviance of proportions of n patients; for other targets the same squares
};

const char* name_of(Objective objective);  ///< `least_squares`, `likelihood`

/// The id of a target, where the specification names it.
struct PlacedId {
  std::string id;
  SourcePlace place;
};

struct CalibrationSpec {
  std::string path, title;
  std::filesystem::path targets;
  std::vector<PlacedId> use;  ///< empty for all targets whose use is `fit`
  Objective objective = Objective::least_squares;
  std::size_t starts = 20;
  std::uint64_t seed = 1;
  double tolerance = 1e-6;  ///< of each parameter, as a share of its range on its scale
  std::size_t draws = 1000;
  std::vector<CalibratedParameter> parameters;
};

/// Reads a specification (TOML; paths count from its folder), or gives every mistake with file, line and column. Throws
/// IoError if a file that is there cannot be read.
Result<CalibrationSpec> read_calibration_spec(const std::filesystem::path& path);

/// The keys of a specification with their meaning, as text for people.
std::string describe_calibration_spec();

/// The targets that the specification uses, in their own order. Mistakes are added to `found`: an id that is not there
/// or not usable, no target at all, and a target without what the objective needs (an interval, or patients).
std::vector<Target> chosen_targets(const CalibrationSpec& spec, std::span<const Target> targets, Diagnostics& found);

}  // namespace myelin::study
