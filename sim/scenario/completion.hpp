#pragma once

#include <string>
#include <vector>

#include "core/diagnostic.hpp"
#include "scenario/key_index.hpp"
#include "scenario/leaves.hpp"

namespace myelin::scenario {

/// Adds a diagnostic to `found` for each required key without a fallback that is absent, at the header of the table
/// that should have it or at `top_file`. A key below a `*` is required for each name that appears there.
/// A key is not told to be missing where a mistake that is reported already was meant for it.
void report_missing(const Leaves& leaves, const KeyIndex& index, const std::string& top_file, Diagnostics& found);

/// The leaves of absent keys that have a fallback, in the order of the schema.
std::vector<Leaf> fallbacks(const Leaves& leaves, const KeyIndex& index);

}  // namespace myelin::scenario
