#pragma once

#include "results/types.hpp"

/// \file
/// What the parts of a run must have in common, each being as the format says.

namespace myelin::results {

/// Throws IoError, with the place in the file, where analyses do not fit together: what shows a run relies on it.
void expect_consistent(const RunResults& run);

}  // namespace myelin::results
