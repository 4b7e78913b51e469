#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "program/parameters.hpp"
#include "program/schema.hpp"
#include "scenario/evidence.hpp"
#include "scenario/files.hpp"
#include "scenario/leaves.hpp"

namespace myelin::scenario {

/// Reads the table of the key `path` from its CSV file. All mistakes are added to `found`, and none is returned if
/// there are any.
std::optional<ParameterTable> read_table(const std::string& path, const KeyRow& row, const File& file,
                                         const EvidenceRules& rules, Diagnostics& found);

/// Puts an edit's number in its cell of a table of the key `path`. Mistakes are added to `found`.
void apply_edit(ParameterTable& table, const std::string& path, const KeyRow& row, const Edit& edit,
                Diagnostics& found);

}  // namespace myelin::scenario
