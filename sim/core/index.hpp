#pragma once

#include <compare>
#include <cstddef>

namespace myelin {

/// A position in a list of one kind of thing; positions in lists of different kinds do not mix.
template <class Tag>
struct Index {
  std::size_t value = 0;
  constexpr auto operator<=>(const Index&) const = default;
};

}  // namespace myelin
