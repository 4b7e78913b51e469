#pragma once

#include "core/diagnostic.hpp"
#include "program/parameters.hpp"
#include "scenario/evidence.hpp"
#include "scenario/leaves.hpp"

namespace myelin::scenario {

/// Reads a leaf of the kind `parameter`, whose node is a TOML table or, if its only value is an edit, null; then makes
/// the edits, whose numbers are in the unit that the node names, and converts money of another price year. Mistakes are
/// added to `found`: a field absent, empty, unknown or of the wrong type, and all of evidence.hpp.
Parameter read_parameter(const Leaf& leaf, const EvidenceRules& rules, Diagnostics& found);

}  // namespace myelin::scenario
