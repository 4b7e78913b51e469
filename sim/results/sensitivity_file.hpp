#pragma once

#include <optional>

#include "results/group_reader.hpp"
#include "results/group_writer.hpp"
#include "results/types.hpp"

/// \file
/// The deterministic sensitivity analyses of a run in its file: the group /sensitivity.

namespace myelin::results {

/// Writes the analyses of the run, or that there are none.
void write_sensitivity(const hdf5::GroupWriter& group, const RunResults& run);

/// Reads back what was written for a run whose base analysis has so many strategies; none where none were asked for.
/// Throws IoError, as GroupReader does, and where an index or a name is none of this format's.
std::optional<SensitivityResult> read_sensitivity(const hdf5::GroupReader& group, std::size_t strategies);

}  // namespace myelin::results
