#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace myelin {

/// Entry levels of patients that differ from the program's own: one row a profile. Patient i takes profile i modulo
/// their number. Without profiles every patient enters at the program's initial levels, and the start phase draws what
/// is to vary.
struct Population {
  std::vector<std::string> attributes;  ///< names of constants, clocks or states
  std::vector<std::uint16_t> levels;    ///< [profile][attribute]

  std::size_t profiles() const { return attributes.empty() ? 0 : levels.size() / attributes.size(); }
};

}  // namespace myelin
