#pragma once

#include <optional>
#include <span>
#include <string>

#include "core/diagnostic.hpp"
#include "program/parameters.hpp"
#include "program/schema.hpp"
#include "scenario/evidence.hpp"
#include "scenario/files.hpp"
#include "scenario/leaves.hpp"

namespace myelin::scenario {

/// Reads the table of the key `path` from its CSV file, makes the edits, whose numbers are in the units that the file
/// names in their rows, and converts money of another price year row by row. All mistakes are added to `found`; none is
/// returned if the file has any.
std::optional<ParameterTable> read_table(const std::string& path, const KeyRow& row, const File& file,
                                         std::span<const Edit> edits, const EvidenceRules& rules, Diagnostics& found);

}  // namespace myelin::scenario
