#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/kernels/kernels.hpp"

namespace myelin::engine {

/// The versions of the hot loops. All give the same bits.
enum class InstructionSet { baseline, avx2, avx512 };

std::string_view name(InstructionSet set);

/// Those that were built and that this processor can run, slowest first.
std::vector<InstructionSet> available_instruction_sets();

/// The set of that name, if it is available.
std::optional<InstructionSet> find_instruction_set(std::string_view name);

/// The fastest available set.
InstructionSet best_instruction_set();

const Kernels& kernels_of(InstructionSet set);

}  // namespace myelin::engine
