#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "study/target.hpp"

namespace myelin::study {

/// A column of a file of targets.
struct TargetColumn {
  std::string name;
  bool required = false;  ///< whether the header must have it; a field of another may be empty or absent
  std::string meaning;
};

const std::vector<TargetColumn>& target_columns();

/// Reads a CSV file of targets, one a row. A proportion with `n` and no interval gets the exact binomial one. Mistakes
/// are added to `found`, with file, line and column; rows with any are left out. Throws IoError if a file that is there
/// cannot be read.
std::vector<Target> read_targets(const std::filesystem::path& path, Diagnostics& found);

}  // namespace myelin::study
