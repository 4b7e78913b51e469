#pragma once

#include <span>
#include <string>

#include "core/diagnostic.hpp"
#include "scenario/key_index.hpp"
#include "scenario/leaves.hpp"

namespace myelin::scenario {

/// Applies `key=value` and `table[index,...]=value` in their order. Mistakes are added to `found` at the place `--set
/// key`.
void apply_overrides(Leaves& leaves, std::span<const std::string> overrides, const KeyIndex& index, Diagnostics& found);

}  // namespace myelin::scenario
