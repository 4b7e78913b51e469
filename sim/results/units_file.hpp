#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "core/diagnostic.hpp"
#include "results/types.hpp"
#include "study/plan.hpp"
#include "study/work.hpp"

/// \file
/// Files of finished units of work: the batches that a run keeps while it goes on, and the parts that tasks of an array
/// leave for `merge`.

namespace myelin::results {

/// (key, value) of all that decides what a unit comes to, and how the work is cut into units. Units of equal identity
/// are of one run.
using RunIdentity = std::vector<std::pair<std::string, std::string>>;

RunIdentity identity_of(const study::Plan& plan);

/// What two identities differ in, as text: `seed 1 here and 2 there; ...`. Empty if they are equal.
std::string difference(const RunIdentity& here, const RunIdentity& there);

/// What a file of units says of the run besides.
struct UnitsHeader {
  RunIdentity identity;
  study::Share share;
  /// The scenario alone (path, files, overrides, strategies asked for), from which the plan can be made again; nothing
  /// in a batch.
  RunResults scenario = {};
};

using Unit = std::pair<study::UnitName, study::UnitValues>;

/// Writes units whole or not at all; throws IoError.
void write_units(const std::filesystem::path& path, const UnitsHeader& header, const std::vector<Unit>& units);

/// A file of units, whose checksum was verified when it was opened. Units are read when they are asked for.
class UnitsFile {
 public:
  /// Where a file is from: of what this process has just written itself, its content needs no trial.
  enum class Origin { anywhere, this_process };

  /// Throws IoError, with the name of the file, if it is missing, damaged, or no file of units of this version.
  explicit UnitsFile(std::filesystem::path path, Origin origin = Origin::anywhere);

  const std::filesystem::path& path() const { return path_; }
  const UnitsHeader& header() const { return header_; }
  const std::vector<study::UnitName>& units() const { return names_; }
  study::UnitValues read(std::size_t unit) const;

 private:
  void read_header();
  study::UnitValues read_values(std::size_t unit) const;

  std::filesystem::path path_;
  UnitsHeader header_;
  std::vector<study::UnitName> names_;
  std::vector<std::uint64_t> reals_end_, integers_end_;  ///< [unit]
};

}  // namespace myelin::results
