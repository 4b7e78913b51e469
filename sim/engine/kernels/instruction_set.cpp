#include "engine/kernels/instruction_set.hpp"

namespace myelin::engine {

namespace baseline {
extern const Kernels kernels;
}
#ifdef MYELIN_MULTIVERSION
namespace avx2 {
extern const Kernels kernels;
}
namespace avx512 {
extern const Kernels kernels;
}
#endif

std::string_view name(InstructionSet set) {
  switch (set) {
    case InstructionSet::baseline:
      return "baseline";
    case InstructionSet::avx2:
      return "avx2";
    case InstructionSet::avx512:
      return "avx512";
  }
  return "";
}

std::vector<InstructionSet> available_instruction_sets() {
  std::vector<InstructionSet> sets{InstructionSet::baseline};
#ifdef MYELIN_MULTIVERSION
  __builtin_cpu_init();
  const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
                  __builtin_cpu_supports("fma");
  const bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512vl");
  if (v3) sets.push_back(InstructionSet::avx2);
  if (v4) sets.push_back(InstructionSet::avx512);
#endif
  return sets;
}

std::optional<InstructionSet> find_instruction_set(std::string_view wanted) {
  for (const InstructionSet set : available_instruction_sets()) {
    if (name(set) == wanted) return set;
  }
  return std::nullopt;
}

InstructionSet best_instruction_set() { return available_instruction_sets().back(); }

const Kernels& kernels_of(InstructionSet set) {
#ifdef MYELIN_MULTIVERSION
  if (set == InstructionSet::avx512) return avx512::kernels;
  if (set == InstructionSet::avx2) return avx2::kernels;
#endif
  (void)set;
  return baseline::kernels;
}

}  // namespace myelin::engine
